//! Checkpoints (C2SP tlog-checkpoint): a log's size and root, signed.

use std::{fmt, str::FromStr};

use crate::{
    hash::Hash,
    note::{KeyKind, Note, NoteError, SignerKey, VerifierKey},
    text,
};

/// What a log commits to. Its text is the body of the signed note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Hash,
    extensions: Vec<String>,
}

/// Why a checkpoint is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not a signed note, or not signed as it should be.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Empty, or with control characters.
    #[error("the origin (first line) is not empty and has no control characters")]
    Origin,
    /// Not a plain decimal number.
    #[error("the size (second line) is a decimal number without leading zeros")]
    Size,
    /// Not the base64 of a hash, or not the one root that an empty tree has.
    #[error("the root (third line) is the base64 of a hash; for size 0 that of the empty tree")]
    Root,
    /// An empty line or control characters after the third line.
    #[error("extension lines are not empty and have no control characters")]
    Extension,
    /// The text does not end with a line's end.
    #[error("a checkpoint has at least three lines, each with its end")]
    Form,
    /// Signed by a trusted key that speaks for another log.
    #[error("the checkpoint is of {found}, not of {expected}")]
    OtherLog {
        /// The key's name.
        expected: String,
        /// The checkpoint's origin.
        found: String,
    },
}

fn is_line(line: &str) -> bool {
    !line.is_empty() && !line.contains(|c: char| c < ' ')
}

impl Checkpoint {
    /// The checkpoint of a log's first `size` leaves.
    pub fn new(origin: &str, size: u64, root: Hash) -> Result<Self, CheckpointError> {
        if !is_line(origin) {
            return Err(CheckpointError::Origin);
        }
        if size == 0 && root != Hash::empty_tree() {
            return Err(CheckpointError::Root);
        }
        Ok(Self {
            origin: origin.to_owned(),
            size,
            root,
            extensions: Vec::new(),
        })
    }

    /// The name of the log.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many leaves it covers.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over them.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.root
    }

    /// Lines after the third. They are signed, but nobody can audit them.
    #[must_use]
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    /// Signs it with the log's keys: more than one while a key is replaced.
    pub fn sign<'k>(
        self,
        keys: impl IntoIterator<Item = &'k SignerKey>,
    ) -> Result<SignedCheckpoint, CheckpointError> {
        let text = self.to_string();
        let lines = keys.into_iter().filter_map(|key| key.sign(&text)).collect();
        Ok(SignedCheckpoint {
            note: Note::new(text, lines)?,
            checkpoint: self,
        })
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root)?;
        self.extensions
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(body: &str) -> Result<Self, CheckpointError> {
        let body = body.strip_suffix('\n').ok_or(CheckpointError::Form)?;
        let mut lines = body.split('\n');
        let mut line = || lines.next().ok_or(CheckpointError::Form);
        let (origin, size, root) = (line()?, line()?, line()?);
        let size = text::decimal(size).ok_or(CheckpointError::Size)?;
        let root = root.parse().map_err(|_| CheckpointError::Root)?;
        let mut checkpoint = Self::new(origin, size, root)?;
        for extension in lines {
            if !is_line(extension) {
                return Err(CheckpointError::Extension);
            }
            checkpoint.extensions.push(extension.to_owned());
        }
        Ok(checkpoint)
    }
}

/// A checkpoint as it came, with its signatures. Parsing checks the form only;
/// [`SignedCheckpoint::verify`] says whether to believe it. Its text is the
/// signed note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    note: Note,
    checkpoint: Checkpoint,
}

impl SignedCheckpoint {
    /// Reads the form.
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointError> {
        Self::try_from(Note::parse(bytes)?)
    }

    /// What the log says, whether or not it is signed well.
    #[must_use]
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Text and signatures.
    #[must_use]
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// The note, to add signatures to.
    pub fn note_mut(&mut self) -> &mut Note {
        &mut self.note
    }

    /// Checks that one of the log's keys has signed, and that no line of theirs
    /// is wrong. Keys of logs with another origin do not count, nor do keys of
    /// witnesses.
    pub fn verify<'k>(
        &self,
        logs: impl IntoIterator<Item = &'k VerifierKey>,
    ) -> Result<&Checkpoint, CheckpointError> {
        let origin = &self.checkpoint.origin;
        let (mut own, mut other) = (Vec::new(), None);
        for key in logs
            .into_iter()
            .filter(|key| key.kind() == KeyKind::Ed25519)
        {
            if key.name() == origin {
                own.push(key);
            } else {
                other = Some(key.name().to_owned());
            }
        }
        if let (true, Some(expected)) = (own.is_empty(), other) {
            return Err(CheckpointError::OtherLog {
                expected,
                found: origin.clone(),
            });
        }
        self.note.verify(own)?;
        Ok(&self.checkpoint)
    }
}

impl TryFrom<Note> for SignedCheckpoint {
    type Error = CheckpointError;

    fn try_from(note: Note) -> Result<Self, CheckpointError> {
        Ok(Self {
            checkpoint: note.text().parse()?,
            note,
        })
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    fn key(name: &str, seed: u8) -> SignerKey {
        SignerKey::from_seed(name, KeyKind::Ed25519, &[seed; 32]).unwrap()
    }

    #[test]
    fn the_example_of_the_specification_is_read_and_written() {
        let checkpoint: Checkpoint = BODY.parse().unwrap();
        assert_eq!(checkpoint.origin(), "example.com/behind-the-sofa");
        assert_eq!(checkpoint.size(), 20_852_163);
        assert_eq!(checkpoint.to_string(), BODY);
        let extended = format!("{BODY}more\nand more\n");
        let checkpoint: Checkpoint = extended.parse().unwrap();
        assert_eq!(checkpoint.extensions(), ["more", "and more"]);
        assert_eq!(checkpoint.to_string(), extended);
    }

    #[test]
    fn other_bodies_are_refused() {
        let refused = |body: &str| body.parse::<Checkpoint>().unwrap_err();
        assert_eq!(refused(""), CheckpointError::Form);
        assert_eq!(refused("a\n1\n"), CheckpointError::Form);
        assert_eq!(refused(BODY.trim_end()), CheckpointError::Form);
        assert_eq!(
            refused(&BODY.replacen("example.com/behind-the-sofa", "", 1)),
            CheckpointError::Origin
        );
        assert_eq!(
            refused(&BODY.replacen("example", "exa\tmple", 1)),
            CheckpointError::Origin
        );
        for size in [
            "020852163",
            "+1",
            "-1",
            "",
            " 1",
            "0x1",
            "18446744073709551616",
        ] {
            assert_eq!(
                refused(&BODY.replacen("20852163", size, 1)),
                CheckpointError::Size,
                "{size}"
            );
        }
        for root in ["", "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I", "AA=="] {
            let body = BODY.replacen("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=", root, 1);
            assert_eq!(refused(&body), CheckpointError::Root, "{root}");
        }
        assert_eq!(
            refused(&BODY.replacen("20852163", "0", 1)),
            CheckpointError::Root
        );
        assert_eq!(refused(&format!("{BODY}\n")), CheckpointError::Extension);
        assert_eq!(
            refused(&format!("{BODY}\nmore\n")),
            CheckpointError::Extension
        );
    }

    #[test]
    fn only_the_log_that_is_named_can_sign_for_itself() {
        let (log, other) = (key("city.example/log/1", 1), key("other.example", 2));
        let checkpoint = Checkpoint::new("city.example/log/1", 1, Hash::leaf(b"a")).unwrap();
        let signed = checkpoint.clone().sign([&log]).unwrap();
        let read = SignedCheckpoint::parse(signed.to_string().as_bytes()).unwrap();
        assert_eq!(read.verify([log.verifier()]), Ok(&checkpoint));
        assert!(matches!(
            read.verify([other.verifier()]),
            Err(CheckpointError::OtherLog { .. })
        ));
        let forged = checkpoint.sign([&other]).unwrap();
        assert!(forged.verify([log.verifier()]).is_err());
        assert!(forged.verify([other.verifier()]).is_err());
        assert!(read.verify([]).is_err());
    }

    #[test]
    fn while_a_key_is_replaced_both_old_and_new_verify() {
        let (old, new) = (key("city.example/log/1", 1), key("city.example/log/1", 2));
        let checkpoint = Checkpoint::new("city.example/log/1", 0, Hash::empty_tree()).unwrap();
        let signed = checkpoint.sign([&old, &new]).unwrap();
        assert!(signed.verify([old.verifier()]).is_ok());
        assert!(signed.verify([new.verifier()]).is_ok());
        assert!(signed.verify([old.verifier(), new.verifier()]).is_ok());
    }
}

//! Signed notes (C2SP signed-note): a text and signature lines below it.

use std::{fmt, str::FromStr};

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::{cosignature, text};

/// Signature lines that are read; the specification asks for at least 16.
pub const MAX_SIGNATURES: usize = 100;

/// What a key signs, and the byte that says so in the key's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// Ed25519 over the note's text: the log's own signature.
    Ed25519 = 0x01,
    /// Ed25519 over text and time: a witness; see [`crate::cosignature`].
    Cosignature = 0x04,
}

impl KeyKind {
    fn from_byte(byte: u8) -> Option<Self> {
        [Self::Ed25519, Self::Cosignature]
            .into_iter()
            .find(|kind| *kind as u8 == byte)
    }
}

/// Why a key's text or name is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not `name+id+key`.
    #[error("a verifier key is written <name>+<8 hexadecimal digits>+<base64>")]
    Form,
    /// Empty, or with a space, a plus or a control character.
    #[error("a key's name is not empty and has no space, plus or control character")]
    Name,
    /// A kind of signature that is not supported.
    #[error("the key is of a kind that is not supported (neither Ed25519 nor cosignature)")]
    Kind,
    /// Not a point of the curve, or one of the few that sign anything.
    #[error("the key is not a sound Ed25519 public key")]
    Point,
    /// The id does not follow from name and key.
    #[error("the key's id does not belong to this name and key: a typing error?")]
    Id,
}

/// Why a note is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not UTF-8.
    #[error("a note is UTF-8 text")]
    Utf8,
    /// A control character other than the end of a line.
    #[error("a note has no control characters")]
    Control,
    /// No empty line between text and signatures.
    #[error("a note has an empty line between its text and its signatures")]
    Form,
    /// A line below the text that is no signature.
    #[error("line {0} of the signatures is not <em dash> <name> <base64>")]
    Signature(usize),
    /// No signatures, or too many.
    #[error("a note has 1 to {MAX_SIGNATURES} signatures")]
    Count,
    /// A known key's signature is wrong.
    #[error("the signature of {0} is wrong")]
    Wrong(String),
    /// Nobody known has signed.
    #[error("no known key has signed")]
    Unsigned,
}

/// Whether a key may bear this name.
#[must_use]
pub fn is_key_name(name: &str) -> bool {
    let forbidden = |c: char| c.is_whitespace() || c == '+' || c < ' ';
    !name.is_empty() && !name.contains(forbidden)
}

/// The first four bytes of a hash over name, kind and public key. It tells
/// lines apart; it is no protection.
fn key_id(name: &str, kind: KeyKind, key: &[u8; 32]) -> [u8; 4] {
    let hash = Sha256::new_with_prefix(name)
        .chain_update([b'\n', kind as u8])
        .chain_update(key);
    let [a, b, c, d, ..] = <[u8; 32]>::from(hash.finalize());
    [a, b, c, d]
}

/// A name and public key that somebody trusts. Its text is the vkey of the
/// specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    kind: KeyKind,
    id: [u8; 4],
    key: VerifyingKey,
}

impl VerifierKey {
    fn new(name: &str, kind: KeyKind, key: VerifyingKey) -> Result<Self, KeyError> {
        if !is_key_name(name) {
            return Err(KeyError::Name);
        }
        let id = key_id(name, kind, key.as_bytes());
        Ok(Self {
            name: name.to_owned(),
            kind,
            id,
            key,
        })
    }

    /// Its name; for a log's key, the log's origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it signs.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The public key's bytes, which are the same whatever the name.
    #[must_use]
    pub fn public_bytes(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// Whether the line is by this key.
    #[must_use]
    pub fn matches(&self, signature: &Signature) -> bool {
        self.name == signature.name && self.id == signature.id
    }

    /// Whether `signature`, a line of this key, is right for the note's text.
    /// Only sound signatures pass (no small-order points), so that all
    /// verifiers that follow RFC 8032 agree.
    #[must_use]
    pub fn verifies(&self, text: &str, signature: &Signature) -> bool {
        if !self.matches(signature) {
            return false;
        }
        let strict = |message: &[u8], bytes: &[u8]| {
            let signature = ed25519_dalek::Signature::from_slice(bytes);
            signature.is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
        };
        match self.kind {
            KeyKind::Ed25519 => strict(text.as_bytes(), &signature.bytes),
            KeyKind::Cosignature => {
                cosignature::split(&signature.bytes).is_some_and(|(time, bytes)| {
                    strict(cosignature::message(time, text).as_bytes(), bytes)
                })
            }
        }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = u32::from_be_bytes(self.id);
        let key = [&[self.kind as u8], self.key.as_bytes().as_slice()].concat();
        write!(f, "{}+{id:08x}+{}", self.name, text::base64(&key))
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(vkey: &str) -> Result<Self, KeyError> {
        // Base64 may contain a plus, a name may not.
        let mut parts = vkey.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Form);
        };
        let bytes = text::from_base64(key).ok_or(KeyError::Form)?;
        let (kind, key) = bytes.split_first().ok_or(KeyError::Form)?;
        let kind = KeyKind::from_byte(*kind).ok_or(KeyError::Kind)?;
        let key = VerifyingKey::try_from(key).map_err(|_| KeyError::Point)?;
        if key.is_weak() {
            return Err(KeyError::Point);
        }
        let key = Self::new(name, kind, key)?;
        if format!("{:08x}", u32::from_be_bytes(key.id)) == id {
            Ok(key)
        } else {
            Err(KeyError::Id)
        }
    }
}

/// A key that signs. Neither its text nor its debug form shows the secret.
#[derive(Clone)]
pub struct SignerKey {
    public: VerifierKey,
    secret: SigningKey,
}

impl SignerKey {
    /// The key of this name that follows from 32 secret random bytes. One seed
    /// must serve one name and one kind only.
    pub fn from_seed(name: &str, kind: KeyKind, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let secret = SigningKey::from_bytes(seed);
        Ok(Self {
            public: VerifierKey::new(name, kind, secret.verifying_key())?,
            secret,
        })
    }

    /// The half that may be known.
    #[must_use]
    pub fn verifier(&self) -> &VerifierKey {
        &self.public
    }

    pub(crate) fn sign_bytes(&self, message: &[u8]) -> [u8; 64] {
        self.secret.sign(message).to_bytes()
    }

    pub(crate) fn line(&self, bytes: Vec<u8>) -> Signature {
        Signature {
            name: self.public.name.clone(),
            id: self.public.id,
            bytes,
        }
    }

    /// Signs a note's text as a log does. `None` if the key is a witness's,
    /// which signs with a time; see [`crate::cosignature::cosign`].
    #[must_use]
    pub fn sign(&self, text: &str) -> Option<Signature> {
        let bytes = self.sign_bytes(text.as_bytes()).to_vec();
        (self.public.kind == KeyKind::Ed25519).then(|| self.line(bytes))
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey({})", self.public)
    }
}

/// One signature line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    name: String,
    id: [u8; 4],
    bytes: Vec<u8>,
}

impl Signature {
    /// The signer's name, as claimed.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What follows the key's id.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Reads one line, without its end.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let (name, rest) = line.strip_prefix("— ")?.split_once(' ')?;
        let bytes = text::from_base64(rest)?;
        let (id, bytes) = bytes.split_first_chunk()?;
        (is_key_name(name) && !bytes.is_empty()).then(|| Self {
            name: name.to_owned(),
            id: *id,
            bytes: bytes.to_vec(),
        })
    }
}

/// The line, without its end.
impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.id.as_slice(), &self.bytes].concat();
        write!(f, "— {} {}", self.name, text::base64(&bytes))
    }
}

/// A text with signatures. Nothing in it may be believed before
/// [`Note::verify`]. Its text form is the note's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

impl Note {
    /// Joins a text, which ends in a newline, and its signatures.
    pub fn new(text: String, signatures: Vec<Signature>) -> Result<Self, NoteError> {
        if text.contains(|c: char| c < ' ' && c != '\n') {
            return Err(NoteError::Control);
        }
        if !text.ends_with('\n') {
            return Err(NoteError::Form);
        }
        if signatures.is_empty() || signatures.len() > MAX_SIGNATURES {
            return Err(NoteError::Count);
        }
        Ok(Self { text, signatures })
    }

    /// Reads a note.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        let note = str::from_utf8(bytes).map_err(|_| NoteError::Utf8)?;
        // The text may have empty lines; the last one ends it.
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteError::Form)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Form)?;
        let signatures = lines
            .split('\n')
            .enumerate()
            .take(MAX_SIGNATURES + 1)
            .map(|(at, line)| Signature::parse(line).ok_or(NoteError::Signature(at + 1)));
        Self::new(format!("{text}\n"), signatures.collect::<Result<_, _>>()?)
    }

    /// The text, with the end of its last line.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines.
    #[must_use]
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Adds a signature line, unless the same line is there already.
    pub fn add(&mut self, signature: Signature) -> Result<(), NoteError> {
        if self.signatures.contains(&signature) {
            return Ok(());
        }
        if self.signatures.len() >= MAX_SIGNATURES {
            return Err(NoteError::Count);
        }
        self.signatures.push(signature);
        Ok(())
    }

    /// Which of the known keys have signed, each with its line. Lines of
    /// others are passed over; a wrong line of a known key spoils the note, and
    /// so does the lack of any good one.
    pub fn verify<'k>(
        &self,
        known: impl IntoIterator<Item = &'k VerifierKey>,
    ) -> Result<Vec<(&'k VerifierKey, &Signature)>, NoteError> {
        let mut good = Vec::new();
        for key in known {
            let mut lines = self.signatures.iter().filter(|line| key.matches(line));
            if let Some(wrong) = lines.clone().find(|line| !key.verifies(&self.text, line)) {
                return Err(NoteError::Wrong(wrong.name.clone()));
            }
            good.extend(lines.next().map(|line| (key, line)));
        }
        if good.is_empty() {
            Err(NoteError::Unsigned)
        } else {
            Ok(good)
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures
            .iter()
            .try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str, seed: u8) -> SignerKey {
        SignerKey::from_seed(name, KeyKind::Ed25519, &[seed; 32]).unwrap()
    }

    fn note(text: &str, keys: &[&SignerKey]) -> Note {
        let lines = keys.iter().map(|key| key.sign(text).unwrap()).collect();
        Note::new(text.to_owned(), lines).unwrap()
    }

    /// The note and key from the documentation of Go's sumdb/note.
    const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const PETER_NOTE: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\n— PeterNeumann \
        x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    #[test]
    fn a_note_of_another_implementation_verifies() {
        let key: VerifierKey = PETER.parse().unwrap();
        assert_eq!(key.to_string(), PETER);
        let note = Note::parse(PETER_NOTE.as_bytes()).unwrap();
        assert_eq!(note.to_string(), PETER_NOTE);
        let good = note.verify([&key]).unwrap();
        assert_eq!(good[0].0.name(), "PeterNeumann");
        let changed = Note::parse(PETER_NOTE.replace("think", "thing").as_bytes()).unwrap();
        assert_eq!(
            changed.verify([&key]),
            Err(NoteError::Wrong("PeterNeumann".into()))
        );
    }

    #[test]
    fn unknown_lines_are_passed_over_and_wrong_ones_spoil_the_note() {
        let (log, other) = (key("log.example/1", 1), key("other.example", 2));
        let both = note("a\n", &[&log, &other]);
        assert_eq!(both.verify([log.verifier()]).map(|good| good.len()), Ok(1));
        assert_eq!(
            both.verify([log.verifier(), other.verifier()])
                .map(|good| good.len()),
            Ok(2)
        );
        assert_eq!(
            note("a\n", &[&other]).verify([log.verifier()]),
            Err(NoteError::Unsigned)
        );

        let stolen = other.sign("b\n").unwrap();
        let spoiled = Note::new("a\n".into(), vec![log.sign("a\n").unwrap(), stolen]).unwrap();
        assert!(spoiled.verify([log.verifier()]).is_ok());
        let known = [log.verifier(), other.verifier()];
        assert_eq!(
            spoiled.verify(known),
            Err(NoteError::Wrong("other.example".into()))
        );
    }

    #[test]
    fn the_same_name_with_another_key_is_another_signer() {
        let (old, new) = (key("log.example/1", 1), key("log.example/1", 2));
        let rotated = note("a\n", &[&new, &old]);
        assert_eq!(
            rotated.verify([old.verifier()]).map(|good| good.len()),
            Ok(1)
        );
        assert_eq!(
            rotated.verify([new.verifier()]).map(|good| good.len()),
            Ok(1)
        );
    }

    #[test]
    fn the_last_empty_line_ends_the_text() {
        let text = "a\n\nb\n\n\n";
        let signer = key("n", 1);
        let note = note(text, &[&signer]);
        let read = Note::parse(note.to_string().as_bytes()).unwrap();
        assert_eq!(read, note);
        assert_eq!(read.text(), text);
    }

    #[test]
    fn what_the_specification_refuses_is_refused() {
        let good = note("text\n", &[&key("name", 1)]).to_string();
        let line = good.lines().last().unwrap();
        let refused = |note: &str| Note::parse(note.as_bytes()).unwrap_err();
        assert_eq!(refused(""), NoteError::Form);
        assert_eq!(refused("text\n"), NoteError::Form);
        assert_eq!(refused("text\n\n"), NoteError::Form);
        assert_eq!(refused(&format!("text\n{line}\n")), NoteError::Form);
        assert_eq!(refused(good.trim_end()), NoteError::Form);
        assert_eq!(refused(&format!("{good}more\n")), NoteError::Signature(2));
        assert_eq!(refused(&format!("{good}\n")), NoteError::Form);
        assert_eq!(refused(&good.replace("text", "te\txt")), NoteError::Control);
        assert_eq!(refused(&good.replace("text", "te\0xt")), NoteError::Control);
        assert_eq!(refused(&good.replace('\n', "\r\n")), NoteError::Form);
        assert_eq!(refused(&good.replace('—', "-")), NoteError::Signature(1));
        assert_eq!(refused(&good.replace("— ", "—  ")), NoteError::Signature(1));
        assert_eq!(
            refused(&good.replace("name", "na+me")),
            NoteError::Signature(1)
        );
        assert_eq!(
            refused(&good.replace("name", "na\u{3000}me")),
            NoteError::Signature(1)
        );
        assert_eq!(
            refused(&format!("text\n\n{}\n", line.trim_end_matches('='))),
            NoteError::Signature(1)
        );
        assert_eq!(
            refused(&good.replace("name", "na\x01me")),
            NoteError::Signature(1)
        );
        // A key's id, and nothing signed.
        assert_eq!(
            refused("text\n\n— name AAAAAA==\n"),
            NoteError::Signature(1)
        );
        assert_eq!(refused("text\n\n— name AAAA\n"), NoteError::Signature(1));
        assert_eq!(refused("text\n\n— name \n"), NoteError::Signature(1));
        assert_eq!(Note::parse(b"te\xffxt\n\n"), Err(NoteError::Utf8));
        let many = |count| format!("text\n\n{}", format!("{line}\n").repeat(count));
        assert_eq!(
            Note::parse(many(100).as_bytes()).map(|note| note.signatures.len()),
            Ok(100)
        );
        assert_eq!(refused(&many(101)), NoteError::Count);
    }

    #[test]
    fn keys_that_are_mistyped_or_weak_are_refused() {
        let vkey = key("name", 1).verifier().to_string();
        let refused = |vkey: &str| vkey.parse::<VerifierKey>().unwrap_err();
        assert_eq!(refused("name"), KeyError::Form);
        assert_eq!(
            refused(
                vkey.trim_end_matches('=')
                    .trim_end_matches(char::is_alphanumeric)
            ),
            KeyError::Form
        );
        assert_eq!(refused(&vkey.replacen("name", "nome", 1)), KeyError::Id);
        assert_eq!(refused(&vkey.replacen("name", "", 1)), KeyError::Name);
        assert_eq!(refused(&vkey.replacen("name", "na me", 1)), KeyError::Name);
        let id = vkey.split('+').nth(1).unwrap();
        assert_ne!(id, id.to_uppercase());
        assert_eq!(
            refused(&vkey.replacen(id, &id.to_uppercase(), 1)),
            KeyError::Id
        );
        // A leading zero of the id is written.
        let short = (0..=255).map(|seed| key("name", seed).verifier().to_string());
        let short = short
            .into_iter()
            .find(|vkey| vkey.starts_with("name+0"))
            .unwrap();
        assert!(short.parse::<VerifierKey>().is_ok());
        assert_eq!(refused(&short.replacen("name+0", "name+", 1)), KeyError::Id);
        let of = |bytes: &[u8]| format!("name+00000000+{}", text::base64(bytes));
        assert_eq!(refused(&of(&[])), KeyError::Form);
        // ECDSA, RFC 6962, ML-DSA-44 and private kinds.
        for kind in [0, 2, 3, 5, 6, 0xff] {
            assert_eq!(refused(&of(&[kind; 33])), KeyError::Kind);
        }
        assert_eq!(refused(&of(&[1; 32])), KeyError::Point);
        // The neutral point verifies signatures over anything.
        let mut neutral = [0; 33];
        (neutral[0], neutral[1]) = (1, 1);
        assert_eq!(refused(&of(&neutral)), KeyError::Point);
    }

    #[test]
    fn the_secret_is_not_in_the_debug_form() {
        let debug = format!("{:?}", key("name", 7));
        assert!(debug.starts_with("SignerKey(name+"));
    }
}

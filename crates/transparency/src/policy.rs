//! Trust policies (C2SP tlog-policy): which logs, which witnesses, and how many
//! of them have to have seen a checkpoint.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use crate::{
    checkpoint::{CheckpointError, SignedCheckpoint},
    cosignature,
    note::{KeyKind, NoteError, VerifierKey},
    text,
};

/// A policy. Its text is a policy file; comments are not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<Log>,
    members: Vec<Member>,
    quorum: Option<String>,
}

/// A log that is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// Its key; the key's name is the log's origin.
    pub key: VerifierKey,
    /// Where it can be reached.
    pub url: Option<String>,
}

/// A witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// Its name in this policy.
    pub name: String,
    /// Its key.
    pub key: VerifierKey,
    /// Where checkpoints are submitted to it.
    pub url: Option<String>,
}

/// A line that defines a name. A group refers only to names before it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Member {
    Witness(Box<Witness>),
    Group {
        name: String,
        threshold: usize,
        members: Vec<String>,
    },
}

/// Why a policy file is refused, with the number of the line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Not UTF-8, no line's end at the end, or control characters.
    #[error("a policy is UTF-8 text in lines, each with its end, without control characters")]
    Text,
    /// Not one of the four kinds of line, or not with these words.
    #[error("line {0} is not log, witness, group or quorum with what belongs to it")]
    Line(usize),
    /// Not a key, or a key of the wrong kind.
    #[error("line {0} has no key of the right kind (a log signs, a witness cosigns)")]
    Key(usize),
    /// The same public key twice.
    #[error("line {0} repeats a public key; it would count twice")]
    DuplicateKey(usize),
    /// A name defined before, or `none`.
    #[error("line {0} defines a name that is taken")]
    DuplicateName(usize),
    /// A name that no line before defines.
    #[error("line {0} refers to a name that no line before it defines")]
    UnknownName(usize),
    /// A name that is in a group already.
    #[error("line {0} puts a name into a second group; it would count twice")]
    SecondGroup(usize),
    /// More than the members, or none.
    #[error("line {0} asks for a number of members that the group does not have")]
    Threshold(usize),
    /// No quorum line, or two.
    #[error("a policy has exactly one quorum line")]
    Quorum,
}

/// Why a checkpoint does not satisfy a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuorumError {
    /// A witness's line is wrong.
    #[error("the cosignature of {0} is wrong")]
    Wrong(String),
    /// Too few have cosigned.
    #[error("the quorum {quorum} is not reached; these have cosigned: {cosigned:?}")]
    NotReached {
        /// The witness or group that is asked for.
        quorum: String,
        /// The names of those who cosigned.
        cosigned: Vec<String>,
    },
}

/// A witness who cosigned, and when, in POSIX seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned {
    /// The witness's name in the policy.
    pub name: String,
    /// The time it stated.
    pub time: u64,
}

impl Policy {
    /// Reads a policy file.
    pub fn parse(bytes: &[u8]) -> Result<Self, PolicyError> {
        let file = str::from_utf8(bytes).map_err(|_| PolicyError::Text)?;
        let control = |c: char| c < ' ' && c != '\t' && c != '\n' || c == '\x7f';
        if file.contains(control) || !file.is_empty() && !file.ends_with('\n') {
            return Err(PolicyError::Text);
        }
        let mut reader = Reader::default();
        for (at, line) in file.lines().enumerate() {
            let words: Vec<&str> = line
                .split([' ', '\t'])
                .filter(|word| !word.is_empty())
                .collect();
            if words.first().is_some_and(|word| !word.starts_with('#')) {
                reader.line(at + 1, &words)?;
            }
        }
        let Reader {
            logs,
            members,
            quorum,
            ..
        } = reader;
        Ok(Self {
            logs,
            members,
            quorum: quorum.ok_or(PolicyError::Quorum)?,
        })
    }

    /// The logs that are accepted. May be empty where the log is known anyway.
    #[must_use]
    pub fn logs(&self) -> &[Log] {
        &self.logs
    }

    /// The witnesses, whether or not the quorum needs them.
    pub fn witnesses(&self) -> impl Iterator<Item = &Witness> {
        self.members.iter().filter_map(|member| match member {
            Member::Witness(witness) => Some(witness.as_ref()),
            Member::Group { .. } => None,
        })
    }

    /// Checks that one of the policy's logs has signed, if it names any.
    pub fn check_log(&self, signed: &SignedCheckpoint) -> Result<(), CheckpointError> {
        if self.logs.is_empty() {
            return Ok(());
        }
        signed
            .verify(self.logs.iter().map(|log| &log.key))
            .map(|_| ())
    }

    /// Checks that the quorum has cosigned, and says who has, and when.
    pub fn check_quorum(&self, signed: &SignedCheckpoint) -> Result<Vec<Cosigned>, QuorumError> {
        let mut cosigned = Vec::new();
        for Witness { name, key, .. } in self.witnesses() {
            match signed.note().verify([key]) {
                Ok(lines) => cosigned.extend(lines.iter().filter_map(|(key, line)| {
                    Some(Cosigned {
                        name: name.clone(),
                        time: cosignature::time(key, line)?,
                    })
                })),
                Err(NoteError::Unsigned) => (),
                Err(_) => return Err(QuorumError::Wrong(name.clone())),
            }
        }
        let names = || cosigned.iter().map(|witness| witness.name.as_str());
        // Groups come after their members, so one pass decides all.
        let mut seen: HashSet<&str> = names().collect();
        for member in &self.members {
            if let Member::Group {
                name,
                threshold,
                members,
            } = member
                && members
                    .iter()
                    .filter(|member| seen.contains(member.as_str()))
                    .count()
                    >= *threshold
            {
                seen.insert(name);
            }
        }
        match &self.quorum {
            Some(quorum) if !seen.contains(quorum.as_str()) => Err(QuorumError::NotReached {
                quorum: quorum.clone(),
                cosigned: names().map(str::to_owned).collect(),
            }),
            _ => Ok(cosigned),
        }
    }
}

/// What has been read of a policy file so far.
#[derive(Default)]
struct Reader {
    logs: Vec<Log>,
    members: Vec<Member>,
    /// Defined names, and whether they are in a group.
    names: HashMap<String, bool>,
    keys: HashSet<(KeyKind, [u8; 32])>,
    /// `Some(None)` is `quorum none`.
    quorum: Option<Option<String>>,
}

impl Reader {
    fn line(&mut self, at: usize, words: &[&str]) -> Result<(), PolicyError> {
        match words {
            ["log", key, url @ ..] if url.len() <= 1 => {
                let key = self.key(at, key, KeyKind::Ed25519)?;
                self.logs.push(Log {
                    key,
                    url: url.first().map(ToString::to_string),
                });
            }
            ["witness", name, key, url @ ..] if url.len() <= 1 => {
                let key = self.key(at, key, KeyKind::Cosignature)?;
                let name = self.define(at, name)?;
                let url = url.first().map(ToString::to_string);
                self.members
                    .push(Member::Witness(Box::new(Witness { name, key, url })));
            }
            ["group", name, threshold, members @ ..] if !members.is_empty() => {
                let threshold = match *threshold {
                    "all" => members.len(),
                    "any" => 1,
                    number => text::decimal(number)
                        .and_then(|number| usize::try_from(number).ok())
                        .ok_or(PolicyError::Line(at))?,
                };
                if threshold == 0 || threshold > members.len() {
                    return Err(PolicyError::Threshold(at));
                }
                for member in members {
                    let grouped = self
                        .names
                        .get_mut(*member)
                        .ok_or(PolicyError::UnknownName(at))?;
                    if std::mem::replace(grouped, true) {
                        return Err(PolicyError::SecondGroup(at));
                    }
                }
                let name = self.define(at, name)?;
                let members = members.iter().map(ToString::to_string).collect();
                self.members.push(Member::Group {
                    name,
                    threshold,
                    members,
                });
            }
            ["quorum", name] => {
                if *name != NONE && !self.names.contains_key(*name) {
                    return Err(PolicyError::UnknownName(at));
                }
                let quorum = (*name != NONE).then(|| name.to_string());
                if self.quorum.replace(quorum).is_some() {
                    return Err(PolicyError::Quorum);
                }
            }
            _ => return Err(PolicyError::Line(at)),
        }
        Ok(())
    }

    fn define(&mut self, at: usize, name: &str) -> Result<String, PolicyError> {
        let taken = name == NONE || self.names.insert(name.to_owned(), false).is_some();
        if taken {
            Err(PolicyError::DuplicateName(at))
        } else {
            Ok(name.to_owned())
        }
    }

    fn key(&mut self, at: usize, key: &str, kind: KeyKind) -> Result<VerifierKey, PolicyError> {
        let key: VerifierKey = key.parse().map_err(|_| PolicyError::Key(at))?;
        if key.kind() != kind {
            return Err(PolicyError::Key(at));
        }
        // Under another name it is still the same signer.
        let new = self.keys.insert((kind, key.public_bytes()));
        if new {
            Ok(key)
        } else {
            Err(PolicyError::DuplicateKey(at))
        }
    }
}

/// The quorum that asks for nobody.
const NONE: &str = "none";

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url =
            |url: &Option<String>| url.as_ref().map_or(String::new(), |url| format!(" {url}"));
        for log in &self.logs {
            writeln!(f, "log {}{}", log.key, url(&log.url))?;
        }
        for member in &self.members {
            match member {
                Member::Witness(witness) => {
                    writeln!(
                        f,
                        "witness {} {}{}",
                        witness.name,
                        witness.key,
                        url(&witness.url)
                    )?;
                }
                Member::Group {
                    name,
                    threshold,
                    members,
                } => {
                    writeln!(f, "group {name} {threshold} {}", members.join(" "))?;
                }
            }
        }
        writeln!(f, "quorum {}", self.quorum.as_deref().unwrap_or(NONE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{checkpoint::Checkpoint, cosignature::cosign, hash::Hash, note::SignerKey};

    fn log() -> SignerKey {
        SignerKey::from_seed("city.example/log/1", KeyKind::Ed25519, &[100; 32]).unwrap()
    }

    fn witness(seed: u8) -> SignerKey {
        SignerKey::from_seed(
            &format!("w{seed}.example"),
            KeyKind::Cosignature,
            &[seed; 32],
        )
        .unwrap()
    }

    /// The policy of the specification's example.
    fn example() -> String {
        let mut file = format!(
            "# Who watches\n\nlog {} https://city.example/log\n",
            log().verifier()
        );
        for (name, seed) in [
            ("X1", 1),
            ("X2", 2),
            ("X3", 3),
            ("Y1", 4),
            ("Y2", 5),
            ("Y3", 6),
        ] {
            file += &format!("\twitness  {name} {}\n", witness(seed).verifier());
        }
        file + "group X-witnesses 2 X1 X2 X3\ngroup Y-witnesses any Y1 Y2 Y3\n\
                group X-and-Y all X-witnesses Y-witnesses\n quorum X-and-Y\n"
    }

    fn cosigned_by(seeds: &[u8]) -> SignedCheckpoint {
        let checkpoint = Checkpoint::new("city.example/log/1", 1, Hash::leaf(b"a")).unwrap();
        let mut signed = checkpoint.sign([&log()]).unwrap();
        for seed in seeds {
            let line = cosign(
                &witness(*seed),
                1000 + u64::from(*seed),
                signed.note().text(),
            );
            signed.note_mut().add(line.unwrap()).unwrap();
        }
        signed
    }

    #[test]
    fn the_example_of_the_specification_decides_as_it_says() {
        let policy = Policy::parse(example().as_bytes()).unwrap();
        assert_eq!(policy.witnesses().count(), 6);
        assert_eq!(
            policy.logs()[0].url.as_deref(),
            Some("https://city.example/log")
        );
        assert_eq!(policy.check_log(&cosigned_by(&[])), Ok(()));
        for (seeds, reached) in [
            (vec![], false),
            (vec![1, 2], false),
            (vec![1, 4], false),
            (vec![4, 5, 6], false),
            (vec![1, 1, 4], false),
            (vec![1, 3, 5], true),
            (vec![1, 2, 3, 4, 5, 6], true),
            (vec![1, 2, 4, 99], true),
        ] {
            assert_eq!(
                policy.check_quorum(&cosigned_by(&seeds)).is_ok(),
                reached,
                "{seeds:?}"
            );
        }
        // Who cosigned twice, at different times, is one.
        let mut twice = cosigned_by(&[1, 4]);
        let line = cosign(&witness(1), 2000, twice.note().text()).unwrap();
        twice.note_mut().add(line).unwrap();
        assert!(policy.check_quorum(&twice).is_err());
        let cosigned = policy.check_quorum(&cosigned_by(&[1, 2, 4])).unwrap();
        assert_eq!(
            cosigned[2],
            Cosigned {
                name: "Y1".into(),
                time: 1004
            }
        );
    }

    #[test]
    fn one_wrong_cosignature_is_reported_even_if_the_rest_suffice() {
        let policy = Policy::parse(example().as_bytes()).unwrap();
        let mut signed = cosigned_by(&[1, 2, 4]);
        signed
            .note_mut()
            .add(cosign(&witness(5), 1, "another text\n").unwrap())
            .unwrap();
        assert_eq!(
            policy.check_quorum(&signed),
            Err(QuorumError::Wrong("Y2".into()))
        );
    }

    #[test]
    fn a_quorum_of_none_asks_for_nobody_and_of_one_for_this_one() {
        let none = Policy::parse(b"quorum none\n").unwrap();
        assert_eq!(none.check_quorum(&cosigned_by(&[])), Ok(vec![]));
        assert_eq!(none.check_log(&cosigned_by(&[])), Ok(()));
        let one = format!("witness w {}\nquorum w\n", witness(1).verifier());
        let one = Policy::parse(one.as_bytes()).unwrap();
        assert!(one.check_quorum(&cosigned_by(&[1])).is_ok());
        assert!(one.check_quorum(&cosigned_by(&[2])).is_err());
    }

    #[test]
    fn a_policy_is_written_and_read_back() {
        for file in [example(), "quorum none\n".to_owned()] {
            let policy = Policy::parse(file.as_bytes()).unwrap();
            assert_eq!(Policy::parse(policy.to_string().as_bytes()), Ok(policy));
        }
    }

    #[test]
    fn what_the_specification_refuses_is_refused() {
        let (log, w1, w2) = (
            log().verifier().to_string(),
            witness(1).verifier().to_string(),
            witness(2).verifier().to_string(),
        );
        let alias = SignerKey::from_seed("alias", KeyKind::Cosignature, &[1; 32]).unwrap();
        let alias = alias.verifier();
        let two = format!("witness a {w1}\nwitness b {w2}\n");
        for (file, error) in [
            (String::new(), PolicyError::Quorum),
            ("quorum none\nquorum none\n".into(), PolicyError::Quorum),
            ("quorum none".into(), PolicyError::Text),
            ("quorum none\r\n".into(), PolicyError::Text),
            ("quorum a\n".into(), PolicyError::UnknownName(1)),
            ("quorum none none\n".into(), PolicyError::Line(1)),
            ("Quorum none\n".into(), PolicyError::Line(1)),
            // A comment is a line of its own.
            ("quorum none # all\n".into(), PolicyError::Line(1)),
            (
                format!("witness a {w1} http://a.example b\nquorum a\n"),
                PolicyError::Line(1),
            ),
            ("quorum\u{3000}none\n".into(), PolicyError::Line(1)),
            ("log x\nquorum none\n".into(), PolicyError::Key(1)),
            (format!("log {w1}\nquorum none\n"), PolicyError::Key(1)),
            (
                format!("witness a {log}\nquorum none\n"),
                PolicyError::Key(1),
            ),
            (
                format!("log {log}\nlog {log}\nquorum none\n"),
                PolicyError::DuplicateKey(2),
            ),
            (
                format!("log {log} a b\nquorum none\n"),
                PolicyError::Line(1),
            ),
            (
                format!("witness a {w1}\nwitness b {alias}\nquorum a\n"),
                PolicyError::DuplicateKey(2),
            ),
            (
                format!("witness a {w1}\nwitness a {w2}\nquorum a\n"),
                PolicyError::DuplicateName(2),
            ),
            (
                format!("witness none {w1}\nquorum none\n"),
                PolicyError::DuplicateName(1),
            ),
            (
                format!("{two}group g 0 a b\nquorum g\n"),
                PolicyError::Threshold(3),
            ),
            (
                format!("{two}group g 3 a b\nquorum g\n"),
                PolicyError::Threshold(3),
            ),
            (
                format!("{two}group g 02 a b\nquorum g\n"),
                PolicyError::Line(3),
            ),
            (
                format!("{two}group g some a b\nquorum g\n"),
                PolicyError::Line(3),
            ),
            (
                format!("{two}group g any\nquorum g\n"),
                PolicyError::Line(3),
            ),
            (
                format!("{two}group g any a c\nquorum g\n"),
                PolicyError::UnknownName(3),
            ),
            (
                format!("{two}group g any a none\nquorum g\n"),
                PolicyError::UnknownName(3),
            ),
            (
                format!("{two}group g any a g\nquorum g\n"),
                PolicyError::UnknownName(3),
            ),
            (
                format!("{two}group g any a a\nquorum g\n"),
                PolicyError::SecondGroup(3),
            ),
            (
                format!("{two}group g any a\ngroup h any a b\nquorum g\n"),
                PolicyError::SecondGroup(4),
            ),
            (
                format!("{two}group a any b\nquorum a\n"),
                PolicyError::DuplicateName(3),
            ),
            (
                format!("quorum g\n{two}group g any a\n"),
                PolicyError::UnknownName(1),
            ),
        ] {
            assert_eq!(Policy::parse(file.as_bytes()), Err(error), "{file}");
        }
        assert_eq!(
            Policy::parse(b"# \xff\nquorum none\n"),
            Err(PolicyError::Text)
        );
    }
}

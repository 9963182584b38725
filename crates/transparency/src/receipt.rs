//! Receipts (C2SP tlog-proof): everything that proves, offline, that a leaf is
//! in a log. The leaf itself is not in it.

use std::fmt;

use crate::{
    checkpoint::{CheckpointError, SignedCheckpoint},
    hash::Hash,
    note::VerifierKey,
    policy::{Cosigned, Policy, QuorumError},
    proof::{self, CheckError, MAX_HASHES},
    text,
};

const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// A receipt. Its text is a `.tlog-proof` file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Bytes for the application. They are **not** authenticated.
    pub extra: Option<Vec<u8>>,
    /// The leaf's index, which is the event's position.
    pub index: u64,
    /// The inclusion proof, the leaf's sibling first.
    pub proof: Vec<Hash>,
    /// The checkpoint that the proof leads to.
    pub checkpoint: SignedCheckpoint,
}

/// Why a receipt's text is refused, with the number of the line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Not UTF-8.
    #[error("a receipt is UTF-8 text")]
    Utf8,
    /// Another format or version.
    #[error("a receipt begins with the line {HEADER}")]
    Header,
    /// The extra data is not base64.
    #[error("line {0}: extra data is standard base64")]
    Extra(usize),
    /// No index where it should be.
    #[error("line {0} is not `index` and a decimal number without leading zeros")]
    Index(usize),
    /// Not a hash.
    #[error("line {0} is not the base64 of a hash")]
    Hash(usize),
    /// More hashes than any tree needs.
    #[error("an inclusion proof has at most {MAX_HASHES} hashes")]
    Long,
    /// The text ends before the checkpoint.
    #[error("there is no empty line and checkpoint after the proof")]
    Checkpoint,
    /// The checkpoint is refused.
    #[error("the receipt's checkpoint: {0}")]
    Inner(#[from] CheckpointError),
}

/// Why a receipt does not prove that the leaf is in the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// The log has not signed, or it is another log.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Too few witnesses.
    #[error(transparent)]
    Quorum(#[from] QuorumError),
    /// The leaf is not the one at this position under this root.
    #[error("this leaf is not entry {index} of the log: {reason}")]
    Inclusion {
        /// The position that the receipt claims.
        index: u64,
        /// What does not fit.
        reason: CheckError,
    },
}

/// What a receipt proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// The log.
    pub origin: String,
    /// The leaf's position.
    pub index: u64,
    /// The size of the log at which it was there.
    pub size: u64,
    /// Witnesses of the policy who cosigned this checkpoint.
    pub cosigned: Vec<Cosigned>,
}

impl Receipt {
    /// Reads a receipt. This checks its form; [`Receipt::verify`] checks what
    /// it says.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReceiptError> {
        let mut rest = str::from_utf8(bytes).map_err(|_| ReceiptError::Utf8)?;
        let mut number = 0;
        let mut next = || {
            let (line, after) = rest.split_once('\n')?;
            (rest, number) = (after, number + 1);
            Some((number, line))
        };
        if next() != Some((1, HEADER)) {
            return Err(ReceiptError::Header);
        }
        let (mut at, mut line) = next().ok_or(ReceiptError::Index(2))?;
        let mut extra = None;
        if let Some(data) = line.strip_prefix("extra ") {
            extra = Some(text::from_base64(data).ok_or(ReceiptError::Extra(at))?);
            (at, line) = next().ok_or(ReceiptError::Index(3))?;
        }
        let index = line.strip_prefix("index ").and_then(text::decimal);
        let index = index.ok_or(ReceiptError::Index(at))?;
        let mut proof = Vec::new();
        loop {
            let (at, line) = next().ok_or(ReceiptError::Checkpoint)?;
            if line.is_empty() {
                break;
            }
            if proof.len() == MAX_HASHES {
                return Err(ReceiptError::Long);
            }
            proof.push(line.parse().map_err(|_| ReceiptError::Hash(at))?);
        }
        let checkpoint = SignedCheckpoint::parse(rest.as_bytes())?;
        Ok(Self {
            extra,
            index,
            proof,
            checkpoint,
        })
    }

    /// Checks that `leaf` is in the log: one of `logs` has signed the
    /// checkpoint, the policy's logs and quorum agree if there is a policy, and
    /// the proof leads from leaf and index to the signed root.
    pub fn verify(
        &self,
        leaf: &[u8],
        logs: &[VerifierKey],
        policy: Option<&Policy>,
    ) -> Result<Proven, Unproven> {
        let checkpoint = self.checkpoint.verify(logs)?;
        let mut cosigned = Vec::new();
        if let Some(policy) = policy {
            policy.check_log(&self.checkpoint)?;
            cosigned = policy.check_quorum(&self.checkpoint)?;
        }
        let (index, size, root) = (self.index, checkpoint.size(), checkpoint.root());
        proof::check_inclusion(&Hash::leaf(leaf), index, size, &self.proof, &root)
            .map_err(|reason| Unproven::Inclusion { index, reason })?;
        Ok(Proven {
            origin: checkpoint.origin().to_owned(),
            index,
            size,
            cosigned,
        })
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", text::base64(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.proof
            .iter()
            .try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        checkpoint::Checkpoint,
        cosignature::cosign,
        note::{KeyKind, SignerKey},
    };

    fn log() -> SignerKey {
        SignerKey::from_seed("city.example/log/1", KeyKind::Ed25519, &[1; 32]).unwrap()
    }

    /// The receipt for leaf `b` of the log `a`, `b`, `c`.
    fn receipt() -> Receipt {
        let (a, b, c) = (Hash::leaf(b"a"), Hash::leaf(b"b"), Hash::leaf(b"c"));
        let root = Hash::node(&Hash::node(&a, &b), &c);
        let checkpoint = Checkpoint::new("city.example/log/1", 3, root).unwrap();
        let checkpoint = checkpoint.sign([&log()]).unwrap();
        Receipt {
            extra: Some(b"hello".into()),
            index: 1,
            proof: vec![a, c],
            checkpoint,
        }
    }

    fn keys() -> Vec<VerifierKey> {
        vec![log().verifier().clone()]
    }

    #[test]
    fn a_receipt_proves_its_leaf_and_no_other() {
        let receipt = receipt();
        let proven = receipt.verify(b"b", &keys(), None).unwrap();
        assert_eq!((proven.index, proven.size), (1, 3));
        for (leaf, receipt) in [
            (b"a", receipt.clone()),
            (
                b"b",
                Receipt {
                    index: 0,
                    ..receipt.clone()
                },
            ),
            (
                b"b",
                Receipt {
                    index: 3,
                    ..receipt.clone()
                },
            ),
            (
                b"b",
                Receipt {
                    proof: vec![],
                    ..receipt.clone()
                },
            ),
        ] {
            let refused = receipt.verify(leaf, &keys(), None);
            assert!(
                matches!(refused, Err(Unproven::Inclusion { .. })),
                "{refused:?}"
            );
        }
        let stranger = SignerKey::from_seed("city.example/log/1", KeyKind::Ed25519, &[2; 32]);
        let stranger = vec![stranger.unwrap().verifier().clone()];
        assert!(matches!(
            receipt.verify(b"b", &stranger, None),
            Err(Unproven::Checkpoint(_))
        ));
    }

    #[test]
    fn the_policy_counts_its_own_witnesses_only() {
        let key = |seed| {
            SignerKey::from_seed(&format!("w{seed}"), KeyKind::Cosignature, &[seed; 32]).unwrap()
        };
        let file = format!("witness library {}\nquorum library\n", key(5).verifier());
        let policy = Policy::parse(file.as_bytes()).unwrap();
        let mut receipt = receipt();
        let text = receipt.checkpoint.note().text().to_owned();
        receipt
            .checkpoint
            .note_mut()
            .add(cosign(&key(6), 10, &text).unwrap())
            .unwrap();
        let refused = receipt.verify(b"b", &keys(), Some(&policy));
        assert!(matches!(refused, Err(Unproven::Quorum(_))), "{refused:?}");
        receipt
            .checkpoint
            .note_mut()
            .add(cosign(&key(5), 11, &text).unwrap())
            .unwrap();
        let proven = receipt.verify(b"b", &keys(), Some(&policy)).unwrap();
        assert_eq!(
            proven.cosigned,
            [Cosigned {
                name: "library".into(),
                time: 11
            }]
        );
    }

    #[test]
    fn a_policy_for_another_log_refuses() {
        let other = SignerKey::from_seed("other.example", KeyKind::Ed25519, &[9; 32]).unwrap();
        let policy = Policy::parse(format!("log {}\nquorum none\n", other.verifier()).as_bytes());
        assert!(
            receipt()
                .verify(b"b", &keys(), Some(&policy.unwrap()))
                .is_err()
        );
    }

    #[test]
    fn text_is_read_back_and_other_text_refused() {
        let receipt = receipt();
        let text = receipt.to_string();
        assert_eq!(Receipt::parse(text.as_bytes()), Ok(receipt.clone()));
        let plain = Receipt {
            extra: None,
            proof: vec![],
            ..receipt
        };
        assert_eq!(Receipt::parse(plain.to_string().as_bytes()), Ok(plain));

        let refused = |text: &str| Receipt::parse(text.as_bytes()).unwrap_err();
        let hash = Hash::leaf(b"a").to_string();
        assert_eq!(refused(""), ReceiptError::Header);
        assert_eq!(refused(&text.replace("@v1", "@v2")), ReceiptError::Header);
        assert_eq!(
            refused(&text.replace("index 1", "index 01")),
            ReceiptError::Index(3)
        );
        assert_eq!(
            refused(&text.replace("index 1", "index -1")),
            ReceiptError::Index(3)
        );
        assert_eq!(
            refused(&text.replace("index 1\n", "")),
            ReceiptError::Index(3)
        );
        assert_eq!(
            refused(&text.replace("index 1\n", "index 1\nindex 1\n")),
            ReceiptError::Hash(4)
        );
        assert_eq!(
            refused(&text.replace("extra aGVsbG8=", "extra aGVsbG8")),
            ReceiptError::Extra(2)
        );
        assert_eq!(
            refused(&text.replace("extra aGVsbG8=", "extra aGVsbG8=\nextra aGVsbG8=")),
            ReceiptError::Index(3)
        );
        assert_eq!(
            refused(&text.replace(&hash, &hash[1..])),
            ReceiptError::Hash(4)
        );
        assert_eq!(refused(&text.replace('\n', "\r\n")), ReceiptError::Header);
        assert_eq!(
            refused(&text.replacen(&hash, &vec![hash.as_str(); 64].join("\n"), 1)),
            ReceiptError::Long
        );
        let longest = text.replacen(&hash, &vec![hash.as_str(); 63].join("\n"), 1);
        let longest = Receipt::parse(longest.as_bytes()).unwrap();
        assert_eq!(longest.proof.len(), MAX_HASHES);
        assert_eq!(
            refused(text.split_once("\n\n").unwrap().0),
            ReceiptError::Checkpoint
        );
        assert!(matches!(
            refused(&text.replacen("\n\n", "\n\n\n", 1)),
            ReceiptError::Inner(_)
        ));
        assert!(matches!(
            refused(&format!("{text}x")),
            ReceiptError::Inner(_)
        ));
        assert_eq!(Receipt::parse(b"\xff"), Err(ReceiptError::Utf8));
    }
}

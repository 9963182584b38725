//! The request that a log sends to a witness (C2SP tlog-witness,
//! add-checkpoint), and how a witness decides it.

use std::fmt;

use crate::{
    checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint},
    hash::Hash,
    note::VerifierKey,
    proof, text,
};

/// Hashes that a request may carry.
pub const MAX_PROOF: usize = 63;

/// Asks a witness to cosign a checkpoint. Its text is the request's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size that the log believes the witness cosigned last; 0 if none.
    pub old: u64,
    /// The consistency proof from there.
    pub proof: Vec<Hash>,
    /// What to cosign.
    pub checkpoint: SignedCheckpoint,
}

/// Why a request's body is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Not UTF-8.
    #[error("a request is UTF-8 text")]
    Utf8,
    /// No old size.
    #[error("the first line is `old` and a decimal number without leading zeros")]
    Old,
    /// Not a hash.
    #[error("line {0} is not the base64 of a hash")]
    Hash(usize),
    /// Too many hashes.
    #[error("a proof has at most {MAX_PROOF} lines")]
    Long,
    /// The text ends before the checkpoint.
    #[error("there is no empty line and checkpoint after the proof")]
    Checkpoint,
    /// The checkpoint is refused.
    #[error("the checkpoint: {0}")]
    Inner(#[from] CheckpointError),
}

/// Why a witness does not cosign.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The witness does not know this log.
    #[error("this witness does not know the log {0}")]
    UnknownLog(String),
    /// No trusted key has signed, or a line of one is wrong.
    #[error("the checkpoint is not signed by the log: {0}")]
    Signature(CheckpointError),
    /// The old size is above the new.
    #[error("the old size {old} is above the checkpoint's size {new}")]
    Backwards {
        /// The request's old size.
        old: u64,
        /// The checkpoint's size.
        new: u64,
    },
    /// The witness cosigned another size last.
    #[error("the last cosigned size is {0}")]
    Stale(u64),
    /// The proof does not connect the two, or the same size has another root:
    /// evidence that the log shows two histories.
    #[error("the checkpoint does not extend what was cosigned before: {0}")]
    Inconsistent(proof::CheckError),
}

impl AddCheckpoint {
    /// Reads a request's body.
    pub fn parse(bytes: &[u8]) -> Result<Self, RequestError> {
        let body = str::from_utf8(bytes).map_err(|_| RequestError::Utf8)?;
        let (first, mut rest) = body.split_once('\n').ok_or(RequestError::Old)?;
        let old = first
            .strip_prefix("old ")
            .and_then(text::decimal)
            .ok_or(RequestError::Old)?;
        let mut proof = Vec::new();
        loop {
            let (line, after) = rest.split_once('\n').ok_or(RequestError::Checkpoint)?;
            rest = after;
            if line.is_empty() {
                break;
            }
            if proof.len() == MAX_PROOF {
                return Err(RequestError::Long);
            }
            proof.push(
                line.parse()
                    .map_err(|_| RequestError::Hash(proof.len() + 2))?,
            );
        }
        Ok(Self {
            old,
            proof,
            checkpoint: SignedCheckpoint::parse(rest.as_bytes())?,
        })
    }

    /// Decides the request, given the keys of the log that it names and what
    /// the witness cosigned last for it. On `Ok` the witness records the
    /// checkpoint, durably and before anything else is decided for this log,
    /// and only then answers with its cosignature.
    pub fn decide(
        &self,
        log: Option<&[VerifierKey]>,
        last: Option<&Checkpoint>,
    ) -> Result<&Checkpoint, Refusal> {
        let origin = self.checkpoint.checkpoint().origin();
        let keys = log.ok_or_else(|| Refusal::UnknownLog(origin.to_owned()))?;
        let new = self.checkpoint.verify(keys).map_err(Refusal::Signature)?;
        if self.old > new.size() {
            return Err(Refusal::Backwards {
                old: self.old,
                new: new.size(),
            });
        }
        let last_size = last.map_or(0, Checkpoint::size);
        if self.old != last_size {
            return Err(Refusal::Stale(last_size));
        }
        let checked = match last {
            Some(last) if last_size > 0 => {
                let (old_root, new_root) = (last.root(), new.root());
                proof::check_consistency(last_size, new.size(), &self.proof, &old_root, &new_root)
            }
            // Every tree extends the empty one; there is nothing to prove.
            _ if self.proof.is_empty() => Ok(()),
            _ => Err(proof::CheckError::Length(self.proof.len())),
        };
        checked.map_err(Refusal::Inconsistent)?;
        Ok(new)
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
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
        edge::Edge,
        note::{KeyKind, SignerKey},
        proof::{CheckError, HashReader, consistency},
    };

    struct Leaves;

    impl HashReader for Leaves {
        type Error = ();

        fn hash(&self, level: u8, index: u64) -> Result<Hash, ()> {
            let Some(level) = level.checked_sub(1) else {
                return Ok(Hash::leaf(&index.to_be_bytes()));
            };
            let left = self.hash(level, index * 2)?;
            Ok(Hash::node(&left, &self.hash(level, index * 2 + 1)?))
        }
    }

    fn log() -> SignerKey {
        SignerKey::from_seed("city.example/log/1", KeyKind::Ed25519, &[1; 32]).unwrap()
    }

    fn at(size: u64) -> Checkpoint {
        let edge = Edge::from_hashes(size, |level, index| Leaves.hash(level, index)).unwrap();
        Checkpoint::new("city.example/log/1", size, edge.root()).unwrap()
    }

    fn request(old: u64, new: &Checkpoint) -> AddCheckpoint {
        let proof = consistency(&Leaves, old, new.size().max(old)).unwrap();
        AddCheckpoint {
            old,
            proof,
            checkpoint: new.clone().sign([&log()]).unwrap(),
        }
    }

    fn decide(request: &AddCheckpoint, last: Option<&Checkpoint>) -> Result<u64, Refusal> {
        let keys = [log().verifier().clone()];
        request.decide(Some(&keys), last).map(Checkpoint::size)
    }

    /// The cases in which witnesses have been found wrong.
    #[test]
    fn a_checkpoint_is_cosigned_if_it_extends_the_last_and_never_otherwise() {
        let forked = Checkpoint::new("city.example/log/1", 5, Hash::leaf(b"fork")).unwrap();
        // A first checkpoint, an extension, and the same again.
        assert_eq!(decide(&request(0, &at(5)), None), Ok(5));
        assert_eq!(decide(&request(5, &at(8)), Some(&at(5))), Ok(8));
        assert_eq!(decide(&request(5, &at(5)), Some(&at(5))), Ok(5));
        assert_eq!(decide(&request(0, &at(0)), None), Ok(0));
        assert_eq!(decide(&request(0, &at(7)), Some(&at(0))), Ok(7));
        // An old size that is not the last one, in both directions.
        assert_eq!(
            decide(&request(3, &at(8)), Some(&at(5))),
            Err(Refusal::Stale(5))
        );
        assert_eq!(decide(&request(3, &at(8)), None), Err(Refusal::Stale(0)));
        assert_eq!(
            decide(&request(0, &at(8)), Some(&at(5))),
            Err(Refusal::Stale(5))
        );
        // A log that has become smaller.
        let backwards = Refusal::Backwards { old: 5, new: 4 };
        assert_eq!(decide(&request(5, &at(4)), Some(&at(5))), Err(backwards));
        assert_eq!(
            decide(&request(4, &at(4)), Some(&at(5))),
            Err(Refusal::Stale(5))
        );
        // The same size with another root.
        assert_eq!(
            decide(&request(5, &forked), Some(&at(5))),
            Err(Refusal::Inconsistent(CheckError::Root))
        );
        // No proof, another proof, and a proof where none is due.
        let with = |proof| AddCheckpoint {
            proof,
            ..request(5, &at(8))
        };
        let length = |count| Err(Refusal::Inconsistent(CheckError::Length(count)));
        assert_eq!(decide(&with(vec![]), Some(&at(5))), length(0));
        let garbage = vec![Hash::leaf(b"garbage"); request(5, &at(8)).proof.len()];
        let wrong = Err(Refusal::Inconsistent(CheckError::OldRoot));
        assert_eq!(decide(&with(garbage), Some(&at(5))), wrong);
        let unasked = AddCheckpoint {
            proof: vec![Hash::leaf(b"")],
            ..request(0, &at(8))
        };
        assert_eq!(decide(&unasked, None), length(1));
        let unasked = AddCheckpoint {
            proof: vec![Hash::leaf(b"")],
            ..request(5, &at(5))
        };
        assert_eq!(decide(&unasked, Some(&at(5))), length(1));
        // A proof from the last checkpoint to a log that forked before it.
        assert_eq!(
            decide(&request(5, &at(8)), Some(&forked)),
            Err(Refusal::Inconsistent(CheckError::OldRoot))
        );
    }

    #[test]
    fn unknown_logs_and_foreign_signatures_are_told_apart() {
        let request = request(0, &at(5));
        assert_eq!(
            request.decide(None, None),
            Err(Refusal::UnknownLog("city.example/log/1".into()))
        );
        let thief = SignerKey::from_seed("city.example/log/1", KeyKind::Ed25519, &[2; 32]).unwrap();
        let keys = [thief.verifier().clone()];
        assert!(matches!(
            request.decide(Some(&keys), None),
            Err(Refusal::Signature(_))
        ));
        assert!(matches!(
            request.decide(Some(&[]), None),
            Err(Refusal::Signature(_))
        ));
    }

    #[test]
    fn a_body_is_read_back_and_other_bodies_refused() {
        for request in [request(5, &at(8)), request(0, &at(8)), request(8, &at(8))] {
            assert_eq!(
                AddCheckpoint::parse(request.to_string().as_bytes()),
                Ok(request)
            );
        }
        let body = request(5, &at(8)).to_string();
        let refused = |body: &str| AddCheckpoint::parse(body.as_bytes()).unwrap_err();
        assert_eq!(refused(""), RequestError::Old);
        assert_eq!(
            refused(&body.replacen("old 5", "old 05", 1)),
            RequestError::Old
        );
        assert_eq!(
            refused(&body.replacen("old 5", "old  5", 1)),
            RequestError::Old
        );
        assert_eq!(
            refused(&body.replacen("old 5", "new 5", 1)),
            RequestError::Old
        );
        assert_eq!(
            refused(&body.replacen("old 5\n", "old 5\nAA==\n", 1)),
            RequestError::Hash(2)
        );
        assert_eq!(refused("old 5\n"), RequestError::Checkpoint);
        let hash = format!("{}\n", Hash::leaf(b""));
        let proof = request(5, &at(8)).proof.len();
        let long = |count| body.replacen("old 5\n", &format!("old 5\n{}", hash.repeat(count)), 1);
        assert_eq!(refused(&long(64 - proof)), RequestError::Long);
        let longest = AddCheckpoint::parse(long(63 - proof).as_bytes());
        assert_eq!(longest.unwrap().proof.len(), MAX_PROOF);
        assert!(matches!(refused("old 5\n\n"), RequestError::Inner(_)));
        assert_eq!(AddCheckpoint::parse(b"\xff\n"), Err(RequestError::Utf8));
    }
}

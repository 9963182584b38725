//! What the index covers: the one thing in sled that says whether the rest is
//! complete.

use event_store::Position;
use sled::{Batch, Tree};

use super::{IndexError, run::RunFacts};

/// The layout of the index; another one is rebuilt.
const LAYOUT: u32 = 1;

/// A sealed segment, as the segment after it and its own header describe it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SegmentFacts {
    /// Its number.
    pub(crate) number: u64,
    /// The position of its first event.
    pub(crate) first: Position,
    /// The position after its last event.
    pub(crate) next: Position,
    /// Where its frames end.
    pub(crate) end: u64,
    /// The checksum of the header of its last frame.
    pub(crate) chain: u32,
}

impl SegmentFacts {
    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(28);
        bytes.extend_from_slice(&self.first.0.to_be_bytes());
        bytes.extend_from_slice(&self.next.0.to_be_bytes());
        bytes.extend_from_slice(&self.end.to_be_bytes());
        bytes.extend_from_slice(&self.chain.to_be_bytes());
        bytes
    }

    fn decode(number: u64, bytes: &[u8]) -> Result<Self, IndexError> {
        let (words, rest) = bytes.as_chunks();
        let (&[first, next, end], Ok(chain)) = (words, rest.try_into()) else {
            return Err(IndexError::MANIFEST);
        };
        Ok(Self {
            number,
            first: Position(u64::from_be_bytes(first)),
            next: Position(u64::from_be_bytes(next)),
            end: u64::from_be_bytes(end),
            chain: u32::from_be_bytes(chain),
        })
    }
}

/// The segments that the index covers, and the runs that do it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Manifest {
    pub(super) next_run: u64,
    pub(super) segments: Vec<SegmentFacts>,
    pub(super) runs: Vec<RunFacts>,
}

impl Manifest {
    /// Reads the manifest; an empty tree is an empty manifest.
    pub(super) fn read(tree: &Tree) -> Result<Self, IndexError> {
        let mut manifest = Self::default();
        if tree.is_empty() {
            return Ok(manifest);
        }
        let mut sum = None;
        let mut layout = None;
        for pair in tree.iter() {
            let (key, value) = pair?;
            let (kind, id) = key.split_first().ok_or(IndexError::MANIFEST)?;
            let id = u64::from_be_bytes(id.try_into().map_err(|_| IndexError::MANIFEST)?);
            match kind {
                b'r' => manifest.runs.push(RunFacts::decode(id, &value)?),
                b's' => manifest.segments.push(SegmentFacts::decode(id, &value)?),
                b'n' => manifest.next_run = id,
                b'l' => layout = Some(id),
                b'x' => sum = Some(id),
                _ => return Err(IndexError::MANIFEST),
            }
        }
        if layout != Some(u64::from(LAYOUT)) || sum != Some(u64::from(manifest.checksum())) {
            return Err(IndexError::MANIFEST);
        }
        Ok(manifest)
    }

    /// Puts this manifest in the place of an older one, at once.
    pub(super) fn replace(&self, old: &Self, tree: &Tree) -> Result<(), IndexError> {
        let mut batch = Batch::default();
        let old_pairs = old.pairs();
        let new_pairs = self.pairs();
        for (key, value) in &old_pairs {
            if new_pairs.get(key) != Some(value) {
                batch.remove(key.as_slice());
            }
        }
        for (key, value) in &new_pairs {
            if old_pairs.get(key) != Some(value) {
                batch.insert(key.as_slice(), value.as_slice());
            }
        }
        Ok(tree.apply_batch(batch)?)
    }

    fn pairs(&self) -> std::collections::BTreeMap<Vec<u8>, Vec<u8>> {
        let runs = self
            .runs
            .iter()
            .map(|run| (key(b'r', run.id), run.encode()));
        let segments = self
            .segments
            .iter()
            .map(|segment| (key(b's', segment.number), segment.encode()));
        let numbers = [
            (b'n', self.next_run),
            (b'l', u64::from(LAYOUT)),
            (b'x', u64::from(self.checksum())),
        ];
        let numbers = numbers
            .into_iter()
            .map(|(kind, number)| (key(kind, number), Vec::new()));
        if self.segments.is_empty() {
            return std::collections::BTreeMap::new();
        }
        runs.chain(segments).chain(numbers).collect()
    }

    fn checksum(&self) -> u32 {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&self.next_run.to_be_bytes());
        for segment in &self.segments {
            hasher.update(&segment.number.to_be_bytes());
            hasher.update(&segment.encode());
        }
        let mut runs: Vec<&RunFacts> = self.runs.iter().collect();
        runs.sort_by_key(|run| run.id);
        for run in runs {
            hasher.update(&run.id.to_be_bytes());
            hasher.update(&run.encode());
        }
        hasher.finalize()
    }
}

fn key(kind: u8, id: u64) -> Vec<u8> {
    let mut key = vec![kind];
    key.extend_from_slice(&id.to_be_bytes());
    key
}

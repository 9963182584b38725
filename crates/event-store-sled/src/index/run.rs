//! A run: sorted entries in blocks that never change.
//!
//! Every block has a checksum and names the first key of the next one, so a
//! block that got lost is noticed and never taken for "not here".

use sled::{IVec, Tree};

use super::{
    IndexError,
    filter::{self, Filter},
};

/// Bytes of a block. sled keeps up to 17 values in a page and puts pages above
/// 128 KiB in files that it never syncs nor cleans up.
const BLOCK: usize = 4096;

/// What a run holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Space {
    Commands,
    Streams,
}

impl Space {
    fn tag(self) -> u8 {
        match self {
            Self::Commands => b'c',
            Self::Streams => b's',
        }
    }

    pub(super) fn from_tag(tag: u8) -> Option<Self> {
        [Self::Commands, Self::Streams]
            .into_iter()
            .find(|space| space.tag() == tag)
    }

    /// What the filter is asked for.
    fn filter_key(self, key: &[u8]) -> &[u8] {
        match self {
            Self::Commands => key,
            Self::Streams => key.get(..key.len().saturating_sub(9)).unwrap_or_default(),
        }
    }
}

/// What the manifest says about a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RunFacts {
    pub(super) id: u64,
    pub(super) space: Space,
    pub(super) level: u8,
    pub(super) entries: u64,
    pub(super) filter_length: u64,
    pub(super) first_key: Vec<u8>,
}

impl RunFacts {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![self.space.tag(), self.level];
        bytes.extend_from_slice(&self.entries.to_be_bytes());
        bytes.extend_from_slice(&self.filter_length.to_be_bytes());
        bytes.extend_from_slice(&self.first_key);
        bytes
    }

    pub(super) fn decode(id: u64, bytes: &[u8]) -> Result<Self, IndexError> {
        let ([tag, level], bytes) = bytes.split_first_chunk().ok_or(IndexError::MANIFEST)?;
        let (entries, bytes) = bytes.split_first_chunk().ok_or(IndexError::MANIFEST)?;
        let (filter_length, first_key) = bytes.split_first_chunk().ok_or(IndexError::MANIFEST)?;
        Ok(Self {
            id,
            space: Space::from_tag(*tag).ok_or(IndexError::MANIFEST)?,
            level: *level,
            entries: u64::from_be_bytes(*entries),
            filter_length: u64::from_be_bytes(*filter_length),
            first_key: first_key.to_vec(),
        })
    }
}

/// A run that can be asked.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) facts: RunFacts,
    filter: Filter,
}

impl Run {
    pub(super) fn load(tree: &Tree, facts: RunFacts) -> Result<Self, IndexError> {
        let mut bytes = Vec::new();
        for part in tree.scan_prefix(key(b'f', facts.id, &[])) {
            let (_, value) = part?;
            bytes.extend_from_slice(checked(&value)?);
        }
        if bytes.len() as u64 != facts.filter_length {
            return Err(IndexError::Damaged("a filter is not complete"));
        }
        let filter = Filter::from_bytes(&bytes);
        Ok(Self { facts, filter })
    }

    /// Whether a key with this hash can be here.
    pub(super) fn may_hold(&self, hash: u64) -> bool {
        self.filter.may_hold(hash)
    }

    /// The entries from the last one at or before this key on.
    pub(super) fn from<'a>(&self, tree: &'a Tree, at: &[u8]) -> Result<Entries<'a>, IndexError> {
        if at < self.facts.first_key.as_slice() {
            return self.all(tree);
        }
        let mut after = key(b'b', self.facts.id, at);
        after.push(0);
        let (found, value) = tree
            .get_lt(after)?
            .filter(|(found, _)| found.starts_with(&key(b'b', self.facts.id, &[])))
            .ok_or(IndexError::Damaged("a block is missing"))?;
        drop(found);
        let block = Block::open(value)?;
        if !block.fence().is_empty() && block.fence() <= at {
            return Err(IndexError::Damaged("a block is missing"));
        }
        let mut entries = Entries::new(tree, self.facts.id, block);
        // The last entry at or before the key.
        loop {
            let mut ahead = entries.clone();
            ahead.step_in_block()?;
            match ahead.peek()? {
                Some((next, _)) if next <= at => entries = ahead,
                _ => return Ok(entries),
            }
        }
    }

    /// All entries.
    pub(super) fn all<'a>(&self, tree: &'a Tree) -> Result<Entries<'a>, IndexError> {
        let block = Block::load(tree, self.facts.id, &self.facts.first_key)?;
        Ok(Entries::new(tree, self.facts.id, block))
    }

    /// Removes what sled holds of the run.
    pub(super) fn remove(&self, tree: &Tree) -> Result<(), IndexError> {
        remove(tree, self.facts.id)
    }
}

/// Removes everything of a run with this id, whether or not it is complete.
pub(super) fn remove(tree: &Tree, id: u64) -> Result<(), IndexError> {
    for kind in [b'b', b'f'] {
        for found in tree.scan_prefix(key(kind, id, &[])).keys() {
            tree.remove(found?)?;
        }
    }
    Ok(())
}

/// The ids of all runs of which sled holds anything.
pub(super) fn ids(tree: &Tree) -> Result<Vec<u64>, IndexError> {
    let mut ids = Vec::new();
    for kind in [b'b', b'f'] {
        let mut from = Some(0);
        while let Some(id) = from {
            let found = tree
                .range(key(kind, id, &[])..vec![kind + 1])
                .next()
                .transpose()?;
            let found = found.as_ref().and_then(|(found, _)| found.get(1..9));
            from = None;
            if let Some(found) = found.and_then(|bytes| bytes.try_into().ok()) {
                let id = u64::from_be_bytes(found);
                ids.push(id);
                from = id.checked_add(1);
            }
        }
    }
    Ok(ids)
}

/// Writes a run, entry by entry in the order of keys.
pub(super) struct RunWriter<'a> {
    tree: &'a Tree,
    facts: RunFacts,
    filter: Filter,
    block_key: Vec<u8>,
    block: Vec<u8>,
}

impl<'a> RunWriter<'a> {
    pub(super) fn new(tree: &'a Tree, id: u64, space: Space, level: u8, keys: u64) -> Self {
        Self {
            tree,
            facts: RunFacts {
                id,
                space,
                level,
                entries: 0,
                filter_length: 0,
                first_key: Vec::new(),
            },
            filter: Filter::for_keys(keys),
            block_key: Vec::new(),
            block: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, key: &[u8], value: &[u8]) -> Result<(), IndexError> {
        if self.facts.entries == 0 {
            self.facts.first_key = key.to_vec();
            self.block_key = key.to_vec();
        } else if BLOCK < self.block.len() + key.len() + value.len() {
            self.write_block(key)?;
            self.block_key = key.to_vec();
        }
        self.block.push(key.len() as u8);
        self.block.extend_from_slice(key);
        self.block
            .extend_from_slice(&(value.len() as u16).to_be_bytes());
        self.block.extend_from_slice(value);
        self.facts.entries += 1;
        self.filter
            .insert(filter::hash(self.facts.space.filter_key(key)));
        Ok(())
    }

    /// The finished run; `None` if it is empty.
    pub(super) fn finish(mut self) -> Result<Option<Run>, IndexError> {
        if self.facts.entries == 0 {
            return Ok(None);
        }
        self.write_block(&[])?;
        let bytes = self.filter.to_bytes();
        for (number, part) in (0_u32..).zip(bytes.chunks(BLOCK)) {
            let key = key(b'f', self.facts.id, &number.to_be_bytes());
            self.tree.insert(key, with_checksum(part))?;
        }
        self.facts.filter_length = bytes.len() as u64;
        Ok(Some(Run {
            facts: self.facts,
            filter: self.filter,
        }))
    }

    fn write_block(&mut self, fence: &[u8]) -> Result<(), IndexError> {
        let mut value = Vec::with_capacity(self.block.len() + 64);
        value.push(fence.len() as u8);
        value.extend_from_slice(fence);
        value.extend_from_slice(&self.block);
        let key = key(b'b', self.facts.id, &self.block_key);
        self.tree.insert(key, with_checksum(&value))?;
        self.block.clear();
        Ok(())
    }
}

/// A block that was checked: the fence, then the entries.
#[derive(Clone, Debug)]
struct Block {
    value: IVec,
    fence: usize,
}

impl Block {
    fn load(tree: &Tree, id: u64, first_key: &[u8]) -> Result<Self, IndexError> {
        let value = tree
            .get(key(b'b', id, first_key))?
            .ok_or(IndexError::Damaged("a block is missing"))?;
        Self::open(value)
    }

    fn open(value: IVec) -> Result<Self, IndexError> {
        let content = checked(&value)?;
        let fence = usize::from(*content.first().ok_or(IndexError::ENTRY)?);
        Ok(Self { value, fence })
    }

    /// The first key of the next block; empty in the last one.
    fn fence(&self) -> &[u8] {
        self.value.get(5..5 + self.fence).unwrap_or_default()
    }

    fn entries_at(&self) -> usize {
        5 + self.fence
    }
}

/// A key and its value.
type Entry<'a> = (&'a [u8], &'a [u8]);

/// Walks through the entries of a run, block by block.
#[derive(Clone, Debug)]
pub(super) struct Entries<'a> {
    tree: &'a Tree,
    id: u64,
    block: Block,
    at: usize,
}

impl<'a> Entries<'a> {
    fn new(tree: &'a Tree, id: u64, block: Block) -> Self {
        let at = block.entries_at();
        Self {
            tree,
            id,
            block,
            at,
        }
    }

    /// The entry here; `None` at the end of the block.
    pub(super) fn peek(&self) -> Result<Option<Entry<'_>>, IndexError> {
        let Some((key_length, rest)) = self
            .block
            .value
            .get(self.at..)
            .and_then(<[u8]>::split_first)
        else {
            return Ok(None);
        };
        let (key, rest) = rest
            .split_at_checked(usize::from(*key_length))
            .ok_or(IndexError::ENTRY)?;
        let (value_length, rest) = rest.split_first_chunk().ok_or(IndexError::ENTRY)?;
        let value = rest
            .get(..usize::from(u16::from_be_bytes(*value_length)))
            .ok_or(IndexError::ENTRY)?;
        Ok(Some((key, value)))
    }

    fn step_in_block(&mut self) -> Result<(), IndexError> {
        let length = self
            .peek()?
            .map_or(0, |(key, value)| 3 + key.len() + value.len());
        self.at += length;
        Ok(())
    }

    /// Goes to the next entry, in the next block if need be.
    pub(super) fn step(&mut self) -> Result<(), IndexError> {
        self.step_in_block()?;
        if self.peek()?.is_none() && !self.block.fence().is_empty() {
            self.block = Block::load(self.tree, self.id, self.block.fence())?;
            self.at = self.block.entries_at();
        }
        Ok(())
    }
}

fn key(kind: u8, id: u64, rest: &[u8]) -> Vec<u8> {
    let mut key = vec![kind];
    key.extend_from_slice(&id.to_be_bytes());
    key.extend_from_slice(rest);
    key
}

/// Puts a checksum before the bytes.
pub(super) fn with_checksum(bytes: &[u8]) -> Vec<u8> {
    let mut value = crc32fast::hash(bytes).to_be_bytes().to_vec();
    value.extend_from_slice(bytes);
    value
}

/// The bytes after the checksum, if it holds.
pub(super) fn checked(value: &[u8]) -> Result<&[u8], IndexError> {
    match value.split_first_chunk() {
        Some((sum, bytes)) if crc32fast::hash(bytes).to_be_bytes() == *sum => Ok(bytes),
        _ => Err(IndexError::Damaged("a checksum does not hold")),
    }
}

//! The tree: its right edge in memory, its full tiles in files.
//!
//! ```text
//! <dir>/edge                    the edge at the last full tile
//! <dir>/tile/<level>/<number>   full tiles, as C2SP tlog-tiles names them
//! ```
//!
//! Partial tiles are never written: they are the beginnings of full ones, and
//! the edge is at most 255 leaves of the log away.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use disk::Disk;
use transparency::{
    Edge, Hash, Tile,
    proof::HashReader,
    tile::{self, HEIGHT, Kind, WIDTH},
};

use crate::SealerError;

const WIDTH_64: u64 = WIDTH as u64;
/// Tiles whose nodes are kept in memory for proofs, 16 KiB each.
const CACHED: usize = 1_024;

/// A growing tree.
pub(crate) struct Tree {
    dir: PathBuf,
    edge: Edge,
    /// For every level of tiles its last, not yet full tile.
    rows: Vec<Nodes>,
    /// Full tiles that are in no file yet.
    unwritten: BTreeMap<Tile, Arc<[u8]>>,
    /// Full tiles that proofs needed lately, by level and number.
    cache: Mutex<HashMap<(u8, u64), Arc<Nodes>>>,
}

/// A tile with what follows from it: the hashes of each of the eight levels of
/// the tree that meet in it, lowest first, as far as they are complete.
#[derive(Clone, Default)]
struct Nodes([Vec<Hash>; HEIGHT as usize]);

impl Nodes {
    fn push(&mut self, within: u8, hash: Hash) {
        if let Some(level) = self.0.get_mut(usize::from(within)) {
            level.push(hash);
        }
    }

    fn get(&self, within: u8, offset: u64) -> Option<Hash> {
        let level = self.0.get(usize::from(within))?;
        level.get(usize::try_from(offset).ok()?).copied()
    }

    /// The tile itself.
    fn hashes(&self) -> &[Hash] {
        let [hashes, ..] = &self.0;
        hashes
    }

    fn from_hashes(hashes: Vec<Hash>) -> Self {
        let mut nodes = Self::default();
        let mut hashes = hashes;
        for level in &mut nodes.0 {
            let (pairs, _) = hashes.as_chunks();
            let above = pairs.iter().map(|[left, right]| Hash::node(left, right));
            let above = above.collect();
            *level = std::mem::replace(&mut hashes, above);
        }
        nodes
    }
}

/// Where the files of a tree lie.
pub(crate) fn tile_path(dir: &Path, tile: Tile) -> PathBuf {
    dir.join(tile.to_string())
}

fn edge_path(dir: &Path) -> PathBuf {
    dir.join("edge")
}

impl Tree {
    /// A tree without leaves.
    pub(crate) fn empty(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
            edge: Edge::new(),
            rows: Vec::new(),
            unwritten: BTreeMap::new(),
            cache: Mutex::default(),
        }
    }

    /// The tree of the files, up to the last full tile; `None` if they do not
    /// fit together and have to be made again.
    pub(crate) fn read(dir: &Path) -> Option<Self> {
        let edge = disk::read(&edge_path(dir)).ok()??;
        let edge = Edge::from_bytes(&edge).ok()?;
        let size = edge.size();
        let mut tree = Self {
            dir: dir.to_owned(),
            edge,
            rows: Vec::new(),
            unwritten: BTreeMap::new(),
            cache: Mutex::default(),
        };
        if !size.is_multiple_of(WIDTH_64) {
            return None;
        }
        // Every hash above the leaves is the root of a tile one level below.
        let (mut below, mut count) = (0, size / WIDTH_64);
        while count > 0 {
            let start = count - count % WIDTH_64;
            let row = (start..count).map(|index| {
                let tile = Tile::new(Kind::Hashes(below), index, WIDTH).ok()?;
                let bytes = tree.tile(tile).ok()?;
                let hashes: Vec<Hash> = tile::hashes(tile, &bytes)?
                    .iter()
                    .copied()
                    .map(Hash)
                    .collect();
                Some(tile::root(&hashes))
            });
            let row = row.collect::<Option<Vec<_>>>()?;
            tree.rows.resize(usize::from(below) + 2, Nodes::default());
            *tree.rows.get_mut(usize::from(below) + 1)? = Nodes::from_hashes(row);
            below += 1;
            count /= WIDTH_64;
        }
        let computed = {
            let hashes = tree.hashes(size);
            Edge::from_hashes(size, |level, index| hashes.hash(level, index)).ok()?
        };
        (computed == tree.edge).then_some(tree)
    }

    /// How many leaves it has.
    pub(crate) fn size(&self) -> u64 {
        self.edge.size()
    }

    /// Its root.
    pub(crate) fn root(&self) -> Hash {
        self.edge.root()
    }

    /// The root that it had at an earlier size.
    pub(crate) fn root_at(&self, size: u64) -> Result<Hash, SealerError> {
        Ok(self.edge_at(size)?.root())
    }

    fn edge_at(&self, size: u64) -> Result<Edge, SealerError> {
        let hashes = self.hashes(size);
        Edge::from_hashes(size, |level, index| hashes.hash(level, index))
    }

    /// Appends a leaf.
    pub(crate) fn append(&mut self, leaf: &[u8]) {
        let (rows, unwritten) = (&mut self.rows, &mut self.unwritten);
        self.edge
            .append_with(Hash::leaf(leaf), |level, index, hash| {
                let (row, within) = (level / HEIGHT, level % HEIGHT);
                if rows.len() <= usize::from(row) {
                    rows.resize(usize::from(row) + 1, Nodes::default());
                }
                if let Some(row) = rows.get_mut(usize::from(row)) {
                    row.push(within, hash);
                }
                // The hash above a tile says that the tile is full.
                let below = row.checked_sub(1).filter(|_| within == 0);
                if let Some(below) = below
                    && let Some(full) = rows.get_mut(usize::from(below))
                    && let Ok(tile) = Tile::new(Kind::Hashes(below), index, WIDTH)
                {
                    let bytes = full.hashes().iter().flat_map(|hash| hash.0).collect();
                    unwritten.insert(tile, bytes);
                    *full = Nodes::default();
                }
            });
    }

    /// The bytes of a tile of hashes, of any width that the tree has reached.
    pub(crate) fn tile(&self, tile: Tile) -> Result<Vec<u8>, SealerError> {
        let missing = || SealerError::Tile(tile);
        let Kind::Hashes(level) = tile.kind() else {
            return Err(missing());
        };
        let reached = self
            .size()
            .checked_shr(u32::from(level) * u32::from(HEIGHT))
            .unwrap_or(0);
        if tile.index() == reached / WIDTH_64 {
            let row = self.rows.get(usize::from(level)).map(Nodes::hashes);
            let row = row.and_then(|row| row.get(..tile.width().into()));
            let row = row.ok_or_else(missing)?;
            return Ok(row.iter().flat_map(|hash| hash.0).collect());
        }
        let full = Tile::new(tile.kind(), tile.index(), WIDTH).map_err(|_| missing())?;
        let length = usize::from(tile.width()) * Hash::LEN;
        let mut bytes = match self.unwritten.get(&full) {
            Some(bytes) => bytes.to_vec(),
            None => {
                let path = tile_path(&self.dir, full);
                let bytes = disk::read(&path).map_err(|error| SealerError::io(&path, error))?;
                bytes
                    .filter(|bytes| bytes.len() == usize::from(WIDTH) * Hash::LEN)
                    .ok_or_else(missing)?
            }
        };
        bytes.truncate(length);
        Ok(bytes)
    }

    /// Reads hashes as they stood at an earlier size.
    pub(crate) fn hashes(&self, size: u64) -> Hashes<'_> {
        Hashes { tree: self, size }
    }

    /// A full tile with what follows from it.
    fn nodes(&self, level: u8, index: u64) -> Result<Arc<Nodes>, SealerError> {
        let cache = || self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(nodes) = cache().get(&(level, index)) {
            return Ok(Arc::clone(nodes));
        }
        let tile = Tile::new(Kind::Hashes(level), index, WIDTH)
            .map_err(|_| SealerError::NoSubtree { level, index })?;
        let bytes = self.tile(tile)?;
        let hashes = tile::hashes(tile, &bytes).ok_or(SealerError::Tile(tile))?;
        let nodes = Arc::new(Nodes::from_hashes(
            hashes.iter().copied().map(Hash).collect(),
        ));
        let mut cache = cache();
        // Crude, and enough: what is needed comes back at once.
        if cache.len() >= CACHED {
            cache.clear();
        }
        cache.insert((level, index), Arc::clone(&nodes));
        Ok(nodes)
    }

    /// How many full tiles are in no file yet.
    pub(crate) fn unwritten_count(&self) -> usize {
        self.unwritten.len()
    }

    /// What has to be written so that the files hold all full tiles.
    pub(crate) fn unwritten(&self) -> Result<Option<Unwritten>, SealerError> {
        if self.unwritten.is_empty() {
            return Ok(None);
        }
        Ok(Some(Unwritten {
            dir: self.dir.clone(),
            tiles: self.unwritten.clone(),
            edge: self.edge_at(self.size() - self.size() % WIDTH_64)?,
        }))
    }

    /// The full tiles since the last call; for a tree that goes into no files.
    pub(crate) fn take_unwritten(&mut self) -> BTreeMap<Tile, Arc<[u8]>> {
        std::mem::take(&mut self.unwritten)
    }

    /// Forgets the copies of tiles that are in files now.
    pub(crate) fn written(&mut self, written: &Unwritten) {
        self.unwritten
            .retain(|tile, _| !written.tiles.contains_key(tile));
    }
}

/// Tiles on their way into files.
pub(crate) struct Unwritten {
    dir: PathBuf,
    tiles: BTreeMap<Tile, Arc<[u8]>>,
    edge: Edge,
}

impl Unwritten {
    /// Writes the tiles, and then the edge that says they are there.
    pub(crate) fn write(&self, disk: &Disk) -> Result<(), SealerError> {
        // All writes, then all syncs: the first of them carries most of the
        // others.
        let mut dirs = BTreeSet::new();
        let mut files = Vec::new();
        for (tile, bytes) in &self.tiles {
            let path = tile_path(&self.dir, *tile);
            let io = |error| SealerError::io(&path, error);
            let dir = path.parent().unwrap_or(&self.dir);
            if dirs.insert(dir.to_owned()) {
                disk.create_dir(dir).map_err(io)?;
            }
            files.push((disk.write_new(&path, bytes).map_err(io)?, path));
        }
        for (file, path) in &files {
            disk.sync(file)
                .map_err(|error| SealerError::io(path, error))?;
        }
        for (_, path) in &files {
            disk.put_new(path)
                .map_err(|error| SealerError::io(path, error))?;
        }
        for dir in &dirs {
            disk.sync_dir(dir)
                .map_err(|error| SealerError::io(dir, error))?;
        }
        let path = edge_path(&self.dir);
        disk.replace(&path, &self.edge.to_bytes())
            .map_err(|error| SealerError::io(&path, error))
    }
}

/// The hashes of a tree at some size that it has reached.
pub(crate) struct Hashes<'a> {
    tree: &'a Tree,
    size: u64,
}

impl HashReader for Hashes<'_> {
    type Error = SealerError;

    fn hash(&self, level: u8, index: u64) -> Result<Hash, SealerError> {
        let missing = || SealerError::NoSubtree { level, index };
        let (row, within) = (level / HEIGHT, level % HEIGHT);
        let whole = self.size.min(self.tree.size());
        if index >= whole.checked_shr(level.into()).unwrap_or(0) {
            return Err(missing());
        }
        let in_tile = HEIGHT - within;
        let (tile, offset) = (index >> in_tile, index & ((1 << in_tile) - 1));
        let full = self.tree.size() >> (u32::from(row + 1) * u32::from(HEIGHT)).min(63);
        let hash = if tile < full {
            self.tree.nodes(row, tile)?.get(within, offset)
        } else {
            let row = self.tree.rows.get(usize::from(row));
            row.and_then(|row| row.get(within, offset))
        };
        hash.ok_or_else(missing)
    }
}

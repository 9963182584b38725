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
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use disk::Disk;
use transparency::{
    Edge, Hash, Tile,
    proof::HashReader,
    tile::{self, HEIGHT, Kind, TileHashError, TileHashes, WIDTH},
};

use crate::SealerError;

const WIDTH_64: u64 = WIDTH as u64;

/// A growing tree.
pub(crate) struct Tree {
    dir: PathBuf,
    edge: Edge,
    /// For every level of tiles the hashes of its last, not yet full tile.
    rows: Vec<Vec<Hash>>,
    /// Full tiles that are in no file yet.
    unwritten: BTreeMap<Tile, Arc<[u8]>>,
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
            tree.rows.resize(usize::from(below) + 2, Vec::new());
            *tree.rows.get_mut(usize::from(below) + 1)? = row;
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
        let hashes = self.hashes(size);
        Edge::from_hashes(size, |level, index| hashes.hash(level, index))
            .map(|edge| edge.root())
            .map_err(into_error)
    }

    /// Appends a leaf.
    pub(crate) fn append(&mut self, leaf: &[u8]) {
        let (rows, unwritten) = (&mut self.rows, &mut self.unwritten);
        self.edge
            .append_with(Hash::leaf(leaf), |level, index, hash| {
                if level % HEIGHT != 0 {
                    return;
                }
                let level = level / HEIGHT;
                if rows.len() <= usize::from(level) {
                    rows.resize(usize::from(level) + 1, Vec::new());
                }
                let Some(row) = rows.get_mut(usize::from(level)) else {
                    return;
                };
                row.push(hash);
                if row.len() < usize::from(WIDTH) {
                    return;
                }
                let bytes = row.drain(..).flat_map(|hash| hash.0).collect();
                if let Ok(tile) = Tile::new(Kind::Hashes(level), index / WIDTH_64, WIDTH) {
                    unwritten.insert(tile, bytes);
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
            let row = self.rows.get(usize::from(level));
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
    pub(crate) fn hashes(
        &self,
        size: u64,
    ) -> TileHashes<impl Fn(Tile) -> Result<Vec<u8>, SealerError> + '_> {
        TileHashes::new(size, |tile| self.tile(tile))
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
        let size = self.size() - self.size() % WIDTH_64;
        let hashes = self.hashes(size);
        let edge = Edge::from_hashes(size, |level, index| hashes.hash(level, index));
        Ok(Some(Unwritten {
            dir: self.dir.clone(),
            tiles: self.unwritten.clone(),
            edge: edge.map_err(into_error)?,
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
        let mut dirs = BTreeSet::new();
        for (tile, bytes) in &self.tiles {
            let path = tile_path(&self.dir, *tile);
            let io = |error| SealerError::io(&path, error);
            let dir = path.parent().unwrap_or(&self.dir);
            disk.create_dir(dir).map_err(io)?;
            disk.replace_unsynced(&path, bytes).map_err(io)?;
            dirs.insert(dir.to_owned());
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

pub(crate) fn into_error(error: TileHashError<SealerError>) -> SealerError {
    match error {
        TileHashError::Read(error) => error,
        TileHashError::Length(tile) => SealerError::Tile(tile),
        TileHashError::Missing { level, index } => SealerError::Stopped(format!(
            "it was asked for subtree {index} at level {level}, which the log does not have yet"
        )),
    }
}

//! Tiles: the tree cut into files that never change (C2SP tlog-tiles).

use std::{fmt, str::FromStr};

use crate::{edge::Edge, hash::Hash, proof::HashReader, text};

/// Levels of the tree in one tile.
pub const HEIGHT: u8 = 8;
/// Hashes, or entries, in a full tile.
pub const WIDTH: u16 = 256;
/// The highest level that the specification lets a path name.
const MAX_LEVEL: u8 = 63;

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// The entries themselves; see [`crate::bundle`].
    Entries,
    /// Hashes of the tree's level `HEIGHT` times this number; 0 are leaves.
    Hashes(u8),
}

/// One tile's address. Its text is its path below the log's prefix, as in
/// `tile/0/x001/x234/067.p/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    kind: Kind,
    index: u64,
    width: u16,
}

/// A path or address that no tile has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// Not of the form `tile/<level>/<index>[.p/<width>]`.
    #[error("not a tile path; expected tile/<level or entries>/<index>[.p/<width>]")]
    Path,
    /// Beyond level 63.
    #[error("a tile's level is at most 63, not {0}")]
    Level(u8),
    /// Neither full nor partial.
    #[error("a tile has 1 to 256 hashes or entries, not {0}")]
    Width(u16),
}

impl Tile {
    /// A tile with `width` hashes or entries, of which a full one has 256.
    pub fn new(kind: Kind, index: u64, width: u16) -> Result<Self, TileError> {
        match kind {
            Kind::Hashes(level) if level > MAX_LEVEL => Err(TileError::Level(level)),
            _ if width == 0 || width > WIDTH => Err(TileError::Width(width)),
            _ => Ok(Self { kind, index, width }),
        }
    }

    /// What it holds.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its number among the tiles of its kind, from 0.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes or entries it holds.
    #[must_use]
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Whether it is partial: the last of its kind at some size of the log.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.width < WIDTH
    }

    /// The tile of this kind and number as it stands in a log of `size`
    /// leaves, if it exists there.
    #[must_use]
    pub fn at_size(kind: Kind, index: u64, size: u64) -> Option<Self> {
        let before = index.checked_mul(WIDTH.into())?;
        let width = count(kind, size).checked_sub(before)?.min(WIDTH.into());
        Self::new(kind, index, u16::try_from(width).ok()?).ok()
    }
}

/// How many hashes or entries of a kind a log of `size` leaves has.
fn count(kind: Kind, size: u64) -> u64 {
    let level = match kind {
        Kind::Entries => 0,
        Kind::Hashes(level) => level,
    };
    size.checked_shr(u32::from(level) * u32::from(HEIGHT))
        .unwrap_or(0)
}

/// The tiles that a log has to write when it grows from `old` to `new` leaves:
/// for every kind those that became full and the last, partial one. Those in
/// between, which nobody saw at a published size, are not among them.
pub fn created(old: u64, new: u64) -> impl Iterator<Item = Tile> {
    let levels = (0..HEIGHT).map(Kind::Hashes);
    std::iter::once(Kind::Entries)
        .chain(levels)
        .flat_map(move |kind| {
            let (old, new) = (count(kind, old), count(kind, new));
            let first = old / u64::from(WIDTH);
            let end = if old < new {
                new.div_ceil(WIDTH.into())
            } else {
                first
            };
            (first..end).filter_map(move |index| {
                let before = index.checked_mul(WIDTH.into())?;
                let width = new.checked_sub(before)?.min(WIDTH.into());
                Tile::new(kind, index, u16::try_from(width).ok()?).ok()
            })
        })
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Entries => f.write_str("tile/entries/")?,
            Kind::Hashes(level) => write!(f, "tile/{level}/")?,
        }
        let digits = self.index.to_string();
        let padding = digits.len().next_multiple_of(3) - digits.len();
        let padded = format!("{}{digits}", "0".repeat(padding));
        let last = padded.len() - 3;
        for (at, digit) in padded.chars().enumerate() {
            if at.is_multiple_of(3) {
                f.write_str(if at == 0 { "" } else { "/" })?;
                f.write_str(if at < last { "x" } else { "" })?;
            }
            write!(f, "{digit}")?;
        }
        if self.is_partial() {
            write!(f, ".p/{}", self.width)?;
        }
        Ok(())
    }
}

impl FromStr for Tile {
    type Err = TileError;

    fn from_str(path: &str) -> Result<Self, TileError> {
        let tile = parse(path).ok_or(TileError::Path)?;
        // Writing is simple and reading is not: whatever would be written
        // otherwise (a superfluous group, a partial of 256) is not a path.
        if tile.to_string() == path {
            Ok(tile)
        } else {
            Err(TileError::Path)
        }
    }
}

fn parse(path: &str) -> Option<Tile> {
    let (kind, rest) = path.strip_prefix("tile/")?.split_once('/')?;
    let kind = match kind {
        "entries" => Kind::Entries,
        level => Kind::Hashes(u8::try_from(text::decimal(level)?).ok()?),
    };
    let (index, width) = match rest.split_once(".p/") {
        Some((index, width)) => (index, u16::try_from(text::decimal(width)?).ok()?),
        None => (rest, WIDTH),
    };
    let digits: String = index
        .split('/')
        .map(|group| group.trim_start_matches('x'))
        .collect();
    let significant = digits.trim_start_matches('0');
    let index = text::decimal(if significant.is_empty() {
        "0"
    } else {
        significant
    })?;
    Tile::new(kind, index, width).ok()
}

/// Reads hashes of any level out of tiles that `read` fetches, for a log of
/// `size` leaves. It trusts the tiles: what is made from them has to be
/// checked against a signed root.
pub struct TileHashes<F> {
    size: u64,
    read: F,
}

/// Why a hash could not be read from tiles.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TileHashError<E> {
    /// The log is too small to have it.
    #[error("the log has no subtree {index} at level {level} yet")]
    Missing {
        /// Level in the tree.
        level: u8,
        /// Number within the level.
        index: u64,
    },
    /// The tile has another length than its address says.
    #[error("{0} has the wrong length")]
    Length(Tile),
    /// The tile could not be fetched.
    #[error(transparent)]
    Read(E),
}

impl<F> TileHashes<F> {
    /// Over the tiles of a log of `size` leaves.
    pub fn new(size: u64, read: F) -> Self {
        Self { size, read }
    }
}

impl<F, E> HashReader for TileHashes<F>
where
    F: Fn(Tile) -> Result<Vec<u8>, E>,
{
    type Error = TileHashError<E>;

    fn hash(&self, level: u8, index: u64) -> Result<Hash, Self::Error> {
        let missing = TileHashError::Missing { level, index };
        let (row, within) = (level / HEIGHT, level % HEIGHT);
        // The subtree's hashes lie side by side in one tile.
        let span = 1_u64 << within;
        let Some(first) = index.checked_mul(span) else {
            return Err(missing);
        };
        let (tile_index, offset) = (first / u64::from(WIDTH), first % u64::from(WIDTH));
        let Some(tile) = Tile::at_size(Kind::Hashes(row), tile_index, self.size) else {
            return Err(missing);
        };
        if offset + span > tile.width.into() {
            return Err(missing);
        }
        let bytes = (self.read)(tile).map_err(TileHashError::Read)?;
        let hashes = hashes(tile, &bytes).ok_or(TileHashError::Length(tile))?;
        let part = hashes
            .iter()
            .skip(offset as usize)
            .take(span as usize)
            .copied();
        root_of_perfect(part.map(Hash).collect()).ok_or(TileHashError::Length(tile))
    }
}

/// The hashes in a tile's bytes, if there are as many as its address says.
#[must_use]
pub fn hashes(tile: Tile, bytes: &[u8]) -> Option<&[[u8; Hash::LEN]]> {
    let (hashes, rest) = bytes.as_chunks();
    (rest.is_empty() && hashes.len() == usize::from(tile.width)).then_some(hashes)
}

/// The root of a tile's hashes: for a full tile this is one hash of the next
/// level of tiles.
#[must_use]
pub fn root(hashes: &[Hash]) -> Hash {
    if let Some(root) = root_of_perfect(hashes.to_vec()) {
        return root;
    }
    let mut edge = Edge::new();
    hashes.iter().for_each(|hash| edge.append(*hash));
    edge.root()
}

/// The root above a power of two of hashes.
fn root_of_perfect(mut hashes: Vec<Hash>) -> Option<Hash> {
    while hashes.len() > 1 {
        let (pairs, odd) = hashes.as_chunks::<2>();
        if !odd.is_empty() {
            return None;
        }
        hashes = pairs
            .iter()
            .map(|[left, right]| Hash::node(left, right))
            .collect();
    }
    hashes.first().copied()
}

#[cfg(test)]
mod tests {
    use std::{collections::HashMap, convert::Infallible};

    use super::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        for (kind, index, width, path) in [
            (Kind::Hashes(0), 0, 256, "tile/0/000"),
            (Kind::Hashes(0), 1_234_067, 256, "tile/0/x001/x234/067"),
            (Kind::Hashes(1), 999, 17, "tile/1/999.p/17"),
            (Kind::Hashes(2), 1000, 1, "tile/2/x001/000.p/1"),
            (Kind::Hashes(63), 5, 255, "tile/63/005.p/255"),
            (Kind::Entries, 273, 112, "tile/entries/273.p/112"),
            (
                Kind::Entries,
                u64::MAX,
                256,
                "tile/entries/x018/x446/x744/x073/x709/x551/615",
            ),
        ] {
            let tile = Tile::new(kind, index, width).unwrap();
            assert_eq!(tile.to_string(), path);
            assert_eq!(path.parse(), Ok(tile));
        }
    }

    #[test]
    fn other_spellings_are_no_paths() {
        for wrong in [
            "",
            "tile/0/0",
            "tile/0/00",
            "tile/0/0000",
            "tile/00/000",
            "tile/0/x000/000",
            "tile/0/001/000",
            "tile/0/x001/x000",
            "tile/0/x001",
            "tile/0/xx01/000",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/000.p/",
            "tile/0/000.p",
            "tile/0/000/",
            "/tile/0/000",
            "tile/64/000",
            "tile/8/0/000",
            "tile/data/000",
            "tile/-1/000",
            "tile/entries/000.p/300",
            "tile/0/x018/x446/x744/x073/x709/x551/616",
            "tile/0/０００",
        ] {
            assert_eq!(wrong.parse::<Tile>(), Err(TileError::Path), "{wrong}");
        }
        assert_eq!(Tile::new(Kind::Hashes(64), 0, 1), Err(TileError::Level(64)));
        assert_eq!(Tile::new(Kind::Entries, 0, 0), Err(TileError::Width(0)));
        assert_eq!(Tile::new(Kind::Entries, 0, 257), Err(TileError::Width(257)));
    }

    /// The specification's own example: a log of 70,000 entries.
    #[test]
    fn a_log_of_seventy_thousand_has_the_tiles_of_the_example() {
        let tiles: Vec<Tile> = created(0, 70_000).collect();
        let of = |kind| {
            tiles
                .iter()
                .filter(move |tile| tile.kind == kind)
                .collect::<Vec<_>>()
        };
        let leaves = of(Kind::Hashes(0));
        assert_eq!(leaves.len(), 274);
        assert_eq!(leaves[273].to_string(), "tile/0/273.p/112");
        assert_eq!(of(Kind::Entries).len(), 274);
        let middle: Vec<String> = of(Kind::Hashes(1))
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(middle, ["tile/1/000", "tile/1/001.p/17"]);
        let top: Vec<String> = of(Kind::Hashes(2))
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(top, ["tile/2/000.p/1"]);
        assert!(of(Kind::Hashes(3)).is_empty());
    }

    #[test]
    fn growth_creates_what_is_new_and_nothing_else() {
        let paths = |old, new| created(old, new).map(|t| t.to_string()).collect::<Vec<_>>();
        assert_eq!(paths(0, 0), [""; 0]);
        assert_eq!(paths(7, 7), [""; 0]);
        assert_eq!(paths(9, 7), [""; 0]);
        assert_eq!(
            paths(0, 256),
            ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]
        );
        assert_eq!(paths(256, 257), ["tile/entries/001.p/1", "tile/0/001.p/1"]);
        assert_eq!(
            paths(255, 258),
            [
                "tile/entries/000",
                "tile/entries/001.p/2",
                "tile/0/000",
                "tile/0/001.p/2",
                "tile/1/000.p/1"
            ]
        );
    }

    #[test]
    fn the_edge_can_be_read_back_from_the_tiles() {
        let mut edge = Edge::new();
        let mut rows: HashMap<u8, Vec<u8>> = HashMap::new();
        for leaf in 0..700_u64 {
            edge.append_with(Hash::leaf(&leaf.to_be_bytes()), |level, _, hash| {
                if level % HEIGHT == 0 {
                    rows.entry(level / HEIGHT).or_default().extend(hash.0);
                }
            });
            let reader = TileHashes::new(edge.size(), |tile: Tile| {
                let Kind::Hashes(row) = tile.kind() else {
                    unreachable!()
                };
                let from = tile.index() as usize * 8192;
                Ok::<_, Infallible>(rows[&row][from..][..tile.width() as usize * 32].to_vec())
            });
            let read = Edge::from_hashes(edge.size(), |level, index| reader.hash(level, index));
            assert_eq!(read.as_ref(), Ok(&edge));
            assert!(reader.hash(0, edge.size()).is_err());
        }
    }

    #[test]
    fn a_tile_of_another_length_is_noticed() {
        for bytes in [vec![0; 31], vec![0; 33], vec![0; 64], vec![]] {
            let reader = TileHashes::new(1, |_| Ok::<_, Infallible>(bytes.clone()));
            let tile = Tile::new(Kind::Hashes(0), 0, 1).unwrap();
            assert_eq!(reader.hash(0, 0), Err(TileHashError::Length(tile)));
        }
    }
}

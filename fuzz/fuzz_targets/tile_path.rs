//! A tile has one path, and a path one tile.
#![no_main]

use libfuzzer_sys::fuzz_target;
use transparency::Tile;

fuzz_target!(|path: &str| {
    if let Ok(tile) = path.parse::<Tile>() {
        assert_eq!(tile.to_string(), path);
        assert_eq!(Tile::new(tile.kind(), tile.index(), tile.width()), Ok(tile));
    }
});

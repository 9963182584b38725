//! The log as static files, in the layout of C2SP tlog-tiles.

use std::path::Path;

use disk::Disk;
use transparency::{
    SignedCheckpoint,
    tile::{self, Kind},
};

use crate::{Sealer, SealerError};

/// Writes the log, as it is at the checkpoint that is shown, into a directory:
/// `checkpoint`, `checkpoint.<size>` for every one that was given out, `tile/…`
/// and `tile/entries/…`. Any static web server can serve it. Says which
/// checkpoint it is.
///
/// A directory of an earlier export is brought up to date: tiles that are full
/// are not written again, and partial ones that were replaced are left to
/// whoever still asks for them.
pub async fn export(
    sealer: &Sealer,
    disk: &Disk,
    dir: &Path,
) -> Result<std::sync::Arc<SignedCheckpoint>, SealerError> {
    let newest = sealer.witnessed();
    let size = newest.checkpoint().size();
    let write = |path: &Path, bytes: &[u8]| {
        let written = match path.parent() {
            Some(parent) => disk.create_dir(parent),
            None => Ok(()),
        };
        written
            .and_then(|()| disk.replace_unsynced(path, bytes))
            .map_err(|error| SealerError::io(path, error))
    };
    for tile in tile::created(0, size) {
        let path = crate::tree::tile_path(dir, tile);
        if path.exists() {
            continue;
        }
        let bytes = match tile.kind() {
            Kind::Entries => sealer.entries(tile.index(), tile.width()).await?,
            Kind::Hashes(level) => sealer.tile(level, tile.index(), tile.width())?,
        };
        write(&path, &bytes.ok_or(SealerError::Tile(tile))?)?;
    }
    for earlier in sealer.checkpoint_sizes() {
        if earlier <= size {
            let path = dir.join(format!("checkpoint.{earlier}"));
            write(&path, sealer.checkpoint_at(earlier)?.to_string().as_bytes())?;
        }
    }
    // Last, so that whatever a checkpoint covers is there before it.
    write(&dir.join("checkpoint"), newest.to_string().as_bytes())?;
    Ok(newest)
}

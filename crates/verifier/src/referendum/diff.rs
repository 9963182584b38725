//! Two copies of an archive: the newer one must begin with the older one.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use anyhow::{Context, Result};

/// How a newer copy relates to an older one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Difference {
    /// It begins with the older one, byte for byte: nothing was removed or changed.
    Extension {
        /// Bytes of the older copy.
        old: u64,
        /// Bytes that were appended.
        appended: u64,
    },
    /// It differs from the older one before that one's end.
    Differs {
        /// The first byte that differs.
        at: u64,
    },
    /// It ends before the older one does.
    Shorter {
        /// Bytes that are missing.
        missing: u64,
    },
}

impl Difference {
    pub(super) fn is_extension(self) -> bool {
        matches!(self, Self::Extension { .. })
    }
}

/// Compares an older copy with the archive. Because an archive is only ever appended to, and has
/// no end marker, a copy that lost nothing begins with the older copy.
pub(super) fn compare(old: &Path, new: &mut File) -> Result<Difference> {
    let file = File::open(old).with_context(|| format!("cannot open {}", old.display()))?;
    let old_length = file.metadata()?.len();
    let new_length = new.metadata()?.len();
    new.seek(SeekFrom::Start(0))?;
    let shared = old_length.min(new_length);
    let mut ours = BufReader::new(file.take(shared)).bytes();
    let mut theirs = BufReader::new(new.take(shared)).bytes();
    for at in 0..shared {
        if ours.next().transpose()? != theirs.next().transpose()? {
            return Ok(Difference::Differs { at });
        }
    }
    Ok(match new_length.checked_sub(old_length) {
        Some(appended) => Difference::Extension {
            old: old_length,
            appended,
        },
        None => Difference::Shorter {
            missing: old_length - new_length,
        },
    })
}

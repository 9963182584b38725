//! The files that the steps hand to one another: what it is, which version, its content.

use std::path::Path;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::files;
use crate::problem::FileProblem;

/// A kind of file.
pub(crate) trait Document: Serialize + DeserializeOwned {
    /// What stands in the file's `format`.
    const FORMAT: &'static str;
    /// The version that this program writes; it reads no other.
    const VERSION: u32 = 1;
}

#[derive(Serialize)]
struct Written<'a, T> {
    format: &'static str,
    version: u32,
    content: &'a T,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read<'a> {
    format: &'a str,
    version: u32,
    #[serde(borrow)]
    content: &'a RawValue,
}

/// A file's bytes.
pub(crate) fn write<T: Document>(content: &T) -> Zeroizing<Vec<u8>> {
    let written = Written {
        format: T::FORMAT,
        version: T::VERSION,
        content,
    };
    // Sized once, so that no growing buffer leaves copies of a secret behind.
    let size = counted(&written) + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(size));
    // Documents have string keys only and go to memory; writing them cannot fail.
    let _ = serde_json::to_writer(&mut *bytes, &written);
    bytes.push(b'\n');
    bytes
}

fn counted(value: &impl Serialize) -> usize {
    struct Counter(usize);
    impl std::io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut counter = Counter(0);
    let _ = serde_json::to_writer(&mut counter, value);
    counter.0
}

/// Reads a file of a kind.
pub(crate) fn read<T: Document>(path: &Path) -> Result<T, FileProblem> {
    parse(path, &files::read(path)?)
}

/// Reads a file of a kind if it exists.
pub(crate) fn read_if_there<T: Document>(path: &Path) -> Result<Option<T>, FileProblem> {
    if path.exists() {
        read(path).map(Some)
    } else {
        Ok(None)
    }
}

/// The kind of a file, if it says one.
pub(crate) fn format_of(bytes: &[u8]) -> Option<String> {
    serde_json::from_slice::<Read<'_>>(bytes)
        .ok()
        .map(|read| read.format.to_owned())
}

/// Reads the bytes of a file of a kind.
pub(crate) fn parse<T: Document>(path: &Path, bytes: &[u8]) -> Result<T, FileProblem> {
    let malformed = |error: serde_json::Error| FileProblem::Malformed {
        path: path.into(),
        expected: T::FORMAT,
        detail: error.to_string(),
    };
    let read: Read<'_> = serde_json::from_slice(bytes).map_err(malformed)?;
    if read.format != T::FORMAT {
        return Err(FileProblem::OtherKind {
            path: path.into(),
            expected: T::FORMAT,
            found: read.format.to_owned(),
        });
    }
    if read.version != T::VERSION {
        return Err(FileProblem::UnknownVersion {
            path: path.into(),
            found: read.version,
            known: T::VERSION,
        });
    }
    serde_json::from_str(read.content.get()).map_err(malformed)
}

//! Entry bundles: up to 256 entries in one file, each after its length in two
//! bytes, big-endian (C2SP tlog-tiles).

use crate::tile;

/// The longest entry that a bundle can hold.
pub const MAX_ENTRY: usize = u16::MAX as usize;

/// Entries that a bundle cannot hold, or bytes that are not a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// An entry is longer than two bytes can say.
    #[error("an entry has {0} bytes; at most {MAX_ENTRY} fit")]
    Entry(usize),
    /// The bytes end within an entry.
    #[error("the bundle ends within entry {0}")]
    Short(usize),
    /// More than 256 entries.
    #[error("the bundle holds more than {} entries", tile::WIDTH)]
    Long,
}

/// Appends one entry to a bundle's bytes.
pub fn push(bundle: &mut Vec<u8>, entry: &[u8]) -> Result<(), BundleError> {
    let length = u16::try_from(entry.len()).map_err(|_| BundleError::Entry(entry.len()))?;
    bundle.extend(length.to_be_bytes());
    bundle.extend(entry);
    Ok(())
}

/// The bytes of a bundle.
pub fn encode<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>, BundleError> {
    let mut bundle = Vec::new();
    for (at, entry) in entries.into_iter().enumerate() {
        if at >= tile::WIDTH.into() {
            return Err(BundleError::Long);
        }
        push(&mut bundle, entry)?;
    }
    Ok(bundle)
}

/// The entries of a bundle, in order.
pub fn parse(mut bytes: &[u8]) -> Result<Vec<&[u8]>, BundleError> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        if entries.len() >= tile::WIDTH.into() {
            return Err(BundleError::Long);
        }
        let short = BundleError::Short(entries.len());
        let (length, rest) = bytes.split_first_chunk().ok_or(short)?;
        let (entry, rest) = rest
            .split_at_checked(u16::from_be_bytes(*length).into())
            .ok_or(short)?;
        entries.push(entry);
        bytes = rest;
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_length_stands_before_each_entry() {
        let bundle = encode([b"ab".as_slice(), b"", b"c"]).unwrap();
        assert_eq!(bundle, b"\0\x02ab\0\0\0\x01c");
        assert_eq!(parse(&bundle).unwrap(), [b"ab".as_slice(), b"", b"c"]);
        assert_eq!(parse(&[]), Ok(vec![]));
    }

    #[test]
    fn limits_are_kept() {
        let longest = vec![7; MAX_ENTRY];
        let bundle = encode([longest.as_slice()]).unwrap();
        assert_eq!(parse(&bundle).unwrap(), [longest.as_slice()]);
        assert_eq!(
            encode([vec![0; 65_536].as_slice()]),
            Err(BundleError::Entry(65_536))
        );
        assert_eq!(parse(&vec![0; 2 * 256]).map(|e| e.len()), Ok(256));
        assert_eq!(parse(&vec![0; 2 * 257]), Err(BundleError::Long));
        assert_eq!(encode(vec![b"".as_slice(); 257]), Err(BundleError::Long));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_and_what_is_cut_off_is_refused(
            entries in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 1..20),
        ) {
            let bundle = encode(entries.iter().map(Vec::as_slice)).unwrap();
            prop_assert_eq!(parse(&bundle).unwrap(), entries.iter().map(Vec::as_slice).collect::<Vec<_>>());
            // A cut either leaves whole entries or is refused.
            let cut = &bundle[..bundle.len() - 1];
            prop_assert_eq!(parse(cut), Err(BundleError::Short(entries.len() - 1)));
        }
    }
}

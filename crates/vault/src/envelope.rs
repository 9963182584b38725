//! The private bytes beside an event in the log's frame.
//!
//! ```text
//! version (1), count (u16), then for each entry:
//! subject and field, each after its length (u8); length (u32) and bytes of
//! nonce and ciphertext
//! ```
//!
//! An envelope is never served and never hashed. Subject and field stand in
//! clear: they stand in the leaf too.

use crate::{
    bytes::{Reader, push_short_text},
    subject::Subject,
};

const VERSION: u8 = 1;
/// The longest name of a field.
const MAX_FIELD: usize = 255;

/// The sealed texts of one event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    entries: Vec<Entry>,
}

/// One sealed text.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    pub(crate) subject: Subject,
    pub(crate) field: String,
    pub(crate) sealed: Vec<u8>,
}

/// Why bytes are not an envelope, or an entry cannot go into one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Written by a newer release, or no envelope at all.
    #[error("the envelope is of version {0}, which this release does not read")]
    Version(u8),
    /// The bytes end early, go on after the end, or name no subject or field.
    #[error("the envelope's bytes do not have its form")]
    Form,
    /// The name of a field is used twice, which makes it ambiguous.
    #[error("the envelope has field {0} twice")]
    Twice(String),
    /// More than can be counted.
    #[error("an envelope holds at most {} entries of less than 4 GiB", u16::MAX)]
    Full,
}

/// Whether a field may have this name: a path into the event's data, its parts
/// joined by slashes, as in `items/0/summary`.
pub(crate) fn is_field(name: &str) -> bool {
    let part_holds = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    name.len() <= MAX_FIELD && name.split('/').all(part_holds)
}

impl Envelope {
    /// An envelope with these entries.
    pub fn new(entries: impl IntoIterator<Item = Entry>) -> Result<Self, EnvelopeError> {
        let mut envelope = Self::default();
        for entry in entries {
            envelope.push(entry)?;
        }
        Ok(envelope)
    }

    /// Adds an entry.
    pub fn push(&mut self, entry: Entry) -> Result<(), EnvelopeError> {
        if self.entry(&entry.field).is_some() {
            return Err(EnvelopeError::Twice(entry.field));
        }
        if self.entries.len() >= usize::from(u16::MAX) || u32::try_from(entry.sealed.len()).is_err()
        {
            return Err(EnvelopeError::Full);
        }
        self.entries.push(entry);
        Ok(())
    }

    /// The entries, in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry of a field.
    pub fn entry(&self, field: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.field == field)
    }

    /// The bytes for the log's frame; none if there is no entry.
    pub fn to_bytes(&self) -> Result<Vec<u8>, EnvelopeError> {
        if self.entries.is_empty() {
            return Ok(Vec::new());
        }
        let count = u16::try_from(self.entries.len()).map_err(|_| EnvelopeError::Full)?;
        let mut bytes = vec![VERSION];
        bytes.extend(count.to_be_bytes());
        for entry in &self.entries {
            push_short_text(&mut bytes, entry.subject.as_str()).ok_or(EnvelopeError::Form)?;
            push_short_text(&mut bytes, &entry.field).ok_or(EnvelopeError::Form)?;
            let length = u32::try_from(entry.sealed.len()).map_err(|_| EnvelopeError::Full)?;
            bytes.extend(length.to_be_bytes());
            bytes.extend(&entry.sealed);
        }
        Ok(bytes)
    }

    /// Reads what [`Envelope::to_bytes`] wrote, and nothing else.
    pub fn parse(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        let mut envelope = Self::default();
        let mut reader = Reader(bytes);
        match reader.u8() {
            // No bytes, no entries.
            None => return Ok(envelope),
            Some(VERSION) => (),
            Some(other) => return Err(EnvelopeError::Version(other)),
        }
        let count = reader.u16().filter(|count| *count > 0);
        for _ in 0..count.ok_or(EnvelopeError::Form)? {
            envelope.push(Entry::read(&mut reader).ok_or(EnvelopeError::Form)?)?;
        }
        if reader.is_empty() {
            Ok(envelope)
        } else {
            Err(EnvelopeError::Form)
        }
    }
}

impl Entry {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let subject = reader.short_text()?.parse().ok()?;
        let field = reader.short_text().filter(|field| is_field(field))?;
        let length = usize::try_from(reader.u32()?).ok()?;
        Some(Self {
            subject,
            field: field.to_owned(),
            sealed: reader.take(length)?.to_vec(),
        })
    }

    /// To whom the text belongs.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The field of the event in which its commitment stands.
    pub fn field(&self) -> &str {
        &self.field
    }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Entry({} of {})", self.field, self.subject)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(field: &str, sealed: Vec<u8>) -> Entry {
        Entry {
            subject: "subject_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap(),
            field: field.to_owned(),
            sealed,
        }
    }

    #[test]
    fn the_form_is_the_one_of_the_description() {
        let envelope = Envelope::new([entry("body", vec![7, 8])]).unwrap();
        let mut expected = vec![1, 0, 1, 34];
        expected.extend(b"subject_01ARZ3NDEKTSV4RRFFQ69G5FAV\x04body\0\0\0\x02\x07\x08");
        assert_eq!(envelope.to_bytes(), Ok(expected));
        assert_eq!(Envelope::default().to_bytes(), Ok(vec![]));
        assert_eq!(Envelope::parse(&[]), Ok(Envelope::default()));
    }

    #[test]
    fn a_field_is_there_once() {
        let twice = Envelope::new([entry("body", vec![]), entry("body", vec![1])]);
        assert_eq!(twice, Err(EnvelopeError::Twice("body".into())));
        let once = Envelope::new([entry("body", vec![1])]).unwrap();
        let mut bytes = once.to_bytes().unwrap();
        let entry = bytes[3..].to_vec();
        bytes.extend(entry);
        bytes[2] = 2;
        assert_eq!(
            Envelope::parse(&bytes),
            Err(EnvelopeError::Twice("body".into()))
        );
        bytes[0] = 2;
        assert_eq!(Envelope::parse(&bytes), Err(EnvelopeError::Version(2)));
    }

    #[test]
    fn a_field_is_a_path_into_the_data() {
        for good in ["body", "items/0/summary", "a_b/c1"] {
            assert!(is_field(good), "{good}");
        }
        for wrong in [
            "",
            "/body",
            "body/",
            "a//b",
            "a b",
            "氏名",
            &"a".repeat(256),
        ] {
            assert!(!is_field(wrong), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_and_nothing_shorter_or_longer(
            texts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 1..6),
            cut in any::<prop::sample::Index>(),
        ) {
            let entries = texts.into_iter().enumerate().map(|(i, text)| entry(&format!("items/{i}"), text));
            let envelope = Envelope::new(entries).unwrap();
            let mut bytes = envelope.to_bytes().unwrap();
            prop_assert_eq!(Envelope::parse(&bytes), Ok(envelope));
            let cut = 1 + cut.index(bytes.len() - 1);
            prop_assert!(Envelope::parse(&bytes[..cut]).is_err());
            bytes.push(0);
            prop_assert!(Envelope::parse(&bytes).is_err());
        }

        #[test]
        fn whatever_is_read_is_written_the_same(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            if let Ok(envelope) = Envelope::parse(&bytes) {
                prop_assert_eq!(envelope.to_bytes(), Ok(bytes));
            }
        }
    }
}

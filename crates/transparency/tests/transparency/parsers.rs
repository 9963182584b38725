//! Every parser, whatever it is given: it never panics, and what it accepts is
//! what would be written. So nothing has two spellings, one of which a stricter
//! reader would refuse.

use proptest::{prelude::*, sample::Index};
use transparency::{
    Checkpoint, Edge, Hash, Note, Policy, SignedCheckpoint, SignerKey, Tile, VerifierKey, bundle,
    commitment::{Commitment, Opening, Salt},
    cosignature::cosign,
    note::{KeyKind, Signature},
    opening,
    receipt::Receipt,
    witness::AddCheckpoint,
};

/// A format: something of it, and how it is read and written again; `None` if
/// it is refused.
struct Format {
    name: &'static str,
    sample: Vec<u8>,
    again: fn(&[u8]) -> Option<Vec<u8>>,
}

fn text<T: std::str::FromStr + ToString>(bytes: &[u8]) -> Option<Vec<u8>> {
    let read: T = str::from_utf8(bytes).ok()?.parse().ok()?;
    Some(read.to_string().into_bytes())
}

fn signature(bytes: &[u8]) -> Option<Vec<u8>> {
    let read = Signature::parse(str::from_utf8(bytes).ok()?)?;
    Some(read.to_string().into_bytes())
}

fn note(bytes: &[u8]) -> Option<Vec<u8>> {
    Some(Note::parse(bytes).ok()?.to_string().into_bytes())
}

fn checkpoint(bytes: &[u8]) -> Option<Vec<u8>> {
    let read = SignedCheckpoint::parse(bytes).ok()?;
    Some(read.to_string().into_bytes())
}

fn receipt(bytes: &[u8]) -> Option<Vec<u8>> {
    Some(Receipt::parse(bytes).ok()?.to_string().into_bytes())
}

fn request(bytes: &[u8]) -> Option<Vec<u8>> {
    Some(AddCheckpoint::parse(bytes).ok()?.to_string().into_bytes())
}

fn entries(bytes: &[u8]) -> Option<Vec<u8>> {
    Some(bundle::encode(bundle::parse(bytes).ok()?).unwrap())
}

fn edge(bytes: &[u8]) -> Option<Vec<u8>> {
    Some(Edge::from_bytes(bytes).ok()?.to_bytes())
}

/// Spaces and comments are not kept: what is written says the same.
fn policy(bytes: &[u8]) -> Option<Vec<u8>> {
    let read = Policy::parse(bytes).ok()?;
    let written = read.to_string();
    assert_eq!(Policy::parse(written.as_bytes()), Ok(read));
    Some(bytes.to_vec())
}

/// JSON has many spellings, of which this writes one.
fn opened(bytes: &[u8]) -> Option<Vec<u8>> {
    let read = opening::from_json(bytes).ok()?;
    let written = opening::to_json(&read).unwrap();
    assert!(opening::from_json(written.as_bytes()).unwrap() == read);
    let _whatever_it_says = opening::check(&read, bytes);
    Some(bytes.to_vec())
}

fn formats() -> Vec<Format> {
    let log = SignerKey::from_seed("city.example/log/1", KeyKind::Ed25519, &[1; 32]).unwrap();
    let library = SignerKey::from_seed("library.example", KeyKind::Cosignature, &[2; 32]).unwrap();
    let (left, right) = (Hash::leaf(b"a"), Hash::leaf(b"b"));
    let body = Checkpoint::new("city.example/log/1", 2, Hash::node(&left, &right)).unwrap();
    let mut signed = body.clone().sign([&log]).unwrap();
    let line = cosign(&library, 1_700_000_000, signed.note().text()).unwrap();
    signed.note_mut().add(line.clone()).unwrap();
    let proof = Receipt {
        extra: Some(b"hello".to_vec()),
        index: 0,
        proof: vec![right],
        checkpoint: signed.clone(),
    };
    let asked = AddCheckpoint {
        old: 1,
        proof: vec![right],
        checkpoint: signed.clone(),
    };
    let rules = format!(
        "# comment\nlog {} https://city.example/log\nwitness a {} http://a.example\n\
         group g any\ta\nquorum g\n",
        log.verifier(),
        library.verifier()
    );
    let shown = Opening {
        event_id: "event_00000000000000000000000009.0".into(),
        field: "body".into(),
        salt: Salt([9; 32]),
        plaintext: "意見".into(),
    };
    let mut tree = Edge::new();
    (0..5_u8).for_each(|leaf| tree.append(Hash::leaf(&[leaf])));
    let format = |name, sample: &dyn ToString, again| Format {
        name,
        sample: sample.to_string().into_bytes(),
        again,
    };
    vec![
        format("hash", &left, text::<Hash>),
        format("commitment", &shown.commitment(), text::<Commitment>),
        format("salt", &shown.salt, text::<Salt>),
        format("log's key", log.verifier(), text::<VerifierKey>),
        format("witness's key", library.verifier(), text::<VerifierKey>),
        format("tile", &"tile/0/x001/x234/067.p/8", text::<Tile>),
        format("entries", &"tile/entries/273", text::<Tile>),
        format("body", &format!("{body}more\n"), text::<Checkpoint>),
        format("signature", &line, signature),
        format("note", signed.note(), note),
        format("checkpoint", &signed, checkpoint),
        format("receipt", &proof, receipt),
        format("request", &asked, request),
        format("policy", &rules, policy),
        format("opening", &opening::to_json(&shown).unwrap(), opened),
        Format {
            name: "bundle",
            sample: bundle::encode([b"ab".as_slice(), b"", b"c"]).unwrap(),
            again: entries,
        },
        Format {
            name: "edge",
            sample: tree.to_bytes(),
            again: edge,
        },
    ]
}

/// A change of bytes.
#[derive(Clone, Debug)]
enum Edit {
    Put(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    /// Puts a copy of one line before another.
    Repeat(Index, Index),
    CutLine(Index),
    End(Index),
    /// Before a number, where another spelling of it begins.
    Number(Index, u8),
}

fn byte() -> impl Strategy<Value = u8> {
    // What the formats are made of, and what they must not have.
    let telling = b"\n\n\n\r\t \0\x1f\x7f+=/.-#{}\",:019AZaxz\xe2\x80\x94\xe3\xff".to_vec();
    prop_oneof![prop::sample::select(telling), any::<u8>()]
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        4 => (any::<Index>(), byte()).prop_map(|(at, byte)| Edit::Put(at, byte)),
        4 => (any::<Index>(), byte()).prop_map(|(at, byte)| Edit::Insert(at, byte)),
        2 => any::<Index>().prop_map(Edit::Remove),
        3 => (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Edit::Repeat(from, to)),
        2 => any::<Index>().prop_map(Edit::CutLine),
        1 => any::<Index>().prop_map(Edit::End),
        4 => (any::<Index>(), prop::sample::select(b"00+- x".to_vec()))
            .prop_map(|(at, byte)| Edit::Number(at, byte)),
    ]
}

fn change(mut bytes: Vec<u8>, edits: Vec<Edit>) -> Vec<u8> {
    for edit in edits {
        let length = bytes.len();
        let mut lines: Vec<_> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
        match edit {
            Edit::Insert(at, byte) => bytes.insert(at.index(length + 1), byte),
            _ if bytes.is_empty() => (),
            Edit::Put(at, byte) => bytes[at.index(length)] = byte,
            Edit::Remove(at) => _ = bytes.remove(at.index(length)),
            Edit::Repeat(from, to) => {
                lines.insert(to.index(lines.len() + 1), lines[from.index(lines.len())]);
                bytes = lines.concat();
            }
            Edit::CutLine(at) => {
                lines.remove(at.index(lines.len()));
                bytes = lines.concat();
            }
            Edit::End(at) => bytes.truncate(at.index(length)),
            Edit::Number(at, byte) => {
                let begins = |at: &usize| {
                    let before = at.checked_sub(1).and_then(|at| bytes.get(at));
                    bytes[*at].is_ascii_digit() && !before.is_some_and(u8::is_ascii_alphanumeric)
                };
                let numbers: Vec<_> = (0..length).filter(begins).collect();
                if !numbers.is_empty() {
                    bytes.insert(numbers[at.index(numbers.len())], byte);
                }
            }
        }
    }
    bytes
}

fn check(format: &Format, bytes: &[u8]) -> Result<(), TestCaseError> {
    if let Some(written) = (format.again)(bytes) {
        let (read, written) = (bytes.escape_ascii(), written.escape_ascii());
        prop_assert_eq!(read.to_string(), written.to_string(), "{}", format.name);
    }
    Ok(())
}

#[test]
fn something_of_each_format_is_accepted() {
    for format in formats() {
        let written = (format.again)(&format.sample);
        assert_eq!(written, Some(format.sample), "{}", format.name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn what_is_accepted_is_what_would_be_written(
        which in any::<Index>(), edits in prop::collection::vec(edit(), 1..5),
    ) {
        let formats = formats();
        let format = &formats[which.index(formats.len())];
        check(format, &change(format.sample.clone(), edits))?;
    }

    #[test]
    fn anything_at_all_is_read_or_refused(bytes in prop::collection::vec(byte(), 0..80)) {
        for format in formats() {
            check(&format, &bytes)?;
        }
    }
}

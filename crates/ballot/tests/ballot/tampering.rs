//! Whatever is changed in an archive, it is found.

use ballot::archive::{Contents, Writer};
use ballot::ballot::CastBallot;
use ballot::group::Ed25519;
use ballot::verify::{Section, verify};
use serde_json::Value;

use crate::elections::{Plan, Prepared};

pub(crate) fn election() -> (Prepared<Ed25519>, Vec<CastBallot>, Vec<u8>) {
    let plan = Plan {
        group: Some((2, 3, vec![1, 3])),
        ..Plan::simple(2)
    };
    let prepared = Prepared::<Ed25519>::new(plan);
    let ballots = vec![
        prepared.cast(0, &[vec![0, 1, 0]]),
        prepared.cast(1, &[vec![1, 0, 0]]),
        prepared.cast(0, &[vec![0, 0, 1]]),
    ];
    let (archive, counts) = prepared.archive(&ballots);
    assert_eq!(counts, [[1, 0, 1]]);
    assert_eq!(verify(&archive).findings, []);
    (prepared, ballots, archive)
}

/// The records of an archive, to be changed and written again as a proper chain.
#[derive(Clone)]
struct Records {
    /// Election, trustees, credentials, ballots, tally, sized tally, decryptions, result.
    list: Vec<(Kind, Vec<u8>)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Election,
    Trustees,
    Credentials,
    Ballot,
    Tally,
    Sized,
    Decryption(u32),
    Result,
}

impl Records {
    fn of(archive: &[u8]) -> Self {
        let contents = Contents::read(archive).expect("an archive");
        let setup = contents.setup.as_ref().expect("set up");
        let (tally, sized) = contents.tally.as_ref().expect("tallied");
        let mut list = vec![
            (Kind::Election, setup.election.to_vec()),
            (Kind::Trustees, setup.trustees.to_vec()),
            (Kind::Credentials, setup.credentials.to_vec()),
        ];
        list.extend(
            contents
                .ballots
                .iter()
                .map(|ballot| (Kind::Ballot, ballot.to_vec())),
        );
        list.push((Kind::Tally, tally.to_vec()));
        list.push((Kind::Sized, sized.to_record().into_bytes()));
        let decryptions = contents.decryptions.iter();
        list.extend(decryptions.map(|(owner, part)| (Kind::Decryption(owner.0), part.to_vec())));
        list.push((Kind::Result, contents.result.expect("a result").to_vec()));
        Self { list }
    }

    /// Writes the records with fresh names and a fresh chain, as a cheating city would.
    fn write(&self) -> Vec<u8> {
        let record = |kind| {
            self.list
                .iter()
                .find(|(k, _)| *k == kind)
                .map(|(_, bytes)| bytes.as_slice())
                .expect("there")
        };
        let (mut writer, mut archive) = Writer::create(1_795_343_366);
        archive.extend(
            writer
                .setup(
                    record(Kind::Election),
                    record(Kind::Trustees),
                    record(Kind::Credentials),
                )
                .expect("in order"),
        );
        for (kind, bytes) in &self.list {
            let appended = match kind {
                Kind::Election | Kind::Trustees | Kind::Credentials | Kind::Sized => continue,
                Kind::Ballot => writer.ballot(bytes),
                Kind::Tally => {
                    archive.extend(writer.end_ballots().expect("in order"));
                    let mut sized: ballot::tally::SizedTally =
                        serde_json::from_slice(record(Kind::Sized)).expect("readable");
                    sized.encrypted_tally = ballot::hash::Hash::of(bytes);
                    writer.encrypted_tally(bytes, &sized)
                }
                Kind::Decryption(owner) => {
                    writer.partial_decryption(ballot::trustee::Owner(*owner), bytes)
                }
                Kind::Result => writer.result(bytes),
            };
            archive.extend(appended.expect("in order"));
        }
        archive
    }
}

/// Every way to change one leaf of a JSON value a little.
pub(crate) fn changes(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => (0..items.len())
            .flat_map(|index| {
                changes(&items[index]).into_iter().map(move |changed| {
                    let mut copy = value.clone();
                    copy[index] = changed;
                    copy
                })
            })
            .collect(),
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, field)| {
                changes(field).into_iter().map(move |changed| {
                    let mut copy = value.clone();
                    copy[name] = changed;
                    copy
                })
            })
            .collect(),
        Value::String(text) => {
            // The last digit, so that numbers stay in their range.
            let mut changed: Vec<char> = text.chars().collect();
            let Some(last) = changed
                .iter_mut()
                .rev()
                .find(|c| c.is_ascii_alphanumeric() || !c.is_ascii())
            else {
                return Vec::new();
            };
            *last = match *last {
                '0'..='8' | 'a'..='e' => char::from_u32(*last as u32 + 1).expect("a letter"),
                _ => '0',
            };
            vec![Value::String(changed.into_iter().collect())]
        }
        Value::Number(number) => vec![(number.as_u64().expect("a count") + 1).into()],
        Value::Bool(value) => vec![Value::Bool(!value)],
        Value::Null => Vec::new(),
    }
}

/// Writes a value with the fields in the order of the original; serde_json sorts them.
pub(crate) fn rewrite(original: &str, changed: &Value) -> String {
    fn write(original: &mut &str, value: &Value, out: &mut String) {
        let mut take = |expected: char| {
            *original = original.strip_prefix(expected).expect("the same shape");
        };
        match value {
            Value::Array(items) => {
                take('[');
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        *original = original.strip_prefix(',').expect("the same shape");
                        out.push(',');
                    }
                    write(original, item, out);
                }
                *original = original.strip_prefix(']').expect("the same shape");
                out.push(']');
            }
            Value::Object(fields) => {
                take('{');
                out.push('{');
                for index in 0..fields.len() {
                    if index > 0 {
                        *original = original.strip_prefix(',').expect("the same shape");
                        out.push(',');
                    }
                    let end = original[1..].find('"').expect("a name") + 2;
                    let name = &original[1..end - 1];
                    out.push_str(&original[..end]);
                    out.push(':');
                    *original = original[end..].strip_prefix(':').expect("the same shape");
                    write(original, &fields[name], out);
                }
                *original = original.strip_prefix('}').expect("the same shape");
                out.push('}');
            }
            leaf => {
                let mut stream = serde_json::Deserializer::from_str(original).into_iter::<Value>();
                stream.next().expect("a leaf").expect("readable");
                let end = stream.byte_offset();
                *original = &original[end..];
                out.push_str(&leaf.to_string());
            }
        }
    }
    let mut rest = original;
    let mut out = String::new();
    write(&mut rest, changed, &mut out);
    assert_eq!(rest, "");
    out
}

#[test]
fn every_field_of_every_record_is_guarded() {
    let (_, _, archive) = election();
    let records = Records::of(&archive);
    assert_eq!(
        records.write(),
        archive,
        "writing the records again gives the archive"
    );
    let mut tried = 0;
    for (index, (kind, bytes)) in records.list.iter().enumerate() {
        let text = str::from_utf8(bytes).expect("utf-8");
        let value: Value = serde_json::from_str(text).expect("json");
        for changed in changes(&value) {
            let changed_text = rewrite(text, &changed);
            // Two fields that nothing depends on: a trustee's name, and the digest that the
            // writer makes again.
            let free = matches!(kind, Kind::Trustees) && changed_text.contains("\"name\":\"選0\"")
                || *kind == Kind::Sized && changed["encrypted_tally"] != value["encrypted_tally"];
            if free {
                continue;
            }
            let mut forged = records.clone();
            forged.list[index].1 = changed_text.clone().into_bytes();
            let report = verify(&forged.write());
            let sections: Vec<_> = report
                .findings
                .iter()
                .map(|finding| finding.section)
                .collect();
            let expected: &[Section] = match kind {
                Kind::Election => &[Section::Election, Section::Trustees, Section::Ballots],
                Kind::Trustees => &[Section::Trustees],
                Kind::Credentials => &[Section::Credentials, Section::Ballots],
                Kind::Ballot => &[Section::Ballots],
                Kind::Tally | Kind::Sized => &[Section::Tally],
                Kind::Decryption(_) => &[Section::Decryptions],
                Kind::Result => &[Section::Result],
            };
            assert!(
                sections
                    .first()
                    .is_some_and(|first| expected.contains(first)),
                "{kind:?} {changed_text}: {:#?}",
                report.findings
            );
            tried += 1;
        }
    }
    assert!(tried > 150, "{tried} fields were changed");
}

#[test]
fn any_flipped_bit_is_found() {
    let (_, _, archive) = election();
    for position in (0..archive.len()).step_by(331).chain(0..160) {
        let mut flipped = archive.clone();
        flipped[position] ^= 1 << (position % 8);
        assert!(
            !verify(&flipped).is_valid(),
            "bit {} of byte {position}",
            position % 8
        );
    }
}

#[track_caller]
pub(crate) fn found(archive: &[u8], codes: &[&str]) {
    let report = verify(archive);
    let found: Vec<_> = report.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(found, codes, "{:#?}", report.findings);
}

#[test]
fn tar_tricks_are_found() {
    let (_, _, archive) = election();
    found(&[], &["TRUNCATED"]);
    found(&archive[..archive.len() - 1], &["TRUNCATED"]);
    found(&archive[..archive.len() - 512], &["TRUNCATED"]);
    // The zero blocks with which other tars end.
    found(&[archive.clone(), vec![0; 1024]].concat(), &["TAR_HEADER"]);
    // A header of another flavour of tar, its checksum made right.
    let mut ustar = archive.clone();
    ustar[257..262].copy_from_slice(b"ustar");
    let sum: u32 = b"ustar".iter().map(|byte| u32::from(*byte)).sum();
    let old =
        u32::from_str_radix(str::from_utf8(&ustar[148..154]).expect("octal"), 8).expect("octal");
    ustar[148..154].copy_from_slice(format!("{:06o}", old + sum).as_bytes());
    found(&ustar, &["TAR_HEADER"]);
    // Something hidden in the padding behind the first record.
    let mut hidden = archive.clone();
    hidden[1023] = b'x';
    found(&hidden, &["PADDING"]);
}

/// The records of an archive as byte ranges.
pub(crate) fn pieces(archive: &[u8]) -> Vec<Vec<u8>> {
    let mut rest = archive;
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        let size = usize::from_str_radix(str::from_utf8(&rest[124..135]).expect("octal"), 8)
            .expect("octal");
        let (piece, after) = rest.split_at(512 + size.next_multiple_of(512));
        pieces.push(piece.to_vec());
        rest = after;
    }
    pieces
}

#[test]
fn dropped_doubled_and_reordered_records_are_found() {
    let (_, _, archive) = election();
    let pieces = pieces(&archive);
    for index in 0..pieces.len() - 1 {
        let mut dropped = pieces.clone();
        dropped.remove(index);
        assert!(
            !verify(&dropped.concat()).is_valid(),
            "record {index} dropped"
        );
        let mut doubled = pieces.clone();
        doubled.insert(index, pieces[index].clone());
        assert!(
            !verify(&doubled.concat()).is_valid(),
            "record {index} doubled"
        );
        let mut swapped = pieces.clone();
        swapped.swap(index, index + 1);
        assert!(
            !verify(&swapped.concat()).is_valid(),
            "records {index} and {} swapped",
            index + 1
        );
    }
}

#[test]
fn a_replayed_ballot_and_a_decryption_twice_are_found() {
    let (_, _, archive) = election();
    let records = Records::of(&archive);
    let mut replayed = records.clone();
    // The first ballot again, after the one that replaced it.
    replayed.list.insert(6, records.list[3].clone());
    found(&replayed.write(), &["DUPLICATE_BALLOT"]);
    let mut twice = records.clone();
    let place = twice
        .list
        .iter()
        .position(|(kind, _)| matches!(kind, Kind::Decryption(_)))
        .expect("there");
    let part = twice.list[place].clone();
    twice.list.insert(place, part);
    found(&twice.write(), &["DUPLICATE_DECRYPTION"]);
}

#[test]
fn a_missing_trustee_is_named() {
    let (_, _, archive) = election();
    let mut single = Records::of(&archive);
    single.list.retain(|(kind, _)| *kind != Kind::Decryption(1));
    found(&single.write(), &["TRUSTEE_MISSING"]);
    let mut member = Records::of(&archive);
    member.list.retain(|(kind, _)| *kind != Kind::Decryption(4));
    found(&member.write(), &["TOO_FEW_TRUSTEES"]);
}

#[test]
fn a_falsified_turnout_is_found() {
    let (_, _, archive) = election();
    for (from, to, code) in [
        ("\"num_tallied\":2", "\"num_tallied\":3", "NUM_TALLIED"),
        ("\"total_weight\":2", "\"total_weight\":9", "TOTAL_WEIGHT"),
    ] {
        let mut records = Records::of(&archive);
        for (kind, bytes) in &mut records.list {
            if *kind == Kind::Sized {
                *bytes = String::from_utf8(bytes.clone())
                    .expect("utf-8")
                    .replace(from, to)
                    .into_bytes();
            }
        }
        found(&records.write(), &[code]);
    }
}

#[test]
fn a_consistent_count_of_other_ballots_is_found() {
    // Everything after voting was made from another set of ballots by all trustees together.
    let (prepared, ballots, archive) = election();
    let other = [ballots[0].clone(), ballots[1].clone()];
    let (other_archive, _) = prepared.archive(&other);
    let after_voting = |list: &[(Kind, Vec<u8>)]| -> Vec<(Kind, Vec<u8>)> {
        let tally = list
            .iter()
            .position(|(kind, _)| *kind == Kind::Tally)
            .expect("there");
        list[tally..].to_vec()
    };
    let mut records = Records::of(&archive);
    let tally = records.list.len() - after_voting(&records.list).len();
    records.list.truncate(tally);
    records
        .list
        .extend(after_voting(&Records::of(&other_archive).list));
    found(&records.write(), &["TALLY"]);
}

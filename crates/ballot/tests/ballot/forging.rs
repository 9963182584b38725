//! Archives that a cheating city would write: something is changed, and every digest, name,
//! parent and tar header that follows from it is made right again.

use ballot::group::{Ed25519, Group};
use ballot::hash::Hash;
use ballot::verify::verify;
use curve25519_dalek::constants::EIGHT_TORSION;
use serde_json::Value;

use crate::tampering::{changes, election, found, pieces, rewrite};

const TIME: u64 = 1_795_343_366;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    pub(crate) name: String,
    pub(crate) body: String,
}

pub(crate) fn read(archive: &[u8]) -> Vec<Record> {
    let record = |piece: &Vec<u8>| {
        let text = |from: usize, to: usize| {
            str::from_utf8(piece.get(from..to).expect("there"))
                .expect("utf-8")
                .trim_end_matches('\0')
                .to_owned()
        };
        let size = usize::from_str_radix(&text(124, 135), 8).expect("octal");
        Record {
            name: text(0, 100),
            body: text(512, 512 + size),
        }
    };
    pieces(archive).iter().map(record).collect()
}

/// A header block, its checksum made right; `change` may tamper with it before.
fn header(name: &str, size: usize, change: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let mut block = vec![0; 512];
    let mut put =
        |at: usize, text: &str| block[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, "0000644");
    put(108, "0000000");
    put(116, "0000000");
    put(124, &format!("{size:011o}"));
    put(136, &format!("{TIME:011o}"));
    put(148, "        ");
    put(156, "0");
    change(&mut block);
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

fn write(records: &[Record]) -> Vec<u8> {
    let mut archive = Vec::new();
    for Record { name, body } in records {
        archive.extend(header(name, body.len(), |_| ()));
        archive.extend(body.as_bytes());
        archive.resize(archive.len().next_multiple_of(512), 0);
    }
    archive
}

/// The archive in which one record is changed and all that refers to it follows.
pub(crate) fn forged(records: &[Record], at: usize, body: &str) -> Vec<u8> {
    let mut renamed: Vec<(String, String)> = Vec::new();
    let mut forged = records.to_vec();
    for (index, record) in forged.iter_mut().enumerate() {
        if index == at {
            body.clone_into(&mut record.body);
        } else {
            for (old, new) in &renamed {
                record.body = record.body.replace(old, new);
            }
        }
        if let Some((old, kind)) = record.name.clone().split_once('.') {
            let new = Hash::of(record.body.as_bytes()).to_hex();
            record.name = format!("{new}.{kind}");
            if new != old {
                renamed.push((old.to_owned(), new));
            }
        }
    }
    write(&forged)
}

/// The records without their events' references to one another, written as a chain again.
pub(crate) fn rechained(mut records: Vec<Record>) -> Vec<u8> {
    let (mut parent, mut height) = (None, 0_u64);
    for record in records
        .iter_mut()
        .filter(|record| record.name.ends_with(".event.json"))
    {
        let kept = record.body.split_once("\"type\"").expect("a type").1;
        let before = match &parent {
            Some(parent) => format!("{{\"parent\":\"{parent}\","),
            None => "{".to_owned(),
        };
        record.body = format!("{before}\"height\":{height},\"type\"{kept}");
        let hash = Hash::of(record.body.as_bytes()).to_hex();
        record.name = format!("{hash}.event.json");
        parent = Some(hash);
        height += 1;
    }
    write(&records)
}

#[test]
fn the_forger_writes_an_honest_archive_as_it_was() {
    let (_, _, archive) = election();
    let records = read(&archive);
    assert_eq!(write(&records), archive);
    assert_eq!(forged(&records, 1, &records[1].body), archive);
    assert_eq!(rechained(records), archive);
}

#[test]
fn every_field_is_guarded_even_where_everything_else_is_made_to_fit() {
    let (_, _, archive) = election();
    let records = read(&archive);
    let (mut tried, mut of_events) = (0, 0);
    for (index, record) in records.iter().enumerate() {
        let value: Value = serde_json::from_str(&record.body).expect("json");
        for changed in changes(&value) {
            let body = rewrite(&record.body, &changed);
            // Nothing depends on what a trustee is called.
            if body.contains("\"name\":\"選0\"") {
                continue;
            }
            let forged = forged(&records, index, &body);
            assert!(!verify(&forged).is_valid(), "{} {body}", record.name);
            tried += 1;
            of_events += usize::from(record.name.ends_with(".event.json"));
        }
    }
    assert!(tried > 200 && of_events > 20, "{tried}, {of_events}");
}

/// Every run of 64 hex digits: elements, also those inside signed messages.
fn elements(text: &str) -> Vec<usize> {
    let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    let mut starts = Vec::new();
    let mut at = 0;
    for word in text.split(|c| !hex(c)) {
        if word.len() == 64 {
            starts.push(at);
        }
        at += word.len();
        at += text[at..].chars().next().map_or(0, char::len_utf8);
    }
    starts
}

#[test]
fn small_order_and_other_forms_of_elements_are_found_wherever_an_element_stands() {
    let (_, _, archive) = election();
    let records = read(&archive);
    let torsion = EIGHT_TORSION[1];
    // y = p + 1 and a sign on x = 0: two more ways to write the identity.
    let beyond = format!("7{}ee", "f".repeat(61));
    let signed = format!("8{}1", "0".repeat(62));
    let order_two = format!("7{}ec", "f".repeat(61));
    let mut tried = 0;
    for (index, record) in records.iter().enumerate() {
        let is_data = record.name.ends_with(".data.json");
        let refers = ["\"payload\"", "\"encrypted_tally\"", "\"trustees\""];
        if !is_data || refers.iter().any(|word| record.body.contains(word)) {
            continue;
        }
        for start in elements(&record.body) {
            let element = &record.body[start..start + 64];
            let point = Ed25519::element(element).expect("an honest element");
            let shifted = Ed25519::encode(&(point + torsion));
            for other in [
                &beyond,
                &signed,
                &order_two,
                &shifted,
                &element.to_uppercase(),
            ] {
                let mut body = record.body.clone();
                body.replace_range(start..start + 64, other);
                if body == record.body {
                    continue;
                }
                let report = verify(&forged(&records, index, &body));
                assert!(!report.is_valid(), "{element} became {other} in {body}");
                tried += 1;
            }
        }
    }
    assert!(tried > 200, "{tried}");
}

#[test]
fn an_election_key_under_which_nothing_is_encrypted_is_refused() {
    let (prepared, _, archive) = election();
    let records = read(&archive);
    let key = Ed25519::encode(prepared.election.key());
    let identity = Ed25519::encode(&Ed25519::identity());
    let body = records[1].body.replace(&key, &identity);
    assert_ne!(body, records[1].body);
    let report = verify(&forged(&records, 1, &body));
    assert_eq!(report.findings[0].code, "ELECTION_KEY");
}

/// Every way to swap two neighbours in a list.
pub(crate) fn swaps(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => {
            let within = (0..items.len()).flat_map(|index| {
                swaps(&items[index]).into_iter().map(move |changed| {
                    let mut copy = value.clone();
                    copy[index] = changed;
                    copy
                })
            });
            let here = (1..items.len()).filter(|index| items[*index] != items[index - 1]);
            let here = here.map(|index| {
                let mut copy = items.clone();
                copy.swap(index, index - 1);
                Value::Array(copy)
            });
            within.chain(here).collect()
        }
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, field)| {
                swaps(field).into_iter().map(move |changed| {
                    let mut copy = value.clone();
                    copy[name] = changed;
                    copy
                })
            })
            .collect(),
        _ => Vec::new(),
    }
}

#[test]
fn nothing_can_be_swapped_with_its_neighbour() {
    let (_, _, archive) = election();
    let records = read(&archive);
    let mut tried = 0;
    for (index, record) in records.iter().enumerate() {
        let value: Value = serde_json::from_str(&record.body).expect("json");
        // The order of the public list means nothing: a ballot names its credential.
        if value
            .as_array()
            .is_some_and(|list| list.iter().all(Value::is_string))
        {
            continue;
        }
        for swapped in swaps(&value) {
            // Fields in the order of the original, so that the lists alone differ.
            let body = ordered_as(&record.body, &swapped);
            assert!(
                !verify(&forged(&records, index, &body)).is_valid(),
                "{body}"
            );
            tried += 1;
        }
    }
    assert!(tried > 50, "{tried}");
}

/// The swapped value with its fields in canonical order, which all objects of a kind share.
pub(crate) fn ordered_as(original: &str, value: &Value) -> String {
    const ORDER: [&str; 41] = [
        "version",
        "description",
        "name",
        "group",
        "election_uuid",
        "election_hash",
        "credential",
        "answers",
        "blank",
        "min",
        "max",
        "choices",
        "alpha",
        "beta",
        "individual_proofs",
        "overall_proof",
        "blank_proof",
        "hash",
        "proof",
        "challenge",
        "response",
        "pok",
        "public_key",
        "questions",
        "question",
        "uuid",
        "administrator",
        "language",
        "threshold",
        "certs",
        "message",
        "coefexps",
        "signatures",
        "verification_keys",
        "signature",
        "decryption_factors",
        "decryption_proofs",
        "result",
        "owner",
        "payload",
        "height",
    ];
    fn write(value: &Value) -> String {
        match value {
            Value::Array(items) => {
                let items: Vec<_> = items.iter().map(write).collect();
                format!("[{}]", items.join(","))
            }
            Value::Object(fields) => {
                let place = |name: &str| ORDER.iter().position(|known| *known == name);
                // A trustee's name comes last, an election's first.
                let mut sorted: Vec<_> = fields.iter().collect();
                let named_last = fields.contains_key("pok");
                sorted.sort_by_key(|(name, _)| match name.as_str() {
                    "name" if named_last => Some(100),
                    name => place(name),
                });
                let fields: Vec<_> = sorted
                    .into_iter()
                    .map(|(name, field)| format!("\"{name}\":{}", write(field)))
                    .collect();
                format!("{{{}}}", fields.join(","))
            }
            leaf => leaf.to_string(),
        }
    }
    let honest: Value = serde_json::from_str(original).expect("json");
    assert_eq!(write(&honest), original);
    write(value)
}

#[test]
fn dropped_and_reordered_ballots_are_found_behind_a_repaired_chain() {
    let (_, _, archive) = election();
    let records = read(&archive);
    let ballots: Vec<usize> = (0..records.len())
        .filter(|index| records[*index].body.starts_with("{\"election_uuid\""))
        .collect();
    assert_eq!(ballots.len(), 3);
    // The first was replaced by the third: without it the count stays the same, and only an
    // older copy of the archive shows that it is gone.
    for (place, codes) in [
        (0, &[][..]),
        (1, &["TALLY", "NUM_TALLIED", "TOTAL_WEIGHT"]),
        (2, &["TALLY"]),
    ] {
        let mut dropped = records.clone();
        dropped.drain(ballots[place]..ballots[place] + 2);
        found(&rechained(dropped), codes);
    }
    // The voter's first ballot after the second: another one counts.
    let mut reordered = records.clone();
    reordered.swap(ballots[0], ballots[2]);
    reordered.swap(ballots[0] + 1, ballots[2] + 1);
    found(&rechained(reordered), &["TALLY"]);
    // Events that stand twice, each with its data.
    let events: Vec<usize> = (0..records.len())
        .filter(|index| records[*index].name.ends_with(".event.json"))
        .collect();
    for (event, before) in events.iter().zip([0].iter().chain(&events)) {
        let mut doubled = records.clone();
        let again = records[before + 1..=*event].to_vec();
        doubled.splice(event + 1..event + 1, again);
        assert!(!verify(&rechained(doubled)).is_valid(), "event at {event}");
        let mut dropped = records.clone();
        let gone: Vec<_> = dropped.drain(before + 1..=*event).collect();
        // Without its last event an archive is one that has not come to its end.
        let honest = gone[0] == records[ballots[0]] || *event + 1 == records.len();
        assert_eq!(
            verify(&rechained(dropped)).is_valid(),
            honest,
            "event at {event}"
        );
    }
}

#[test]
fn decryptions_of_others_are_not_taken() {
    let (_, _, archive) = election();
    let records = read(&archive);
    let owned: Vec<usize> = (0..records.len())
        .filter(|index| records[*index].body.starts_with("{\"owner\""))
        .collect();
    // A trustee's part under the name of another, of one that does not exist, of nobody.
    for owner in ["\"owner\":1", "\"owner\":3", "\"owner\":9", "\"owner\":0"] {
        for index in &owned {
            let (_, rest) = records[*index].body.split_once(',').expect("a payload");
            let body = format!("{{{owner},{rest}");
            if body != records[*index].body {
                assert!(
                    !verify(&forged(&records, *index, &body)).is_valid(),
                    "{body}"
                );
            }
        }
    }
    // Another election's parts, of the same trustee numbers.
    let (_, _, other) = election();
    let other = read(&other);
    for index in owned {
        let body = &other[index - 1].body;
        assert!(!verify(&forged(&records, index - 1, body)).is_valid());
    }
}

#[test]
fn padding_is_zero_behind_every_record() {
    let (_, _, archive) = election();
    let mut start = 0;
    let mut tried = 0;
    for piece in pieces(&archive) {
        let size = usize::from_str_radix(str::from_utf8(&piece[124..135]).expect("octal"), 8);
        let end = start + piece.len();
        let body = start + 512 + size.expect("octal");
        for place in [body, end - 1].into_iter().filter(|place| *place < end) {
            let mut hidden = archive.clone();
            if place < body || hidden[place] != 0 {
                continue;
            }
            hidden[place] = b'x';
            found(&hidden, &["PADDING"]);
            tried += 1;
        }
        start = end;
    }
    assert!(tried > 30, "{tried}");
}

#[test]
fn headers_of_other_kinds_of_tar_are_refused() {
    let (_, _, archive) = election();
    let first = &read(&archive)[0];
    let put = |at: usize, bytes: &'static [u8]| {
        move |block: &mut [u8]| block[at..at + bytes.len()].copy_from_slice(bytes)
    };
    type Change = Box<dyn FnOnce(&mut [u8])>;
    let changes: Vec<(&str, Change)> = vec![
        ("another mode", Box::new(put(100, b"0000755"))),
        ("an owner", Box::new(put(108, b"0000001"))),
        (
            "a size in base 256",
            Box::new(put(124, b"\x80\0\0\0\0\0\0\0\0\0\0\x2d")),
        ),
        ("a size with a space", Box::new(put(124, b" 0000000055"))),
        ("a negative size", Box::new(put(124, b"-0000000055"))),
        ("the largest size", Box::new(put(124, b"77777777777"))),
        ("no size", Box::new(put(124, b"\0\0\0\0\0\0\0\0\0\0\0"))),
        ("an old regular file", Box::new(put(156, b"\0"))),
        ("a hard link", Box::new(put(156, b"1"))),
        ("a symbolic link", Box::new(put(156, b"2"))),
        ("a folder", Box::new(put(156, b"5"))),
        ("an extended header", Box::new(put(156, b"x"))),
        ("a long name", Box::new(put(156, b"L"))),
        ("a link's aim", Box::new(put(157, b"/etc/passwd"))),
        ("another flavour", Box::new(put(257, b"ustar\0"))),
        ("a prefix", Box::new(put(345, b"sub"))),
        ("something behind the name", Box::new(put(60, b"x"))),
        ("a path", Box::new(put(0, b"./BELENIOS"))),
        ("a path upwards", Box::new(put(0, b"../BELENIOS"))),
        ("no name", Box::new(put(0, &[0; 8]))),
    ];
    assert_eq!(header("BELENIOS", first.body.len(), |_| ()), archive[..512]);
    for (what, change) in changes {
        let block = header("BELENIOS", first.body.len(), change);
        let report = verify(&[&block, &archive[512..]].concat());
        let code = report.findings.first().map(|finding| finding.code);
        let expected = if what == "the largest size" {
            "RECORD_TOO_LARGE"
        } else {
            "TAR_HEADER"
        };
        assert_eq!(code, Some(expected), "{what}");
    }
    // The right header with a wrong checksum.
    let mut wrong = archive.clone();
    wrong[148..154].copy_from_slice(b"000000");
    found(&wrong, &["TAR_HEADER"]);
    // The same data a second time under the same name.
    let mut records = read(&archive);
    records.insert(2, records[1].clone());
    assert_eq!(verify(&write(&records)).findings[0].code, "EVENT_DATA");
}

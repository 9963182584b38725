//! Classes of forged archives in BELENIOS-2048: we reject each of them, and belenios-tool
//! lets as many pass as `docs/referendum-verification.md` says.

use ballot::group::Belenios2048;
use ballot::verify::verify;
use serde_json::Value;

use crate::elections::{Plan, Prepared, UUID};
use crate::forging::{Record, forged, ordered_as, read, rechained, swaps};
use crate::tampering::{changes, rewrite};
use crate::tool::Tool;

/// Forged archives of one kind.
struct Class {
    name: &'static str,
    archives: Vec<Vec<u8>>,
    /// How many of them belenios-tool 2.0, 3.0 and 3.3 accept.
    passed_by_tool: [usize; 3],
}

fn election() -> Vec<Record> {
    let prepared = Prepared::<Belenios2048>::new(Plan::simple(2));
    let ballots = [
        prepared.cast(0, &[vec![0, 1, 0]]),
        prepared.cast(1, &[vec![1, 0, 0]]),
    ];
    read(&prepared.archive(&ballots).0)
}

/// What a record is, by what stands at its beginning.
fn kind(record: &Record) -> &'static str {
    const KINDS: [(&str, &str); 10] = [
        ("{\"version\":1,\"timestamp\"", "header"),
        ("{\"version\"", "election"),
        ("[[\"Single\"", "trustees"),
        ("[[{\"alpha\"", "encrypted tally"),
        ("[\"", "credentials"),
        ("{\"election_uuid\"", "ballot"),
        ("{\"num_tallied\"", "size of the tally"),
        ("{\"decryption_factors\"", "partial decryption"),
        ("{\"owner\"", "owner of a decryption"),
        ("{\"result\"", "result"),
    ];
    if record.name.ends_with(".event.json") {
        return "event";
    }
    let known = |(start, _): &&(&str, &str)| record.body.starts_with(start);
    KINDS.iter().find(known).map_or("setup", |(_, kind)| kind)
}

/// One digit or letter of one field changed, all digests made right.
fn changed(records: &[Record], which: &str) -> Vec<Vec<u8>> {
    let mut archives = Vec::new();
    for (index, record) in records.iter().enumerate() {
        if kind(record) != which {
            continue;
        }
        let value: Value = serde_json::from_str(&record.body).expect("json");
        for changed in changes(&value) {
            let body = rewrite(&record.body, &changed);
            // Nothing depends on what a trustee is called, and the digests are made right.
            let archive = forged(records, index, &body);
            if !body.contains("\"name\":\"選0\"") && read(&archive) != records {
                archives.push(archive);
            }
        }
    }
    archives
}

/// The prime of BELENIOS-2048, in decimal.
const PRIME: &str = "20694785691422546401013643657505008064922989295751104097100884787057374219242717401922237254497684338129066633138078958404960054389636289796393038773905722803605973749427671376777618898589872735865049081167099310535867780980030790491654063777173764198678527273474476341835600035698305193144284561701911000786737307333564123971732897913240474578834468260652327974647951137672658693582180046317922073668860052627186363386088796882120769432366149491002923444346373222145884100586421050242120365433561201320481118852408731077014151666200162313177169372189248078507711827842317498073276598828825169183103125680162072880719";

/// The sum of two numbers in decimal.
fn sum(a: &str, b: &str) -> String {
    let digits = |text: &str| {
        text.bytes()
            .rev()
            .map(|digit| digit - b'0')
            .collect::<Vec<_>>()
    };
    let (a, b) = (digits(a), digits(b));
    let (mut carry, mut out) = (0, Vec::new());
    for place in 0..=a.len().max(b.len()) {
        let digit = carry + a.get(place).unwrap_or(&0) + b.get(place).unwrap_or(&0);
        out.push(char::from(b'0' + digit % 10));
        carry = digit / 10;
    }
    while out.last() == Some(&'0') {
        out.pop();
    }
    out.into_iter().rev().collect()
}

/// The difference of a prime and a smaller number, in decimal.
fn from_prime(number: &str) -> String {
    // The complement to nines, added, and the one that leads carried round.
    let padded = format!("{number:0>width$}", width = PRIME.len());
    let nines: String = padded
        .bytes()
        .map(|digit| char::from(b'0' + b'9' - digit))
        .collect();
    sum(&sum(PRIME, &nines)[1..], "1")
}

/// Every element written as another number, all digests made right.
fn elements(records: &[Record], other: fn(&str) -> String) -> Vec<Vec<u8>> {
    let mut archives = Vec::new();
    for (index, record) in records.iter().enumerate() {
        if record.name.ends_with(".event.json") || kind(record) == "setup" {
            continue;
        }
        let mut from = 0;
        for word in record.body.split(|c: char| !c.is_ascii_digit()) {
            // An exponent has up to 78 digits, an element more than 500.
            if word.len() > 500 {
                let mut body = record.body.clone();
                body.replace_range(from..from + word.len(), &other(word));
                archives.push(forged(records, index, &body));
            }
            from += word.len();
            from += record.body[from..].chars().next().map_or(0, char::len_utf8);
        }
    }
    archives
}

fn swapped(records: &[Record]) -> Vec<Vec<u8>> {
    let mut archives = Vec::new();
    for (index, record) in records.iter().enumerate() {
        // The order of the public list means nothing.
        if kind(record) == "credentials" {
            continue;
        }
        let value: Value = serde_json::from_str(&record.body).expect("json");
        for swapped in swaps(&value) {
            let body = ordered_as(&record.body, &swapped);
            archives.push(forged(records, index, &body));
        }
    }
    archives
}

/// Each event with its data left out, or there twice, behind a repaired chain.
fn events(records: &[Record], twice: bool) -> Vec<Vec<u8>> {
    let ends: Vec<_> = (0..records.len())
        .filter(|index| records[*index].name.ends_with(".event.json"))
        .collect();
    let mut archives = Vec::new();
    for (end, before) in ends.iter().zip([0].iter().chain(&ends)) {
        let mut list = records.to_vec();
        let event = list.drain(before + 1..=*end).collect::<Vec<_>>();
        if twice {
            for _ in 0..2 {
                list.splice(before + 1..before + 1, event.clone());
            }
        } else if *end + 1 == records.len() {
            // Without its last event an archive is one that has not come to its end.
            continue;
        }
        archives.push(rechained(list));
    }
    archives
}

/// Parts of another election with the same voters' names, wording and address.
fn of_another_election(records: &[Record], which: &str) -> Vec<Vec<u8>> {
    let other = election();
    let places = |list: &[Record]| -> Vec<usize> {
        (0..list.len())
            .filter(|index| kind(&list[*index]) == which)
            .collect()
    };
    let pairs = places(records).into_iter().zip(places(&other));
    pairs
        .map(|(place, there)| forged(records, place, &other[there].body))
        .collect()
}

/// Ballots in which one answer's proofs stand under another voter's credential.
fn reused(records: &[Record]) -> Vec<Vec<u8>> {
    let ballots: Vec<_> = (0..records.len())
        .filter(|index| kind(&records[*index]) == "ballot")
        .collect();
    let value =
        |index: usize| -> Value { serde_json::from_str(&records[index].body).expect("a ballot") };
    let (first, second) = (ballots[0], ballots[1]);
    ["answers", "signature", "credential"]
        .into_iter()
        .map(|field| {
            let mut mixed = value(second);
            mixed[field] = value(first)[field].clone();
            forged(records, second, &rewrite(&records[second].body, &mixed))
        })
        .collect()
}

fn classes() -> Vec<Class> {
    let records = election();
    let class = |name, archives, passed_by_tool| Class {
        name,
        archives,
        passed_by_tool,
    };
    vec![
        class("election", changed(&records, "election"), [0; 3]),
        class("trustees", changed(&records, "trustees"), [0; 3]),
        class("credentials", changed(&records, "credentials"), [0; 3]),
        class("ballots", changed(&records, "ballot"), [0; 3]),
        class(
            "encrypted tally",
            changed(&records, "encrypted tally"),
            [6, 0, 0],
        ),
        class(
            "size of the tally",
            changed(&records, "size of the tally"),
            [2, 2, 2],
        ),
        class(
            "partial decryption",
            changed(&records, "partial decryption"),
            [0; 3],
        ),
        class(
            "owner of a decryption",
            changed(&records, "owner of a decryption"),
            [0; 3],
        ),
        class("result", changed(&records, "result"), [0; 3]),
        class("events", changed(&records, "event"), [0; 3]),
        class(
            "leading zero",
            elements(&records, |element| format!("0{element}")),
            [12, 12, 6],
        ),
        class(
            "prime added",
            elements(&records, |element| sum(element, PRIME)),
            [6, 0, 0],
        ),
        class(
            "outside the subgroup",
            elements(&records, from_prime),
            [6, 0, 0],
        ),
        class("zero", elements(&records, |_| "0".to_owned()), [6, 0, 0]),
        class("swapped neighbours", swapped(&records), [2, 0, 0]),
        class("event left out", events(&records, false), [2, 3, 1]),
        class("event twice", events(&records, true), [7, 5, 5]),
        class(
            "ballot of another election",
            of_another_election(&records, "ballot"),
            [0; 3],
        ),
        class(
            "decryption of another election",
            of_another_election(&records, "partial decryption"),
            [0; 3],
        ),
        class("reused proofs", reused(&records), [0; 3]),
    ]
}

#[test]
fn of_each_class_the_tool_lets_as_many_pass_as_documented() {
    let tool = Tool::find().and_then(|tool| Some((tool.column()?, tool)));
    let mut differing = Vec::new();
    for Class {
        name,
        archives,
        passed_by_tool,
    } in classes()
    {
        assert!(!archives.is_empty(), "{name}");
        for archive in &archives {
            assert!(!verify(archive).is_valid(), "{name}");
        }
        if let Some((column, tool)) = &tool {
            let passes = |archive: &&Vec<u8>| tool.verifies(archive, UUID).is_ok();
            let passed = archives.iter().filter(passes).count();
            if passed != passed_by_tool[*column] {
                differing.push(format!("{name}: {passed} of {}", archives.len()));
            }
        }
    }
    assert_eq!(
        differing, [""; 0],
        "belenios-tool answers differently from the table"
    );
}

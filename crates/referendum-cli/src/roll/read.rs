//! From bytes to rows.

use std::collections::BTreeMap;

use encoding_rs::SHIFT_JIS;
use unicode_normalization::UnicodeNormalization;

use super::{Column, EligibleVoter, check};
use crate::problem::{RollFault, RollProblem};

/// Reads the roll. `mapping` says which header means which column (`name=お名前`); the other
/// columns are recognised by their headers. All that is wrong is returned.
pub(crate) fn read(
    bytes: &[u8],
    mapping: &[String],
) -> Result<Vec<EligibleVoter>, Vec<RollProblem>> {
    let text = decode(bytes).ok_or_else(|| vec![RollProblem::Encoding])?;
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let headers: Vec<String> = match reader.headers() {
        Ok(headers) => headers.iter().map(str::to_owned).collect(),
        Err(_) => return Err(vec![RollProblem::Encoding]),
    };
    let places = columns(&headers, mapping)?;
    let mut voters = Vec::new();
    let mut problems = Vec::new();
    // The text is UTF-8 and rows may have any length, so no record fails.
    for record in reader.records().flatten() {
        // Line breaks inside fields are refused, so up to the first fault lines are rows.
        let row = record.position().map_or(0, csv::Position::line);
        if record.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        if record.len() != headers.len() {
            let (expected, found) = (headers.len() as u64, record.len() as u64);
            let fault = RollFault::Fields { expected, found };
            problems.push(RollProblem::Row { row, fault });
            continue;
        }
        let field = |column: Column| {
            let place = places.get(&column)?;
            record.get(*place).map(tidy).filter(|text| !text.is_empty())
        };
        match voter(row, voters.len(), field) {
            Ok(voter) => voters.push(voter),
            Err(faults) => {
                problems.extend(
                    faults
                        .into_iter()
                        .map(|fault| RollProblem::Row { row, fault }),
                );
            }
        }
    }
    problems.extend(check::check(&voters));
    if voters.is_empty() && problems.is_empty() {
        problems.push(RollProblem::Empty);
    }
    problems.sort_by_key(|problem| match problem {
        RollProblem::Row { row, .. } => *row,
        _ => u64::MAX,
    });
    if problems.is_empty() {
        Ok(voters)
    } else {
        Err(problems)
    }
}

/// UTF-8 with or without a mark, else the Shift_JIS of Windows.
fn decode(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = str::from_utf8(bytes) {
        return Some(text.to_owned());
    }
    let (text, malformed) = SHIFT_JIS.decode_without_bom_handling(bytes);
    (!malformed).then(|| text.into_owned())
}

/// One space between words, none around.
fn tidy(text: &str) -> String {
    text.split([' ', '\u{3000}', '\t'])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A header with width, case and spaces evened out.
fn even(header: &str) -> String {
    header
        .nfkc()
        .filter(|letter| !letter.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Where each column stands.
fn columns(
    headers: &[String],
    mapping: &[String],
) -> Result<BTreeMap<Column, usize>, Vec<RollProblem>> {
    let mut places = BTreeMap::new();
    let mut problems = Vec::new();
    for given in mapping {
        let misunderstood = || RollProblem::ColumnMapping {
            given: given.clone(),
        };
        let place = given.split_once('=').and_then(|(field, header)| {
            let column = Column::ALL
                .into_iter()
                .find(|column| column.en() == field)?;
            let place = headers
                .iter()
                .position(|found| even(found) == even(header))?;
            Some((column, place))
        });
        match place {
            Some((column, place)) => drop(places.insert(column, place)),
            None => problems.push(misunderstood()),
        }
    }
    for column in Column::ALL {
        if places.contains_key(&column) {
            continue;
        }
        let known: Vec<String> = column.headers().iter().map(|header| even(header)).collect();
        let found: Vec<usize> = headers
            .iter()
            .enumerate()
            .filter(|(_, header)| known.contains(&even(header)))
            .map(|(place, _)| place)
            .collect();
        match *found {
            [] => (),
            [place] => drop(places.insert(column, place)),
            _ => {
                let headers = found
                    .iter()
                    .filter_map(|place| headers.get(*place))
                    .cloned();
                problems.push(RollProblem::ColumnTwice {
                    column,
                    headers: headers.collect(),
                });
            }
        }
    }
    let missing: Vec<Column> = Column::REQUIRED
        .into_iter()
        .filter(|column| !places.contains_key(column))
        .collect();
    if !missing.is_empty() && problems.is_empty() {
        problems.push(RollProblem::ColumnsMissing {
            columns: missing,
            headers: headers.to_vec(),
        });
    }
    if problems.is_empty() {
        Ok(places)
    } else {
        Err(problems)
    }
}

/// The heaviest voter.
const HEAVIEST: u64 = 1_000_000;

fn voter(
    row: u64,
    before: usize,
    field: impl Fn(Column) -> Option<String>,
) -> Result<EligibleVoter, Vec<RollFault>> {
    let mut faults = Vec::new();
    let mut required = |column| {
        field(column).unwrap_or_else(|| {
            faults.push(RollFault::Missing { column });
            String::new()
        })
    };
    let name = required(Column::Name);
    let kana = required(Column::Kana);
    let ward = required(Column::Ward);
    let polling_place = required(Column::PollingPlace);
    let optional = |column| field(column).unwrap_or_default();
    let (address, birth) = (optional(Column::Address), optional(Column::Birth));
    let number = field(Column::Number).unwrap_or_else(|| (before + 1).to_string());
    let weight = field(Column::Weight).map(|text| {
        let digits: String = text.nfkc().collect();
        let weight = digits
            .parse()
            .ok()
            .filter(|weight| (1..=HEAVIEST).contains(weight));
        weight.ok_or(RollFault::Weight { found: text })
    });
    let weight = weight.transpose().unwrap_or_else(|fault| {
        faults.push(fault);
        None
    });
    let unreadable = |text: &String| text.contains(|c: char| c.is_control() || c == '\u{fffd}');
    if [
        &number,
        &name,
        &kana,
        &address,
        &ward,
        &polling_place,
        &birth,
    ]
    .into_iter()
    .any(unreadable)
    {
        faults.push(RollFault::Unreadable);
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(EligibleVoter {
        row,
        number,
        name,
        kana,
        address,
        ward,
        polling_place,
        birth,
        weight,
    })
}

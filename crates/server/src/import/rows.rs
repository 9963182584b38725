//! Rows of a file, as opinions or as what is wrong with them. Pure: what it
//! gives follows from the text alone.

use domain::{LegalDate, WardCode, ward::WARDS};
use sha2::{Digest, Sha256};
use ulid::Ulid;
use unicode_normalization::UnicodeNormalization;

use super::columns::{Columns, ColumnsError, Field};

/// The longest opinion, in characters, as the server takes it.
const LONGEST_OPINION: usize = 20_000;
/// The longest line of a form, in characters.
const LONGEST_LINE: usize = 200;

/// How an opinion came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Channel {
    /// E-mail.
    Email,
    /// Fax.
    Fax,
    /// Post.
    Post,
    /// At the counter.
    InPerson,
    /// On the web.
    Web,
}

impl Channel {
    /// Its name in GraphQL.
    pub fn word(self) -> &'static str {
        match self {
            Self::Email => "EMAIL",
            Self::Fax => "FAX",
            Self::Post => "POST",
            Self::InPerson => "IN_PERSON",
            Self::Web => "WEB",
        }
    }

    /// Reads how an opinion came, as people write it.
    pub fn read(text: &str) -> Option<Self> {
        let text = normal(text);
        [
            (
                Self::Email,
                &["email", "e-mail", "mail", "メール", "電子メール"][..],
            ),
            (
                Self::Fax,
                &["fax", "ファクス", "ファックス", "ファクシミリ"],
            ),
            (Self::Post, &["post", "郵送", "郵便", "はがき", "手紙"]),
            (Self::InPerson, &["in_person", "持参", "窓口", "counter"]),
            (
                Self::Web,
                &[
                    "web",
                    "ウェブ",
                    "フォーム",
                    "専用フォーム",
                    "電子申請",
                    "インターネット",
                ],
            ),
        ]
        .into_iter()
        .find(|(_, words)| words.contains(&text.as_str()))
        .map(|(channel, _)| channel)
    }
}

/// What holds for rows that do not say it themselves.
#[derive(Clone, Copy, Debug)]
pub struct Defaults {
    /// How they came.
    pub channel: Option<Channel>,
    /// The day on which they reached the city.
    pub received_on: Option<LegalDate>,
}

/// An opinion to enter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number, as a spreadsheet shows it: the headers are row 1.
    pub number: usize,
    /// What is said.
    pub body: String,
    /// The passage that it speaks of.
    pub passage: Option<String>,
    /// How it came.
    pub channel: Channel,
    /// The day on which it reached the city.
    pub received_on: LegalDate,
    /// The day of the postmark.
    pub postmarked_on: Option<LegalDate>,
    /// The kind of submitter, as its name in GraphQL.
    pub kind: &'static str,
    /// 氏名.
    pub name: Option<String>,
    /// ふりがな.
    pub kana: Option<String>,
    /// 住所.
    pub address: Option<String>,
    /// 連絡先.
    pub contact: Option<String>,
    /// 区.
    pub ward: Option<WardCode>,
}

/// A row that cannot be entered, and why.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct BadRow {
    /// Its number, as a spreadsheet shows it.
    pub row: usize,
    /// Why, for programs.
    pub code: &'static str,
    /// Why, and what to do.
    pub reason: String,
}

/// A file, read.
#[derive(Clone, Debug)]
pub struct Table {
    /// Which column holds what.
    pub columns: Columns,
    /// The opinions.
    pub rows: Vec<Row>,
    /// The rows that are none.
    pub bad: Vec<BadRow>,
    digest: [u8; 32],
}

/// Why a file cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// Its columns cannot be told apart.
    #[error(transparent)]
    Columns(#[from] ColumnsError),
    /// It is no CSV.
    #[error("CSVとして読めません: {0} / this is no CSV: {0}")]
    Csv(#[from] csv::Error),
    /// A quotation mark that is not closed would swallow all rows after it.
    #[error(
        "引用符（\"）が閉じていないところがあります / a quotation mark is opened and never closed"
    )]
    Unclosed,
}

impl Table {
    /// Reads a file.
    pub fn read(text: &str, maps: &[String], defaults: Defaults) -> Result<Self, TableError> {
        if text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 {
            return Err(TableError::Unclosed);
        }
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .has_headers(false)
            .from_reader(text.as_bytes());
        let mut records = reader.records();
        let headers = records.next().ok_or(ColumnsError::NoHeaders)??;
        let columns = Columns::find(&headers.iter().collect::<Vec<_>>(), maps)?;
        let (mut rows, mut bad) = (Vec::new(), Vec::new());
        for (index, record) in records.enumerate() {
            let record = record?;
            let number = index + 2;
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            match row(number, &record, &columns, defaults) {
                Ok(row) => rows.push(row),
                Err((code, reason)) => bad.push(BadRow {
                    row: number,
                    code,
                    reason,
                }),
            }
        }
        Ok(Self {
            columns,
            rows,
            bad,
            digest: Sha256::digest(text.as_bytes()).into(),
        })
    }

    /// The id of the command that enters a row. It follows from the case, the
    /// text of the file and the number of the row: however often a file is
    /// imported, in whichever encoding, each row is entered once.
    pub fn command_id(&self, case: &str, row: &Row) -> Ulid {
        let mut hash = Sha256::new();
        hash.update(b"hiroba/import/v1\n");
        hash.update(case);
        hash.update(b"\n");
        hash.update(self.digest);
        hash.update((row.number as u64).to_be_bytes());
        let digest: [u8; 32] = hash.finalize().into();
        let (half, _) = digest.split_at(16);
        Ulid(
            half.iter()
                .fold(0, |number, byte| (number << 8) | u128::from(*byte)),
        )
    }
}

type Wrong = (&'static str, String);

fn row(
    number: usize,
    record: &csv::StringRecord,
    columns: &Columns,
    defaults: Defaults,
) -> Result<Row, Wrong> {
    if record.len() != columns.width() {
        let (found, expected) = (record.len(), columns.width());
        return Err((
            "COLUMN_COUNT",
            format!(
                "列が{found}個あります（見出しは{expected}個） / {found} columns, the headers have {expected}"
            ),
        ));
    }
    let cell = |field| {
        let place = columns.place(field)?;
        let text = record.get(place)?.trim();
        (!text.is_empty()).then_some(text)
    };
    let line = |field: Field| match cell(field) {
        Some(text) if text.chars().count() > LONGEST_LINE => Err((
            "LINE_TOO_LONG",
            format!(
                "{}は{LONGEST_LINE}文字までです / at most {LONGEST_LINE} characters",
                field.word()
            ),
        )),
        text => Ok(text.map(str::to_owned)),
    };
    let day = |field: Field| match cell(field) {
        None => Ok(None),
        Some(text) => self::day(text).map(Some).ok_or_else(|| {
            let text: String = text.chars().take(40).collect();
            let word = field.word();
            (
                "DAY_UNREADABLE",
                format!(
                    "{word}「{text}」は2026-04-01の形で書いてください / write {word} as 2026-04-01"
                ),
            )
        }),
    };
    let body = cell(Field::Body).ok_or_else(|| {
        (
            "OPINION_EMPTY",
            "意見が空です / the opinion is empty".to_owned(),
        )
    })?;
    if body.chars().count() > LONGEST_OPINION {
        return Err((
            "OPINION_TOO_LONG",
            format!(
                "意見は{LONGEST_OPINION}文字までです / an opinion has at most {LONGEST_OPINION} characters"
            ),
        ));
    }
    // A source that is no channel says where the text comes from, as in the
    // contract of 広聴AI.
    let channel = cell(Field::Channel)
        .and_then(Channel::read)
        .or(defaults.channel);
    let channel = channel.ok_or_else(|| {
        (
            "CHANNEL_UNKNOWN",
            "提出方法が分かりません。郵送・FAX・メール・持参のいずれかを書くか、--channelで指定してください / it is not clear how it came: write it in the row, or give --channel".to_owned(),
        )
    })?;
    let received_on = day(Field::Received)?.or(defaults.received_on).ok_or_else(|| {
        (
            "DAY_MISSING",
            "受付日がありません。列に書くか、--received-onで指定してください / the day of receipt is missing: write it in the row, or give --received-on".to_owned(),
        )
    })?;
    Ok(Row {
        number,
        body: body.to_owned(),
        passage: line(Field::Passage)?,
        channel,
        received_on,
        postmarked_on: day(Field::Postmarked)?,
        kind: kind(cell(Field::Kind))?,
        name: line(Field::Name)?,
        kana: line(Field::Kana)?,
        address: line(Field::Address)?,
        contact: line(Field::Contact)?,
        ward: ward(cell(Field::Ward))?,
    })
}

fn day(text: &str) -> Option<LegalDate> {
    let text: String = normal(text).replace(['/', '.', '年', '月'], "-");
    let mut parts = text.trim_end_matches('日').splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    // A time after the day does not matter.
    let day = day.split(['t', ' ']).next()?;
    let two = |part: &str| {
        let digits = matches!(part.len(), 1 | 2) && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| format!("{part:0>2}"))
    };
    format!("{year}-{}-{}", two(month)?, two(day)?).parse().ok()
}

fn kind(text: Option<&str>) -> Result<&'static str, Wrong> {
    match text.map(normal).as_deref() {
        None | Some("個人" | "individual") => Ok("INDIVIDUAL"),
        Some("法人" | "企業" | "事業者" | "corporation") => Ok("CORPORATION"),
        Some("団体" | "group") => Ok("GROUP"),
        Some(_) => Err((
            "KIND_UNKNOWN",
            "提出者区分は個人・法人・団体のいずれかです / the kind of submitter is individual, corporation or group".to_owned(),
        )),
    }
}

fn ward(text: Option<&str>) -> Result<Option<WardCode>, Wrong> {
    let Some(text) = text.map(normal) else {
        return Ok(None);
    };
    let known = WARDS.iter().find(|ward| {
        let name = ward.name(domain::Language::Ja);
        name == text || name.trim_end_matches('区') == text
    });
    match known {
        Some(ward) => Ok(Some(ward.code())),
        None => text.parse().map(Some).map_err(|_| {
            (
                "WARD_UNKNOWN",
                "区は区名か、検査数字付きの6桁のコードで書いてください / write the ward by its name or its code of six digits".to_owned(),
            )
        }),
    }
}

fn normal(text: &str) -> String {
    text.nfkc().collect::<String>().trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defaults() -> Defaults {
        Defaults {
            channel: Some(Channel::Email),
            received_on: Some("2026-05-20".parse().unwrap()),
        }
    }

    fn read(text: &str) -> Table {
        Table::read(text, &[], defaults()).unwrap()
    }

    #[test]
    fn rows_are_read_as_people_write_them() {
        let table = read(
            "意見,氏名,区,提出方法,受付日,提出者区分\r\n\"一行目\n二行目\",川崎　花子,幸区,ＦＡＸ,2026/5/7,\r\n,,,,,\r\n道が狭い,,141330,,令和8年,\r\n道が狭い,株式会社,なし,郵送,2026年5月7日,法人\r\n道が狭い,株式会社,中原,郵送,2026年5月7日,法人\r\n",
        );
        assert_eq!(
            table
                .bad
                .iter()
                .map(|bad| (bad.row, bad.code))
                .collect::<Vec<_>>(),
            [(4, "DAY_UNREADABLE"), (5, "WARD_UNKNOWN"),]
        );
        let [first, last] = table.rows.as_slice() else {
            panic!("{:?}", table.rows)
        };
        assert_eq!((first.number, first.body.as_str()), (2, "一行目\n二行目"));
        assert_eq!(
            (first.channel, first.received_on.to_string()),
            (Channel::Fax, "2026-05-07".into())
        );
        assert_eq!(first.ward.unwrap().to_string(), "141321");
        assert_eq!(
            (last.number, last.kind, last.channel),
            (6, "CORPORATION", Channel::Post)
        );
    }

    #[test]
    fn what_is_wrong_with_a_row_is_said_with_its_number() {
        let long = "あ".repeat(LONGEST_OPINION + 1);
        let name = "あ".repeat(LONGEST_LINE + 1);
        let table = read(&format!(
            "意見,氏名\n意見だけ\n ,花子\n{long},\nよい,{name}\nよい,花子\n"
        ));
        let codes: Vec<_> = table.bad.iter().map(|bad| (bad.row, bad.code)).collect();
        assert_eq!(
            codes,
            [
                (2, "COLUMN_COUNT"),
                (3, "OPINION_EMPTY"),
                (4, "OPINION_TOO_LONG"),
                (5, "LINE_TOO_LONG"),
            ]
        );
        assert_eq!(table.rows.len(), 1);
        let bare = Defaults {
            channel: None,
            received_on: None,
        };
        let table = Table::read(
            "意見,source\nよい,https://example.jp\nよい,メール\n",
            &[],
            bare,
        )
        .unwrap();
        let codes: Vec<_> = table.bad.iter().map(|bad| bad.code).collect();
        assert_eq!(codes, ["CHANNEL_UNKNOWN", "DAY_MISSING"]);
    }

    #[test]
    fn a_file_that_is_none_is_refused_as_a_whole() {
        for text in ["", "意見\n\"開いたまま\nよい\n", "題名\nよい\n"] {
            assert!(Table::read(text, &[], defaults()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_row_has_one_command_for_good() {
        let table = read("意見\nよい\nよい\n");
        let again = read("意見\nよい\nよい\n");
        let other = read("意見\nよい\nよい\nよい\n");
        let ids = |table: &Table, case: &str| -> Vec<_> {
            table
                .rows
                .iter()
                .map(|row| table.command_id(case, row))
                .collect()
        };
        assert_eq!(ids(&table, "case_a"), ids(&again, "case_a"));
        let mut all = [
            ids(&table, "case_a"),
            ids(&table, "case_b"),
            ids(&other, "case_a"),
        ]
        .concat();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 7);
    }

    /// The page reads the same file (`staff.test.ts`): whichever of the two
    /// imports a row, it is the same command with the same content.
    #[test]
    fn the_page_and_the_program_read_files_alike() {
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        struct File {
            what: String,
            text: String,
            channel: Option<String>,
            received_on: Option<LegalDate>,
            refused: bool,
            rows: Vec<serde_json::Value>,
            bad: Vec<(usize, String)>,
        }
        #[derive(serde::Deserialize)]
        struct Vectors {
            case: String,
            files: Vec<File>,
        }
        let vectors: Vectors = serde_json::from_str(include_str!("vectors.json")).unwrap();
        for file in vectors.files {
            let defaults = Defaults {
                channel: file.channel.as_deref().and_then(Channel::read),
                received_on: file.received_on,
            };
            let table = match Table::read(&file.text, &[], defaults) {
                Ok(table) => table,
                Err(error) => {
                    assert!(file.refused, "{}: {error}", file.what);
                    continue;
                }
            };
            assert!(!file.refused, "{}", file.what);
            let rows = table.rows.iter().map(|row| {
                serde_json::json!({
                    "row": row.number,
                    "command": table.command_id(&vectors.case, row).to_string(),
                    "body": row.body,
                    "passage": row.passage,
                    "channel": row.channel.word(),
                    "receivedOn": row.received_on.to_string(),
                    "postmarkedOn": row.postmarked_on.map(|day| day.to_string()),
                    "kind": row.kind,
                    "name": row.name,
                    "kana": row.kana,
                    "address": row.address,
                    "contact": row.contact,
                    "ward": row.ward.map(|ward| ward.to_string()),
                })
            });
            assert_eq!(rows.collect::<Vec<_>>(), file.rows, "{}", file.what);
            let bad = table.bad.iter().map(|bad| (bad.row, bad.code.to_owned()));
            assert_eq!(bad.collect::<Vec<_>>(), file.bad, "{}", file.what);
        }
    }

    proptest::proptest! {
        #[test]
        fn every_row_is_read_or_said_to_be_bad(text in "[意見氏名,\"\n\ra=あ]{0,60}") {
            let headed = format!("意見,氏名\n{text}");
            if let Ok(table) = Table::read(&headed, &[], defaults()) {
                let mut numbers: Vec<_> = table.rows.iter().map(|row| row.number).collect();
                numbers.extend(table.bad.iter().map(|bad| bad.row));
                let count = numbers.len();
                numbers.sort_unstable();
                numbers.dedup();
                proptest::prop_assert_eq!(numbers.len(), count);
            }
        }
    }
}

//! Problems with the roll of eligible voters.

use std::path::PathBuf;

use crate::roll::Column;
use crate::text::{Text, list, text};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RollProblem {
    Encoding,
    ColumnMapping {
        given: String,
    },
    ColumnTwice {
        column: Column,
        headers: Vec<String>,
    },
    ColumnsMissing {
        columns: Vec<Column>,
        headers: Vec<String>,
    },
    Empty,
    Row {
        row: u64,
        fault: RollFault,
    },
    TooHeavy,
    OtherRoll {
        path: PathBuf,
    },
    WeightsMixed,
}

/// What is wrong with one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RollFault {
    Fields { expected: u64, found: u64 },
    Missing { column: Column },
    Unreadable,
    Weight { found: String },
    NumberTwice { number: String, first: u64 },
    PersonTwice { first: u64 },
}

impl RollProblem {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Encoding => "ROLL_ENCODING",
            Self::ColumnMapping { .. } => "ROLL_COLUMN_MAPPING",
            Self::ColumnTwice { .. } => "ROLL_COLUMN_TWICE",
            Self::ColumnsMissing { .. } => "ROLL_COLUMN_MISSING",
            Self::Empty => "ROLL_EMPTY",
            Self::TooHeavy => "ROLL_WEIGHT_SUM",
            Self::OtherRoll { .. } => "ROLL_CHANGED",
            Self::WeightsMixed => "ROLL_WEIGHTS_MIXED",
            Self::Row { fault, .. } => match fault {
                RollFault::Fields { .. } => "ROLL_ROW_MALFORMED",
                RollFault::Missing { .. } => "ROLL_FIELD_EMPTY",
                RollFault::Unreadable => "ROLL_FIELD_UNREADABLE",
                RollFault::Weight { .. } => "ROLL_WEIGHT",
                RollFault::NumberTwice { .. } => "ROLL_DUPLICATE_NUMBER",
                RollFault::PersonTwice { .. } => "ROLL_DUPLICATE_PERSON",
            },
        }
    }

    pub(super) fn text(&self) -> Text {
        match self {
            Self::Encoding => text!(
                "名簿の文字コードが UTF-8 でも CP932（Shift_JIS）でもありません。表計算ソフトで「CSV UTF-8」として保存し直してください。",
                "The roll is neither UTF-8 nor CP932 (Shift_JIS). Save it again as \"CSV UTF-8\" in the spreadsheet."
            ),
            Self::ColumnMapping { given } => text!(
                "--column {given} を理解できません。「name=お名前」のように、項目と見出しを = でつないでください。項目は number, name, kana, address, ward, polling-place, birth, weight です。",
                "--column {given} is not understood. Join field and header with =, as in name=Voter. The fields are number, name, kana, address, ward, polling-place, birth, weight."
            ),
            Self::ColumnTwice { column, headers } => {
                let (ja, en, headers) = (column.ja(), column.en(), list(headers));
                text!(
                    "「{ja}」と読める列が二つ以上あります（{headers}）。--column {en}=見出し で一つを指定してください。",
                    "Several columns could be \"{en}\" ({headers}). Choose one with --column {en}=HEADER."
                )
            }
            Self::ColumnsMissing { columns, headers } => {
                let ja = list(columns.iter().map(|column| column.ja()));
                let en = list(columns.iter().map(|column| column.en()));
                let headers = list(headers);
                text!(
                    "名簿に必要な列がありません: {ja}。見出しは {headers} です。見出しを直すか、--column {en}=見出し で対応を指定してください。",
                    "The roll lacks columns: {en}. Its headers are {headers}. Correct the headers, or map them with --column FIELD=HEADER."
                )
            }
            Self::Empty => text!(
                "名簿に投票資格者が一人もいません。見出しの下に一人一行で書いてください。",
                "The roll has no eligible voters. Write one row a person below the headers."
            ),
            Self::TooHeavy => text!(
                "重みの合計が大きすぎて開票の計算が終わりません。合計を 1,000,000,000,000 以下にしてください。",
                "The weights add up to more than a count can decode. Keep their sum at or below 1,000,000,000,000."
            ),
            Self::OtherRoll { path } => {
                let path = path.display();
                text!(
                    "{path} は別の名簿か別の住民投票から作られています。名簿を直したときは、まだ券を配っていないことを確かめ、新しいフォルダーに作り直してください。",
                    "{path} was made from another roll or for another referendum. If the roll was corrected, make sure that no card has left the house, and start again in a new folder."
                )
            }
            Self::WeightsMixed => text!(
                "重みの列がありますが、ある行とない行が混ざっています。全員に書くか、列を消してください。",
                "Some rows have a weight and some have none. Give everybody one, or remove the column."
            ),
            Self::Row { row, fault } => {
                let Text { ja, en } = fault.text();
                text!("{row} 行目: {ja}", "Row {row}: {en}")
            }
        }
    }
}

impl RollFault {
    fn text(&self) -> Text {
        match self {
            Self::Fields { expected, found } => text!(
                "項目が {found} 個あります（見出しは {expected} 個）。住所などに含まれるコンマや引用符で行がずれていないか確かめてください。",
                "It has {found} fields; the header has {expected}. Look for commas or quotes inside a field."
            ),
            Self::Missing { column } => {
                let (ja, en) = (column.ja(), column.en());
                text!(
                    "「{ja}」が空です。記入してください。",
                    "\"{en}\" is empty. Fill it in."
                )
            }
            Self::Unreadable => text!(
                "読めない文字（文字化け、改行、制御文字）があります。外字は使える字に置き換えてください。",
                "It holds characters that cannot be read (garbled, line breaks, controls). Replace private characters by readable ones."
            ),
            Self::Weight { found } => text!(
                "重み「{found}」は 1 以上 1,000,000 以下の整数ではありません。",
                "The weight \"{found}\" is not a whole number between 1 and 1,000,000."
            ),
            Self::NumberTwice { number, first } => text!(
                "番号 {number} は {first} 行目と同じです。どちらかを直してください。",
                "The number {number} stands in row {first} too. Correct one of them."
            ),
            Self::PersonTwice { first } => text!(
                "{first} 行目と同じ人です（氏名・ふりがな・住所が一致）。一方を消してください。別人なら生年月日の列を足してください。",
                "It is the person of row {first} (same name, reading and address). Remove one row; if they are two people, add a column with the date of birth."
            ),
        }
    }
}

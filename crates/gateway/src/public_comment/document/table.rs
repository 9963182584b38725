//! Tables for spreadsheets.

use domain::Language;
use encoding_rs::{EncoderResult, SHIFT_JIS};

use super::sheet::Sheet;
use crate::http::ApiError;

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// UTF-8 with a byte order mark: without it, spreadsheets guess wrong.
    Utf8,
    /// Shift_JIS as Windows writes it.
    Cp932,
}

impl Encoding {
    pub(super) fn read(name: Option<&str>) -> Result<Self, ApiError> {
        match name {
            None | Some("utf-8") => Ok(Self::Utf8),
            Some("cp932") => Ok(Self::Cp932),
            Some(_) => Err(ApiError::bad_input(
                "encodingはutf-8かcp932です",
                "encoding is utf-8 or cp932",
            )),
        }
    }

    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Utf8 => "text/csv; charset=utf-8",
            Self::Cp932 => "text/csv; charset=shift_jis",
        }
    }

    pub(super) fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Self::Utf8 => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            Self::Cp932 => cp932(text),
        }
    }
}

/// What CP932 has no letter for is shown as 〓, as printers do.
fn cp932(mut text: &str) -> Vec<u8> {
    let (geta, _, _) = SHIFT_JIS.encode("〓");
    let mut encoder = SHIFT_JIS.new_encoder();
    let mut bytes = Vec::with_capacity(text.len());
    loop {
        bytes.reserve(text.len() + 16);
        let (result, read) =
            encoder.encode_from_utf8_to_vec_without_replacement(text, &mut bytes, true);
        text = text.get(read..).unwrap_or_default();
        match result {
            EncoderResult::InputEmpty => return bytes,
            EncoderResult::OutputFull => (),
            EncoderResult::Unmappable(_) => bytes.extend_from_slice(&geta),
        }
    }
}

/// The items with their answers.
pub(super) fn items(sheet: &Sheet) -> String {
    let mut table = String::new();
    line(
        &mut table,
        &[
            "番号",
            "意見の要旨",
            "意見（原文）",
            "対応区分",
            "市の考え方",
            "案の変更",
        ],
    );
    for row in &sheet.rows {
        let changed = if row.changed_policy {
            "あり"
        } else {
            "なし"
        };
        let number = row.number.to_string();
        let cells = [
            &number,
            &row.summary,
            &row.excerpt,
            &row.category,
            &row.response,
            changed,
        ];
        line(&mut table, &cells);
    }
    table
}

/// The opinions, in the columns that 広聴AI reads.
pub(super) fn opinions(sheet: &Sheet) -> String {
    let mut table = String::new();
    line(
        &mut table,
        &[
            "comment-id",
            "comment-body",
            "source",
            "url",
            "attribute_受付日",
            "attribute_該当箇所",
            "attribute_対応区分",
            "attribute_添付",
        ],
    );
    for opinion in &sheet.opinions {
        let url = format!("/public-comment/{}/result", sheet.case);
        let (received, categories) = (
            opinion.received_on.to_string(),
            opinion.categories.join(" "),
        );
        let source = opinion.channel.name(Language::Ja);
        let attached: Vec<_> = opinion.attachments.iter().map(|file| &*file.path).collect();
        let attached = attached.join(" ");
        let cells = [
            &opinion.id,
            &opinion.body,
            source,
            &url,
            &received,
            &opinion.passage,
            &categories,
            &attached,
        ];
        line(&mut table, &cells);
    }
    table
}

fn line(table: &mut String, cells: &[&str]) {
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            table.push(',');
        }
        table.push('"');
        // What a spreadsheet would take for a formula is made text.
        if is_formula(cell) {
            table.push('\'');
        }
        table.push_str(&cell.replace('"', "\"\""));
        table.push('"');
    }
    table.push_str("\r\n");
}

fn is_formula(cell: &str) -> bool {
    let signs = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    cell.trim_start_matches(' ').starts_with(signs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let mut table = String::new();
        let cells = [
            "=1+1", "+81", "-1", "@a", "\t=1", " =1", "＝1", "1=1", "a\"b\n", "",
        ];
        line(&mut table, &cells);
        let expected = "\"'=1+1\",\"'+81\",\"'-1\",\"'@a\",\"'\t=1\",\"' =1\",\"'＝1\",\"1=1\",\"a\"\"b\n\",\"\"\r\n";
        assert_eq!(table, expected);
    }

    #[test]
    fn what_cp932_cannot_write_is_shown_as_such() {
        let bytes = Encoding::Cp932.encode("髙橋😀終\r\n");
        let (text, _, lossy) = SHIFT_JIS.decode(&bytes);
        assert!(!lossy);
        assert_eq!(text, "髙橋〓終\r\n");
        assert!(Encoding::Utf8.encode("意見").starts_with(b"\xef\xbb\xbf"));
        assert!(Encoding::read(Some("utf-16")).is_err());
    }
}

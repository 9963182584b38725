//! Names of files that are harmless wherever they are saved.

use vault::files::MediaType;

use crate::http::ApiError;

/// The longest name, in bytes: what file systems take.
const LONGEST: usize = 200;

/// The name under which a document is published, if nobody can be misled by it:
/// one line, no path, nothing that reverses its reading direction, and an
/// ending that fits what the file is.
pub(crate) fn file_name(name: &str, media_type: MediaType) -> Result<String, ApiError> {
    let name = name.trim();
    let odd = |c: char| c.is_control() || DIRECTIONS.contains(&c) || "/\\:*?\"<>|".contains(c);
    if name.is_empty() || name.len() > LONGEST || name.starts_with('.') || name.contains(odd) {
        return Err(ApiError::bad_input(
            "ファイル名は200バイト以内で、/ \\ : * ? \" < > | や制御文字を含まず、ピリオド以外で始めてください",
            "a file name has at most 200 bytes, none of / \\ : * ? \" < > | and no control characters, and does not begin with a full stop",
        ));
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let fits = ending.is_some_and(|ending| {
        let endings = endings(media_type);
        endings
            .iter()
            .any(|fitting| fitting.eq_ignore_ascii_case(ending))
    });
    if !fits {
        let endings = endings(media_type).join(", ");
        return Err(ApiError::bad_input(
            format!("ファイル名の拡張子が中身と合いません。{endings}のいずれかにしてください"),
            format!("the ending of the file name does not fit its content; use one of {endings}"),
        ));
    }
    Ok(name.to_owned())
}

/// Characters that make a name read differently from how it is stored.
const DIRECTIONS: &[char] = &[
    '\u{200b}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}',
    '\u{2028}', '\u{2029}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}', '\u{feff}',
];

/// The endings of a type; the first is the one that we write.
pub(super) fn endings(media_type: MediaType) -> &'static [&'static str] {
    match media_type {
        MediaType::Pdf => &["pdf"],
        MediaType::Png => &["png"],
        MediaType::Jpeg => &["jpg", "jpeg"],
        MediaType::Gif => &["gif"],
        MediaType::Webp => &["webp"],
        MediaType::Docx => &["docx"],
        MediaType::Xlsx => &["xlsx"],
        MediaType::Odt => &["odt"],
        MediaType::Text => &["txt", "csv", "md"],
    }
}

/// The name of an attachment, by its place. The submitter's own name for it may
/// say who they are, so it is never kept.
pub(super) fn attachment_name(index: usize, media_type: MediaType) -> String {
    let ending = endings(media_type).first().copied().unwrap_or("bin");
    format!("添付{}.{ending}", index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_misleads_is_not_taken() {
        for name in [
            "計画.pdf.exe",
            "計画",
            ".pdf",
            "../計画.pdf",
            "C:\\計画.pdf",
            "計画\u{202e}fdp.exe.pdf",
            "計画\r\nSet-Cookie: a=b.pdf",
            "計画\".pdf",
            "",
            &format!("{}.pdf", "あ".repeat(70)),
        ] {
            assert!(file_name(name, MediaType::Pdf).is_err(), "{name:?}");
        }
        for name in ["計画（案）.pdf", " 計画.v2.PDF "] {
            assert_eq!(file_name(name, MediaType::Pdf).unwrap(), name.trim());
        }
    }

    #[test]
    fn a_type_has_an_ending() {
        for media_type in MediaType::ALL {
            let name = attachment_name(0, media_type);
            assert_eq!(file_name(&name, media_type).unwrap(), name);
        }
    }
}

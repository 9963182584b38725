//! The text of a file, whatever its program wrote it in.

use encoding_rs::SHIFT_JIS;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// Shift_JIS as Windows writes it.
    Cp932,
}

impl Encoding {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Cp932 => "CP932",
        }
    }
}

/// Why bytes are no text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotText {
    /// Another encoding of Unicode.
    #[error(
        "このファイルはUTF-16です。CSV UTF-8（コンマ区切り）で保存し直してください / this file is UTF-16: save it as CSV UTF-8"
    )]
    Utf16,
    /// A byte that stands for nothing.
    #[error(
        "{line}行目に、{encoding}では読めない文字があります / line {line} holds a character that is not {encoding}"
    )]
    Malformed {
        /// The line, from 1.
        line: usize,
        /// What was tried.
        encoding: &'static str,
    },
}

const MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads UTF-8 or CP932: what is sound UTF-8 is that, what begins with its mark
/// has to be, and everything else is CP932.
pub fn decode(bytes: &[u8]) -> Result<(String, Encoding), NotText> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(NotText::Utf16);
    }
    let (marked, rest) = match bytes.strip_prefix(MARK) {
        Some(rest) => (true, rest),
        None => (false, bytes),
    };
    match str::from_utf8(rest) {
        Ok(text) => Ok((text.to_owned(), Encoding::Utf8)),
        Err(error) if marked => Err(NotText::Malformed {
            line: line_at(rest, error.valid_up_to()),
            encoding: Encoding::Utf8.name(),
        }),
        Err(_) => cp932(rest),
    }
}

fn cp932(bytes: &[u8]) -> Result<(String, Encoding), NotText> {
    let mut text = String::new();
    let mut decoder = SHIFT_JIS.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    text.reserve(room.unwrap_or(bytes.len()));
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    match result {
        encoding_rs::DecoderResult::InputEmpty => Ok((text, Encoding::Cp932)),
        _ => Err(NotText::Malformed {
            line: line_at(bytes, read.saturating_sub(1)),
            encoding: Encoding::Cp932.name(),
        }),
    }
}

fn line_at(bytes: &[u8], at: usize) -> usize {
    let before = bytes.get(..at).unwrap_or(bytes);
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_encodings_give_the_same_text() {
        let text = "意見,氏名\r\n①㈱髙﨑～ソ能表,―\r\n";
        let (cp932, _, lossy) = SHIFT_JIS.encode(text);
        assert!(!lossy);
        assert_eq!(decode(&cp932).unwrap(), (text.to_owned(), Encoding::Cp932));
        assert_eq!(
            decode(text.as_bytes()).unwrap(),
            (text.to_owned(), Encoding::Utf8)
        );
        let marked = [MARK, text.as_bytes()].concat();
        assert_eq!(decode(&marked).unwrap(), (text.to_owned(), Encoding::Utf8));
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_line() {
        let cp932 = [b"a\n\x83\x41\n\x83".as_slice(), b"\x00"].concat();
        assert_eq!(
            decode(&cp932).unwrap_err(),
            NotText::Malformed {
                line: 3,
                encoding: "CP932"
            }
        );
        let marked = [MARK, b"a\n\xff\n"].concat();
        assert_eq!(
            decode(&marked).unwrap_err(),
            NotText::Malformed {
                line: 2,
                encoding: "UTF-8"
            }
        );
        assert_eq!(decode(b"\xff\xfea\0").unwrap_err(), NotText::Utf16);
    }
}

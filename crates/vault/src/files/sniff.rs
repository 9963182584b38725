//! What a file is, by its content. Names and declared types are not believed.

use serde::{Deserialize, Serialize};

/// The types of files that people hand in and cities publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MediaType {
    /// PDF.
    #[serde(rename = "application/pdf")]
    Pdf,
    /// PNG.
    #[serde(rename = "image/png")]
    Png,
    /// JPEG.
    #[serde(rename = "image/jpeg")]
    Jpeg,
    /// GIF.
    #[serde(rename = "image/gif")]
    Gif,
    /// WebP.
    #[serde(rename = "image/webp")]
    Webp,
    /// A Word document without macros.
    #[serde(rename = "application/vnd.openxmlformats-officedocument.wordprocessingml.document")]
    Docx,
    /// An Excel workbook without macros.
    #[serde(rename = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")]
    Xlsx,
    /// An OpenDocument text.
    #[serde(rename = "application/vnd.oasis.opendocument.text")]
    Odt,
    /// Plain text in UTF-8. Whatever else it may be (a web page, a drawing) is
    /// not served as such.
    #[serde(rename = "text/plain")]
    Text,
}

impl MediaType {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Pdf,
        Self::Png,
        Self::Jpeg,
        Self::Gif,
        Self::Webp,
        Self::Docx,
        Self::Xlsx,
        Self::Odt,
        Self::Text,
    ];

    /// The value of a `Content-Type` header. Send `nosniff` with it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Text => "text/plain; charset=utf-8",
        }
    }
}

/// How many bytes at the beginning are enough for everything but archives.
pub(crate) const HEAD: usize = 256;
/// An archive's directory stands at its end, before a comment of 64 KiB at
/// most; office programs write none.
pub(crate) const TAIL: usize = 1 << 17;

/// The type of a file, given its first [`HEAD`] bytes, its last [`TAIL`] bytes,
/// and whether the whole of it is text.
pub(crate) fn media_type(head: &[u8], tail: &[u8], is_text: bool) -> Option<MediaType> {
    let signatures: [(&[u8], MediaType); 5] = [
        (b"%PDF-", MediaType::Pdf),
        (b"\x89PNG\r\n\x1a\n", MediaType::Png),
        (b"\xff\xd8\xff", MediaType::Jpeg),
        (b"GIF87a", MediaType::Gif),
        (b"GIF89a", MediaType::Gif),
    ];
    let by_signature = signatures
        .iter()
        .find(|(signature, _)| head.starts_with(signature))
        .map(|(_, media_type)| *media_type);
    if by_signature.is_some() {
        return by_signature;
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return Some(MediaType::Webp);
    }
    if head.starts_with(b"PK\x03\x04") {
        return office(head, tail);
    }
    is_text.then_some(MediaType::Text)
}

/// Which office document an archive is. Its parts decide; one with macros is
/// none of those that are known.
fn office(head: &[u8], tail: &[u8]) -> Option<MediaType> {
    const ODT: &[u8] = b"mimetypeapplication/vnd.oasis.opendocument.text";
    // OpenDocument 1.2, part 3, section 3.3: the first entry, stored as it is.
    if head.get(30..30 + ODT.len()) == Some(ODT) {
        return Some(MediaType::Odt);
    }
    let names = names(tail)?;
    let has = |name: &str| names.contains(&name.as_bytes());
    let macros = names.iter().any(|name| name.ends_with(b"vbaProject.bin"));
    if macros || !has("[Content_Types].xml") {
        None
    } else if has("word/document.xml") {
        Some(MediaType::Docx)
    } else if has("xl/workbook.xml") {
        Some(MediaType::Xlsx)
    } else {
        None
    }
}

/// The names in an archive's directory (APPNOTE 4.3.12 and 4.3.16).
fn names(tail: &[u8]) -> Option<Vec<&[u8]>> {
    let end = tail.windows(4).rposition(|bytes| bytes == b"PK\x05\x06")?;
    let number = |at: usize| {
        let bytes = tail.get(at..at + 2)?.try_into().ok()?;
        Some(usize::from(u16::from_le_bytes(bytes)))
    };
    let size = tail.get(end + 12..end + 16)?.try_into().ok()?;
    let size = usize::try_from(u32::from_le_bytes(size)).ok()?;
    let mut at = end.checked_sub(size)?;
    let mut names = Vec::new();
    for _ in 0..number(end + 10)? {
        if tail.get(at..at + 4) != Some(b"PK\x01\x02") {
            return None;
        }
        let (name, extra, comment) = (number(at + 28)?, number(at + 30)?, number(at + 32)?);
        names.push(tail.get(at + 46..at + 46 + name)?);
        at += 46 + name + extra + comment;
    }
    (at == end).then_some(names)
}

/// Decides piece by piece whether bytes are text: UTF-8 without control
/// characters other than tabs and the ends of lines.
pub(crate) struct TextCheck {
    /// The beginning of a character that the last piece cut off.
    rest: Vec<u8>,
    holds: bool,
}

impl TextCheck {
    pub(crate) fn new() -> Self {
        Self {
            rest: Vec::new(),
            holds: true,
        }
    }

    pub(crate) fn push(&mut self, piece: &[u8]) {
        if !self.holds {
            return;
        }
        let mut bytes = std::mem::take(&mut self.rest);
        bytes.extend(piece);
        let text = match str::from_utf8(&bytes) {
            Ok(text) => text,
            Err(error) => {
                let (text, rest) = bytes.split_at(error.valid_up_to());
                self.rest = rest.to_vec();
                // Cut off, rather than wrong.
                self.holds = error.error_len().is_none();
                str::from_utf8(text).unwrap_or_default()
            }
        };
        let control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
        self.holds &= !text.contains(control);
    }

    pub(crate) fn is_text(&self) -> bool {
        self.holds && self.rest.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An archive with empty entries of these names.
    fn archive(names: &[&str]) -> Vec<u8> {
        let (mut bytes, mut directory) = (b"PK\x03\x04".to_vec(), Vec::new());
        for name in names {
            directory.extend(b"PK\x01\x02");
            directory.extend([0; 24]);
            directory.extend((name.len() as u16).to_le_bytes());
            directory.extend([0; 16]);
            directory.extend(name.as_bytes());
        }
        bytes.extend([0; 100]);
        bytes.extend(&directory);
        bytes.extend(b"PK\x05\x06\0\0\0\0\0\0");
        bytes.extend((names.len() as u16).to_le_bytes());
        bytes.extend((directory.len() as u32).to_le_bytes());
        bytes.extend([0; 6]);
        bytes
    }

    fn sniff(bytes: &[u8]) -> Option<MediaType> {
        let mut text = TextCheck::new();
        text.push(bytes);
        media_type(bytes, bytes, text.is_text())
    }

    #[test]
    fn a_file_is_what_its_content_says() {
        let mut odt = b"PK\x03\x04".to_vec();
        odt.extend([0; 26]);
        odt.extend(b"mimetypeapplication/vnd.oasis.opendocument.text");
        for (bytes, expected) in [
            (b"%PDF-1.7\n".to_vec(), Some(MediaType::Pdf)),
            (b"\x89PNG\r\n\x1a\n".to_vec(), Some(MediaType::Png)),
            (b"\xff\xd8\xff\xe0".to_vec(), Some(MediaType::Jpeg)),
            (b"GIF89a".to_vec(), Some(MediaType::Gif)),
            (b"RIFF\0\0\0\0WEBPVP8 ".to_vec(), Some(MediaType::Webp)),
            (b"RIFF\0\0\0\0WAVE".to_vec(), None),
            ("意見書\r\n".into(), Some(MediaType::Text)),
            (b"<html>".to_vec(), Some(MediaType::Text)),
            (b"MZ\x90\0".to_vec(), None),
            (b"\x7fELF".to_vec(), None),
            (vec![], Some(MediaType::Text)),
            (
                archive(&["[Content_Types].xml", "word/document.xml"]),
                Some(MediaType::Docx),
            ),
            (
                archive(&["[Content_Types].xml", "xl/workbook.xml"]),
                Some(MediaType::Xlsx),
            ),
            (
                archive(&[
                    "[Content_Types].xml",
                    "word/document.xml",
                    "word/vbaProject.bin",
                ]),
                None,
            ),
            (archive(&["word/document.xml"]), None),
            (archive(&["a.exe"]), None),
            (odt, Some(MediaType::Odt)),
        ] {
            assert_eq!(sniff(&bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn the_name_in_json_is_the_one_of_the_header() {
        for media_type in MediaType::ALL {
            let json = serde_json::to_value(media_type).unwrap();
            let json = json.as_str().unwrap();
            assert_eq!(Some(json), media_type.as_str().split(';').next());
        }
    }

    proptest! {
        #[test]
        fn sniffing_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut archive = b"PK\x03\x04".to_vec();
            archive.extend(&bytes);
            archive.extend(b"PK\x05\x06");
            archive.extend(&bytes);
            sniff(&archive);
            sniff(&bytes);
        }

        #[test]
        fn text_is_text_wherever_it_is_cut(text in "[ぁ-ん漢a-z\n]{0,40}", cut in 0_usize..8) {
            let mut check = TextCheck::new();
            text.as_bytes().chunks(cut + 1).for_each(|piece| check.push(piece));
            prop_assert!(check.is_text());
            check.push(&"あ".as_bytes()[..2]);
            prop_assert!(!check.is_text());
        }
    }
}

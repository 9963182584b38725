//! What others wrote, as it may stand in a page: text only, in its box, with
//! nothing that reorders or hides its neighbours.

use domain::Bilingual;
use maud::{Markup, html};
use unicode_normalization::char::is_combining_mark;

use super::locale::Locale;

/// A letter keeps at most this many marks above and below it; written languages
/// need no more.
const MARKS_KEPT: usize = 4;

/// Whether a character reorders text (bidi) or does not print. Tab and line
/// feed are harmless.
fn is_control(letter: char) -> bool {
    matches!(letter,
        '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{61c}' | '\u{200e}'
        | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}')
}

/// Words as they are shown: controls by their names, marks in their line.
pub(crate) fn printable(text: &str) -> Markup {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut pieces: Vec<Result<String, char>> = Vec::new();
    let mut marks = 0;
    for letter in text.chars() {
        marks = if is_combining_mark(letter) {
            marks + 1
        } else {
            0
        };
        if is_control(letter) {
            pieces.push(Err(letter));
        } else if marks <= MARKS_KEPT {
            match pieces.last_mut() {
                Some(Ok(piece)) => piece.push(letter),
                _ => pieces.push(Ok(letter.to_string())),
            }
        }
    }
    html! {
        @for piece in &pieces {
            @match piece {
                Ok(text) => (text),
                Err(control) => span.control-mark { (format!("U+{:04X}", u32::from(*control))) },
            }
        }
    }
}

/// Words for where there is no markup: a title, a line of a feed.
pub(crate) fn plain(text: &str) -> String {
    let mut marks = 0;
    text.chars()
        .filter(|letter| {
            marks = if is_combining_mark(*letter) {
                marks + 1
            } else {
                0
            };
            // The last two are no characters of XML.
            marks <= MARKS_KEPT
                && !is_control(*letter)
                && !matches!(letter, '\u{fffe}' | '\u{ffff}')
        })
        .collect()
}

/// The beginning of a text, for a description.
pub(crate) fn beginning(text: &str, most: usize) -> String {
    let words = plain(text).split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= most {
        return words;
    }
    words.chars().take(most - 1).chain(['…']).collect()
}

/// Words that somebody else wrote, as a block.
pub(crate) fn block(text: &str, lang: Option<&str>) -> Markup {
    html! { div.user-text dir="auto" lang=[lang] { (printable(text)) } }
}

/// The same inside a line.
pub(crate) fn words(text: &str, lang: Option<&str>) -> Markup {
    html! { bdi dir="auto" lang=[lang] { (printable(text)) } }
}

/// A text of the city in the reader's language if the city wrote it, else in
/// Japanese; and in which.
pub(crate) fn in_locale(text: &Bilingual, locale: Locale) -> (&str, &'static str) {
    match (&text.en, locale) {
        (Some(english), Locale::En) if !english.is_empty() => (english, "en"),
        _ => (&text.ja, "ja"),
    }
}

/// A short text of the city.
pub(crate) fn city_words(text: &Bilingual, locale: Locale) -> Markup {
    let (text, lang) = in_locale(text, locale);
    words(text, Some(lang))
}

/// A long text of the city.
pub(crate) fn city_block(text: &Bilingual, locale: Locale) -> Markup {
    let (text, lang) = in_locale(text, locale);
    block(text, Some(lang))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_is_text_in_its_box() {
        let shown = words("<script>\"\u{202e}&\r\n", None).into_string();
        assert_eq!(
            shown,
            "<bdi dir=\"auto\">&lt;script&gt;&quot;<span class=\"control-mark\">U+202E</span>&amp;\n</bdi>"
        );
        let stacked = format!("a{}b", "\u{301}".repeat(40));
        assert_eq!(plain(&stacked), format!("a{}b", "\u{301}".repeat(4)));
        assert_eq!(beginning("あ\u{202e}い\n う", 10), "あい う");
        assert_eq!(beginning("あいうえお", 3), "あい…");
    }
}

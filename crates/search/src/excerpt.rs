//! The part of a text that shows why it was found.

use std::ops::Range;

use crate::Words;

/// Characters of an excerpt, without the marks of omission.
const LENGTH: usize = 120;
/// Characters before the first word.
const LEAD: usize = 30;

/// A part of a text with the words in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The part, on one line; where it is cut off, there is an ellipsis.
    pub text: String,
    /// Where the words stand, in characters of the excerpt; in ascending order
    /// and apart from one another.
    pub marks: Vec<Range<usize>>,
}

/// Of texts that belong together, the part in which most of the words stand.
pub fn excerpt<'a>(texts: impl IntoIterator<Item = &'a str>, words: &Words) -> Excerpt {
    let mut best: Option<(usize, &str, usize, Vec<Range<usize>>)> = None;
    for text in texts {
        let places = words.places(text);
        let (different, begin) = densest(&places);
        if best.as_ref().is_none_or(|(most, ..)| *most < different) {
            let places = places.into_iter().map(|(place, _)| place).collect();
            best = Some((different, text, begin, places));
        }
    }
    let (_, text, begin, places) = best.unwrap_or_default();
    cut(text, begin, &places)
}

/// How many different words stand together at most, and where that begins.
fn densest(places: &[(Range<usize>, usize)]) -> (usize, usize) {
    let mut best = (0, 0);
    for (index, (first, _)) in places.iter().enumerate() {
        let within = places[index..]
            .iter()
            .take_while(|(place, _)| place.end <= first.start + LENGTH - LEAD);
        let mut words: Vec<usize> = within.map(|(_, word)| *word).collect();
        words.sort_unstable();
        words.dedup();
        if best.0 < words.len() {
            best = (words.len(), first.start);
        }
    }
    best
}

fn cut(text: &str, begin: usize, places: &[Range<usize>]) -> Excerpt {
    let letters: Vec<char> = text.chars().collect();
    // At the end of a text there is room for more before the word.
    let from = begin
        .saturating_sub(LEAD)
        .min(letters.len().saturating_sub(LENGTH));
    let to = (from + LENGTH).min(letters.len());
    let mut part = String::new();
    if 0 < from {
        part.push('…');
    }
    let ahead = usize::from(0 < from);
    let line = letters[from..to].iter().map(|letter| {
        if letter.is_whitespace() || letter.is_control() {
            ' '
        } else {
            *letter
        }
    });
    part.extend(line);
    if to < letters.len() {
        part.push('…');
    }
    let mut marks: Vec<Range<usize>> = Vec::new();
    for place in places {
        let (start, end) = (place.start.max(from), place.end.min(to));
        if end <= start {
            continue;
        }
        let (start, end) = (start - from + ahead, end - from + ahead);
        match marks.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            _ => marks.push(start..end),
        }
    }
    Excerpt { text: part, marks }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marked(texts: &[&str], typed: &str) -> String {
        let words = Words::read(typed).unwrap();
        let excerpt = excerpt(texts.iter().copied(), &words);
        let mut marked = String::new();
        for (place, letter) in excerpt.text.chars().enumerate() {
            if excerpt.marks.iter().any(|mark| mark.start == place) {
                marked.push('[');
            }
            marked.push(letter);
            if excerpt.marks.iter().any(|mark| mark.end == place + 1) {
                marked.push(']');
            }
        }
        marked
    }

    #[test]
    fn the_words_are_marked_as_they_are_spelled() {
        assert_eq!(
            marked(&["自転車（ｼﾞﾃﾝｼｬ）の道\n自転車"], "ジテンシャ 自転車"),
            "[自転車]（[ｼﾞﾃﾝｼｬ]）の道 [自転車]"
        );
        assert_eq!(marked(&["ああああ"], "ああ"), "[ああああ]");
        assert_eq!(marked(&["なし", "ここにある"], "ある"), "ここに[ある]");
    }

    #[test]
    fn a_long_text_is_cut_where_the_words_are() {
        let text = format!(
            "{}道路と{}道路と公園{}",
            "あ".repeat(200),
            "い".repeat(200),
            "う".repeat(200)
        );
        assert_eq!(
            marked(&[&text], "道路 公園"),
            format!("…{}[道路]と[公園]{}…", "い".repeat(30), "う".repeat(85))
        );
        let text = format!("{}公園", "い".repeat(200));
        assert_eq!(
            marked(&[&text], "公園"),
            format!("…{}[公園]", "い".repeat(118))
        );
    }

    #[test]
    fn without_a_word_it_is_the_beginning() {
        assert_eq!(marked(&["道", "路"], "公園"), "道");
        assert_eq!(marked(&[], "公園"), "");
    }

    proptest! {
        #[test]
        fn what_is_marked_holds_the_words(
            text in "[ab が\u{3099}ｶﾞ\n]{0,200}",
            typed in "[abがガ]{1,3}( [abがガ]{1,3})?",
        ) {
            let words = Words::read(&typed).unwrap();
            let excerpt = excerpt([text.as_str()], &words);
            let letters: Vec<char> = excerpt.text.chars().collect();
            let mut last = None;
            for mark in &excerpt.marks {
                prop_assert!(last < Some(mark.start) && mark.start < mark.end);
                prop_assert!(mark.end <= letters.len());
                last = Some(mark.end);
            }
            let found = !words.places(&text).is_empty();
            prop_assert_eq!(found, !excerpt.marks.is_empty());
        }
    }
}

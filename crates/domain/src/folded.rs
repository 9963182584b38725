//! A text without differences of width and case, so that what people spell
//! differently is found.

use std::{iter::once, ops::Range};

use unicode_normalization::{
    IsNormalized, UnicodeNormalization,
    char::{canonical_combining_class, decompose_compatible},
    is_nfc_quick,
};

/// A text in NFKC and small letters, each letter with its place in the
/// original.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    letters: Vec<char>,
    /// The characters of the original that each letter stands for.
    origins: Vec<Range<usize>>,
}

impl Folded {
    /// Folds a text.
    pub fn new(text: &str) -> Self {
        let letters: Vec<char> = text.chars().collect();
        let mut folded = Self {
            letters: Vec::with_capacity(letters.len()),
            origins: Vec::with_capacity(letters.len()),
        };
        let mut start = 0;
        while start < letters.len() {
            // What is composed is composed together: "ﾊﾞ" is one sound.
            let joined = letters[start + 1..].iter().take_while(|next| joins(**next));
            let end = start + 1 + joined.count();
            let composed = letters[start..end].iter().copied().nfkc();
            for letter in composed.flat_map(char::to_lowercase) {
                folded.letters.push(letter);
                folded.origins.push(start..end);
            }
            start = end;
        }
        folded
    }

    /// Puts letters together that have their places already.
    pub(crate) fn of(parts: impl IntoIterator<Item = (char, Range<usize>)>) -> Self {
        let (letters, origins) = parts.into_iter().unzip();
        Self { letters, origins }
    }

    /// Its letters, each with the characters of the original that it stands for.
    pub(crate) fn into_parts(self) -> impl Iterator<Item = (char, Range<usize>)> {
        self.letters.into_iter().zip(self.origins)
    }

    /// Its letters.
    pub fn letters(&self) -> &[char] {
        &self.letters
    }

    /// Where other letters stand in it, in characters of the original; nothing
    /// stands nowhere.
    pub fn occurrences<'a>(
        &'a self,
        pattern: &'a [char],
    ) -> impl Iterator<Item = Range<usize>> + use<'a> {
        let windows = self.letters.windows(pattern.len().max(1)).enumerate();
        windows
            .filter(move |(_, window)| *window == pattern)
            .filter_map(|(place, window)| {
                let first = self.origins.get(place)?;
                let last = self.origins.get(place + window.len() - 1)?;
                Some(first.start..last.end)
            })
    }
}

/// Whether a character may be composed with what stands before it.
fn joins(letter: char) -> bool {
    let mut first = None;
    decompose_compatible(letter, |part| {
        first.get_or_insert(part);
    });
    let first = first.unwrap_or(letter);
    canonical_combining_class(first) != 0 || is_nfc_quick(once(first)) != IsNormalized::Yes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folded(text: &str) -> String {
        Folded::new(text).letters.iter().collect()
    }

    #[test]
    fn widths_and_cases_are_the_same() {
        assert_eq!(folded("ＰＤＦ"), "pdf");
        assert_eq!(folded("ｼﾞﾃﾝｼｬ"), "ジテンシャ");
        assert_eq!(folded("か\u{3099}く"), "がく");
        assert_eq!(folded("①㈱㍍"), "1(株)メートル");
        assert_eq!(folded("自転車　専用"), "自転車 専用");
        assert_eq!(folded("ひらがな"), "ひらがな");
    }

    #[test]
    fn the_place_is_that_of_the_original() {
        let text = Folded::new("①のﾊﾞｽ、ﾊﾞｽ");
        let bus: Vec<char> = "バス".chars().collect();
        assert_eq!(text.occurrences(&bus).collect::<Vec<_>>(), [2..5, 6..9]);
        assert_eq!(text.occurrences(&[]).count(), 0);
        assert_eq!(Folded::new("").occurrences(&bus).count(), 0);
    }

    proptest! {
        #[test]
        fn it_is_what_the_whole_text_composes_to(
            text in "([ -~]|[ぁ-ヿ]|[ｦ-ﾟ]|[\u{300}-\u{320}]|[\u{1100}-\u{11ff}]|[가-힣]|\\PC){0,24}",
        ) {
            let whole: String = text.nfkc().flat_map(char::to_lowercase).collect();
            prop_assert_eq!(folded(&text), whole);
        }

        #[test]
        fn every_character_has_its_place(text in "\\PC{0,24}") {
            let folded = Folded::new(&text);
            let mut next = 0;
            for origin in &folded.origins {
                prop_assert!(origin.start <= next && next <= origin.end);
                next = origin.end;
            }
            prop_assert_eq!(next, text.chars().count());
        }
    }
}

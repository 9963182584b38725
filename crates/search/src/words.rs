//! The words that a person typed.

use std::ops::Range;

use domain::folded::Folded;

/// Letters in all words together, at most.
const MOST_LETTERS: usize = 100;
/// Words at most.
const MOST_WORDS: usize = 10;

/// What is looked for: words between white space, all of which a text must
/// hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words(Vec<Vec<char>>);

/// Why nothing can be looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoWords {
    /// There is nothing but white space.
    #[error("there is no word")]
    Empty,
    /// There are too many letters.
    #[error("{letters} letters, at most {most}")]
    TooLong {
        /// How many there are.
        letters: usize,
        /// How many there may be.
        most: usize,
    },
    /// There are too many words.
    #[error("{words} words, at most {most}")]
    TooMany {
        /// How many there are.
        words: usize,
        /// How many there may be.
        most: usize,
    },
}

fn too_long(letters: usize) -> NoWords {
    NoWords::TooLong {
        letters,
        most: MOST_LETTERS,
    }
}

impl Words {
    /// Reads what was typed.
    ///
    /// # Errors
    /// If it holds no word, or too much.
    pub fn read(typed: &str) -> Result<Self, NoWords> {
        // What nobody types is not even looked at.
        let letters = typed.chars().count();
        if 10 * MOST_LETTERS < letters {
            return Err(too_long(letters));
        }
        let folded = Folded::new(typed);
        let mut words: Vec<Vec<char>> = Vec::new();
        for word in folded.letters().split(|letter| letter.is_whitespace()) {
            if !word.is_empty() && !words.iter().any(|known| known == word) {
                words.push(word.to_vec());
            }
        }
        let letters = words.iter().map(Vec::len).sum();
        if words.is_empty() {
            Err(NoWords::Empty)
        } else if MOST_LETTERS < letters {
            Err(too_long(letters))
        } else if MOST_WORDS < words.len() {
            Err(NoWords::TooMany {
                words: words.len(),
                most: MOST_WORDS,
            })
        } else {
            Ok(Self(words))
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[char]> {
        self.0.iter().map(Vec::as_slice)
    }

    /// Where the words stand in a text, in characters of the text, each with
    /// the number of its word; in ascending order.
    pub(crate) fn places(&self, text: &str) -> Vec<(Range<usize>, usize)> {
        let folded = Folded::new(text);
        let words = self.0.iter().enumerate();
        let mut places: Vec<_> = words
            .flat_map(|(number, word)| folded.occurrences(word).map(move |place| (place, number)))
            .collect();
        places.sort_unstable_by_key(|(place, number)| (place.start, place.end, *number));
        places
    }

    /// Whether texts that belong together hold every word: what the index must
    /// agree with.
    pub fn stand_in<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> bool {
        let folded: Vec<_> = texts.into_iter().map(Folded::new).collect();
        self.iter().all(|word| {
            let holds = |text: &Folded| text.occurrences(word).next().is_some();
            folded.iter().any(holds)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_between_white_space_of_any_width() {
        let words = Words::read("　ｼﾞﾃﾝｼｬ 道路\u{3000}道路 Ａ").unwrap();
        let words: Vec<String> = words.iter().map(|word| word.iter().collect()).collect();
        assert_eq!(words, ["ジテンシャ", "道路", "a"]);
    }

    #[test]
    fn nothing_and_too_much_are_refused() {
        assert_eq!(Words::read(" \u{3000}\n"), Err(NoWords::Empty));
        assert!(Words::read(&"道".repeat(100)).is_ok());
        let refused = Words::read(&"道".repeat(101));
        assert_eq!(
            refused,
            Err(NoWords::TooLong {
                letters: 101,
                most: 100
            })
        );
        // One character of many letters.
        assert!(Words::read(&"\u{33ff}".repeat(40)).is_err());
        assert!(Words::read(&"道 ".repeat(100_000)).is_err());
        let refused = Words::read("a b c d e f g h i j k");
        assert_eq!(
            refused,
            Err(NoWords::TooMany {
                words: 11,
                most: 10
            })
        );
    }

    #[test]
    fn every_word_must_stand_somewhere() {
        let words = Words::read("自転車 幸区").unwrap();
        assert!(words.stand_in(["自転車の計画", "幸区役所"]));
        assert!(!words.stand_in(["自転車の計画", "幸 区役所"]));
    }
}

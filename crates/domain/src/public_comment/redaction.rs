//! Whether a text tells who its author is.
//!
//! Found are the full name, its reading, telephone and e-mail, and the address
//! from the town on, also where they are spelled with other widths, spaces,
//! hyphens, or katakana for hiragana. Family name or town alone are not: half
//! the city shares them. So this finds repetitions; whether a text tells on its
//! author in another way remains the officer's judgement.

use std::ops::Range;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::Submitter;

/// Whether the text repeats what tells who the submitter is.
pub fn repeats(text: &str, submitter: &Submitter) -> bool {
    !find(text, submitter).is_empty()
}

/// Where it does, in characters of the text, in ascending order and without
/// overlap.
pub fn find(text: &str, submitter: &Submitter) -> Vec<Range<usize>> {
    let text = Folded::new(text);
    let mut found: Vec<Range<usize>> = vec![];
    for pattern in patterns(submitter) {
        found.extend(text.occurrences(&pattern));
    }
    found.sort_unstable_by_key(|range| (range.start, range.end));
    found.dedup_by(|next, kept| {
        let overlap = next.start <= kept.end;
        if overlap {
            kept.end = kept.end.max(next.end);
        }
        overlap
    });
    found
}

/// The text with what tells who the submitter is blotted out, as a proposal for
/// the officer.
pub fn blotted(text: &str, submitter: &Submitter) -> String {
    let found = find(text, submitter);
    let mut ranges = found.iter().peekable();
    let mut blotted = String::with_capacity(text.len());
    for (place, letter) in text.chars().enumerate() {
        while ranges.next_if(|range| range.end <= place).is_some() {}
        let inside = ranges.peek().is_some_and(|range| range.start <= place);
        blotted.push(if inside { '■' } else { letter });
    }
    blotted
}

/// Shorter patterns occur in any text.
const SHORTEST_NAME: usize = 2;
const SHORTEST_CONTACT: usize = 6;
const SHORTEST_ADDRESS: usize = 4;

fn patterns(submitter: &Submitter) -> Vec<Vec<char>> {
    let mut patterns = vec![];
    let mut add = |text: &str, shortest: usize| {
        let folded = Folded::new(text).letters;
        if folded.len() >= shortest {
            patterns.push(folded);
        }
    };
    for name in [&submitter.name, &submitter.kana].into_iter().flatten() {
        add(name, SHORTEST_NAME);
    }
    let separates = |letter: char| letter.is_whitespace() || ",、;；/／".contains(letter);
    for contact in submitter
        .contact
        .iter()
        .flat_map(|all| all.split(separates))
    {
        // "電話：044-…" and "mail: …" carry a label.
        let bare = contact.rsplit([':', '：']).next().unwrap_or(contact);
        add(bare, SHORTEST_CONTACT);
    }
    if let Some(address) = &submitter.address {
        let folded = Folded::new(address).letters;
        let town = folded
            .iter()
            .rposition(|letter| "都道府県市区郡".contains(*letter))
            .map_or(0, |place| place + 1);
        let town = &folded[town..];
        // Up to the end of the house number; the building is often left out.
        let numbers = town.iter().position(char::is_ascii_digit);
        if let Some(first) = numbers {
            let house = town[first..]
                .iter()
                .take_while(|letter| letter.is_ascii_digit());
            let end = first + house.count();
            if end >= SHORTEST_ADDRESS {
                patterns.push(town[..end].to_vec());
            }
        }
    }
    patterns
}

/// A text without differences of spelling, each letter with its place in the
/// original.
struct Folded {
    letters: Vec<char>,
    /// The characters of the original that each letter stands for.
    origins: Vec<Range<usize>>,
}

impl Folded {
    fn new(text: &str) -> Self {
        let letters: Vec<char> = text.chars().collect();
        let mut folded = Self {
            letters: Vec::with_capacity(letters.len()),
            origins: Vec::with_capacity(letters.len()),
        };
        let mut start = 0;
        while start < letters.len() {
            // A letter with the marks that belong to it: "ﾊﾞ" is one sound.
            let marks = letters[start + 1..]
                .iter()
                .take_while(|mark| is_mark(**mark));
            let end = start + 1 + marks.count();
            let composed = letters[start..end].iter().copied().nfkc();
            for letter in composed.flat_map(char::to_lowercase).filter_map(fold) {
                folded.letters.push(letter);
                folded.origins.push(start..end);
            }
            start = end;
        }
        folded.without_address_words()
    }

    /// "3丁目2番1号" and "3-2-1" are the same address.
    fn without_address_words(self) -> Self {
        let mut kept = Self {
            letters: vec![],
            origins: vec![],
        };
        let mut place = 0;
        while let (Some(letter), Some(origin)) = (self.letters.get(place), self.origins.get(place))
        {
            let after_digit = place > 0 && self.letters[place - 1].is_ascii_digit();
            let rest = &self.letters[place..];
            let word = [&['丁', '目'][..], &['番', '地'], &['番'], &['号']]
                .into_iter()
                .find(|word| after_digit && rest.starts_with(word));
            match word {
                Some(word) => {
                    place += word.len();
                    // "3丁目の2": the particle goes with the word.
                    if self.letters.get(place) == Some(&'の')
                        && self
                            .letters
                            .get(place + 1)
                            .is_some_and(char::is_ascii_digit)
                    {
                        place += 1;
                    }
                }
                None => {
                    kept.letters.push(*letter);
                    kept.origins.push(origin.clone());
                    place += 1;
                }
            }
        }
        kept
    }

    fn occurrences(&self, pattern: &[char]) -> Vec<Range<usize>> {
        let windows = self.letters.windows(pattern.len().max(1)).enumerate();
        windows
            .filter(|(_, window)| *window == pattern)
            .filter_map(|(place, window)| {
                let first = self.origins.get(place)?;
                let last = self.origins.get(place + window.len() - 1)?;
                Some(first.start..last.end)
            })
            .collect()
    }
}

fn is_mark(letter: char) -> bool {
    is_combining_mark(letter) || matches!(letter, '\u{ff9e}' | '\u{ff9f}')
}

/// A letter without what people spell differently; none if it is only a
/// separator.
fn fold(letter: char) -> Option<char> {
    match letter {
        _ if letter.is_whitespace() => None,
        '-' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | 'ー' | '─' | '・' | '(' | ')' | '.' => {
            None
        }
        // Katakana to hiragana, which stand 0x60 before them.
        'ァ'..='ヶ' => char::from_u32(u32::from(letter) - 0x60),
        other => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::SubmitterKind, *};

    fn hana() -> Submitter {
        Submitter {
            kind: SubmitterKind::Individual,
            name: Some("渡部 花子".into()),
            kana: Some("わたなべ はなこ".into()),
            address: Some("神奈川県川崎市中原区小杉町3丁目245番地1 コーポ小杉101".into()),
            contact: Some("電話：044-200-1234、hana.w@example.jp".into()),
            ward: "141330".parse().ok(),
            declares_citizen: true,
        }
    }

    #[test]
    fn what_tells_who_wrote_it_is_found_in_any_spelling() {
        for text in [
            "賛成です。渡部花子",
            "賛成です。渡部　花子より",
            "ワタナベ・ハナコ と申します。",
            "ﾜﾀﾅﾍﾞ ﾊﾅｺです。",
            "電話は０４４（２００）１２３４です。",
            "0442001234 までお返事を。",
            "HANA.W@EXAMPLE.JP に返信ください。",
            "小杉町３－２４５－１に住んでいます。",
            "中原区小杉町 3丁目245番地の1 の者です。",
        ] {
            assert!(repeats(text, &hana()), "{text:?} was let through");
        }
    }

    #[test]
    fn what_many_share_is_not_found() {
        for text in [
            "小杉町の公園について。",
            "渡部さんという方の意見に賛成です。",
            "中原区に図書館を。",
            "花子という名の犬がいます。",
            "予算は2001234円です。",
            "",
        ] {
            assert!(!repeats(text, &hana()), "{text:?} was stopped");
        }
    }

    #[test]
    fn an_empty_submitter_repeats_nothing() {
        let nobody = Submitter {
            name: Some(" ".into()),
            kana: None,
            address: Some("川崎市".into()),
            contact: Some("-".into()),
            ..hana()
        };
        assert!(!repeats("川崎市の計画に - 賛成です。 ", &nobody));
    }

    #[test]
    fn the_place_is_that_of_the_original() {
        let text = "賛成。ﾜﾀﾅﾍﾞ ﾊﾅｺ、小杉町3-245-1。以上";
        assert_eq!(blotted(text, &hana()), "賛成。■■■■■■■■■、■■■■■■■■■■。以上");
    }

    proptest! {
        #[test]
        fn what_is_blotted_repeats_nothing(
            before in "[ -~あ-んア-ン一-三ﾀﾞ]{0,20}",
            after in "[ -~あ-んア-ン一-三]{0,20}",
        ) {
            let text = format!("{before}渡部花子{after} 044-200-1234");
            let blotted = blotted(&text, &hana());
            prop_assert!(!repeats(&blotted, &hana()));
            prop_assert_eq!(blotted.chars().count(), text.chars().count());
        }
    }
}

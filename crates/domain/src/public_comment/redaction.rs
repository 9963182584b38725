//! Whether a text tells who its author is.
//!
//! Found are the full name, its reading, telephone and e-mail, and the address
//! from the town on, also where they are spelled with other widths, spaces,
//! hyphens, or katakana for hiragana. Family name or town alone are not: half
//! the city shares them. So this finds repetitions; whether a text tells on its
//! author in another way remains the officer's judgement.
//!
//! What a submitter writes is never turned down for it: it is screened before
//! it is published. What the city writes about submissions is turned down, see
//! [`Checked`](crate::Checked).

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::Submitter;
use crate::folded::Folded;

/// Whether the text repeats what tells who one of the submitters is.
pub fn repeats<'a>(text: &str, submitters: impl IntoIterator<Item = &'a Submitter>) -> bool {
    let text = without_spelling(text);
    submitters
        .into_iter()
        .flat_map(patterns)
        .any(|pattern| text.occurrences(&pattern).next().is_some())
}

/// Where it does, in characters of the text, in ascending order and without
/// overlap.
pub fn find(text: &str, submitter: &Submitter) -> Vec<Range<usize>> {
    let text = without_spelling(text);
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

/// A first name in kana and common words look alike.
const SHORTEST_KANA: usize = 4;
/// What people write who give no name. A text may well have these words.
const NO_NAMES: &[&str] = &[
    "匿名",
    "無記名",
    "名無し",
    "匿名希望",
    "記載なし",
    "不明",
    "個人",
    "本人",
    "市民",
    "一市民",
    "川崎市民",
    "区民",
    "住民",
    "県民",
    "国民",
    "主婦",
    "会社員",
    "学生",
    "男性",
    "女性",
];

fn patterns(submitter: &Submitter) -> Vec<Vec<char>> {
    let mut patterns = vec![];
    let mut add = |text: &str, shortest: usize| {
        let folded = without_spelling(text).letters().to_vec();
        if folded.len() >= shortest {
            patterns.push(folded);
        }
    };
    for name in [&submitter.name, &submitter.kana].into_iter().flatten() {
        let kana = name
            .nfkc()
            .all(|letter| letter.is_whitespace() || is_kana(letter));
        if !NO_NAMES.contains(&name.trim()) {
            add(name, if kana { SHORTEST_KANA } else { SHORTEST_NAME });
        }
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
        let folded = without_spelling(address);
        let folded = folded.letters();
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

/// A text without differences of spelling.
fn without_spelling(text: &str) -> Folded {
    let parts = Folded::new(text).into_parts();
    let parts = parts.filter_map(|(letter, origin)| Some((fold(letter)?, origin)));
    without_address_words(parts.collect())
}

/// "3丁目2番1号" and "3-2-1" are the same address.
fn without_address_words(letters: Vec<(char, Range<usize>)>) -> Folded {
    let at = |place: usize| letters.get(place).map(|(letter, _)| *letter);
    let is_digit = |place: usize| at(place).is_some_and(|letter| letter.is_ascii_digit());
    let mut kept = vec![];
    let mut place = 0;
    while let Some(part) = letters.get(place) {
        let after_digit = place > 0 && is_digit(place - 1);
        let stands = |word: &str| {
            let mut letters = (place..).zip(word.chars());
            letters.all(|(place, letter)| at(place) == Some(letter))
        };
        let words = ["丁目", "番地", "番", "号"];
        let word = words.into_iter().find(|word| after_digit && stands(word));
        match word {
            Some(word) => {
                place += word.chars().count();
                // "3丁目の2": the particle goes with the word.
                if at(place) == Some('の') && is_digit(place + 1) {
                    place += 1;
                }
            }
            None => {
                kept.push(part.clone());
                place += 1;
            }
        }
    }
    Folded::of(kept)
}

fn is_kana(letter: char) -> bool {
    matches!(letter, 'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー')
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
            assert!(repeats(text, [&hana()]), "{text:?} was let through");
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
            assert!(!repeats(text, [&hana()]), "{text:?} was stopped");
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
        assert!(!repeats("川崎市の計画に - 賛成です。 ", [&nobody]));
    }

    #[test]
    fn who_gives_no_name_stops_no_words() {
        for (name, text) in [
            ("匿名希望", "匿名希望の方にも分かるように。"),
            ("市民", "市民の安全のためです。"),
            ("こと", "整備することとします。"),
            ("コト", "整備することとします。"),
        ] {
            let somebody = Submitter {
                name: Some(name.into()),
                ..hana()
            };
            assert!(!repeats(text, [&somebody]), "{name}: {text:?} was stopped");
        }
        let short = Submitter {
            name: Some("もり あい".into()),
            ..hana()
        };
        assert!(repeats("森愛（もりあい）です。", [&hana(), &short]));
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
            prop_assert!(!repeats(&blotted, [&hana()]));
            prop_assert_eq!(blotted.chars().count(), text.chars().count());
        }
    }
}

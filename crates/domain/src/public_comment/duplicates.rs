//! Which submissions say the same, for the clerk who answers them. Every
//! submission counts as received; nothing is deleted or merged here.
//!
//! The function is deterministic and does not depend on the order of its input:
//!
//! 1. A text is normalised: NFKC, small letters, without white space.
//! 2. It becomes the set of its character 2-grams (a text of one character: of
//!    that character). Texts with the same normal form are taken as one.
//! 3. A MinHash signature of 32 bands of 4 values finds candidates: pairs that
//!    agree in all values of a band. A pair with Jaccard similarity 0.8 is found
//!    with probability above 0.9999, one with 0.6 with 0.98.
//! 4. A candidate pair belongs together if its exact Jaccard similarity reaches
//!    the threshold. In a band on which more than 64 texts agree, each is
//!    compared with the 64 after it in the order of their normal forms.
//! 5. Groups are what hangs together by such pairs.

use std::collections::{BTreeMap, HashMap};

use unicode_normalization::UnicodeNormalization;

use crate::Ratio;

const BANDS: usize = 32;
const ROWS: usize = 4;
/// How many texts a text is compared with in one band.
const WINDOW: usize = 64;

/// The groups of texts that say the same: every id is in exactly one. Ids and
/// groups are in ascending order.
pub fn groups<Id: Ord + Copy>(texts: &[(Id, &str)], threshold: Ratio) -> Vec<Vec<Id>> {
    let mut by_normal_form: BTreeMap<String, Vec<Id>> = BTreeMap::new();
    for (id, text) in texts {
        by_normal_form
            .entry(normal_form(text))
            .or_default()
            .push(*id);
    }
    let grams: Vec<Vec<u64>> = by_normal_form.keys().map(|text| grams(text)).collect();
    let mut together = Together::new(grams.len());
    for candidates in candidates(&grams) {
        for (place, left) in candidates.iter().enumerate() {
            for right in candidates.iter().skip(place + 1).take(WINDOW) {
                if !together.are_joined(*left, *right)
                    && similar(&grams[*left], &grams[*right], threshold)
                {
                    together.join(*left, *right);
                }
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<Id>> = BTreeMap::new();
    for (text, ids) in by_normal_form.into_values().enumerate() {
        groups.entry(together.root(text)).or_default().extend(ids);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    for group in &mut groups {
        group.sort_unstable();
    }
    groups.sort_unstable_by(|left, right| left.first().cmp(&right.first()));
    groups
}

/// How similar two texts are: shared 2-grams of all 2-grams.
pub fn similarity(left: &str, right: &str) -> Ratio {
    let (left, right) = (grams(&normal_form(left)), grams(&normal_form(right)));
    let (shared, all) = jaccard(&left, &right);
    // Two empty texts are the same text.
    Ratio::new(shared, all).unwrap_or(Ratio::ONE)
}

fn normal_form(text: &str) -> String {
    let composed = text.nfkc().flat_map(char::to_lowercase);
    composed.filter(|letter| !letter.is_whitespace()).collect()
}

/// The set of 2-grams, sorted.
fn grams(text: &str) -> Vec<u64> {
    let letters: Vec<u64> = text
        .chars()
        .map(|letter| u64::from(u32::from(letter)))
        .collect();
    let mut grams: Vec<u64> = match letters.as_slice() {
        [only] => vec![*only],
        _ => letters
            .windows(2)
            .map(|pair| pair[0] << 32 | pair[1])
            .collect(),
    };
    grams.sort_unstable();
    grams.dedup();
    grams
}

/// Shared elements, and all elements, of two sorted sets.
fn jaccard(left: &[u64], right: &[u64]) -> (u64, u64) {
    let (mut i, mut j, mut shared) = (0, 0, 0);
    while let (Some(a), Some(b)) = (left.get(i), right.get(j)) {
        shared += u64::from(a == b);
        i += usize::from(a <= b);
        j += usize::from(b <= a);
    }
    let all = left.len() + right.len();
    (shared, u64::try_from(all).unwrap_or(u64::MAX) - shared)
}

fn similar(left: &[u64], right: &[u64], threshold: Ratio) -> bool {
    let (shared, all) = jaccard(left, right);
    Ratio::new(shared, all).unwrap_or(Ratio::ONE) >= threshold
}

/// Sets of texts that agree in a band, each in the order of the texts.
fn candidates(grams: &[Vec<u64>]) -> Vec<Vec<usize>> {
    let hashes: Vec<(u64, u64)> = (0..BANDS * ROWS)
        .map(|place| {
            let seed = u64::try_from(place).unwrap_or(0);
            // Odd, so that the product is a permutation.
            (scramble(2 * seed) | 1, scramble(2 * seed + 1))
        })
        .collect();
    let mut bands: HashMap<(usize, [u64; ROWS]), Vec<usize>> = HashMap::new();
    for (text, grams) in grams.iter().enumerate() {
        for (band, hashes) in hashes.chunks_exact(ROWS).enumerate() {
            let mut signature = [u64::MAX; ROWS];
            for ((factor, summand), least) in hashes.iter().zip(&mut signature) {
                for gram in grams {
                    let hash = gram.wrapping_mul(*factor).wrapping_add(*summand);
                    if hash < *least {
                        *least = hash;
                    }
                }
            }
            bands.entry((band, signature)).or_default().push(text);
        }
    }
    // The order in which the bands are looked at plays no part: what hangs
    // together hangs together.
    bands
        .into_values()
        .filter(|texts| texts.len() > 1)
        .collect()
}

/// The finalizer of SplitMix64: fixed factors that look like chance.
fn scramble(seed: u64) -> u64 {
    let mut mixed = (seed + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// What hangs together (union–find).
struct Together {
    parents: Vec<usize>,
}

impl Together {
    fn new(count: usize) -> Self {
        Self {
            parents: (0..count).collect(),
        }
    }

    fn root(&mut self, mut one: usize) -> usize {
        while self.parents[one] != one {
            self.parents[one] = self.parents[self.parents[one]];
            one = self.parents[one];
        }
        one
    }

    fn are_joined(&mut self, left: usize, right: usize) -> bool {
        self.root(left) == self.root(right)
    }

    fn join(&mut self, left: usize, right: usize) {
        let (left, right) = (self.root(left), self.root(right));
        self.parents[left.max(right)] = left.min(right);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ratio(text: &str) -> Ratio {
        text.parse().unwrap()
    }

    #[test]
    fn the_same_text_in_other_spelling_is_the_same() {
        let texts = [
            (1, "自転車レーンを増やしてください。"),
            (2, "自転車ﾚｰﾝを　増やして\nください。"),
            (3, "公園を残してください。"),
        ];
        assert_eq!(groups(&texts, ratio("1/1")), [vec![1, 2], vec![3]]);
    }

    #[test]
    fn near_copies_are_grouped_and_others_are_not() {
        let letter = "川崎市は路線バスの本数を減らすのではなく、高齢者の移動を支えるために\
            維持し、必要な予算を確保するべきだと考えます。";
        let copies: Vec<String> = (0..30)
            .map(|n| format!("{letter}第{n}町内会の会員より。"))
            .collect();
        let mut texts: Vec<(usize, &str)> = copies.iter().map(String::as_str).enumerate().collect();
        texts.push((
            99,
            "図書館の開館時間を延ばしてほしい。仕事の後に寄れません。",
        ));
        let found = groups(&texts, ratio("3/4"));
        assert_eq!(found, [(0..30).collect::<Vec<_>>(), vec![99]]);
        assert!(similarity(letter, &copies[3]) >= ratio("3/4"));
    }

    #[test]
    fn twenty_thousand_texts_of_a_campaign_are_grouped() {
        let texts: Vec<String> = (0..20_000)
            .map(|n| match n % 40 {
                0 => format!("計画に反対します。緑地を守ってください。{n}番の家に住む者です。"),
                1 => format!("{n}という数について{}と{}のことを書きます。", n * 7, n * n),
                _ => "計画に反対します。緑地を守ってください。".to_owned(),
            })
            .collect();
        let texts: Vec<(usize, &str)> = texts.iter().map(String::as_str).enumerate().collect();
        let found = groups(&texts, ratio("9/10"));
        assert_eq!(found.iter().map(Vec::len).sum::<usize>(), 20_000);
        let same = found.iter().find(|group| group.contains(&2)).unwrap();
        assert!(same.len() >= 19_000);
    }

    proptest! {
        #[test]
        fn every_text_is_in_one_group_whatever_the_threshold(
            texts in prop::collection::vec("[あいう ]{0,6}", 0..40),
            num in 0_u64..6,
            turn in any::<prop::sample::Index>(),
        ) {
            let threshold = Ratio::new(num, 5).unwrap();
            let mut texts: Vec<(usize, &str)> =
                texts.iter().map(String::as_str).enumerate().collect();
            let found = groups(&texts, threshold);
            let mut all: Vec<usize> = found.iter().flatten().copied().collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..texts.len()).collect::<Vec<_>>());
            // In any order the same.
            if !texts.is_empty() {
                let middle = turn.index(texts.len());
                texts.rotate_left(middle);
                texts.reverse();
            }
            prop_assert_eq!(groups(&texts, threshold), found);
        }
    }
}

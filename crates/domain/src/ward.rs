//! Wards and their codes.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Language;

/// The code of a ward or city (全国地方公共団体コード): five digits and a
/// check digit, kept together, because either form alone is mistyped unnoticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WardCode(u32);

/// Why a text is not a code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WardCodeError {
    /// It does not have six digits.
    #[error("a ward code has five digits and a check digit: {0:?}")]
    Form(String),
    /// Its last digit does not fit the others.
    #[error("the check digit of {code} is {expected}; compare the code with its source")]
    CheckDigit {
        /// What was given.
        code: String,
        /// The digit that would fit.
        expected: u32,
    },
}

impl WardCode {
    /// The code of these five digits; `None` above 99999.
    pub fn from_five(five: u32) -> Option<Self> {
        (five <= 99_999).then(|| Self(five * 10 + check_digit(five)))
    }

    /// The code without its check digit.
    pub fn five(self) -> u32 {
        self.0 / 10
    }

    /// The ward, if it is one that is known by name.
    pub fn ward(self) -> Option<&'static Ward> {
        WARDS.iter().find(|ward| ward.five == self.five())
    }
}

/// 11 less the weighted sum modulo 11; of two digits, the last.
fn check_digit(five: u32) -> u32 {
    let digits = [10_000, 1_000, 100, 10, 1].map(|place| five / place % 10);
    let weights = [6, 5, 4, 3, 2];
    let sum: u32 = digits.iter().zip(weights).map(|(d, w)| d * w).sum();
    (11 - sum % 11) % 10
}

impl fmt::Display for WardCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

impl FromStr for WardCode {
    type Err = WardCodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != 6 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(WardCodeError::Form(text.chars().take(20).collect()));
        }
        let code = text.bytes().fold(0, |n, d| n * 10 + u32::from(d - b'0'));
        let expected = check_digit(code / 10);
        if code % 10 == expected {
            Ok(Self(code))
        } else {
            Err(WardCodeError::CheckDigit {
                code: text.to_owned(),
                expected,
            })
        }
    }
}

impl Serialize for WardCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for WardCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::ids::parse_text(deserializer)
    }
}

/// A ward, by its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ward {
    /// The code without its check digit.
    pub five: u32,
    /// 川崎区.
    pub ja: &'static str,
    /// かわさきく.
    pub kana: &'static str,
    /// Kawasaki Ward.
    pub en: &'static str,
}

impl Ward {
    /// The ward's code.
    pub fn code(&self) -> WardCode {
        WardCode(self.five * 10 + check_digit(self.five))
    }

    /// The ward's name.
    pub fn name(&self, language: Language) -> &'static str {
        match language {
            Language::Ja => self.ja,
            Language::En => self.en,
        }
    }
}

/// The wards of Kawasaki in the order of their codes, which is not their order
/// on the map: 14135 is Tama, 14136 Miyamae.
pub const WARDS: [Ward; 7] = [
    ward(14131, "川崎区", "かわさきく", "Kawasaki Ward"),
    ward(14132, "幸区", "さいわいく", "Saiwai Ward"),
    ward(14133, "中原区", "なかはらく", "Nakahara Ward"),
    ward(14134, "高津区", "たかつく", "Takatsu Ward"),
    ward(14135, "多摩区", "たまく", "Tama Ward"),
    ward(14136, "宮前区", "みやまえく", "Miyamae Ward"),
    ward(14137, "麻生区", "あさおく", "Asao Ward"),
];

/// The city that the wards belong to.
pub const CITY: Ward = ward(14130, "川崎市", "かわさきし", "City of Kawasaki");

const fn ward(five: u32, ja: &'static str, kana: &'static str, en: &'static str) -> Ward {
    Ward { five, ja, kana, en }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digits_are_those_of_the_official_list() {
        let codes: Vec<_> = WARDS.iter().map(|ward| ward.code().to_string()).collect();
        let official = [
            "141313", "141321", "141330", "141348", "141356", "141364", "141372",
        ];
        assert_eq!(codes, official);
        assert_eq!(CITY.code().to_string(), "141305");
        // Sapporo, whose code begins with a zero, and its official check digit.
        assert_eq!(WardCode::from_five(1_100).unwrap().to_string(), "011002");
    }

    #[test]
    fn a_mistyped_code_is_refused_with_the_digit_that_would_fit() {
        assert_eq!(
            "141314".parse::<WardCode>(),
            Err(WardCodeError::CheckDigit {
                code: "141314".into(),
                expected: 3
            })
        );
        for bad in ["14131", "1413130", "14131a", "１４１３１３", ""] {
            assert!(matches!(
                bad.parse::<WardCode>(),
                Err(WardCodeError::Form(_))
            ));
        }
        assert_eq!(WardCode::from_five(100_000), None);
    }

    #[test]
    fn tama_comes_before_miyamae() {
        let name = |code: &str| code.parse::<WardCode>().unwrap().ward().map(|ward| ward.ja);
        assert_eq!(name("141356"), Some("多摩区"));
        assert_eq!(name("141364"), Some("宮前区"));
        assert_eq!(name("011002"), None);
    }
}

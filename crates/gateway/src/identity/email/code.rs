//! Codes that prove that somebody reads the mail of an address.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use unicode_normalization::UnicodeNormalization;

use super::EmailAddress;

/// How long a code is good for at least, in minutes.
pub(super) const VALID_MINUTES: i64 = 30;

/// Seconds that share a code.
const SLOT: i64 = 300;

/// The digits of Crockford: none is taken for another, in print or by ear.
const DIGITS: [char; 32] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J',
    'K', 'M', 'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
];

/// Digits of a code: 40 bits, which nobody guesses in half an hour where
/// opinions come in no faster than `[intake]` lets them.
const LENGTH: usize = 8;

/// What the key is used for, so that it can be used for nothing else.
const CONTEXT: &[u8] = b"hiroba e-mail confirmation v2";

/// Makes and checks codes. They are computed and not kept: of whoever asks for
/// one, nothing is stored.
pub(super) struct Codes([u8; 32]);

impl Codes {
    /// With a secret key.
    pub(super) fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// The code of an address for a purpose, as a person reads it: `7KQM-2XPD`.
    pub(super) fn issue(&self, address: &EmailAddress, purpose: &str, now: Timestamp) -> String {
        let number = self.number(address, purpose, slot(now));
        let digit = |at: usize| DIGITS[usize::try_from(number >> (5 * at) & 31).unwrap_or(0)];
        let digits: Vec<char> = (0..LENGTH).rev().map(digit).collect();
        let (front, back) = digits.split_at(LENGTH / 2);
        format!(
            "{}-{}",
            front.iter().collect::<String>(),
            back.iter().collect::<String>()
        )
    }

    /// Whether somebody has read this code in a mail to the address, not longer
    /// ago than it is good for.
    pub(super) fn confirms(
        &self,
        code: &str,
        address: &EmailAddress,
        purpose: &str,
        now: Timestamp,
    ) -> bool {
        let slots = slot(now) - VALID_MINUTES * 60 / SLOT..=slot(now);
        read(code).is_some_and(|code| {
            slots
                .map(|slot| self.number(address, purpose, slot))
                .fold(false, |found, number| found | (number == code))
        })
    }

    fn number(&self, address: &EmailAddress, purpose: &str, slot: i64) -> u64 {
        // RFC 2104, 2: a key shorter than a block is followed by zeros.
        let block: [u8; 64] = std::array::from_fn(|at| self.0.get(at).copied().unwrap_or(0));
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(CONTEXT);
        // Lengths first, so that no two inputs read alike.
        for part in [
            purpose.as_bytes(),
            address.as_str().as_bytes(),
            &slot.to_be_bytes(),
        ] {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part);
        }
        let tag = mac.finalize().into_bytes();
        tag.iter()
            .take(LENGTH * 5 / 8)
            .fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

fn slot(now: Timestamp) -> i64 {
    now.as_second().div_euclid(SLOT)
}

/// The number of a code, however somebody typed it: in full or half width, with
/// or without hyphens and spaces, `O` for 0 and `I` or `L` for 1.
fn read(code: &str) -> Option<u64> {
    let digits = code
        .nfkc()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, '-' | '‐' | '−' | 'ー'));
    let mut number = 0;
    let mut length = 0;
    for letter in digits {
        let letter = match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let value = DIGITS.iter().position(|digit| *digit == letter)?;
        number = number << 5 | u64::try_from(value).ok()?;
        length += 1;
        if LENGTH < length {
            return None;
        }
    }
    (length == LENGTH).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn hanako() -> EmailAddress {
        "hanako@example.jp".parse().unwrap()
    }

    #[test]
    fn a_code_confirms_its_address_for_its_purpose_and_time() {
        let codes = Codes::new([1; 32]);
        let code = codes.issue(&hanako(), "case_1", at(299));
        let confirms = |address: &str, purpose: &str, second| {
            let address = address.parse().unwrap();
            codes.confirms(&code, &address, purpose, at(second))
        };
        assert!(confirms("hanako@example.jp", "case_1", 299));
        assert!(confirms("hanako@example.jp", "case_1", 299 + 30 * 60));
        assert!(!confirms("hanako@example.jp", "case_1", 300 + 35 * 60));
        assert!(!confirms("hanako@example.jp", "case_2", 299));
        assert!(!confirms("yamate@example.jp", "case_1", 299));
        // A code of tomorrow is none today.
        assert!(!confirms("hanako@example.jp", "case_1", -1));
        assert!(!Codes::new([2; 32]).confirms(&code, &hanako(), "case_1", at(299)));
    }

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let codes = Codes::new([1; 32]);
        let mut seen = std::collections::BTreeSet::new();
        for second in 0..300 {
            let now = at(second * SLOT);
            let code = codes.issue(&hanako(), "", now);
            assert_eq!(code.chars().count(), 9, "{code}");
            let wide: String = code
                .chars()
                .map(|letter| char::from_u32(u32::from(letter) + 0xfee0).unwrap())
                .collect();
            for typed in [
                code.clone(),
                code.to_lowercase(),
                code.replace('-', " ") + "\n",
                code.replace('0', "O").replace('1', "l"),
                wide,
            ] {
                assert!(codes.confirms(&typed, &hanako(), "", now), "{typed:?}");
            }
            seen.insert(code);
        }
        assert_eq!(seen.len(), 300);
    }

    #[test]
    fn what_is_no_code_confirms_nothing() {
        let codes = Codes::new([1; 32]);
        let code = codes.issue(&hanako(), "", at(0));
        let last = if code.ends_with('0') { '2' } else { '0' };
        for wrong in [
            String::new(),
            "-".to_owned(),
            code[..8].to_owned(),
            format!("{code}0"),
            format!("{}{last}", &code[..8]),
            format!("0{code}"),
            "あいうえおかきく".to_owned(),
            "UUUU-UUUU".to_owned(),
            "0".repeat(100_000),
        ] {
            assert!(!codes.confirms(&wrong, &hanako(), "", at(0)), "{wrong:?}");
        }
    }
}

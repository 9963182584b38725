//! Exact fractions, for thresholds of law.

use std::{cmp::Ordering, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A fraction that is not negative, such as "two thirds of those present".
/// Compared exactly: a threshold must not depend on rounding.
#[derive(Clone, Copy, Debug)]
pub struct Ratio {
    num: u64,
    den: u64,
}

/// Why a text is not a fraction.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a fraction of the form 2/3: {0:?}")]
pub struct RatioError(String);

impl Ratio {
    /// The whole.
    pub const ONE: Self = Self { num: 1, den: 1 };

    /// A fraction; `None` if the denominator is 0.
    pub fn new(num: u64, den: u64) -> Option<Self> {
        (den > 0).then_some(Self { num, den })
    }

    /// The number above the line.
    pub fn num(self) -> u64 {
        self.num
    }

    /// The number below the line.
    pub fn den(self) -> u64 {
        self.den
    }

    /// The smallest whole number that is at least this fraction of `whole`:
    /// "one fiftieth of the electors".
    pub fn at_least_of(self, whole: u64) -> u64 {
        let product = u128::from(self.num) * u128::from(whole);
        let least = product.div_ceil(u128::from(self.den));
        u64::try_from(least).unwrap_or(u64::MAX)
    }
}

impl PartialEq for Ratio {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ratio {}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        let left = u128::from(self.num) * u128::from(other.den);
        let right = u128::from(other.num) * u128::from(self.den);
        left.cmp(&right)
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.num, self.den)
    }
}

impl FromStr for Ratio {
    type Err = RatioError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || RatioError(text.chars().take(40).collect());
        let (num, den) = text.split_once('/').ok_or_else(refuse)?;
        let parse = |part: &str| part.parse::<u64>().map_err(|_| refuse());
        let ratio = Self::new(parse(num)?, parse(den)?).ok_or_else(refuse)?;
        if ratio.to_string() == text {
            Ok(ratio)
        } else {
            Err(refuse())
        }
    }
}

impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Ratio {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::ids::parse_text(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_compared_exactly() {
        let half = Ratio::new(1, 2).unwrap();
        assert_eq!(half, Ratio::new(30, 60).unwrap());
        assert!(Ratio::new(u64::MAX - 1, u64::MAX).unwrap() < Ratio::new(1, 1).unwrap());
        assert_eq!(Ratio::new(1, 0), None);
    }

    #[test]
    fn a_threshold_is_rounded_up() {
        // One fiftieth of the electors of §28: 25,264.98 signatures.
        assert_eq!(Ratio::new(1, 50).unwrap().at_least_of(1_263_249), 25_265);
        assert_eq!(Ratio::new(2, 3).unwrap().at_least_of(60), 40);
        assert_eq!(Ratio::new(1, 1).unwrap().at_least_of(u64::MAX), u64::MAX);
    }

    #[test]
    fn a_fraction_has_one_spelling() {
        assert_eq!("2/3".parse(), Ok(Ratio::new(2, 3).unwrap()));
        for bad in ["2", "2/0", "+2/3", "02/3", "2 / 3", "-1/2"] {
            assert!(bad.parse::<Ratio>().is_err(), "{bad:?} was taken");
        }
    }
}

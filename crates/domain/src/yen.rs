//! Money.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An amount of yen. Sums are checked: an amount that does not fit is no
/// amount, never another one.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Yen(pub i64);

impl Yen {
    /// The sum.
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference.
    pub fn minus(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// This many times the amount.
    pub fn times(self, factor: i64) -> Option<Self> {
        self.0.checked_mul(factor).map(Self)
    }

    /// The sum of all; `None` if it does not fit.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self(0), Self::plus)
    }
}

impl fmt::Display for Yen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.unsigned_abs().to_string();
        if self.0 < 0 {
            f.write_str("-")?;
        }
        f.write_str("¥")?;
        for (index, digit) in digits.char_indices() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_that_does_not_fit_is_no_sum() {
        assert_eq!(Yen(1).plus(Yen(2)), Some(Yen(3)));
        assert_eq!(Yen(i64::MAX).plus(Yen(1)), None);
        assert_eq!(Yen(i64::MIN).minus(Yen(1)), None);
        assert_eq!(Yen(i64::MAX).times(2), None);
        assert_eq!(Yen::sum([Yen(5), Yen(-7)]), Some(Yen(-2)));
    }

    #[test]
    fn amounts_are_written_with_separators() {
        assert_eq!(Yen(50_000_000).to_string(), "¥50,000,000");
        assert_eq!(Yen(-1_234).to_string(), "-¥1,234");
        assert_eq!(Yen(0).to_string(), "¥0");
        assert_eq!(Yen(i64::MIN).to_string(), "-¥9,223,372,036,854,775,808");
    }
}

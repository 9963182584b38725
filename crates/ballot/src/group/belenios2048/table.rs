//! Powers made ahead: for a base that stays, and for one that is used a few times.

use crypto_bigint::{Choice, CtAssign, CtEq};

use super::Element;

/// Bits of one window of a fixed base: 43 windows of 64 elements are 700 kB a base, which fits
/// the second-level cache twice, and cost 43 products a power.
const WINDOW: usize = 6;
const WINDOWS: usize = 256_usize.div_ceil(WINDOW);

/// Powers of a base that stays for the whole election.
pub struct FixedBase {
    /// `windows[i][d]` = base^(d · 64^i).
    windows: Vec<Vec<Element>>,
}

impl FixedBase {
    pub(super) fn new(base: &Element) -> Self {
        let mut start = *base;
        let windows = (0..WINDOWS)
            .map(|_| {
                let mut powers = Vec::with_capacity(1 << WINDOW);
                let mut power = Element::ONE;
                for _ in 0..1 << WINDOW {
                    powers.push(power);
                    power = power.mul(&start);
                }
                start = power;
                powers
            })
            .collect();
        Self { windows }
    }

    /// base^exponent; every entry of each window is touched, whatever the exponent.
    pub(super) fn power(&self, exponent: &[u8; 32]) -> Element {
        let mut product = Element::ONE;
        for (powers, digit) in self.windows.iter().zip(digits(exponent)) {
            let mut chosen = Element::ONE;
            for (index, power) in (0_u32..).zip(powers) {
                let hit: Choice = index.ct_eq(&digit);
                chosen.ct_assign(power, hit);
            }
            product = product.mul(&chosen);
        }
        product
    }

    /// `start · base^exponent`, not in constant time.
    pub(super) fn power_vartime(&self, start: Element, exponent: &[u8; 32]) -> Element {
        self.windows
            .iter()
            .zip(digits(exponent))
            .filter(|(_, digit)| *digit != 0)
            .filter_map(|(powers, digit)| powers.get(digit as usize))
            .fold(start, |product, power| product.mul(power))
    }
}

/// The base-64 digits of a little-endian number, lowest first.
fn digits(number: &[u8; 32]) -> impl Iterator<Item = u32> {
    (0..WINDOWS).map(|window| {
        let bit = window * WINDOW;
        let low = u32::from(number.get(bit / 8).copied().unwrap_or_default());
        let high = u32::from(number.get(bit / 8 + 1).copied().unwrap_or_default());
        ((high << 8 | low) >> (bit % 8)) & ((1 << WINDOW) - 1)
    })
}

/// The exponent is cut into this many parts, so that the squarings of one power are a fourth.
const PARTS: usize = 4;
const PART_BITS: usize = 64;

/// A table for two to four powers of one element: base^(2^64i) and their small odd powers.
pub struct FewTimes {
    parts: [[Element; 8]; PARTS],
}

impl FewTimes {
    pub(super) fn new(base: &Element) -> Self {
        let mut start = *base;
        let parts = std::array::from_fn(|part| {
            if part > 0 {
                start = start.square_repeat_vartime(PART_BITS as u32);
            }
            odd_powers(&start)
        });
        Self { parts }
    }

    /// base^exponent, not in constant time.
    pub(super) fn power_vartime(&self, exponent: &[u8; 32]) -> Element {
        let windows: [[u8; PART_BITS]; PARTS] = std::array::from_fn(|part| {
            let bytes = exponent
                .get(part * 8..part * 8 + 8)
                .and_then(|bytes| bytes.try_into().ok());
            sliding_windows(bytes.map_or(0, u64::from_le_bytes))
        });
        let mut product = None::<Element>;
        for bit in (0..PART_BITS).rev() {
            product = product.map(|product| product.square());
            for (powers, windows) in self.parts.iter().zip(&windows) {
                let digit = windows.get(bit).copied().unwrap_or_default();
                if digit != 0
                    && let Some(power) = powers.get(usize::from(digit / 2))
                {
                    product = Some(product.map_or(*power, |product| product.mul(power)));
                }
            }
        }
        product.unwrap_or(Element::ONE)
    }
}

/// x, x^3, … x^15.
pub(super) fn odd_powers(base: &Element) -> [Element; 8] {
    let square = base.square();
    let mut power = *base;
    std::array::from_fn(|index| {
        if index > 0 {
            power = power.mul(&square);
        }
        power
    })
}

/// Odd digits below 16 at the places where they stand; number = Σ digit · 2^place.
pub(super) fn sliding_windows(number: u64) -> [u8; PART_BITS] {
    let mut digits = [0; PART_BITS];
    let mut place = 0;
    while place < PART_BITS {
        let rest = number >> place;
        if rest & 1 == 1 {
            if let Some(digit) = digits.get_mut(place) {
                *digit = (rest & 15) as u8;
            }
            place += 4;
        } else {
            place += 1;
        }
    }
    digits
}

//! Products of many powers of published elements.

use super::table::{odd_powers, sliding_windows};
use super::{Element, Exponent};

/// From this number of bases on, buckets need fewer products than tables.
const MANY: usize = 40;

/// Π base^exponent, not in constant time.
pub(super) fn multi_power(bases: &[Element], exponents: &[Exponent]) -> Element {
    if bases.len() < MANY {
        with_tables(bases, exponents)
    } else {
        with_buckets(bases, exponents)
    }
}

/// Straus: all bases share the squarings.
fn with_tables(bases: &[Element], exponents: &[Exponent]) -> Element {
    let tables: Vec<_> = bases.iter().map(odd_powers).collect();
    let windows: Vec<[[u8; 64]; 4]> = exponents
        .iter()
        .map(|exponent| exponent.number().to_words().map(sliding_windows))
        .collect();
    let mut product = Element::ONE;
    for bit in (0..256).rev() {
        product = product.square();
        for (powers, windows) in tables.iter().zip(&windows) {
            let digit = windows.as_flattened().get(bit).copied().unwrap_or_default();
            if digit != 0
                && let Some(power) = powers.get(usize::from(digit / 2))
            {
                product = product.mul(power);
            }
        }
    }
    product
}

/// Pippenger: in each window an element goes into the bucket of its digit.
fn with_buckets(bases: &[Element], exponents: &[Exponent]) -> Element {
    let bits: u32 = match bases.len() {
        ..200 => 5,
        200..1000 => 7,
        _ => 8,
    };
    let numbers: Vec<_> = exponents
        .iter()
        .map(|exponent| exponent.number().to_words())
        .collect();
    let mut product = Element::ONE;
    for window in (0..256_u32.div_ceil(bits)).rev() {
        for _ in 0..bits {
            product = product.square();
        }
        let mut buckets = vec![None::<Element>; 1 << bits];
        for (base, words) in bases.iter().zip(&numbers) {
            let digit = digit(words, window * bits, bits);
            if digit != 0
                && let Some(bucket) = buckets.get_mut(digit)
            {
                *bucket = Some(bucket.map_or(*base, |held| held.mul(base)));
            }
        }
        // Σ digit · bucket as sums of sums from the highest bucket down.
        let mut running = None::<Element>;
        let mut sum = None::<Element>;
        for bucket in buckets.into_iter().skip(1).rev() {
            running = match (running, bucket) {
                (Some(running), Some(bucket)) => Some(running.mul(&bucket)),
                (running, bucket) => running.or(bucket),
            };
            if let Some(running) = running {
                sum = Some(sum.map_or(running, |sum| sum.mul(&running)));
            }
        }
        if let Some(sum) = sum {
            product = product.mul(&sum);
        }
    }
    product
}

/// `bits` bits of a little-endian number from `start` on.
fn digit(words: &[u64; 4], start: u32, bits: u32) -> usize {
    let at = |index: u32| words.get(index as usize).copied().unwrap_or_default();
    let low = at(start / 64) >> (start % 64);
    let high = match start % 64 {
        0 => 0,
        shift => at(start / 64 + 1) << (64 - shift),
    };
    ((low | high) & ((1 << bits) - 1)) as usize
}

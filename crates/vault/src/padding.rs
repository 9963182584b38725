//! Size classes: a ciphertext must not say how long the text was.

/// The smallest class.
const SMALLEST: usize = 64;

/// The length that `length` bytes are padded to: four classes for every
/// doubling, so a quarter more at most.
pub(crate) fn class(length: usize) -> usize {
    if length <= SMALLEST {
        return SMALLEST;
    }
    let step = 1 << length.ilog2().saturating_sub(2);
    length.next_multiple_of(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_holds_what_is_put_in_and_costs_a_quarter_at_most() {
        let mut classes = std::collections::BTreeSet::new();
        for length in 0..70_000 {
            let class = class(length);
            assert!(class >= length);
            assert!(length < 64 || class <= length + length / 4 + 1, "{length}");
            assert_eq!(super::class(class), class);
            classes.insert(class);
        }
        assert!(classes.len() < 45);
    }
}

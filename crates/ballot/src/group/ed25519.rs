//! The prime-order subgroup of edwards25519.

use std::cmp::Ordering;
use std::sync::LazyLock;

use crypto_bigint::{NonZero, U256};
use curve25519_dalek::constants::ED25519_BASEPOINT_POINT;
use curve25519_dalek::edwards::{
    CompressedEdwardsY, EdwardsBasepointTable, EdwardsPoint, VartimeEdwardsPrecomputation,
};
use curve25519_dalek::scalar::Scalar as Exponent;
use curve25519_dalek::traits::{
    BasepointTable, Identity, VartimeMultiscalarMul, VartimePrecomputedMultiscalarMul,
};

use super::{Candidate, Group, Scalar};

/// The group `Ed25519`: an element is written as the RFC 8032 encoding, byte-reversed, in hex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ed25519;

/// q = 2^252 + 27742317777372353535851937790883648493.
const ORDER: U256 =
    U256::from_be_hex("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed");

impl Scalar for Exponent {
    fn from_u64(value: u64) -> Self {
        value.into()
    }

    fn from_u128(value: u128) -> Self {
        value.into()
    }

    fn from_digest(bytes: &[u8; 32]) -> Self {
        let mut little = *bytes;
        little.reverse();
        Self::from_bytes_mod_order(little)
    }

    fn from_wide(bytes: &[u8; 64]) -> Self {
        let mut little = *bytes;
        little.reverse();
        Self::from_bytes_mod_order_wide(&little)
    }

    fn from_decimal(text: &str) -> Option<Self> {
        let number = decimal(text)?;
        let bytes: [u8; 32] = number.to_le_bytes().into();
        (number < ORDER).then(|| Self::from_bytes_mod_order(bytes))
    }

    fn to_decimal(&self) -> String {
        U256::from_le_slice(self.as_bytes()).to_string_radix_vartime(10)
    }

    fn inverse(&self) -> Option<Self> {
        (*self != Self::ZERO).then(|| self.invert())
    }
}

/// Reads a canonical decimal number below 2^256.
pub(super) fn decimal(text: &str) -> Option<U256> {
    let canonical = text == "0" || (!text.starts_with('0') && text.len() < 79);
    (canonical && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| U256::from_str_radix_vartime(text, 10).ok())
        .flatten()
}

/// Reduces a 256-bit number modulo a constant; for published numbers.
pub(super) fn remainder(number: &U256, modulus: &NonZero<U256>) -> U256 {
    number.rem_vartime(modulus)
}

/// g, ready for fixed-base multiplication beside y.
pub struct Bases {
    key: EdwardsBasepointTable,
    both: VartimeEdwardsPrecomputation,
}

/// 2^255 - 19, as the byte-reversed encoding writes it.
const FIELD: [u8; 32] = {
    let mut bytes = [0xff; 32];
    bytes[0] = 0x7f;
    bytes[31] = 0xed;
    bytes
};

/// Canonical: y below the field's prime, and no sign on x = 0 (RFC 8032 §5.1.3).
///
/// The same as comparing with the re-compressed point, without its field inversion.
fn is_canonical(big_endian: &[u8; 32]) -> bool {
    let mut y = *big_endian;
    let sign = y[0] & 0x80;
    y[0] &= 0x7f;
    let mut one = [0; 32];
    one[31] = 1;
    let mut minus_one = FIELD;
    minus_one[31] -= 1;
    y < FIELD && (sign == 0 || (y != one && y != minus_one))
}

static GENERATOR: LazyLock<EdwardsPoint> = LazyLock::new(|| ED25519_BASEPOINT_POINT);

impl Group for Ed25519 {
    const NAME: &'static str = "Ed25519";
    type Element = EdwardsPoint;
    type Scalar = Exponent;
    type Bases = Bases;
    type Prepared = EdwardsPoint;

    fn identity() -> EdwardsPoint {
        EdwardsPoint::identity()
    }

    fn generator() -> EdwardsPoint {
        *GENERATOR
    }

    fn product(a: &EdwardsPoint, b: &EdwardsPoint) -> EdwardsPoint {
        a + b
    }

    fn inverse(a: &EdwardsPoint) -> EdwardsPoint {
        -a
    }

    fn power(base: &EdwardsPoint, exponent: &Exponent) -> EdwardsPoint {
        base * exponent
    }

    fn generator_power(exponent: &Exponent) -> EdwardsPoint {
        EdwardsPoint::mul_base(exponent)
    }

    fn bases(key: &EdwardsPoint) -> Bases {
        Bases {
            key: EdwardsBasepointTable::create(key),
            both: VartimeEdwardsPrecomputation::new([*GENERATOR, *key]),
        }
    }

    fn key_power(bases: &Bases, exponent: &Exponent) -> EdwardsPoint {
        &bases.key * exponent
    }

    fn prepare(base: &EdwardsPoint) -> EdwardsPoint {
        *base
    }

    fn combine(
        bases: &Bases,
        of_generator: &Exponent,
        of_key: &Exponent,
        base: &EdwardsPoint,
        exponent: &Exponent,
    ) -> EdwardsPoint {
        bases
            .both
            .vartime_mixed_multiscalar_mul([of_generator, of_key], [exponent], [base])
    }

    fn multi_power(bases: &[EdwardsPoint], exponents: &[Exponent]) -> EdwardsPoint {
        EdwardsPoint::vartime_multiscalar_mul(exponents, bases)
    }

    fn decode(text: &str) -> Option<Candidate<Self>> {
        let mut bytes = [0; 32];
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return None;
        }
        hex::decode_to_slice(text, &mut bytes).ok()?;
        if !is_canonical(&bytes) {
            return None;
        }
        bytes.reverse();
        CompressedEdwardsY(bytes).decompress().map(Candidate)
    }

    fn is_member(candidate: &Candidate<Self>) -> bool {
        candidate.0.is_torsion_free()
    }

    fn encode(element: &EdwardsPoint) -> String {
        text(element.compress())
    }

    fn compare(a: &str, b: &str) -> Ordering {
        // By the bytes of RFC 8032, which are written in reverse.
        let bytes = |text: &str| {
            hex::decode(text).map(|mut bytes| {
                bytes.reverse();
                bytes
            })
        };
        bytes(a).ok().cmp(&bytes(b).ok())
    }

    fn encode_all(elements: &[EdwardsPoint]) -> Vec<String> {
        EdwardsPoint::compress_batch_alloc(elements)
            .into_iter()
            .map(text)
            .collect()
    }
}

fn text(compressed: CompressedEdwardsY) -> String {
    let mut bytes = compressed.to_bytes();
    bytes.reverse();
    hex::encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use curve25519_dalek::constants::EIGHT_TORSION;

    #[test]
    fn generator_and_identity_are_written_as_published() {
        assert_eq!(
            Ed25519::encode(&Ed25519::generator()),
            "6".repeat(62) + "58"
        );
        assert_eq!(Ed25519::encode(&Ed25519::identity()), "0".repeat(63) + "1");
    }

    #[test]
    fn points_of_small_order_are_not_members_but_the_identity_is() {
        for point in EIGHT_TORSION {
            let candidate = Ed25519::decode(&Ed25519::encode(&point)).expect("canonical");
            assert_eq!(Ed25519::is_member(&candidate), point == Ed25519::identity());
            let shifted = Candidate(point + Ed25519::generator());
            assert_eq!(Ed25519::is_member(&shifted), point == Ed25519::identity());
        }
    }

    #[test]
    fn a_form_is_read_exactly_if_writing_it_again_gives_the_same() {
        // All y from 2^255-30 on, the y near 0, with both signs: every non-canonical form is there.
        let mut edge = Vec::new();
        for low in 0..=255_u8 {
            for (head, fill) in [(0x7f, 0xff), (0xff, 0xff), (0x00, 0x00), (0x80, 0x00)] {
                let mut bytes = [fill; 32];
                bytes[0] = head;
                bytes[31] = low;
                edge.push(bytes);
            }
        }
        let mut refused = 0;
        for big_endian in edge {
            let mut little = big_endian;
            little.reverse();
            let Some(point) = CompressedEdwardsY(little).decompress() else {
                continue;
            };
            let canonical = point.compress().to_bytes() == little;
            refused += usize::from(!canonical);
            assert_eq!(
                Ed25519::decode(&hex::encode(big_endian)).is_some(),
                canonical
            );
        }
        assert!(refused > 4, "the edge cases contain non-canonical forms");
    }

    #[test]
    fn capital_letters_are_not_read() {
        let text = Ed25519::encode(&Ed25519::generator_power(&Exponent::from(77_u64)));
        assert!(Ed25519::decode(&text).is_some());
        assert!(Ed25519::decode(&text.to_uppercase()).is_none());
    }
}

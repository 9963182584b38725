//! The two groups in which an election can be held, behind one small trait.
//!
//! Groups are written multiplicatively, as the specification writes them. Functions named
//! `power` take secrets and run in constant time; `combine` and `multi_power` take what is
//! published anyway and run as fast as they can.

mod belenios2048;
mod ed25519;
mod membership;

use std::cmp::Ordering;
use std::fmt::Debug;
use std::ops::{Add, Mul, Neg, Sub};

use rand_core::CryptoRng;
use zeroize::Zeroize;

pub use belenios2048::Belenios2048;
pub use ed25519::Ed25519;
pub(crate) use membership::all_members;

/// A number modulo the order q of a group.
///
/// It has no `Debug`, because many of them are secret.
pub trait Scalar:
    Copy
    + PartialEq
    + Send
    + Sync
    + Zeroize
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    /// A small number.
    fn from_u64(value: u64) -> Self;
    /// A 128-bit number; used as the random weight of an equation in a batch.
    fn from_u128(value: u128) -> Self;
    /// A big-endian 256-bit number, reduced modulo q.
    fn from_digest(bytes: &[u8; 32]) -> Self;
    /// A big-endian 512-bit number, reduced modulo q.
    fn from_wide(bytes: &[u8; 64]) -> Self;
    /// The decimal form without leading zeros, smaller than q; nothing else is read.
    fn from_decimal(text: &str) -> Option<Self>;
    /// The decimal form.
    fn to_decimal(&self) -> String;
    /// The multiplicative inverse; nothing for zero.
    fn inverse(&self) -> Option<Self>;

    /// Zero.
    fn zero() -> Self {
        Self::from_u64(0)
    }

    /// A number drawn uniformly: 512 random bits reduced modulo q.
    fn random<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut wide = [0; 64];
        rng.fill_bytes(&mut wide);
        let scalar = Self::from_wide(&wide);
        wide.zeroize();
        scalar
    }
}

/// A group of prime order q with its textual forms (fact sheet §2).
pub trait Group: Copy + Clone + Debug + PartialEq + Eq + Send + Sync + 'static {
    /// The name that stands in `election.group`.
    const NAME: &'static str;
    /// An element, known to be in the group.
    type Element: Copy + PartialEq + Eq + Debug + Send + Sync + 'static;
    /// An exponent.
    type Scalar: Scalar;
    /// Tables for the generator g and for one election key y.
    type Bases: Send + Sync;
    /// A table for an element that is raised to a few published exponents.
    type Prepared: Send + Sync;

    /// The neutral element.
    fn identity() -> Self::Element;
    /// The generator g.
    fn generator() -> Self::Element;
    /// The group operation.
    fn product(a: &Self::Element, b: &Self::Element) -> Self::Element;
    /// The inverse element.
    fn inverse(a: &Self::Element) -> Self::Element;
    /// `base^exponent` in constant time.
    fn power(base: &Self::Element, exponent: &Self::Scalar) -> Self::Element;
    /// `g^exponent` in constant time.
    fn generator_power(exponent: &Self::Scalar) -> Self::Element;

    /// Builds the tables for an election key.
    fn bases(key: &Self::Element) -> Self::Bases;
    /// `y^exponent` in constant time.
    fn key_power(bases: &Self::Bases, exponent: &Self::Scalar) -> Self::Element;
    /// Builds the table of a base that is used a few times.
    fn prepare(base: &Self::Element) -> Self::Prepared;
    /// `g^of_generator · y^of_key · base^exponent`, not in constant time.
    fn combine(
        bases: &Self::Bases,
        of_generator: &Self::Scalar,
        of_key: &Self::Scalar,
        base: &Self::Prepared,
        exponent: &Self::Scalar,
    ) -> Self::Element;
    /// The product of `base^exponent` over all pairs, not in constant time.
    fn multi_power(bases: &[Self::Element], exponents: &[Self::Scalar]) -> Self::Element;

    /// Reads the canonical form; whether the element is in the group is not yet known.
    fn decode(text: &str) -> Option<Candidate<Self>>;
    /// Whether a candidate lies in the subgroup of order q; the identity does.
    fn is_member(candidate: &Candidate<Self>) -> bool;
    /// The canonical form, as it stands in files and in hash preimages.
    fn encode(element: &Self::Element) -> String;
    /// The canonical forms of many elements, cheaper than one by one.
    fn encode_all(elements: &[Self::Element]) -> Vec<String> {
        elements.iter().map(Self::encode).collect()
    }

    /// The order in which the public list of credentials is sorted, as belenios-tool sorts it.
    fn compare(a: &str, b: &str) -> Ordering;

    /// Reads an element and checks that it is in the group.
    fn element(text: &str) -> Option<Self::Element> {
        Self::decode(text)?.member()
    }
}

/// Something that reads like an element, but may lie outside the subgroup of order q.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<G: Group>(G::Element);

impl<G: Group> Candidate<G> {
    /// The element, if it is in the group.
    pub fn member(self) -> Option<G::Element> {
        G::is_member(&self).then_some(self.0)
    }

    /// The value, where membership is known from a batch or does not matter yet.
    pub(crate) fn unchecked(self) -> G::Element {
        self.0
    }
}

/// Which of the known groups an election names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupName {
    /// The group of edwards25519, the default since belenios-tool 2.1.
    Ed25519,
    /// The 2048-bit field group that every version of the tool reads.
    Belenios2048,
}

impl GroupName {
    /// Reads the name as `election.group` spells it.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            Ed25519::NAME => Some(Self::Ed25519),
            Belenios2048::NAME => Some(Self::Belenios2048),
            _ => None,
        }
    }

    /// The name as `election.group` spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => Ed25519::NAME,
            Self::Belenios2048 => Belenios2048::NAME,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Seeded;

    fn laws_hold<G: Group>() {
        let mut rng = Seeded::new(1);
        let (a, b) = (G::Scalar::random(&mut rng), G::Scalar::random(&mut rng));
        let x = G::generator_power(&a);
        assert_eq!(x, G::power(&G::generator(), &a));
        assert_eq!(G::power(&x, &b), G::generator_power(&(a * b)));
        assert_eq!(G::product(&x, &G::inverse(&x)), G::identity());
        assert_eq!(G::generator_power(&G::Scalar::zero()), G::identity());
        let y = G::generator_power(&b);
        let bases = G::bases(&y);
        assert_eq!(G::key_power(&bases, &a), G::power(&y, &a));
        let (c, d) = (G::Scalar::random(&mut rng), G::Scalar::random(&mut rng));
        let expected = G::product(
            &G::product(&G::generator_power(&c), &G::power(&y, &d)),
            &G::power(&x, &a),
        );
        assert_eq!(G::combine(&bases, &c, &d, &G::prepare(&x), &a), expected);
        assert_eq!(
            G::multi_power(&[G::generator(), y, x], &[c, d, a]),
            expected
        );
        assert!(a * a.inverse().unwrap() == G::Scalar::from_u64(1));
        assert!(G::Scalar::zero().inverse().is_none());
        assert!(G::Scalar::from_decimal(&a.to_decimal()) == Some(a));
    }

    fn a_large_product_is_the_product_of_its_parts<G: Group>() {
        let mut rng = Seeded::new(2);
        let exponents: Vec<_> = (0..300)
            .map(|i| {
                if i % 3 == 0 {
                    G::Scalar::from_u128(u128::from(rng.number()) << 60)
                } else {
                    G::Scalar::random(&mut rng)
                }
            })
            .collect();
        let logs: Vec<_> = (0..300).map(|_| G::Scalar::random(&mut rng)).collect();
        let bases: Vec<_> = logs.iter().map(G::generator_power).collect();
        let sum = logs
            .iter()
            .zip(&exponents)
            .fold(G::Scalar::zero(), |sum, (l, e)| sum + *l * *e);
        assert_eq!(G::multi_power(&bases, &exponents), G::generator_power(&sum));
        assert_eq!(G::multi_power(&[], &[]), G::identity());
    }

    fn text_is_canonical<G: Group>() {
        let x = G::generator_power(&G::Scalar::from_u64(12345));
        assert_eq!(G::element(&G::encode(&x)), Some(x));
        assert_eq!(
            G::encode_all(&[x, G::generator()]),
            [G::encode(&x), G::encode(&G::generator())]
        );
        assert_eq!(G::element(&G::encode(&G::identity())), Some(G::identity()));
        for text in ["", "0", "-1", "+1", " 1", "1 ", "x"] {
            assert!(G::element(text).is_none(), "{text}");
        }
        assert!(G::element(&format!("0{}", G::encode(&x))).is_none());
        for text in ["", "00", "01", "-1", "+1", " 1", "1 ", "1e3", "0x1", "1_0"] {
            assert!(G::Scalar::from_decimal(text).is_none(), "{text}");
        }
        let largest = (G::Scalar::zero() - G::Scalar::from_u64(1)).to_decimal();
        assert!(G::Scalar::from_decimal(&largest).is_some());
        let order = largest.strip_suffix(char::is_numeric).unwrap().to_owned()
            + &(largest.chars().last().unwrap().to_digit(10).unwrap() + 1).to_string();
        assert!(G::Scalar::from_decimal(&order).is_none());
    }

    fn batch_membership_finds_one_stranger<G: Group>(stranger: &str) {
        let mut rng = Seeded::new(3);
        let mut candidates: Vec<Candidate<G>> = (0..200)
            .map(|_| Candidate(G::generator_power(&G::Scalar::random(&mut rng))))
            .collect();
        assert!(all_members(&candidates, &[7; 32]));
        let stranger = G::decode(stranger).expect("readable");
        assert!(!G::is_member(&stranger));
        candidates.push(stranger);
        for seed in 0..20 {
            assert!(!all_members(&candidates, &[seed; 32]));
        }
        // Two strangers that cancel each other in the plain product are found too.
        candidates.push(Candidate(G::inverse(&stranger.0)));
        for seed in 0..20 {
            assert!(!all_members(&candidates, &[seed; 32]));
        }
    }

    #[test]
    fn ed25519_obeys_the_laws() {
        laws_hold::<Ed25519>();
        a_large_product_is_the_product_of_its_parts::<Ed25519>();
        text_is_canonical::<Ed25519>();
    }

    #[test]
    fn belenios2048_obeys_the_laws() {
        laws_hold::<Belenios2048>();
        a_large_product_is_the_product_of_its_parts::<Belenios2048>();
        text_is_canonical::<Belenios2048>();
    }

    #[test]
    fn an_element_outside_the_subgroup_is_found_in_a_batch() {
        // y = -1: the point of order two.
        batch_membership_finds_one_stranger::<Ed25519>(
            "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec",
        );
        batch_membership_finds_one_stranger::<Belenios2048>("2");
    }
}

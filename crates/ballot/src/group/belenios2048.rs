//! The subgroup of order q (256 bits) of the integers modulo a 2048-bit prime p.

mod multi;
mod table;

use std::cmp::Ordering;
use std::ops::{Add, Mul, Neg, Sub};
use std::sync::LazyLock;

use crypto_bigint::modular::ConstMontyForm;
use crypto_bigint::{NonZero, U256, U2048, const_monty_params};
use zeroize::Zeroize;

use super::ed25519::{decimal, remainder};
use super::{Candidate, Group, Scalar};
use table::{FewTimes, FixedBase};

const_monty_params!(
    P,
    U2048,
    "a3ef2d011fefb1b6e39e568fccdffb0fb7dc7ef3a791b6862791811d21fc35f21e6d36856b428030421f514ed40bfd4c06e092a495af8d79a2f85e0fb11c0ede07dd973f9c53e50930c6e82ac36de1ae3fb8c3aabfff12ce27a5022ddd8912d107435012768a2cdd0a4091d8fa447f6c7ebc15a349fa318a6b4fe17d8d47e843a3e14dfa9b2162f4d7229abe93a188b46b006517d6f6747ebbb29c9ec3099b607f18fb1a8bc858279aa8599411d998d3e3fada9e010840d082d8c31911acdd4a0e7992d0f18cc759cb5de0acf66a3882555bc810941e021b6a4ccfa04ee4008f878affa2375e2999b44f6cef17d707301e59e0e6351e051ed9cec4157646e64f",
    "The prime p."
);
const_monty_params!(
    Q,
    U256,
    "adb6066a73522565f4daa0f2579db7f2f0fa90c2168bc709e20263387d55c491",
    "The order q."
);

const GENERATOR: U2048 = U2048::from_be_hex(
    "1307c1ab5f295885d7caa3a78a42415e31fd1c5807b61fb1e781878a52230a51988b98c259597f9c5a9dfd001d26ba31d9d8976f01d95a1c8262ee68a0e92cea541e5219e0d0d094301b894236823fe1d4bc04e29f3748aefd4f10d5b1a356a8643e673fd9d215fc8fe5fb9cf9fdb8ea88fdb1a3381a697fdf9c2458570b06d26aef1be365fdd90165f397c6b870df8c1b9e519edcee8bb0f74b7a1615a274ba60a7ea574a61f552d2dde0ce514e0927c4ff49b1964c4a913731ae4268d60d7f22127b6cbba44d453ac8b72fd04e0991b7aeff04867d8724ac638f5f34100d2d47aa680d43771902743d663f42d853c041e1c91fe3823f4bcf284308f1d7e653",
);
const ORDER: NonZero<U256> = *Q_MODULUS.as_nz_ref();
const Q_MODULUS: crypto_bigint::Odd<U256> = ConstMontyForm::<Q, { U256::LIMBS }>::MODULUS;

/// The group `BELENIOS-2048`: an element is written in decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Belenios2048;

/// A number modulo p in Montgomery form.
pub(super) type Element = ConstMontyForm<P, { U2048::LIMBS }>;

/// A number modulo q in Montgomery form.
#[derive(Clone, Copy, PartialEq)]
pub struct Exponent(ConstMontyForm<Q, { U256::LIMBS }>);

impl Exponent {
    fn number(&self) -> U256 {
        self.0.retrieve()
    }

    fn bytes(&self) -> [u8; 32] {
        self.number().to_le_bytes().into()
    }
}

impl Zeroize for Exponent {
    fn zeroize(&mut self) {
        self.0.as_montgomery_mut().zeroize();
    }
}

impl Add for Exponent {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.add(&other.0))
    }
}

impl Sub for Exponent {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.sub(&other.0))
    }
}

impl Mul for Exponent {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(self.0.mul(&other.0))
    }
}

impl Neg for Exponent {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.neg())
    }
}

impl Scalar for Exponent {
    fn from_u64(value: u64) -> Self {
        Self(ConstMontyForm::new(&U256::from_u64(value)))
    }

    fn from_u128(value: u128) -> Self {
        Self(ConstMontyForm::new(&U256::from_u128(value)))
    }

    fn from_digest(bytes: &[u8; 32]) -> Self {
        let number = U256::from_be_slice(bytes);
        Self(ConstMontyForm::new(&number.rem(&ORDER)))
    }

    fn from_wide(bytes: &[u8; 64]) -> Self {
        let (high, low) = bytes.split_at(32);
        let high = ConstMontyForm::new(&U256::from_be_slice(high).rem(&ORDER));
        let low = ConstMontyForm::new(&U256::from_be_slice(low).rem(&ORDER));
        // 2^256 mod q, because q is longer than 255 bits.
        let shift = ConstMontyForm::new(&U256::MAX.rem(&ORDER)).add(&ConstMontyForm::ONE);
        Self(high.mul(&shift).add(&low))
    }

    fn from_decimal(text: &str) -> Option<Self> {
        let number = decimal(text)?;
        (remainder(&number, &ORDER) == number).then(|| Self(ConstMontyForm::new(&number)))
    }

    fn to_decimal(&self) -> String {
        self.number().to_string_radix_vartime(10)
    }

    fn inverse(&self) -> Option<Self> {
        self.0.invert().into_option().map(Self)
    }
}

/// The generator and its powers, made once.
static GENERATOR_POWERS: LazyLock<FixedBase> =
    LazyLock::new(|| FixedBase::new(&Belenios2048::generator()));

impl Group for Belenios2048 {
    const NAME: &'static str = "BELENIOS-2048";
    type Element = Element;
    type Scalar = Exponent;
    type Bases = FixedBase;
    type Prepared = FewTimes;

    fn identity() -> Element {
        Element::ONE
    }

    fn generator() -> Element {
        Element::new(&GENERATOR)
    }

    fn product(a: &Element, b: &Element) -> Element {
        a.mul(b)
    }

    fn inverse(a: &Element) -> Element {
        // Elements are never zero, so the inverse is there.
        a.invert_vartime().into_option().unwrap_or(Element::ZERO)
    }

    fn power(base: &Element, exponent: &Exponent) -> Element {
        base.pow(&exponent.number())
    }

    fn generator_power(exponent: &Exponent) -> Element {
        GENERATOR_POWERS.power(&exponent.bytes())
    }

    fn bases(key: &Element) -> FixedBase {
        FixedBase::new(key)
    }

    fn key_power(bases: &FixedBase, exponent: &Exponent) -> Element {
        bases.power(&exponent.bytes())
    }

    fn prepare(base: &Element) -> FewTimes {
        FewTimes::new(base)
    }

    fn combine(
        bases: &FixedBase,
        of_generator: &Exponent,
        of_key: &Exponent,
        base: &FewTimes,
        exponent: &Exponent,
    ) -> Element {
        let varying = base.power_vartime(&exponent.bytes());
        let with_generator = GENERATOR_POWERS.power_vartime(varying, &of_generator.bytes());
        bases.power_vartime(with_generator, &of_key.bytes())
    }

    fn multi_power(bases: &[Element], exponents: &[Exponent]) -> Element {
        multi::multi_power(bases, exponents)
    }

    fn decode(text: &str) -> Option<Candidate<Self>> {
        // p has 617 digits.
        let canonical = text == "0" || !text.starts_with('0');
        let plain =
            !text.is_empty() && text.len() <= 617 && text.bytes().all(|byte| byte.is_ascii_digit());
        if !(canonical && plain) {
            return None;
        }
        let number = U2048::from_str_radix_vartime(text, 10).ok()?;
        // Zero has no inverse, and no power of it is 1.
        (number != U2048::ZERO && number < *Element::MODULUS.as_ref())
            .then(|| Candidate(Element::new(&number)))
    }

    fn is_member(candidate: &Candidate<Self>) -> bool {
        candidate.0.pow_vartime(Q_MODULUS.as_ref()) == Element::ONE
    }

    fn encode(element: &Element) -> String {
        element.retrieve().to_string_radix_vartime(10)
    }

    fn compare(a: &str, b: &str) -> Ordering {
        a.len().cmp(&b.len()).then(a.cmp(b))
    }
}

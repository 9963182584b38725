//! The alphabet of tokens that people copy: no 0, O, I, l.

use rand_core::CryptoRng;

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Characters drawn uniformly.
pub(crate) fn random<R: CryptoRng + ?Sized>(length: usize, rng: &mut R) -> String {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let mut byte = [0];
        rng.fill_bytes(&mut byte);
        // 232 = 4 · 58: larger bytes would favour some characters.
        if byte[0] < 232
            && let Some(letter) = ALPHABET.get(usize::from(byte[0] % 58))
        {
            text.push(char::from(*letter));
        }
    }
    text
}

/// Whether a text consists of the alphabet's characters only.
pub(crate) fn is_base58(text: &str) -> bool {
    text.bytes().all(|byte| ALPHABET.contains(&byte))
}

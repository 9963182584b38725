//! Cosignatures (C2SP tlog-cosignature, type 0x04): a witness says when it saw
//! a checkpoint, and that it saw none that contradicts it.

use crate::note::{KeyKind, Signature, SignerKey, VerifierKey};

/// What a witness signs: a fixed first line, so that no other protocol's text
/// can be taken for it, the time, and the checkpoint's text.
pub(crate) fn message(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// The time, in POSIX seconds, before the Ed25519 signature. Times beyond 2^63
/// are refused.
pub(crate) fn split(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (time, signature) = bytes.split_first_chunk()?;
    let time = u64::from_be_bytes(*time);
    i64::try_from(time).is_ok().then_some((time, signature))
}

/// Cosigns a checkpoint's text at `time`, in POSIX seconds. `None` if the key
/// is a log's, or the time is beyond 2^63.
#[must_use]
pub fn cosign(key: &SignerKey, time: u64, text: &str) -> Option<Signature> {
    if key.verifier().kind() != KeyKind::Cosignature || i64::try_from(time).is_err() {
        return None;
    }
    let signature = key.sign_bytes(message(time, text).as_bytes());
    Some(key.line([time.to_be_bytes().as_slice(), &signature].concat()))
}

/// When the witness cosigned, according to its line.
#[must_use]
pub fn time(key: &VerifierKey, signature: &Signature) -> Option<u64> {
    (key.kind() == KeyKind::Cosignature)
        .then(|| split(signature.bytes()))?
        .map(|(time, _)| time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::Note;

    #[test]
    fn a_cosignature_binds_time_and_text() {
        let key = SignerKey::from_seed("witness.example", KeyKind::Cosignature, &[3; 32]).unwrap();
        let line = cosign(&key, 1_679_315_147, "log\n0\nroot\n").unwrap();
        assert_eq!(line.bytes().len(), 72);
        assert_eq!(time(key.verifier(), &line), Some(1_679_315_147));
        assert!(key.verifier().verifies("log\n0\nroot\n", &line));
        assert!(!key.verifier().verifies("log\n1\nroot\n", &line));

        let mut bytes = line.bytes().to_vec();
        bytes[7] ^= 1;
        assert!(!key.verifier().verifies("log\n0\nroot\n", &key.line(bytes)));
        assert!(
            !key.verifier()
                .verifies("log\n0\nroot\n", &key.line(vec![0; 7]))
        );
        assert_eq!(cosign(&key, 1 << 63, "log\n"), None);
        // Signed well, and yet at no time that there is.
        let late = 1_u64 << 63;
        let signature = key.sign_bytes(message(late, "log\n").as_bytes());
        let late = key.line([late.to_be_bytes().as_slice(), &signature].concat());
        assert!(!key.verifier().verifies("log\n", &late));
        assert_eq!(time(key.verifier(), &late), None);
    }

    #[test]
    fn a_log_key_does_not_cosign_and_a_witness_key_does_not_sign() {
        let witness = SignerKey::from_seed("w", KeyKind::Cosignature, &[3; 32]).unwrap();
        let log = SignerKey::from_seed("l", KeyKind::Ed25519, &[4; 32]).unwrap();
        assert_eq!(witness.sign("a\n"), None);
        assert_eq!(cosign(&log, 1, "a\n"), None);
        // The same key under the other kind is another key.
        let line = log.sign("a\n").unwrap();
        let other = SignerKey::from_seed("l", KeyKind::Cosignature, &[4; 32]).unwrap();
        let note = Note::new("a\n".into(), vec![line]).unwrap();
        assert!(note.verify([other.verifier()]).is_err());
    }

    #[test]
    fn the_message_has_the_form_of_the_specification() {
        assert_eq!(
            message(1_679_315_147, "example.com/behind-the-sofa\n20852163\nx\n"),
            "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\nx\n"
        );
    }
}

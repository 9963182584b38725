//! Tokens that prove that somebody reads the mail of an address.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// An address of e-mail. Its host is in lower case; what stands before the `@`
/// is the host's business.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

/// The text is no address of e-mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write one e-mail address, such as hanako@example.jp")]
pub struct NotAnAddress;

impl FromStr for EmailAddress {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let text = text.trim();
        if 254 < text.len() || text.chars().any(char::is_control) {
            return Err(NotAnAddress);
        }
        let (user, host) = text.rsplit_once('@').ok_or(NotAnAddress)?;
        let address = lettre::Address::new(user, host.to_lowercase()).map_err(|_| NotAnAddress)?;
        // A host without a dot is one of our own network.
        if !host.contains('.') || host.starts_with('[') {
            return Err(NotAnAddress);
        }
        Ok(Self(address.to_string()))
    }
}

impl EmailAddress {
    /// The address as text. Personal data.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for EmailAddress {
    /// Addresses are personal data and stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

/// Why a token confirms nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfirmationError {
    /// We did not make it, or it is for something else.
    #[error("the confirmation is not valid here; open the address in the mail again")]
    Invalid,
    /// It was good once.
    #[error("the confirmation has expired; ask for a new mail")]
    Expired,
}

/// Makes and checks tokens.
#[derive(Clone)]
pub struct Confirmations {
    key: [u8; 32],
    validity: SignedDuration,
}

#[derive(Serialize, Deserialize)]
struct Payload {
    email: String,
    until: i64,
}

/// What the key is used for, so that it can be used for nothing else.
const CONTEXT: &[u8] = b"hiroba e-mail confirmation v1";

impl Confirmations {
    /// With a secret key, and a time that a token is good for.
    pub fn new(key: [u8; 32], validity: SignedDuration) -> Self {
        Self { key, validity }
    }

    /// A token for `address`, good only for `purpose`, such as the id of a
    /// case. To be sent to the address and shown to nobody else.
    pub fn issue(&self, address: &EmailAddress, purpose: &str, now: Timestamp) -> String {
        let payload = Payload {
            email: address.0.clone(),
            until: now.as_second().saturating_add(self.validity.as_secs()),
        };
        // Two fields of plain text cannot fail to be written.
        let payload = serde_json::to_vec(&payload).unwrap_or_default();
        let tag = self.tag(&payload, purpose).finalize().into_bytes();
        format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(payload),
            URL_SAFE_NO_PAD.encode(tag)
        )
    }

    /// The address that the token confirms.
    ///
    /// # Errors
    /// Why it confirms none.
    pub fn check(
        &self,
        token: &str,
        purpose: &str,
        now: Timestamp,
    ) -> Result<EmailAddress, ConfirmationError> {
        use ConfirmationError::{Expired, Invalid};
        let (payload, tag) = token.split_once('.').ok_or(Invalid)?;
        let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| Invalid)?;
        let tag = URL_SAFE_NO_PAD.decode(tag).map_err(|_| Invalid)?;
        self.tag(&payload, purpose)
            .verify_slice(&tag)
            .map_err(|_| Invalid)?;
        let payload: Payload = serde_json::from_slice(&payload).map_err(|_| Invalid)?;
        if payload.until <= now.as_second() {
            return Err(Expired);
        }
        payload.email.parse().map_err(|_| Invalid)
    }

    fn tag(&self, payload: &[u8], purpose: &str) -> Hmac<Sha256> {
        // RFC 2104, 2: a key shorter than a block is followed by zeros.
        let block: [u8; 64] = std::array::from_fn(|at| self.key.get(at).copied().unwrap_or(0));
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(CONTEXT);
        // Lengths first, so that no two inputs read alike.
        for part in [purpose.as_bytes(), payload] {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part);
        }
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn confirmations(key: u8) -> Confirmations {
        Confirmations::new([key; 32], SignedDuration::from_mins(30))
    }

    #[test]
    fn a_token_confirms_its_address_for_its_purpose_and_time() {
        let hanako: EmailAddress = "hanako@example.jp".parse().unwrap();
        let token = confirmations(1).issue(&hanako, "case_1", at(0));
        assert_eq!(
            confirmations(1).check(&token, "case_1", at(1799)),
            Ok(hanako)
        );
        assert_eq!(
            confirmations(1).check(&token, "case_1", at(1800)),
            Err(ConfirmationError::Expired)
        );
        assert_eq!(
            confirmations(1).check(&token, "case_2", at(0)),
            Err(ConfirmationError::Invalid)
        );
        assert_eq!(
            confirmations(2).check(&token, "case_1", at(0)),
            Err(ConfirmationError::Invalid)
        );
    }

    #[test]
    fn a_token_that_was_changed_confirms_nothing() {
        let hanako: EmailAddress = "hanako@example.jp".parse().unwrap();
        let token = confirmations(1).issue(&hanako, "case_1", at(0));
        let (payload, tag) = token.split_once('.').unwrap();
        let forged = String::from_utf8(URL_SAFE_NO_PAD.decode(payload).unwrap())
            .unwrap()
            .replace("hanako", "yamate");
        for wrong in [
            format!("{}.{tag}", URL_SAFE_NO_PAD.encode(forged)),
            format!("{payload}."),
            format!("{payload}.{}", tag.get(..20).unwrap()),
            payload.to_owned(),
            String::new(),
        ] {
            assert_eq!(
                confirmations(1).check(&wrong, "case_1", at(0)),
                Err(ConfirmationError::Invalid)
            );
        }
    }

    #[test]
    fn an_address_is_one_that_mail_can_be_sent_to() {
        let read = |text: &str| text.parse::<EmailAddress>().map(|address| address.0);
        assert_eq!(read(" Hanako@Example.JP "), Ok("Hanako@example.jp".into()));
        for wrong in [
            "",
            "hanako",
            "@example.jp",
            "a@localhost",
            "a@[127.0.0.1]",
            "a b@example.jp",
            "a@example.jp\r\nBcc: b@example.jp",
            "a@b@example.jp,c@example.jp",
        ] {
            assert_eq!(read(wrong), Err(NotAnAddress), "{wrong:?}");
        }
    }
}

//! Addresses of e-mail, as somebody writes them.

use std::{fmt, str::FromStr};

use unicode_normalization::UnicodeNormalization;

/// An address of e-mail, in half width. Its host is in lower case; what stands before the `@`
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
        // What a Japanese keyboard writes in full width is meant as ASCII.
        let text: String = text.trim().nfkc().collect();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_that_mail_can_be_sent_to() {
        let read = |text: &str| text.parse::<EmailAddress>().map(|address| address.0);
        assert_eq!(read(" Hanako@Example.JP "), Ok("Hanako@example.jp".into()));
        assert_eq!(
            read("ｈａｎａｋｏ＠example．jp"),
            Ok("hanako@example.jp".into())
        );
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

//! Asking for an address to be confirmed, and knowing that it was.

use jiff::Timestamp;

use super::{
    ConfirmationMail, EmailAddress, MailError, Smtp, SmtpSettings,
    code::{Codes, VALID_MINUTES},
};
use crate::{
    http::{ApiError, Language, Rate, RateLimiter, Text},
    identity::SettingError,
};

/// Mails that one address gets, whoever asks for them: three at once, and then
/// one in ten minutes. Nobody's mailbox is filled from here.
const MAILS: Rate = Rate {
    burst: 3 * MAIL,
    per_minute: 1,
};

/// What a mail takes of [`MAILS`].
const MAIL: u64 = 10;

/// Confirms addresses by mail, for those who take part without an account.
pub struct EmailConfirmation {
    codes: Codes,
    relay: Smtp,
    addresses: RateLimiter<EmailAddress>,
}

impl EmailConfirmation {
    /// How long a code is good for at least, in minutes.
    pub const VALID_MINUTES: i64 = VALID_MINUTES;

    /// With a relay and a secret key. Codes that were made with another key are
    /// none: after a restart with a fresh key, people ask for a new mail.
    ///
    /// # Errors
    /// The setting that cannot be used.
    pub fn new(settings: &SmtpSettings, key: [u8; 32]) -> Result<Self, SettingError> {
        Ok(Self {
            codes: Codes::new(key),
            relay: Smtp::new(settings)?,
            addresses: RateLimiter::new(MAILS),
        })
    }

    /// The code of an address for a purpose, such as the command that it is
    /// for. For nobody's eyes but the mail's.
    pub fn code(&self, address: &EmailAddress, purpose: &str, now: Timestamp) -> String {
        self.codes.issue(address, purpose, now)
    }

    /// Whether a code shows that somebody reads the mail of an address.
    pub fn confirms(
        &self,
        code: &str,
        address: &EmailAddress,
        purpose: &str,
        now: Timestamp,
    ) -> bool {
        self.codes.confirms(code, address, purpose, now)
    }

    /// Sends the code of an address to it.
    ///
    /// The answer is the same for every address: that it takes no mail, or has
    /// had enough of it, is for its owner to know.
    ///
    /// # Errors
    /// If the relay does not answer, or takes no mail at all.
    pub async fn send(
        &self,
        address: &EmailAddress,
        purpose: &str,
        about: &str,
        language: Language,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        if self.addresses.spend(address, MAIL, now).is_err() {
            counted("withheld");
            return Ok(());
        }
        let mail = ConfirmationMail {
            to: address,
            code: &self.code(address, purpose, now),
            about,
            valid_minutes: VALID_MINUTES,
            language,
        };
        match self.relay.send(&mail).await {
            Ok(()) => counted("taken"),
            Err(error @ MailError::Refused(_)) => {
                counted("refused");
                tracing::warn!(%error, "a confirmation did not leave the relay");
            }
            Err(error) => {
                counted("failed");
                tracing::error!(%error, "a confirmation was not sent");
                return Err(ApiError::Unavailable(Text::new(
                    "確認のメールを送れませんでした。しばらくしてからもう一度お試しください",
                    "the mail with the code could not be sent; try again in a while",
                )));
            }
        }
        Ok(())
    }
}

fn counted(outcome: &'static str) {
    metrics::counter!("hiroba_confirmation_mails_total", "outcome" => outcome).increment(1);
}

//! Confirming that an address of e-mail belongs to whoever gives it, for those
//! who take part without an account. Nothing is stored: the mail carries a
//! token that proves itself.

mod confirmation;
mod smtp;

pub use confirmation::{ConfirmationError, Confirmations, EmailAddress, NotAnAddress};
pub use smtp::{MailError, Smtp, SmtpSecurity, SmtpSettings};

use crate::http::Language;

/// A mail that asks to confirm an address.
#[derive(Clone, Debug)]
pub struct ConfirmationMail<'a> {
    /// To whom.
    pub to: &'a EmailAddress,
    /// The page on which the address is confirmed, with the token after `#`:
    /// that part of an address stays in the browser and in no log.
    pub link: &'a str,
    /// What the mail is about, such as the title of the case.
    pub about: &'a str,
    /// How many minutes the link is good for.
    pub valid_minutes: i64,
    /// The language of the mail.
    pub language: Language,
}

impl ConfirmationMail<'_> {
    fn subject(&self) -> String {
        match self.language {
            Language::Japanese => format!("【ひろば】メールアドレスの確認（{}）", self.about),
            Language::English => format!(
                "[Hiroba] Please confirm your e-mail address ({})",
                self.about
            ),
        }
    }

    fn body(&self) -> String {
        let Self {
            link,
            about,
            valid_minutes,
            ..
        } = self;
        match self.language {
            Language::Japanese => format!(
                "「{about}」への意見の提出を続けるには、次のアドレスを開いてください。\r\n\r\n{link}\r\n\r\nこのアドレスは{valid_minutes}分間有効です。\r\nお心当たりがない場合は、このメールを破棄してください。何も提出されません。\r\n"
            ),
            Language::English => format!(
                "To go on with your opinion on \"{about}\", open this address:\r\n\r\n{link}\r\n\r\nIt is valid for {valid_minutes} minutes.\r\nIf this was not you, ignore this mail; nothing will be submitted.\r\n"
            ),
        }
    }
}

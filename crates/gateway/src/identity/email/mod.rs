//! Confirming that an address of e-mail belongs to whoever gives it, for those
//! who take part without an account. Nothing is stored: the mail carries a code
//! that can be computed again.

mod address;
mod code;
mod confirmation;
mod smtp;

pub use address::{EmailAddress, NotAnAddress};
pub use confirmation::EmailConfirmation;
pub use smtp::{MailError, Smtp, SmtpSecurity, SmtpSettings};

use crate::http::Language;

/// A mail that asks to confirm an address.
#[derive(Clone)]
pub struct ConfirmationMail<'a> {
    /// To whom.
    pub to: &'a EmailAddress,
    /// What proves that the mail was read.
    pub code: &'a str,
    /// What the mail is about, such as the title of the case.
    pub about: &'a str,
    /// How many minutes the code is good for.
    pub valid_minutes: i64,
    /// The language of the mail.
    pub language: Language,
}

impl ConfirmationMail<'_> {
    fn subject(&self) -> String {
        match self.language {
            Language::Japanese => format!("【ひろば】確認コード（{}）", self.about),
            Language::English => format!("[Hiroba] Your code ({})", self.about),
        }
    }

    fn body(&self) -> String {
        let Self {
            code,
            about,
            valid_minutes,
            ..
        } = self;
        match self.language {
            Language::Japanese => format!(
                "「{about}」への意見を提出する画面に、次の確認コードを入力してください。\r\n\r\n    {code}\r\n\r\nこのコードは{valid_minutes}分間、その提出にだけ使えます。だれにも教えないでください。\r\nお心当たりがない場合は、このメールを破棄してください。何も提出されません。\r\n"
            ),
            Language::English => format!(
                "Type this code where you submit your opinion on \"{about}\":\r\n\r\n    {code}\r\n\r\nIt is good for {valid_minutes} minutes, and for that submission only. Tell it to nobody.\r\nIf this was not you, ignore this mail; nothing will be submitted.\r\n"
            ),
        }
    }
}

//! Sending mail through the city's relay.

use std::{fmt, time::Duration};

use lettre::{
    Message, SmtpTransport, Transport,
    message::{Mailbox, header::ContentType},
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
        extension::ClientId,
    },
};
use serde::Deserialize;

use super::ConfirmationMail;
use crate::identity::SettingError;

/// The section `[email]` of the configuration.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpSettings {
    /// The relay.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way to it is protected.
    pub security: SmtpSecurity,
    /// Whom the mail is from.
    pub from: String,
    /// The name of the account at the relay, if it asks for one.
    pub user: Option<String>,
    /// Its password; better given by the environment than in the file.
    pub password: Option<String>,
}

impl fmt::Debug for SmtpSettings {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpSettings")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .field("from", &self.from)
            .field("user", &self.user)
            .field("password", &self.password.as_ref().map(|_| "…"))
            .finish()
    }
}

/// How the way to the relay is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmtpSecurity {
    /// TLS from the first byte (port 465).
    Tls,
    /// TLS after a plain greeting, or nothing is sent (port 587).
    StartTls,
    /// None; only for a relay on this machine.
    Plain,
}

/// Sends mail.
#[derive(Clone, Debug)]
pub struct Smtp {
    transport: SmtpTransport,
    from: Mailbox,
}

/// The mail was not taken by the relay. What the relay says may name the
/// address, and goes no further than this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// It could not be put together.
    #[error("the mail cannot be written")]
    Unwritable,
    /// The relay refused this mail for good, as it does if there is no such
    /// mailbox; its reply code.
    #[error("the relay refused the mail: {0}")]
    Refused(u16),
    /// The relay answers, and takes no mail now, or none of ours; its reply
    /// code.
    #[error("the relay takes no mail: {0}")]
    Unwilling(u16),
    /// The relay could not be reached, or spoke no SMTP, or no TLS.
    #[error("the relay cannot be reached")]
    Unreachable,
    /// The server is stopping.
    #[error("the mail was not sent before the server stopped")]
    Stopped,
}

impl Smtp {
    /// A relay that mail is given to.
    ///
    /// # Errors
    /// The setting that cannot be used.
    pub fn new(settings: &SmtpSettings) -> Result<Self, SettingError> {
        let wrong = |key: &str, problem: String| SettingError {
            key: format!("email.{key}"),
            problem,
        };
        let from = settings.from.parse().map_err(|error| {
            wrong(
                "from",
                format!("{error}; write an address, or a name and <an address>"),
            )
        })?;
        let parameters = || {
            TlsParameters::new(settings.host.clone())
                .map_err(|error| wrong("host", error.to_string()))
        };
        let tls = match settings.security {
            SmtpSecurity::Tls => Tls::Wrapper(parameters()?),
            SmtpSecurity::StartTls => Tls::Required(parameters()?),
            SmtpSecurity::Plain if is_here(&settings.host) => Tls::None,
            SmtpSecurity::Plain => {
                return Err(wrong(
                    "security",
                    "plain is only for a relay on this machine; use tls or start_tls".to_owned(),
                ));
            }
        };
        let mut transport = SmtpTransport::builder_dangerous(&settings.host)
            .port(settings.port)
            .tls(tls)
            .hello_name(ClientId::default())
            .timeout(Some(Duration::from_secs(20)));
        match (&settings.user, &settings.password) {
            (Some(user), Some(password)) => {
                transport = transport.credentials(Credentials::new(user.clone(), password.clone()));
            }
            (None, None) => (),
            _ => {
                return Err(wrong(
                    "password",
                    "user and password go together: give both, or neither".to_owned(),
                ));
            }
        }
        Ok(Self {
            transport: transport.build(),
            from,
        })
    }

    /// Gives a mail to the relay.
    ///
    /// # Errors
    /// If the relay does not take it.
    pub async fn send(&self, mail: &ConfirmationMail<'_>) -> Result<(), MailError> {
        let to = mail.to.as_str().parse();
        let to = to.map_err(|_| MailError::Unwritable)?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject())
            // RFC 3834: no answering machine should answer.
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.body())
            .map_err(|_| MailError::Unwritable)?;
        let transport = self.transport.clone();
        tokio::task::spawn_blocking(move || transport.send(&message))
            .await
            .map_err(|_| MailError::Stopped)?
            .map_err(|error| failed(&error))?;
        Ok(())
    }
}

fn failed(error: &lettre::transport::smtp::Error) -> MailError {
    match error.status().map(u16::from) {
        // RFC 5321, 4.2.3: what speaks of a mailbox, a message or a route.
        Some(code @ 550..=554) => MailError::Refused(code),
        Some(code) => MailError::Unwilling(code),
        None => MailError::Unreachable,
    }
}

fn is_here(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "::1")
}

#[derive(Clone)]
struct AutoSubmitted;

impl lettre::message::header::Header for AutoSubmitted {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> SmtpSettings {
        SmtpSettings {
            host: "127.0.0.1".into(),
            port: 25,
            security: SmtpSecurity::Plain,
            from: "ひろば <hiroba@city.example>".into(),
            user: None,
            password: None,
        }
    }

    fn wrong_key(settings: &SmtpSettings) -> String {
        Smtp::new(settings).unwrap_err().key
    }

    #[test]
    fn a_setting_that_cannot_be_used_is_named() {
        assert!(Smtp::new(&settings()).is_ok());
        assert_eq!(
            wrong_key(&SmtpSettings {
                from: "nobody".into(),
                ..settings()
            }),
            "email.from"
        );
        assert_eq!(
            wrong_key(&SmtpSettings {
                host: "relay.example".into(),
                ..settings()
            }),
            "email.security"
        );
        assert_eq!(
            wrong_key(&SmtpSettings {
                user: Some("a".into()),
                ..settings()
            }),
            "email.password"
        );
    }
}

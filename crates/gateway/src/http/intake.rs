//! How opinions may come in. What is limited is how fast, never what is
//! said or how often the same is: ten thousand identical texts are ten thousand
//! opinions (institutions: 同一意見).

use domain::{Role, ids::CaseId};
use serde::Deserialize;

use super::{ApiError, Caller, ClientKey, Rate, RateLimiter, rate_limit::rate_or_off};

/// The section `[intake]` of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IntakeSettings {
    /// Opinions that one client may hand in; `off` for no limit. A household or
    /// an office is one client where nobody is signed in.
    #[serde(deserialize_with = "rate_or_off")]
    pub per_client: Option<Rate>,
    /// Opinions that one case takes from the web; `off` for no limit.
    #[serde(deserialize_with = "rate_or_off")]
    pub per_case: Option<Rate>,
    /// Whether whoever submits without an account must have their address of
    /// e-mail confirmed; `[email]` says how mail is sent.
    pub confirm_email: bool,
}

impl Default for IntakeSettings {
    fn default() -> Self {
        Self {
            per_client: Some(Rate {
                burst: 30,
                per_minute: 10,
            }),
            per_case: Some(Rate {
                burst: 10_000,
                per_minute: 6_000,
            }),
            confirm_email: false,
        }
    }
}

impl IntakeSettings {
    /// Takes whatever comes.
    pub const UNLIMITED: Self = Self {
        per_client: None,
        per_case: None,
        confirm_email: false,
    };
}

/// Counts what comes in.
#[derive(Debug, Default)]
pub struct IntakeLimits {
    clients: Option<RateLimiter<ClientKey>>,
    cases: Option<RateLimiter<CaseId>>,
}

impl IntakeLimits {
    /// With these limits.
    pub fn new(settings: &IntakeSettings) -> Self {
        Self {
            clients: settings.per_client.map(RateLimiter::new),
            cases: settings.per_case.map(RateLimiter::new),
        }
    }

    /// Lets one opinion in, or one mail for it out. Officers who enter what came on paper are not
    /// limited: an office sends a whole tray at once.
    ///
    /// # Errors
    /// [`ApiError::RateLimited`] with the time after which the same can be sent
    /// again.
    pub fn admit(&self, caller: &Caller, case: CaseId) -> Result<(), ApiError> {
        if is_operator(caller) {
            return Ok(());
        }
        let limited = |retry_after| ApiError::RateLimited { retry_after };
        if let Some(clients) = &self.clients {
            let key = ClientKey::of(caller);
            clients.spend(&key, 1, caller.now).map_err(limited)?;
        }
        if let Some(cases) = &self.cases {
            cases.spend(&case, 1, caller.now).map_err(limited)?;
        }
        Ok(())
    }
}

/// Whether an officer calls who enters what came on paper.
pub(super) fn is_operator(caller: &Caller) -> bool {
    caller
        .identity
        .as_ref()
        .is_some_and(|identity| identity.roles.contains(&Role::Operator))
}

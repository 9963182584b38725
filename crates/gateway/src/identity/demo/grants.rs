//! Codes that can be exchanged for a token, once (RFC 6749, 4.1; RFC 7636).

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::Persona;

/// A code lives so long.
const VALIDITY: SignedDuration = SignedDuration::from_secs(60);

/// More codes than this at a time are a joke; the demonstration forgets all.
const MOST: usize = 1000;

/// Codes that were given out and not exchanged.
#[derive(Default)]
pub(super) struct Grants(HashMap<String, Grant>);

/// What a code stands for.
pub(super) struct Grant {
    pub(super) persona: &'static Persona,
    pub(super) redirect_uri: String,
    pub(super) challenge: String,
    pub(super) nonce: Option<String>,
    pub(super) given: Timestamp,
}

impl Grants {
    pub(super) fn give(&mut self, grant: Grant) -> Result<String, getrandom::Error> {
        let mut bytes = [0; 24];
        getrandom::fill(&mut bytes)?;
        let code = URL_SAFE_NO_PAD.encode(bytes);
        if MOST <= self.0.len() {
            self.0.clear();
        }
        self.0.insert(code.clone(), grant);
        Ok(code)
    }

    /// Takes the code back; it is gone whatever comes of it.
    pub(super) fn exchange(
        &mut self,
        code: &str,
        redirect_uri: &str,
        verifier: &str,
        now: Timestamp,
    ) -> Option<Grant> {
        let grant = self.0.remove(code)?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
        let holds = now.duration_since(grant.given) < VALIDITY
            && grant.redirect_uri == redirect_uri
            && grant.challenge == challenge;
        holds.then_some(grant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::demo::PERSONAS;

    fn grants() -> (Grants, String) {
        let mut grants = Grants::default();
        let code = grants
            .give(Grant {
                persona: &PERSONAS[0],
                redirect_uri: "http://localhost/".into(),
                // RFC 7636, appendix B.
                challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".into(),
                nonce: None,
                given: Timestamp::UNIX_EPOCH,
            })
            .unwrap();
        (grants, code)
    }

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    #[test]
    fn a_code_is_exchanged_once_by_whoever_asked_for_it() {
        let soon = Timestamp::from_second(59).unwrap();
        let (mut given, code) = grants();
        assert!(
            given
                .exchange(&code, "http://localhost/", VERIFIER, soon)
                .is_some()
        );
        assert!(
            given
                .exchange(&code, "http://localhost/", VERIFIER, soon)
                .is_none()
        );
        let (mut given, code) = grants();
        assert!(
            given
                .exchange(&code, "http://localhost/", "guess", soon)
                .is_none()
        );
        let (mut given, code) = grants();
        assert!(
            given
                .exchange(&code, "http://localhost/x", VERIFIER, soon)
                .is_none()
        );
        let (mut given, code) = grants();
        let late = Timestamp::from_second(60).unwrap();
        assert!(
            given
                .exchange(&code, "http://localhost/", VERIFIER, late)
                .is_none()
        );
    }
}

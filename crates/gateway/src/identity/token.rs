//! Bearer tokens as text: JSON Web Tokens in compact form (RFC 7515, 7519).
//!
//! Reading proves nothing: a token is worth something only once a key of its
//! issuer has confirmed it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Algorithm;

/// Longer tokens are not looked at.
const LONGEST: usize = 16 * 1024;

/// A token that has been read, but not believed.
#[derive(Clone, Debug)]
pub struct Token<'a> {
    /// How it says that it is signed.
    pub algorithm: Algorithm,
    /// Which key it says to be signed with.
    pub key_id: Option<String>,
    /// What it claims.
    pub claims: Claims,
    /// The text that is signed.
    pub(super) signed: &'a str,
    /// The signature.
    pub(super) signature: Vec<u8>,
}

/// Why a token is worth nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is no JSON Web Token, or not one as we read them.
    #[error("the token is not a signed JSON Web Token: {0}")]
    Malformed(&'static str),
    /// It is signed in a way that we do not accept, or not at all.
    #[error("the token is not signed with RS256, ES256 or EdDSA")]
    Algorithm,
    /// Another issuer made it.
    #[error("the token is from an issuer that is not known here")]
    Issuer,
    /// It was made for somebody else.
    #[error("the token was made for another audience")]
    Audience,
    /// It was good once.
    #[error("the token has expired")]
    Expired,
    /// It is not good yet.
    #[error("the token is not valid yet; check the clocks")]
    NotYet,
    /// The issuer has no such key.
    #[error("the issuer has no key that fits the token")]
    UnknownKey,
    /// The key does not confirm it.
    #[error("the signature of the token is not right")]
    Signature,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
}

/// What a token claims.
#[derive(Clone, Debug, Deserialize)]
pub struct Claims {
    /// Who made the token.
    pub iss: String,
    /// Whom it is about.
    pub sub: String,
    #[serde(default)]
    aud: Audience,
    exp: f64,
    nbf: Option<f64>,
    iat: Option<f64>,
    /// Everything else.
    #[serde(flatten)]
    pub others: Map<String, Value>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(untagged)]
enum Audience {
    #[default]
    Nobody,
    One(String),
    Several(Vec<String>),
}

impl<'a> Token<'a> {
    /// Reads the text.
    ///
    /// # Errors
    /// If it is not a token as we read them.
    pub fn read(text: &'a str) -> Result<Self, TokenError> {
        use TokenError::Malformed;
        if LONGEST < text.len() {
            return Err(Malformed("it is too long"));
        }
        let (signed, signature) = text
            .rsplit_once('.')
            .ok_or(Malformed("it has no three parts"))?;
        let (header, claims) = signed
            .split_once('.')
            .ok_or(Malformed("it has no three parts"))?;
        let part = |text: &str| {
            URL_SAFE_NO_PAD
                .decode(text)
                .map_err(|_| Malformed("a part is not base64url"))
        };
        let header: Header = serde_json::from_slice(&part(header)?)
            .map_err(|_| Malformed("its header is not as it should be"))?;
        if header.crit.is_some() {
            // RFC 7515, 4.1.11: what is critical and not understood is refused.
            return Err(Malformed("it uses extensions that are not understood"));
        }
        let typ = header
            .typ
            .as_deref()
            .map(|typ| typ.trim_start_matches("application/"));
        if !typ.is_none_or(|typ| {
            ["jwt", "at+jwt"]
                .iter()
                .any(|known| typ.eq_ignore_ascii_case(known))
        }) {
            return Err(Malformed("it is of another type"));
        }
        let algorithm = Algorithm::named(&header.alg).ok_or(TokenError::Algorithm)?;
        let claims: Claims = serde_json::from_slice(&part(claims)?)
            .map_err(|_| Malformed("its claims are not as they should be"))?;
        Ok(Self {
            algorithm,
            key_id: header.kid,
            claims,
            signed,
            signature: part(signature)?,
        })
    }
}

impl Claims {
    /// Whether the token is meant for us, now.
    pub(super) fn check(
        &self,
        issuer: &str,
        audience: &str,
        now: Timestamp,
        skew: SignedDuration,
    ) -> Result<(), TokenError> {
        if self.iss != issuer {
            return Err(TokenError::Issuer);
        }
        let meant_for_us = match &self.aud {
            Audience::Nobody => false,
            Audience::One(one) => one == audience,
            Audience::Several(several) => several.iter().any(|one| one == audience),
        };
        if !meant_for_us {
            return Err(TokenError::Audience);
        }
        let now = now.as_duration().as_secs_f64();
        let skew = skew.as_secs_f64();
        if self.exp + skew <= now {
            return Err(TokenError::Expired);
        }
        if [self.nbf, self.iat]
            .into_iter()
            .flatten()
            .any(|from| now < from - skew)
        {
            return Err(TokenError::NotYet);
        }
        Ok(())
    }

    /// When the token ends; a number beyond the calendar ends with it.
    pub(super) fn end(&self) -> Timestamp {
        SignedDuration::try_from_secs_f64(self.exp)
            .ok()
            .and_then(|since_1970| Timestamp::from_duration(since_1970).ok())
            .unwrap_or(Timestamp::MAX)
    }

    /// A claim by its name, or by a JSON pointer (`/realm_access/roles`).
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        match name.strip_prefix('/') {
            None => self.others.get(name),
            Some(path) => {
                let (first, rest) = path
                    .split_once('/')
                    .map_or((path, None), |(first, rest)| (first, Some(rest)));
                let value = self.others.get(&unescape(first))?;
                match rest {
                    None => Some(value),
                    Some(rest) => value.pointer(&format!("/{rest}")),
                }
            }
        }
    }
}

/// RFC 6901, 4.
fn unescape(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn text(header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.AAAA", part(header), part(claims))
    }

    fn header(header: Value) -> Result<Algorithm, TokenError> {
        let text = text(&header, &json!({ "iss": "i", "sub": "s", "exp": 1 }));
        Token::read(&text).map(|token| token.algorithm)
    }

    #[test]
    fn only_three_algorithms_are_read() {
        assert_eq!(header(json!({ "alg": "RS256" })), Ok(Algorithm::Rs256));
        assert_eq!(
            header(json!({ "alg": "ES256", "typ": "JWT" })),
            Ok(Algorithm::Es256)
        );
        assert_eq!(
            header(json!({ "alg": "EdDSA", "typ": "at+jwt" })),
            Ok(Algorithm::EdDsa)
        );
        for wrong in [
            "none", "None", "HS256", "HS512", "RS1", "PS256", "ES512", "rs256", "",
        ] {
            assert_eq!(
                header(json!({ "alg": wrong })),
                Err(TokenError::Algorithm),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_header_that_is_not_as_it_should_be_is_refused() {
        for wrong in [
            json!({ "alg": "RS256", "crit": ["b64"] }),
            json!({ "alg": "RS256", "typ": "dpop+jwt" }),
            json!({ "alg": 1 }),
            json!({}),
            json!([]),
            json!({ "alg": "RS256", "kid": 1 }),
        ] {
            assert!(
                matches!(header(wrong.clone()), Err(TokenError::Malformed(_))),
                "{wrong}"
            );
        }
        for wrong in [
            "",
            ".",
            "..",
            "a.b",
            "a.b.c.d",
            "!.!.!",
            &"a".repeat(LONGEST + 1),
        ] {
            assert!(matches!(Token::read(wrong), Err(TokenError::Malformed(_))));
        }
    }

    fn check(claims: Value, now: i64) -> Result<(), TokenError> {
        let text = text(&json!({ "alg": "RS256" }), &claims);
        Token::read(&text)?.claims.check(
            "https://issuer.example",
            "hiroba",
            Timestamp::from_second(now).unwrap(),
            SignedDuration::from_secs(60),
        )
    }

    fn claims(more: Value) -> Value {
        let mut claims =
            json!({ "iss": "https://issuer.example", "sub": "s", "aud": "hiroba", "exp": 1000 });
        claims
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        claims
    }

    #[test]
    fn a_token_is_for_us_and_for_now() {
        assert_eq!(check(claims(json!({})), 500), Ok(()));
        assert_eq!(
            check(claims(json!({ "aud": ["other", "hiroba"] })), 500),
            Ok(())
        );
        assert_eq!(
            check(claims(json!({ "aud": ["other"] })), 500),
            Err(TokenError::Audience)
        );
        assert_eq!(
            check(claims(json!({ "aud": null })), 500),
            Err(TokenError::Audience)
        );
        assert_eq!(
            check(claims(json!({ "iss": "https://issuer.example/" })), 500),
            Err(TokenError::Issuer)
        );
        assert_eq!(check(claims(json!({})), 1059), Ok(()));
        assert_eq!(check(claims(json!({})), 1060), Err(TokenError::Expired));
        assert_eq!(check(claims(json!({ "nbf": 560 })), 500), Ok(()));
        assert_eq!(
            check(claims(json!({ "nbf": 561 })), 500),
            Err(TokenError::NotYet)
        );
        assert_eq!(
            check(claims(json!({ "iat": 561.5 })), 500),
            Err(TokenError::NotYet)
        );
    }

    #[test]
    fn a_token_without_an_end_is_refused() {
        let mut endless = claims(json!({}));
        endless.as_object_mut().unwrap().remove("exp");
        assert!(matches!(check(endless, 500), Err(TokenError::Malformed(_))));
        for wrong in [json!("1000"), json!(null)] {
            assert!(matches!(
                check(claims(json!({ "exp": wrong })), 500),
                Err(TokenError::Malformed(_))
            ));
        }
    }

    proptest! {
        #[test]
        fn reading_any_text_ends_well(text in ".{0,200}") {
            let _ = Token::read(&text);
        }

        #[test]
        fn reading_any_claims_ends_well(header in ".{0,60}", claims in ".{0,200}") {
            let text = format!("{}.{}.", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
            let _ = Token::read(&text);
        }
    }
}

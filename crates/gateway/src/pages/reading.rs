//! What a reader asks for: an address, a language, a moment.

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, StatusCode, header, request::Parts},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::locale::Locale;
use crate::http::Caller;

/// The largest number that a page's script could read exactly; a position is
/// never above.
const LARGEST_POSITION: u64 = 1 << 53;

/// A request for a page.
pub(crate) struct Reading {
    pub(crate) path: String,
    pub(crate) locale: Locale,
    /// The language of this reader's pages whose address names none: the one
    /// that the client left in the cookie `lang`, else Japanese.
    pub(crate) usual: Locale,
    /// `?at=` as it was written.
    pub(crate) at: Option<String>,
    /// Whoever it is, a page is what everybody may read.
    pub(crate) stranger: Caller,
    pub(crate) none_match: Option<HeaderValue>,
    pub(super) asked: Vec<(String, String)>,
}

impl<S: Sync> FromRequestParts<S> for Reading {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let Some(caller) = parts.extensions.get::<Caller>() else {
            tracing::error!("pages are served without a reception before them");
            return Err(StatusCode::INTERNAL_SERVER_ERROR);
        };
        let asked = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let asked = asked.map(|query| query.0).unwrap_or_default();
        let mut reading = Self {
            path: parts.uri.path().to_owned(),
            locale: Locale::default(),
            usual: remembered(parts).unwrap_or_default(),
            at: None,
            stranger: Caller {
                identity: None,
                ..caller.clone()
            },
            none_match: parts.headers.get(header::IF_NONE_MATCH).cloned(),
            asked,
        };
        reading.locale = reading
            .asked("lang")
            .and_then(Locale::named)
            .unwrap_or(reading.usual);
        reading.at = reading.asked("at").map(str::to_owned);
        Ok(reading)
    }
}

impl Reading {
    /// A parameter of the address, unless it is empty.
    pub(crate) fn asked(&self, name: &str) -> Option<&str> {
        let mut asked = self.asked.iter();
        let (_, value) = asked.find(|(given, _)| given == name)?;
        Some(value.trim()).filter(|value| !value.is_empty())
    }

    /// The same for a program, whose answer follows from the address alone.
    pub(crate) fn by_program(mut self) -> Self {
        self.usual = Locale::default();
        let named = self.asked("lang").and_then(Locale::named);
        self.locale = named.unwrap_or_default();
        self
    }

    /// The parameter that keeps the language, where a link needs it.
    pub(crate) fn lang(&self) -> Option<(&'static str, &'static str)> {
        (self.locale != self.usual).then(|| ("lang", self.locale.name()))
    }

    /// A link that keeps the language and the moment.
    pub(crate) fn link(&self, path: &str) -> String {
        self.link_with(path, &[])
    }

    /// The same with more parameters.
    pub(crate) fn link_with(&self, path: &str, more: &[(&str, &str)]) -> String {
        let at = self.at.as_deref().map(|at| ("at", at));
        address(path, more.iter().copied().chain(at).chain(self.lang()))
    }

    /// The moment as the variable `moment` of a document.
    ///
    /// `?at=` is a position, a moment, or a day, which means its end in Tokyo.
    /// `Err` if it is none of these.
    pub(crate) fn moment(&self) -> Result<Option<Value>, NoMoment> {
        let Some(at) = &self.at else { return Ok(None) };
        if at.bytes().all(|byte| byte.is_ascii_digit()) {
            let position = at
                .parse()
                .ok()
                .filter(|position| *position < LARGEST_POSITION);
            return position
                .map(|position: u64| Some(json!({"position": position})))
                .ok_or(NoMoment);
        }
        let time = self.time().ok_or(NoMoment)?;
        Ok(Some(json!({"time": time.to_string()})))
    }

    /// The moment, unless it is a position or none.
    pub(crate) fn time(&self) -> Option<Timestamp> {
        let at = self.at.as_deref()?;
        let day: Result<jiff::civil::Date, _> = at.parse();
        match day {
            Ok(_) if at.len() == 10 => format!("{at}T23:59:59.999+09:00").parse().ok(),
            _ => at.parse().ok(),
        }
    }
}

/// The language that the client left behind: no screen is read in one language
/// and then shown in another.
fn remembered(parts: &Parts) -> Option<Locale> {
    let headers = parts.headers.get_all(header::COOKIE).into_iter();
    let mut cookies = headers
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split(';'));
    cookies.find_map(|cookie| Locale::named(cookie.trim().strip_prefix("lang=")?))
}

/// A text that names no moment.
#[derive(Debug)]
pub(crate) struct NoMoment;

/// An address with parameters.
pub(crate) fn address<'a>(
    path: &str,
    parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> String {
    let mut address = path.to_owned();
    let mut sign = '?';
    for (name, value) in parameters {
        address.push(sign);
        sign = '&';
        address.push_str(name);
        address.push('=');
        address.push_str(&encoded(value));
    }
    address
}

/// Text that can stand in an address as one part of it (RFC 3986).
pub(crate) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_takes_any_text() {
        assert_eq!(address("/cases", []), "/cases");
        assert_eq!(
            address("/cases", [("q", "道&路 \"<"), ("lang", "en")]),
            "/cases?q=%E9%81%93%26%E8%B7%AF%20%22%3C&lang=en"
        );
    }
}

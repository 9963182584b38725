//! Media types of requests and answers, as GraphQL over HTTP wants them.

use axum::http::{HeaderMap, header};

/// The media type of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// `application/graphql-response+json`: the status says how it went.
    GraphQlResponse,
    /// `application/json`: for clients that only read the body.
    Json,
    /// `text/event-stream`: one event a result.
    EventStream,
}

impl MediaType {
    /// The value of `Content-Type`.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::GraphQlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
            Self::EventStream => "text/event-stream; charset=utf-8",
        }
    }

    /// What the client accepts and we have; nothing when there is no such type.
    ///
    /// Whoever accepts anything gets `application/json`, which every client
    /// understands.
    pub fn accepted(headers: &HeaderMap) -> Option<Self> {
        let mut ranges = headers.get_all(header::ACCEPT).into_iter().peekable();
        if ranges.peek().is_none() {
            return Some(Self::Json);
        }
        let mut ours = [
            (Self::GraphQlResponse, "application/graphql-response+json"),
            (Self::Json, "application/json"),
            (Self::EventStream, "text/event-stream"),
        ]
        .map(|(media, name)| (media, name, Match::default()));
        for range in ranges
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
        {
            let (range, quality) = weighted(range);
            for (media, name, best) in &mut ours {
                let specificity = match range {
                    exact if exact.eq_ignore_ascii_case(name) => 3,
                    // An event stream is answered only to those who ask for it.
                    _ if *media == Self::EventStream => continue,
                    "application/*" => 2,
                    "*/*" => 1,
                    _ => continue,
                };
                if best.specificity < specificity {
                    *best = Match {
                        specificity,
                        quality,
                    };
                }
            }
        }
        let [response, json, stream] = ours.map(|(media, _, found)| (media, found));
        // Of two that are named equally, the one that says more wins; of two
        // that are merely covered by a wildcard, the one that more clients know.
        let plain = if json.1.beats(response.1) || (json.1 == response.1 && json.1.specificity < 3)
        {
            json
        } else {
            response
        };
        let best = if stream.1.beats(plain.1) {
            stream
        } else {
            plain
        };
        (0.0 < best.1.quality).then_some(best.0)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Match {
    specificity: u8,
    quality: f32,
}

impl Match {
    fn beats(self, other: Self) -> bool {
        other.quality < self.quality
            || (other.quality == self.quality && other.specificity < self.specificity)
    }
}

/// Whether the body is JSON in UTF-8. Nothing else is read: forms and plain
/// text can be sent across sites without the browser asking us first.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let Some(content_type) = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    let mut parts = content_type.split(';').map(str::trim);
    parts
        .next()
        .is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"))
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, charset)) if name.trim().eq_ignore_ascii_case("charset") => charset
                .trim()
                .trim_matches('"')
                .eq_ignore_ascii_case("utf-8"),
            _ => true,
        })
}

/// One element of an `Accept` header: its range, and its weight.
pub(super) fn weighted(range: &str) -> (&str, f32) {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let mut quality = 1.0;
    for parameter in parts {
        match parameter.split_once('=') {
            Some(("q" | "Q", value)) => quality = value.trim().parse().unwrap_or(0.0),
            Some((name, charset))
                if name.eq_ignore_ascii_case("charset")
                    && !charset.trim_matches('"').eq_ignore_ascii_case("utf-8") =>
            {
                return ("", 0.0);
            }
            _ => (),
        }
    }
    (name, quality)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn accepted(value: &'static str) -> Option<MediaType> {
        MediaType::accepted(&HeaderMap::from_iter([(
            header::ACCEPT,
            HeaderValue::from_static(value),
        )]))
    }

    #[test]
    fn the_most_wanted_media_type_is_answered() {
        use MediaType::{EventStream, GraphQlResponse, Json};
        assert_eq!(MediaType::accepted(&HeaderMap::new()), Some(Json));
        assert_eq!(accepted("*/*"), Some(Json));
        assert_eq!(accepted("application/*"), Some(Json));
        assert_eq!(accepted("application/json"), Some(Json));
        assert_eq!(
            accepted("application/graphql-response+json"),
            Some(GraphQlResponse)
        );
        assert_eq!(
            accepted("application/json, application/graphql-response+json"),
            Some(GraphQlResponse)
        );
        assert_eq!(
            accepted("application/graphql-response+json;q=0.5, application/json"),
            Some(Json)
        );
        assert_eq!(
            accepted("application/graphql-response+json; charset=utf-8, application/json;q=0.9"),
            Some(GraphQlResponse)
        );
        assert_eq!(
            accepted("text/html,application/xhtml+xml,*/*;q=0.8"),
            Some(Json)
        );
        assert_eq!(accepted("text/event-stream"), Some(EventStream));
        assert_eq!(
            accepted("application/json, text/event-stream;q=0.5"),
            Some(Json)
        );
        assert_eq!(
            accepted("text/event-stream, application/json;q=0.5"),
            Some(EventStream)
        );
        assert_eq!(accepted("text/html"), None);
        assert_eq!(accepted("application/json;q=0"), None);
        assert_eq!(accepted("application/json;charset=utf-16"), None);
    }

    #[test]
    fn only_json_in_utf_8_is_read() {
        let json = |value| {
            is_json(&HeaderMap::from_iter([(
                header::CONTENT_TYPE,
                HeaderValue::from_static(value),
            )]))
        };
        assert!(json("application/json"));
        assert!(json("Application/JSON; charset=\"UTF-8\""));
        assert!(!json("application/json; charset=shift_jis"));
        assert!(!json("application/jsonp"));
        assert!(!json("text/plain"));
        assert!(!json("application/x-www-form-urlencoded"));
        assert!(!is_json(&HeaderMap::new()));
    }
}

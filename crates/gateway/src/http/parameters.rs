//! The parameters of a GraphQL request, and the types that they must have.

use std::borrow::Cow;

use async_graphql::Variables;
use axum::http::Uri;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::ApiError;

/// What a client sends.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    pub(super) query: Option<String>,
    pub(super) document_id: Option<String>,
    pub(super) operation_name: Option<String>,
    pub(super) variables: Variables,
    /// The hash of an automatic persisted document, from `extensions`.
    pub(super) persisted_hash: Option<String>,
}

/// The body is not JSON, or a parameter does not have its type.
#[derive(Debug)]
pub(super) enum Malformed {
    NotJson(serde_json::Error),
    Parameter {
        name: &'static str,
        expected: Expected,
    },
    Repeated(String),
    NoDocument,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Expected {
    String,
    Map,
    SingleObject,
}

impl From<Malformed> for ApiError {
    fn from(malformed: Malformed) -> Self {
        match malformed {
            Malformed::NotJson(error) => Self::bad_input(
                format!("本文がJSONではありません: {error}"),
                format!("the body is not JSON: {error}"),
            ),
            Malformed::Parameter {
                name,
                expected: Expected::String,
            } => Self::bad_input(
                format!("パラメーター{name}は文字列で送ってください"),
                format!("the parameter {name} must be a string"),
            ),
            Malformed::Parameter {
                name,
                expected: Expected::Map,
            } => Self::bad_input(
                format!("パラメーター{name}はJSONオブジェクトで送ってください"),
                format!("the parameter {name} must be a JSON object"),
            ),
            Malformed::Parameter {
                expected: Expected::SingleObject,
                ..
            } => Self::bad_input(
                "本文は1つのJSONオブジェクトにしてください。まとめ送りはできません",
                "the body must be one JSON object; batches are not answered",
            ),
            Malformed::Repeated(name) => Self::bad_input(
                format!("パラメーター{name}が2回あります"),
                format!("the parameter {name} is there twice"),
            ),
            Malformed::NoDocument => Self::bad_input(
                "queryまたはdocumentIdを送ってください",
                "send query or documentId",
            ),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    #[serde(borrow)]
    query: Option<&'a RawValue>,
    #[serde(borrow)]
    document_id: Option<&'a RawValue>,
    #[serde(borrow)]
    operation_name: Option<&'a RawValue>,
    #[serde(borrow)]
    variables: Option<&'a RawValue>,
    #[serde(borrow)]
    extensions: Option<&'a RawValue>,
}

impl Parameters {
    /// The parameters in the body of a POST request.
    pub(super) fn from_body(bytes: &[u8]) -> Result<Self, Malformed> {
        let text = std::str::from_utf8(bytes)
            .map_err(|error| Malformed::NotJson(serde::de::Error::custom(error)))?;
        Self::from_json(serde_json::from_str(text).map_err(Malformed::NotJson)?)
    }

    /// The parameters in JSON that has been taken out of something larger.
    pub(super) fn from_json(json: &RawValue) -> Result<Self, Malformed> {
        if !json.get().starts_with('{') {
            return Err(Malformed::Parameter {
                name: "",
                expected: Expected::SingleObject,
            });
        }
        let body: Body<'_> = serde_json::from_str(json.get()).map_err(Malformed::NotJson)?;
        Self {
            query: string("query", body.query)?,
            document_id: string("documentId", body.document_id)?,
            operation_name: string("operationName", body.operation_name)?
                .filter(|name| !name.is_empty()),
            variables: map("variables", body.variables.map(RawValue::get))?.unwrap_or_default(),
            persisted_hash: persisted_hash(body.extensions.map(RawValue::get))?,
        }
        .with_document()
    }

    /// The parameters in the address of a GET request.
    pub(super) fn from_uri(uri: &Uri) -> Result<Self, Malformed> {
        let axum::extract::Query(pairs) =
            axum::extract::Query::<Vec<(Cow<'_, str>, String)>>::try_from_uri(uri).map_err(
                |_| Malformed::Parameter {
                    name: "query",
                    expected: Expected::String,
                },
            )?;
        let mut parameters = Self::default();
        let mut seen = Vec::new();
        for (name, value) in pairs {
            if seen.contains(&name) {
                return Err(Malformed::Repeated(name.into_owned()));
            }
            match &*name {
                "query" => parameters.query = Some(value),
                "documentId" => parameters.document_id = Some(value),
                "operationName" => {
                    parameters.operation_name = Some(value).filter(|name| !name.is_empty())
                }
                "variables" => {
                    parameters.variables = map("variables", non_empty(&value))?.unwrap_or_default()
                }
                "extensions" => parameters.persisted_hash = persisted_hash(non_empty(&value))?,
                _ => (),
            }
            seen.push(name);
        }
        parameters.with_document()
    }

    fn with_document(self) -> Result<Self, Malformed> {
        if self.query.is_none() && self.document_id.is_none() && self.persisted_hash.is_none() {
            return Err(Malformed::NoDocument);
        }
        Ok(self)
    }
}

fn non_empty(value: &str) -> Option<&str> {
    (!value.is_empty()).then_some(value)
}

fn string(name: &'static str, value: Option<&RawValue>) -> Result<Option<String>, Malformed> {
    let Some(value) = value else { return Ok(None) };
    serde_json::from_str(value.get()).map_err(|_| Malformed::Parameter {
        name,
        expected: Expected::String,
    })
}

fn map<T: for<'de> Deserialize<'de>>(
    name: &'static str,
    value: Option<&str>,
) -> Result<Option<T>, Malformed> {
    let Some(value) = value.map(str::trim) else {
        return Ok(None);
    };
    if value == "null" {
        return Ok(None);
    }
    let malformed = || Malformed::Parameter {
        name,
        expected: Expected::Map,
    };
    if !value.starts_with('{') {
        return Err(malformed());
    }
    serde_json::from_str(value)
        .map(Some)
        .map_err(|_| malformed())
}

/// The hash in `extensions.persistedQuery.sha256Hash`, as an id.
fn persisted_hash(extensions: Option<&str>) -> Result<Option<String>, Malformed> {
    let extensions: Option<serde_json::Map<String, serde_json::Value>> =
        map("extensions", extensions)?;
    Ok(extensions.and_then(|extensions| {
        let hash = extensions
            .get("persistedQuery")?
            .get("sha256Hash")?
            .as_str()?;
        Some(format!("sha256:{hash}"))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(json: &str) -> Result<Parameters, String> {
        Parameters::from_body(json.as_bytes())
            .map_err(|malformed| ApiError::from(malformed).to_string())
    }

    #[test]
    fn parameters_have_their_types() {
        let parameters = body(
            r#"{"query":"{a}","operationName":"","variables":{"a":[1]},"extensions":null,"x":1}"#,
        )
        .unwrap();
        assert_eq!(parameters.query.as_deref(), Some("{a}"));
        assert_eq!(parameters.operation_name, None);
        assert_eq!(parameters.variables.len(), 1);
        for (wrong, reason) in [
            (r#"{"query":1}"#, "query must be a string"),
            (
                r#"{"query":"{a}","variables":[]}"#,
                "variables must be a JSON object",
            ),
            (
                r#"{"query":"{a}","variables":"{}"}"#,
                "variables must be a JSON object",
            ),
            (
                r#"{"query":"{a}","extensions":0}"#,
                "extensions must be a JSON object",
            ),
            (
                r#"{"query":"{a}","operationName":{}}"#,
                "operationName must be a string",
            ),
            (r#"[{"query":"{a}"}]"#, "one JSON object"),
            (r#""query""#, "one JSON object"),
            (r#"{}"#, "send query"),
            (r#"{"query":"#, "not JSON"),
            ("", "not JSON"),
        ] {
            let error = body(wrong).unwrap_err();
            assert!(error.contains(reason), "{wrong}: {error}");
        }
        assert!(Parameters::from_body(b"\xff").is_err());
    }

    #[test]
    fn an_address_carries_the_same_parameters() {
        let uri = Uri::from_static(
            "/graphql?query=query%20A%7Ba%7D&operationName=A&variables=%7B%22a%22%3A1%7D&extensions=",
        );
        let parameters = Parameters::from_uri(&uri).unwrap();
        assert_eq!(parameters.query.as_deref(), Some("query A{a}"));
        assert_eq!(parameters.operation_name.as_deref(), Some("A"));
        assert_eq!(parameters.variables.len(), 1);
        for wrong in [
            "/graphql",
            "/graphql?query=a&query=b",
            "/graphql?query=a&variables=1",
        ] {
            assert!(
                Parameters::from_uri(&Uri::from_static(wrong)).is_err(),
                "{wrong}"
            );
        }
    }
}

//! Everything behind the pages: asking the city, keeping what was made, and
//! answering.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use async_graphql::{Executor, Request, Variables};
use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Response, StatusCode, header},
};
use bytes::Bytes;
use domain::LegalDate;
use event_store::LogSize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    layout::{self, Page},
    locale::Locale,
    reading::Reading,
    shell::Client,
    words::Words,
};
use crate::{
    CityExecutor, Desk,
    files::names_tag,
    http::{ApiError, Code, Language, PAGE_POLICY, Text, meaning},
};

/// How many pages are kept.
const KEPT: usize = 512;
/// Asked again each time, answered briefly while nothing changed.
const ASKING: &str = "public, no-cache";

/// Everything behind the pages.
pub struct Site {
    desk: Desk,
    executor: CityExecutor,
    client: Client,
    /// Where the public finds the city, without a slash at the end.
    pub(crate) address: String,
    kept: Mutex<Kept>,
}

/// What was made of one state of the city, on one day, with one build.
#[derive(Default)]
struct Kept {
    of: Option<(LogSize, LegalDate, Option<SystemTime>)>,
    answers: BTreeMap<String, Arc<Answer>>,
}

/// An answer as bytes.
struct Answer {
    status: StatusCode,
    media_type: &'static str,
    lang: &'static str,
    tag: String,
    body: Bytes,
}

impl Site {
    /// The pages of a city that the public finds at `address`, such as
    /// `https://hiroba.city.example`.
    pub fn new(desk: Desk, executor: CityExecutor, client: Client, address: &str) -> Self {
        Self {
            desk,
            executor,
            client,
            address: address.trim_end_matches('/').to_owned(),
            kept: Mutex::default(),
        }
    }

    /// The built client.
    pub(crate) fn built(&self) -> Arc<super::shell::Built> {
        self.client.built()
    }

    /// Asks the city through its schema, as anybody can. A document has two
    /// operations: `operation`, and `operation` with `AsOf`, which asks the
    /// same of the city at an earlier moment.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        document: &'static str,
        operation: &str,
        mut variables: Value,
        reading: &Reading,
    ) -> Result<T, ApiError> {
        let moment = reading.moment().map_err(|_| {
            ApiError::BadUserInput(Text::new(
                Words::said(Locale::Ja).no_such_moment,
                Words::said(Locale::En).no_such_moment,
            ))
        })?;
        let travels = moment.is_some();
        let name = match moment {
            Some(moment) => {
                variables["moment"] = moment;
                format!("{operation}AsOf")
            }
            None => operation.to_owned(),
        };
        let request = Request::new(document)
            .operation_name(name)
            .variables(Variables::from_json(variables))
            .data(reading.stranger.clone());
        let response = self.executor.execute(request).await;
        if let Some(error) = response.errors.first() {
            return Err(meaning(error));
        }
        let mut data = response.data.into_json().map_err(ApiError::internal)?;
        if travels {
            data = data["cityAsOf"].take();
        }
        serde_json::from_value(data).map_err(ApiError::internal)
    }

    /// Answers with a page. `by` names the parameters that it depends on
    /// besides language and moment.
    pub(crate) async fn page(
        &self,
        reading: &Reading,
        by: &[&str],
        make: impl Future<Output = Result<Page, ApiError>>,
    ) -> Response<Body> {
        let making = async {
            let page = make.await?;
            Ok((page.status, self.lay_out(reading, &page)))
        };
        let answer = self.answer(reading, by, "text/html; charset=utf-8", making);
        match answer.await {
            Ok(answer) => respond(&answer, reading),
            Err(error) => {
                if let ApiError::Internal(cause) = &error {
                    tracing::error!(%cause, "a page could not be made");
                }
                let page = failed(&error, reading);
                let body = self.lay_out(reading, &page);
                let answer = Answer::new(page.status, "text/html; charset=utf-8", reading, body);
                let mut response = respond(&answer, reading);
                response
                    .headers_mut()
                    .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
                response
            }
        }
    }

    /// Answers with a file for programs, such as a feed.
    pub(crate) async fn file(
        &self,
        reading: &Reading,
        media_type: &'static str,
        make: impl Future<Output = Result<String, ApiError>>,
    ) -> Response<Body> {
        let making = async { Ok((StatusCode::OK, make.await?)) };
        match self.answer(reading, &[], media_type, making).await {
            Ok(answer) => respond(&answer, reading),
            Err(error) => {
                if let ApiError::Internal(cause) = &error {
                    tracing::error!(%cause, "a file could not be made");
                }
                let text = error.message(language(reading.locale)) + "\n";
                let (status, media_type) = (error.code().status(), "text/plain; charset=utf-8");
                respond(&Answer::new(status, media_type, reading, text), reading)
            }
        }
    }

    async fn answer(
        &self,
        reading: &Reading,
        by: &[&str],
        media_type: &'static str,
        make: impl Future<Output = Result<(StatusCode, String), ApiError>>,
    ) -> Result<Arc<Answer>, ApiError> {
        // Words that people search for are not kept, not even for a moment.
        let key = (!by.contains(&"q") || reading.asked("q").is_none()).then(|| {
            let parameters = by
                .iter()
                .map(|name| (*name, reading.asked(name).unwrap_or("")));
            json!([
                reading.path,
                reading.locale.name(),
                reading.usual.name(),
                reading.at,
                parameters.collect::<Vec<_>>()
            ])
            .to_string()
        });
        let of = Some((
            self.desk.city().size,
            self.desk.today(),
            self.built().stamp(),
        ));
        if let Some(key) = &key {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.of != of {
                kept.of = of;
                kept.answers.clear();
            }
            if let Some(answer) = kept.answers.get(key) {
                return Ok(Arc::clone(answer));
            }
        }
        let (status, body) = make.await?;
        let answer = Arc::new(Answer::new(status, media_type, reading, body));
        if let Some(key) = key {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.of == of {
                if KEPT <= kept.answers.len() {
                    kept.answers.clear();
                }
                kept.answers.insert(key, Arc::clone(&answer));
            }
        }
        Ok(answer)
    }

    fn lay_out(&self, reading: &Reading, page: &Page) -> String {
        layout::whole(&self.built().shell, &self.address, reading, page)
    }
}

impl Answer {
    fn new(status: StatusCode, media_type: &'static str, reading: &Reading, body: String) -> Self {
        let digest = Sha256::digest(body.as_bytes());
        Self {
            status,
            media_type,
            lang: reading.locale.html_lang(),
            tag: format!("\"{}\"", hex::encode(&digest[..16])),
            body: body.into(),
        }
    }
}

fn respond(answer: &Answer, reading: &Reading) -> Response<Body> {
    let known =
        answer.status == StatusCode::OK && names_tag(reading.none_match.as_ref(), &answer.tag);
    let mut response = Response::new(if known {
        Body::empty()
    } else {
        Body::from(answer.body.clone())
    });
    *response.status_mut() = if known {
        StatusCode::NOT_MODIFIED
    } else {
        answer.status
    };
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    // Weak: the bytes may be compressed on their way.
    set(header::ETAG, &format!("W/{}", answer.tag));
    set(header::CACHE_CONTROL, ASKING);
    set(header::CONTENT_TYPE, answer.media_type);
    set(header::CONTENT_LANGUAGE, answer.lang);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if answer.media_type.starts_with("text/html") {
        set(header::CONTENT_SECURITY_POLICY, PAGE_POLICY);
        // The reader's language.
        set(header::VARY, "cookie");
    }
    response
}

fn language(locale: Locale) -> Language {
    match locale {
        Locale::Ja | Locale::Easy => Language::Japanese,
        Locale::En => Language::English,
    }
}

/// The page that says what went wrong.
fn failed(error: &ApiError, reading: &Reading) -> Page {
    let states = &Words::of(reading.locale).frame.states;
    let (title, text) = match error.code() {
        Code::NotFound => (&states.not_found_title, states.not_found.clone()),
        Code::Internal => (&states.error_title, states.error.clone()),
        Code::RateLimited => (&states.error_title, states.rate_limited.clone()),
        _ => (&states.error_title, error.message(language(reading.locale))),
    };
    let number = (error.code() == Code::Internal).then(|| {
        states
            .request_id
            .of(&[reading.stranger.request_id.as_str()])
    });
    layout::notice_page(
        error.code().status(),
        title,
        &text,
        number.as_deref(),
        reading,
    )
}

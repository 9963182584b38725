//! Checking a receipt without JavaScript: the server says what the log holds,
//! and how to check that without the server.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderValue, Response, StatusCode, header},
};
use domain::LegalDate;
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use super::{
    Page, Reading, Site, dates,
    layout::{BannerKind, banner, facts, section},
    words::{ReceiptWords, Words},
};
use crate::http::ApiError;

const DOCUMENT: &str = include_str!("receipts.graphql");

/// Digits of a position at most.
const DIGITS: usize = 15;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    log_entry: Option<Entry>,
    log: Log,
    receipt: Option<String>,
    checkpoint: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    kind: String,
    legal_date: LegalDate,
    recorded_at: Timestamp,
    leaf: String,
}

#[derive(Deserialize)]
struct Log {
    size: String,
    keys: Vec<Key>,
}

#[derive(Deserialize)]
struct Key {
    vkey: String,
}

/// A position as people type it: `#12`, `１２`.
fn position(text: &str) -> Option<u64> {
    let digits: String = text.nfkc().collect();
    let digits = digits.trim().trim_start_matches('#');
    let sound =
        (1..=DIGITS).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| sound)
}

pub(super) async fn form(State(site): State<Arc<Site>>, reading: Reading) -> Response<Body> {
    let words = &Words::of(reading.locale).receipts;
    let asked = reading.asked("position");
    // The form leads to the address of the receipt, which can be kept.
    if let Some(position) = asked.and_then(position) {
        let hash: Vec<_> = reading
            .asked("hash")
            .map(|hash| ("hash", hash))
            .into_iter()
            .collect();
        let address = reading.link_with(&format!("/receipts/{position}"), &hash);
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SEE_OTHER;
        if let Ok(address) = HeaderValue::from_str(&address) {
            response.headers_mut().insert(header::LOCATION, address);
        }
        return response;
    }
    let making = async {
        let mut page = page(
            &reading,
            &html! {},
            asked,
            asked.is_some().then_some(words.bad_number.as_str()),
        );
        page.listed = asked.is_none();
        if asked.is_some() {
            page.status = StatusCode::BAD_REQUEST;
        }
        Ok(page)
    };
    site.page(&reading, &["position"], making).await
}

pub(super) async fn check(
    State(site): State<Arc<Site>>,
    Path(text): Path<String>,
    reading: Reading,
) -> Response<Body> {
    // The log only grows: what it held then, it holds now.
    let now = Reading {
        at: None,
        ..reading
    };
    let making = async {
        let position = position(&text).ok_or(ApiError::NotFound)?;
        let variables = json!({"position": position});
        let answer: Answer = site.ask(DOCUMENT, "Receipt", variables, &now).await?;
        let found = answer.log_entry.is_some();
        let verdict = verdict(&answer, position, &now);
        let mut page = page(&now, &verdict, Some(&position.to_string()), None);
        page.listed = false;
        if !found {
            page.status = StatusCode::NOT_FOUND;
        }
        Ok(page)
    };
    site.page(&now, &["hash"], making).await
}

fn page(reading: &Reading, verdict: &Markup, position: Option<&str>, error: Option<&str>) -> Page {
    let words = &Words::of(reading.locale).receipts;
    let said = Words::said(reading.locale);
    let main = html! {
        h1 { (words.title) }
        p { (said.receipt_lead) }
        (verdict)
        (question(words, position, error, reading))
    };
    Page::new(&words.title, said.receipt_lead, main)
}

fn question(
    words: &ReceiptWords,
    position: Option<&str>,
    error: Option<&str>,
    reading: &Reading,
) -> Markup {
    let said = Words::said(reading.locale);
    let describes = if error.is_some() {
        "position-hint position-error"
    } else {
        "position-hint"
    };
    html! {
        form.prose action="/receipts" {
            @if let Some((lang, locale)) = reading.lang() { input type="hidden" name=(lang) value=(locale); }
            div.field {
                label for="position" { (words.position) }
                div.field-hint id="position-hint" { (words.position_hint) }
                @if let Some(error) = error { p.field-error id="position-error" { (error) } }
                input id="position" class="input input-short" name="position" inputmode="numeric" required
                    value=[position] aria-describedby=(describes) aria-invalid=[error.map(|_| "true")];
            }
            div.field {
                label for="hash" { (said.leaf_hash) }
                div.field-hint id="hash-hint" { (said.leaf_hash_hint) }
                input.input id="hash" name="hash" autocomplete="off" spellcheck="false"
                    value=[reading.asked("hash")] aria-describedby="hash-hint";
            }
            button class="button button-solid" type="submit" { span { (words.check) } }
        }
    }
}

/// The hash of a leaf (RFC 6962, 2.1).
fn leaf_hash(leaf: &str) -> String {
    hex::encode(
        Sha256::new()
            .chain_update([0])
            .chain_update(leaf.as_bytes())
            .finalize(),
    )
}

fn verdict(answer: &Answer, position: u64, reading: &Reading) -> Markup {
    let locale = reading.locale;
    let all = Words::of(locale);
    let words = &all.receipts;
    let said = Words::said(locale);
    let Some(entry) = &answer.log_entry else {
        let text = html! { p { (words.texts.not_found) } };
        return banner(BannerKind::Warning, &words.titles.not_found, &text, locale);
    };
    let hash = leaf_hash(&entry.leaf);
    let given = reading
        .asked("hash")
        .map(|given| given.to_ascii_lowercase());
    let size: i64 = answer.log.size.parse().unwrap_or_default();
    let details = facts(&[
        (&words.position, html! { "#" (position) }),
        (said.kind, html! { (all.public_comment.event(&entry.kind)) }),
        (
            said.recorded,
            html! { time datetime=(entry.recorded_at) { (dates::moment(entry.recorded_at, locale)) } },
        ),
        (
            said.legal_date,
            dates::day_element(entry.legal_date, locale),
        ),
        (said.leaf_hash, html! { code.hash { (hash) } }),
        (&words.size, html! { (words.entries.count(size)) }),
    ]);
    html! {
        @match &given {
            Some(given) if *given != hash => {
                (banner(BannerKind::Error, &words.titles.tampered, &html! { p { (said.leaf_differs) } }, locale))
            }
            _ if answer.receipt.is_none() => {
                (banner(BannerKind::Info, &words.titles.behind, &html! { p { (words.texts.behind) } }, locale))
            }
            given => (banner(BannerKind::Success, &words.titles.found, &html! {
                p { (said.receipt_found) }
                @if given.is_some() { p { (said.leaf_agrees) } }
            }, locale)),
        }
        (details)
        @if answer.receipt.is_some() { (section("yourself", said.yourself, &yourself(answer, position, reading))) }
    }
}

/// How to check without trusting the server.
fn yourself(answer: &Answer, position: u64, reading: &Reading) -> Markup {
    let words = &Words::of(reading.locale).receipts;
    let said = Words::said(reading.locale);
    let file = format!("{position}.tlog-proof");
    let keys = answer
        .log
        .keys
        .iter()
        .map(|key| format!(" \\\n  --vkey '{}'", key.vkey));
    let command = format!(
        "hiroba-verify receipt {file} --leaf leaf.json{}",
        keys.collect::<String>()
    );
    html! {
        p { (said.yourself_how) }
        ul {
            li { a.tap href=(format!("/log/receipt/{file}")) download=(file) { (said.proof_file) } }
            li { a.tap href=(format!("/log/{position}")) { (words.entry) } }
        }
        h3 { (said.keys) }
        ul { @for key in &answer.log.keys { li { code.hash { (key.vkey) } } } }
        pre class="hash user-text" { code { (command) } }
        @if let Some(checkpoint) = &answer.checkpoint {
            h3 { (said.checkpoint) }
            pre class="hash user-text" { (checkpoint) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_as_people_type_it() {
        assert_eq!(position(" #１２ "), Some(12));
        assert_eq!(position("0"), Some(0));
        for none in ["", "#", "-1", "1.5", "1e3", "1234567890123456", "一"] {
            assert_eq!(position(none), None, "{none}");
        }
    }
}

//! News of cases as Atom feeds (RFC 4287): what was opened, extended,
//! corrected, given up, and decided.
//!
//! An entry is an event of the log: its id follows from the log's name and the
//! event's place, so it stays the same wherever the feed is served.

use domain::LegalDate;
use jiff::Timestamp;
use maud::{PreEscaped, html};

use super::{
    cards,
    case::title_text,
    model::{Card, Log, Milestone},
    words::PublicCommentWords,
};
use crate::{
    http::ApiError,
    pages::{Reading, Site, dates, locale::Locale, reading::address, text, words::Words},
};

/// What a feed tells of, by the kinds of the log.
const TOLD: [&str; 7] = [
    "case_published",
    "period_extended",
    "material_added",
    "material_corrected",
    "results_published",
    "case_abandoned",
    "exemption_published",
];
/// How many entries a feed has at most.
const ENTRIES: usize = 50;

/// News of all cases, the newest first.
pub(super) async fn of_all(site: &Site, reading: &Reading) -> Result<String, ApiError> {
    let (cards, log) = cards::every(site, reading).await?;
    let title = Words::said(reading.locale).feed_of_all;
    Ok(render(site, reading, &cards, &log, title, "/"))
}

/// News of one case.
pub(super) async fn of_one(site: &Site, reading: &Reading, id: &str) -> Result<String, ApiError> {
    let (card, log) = cards::one(site, reading, id).await?;
    let words = &Words::of(reading.locale).public_comment.case;
    let title = format!(
        "{} {}",
        title_text(&card.title(), reading.locale),
        words.feed
    );
    let page = format!("/cases/{}", card.id);
    Ok(render(site, reading, &[card], &log, &title, &page))
}

struct Entry<'a> {
    card: &'a Card,
    step: &'a Milestone,
}

fn render(
    site: &Site,
    reading: &Reading,
    cards: &[Card],
    log: &Log,
    title: &str,
    page: &str,
) -> String {
    let locale = reading.locale;
    let words = &Words::of(locale).public_comment;
    let mut entries: Vec<Entry<'_>> = cards
        .iter()
        .flat_map(|card| card.milestones.iter().map(move |step| Entry { card, step }))
        .filter(|entry| TOLD.contains(&entry.step.kind.as_str()))
        .collect();
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.step.position));
    entries.truncate(ENTRIES);
    // A feed without news says since when: since its time began.
    let updated = entries
        .first()
        .map_or(Timestamp::UNIX_EPOCH, |entry| entry.step.recorded_at);
    let lang = (locale != Locale::Ja).then(|| ("lang", locale.name()));
    let absolute = |path: &str| format!("{}{}", site.address, address(path, lang));
    let names = Names::of(site, log);
    let feed = html! {
        feed xmlns="http://www.w3.org/2005/Atom" xml:lang=(locale.html_lang()) {
            id { (absolute(&reading.path)) }
            title { (text::plain(title)) }
            updated { (instant(updated)) }
            author { name { (Words::of(locale).frame.site) } }
            link rel="self" type="application/atom+xml" href=(absolute(&reading.path)) {}
            link rel="alternate" type="text/html" href=(absolute(page)) {}
            @for Entry { card, step } in &entries {
                @let title = title_text(&card.title(), locale);
                entry {
                    id { (names.entry(step)) }
                    title { (words.event(&step.kind)) "：" (title) }
                    updated { (instant(step.recorded_at)) }
                    published { (instant(step.recorded_at)) }
                    link rel="alternate" type="text/html" href=(absolute(&page_of(card, step))) {}
                    category term=(step.kind) label=(words.event(&step.kind)) {}
                    summary { (text::plain(&told(card, step, words, locale))) }
                }
            }
        }
    };
    let feed = html! { (PreEscaped("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n")) (feed) "\n" };
    feed.into_string()
}

fn instant(moment: Timestamp) -> String {
    format!("{moment:.3}")
}

fn page_of(card: &Card, step: &Milestone) -> String {
    match step.kind.as_str() {
        "results_published" => format!("/cases/{}/result", card.id),
        _ => format!("/cases/{}", card.id),
    }
}

/// What the event means to a reader.
fn told(card: &Card, step: &Milestone, words: &PublicCommentWords, locale: Locale) -> String {
    let until = |day: LegalDate| words.case.deadline_at.of(&[&dates::day(day, locale)]);
    match (step.kind.as_str(), &card.call) {
        // As it was published; extensions are entries of their own.
        ("case_published", Some(call)) => until(call.first_closes_on),
        ("period_extended", Some(call)) => {
            let mut extensions = call.extensions.iter();
            let extension = extensions.find(|extension| extension.recorded_at == step.recorded_at);
            extension.map_or_else(String::new, |extension| {
                format!("{} {}", until(extension.closes_on), extension.reason)
            })
        }
        ("case_abandoned", _) => card.abandonment.as_ref().map_or_else(String::new, |end| {
            let next = if end.new_procedure {
                &words.case.new_procedure
            } else {
                &words.case.no_new_procedure
            };
            format!("{} {next}", end.reason)
        }),
        ("exemption_published", _) => {
            let exemption = card.exemption.as_ref();
            let reason = exemption.and_then(|exemption| exemption.reason.clone());
            reason.unwrap_or_default()
        }
        _ => dates::day(step.legal_date, locale),
    }
}

/// Tag URIs (RFC 4151) for the events of a log.
struct Names<'a> {
    authority: &'a str,
    path: &'a str,
}

impl<'a> Names<'a> {
    /// From the name of the log, which never changes; a log that is not sealed
    /// has none, and is named by its address.
    fn of(site: &'a Site, log: &'a Log) -> Self {
        let address = site.address.split("://").nth(1).unwrap_or("localhost");
        let address = address.split([':', '/']).next().unwrap_or("localhost");
        let origin = log
            .origin
            .as_deref()
            .and_then(|origin| origin.split_once('/'));
        let (authority, path) = origin.unwrap_or((address, "log"));
        Self { authority, path }
    }

    fn entry(&self, step: &Milestone) -> String {
        let day = step.recorded_at.strftime("%Y-%m-%d");
        format!(
            "tag:{},{day}:{}/{}",
            self.authority, self.path, step.position
        )
    }
}

//! One public comment: the draft, until when, how to answer, and how far the
//! procedure is.

use domain::Bilingual;
use maud::{Markup, html};
use serde_json::json;

use super::{
    cards::state_badge,
    model::{Call, Case, CaseAnswer, FullCall, Material},
    words::name_of,
};
use crate::{
    http::ApiError,
    pages::{
        Page, Reading, Site, dates,
        layout::{BannerKind, banner, facts, section},
        locale::Locale,
        text,
        words::Words,
    },
    public_comment::words::{Channel, Phase},
};

const DOCUMENT: &str = include_str!("case.graphql");

async fn read(site: &Site, reading: &Reading, id: &str) -> Result<Case, ApiError> {
    let id = super::known(id)?;
    let answer: CaseAnswer = site
        .ask(DOCUMENT, "Case", json!({"id": id}), reading)
        .await?;
    answer.public_comment_case.ok_or(ApiError::NotFound)
}

/// The case.
pub(super) async fn page(site: &Site, reading: &Reading, id: &str) -> Result<Page, ApiError> {
    let case = read(site, reading, id).await?;
    let (card, locale) = (&case.card, reading.locale);
    let words = Words::of(locale);
    let labels = &words.public_comment.case;
    let title = card.title();
    let call = card.call.as_ref();
    let open = card.phase == Phase::Open && call.is_some_and(|call| call.short.is_open);
    let here = |rest: &str| reading.link(&format!("/cases/{}{rest}", card.id));
    let main = html! {
        h1 { (text::city_words(&title, locale)) }
        (state_badge(card.phase, call.map(|call| &call.short), locale))
        (notices(&case, locale))
        @if let Some(summary) = &case.summary { (text::city_block(summary, locale)) }
        @if let Some(call) = call { (period(call, locale)) }
        div.actions {
            @if open { a class="button button-solid" href=(here("/submit")) { (labels.submit) } }
            @if card.phase == Phase::ResultPublished {
                a class="button button-solid" href=(here("/result")) { (labels.result) }
            }
        }
        @if card.phase != Phase::ResultPublished && call.is_some() {
            p { (labels.count.count(case.counts.submission_count)) }
        }
        @if !case.passages.is_empty() { (section("draft", &labels.draft, &draft(&case, locale))) }
        @if call.is_some() { (section("materials", &labels.materials, &materials(&case.materials, locale))) }
        (section("timeline", &labels.timeline, &timeline(&case, reading)))
        @if let Some(call) = call { (section("how", &labels.how, &how(&case, call, true, locale))) }
        (section("follow", &labels.follow, &follow(&case, reading)))
    };
    let (name, _) = text::in_locale(&title, locale);
    let about = case.summary.as_ref().unwrap_or(&title);
    let mut page = Page::new(name, text::in_locale(about, locale).0, main);
    let feed = format!("{} {}", text::plain(name), labels.feed);
    page.feeds = vec![(feed, here("/feed.atom"))];
    Ok(page)
}

/// How an opinion is handed in without the client.
pub(super) async fn submit(site: &Site, reading: &Reading, id: &str) -> Result<Page, ApiError> {
    let case = read(site, reading, id).await?;
    let (card, locale) = (&case.card, reading.locale);
    let call = card.call.as_ref().ok_or(ApiError::NotFound)?;
    let labels = &Words::of(locale).public_comment.case;
    let said = Words::said(locale);
    let title = card.title();
    let other = call.channels.iter().any(|channel| *channel != Channel::Web);
    let main = html! {
        h1 { (labels.submit) }
        p { a.tap href=(reading.link(&format!("/cases/{}", card.id))) { (text::city_words(&title, locale)) } }
        (state_badge(card.phase, Some(&call.short), locale))
        (period(call, locale))
        // Whoever has JavaScript is about to get the form.
        @if card.phase == Phase::Open {
            noscript {
                p { (if other { said.without_script } else { said.no_other_way }) }
                p { (said.what_to_write) }
            }
        }
        (section("how", &labels.how, &how(&case, call, false, locale)))
    };
    let name = text::in_locale(&title, locale).0;
    let mut page = Page::new(format!("{}：{name}", labels.submit), name, main);
    page.listed = false;
    Ok(page)
}

/// What is unusual about this case, said before anything else.
fn notices(case: &Case, locale: Locale) -> Markup {
    let words = Words::of(locale);
    let labels = &words.public_comment.case;
    let reason = |given: &str| {
        html! { p { (words.frame.colon(&labels.reason)) (text::words(given, Some("ja"))) } }
    };
    let nothing = html! {};
    let card = &case.card;
    let open = card.call.as_ref().filter(|_| card.phase == Phase::Open);
    html! {
        @if let Some(call) = open {
            @if call.short.days_left == 0 {
                (banner(BannerKind::Warning, &labels.last_day, &nothing, locale))
            }
            @if call.short.opens_in() > 0 {
                (banner(BannerKind::Info, &labels.before_opening,
                    &html! { p { (labels.opens_in.count(call.short.opens_in())) } }, locale))
            }
        }
        @if let Some(call) = &card.call {
            @if let Some(because) = &call.shortened_because {
                (banner(BannerKind::Warning, &labels.shortened, &reason(because), locale))
            }
            @if let Some(extension) = call.short.extensions.last() {
                (banner(BannerKind::Info,
                    &labels.extended.of(&[&dates::day(call.short.first_closes_on, locale)]),
                    &reason(&extension.reason), locale))
            }
        }
        @if let Some(exemption) = &card.exemption {
            (banner(BannerKind::Info, &labels.exempted,
                &html! { @if let Some(given) = &exemption.reason { (reason(given)) } }, locale))
        }
        @if let Some(end) = &card.abandonment {
            (banner(BannerKind::Warning, &labels.abandoned, &html! {
                (reason(&end.reason))
                p { (if end.new_procedure { &labels.new_procedure } else { &labels.no_new_procedure }) }
            }, locale))
        }
    }
}

fn period(call: &FullCall, locale: Locale) -> Markup {
    let labels = &Words::of(locale).public_comment.case;
    let Call {
        opens_on,
        closes_on,
        days_left,
        ..
    } = &call.short;
    let (from, to) = (
        dates::day(*opens_on, locale),
        dates::day(*closes_on, locale),
    );
    let until = if *days_left < 0 {
        &labels.closed_on
    } else {
        &labels.deadline_at
    };
    facts(&[
        (
            &labels.period,
            html! { (labels.period_of.of(&[&from, &to, &call.period_days.to_string()])) },
        ),
        (
            &labels.deadline,
            html! { time datetime=(closes_on) { (until.of(&[&to])) } },
        ),
    ])
}

fn draft(case: &Case, locale: Locale) -> Markup {
    let labels = &Words::of(locale).public_comment.case;
    html! {
        @if locale == Locale::En { p { (labels.translation_note) } }
        @for passage in &case.passages {
            article.prose id=(format!("passage-{}", passage.key)) lang="ja" {
                h3 {
                    (labels.passage.of(&[&text::plain(&passage.key)]))
                    @if let Some(heading) = &passage.heading { "　" (text::words(heading, None)) }
                }
                (text::block(&passage.text, None))
            }
        }
    }
}

fn materials(materials: &[Material], locale: Locale) -> Markup {
    let labels = &Words::of(locale).public_comment.case;
    html! {
        @if materials.is_empty() { p { (labels.no_materials) } }
        @else {
            ul {
                @for material in materials {
                    li {
                        a.tap href=(material.path) download=(text::plain(&material.file_name)) {
                            (text::city_words(&material.title, locale))
                            "（" (kind_and_size(&material.file_name, &material.size)) "）"
                        }
                        " " (labels.version.count(material.version))
                        @if let Some(note) = &material.note {
                            p { span class="badge badge-plain" { (labels.corrected) } " " (text::words(note, Some("ja"))) }
                        }
                    }
                }
            }
        }
    }
}

/// PDF、1.2 MB and not 1234567.
pub(super) fn kind_and_size(file_name: &str, size: &str) -> String {
    const KIB: u64 = 1024;
    let ending = file_name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let known =
        (1..=5).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let bytes: u64 = size.parse().unwrap_or_default();
    let size = match bytes {
        0..KIB => format!("{bytes} B"),
        bytes if bytes < KIB * KIB => format!("{} KB", (bytes + KIB / 2) / KIB),
        bytes => {
            let tenths = (bytes * 10 + KIB * KIB / 2) / (KIB * KIB);
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    };
    if known {
        format!("{}、{size}", ending.to_uppercase())
    } else {
        size
    }
}

/// What happened, each step with its place in the public log.
fn timeline(case: &Case, reading: &Reading) -> Markup {
    let words = &Words::of(reading.locale).public_comment;
    html! {
        ol.timeline {
            @for step in &case.card.milestones {
                li data-state="done" {
                    (words.event(&step.kind)) " "
                    (dates::day_element(step.legal_date, reading.locale)) " "
                    a.tap href=(reading.link(&format!("/receipts/{}", step.position))) { "#" (step.position) }
                }
            }
        }
    }
}

/// How opinions are handed in; `here` if this page is one of the ways.
fn how(case: &Case, call: &FullCall, here: bool, locale: Locale) -> Markup {
    let words = &Words::of(locale).public_comment;
    let labels = &words.case;
    let channels: Vec<&str> = call
        .channels
        .iter()
        .filter(|channel| here || **channel != Channel::Web)
        .map(|channel| name_of(&words.channels, *channel))
        .collect();
    let own =
        |text: Option<&String>| text.map_or_else(|| html! {}, |text| text::words(text, Some("ja")));
    let list = |texts: &[String]| {
        html! { ul { @for one in texts { li { (text::words(one, Some("ja"))) } } } }
    };
    html! {
        (facts(&[
            (&labels.channels, html! { (channels.join("、")) }),
            (&labels.reading_places, list(&call.reading_places)),
            (&labels.publicity, list(&call.publicity)),
            (&labels.result_method, own(Some(&call.result_method))),
            (&labels.bureau, own(case.card.bureau.as_ref())),
            (&labels.contact, own(case.contact.as_ref())),
            (&labels.legal_basis, own(case.legal_basis.as_ref())),
            (&labels.number, own(case.card.number.as_ref())),
            (&labels.ordinance, html! { code { (call.ordinance_version) } }),
        ]))
        p { (name_of(&labels.post_rule, call.post_rule)) }
    }
}

fn follow(case: &Case, reading: &Reading) -> Markup {
    let labels = &Words::of(reading.locale).public_comment.case;
    let said = Words::said(reading.locale);
    let here = |rest: &str| reading.link(&format!("/cases/{}{rest}", case.card.id));
    let published = case.card.call.is_some();
    html! {
        ul class="inline-list no-print" {
            @if published {
                li { a.tap href=(here("/calendar.ics")) { (labels.calendar) } }
            }
            li { a.tap href=(here("/feed.atom")) { (labels.feed) } }
            @if published {
                li { a.tap href=(format!("/public-comment/{}/announcement", case.card.id)) { (said.announcement) } }
            }
        }
    }
}

/// The title in the language of the page, as text.
pub(super) fn title_text(title: &Bilingual, locale: Locale) -> String {
    text::plain(text::in_locale(title, locale).0)
}

//! The page of hits, made of GraphQL's answer.

use std::collections::BTreeMap;

use ::search::{NoWords, Words as Typed};
use async_graphql::resolver_utils::EnumType;
use domain::Bilingual;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

use crate::{
    http::ApiError,
    pages::{
        Page, Reading, Site, layout,
        reading::encoded,
        text,
        words::{Sentence, Words},
    },
    public_comment::search::SearchKind,
};

const DOCUMENT: &str = include_str!("page.graphql");

/// The words of the search, as the web client writes them down.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SearchWords {
    title: Sentence,
    found: Sentence,
    nothing: String,
    too_long: String,
    incomplete: String,
    #[serde(rename = "where")]
    within: String,
    everywhere: String,
    kinds: BTreeMap<String, String>,
    final_text: String,
}

#[derive(Debug, Deserialize)]
struct Answer {
    search: Hits,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Hits {
    total_count: u32,
    complete: bool,
    page_info: PageInfo,
    nodes: Vec<Hit>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Hit {
    kind: SearchKind,
    case: Case,
    excerpt: Excerpt,
    passage: Option<Passage>,
    #[serde(default)]
    in_final_text: bool,
}

#[derive(Debug, Deserialize)]
struct Case {
    id: String,
    title: Option<Bilingual>,
}

#[derive(Debug, Deserialize)]
struct Passage {
    key: String,
    heading: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Excerpt {
    text: String,
    marks: Vec<Mark>,
}

#[derive(Debug, Deserialize)]
struct Mark {
    from: usize,
    to: usize,
}

fn name(kind: SearchKind) -> &'static str {
    let item = SearchKind::items().iter().find(|item| item.value == kind);
    item.map_or("", |item| item.name)
}

/// What is found of the words that were typed; `form` asks for others.
pub(crate) async fn page(
    site: &Site,
    reading: &Reading,
    typed: &str,
    form: Markup,
) -> Result<Page, ApiError> {
    let all = Words::of(reading.locale);
    let words = &all.search;
    let title = words.title.of(&[typed]);
    let head = html! { h1 { (text::words(&title, None)) } (form) };
    let made = |main: Markup| {
        let mut page = Page::new(text::plain(&title), &all.public_comment.home.lead, main);
        page.listed = false;
        page
    };
    if let Err(NoWords::TooLong { .. } | NoWords::TooMany { .. }) = Typed::read(typed) {
        return Ok(made(html! { (head) p role="status" { (words.too_long) } }));
    }
    let asked = reading.asked("kind");
    let mut kinds = SearchKind::items().iter().map(|item| item.value);
    let kind = kinds.find(|kind| Some(name(*kind)) == asked);
    let variables = json!({
        "words": typed,
        "kinds": kind.map(|kind| vec![name(kind)]),
        "after": reading.asked("after"),
    });
    let answer: Answer = site.ask(DOCUMENT, "Search", variables, reading).await?;
    let found = answer.search;
    let next = found.page_info.end_cursor.as_deref();
    let next = next.filter(|_| found.page_info.has_next_page).map(|next| {
        let kind = kind.map(|kind| ("kind", name(kind)));
        let more: Vec<_> = [("q", typed), ("after", next)]
            .into_iter()
            .chain(kind)
            .collect();
        reading.link_with("/cases", &more)
    });
    Ok(made(html! {
        (head)
        (kind_form(words, reading, typed, kind))
        p role="status" {
            @if found.total_count == 0 { (words.nothing) } @else { (words.found.count(found.total_count)) }
        }
        @if !found.complete { p { (words.incomplete) } }
        ol.card-list { @for hit in &found.nodes { (card(hit, words, reading)) } }
        @if let Some(next) = next {
            p { a class="button button-outline" rel="next" href=(next) { (all.frame.states.more) } }
        }
    }))
}

fn kind_form(
    words: &SearchWords,
    reading: &Reading,
    typed: &str,
    chosen: Option<SearchKind>,
) -> Markup {
    let kinds = SearchKind::items();
    html! {
        form action="/cases" class="prose no-print" {
            input type="hidden" name="q" value=(typed);
            (layout::kept(reading))
            div.field {
                label for="kind" { (words.within) }
                select.input id="kind" name="kind" {
                    option value="" { (words.everywhere) }
                    @for kind in kinds {
                        option value=(kind.name) selected[Some(kind.value) == chosen] { (words.kind(kind.value)) }
                    }
                }
            }
            button class="button button-outline" type="submit" {
                span { (Words::of(reading.locale).public_comment.search.button) }
            }
        }
    }
}

impl SearchWords {
    fn kind(&self, kind: SearchKind) -> &str {
        self.kinds.get(name(kind)).map_or("", String::as_str)
    }
}

fn card(hit: &Hit, words: &SearchWords, reading: &Reading) -> Markup {
    let title = match &hit.case.title {
        Some(title) => text::city_words(title, reading.locale),
        None => html! { (hit.case.id) },
    };
    html! {
        li.card {
            span class="badge badge-plain" {
                @if hit.in_final_text { (words.final_text) } @else { (words.kind(hit.kind)) }
            }
            h2 class="text-[1.125rem]! my-1!" { a.tap href=(href(hit, reading)) { (title) } }
            @if let Some(passage) = &hit.passage {
                p { (text::words(passage.heading.as_ref().unwrap_or(&passage.key), Some("ja"))) }
            }
            p.user-text dir="auto" { (marked(&hit.excerpt)) }
        }
    }
}

/// Where the text can be read.
fn href(hit: &Hit, reading: &Reading) -> String {
    let case = format!("/cases/{}", hit.case.id);
    match (hit.kind, &hit.passage) {
        (SearchKind::Passage, Some(passage)) if !hit.in_final_text => {
            format!("{}#passage-{}", reading.link(&case), encoded(&passage.key))
        }
        (SearchKind::Case | SearchKind::Material, _) => reading.link(&case),
        _ => reading.link(&format!("{case}/result")),
    }
}

/// An excerpt with the words in it marked.
fn marked(excerpt: &Excerpt) -> Markup {
    let letters: Vec<char> = excerpt.text.chars().collect();
    let part = |from: usize, to: usize| -> String {
        letters.get(from..to).unwrap_or_default().iter().collect()
    };
    let mut pieces = Vec::new();
    let mut at = 0;
    for mark in &excerpt.marks {
        pieces.push((part(at, mark.from), part(mark.from, mark.to)));
        at = mark.to;
    }
    html! {
        @for (before, word) in &pieces { (text::printable(before)) mark { (text::printable(word)) } }
        (text::printable(&part(at, letters.len())))
    }
}

//! Cases in short: the first page, and the list.

use async_graphql::resolver_utils::EnumType;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    model::{Call, Card, CardAnswer, Cards, CardsAnswer, Log},
    words::name_of,
};
use crate::{
    http::ApiError,
    pages::{
        Page, Reading, Site, dates, layout, locale::Locale, sitemap::Listed, text, words::Words,
    },
    public_comment::words::Phase,
    search,
};

/// From this many days before the deadline a case is said to close soon.
const SOON_DAYS: i64 = 7;
/// Rows of one page.
const ROWS: u32 = 50;
/// The most that can be asked for at once.
const MOST: u32 = 100;
/// The most cases that feeds, calendars and search engines are told of: what a
/// city publishes in decades.
const FOLLOWED: usize = 5_000;

const DOCUMENT: &str = include_str!("cards.graphql");

/// All phases that are public.
fn public_phases() -> impl Iterator<Item = Phase> {
    let all = Phase::items().iter().map(|item| item.value);
    all.filter(|phase| *phase != Phase::Drafting)
}

fn name(phase: Phase) -> &'static str {
    let item = Phase::items().iter().find(|item| item.value == phase);
    item.map_or("", |item| item.name)
}

fn filter(phases: impl Iterator<Item = Phase>) -> Value {
    json!({"phases": phases.map(name).collect::<Vec<_>>()})
}

async fn ask(
    site: &Site,
    reading: &Reading,
    phases: impl Iterator<Item = Phase>,
    first: u32,
    after: Option<&str>,
) -> Result<CardsAnswer, ApiError> {
    let variables = json!({"filter": filter(phases), "first": first, "after": after});
    site.ask(DOCUMENT, "Cards", variables, reading).await
}

/// Every public case, the newest first, and whose log it is: what feeds and
/// calendars tell of. Old ones too: a result may come years after the call.
pub(super) async fn every(site: &Site, reading: &Reading) -> Result<(Vec<Card>, Log), ApiError> {
    let mut cards = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let answer = ask(site, reading, public_phases(), MOST, after.as_deref()).await?;
        let Cards {
            nodes, page_info, ..
        } = answer.public_comment_cases;
        cards.extend(nodes);
        match page_info.next() {
            Some(next) if cards.len() < FOLLOWED => after = Some(next.to_owned()),
            _ => return Ok((cards, answer.log)),
        }
    }
}

/// One case in short, and whose log it is.
pub(super) async fn one(site: &Site, reading: &Reading, id: &str) -> Result<(Card, Log), ApiError> {
    let id = super::known(id)?;
    let answer: CardAnswer = site
        .ask(DOCUMENT, "Card", json!({"id": id}), reading)
        .await?;
    let card = answer.public_comment_case.ok_or(ApiError::NotFound)?;
    Ok((card, answer.log))
}

/// What search engines should know of: every public case and its result.
pub(super) async fn listed(site: &Site, reading: &Reading) -> Result<Vec<Listed>, ApiError> {
    let (cards, _) = every(site, reading).await?;
    let mut listed = Vec::new();
    for card in &cards {
        let changed = card.milestones.last().map(|last| last.recorded_at);
        listed.push(Listed::new(format!("/cases/{}", card.id), changed));
        if card.phase == Phase::ResultPublished {
            listed.push(Listed::new(format!("/cases/{}/result", card.id), changed));
        }
    }
    Ok(listed)
}

/// What can be commented now, what closes soon, what was decided.
pub(super) async fn home(site: &Site, reading: &Reading) -> Result<Page, ApiError> {
    let phases = [Phase::Open, Phase::ResultPublished];
    let answer = ask(site, reading, phases.into_iter(), ROWS, None).await?;
    let cards = answer.public_comment_cases.nodes;
    let (open, decided): (Vec<_>, Vec<_>) =
        cards.iter().partition(|card| card.phase == Phase::Open);
    let (soon, later): (Vec<_>, Vec<_>) = open.into_iter().partition(|card| {
        let left = card.call.as_ref().map(|call| call.days_left);
        left.is_some_and(|left| left <= SOON_DAYS)
    });
    let words = &Words::of(reading.locale).public_comment;
    let said = Words::said(reading.locale);
    let main = html! {
        h1 { (words.home.title) }
        p { (words.home.lead) }
        (search_form(reading, None))
        @if !soon.is_empty() {
            (part("soon", &words.home.soon, &soon, None, reading))
        }
        @if !later.is_empty() || soon.is_empty() {
            (part("open", &words.home.open, &later, Some(&words.home.nothing_open), reading))
        }
        (part("decided", &words.home.decided, &decided, Some(&words.home.nothing_decided), reading))
        p { a.tap href=(reading.link("/cases")) { (words.home.all) } }
        ul class="inline-list no-print" {
            li { a.tap href=(reading.link("/feed.atom")) { (said.feed_of_all) } }
            li { a.tap href=(reading.link("/calendar.ics")) { (said.calendar_of_all) } }
        }
    };
    let mut page = Page::new(&words.home.title, &words.home.lead, main);
    page.feeds = vec![feed_of_all(reading)];
    Ok(page)
}

fn feed_of_all(reading: &Reading) -> (String, String) {
    let title = Words::said(reading.locale).feed_of_all;
    (title.to_owned(), reading.link("/feed.atom"))
}

fn part(
    id: &str,
    heading: &str,
    cards: &[&Card],
    nothing: Option<&str>,
    reading: &Reading,
) -> Markup {
    let content = html! {
        @if let (true, Some(nothing)) = (cards.is_empty(), nothing) {
            p { (nothing) }
        } @else {
            ul.card-list { @for card in cards { (in_short(card, reading, false)) } }
        }
    };
    layout::section(id, heading, &content)
}

/// The list, narrowed by state; with words to look for, where they stand.
pub(super) async fn list(site: &Site, reading: &Reading) -> Result<Page, ApiError> {
    if let Some(typed) = reading.asked("q") {
        let form = search_form(reading, Some(typed));
        return search::page::page(site, reading, typed, form).await;
    }
    let state = reading.asked("state");
    let state = public_phases().find(|phase| Some(name(*phase)) == state);
    let phases: Vec<Phase> = state.map_or_else(|| public_phases().collect(), |one| vec![one]);
    let after = reading.asked("after");
    let answer = ask(site, reading, phases.into_iter(), ROWS, after).await?;
    let Cards {
        nodes,
        page_info,
        total_count,
    } = answer.public_comment_cases;
    let all = Words::of(reading.locale);
    let words = &all.public_comment.search;
    let next = page_info.next().map(|next| {
        let state = state.map(|state| ("state", name(state)));
        let more: Vec<_> = state.into_iter().chain([("after", next)]).collect();
        reading.link_with("/cases", &more)
    });
    let main = html! {
        h1 { (words.title) }
        (search_form(reading, None))
        (state_form(reading, state))
        p role="status" { @if total_count == 0 { (words.nothing) } @else { (words.found.count(total_count)) } }
        ul.card-list { @for card in &nodes { (in_short(card, reading, true)) } }
        @if let Some(next) = next {
            p { a class="button button-outline" rel="next" href=(next) { (all.frame.states.more) } }
        }
    };
    let mut page = Page::new(&words.title, &all.public_comment.home.lead, main);
    page.listed = after.is_none() && state.is_none();
    page.feeds = vec![feed_of_all(reading)];
    Ok(page)
}

/// The form that leads to what is found.
fn search_form(reading: &Reading, typed: Option<&str>) -> Markup {
    let words = &Words::of(reading.locale).public_comment.search;
    html! {
        form role="search" action="/cases" class="prose no-print" {
            (layout::kept(reading))
            div.field {
                label for="q" { (words.label) }
                div.field-hint id="q-hint" { (words.hint) }
                input.input id="q" name="q" type="search" aria-describedby="q-hint" value=[typed];
            }
            button class="button button-outline" type="submit" { span { (words.button) } }
        }
    }
}

/// The form that narrows the list.
fn state_form(reading: &Reading, state: Option<Phase>) -> Markup {
    let words = &Words::of(reading.locale).public_comment;
    html! {
        form action="/cases" class="prose no-print" {
            (layout::kept(reading))
            div.field {
                label for="state" { (words.search.state) }
                select.input id="state" name="state" {
                    option value="" { (words.search.any) }
                    @for phase in public_phases() {
                        option value=(name(phase)) selected[Some(phase) == state] { (name_of(&words.states, phase)) }
                    }
                }
            }
            button class="button button-outline" type="submit" { span { (words.search.button) } }
        }
    }
}

/// The state in words, with the days left until the case opens and while it is
/// open.
pub(super) fn state_badge(phase: Phase, call: Option<&Call>, locale: Locale) -> Markup {
    let words = &Words::of(locale).public_comment;
    let look = match phase {
        Phase::Open => "badge badge-open",
        Phase::ResultPublished => "badge badge-done",
        _ => "badge badge-plain",
    };
    let call = call.filter(|_| phase == Phase::Open);
    let opens_in = call.map(Call::opens_in).filter(|days| 0 < *days);
    let left = call.map(|call| call.days_left).filter(|left| 0 <= *left);
    html! {
        span class="mb-2 inline-flex flex-wrap gap-2" {
            @if let Some(days) = opens_in {
                span class="badge badge-plain" { (words.case.opens_in.count(days)) }
            } @else {
                span class=(look) { (name_of(&words.states, phase)) }
                @if let Some(left) = left {
                    span class=(if left <= SOON_DAYS { "badge badge-soon" } else { "badge badge-plain" }) {
                        (words.case.days_left.count(left))
                    }
                }
            }
        }
    }
}

fn in_short(card: &Card, reading: &Reading, on_list: bool) -> Markup {
    let words = &Words::of(reading.locale).public_comment;
    let title = html! {
        a.tap href=(reading.link(&format!("/cases/{}", card.id))) {
            (text::city_words(&card.title(), reading.locale))
        }
    };
    let mut rows: Vec<(&str, Markup)> = Vec::new();
    if let Some(kind) = card.object_kind {
        rows.push((
            &words.case.kind,
            html! { (name_of(&words.object_kinds, kind)) },
        ));
    }
    if let Some(bureau) = &card.bureau {
        rows.push((&words.case.bureau, text::words(bureau, Some("ja"))));
    }
    if let (Phase::Open, Some(call)) = (card.phase, &card.call) {
        let day = dates::day(call.closes_on, reading.locale);
        rows.push((
            &words.case.deadline,
            html! { time datetime=(call.closes_on) { (words.case.deadline_at.of(&[&day])) } },
        ));
    }
    html! {
        li.card {
            (state_badge(card.phase, card.call.as_ref(), reading.locale))
            @if on_list {
                h2 class="text-[1.125rem]! my-1!" { (title) }
            } @else {
                h3 class="text-[1.125rem]! my-1!" { (title) }
            }
            (layout::facts(&rows))
        }
    }
}

//! The result: what came in, what the city thinks of it, and what it changed.

use domain::public_comment::diff::{self, RunKind};
use maud::{Markup, html};
use serde_json::json;

use super::{
    case::{kind_and_size, title_text},
    model::{Attachment, Category, Change, Item, Published, ResultAnswer, ResultCase},
    words::name_of,
};
use crate::{
    http::ApiError,
    pages::{
        Page, Reading, Site, dates,
        layout::{BannerKind, banner, facts, section, table},
        locale::Locale,
        text,
        words::{Words, grouped, ward_name},
    },
};

const DOCUMENT: &str = include_str!("result.graphql");

/// The result of a case; not found until it is published.
pub(super) async fn page(site: &Site, reading: &Reading, id: &str) -> Result<Page, ApiError> {
    let id = super::known(id)?;
    let variables = json!({"id": id, "after": reading.asked("after")});
    let answer: ResultAnswer = site.ask(DOCUMENT, "Result", variables, reading).await?;
    let case = answer.public_comment_case.ok_or(ApiError::NotFound)?;
    let result = case.result.as_ref().ok_or(ApiError::NotFound)?;
    let title = case.title.as_ref().ok_or(ApiError::NotFound)?;
    let locale = reading.locale;
    let all = Words::of(locale);
    let words = &all.public_comment;
    let labels = &words.result;
    let counts = &case.counts;
    let submissions = |count: i64| html! { (labels.submission_unit.count(count)) };
    let items = |count: i64| html! { (labels.item_unit.count(count)) };
    let here = format!("/cases/{}", case.id);
    let next = case.items.page_info.next();
    let next = next.map(|next| reading.link_with(&format!("{here}/result"), &[("after", next)]));
    let main = html! {
        h1 { (labels.title) }
        p { a.tap href=(reading.link(&here)) { (text::city_words(title, locale)) } }
        (facts(&[
            (&labels.outcome, html! { span class="badge badge-done" { (name_of(&words.outcomes, result.outcome)) } }),
            (&labels.published_on, dates::day_element(result.published_on, locale)),
            (&labels.submissions, submissions(counts.submission_count)),
            (&labels.items, items(counts.item_count)),
            (&labels.withdrawn, submissions(counts.withdrawn_count)),
            (&labels.late, submissions(counts.late_count)),
            (&labels.hidden, items(counts.hidden_count)),
        ]))
        (section("reasons", &labels.reasons, &text::block(&result.reasons, Some("ja"))))
        @if counts.submission_count == 0 {
            (banner(BannerKind::Info, &labels.none, &html! {}, locale))
        } @else {
            (tables(&case, result, locale))
        }
        (section("changes", &labels.changes, &changes(&result.changes, locale)))
        @if counts.submission_count > 0 {
            (section("opinions", &labels.opinions, &html! {
                @if result.summaries_only { p { (labels.summaries_only) } }
                @if let Some(place) = &result.full_opinions_at {
                    p { (all.frame.colon(&labels.full_opinions_at)) (text::words(place, Some("ja"))) }
                }
                ol.card-list start=[case.items.nodes.first().map(|item| item.number)] {
                    @for item in &case.items.nodes { (opinion(item, categories(&case), reading)) }
                }
                @if let Some(next) = next {
                    p { a class="button button-outline" rel="next" href=(next) { (all.frame.states.more) } }
                }
            }))
        }
        (section("download", &labels.download, &downloads(&case.id, locale)))
    };
    let name = title_text(title, locale);
    let mut page = Page::new(
        format!("{}{name}", all.frame.colon(&labels.title)),
        &result.reasons,
        main,
    );
    page.listed = reading.asked("after").is_none();
    let feed = format!("{name} {}", words.case.feed);
    page.feeds = vec![(feed, reading.link(&format!("{here}/feed.atom")))];
    Ok(page)
}

fn categories(case: &ResultCase) -> &[Category] {
    case.call.as_ref().map_or(&[], |call| &call.categories)
}

fn category_name(code: &str, categories: &[Category], locale: Locale) -> Markup {
    let known = categories.iter().find(|category| category.code == code);
    html! {
        (code)
        @if let Some(category) = known { " " (text::city_words(&category.label, locale)) }
    }
}

fn tables(case: &ResultCase, result: &Published, locale: Locale) -> Markup {
    let all = Words::of(locale);
    let words = &all.public_comment;
    let labels = &words.result;
    let (counts, other) = (&case.counts, labels.other.as_str());
    let by_category = counts.by_category.iter().map(|row| {
        let name = category_name(&row.category, categories(case), locale);
        (name, row.item_count)
    });
    let by_channel = counts.by_channel.iter().map(|row| {
        let name = html! { (name_of(&words.channels, row.channel)) };
        (name, row.submission_count)
    });
    let by_ward = result.by_ward.iter().map(|row| {
        let name = row.ward_code.as_deref().map_or(other, ward_name);
        let lang = row.ward_code.is_some().then_some("ja");
        (html! { span lang=[lang] { (name) } }, row.submission_count)
    });
    let by_kind = result.by_submitter_kind.iter().map(|row| {
        let name = row
            .kind
            .map_or(other, |kind| name_of(&words.submitter_kinds, kind));
        (html! { (name) }, row.submission_count)
    });
    html! {
        (counted(&labels.by_category, by_category.collect(), locale))
        (counted(&labels.by_channel, by_channel.collect(), locale))
        (counted(&labels.by_ward, by_ward.collect(), locale))
        (counted(&labels.by_submitter_kind, by_kind.collect(), locale))
        p { (labels.suppressed) }
    }
}

/// Numbers with their share of the whole.
fn counted(caption: &str, rows: Vec<(Markup, i64)>, locale: Locale) -> Markup {
    let all = Words::of(locale);
    let total: i64 = rows.iter().map(|(_, count)| count).sum();
    let share = |count: i64| match total {
        0 => "–".to_owned(),
        total => {
            let thousandths = (count * 2000 + total) / (total * 2);
            format!("{}.{}%", thousandths / 10, thousandths % 10)
        }
    };
    let rows: Vec<_> = rows
        .into_iter()
        .map(|(name, count)| (name, vec![grouped(count), share(count)]))
        .collect();
    let columns = [caption, &all.frame.chart.count, &all.frame.chart.share];
    table(caption, &columns, &rows)
}

fn changes(changes: &[Change], locale: Locale) -> Markup {
    let all = Words::of(locale);
    let words = &all.public_comment;
    html! {
        @if changes.is_empty() { p { (words.result.no_changes) } }
        @for change in changes {
            article.card {
                h3 { (words.case.passage.of(&[&text::plain(&change.passage)])) }
                (difference(change, locale))
                p { (all.frame.colon(&words.case.reason)) (text::words(&change.reason, Some("ja"))) }
                p { (words.result.caused_by.count(i64::try_from(change.items.len()).unwrap_or(i64::MAX))) }
            }
        }
    }
}

/// Two texts as one; what was added and removed is said in words too.
fn difference(change: &Change, locale: Locale) -> Markup {
    let words = &Words::of(locale).frame.diff;
    let before = change.before.as_deref().unwrap_or("");
    let after = change.after.as_deref().unwrap_or("");
    html! {
        div.user-text lang="ja" {
            @for run in diff::runs(before, after) {
                @match run.kind {
                    RunKind::Same => (text::words(&run.text, None)),
                    RunKind::Inserted => ins {
                        span.visually-hidden { (words.added) }
                        (text::words(&run.text, None))
                        span.visually-hidden { (words.end) }
                    },
                    RunKind::Deleted => del {
                        span.visually-hidden { (words.removed) }
                        (text::words(&run.text, None))
                        span.visually-hidden { (words.end) }
                    },
                }
            }
        }
    }
}

fn opinion(item: &Item, categories: &[Category], reading: &Reading) -> Markup {
    let words = &Words::of(reading.locale).public_comment;
    let labels = &words.result;
    let position = item.submission.position;
    let hidden = item
        .submission
        .hiding
        .as_ref()
        .filter(|hiding| hiding.stays);
    let similar = item.group.as_ref().map_or(1, |group| group.item_count);
    let response = item
        .response
        .as_ref()
        .and_then(|response| response.text.text.as_deref());
    html! {
        li.card id=(format!("item-{}", item.number)) {
            @if let Some(hiding) = hidden {
                @let why = hiding.note.as_deref().unwrap_or_else(|| name_of(&words.hiding_reasons, hiding.reason));
                p {
                    span class="badge badge-hidden" { (labels.hidden_because.of(&[&text::plain(why)])) } " "
                    @if hiding.appealed { span class="badge badge-plain" { (labels.under_appeal) } }
                }
            } @else {
                h3 { (labels.opinion) }
                (text::block(item.summary.text.as_deref().unwrap_or(""), Some("ja")))
                (files(&item.submission.attachments))
            }
            p {
                @if let Some(code) = &item.category {
                    span class="badge badge-plain" { (category_name(code, categories, reading.locale)) } " "
                }
                @if similar > 1 { (labels.similar.count(similar)) }
            }
            h3 { (labels.answer) }
            (text::block(response.unwrap_or(""), Some("ja")))
            a.tap href=(reading.link(&format!("/receipts/{position}"))) { (labels.proof) " #" (position) }
        }
    }
}

/// What came with an opinion.
fn files(attachments: &[Attachment]) -> Markup {
    let named = |file: &Attachment| {
        let (name, size) = (file.file_name.as_ref()?, file.size.as_ref()?);
        let kind_and_size = kind_and_size(name, size);
        Some(html! {
            li {
                a.tap href=(file.path) download=(text::plain(name)) {
                    (text::words(name, Some("ja"))) "（" (kind_and_size) "）"
                }
            }
        })
    };
    let named: Vec<Markup> = attachments.iter().filter_map(named).collect();
    html! {
        @if !named.is_empty() { ul { @for file in &named { (file) } } }
    }
}

fn downloads(case: &str, locale: Locale) -> Markup {
    let said = Words::said(locale);
    let documents = [
        ("result", said.result_document),
        ("result.csv", said.items_table),
        ("opinions.csv", said.opinions_table),
        ("announcement", said.announcement),
    ];
    html! {
        ul class="no-print" {
            @for (name, title) in documents {
                li { a.tap href=(format!("/public-comment/{case}/{name}")) { (title) } }
            }
        }
    }
}

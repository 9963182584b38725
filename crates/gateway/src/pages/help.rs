//! Help, and the results of the accessibility tests.

use std::sync::Arc;

use axum::{body::Body, extract::State, http::Response};
use maud::html;

use super::{
    Page, Reading, Site, dates,
    layout::{facts, section, table},
    words::{Words, grouped},
};

pub(super) async fn questions(State(site): State<Arc<Site>>, reading: Reading) -> Response<Body> {
    let words = &Words::of(reading.locale).help;
    let making = async {
        let main = html! {
            h1 { (words.title) }
            @for (at, (question, answer)) in words.questions.iter().enumerate() {
                (section(&format!("question-{at}"), question, &html! { p.prose { (answer) } }))
            }
        };
        let about: Vec<&str> = words
            .questions
            .iter()
            .map(|(question, _)| question.as_str())
            .collect();
        Ok(Page::new(&words.title, about.join("、"), main))
    };
    site.page(&reading, &[], making).await
}

pub(super) async fn accessibility(
    State(site): State<Arc<Site>>,
    reading: Reading,
) -> Response<Body> {
    let words = &Words::of(reading.locale).help.accessibility;
    let making = async {
        let results = site.built().results.clone();
        let shown = html! {
            @if let Some(results) = results {
                (facts(&[
                    (&words.standard, html! { "JIS X 8341-3:2016 / WCAG 2.2" }),
                    (&words.level, html! { "AA" }),
                    (&words.technologies, html! { "HTML, CSS, JavaScript, SVG, WAI-ARIA" }),
                    (&words.tested, html! {
                        (results.screens.len()) "（" (dates::day(results.tested_on, reading.locale)) "）"
                    }),
                    (&words.violations, html! { (results.violations) }),
                    (&words.method, html! { (words.method_text) }),
                    (&words.hand, html! { (words.hand_text) }),
                ]))
                @let rows: Vec<_> = results.rules.iter().map(|rule| (
                    html! { span lang="en" { (rule.id) ": " (rule.help) } },
                    vec![grouped(rule.screens.into())],
                )).collect();
                (table(&words.rules, &[&words.rules, &words.tested], &rows))
            } @else {
                p { (words.not_yet) }
            }
        };
        let main = html! {
            h1 { (words.title) }
            p { (words.policy) }
            ul { @for line in &words.means { li { (line) } } }
            (section("results", &words.results, &shown))
            p { (words.contact) }
        };
        Ok(Page::new(&words.title, &words.policy, main))
    };
    site.page(&reading, &[], making).await
}

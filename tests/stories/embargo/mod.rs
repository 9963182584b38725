//! The embargo, over whole histories: whatever people do in whatever order,
//! nobody finds a word that they may not read, wherever they look. Queries are
//! written out from the schema, so a new field is asked for by itself; a new
//! address is a line in `known.rs`.
//!
//! So these are all the ways by which staff could come to see somebody's
//! personal data, and the same histories show that none of them does without a
//! look on record: `openPersonalData` alone answers with them, and files open
//! for whoever gave a reason, on that day.

mod history;
mod known;
mod ledger;
mod reader;
mod search;
mod selection;

use std::collections::BTreeSet;

use gateway::http::{GraphQlSettings, Limits};
use proptest::prelude::*;

use self::{
    history::{History, Step},
    ledger::{Ledger, What},
    reader::Sightings,
};
use crate::{logs, support::Story};

/// What happens: during the call, during the review, after the result, and
/// whether there is one.
#[derive(Clone, Debug)]
struct Plan {
    call: Vec<Step>,
    review: Vec<Step>,
    late: Vec<Step>,
    after: Vec<Step>,
    abandoned: bool,
}

fn plan() -> impl Strategy<Value = Plan> {
    let of = |kinds: std::ops::Range<u8>| (kinds, any::<u8>(), any::<u8>());
    let intake = prop_oneof![2 => of(0..4), 1 => of(4..10)];
    let review = prop_oneof![4 => of(13..21), 1 => of(6..11)];
    (
        prop::collection::vec(intake, 3..9),
        prop::collection::vec(review, 0..8),
        prop::collection::vec(of(0..4), 0..2),
        prop::collection::vec(of(6..13), 0..5),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(call, review, late, after, abandoned)| Plan {
            call,
            review,
            late,
            after,
            abandoned,
        })
}

proptest! {
    #![proptest_config(ProptestConfig {
        max_shrink_iters: 24,
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases())
    })]

    #[test]
    fn nobody_finds_a_word_that_they_may_not_read(plan in plan()) {
        run(plan);
    }
}

/// What is published of an opinion is its newest version: a file that came with
/// an earlier one opens for nobody who could not open it before.
#[test]
fn the_file_of_a_replaced_opinion_stays_shut_after_the_result() {
    let with_a_file = (0, 0, 2);
    let replaced = (4, 0, 0);
    let plan = Plan {
        call: vec![with_a_file, replaced],
        review: Vec::new(),
        late: Vec::new(),
        after: Vec::new(),
        abandoned: false,
    };
    run(plan);
}

/// Without an account, the secret of the receipt makes the submitter.
#[test]
fn whoever_replaces_an_opinion_by_its_receipt_is_given_what_they_keep_and_nothing_else() {
    let by_hanako = (0, 0, 12);
    let by_nobody = (2, 245, 191);
    let replaced = (4, 1, 0);
    let plan = Plan {
        call: vec![by_hanako, by_nobody, replaced],
        review: Vec::new(),
        late: Vec::new(),
        after: Vec::new(),
        abandoned: false,
    };
    run(plan);
}

fn run(plan: Plan) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(play(plan));
}

/// Histories in one run; more with `HIROBA_HISTORIES`.
fn cases() -> u32 {
    let asked = std::env::var("HIROBA_HISTORIES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(3)
}

async fn play(plan: Plan) {
    logs::listen();
    let folder = tempfile::tempdir().unwrap();
    let graphql = GraphQlSettings {
        limits: Limits {
            document_bytes: 1 << 20,
            tokens: 1 << 20,
            depth: 64,
            nesting: 128,
            aliases: 1 << 16,
            selections: 1 << 20,
            cost: u64::MAX,
            ..Limits::default()
        },
        ..GraphQlSettings::default()
    };
    let story = Story::answering(folder.path(), "2026-05-01", 1, graphql).await;
    let mut history = History::begin(story).await;
    look(&mut history).await;
    history.call().await;
    for step in &plan.call {
        history.take(*step).await;
    }
    look(&mut history).await;
    history.turn_to("2026-06-11");
    for step in &plan.late {
        history.take(*step).await;
    }
    history.review().await;
    for step in &plan.review {
        history.take(*step).await;
    }
    if plan.abandoned {
        history.abandon().await;
        look(&mut history).await;
        return;
    }
    history.decide().await;
    look(&mut history).await;
    history.publish().await;
    for step in &plan.after {
        history.take(*step).await;
    }
    look(&mut history).await;
}

/// Everybody looks everywhere, and sees what they may and nothing else.
async fn look(history: &mut History) {
    let (story, known) = (&history.story, &history.known);
    if std::mem::take(&mut history.something_new) && history.ledger.called {
        history.reader.told(&history.ledger).await;
    }
    story.sealer().seal().await.unwrap();
    let reader = &history.reader;
    let seen = reader.look_everywhere(story, known, &history.ledger).await;
    finds_what_is_there(&history.ledger, &seen, "clerk");
    finds_what_is_there(&history.ledger, &seen, "nobody");
    let exported = reader.take_the_export(story, &history.ledger).await;
    let public = |mark: &usize| history.ledger.everybody(history.ledger.marks[*mark].what);
    let in_export: BTreeSet<usize> = opinions(&history.ledger).filter(public).collect();
    assert!(
        in_export.is_subset(&exported),
        "the export lacks {:?}",
        in_export.difference(&exported)
    );
    search::finds_what_may_be_read(history).await;
}

fn opinions(ledger: &Ledger) -> impl Iterator<Item = usize> {
    let marks = ledger.marks.iter().enumerate();
    marks
        .filter(|(_, mark)| {
            matches!(
                mark.what,
                What::Body { .. } | What::Redaction { .. } | What::Attachment { .. }
            )
        })
        .map(|(index, _)| index)
}

/// A reader who finds nothing would prove nothing: what is public is found by a
/// stranger, and what is not yet by an officer.
fn finds_what_is_there(ledger: &Ledger, sightings: &Sightings, who: &str) {
    let seen = &sightings[who];
    for (index, mark) in ledger.marks.iter().enumerate() {
        let newest = match mark.what {
            What::Body {
                submission,
                version,
            } => {
                let sub = &ledger.subs[submission];
                !sub.id.is_empty() && !sub.erased && version == sub.bodies
            }
            What::Attachment { submission, .. } => {
                let sub = &ledger.subs[submission];
                let on_record = ledger
                    .opened
                    .iter()
                    .any(|(by, of, day)| *by == who && *of == submission && *day == ledger.today);
                on_record && sub.file.is_some() && !sub.erased
            }
            _ => false,
        };
        let must = if who == "nobody" {
            ledger.everybody(mark.what) && !unpublishable(ledger, mark.what)
        } else {
            newest
        };
        assert!(
            !must || seen.contains(&index),
            "{who} looked everywhere and did not find {:?} ({})",
            mark.what,
            mark.word
        );
    }
}

/// What need not be on a page though it might: nothing of a draft is asked for
/// beyond what the schema shows.
fn unpublishable(ledger: &Ledger, what: What) -> bool {
    match what {
        What::Summary { submission, .. } | What::Response { submission, .. } => {
            let sub = &ledger.subs[submission];
            sub.erased || sub.id.is_empty()
        }
        What::Attachment { submission, .. } => ledger.subs[submission].file.is_none(),
        What::GroupTitle => true,
        _ => false,
    }
}

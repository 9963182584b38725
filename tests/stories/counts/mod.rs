//! Every number that is published is the one that somebody gets who counts the
//! events: over whole histories of several cases, now and as of any moment.

mod history;
mod plain;

use std::collections::BTreeMap;

use event_store::Position;
use proptest::prelude::*;
use serde_json::{Value, json};

use self::{
    history::{History, Plan, plan},
    plain::{Leaf, Pile},
};
use crate::support::Story;

proptest! {
    #![proptest_config(ProptestConfig {
        max_shrink_iters: 24,
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases())
    })]

    #[test]
    fn every_published_number_is_the_count_of_the_events(
        plans in prop::collection::vec(plan(), 3..6),
        moments in prop::collection::vec(any::<prop::sample::Index>(), 3),
    ) {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(play(plans, moments));
    }
}

/// Histories in one run; more with `HIROBA_HISTORIES`.
fn cases() -> u32 {
    let asked = std::env::var("HIROBA_HISTORIES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(6)
}

async fn play(plans: Vec<Plan>, moments: Vec<prop::sample::Index>) {
    let history = History::play(plans).await;
    let story = &history.story;
    let leaves = leaves(story).await;
    let piles = plain::piles(&leaves);
    // The public sees the same numbers as officers, of what it may see.
    numbers(story, "nobody", None, &piles).await;
    numbers(story, "clerk", None, &piles).await;
    for moment in moments {
        let position = moment.index(leaves.len());
        let before = plain::piles(&leaves[..=position]);
        numbers(story, "nobody", Some(position), &before).await;
        numbers(story, "clerk", Some(position), &before).await;
    }
    for case in history.cases() {
        if let Some(counts) = piles[case].published() {
            result(&history, case, &piles[case], counts).await;
        }
    }
}

async fn leaves(story: &Story) -> Vec<Leaf> {
    let store = &story.city().desk.store;
    let all = store.read_all(Position(0), 1 << 20).await.unwrap();
    assert_eq!(all.len() as u64, store.size().0);
    let leaf = |recorded: &event_store::Recorded| serde_json::from_slice(&recorded.payload);
    all.iter().map(|recorded| leaf(recorded).unwrap()).collect()
}

const COUNTS: &str = "id counts { submissionCount byChannel { channel submissionCount } \
    withdrawnCount lateCount hiddenCount itemCount answeredItemCount \
    byCategory { category itemCount } changedPolicyItemCount itemizedSubmissionCount \
    screenedSubmissionCount }";
const STATISTICS: &str = "caseCount exemptions { reason count } abandonedCount resultCount \
    changedResultCount submissionCount itemCount changedPolicyItemCount";

/// A list of names and counts, as an object without what there is none of.
fn listed(list: &Value, name: &str, count: &str) -> Value {
    let rows = list.as_array().unwrap().iter();
    let rows = rows.filter(|row| row[count] != 0);
    rows.map(|row| (row[name].as_str().unwrap().to_owned(), row[count].clone()))
        .collect()
}

/// Compares what GraphQL says, at a position or now, with what was counted.
async fn numbers(
    story: &Story,
    who: &str,
    position: Option<usize>,
    piles: &BTreeMap<String, Pile>,
) {
    let all = format!(
        "publicCommentCases(first: 100) {{ totalCount nodes {{ {COUNTS} }} }}
         y2024: publicCommentStatistics(fiscalYear: 2024) {{ {STATISTICS} }}
         y2025: publicCommentStatistics(fiscalYear: 2025) {{ {STATISTICS} }}
         y2026: publicCommentStatistics(fiscalYear: 2026) {{ {STATISTICS} }}"
    );
    let query = match position {
        Some(position) => format!("{{ cityAsOf(moment: {{position: {position}}}) {{ {all} }} }}"),
        None => format!("{{ {all} }}"),
    };
    let answer = story.get(who, &query, json!({})).await;
    let answer = match position {
        Some(_) => &answer["cityAsOf"],
        None => &answer,
    };
    let cases = answer["publicCommentCases"]["nodes"].as_array().unwrap();
    let total = &answer["publicCommentCases"]["totalCount"];
    assert_eq!(*total, cases.len(), "{who} at {position:?}");
    let seen = piles
        .values()
        .filter(|pile| who == "clerk" || !pile.phase.is_empty());
    assert_eq!(cases.len(), seen.count(), "{who} at {position:?}");
    for case in cases {
        let mut counts = case["counts"].clone();
        counts["byChannel"] = listed(&counts["byChannel"], "channel", "submissionCount");
        counts["byCategory"] = listed(&counts["byCategory"], "category", "itemCount");
        let id = case["id"].as_str().unwrap();
        assert_eq!(counts, piles[id].counts(), "{id} for {who} at {position:?}");
    }
    for year in [2024, 2025, 2026] {
        let mut told = answer[format!("y{year}")].clone();
        told["exemptions"] = listed(&told["exemptions"], "reason", "count");
        let counted = plain::statistics(piles, year);
        assert_eq!(told, counted, "{year} for {who} at {position:?}");
    }
}

/// The result document in each of its forms, and the result in GraphQL: they
/// say what was counted when the result was published.
async fn result(history: &History, case: &str, pile: &Pile, counts: &Value) {
    let story = &history.story;
    let fetch = async |name: &str| {
        let (status, _, bytes) = story.fetch(&format!("/public-comment/{case}/{name}")).await;
        assert_eq!(status, 200, "{name}");
        String::from_utf8(bytes).unwrap()
    };
    let items = counts["itemCount"].as_u64().unwrap();
    let readable = pile
        .submissions
        .iter()
        .filter(|one| one.counts() && !one.is_hidden());
    let readable = readable.count();

    let json: Value = serde_json::from_str(&fetch("result.json").await).unwrap();
    let submissions = &json["submissions"];
    let channels = submissions["byChannel"].as_array().unwrap().iter();
    let channels: Value = channels
        .filter(|row| row["submissions"] != 0)
        .map(|row| {
            (
                row["channel"].as_str().unwrap().to_uppercase(),
                row["submissions"].clone(),
            )
        })
        .collect();
    let told = json!({
        "submissionCount": submissions["total"],
        "byChannel": channels,
        "withdrawnCount": submissions["withdrawn"],
        "lateCount": submissions["late"],
        "itemCount": json["items"]["total"],
        "byCategory": listed(&json["items"]["byCategory"], "code", "items"),
        "changedPolicyItemCount": json["items"]["changedPolicy"],
    });
    for (name, count) in told.as_object().unwrap() {
        assert_eq!(*count, counts[name], "{name} in result.json");
    }
    assert_eq!(json["noSubmissions"], counts["submissionCount"] == 0);
    assert_eq!(json["rows"].as_array().unwrap().len() as u64, items);
    assert_eq!(json["opinions"].as_array().unwrap().len(), readable);

    let html = fetch("result").await;
    for (label, name, unit) in [
        ("意見提出数", "submissionCount", "通"),
        ("意見総数", "itemCount", "件"),
        ("案の変更につながったもの", "changedPolicyItemCount", "件"),
        (
            "取り下げられたもの（意見提出数に含まない）",
            "withdrawnCount",
            "通",
        ),
        (
            "期限後に届いたもの（意見提出数に含まない）",
            "lateCount",
            "通",
        ),
    ] {
        let told = in_html(&html, label, unit);
        // A row of nothing may be left out.
        assert_eq!(
            told.unwrap_or_default(),
            counts[name],
            "{label} in the HTML"
        );
    }
    for (csv, rows) in [("result.csv", items as usize), ("opinions.csv", readable)] {
        let text = fetch(csv).await;
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        assert_eq!(reader.records().count(), rows, "{csv}");
    }

    let query = "query($id: ID!) { publicCommentCase(id: $id) { result { noSubmissions \
        byWard { wardCode submissionCount } bySubmitterKind { kind submissionCount } } } }";
    let told = story.get("nobody", query, json!({"id": case})).await;
    let told = &told["publicCommentCase"]["result"];
    let of_ward = |ward: &str| {
        let mut wards = pile.submissions.iter().filter(|one| one.counts());
        let same = |one: &&plain::Paper| history.wards[&one.id].unwrap_or_default() == ward;
        wards.by_ref().filter(same).count() as u64
    };
    for list in ["byWard", "bySubmitterKind"] {
        let rows = told[list].as_array().unwrap().iter();
        let sum: u64 = rows
            .map(|row| row["submissionCount"].as_u64().unwrap())
            .sum();
        assert_eq!(sum, counts["submissionCount"], "{list}");
    }
    for row in told["byWard"].as_array().unwrap() {
        // Without a name stands whatever would point to a person.
        if let Some(ward) = row["wardCode"].as_str() {
            assert_eq!(row["submissionCount"], of_ward(ward), "{ward}");
        }
    }
}

/// The number behind a label of the document.
fn in_html(html: &str, label: &str, unit: &str) -> Option<u64> {
    let (_, rest) = html.split_once(&format!(">{label}<"))?;
    let (before, _) = rest.split_once(unit)?;
    let digits = before.chars().rev().take_while(char::is_ascii_digit);
    let digits: Vec<char> = digits.collect();
    let digits: String = digits.into_iter().rev().collect();
    digits.parse().ok()
}

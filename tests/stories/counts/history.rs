//! What people do with several cases, at random, in two fiscal years.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    public_comment::{content, opinion},
    support::Story,
};

/// One step: what is done, and two numbers to fill it in.
type Step = (u8, u8, u8);

/// How a case ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Published,
    Decided,
    Abandoned,
    Exempted,
}

/// What happens to a case.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// Days after the first on which its period begins, in tens.
    begins: i8,
    /// Days until its result, in tens.
    takes: i8,
    intake: Vec<Step>,
    late: Vec<Step>,
    review: Vec<Step>,
    after: Vec<Step>,
    end: End,
}

pub(super) fn plan() -> impl Strategy<Value = Plan> {
    let of = |kinds: std::ops::Range<u8>| (kinds, any::<u8>(), any::<u8>());
    let end = prop_oneof![
        6 => Just(End::Published),
        1 => Just(End::Decided),
        1 => Just(End::Abandoned),
        1 => Just(End::Exempted),
    ];
    (
        (0..7_i8, 0..4_i8, end),
        prop::collection::vec(prop_oneof![3 => of(0..3), 2 => of(3..8)], 0..14),
        prop::collection::vec(prop_oneof![1 => Just((2, 1, 1)), 1 => of(5..8)], 0..3),
        prop::collection::vec(of(8..14), 0..14),
        prop::collection::vec(of(5..8), 0..4),
    )
        .prop_map(|((begins, takes, end), intake, late, review, after)| Plan {
            begins,
            takes,
            intake,
            late,
            review,
            after,
            end,
        })
}

/// What is done with a case on a day.
#[derive(Clone, Copy, Debug)]
enum Act {
    Begin,
    Intake,
    Review,
    Decide,
    End,
}

/// The city in which it happens.
pub(super) struct History {
    pub(super) story: Story,
    /// The wards of submitters, by submission: nothing else knows them all.
    pub(super) wards: BTreeMap<String, Option<&'static str>>,
    cases: Vec<Case>,
    /// How many days have gone by.
    day: i64,
}

struct Case {
    plan: Plan,
    id: String,
    /// Submissions with whoever submitted them.
    taken: Vec<(String, &'static str)>,
    groups: Vec<String>,
}

const FIRST: &str = "2026-02-02";
/// Days of the period.
const PERIOD: i64 = 30;
/// Days from its first to one on which it is over, even where its last day has
/// moved past a row of holidays.
const OVER: i64 = PERIOD + 7;
const WARDS: [Option<&str>; 3] = [Some("141330"), Some("141321"), None];

impl History {
    /// Lets all of it happen, in the order of days.
    pub(super) async fn play(plans: Vec<Plan>) -> Self {
        let mut history = Self {
            story: Story::on(FIRST).await,
            wards: BTreeMap::new(),
            cases: Vec::new(),
            day: 0,
        };
        let mut acts = Vec::new();
        for (number, plan) in plans.into_iter().enumerate() {
            let begins = 1 + 10 * i64::from(plan.begins);
            let ends = begins + OVER + 5 + 10 * i64::from(plan.takes);
            acts.extend([
                (begins, number, Act::Begin),
                (begins + 3, number, Act::Intake),
                (begins + OVER, number, Act::Review),
                (ends, number, Act::Decide),
                (ends + 3, number, Act::End),
            ]);
            let file = format!("file_01KQ00000000000000000000{number:02}");
            let id = crate::public_comment::draft(&history.story, draft(), &file).await;
            history.cases.push(Case {
                plan,
                id,
                taken: Vec::new(),
                groups: Vec::new(),
            });
        }
        acts.sort_by_key(|(day, ..)| *day);
        for (day, number, act) in acts {
            history.day = day;
            history.story.turn_to(&date(day));
            history.act(number, act).await;
        }
        history
    }

    pub(super) fn cases(&self) -> impl Iterator<Item = &str> {
        self.cases.iter().map(|case| case.id.as_str())
    }

    async fn act(&mut self, number: usize, act: Act) {
        let (case, plan) = {
            let case = &self.cases[number];
            (json!(case.id), case.plan.clone())
        };
        match (act, plan.end) {
            (Act::Begin, End::Exempted) => {
                let input = json!({"case": case, "code": "MINOR", "reason": "軽微な変更のため"});
                self.must("approver", "declareExemption", input).await;
            }
            (Act::End, End::Exempted) => {
                let input = json!({
                    "case": case, "title": draft()["title"],
                    "reason": "軽微な変更のため", "policyFixedOn": date(self.day),
                });
                self.must("approver", "publishExemption", input).await;
            }
            (_, End::Exempted) => (),
            (Act::Begin, _) => {
                let mut input = crate::public_comment::call(&self.cases[number].id, "");
                input["opensOn"] = json!(date(self.day));
                input["closesOn"] = json!(date(self.day + PERIOD - 1));
                input["channels"] = json!(["WEB", "EMAIL", "FAX", "POST", "IN_PERSON"]);
                self.must("approver", "publishCase", input).await;
            }
            (Act::Intake, _) => {
                for step in &plan.intake {
                    self.take(number, *step).await;
                }
            }
            (Act::Review, _) => {
                for step in &plan.late {
                    self.take(number, *step).await;
                }
                self.must("clerk", "startReview", json!({"case": case}))
                    .await;
                for step in &plan.review {
                    self.take(number, *step).await;
                }
            }
            (Act::Decide, End::Abandoned) => {
                let input = json!({
                    "case": case, "title": draft()["title"], "draftedOn": FIRST,
                    "reason": "国の計画を待つため", "newProcedure": false,
                });
                self.must("mayor", "abandonCase", input).await;
            }
            (Act::Decide, _) => self.decide(number).await,
            (Act::End, End::Published) => {
                let changed = self.change_of(number).is_some();
                let mut input = json!({"case": case, "reasons": "御意見を踏まえました。"});
                if changed {
                    let id = change_id(number);
                    input["changeReasons"] = json!([{"id": id, "reason": "御意見による"}]);
                }
                self.must("approver", "publishResults", input).await;
                for step in &plan.after {
                    self.take(number, *step).await;
                }
            }
            (Act::End, _) => (),
        }
    }

    async fn must(&self, who: &str, mutation: &str, input: Value) -> Value {
        let outcome = self.outcome(who, mutation, input).await;
        assert_ne!(outcome["__typename"], "Refusal", "{mutation}: {outcome}");
        outcome
    }

    /// Somebody tries; what the rules refuse does not happen.
    async fn does(&self, who: &str, mutation: &str, input: Value) -> Option<Value> {
        let outcome = self.outcome(who, mutation, input).await;
        (outcome["__typename"] != "Refusal").then_some(outcome)
    }

    async fn outcome(&self, who: &str, mutation: &str, input: Value) -> Value {
        let selection = match mutation {
            "submitOpinion" | "enterOpinion" => "submission { id }",
            _ => "position",
        };
        self.story.tries(who, mutation, input, selection).await
    }

    async fn take(&mut self, number: usize, (kind, a, b): Step) {
        let case = self.cases[number].id.clone();
        if kind < 3 {
            return self.submit(number, kind == 2, a, b).await;
        }
        let taken = &self.cases[number].taken;
        if taken.is_empty() {
            return;
        }
        let (id, by) = taken[usize::from(a) % taken.len()].clone();
        let held = match by {
            "nobody" => {
                json!({"receipt": {"submission": id, "secret": "a-secret-that-nobody-can-guess"}})
            }
            _ => json!({"id": id}),
        };
        match kind {
            3 => {
                let input =
                    json!({"submission": held, "opinion": {"body": "やはり、こう考えます。"}});
                self.does(by, "replaceOpinion", input).await;
            }
            4 => {
                self.does(by, "withdrawOpinion", json!({"submission": held}))
                    .await;
            }
            5 => {
                let input =
                    json!({"submission": id, "reason": "OFF_TOPIC", "note": "案と関わりがない"});
                self.does("secretariat", "hideOpinion", input).await;
            }
            6 => {
                let input = json!({"submission": held, "statement": "案に関わります。"});
                self.does(by, "appealHiding", input).await;
                if b.is_multiple_of(2) {
                    let input = json!({"submission": id, "reason": "案に関わらない"});
                    self.does("approver", "upholdHiding", input).await;
                }
            }
            7 => {
                let input = json!({"submission": id, "reason": "案に関わる"});
                self.does("approver", "reverseHiding", input).await;
            }
            8 | 9 => self.itemize(&id, b).await,
            10 => self.screen(number, &id).await,
            11 => {
                let items = self.items_of(&id).await;
                let category = ["B", "C", "D", "E"][usize::from(b) % 4];
                self.answer(number, json!({"items": items}), category).await;
            }
            12 => {
                let group = format!("group_{}", self.story.command());
                let mut items = self.items_of(&id).await;
                let other = taken_id(&self.cases[number].taken, b);
                items.extend(self.items_of(&other).await);
                items.sort();
                items.dedup();
                let input =
                    json!({"case": case, "group": group, "items": items, "title": "同じ趣旨"});
                if !items.is_empty() && self.does("clerk", "groupItems", input).await.is_some() {
                    if b % 3 == 0 {
                        self.answer(number, json!({"group": group}), "B").await;
                    }
                    self.cases[number].groups.push(group);
                }
            }
            _ => {
                if let Some(group) = self.cases[number].groups.pop() {
                    let input = json!({"case": case, "group": group});
                    self.does("clerk", "ungroupItems", input).await;
                } else {
                    let items = self.items_of(&id).await;
                    let input = json!({"case": case, "target": {"items": items}});
                    self.does("clerk", "revokeResponse", input).await;
                }
            }
        }
    }

    async fn submit(&mut self, number: usize, on_paper: bool, a: u8, b: u8) {
        let ward = WARDS[usize::from(b) % WARDS.len()];
        let mut input = opinion(
            &self.cases[number].id,
            "川辺花子",
            "歩道を広くしてください。",
        );
        input["submitter"]["wardCode"] = json!(ward);
        let (who, by, mutation) = if on_paper {
            let channel = ["EMAIL", "FAX", "POST", "IN_PERSON"][usize::from(a) % 4];
            input["channel"] = json!(channel);
            input["receivedOn"] = json!(date(self.day));
            if channel == "POST" && b.is_multiple_of(2) {
                input["postmarkedOn"] = json!(date(self.day - i64::from(b % 3)));
            }
            ("operator", "nobody", "enterOpinion")
        } else {
            let by = ["hanako", "taro", "nobody"][usize::from(a) % 3];
            (by, by, "submitOpinion")
        };
        if let Some(done) = self.does(who, mutation, input).await {
            let id = done["submission"]["id"].as_str().unwrap().to_owned();
            self.wards.insert(id.clone(), ward);
            self.cases[number].taken.push((id, by));
        }
    }

    async fn items_of(&self, submission: &str) -> Vec<String> {
        let query = "query($id: ID!) { submission(id: $id) { items { id } } }";
        let found = self.story.get("clerk", query, json!({"id": submission}));
        let found = found.await;
        let items = found["submission"]["items"].as_array().unwrap();
        let id = |item: &Value| item["id"].as_str().unwrap().to_owned();
        items.iter().map(id).collect()
    }

    async fn itemize(&self, submission: &str, b: u8) {
        let query = "query($id: ID!) { submission(id: $id) { body { text } } }";
        let found = self.story.get("clerk", query, json!({"id": submission}));
        let found = found.await;
        let Some(body) = found["submission"]["body"]["text"].as_str() else {
            return;
        };
        let whole = json!({"from": 0, "to": body.chars().count()});
        let parts =
            (0..=b % 3).map(|part| json!({"summary": format!("その{part}"), "spans": [whole]}));
        let input = json!({"submission": submission, "items": parts.collect::<Vec<_>>()});
        self.does("clerk", "itemizeSubmission", input).await;
    }

    async fn screen(&self, number: usize, submission: &str) {
        let screenings = json!([{"submission": submission}]);
        let input = json!({"case": self.cases[number].id, "screenings": screenings});
        self.does("clerk", "screenOpinions", input).await;
    }

    async fn answer(&self, number: usize, target: Value, category: &str) {
        let input = json!({
            "case": self.cases[number].id, "target": target, "category": category,
            "response": "今後の参考とします。",
        });
        self.does("clerk", "assignResponse", input).await;
    }

    /// The submission whose items change the policy, if any does.
    fn change_of(&self, number: usize) -> Option<String> {
        let desk = &self.story.city().desk.city();
        let case = &self.cases[number];
        let changes = case.plan.takes % 2 == 1;
        let case = desk.public_comment.get(case.id.parse().unwrap()).unwrap();
        let mut counted = case.submissions.values().filter(|one| one.counts());
        changes.then(|| counted.next().map(|one| one.id.to_string()))?
    }

    /// What is left is done, and the policy decided.
    async fn decide(&mut self, number: usize) {
        let case = json!(self.cases[number].id);
        // An answer to one item of a group would be an answer to all of it.
        while let Some(group) = self.cases[number].groups.pop() {
            let input = json!({"case": case, "group": group});
            self.does("clerk", "ungroupItems", input).await;
        }
        for (submission, _) in self.cases[number].taken.clone() {
            if self.items_of(&submission).await.is_empty() {
                self.itemize(&submission, 0).await;
            }
            self.screen(number, &submission).await;
            let query =
                "query($id: ID!) { submission(id: $id) { items { id response { category } } } }";
            let found = self.story.get("clerk", query, json!({"id": submission}));
            let found = found.await;
            let items = found["submission"]["items"].as_array().unwrap().iter();
            let open: Vec<_> = items
                .filter(|item| item["response"].is_null())
                .map(|item| item["id"].clone())
                .collect();
            if !open.is_empty() {
                self.answer(number, json!({"items": open}), "C").await;
            }
        }
        let mut passages = draft()["passages"].clone();
        let (mut changes, mut outcome) = (json!([]), "ADOPTED_AS_DRAFTED");
        if let Some(cause) = self.change_of(number) {
            let items = self.items_of(&cause).await;
            let answer = json!({
                "case": case, "target": {"items": items}, "category": "A",
                "response": "改めます。", "changedPolicy": true, "changes": [change_id(number)],
            });
            self.must("clerk", "assignResponse", answer).await;
            passages[1]["text"] = json!("令和十二年度までに整備する。");
            let text = passages[1]["text"].clone();
            changes =
                json!([{"id": change_id(number), "passage": "2", "text": text, "items": items}]);
            outcome = "ADOPTED_WITH_CHANGES";
        }
        let input = json!({
            "case": case, "outcome": outcome, "decidedOn": date(self.day),
            "finalPassages": passages, "changes": changes,
        });
        self.must("mayor", "decidePolicy", input).await;
    }
}

/// A draft of the first day.
fn draft() -> Value {
    let mut draft = content();
    draft["draftedOn"] = json!(FIRST);
    draft
}

fn change_id(number: usize) -> String {
    format!("change_01KQ00000000000000000000{number:02}")
}

fn taken_id(taken: &[(String, &'static str)], number: u8) -> String {
    taken[usize::from(number) % taken.len()].0.clone()
}

/// The day after so many.
fn date(days: i64) -> String {
    let first: domain::LegalDate = FIRST.parse().unwrap();
    first.plus_days(days).unwrap().to_string()
}

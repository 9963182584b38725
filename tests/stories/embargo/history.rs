//! What people do, at random, each text with a mark of its own.

use axum::{body::Body, http::Method};
use serde_json::{Value, json};

use super::{
    known::Known,
    ledger::{Ledger, Sub, What},
    reader::{Reader, ids, judge},
    search::Findable,
};
use crate::{public_comment::call, public_comment_files::send, support::Story};

/// One step: what is done, and two numbers to fill it in.
pub(super) type Step = (u8, u8, u8);

/// A case in the making.
pub(super) struct History {
    pub(super) story: Story,
    pub(super) ledger: Ledger,
    pub(super) known: Known,
    pub(super) reader: Reader,
    pub(super) case: String,
    /// Whether something was recorded since the followers were asked.
    pub(super) something_new: bool,
    /// What everybody could find when somebody looked.
    pub(super) findable: Vec<Findable>,
    /// The draft that is called.
    passages: Value,
    title: Value,
    change: String,
    changed: bool,
    groups: Vec<String>,
}

impl History {
    /// A case that is called, beside one that is not.
    pub(super) async fn begin(story: Story) -> Self {
        let mut history = Self {
            story,
            ledger: Ledger::default(),
            known: Known::default(),
            reader: Reader::new(),
            case: String::new(),
            something_new: false,
            findable: Vec::new(),
            passages: json!([]),
            title: json!(null),
            change: String::new(),
            changed: false,
            groups: Vec::new(),
        };
        let never = history.content(What::Discarded);
        history.draft(never).await;
        let first = history.content(What::Discarded);
        history.case = history.draft(first).await;
        history.change = format!("change_{}", history.story.command());
        let case = history.case.clone();
        let title = history.ledger.mark(What::Draft);
        let name = history.ledger.mark(What::Draft);
        let bytes = history.ledger.mark(What::Draft);
        let file = format!("file_{}", history.story.command());
        let path = format!("{file}?for=material&case={case}");
        history.upload("clerk", &path, None, &bytes).await;
        history.known.files.push(file.clone());
        history
            .does(
                "clerk",
                "attachMaterial",
                json!({"case": case, "title": {"ja": title}, "file": file, "fileName": format!("{name}.pdf")}),
            )
            .await
            .unwrap();
        let content = history.content(What::Draft);
        history.passages = content["passages"].clone();
        history.title = content["title"].clone();
        let revised = json!({"case": case, "revision": 1, "content": content});
        history.does("clerk", "reviseDraft", revised).await.unwrap();
        history
    }

    /// The calendar is turned.
    pub(super) fn turn_to(&mut self, day: &str) {
        self.story.turn_to(day);
        self.ledger.today = day.to_owned();
    }

    /// The call is published, and everybody follows it.
    pub(super) async fn call(&mut self) {
        let mut input = call(&self.case, "2026-06-09");
        input["revision"] = json!(2);
        self.does("approver", "publishCase", input).await.unwrap();
        self.ledger.called = true;
        self.something_new = false;
        let case = self.case.clone();
        self.reader.follow(&self.story, &case, &self.known).await;
        self.turn_to("2026-05-20");
    }

    fn content(&mut self, what: What) -> Value {
        let mut mark = || self.ledger.mark(what);
        json!({
            "number": mark(),
            "title": {"ja": mark(), "en": mark()},
            "objectKind": "PLAN",
            "legalBasis": mark(),
            "bureau": mark(),
            "contact": mark(),
            "summary": {"ja": mark()},
            "passages": [
                {"key": "1", "heading": mark(), "text": mark()},
                {"key": "2", "heading": mark(), "text": mark()},
            ],
            "draftedOn": "2026-05-01",
        })
    }

    async fn draft(&mut self, content: Value) -> String {
        let done = self.does("clerk", "draftCase", json!({"content": content}));
        let done = done.await.unwrap();
        let case = done["case"]["id"].as_str().unwrap().to_owned();
        self.known.cases.push(case.clone());
        case
    }

    async fn upload(&self, who: &str, path: &str, secret: Option<&str>, mark: &str) -> bool {
        let headers: Vec<_> = secret
            .map(|secret| ("hiroba-secret", secret))
            .into_iter()
            .collect();
        let body = Body::from(format!("%PDF-1.7\n{mark}\n"));
        let taken = send(&self.story, who, Method::PUT, path, &headers, body).await;
        taken.status.is_success()
    }

    /// Somebody asks for something; first somebody tries who should not, with
    /// other words, and learns nothing. What comes back is judged, too.
    async fn does(&mut self, who: &'static str, mutation: &str, mut input: Value) -> Option<Value> {
        let command = self.story.command();
        input["commandId"] = json!(command);
        let selection = self.reader.payload(mutation, &self.known);
        let words = self.ledger.seen_in(input.to_string().as_bytes());
        if mutation != "submitOpinion" {
            let mut stolen = without_marks(&input);
            stolen["commandId"] = json!(self.story.command());
            for other in ["nobody", "taro", "operator", "auditor"] {
                // Operators may open personal data, with a reason that stays; of
                // what was said, nothing.
                let person = input["fields"]
                    .as_array()
                    .is_some_and(|fields| fields.contains(&json!("NAME")));
                let may = mutation == "openPersonalData" && person && other == "operator";
                if other == who || may {
                    continue;
                }
                let submits = ["replaceOpinion", "withdrawOpinion", "appealHiding"];
                if submits.contains(&mutation) {
                    // Theirs to do: who may is tested where it is decided.
                    continue;
                }
                let answer = self
                    .story
                    .asks_for(other, mutation, stolen.clone(), &selection);
                let answer = answer.await;
                assert!(
                    answer.get("errors").is_some()
                        || answer["data"][mutation]["__typename"] == "Refusal",
                    "{other} could {mutation}"
                );
                let bytes = answer.to_string().into_bytes();
                judge(
                    &self.ledger,
                    other,
                    mutation,
                    &bytes,
                    &mut Default::default(),
                );
            }
        }
        // Whoever has the secret is the submitter, and is given what they keep.
        let held = input["submission"]["receipt"]["submission"].as_str();
        let held = held.map(str::to_owned);
        let mut answer = self.story.asks_for(who, mutation, input, &selection).await;
        assert!(answer.get("errors").is_none(), "{mutation}: {answer:#}");
        // Whoever opens personal data with a reason sees them, once.
        if mutation != "openPersonalData" {
            let bytes = answer.to_string().into_bytes();
            let place = format!("the answer of {mutation}");
            // The answer comes before the ledger knows what became of it.
            let seen = self.ledger.seen_in(&bytes);
            let secret = |mark: &usize| match self.ledger.marks[*mark].what {
                What::Secret => true,
                What::Person { submission } if held.is_some() => {
                    held.as_deref() != Some(self.ledger.subs[submission].id.as_str())
                }
                what @ What::Person { .. } => !self.ledger.may(who, what),
                _ => false,
            };
            assert!(!seen.iter().any(secret), "{who}: {place}");
        }
        let outcome = answer["data"][mutation].take();
        if outcome["__typename"] == "Refusal" {
            // What was refused is kept nowhere.
            self.ledger.forget(words);
            return None;
        }
        self.something_new = true;
        self.learn(&outcome);
        Some(outcome)
    }

    fn learn(&mut self, outcome: &Value) {
        let city = self.story.city().desk.city();
        self.known.size = city.size.0;
        ids(outcome, "item_", &mut self.known.items);
        let mut subjects = Vec::new();
        ids(outcome, "subject_", &mut subjects);
        self.known.subjects.extend(subjects);
    }

    /// Somebody submits.
    async fn submit(&mut self, a: u8, b: u8) {
        let by = ["hanako", "taro", "nobody"][usize::from(a % 3)];
        let on_paper = a % 4 == 3;
        let by = if on_paper { "nobody" } else { by };
        let submission = self.ledger.subs.len();
        let secret = (by == "nobody")
            .then(|| format!("{}-kept-with-the-receipt", self.ledger.mark(What::Secret)));
        let words = self.ledger.mark(What::Body {
            submission,
            version: 1,
        });
        let named = b.is_multiple_of(3);
        let name = if named {
            What::Named { submission }
        } else {
            What::Person { submission }
        };
        let person = [
            name,
            What::Person { submission },
            What::Person { submission },
            What::Person { submission },
        ];
        let person = person.map(|what| self.ledger.mark(what));
        let body = match named {
            true => format!("道が{words}狭い。{}", person[0]),
            false => format!("道が{words}狭い。"),
        };
        // Set down before it is known to be accepted: nobody may see it anyhow.
        self.ledger.subs.push(Sub {
            by,
            secret: secret.clone(),
            length: body.chars().count(),
            bodies: 1,
            ..Sub::default()
        });
        let command = self.story.command();
        let mut attachments = Vec::new();
        if b.is_multiple_of(2) {
            let mark = self.ledger.mark(What::Attachment {
                submission,
                version: 1,
            });
            let file = format!("file_{}", self.story.command());
            let purpose = if on_paper { "entry" } else { "opinion" };
            let path = format!("{file}?for={purpose}&case={}&command={command}", self.case);
            let who = if on_paper { "operator" } else { by };
            if self.upload(who, &path, secret.as_deref(), &mark).await {
                self.known.files.push(file.clone());
                self.ledger.subs[submission].file = Some(file.clone());
                attachments.push(file);
            }
        }
        let mut input = json!({
            "case": self.case,
            "opinion": {"passage": "2", "body": body, "attachments": attachments},
            "submitter": {
                "kind": "INDIVIDUAL", "name": person[0], "kana": person[1],
                "address": person[2], "contact": person[3], "declaresCitizen": true,
            },
            "secret": secret,
        });
        let (who, mutation) = if on_paper {
            input["channel"] = json!("POST");
            input["receivedOn"] = json!(self.today());
            let posted = if b.is_multiple_of(5) {
                "2026-06-09".to_owned()
            } else {
                self.today()
            };
            input["postmarkedOn"] = json!(posted.min(self.today()));
            ("operator", "enterOpinion")
        } else {
            (by, "submitOpinion")
        };
        input["commandId"] = json!(command);
        let selection = self.reader.payload(mutation, &self.known);
        let answer = self.story.asks_for(who, mutation, input, &selection).await;
        assert!(answer.get("errors").is_none(), "{mutation}: {answer:#}");
        let outcome = &answer["data"][mutation];
        let sub = &mut self.ledger.subs[submission];
        if outcome["__typename"] == "Refusal" {
            return;
        }
        sub.id = outcome["submission"]["id"].as_str().unwrap().to_owned();
        sub.late = !outcome["submission"]["late"].is_null();
        self.known.submissions.push(sub.id.clone());
        // The operator who enters a text is shown nothing of it afterwards.
        if on_paper {
            let bytes = outcome.to_string().into_bytes();
            judge(&self.ledger, who, mutation, &bytes, &mut Default::default());
        }
        self.something_new = true;
        let outcome = outcome.clone();
        self.learn(&outcome);
        let subject = self.subject_of(submission);
        self.known.subjects.extend(subject);
    }

    fn subject_of(&self, submission: usize) -> Option<String> {
        let id = self.ledger.subs[submission].id.parse().ok()?;
        let city = self.story.city().desk.city();
        let case = city.public_comment.of_submission(id)?;
        Some(case.submission(id)?.subject.to_string())
    }

    fn today(&self) -> String {
        self.story.city().desk.today().to_string()
    }

    /// A submission that was taken, by a number.
    fn one(&self, number: u8) -> Option<usize> {
        let taken: Vec<_> = (0..self.ledger.subs.len())
            .filter(|index| !self.ledger.subs[*index].id.is_empty())
            .collect();
        (!taken.is_empty()).then(|| taken[usize::from(number) % taken.len()])
    }

    /// How its submitter names it.
    fn held(&self, index: usize) -> (&'static str, Value) {
        let sub = &self.ledger.subs[index];
        match &sub.secret {
            Some(secret) => (
                sub.by,
                json!({"receipt": {"submission": sub.id, "secret": secret}}),
            ),
            None => (sub.by, json!({"id": sub.id})),
        }
    }

    /// One step; what the rules refuse does not happen.
    pub(super) async fn take(&mut self, (kind, a, b): Step) {
        if kind < 4 {
            return self.submit(a, b).await;
        }
        let Some(index) = self.one(a) else { return };
        // Whoever was erased is not known any more: what is theirs to do is
        // nobody's.
        if matches!(kind, 4 | 5 | 7) && self.ledger.subs[index].erased {
            return;
        }
        let id = json!(self.ledger.subs[index].id);
        let case = json!(self.case);
        match kind {
            4 => {
                let version = self.ledger.subs[index].bodies + 1;
                let mark = self.ledger.mark(What::Body {
                    submission: index,
                    version,
                });
                let (who, submission) = self.held(index);
                let body = format!("道が{mark}広い。");
                let input = json!({"submission": submission, "opinion": {"body": body}});
                if self.does(who, "replaceOpinion", input).await.is_some() {
                    let sub = &mut self.ledger.subs[index];
                    sub.bodies = version;
                    sub.length = body.chars().count();
                    sub.screened = None;
                }
            }
            5 => {
                let (who, submission) = self.held(index);
                let input = json!({"submission": submission});
                if self.does(who, "withdrawOpinion", input).await.is_some() {
                    self.ledger.subs[index].withdrawn = true;
                }
            }
            6 => {
                let input =
                    json!({"submission": id, "reason": "OFF_TOPIC", "note": "案と関わりがない"});
                if self
                    .does("secretariat", "hideOpinion", input)
                    .await
                    .is_some()
                {
                    self.ledger.subs[index].hidden = true;
                }
            }
            7 => {
                let statement = self.ledger.mark(What::Statement { submission: index });
                let (who, submission) = self.held(index);
                let input = json!({"submission": submission, "statement": statement});
                if self.does(who, "appealHiding", input).await.is_some() {
                    self.ledger.subs[index].appealed = true;
                }
            }
            8 => {
                let input = json!({"submission": id, "reason": "案に関わる"});
                if self
                    .does("approver", "reverseHiding", input)
                    .await
                    .is_some()
                {
                    self.ledger.subs[index].hidden = false;
                }
            }
            9 => {
                let fields = if b.is_multiple_of(2) {
                    vec!["NAME", "ADDRESS", "CONTACT"]
                } else {
                    vec!["BODY", "ATTACHMENTS"]
                };
                let input =
                    json!({"submission": id, "fields": fields, "reason": "内容の確認のため"});
                let opened = self.does("clerk", "openPersonalData", input).await;
                if opened.is_some() && fields.contains(&"ATTACHMENTS") {
                    let today = self.today();
                    self.ledger.opened.insert(("clerk", index, today));
                }
            }
            10 => {
                let input = json!({
                    "submission": id, "legalBasis": "個人情報の保護に関する法律第98条",
                    "decisionNo": "8川総第5号", "requestedByPerson": true,
                });
                if self
                    .does("records", "erasePersonalData", input)
                    .await
                    .is_some()
                {
                    // One key for all that a person wrote in the case.
                    let subject = self.subject_of(index);
                    for other in 0..self.ledger.subs.len() {
                        if self.subject_of(other) == subject {
                            self.ledger.subs[other].erased = true;
                        }
                    }
                }
            }
            11 => {
                let input = json!({"target": id, "field": "BODY", "legalBasis": "仮処分", "decisionNo": "令和8年（ヨ）第1号"});
                if self
                    .does("records", "withdrawPublication", input)
                    .await
                    .is_some()
                {
                    self.ledger.subs[index].body_taken_down = true;
                }
            }
            12 => {
                let input = json!({"target": id, "field": "ATTACHMENTS", "legalBasis": "仮処分", "decisionNo": "令和8年（ヨ）第2号"});
                if self
                    .does("records", "withdrawPublication", input)
                    .await
                    .is_some()
                {
                    self.ledger.subs[index].files_taken_down = true;
                }
            }
            13 | 14 => self.itemize(index, b).await,
            15 => self.screen(index, false).await,
            16 => self.screen(index, true).await,
            17 => self.answer(index).await,
            18 => {
                let group = format!("group_{}", self.story.command());
                let title = self.ledger.mark(What::GroupTitle);
                let items = self.ledger.subs[index].items.clone();
                let input = json!({"case": case, "group": group, "items": items, "title": title});
                if !items.is_empty() && self.does("clerk", "groupItems", input).await.is_some() {
                    self.groups.push(group);
                }
            }
            19 => {
                if let Some(group) = self.groups.pop() {
                    let input = json!({"case": case, "group": group});
                    self.does("clerk", "ungroupItems", input).await;
                }
            }
            _ => {
                let items = self.ledger.subs[index].items.clone();
                let input = json!({"case": case, "target": {"items": items}});
                if !items.is_empty() {
                    self.does("clerk", "revokeResponse", input).await;
                }
            }
        }
    }

    async fn itemize(&mut self, index: usize, b: u8) {
        let version = self.ledger.subs[index].summaries + 1;
        let what = What::Summary {
            submission: index,
            version,
        };
        let first = self.ledger.mark(what);
        let second = (b % 2 == 1).then(|| self.ledger.mark(what));
        let sub = &self.ledger.subs[index];
        let mut items = vec![json!({
            "summary": first, "spans": [{"from": 0, "to": sub.length}],
        })];
        items.extend(
            second.map(|summary| json!({"summary": summary, "spans": [{"from": 0, "to": 1}]})),
        );
        let input = json!({"submission": sub.id, "items": items});
        if let Some(done) = self.does("clerk", "itemizeSubmission", input).await {
            let items = done["submission"]["items"].as_array().unwrap();
            let items = items
                .iter()
                .map(|item| item["id"].as_str().unwrap().to_owned());
            self.ledger.subs[index].items = items.collect();
            self.ledger.subs[index].summaries = version;
        }
    }

    async fn screen(&mut self, index: usize, redact: bool) {
        let sub = &self.ledger.subs[index];
        let mut screening = json!({"submission": sub.id});
        let version = sub.redactions + 1;
        if redact {
            let mark = self.ledger.mark(What::Redaction {
                submission: index,
                version,
            });
            screening["redactedText"] = json!(format!("道が{mark}■。"));
            screening["reasons"] = json!(["PERSONAL_DATA"]);
        }
        let input = json!({"case": self.case, "screenings": [screening]});
        if self.does("clerk", "screenOpinions", input).await.is_some() {
            let sub = &mut self.ledger.subs[index];
            sub.screened = Some(!redact);
            if redact {
                sub.redactions = version;
            }
        }
    }

    async fn answer(&mut self, index: usize) {
        if self.ledger.subs[index].items.is_empty() {
            return;
        }
        let version = self.ledger.subs[index].responses + 1;
        let mark = self.ledger.mark(What::Response {
            submission: index,
            version,
        });
        let items = self.ledger.subs[index].items.clone();
        let input = json!({
            "case": self.case, "target": {"items": items}, "category": "C", "response": mark,
        });
        if self.does("clerk", "assignResponse", input).await.is_some() {
            self.ledger.subs[index].responses = version;
        }
    }

    /// The bureau begins its work.
    pub(super) async fn review(&mut self) {
        self.turn_to("2026-06-12");
        let input = json!({"case": self.case});
        self.does("clerk", "startReview", input).await.unwrap();
    }

    /// It finishes what is left, and the policy is decided.
    pub(super) async fn decide(&mut self) {
        // An answer of a group would be the answer of several submissions.
        while !self.groups.is_empty() {
            self.take((19, 0, 0)).await;
        }
        for index in 0..self.ledger.subs.len() {
            let sub = &self.ledger.subs[index];
            if sub.id.is_empty() || sub.late || sub.withdrawn {
                continue;
            }
            if sub.items.is_empty() {
                self.itemize(index, 0).await;
            }
            if self.ledger.subs[index].screened.is_none() {
                self.screen(index, false).await;
            }
            if self.ledger.subs[index].screened.is_none() {
                self.screen(index, true).await;
            }
            self.answer(index).await;
        }
        let counted = |sub: &&Sub| !sub.items.is_empty() && !sub.late && !sub.withdrawn;
        let causes = self.ledger.subs.iter().find(counted);
        let causes = causes.map_or_else(Vec::new, |sub| sub.items.clone());
        self.turn_to("2026-07-01");
        let mut passages = self.passages.clone();
        let mut changes = json!([]);
        if !causes.is_empty() {
            let answer = json!({
                "case": self.case, "target": {"items": causes}, "category": "A",
                "response": "改めます。", "changedPolicy": true, "changes": [self.change],
            });
            self.does("clerk", "assignResponse", answer).await.unwrap();
            let text = self.ledger.mark(What::Final);
            passages[0]["text"] = json!(text);
            let id = &self.change;
            changes = json!([{"id": id, "passage": "1", "text": text, "items": causes}]);
            self.changed = true;
        }
        let outcome = if self.changed {
            "ADOPTED_WITH_CHANGES"
        } else {
            "ADOPTED_AS_DRAFTED"
        };
        let input = json!({
            "case": self.case, "outcome": outcome, "decidedOn": "2026-07-01",
            "finalPassages": passages, "changes": changes,
        });
        self.does("mayor", "decidePolicy", input).await.unwrap();
        // The answer to those items is another one now.
        for sub in &mut self.ledger.subs {
            if self.changed && sub.items.first() == causes.first() {
                sub.responses += 1;
            }
        }
    }

    /// The result is published.
    pub(super) async fn publish(&mut self) {
        self.turn_to("2026-07-10");
        let mut input = json!({"case": self.case, "reasons": "御意見を踏まえた。"});
        if self.changed {
            input["changeReasons"] = json!([{"id": self.change, "reason": "御意見による"}]);
        }
        self.does("approver", "publishResults", input)
            .await
            .unwrap();
        self.ledger.published = true;
    }

    /// Nothing comes of it.
    pub(super) async fn abandon(&mut self) {
        let input = json!({
            "case": self.case, "title": self.title, "draftedOn": "2026-05-01",
            "reason": "国の計画を待つため", "newProcedure": false,
        });
        self.does("mayor", "abandonCase", input).await.unwrap();
    }
}

fn without_marks(input: &Value) -> Value {
    let text = input.to_string().replace("mrk", "krm");
    serde_json::from_str(&text).unwrap()
}

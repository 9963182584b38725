//! Counting as one would on paper: the leaves of the log, one after the other,
//! and a list of what is there in the end. It shares no code with what is
//! counted along the way.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// A leaf, as anybody reads it.
pub(super) type Leaf = Value;

/// What stands in the log about one case.
#[derive(Default)]
pub(super) struct Pile {
    /// Submissions in the order in which they came.
    pub(super) submissions: Vec<Paper>,
    items: BTreeMap<String, Item>,
    groups: BTreeMap<String, Option<Answer>>,
    pub(super) phase: &'static str,
    opens_on: Option<String>,
    exempted: Option<(String, String)>,
    abandoned_on: Option<String>,
    result: Option<Value>,
}

/// One submission.
pub(super) struct Paper {
    pub(super) id: String,
    channel: String,
    late: bool,
    withdrawn: bool,
    hidden: bool,
    screened: bool,
    items: Vec<String>,
}

#[derive(Default)]
struct Item {
    group: Option<String>,
    answer: Option<Answer>,
}

/// Category, and whether the policy changed.
type Answer = (String, bool);

impl Paper {
    /// Whether it is one of the 通.
    pub(super) fn counts(&self) -> bool {
        !self.late && !self.withdrawn
    }

    pub(super) fn is_hidden(&self) -> bool {
        self.hidden
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(text).collect()
}

impl Pile {
    fn paper(&mut self, data: &Value) -> &mut Paper {
        let id = text(&data["submission"]);
        let mut papers = self.submissions.iter_mut();
        papers.find(|paper| paper.id == id).unwrap()
    }

    /// The items that an answer is for.
    fn answered(&mut self, data: &Value, answer: Option<Answer>) {
        let mut targets: BTreeSet<String> = texts(&data["items"]).into_iter().collect();
        if let Some(group) = data["group"].as_str() {
            let members = self.items.iter();
            let members = members.filter(|(_, item)| item.group.as_deref() == Some(group));
            targets.extend(members.map(|(id, _)| id.clone()));
            self.groups.insert(group.to_owned(), answer.clone());
        }
        for target in targets {
            self.items.get_mut(&target).unwrap().answer = answer.clone();
        }
    }

    fn put(&mut self, leaf: &Leaf) {
        let data = &leaf["data"];
        match leaf["kind"].as_str().unwrap() {
            kind @ ("opinion_submitted" | "opinion_registered_late") => {
                self.submissions.push(Paper {
                    id: text(&data["submission"]),
                    channel: text(&data["channel"]),
                    late: kind == "opinion_registered_late",
                    withdrawn: false,
                    hidden: false,
                    screened: false,
                    items: Vec::new(),
                });
            }
            "opinion_withdrawn" => self.paper(data).withdrawn = true,
            "opinion_hidden" => self.paper(data).hidden = true,
            "hiding_reversed" => self.paper(data).hidden = false,
            "opinion_screened" => self.paper(data).screened = true,
            "submission_itemized" => {
                let new: Vec<_> = data["items"].as_array().unwrap().iter().collect();
                let new: Vec<_> = new.iter().map(|item| text(&item["item"])).collect();
                let old = std::mem::replace(&mut self.paper(data).items, new.clone());
                self.items.retain(|id, _| !old.contains(id));
                self.items
                    .extend(new.into_iter().map(|id| (id, Item::default())));
            }
            "items_grouped" => {
                let group = text(&data["group"]);
                let answer = self.groups.entry(group.clone()).or_default().clone();
                for id in texts(&data["items"]) {
                    let item = self.items.get_mut(&id).unwrap();
                    // One group, one answer.
                    item.answer = answer.clone();
                    item.group = Some(group.clone());
                }
            }
            "items_ungrouped" => {
                let group = text(&data["group"]);
                self.groups.remove(&group);
                for item in self.items.values_mut() {
                    item.group = item.group.take().filter(|of| *of != group);
                }
            }
            "response_assigned" => {
                let changed = data["changed_policy"] == true;
                self.answered(data, Some((text(&data["category"]), changed)));
            }
            "response_revoked" => self.answered(data, None),
            "case_published" => {
                self.phase = "called";
                self.opens_on = Some(text(&data["opens_on"]));
            }
            "exemption_declared" => self.exempted = Some((text(&data["code"]), String::new())),
            "exemption_published" => {
                if let Some((_, fixed_on)) = &mut self.exempted {
                    *fixed_on = text(&data["policy_fixed_on"]);
                }
                self.phase = "exempted";
            }
            "case_abandoned" => {
                self.phase = "abandoned";
                self.abandoned_on = Some(text(&leaf["legal_date"]));
            }
            "results_published" => {
                self.phase = "result";
                self.result = Some(json!({
                    "on": data["published_on"], "outcome": data["outcome"],
                    "counts": self.counts(),
                }));
            }
            _ => (),
        }
    }

    /// The case's counts, as GraphQL names them.
    pub(super) fn counts(&self) -> Value {
        let papers = |test: &dyn Fn(&&Paper) -> bool| self.submissions.iter().filter(test).count();
        let answers = self.items.values().filter_map(|item| item.answer.as_ref());
        let answers: Vec<_> = answers.collect();
        json!({
            "submissionCount": papers(&|paper| paper.counts()),
            "byChannel": tally(self.submissions.iter().filter(|paper| paper.counts()).map(|paper| paper.channel.to_uppercase())),
            "withdrawnCount": papers(&|paper| paper.withdrawn),
            "lateCount": papers(&|paper| paper.late),
            "hiddenCount": papers(&|paper| paper.hidden),
            "itemCount": self.items.len(),
            "answeredItemCount": answers.len(),
            "byCategory": tally(answers.iter().map(|(category, _)| category.clone())),
            "changedPolicyItemCount": answers.iter().filter(|(_, changed)| *changed).count(),
            "itemizedSubmissionCount": papers(&|paper| !paper.items.is_empty()),
            "screenedSubmissionCount": papers(&|paper| paper.screened),
        })
    }

    /// What the counts were when the result was published.
    pub(super) fn published(&self) -> Option<&Value> {
        self.result.as_ref().map(|result| &result["counts"])
    }
}

/// How many there are of each.
fn tally(words: impl Iterator<Item = String>) -> Value {
    let mut counted: BTreeMap<String, u64> = BTreeMap::new();
    for word in words {
        *counted.entry(word).or_default() += 1;
    }
    json!(counted)
}

/// All cases, after so many leaves.
pub(super) fn piles(leaves: &[Leaf]) -> BTreeMap<String, Pile> {
    let mut piles: BTreeMap<String, Pile> = BTreeMap::new();
    for leaf in leaves {
        let stream = leaf["stream"].as_str().unwrap();
        if let Some(case) = stream.strip_prefix("public_comment/") {
            piles.entry(case.to_owned()).or_default().put(leaf);
        }
    }
    piles
}

/// The statistics of a fiscal year, as GraphQL names them.
pub(super) fn statistics(piles: &BTreeMap<String, Pile>, year: i32) -> Value {
    let within = |day: &str| {
        let (of, rest) = day.split_once('-').unwrap();
        let of: i32 = of.parse().unwrap();
        (if rest < "04-01" { of - 1 } else { of }) == year
    };
    let cases = || piles.values();
    let exemptions = cases().filter_map(|pile| pile.exempted.as_ref());
    let exemptions = exemptions.filter(|(_, on)| !on.is_empty() && within(on));
    let results: Vec<_> = cases()
        .filter_map(|pile| pile.result.as_ref())
        .filter(|result| within(result["on"].as_str().unwrap()))
        .collect();
    let sum = |name: &str| {
        let counts = results.iter().map(|result| &result["counts"][name]);
        counts.map(|count| count.as_u64().unwrap()).sum::<u64>()
    };
    let changed = results
        .iter()
        .filter(|result| result["outcome"] == "adopted_with_changes");
    let on = |day: &Option<String>| day.as_deref().is_some_and(within);
    json!({
        "caseCount": cases().filter(|pile| on(&pile.opens_on)).count(),
        "exemptions": tally(exemptions.map(|(code, _)| code.to_uppercase())),
        "abandonedCount": cases().filter(|pile| on(&pile.abandoned_on)).count(),
        "resultCount": results.len(),
        "changedResultCount": changed.count(),
        "submissionCount": sum("submissionCount"),
        "itemCount": sum("itemCount"),
        "changedPolicyItemCount": sum("changedPolicyItemCount"),
    })
}

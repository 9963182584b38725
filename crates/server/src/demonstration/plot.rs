//! What the demonstration tells: a file for each case, with days counted from
//! today.

use serde::Deserialize;
use serde_json::{Value, json};

/// The files, in the order in which their cases are drafted on the same day.
const CASES: [&str; 12] = [
    include_str!("cases/parks.toml"),
    include_str!("cases/records.toml"),
    include_str!("cases/waste.toml"),
    include_str!("cases/pool.toml"),
    include_str!("cases/library.toml"),
    include_str!("cases/arcade.toml"),
    include_str!("cases/shelters.toml"),
    include_str!("cases/fees.toml"),
    include_str!("cases/cycling.toml"),
    include_str!("cases/street_trees.toml"),
    include_str!("cases/bridge.toml"),
    include_str!("cases/night_bus.toml"),
];

/// The document beside a draft that has one.
pub(super) const MATERIAL: &[u8] = include_bytes!("cases/material.pdf");

/// A case, from its draft to wherever it has come.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CasePlot {
    number: String,
    pub(super) title: Value,
    object_kind: String,
    legal_basis: String,
    bureau: String,
    contact: String,
    summary: Value,
    pub(super) passages: Vec<PassagePlot>,
    pub(super) drafted: i64,
    pub(super) revised: Option<RevisionPlot>,
    pub(super) material: Option<MaterialPlot>,
    pub(super) call: Option<CallPlot>,
    #[serde(default)]
    pub(super) opinions: Vec<OpinionPlot>,
    pub(super) review: Option<DayPlot>,
    #[serde(default)]
    pub(super) groups: Vec<GroupPlot>,
    #[serde(default)]
    pub(super) changes: Vec<ChangePlot>,
    pub(super) decided: Option<DayPlot>,
    pub(super) result: Option<ResultPlot>,
    pub(super) abandoned: Option<AbandonmentPlot>,
    pub(super) exempted: Option<ExemptionPlot>,
}

/// A passage of a draft.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PassagePlot {
    pub(super) key: String,
    heading: Option<String>,
    pub(super) text: String,
}

impl PassagePlot {
    pub(super) fn input(&self) -> Value {
        json!({"key": self.key, "heading": self.heading, "text": self.text})
    }
}

/// Another text of a passage, before publication.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RevisionPlot {
    pub(super) day: i64,
    pub(super) passage: String,
    pub(super) text: String,
}

/// A document beside the draft.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MaterialPlot {
    pub(super) title: Value,
    pub(super) file_name: String,
}

/// The call for opinions.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CallPlot {
    /// When it is published; on the first day of the period if absent.
    pub(super) published: Option<i64>,
    pub(super) opens: i64,
    pub(super) closes: i64,
    /// Why the period is shorter than the shortest.
    pub(super) shortened: Option<String>,
}

/// An opinion, and what becomes of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OpinionPlot {
    /// When it is sent, or, on paper, entered.
    pub(super) day: i64,
    /// The persona who sends it, if one does.
    pub(super) by: Option<String>,
    name: String,
    kind: Option<String>,
    ward: Option<String>,
    /// How it comes, if not on the web.
    pub(super) channel: Option<String>,
    pub(super) postmarked: Option<i64>,
    /// When it reaches the city, if not on the day on which it is entered.
    received: Option<i64>,
    pub(super) passage: Option<String>,
    pub(super) body: String,
    pub(super) replaced: Option<ReplacementPlot>,
    pub(super) withdrawn: Option<i64>,
    pub(super) hidden: Option<HidingPlot>,
    /// What is published in the place of a text that tells who wrote it.
    pub(super) redacted: Option<String>,
    #[serde(default)]
    pub(super) items: Vec<ItemPlot>,
}

/// Where made-up persons can be reached.
pub(super) const CONTACT: &str = "example@example.jp";

impl OpinionPlot {
    pub(super) fn submitter(&self) -> Value {
        json!({
            "kind": self.kind.as_deref().unwrap_or("INDIVIDUAL"),
            "name": self.name,
            "address": "（実演のための住所）",
            "contact": CONTACT,
            "wardCode": self.ward,
            "declaresCitizen": self.ward.is_some(),
        })
    }

    /// When it is sent or entered, and when it reached the city.
    pub(super) fn days(&self) -> (i64, i64) {
        let received = self.received.unwrap_or(self.day);
        (self.day.max(received), received)
    }

    /// The text as it stands in the end.
    pub(super) fn newest(&self) -> &str {
        self.replaced
            .as_ref()
            .map_or(&self.body, |replaced| &replaced.body)
    }
}

/// Another text in its place.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplacementPlot {
    pub(super) day: i64,
    pub(super) body: String,
}

/// That it is hidden from the page.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HidingPlot {
    pub(super) day: i64,
    pub(super) reason: String,
    pub(super) note: String,
    pub(super) appeal: Option<AppealPlot>,
}

/// That its submitter does not agree.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AppealPlot {
    pub(super) day: i64,
    pub(super) statement: String,
}

/// A point of an opinion, and its answer if there is one yet.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct ItemPlot {
    /// The words with which it begins in the text; the first begins with it.
    pub(super) begins: Option<String>,
    pub(super) summary: String,
    pub(super) group: Option<String>,
    #[serde(flatten)]
    pub(super) answer: AnswerPlot,
}

/// The city's answer.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct AnswerPlot {
    pub(super) category: Option<String>,
    pub(super) response: Option<String>,
    /// The change of the text that it leads to.
    pub(super) change: Option<String>,
}

/// Points of the same purpose.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct GroupPlot {
    pub(super) key: String,
    pub(super) title: String,
    #[serde(flatten)]
    pub(super) answer: AnswerPlot,
}

/// A passage of the final text that differs from the draft.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangePlot {
    pub(super) key: String,
    pub(super) passage: String,
    pub(super) text: String,
    pub(super) reason: String,
}

/// Something that happens on a day.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DayPlot {
    pub(super) day: i64,
}

/// The result.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResultPlot {
    pub(super) day: i64,
    pub(super) reasons: String,
}

/// That nothing comes of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AbandonmentPlot {
    pub(super) day: i64,
    pub(super) reason: String,
    pub(super) new_procedure: bool,
}

/// That no public comment is held.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExemptionPlot {
    pub(super) day: i64,
    pub(super) code: String,
    pub(super) reason: String,
    pub(super) published: i64,
}

impl CasePlot {
    /// All cases.
    pub(super) fn all() -> Result<Vec<Self>, toml::de::Error> {
        CASES.iter().map(|case| toml::from_str(case)).collect()
    }

    /// The draft, with these passages.
    pub(super) fn content(&self, passages: Vec<Value>, drafted_on: &str) -> Value {
        json!({
            "number": self.number,
            "title": self.title,
            "objectKind": self.object_kind,
            "legalBasis": self.legal_basis,
            "bureau": self.bureau,
            "contact": self.contact,
            "summary": self.summary,
            "passages": passages,
            "draftedOn": drafted_on,
        })
    }

    /// The change of this name.
    pub(super) fn change(&self, key: &str) -> Option<(usize, &ChangePlot)> {
        let mut changes = self.changes.iter().enumerate();
        changes.find(|(_, change)| change.key == key)
    }
}

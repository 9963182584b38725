//! The words of the institution, as the web client writes them down.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    pages::words::Sentence,
    public_comment::words::{
        Channel, HidingReason, Outcome, Phase, PolicyObjectKind, PostRule, SubmitterKind,
    },
};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PublicCommentWords {
    pub(crate) states: BTreeMap<Phase, String>,
    pub(crate) object_kinds: BTreeMap<PolicyObjectKind, String>,
    pub(crate) channels: BTreeMap<Channel, String>,
    pub(crate) submitter_kinds: BTreeMap<SubmitterKind, String>,
    pub(crate) outcomes: BTreeMap<Outcome, String>,
    pub(crate) events: BTreeMap<String, String>,
    pub(crate) hiding_reasons: BTreeMap<HidingReason, String>,
    pub(crate) home: HomeWords,
    pub(crate) search: SearchWords,
    pub(crate) case: CaseWords,
    pub(crate) result: ResultWords,
}

impl PublicCommentWords {
    /// What an event is called; by its kind where it has no name.
    pub(crate) fn event<'a>(&'a self, kind: &'a str) -> &'a str {
        let known = self.events.get(&kind.to_uppercase());
        known.map_or(kind, String::as_str)
    }
}

/// What something is called. Every value has its name: a test looks at all.
pub(crate) fn name_of<K: Ord>(names: &BTreeMap<K, String>, key: K) -> &str {
    names.get(&key).map_or("", String::as_str)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HomeWords {
    pub(crate) title: String,
    pub(crate) lead: String,
    pub(crate) soon: String,
    pub(crate) open: String,
    pub(crate) decided: String,
    pub(crate) nothing_open: String,
    pub(crate) nothing_decided: String,
    pub(crate) all: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct SearchWords {
    pub(crate) title: String,
    pub(crate) label: String,
    pub(crate) hint: String,
    pub(crate) button: String,
    pub(crate) state: String,
    pub(crate) any: String,
    pub(crate) found: Sentence,
    pub(crate) nothing: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CaseWords {
    pub(crate) number: String,
    pub(crate) kind: String,
    pub(crate) bureau: String,
    pub(crate) contact: String,
    pub(crate) legal_basis: String,
    pub(crate) period: String,
    pub(crate) period_of: Sentence,
    pub(crate) deadline: String,
    pub(crate) deadline_at: Sentence,
    pub(crate) days_left: Sentence,
    pub(crate) opens_in: Sentence,
    pub(crate) closed_on: Sentence,
    pub(crate) last_day: String,
    pub(crate) post_rule: BTreeMap<PostRule, String>,
    pub(crate) submit: String,
    pub(crate) result: String,
    pub(crate) draft: String,
    pub(crate) passage: Sentence,
    pub(crate) materials: String,
    pub(crate) no_materials: String,
    pub(crate) version: Sentence,
    pub(crate) corrected: String,
    pub(crate) how: String,
    pub(crate) channels: String,
    pub(crate) reading_places: String,
    pub(crate) publicity: String,
    pub(crate) result_method: String,
    pub(crate) timeline: String,
    pub(crate) count: Sentence,
    pub(crate) shortened: String,
    pub(crate) extended: Sentence,
    pub(crate) exempted: String,
    pub(crate) abandoned: String,
    pub(crate) new_procedure: String,
    pub(crate) no_new_procedure: String,
    pub(crate) before_opening: String,
    pub(crate) reason: String,
    pub(crate) follow: String,
    pub(crate) calendar: String,
    pub(crate) feed: String,
    pub(crate) ordinance: String,
    pub(crate) translation_note: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResultWords {
    pub(crate) other: String,
    pub(crate) title: String,
    pub(crate) outcome: String,
    pub(crate) published_on: String,
    pub(crate) submissions: String,
    pub(crate) items: String,
    pub(crate) submission_unit: Sentence,
    pub(crate) item_unit: Sentence,
    pub(crate) withdrawn: String,
    pub(crate) late: String,
    pub(crate) hidden: String,
    pub(crate) none: String,
    pub(crate) reasons: String,
    pub(crate) by_channel: String,
    pub(crate) by_category: String,
    pub(crate) by_ward: String,
    pub(crate) by_submitter_kind: String,
    pub(crate) suppressed: String,
    pub(crate) changes: String,
    pub(crate) no_changes: String,
    pub(crate) caused_by: Sentence,
    pub(crate) opinions: String,
    pub(crate) opinion: String,
    pub(crate) answer: String,
    pub(crate) similar: Sentence,
    pub(crate) hidden_because: Sentence,
    pub(crate) under_appeal: String,
    pub(crate) summaries_only: String,
    pub(crate) full_opinions_at: String,
    pub(crate) proof: String,
    pub(crate) download: String,
}

#[cfg(test)]
mod tests {
    use async_graphql::resolver_utils::EnumType;

    use super::*;
    use crate::pages::{locale::Locale, words::Words};

    fn all_named<K: EnumType + Ord>(names: &BTreeMap<K, String>) {
        for item in K::items() {
            assert!(!name_of(names, item.value).is_empty(), "{}", item.name);
        }
    }

    #[test]
    fn everything_has_a_name_in_every_language() {
        for locale in Locale::ALL {
            let words = &Words::of(locale).public_comment;
            all_named(&words.states);
            all_named(&words.object_kinds);
            all_named(&words.channels);
            all_named(&words.submitter_kinds);
            all_named(&words.outcomes);
            all_named(&words.hiding_reasons);
            all_named(&words.case.post_rule);
            assert_ne!(words.event("results_published"), "results_published");
        }
    }
}

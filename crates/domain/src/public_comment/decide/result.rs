//! The decision and the publication of the result.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::{
        CallState, CategoryCount, Channel, ChannelCount, DecidedChange, DecisionState, Event,
        ItemState, Mismatch, Outcome, Passage, PassageId, PublishResults, PublishedChange,
        PublishedResult, PublishedText, Refusal, ResultCounts, Stage, Standing, State,
        SubmissionState, keys_are_unique, result_document,
    },
    Context, Decision, call_at, has_come, limits,
};
use crate::{
    LegalDate, Sealed,
    ids::{OfficerId, SubmissionId},
};

fn mismatch<T>(mismatch: Mismatch) -> Result<T, Refusal> {
    Err(Refusal::CategoryDiffMismatch { mismatch })
}

/// How many of the erased submissions lack what the counts ask for. What was
/// split before the erasure is answered like any other.
fn erased_without(
    lacks: impl Fn(&SubmissionState) -> bool,
    erased: &[SubmissionId],
    state: &State,
) -> u32 {
    let erased: BTreeSet<_> = erased.iter().collect();
    let lacking = erased.into_iter().filter(|id| {
        let submission = state.submissions.get(id);
        submission.is_some_and(|one| one.standing == Standing::InTime && lacks(one))
    });
    u32::try_from(lacking.count()).unwrap_or(u32::MAX)
}

fn all_answered(erased: &[SubmissionId], state: &State) -> Result<(), Refusal> {
    let without_items = erased_without(|one| one.items.is_empty(), erased, state);
    let unitemized = state.counts.unitemized.saturating_sub(without_items);
    match (unitemized, state.counts.unanswered) {
        (0, 0) => Ok(()),
        (0, items) => Err(Refusal::UnansweredItems { items }),
        (submissions, _) => Err(Refusal::UnitemizedSubmissions { submissions }),
    }
}

pub(super) fn decide_policy(
    (outcome, decided_on, final_text, changes): (Outcome, LegalDate, &Sealed, &[DecidedChange]),
    erased: &[SubmissionId],
    decided_by: OfficerId,
    state: &State,
    context: Context,
) -> Decision {
    let call = call_at(state, &[Stage::UnderReview])?;
    all_answered(erased, state)?;
    has_come(decided_on, context.today())?;
    if decided_on <= call.closes_on {
        return Err(Refusal::DecidedBeforeClose {
            closed_on: call.closes_on,
        });
    }
    match outcome {
        Outcome::AdoptedWithChanges if changes.is_empty() => return mismatch(Mismatch::NoChanges),
        Outcome::AdoptedAsDrafted | Outcome::Withdrawn if !changes.is_empty() => {
            return mismatch(Mismatch::UnexpectedChanges);
        }
        Outcome::AdoptedAsDrafted if state.counts.changed_policy > 0 => {
            return mismatch(Mismatch::ChangedAnswers(state.counts.changed_policy));
        }
        _ => (),
    }
    limits::at_once(changes.len(), limits::CHANGES)?;
    let links = changes
        .iter()
        .map(|change| change.items.len() + change.groups.len());
    limits::at_once(links.sum(), limits::ITEMS)?;
    linked(outcome, changes, state)?;
    limits::fits_in_event(&changes)?;
    Ok(vec![Event::PolicyDecided {
        outcome,
        decided_on,
        final_text: final_text.clone(),
        changes: changes.to_vec(),
        decided_by,
    }])
}

/// Every change says which items caused it, and every item that changed the
/// policy leads to a change.
fn linked(outcome: Outcome, changes: &[DecidedChange], state: &State) -> Result<(), Refusal> {
    let mut known = BTreeSet::new();
    let mut items = BTreeSet::new();
    let mut groups = BTreeSet::new();
    for change in changes {
        if !known.insert(change.change) {
            return Err(Refusal::ChangeTwice {
                change: change.change,
            });
        }
        for id in &change.items {
            let item = state.items.get(id);
            let item = item.ok_or(Refusal::ItemUnknown { item: *id })?;
            if !has_changed_policy(item) {
                return mismatch(Mismatch::ChangeByUnchangedItem(*id));
            }
            items.insert(*id);
        }
        for id in &change.groups {
            let group = state.groups.get(id);
            let group = group.ok_or(Refusal::GroupUnknown { group: *id })?;
            let unchanged = group
                .items
                .iter()
                .find(|item| !state.items.get(item).is_some_and(has_changed_policy));
            if let Some(item) = unchanged {
                return mismatch(Mismatch::ChangeByUnchangedItem(*item));
            }
            groups.insert(*id);
        }
    }
    for (id, item) in &state.items {
        let Some(answer) = item.answer.as_ref().filter(|answer| answer.changed_policy) else {
            continue;
        };
        if let Some(change) = answer.changes.iter().find(|change| !known.contains(change)) {
            return mismatch(Mismatch::ChangeUnknown(*change));
        }
        let led_to_a_change = !answer.changes.is_empty()
            || items.contains(id)
            || item.group.is_some_and(|group| groups.contains(&group));
        if outcome == Outcome::AdoptedWithChanges && !led_to_a_change {
            return mismatch(Mismatch::ItemWithoutChange(*id));
        }
    }
    Ok(())
}

fn has_changed_policy(item: &ItemState) -> bool {
    item.answer
        .as_ref()
        .is_some_and(|answer| answer.changed_policy)
}

pub(super) fn publish(
    publish: &PublishResults,
    publisher: OfficerId,
    state: &State,
    context: Context,
) -> Decision {
    let call = call_at(state, &[Stage::Decided])?;
    let Some(decision) = state.decision.as_deref() else {
        return Err(Refusal::WrongStage { stage: state.stage });
    };
    if decision.decided_by == publisher {
        return Err(Refusal::SamePerson);
    }
    all_answered(&publish.erased, state)?;
    let unscreened = erased_without(|one| !one.screened, &publish.erased, state);
    let submissions = state.counts.unscreened.saturating_sub(unscreened);
    if submissions > 0 {
        return Err(Refusal::UnscreenedSubmissions { submissions });
    }
    limits::reason(&publish.reasons)?;
    let place = publish.full_opinions_at.as_deref().unwrap_or_default();
    limits::note(place)?;
    if publish.summaries_only && place.trim().is_empty() {
        return Err(Refusal::FullOpinionsPlaceRequired);
    }
    if !publish.as_decided || !keys_are_unique(&publish.final_passages) {
        return Err(Refusal::FinalTextDiffers);
    }
    let changes = published_changes(publish, call, decision)?;
    let mut result = PublishedResult {
        published_on: context.today(),
        outcome: decision.outcome,
        final_passages: vec![],
        changes: vec![],
        reasons: publish.reasons.clone(),
        no_submissions: state.counts.submissions() == 0,
        summaries_only: publish.summaries_only,
        full_opinions_at: publish.full_opinions_at.clone(),
        counts: counts(publish, state, call)?,
        publisher,
    };
    let taken = limits::bytes_of(&result);
    let mut parts = limits::parts(&publish.final_passages, &changes, taken)?.into_iter();
    (result.final_passages, result.changes) = parts.next().unwrap_or_default();
    let mut events = vec![Event::ResultsPublished(Box::new(result))];
    events.extend(
        parts.map(|(passages, changes)| Event::PublicationContinued {
            of: PublishedText::Final,
            passages,
            changes,
        }),
    );
    Ok(events)
}

/// The changes with their texts and reasons. Every passage that differs has a
/// change, and every change a passage that differs.
fn published_changes(
    publish: &PublishResults,
    call: &CallState,
    decision: &DecisionState,
) -> Result<Vec<PublishedChange>, Refusal> {
    let by_key = |passages: &'_ [Passage]| -> BTreeMap<PassageId, Passage> {
        let pairs = passages
            .iter()
            .map(|one| (one.passage.clone(), one.clone()));
        pairs.collect()
    };
    let (before, after) = (by_key(&call.passages), by_key(&publish.final_passages));
    if decision.outcome == Outcome::Withdrawn {
        // No policy is set, so there is no final text.
        return if after.is_empty() {
            Ok(vec![])
        } else {
            Err(Refusal::FinalTextDiffers)
        };
    }
    let differs = |key: &PassageId| before.get(key) != after.get(key);
    for key in before.keys().chain(after.keys()) {
        let named = decision.changes.iter().any(|change| change.passage == *key);
        if differs(key) && !named {
            return mismatch(Mismatch::PassageWithoutChange(key.0.clone()));
        }
    }
    let changes = decision.changes.iter().map(|change| {
        let key = &change.passage;
        if !differs(key) {
            return mismatch(Mismatch::PassageUnchanged(key.0.clone()));
        }
        let reason = publish
            .change_reasons
            .iter()
            .find(|given| given.change == change.change)
            .map(|given| &given.reason)
            .filter(|reason| !reason.text.trim().is_empty());
        let Some(reason) = reason else {
            return mismatch(Mismatch::ReasonMissing(change.change));
        };
        limits::remark(reason)?;
        Ok(PublishedChange {
            change: change.change,
            passage: key.clone(),
            before: before.get(key).map(|passage| passage.text.clone()),
            after: after.get(key).map(|passage| passage.text.clone()),
            reason: reason.text.clone(),
            items: change.items.clone(),
            groups: change.groups.clone(),
        })
    });
    changes.collect()
}

fn counts(
    publish: &PublishResults,
    state: &State,
    call: &CallState,
) -> Result<ResultCounts, Refusal> {
    let submissions = state.counts.submissions();
    let adds_up = |given: u64| {
        if given == u64::from(submissions) {
            Ok(())
        } else {
            Err(Refusal::CountsDiffer {
                given: u32::try_from(given).unwrap_or(u32::MAX),
                submissions,
            })
        }
    };
    let wards = publish
        .by_ward
        .iter()
        .map(|count| u64::from(count.submissions));
    adds_up(wards.sum())?;
    let kinds = publish.by_submitter_kind.iter();
    adds_up(kinds.map(|count| u64::from(count.submissions)).sum())?;
    let by_channel = Channel::ALL.iter().zip(state.counts.by_channel);
    let mut in_category = vec![0; call.categories.len()];
    for item in state.items.values() {
        let place = item
            .answer
            .as_ref()
            .map(|answer| usize::from(answer.category));
        if let Some(count) = place.and_then(|place| in_category.get_mut(place)) {
            *count += 1;
        }
    }
    let by_category = call.categories.iter().zip(in_category);
    Ok(ResultCounts {
        submissions,
        by_channel: by_channel
            .map(|(channel, submissions)| ChannelCount {
                channel: *channel,
                submissions,
            })
            .collect(),
        withdrawn: state.counts.withdrawn,
        late: state.counts.late,
        items: state.counts.items,
        by_category: by_category
            .map(|(category, items)| CategoryCount {
                category: category.code.clone(),
                items,
            })
            .collect(),
        changed_policy: state.counts.changed_policy,
        by_ward: result_document::merge_small_ward_counts(&publish.by_ward),
        by_submitter_kind: result_document::merge_small_kind_counts(&publish.by_submitter_kind),
    })
}

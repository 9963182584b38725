//! Going through the opinions: points, texts to publish, groups, answers.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::{
        CategoryMeaning, Event, ItemCut, Mismatch, OpinionItem, PublishedForm, Refusal,
        ResponseCategory, ScreenedForm, Screening, SealedText, Stage, Standing, State,
        SubmissionState, Target,
    },
    Context, Decision, at, call_at, limits, period,
};
use crate::{
    Checked,
    ids::{ChangeId, GroupId, ItemId, SubmissionId},
};

pub(super) fn start(state: &State, context: Context) -> Decision {
    match state.stage {
        Stage::UnderReview => Ok(vec![]),
        // The record of the end may still be on its way.
        Stage::Open => Ok(vec![
            period::closed(state, context)?,
            Event::ReviewStarted {},
        ]),
        _ => {
            at(state, &[Stage::Closed])?;
            Ok(vec![Event::ReviewStarted {}])
        }
    }
}

/// A submission that is to be answered.
fn in_time(id: SubmissionId, state: &State) -> Result<&SubmissionState, Refusal> {
    let known = state.submissions.get(&id);
    let known = known.ok_or(Refusal::SubmissionUnknown { submission: id })?;
    match known.standing {
        Standing::InTime => Ok(known),
        Standing::Late => Err(Refusal::SubmissionLate { submission: id }),
        Standing::Withdrawn => Err(Refusal::SubmissionWithdrawn { submission: id }),
    }
}

/// A text of the city's that will be published.
fn publishable(text: &Checked<SealedText>) -> Result<(), Refusal> {
    if text.text.chars == 0 {
        return Err(Refusal::TextEmpty);
    }
    limits::tells_nobody(text)
}

pub(super) fn itemize(id: SubmissionId, chars: u32, cuts: &[ItemCut], state: &State) -> Decision {
    at(state, &[Stage::UnderReview])?;
    let submission = in_time(id, state)?;
    if cuts.is_empty() {
        return Err(Refusal::ItemsRequired);
    }
    limits::at_once(cuts.len(), limits::CUTS)?;
    covered(chars, cuts)?;
    for item in &submission.items {
        ungrouped(*item, state)?;
    }
    let mut seen = BTreeSet::new();
    for cut in cuts {
        let elsewhere = state.items.get(&cut.item).map(|known| known.submission);
        if !seen.insert(cut.item) || elsewhere.is_some_and(|other| other != id) {
            return Err(Refusal::ItemTaken { item: cut.item });
        }
        publishable(&cut.summary)?;
    }
    let items = cuts.iter().map(|cut| OpinionItem {
        item: cut.item,
        summary: cut.summary.text.sealed.clone(),
        excerpt: cut.excerpt.clone(),
    });
    Ok(vec![Event::SubmissionItemized {
        submission: id,
        items: items.collect(),
    }])
}

/// No word of a citizen's is left without an answer.
fn covered(chars: u32, cuts: &[ItemCut]) -> Result<(), Refusal> {
    let mut spans = BTreeMap::new();
    for cut in cuts {
        if cut.spans.is_empty() {
            return Err(Refusal::SpanOutsideText { chars });
        }
        for (from, to) in &cut.spans {
            if from >= to || *to > chars {
                return Err(Refusal::SpanOutsideText { chars });
            }
            let furthest = spans.entry(*from).or_insert(*to);
            *furthest = (*furthest).max(*to);
        }
    }
    let mut reached = 0;
    for (from, to) in spans {
        if from > reached {
            return Err(Refusal::TextNotCovered {
                from: reached,
                to: from,
            });
        }
        reached = reached.max(to);
    }
    if reached < chars {
        return Err(Refusal::TextNotCovered {
            from: reached,
            to: chars,
        });
    }
    Ok(())
}

pub(super) fn screen(screenings: &[Screening], state: &State) -> Decision {
    at(state, &[Stage::Closed, Stage::UnderReview, Stage::Decided])?;
    limits::at_once(screenings.len(), limits::SCREENINGS)?;
    let screened = screenings.iter().map(|screening| {
        let submission = screening.submission;
        in_time(submission, state)?;
        let form = match &screening.form {
            ScreenedForm::AsSubmitted {
                repeats_personal_data: true,
            } => return Err(Refusal::RedactionRequired { submission }),
            ScreenedForm::AsSubmitted { .. } => PublishedForm::AsSubmitted,
            ScreenedForm::Redacted { text, reasons } => {
                if reasons.is_empty() {
                    return Err(Refusal::ReasonRequired);
                }
                if text.repeats_personal_data {
                    return Err(Refusal::RedactionRequired { submission });
                }
                let reasons: BTreeSet<_> = reasons.iter().copied().collect();
                PublishedForm::Redacted {
                    text: text.text.sealed.clone(),
                    reasons: reasons.into_iter().collect(),
                }
            }
        };
        Ok(Event::OpinionScreened { submission, form })
    });
    screened.collect()
}

/// An item that is in no group.
fn ungrouped(id: ItemId, state: &State) -> Result<(), Refusal> {
    match state.items.get(&id).map(|item| item.group) {
        Some(None) => Ok(()),
        Some(Some(group)) => Err(Refusal::ItemGrouped { item: id, group }),
        None => Err(Refusal::ItemUnknown { item: id }),
    }
}

/// Items named in a command, each once, none of them in a group.
fn named(items: &[ItemId], state: &State) -> Result<Vec<ItemId>, Refusal> {
    limits::at_once(items.len(), limits::ITEMS)?;
    let items: BTreeSet<_> = items.iter().copied().collect();
    if items.is_empty() {
        return Err(Refusal::ItemsRequired);
    }
    for item in &items {
        ungrouped(*item, state)?;
    }
    Ok(items.into_iter().collect())
}

pub(super) fn group(
    id: GroupId,
    items: &[ItemId],
    title: &Checked<SealedText>,
    state: &State,
) -> Decision {
    at(state, &[Stage::UnderReview])?;
    if items.is_empty() {
        return Err(Refusal::ItemsRequired);
    }
    let members = state.groups.get(&id).map(|group| &group.items);
    let inside = |item: &ItemId| members.is_some_and(|members| members.contains(item));
    let joining: Vec<_> = items.iter().copied().filter(|item| !inside(item)).collect();
    if joining.is_empty() {
        return Ok(vec![]);
    }
    let joining = named(&joining, state)?;
    for item in &joining {
        // Joining would replace the answer that somebody wrote.
        if state
            .items
            .get(item)
            .is_some_and(|item| item.answer.is_some())
        {
            return Err(Refusal::ItemAnswered { item: *item });
        }
    }
    publishable(title)?;
    Ok(vec![Event::ItemsGrouped {
        group: id,
        items: joining,
        title: title.text.sealed.clone(),
    }])
}

pub(super) fn ungroup(id: GroupId, state: &State) -> Decision {
    at(state, &[Stage::UnderReview])?;
    group_exists(id, state)?;
    Ok(vec![Event::ItemsUngrouped { group: id }])
}

fn group_exists(id: GroupId, state: &State) -> Result<(), Refusal> {
    if state.groups.contains_key(&id) {
        Ok(())
    } else {
        Err(Refusal::GroupUnknown { group: id })
    }
}

fn target_of(target: &Target, state: &State) -> Result<(Vec<ItemId>, Option<GroupId>), Refusal> {
    match target {
        Target::Items(items) => Ok((named(items, state)?, None)),
        Target::Group(group) => {
            group_exists(*group, state)?;
            Ok((vec![], Some(*group)))
        }
    }
}

pub(super) fn assign_response(
    target: &Target,
    (category, response, changed_policy, changes): (
        &ResponseCategory,
        &Checked<SealedText>,
        bool,
        &[ChangeId],
    ),
    state: &State,
) -> Decision {
    let call = call_at(state, &[Stage::UnderReview])?;
    let (items, group) = target_of(target, state)?;
    let known = call.categories.iter().find(|known| known.code == *category);
    let Some(known) = known else {
        return Err(Refusal::CategoryUnknown {
            category: category.clone(),
        });
    };
    publishable(response)?;
    let mismatch = |mismatch| Err(Refusal::CategoryDiffMismatch { mismatch });
    if (known.meaning == CategoryMeaning::Reflected) != changed_policy {
        return mismatch(Mismatch::CategoryAndChange);
    }
    if !changed_policy && !changes.is_empty() {
        return mismatch(Mismatch::ChangesWithoutChange);
    }
    limits::at_once(changes.len(), limits::CHANGES)?;
    Ok(vec![Event::ResponseAssigned {
        items,
        group,
        category: category.clone(),
        response: response.text.sealed.clone(),
        changed_policy,
        changes: changes.to_vec(),
    }])
}

pub(super) fn revoke_response(target: &Target, state: &State) -> Decision {
    at(state, &[Stage::UnderReview])?;
    let (items, group) = target_of(target, state)?;
    Ok(vec![Event::ResponseRevoked { items, group }])
}

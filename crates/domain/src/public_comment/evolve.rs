//! How each event changes what the rules remember. Total: an event that the
//! rules would not let happen today still reads.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    Answer, Call, CallState, Channel, DecisionState, Event, ExemptionState, GroupState, Hiding,
    ItemState, Opinion, OpinionItem, PublishedText, Stage, Standing, State, SubmissionState,
};
use crate::{
    calendar,
    ids::{GroupId, ItemId, SubmissionId},
};

pub(super) fn evolve(state: &mut State, event: &Event) {
    match event {
        Event::CaseDrafted {
            drafter, revision, ..
        }
        | Event::DraftRevised {
            drafter, revision, ..
        } => {
            state.stage = Stage::Drafting;
            state.draft.revision = *revision;
            state.draft.drafters.insert(*drafter);
        }
        Event::MaterialAttached {
            material, version, ..
        }
        | Event::MaterialAdded {
            material, version, ..
        } => {
            state.draft.materials.insert(*material, *version);
        }
        Event::ExemptionDeclared { code, .. } => {
            state.stage = Stage::Exempted;
            state.exemption = Some(ExemptionState {
                code: *code,
                published: false,
            });
        }
        Event::ExemptionPublished { code, .. } => {
            state.exemption = Some(ExemptionState {
                code: *code,
                published: true,
            });
        }
        Event::CasePublished(call) => {
            state.stage = Stage::Open;
            state.call = Some(Box::new(call_state(call)));
        }
        Event::PublicationContinued { of, passages, .. } => {
            if let (PublishedText::Draft, Some(call)) = (of, &mut state.call) {
                call.passages.extend_from_slice(passages);
            }
        }
        Event::PeriodShortened { .. } => {
            if let Some(call) = &mut state.call {
                let days = calendar::days_inclusive(call.opens_on, call.closes_on);
                call.min_period_days = u32::try_from(days).unwrap_or(0);
            }
        }
        Event::PeriodExtended { closes_on, .. } => {
            if let Some(call) = &mut state.call {
                call.closes_on = *closes_on;
            }
        }
        Event::MaterialCorrected {
            material,
            version,
            closes_on,
            ..
        } => {
            state.draft.materials.insert(*material, *version);
            if let Some(call) = &mut state.call {
                call.closes_on = *closes_on;
            }
        }
        Event::OpinionSubmitted(opinion) => {
            *state.channel_count(opinion.channel) += 1;
            state.counts.unitemized += 1;
            state.counts.unscreened += 1;
            state.remember(opinion, Standing::InTime);
        }
        Event::OpinionRegisteredLate { opinion, .. } => {
            state.counts.late += 1;
            state.remember(opinion, Standing::Late);
        }
        Event::OpinionReplaced { submission, .. } => {
            state.replace_items(*submission, &[]);
            state.screen(*submission, false);
        }
        Event::OpinionWithdrawn { submission } => state.withdraw(*submission),
        Event::CaseClosed { .. } => state.stage = Stage::Closed,
        Event::ReviewStarted {} => state.stage = Stage::UnderReview,
        Event::SubmissionItemized { submission, items } => state.replace_items(*submission, items),
        Event::OpinionScreened { submission, .. } => state.screen(*submission, true),
        Event::ItemsGrouped { group, items, .. } => state.group_items(*group, items),
        Event::ItemsUngrouped { group } => {
            let items = state.groups.remove(group).unwrap_or_default().items;
            for item in items {
                if let Some(item) = state.items.get_mut(&item) {
                    item.group = None;
                }
            }
        }
        Event::ResponseAssigned {
            items,
            group,
            category,
            changed_policy,
            changes,
            ..
        } => {
            let place = state.call.as_ref().and_then(|call| call.category(category));
            let answer = Arc::new(Answer {
                category: place.unwrap_or(u8::MAX),
                changed_policy: *changed_policy,
                changes: changes.clone().into(),
            });
            state.answer(items, *group, Some(&answer));
        }
        Event::ResponseRevoked { items, group } => state.answer(items, *group, None),
        Event::PolicyDecided {
            outcome,
            changes,
            decided_by,
            ..
        } => {
            state.stage = Stage::Decided;
            state.decision = Some(Box::new(DecisionState {
                outcome: *outcome,
                changes: changes.clone(),
                decided_by: *decided_by,
            }));
        }
        Event::ResultsPublished(_) => state.stage = Stage::ResultPublished,
        Event::OpinionHidden {
            submission,
            hidden_by,
            ..
        } => {
            let hidden = Hiding::Hidden { by: *hidden_by };
            state.hidings.insert(*submission, hidden);
        }
        Event::HidingAppealed { submission, .. } => {
            if let Hiding::Hidden { by } = state.hiding(*submission) {
                state.hidings.insert(*submission, Hiding::Appealed { by });
            }
        }
        Event::HidingReversed { submission, .. } => {
            let settled = match state.hiding(*submission) {
                Hiding::Appealed { .. } => Hiding::Restored,
                _ => Hiding::Shown,
            };
            state.hidings.insert(*submission, settled);
        }
        Event::HidingUpheld { submission, .. } => {
            state.hidings.insert(*submission, Hiding::Upheld);
        }
        Event::PublicationWithdrawn { text, .. } => {
            state.withdrawn_texts.insert(*text);
        }
        Event::CaseAbandoned { .. } => state.stage = Stage::Abandoned,
    }
}

fn call_state(call: &Call) -> CallState {
    CallState {
        ordinance: call.ordinance.clone(),
        title: call.content.title.clone(),
        drafted_on: call.content.drafted_on,
        opens_on: call.opens_on,
        closes_on: call.closes_on,
        min_period_days: call.min_period_days,
        channels: call.channels.clone(),
        post_rule: call.post_rule,
        categories: call.categories.clone(),
        passages: call.content.passages.clone(),
    }
}

impl State {
    fn channel_count(&mut self, channel: Channel) -> &mut u32 {
        let [web, email, fax, post, in_person] = &mut self.counts.by_channel;
        match channel {
            Channel::Web => web,
            Channel::Email => email,
            Channel::Fax => fax,
            Channel::Post => post,
            Channel::InPerson => in_person,
        }
    }

    fn remember(&mut self, opinion: &Opinion, standing: Standing) {
        self.submissions.insert(
            opinion.submission,
            SubmissionState {
                subject: opinion.subject,
                channel: opinion.channel,
                standing,
                screened: false,
                items: Box::default(),
            },
        );
    }

    fn withdraw(&mut self, id: SubmissionId) {
        self.replace_items(id, &[]);
        self.screen(id, false);
        let Some(submission) = self.submissions.get_mut(&id) else {
            return;
        };
        if submission.standing == Standing::InTime {
            submission.standing = Standing::Withdrawn;
            let channel = submission.channel;
            *self.channel_count(channel) -= 1;
            self.counts.withdrawn += 1;
            self.counts.unitemized -= 1;
            self.counts.unscreened -= 1;
        }
    }

    fn screen(&mut self, id: SubmissionId, screened: bool) {
        let Some(submission) = self.submissions.get_mut(&id) else {
            return;
        };
        if submission.standing == Standing::InTime && submission.screened != screened {
            submission.screened = screened;
            if screened {
                self.counts.unscreened -= 1;
            } else {
                self.counts.unscreened += 1;
            }
        }
    }

    /// Puts these items in the place of all that a submission had.
    fn replace_items(&mut self, id: SubmissionId, new: &[OpinionItem]) {
        let Some(submission) = self.submissions.get_mut(&id) else {
            return;
        };
        let new: Box<[ItemId]> = new.iter().map(|item| item.item).collect();
        if submission.standing == Standing::InTime {
            match (submission.items.is_empty(), new.is_empty()) {
                (true, false) => self.counts.unitemized -= 1,
                (false, true) => self.counts.unitemized += 1,
                _ => (),
            }
        }
        let old = std::mem::replace(&mut submission.items, new.clone());
        for item in old {
            self.forget_item(item);
        }
        for item in new {
            self.counts.items += 1;
            self.counts.unanswered += 1;
            self.items.insert(
                item,
                ItemState {
                    submission: id,
                    group: None,
                    answer: None,
                },
            );
        }
    }

    fn forget_item(&mut self, id: ItemId) {
        let Some(item) = self.items.remove(&id) else {
            return;
        };
        self.counts.items -= 1;
        match item.answer {
            None => self.counts.unanswered -= 1,
            Some(answer) if answer.changed_policy => self.counts.changed_policy -= 1,
            Some(_) => (),
        }
        if let Some(group) = item.group.and_then(|group| self.groups.get_mut(&group)) {
            group.items.remove(&id);
        }
    }

    fn group_items(&mut self, id: GroupId, items: &[ItemId]) {
        let group = self.groups.entry(id).or_default();
        let answer = group.answer.clone();
        group.items.extend(items);
        for item in items {
            self.answer_item(*item, answer.clone());
            if let Some(item) = self.items.get_mut(item) {
                item.group = Some(id);
            }
        }
    }

    fn answer(&mut self, items: &[ItemId], group: Option<GroupId>, answer: Option<&Arc<Answer>>) {
        for item in items {
            self.answer_item(*item, answer.cloned());
        }
        let Some(id) = group else { return };
        let Some(GroupState { items, .. }) = self.groups.get_mut(&id) else {
            return;
        };
        let items: BTreeSet<ItemId> = std::mem::take(items);
        for item in &items {
            self.answer_item(*item, answer.cloned());
        }
        self.groups.insert(
            id,
            GroupState {
                items,
                answer: answer.cloned(),
            },
        );
    }

    fn answer_item(&mut self, id: ItemId, answer: Option<Arc<Answer>>) {
        let Some(item) = self.items.get_mut(&id) else {
            return;
        };
        match &item.answer {
            None => self.counts.unanswered -= 1,
            Some(old) if old.changed_policy => self.counts.changed_policy -= 1,
            Some(_) => (),
        }
        match &answer {
            None => self.counts.unanswered += 1,
            Some(new) if new.changed_policy => self.counts.changed_policy += 1,
            Some(_) => (),
        }
        item.answer = answer;
    }
}

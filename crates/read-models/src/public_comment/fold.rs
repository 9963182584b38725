//! What each event means for what is read.

use std::sync::Arc;

use domain::{
    ids::{GroupId, ItemId, SubmissionId},
    public_comment::{Attachment, Event, Opinion, PublishedForm, PublishedText},
};
use imbl::{OrdSet, Vector};

use super::{
    Abandonment, Answer, Case, DecidedChange, Decision, Draft, Exemption, Extension, Form, Group,
    Hiding, Item, Late, Material, MaterialVersion, Milestone, Phase, Submission, TextVersion,
    case::PublishedExemption,
};
use crate::{TextRef, city::Fact, field};

type PublicCommentFact<'a> = Fact<'a, Event>;

impl PublicCommentFact<'_> {
    fn text(&self, field: impl Into<std::borrow::Cow<'static, str>>) -> TextRef {
        TextRef {
            position: self.position,
            event: self.metadata.event,
            field: field.into(),
        }
    }

    fn attachments(&self, attachments: &[Attachment]) -> Vec<(domain::ids::FileId, TextRef)> {
        attachments
            .iter()
            .enumerate()
            .map(|(index, attachment)| (attachment.file_id, self.text(field::attachment(index))))
            .collect()
    }
}

impl Case {
    pub(super) fn apply(&mut self, fact: &PublicCommentFact<'_>) {
        self.last_position = fact.position;
        match &fact.event {
            Event::OpinionSubmitted(opinion) => self.submitted(fact, opinion, None),
            Event::OpinionRegisteredLate {
                opinion,
                late_reason,
            } => self.submitted(
                fact,
                opinion,
                Some(Late {
                    reason: *late_reason,
                }),
            ),
            Event::OpinionReplaced { .. }
            | Event::OpinionWithdrawn { .. }
            | Event::OpinionScreened { .. }
            | Event::OpinionHidden { .. }
            | Event::HidingAppealed { .. }
            | Event::HidingReversed { .. }
            | Event::HidingUpheld { .. } => self.apply_to_submission(fact),
            Event::SubmissionItemized { .. }
            | Event::ItemsGrouped { .. }
            | Event::ItemsUngrouped { .. }
            | Event::ResponseAssigned { .. }
            | Event::ResponseRevoked { .. } => self.apply_to_items(fact),
            _ => {
                self.apply_to_case(fact);
                self.milestone(fact);
                if self.public_since.is_none() && self.is_public() {
                    self.public_since = Some(fact.position);
                }
            }
        }
    }

    fn milestone(&mut self, fact: &PublicCommentFact<'_>) {
        self.milestones.push_back(Milestone {
            kind: fact.kind.to_owned(),
            legal_date: fact.metadata.legal_date,
            recorded_at: fact.metadata.recorded_at,
            position: fact.position,
        });
    }

    fn apply_to_case(&mut self, fact: &PublicCommentFact<'_>) {
        let recorded_at = fact.metadata.recorded_at;
        match &fact.event {
            Event::CaseDrafted {
                drafter, revision, ..
            }
            | Event::DraftRevised {
                drafter, revision, ..
            } => self.drafts.push_back(Draft {
                revision: *revision,
                content: fact.text(field::CONTENT),
                drafter: *drafter,
                recorded_at,
            }),
            Event::MaterialAttached {
                material,
                version,
                file_id,
                ..
            } => self
                .attached
                .entry(*material)
                .or_default()
                .push_back(Material {
                    version: *version,
                    title: fact.text(field::TITLE),
                    file: fact.text(field::FILE),
                    file_id: *file_id,
                }),
            Event::ExemptionDeclared { code, .. } => {
                self.phase = Phase::Exempted;
                self.exemption = Some(Exemption {
                    code: *code,
                    sealed_reason: fact.text(field::REASON),
                    published: None,
                });
            }
            Event::ExemptionPublished {
                title,
                reason,
                policy_fixed_on,
                ..
            } => {
                if let Some(exemption) = &mut self.exemption {
                    exemption.published = Some(PublishedExemption {
                        title: title.clone(),
                        reason: reason.clone(),
                        policy_fixed_on: *policy_fixed_on,
                    });
                }
            }
            Event::CasePublished(call) => {
                self.phase = Phase::Open;
                self.published = Some((recorded_at, fact.position));
                self.closes_on = Some(call.closes_on);
                self.passages = call.content.passages.iter().cloned().collect();
                for material in &call.materials {
                    let attached = self.attached.get(&material.material).into_iter();
                    let attached = attached
                        .flatten()
                        .rfind(|version| version.file_id == material.file.file);
                    self.materials.insert(
                        material.material,
                        Vector::unit(MaterialVersion {
                            published: material.clone(),
                            file: attached.map(|version| version.file.clone()),
                            note: None,
                            substantive: false,
                            recorded_at,
                        }),
                    );
                }
                // Long texts are held once.
                let mut call = call.clone();
                call.content.passages.clear();
                self.call = Some(Arc::from(call));
            }
            Event::PublicationContinued {
                of,
                passages,
                changes,
            } => match of {
                PublishedText::Draft => self.passages.extend(passages.iter().cloned()),
                PublishedText::Final => {
                    self.final_passages.extend(passages.iter().cloned());
                    self.changes.extend(changes.iter().cloned());
                }
            },
            Event::PeriodShortened { reason } => self.shortened = Some(reason.clone()),
            Event::PeriodExtended { closes_on, reason } => {
                self.closes_on = Some(*closes_on);
                self.extensions.push_back(Extension {
                    closes_on: *closes_on,
                    reason: reason.clone(),
                    recorded_at,
                });
            }
            Event::MaterialAdded {
                material,
                version,
                title,
                file,
            } => self.published_material(fact, *material, *version, title, file, None, false),
            Event::MaterialCorrected {
                material,
                version,
                title,
                file,
                note,
                substantive,
                closes_on,
                ..
            } => {
                self.closes_on = Some(*closes_on);
                let note = Some(note.clone());
                self.published_material(fact, *material, *version, title, file, note, *substantive);
            }
            Event::CaseClosed { .. } => self.phase = Phase::Closed,
            Event::ReviewStarted {} => self.phase = Phase::UnderReview,
            Event::PolicyDecided {
                outcome,
                decided_on,
                changes,
                ..
            } => {
                self.phase = Phase::Decided;
                self.decision = Some(Decision {
                    outcome: *outcome,
                    decided_on: *decided_on,
                    final_text: fact.text(field::FINAL_TEXT),
                    changes: changes
                        .iter()
                        .enumerate()
                        .map(|(index, change)| DecidedChange {
                            id: change.change,
                            passage: change.passage.clone(),
                            text: fact.text(field::change(index)),
                            items: change.items.clone(),
                            groups: change.groups.clone(),
                        })
                        .collect(),
                });
            }
            Event::ResultsPublished(result) => {
                self.phase = Phase::ResultPublished;
                self.result_published = Some((recorded_at, fact.position));
                self.final_passages = result.final_passages.iter().cloned().collect();
                self.changes = result.changes.iter().cloned().collect();
                let mut result = result.clone();
                result.final_passages.clear();
                result.changes.clear();
                self.result = Some(Arc::from(result));
            }
            Event::PublicationWithdrawn { text, .. } => {
                self.taken_down.insert(*text);
            }
            Event::CaseAbandoned {
                title,
                drafted_on,
                reason,
                new_procedure,
            } => {
                self.phase = Phase::Abandoned;
                self.abandonment = Some(Abandonment {
                    title: title.clone(),
                    drafted_on: *drafted_on,
                    reason: reason.clone(),
                    new_procedure: *new_procedure,
                    recorded_at,
                });
            }
            _ => (),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "two events share these fields")]
    fn published_material(
        &mut self,
        fact: &PublicCommentFact<'_>,
        material: domain::ids::MaterialId,
        version: u32,
        title: &domain::Bilingual,
        file: &domain::public_comment::FileRef,
        note: Option<String>,
        substantive: bool,
    ) {
        self.materials
            .entry(material)
            .or_default()
            .push_back(MaterialVersion {
                published: domain::public_comment::PublishedMaterial {
                    material,
                    version,
                    title: title.clone(),
                    file: file.clone(),
                },
                file: Some(fact.text(field::FILE_DIGEST)),
                note,
                substantive,
                recorded_at: fact.metadata.recorded_at,
            });
    }

    fn submitted(&mut self, fact: &PublicCommentFact<'_>, opinion: &Opinion, late: Option<Late>) {
        let arrival = self.submissions.next_key();
        if late.is_some() {
            self.counts.late += 1;
        } else {
            self.counts.submissions += 1;
            *self.counts.by_channel.entry(opinion.channel).or_default() += 1;
        }
        self.arrival.insert(opinion.submission.0, arrival);
        let earlier = self.newest.get(opinion.subject.0);
        self.newest.insert(opinion.subject.0, arrival);
        self.submissions.push(Submission {
            id: opinion.submission,
            arrival,
            subject: opinion.subject,
            earlier,
            channel: opinion.channel,
            received_on: opinion.received_on,
            postmarked_on: opinion.postmarked_on,
            recorded_at: fact.metadata.recorded_at,
            position: fact.position,
            submitter: fact.text(field::SUBMITTER),
            claim: fact.text(field::CLAIM),
            versions: vec![TextVersion {
                body: fact.text(field::BODY),
                passage: opinion.passage.as_ref().map(|_| fact.text(field::PASSAGE)),
                attachments: fact.attachments(&opinion.attachments),
                recorded_at: fact.metadata.recorded_at,
            }],
            late,
            withdrawn: None,
            form: None,
            hiding: None,
            items: Vec::new(),
            entered_from_paper: opinion.entered_by.is_some(),
            trail: vec![fact.position],
        });
    }

    fn apply_to_submission(&mut self, fact: &PublicCommentFact<'_>) {
        let Some(id) = submission_of(&fact.event) else {
            return;
        };
        let Some(arrival) = self.arrival.get(id.0) else {
            return;
        };
        let Some(submission) = self.submissions.get_mut(&arrival).map(Arc::make_mut) else {
            return;
        };
        submission.trail.push(fact.position);
        match &fact.event {
            Event::OpinionReplaced {
                passage,
                attachments,
                ..
            } => submission.versions.push(TextVersion {
                body: fact.text(field::BODY),
                passage: passage.as_ref().map(|_| fact.text(field::PASSAGE)),
                attachments: fact.attachments(attachments),
                recorded_at: fact.metadata.recorded_at,
            }),
            Event::OpinionWithdrawn { .. } => {
                if submission.counts() {
                    self.counts.submissions -= 1;
                    if let Some(count) = self.counts.by_channel.get_mut(&submission.channel) {
                        *count -= 1;
                    }
                }
                self.counts.withdrawn += 1;
                submission.withdrawn = Some(fact.metadata.recorded_at);
            }
            Event::OpinionScreened { form, .. } => {
                if submission.form.is_none() {
                    self.counts.screened += 1;
                }
                submission.form = Some(match form {
                    PublishedForm::AsSubmitted => Form::AsSubmitted,
                    PublishedForm::Redacted { reasons, .. } => Form::Redacted {
                        text: fact.text(field::REDACTED),
                        reasons: reasons.clone(),
                    },
                });
            }
            Event::OpinionHidden { reason, note, .. } => {
                if !submission.is_hidden() {
                    self.counts.hidden += 1;
                }
                submission.hiding = Some(Hiding {
                    reason: *reason,
                    note: note.clone(),
                    hidden_at: fact.metadata.recorded_at,
                    appeal: None,
                    decided: None,
                });
            }
            Event::HidingAppealed { .. } => {
                if let Some(hiding) = &mut submission.hiding {
                    hiding.appeal = Some(fact.text(field::STATEMENT));
                }
            }
            Event::HidingReversed { reason, .. } => {
                if submission.is_hidden() {
                    self.counts.hidden -= 1;
                }
                if let Some(hiding) = &mut submission.hiding {
                    hiding.decided = Some((false, reason.clone()));
                }
            }
            Event::HidingUpheld { reason, .. } => {
                if let Some(hiding) = &mut submission.hiding {
                    hiding.decided = Some((true, reason.clone()));
                }
            }
            _ => (),
        }
    }

    fn apply_to_items(&mut self, fact: &PublicCommentFact<'_>) {
        match &fact.event {
            Event::SubmissionItemized { submission, items } => {
                self.remove_items(*submission);
                let Some(arrival) = self.arrival.get(submission.0) else {
                    return;
                };
                let Some(owner) = self.submissions.get_mut(&arrival).map(Arc::make_mut) else {
                    return;
                };
                owner.items = items.iter().map(|item| item.item).collect();
                owner.trail.push(fact.position);
                self.counts.itemized += 1;
                for (index, item) in items.iter().enumerate() {
                    let order = self.items.next_key();
                    self.counts.items += 1;
                    self.item_order.insert(item.item.0, order);
                    self.items.push(Item {
                        id: item.item,
                        order,
                        submission: *submission,
                        summary: fact.text(field::summary(index)),
                        excerpt: fact.text(field::excerpt(index)),
                        group: None,
                        answer: None,
                    });
                }
            }
            Event::ItemsGrouped { group, items, .. } => {
                let joined = self.groups.entry(*group).or_insert_with(|| Group {
                    id: *group,
                    title: fact.text(field::TITLE),
                    items: OrdSet::new(),
                    answer: None,
                });
                joined.title = fact.text(field::TITLE);
                let answer = joined.answer.clone();
                for id in items {
                    self.join(*id, *group);
                    if let Some(answer) = &answer {
                        self.answer(*id, Some(answer.clone()));
                    }
                }
            }
            Event::ItemsUngrouped { group } => {
                let Some(parted) = self.groups.remove(group) else {
                    return;
                };
                for order in parted.items {
                    if let Some(item) = self.items.get_mut(&order).map(Arc::make_mut) {
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
                let answer = Answer {
                    category: category.clone(),
                    response: fact.text(field::RESPONSE),
                    changed_policy: *changed_policy,
                    changes: changes.clone(),
                    recorded_at: fact.metadata.recorded_at,
                };
                self.answer_all(items, *group, Some(&answer));
            }
            Event::ResponseRevoked { items, group } => self.answer_all(items, *group, None),
            _ => (),
        }
    }

    fn join(&mut self, id: ItemId, group: GroupId) {
        let Some(order) = self.item_order.get(id.0) else {
            return;
        };
        let Some(item) = self.items.get_mut(&order).map(Arc::make_mut) else {
            return;
        };
        let left = item.group.replace(group);
        if let Some(left) = left.filter(|left| *left != group)
            && let Some(left) = self.groups.get_mut(&left)
        {
            left.items.remove(&order);
        }
        if let Some(joined) = self.groups.get_mut(&group) {
            joined.items.insert(order);
        }
    }

    fn answer_all(&mut self, items: &[ItemId], group: Option<GroupId>, answer: Option<&Answer>) {
        for id in items {
            self.answer(*id, answer.cloned());
        }
        let Some(group) = group.and_then(|group| self.groups.get_mut(&group)) else {
            return;
        };
        group.answer = answer.cloned();
        let members: Vec<_> = group.items.iter().copied().collect();
        for order in members {
            if let Some(id) = self.items.get(&order).map(|item| item.id) {
                self.answer(id, answer.cloned());
            }
        }
    }

    fn answer(&mut self, id: ItemId, answer: Option<Answer>) {
        let Some(order) = self.item_order.get(id.0) else {
            return;
        };
        let Some(item) = self.items.get_mut(&order).map(Arc::make_mut) else {
            return;
        };
        let before = std::mem::replace(&mut item.answer, answer);
        let after = item.answer.clone();
        self.count_answer(before.as_ref(), false);
        self.count_answer(after.as_ref(), true);
    }

    fn count_answer(&mut self, answer: Option<&Answer>, added: bool) {
        let Some(answer) = answer else { return };
        let change = |count: &mut u32| {
            *count = if added {
                *count + 1
            } else {
                count.saturating_sub(1)
            };
        };
        change(&mut self.counts.answered);
        change(
            self.counts
                .by_category
                .entry(answer.category.clone())
                .or_default(),
        );
        if answer.changed_policy {
            change(&mut self.counts.changed_policy);
        }
    }

    /// A submission that is split again loses its earlier items and their
    /// answers.
    fn remove_items(&mut self, submission: SubmissionId) {
        let Some(arrival) = self.arrival.get(submission.0) else {
            return;
        };
        let Some(owner) = self.submissions.get_mut(&arrival).map(Arc::make_mut) else {
            return;
        };
        let void = std::mem::take(&mut owner.items);
        if !void.is_empty() {
            self.counts.itemized -= 1;
        }
        for id in void {
            let Some(order) = self.item_order.get(id.0) else {
                continue;
            };
            let Some(item) = self.items.remove(&order) else {
                continue;
            };
            self.counts.items -= 1;
            self.count_answer(item.answer.as_ref(), false);
            if let Some(group) = item.group.and_then(|group| self.groups.get_mut(&group)) {
                group.items.remove(&order);
            }
        }
    }
}

fn submission_of(event: &Event) -> Option<SubmissionId> {
    match event {
        Event::OpinionReplaced { submission, .. }
        | Event::OpinionWithdrawn { submission }
        | Event::OpinionScreened { submission, .. }
        | Event::OpinionHidden { submission, .. }
        | Event::HidingAppealed { submission, .. }
        | Event::HidingReversed { submission, .. }
        | Event::HidingUpheld { submission, .. } => Some(*submission),
        _ => None,
    }
}

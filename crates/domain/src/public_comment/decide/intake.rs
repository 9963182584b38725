//! Opinions come in, are replaced and taken back. None is turned down for what
//! it says, and ten thousand alike are ten thousand.

use super::{
    super::{
        CallState, Channel, Event, LateReason, Opinion, OpinionText, PostRule, Refusal, Stage,
        Standing, State, SubmissionState, SubmitterFacts, WhoMayComment,
    },
    Context, Decision, call_at, call_not_over, has_come, limits,
};
use crate::{ActorId, LegalDate, ids::SubmissionId};

/// Takes an opinion. `opinion.counted_on` is settled here.
pub(super) fn take(
    opinion: Opinion,
    facts: SubmitterFacts,
    text: &OpinionText,
    state: &State,
    context: Context,
) -> Decision {
    // A retry of what went through asks for nothing new, also when the period
    // has ended in the meantime.
    match state.submissions.get(&opinion.submission) {
        Some(known) if known.subject == opinion.subject => return Ok(vec![]),
        Some(_) => {
            return Err(Refusal::SubmissionTaken {
                submission: opinion.submission,
            });
        }
        None => (),
    }
    let call = call_taking_opinions(state, opinion.entered_by.is_some())?;
    days_agree(&opinion, context.today())?;
    if opinion.received_on < call.opens_on {
        return Err(Refusal::NotYetOpen {
            opens_on: call.opens_on,
        });
    }
    if !call.channels.contains(&opinion.channel) {
        return Err(Refusal::ChannelNotOffered {
            channel: opinion.channel,
        });
    }
    submitter_may_comment(facts, context)?;
    says_something(text)?;
    Ok(vec![recorded(opinion, call, state.stage)])
}

/// After the decision nobody can be heard any more; what still comes on paper
/// is kept.
fn call_taking_opinions(state: &State, on_paper: bool) -> Result<&CallState, Refusal> {
    let before_decision = [Stage::Open, Stage::Closed, Stage::UnderReview];
    let after_decision = [Stage::Decided, Stage::ResultPublished];
    match call_at(state, &after_decision) {
        Ok(call) if on_paper => Ok(call),
        Ok(call) => Err(Refusal::PeriodOver {
            closed_on: call.closes_on,
        }),
        Err(_) => call_at(state, &before_decision),
    }
}

fn days_agree(opinion: &Opinion, today: LegalDate) -> Result<(), Refusal> {
    has_come(opinion.received_on, today)?;
    match opinion.postmarked_on {
        Some(_) if opinion.channel != Channel::Post => Err(Refusal::PostmarkWithoutPost),
        Some(postmark) if postmark > opinion.received_on => Err(Refusal::PostmarkAfterReceipt),
        _ => Ok(()),
    }
}

fn submitter_may_comment(facts: SubmitterFacts, context: Context) -> Result<(), Refusal> {
    let ordinance = &context.ordinance.parameters;
    if ordinance.name_required && !facts.named {
        return Err(Refusal::NameRequired);
    }
    match ordinance.who_may_comment {
        WhoMayComment::Citizens if !facts.declares_citizen => Err(Refusal::CitizensOnly),
        WhoMayComment::Citizens | WhoMayComment::Anyone => Ok(()),
    }
}

fn says_something(text: &OpinionText) -> Result<(), Refusal> {
    if text.body.chars == 0 {
        return Err(Refusal::OpinionEmpty);
    }
    limits::at_once(text.attachments.len(), limits::ATTACHMENTS)
}

/// In time or late: by the day of the postmark, where that counts, else by the
/// day of receipt. The day of entry plays no part.
fn recorded(opinion: Opinion, call: &CallState, stage: Stage) -> Event {
    let counted_on = match call.post_rule {
        PostRule::Postmark => opinion.postmarked_on.unwrap_or(opinion.received_on),
        PostRule::Arrival => opinion.received_on,
    };
    let opinion = Box::new(Opinion {
        counted_on,
        ..opinion
    });
    let late_reason = if counted_on > call.closes_on {
        Some(LateReason::AfterDeadline)
    } else if matches!(stage, Stage::Decided | Stage::ResultPublished) {
        Some(LateReason::AfterDecision)
    } else {
        None
    };
    match late_reason {
        None => Event::OpinionSubmitted(opinion),
        Some(late_reason) => Event::OpinionRegisteredLate {
            opinion,
            late_reason,
        },
    }
}

/// A submission of whoever asks; an operator acts at the submitter's wish.
pub(super) fn own<'a>(
    id: SubmissionId,
    state: &'a State,
    context: Context,
) -> Result<&'a SubmissionState, Refusal> {
    if state.stage == Stage::Unknown {
        return Err(Refusal::CaseUnknown);
    }
    let submission = state.submissions.get(&id);
    let submission = submission.ok_or(Refusal::SubmissionUnknown { submission: id })?;
    match context.actor.id {
        ActorId::Subject(subject) if subject != submission.subject => {
            Err(Refusal::NotYourSubmission)
        }
        _ => Ok(submission),
    }
}

pub(super) fn replace(
    id: SubmissionId,
    text: &OpinionText,
    state: &State,
    context: Context,
) -> Decision {
    let submission = own(id, state, context)?;
    call_not_over(state, context.today())?;
    if submission.standing == Standing::Withdrawn {
        return Err(Refusal::SubmissionWithdrawn { submission: id });
    }
    says_something(text)?;
    Ok(vec![Event::OpinionReplaced {
        submission: id,
        passage: text.passage.clone(),
        body: text.body.sealed.clone(),
        attachments: text.attachments.clone(),
    }])
}

pub(super) fn withdraw(id: SubmissionId, state: &State, context: Context) -> Decision {
    let submission = own(id, state, context)?;
    if submission.standing == Standing::Withdrawn {
        return Ok(vec![]);
    }
    call_not_over(state, context.today())?;
    Ok(vec![Event::OpinionWithdrawn { submission: id }])
}

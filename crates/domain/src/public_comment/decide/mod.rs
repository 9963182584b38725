//! What may happen next, a file a stage. Each rule is one early return.

mod drafting;
mod ending;
mod intake;
mod limits;
mod moderation;
mod period;
mod permit;
mod result;
mod review;

use super::{CallState, Channel, Command, Event, Opinion, Ordinance, Refusal, Stage, State};
use crate::{Circumstances, LegalDate, ordinance::InForce};

type Context<'a> = &'a Circumstances<InForce<Ordinance>>;
type Decision = Result<Vec<Event>, Refusal>;

pub(super) fn decide(command: &Command, state: &State, context: Context) -> Decision {
    // Who may not do a thing learns nothing else about it.
    permit::permit(command, context)?;
    if let Some(call) = &state.call
        && call.ordinance != context.ordinance.version
    {
        return Err(Refusal::OrdinanceDiffers {
            pinned: call.ordinance.clone(),
        });
    }
    let officer = || permit::officer(command, context);
    match command {
        Command::DraftCase { content, missing } => {
            drafting::draft(content, missing, officer()?, state)
        }
        Command::ReviseDraft {
            revision,
            content,
            missing,
        } => drafting::revise(*revision, content, missing, officer()?, state),
        Command::AttachMaterial {
            material,
            title,
            file,
            file_id,
        } => drafting::attach_material(*material, title, file, *file_id, state),
        Command::PublishCase(publish) => drafting::publish(publish, officer()?, state, context),
        Command::DeclareExemption { code, reason } => {
            ending::declare_exemption(*code, reason, state, context)
        }
        Command::PublishExemption {
            title,
            reason,
            policy_fixed_on,
        } => ending::publish_exemption(title, reason, *policy_fixed_on, state, context),
        Command::AbandonCase {
            title,
            drafted_on,
            reason,
            new_procedure,
        } => ending::abandon(title, *drafted_on, reason, *new_procedure, state),
        Command::ExtendPeriod { closes_on, reason } => {
            period::extend(*closes_on, reason, state, context)
        }
        Command::AddMaterial {
            material,
            title,
            file,
        } => period::add_material(*material, title, file, state, context),
        Command::CorrectMaterial {
            material,
            title,
            file,
            note,
            substantive,
        } => {
            let corrected = (*material, title, file);
            period::correct_material(corrected, note, *substantive, state, context)
        }
        Command::CloseCase => period::close(state, context),
        Command::SubmitOpinion {
            submission,
            submitter,
            facts,
            claim,
            text,
        } => {
            let opinion = Opinion {
                submission: *submission,
                subject: permit::subject(command, context)?,
                channel: Channel::Web,
                received_on: context.today(),
                postmarked_on: None,
                counted_on: context.today(),
                passage: text.passage.clone(),
                body: text.body.sealed.clone(),
                submitter: submitter.clone(),
                claim: claim.clone(),
                attachments: text.attachments.clone(),
                entered_by: None,
            };
            intake::take(opinion, *facts, text, state, context)
        }
        Command::EnterOpinion {
            submission,
            subject,
            channel,
            received_on,
            postmarked_on,
            submitter,
            facts,
            claim,
            text,
        } => {
            let opinion = Opinion {
                submission: *submission,
                subject: *subject,
                channel: *channel,
                received_on: *received_on,
                postmarked_on: *postmarked_on,
                counted_on: *received_on,
                passage: text.passage.clone(),
                body: text.body.sealed.clone(),
                submitter: submitter.clone(),
                claim: claim.clone(),
                attachments: text.attachments.clone(),
                entered_by: Some(officer()?),
            };
            intake::take(opinion, *facts, text, state, context)
        }
        Command::ReplaceOpinion { submission, text } => {
            intake::replace(*submission, text, state, context)
        }
        Command::WithdrawOpinion { submission } => intake::withdraw(*submission, state, context),
        Command::StartReview => review::start(state, context),
        Command::ItemizeSubmission {
            submission,
            chars,
            items,
        } => review::itemize(*submission, *chars, items, state),
        Command::ScreenOpinions { screenings } => review::screen(screenings, state),
        Command::GroupItems {
            group,
            items,
            title,
        } => review::group(*group, items, title, state),
        Command::UngroupItems { group } => review::ungroup(*group, state),
        Command::AssignResponse {
            target,
            category,
            response,
            changed_policy,
            changes,
        } => {
            let answer = (category, response, *changed_policy, changes.as_slice());
            review::assign_response(target, answer, state)
        }
        Command::RevokeResponse { target } => review::revoke_response(target, state),
        Command::DecidePolicy {
            outcome,
            decided_on,
            final_text,
            changes,
            erased,
        } => result::decide_policy(
            (*outcome, *decided_on, final_text, changes.as_slice()),
            erased,
            officer()?,
            state,
            context,
        ),
        Command::PublishResults(publish) => result::publish(publish, officer()?, state, context),
        Command::HideOpinion {
            submission,
            reason,
            note,
        } => moderation::hide(*submission, *reason, note.as_ref(), officer()?, state),
        Command::AppealHiding {
            submission,
            statement,
        } => moderation::appeal(*submission, statement, state, context),
        Command::ReverseHiding { submission, reason } => {
            moderation::reverse(*submission, reason, officer()?, state)
        }
        Command::UpholdHiding { submission, reason } => {
            moderation::uphold(*submission, reason, officer()?, state)
        }
        Command::WithdrawPublication {
            text,
            legal_basis,
            decision_no,
        } => moderation::withdraw_publication(*text, legal_basis, decision_no, state),
    }
}

fn at(state: &State, stages: &[Stage]) -> Result<(), Refusal> {
    if stages.contains(&state.stage) {
        Ok(())
    } else if state.stage == Stage::Unknown {
        Err(Refusal::CaseUnknown)
    } else {
        Err(Refusal::WrongStage { stage: state.stage })
    }
}

/// The call of a case at one of these stages.
fn call_at<'a>(state: &'a State, stages: &[Stage]) -> Result<&'a CallState, Refusal> {
    at(state, stages)?;
    let call = state.call.as_deref();
    call.ok_or(Refusal::WrongStage { stage: state.stage })
}

/// The call of a case whose period is not over today.
fn call_not_over(state: &State, today: LegalDate) -> Result<&CallState, Refusal> {
    let published = [
        Stage::Open,
        Stage::Closed,
        Stage::UnderReview,
        Stage::Decided,
        Stage::ResultPublished,
    ];
    let call = call_at(state, &published)?;
    if state.stage == Stage::Open && today <= call.closes_on {
        Ok(call)
    } else {
        Err(Refusal::PeriodOver {
            closed_on: call.closes_on,
        })
    }
}

/// A day that must have come.
fn has_come(day: LegalDate, today: LegalDate) -> Result<(), Refusal> {
    if day <= today {
        Ok(())
    } else {
        Err(Refusal::DayNotCome { day })
    }
}

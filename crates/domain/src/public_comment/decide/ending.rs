//! The ends without a result: no public comment, or no policy.

use super::{
    super::{Event, ExemptionReason, Refusal, SealedText, Stage, State},
    Context, Decision, at, has_come, limits,
};
use crate::{Bilingual, LegalDate};

pub(super) fn declare_exemption(
    code: Option<ExemptionReason>,
    reason: &SealedText,
    state: &State,
    context: Context,
) -> Decision {
    at(state, &[Stage::Drafting])?;
    let Some(code) = code.filter(|_| reason.chars > 0) else {
        return Err(Refusal::ExemptionReasonRequired);
    };
    if !context.ordinance.parameters.exemptions.contains(&code) {
        return Err(Refusal::ExemptionNotAllowed);
    }
    Ok(vec![Event::ExemptionDeclared {
        code,
        reason: reason.sealed.clone(),
    }])
}

pub(super) fn publish_exemption(
    title: &Bilingual,
    reason: &str,
    policy_fixed_on: LegalDate,
    state: &State,
    context: Context,
) -> Decision {
    at(state, &[Stage::Exempted])?;
    let Some(exemption) = state.exemption.filter(|exemption| !exemption.published) else {
        return Ok(vec![]);
    };
    if reason.trim().is_empty() {
        return Err(Refusal::ExemptionReasonRequired);
    }
    limits::note(reason)?;
    limits::title(title)?;
    has_come(policy_fixed_on, context.today())?;
    Ok(vec![Event::ExemptionPublished {
        title: title.clone(),
        code: exemption.code,
        reason: reason.to_owned(),
        policy_fixed_on,
    }])
}

/// Administrative Procedure Act, art. 43(4): that no policy is set is published
/// with the title, the date of the draft, and whether a new procedure follows.
pub(super) fn abandon(
    title: &Bilingual,
    drafted_on: LegalDate,
    reason: &str,
    new_procedure: bool,
    state: &State,
) -> Decision {
    let before_decision = [
        Stage::Drafting,
        Stage::Open,
        Stage::Closed,
        Stage::UnderReview,
    ];
    at(state, &before_decision)?;
    limits::title(title)?;
    limits::reason(reason)?;
    if let Some(call) = &state.call
        && (call.title != *title || call.drafted_on != drafted_on)
    {
        return Err(Refusal::DraftMisnamed {
            title: call.title.clone(),
            drafted_on: call.drafted_on,
        });
    }
    Ok(vec![Event::CaseAbandoned {
        title: title.clone(),
        drafted_on,
        reason: reason.to_owned(),
        new_procedure,
    }])
}

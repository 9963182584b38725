//! While the period runs, and its end.

use super::{
    super::{Event, FileRef, Refusal, Stage, State},
    Context, Decision, at, call_at, call_not_over, limits,
};
use crate::{Bilingual, LegalDate, calendar, ids::MaterialId};

pub(super) fn extend(
    closes_on: LegalDate,
    reason: &str,
    state: &State,
    context: Context,
) -> Decision {
    let call = call_not_over(state, context.today())?;
    let closes_on = last_day(closes_on, context);
    if closes_on <= call.closes_on {
        return Err(Refusal::NotAnExtension {
            closes_on: call.closes_on,
        });
    }
    limits::reason(reason)?;
    Ok(vec![Event::PeriodExtended {
        closes_on,
        reason: reason.to_owned(),
    }])
}

pub(super) fn add_material(
    material: MaterialId,
    title: &Bilingual,
    file: &FileRef,
    state: &State,
    context: Context,
) -> Decision {
    call_not_over(state, context.today())?;
    if state.draft.materials.contains_key(&material) {
        return Err(Refusal::MaterialExists { material });
    }
    limits::title(title)?;
    limits::note(&file.name)?;
    Ok(vec![Event::MaterialAdded {
        material,
        version: 1,
        title: title.clone(),
        file: file.clone(),
    }])
}

pub(super) fn correct_material(
    (material, title, file): (MaterialId, &Bilingual, &FileRef),
    note: &str,
    substantive: bool,
    state: &State,
    context: Context,
) -> Decision {
    let correction_on = context.today();
    let call = call_not_over(state, correction_on)?;
    let Some(version) = state.draft.materials.get(&material) else {
        return Err(Refusal::MaterialUnknown { material });
    };
    limits::title(title)?;
    limits::reason(note)?;
    limits::note(&file.name)?;
    let restarted = correction_on
        .max(call.opens_on)
        .plus_days(i64::from(call.min_period_days) - 1)
        .filter(|_| substantive)
        .map(|last| last_day(last, context));
    Ok(vec![Event::MaterialCorrected {
        material,
        version: version + 1,
        title: title.clone(),
        file: file.clone(),
        note: note.to_owned(),
        substantive,
        // A correction never shortens what was announced.
        closes_on: restarted.map_or(call.closes_on, |last| last.max(call.closes_on)),
        correction_on,
    }])
}

fn last_day(day: LegalDate, context: Context) -> LegalDate {
    if context.ordinance.parameters.deadline_rolls_over {
        calendar::rolled_over(day)
    } else {
        day
    }
}

/// Records the end of the period. Nothing depends on its being punctual.
pub(super) fn close(state: &State, context: Context) -> Decision {
    let closed_already = [
        Stage::Closed,
        Stage::UnderReview,
        Stage::Decided,
        Stage::ResultPublished,
        Stage::Abandoned,
    ];
    if at(state, &closed_already).is_ok() {
        return Ok(vec![]);
    }
    closed(state, context).map(|event| vec![event])
}

/// The end of a period that is over today.
pub(super) fn closed(state: &State, context: Context) -> Result<Event, Refusal> {
    let call = call_at(state, &[Stage::Open])?;
    if context.today() <= call.closes_on {
        return Err(Refusal::PeriodNotOver {
            closes_on: call.closes_on,
        });
    }
    Ok(Event::CaseClosed {
        closed_on: call.closes_on,
    })
}

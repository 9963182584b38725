//! From the first draft to the call for opinions.

use super::{
    super::{Call, Event, Missing, Ordinance, PublishCase, PublishedText, Refusal, Stage, State},
    Context, Decision, at, limits,
};
use crate::{
    LegalDate, Sealed, calendar,
    ids::{FileId, MaterialId, OfficerId},
};

pub(super) fn draft(
    content: &Sealed,
    missing: &[Missing],
    drafter: OfficerId,
    state: &State,
) -> Decision {
    if state.stage != Stage::Unknown {
        return Err(Refusal::CaseExists);
    }
    complete(missing)?;
    Ok(vec![Event::CaseDrafted {
        content: content.clone(),
        drafter,
        revision: 1,
    }])
}

pub(super) fn revise(
    revision: u32,
    content: &Sealed,
    missing: &[Missing],
    drafter: OfficerId,
    state: &State,
) -> Decision {
    at(state, &[Stage::Drafting])?;
    same_revision(state, revision)?;
    complete(missing)?;
    Ok(vec![Event::DraftRevised {
        revision: revision + 1,
        content: content.clone(),
        drafter,
    }])
}

pub(super) fn attach_material(
    material: MaterialId,
    title: &Sealed,
    file: &Sealed,
    file_id: FileId,
    state: &State,
) -> Decision {
    at(state, &[Stage::Drafting])?;
    let last = state.draft.materials.get(&material);
    Ok(vec![Event::MaterialAttached {
        material,
        version: last.map_or(1, |last| last + 1),
        title: title.clone(),
        file: file.clone(),
        file_id,
    }])
}

fn complete(missing: &[Missing]) -> Result<(), Refusal> {
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Refusal::CaseIncomplete {
            missing: missing.to_vec(),
        })
    }
}

fn same_revision(state: &State, revision: u32) -> Result<(), Refusal> {
    let current = state.draft.revision;
    if revision == current {
        Ok(())
    } else {
        Err(Refusal::RevisionChanged { current })
    }
}

pub(super) fn publish(
    publish: &PublishCase,
    publisher: OfficerId,
    state: &State,
    context: Context,
) -> Decision {
    at(state, &[Stage::Drafting])?;
    let ordinance = &context.ordinance.parameters;
    if state.draft.drafters.contains(&publisher) {
        return Err(Refusal::SamePerson);
    }
    same_revision(state, publish.revision)?;
    if !publish.as_drafted {
        return Err(Refusal::DraftDiffers);
    }
    same_materials(publish, state)?;
    complete(&missing(publish, ordinance))?;
    for channel in &publish.channels {
        if !ordinance.channels.contains(channel) {
            return Err(Refusal::ChannelNotOffered { channel: *channel });
        }
    }
    let notice = i64::from(ordinance.advance_notice_days);
    let earliest = context.today().plus_days(notice);
    if let Some(earliest) = earliest.filter(|earliest| publish.opens_on < *earliest) {
        return Err(Refusal::NoticeTooShort { earliest });
    }
    let (closes_on, shortened) = period(publish, ordinance)?;

    let mut content = publish.content.clone();
    let passages = std::mem::take(&mut content.passages);
    let mut channels = publish.channels.clone();
    channels.sort_unstable();
    channels.dedup();
    let mut call = Call {
        revision: publish.revision,
        content,
        materials: publish.materials.clone(),
        opens_on: publish.opens_on,
        closes_on,
        channels,
        publicity: publish.publicity.clone(),
        reading_places: publish.reading_places.clone(),
        result_method: publish.result_method.clone(),
        ordinance: context.ordinance.version.clone(),
        min_period_days: ordinance.min_period_days,
        post_rule: ordinance.post_rule,
        categories: ordinance.categories.clone(),
        publisher,
    };
    let mut parts = limits::parts(&passages, &[], limits::bytes_of(&call))?.into_iter();
    call.content.passages = parts.next().unwrap_or_default().0;
    let mut events = vec![Event::CasePublished(Box::new(call))];
    if let Some(reason) = shortened {
        events.push(Event::PeriodShortened { reason });
    }
    events.extend(
        parts.map(|(passages, changes)| Event::PublicationContinued {
            of: PublishedText::Draft,
            passages,
            changes,
        }),
    );
    Ok(events)
}

/// What Administrative Procedure Act, art. 39 wants of a call: a draft that is
/// concrete and clear, related material, where and how to send opinions.
fn missing(publish: &PublishCase, ordinance: &Ordinance) -> Vec<Missing> {
    let blank = |text: &String| text.trim().is_empty();
    let mut missing = publish.content.missing();
    if blank(&publish.content.contact) {
        missing.push(Missing::Contact);
    }
    if ordinance.material_required && publish.materials.is_empty() {
        missing.push(Missing::Material);
    }
    if publish.channels.is_empty() {
        missing.push(Missing::Channels);
    }
    if publish.publicity.iter().all(blank) {
        missing.push(Missing::Publicity);
    }
    if blank(&publish.result_method) {
        missing.push(Missing::ResultMethod);
    }
    missing
}

fn same_materials(publish: &PublishCase, state: &State) -> Result<(), Refusal> {
    let attached = &state.draft.materials;
    let mut seen = std::collections::BTreeSet::new();
    let known = publish.materials.iter().all(|given| {
        seen.insert(given.material) && attached.get(&given.material) == Some(&given.version)
    });
    if known && seen.len() == attached.len() {
        Ok(())
    } else {
        Err(Refusal::MaterialsDiffer)
    }
}

/// The last day, and the reason why the period is shorter than the shortest,
/// if it is.
fn period(
    publish: &PublishCase,
    ordinance: &Ordinance,
) -> Result<(LegalDate, Option<String>), Refusal> {
    let least = ordinance.min_period_days;
    let closes_on = if ordinance.deadline_rolls_over {
        calendar::rolled_over(publish.closes_on)
    } else {
        publish.closes_on
    };
    let days = calendar::days_inclusive(publish.opens_on, closes_on);
    if days >= i64::from(least) {
        return Ok((closes_on, None));
    }
    let reason = publish.shortened_because.as_deref().unwrap_or_default();
    if days < 1 || reason.trim().is_empty() {
        let earliest = publish.opens_on.plus_days(i64::from(least) - 1);
        return Err(Refusal::PeriodTooShort {
            days,
            least,
            earliest: earliest.unwrap_or(publish.opens_on),
        });
    }
    if !ordinance.shortening_allowed {
        return Err(Refusal::ShorteningNotAllowed { least });
    }
    limits::reason(reason)?;
    Ok((closes_on, Some(reason.to_owned())))
}

//! Recording that a date has passed. Nothing depends on it being punctual:
//! every rule compares dates.

use std::time::Duration;

use application::Request;
use domain::{
    Actor,
    ids::CaseId,
    public_comment::{Command, PublicComment},
};
use gateway::{
    Desk,
    personal_data::{Decision, erase_by_schedule},
};
use read_models::public_comment::Phase;

use crate::founding::command_of;

/// How often the calendar is looked at.
const INTERVAL: Duration = Duration::from_secs(20);

/// Records for ever that periods are over.
pub(crate) async fn close_cases(desk: Desk) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        close_due_cases(&desk).await;
    }
}

/// Records that the periods of these cases are over.
pub(crate) async fn close_due_cases(desk: &Desk) {
    let today = desk.today();
    let city = desk.city();
    let due: Vec<CaseId> = city
        .public_comment
        .iter()
        .filter(|case| case.phase == Phase::Open && case.phase_on(today) == Phase::Closed)
        .map(|case| case.id)
        .collect();
    for case in due {
        let stream = match format!("public_comment/{case}").parse() {
            Ok(stream) => stream,
            Err(error) => {
                tracing::error!(%case, %error, "a case has no stream");
                continue;
            }
        };
        let request = Request::<PublicComment> {
            command_id: command_of(&format!("close\n{case}")),
            stream,
            actor: Actor::system(),
            command: Command::CloseCase,
            envelopes: Vec::new(),
            answers: None,
        };
        if let Err(error) = desk.sequencer.ask(request).await {
            tracing::warn!(%case, ?error, "the end of a period was not recorded");
        }
    }
}

/// Erases for ever what need not be kept any longer, as the system, by a
/// standing decision. Each day is looked at once; what could not be erased is
/// tried again.
pub(crate) async fn erase_what_is_due(desk: Desk, decision: Decision) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut done = None;
    loop {
        ticks.tick().await;
        let today = desk.today();
        if done == Some(today) {
            continue;
        }
        let command = command_of("erase by schedule");
        match erase_by_schedule(&desk, Actor::system(), command, &decision).await {
            Ok(Ok(erased)) => {
                if 0 < erased.count {
                    tracing::info!(count = erased.count, %today, "erased by schedule");
                }
                // More than fits in one go: the next tick goes on.
                if erased.remaining == 0 {
                    done = Some(today);
                }
            }
            Ok(Err(refusal)) => tracing::error!(code = refusal.code, "nothing is erased"),
            Err(error) => tracing::error!(?error, "what is due could not be erased"),
        }
    }
}

/// Removes for ever what was uploaded and never handed in, once a day.
pub(crate) async fn remove_unclaimed_files(desk: Desk) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut done = None;
    loop {
        ticks.tick().await;
        let today = desk.today();
        if done == Some(today) {
            continue;
        }
        match gateway::files::remove_unclaimed(&desk).await {
            Ok(count) => {
                if 0 < count {
                    tracing::info!(count, "files that nobody handed in were removed");
                }
                done = Some(today);
            }
            Err(error) => tracing::error!(?error, "files that nobody handed in are still there"),
        }
    }
}

//! Recording that a date has passed. Nothing depends on it being punctual:
//! every rule compares dates.

use std::time::Duration;

use application::Request;
use domain::{
    Actor,
    ids::CaseId,
    public_comment::{Command, PublicComment},
};
use gateway::Desk;
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
async fn close_due_cases(desk: &Desk) {
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

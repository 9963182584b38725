//! What a new log begins with.

use application::{CommandError, Request, Sequencer};
use domain::{
    Actor, log,
    ordinance::{Command, Ordinances, profile::Profile},
};
use read_models::log::LogHistory;
use sealer::Sealer;
use sha2::{Digest, Sha256};
use ulid::Ulid;

/// Why the beginning cannot be recorded.
#[derive(Debug, thiserror::Error)]
#[error("{what} cannot be recorded: {reason}")]
pub struct FoundingError {
    what: String,
    reason: String,
}

/// Records the log's name and its keys, as far as they are not recorded: before
/// anything else in a new log, and after a rotation.
pub(crate) async fn open_log(
    sequencer: &Sequencer,
    known: &LogHistory,
    sealer: &Sealer,
) -> Result<(), FoundingError> {
    let origin = sealer.checkpoint().checkpoint().origin().to_owned();
    let failed = |reason: String| FoundingError {
        what: format!("the log {origin}"),
        reason,
    };
    if let Some(other) = known.origin.as_ref().filter(|known| **known != origin) {
        return Err(failed(format!(
            "it is called {other}; correct the configured name, or begin a new log"
        )));
    }
    let stream = format!("log/{}", stream_id(&origin));
    let mut created = known.origin.is_some();
    for key in sealer.verifiers() {
        let vkey = key.to_string();
        if known.keys.iter().any(|known| known.vkey == vkey) {
            continue;
        }
        let request = Request::<log::Log> {
            command_id: command_of(&format!("{stream}\n{vkey}")),
            stream: stream.parse().map_err(|error| failed(format!("{error}")))?,
            actor: Actor::system(),
            command: if created {
                log::Command::RotateLogKey { vkey }
            } else {
                log::Command::CreateLog {
                    origin: origin.clone(),
                    vkey,
                }
            },
            envelopes: Vec::new(),
            answers: None,
        };
        match sequencer.ask(request).await {
            Ok(_) => created = true,
            Err(CommandError::Refused(refusal)) => return Err(failed(refusal.to_string())),
            Err(error) => return Err(failed(error.to_string())),
        }
    }
    Ok(())
}

/// An origin as the id of a stream, which has no slash.
fn stream_id(origin: &str) -> String {
    origin
        .bytes()
        .map(|byte| match byte {
            b'/' | b'%' => format!("%{byte:02X}"),
            byte if byte.is_ascii_graphic() => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

/// Records the ordinances of a profile; those that are recorded already are
/// nothing new.
pub(crate) async fn enact(sequencer: &Sequencer, profile: &Profile) -> Result<(), FoundingError> {
    for version in &profile.ordinance {
        let failed = |reason: String| FoundingError {
            what: format!("the ordinance {}", version.version),
            reason,
        };
        let institution = version.parameters.institution();
        let stream = format!("ordinance/{institution}");
        let request = Request::<Ordinances> {
            command_id: command_of(&format!("{stream}\n{}", version.version)),
            stream: stream.parse().map_err(|error| failed(format!("{error}")))?,
            actor: Actor::system(),
            command: Command::EnactOrdinance(Box::new(version.clone())),
            envelopes: Vec::new(),
            answers: None,
        };
        match sequencer.ask(request).await {
            Ok(_) => (),
            Err(CommandError::Refused(refusal)) => return Err(failed(refusal.to_string())),
            Err(error) => return Err(failed(error.to_string())),
        }
    }
    Ok(())
}

/// The command id of something that the machine does once: the same at every
/// start.
pub(crate) fn command_of(what: &str) -> Ulid {
    let mut hasher = Sha256::new();
    hasher.update(b"hiroba/system/v1\n");
    hasher.update(what);
    let digest: [u8; 32] = hasher.finalize().into();
    let (half, _) = digest.split_at(16);
    Ulid(
        half.iter()
            .fold(0, |number, byte| (number << 8) | u128::from(*byte)),
    )
}

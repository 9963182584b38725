//! What a new log begins with.

use application::{CommandError, Request, Sequencer};
use domain::{
    Actor,
    ordinance::{Command, Ordinances, profile::Profile},
};
use sha2::{Digest, Sha256};
use ulid::Ulid;

/// Why the beginning cannot be recorded.
#[derive(Debug, thiserror::Error)]
#[error("the ordinance {version} cannot be recorded: {reason}")]
pub struct FoundingError {
    version: String,
    reason: String,
}

/// Records the ordinances of a profile; those that are recorded already are
/// nothing new.
pub(crate) async fn enact(sequencer: &Sequencer, profile: &Profile) -> Result<(), FoundingError> {
    for version in &profile.ordinance {
        let failed = |reason: String| FoundingError {
            version: version.version.clone(),
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

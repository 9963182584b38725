//! The witness itself: one decision at a time for each log.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use anyhow::{Context, ensure};
use transparency::{
    Note, SignedCheckpoint, SignerKey, VerifierKey,
    cosignature::cosign,
    witness::{AddCheckpoint, Refusal, RequestError},
};

use crate::{
    key,
    settings::Settings,
    store::{Store, log_id},
};

/// Gives POSIX seconds.
pub type Clock = fn() -> u64;

/// A witness of some logs.
pub struct Witness {
    key: SignerKey,
    store: Store,
    clock: Clock,
    logs: HashMap<String, Log>,
}

/// A log, and the checkpoint that was cosigned last. The lock is held from
/// reading the old checkpoint until the new one is durable: between the two no
/// other request of this log is decided.
struct Log {
    keys: Vec<VerifierKey>,
    last: Mutex<Last>,
}

enum Last {
    Known(Option<SignedCheckpoint>),
    /// A write failed; what the disk holds is unknown until the next start.
    Unknown,
}

/// Why there is no cosignature.
#[derive(Debug, thiserror::Error)]
pub enum NotCosigned {
    /// Not a request.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// Refused by the rules.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It could not be recorded.
    #[error("the checkpoint could not be recorded; this witness does not cosign until it restarts")]
    Storage,
}

impl Witness {
    /// Opens the witness; at the first start this makes its key and directory.
    pub fn open(settings: &Settings, clock: Clock) -> anyhow::Result<Self> {
        let (key, store) = match key::read(&settings.key, &settings.name)? {
            Some(key) => (key, Store::open(&settings.data)?),
            None => {
                // The directory comes first: a crash in between leaves a
                // directory without a key, which has promised nothing.
                let store = Store::create(&settings.data)?;
                (key::create(&settings.key, &settings.name)?, store)
            }
        };
        let mut logs: HashMap<String, Log> = HashMap::new();
        for log_key in settings.log_keys()? {
            let origin = log_key.name().to_owned();
            if let Some(log) = logs.get_mut(&origin) {
                log.keys.push(log_key);
                continue;
            }
            let last = store
                .load(&origin)?
                .map(|bytes| read_back(&key, &origin, &bytes));
            let last = last.transpose().with_context(|| {
                format!(
                    "the record {} of {origin} is damaged; restore it",
                    log_id(&origin)
                )
            })?;
            let last = Mutex::new(Last::Known(last));
            logs.insert(
                origin,
                Log {
                    keys: vec![log_key],
                    last,
                },
            );
        }
        Ok(Self {
            key,
            store,
            clock,
            logs,
        })
    }

    /// The key that others need to verify this witness.
    #[must_use]
    pub fn verifier(&self) -> &VerifierKey {
        self.key.verifier()
    }

    /// Decides a request and records the checkpoint durably. The answer is the
    /// cosignature's line.
    pub fn add_checkpoint(&self, body: &[u8]) -> Result<String, NotCosigned> {
        let request = AddCheckpoint::parse(body)?;
        let origin = request.checkpoint.checkpoint().origin();
        let Some(log) = self.logs.get(origin) else {
            return Err(Refusal::UnknownLog(origin.to_owned()).into());
        };
        let mut last = log.last.lock().unwrap_or_else(PoisonError::into_inner);
        let Last::Known(known) = &*last else {
            return Err(NotCosigned::Storage);
        };
        let known = known.as_ref().map(SignedCheckpoint::checkpoint);
        request.decide(Some(&log.keys), known)?;

        let (line, cosigned) = self.cosigned(log, &request).ok_or(NotCosigned::Storage)?;
        // Whatever happens from here on, the old state is not known any more.
        *last = Last::Unknown;
        self.store
            .save(origin, &cosigned.to_string())
            .map_err(|error| {
                tracing::error!(%origin, %error, "cannot record a checkpoint");
                NotCosigned::Storage
            })?;
        let size = cosigned.checkpoint().size();
        tracing::info!(%origin, size, "cosigned");
        *last = Last::Known(Some(cosigned));
        Ok(line)
    }

    /// The cosignature, and the checkpoint with the lines that were verified:
    /// the log's, and this one.
    fn cosigned(&self, log: &Log, request: &AddCheckpoint) -> Option<(String, SignedCheckpoint)> {
        let note = request.checkpoint.note();
        let cosignature = cosign(&self.key, (self.clock)(), note.text())?;
        let line = format!("{cosignature}\n");
        let mut lines: Vec<_> = note
            .verify(&log.keys)
            .ok()?
            .into_iter()
            .map(|(_, line)| line.clone())
            .collect();
        lines.push(cosignature);
        let note = Note::new(note.text().to_owned(), lines).ok()?;
        Some((line, SignedCheckpoint::try_from(note).ok()?))
    }

    /// The last cosigned checkpoint of the log with this id.
    #[must_use]
    pub fn latest(&self, id: &str) -> Option<String> {
        let (_, log) = self.logs.iter().find(|(origin, _)| log_id(origin) == id)?;
        match &*log.last.lock().unwrap_or_else(PoisonError::into_inner) {
            Last::Known(last) => last.as_ref().map(ToString::to_string),
            Last::Unknown => None,
        }
    }
}

/// Reads a record of this witness and checks that it is its own.
fn read_back(key: &SignerKey, origin: &str, bytes: &[u8]) -> anyhow::Result<SignedCheckpoint> {
    let last = SignedCheckpoint::parse(bytes)?;
    ensure!(last.checkpoint().origin() == origin, "it is of another log");
    last.note()
        .verify([key.verifier()])
        .context("this witness has not cosigned it")?;
    Ok(last)
}

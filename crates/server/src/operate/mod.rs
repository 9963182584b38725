//! What an operator does to a city besides serving it: backing up, checking,
//! changing keys.
//!
//! A city that is being served has its log, keys and signer to itself, so that
//! the server carries such an [`Operation`] out when a command asks it through
//! [`control`]; without a server the command does the same by itself.

mod arguments;
mod backup;
mod checks;
pub(crate) mod control;
mod report;
mod restore;
pub(crate) mod rotation;

use std::{path::PathBuf, sync::Arc};

use application::Clock;
use gateway::Desk;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::on_disk::OnDisk;

pub use self::{
    arguments::{
        BackUpArguments, ConfigCommand, KeysCommand, LogCommand, RestoreArguments, back_up, config,
        keys, log, restore,
    },
    report::Report,
};

/// Is told which step is under way, and how much of how much is done.
pub(crate) type Progress = Arc<dyn Fn(&str, u64, u64) + Send + Sync>;

/// What can be asked of a city on disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Operation {
    /// Copies everything but the keys to `target`, and the keys to `keys`.
    BackUp {
        target: PathBuf,
        keys: Option<PathBuf>,
        keep_keys_days: u16,
    },
    /// Reads the whole log and compares everything with it.
    Check,
    /// Makes a new key for the log.
    RotateLogKey,
    /// Destroys the oldest key of the log.
    RetireLogKey,
    /// Wraps the keys of subjects under a new key-encryption key.
    RotateKek,
}

/// Carries operations out, one after the other.
pub(crate) struct Operator {
    disk: OnDisk,
    clock: Arc<dyn Clock>,
    /// Where it is served; without, what a start records is left to the start.
    desk: Option<Desk>,
    one_at_a_time: Mutex<()>,
}

impl Operator {
    pub(crate) fn new(disk: OnDisk, clock: Arc<dyn Clock>, desk: Option<Desk>) -> Self {
        Self {
            disk,
            clock,
            desk,
            one_at_a_time: Mutex::new(()),
        }
    }

    /// Carries one out.
    pub(crate) async fn run(
        &self,
        operation: Operation,
        progress: &Progress,
    ) -> anyhow::Result<Report> {
        let _turn = self.one_at_a_time.lock().await;
        match operation {
            Operation::BackUp {
                target,
                keys,
                keep_keys_days,
            } => {
                let keys = keys.map(|directory| backup::KeyBackups {
                    directory,
                    keep_days: keep_keys_days,
                });
                let now = self.clock.now();
                backup::back_up(&self.disk, &target, keys.as_ref(), now, progress).await
            }
            Operation::Check => checks::check(&self.disk, progress).await,
            Operation::RotateLogKey => {
                rotation::rotate_log_key(&self.disk, self.desk.as_ref()).await
            }
            Operation::RetireLogKey => rotation::retire_log_key(&self.disk),
            Operation::RotateKek => rotation::rotate_kek(&self.disk).await,
        }
    }
}

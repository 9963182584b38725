//! From the log to checkpoints and receipts.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use disk::Disk;
use event_store::{EventStore, Position, Recorded};
use tokio::sync::watch;
use transparency::{
    Hash, Policy, SignedCheckpoint, Tile, VerifierKey, bundle,
    checkpoint::CheckpointError,
    note::{Note, Signature},
    proof,
    tile::{Kind, WIDTH},
};

use crate::{
    SealerError,
    reading::proof_error,
    signer::{Signer, SignerError},
    tree::Tree,
};

/// Events that are read from the log at once.
pub(crate) const PAGE: usize = 1_000;
/// Full tiles in memory (8 KiB each) after which they are written although no
/// checkpoint is due; while a tree is rebuilt.
const UNWRITTEN: usize = 256;

/// Seals a log. Everything but [`Sealer::run`] can be called from anywhere.
pub struct Sealer {
    store: Arc<dyn EventStore>,
    disk: Mutex<Disk>,
    dir: PathBuf,
    tree: RwLock<Tree>,
    signer: Mutex<Signer>,
    published: watch::Sender<Published>,
}

/// What readers see.
#[derive(Clone, Debug)]
pub(crate) struct Published {
    /// The newest checkpoint that was given out.
    pub(crate) checkpoint: Arc<SignedCheckpoint>,
    /// The newest one that a quorum of witnesses has cosigned, unless that was
    /// too long ago.
    pub(crate) witnessed: Option<Arc<SignedCheckpoint>>,
    /// How often a quorum was reached.
    pub(crate) quorums: u64,
    /// How often this process has signed: as a heartbeat also what it signed
    /// before.
    pub(crate) signed: u64,
    /// Why there will be no newer one, if so.
    pub(crate) stopped: Option<Arc<str>>,
}

impl Published {
    pub(crate) fn covers(&self, position: Position) -> bool {
        position.0 < self.checkpoint.checkpoint().size()
    }

    /// Whether the newest checkpoint waits for its quorum, while an earlier one
    /// is shown.
    pub(crate) fn awaits_quorum(&self) -> bool {
        let size = self.checkpoint.checkpoint().size();
        let witnessed = self.witnessed.as_ref();
        witnessed.is_some_and(|witnessed| witnessed.checkpoint().size() != size)
    }
}

impl Sealer {
    /// Opens the tree in its directory, catches up with the log, and publishes
    /// its checkpoint. Files that do not fit the log are made again from it.
    ///
    /// A log that does not extend what the signer has signed is an alarm:
    /// nothing is signed, and the error says so.
    pub async fn open(
        store: Arc<dyn EventStore>,
        disk: Disk,
        dir: &Path,
        mut signer: Signer,
    ) -> Result<Self, SealerError> {
        disk.create_dir(dir)
            .map_err(|error| SealerError::io(dir, error))?;
        let (signed, signed_root) = (signer.last().size(), signer.last().root());
        let found = store.size();
        if found.0 < signed {
            return Err(SealerError::Shorter { signed, found });
        }
        let mut tree = match Tree::read(dir) {
            Some(tree) if ends_like(&tree, &*store).await? => tree,
            _ => Tree::empty(dir),
        };
        while tree.size() < found.0 {
            let events = store.read_all(Position(tree.size()), PAGE).await?;
            if events.is_empty() {
                return Err(SealerError::Hole(Position(tree.size())));
            }
            for event in &events {
                append(&mut tree, event)?;
            }
            if tree.unwritten_count() >= UNWRITTEN
                && let Some(unwritten) = tree.unwritten()?
            {
                unwritten.write(&disk)?;
                tree.written(&unwritten);
            }
        }
        let root = tree.root_at(signed)?;
        if root != signed_root {
            return Err(SealerError::OtherRoot {
                size: signed,
                signed: signed_root,
                found: root,
            });
        }
        // What was signed last is in the history unless a crash came between.
        let checkpoint = signer.sign(signed, signed_root, &[])?;
        let (published, _) = watch::channel(Published {
            checkpoint: Arc::new(checkpoint),
            witnessed: None,
            quorums: 0,
            signed: 0,
            stopped: None,
        });
        let sealer = Self {
            store,
            disk: Mutex::new(disk),
            dir: dir.to_owned(),
            tree: RwLock::new(tree),
            signer: Mutex::new(signer),
            published,
        };
        sealer.publish()?;
        Ok(sealer)
    }

    pub(crate) fn tree(&self) -> RwLockReadGuard<'_, Tree> {
        self.tree.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn tree_mut(&self) -> RwLockWriteGuard<'_, Tree> {
        self.tree.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn signer(&self) -> MutexGuard<'_, Signer> {
        self.signer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn store(&self) -> &Arc<dyn EventStore> {
        &self.store
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Takes in events, in order; those that were taken in before are passed
    /// over.
    pub(crate) fn take_in(&self, events: &[Recorded]) -> Result<(), SealerError> {
        let mut tree = self.tree_mut();
        let size = tree.size();
        let new = events.iter().filter(|event| event.position.0 >= size);
        new.into_iter()
            .try_for_each(|event| append(&mut tree, event))
    }

    /// Seals everything that is recorded by now, without waiting for the next
    /// second: at the end of a process, and where none runs.
    pub async fn seal(&self) -> Result<Arc<SignedCheckpoint>, SealerError> {
        loop {
            let next = Position(self.tree().size());
            if !self.store.size().holds(next) {
                break;
            }
            let events = self.store.read_all(next, PAGE).await?;
            if events.is_empty() {
                return Err(SealerError::Hole(next));
            }
            self.take_in(&events)?;
        }
        self.publish()?;
        Ok(self.checkpoint())
    }

    /// Whether there are events that no checkpoint covers.
    pub(crate) fn is_behind(&self) -> bool {
        self.size() < self.tree().size()
    }

    /// Signs a checkpoint over everything that was taken in, gives it out, and
    /// then writes the tiles that became full: until they are in files, they
    /// are read from memory, and after a crash made again from the log.
    pub(crate) fn publish(&self) -> Result<(), SealerError> {
        {
            let mut signer = self.signer();
            let (size, root, proof) = {
                let tree = self.tree();
                let size = tree.size();
                let proof = proof::consistency(&tree.hashes(size), signer.last().size(), size);
                (size, tree.root(), proof.map_err(proof_error)?)
            };
            let checkpoint = Arc::new(signer.sign(size, root, &proof)?);
            self.published.send_modify(|published| {
                published.checkpoint = checkpoint;
                published.signed += 1;
            });
        }
        self.write_tiles()
    }

    /// Writes the tiles that became full.
    pub(crate) fn write_tiles(&self) -> Result<(), SealerError> {
        // Held to the end, so that nobody else writes the same tiles.
        let disk = self.disk.lock().unwrap_or_else(PoisonError::into_inner);
        let unwritten = self.tree().unwritten()?;
        if let Some(unwritten) = unwritten {
            unwritten.write(&disk)?;
            self.tree_mut().written(&unwritten);
        }
        Ok(())
    }

    /// Says that there will be no further checkpoint, and why.
    pub(crate) fn stop(&self, reason: &str) {
        self.published
            .send_modify(|published| published.stopped = Some(reason.into()));
    }

    /// Why there will be no further checkpoint, if the sealer has stopped.
    pub fn stopped(&self) -> Option<Arc<str>> {
        self.published.borrow().stopped.clone()
    }

    /// The newest checkpoint.
    pub fn checkpoint(&self) -> Arc<SignedCheckpoint> {
        Arc::clone(&self.published.borrow().checkpoint)
    }

    /// The checkpoint to show to everybody: the newest that a quorum of
    /// witnesses has cosigned. Under load they are always a little behind, and
    /// whoever asks for the quorum should find it. The newest of all if there is
    /// none, or none any more for a while.
    pub fn witnessed(&self) -> Arc<SignedCheckpoint> {
        let published = self.published.borrow();
        Arc::clone(
            published
                .witnessed
                .as_ref()
                .unwrap_or(&published.checkpoint),
        )
    }

    /// Shows the newest checkpoint again, whoever has cosigned it.
    pub(crate) fn forget_witnessed(&self) {
        self.published
            .send_modify(|published| published.witnessed = None);
    }

    /// The size that the newest checkpoint covers.
    pub fn size(&self) -> u64 {
        self.published.borrow().checkpoint.checkpoint().size()
    }

    /// The next checkpoint, whenever it comes; an error once there will be
    /// none. `seen` is the size of the newest one that the caller knows.
    pub async fn next_checkpoint(&self, seen: u64) -> Result<Arc<SignedCheckpoint>, SealerError> {
        self.wait(|published| published.checkpoint.checkpoint().size() > seen)
            .await
    }

    /// How often a quorum was reached.
    pub(crate) fn quorums(&self) -> u64 {
        self.published.borrow().quorums
    }

    /// How often this process has signed.
    pub(crate) fn signed(&self) -> u64 {
        self.published.borrow().signed
    }

    /// Waits until it has signed again since it had signed so often, be it
    /// something new or, as a heartbeat, the same; an error once it will not.
    pub(crate) async fn next_signed(&self, seen: u64) -> Result<(), SealerError> {
        self.wait(|published| published.signed > seen).await?;
        Ok(())
    }

    pub(crate) async fn wait(
        &self,
        mut until: impl FnMut(&Published) -> bool,
    ) -> Result<Arc<SignedCheckpoint>, SealerError> {
        let stopped = |reason: &str| SealerError::Stopped(reason.to_owned());
        let mut receiver = self.published.subscribe();
        let published = receiver
            .wait_for(|published| until(published) || published.stopped.is_some())
            .await
            .map_err(|_| stopped("it is gone"))?;
        match &published.stopped {
            Some(reason) if !until(&published) => Err(stopped(reason)),
            _ => Ok(Arc::clone(&published.checkpoint)),
        }
    }

    /// The public keys that sign now, oldest first.
    pub fn verifiers(&self) -> Vec<VerifierKey> {
        self.signer().verifiers().cloned().collect()
    }

    /// Makes a new key; the checkpoints from now on bear both signatures. The
    /// caller records the vkey in the log.
    pub fn rotate(&self) -> Result<VerifierKey, SealerError> {
        let key = self.signer().rotate()?.clone();
        self.publish()?;
        Ok(key)
    }

    /// Ends a rotation: the oldest key signs no more and is destroyed.
    pub fn retire_oldest_key(&self) -> Result<(), SealerError> {
        self.signer().retire_oldest()?;
        self.publish()
    }

    /// Adds a witness's signature line to a checkpoint that was given out, in
    /// place of an earlier one of the same key.
    pub(crate) fn add_cosignature(
        &self,
        size: u64,
        key: &VerifierKey,
        line: Signature,
        policy: &Policy,
    ) -> Result<(), SealerError> {
        // Held to the end: whoever signs the same again meanwhile would put
        // the note without this line in its place.
        let mut signer = self.signer();
        let note = signer.checkpoint_at(size)?.note().clone();
        let others = note.signatures().iter().filter(|line| !key.matches(line));
        let lines = others.cloned().chain([line]).collect();
        let checkpoint = Note::new(note.text().to_owned(), lines)
            .map_err(CheckpointError::from)
            .and_then(SignedCheckpoint::try_from)
            .map_err(SignerError::from)?;
        signer.remember(&checkpoint)?;
        let checkpoint = Arc::new(checkpoint);
        let quorum = policy.check_quorum(&checkpoint).is_ok();
        let up_to = |other: &SignedCheckpoint| other.checkpoint().size() <= size;
        self.published.send_modify(|published| {
            if quorum && published.witnessed.as_deref().is_none_or(up_to) {
                published.witnessed = Some(Arc::clone(&checkpoint));
                published.quorums += 1;
            }
            if up_to(&published.checkpoint) {
                published.checkpoint = checkpoint;
            }
        });
        Ok(())
    }
}

/// Whether the last full tile of the files is that of the log: if it is not,
/// one of them is an old copy, or the other's.
async fn ends_like(tree: &Tree, store: &dyn EventStore) -> Result<bool, SealerError> {
    let size = tree.size();
    if size == 0 {
        return Ok(true);
    }
    if size > store.size().0 {
        return Ok(false);
    }
    let width = u64::from(WIDTH);
    let Ok(tile) = Tile::new(Kind::Hashes(0), size / width - 1, WIDTH) else {
        return Ok(false);
    };
    let expected = tree.tile(tile)?;
    let mut found = Vec::new();
    while found.len() < expected.len() {
        let next = Position(size - width + (found.len() / Hash::LEN) as u64);
        let left = (expected.len() - found.len()) / Hash::LEN;
        let events = store.read_all(next, left).await?;
        if events.is_empty() {
            return Err(SealerError::Hole(next));
        }
        found.extend(events.iter().flat_map(|event| Hash::leaf(&event.payload).0));
    }
    Ok(found == expected)
}

pub(crate) fn append(tree: &mut Tree, event: &Recorded) -> Result<(), SealerError> {
    if event.position.0 != tree.size() {
        return Err(SealerError::Hole(Position(tree.size())));
    }
    if event.payload.len() > bundle::MAX_ENTRY {
        return Err(SealerError::Entry {
            position: event.position,
            reason: format!("it has {} bytes", event.payload.len()),
        });
    }
    tree.append(&event.payload);
    Ok(())
}

//! The one thread that changes the key store.

use std::{
    collections::{HashMap, HashSet},
    fs::File,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, mpsc},
};

use disk::Disk;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::{
    Erasure, KeyError, KeyStoreError,
    epoch::{self, Epoch, Journal},
    record::{AccountTag, Record},
    ring::Ring,
};
use crate::{aead::Key, kek::KeyEncryptionKey, subject::Subject};

/// Callers that share one sync.
const BATCH: usize = 4096;

type Reply<T> = oneshot::Sender<Result<T, KeyError>>;

/// What callers ask for; see the methods of [`super::KeyStore`].
pub(crate) enum Request {
    Create {
        subject: Subject,
        reply: Reply<()>,
    },
    Link {
        account: AccountTag,
        case: String,
        proposed: Subject,
        reply: Reply<Subject>,
    },
    Erase {
        erasures: Vec<Erasure>,
        /// Whether these are all erasures of the log.
        all: bool,
        reply: Reply<usize>,
    },
    Rewrap {
        kek: KeyEncryptionKey,
        reply: Reply<()>,
    },
    Backup {
        path: PathBuf,
        reply: Reply<()>,
    },
    /// Whether there is room again.
    Look,
}

/// Tells somebody who waits.
type Waiting = Box<dyn FnOnce(Result<(), KeyError>) + Send>;

/// Facts that become durable together, and who waits for them.
#[derive(Default)]
struct Batch {
    records: Vec<Record>,
    keys: HashSet<Subject>,
    links: HashMap<(AccountTag, String), Subject>,
    waiting: Vec<Waiting>,
}

/// Owns the files.
pub(crate) struct Writer {
    disk: Disk,
    dir: PathBuf,
    kek: KeyEncryptionKey,
    epoch: Epoch,
    /// Made when the first key of the epoch comes.
    journal: Option<Journal>,
    /// Why nothing is written: there was no room the last time, or, after
    /// another failure, nobody knows what is durable, and only opening again
    /// tells.
    pub(crate) refusal: Arc<Mutex<Option<KeyError>>>,
    /// Whether keys were erased that still stand in the files, for want of room.
    owed: bool,
    // Held as long as the store is open.
    _lock: File,
}

impl Writer {
    /// Reads the newest epoch, destroys what is older, and starts a new one if
    /// there is a journal.
    pub(crate) fn open(
        disk: Disk,
        dir: &Path,
        kek: KeyEncryptionKey,
    ) -> Result<(Self, Ring), KeyStoreError> {
        let io = |error| KeyStoreError::io(dir, error);
        disk.create_dir(dir).map_err(io)?;
        let lock = lock(dir)?;
        let listing = epoch::list(dir).map_err(io)?;
        for path in &listing.unfinished {
            disk.shred(path).map_err(io)?;
        }
        let newest = listing.snapshots.last().copied();
        if let Some(journal) = listing.journals.last().filter(|last| newest < Some(**last)) {
            let path = epoch::journal_path(dir, *journal);
            return Err(KeyStoreError::damaged(&path, "its snapshot is missing"));
        }
        let (epoch, ring) = match newest {
            Some(newest) => {
                let (epoch, records) = Epoch::read(&epoch::snapshot_path(dir, newest), &kek)?;
                let journal = epoch.read_journal(&epoch::journal_path(dir, newest))?;
                let mut ring = Ring::new(Key::random()?);
                for record in records.into_iter().chain(journal) {
                    ring.apply(record);
                }
                (epoch, ring)
            }
            None => {
                let ring = Ring::new(Key::random()?);
                let path = epoch::snapshot_path(dir, 1);
                (Epoch::begin(&disk, &path, &kek, 1, ring.records())?, ring)
            }
        };
        let mut writer = Self {
            disk,
            dir: dir.to_owned(),
            kek,
            epoch,
            journal: None,
            refusal: Arc::default(),
            owed: false,
            _lock: lock,
        };
        if listing.journals.contains(&writer.epoch.number) {
            writer.begin_epoch(&ring)?;
        } else {
            writer.destroy_before()?;
        }
        Ok((writer, ring))
    }

    /// Puts a backup in place as the first epoch of an empty directory.
    pub(crate) fn restore(
        disk: &Disk,
        dir: &Path,
        kek: &KeyEncryptionKey,
        backup: &Path,
    ) -> Result<(), KeyStoreError> {
        let io = |error| KeyStoreError::io(dir, error);
        disk.create_dir(dir).map_err(io)?;
        let _lock = lock(dir)?;
        let listing = epoch::list(dir).map_err(io)?;
        if !listing.snapshots.is_empty() || !listing.journals.is_empty() {
            return Err(KeyStoreError::NotEmpty(dir.display().to_string()));
        }
        let (epoch, records) = Epoch::read(backup, kek)?;
        let mut ring = Ring::new(Key::random()?);
        for record in records {
            ring.apply(record);
        }
        ring.restored = true;
        let number = epoch.number + 1;
        let path = epoch::snapshot_path(dir, number);
        Epoch::begin(disk, &path, kek, number, ring.records()).map(drop)
    }

    /// Answers until nobody can ask any more.
    pub(crate) fn run(mut self, ring: &RwLock<Ring>, requests: &mpsc::Receiver<Request>) {
        while let Ok(first) = requests.recv() {
            let mut batch = Batch::default();
            let mut next = Some(first);
            while let Some(request) = next.take() {
                match request {
                    Request::Create { subject, reply } => {
                        batch.create(&read(ring), subject, reply);
                    }
                    Request::Link {
                        account,
                        case,
                        proposed,
                        reply,
                    } => batch.link(&read(ring), (account, case), proposed, reply),
                    rewrite => {
                        self.commit(ring, std::mem::take(&mut batch));
                        self.rewrite(ring, rewrite);
                    }
                }
                if batch.waiting.len() < BATCH {
                    next = requests.try_recv().ok();
                }
            }
            self.commit(ring, batch);
        }
    }

    /// Makes a batch durable, then visible, then known to those who wait.
    fn commit(&mut self, ring: &RwLock<Ring>, batch: Batch) {
        let done = match batch.records.is_empty() {
            true => Ok(()),
            false => self.write(|writer| {
                writer.pay(ring)?;
                writer.append(&batch.records)
            }),
        };
        if done.is_ok() {
            let mut ring = ring.write().unwrap_or_else(PoisonError::into_inner);
            for record in batch.records {
                ring.apply(record);
            }
        }
        for waiting in batch.waiting {
            waiting(done.clone());
        }
    }

    fn append(&mut self, records: &[Record]) -> Result<(), KeyStoreError> {
        let mut bytes = Zeroizing::new(Vec::new());
        for record in records {
            record.write(&mut bytes).ok_or(KeyStoreError::TooLong)?;
        }
        let journal = match &mut self.journal {
            Some(journal) => journal,
            none => none.insert(Journal::create(&self.disk, &self.dir, self.epoch.number)?),
        };
        journal.append(&self.disk, &self.epoch, &bytes)
    }

    /// Changes the files, unless an earlier failure forbids it, and remembers
    /// how that ended.
    fn write<T>(
        &mut self,
        change: impl FnOnce(&mut Self) -> Result<T, KeyStoreError>,
    ) -> Result<T, KeyError> {
        if let Some(stopped @ KeyError::Stopped(_)) = self.refusal().clone() {
            return Err(stopped);
        }
        let written = change(self).map_err(|error| match error.is_full() {
            true => KeyError::Full(error.to_string()),
            false => KeyError::Stopped(error.to_string()),
        });
        *self.refusal() = written.as_ref().err().cloned();
        written
    }

    fn refusal(&self) -> MutexGuard<'_, Option<KeyError>> {
        self.refusal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes out of the files what could not be taken out before.
    fn pay(&mut self, ring: &RwLock<Ring>) -> Result<(), KeyStoreError> {
        if self.owed {
            self.begin_epoch(&read(ring))?;
            self.owed = false;
        }
        Ok(())
    }

    fn rewrite(&mut self, ring: &RwLock<Ring>, request: Request) {
        match request {
            Request::Erase {
                erasures,
                all,
                reply,
            } => {
                // First out of memory: even if the files cannot be rewritten
                // now, nothing is decrypted any more.
                let (keys, new) = {
                    let mut ring = ring.write().unwrap_or_else(PoisonError::into_inner);
                    let (keys, new) = ring.erase(erasures);
                    let released = all && std::mem::take(&mut ring.restored);
                    (keys, new || released)
                };
                self.owed |= new;
                let written = self.write(|writer| writer.pay(ring));
                let _ = reply.send(written.map(|()| keys));
            }
            Request::Rewrap { kek, reply } => {
                let before = std::mem::replace(&mut self.kek, kek);
                let written = self.write(|writer| writer.begin_epoch(&read(ring)));
                if matches!(written, Err(KeyError::Full(_))) {
                    // Nothing was written: the files are as they were.
                    self.kek = before;
                }
                let _ = reply.send(written);
            }
            Request::Backup { path, reply } => {
                // A backup that fails leaves the store as it was.
                let number = self.epoch.number;
                let written = {
                    let ring = read(ring);
                    let records = ring.records_of_backup();
                    Epoch::begin(&self.disk, &path, &self.kek, number, records)
                };
                let written = written.map_err(|error| KeyError::Stopped(error.to_string()));
                let _ = reply.send(written.map(drop));
            }
            Request::Look => {
                if matches!(*self.refusal(), Some(KeyError::Full(_))) {
                    let _ = self.write(|writer| {
                        writer.pay(ring)?;
                        writer.append(&[])
                    });
                }
            }
            Request::Create { .. } | Request::Link { .. } => (),
        }
    }

    /// Writes everything anew under a fresh key, then destroys what was there.
    fn begin_epoch(&mut self, ring: &Ring) -> Result<(), KeyStoreError> {
        let number = self.epoch.number + 1;
        let path = epoch::snapshot_path(&self.dir, number);
        self.epoch = Epoch::begin(&self.disk, &path, &self.kek, number, ring.records())?;
        self.journal = None;
        self.destroy_before()
    }

    /// Destroys the files of all earlier epochs.
    fn destroy_before(&self) -> Result<(), KeyStoreError> {
        let io = |error| KeyStoreError::io(&self.dir, error);
        let listing = epoch::list(&self.dir).map_err(io)?;
        let snapshots = listing
            .snapshots
            .iter()
            .map(|number| (number, epoch::snapshot_path(&self.dir, *number)));
        let journals = listing
            .journals
            .iter()
            .map(|number| (number, epoch::journal_path(&self.dir, *number)));
        let mut destroyed = false;
        // Journals first: one without its snapshot would look like damage.
        for (number, path) in journals.chain(snapshots) {
            if *number < self.epoch.number {
                self.disk.shred(&path).map_err(io)?;
                destroyed = true;
            }
        }
        if destroyed {
            self.disk.sync_dir(&self.dir).map_err(io)?;
        }
        Ok(())
    }
}

impl Batch {
    fn create(&mut self, ring: &Ring, subject: Subject, reply: Reply<()>) {
        match self.key_for(ring, &subject) {
            Ok(()) => self.waiting.push(Box::new(|done| {
                let _ = reply.send(done);
            })),
            Err(error) => {
                let _ = reply.send(Err(error));
            }
        }
    }

    fn link(
        &mut self,
        ring: &Ring,
        (account, case): (AccountTag, String),
        proposed: Subject,
        reply: Reply<Subject>,
    ) {
        let known = ring.links.get(&account).and_then(|cases| cases.get(&case));
        let place = (account, case);
        let subject = match known.or_else(|| self.links.get(&place)) {
            Some(subject) => subject.clone(),
            None => {
                if let Err(error) = self.key_for(ring, &proposed) {
                    let _ = reply.send(Err(error));
                    return;
                }
                self.records.push(Record::Link {
                    account: place.0,
                    case: place.1.clone(),
                    subject: proposed.clone(),
                });
                self.links.insert(place, proposed.clone());
                proposed
            }
        };
        self.waiting.push(Box::new(|done| {
            let _ = reply.send(done.map(|()| subject));
        }));
    }

    /// Stages a key for a subject that has none.
    fn key_for(&mut self, ring: &Ring, subject: &Subject) -> Result<(), KeyError> {
        if ring.restored {
            return Err(KeyError::NotReplayed);
        }
        if let Some(event) = ring.erased.get(subject) {
            return Err(KeyError::Erased {
                subject: subject.clone(),
                event: event.clone(),
            });
        }
        if !ring.keys.contains_key(subject) && self.keys.insert(subject.clone()) {
            let key = Key::random().map_err(|error| KeyError::Stopped(error.to_string()))?;
            self.records.push(Record::Key {
                subject: subject.clone(),
                key,
            });
        }
        Ok(())
    }
}

fn read(ring: &RwLock<Ring>) -> RwLockReadGuard<'_, Ring> {
    ring.read().unwrap_or_else(PoisonError::into_inner)
}

fn lock(dir: &Path) -> Result<File, KeyStoreError> {
    disk::lock(dir)
        .map_err(|error| KeyStoreError::io(dir, error))?
        .ok_or_else(|| KeyStoreError::Locked(dir.display().to_string()))
}

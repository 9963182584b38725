//! The store: opening it, asking it, closing it.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, RwLock, mpsc as std_mpsc},
    thread,
};

use async_trait::async_trait;
use bytes::Bytes;
use event_store::{
    Append, AppendError, Capabilities, CommandId, Direction, EventStore, LogSize, Outcome,
    Position, ReadError, ReadOnly, Receipt, Recorded, StreamName, Vault, Version,
};
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    backup::Snapshot,
    disk::{Directory, Disk, Lock},
    index::{Index, Opened},
    memory_index::Memory,
    prepare::{self, Preparer},
    read::Trail,
    recover::{self, Recovered},
    report::{OpenError, OpeningReport},
    segment::file_name,
    shared::Shared,
    verify::Verification,
    writer::{Answer, End, Request, Sealed, Writer},
};

/// How many sealed segments may wait for the index.
const WAITING: usize = 2;

/// How a store is set up. Segments that exist keep their length.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Bytes of a new segment file, filled with zeros ahead.
    pub segment_length: u64,
    /// How many requests wait for the writer before callers wait.
    pub queue: usize,
    /// Bytes that sled may keep in memory.
    pub index_cache: u64,
    /// How many versions of streams are remembered beyond the active segment.
    pub heads: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            segment_length: 32 << 20,
            queue: 1_024,
            index_cache: 16 << 20,
            heads: 50_000,
        }
    }
}

impl Options {
    /// The shortest and the longest segment.
    const LENGTHS: std::ops::RangeInclusive<u64> = 4_096..=1 << 31;
}

/// The log in segment files, with its index in sled.
///
/// Dropping it waits until everything that was asked for is written.
pub struct SledStore {
    shared: Arc<Shared>,
    report: OpeningReport,
    requests: Option<mpsc::Sender<Request>>,
    threads: Vec<thread::JoinHandle<()>>,
}

impl SledStore {
    /// Opens the store in this directory, and makes it if it is not there:
    /// `log/` holds the truth, `index/` what can be rebuilt from it.
    ///
    /// Blocks: a segment is read, and an index that was lost is rebuilt.
    pub fn open(directory: &Path, options: Options) -> Result<Self, OpenError> {
        let disk = Directory::open(directory)
            .and_then(|_| Directory::open(&directory.join("log")))
            .map_err(OpenError::storage(directory.display().to_string()))?;
        let place = directory.join("lock");
        let lock = Lock::take(&place)
            .map_err(OpenError::storage(place.display().to_string()))?
            .ok_or_else(|| OpenError::Locked {
                place: place.display().to_string(),
            })?;
        Self::start(Arc::new(disk), directory.join("index"), options, Some(lock))
    }

    /// Opens a store whose segments lie on this disk. Nothing keeps a second
    /// process away: for tests.
    pub fn open_on(
        disk: Arc<dyn Disk>,
        index: PathBuf,
        options: Options,
    ) -> Result<Self, OpenError> {
        Self::start(disk, index, options, None)
    }

    fn start(
        disk: Arc<dyn Disk>,
        index_path: PathBuf,
        options: Options,
        lock: Option<Lock>,
    ) -> Result<Self, OpenError> {
        let segment_length = options
            .segment_length
            .clamp(*Options::LENGTHS.start(), *Options::LENGTHS.end());
        let Recovered {
            segments,
            sealed,
            tail,
        } = recover::recover(&disk, segment_length)?;
        let opened = Index::open(&index_path, options.index_cache, &sealed)
            .map_err(OpenError::storage(index_path.display().to_string()))?;
        let covers = |index: &Index| index.covered() == sealed.len();
        let (index, index_rebuilt) = match opened {
            Opened::Found(index) if index.covered() == 0 && !covers(&index) => {
                (index, Some("it was not there".to_owned()))
            }
            Opened::Found(index) => (index, None),
            Opened::Emptied(index, why) => (index, Some(why)),
            Opened::Ahead(segment) => {
                return Err(OpenError::Damaged {
                    place: disk.place(&file_name(segment + 1)),
                    reason: format!(
                        "the log has lost its last segments: according to {} segment {segment} was followed by another (if an older log was restored on purpose, remove that directory)",
                        index_path.display()
                    ),
                });
            }
        };
        let mut report = OpeningReport {
            size: LogSize(tail.next.0),
            segments: segments.len(),
            cut_off: tail.cut_off,
            index_rebuilt,
            damage: tail.damage,
        };
        let lost_end = report.damage.clone();
        let mut damage = report.damage.clone();
        let uncovered = index.covered()..sealed.len();
        if !uncovered.is_empty() {
            tracing::info!(segments = uncovered.len(), "the index is being rebuilt");
        }
        for number in uncovered {
            let (Some(segment), Some(facts)) = (segments.get(number), sealed.get(number)) else {
                continue;
            };
            match recover::index_sealed(segment, facts) {
                Ok(memory) => index.add(*facts, &memory).map_err(|error| {
                    OpenError::storage("building the index")(io::Error::other(error))
                })?,
                Err(error) => {
                    damage.get_or_insert(error.clone());
                    report.damage.get_or_insert(error);
                    break;
                }
            }
        }
        let size = match &report.damage {
            // A reader must run into the damage, not believe that the log ends.
            Some(_) if tail.next < tail.known_next => LogSize(tail.known_next.0),
            _ => report.size,
        };
        report.size = size;
        let active = segments.last().cloned().ok_or_else(|| OpenError::Damaged {
            place: disk.place(""),
            reason: "there is no segment".to_owned(),
        })?;
        let refusal = damage.as_ref().map(|damage| {
            tracing::error!(%damage, "the log is damaged: no appends are taken");
            ReadOnly::Stopped(damage.to_string())
        });
        let preparer = Arc::new(Preparer::new());
        let shared = Arc::new(Shared {
            disk: disk.clone(),
            memory: RwLock::new(Memory {
                sealed: Vec::new(),
                active_number: active.header.number,
                active: tail.index,
            }),
            segments: RwLock::new(segments),
            index,
            size: watch::Sender::new(size),
            refusal: Mutex::new(refusal),
            unknown: Mutex::default(),
            preparer: preparer.clone(),
            damage,
            lost_end,
            trail: Trail::default(),
            _lock: lock,
        });
        let (requests, receiver) = mpsc::channel(options.queue.max(1));
        let (sealed_sender, sealed_receiver) = std_mpsc::sync_channel(WAITING);
        let writer = Writer::new(
            shared.clone(),
            sealed_sender,
            active,
            segment_length,
            options.heads,
            End {
                offset: tail.end,
                chain: tail.chain,
                next: tail.next,
                closed: tail.closed,
            },
        );
        let keeper = shared.clone();
        let threads = [
            spawn("log-write", move || writer.run(receiver)),
            spawn("log-index", move || keep_index(&keeper, &sealed_receiver)),
            prepare::spawn(preparer, disk, segment_length),
        ];
        let threads = threads
            .into_iter()
            .collect::<io::Result<Vec<_>>>()
            .map_err(OpenError::storage("starting a thread"))?;
        Ok(Self {
            shared,
            report,
            requests: Some(requests),
            threads,
        })
    }

    /// What opening found and did.
    pub fn opening(&self) -> &OpeningReport {
        &self.report
    }

    /// Reads the whole log and checks everything that can be checked: for a
    /// person, or for a job at night.
    pub async fn verify(&self) -> Result<Verification, ReadError> {
        self.blocking(|shared| Ok(shared.verify())).await
    }

    /// What belongs to a copy of the log at this moment, for whoever copies
    /// files in another way than [`SledStore::back_up`] does.
    pub fn snapshot(&self) -> Snapshot {
        self.shared.snapshot()
    }

    /// Copies the log to `<target>/log` while writing goes on, and says how much
    /// is in the copy; a store can be opened in `target`. Into a directory with
    /// an earlier copy of the same log only what is new is copied. `progress` is
    /// told how many of how many segments are done.
    pub async fn back_up(
        &self,
        target: &Path,
        progress: impl FnMut(usize, usize) + Send + 'static,
    ) -> Result<LogSize, ReadError> {
        let target = target.to_owned();
        self.blocking(move |shared| {
            shared
                .back_up(&target, progress)
                .map_err(|error| ReadError::Storage {
                    reason: format!("the copy in {} failed: {error}", target.display()),
                })
        })
        .await
    }

    async fn request(&self, appends: Vec<Append>) -> Result<Vec<Answer>, Lost> {
        let (reply, answers) = oneshot::channel();
        let requests = self.requests.as_ref().ok_or(Lost::BeforeWriting)?;
        requests
            .send(Request { appends, reply })
            .await
            .map_err(|_| Lost::BeforeWriting)?;
        answers.await.map_err(|_| Lost::WhileWriting)
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, ReadError> {
        let shared = self.shared.clone();
        tokio::task::spawn_blocking(move || work(&shared))
            .await
            .unwrap_or_else(|error| {
                Err(ReadError::Storage {
                    reason: error.to_string(),
                })
            })
    }
}

/// When the writer was lost.
#[derive(Clone, Copy)]
enum Lost {
    BeforeWriting,
    WhileWriting,
}

impl Lost {
    fn answer(self, command: CommandId) -> AppendError {
        match self {
            Self::BeforeWriting => AppendError::ReadOnly("the writer has stopped".to_owned()),
            Self::WhileWriting => AppendError::Unknown(command),
        }
    }
}

impl fmt::Debug for SledStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SledStore")
            .field("opening", &self.report)
            .field("size", &self.size())
            .finish_non_exhaustive()
    }
}

impl Drop for SledStore {
    fn drop(&mut self) {
        // The writer ends when nobody can ask any more; the others serve it.
        self.requests = None;
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of the event store had panicked");
            }
            self.shared.preparer.close();
        }
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<thread::JoinHandle<()>> {
    thread::Builder::new().name(name.to_owned()).spawn(work)
}

/// Brings sealed segments from memory to the index.
fn keep_index(shared: &Shared, sealed: &std_mpsc::Receiver<Sealed>) {
    while let Ok(Sealed { facts, index }) = sealed.recv() {
        match shared.index.add(facts, &index) {
            Ok(()) => shared
                .memory_mut()
                .sealed
                .retain(|(number, _)| *number != facts.number),
            Err(error) => {
                // The segments stay in memory and readable; no more are taken.
                shared.stop(format!("{error}; open the store again to rebuild it"));
                return;
            }
        }
    }
}

#[async_trait]
impl EventStore for SledStore {
    async fn append(&self, append: Append) -> Result<Outcome, AppendError> {
        append.check()?;
        let command = append.command;
        match self.request(vec![append]).await {
            Ok(answers) => answers
                .into_iter()
                .next()
                .unwrap_or(Err(AppendError::Unknown(command))),
            Err(lost) => Err(lost.answer(command)),
        }
    }

    async fn append_all(&self, appends: Vec<Append>) -> Vec<Answer> {
        let mut outcomes: Vec<Answer> = Vec::with_capacity(appends.len());
        let mut commands = Vec::with_capacity(appends.len());
        let mut good = Vec::with_capacity(appends.len());
        for append in appends {
            let command = append.command;
            match append.check() {
                // Stands for the answer until it is there.
                Ok(()) => {
                    outcomes.push(Err(AppendError::Unknown(command)));
                    commands.push((outcomes.len() - 1, command));
                    good.push(append);
                }
                Err(error) => outcomes.push(Err(error)),
            }
        }
        let answers = match self.request(good).await {
            Ok(answers) => answers,
            Err(lost) => commands
                .iter()
                .map(|(_, command)| Err(lost.answer(*command)))
                .collect(),
        };
        for ((place, _), answer) in commands.into_iter().zip(answers) {
            if let Some(outcome) = outcomes.get_mut(place) {
                *outcome = answer;
            }
        }
        outcomes
    }

    async fn receipt(&self, command: CommandId) -> Result<Option<Receipt>, ReadError> {
        self.blocking(move |shared| shared.receipt(command)).await
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: Version,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Recorded>, ReadError> {
        let stream = stream.clone();
        self.blocking(move |shared| shared.read_stream(&stream, from, direction, limit))
            .await
    }

    async fn stream_version(&self, stream: &StreamName) -> Result<Option<Version>, ReadError> {
        let stream = stream.clone();
        self.blocking(move |shared| shared.head(&stream)).await
    }

    async fn read_all(&self, from: Position, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        if !self.size().holds(from) {
            return self.shared.end_is_known().map(|()| Vec::new());
        }
        self.blocking(move |shared| shared.read_all(from, limit))
            .await
    }

    fn watch_size(&self) -> watch::Receiver<LogSize> {
        self.shared.size.subscribe()
    }

    /// Asking also has the writer look whether a full disk has room again.
    fn read_only(&self) -> Option<ReadOnly> {
        if self.requests.as_ref().is_none_or(mpsc::Sender::is_closed) {
            let reason = "the writer has stopped: open the store again";
            return Some(ReadOnly::Stopped(reason.to_owned()));
        }
        let refusal = self.shared.refusal().clone()?;
        if let (ReadOnly::Full(_), Some(requests)) = (&refusal, &self.requests) {
            let (reply, _) = oneshot::channel();
            let appends = Vec::new();
            // A full queue means that the writer is looking already.
            let _ = requests.try_send(Request { appends, reply });
        }
        Some(refusal)
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { gapless: true }
    }
}

#[async_trait]
impl Vault for SledStore {
    async fn envelope(&self, position: Position) -> Result<Option<Bytes>, ReadError> {
        self.blocking(move |shared| shared.envelope(position)).await
    }
}

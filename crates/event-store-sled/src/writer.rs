//! The one thread that writes: it decides, puts many commands in a frame, and
//! syncs once for all of them.

use std::{
    io, mem,
    sync::{Arc, mpsc::SyncSender},
    thread,
    time::{Duration, Instant},
};

use event_store::{
    Append, AppendError, CommandId, Outcome, Position, ReadOnly, Receipt, StreamName, Version,
};
use tokio::sync::{mpsc, oneshot};

use crate::{
    format::{FrameBuilder, FrameHeader, SegmentHeader, aligned, encoded_length},
    heads::Heads,
    index::SegmentFacts,
    map::Map,
    memory_index::{MemoryIndex, Place},
    recover::{PREPARED, fill, install},
    segment::Segment,
    shared::Shared,
    tail::write_zeros,
};

/// How many bytes go in one frame, unless a single command is longer.
const FRAME: usize = 1 << 20;

/// How long those who are expected to share a frame are waited for, at most.
const PATIENCE: Duration = Duration::from_micros(250);

pub(crate) type Answer = Result<Outcome, AppendError>;

/// What callers ask of the writer.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) appends: Vec<Append>,
    pub(crate) reply: oneshot::Sender<Vec<Answer>>,
}

/// A sealed segment on its way to the index.
#[derive(Debug)]
pub(crate) struct Sealed {
    pub(crate) facts: SegmentFacts,
    pub(crate) index: Arc<MemoryIndex>,
}

/// The state of the writing thread.
#[derive(Debug)]
pub(crate) struct Writer {
    shared: Arc<Shared>,
    sealed: SyncSender<Sealed>,
    segment: Arc<Segment>,
    segment_length: u64,
    /// Where the next frame goes.
    end: u64,
    chain: u32,
    next: Position,
    /// Whether the last frame says that the store was closed.
    closed: bool,
    /// Bytes behind `end` up to here are left from a write that failed.
    dirty: u64,
    frame: FrameBuilder,
    batch: Batch,
    heads: Heads,
    /// How many requests have shared a frame lately.
    together: usize,
    last_sync: Duration,
}

/// What is in the frame that is being gathered.
#[derive(Debug, Default)]
struct Batch {
    heads: Map<StreamName, Version>,
    commands: Map<CommandId, Receipt>,
    records: Vec<Record>,
    /// Answers that hold only once the frame is durable.
    provisional: Vec<Slot>,
}

#[derive(Debug)]
struct Record {
    stream: StreamName,
    first: Version,
    position: Position,
    events: u64,
}

/// Which answer: of which request, and which in it.
#[derive(Clone, Copy, Debug)]
struct Slot {
    request: usize,
    append: usize,
    command: CommandId,
}

/// Why a frame did not become durable.
enum Failure {
    /// Nothing was written, for want of space.
    Full(String),
    /// Nobody knows what is on the disk.
    Stopped(String),
}

/// Counts what became of commands.
fn count<'a>(answers: impl Iterator<Item = &'a Answer>) {
    const OUTCOMES: [&str; 6] = [
        "committed",
        "duplicate",
        "conflict",
        "read_only",
        "unknown",
        "refused",
    ];
    let mut counts = [0; OUTCOMES.len()];
    for answer in answers {
        let [committed, duplicate, conflict, read_only, unknown, refused] = &mut counts;
        *match answer {
            Ok(Outcome::Committed(_)) => committed,
            Ok(Outcome::Duplicate(_)) => duplicate,
            Err(AppendError::Conflict { .. }) => conflict,
            Err(AppendError::ReadOnly(_)) => read_only,
            Err(AppendError::Unknown(_)) => unknown,
            Err(_) => refused,
        } += 1;
    }
    for (outcome, count) in OUTCOMES.into_iter().zip(counts) {
        if 0 < count {
            metrics::counter!("hiroba_log_appends_total", "outcome" => outcome).increment(count);
        }
    }
}

/// Where the log ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    pub(crate) offset: u64,
    pub(crate) chain: u32,
    pub(crate) next: Position,
    pub(crate) closed: bool,
}

impl Writer {
    pub(crate) fn new(
        shared: Arc<Shared>,
        sealed: SyncSender<Sealed>,
        segment: Arc<Segment>,
        segment_length: u64,
        heads: usize,
        end: End,
    ) -> Self {
        Self {
            shared,
            sealed,
            segment,
            segment_length,
            end: end.offset,
            chain: end.chain,
            next: end.next,
            closed: end.closed,
            dirty: end.offset,
            frame: FrameBuilder::default(),
            batch: Batch::default(),
            heads: Heads::new(heads),
            together: 1,
            last_sync: Duration::ZERO,
        }
    }

    /// Takes requests until all callers are gone.
    pub(crate) fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        let mut gathered: Vec<Request> = Vec::new();
        let mut answers: Vec<Vec<Answer>> = Vec::new();
        while let Some(first) = requests.blocking_recv() {
            self.look_for_room();
            // Whatever has arrived while the disk was busy shares the next sync.
            let mut bytes = length(&first);
            gathered.push(first);
            // And so does whoever comes at once: those who were answered together
            // often ask again together.
            let until = Instant::now() + self.patience();
            while bytes < FRAME {
                if let Ok(request) = requests.try_recv() {
                    bytes += length(&request);
                    gathered.push(request);
                } else if gathered.len() < self.together && Instant::now() < until {
                    thread::yield_now();
                } else {
                    break;
                }
            }
            self.together = self.together - self.together.div_ceil(8);
            self.together = self.together.max(gathered.len());
            for (number, request) in gathered.iter_mut().enumerate() {
                let appends = mem::take(&mut request.appends);
                answers.push(Vec::with_capacity(appends.len()));
                for (place, append) in appends.iter().enumerate() {
                    let slot = Slot {
                        request: number,
                        append: place,
                        command: append.command,
                    };
                    let answer = self.decide(append, slot, &mut answers);
                    if let Some(answers) = answers.get_mut(number) {
                        answers.push(answer);
                    }
                }
            }
            // Whoever it concerns is told through the answers.
            let _ = self.commit(&mut answers);
            count(answers.iter().flatten());
            for (request, answers) in gathered.drain(..).zip(answers.drain(..)) {
                // A caller that has gone asks for the receipt when it is back.
                let _ = request.reply.send(answers);
            }
        }
        self.close();
    }

    /// How long those who are expected are waited for: no longer than a sync
    /// takes, which is what whoever just misses one waits.
    fn patience(&self) -> Duration {
        self.last_sync.min(PATIENCE)
    }

    /// After the disk was full: whether it still is.
    fn look_for_room(&mut self) {
        if !matches!(*self.shared.refusal(), Some(ReadOnly::Full(_))) {
            return;
        }
        let room = if self.end < self.dirty {
            self.clean().is_ok()
        } else {
            self.shared.preparer.is_ready()
        };
        if room {
            *self.shared.refusal() = None;
        } else {
            self.shared.preparer.want();
        }
    }

    /// Removes what a write that failed has left behind.
    fn clean(&mut self) -> Result<(), Failure> {
        write_zeros(&self.segment, self.end, self.dirty)
            .and_then(|()| self.segment.file.sync())
            .map_err(write_failure)?;
        self.dirty = self.end;
        Ok(())
    }

    /// Puts a command in the frame, or says why not.
    fn decide(&mut self, append: &Append, slot: Slot, answers: &mut [Vec<Answer>]) -> Answer {
        if let Some(receipt) = self.batch.commands.get(&append.command) {
            self.batch.provisional.push(slot);
            return Ok(Outcome::Duplicate(*receipt));
        }
        if self.shared.unknown().contains(&append.command) {
            return Err(AppendError::Unknown(append.command));
        }
        let known = self.shared.receipt(append.command);
        if let Some(receipt) = self.answered(known)? {
            return Ok(Outcome::Duplicate(receipt));
        }
        if let Some(ReadOnly::Stopped(reason)) = &*self.shared.refusal() {
            return Err(AppendError::ReadOnly(reason.clone()));
        }
        let mut versions = Vec::with_capacity(append.writes.len());
        for write in &append.writes {
            let actual = self.head(&write.stream)?;
            if !write.expected.holds(actual) {
                self.batch.provisional.push(slot);
                return Err(AppendError::Conflict {
                    stream: write.stream.clone(),
                    expected: write.expected,
                    actual,
                });
            }
            versions.push(actual.map_or(Version::FIRST, Version::next));
        }
        self.make_room(encoded_length(append), answers)?;
        let first = Position(self.next.0 + u64::from(self.frame.events()));
        let mut position = first;
        self.frame.push(append, &versions);
        for (write, version) in append.writes.iter().zip(versions) {
            let events = write.events.len() as u64;
            let head = Version(version.0 + events - 1);
            self.batch.heads.insert(write.stream.clone(), head);
            self.batch.records.push(Record {
                stream: write.stream.clone(),
                first: version,
                position,
                events,
            });
            position = Position(position.0 + events);
        }
        let receipt = Receipt {
            first,
            last: Position(position.0 - 1),
        };
        self.batch.commands.insert(append.command, receipt);
        self.batch.provisional.push(slot);
        Ok(Outcome::Committed(receipt))
    }

    fn head(&mut self, stream: &StreamName) -> Result<Option<Version>, AppendError> {
        if let Some(version) = self.batch.heads.get(stream) {
            return Ok(Some(*version));
        }
        if let Some(version) = self.shared.memory().head(stream) {
            return Ok(Some(version));
        }
        if let Some(version) = self.heads.get(stream) {
            return Ok(Some(version));
        }
        let found = self.shared.head(stream);
        let found = self.answered(found)?;
        if let Some(version) = found {
            self.heads.keep(stream.clone(), version);
        }
        Ok(found)
    }

    /// Without an answer from the index no promise can be kept.
    fn answered<T>(&self, answer: Result<T, event_store::ReadError>) -> Result<T, AppendError> {
        answer.map_err(|error| {
            let stopped = matches!(*self.shared.refusal(), Some(ReadOnly::Stopped(_)));
            if !stopped {
                self.shared.stop(format!(
                    "{error}; open the store again to have the index rebuilt"
                ));
            }
            AppendError::ReadOnly(error.to_string())
        })
    }

    /// Sees to it that so many more bytes fit in the frame and in the segment.
    fn make_room(&mut self, more: usize, answers: &mut [Vec<Answer>]) -> Result<(), AppendError> {
        if !self.frame.is_empty() && (FRAME < self.frame.length() + more || !self.fits(more)) {
            // What this command was decided on may be gone with the frame.
            self.commit(answers).map_err(AppendError::ReadOnly)?;
        }
        if self.frame.is_empty() && !self.fits(more) {
            self.roll(more).map_err(|failure| match failure {
                Failure::Full(reason) => {
                    let mut refusal = self.shared.refusal();
                    if refusal.is_none() {
                        tracing::error!(reason, "the disk is full: appends are refused");
                    }
                    *refusal = Some(ReadOnly::Full(reason.clone()));
                    AppendError::ReadOnly(reason)
                }
                Failure::Stopped(reason) => {
                    self.shared.stop(reason.clone());
                    AppendError::ReadOnly(reason)
                }
            })?;
        }
        match &*self.shared.refusal() {
            Some(ReadOnly::Stopped(reason)) => Err(AppendError::ReadOnly(reason.clone())),
            _ => Ok(()),
        }
    }

    fn fits(&self, more: usize) -> bool {
        // One byte ends the frame, and a mark that the store was closed must
        // always have room.
        let frame = aligned(self.frame.length() + more + 1) + FrameHeader::LENGTH;
        self.end + frame as u64 <= self.segment.header.length
    }

    /// Makes the frame durable, then visible; corrects the answers that had
    /// counted on it if that fails.
    fn commit(&mut self, answers: &mut [Vec<Answer>]) -> Result<(), String> {
        let mut committed = Ok(());
        if !self.frame.is_empty() {
            match self.write_frame() {
                Ok(header) => self.publish(&header),
                Err(failure) => committed = Err(self.fail(failure, answers)),
            }
        }
        self.frame.clear();
        self.batch.heads.clear();
        self.batch.commands.clear();
        self.batch.records.clear();
        self.batch.provisional.clear();
        committed
    }

    fn write_frame(&mut self) -> Result<FrameHeader, Failure> {
        if self.end < self.dirty {
            self.clean()?;
        }
        let number = self.segment.header.number;
        let (header, bytes) = self.frame.finish(number, self.end, self.next, self.chain);
        if let Err(error) = self.segment.file.write_at(bytes, self.end) {
            self.dirty = self.end + bytes.len() as u64;
            return Err(write_failure(error));
        }
        let started = Instant::now();
        let synced = self.segment.file.sync();
        self.last_sync = started.elapsed();
        metrics::histogram!("hiroba_log_sync_duration_seconds")
            .record(self.last_sync.as_secs_f64());
        synced.map_err(|error| {
            // What is on the disk is not known any more, and asking again would
            // be answered wrongly: the kernel has forgotten what it lost.
            Failure::Stopped(format!(
                "{} could not be synced: {error}",
                self.segment.place
            ))
        })?;
        Ok(header)
    }

    fn publish(&mut self, header: &FrameHeader) {
        let mut memory = self.shared.memory_mut();
        memory.active.add_frame(header.first, header.offset);
        for record in self.batch.records.drain(..) {
            for event in 0..record.events {
                let place = Place {
                    position: Position(record.position.0 + event),
                    offset: header.offset as u32,
                };
                let version = Version(record.first.0 + event);
                memory.active.add_event(&record.stream, version, place);
            }
        }
        for (command, receipt) in self.batch.commands.drain() {
            memory.active.add_command(command, receipt);
        }
        drop(memory);
        self.end += header.length();
        self.dirty = self.end;
        self.chain = header.checksum;
        self.next = header.next();
        self.closed = false;
        self.segment.set_end(self.end);
        self.shared
            .size
            .send_replace(event_store::LogSize(self.next.0));
        if self.segment.header.length / 2 < self.end {
            self.shared.preparer.want();
        }
        let mut refusal = self.shared.refusal();
        if matches!(*refusal, Some(ReadOnly::Full(_))) {
            *refusal = None;
        }
    }

    fn fail(&mut self, failure: Failure, answers: &mut [Vec<Answer>]) -> String {
        let (reason, known) = match failure {
            Failure::Full(reason) => {
                *self.shared.refusal() = Some(ReadOnly::Full(reason.clone()));
                (reason, true)
            }
            Failure::Stopped(reason) => {
                self.shared.stop(reason.clone());
                self.shared.unknown().extend(self.batch.commands.keys());
                (reason, false)
            }
        };
        for slot in &self.batch.provisional {
            let answer = answers
                .get_mut(slot.request)
                .and_then(|answers| answers.get_mut(slot.append));
            if let Some(answer) = answer {
                *answer = Err(match answer {
                    Ok(_) if !known => AppendError::Unknown(slot.command),
                    _ => AppendError::ReadOnly(reason.clone()),
                });
            }
        }
        reason
    }

    /// Seals the segment and goes on in the next, which must hold a command of
    /// so many bytes.
    fn roll(&mut self, more: usize) -> Result<(), Failure> {
        let least = SegmentHeader::LENGTH + aligned(FrameHeader::LENGTH + more + 1);
        let least = (least + FrameHeader::LENGTH) as u64;
        let full = |error: io::Error| Failure::Full(format!("no room for a segment: {error}"));
        let mut file = self.shared.preparer.take().map_err(full)?;
        if self.segment_length < least {
            file = fill(&*self.shared.disk, PREPARED, least).map_err(full)?;
        }
        let header = SegmentHeader {
            number: self.segment.header.number + 1,
            length: least.max(self.segment_length),
            first: self.next,
            previous_end: self.end,
            chain: self.chain,
        };
        // Until it has its name the file may be thrown away.
        file.write_at(&header.encode(), 0).map_err(full)?;
        file.sync().map_err(full)?;
        let segment = install(&self.shared.disk, &header, file).map_err(|error| {
            Failure::Stopped(format!(
                "segment {} could not be made: {error}",
                header.number
            ))
        })?;
        let segment = Arc::new(segment);
        let old = mem::replace(&mut self.segment, segment.clone());
        old.file.release();
        self.end = segment.end();
        self.dirty = self.end;
        self.closed = false;
        self.heads.clear();
        self.shared
            .segments
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .push(segment);
        let index = self.shared.memory_mut().seal(header.number);
        let sealed = Sealed {
            facts: SegmentFacts {
                number: old.header.number,
                first: old.header.first,
                next: header.first,
                end: header.previous_end,
                chain: header.chain,
            },
            index,
        };
        // Waits while the index is far behind: its memory is bounded.
        self.sealed
            .send(sealed)
            .map_err(|_| Failure::Stopped("the index takes no segments any more".to_owned()))
    }

    /// Proves to the next opening that everything is whole.
    fn close(mut self) {
        let stopped = matches!(*self.shared.refusal(), Some(ReadOnly::Stopped(_)));
        if stopped || self.closed || self.end < self.dirty {
            return;
        }
        self.frame.clear();
        if self.write_frame().is_err() {
            tracing::warn!("the log could not be marked as closed");
        }
    }
}

fn length(request: &Request) -> usize {
    request.appends.iter().map(encoded_length).sum()
}

fn write_failure(error: io::Error) -> Failure {
    let reason = format!("the log cannot be written: {error}");
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Failure::Full(reason),
        _ => Failure::Stopped(reason),
    }
}

//! The next segment is filled with zeros by a thread of its own, so that an
//! append need not wait for it.

use std::{
    io, mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use crate::{
    disk::{Disk, DiskFile},
    recover::{PREPARED, fill},
};

/// Prepares one segment file at a time, under the name [`PREPARED`].
#[derive(Debug)]
pub(crate) struct Preparer {
    slot: Mutex<Slot>,
    changed: Condvar,
}

#[derive(Debug)]
enum Slot {
    /// Nobody has asked.
    Idle,
    /// Asked for, not begun.
    Wanted,
    /// Being filled.
    Filling,
    /// There.
    Ready(Arc<dyn DiskFile>),
    /// Not possible; asking again tries again.
    Failed(io::Error),
    /// The store closes.
    Closed,
}

impl Preparer {
    pub(crate) fn new() -> Self {
        Self {
            slot: Mutex::new(Slot::Idle),
            changed: Condvar::new(),
        }
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&'a self, slot: MutexGuard<'a, Slot>) -> MutexGuard<'a, Slot> {
        self.changed
            .wait(slot)
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// What the thread does until the store closes.
    pub(crate) fn run(&self, disk: &dyn Disk, length: u64) {
        let mut slot = self.slot();
        loop {
            match *slot {
                Slot::Closed => {
                    // It may never have been made; the next opening removes it
                    // as well.
                    let _ = disk.remove(PREPARED);
                    return;
                }
                Slot::Wanted => (),
                _ => {
                    slot = self.wait(slot);
                    continue;
                }
            }
            *slot = Slot::Filling;
            drop(slot);
            let filled = fill(disk, PREPARED, length);
            slot = self.slot();
            if matches!(*slot, Slot::Filling) {
                *slot = match filled {
                    Ok(file) => Slot::Ready(file),
                    Err(error) => Slot::Failed(error),
                };
            }
            self.changed.notify_all();
        }
    }

    /// Asks for the next segment, without waiting for it.
    pub(crate) fn want(&self) {
        let mut slot = self.slot();
        if matches!(*slot, Slot::Idle | Slot::Failed(_)) {
            *slot = Slot::Wanted;
            self.changed.notify_all();
        }
    }

    /// Whether the next segment is there.
    pub(crate) fn is_ready(&self) -> bool {
        matches!(*self.slot(), Slot::Ready(_))
    }

    /// The next segment; asks for it if nobody has, and waits for it.
    pub(crate) fn take(&self) -> io::Result<Arc<dyn DiskFile>> {
        // What failed before may be possible now.
        self.want();
        let mut slot = self.slot();
        loop {
            match mem::replace(&mut *slot, Slot::Idle) {
                Slot::Ready(file) => return Ok(file),
                Slot::Failed(error) => return Err(error),
                Slot::Closed => {
                    *slot = Slot::Closed;
                    return Err(io::Error::other("the store closes"));
                }
                waiting => *slot = waiting,
            }
            slot = self.wait(slot);
        }
    }

    pub(crate) fn close(&self) {
        *self.slot() = Slot::Closed;
        self.changed.notify_all();
    }
}

/// Runs the preparer on its own thread.
pub(crate) fn spawn(
    preparer: Arc<Preparer>,
    disk: Arc<dyn Disk>,
    length: u64,
) -> io::Result<thread::JoinHandle<()>> {
    thread::Builder::new()
        .name("log-prepare".to_owned())
        .spawn(move || preparer.run(&*disk, length))
}

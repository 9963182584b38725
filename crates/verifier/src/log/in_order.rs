//! Work on many threads, taken in order.

use std::{
    collections::BTreeMap,
    sync::{Mutex, mpsc},
    thread,
};

/// How many pieces of work are under way at once for each thread: enough that
/// none waits, and few enough that what was read is still in the cache.
const AHEAD: u64 = 2;

/// Does `work` for each number below `count` on `lanes` threads and hands the
/// results to `take` in order, until that says no. Never more than a few are
/// waiting.
pub(crate) fn in_order<T: Send, E: Send>(
    lanes: usize,
    count: u64,
    work: impl Fn(u64) -> T + Sync,
    mut take: impl FnMut(T) -> Result<bool, E>,
) -> Result<bool, E> {
    let window = AHEAD * lanes as u64;
    let (jobs, queue) = mpsc::channel::<u64>();
    let (done, results) = mpsc::channel();
    let queue = Mutex::new(queue);
    thread::scope(|scope| {
        for _ in 0..lanes {
            let (queue, done, work) = (&queue, done.clone(), &work);
            scope.spawn(move || {
                loop {
                    let Ok(job) = queue
                        .lock()
                        .map_err(|_| ())
                        .and_then(|queue| queue.recv().map_err(|_| ()))
                    else {
                        return;
                    };
                    if done.send((job, work(job))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(done);
        // Owned in here: workers end when it is dropped, also after an early return.
        let jobs = jobs;
        let (mut issued, mut waiting) = (0, BTreeMap::new());
        for next in 0..count {
            while issued < count && issued < next + window {
                // Cannot fail while a worker lives, and they live until `jobs` is dropped.
                if jobs.send(issued).is_err() {
                    return Ok(false);
                }
                issued += 1;
            }
            let result = loop {
                if let Some(result) = waiting.remove(&next) {
                    break result;
                }
                let Ok((job, result)) = results.recv() else {
                    return Ok(false);
                };
                waiting.insert(job, result);
            };
            if !take(result)? {
                return Ok(false);
            }
        }
        Ok(true)
    })
}

//! Work on many threads, taken in order.

use std::{
    collections::BTreeMap,
    panic::{self, AssertUnwindSafe},
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
                    // A panic is handed on: nobody waits for a result that never comes.
                    let result = panic::catch_unwind(AssertUnwindSafe(|| work(job)));
                    if done.send((job, result)).is_err() {
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
            if !take(result.unwrap_or_else(|panic| panic::resume_unwind(panic)))? {
                return Ok(false);
            }
        }
        Ok(true)
    })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    #[test]
    fn results_come_in_order_until_it_is_enough() {
        for lanes in [1, 2, 7] {
            let mut taken = Vec::new();
            let whole = in_order(
                lanes,
                100,
                |number| number * 2,
                |double| {
                    taken.push(double);
                    Ok::<_, Infallible>(double < 120)
                },
            );
            assert_eq!(whole, Ok(false));
            assert!(taken.into_iter().eq((0..=60).map(|number| number * 2)));
        }
        let none = in_order(3, 0, |_| (), |()| Ok::<_, Infallible>(true));
        assert_eq!(none, Ok(true));
    }

    #[test]
    #[should_panic(expected = "the seventh")]
    fn a_panic_is_handed_on() {
        let work = |number| assert_ne!(number, 7, "the seventh");
        let _ = in_order(3, 100, work, |()| Ok::<_, Infallible>(true));
    }
}

//! Work on all cores.

use std::thread;

/// How many threads are worth starting.
pub(crate) fn threads() -> usize {
    thread::available_parallelism().map_or(1, Into::into)
}

/// Applies a function to portions of a list, one portion a thread; answers in the list's order.
pub(crate) fn map<T: Sync, U: Send>(items: &[T], work: impl Fn(&[T]) -> Vec<U> + Sync) -> Vec<U> {
    let portion = items.len().div_ceil(threads()).max(1);
    thread::scope(|scope| {
        let work = &work;
        let workers: Vec<_> = items
            .chunks(portion)
            .map(|items| scope.spawn(move || work(items)))
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| match worker.join() {
                Ok(answers) => answers,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    })
}

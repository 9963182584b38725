//! What the vault costs: `cargo run --release -p vault --example vault_speed`.
//!
//! Keys are made by 64 callers at a time, as under load; texts of 600 bytes are
//! sealed and opened one after the other; then one subject is erased. The times
//! are those of this machine and its disk.

use std::{path::Path, sync::Arc, time::Instant};

use disk::Disk;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use vault::{Erasure, KeyEncryptionKey, KeyStore, Sealing, Subject};

type Failure = Box<dyn std::error::Error>;

fn subject(number: usize) -> Result<Subject, Failure> {
    Ok(format!("subject_{number:026}").parse()?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let count = 20_000;
    let dir = tempfile::tempdir()?;
    let kek = || KeyEncryptionKey::from_bytes(&[1; 32]);
    let open = |dir: &Path| KeyStore::open(Disk::new(), dir, kek());
    let keys = Arc::new(open(dir.path())?);
    let subjects = (0..count).map(subject).collect::<Result<Vec<_>, _>>()?;
    let report = |what: &str, start: Instant, count: usize| {
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "{what}: {:.0}/s, {:.0} µs each",
            count as f64 / seconds,
            seconds * 1e6 / count as f64
        );
    };

    let start = Instant::now();
    stream::iter(&subjects)
        .map(|subject| keys.create(subject))
        .buffer_unordered(64)
        .try_collect::<Vec<()>>()
        .await?;
    report("keys made, 64 at a time", start, count);

    let sealing = Sealing::new(Arc::clone(&keys));
    let text = [b'x'; 600];
    let start = Instant::now();
    let mut entries = Vec::with_capacity(count);
    for subject in &subjects {
        entries.push(sealing.seal(subject, "event_x.0", "body", &text)?.entry);
    }
    report("texts of 600 bytes sealed", start, count);
    let start = Instant::now();
    for entry in &entries {
        std::hint::black_box(sealing.open_entry(entry, "event_x.0")?);
    }
    report("texts of 600 bytes opened", start, count);

    let erasure = |number| -> Result<_, Failure> {
        Ok(Erasure {
            subject: subject(number)?,
            event: "event_y.0".to_owned(),
        })
    };
    let start = Instant::now();
    keys.erase(vec![erasure(7)?]).await?;
    report("one of 20,000 erased", start, 1);
    let start = Instant::now();
    let tenth = (0..count).step_by(10).map(erasure);
    keys.erase(tenth.collect::<Result<_, _>>()?).await?;
    report("a tenth erased together", start, 1);
    drop((sealing, keys));
    let start = Instant::now();
    open(dir.path())?;
    report("opened", start, 1);
    Ok(())
}

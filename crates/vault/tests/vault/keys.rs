use std::{
    collections::BTreeSet,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use disk::Disk;
use proptest::prelude::*;
use vault::{Account, KeyEncryptionKey, KeyError, KeyStore, KeyStoreError};

use super::{erasure, found, kek, open, raw_files, sealing, subject};

const HANA: Account<'_> = Account {
    issuer: "https://id.example",
    subject: "hana",
};

#[tokio::test]
async fn keys_links_and_erasures_are_there_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    {
        let keys = open(dir.path()).unwrap();
        assert!(keys.is_empty());
        keys.create(&subject(1)).await.unwrap();
        keys.create(&subject(1)).await.unwrap();
        let linked = keys.link(HANA, "case_a", subject(2)).await;
        assert_eq!(linked, Ok(subject(2)));
        assert_eq!(keys.len(), 2);
    }
    {
        let keys = open(dir.path()).unwrap();
        assert_eq!(keys.len(), 2);
        assert_eq!(keys.subject_of(HANA, "case_a"), Some(subject(2)));
        assert_eq!(keys.erase(vec![erasure(2)]).await, Ok(1));
        assert_eq!(keys.erase(vec![erasure(2)]).await, Ok(0));
        keys.create(&subject(3)).await.unwrap();
    }
    let keys = open(dir.path()).unwrap();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys.erased_by(&subject(2)), Some(erasure(2).event));
    assert!(keys.subjects_of(HANA).is_empty());
    // The account may take part again, as somebody else.
    let again = keys.link(HANA, "case_a", subject(2)).await;
    assert!(matches!(again, Err(KeyError::Erased { .. })));
    assert_eq!(keys.link(HANA, "case_a", subject(4)).await, Ok(subject(4)));
}

#[tokio::test]
async fn an_account_is_one_subject_in_a_case_and_is_named_in_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let keys = open(dir.path()).unwrap();
    let racing = tokio::join!(
        keys.link(HANA, "case_a", subject(1)),
        keys.link(HANA, "case_a", subject(2)),
    );
    assert_eq!(racing.0, racing.1);
    let other = Account {
        issuer: "https://id.exampleh",
        subject: "ana",
    };
    assert_eq!(keys.subject_of(other, "case_a"), None);
    assert_eq!(keys.link(HANA, "case_b", subject(3)).await, Ok(subject(3)));
    assert_eq!(keys.subjects_of(HANA).len(), 2);
    assert!(!found(&raw_files(dir.path()), b"hana"));
    assert_eq!(format!("{HANA:?}"), "Account(..)");
    let long = keys.link(HANA, &"x".repeat(256), subject(4)).await;
    assert_eq!(long, Err(KeyError::LongId(256)));
}

/// All windows of the old files' encrypted parts, in steps.
fn pieces(files: &[Vec<u8>]) -> Vec<Vec<u8>> {
    // Magic line and epoch number stand in clear; the rest is random.
    let random = |file: &Vec<u8>| {
        let from = if file.starts_with(b"hiroba/keys") {
            23
        } else {
            16
        };
        file.get(from..)
            .map(|rest| rest.chunks(16).map(<[u8]>::to_vec).collect::<Vec<_>>())
    };
    let full = |piece: &Vec<u8>| piece.len() == 16;
    files
        .iter()
        .filter_map(random)
        .flatten()
        .filter(full)
        .collect()
}

#[tokio::test]
async fn an_erased_key_is_in_no_file_not_even_wrapped() {
    let dir = tempfile::tempdir().unwrap();
    let sealing = sealing(dir.path());
    let keys = sealing.keys();
    for number in 0..50 {
        keys.create(&subject(number)).await.unwrap();
    }
    // The wrapped keys as they lay on disk.
    let before = pieces(&raw_files(dir.path()));
    assert!(before.len() > 100);
    assert!(
        before
            .iter()
            .all(|piece| found(&raw_files(dir.path()), piece))
    );
    assert_eq!(keys.erase(vec![erasure(7), erasure(8)]).await, Ok(2));
    let after = raw_files(dir.path());
    assert!(!before.iter().any(|piece| found(&after, piece)));
    assert!(matches!(
        sealing.seal(&subject(7), "event_x.0", "body", b"text"),
        Err(vault::SealError::Key(KeyError::Erased { .. }))
    ));
    assert!(matches!(
        keys.create(&subject(7)).await,
        Err(KeyError::Erased { .. })
    ));
    assert!(
        sealing
            .seal(&subject(9), "event_x.0", "body", b"text")
            .is_ok()
    );
}

/// A store with five keys, a link, and a journal that is not folded yet.
async fn filled(dir: &Path) {
    let keys = open(dir).unwrap();
    for number in 0..4 {
        keys.create(&subject(number)).await.unwrap();
    }
    keys.link(HANA, "case_a", subject(4)).await.unwrap();
}

#[tokio::test]
async fn a_crash_in_the_middle_of_erasing_leaves_the_old_state_or_the_new() {
    let mut outcomes = [0, 0];
    for steps in 0.. {
        let dir = tempfile::tempdir().unwrap();
        filled(dir.path()).await;
        let disk = Disk::stopping_after(steps);
        let done = match KeyStore::open(disk, dir.path(), kek()) {
            Ok(keys) => {
                let done = keys.erase(vec![erasure(4)]).await;
                if done.is_err() {
                    // Whatever the files say, it is not used any more.
                    assert_eq!(keys.len(), 4);
                    let stopped = keys.create(&subject(9)).await;
                    assert!(matches!(stopped, Err(KeyError::Stopped(_))));
                }
                done.is_ok()
            }
            Err(_) => false,
        };
        let keys = open(dir.path()).unwrap();
        let erased = keys.erased_by(&subject(4)).is_some();
        assert_eq!(keys.len(), if erased { 4 } else { 5 });
        assert_eq!(keys.subject_of(HANA, "case_a").is_none(), erased);
        outcomes[usize::from(erased)] += 1;
        // One snapshot, no remains.
        let names = std::fs::read_dir(dir.path()).unwrap();
        let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names.len(), 2, "{names:?}");
        if done {
            assert!(erased);
            break;
        }
    }
    assert!(outcomes[0] > 3 && outcomes[1] > 3, "{outcomes:?}");
}

#[tokio::test]
async fn a_key_that_was_answered_is_there_after_a_crash_at_any_step() {
    let mut stopped = 0;
    for steps in 0..60 {
        let dir = tempfile::tempdir().unwrap();
        let mut answered = 0;
        if let Ok(keys) = KeyStore::open(Disk::stopping_after(steps), dir.path(), kek()) {
            for number in 0..8 {
                match keys.create(&subject(number)).await {
                    Ok(()) => answered += 1,
                    Err(_) => stopped += 1,
                }
            }
        }
        let keys = open(dir.path()).unwrap();
        let kept = keys.len();
        assert!(kept >= answered, "{kept} of {answered} after {steps} steps");
        keys.create(&subject(9)).await.unwrap();
        drop(keys);
        assert_eq!(open(dir.path()).unwrap().len(), kept + 1);
    }
    assert!(stopped > 0);
}

#[tokio::test]
async fn a_changed_byte_anywhere_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).await;
    let names = ["keys-1", "journal-1"];
    let original = names.map(|name| std::fs::read(dir.path().join(name)).unwrap());
    for (name, bytes) in names.into_iter().zip(&original) {
        for at in 0..bytes.len() {
            let copy = tempfile::tempdir().unwrap();
            for (name, bytes) in names.into_iter().zip(&original) {
                std::fs::write(copy.path().join(name), bytes).unwrap();
            }
            let mut changed = bytes.clone();
            changed[at] ^= 0x20;
            std::fs::write(copy.path().join(name), changed).unwrap();
            match open(copy.path()) {
                // The last frame of a journal cannot be told from one that was
                // never completed; nothing else may be lost silently.
                Ok(keys) => assert!(name == "journal-1" && keys.len() == 4, "{name} {at}"),
                Err(error) => assert!(
                    matches!(
                        error,
                        KeyStoreError::Damaged { .. } | KeyStoreError::WrongKey(_)
                    ),
                    "{error}"
                ),
            }
        }
    }
}

#[tokio::test]
async fn a_restored_backup_gives_out_no_key_before_erasures_are_replayed() {
    let dir = tempfile::tempdir().unwrap();
    let backup = dir.path().join("backup");
    {
        let keys = open(&dir.path().join("keys")).unwrap();
        for number in 0..3 {
            keys.create(&subject(number)).await.unwrap();
        }
        keys.backup(&backup).await.unwrap();
        keys.create(&subject(3)).await.unwrap();
        keys.erase(vec![erasure(1)]).await.unwrap();
    }
    let full = KeyStore::restore(Disk::new(), &dir.path().join("keys"), kek(), &backup);
    assert!(matches!(full, Err(KeyStoreError::NotEmpty(_))));
    let fresh = dir.path().join("restored");
    drop(KeyStore::restore(Disk::new(), &fresh, kek(), &backup).unwrap());
    // Opening it again is no way around.
    let keys = open(&fresh).unwrap();
    assert_eq!(keys.create(&subject(0)).await, Err(KeyError::NotReplayed));
    assert_eq!(keys.replay_erasures([erasure(1)]).await, Ok(1));
    keys.create(&subject(0)).await.unwrap();
    assert!(matches!(
        keys.create(&subject(1)).await,
        Err(KeyError::Erased { .. })
    ));
    drop(keys);
    let keys = open(&fresh).unwrap();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys.replay_erasures([erasure(1)]).await, Ok(0));
}

#[tokio::test]
async fn only_the_right_key_encryption_key_opens_the_store_and_it_can_be_replaced() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).await;
    let other = || KeyEncryptionKey::from_bytes(&[43; 32]);
    let refused = KeyStore::open(Disk::new(), dir.path(), other());
    assert!(matches!(refused, Err(KeyStoreError::WrongKey(_))));
    open(dir.path()).unwrap().rewrap(other()).await.unwrap();
    assert!(matches!(open(dir.path()), Err(KeyStoreError::WrongKey(_))));
    let keys = KeyStore::open(Disk::new(), dir.path(), other()).unwrap();
    assert_eq!(keys.len(), 5);
}

#[tokio::test]
async fn a_store_is_open_once() {
    let dir = tempfile::tempdir().unwrap();
    let keys = open(dir.path()).unwrap();
    assert!(matches!(open(dir.path()), Err(KeyStoreError::Locked(_))));
    drop(keys);
    open(dir.path()).unwrap();
}

#[tokio::test]
async fn a_journal_without_its_snapshot_is_damage_and_not_a_new_store() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).await;
    std::fs::remove_file(dir.path().join("keys-1")).unwrap();
    assert!(matches!(
        open(dir.path()),
        Err(KeyStoreError::Damaged { .. })
    ));
}

#[tokio::test]
async fn nothing_secret_is_shown() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).await;
    let keys = open(dir.path()).unwrap();
    assert_eq!(format!("{keys:?}"), "KeyStore { keys: 5, erased: 0, .. }");
}

/// What somebody does to a store.
#[derive(Clone, Debug)]
enum Deed {
    Create(usize),
    Link(usize),
    Erase(Vec<usize>),
    Reopen,
    /// The machine stops after some steps of the next deed.
    Crash(u32, Box<Deed>),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = || {
        prop_oneof![
            4 => (0..8_usize).prop_map(Deed::Create),
            2 => (0..8_usize).prop_map(Deed::Link),
            2 => prop::collection::vec(0..8_usize, 1..3).prop_map(Deed::Erase),
            1 => Just(Deed::Reopen),
        ]
    };
    let crash = (0..14_u32, deed()).prop_map(|(steps, deed)| Deed::Crash(steps, Box::new(deed)));
    prop::collection::vec(prop_oneof![4 => deed(), 1 => crash], 1..12)
}

async fn act(keys: &KeyStore, deed: &Deed) -> Result<(), KeyError> {
    match deed {
        Deed::Create(number) => keys.create(&subject(*number)).await,
        Deed::Link(number) => {
            let case = format!("case_{number}");
            keys.link(HANA, &case, subject(*number)).await.map(drop)
        }
        Deed::Erase(numbers) => {
            let erasures = numbers.iter().copied().map(erasure).collect();
            keys.erase(erasures).await.map(drop)
        }
        Deed::Reopen | Deed::Crash(..) => Ok(()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn whatever_happens_the_store_says_what_was_answered(deeds in deeds()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let (mut living, mut erased) = (BTreeSet::new(), BTreeSet::new());
            let mut keys = open(dir.path()).unwrap();
            for deed in deeds {
                let (deed, answered) = match deed {
                    Deed::Reopen => (Deed::Reopen, Ok(())),
                    Deed::Crash(steps, deed) => {
                        drop(keys);
                        let disk = Disk::stopping_after(steps);
                        let answered = match KeyStore::open(disk, dir.path(), kek()) {
                            Ok(keys) => act(&keys, &deed).await,
                            Err(error) => Err(KeyError::Stopped(error.to_string())),
                        };
                        keys = open(dir.path()).unwrap();
                        (*deed, answered)
                    }
                    deed => {
                        let answered = act(&keys, &deed).await;
                        (deed, answered)
                    }
                };
                if matches!(deed, Deed::Reopen) {
                    drop(keys);
                    keys = open(dir.path()).unwrap();
                }
                let touched = match &deed {
                    Deed::Create(number) | Deed::Link(number) => vec![*number],
                    Deed::Erase(numbers) => numbers.clone(),
                    _ => vec![],
                };
                for number in touched {
                    let is_erased = keys.erased_by(&subject(number)).is_some();
                    match (&answered, &deed) {
                        (Ok(()), Deed::Erase(_)) => assert!(is_erased),
                        (Ok(()), _) => assert!(!is_erased),
                        (Err(KeyError::Erased { .. }), _) => assert!(erased.contains(&number)),
                        // Stopped: either way.
                        (Err(_), _) => (),
                    }
                    if is_erased {
                        living.remove(&number);
                        erased.insert(number);
                    } else if answered.is_ok() {
                        living.insert(number);
                    }
                }
                for number in 0..8 {
                    assert_eq!(keys.erased_by(&subject(number)).is_some(), erased.contains(&number));
                    let linked = keys.subject_of(HANA, &format!("case_{number}"));
                    assert!(linked.is_none() || !erased.contains(&number));
                }
                assert!(keys.len() >= living.len());
            }
        });
    }
}

/// A key store on a disk with room for so many bytes.
fn on_small_disk(dir: &Path, room: &Arc<AtomicU64>) -> KeyStore {
    KeyStore::open(Disk::with_room(Arc::clone(room)), dir, kek()).unwrap()
}

/// Waits until the store takes keys again.
async fn recovers(keys: &KeyStore) {
    for _ in 0..1_000_000 {
        if keys.read_only().is_none() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("{:?}", keys.read_only());
}

#[tokio::test]
async fn on_a_full_disk_no_key_is_made_and_later_it_is() {
    let dir = tempfile::tempdir().unwrap();
    // However much of the frame still fits.
    for left in 0..200 {
        let room = Arc::new(AtomicU64::new(u64::MAX));
        let dir = dir.path().join(left.to_string());
        let keys = on_small_disk(&dir, &room);
        keys.create(&subject(1)).await.unwrap();
        room.store(left, Ordering::SeqCst);
        let refused = loop {
            let next = subject(10 + keys.len());
            if let Err(refused) = keys.create(&next).await {
                break refused;
            }
        };
        assert!(matches!(refused, KeyError::Full(_)), "{refused:?}");
        assert!(matches!(keys.read_only(), Some(KeyError::Full(_))));
        let before = keys.len();
        // What is there is used as before.
        assert!(keys.create(&subject(1)).await.is_ok());
        room.store(u64::MAX, Ordering::SeqCst);
        if left % 2 == 0 {
            // Nobody has to submit for it to recover.
            recovers(&keys).await;
        }
        keys.create(&subject(2)).await.unwrap();
        assert!(keys.read_only().is_none());
        drop(keys);
        let keys = open(&dir).unwrap();
        assert_eq!(keys.len(), before + 1);
        assert!(keys.create(&subject(3)).await.is_ok());
    }
}

#[tokio::test]
async fn an_erasure_on_a_full_disk_is_one_at_once_and_reaches_the_files_when_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let room = Arc::new(AtomicU64::new(u64::MAX));
    let keys = on_small_disk(dir.path(), &room);
    keys.create(&subject(1)).await.unwrap();
    keys.create(&subject(2)).await.unwrap();
    let before = raw_files(dir.path());
    room.store(0, Ordering::SeqCst);
    for _ in 0..2 {
        let refused = keys.erase(vec![erasure(1)]).await;
        assert!(matches!(refused, Err(KeyError::Full(_))), "{refused:?}");
    }
    // Nor is it confirmed to who asks for nobody in particular.
    let refused = keys.erase(Vec::new()).await;
    assert!(matches!(refused, Err(KeyError::Full(_))), "{refused:?}");
    let erased = keys.create(&subject(1)).await;
    assert!(matches!(erased, Err(KeyError::Erased { .. })));
    // Another key-encryption key is not taken half.
    let other = KeyEncryptionKey::from_bytes(&[43; 32]);
    let refused = keys.rewrap(other).await;
    assert!(matches!(refused, Err(KeyError::Full(_))), "{refused:?}");
    room.store(u64::MAX, Ordering::SeqCst);
    // Asking is enough; it need not be asked for the same person.
    assert_eq!(keys.erase(Vec::new()).await, Ok(0));
    drop(keys);
    let after = raw_files(dir.path());
    for file in before.iter().filter(|file| !file.is_empty()) {
        assert!(!after.contains(file), "a file from before the erasure");
    }
    let keys = open(dir.path()).unwrap();
    assert_eq!(keys.erased_by(&subject(1)), Some(erasure(1).event));
    assert_eq!(keys.len(), 1);
}

use std::{path::Path, sync::Arc, time::Duration};

use disk::Disk;
use vault::{
    KeyError, KeyStore,
    files::{FileError, FileId, FileRules, FileVault, MediaType},
};

use super::{erasure, found, kek, open, raw_files, subject};

const DAY: Duration = Duration::from_secs(86_400);

fn rules() -> FileRules {
    FileRules {
        largest: 200_000,
        allowed: vec![MediaType::Pdf, MediaType::Text],
        unclaimed: DAY,
    }
}

fn file() -> FileId {
    "file_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap()
}

/// A vault whose subject 1 has a key.
async fn vault(dir: &Path, disk: Disk) -> (Arc<KeyStore>, FileVault) {
    let keys = Arc::new(open(&dir.join("keys")).unwrap());
    keys.create(&subject(1)).await.unwrap();
    let files = FileVault::open(disk, &dir.join("files"), Arc::clone(&keys), rules());
    (keys, files.unwrap())
}

fn pdf(length: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.extend((bytes.len()..length).map(|at| (at * 7 + at / 251) as u8));
    bytes
}

fn upload(files: &FileVault, bytes: &[u8]) {
    assert_eq!(files.begin(&file(), &subject(1)).unwrap(), 0);
    let mut offset = 0;
    for piece in bytes.chunks(70_000) {
        offset = files.append(&file(), offset, piece).unwrap();
    }
    assert_eq!(offset, bytes.len() as u64);
}

#[tokio::test]
async fn a_file_is_read_in_ranges_sealed_and_published() {
    let dir = tempfile::tempdir().unwrap();
    let (_, files) = vault(dir.path(), Disk::new()).await;
    let bytes = pdf(150_000);
    upload(&files, &bytes);
    assert!(matches!(
        files.read(&file(), 0..9),
        Err(FileError::Incomplete(_))
    ));
    let description = files.finish(&file()).unwrap();
    assert_eq!(files.finish(&file()).unwrap(), description);
    assert_eq!(
        (description.media_type, description.size),
        (MediaType::Pdf, 150_000)
    );
    let check = || {
        for range in [
            0..9,
            65_530..65_542,
            70_000..140_001,
            149_999..150_000,
            149_990..999_999,
        ] {
            let expected = &bytes[range.start as usize..range.end.min(150_000) as usize];
            assert_eq!(files.read(&file(), range).unwrap(), expected);
        }
        assert_eq!(files.read(&file(), 150_000..150_001).unwrap(), b"");
    };
    check();
    assert!(!found(&raw_files(dir.path()), &bytes[..64]));
    files.publish(&file()).unwrap();
    files.publish(&file()).unwrap();
    check();
    assert!(found(&raw_files(dir.path()), &bytes[..64]));
    assert!(files.remove(&file()).unwrap());
    assert!(!files.remove(&file()).unwrap());
    let gone = files.read(&file(), 0..9).unwrap_err();
    assert_eq!(gone.code(), "FILE_NOT_FOUND");
}

#[tokio::test]
async fn an_upload_goes_on_where_the_last_acknowledged_byte_was() {
    let dir = tempfile::tempdir().unwrap();
    let (_, files) = vault(dir.path(), Disk::new()).await;
    let bytes = pdf(100_000);
    files.begin(&file(), &subject(1)).unwrap();
    files.append(&file(), 0, &bytes[..40_000]).unwrap();
    assert_eq!(files.begin(&file(), &subject(1)).unwrap(), 40_000);
    let wrong = files.append(&file(), 0, &bytes);
    assert!(matches!(
        wrong,
        Err(FileError::Offset {
            expected: 40_000,
            found: 0
        })
    ));
    // Torn: half a frame, a head only, a whole frame of garbage.
    let path = dir.path().join("files/uploads").join(file().as_str());
    let whole = std::fs::read(&path).unwrap();
    for garbage in [
        vec![1],
        vec![1, 0, 0, 0, 90, 7, 7],
        [vec![1, 0, 0, 0, 90], vec![7; 90]].concat(),
    ] {
        std::fs::write(&path, [whole.clone(), garbage].concat()).unwrap();
        assert_eq!(files.offset(&file()).unwrap(), 40_000);
    }
    files.append(&file(), 40_000, &bytes[40_000..]).unwrap();
    files.finish(&file()).unwrap();
    assert_eq!(files.read(&file(), 0..100_000).unwrap(), bytes);
}

#[tokio::test]
async fn after_a_crash_at_any_step_an_acknowledged_byte_is_there() {
    let bytes = pdf(100_000);
    for steps in 0.. {
        let dir = tempfile::tempdir().unwrap();
        drop(vault(dir.path(), Disk::new()).await);
        let disk = Disk::stopping_after(steps);
        let mut acknowledged = (0, false, false);
        {
            let (_, files) = vault(dir.path(), disk.clone()).await;
            let mut go = || -> Result<(), FileError> {
                files.begin(&file(), &subject(1))?;
                for piece in bytes.chunks(40_000) {
                    acknowledged.0 = files.append(&file(), acknowledged.0, piece)?;
                }
                files.finish(&file())?;
                acknowledged.1 = true;
                files.publish(&file())?;
                acknowledged.2 = true;
                Ok(())
            };
            let _ = go();
        }
        let (_, files) = vault(dir.path(), Disk::new()).await;
        if !acknowledged.1 {
            match files.begin(&file(), &subject(1)) {
                Ok(mut offset) => {
                    assert!(offset >= acknowledged.0);
                    if offset < 100_000 {
                        let rest = &bytes[offset as usize..];
                        offset = files.append(&file(), offset, rest).unwrap();
                    }
                    assert_eq!(offset, 100_000);
                }
                Err(error) => assert!(matches!(error, FileError::Exists(_)), "{error}"),
            }
            files.finish(&file()).unwrap();
        }
        assert_eq!(files.read(&file(), 0..100_000).unwrap(), bytes);
        files.publish(&file()).unwrap();
        assert_eq!(files.read(&file(), 0..100_000).unwrap(), bytes);
        if acknowledged.2 {
            assert!(steps > 15, "{steps}");
            break;
        }
    }
}

#[tokio::test]
async fn what_the_rules_do_not_allow_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (_, files) = vault(dir.path(), Disk::new()).await;
    let unknown = files.begin(&file(), &subject(2));
    assert!(matches!(unknown, Err(FileError::Key(KeyError::Unknown(_)))));
    files.begin(&file(), &subject(1)).unwrap();
    assert!(matches!(
        files.begin(&file(), &subject(2)),
        Err(FileError::Exists(_))
    ));
    let large = files.append(&file(), 0, &pdf(200_001)).unwrap_err();
    assert_eq!(large.code(), "FILE_TOO_LARGE");
    // A picture, which these rules do not allow, under whatever name.
    files.append(&file(), 0, b"\x89PNG\r\n\x1a\n").unwrap();
    assert_eq!(
        files.finish(&file()).unwrap_err().code(),
        "FILE_TYPE_NOT_ALLOWED"
    );
    assert!("../../etc/passwd".parse::<FileId>().is_err());
    assert!(
        "subject_01ARZ3NDEKTSV4RRFFQ69G5FAV"
            .parse::<FileId>()
            .is_err()
    );
}

#[tokio::test]
async fn a_changed_byte_anywhere_in_a_sealed_file_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let (_, files) = vault(dir.path(), Disk::new()).await;
    let bytes = pdf(300);
    upload(&files, &bytes);
    files.finish(&file()).unwrap();
    let path = dir.path().join("files/sealed").join(file().as_str());
    let whole = std::fs::read(&path).unwrap();
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        std::fs::write(&path, &changed).unwrap();
        assert!(files.read(&file(), 0..300).is_err(), "{at}");
        std::fs::write(&path, &whole[..at]).unwrap();
        assert!(files.read(&file(), 0..300).is_err(), "{at}");
    }
    std::fs::write(&path, [whole.as_slice(), b"x"].concat()).unwrap();
    assert!(files.read(&file(), 0..300).is_err());
    std::fs::write(&path, &whole).unwrap();
    assert_eq!(files.read(&file(), 0..300).unwrap(), bytes);
    // Another file's bytes under this name.
    let other: FileId = "file_01ARZ3NDEKTSV4RRFFQ69G5FAW".parse().unwrap();
    std::fs::copy(&path, path.with_file_name(other.as_str())).unwrap();
    assert_eq!(
        files.read(&other, 0..300).unwrap_err().code(),
        "FILE_DAMAGED"
    );
}

#[tokio::test]
async fn the_files_of_the_erased_are_unreadable_at_once_and_then_gone() {
    let dir = tempfile::tempdir().unwrap();
    let (keys, files) = vault(dir.path(), Disk::new()).await;
    upload(&files, &pdf(300));
    files.finish(&file()).unwrap();
    let sealed = std::fs::read(dir.path().join("files/sealed").join(file().as_str())).unwrap();
    // Another one that was never finished.
    let begun: FileId = "file_01ARZ3NDEKTSV4RRFFQ69G5FAW".parse().unwrap();
    files.begin(&begun, &subject(1)).unwrap();
    files.append(&begun, 0, &pdf(200)).unwrap();
    let half = std::fs::read(dir.path().join("files/uploads").join(begun.as_str())).unwrap();
    assert_eq!(files.sweep().unwrap(), vec![]);
    keys.erase(vec![erasure(1)]).await.unwrap();
    assert_eq!(
        files.read(&file(), 0..300).unwrap_err().code(),
        "FILE_ERASED"
    );
    assert_eq!(files.sweep().unwrap(), vec![begun, file()]);
    for gone in [&sealed[60..100], &half[60..100]] {
        assert!(!found(&raw_files(dir.path()), gone));
    }
    drop((keys, files));
    assert!(KeyStore::open(Disk::new(), &dir.path().join("keys"), kek()).is_ok());
}

#[tokio::test]
async fn what_nobody_hands_in_is_not_kept_for_ever() {
    let dir = tempfile::tempdir().unwrap();
    let (_, files) = vault(dir.path(), Disk::new()).await;
    let ids = ["V", "W", "X"].map(|last| format!("file_01ARZ3NDEKTSV4RRFFQ69G5FA{last}"));
    let [handed_in, whole, begun] = ids.map(|id| id.parse::<FileId>().unwrap());
    for file in [&handed_in, &whole, &begun] {
        files.begin(file, &subject(1)).unwrap();
        files.append(file, 0, &pdf(200)).unwrap();
    }
    files.finish(&handed_in).unwrap();
    files.finish(&whole).unwrap();
    let is_named = |file: &FileId| *file == handed_in;
    // The clock of the file system.
    let now = std::fs::metadata(dir.path()).unwrap().modified().unwrap();
    for early in [now, now + DAY / 2] {
        assert_eq!(files.remove_unclaimed(early, is_named).unwrap(), vec![]);
    }
    let removed = files.remove_unclaimed(now + 2 * DAY, is_named).unwrap();
    assert_eq!(removed, vec![begun.clone(), whole.clone()]);
    assert_eq!(files.describe(&whole).unwrap_err().code(), "FILE_NOT_FOUND");
    assert_eq!(files.offset(&begun).unwrap_err().code(), "FILE_NOT_FOUND");
    assert!(files.describe(&handed_in).is_ok());
}

use std::sync::Arc;

use disk::Disk;
use event_store::MemoryStore;
use sealer::{Finding, Sealer, SealerError, Signer, SignerError, export, fsck};
use transparency::{
    Edge, Hash, Tile, bundle,
    proof::check_consistency,
    tile::{Kind, created},
};

use super::{City, ORIGIN, copy, leaf, position, record, verify};

fn root(size: u64) -> Hash {
    let mut edge = Edge::new();
    for position in 0..size {
        edge.append(Hash::leaf(&leaf(position)));
    }
    edge.root()
}

#[tokio::test]
async fn every_size_around_a_tile_s_end_is_sealed_and_proved() {
    let city = City::new();
    let sealer = city.open().await;
    assert_eq!(sealer.size(), 0);
    let mut old = None;
    for size in [1, 2, 255, 256, 257, 258, 511, 512, 513, 1000] {
        city.grow_to(size).await;
        let checkpoint = sealer.seal().await.unwrap();
        let checkpoint = checkpoint.checkpoint().clone();
        assert_eq!((checkpoint.size(), checkpoint.root()), (size, root(size)));
        for at in [0, size / 2, size - 1] {
            verify(&sealer.receipt(position(at)).unwrap(), &sealer);
        }
        if let Some((old_size, old_root)) = old {
            let proof = sealer.consistency(old_size, size).unwrap();
            let checked = check_consistency(old_size, size, &proof, &old_root, &checkpoint.root());
            assert_eq!(checked, Ok(()));
            // A receipt at an earlier checkpoint still comes out.
            verify(
                &sealer.receipt_at(position(old_size - 1), old_size).unwrap(),
                &sealer,
            );
        }
        old = Some((size, checkpoint.root()));
    }
    assert!(matches!(
        sealer.receipt(position(1000)),
        Err(SealerError::NotYet(_))
    ));
    assert!(matches!(
        sealer.receipt_at(position(0), 300),
        Err(SealerError::NoCheckpoint(300))
    ));
    assert_eq!(sealer.checkpoint_sizes().len(), 11);
    assert_eq!(fsck(&sealer, &|_, _| ()).await.unwrap(), vec![]);
}

#[tokio::test]
async fn a_sealer_goes_on_where_it_was_at_every_size() {
    let city = City::new();
    for size in [0, 3, 255, 256, 257, 700, 1024, 1100] {
        city.grow_to(size).await;
        let sealer = city.open().await;
        assert_eq!(
            sealer.checkpoint().checkpoint().root(),
            root(size),
            "{size}"
        );
        if size > 0 {
            verify(&sealer.receipt(position(size / 3)).unwrap(), &sealer);
        }
        assert_eq!(fsck(&sealer, &|_, _| ()).await.unwrap(), vec![]);
    }
}

#[tokio::test]
async fn tiles_and_bundles_are_those_of_every_published_size() {
    let city = City::new();
    city.grow_to(600).await;
    let sealer = city.open().await;
    let tile = sealer.tile(0, 2, 88).unwrap().unwrap();
    assert_eq!(tile.len(), 88 * 32);
    assert_eq!(tile[..32], Hash::leaf(&leaf(512)).0);
    // A narrower one is its beginning; a wider one is not there yet.
    assert_eq!(sealer.tile(0, 2, 7).unwrap().unwrap(), tile[..7 * 32]);
    for (level, index, width) in [
        (0, 2, 89),
        (0, 3, 1),
        (1, 0, 3),
        (2, 0, 1),
        (0, 2, 0),
        (64, 0, 1),
    ] {
        assert_eq!(sealer.tile(level, index, width).unwrap(), None);
    }
    assert_eq!(sealer.tile(1, 0, 2).unwrap().unwrap().len(), 64);
    let entries = sealer.entries(2, 88).await.unwrap().unwrap();
    let entries = bundle::parse(&entries).unwrap();
    assert_eq!((entries.len(), entries[0]), (88, leaf(512).as_slice()));
    assert_eq!(sealer.entries(2, 89).await.unwrap(), None);
    // Recorded, but not published.
    city.grow_to(900).await;
    assert_eq!(sealer.tile(0, 2, 256).unwrap(), None);
    sealer.seal().await.unwrap();
    assert_eq!(sealer.tile(0, 2, 88).unwrap().unwrap(), tile);
}

#[tokio::test]
async fn an_old_copy_of_the_log_under_a_signer_that_has_seen_more_is_an_alarm() {
    let city = City::new();
    city.grow_to(300).await;
    city.open().await;
    let old = City::new();
    old.grow_to(290).await;
    copy(&city.tree(), &old.tree());
    copy(&city.keys(), &old.keys());
    let opened = old.open_with(Disk::new()).await;
    assert!(matches!(
        opened,
        Err(SealerError::Shorter { signed: 300, .. })
    ));
    // It has grown again meanwhile, with other events.
    record(&*old.store, 1 << 40, (290..310).map(|n: u64| vec![n as u8])).await;
    let opened = old.open_with(Disk::new()).await;
    assert!(matches!(
        opened,
        Err(SealerError::OtherRoot { size: 300, .. })
    ));
    // The tree of the old copy changes nothing about that.
    std::fs::remove_dir_all(old.tree()).unwrap();
    let opened = old.open_with(Disk::new()).await;
    let Err(error) = opened else {
        panic!("a fork was signed")
    };
    assert!(error.to_string().starts_with("ALARM"), "{error}");
    // The signer by itself would not have done it either.
    let mut signer = Signer::open(Disk::new(), &old.keys(), ORIGIN).unwrap();
    for (size, proof) in [(299, vec![]), (300, vec![]), (310, vec![root(9); 9])] {
        let refused = signer.sign(size, Hash::leaf(b"fork"), &proof);
        assert!(matches!(
            refused,
            Err(SignerError::Fork { signed: 300, .. })
        ));
    }
    assert_eq!(signer.last().root(), root(300));
}

#[tokio::test]
async fn a_tree_that_is_not_of_this_log_is_made_again() {
    let (city, other) = (City::new(), City::new());
    record(&*other.store, 1, (0..600).map(|n: u64| vec![n as u8; 5])).await;
    other.open().await;
    copy(&other.tree(), &city.tree());
    city.grow_to(600).await;
    let sealer = city.open().await;
    assert_eq!(sealer.checkpoint().checkpoint().root(), root(600));
    assert_eq!(fsck(&sealer, &|_, _| ()).await.unwrap(), vec![]);
}

#[tokio::test]
async fn a_changed_tile_is_found_and_becomes_no_receipt() {
    let city = City::new();
    // More than one tile of level 1, so that opening does not read them all.
    city.grow_to(65_537).await;
    let sealer = city.open().await;
    let tile = Tile::new(Kind::Hashes(0), 3, 256).unwrap();
    let path = city.tree().join(tile.to_string());
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[40] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    assert_eq!(
        fsck(&sealer, &|_, _| ()).await.unwrap(),
        vec![Finding::Tile(tile)]
    );
    let receipt = sealer.receipt(position(3 * 256));
    assert!(matches!(receipt, Err(SealerError::DamagedTree(_))));
    let lost = Tile::new(Kind::Hashes(0), 5, 256).unwrap();
    std::fs::remove_file(city.tree().join(lost.to_string())).unwrap();
    let expected = vec![Finding::Tile(tile), Finding::Tile(lost)];
    assert_eq!(fsck(&sealer, &|_, _| ()).await.unwrap(), expected);
    let receipt = sealer.receipt(position(5 * 256));
    assert!(matches!(receipt, Err(SealerError::Tile(tile)) if tile == lost));
    // As the error says.
    drop(sealer);
    std::fs::remove_dir_all(city.tree()).unwrap();
    let sealer = city.open().await;
    verify(&sealer.receipt(position(3 * 256)).unwrap(), &sealer);
    assert_eq!(fsck(&sealer, &|_, _| ()).await.unwrap(), vec![]);
}

#[tokio::test]
async fn a_checkpoint_that_does_not_follow_from_the_log_is_found() {
    let city = City::new();
    city.grow_to(10).await;
    city.open().await;
    let path = city.keys().join("checkpoints");
    let text = std::fs::read_to_string(&path).unwrap();
    let forged = text.replace(&root(10).to_string(), &root(9).to_string());
    std::fs::write(&path, forged).unwrap();
    let sealer = city.open().await;
    // The newest one is in the state too: the good one is given out again.
    assert_eq!(fsck(&sealer, &|_, _| ()).await.unwrap(), vec![]);
    let note = sealer.checkpoint().to_string().replace("\n10\n", "\n4\n");
    drop(sealer);
    let mut history = std::fs::read_to_string(&path).unwrap();
    history.push_str(&format!("checkpoint {}\n{note}", note.len()));
    std::fs::write(&path, history).unwrap();
    let sealer = city.open().await;
    assert_eq!(
        fsck(&sealer, &|_, _| ()).await.unwrap(),
        vec![Finding::Checkpoint(4)]
    );
}

#[tokio::test]
async fn a_key_is_replaced_without_a_gap() {
    let city = City::new();
    city.grow_to(5).await;
    let sealer = city.open().await;
    let old = sealer.verifiers();
    let before = sealer.receipt(position(1)).unwrap();
    let new = sealer.rotate().unwrap();
    city.grow_to(9).await;
    sealer.seal().await.unwrap();
    let both = sealer.receipt(position(7)).unwrap();
    assert_eq!(both.checkpoint.note().signatures().len(), 2);
    for keys in [&old, &vec![new.clone()]] {
        assert!(both.verify(&leaf(7), keys, None).is_ok());
    }
    drop(sealer);
    let sealer = city.open().await;
    assert_eq!(sealer.verifiers(), [old[0].clone(), new.clone()]);
    sealer.retire_oldest_key().unwrap();
    city.grow_to(12).await;
    sealer.seal().await.unwrap();
    let after = sealer.receipt(position(7)).unwrap();
    assert!(after.verify(&leaf(7), &old, None).is_err());
    assert!(
        after
            .verify(&leaf(7), std::slice::from_ref(&new), None)
            .is_ok()
    );
    // Whoever has an old receipt still has a good one.
    assert!(before.verify(&leaf(1), &old, None).is_ok());
    let refused = sealer.retire_oldest_key();
    assert!(matches!(
        refused,
        Err(SealerError::Signer(SignerError::LastKey))
    ));
}

#[tokio::test]
async fn a_signer_without_its_memory_does_not_sign() {
    let city = City::new();
    city.grow_to(5).await;
    city.open().await;
    let open = || Signer::open(Disk::new(), &city.keys(), ORIGIN);
    let state = city.keys().join("state");
    let text = std::fs::read_to_string(&state).unwrap();
    std::fs::remove_file(&state).unwrap();
    assert!(matches!(open(), Err(SignerError::NoState(_))));
    std::fs::write(&state, "nonsense").unwrap();
    assert!(matches!(open(), Err(SignerError::Damaged { .. })));
    std::fs::write(&state, &text).unwrap();
    let other = Signer::open(Disk::new(), &city.keys(), "city.example.jp/log/2");
    assert!(matches!(other, Err(SignerError::OtherOrigin { .. })));
    let signer = open().unwrap();
    assert!(matches!(open(), Err(SignerError::Locked(_))));
    assert!(
        !format!("{signer:?}")
            .contains(&std::fs::read_to_string(city.keys().join("key-1")).unwrap())
    );
    drop(signer);
    std::fs::remove_file(city.keys().join("key-1")).unwrap();
    assert!(matches!(open(), Err(SignerError::NoKey(_))));
}

#[tokio::test]
async fn an_export_holds_every_file_of_the_specification_and_is_brought_up_to_date() {
    let city = City::new();
    city.grow_to(520).await;
    let sealer = city.open().await;
    let dir = city.dir.path().join("export");
    for size in [520, 1030] {
        city.grow_to(size).await;
        sealer.seal().await.unwrap();
        let checkpoint = export(&sealer, &Disk::new(), &dir).await.unwrap();
        assert_eq!(checkpoint.checkpoint().size(), size);
        for tile in created(0, size) {
            let bytes = std::fs::read(dir.join(tile.to_string())).unwrap();
            match tile.kind() {
                Kind::Entries => {
                    let entries = bundle::parse(&bytes).unwrap();
                    assert_eq!(entries.len(), usize::from(tile.width()));
                    assert_eq!(entries[0], leaf(tile.index() * 256));
                }
                Kind::Hashes(_) => assert_eq!(bytes.len(), usize::from(tile.width()) * 32),
            }
        }
        let note = std::fs::read_to_string(dir.join("checkpoint")).unwrap();
        assert_eq!(note, checkpoint.to_string());
        let kept = std::fs::read_to_string(dir.join(format!("checkpoint.{size}"))).unwrap();
        assert_eq!(kept, note);
    }
    assert!(dir.join("checkpoint.520").exists() && dir.join("tile/0/002.p/8").exists());
}

#[tokio::test]
async fn an_empty_log_has_a_checkpoint_too() {
    let store = Arc::new(MemoryStore::default());
    let dir = tempfile::tempdir().unwrap();
    let signer = Signer::open(Disk::new(), &dir.path().join("signer"), ORIGIN).unwrap();
    let sealer = Sealer::open(store, Disk::new(), &dir.path().join("tree"), signer)
        .await
        .unwrap();
    assert_eq!(sealer.checkpoint().checkpoint().root(), Hash::empty_tree());
    assert!(sealer.checkpoint().verify(&sealer.verifiers()).is_ok());
}

#[tokio::test]
async fn a_lost_signer_is_made_again_from_its_key_and_the_newest_checkpoint() {
    let city = City::new();
    city.grow_to(300).await;
    let newest = city.open().await.checkpoint();
    city.grow_to(400).await;
    let key = city.keys().join("key-1");
    // Where there is a signer, its memory stays.
    let refused = Signer::recover(&Disk::new(), &city.keys(), &key, &newest);
    assert!(matches!(refused, Err(SignerError::Exists(_))));
    let safe = city.dir.path().join("safe");
    std::fs::rename(city.keys(), &safe).unwrap();
    let key = safe.join("key-1");
    // A checkpoint that the key has not signed is no memory.
    let other = City::new();
    other.grow_to(300).await;
    let foreign = other.open().await.checkpoint();
    let refused = Signer::recover(&Disk::new(), &city.keys(), &key, &foreign);
    assert!(matches!(refused, Err(SignerError::Checkpoint(_))));
    Signer::recover(&Disk::new(), &city.keys(), &key, &newest).unwrap();
    let sealer = city.open().await;
    assert_eq!(sealer.size(), 400);
    assert_eq!(fsck(&sealer, &|_, _| ()).await.unwrap(), vec![]);
    drop(sealer);
    // A log that is shorter than the newest checkpoint is still refused.
    let short = City::new();
    short.grow_to(299).await;
    Signer::recover(&Disk::new(), &short.keys(), &key, &newest).unwrap();
    let opened = short.open_with(Disk::new()).await;
    assert!(matches!(
        opened,
        Err(SealerError::Shorter { signed: 300, .. })
    ));
}

use disk::Disk;
use sealer::fsck;
use transparency::proof::check_consistency;

use super::{City, position, verify};

#[tokio::test]
async fn after_a_crash_at_any_step_the_tree_is_whole_and_extends_what_was_given_out() {
    let sizes = [1, 256, 300, 600];
    let mut crashes = 0;
    for steps in 0.. {
        let city = City::new();
        let mut given_out = Vec::new();
        let disk = Disk::stopping_after(steps);
        if let Ok(sealer) = city.open_with(disk.clone()).await {
            for size in sizes {
                city.grow_to(size).await;
                match sealer.seal().await {
                    Ok(checkpoint) => given_out.push(checkpoint.checkpoint().clone()),
                    Err(_) => break,
                }
            }
        }
        crashes += usize::from(disk.has_stopped());
        // Events went on being recorded; then the machine starts again.
        city.grow_to(700).await;
        let sealer = city.open().await;
        let newest = sealer.checkpoint();
        let newest = newest.checkpoint();
        assert_eq!(newest.size(), 700);
        for old in &given_out {
            let kept = sealer.checkpoint_at(old.size()).unwrap();
            assert_eq!(kept.checkpoint(), old);
            let proof = sealer.consistency(old.size(), 700).unwrap();
            let checked = check_consistency(old.size(), 700, &proof, &old.root(), &newest.root());
            assert_eq!(checked, Ok(()));
        }
        assert_eq!(
            fsck(&sealer, &|_, _| ()).await.unwrap(),
            vec![],
            "after {steps} steps"
        );
        verify(&sealer.receipt(position(377)).unwrap(), &sealer);
        if !disk.has_stopped() {
            break;
        }
    }
    assert!(crashes > 40, "{crashes}");
}

#[tokio::test]
async fn a_file_cut_anywhere_is_made_again_or_named() {
    let city = City::new();
    city.grow_to(700).await;
    city.open().await;
    let edge = city.tree().join("edge");
    let whole = std::fs::read(&edge).unwrap();
    for length in 0..whole.len() {
        std::fs::write(&edge, &whole[..length]).unwrap();
        let sealer = city.open().await;
        assert_eq!(fsck(&sealer, &|_, _| ()).await.unwrap(), vec![]);
    }
    for tile in ["tile/0/001", "tile/0/000"] {
        std::fs::write(city.tree().join(tile), b"torn").unwrap();
        let sealer = city.open().await;
        assert_eq!(fsck(&sealer, &|_, _| ()).await.unwrap(), vec![]);
        verify(&sealer.receipt(position(300)).unwrap(), &sealer);
    }
}

#[tokio::test]
async fn a_history_cut_within_a_checkpoint_goes_on() {
    let city = City::new();
    city.grow_to(3).await;
    city.open().await;
    let path = city.keys().join("checkpoints");
    let whole = std::fs::read(&path).unwrap();
    for length in 0..whole.len() {
        std::fs::write(&path, &whole[..length]).unwrap();
        let sealer = city.open().await;
        // The newest one is in the state too, and is given out again.
        assert_eq!(sealer.checkpoint_at(3).unwrap().checkpoint().size(), 3);
    }
}

//! What other implementations say of our log.

use signed_note::{Note, StandardVerifier, VerifierList};
use tlog_tiles::tlog::{self, check_record, check_tree, record_hash};
use transparency::receipt::Receipt;

use super::{City, leaf, position};

#[tokio::test]
async fn signatures_inclusion_and_consistency_hold_for_another_implementation() {
    let city = City::new();
    let sealer = city.open().await;
    let mut last = None;
    for size in [1, 255, 256, 257, 258, 1000] {
        city.grow_to(size).await;
        let checkpoint = sealer.seal().await.unwrap();
        let verifier = StandardVerifier::new(&sealer.verifiers()[0].to_string()).unwrap();
        let note = Note::from_bytes(checkpoint.to_string().as_bytes()).unwrap();
        let (good, _) = note
            .verify(&VerifierList::new(vec![Box::new(verifier)]))
            .unwrap();
        assert_eq!(good.len(), 1);
        let theirs = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
        assert_eq!(theirs.size(), size);
        let root = *theirs.hash();
        for index in [0, size / 2, size - 1] {
            let receipt = sealer.receipt(position(index)).unwrap().to_string();
            let proof = Receipt::parse(receipt.as_bytes()).unwrap().proof;
            let proof = proof.iter().map(|hash| tlog::Hash(hash.0)).collect();
            let leaf = record_hash(&leaf(index));
            assert!(check_record(&proof, size, root, index, leaf).is_ok());
        }
        if let Some((old, old_root)) = last {
            let proof = sealer.consistency(old, size).unwrap();
            let proof = proof.iter().map(|hash| tlog::Hash(hash.0)).collect();
            assert!(check_tree(&proof, size, root, old, old_root).is_ok());
        }
        last = Some((size, root));
    }
}

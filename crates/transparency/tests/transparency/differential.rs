//! The same questions to other people's implementations.

use std::convert::Infallible;

use proptest::prelude::*;
use signed_note::{Verifier as _, VerifierList};
use tlog_tiles::tlog;
use transparency::{
    Edge, Hash, Note, SignerKey,
    cosignature::cosign,
    edge::EdgeError,
    note::KeyKind,
    proof::{HashReader, consistency, inclusion},
    tile::{Kind, Tile, created},
};

/// Hashes of perfect subtrees, level by level, as an append reports them.
#[derive(Default)]
struct Tree {
    edge: Edge,
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    fn of(leaves: &[Vec<u8>]) -> Self {
        let mut tree = Self::default();
        for leaf in leaves {
            let levels = &mut tree.levels;
            tree.edge
                .append_with(Hash::leaf(leaf), |level, index, hash| {
                    let level = usize::from(level);
                    levels.resize_with(levels.len().max(level + 1), Vec::new);
                    assert_eq!(levels[level].len() as u64, index);
                    levels[level].push(hash);
                });
        }
        tree
    }
}

impl HashReader for Tree {
    type Error = Infallible;

    fn hash(&self, level: u8, index: u64) -> Result<Hash, Infallible> {
        Ok(self.levels[usize::from(level)][index as usize])
    }
}

/// The other implementation's stored hashes, in its own order.
struct Stored(Vec<tlog::Hash>);

impl tlog::HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog_tiles::Error> {
        Ok(indexes
            .iter()
            .map(|index| self.0[*index as usize])
            .collect())
    }
}

fn stored(leaves: &[Vec<u8>]) -> Stored {
    let mut stored = Stored(vec![]);
    for (index, leaf) in leaves.iter().enumerate() {
        let new = tlog::stored_hashes(index as u64, leaf, &stored).unwrap();
        stored.0.extend(new);
    }
    stored
}

fn bytes(hashes: &[tlog::Hash]) -> Vec<Hash> {
    hashes.iter().map(|hash| Hash(hash.0)).collect()
}

fn leaves() -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 1..300)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn roots_and_proofs_are_those_of_others(
        leaves in leaves(), a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>(),
    ) {
        let size = leaves.len();
        let (index, old) = (a.index(size), 1 + b.index(size));
        let tree = Tree::of(&leaves);
        let proof = inclusion(&tree, index as u64, size as u64).unwrap();
        let growth = consistency(&tree, old as u64, size as u64).unwrap();
        let root = tree.edge.root();

        let mut other = ct_merkle::mem_backed_tree::MemoryBackedTree::<sha2::Sha256, Vec<u8>>::new();
        for leaf in &leaves {
            other.push(leaf.clone());
        }
        prop_assert_eq!(other.root().as_bytes().to_vec(), root.0.to_vec());
        let flat = |hashes: &[Hash]| hashes.iter().flat_map(|hash| hash.0).collect::<Vec<u8>>();
        let theirs = other.prove_inclusion(index);
        prop_assert_eq!(theirs.as_bytes().to_vec(), flat(&proof));
        if old < size {
            let theirs = other.prove_consistency(size - old);
            prop_assert_eq!(theirs.as_bytes().to_vec(), flat(&growth));
        }

        let stored = stored(&leaves);
        prop_assert_eq!(tlog::tree_hash(size as u64, &stored).unwrap().0, root.0);
        let theirs = tlog::prove_record(size as u64, index as u64, &stored).unwrap();
        prop_assert_eq!(bytes(&theirs), proof);
        let theirs = tlog::prove_tree(size as u64, old as u64, &stored).unwrap();
        prop_assert_eq!(bytes(&theirs), growth);
    }

    #[test]
    fn the_tiles_of_a_growth_are_those_of_others(old in 0_u64..200_000, growth in 0_u64..2_000) {
        let new = old + growth;
        let mut ours: Vec<_> = created(old, new)
            .filter_map(|tile| match tile.kind() {
                Kind::Entries => None,
                Kind::Hashes(level) => Some((level, tile.index(), u32::from(tile.width()))),
            })
            .collect();
        let mut theirs: Vec<_> = tlog_tiles::Tile::new_tiles(8, old, new)
            .iter()
            .map(|tile| (tile.level(), tile.level_index(), tile.width()))
            .collect();
        ours.sort_unstable();
        theirs.sort_unstable();
        prop_assert_eq!(ours, theirs);
    }

    /// The other writes the tile's height into the path and `data` for entries.
    #[test]
    fn tile_paths_differ_from_others_by_the_height_only(
        level in 0_u8..64, index in any::<u64>().prop_map(|n| n >> 1), width in 1_u16..=256,
    ) {
        let ours = Tile::new(Kind::Hashes(level), index, width).unwrap().to_string();
        let theirs = tlog_tiles::Tile::new(8, level, index, width.into(), false).path();
        prop_assert_eq!(ours.replacen("tile/", "tile/8/", 1), theirs);
        prop_assert!(ours.parse::<Tile>().is_ok());
    }

    #[test]
    fn notes_and_keys_are_accepted_by_others(
        text in "([^\\x00-\\x1f]{0,20}\n){1,4}", seed in any::<[u8; 32]>(), name in "[a-z.]{1,12}(/[a-z0-9]{1,4})?",
    ) {
        let key = SignerKey::from_seed(&name, KeyKind::Ed25519, &seed).unwrap();
        let note = Note::new(text.clone(), vec![key.sign(&text).unwrap()]).unwrap();
        let vkey = key.verifier().to_string();
        let verifier = signed_note::StandardVerifier::new(&vkey).unwrap();
        prop_assert_eq!(verifier.name().to_string(), name);
        let read = signed_note::Note::from_bytes(note.to_string().as_bytes()).unwrap();
        let known = VerifierList::new(vec![Box::new(verifier)]);
        prop_assert_eq!(read.verify(&known).unwrap().0.len(), 1);
        prop_assert_eq!(read.text(), text.as_bytes());
    }

    /// What we accept, others accept; we may be stricter.
    #[test]
    fn no_note_is_accepted_here_alone(
        mut note in Just(Vec::from(
            "a\n\n— name AAAAAAAA\n— other/name+x AAAAAAAA\n— ok AAAAAAAA\n".as_bytes()
        )),
        edits in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(
            b"\n\n\n =A+\x00\r\xe2\x80\x94".to_vec()
        )), 0..6),
        cut in any::<prop::sample::Index>(),
    ) {
        for (at, byte) in edits {
            let at = at.index(note.len());
            note[at] = byte;
        }
        note.truncate(1 + cut.index(note.len()));
        if Note::parse(&note).is_ok() {
            prop_assert!(signed_note::Note::from_bytes(&note).is_ok(), "{:?}", note);
        }
    }

    #[test]
    fn checkpoints_are_read_by_others(size in 1_u64.., leaf in any::<[u8; 8]>()) {
        let body = transparency::Checkpoint::new("city.example/log/1", size, Hash::leaf(&leaf)).unwrap();
        let theirs = tlog_tiles::Checkpoint::from_bytes(body.to_string().as_bytes()).unwrap();
        prop_assert_eq!(theirs.size(), size);
        prop_assert_eq!(theirs.hash().0, body.root().0);
    }

    #[test]
    fn an_edge_cut_short_is_refused(leaves in leaves(), cut in 1_usize..32) {
        let bytes = Tree::of(&leaves).edge.to_bytes();
        let read = Edge::from_bytes(&bytes[..bytes.len() - cut]);
        let refused = matches!(read, Err(EdgeError::Length { .. }));
        prop_assert!(refused);
    }
}

/// A cosignature read with the other implementation's primitives alone.
#[test]
fn a_cosignature_is_ed25519_over_time_and_text() {
    let key = SignerKey::from_seed("w.example", KeyKind::Cosignature, &[9; 32]).unwrap();
    let line = cosign(&key, 1_700_000_000, "log\n0\nroot\n").unwrap();
    let (time, signature) = line.bytes().split_at(8);
    assert_eq!(time, 1_700_000_000_u64.to_be_bytes());
    let public = ed25519_dalek::VerifyingKey::from_bytes(&key.verifier().public_bytes()).unwrap();
    let signature = ed25519_dalek::Signature::from_slice(signature).unwrap();
    let message = b"cosignature/v1\ntime 1700000000\nlog\n0\nroot\n";
    assert!(public.verify_strict(message, &signature).is_ok());
}

//! A small city's log, written as static files.

use std::{convert::Infallible, fs, path::Path};

use transparency::{
    Checkpoint, Edge, Hash, Receipt, SignedCheckpoint, SignerKey, Tile, VerifierKey, bundle,
    cosignature::cosign,
    note::KeyKind,
    proof,
    tile::{Kind, TileHashes, created},
};

pub(crate) const ORIGIN: &str = "city.example/log/1";

/// Leaves and the rows of hashes that tiles are cut from.
#[derive(Clone, Default)]
pub(crate) struct City {
    pub(crate) leaves: Vec<String>,
    rows: Vec<Vec<Hash>>,
    edge: Edge,
}

pub(crate) fn log_key(seed: u8) -> SignerKey {
    SignerKey::from_seed(ORIGIN, KeyKind::Ed25519, &[seed; 32]).unwrap()
}

pub(crate) fn vkey() -> VerifierKey {
    log_key(1).verifier().clone()
}

pub(crate) fn library() -> SignerKey {
    SignerKey::from_seed("library.example/w", KeyKind::Cosignature, &[50; 32]).unwrap()
}

/// 2026-04-02T00:00:00Z, a day after the events.
pub(crate) const COSIGNED_AT: u64 = 1_775_088_000;

/// Event number `position`: of three streams, in the form of the log.
pub(crate) fn event(position: usize) -> String {
    let id = ulid::Ulid::from_parts(1_775_001_600_000 + position as u64, position as u128);
    let (stream, version) = (position % 3, position / 3 + 1);
    let (second, milli) = (position / 1000 % 60, position % 1000);
    format!(
        r#"{{"actor":{{"id":"subject_{id}","role":"citizen"}},"basis":"条例第六条","cause":{{"command":"{id}"}},"data":{{"statement":{{"alg":"hiroba/commit/v1","c":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}},"submission":"submission_{id}"}},"event":"event_{id}.0","kind":"hiding_appealed","legal_date":"2026-04-01","recorded_at":"2026-04-01T00:00:{second:02}.{milli:03}Z","schema":1,"stream":"public_comment/case_0000000000000000000000000{stream}","version":{version}}}"#
    )
}

impl City {
    pub(crate) fn of(leaves: impl IntoIterator<Item = String>) -> Self {
        let mut city = Self::default();
        for leaf in leaves {
            let rows = &mut city.rows;
            city.edge
                .append_with(Hash::leaf(leaf.as_bytes()), |level, _, hash| {
                    if level % 8 == 0 {
                        let row = usize::from(level / 8);
                        rows.resize_with(rows.len().max(row + 1), Vec::new);
                        rows[row].push(hash);
                    }
                });
            city.leaves.push(leaf);
        }
        city
    }

    pub(crate) fn size(&self) -> u64 {
        self.leaves.len() as u64
    }

    pub(crate) fn checkpoint(&self) -> SignedCheckpoint {
        let checkpoint = Checkpoint::new(ORIGIN, self.size(), self.edge.root()).unwrap();
        let mut signed = checkpoint.sign([&log_key(1)]).unwrap();
        let line = cosign(&library(), COSIGNED_AT, signed.note().text()).unwrap();
        signed.note_mut().add(line).unwrap();
        signed
    }

    fn bytes(&self, tile: Tile) -> Vec<u8> {
        let from = tile.index() as usize * 256;
        let places = from..from + usize::from(tile.width());
        match tile.kind() {
            Kind::Entries => {
                bundle::encode(self.leaves[places].iter().map(String::as_bytes)).unwrap()
            }
            Kind::Hashes(row) => self.rows[usize::from(row)][places]
                .iter()
                .flat_map(|h| h.0)
                .collect(),
        }
    }

    /// Writes all files of a log that published this checkpoint only.
    pub(crate) fn write(&self, folder: &Path) {
        for tile in created(0, self.size()) {
            let path = folder.join(tile.to_string());
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, self.bytes(tile)).unwrap();
        }
        fs::write(folder.join("checkpoint"), self.checkpoint().to_string()).unwrap();
    }

    pub(crate) fn receipt(&self, index: u64) -> Receipt {
        let reader = TileHashes::new(self.size(), |tile| Ok::<_, Infallible>(self.bytes(tile)));
        let proof = proof::inclusion(&reader, index, self.size()).unwrap();
        Receipt {
            extra: None,
            index,
            proof,
            checkpoint: self.checkpoint(),
        }
    }
}

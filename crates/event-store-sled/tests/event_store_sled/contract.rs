//! The store keeps the contract, with segments so short that every test crosses
//! some of them.

use event_store::contract::Backend;
use event_store_sled::{Options, SledStore};
use tempfile::TempDir;

struct Sled {
    directory: TempDir,
}

impl Sled {
    fn empty() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
        }
    }
}

impl Backend for Sled {
    type Store = SledStore;

    const DURABLE: bool = true;

    async fn open(&self) -> SledStore {
        let options = Options {
            segment_length: 4_096,
            heads: 3,
            ..Options::default()
        };
        let store = SledStore::open(self.directory.path(), options).unwrap();
        assert_eq!(store.opening().damage, None);
        assert_eq!(store.opening().cut_off, None);
        store
    }
}

event_store::contract_tests!(Sled::empty);
event_store::durable_contract_tests!(Sled::empty);

//! The store in memory keeps the contract.

use event_store::{MemoryStore, contract::Backend};

struct Memory;

impl Backend for Memory {
    type Store = MemoryStore;

    const DURABLE: bool = false;

    async fn open(&self) -> MemoryStore {
        MemoryStore::default()
    }
}

event_store::contract_tests!(|| Memory);

//! The keys in memory.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::{
    Erasure,
    record::{AccountTag, Record},
};
use crate::{aead::Key, subject::Subject};

/// Everything that the key store knows.
pub(crate) struct Ring {
    pub(crate) account_secret: Arc<Key>,
    pub(crate) keys: HashMap<Subject, Arc<Key>>,
    /// By which event each was erased.
    pub(crate) erased: HashMap<Subject, String>,
    /// The subjects of an account, by case.
    pub(crate) links: HashMap<AccountTag, BTreeMap<String, Subject>>,
    /// Whether erasures must be replayed before keys are given out.
    pub(crate) restored: bool,
}

impl Ring {
    pub(crate) fn new(account_secret: Key) -> Self {
        Self {
            account_secret: Arc::new(account_secret),
            keys: HashMap::new(),
            erased: HashMap::new(),
            links: HashMap::new(),
            restored: false,
        }
    }

    /// Takes in one fact.
    pub(crate) fn apply(&mut self, record: Record) {
        match record {
            Record::AccountSecret(key) => self.account_secret = Arc::new(key),
            Record::Key { subject, key } => {
                self.keys.insert(subject, Arc::new(key));
            }
            Record::Erased { subject, event } => {
                self.erased.insert(subject, event);
            }
            Record::Link {
                account,
                case,
                subject,
            } => {
                self.links.entry(account).or_default().insert(case, subject);
            }
            Record::Restored => self.restored = true,
            Record::End => (),
        }
    }

    /// Forgets the keys of subjects and who stands behind them. Says how many
    /// had a key, and whether anything is new.
    pub(crate) fn erase(&mut self, erasures: Vec<Erasure>) -> (usize, bool) {
        let (keys, known) = (self.keys.len(), self.erased.len());
        for Erasure { subject, event } in erasures {
            self.keys.remove(&subject);
            self.erased.entry(subject).or_insert(event);
        }
        if self.keys.len() < keys {
            let erased = &self.erased;
            self.links.retain(|_, cases| {
                cases.retain(|_, subject| !erased.contains_key(subject));
                !cases.is_empty()
            });
        }
        (keys - self.keys.len(), self.erased.len() > known)
    }

    /// All facts, as a snapshot holds them.
    pub(crate) fn records(&self) -> impl Iterator<Item = Record> {
        self.facts(self.restored)
    }

    /// All facts, as a backup holds them: whoever restores it has erasures to
    /// replay.
    pub(crate) fn records_of_backup(&self) -> impl Iterator<Item = Record> {
        self.facts(true)
    }

    fn facts(&self, restored: bool) -> impl Iterator<Item = Record> {
        let copy = |key: &Arc<Key>| Key::from_bytes(key.as_bytes());
        let secret = Record::AccountSecret(copy(&self.account_secret));
        let restored = restored.then_some(Record::Restored);
        let keys = self.keys.iter().map(move |(subject, key)| Record::Key {
            subject: subject.clone(),
            key: copy(key),
        });
        let erased = self.erased.iter().map(|(subject, event)| Record::Erased {
            subject: subject.clone(),
            event: event.clone(),
        });
        let links = self.links.iter().flat_map(|(account, cases)| {
            cases.iter().map(|(case, subject)| Record::Link {
                account: *account,
                case: case.clone(),
                subject: subject.clone(),
            })
        });
        std::iter::once(secret)
            .chain(restored)
            .chain(keys)
            .chain(erased)
            .chain(links)
            .chain([Record::End])
    }
}

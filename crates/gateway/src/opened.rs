//! Published texts that were opened lately: opening one again costs a look into
//! the log and a decryption.
//!
//! Only what the gate gives to everybody is kept
//! ([`Reading::Public`](crate::gate::Reading::Public)). A text under embargo, an
//! author, a claim, and what an officer or a submitter alone may read lie in
//! memory no longer than their request: they are read seldom, and whoever could
//! read this memory would not find beside the published texts what is to stay
//! secret. The gate is asked before every reading, so a text that was hidden or
//! taken down since is not given out because it is still kept.

use std::{
    borrow::Cow,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::ids::SubjectId;
use event_store::Position;
use read_models::TextRef;
use vault::{KeyStore, Subject};
use zeroize::Zeroizing;

use crate::{recent::Recent, texts::person};

/// Published texts that were opened lately, in plain, with the person whose
/// erasure erases them.
pub struct Opened(Mutex<Texts>);

type Texts = Recent<(Position, Cow<'static, str>), (Option<SubjectId>, Plain)>;

/// Overwritten when nobody holds it any more.
type Plain = Arc<Zeroizing<String>>;

/// What a text takes in memory besides its letters.
const AROUND_A_TEXT: usize = 200;

impl Opened {
    /// Keeps texts of about so many bytes together.
    pub fn new(bytes: usize) -> Self {
        Self(Mutex::new(Recent::new(bytes)))
    }

    fn texts(&self) -> MutexGuard<'_, Texts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many texts are kept.
    pub fn count(&self) -> usize {
        self.texts().len()
    }

    /// A text that is kept, and whose it is. Whoever gives it out makes sure
    /// that this person is not erased.
    pub(crate) fn get(&self, text: &TextRef) -> Option<(Option<SubjectId>, Plain)> {
        self.texts().get(&(text.position, text.field.clone()))
    }

    /// Keeps a text that everybody may read, unless its key is gone.
    pub(crate) fn keep(&self, keys: &KeyStore, text: &TextRef, subject: &Subject, plain: &str) {
        let bytes = plain.len() + AROUND_A_TEXT;
        let kept = (person(subject), Arc::new(Zeroizing::new(plain.to_owned())));
        let mut texts = self.texts();
        // Whoever destroys a key forgets all texts afterwards, under this lock:
        // a text that was opened before and comes now would stay.
        if keys.holds(subject) {
            texts.insert((text.position, text.field.clone()), kept, bytes);
        }
    }

    /// Forgets everything: a key was destroyed, and no text that it opened may
    /// stay in memory.
    pub(crate) fn forget(&self) {
        self.texts().clear();
    }
}

#[cfg(test)]
mod tests {
    use disk::Disk;
    use tempfile::TempDir;
    use vault::{Erasure, KeyEncryptionKey};

    use super::*;

    fn text(position: u64) -> TextRef {
        TextRef {
            position: Position(position),
            event: domain::ids::EventId {
                command: ulid::Ulid::from_parts(1, u128::from(position)),
                index: 0,
            },
            field: "body".into(),
        }
    }

    #[tokio::test]
    async fn what_is_forgotten_is_in_memory_no_more_and_does_not_come_back() {
        let folder = TempDir::new().unwrap();
        let kek = KeyEncryptionKey::from_bytes(&[7; 32]);
        let keys = KeyStore::open(Disk::new(), folder.path(), kek).unwrap();
        let [erased, other]: [Subject; 2] = [1, 2].map(|number| {
            let ulid = ulid::Ulid::from_parts(1, number);
            format!("subject_{ulid}").parse().unwrap()
        });
        keys.create(&erased).await.unwrap();
        keys.create(&other).await.unwrap();

        let opened = Opened::new(10_000);
        opened.keep(&keys, &text(1), &erased, "駅前の道");
        opened.keep(&keys, &text(2), &other, "公園");
        let (whose, plain) = opened.get(&text(1)).unwrap();
        assert_eq!((whose, plain.as_str()), (person(&erased), "駅前の道"));
        assert!(whose.is_some());
        let kept = Arc::downgrade(&plain);
        drop(plain);
        assert!(kept.upgrade().is_some());

        let erasure = Erasure {
            subject: erased.clone(),
            event: "event_1".to_owned(),
        };
        keys.erase(vec![erasure]).await.unwrap();
        opened.forget();
        assert!(kept.upgrade().is_none());
        assert_eq!(opened.count(), 0);
        // Somebody had opened it a moment before.
        opened.keep(&keys, &text(1), &erased, "駅前の道");
        opened.keep(&keys, &text(2), &other, "公園");
        assert!(opened.get(&text(1)).is_none());
        assert!(opened.get(&text(2)).is_some());
    }
}

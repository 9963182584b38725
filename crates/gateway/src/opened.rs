//! Published texts that were opened lately, and answers that are made of them:
//! opening a text again costs a look into the log and a decryption, and a
//! published row is asked for in the same words by everybody.
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

use domain::{
    LegalDate,
    ids::{CaseId, SubjectId},
};
use event_store::Position;
use read_models::TextRef;
use vault::{KeyStore, Subject};
use zeroize::Zeroizing;

use crate::{connection::Page, recent::Recent, texts::person};

/// Published texts that were opened lately, with the person whose erasure
/// erases them, and answers with them.
pub struct Opened(Mutex<Kept>);

struct Kept {
    recent: Recent<Key, (Option<SubjectId>, Plain)>,
    /// How often everything was forgotten.
    forgotten: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// A sealed field of an event.
    Text(Position, Cow<'static, str>),
    Answer(AnswerKey),
}

/// What an answer about a page of items follows from, for who is nobody in
/// particular.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AnswerKey {
    /// The case.
    pub(crate) case: CaseId,
    /// Its last event.
    pub(crate) case_at: Position,
    /// Which items.
    pub(crate) page: Page,
    /// How many people were erased.
    pub(crate) erasures: u32,
    /// The day.
    pub(crate) today: LegalDate,
    /// What is asked of it.
    pub(crate) shape: u64,
}

/// A moment between two times of forgetting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Since(u64);

/// Overwritten when nobody holds it any more.
type Plain = Arc<Zeroizing<String>>;

/// What a text takes in memory besides its letters.
const AROUND_A_TEXT: usize = 200;

impl Opened {
    /// Keeps texts of about so many bytes together.
    pub fn new(bytes: usize) -> Self {
        Self(Mutex::new(Kept {
            recent: Recent::new(bytes),
            forgotten: 0,
        }))
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many texts and answers are kept.
    pub fn count(&self) -> usize {
        self.kept().recent.len()
    }

    /// A text that is kept, and whose it is. Whoever gives it out makes sure
    /// that this person is not erased.
    pub(crate) fn get(&self, text: &TextRef) -> Option<(Option<SubjectId>, Plain)> {
        self.kept().recent.get(&Key::of(text))
    }

    /// An answer that is kept.
    pub(crate) fn answer(&self, key: AnswerKey) -> Option<Plain> {
        let (_, json) = self.kept().recent.get(&Key::Answer(key))?;
        Some(json)
    }

    /// The present, before an answer is made.
    pub(crate) fn since(&self) -> Since {
        Since(self.kept().forgotten)
    }

    /// Keeps an answer, unless something was forgotten since it was begun.
    pub(crate) fn keep_answer(&self, key: AnswerKey, json: String, since: Since) {
        let bytes = json.len() + AROUND_A_TEXT;
        let mut kept = self.kept();
        if Since(kept.forgotten) == since {
            let answer = (None, Arc::new(Zeroizing::new(json)));
            kept.recent.insert(Key::Answer(key), answer, bytes);
        }
    }

    /// Keeps a text that everybody may read, unless its key is gone.
    pub(crate) fn keep(&self, keys: &KeyStore, text: &TextRef, subject: &Subject, plain: &str) {
        let bytes = plain.len() + AROUND_A_TEXT;
        let kept = (person(subject), Arc::new(Zeroizing::new(plain.to_owned())));
        let mut all = self.kept();
        // Whoever destroys a key forgets all texts afterwards, under this lock:
        // a text that was opened before and comes now would stay.
        if keys.holds(subject) {
            all.recent.insert(Key::of(text), kept, bytes);
        }
    }

    /// Forgets everything: a key was destroyed, and no text that it opened may
    /// stay in memory.
    pub(crate) fn forget(&self) {
        let mut kept = self.kept();
        kept.recent.clear();
        kept.forgotten += 1;
    }
}

impl Key {
    fn of(text: &TextRef) -> Self {
        Self::Text(text.position, text.field.clone())
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

    #[test]
    fn an_answer_that_was_begun_before_something_was_forgotten_is_not_kept() {
        let opened = Opened::new(10_000);
        let page = |first| Page::read(Some(first), None, None, None).unwrap();
        let key = AnswerKey {
            case: CaseId(ulid::Ulid::from_parts(1, 1)),
            case_at: Position(7),
            page: page(50),
            erasures: 0,
            today: "2026-07-01".parse().unwrap(),
            shape: 1,
        };
        let since = opened.since();
        opened.keep_answer(key, "{}".to_owned(), since);
        assert_eq!(opened.answer(key).unwrap().as_str(), "{}");
        let case_at = Position(8);
        assert!(opened.answer(AnswerKey { case_at, ..key }).is_none());
        let erasures = 1;
        assert!(opened.answer(AnswerKey { erasures, ..key }).is_none());
        let page = page(49);
        assert!(opened.answer(AnswerKey { page, ..key }).is_none());
        opened.forget();
        assert!(opened.answer(key).is_none());
        opened.keep_answer(key, "{}".to_owned(), since);
        assert!(opened.answer(key).is_none());
    }
}

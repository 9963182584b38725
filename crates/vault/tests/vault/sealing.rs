use proptest::prelude::*;
use vault::{Envelope, OpenError, SealError, Sealing, opening};

use super::{erasure, found, raw_files, sealing, subject};

const EVENT: &str = "event_00000000000000000000000009.0";
const TEXT: &str = "歩道の段差をなくしてください。通学路です。";

async fn ready(dir: &std::path::Path) -> Sealing {
    let sealing = sealing(dir);
    sealing.keys().create(&subject(1)).await.unwrap();
    sealing.keys().create(&subject(2)).await.unwrap();
    sealing
}

fn envelope(sealing: &Sealing) -> Vec<u8> {
    let body = sealing.seal(&subject(1), EVENT, "body", TEXT.as_bytes());
    let name = sealing.seal(&subject(1), EVENT, "submitter", b"Hana");
    let envelope = Envelope::new([body.unwrap().entry, name.unwrap().entry]);
    envelope.unwrap().to_bytes().unwrap()
}

#[tokio::test]
async fn what_is_sealed_opens_to_the_committed_text() {
    let dir = tempfile::tempdir().unwrap();
    let sealing = ready(dir.path()).await;
    let body = sealing
        .seal(&subject(1), EVENT, "body", TEXT.as_bytes())
        .unwrap();
    let again = sealing
        .seal(&subject(1), EVENT, "body", TEXT.as_bytes())
        .unwrap();
    assert_ne!(body.commitment, again.commitment);
    let commitment = body.commitment;
    let leaf = serde_json::json!({
        "data": {"body": {"alg": "hiroba/commit/v1", "c": commitment.to_string()}},
        "event": EVENT,
    });
    let envelope = Envelope::new([body.entry]).unwrap().to_bytes().unwrap();
    let opened = sealing.open(&envelope, EVENT, "body").unwrap();
    assert_eq!(opened.plaintext, TEXT.as_bytes());
    assert!(opened.opens(&commitment));
    assert_eq!(opening::check(&opened, leaf.to_string().as_bytes()), Ok(()));
    assert!(!found(&[envelope], TEXT.as_bytes()));
}

#[tokio::test]
async fn a_text_opens_in_its_own_field_event_and_envelope_only() {
    let dir = tempfile::tempdir().unwrap();
    let sealing = ready(dir.path()).await;
    let bytes = envelope(&sealing);
    assert_eq!(
        sealing.open(&bytes, EVENT, "claim"),
        Err(OpenError::NoSuchField("claim".into()))
    );
    let other_event = sealing.open(&bytes, "event_00000000000000000000000008.0", "body");
    assert!(matches!(other_event, Err(OpenError::Damaged { .. })));
    // The same ciphertext under the name of another field or subject.
    let swap = |from: &str, to: &str| {
        let at = bytes
            .windows(from.len())
            .position(|window| window == from.as_bytes());
        let mut changed = bytes.clone();
        changed[at.unwrap()..][..to.len()].copy_from_slice(to.as_bytes());
        changed
    };
    let moved = sealing.open(&swap("body", "name"), EVENT, "name");
    assert!(matches!(moved, Err(OpenError::Damaged { .. })));
    let other = swap(subject(1).as_str(), subject(2).as_str());
    assert!(matches!(
        sealing.open(&other, EVENT, "body"),
        Err(OpenError::Damaged { .. })
    ));
    let nobody = swap(subject(1).as_str(), subject(3).as_str());
    assert_eq!(
        sealing.open(&nobody, EVENT, "body"),
        Err(OpenError::KeyLost(subject(3)))
    );
}

#[tokio::test]
async fn a_changed_byte_of_an_envelope_never_opens_to_another_text() {
    let dir = tempfile::tempdir().unwrap();
    let sealing = ready(dir.path()).await;
    let bytes = envelope(&sealing);
    for at in 0..bytes.len() {
        for bit in [1, 0x80] {
            let mut changed = bytes.clone();
            changed[at] ^= bit;
            let opened = ["body", "submitter"].map(|field| sealing.open(&changed, EVENT, field));
            assert!(opened.iter().any(Result::is_err), "{at}");
            for opening in opened.into_iter().flatten() {
                let text: &[u8] = if opening.field == "body" {
                    TEXT.as_bytes()
                } else {
                    b"Hana"
                };
                assert_eq!(opening.plaintext, text);
            }
        }
    }
}

#[tokio::test]
async fn after_erasure_the_envelope_is_shut_and_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let sealing = ready(dir.path()).await;
    let bytes = envelope(&sealing);
    assert!(sealing.open(&bytes, EVENT, "body").is_ok());
    sealing.keys().erase(vec![erasure(1)]).await.unwrap();
    let expected = OpenError::Erased {
        subject: subject(1),
        event: erasure(1).event,
    };
    assert_eq!(sealing.open(&bytes, EVENT, "body"), Err(expected));
    assert!(!found(&raw_files(dir.path()), TEXT.as_bytes()));
}

#[tokio::test]
async fn a_ciphertext_does_not_show_whether_a_name_is_short_or_long() {
    let dir = tempfile::tempdir().unwrap();
    let sealing = ready(dir.path()).await;
    let length = |text: &str| {
        let sealed = sealing
            .seal(&subject(1), EVENT, "name", text.as_bytes())
            .unwrap();
        Envelope::new([sealed.entry])
            .unwrap()
            .to_bytes()
            .unwrap()
            .len()
    };
    assert_eq!(length("森"), length("勅使河原 龍之介"));
    let wrong = sealing.seal(&subject(1), EVENT, "氏名", b"");
    assert_eq!(wrong, Err(SealError::Field("氏名".into())));
}

#[test]
fn whatever_is_sealed_is_opened() {
    let dir = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let sealing = runtime.block_on(ready(dir.path()));
    proptest!(|(text in prop::collection::vec(any::<u8>(), 0..3000))| {
        let sealed = sealing.seal(&subject(2), EVENT, "items/0/summary", &text).unwrap();
        let opened = sealing.open_entry(&sealed.entry, EVENT).unwrap();
        prop_assert!(opened.opens(&sealed.commitment));
        prop_assert_eq!(opened.plaintext, text);
    });
}

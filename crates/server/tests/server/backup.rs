//! A backup under load, the machine lost, and the city put together elsewhere.

use std::fs;

use serde_json::json;

use crate::support::{Client, Folder, Load, ORIGIN, copy};

/// A backup of a city under load, and what was acknowledged before it.
#[test]
fn a_backup_made_while_many_submit_becomes_a_city_again() {
    let folder = Folder::new();
    let city = folder.serve();
    let case = Client::new(&city.address).open_case();
    let load = Load::start(&city, &case, 0);
    let mut before = Default::default();
    // Twice into the same target: the second copies what is new.
    for count in [40, 120] {
        before = load.wait_for(count);
        let keys = folder.path("keys-backup");
        let keys = keys.to_str().unwrap();
        let made = folder
            .run(&["backup", "--keys", keys], &["backup"])
            .answer();
        assert!(count as u64 <= made["events"].as_u64().unwrap(), "{made}");
    }
    let vkey = city.keys().remove(0);
    // The signer stands still with the server: it must not have signed more
    // than what is restored, so the last backup is made when nobody submits.
    let (all, _) = load.end();
    assert!(before.len() <= all.len());
    let keys = folder.path("keys-backup");
    let made = folder
        .run(&["backup", "--keys", keys.to_str().unwrap()], &["backup"])
        .answer();
    let keys = made["keys"].as_str().unwrap().to_owned();
    assert_eq!(fs::read_dir(folder.path("keys-backup")).unwrap().count(), 3);
    city.kill();

    // Elsewhere: the backup, the keys, the key-encryption key and the signer.
    let other = Folder::new();
    copy(&folder.path("backup"), &other.path("backup"));
    copy(&folder.path("city-kek"), &other.path("city-kek"));
    let refused = other.run(&["restore", "--keys", &keys], &["backup"]);
    assert_eq!(refused.code(), 2);
    assert!(
        refused.errors().contains("there is no signer"),
        "{}",
        refused.errors()
    );
    assert!(!other.path("city").exists());
    copy(&folder.path("city-signer"), &other.path("city-signer"));
    let restored = other
        .run(&["restore", "--keys", &keys], &["backup"])
        .answer();
    assert_eq!(restored["events"], made["events"], "{restored}");
    assert!(!other.path("city.restoring").exists());
    let refused = other.run(&["restore"], &["backup"]);
    assert!(
        refused.errors().contains("is not empty"),
        "{}",
        refused.errors()
    );

    let city = other.serve();
    let client = Client::new(&city.address);
    let verifiers = city.keys();
    for (number, first) in &all {
        let again = client.submit(&case, *number).unwrap();
        again.assert_repeats(first);
        again.assert_proves(&verifiers);
    }
    let fresh = client.submit(&case, 1_000_000).unwrap();
    assert!(!fresh.repeated);
    verify(&city.url("/log"), &vkey.to_string());
    city.stop("-TERM");
    other.run(&["log", "fsck"], &[]).answer();
}

/// Verifies a log as an outsider does.
fn verify(log: &str, vkey: &str) {
    let source = verifier::log::Source::new(log).unwrap();
    let keys = [vkey.parse().unwrap()];
    let question = verifier::log::Question {
        logs: &keys,
        policy: None,
        since: &[],
    };
    let hidden = indicatif::ProgressBar::hidden();
    let now = jiff::Timestamp::MAX;
    let report = verifier::log::check(&source, &question, now, &hidden).unwrap();
    assert!(report.is_ok(), "{:?}", report.findings());
    let report = verifier::replay::check(&source, &keys, None, &hidden).unwrap();
    assert!(report.is_ok(), "{:?}", report.findings());
}

#[test]
fn a_signer_that_has_seen_more_is_never_set_back() {
    let folder = Folder::new();
    let city = folder.serve();
    let client = Client::new(&city.address);
    let case = client.open_case();
    client.submit(&case, 1).unwrap();
    folder.run(&["backup"], &["backup"]).answer();
    let early = client.get("/log/checkpoint").1;
    // Acknowledged with a proof, so signed.
    client.submit(&case, 2).unwrap();
    let newest = client.get("/log/checkpoint").1;
    city.stop("-TERM");
    fs::write(folder.path("early"), early).unwrap();
    fs::write(folder.path("newest"), newest).unwrap();

    fs::rename(folder.path("city"), folder.path("lost")).unwrap();
    let refused = folder.run(&["restore"], &["backup"]);
    assert_eq!(refused.code(), 2);
    assert!(refused.errors().contains("ALARM"), "{}", refused.errors());
    assert!(!folder.path("city").exists());

    // Lost altogether, it is made again with the newest memory or not at all.
    fs::rename(folder.path("city-signer"), folder.path("safe")).unwrap();
    let recover = |checkpoint: &str| {
        let key = folder.path("safe/key-1");
        let checkpoint = folder.path(checkpoint);
        let words = [
            "restore",
            "--signer-key",
            key.to_str().unwrap(),
            "--newest-checkpoint",
            checkpoint.to_str().unwrap(),
        ];
        folder.run(&words, &["backup"])
    };
    let refused = recover("newest");
    assert!(refused.errors().contains("ALARM"), "{}", refused.errors());
    fs::remove_dir_all(folder.path("city-signer")).unwrap();

    // The backup of the whole log, with the newest checkpoint.
    fs::rename(folder.path("lost"), folder.path("city")).unwrap();
    fs::rename(folder.path("safe"), folder.path("city-signer")).unwrap();
    let whole = folder.run(&["backup"], &["backup"]).answer();
    fs::rename(folder.path("city"), folder.path("lost")).unwrap();
    fs::rename(folder.path("city-signer"), folder.path("safe")).unwrap();
    let refused = recover("early");
    assert!(
        refused.errors().contains("not the newest"),
        "{}",
        refused.errors()
    );
    let restored = recover("newest").answer();
    assert_eq!(restored["events"], whole["events"]);
    let city = folder.serve();
    assert!(
        Client::new(&city.address)
            .submit(&case, 2)
            .unwrap()
            .repeated
    );
}

/// Whoever was erased after the backup of the keys was made is erased again
/// before anything is served.
#[test]
fn an_erased_person_does_not_come_back_with_the_keys() {
    let folder = Folder::new();
    let city = folder.serve();
    let client = Client::new(&city.address);
    let case = client.open_case();
    let erased = client.submit(&case, 1).unwrap().submission;
    let other = client.submit(&case, 2).unwrap().submission;
    let keys = folder.path("keys-backup");
    let made = folder.run(&["backup", "--keys", keys.to_str().unwrap()], &["backup"]);
    let early = made.answer()["keys"].as_str().unwrap().to_owned();
    let mut records = Client::new(&city.address);
    records.sign_in("records_manager");
    let erase = "mutation($input: ErasePersonalDataInput!) { erasePersonalData(input: $input) { \
        __typename ... on Refusal { code messageEn } } }";
    let input = json!({
        "commandId": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "submission": erased,
        "legalBasis": "個人情報の保護に関する法律第98条",
        "decisionNo": "8川総第5号", "requestedByPerson": true,
    });
    let answer = records.ask(erase, &json!({"input": input})).unwrap();
    assert_eq!(
        answer["erasePersonalData"]["__typename"], "ErasePersonalDataPayload",
        "{answer}"
    );
    folder.run(&["backup"], &["backup"]).answer();
    city.stop("-TERM");

    fs::rename(folder.path("city"), folder.path("lost")).unwrap();
    fs::rename(folder.path("city-keys"), folder.path("lost-keys")).unwrap();
    let restored = folder
        .run(&["restore", "--keys", &early], &["backup"])
        .answer();
    assert_eq!(restored["erased_again"], 1, "{restored}");
    let city = folder.serve();
    let mut clerk = Client::new(&city.address);
    clerk.sign_in("clerk");
    let body = "query($id: ID!) { submission(id: $id) { body { state } } }";
    let state =
        |id| clerk.ask(body, &json!({"id": id})).unwrap()["submission"]["body"]["state"].clone();
    assert_eq!(state(&erased), "ERASED");
    assert_ne!(state(&other), "ERASED");
}

#[test]
fn a_damaged_backup_is_not_served() {
    let folder = Folder::new();
    let city = folder.serve();
    folder.run(&["backup"], &["backup"]).answer();
    city.stop("-TERM");
    fs::rename(folder.path("city"), folder.path("lost")).unwrap();
    let segment = folder.path("backup/log/0000000001.segment");
    let mut bytes = fs::read(&segment).unwrap();
    bytes[3_000] ^= 1;
    fs::write(&segment, bytes).unwrap();
    let refused = folder.run(&["restore"], &["backup"]);
    assert_ne!(refused.code(), 0);
    assert!(!folder.path("city").exists());

    // Not a backup, or one of another city.
    let refused = folder.run(&["restore"], &["lost"]);
    assert!(
        refused.errors().contains("manifest.json is missing"),
        "{}",
        refused.errors()
    );
    fs::write(folder.path("backup/origin"), "other.example/log/1").unwrap();
    fs::rename(folder.path("lost"), folder.path("city")).unwrap();
    let refused = folder.run(&["backup"], &["backup"]);
    assert_eq!(refused.code(), 2);
    assert!(refused.errors().contains(ORIGIN), "{}", refused.errors());
}

//! Published files beside the log: everybody can check that their bytes are
//! those that were recorded, and sees when they are missing.

use std::{fs, path::Path, process::Command as Process};

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    audit::{Auditor, errors, found, holding, python},
    public_comment::{call, content, opinion},
    public_comment_files::send,
    support::Story,
};

const PLAN: &str = "file_01KQ0000000000000000PRAN00";
const NEWER: &str = "file_01KQ000000000000000PRAN200";
const MAP: &str = "file_01KQ00000000000000000MAP00";

/// More than is read at once.
fn long(word: &str) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    while bytes.len() < 700_000 {
        bytes.extend(format!("{word} {}\n", bytes.len()).bytes());
    }
    bytes
}

async fn upload(story: &Story, who: &str, path: &str, secret: Option<&str>, bytes: &[u8]) {
    let headers: Vec<_> = secret
        .map(|secret| ("hiroba-secret", secret))
        .into_iter()
        .collect();
    let body = Body::from(bytes.to_vec());
    let taken = send(story, who, Method::PUT, path, &headers, body).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{path}");
}

async fn position(story: &Story, who: &str, mutation: &str, input: Value) -> u64 {
    let done = story.does(who, mutation, input, "position").await;
    let position = &done["position"];
    position.as_u64().unwrap()
}

async fn status(story: &Story, path: &str) -> StatusCode {
    let (status, _, _) = story.fetch(&format!("/log/opening/{path}")).await;
    status
}

async fn export(story: &Story, out: &Path) -> server::Exported {
    let disk = disk::Disk::new();
    let (desk, sealer) = (&story.city().desk, story.sealer());
    server::export(desk, sealer, &disk, out, &|_, _| ())
        .await
        .unwrap()
}

/// An opinion with a photograph: the submission, and where it was recorded.
struct Sent {
    submission: String,
    position: u64,
    bytes: Vec<u8>,
}

async fn submit(story: &Story, case: &str, number: u8) -> Sent {
    let command = story.command();
    let secret = format!("a-secret-of-a-citizen-{number:06}");
    let file = format!("file_01KQ000000000000000PHT000{number}");
    let path = format!("{file}?for=opinion&case={case}&command={command}");
    let bytes = long(&format!("photo{number}word"));
    upload(story, "nobody", &path, Some(&secret), &bytes).await;
    let mut input = opinion(case, &format!("試験太郎{number}"), "写真のとおりです。");
    input["commandId"] = json!(command);
    input["secret"] = json!(secret);
    input["opinion"]["attachments"] = json!([file]);
    let done = story
        .does(
            "nobody",
            "submitOpinion",
            input,
            "submission { id position }",
        )
        .await;
    let submission = &done["submission"];
    Sent {
        submission: submission["id"].as_str().unwrap().to_owned(),
        position: submission["position"].as_u64().unwrap(),
        bytes,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bytes_of_published_files_are_those_that_were_recorded() {
    let folder = TempDir::new().unwrap();
    let (data, out) = (folder.path().join("city"), folder.path().join("export"));
    let place = out.to_str().unwrap().to_owned();
    let story = Story::in_folder(&data, "2026-05-01", 1).await;

    // A document that was put beside the draft twice: the second is published.
    let drafted = json!({"content": content()});
    let drafted = story
        .does("clerk", "draftCase", drafted, "case { id }")
        .await;
    let case = drafted["case"]["id"].as_str().unwrap().to_owned();
    let attach = |file: &str, material: Option<&str>| {
        let mut input = json!({
            "case": case, "title": {"ja": "計画図"}, "file": file, "fileName": "計画図.pdf",
        });
        if let Some(material) = material {
            input["material"] = json!(material);
        }
        input
    };
    let mut first = attach(PLAN, None);
    let material = story.command();
    first["commandId"] = json!(material);
    let material = format!("material_{material}");
    let (old, new) = (long("oldplan"), long("newplan"));
    let path = |file: &str| format!("{file}?for=material&case={case}");
    upload(&story, "clerk", &path(PLAN), None, &old).await;
    upload(&story, "clerk", &path(NEWER), None, &new).await;
    let first = position(&story, "clerk", "attachMaterial", first).await;
    let second = attach(NEWER, Some(&material));
    let second = position(&story, "clerk", "attachMaterial", second).await;
    for embargoed in [first, second] {
        for ending in ["file", "file.bin", "title"] {
            let found = status(&story, &format!("{embargoed}/{ending}")).await;
            assert_eq!(found, StatusCode::NOT_FOUND, "{embargoed}/{ending}");
        }
    }
    let called = call(&case, "2026-06-09");
    position(&story, "approver", "publishCase", called).await;
    story.turn_to("2026-05-20");
    upload(&story, "clerk", &path(MAP), None, "地図の説明".as_bytes()).await;
    let mut added = attach(MAP, None);
    added["fileName"] = json!("説明.txt");
    let added = position(&story, "clerk", "addMaterial", added).await;

    // At once, with its bytes, as bytes; of what was replaced, nothing.
    let (status_of, headers, bytes) = story
        .fetch(&format!("/log/opening/{second}/file.bin"))
        .await;
    assert_eq!(status_of, StatusCode::OK);
    assert!(bytes == new);
    for (name, value) in [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_DISPOSITION, "attachment"),
    ] {
        assert_eq!(headers[name], value);
    }
    let (_, _, opening) = story.fetch(&format!("/log/opening/{second}/file")).await;
    let opening: Value = serde_json::from_slice(&opening).unwrap();
    let described: Value = serde_json::from_str(opening["text"].as_str().unwrap()).unwrap();
    assert_eq!(described["file"], NEWER);
    assert_eq!(described["size"], new.len());
    for absent in [
        format!("{first}/file"),
        format!("{first}/file.bin"),
        format!("{second}/title.bin"),
        format!("{second}/file.json.bin"),
    ] {
        let found = status(&story, &absent).await;
        assert_eq!(found, StatusCode::NOT_FOUND, "{absent}");
    }
    let (_, _, bytes) = story
        .fetch(&format!("/log/opening/{added}/file/digest.bin"))
        .await;
    assert_eq!(bytes, "地図の説明".as_bytes());

    // What came with opinions is embargoed until the result.
    let mut sent = Vec::new();
    for number in 0..5 {
        sent.push(submit(&story, &case, number).await);
    }
    let attached = |sent: &Sent, ending: &str| format!("{}/attachments/0/{ending}", sent.position);
    story.turn_to("2026-06-12");
    let review = json!({"case": case});
    position(&story, "clerk", "startReview", review).await;
    let mut items = Vec::new();
    for (number, sent) in sent.iter().enumerate() {
        let split = json!({"submission": sent.submission, "items": [
            {"summary": "要旨", "spans": [{"from": 0, "to": 9}]},
        ]});
        let done = story
            .does(
                "clerk",
                "itemizeSubmission",
                split,
                "submission { items { id } }",
            )
            .await;
        items.push(done["submission"]["items"][0]["id"].clone());
        let mut screening = json!({"submission": sent.submission});
        if number == 1 {
            screening["redactedText"] = json!("一部");
            screening["reasons"] = json!(["DEFAMATION"]);
        }
        let input = json!({"case": case, "screenings": [screening]});
        position(&story, "clerk", "screenOpinions", input).await;
    }
    let answer = json!({
        "case": case, "target": {"items": items}, "category": "C", "response": "参考とします。",
    });
    position(&story, "clerk", "assignResponse", answer).await;
    story.turn_to("2026-07-01");
    let decision = json!({
        "case": case, "outcome": "ADOPTED_AS_DRAFTED", "decidedOn": "2026-07-01",
        "finalPassages": content()["passages"],
    });
    position(&story, "mayor", "decidePolicy", decision).await;
    for sent in &sent {
        for ending in ["file", "file.bin"] {
            let found = status(&story, &attached(sent, ending)).await;
            assert_eq!(found, StatusCode::NOT_FOUND);
        }
    }
    story.turn_to("2026-07-10");
    let result = json!({"case": case, "reasons": "御意見を踏まえました。"});
    position(&story, "approver", "publishResults", result).await;
    let [whole, redacted, erased, taken_down, lost] = &sent[..] else {
        panic!("five were sent");
    };
    let (_, _, bytes) = story
        .fetch(&format!("/log/opening/{}", attached(whole, "file.bin")))
        .await;
    assert!(bytes == whole.bytes);
    let seen = status(&story, &attached(redacted, "file.bin")).await;
    assert_eq!(seen, StatusCode::NOT_FOUND);

    // The export has the same; whoever verifies it reads every byte.
    let exported = export(&story, &out).await;
    assert_eq!((exported.files, exported.lost), (6, 0));
    let auditor = Auditor {
        keys: story.sealer().verifiers(),
        since: vec![],
    };
    let report = auditor.replay(&place, None);
    assert_eq!(errors(&report), [""; 0], "{:?}", report.findings());
    assert_eq!(report.told("files"), Some(&json!(6)));
    let bin = |sent: &Sent| format!("openings/{}", attached(sent, "file.bin"));
    let change = |path: String, change: fn(&mut Vec<u8>)| {
        move |files: &Path| {
            let path = files.join(&path);
            let mut bytes = fs::read(&path).unwrap();
            change(&mut bytes);
            fs::write(path, bytes).unwrap();
        }
    };
    let remove = |path: String| move |files: &Path| fs::remove_file(files.join(&path)).unwrap();
    let (one, other) = (bin(whole), bin(erased));
    let plan = format!("openings/{second}/file.bin");
    type Change = Box<dyn Fn(&Path)>;
    let cases: Vec<(&str, Change)> = vec![
        (
            "FILE_FALSE",
            Box::new(change(one.clone(), |bytes| bytes[600_000] ^= 1)),
        ),
        (
            "FILE_FALSE",
            Box::new(change(plan.clone(), |bytes| bytes.truncate(600_000))),
        ),
        (
            "FILE_FALSE",
            Box::new(change(one.clone(), |bytes| bytes.push(b' '))),
        ),
        (
            "FILE_FALSE",
            Box::new(move |files| {
                fs::copy(files.join(&other), files.join(&one)).unwrap();
            }),
        ),
        ("FILE_MISSING", Box::new(remove(bin(whole)))),
        ("FILE_MISSING", Box::new(remove(plan.clone()))),
        (
            "OPENING_MISSING",
            Box::new(remove(plan.replace(".bin", ".json"))),
        ),
        (
            "OPENING_UNPUBLISHED",
            Box::new(move |files| {
                let old = format!("openings/{first}/file.bin");
                fs::create_dir_all(files.join(&old).parent().unwrap()).unwrap();
                fs::copy(files.join(&plan), files.join(old)).unwrap();
            }),
        ),
    ];
    for (code, change) in cases {
        assert_eq!(found(&out, &auditor, &*change), [code]);
    }
    if let Some(python) = python() {
        let key = auditor.keys[0].to_string();
        let run = |log: &str| {
            let (name, first) = python.split_first().unwrap();
            let mut process = Process::new(name);
            process.args(first).args([log, &*key]).output().unwrap()
        };
        let good = run(&place);
        let told = String::from_utf8_lossy(&good.stdout).into_owned();
        assert!(told.contains("6 of them with their files"), "{good:?}");
        let path = out.join(bin(whole));
        fs::rename(&path, folder.path().join("aside")).unwrap();
        assert_eq!(run(&place).status.code(), Some(1));
        fs::rename(folder.path().join("aside"), path).unwrap();
    }

    // Erased, and taken down: gone from the next export, with every byte.
    let erase = json!({
        "submission": erased.submission, "legalBasis": "個人情報の保護に関する法律第98条",
        "decisionNo": "8川総第5号", "requestedByPerson": true,
    });
    position(&story, "records", "erasePersonalData", erase).await;
    let withdraw = json!({
        "target": taken_down.submission, "field": "ATTACHMENTS", "legalBasis": "仮処分",
        "decisionNo": "令和8年（ヨ）第1号",
    });
    position(&story, "records", "withdrawPublication", withdraw).await;
    for (sent, gone) in [
        (erased, StatusCode::GONE),
        (taken_down, StatusCode::NOT_FOUND),
    ] {
        for ending in ["file", "file.bin"] {
            assert_eq!(status(&story, &attached(sent, ending)).await, gone);
        }
    }
    let kept = fs::read(out.join(bin(erased))).unwrap();
    let exported = export(&story, &out).await;
    assert_eq!((exported.files, exported.lost), (4, 0));
    assert_eq!(auditor.find(&place), [""; 0]);
    for word in ["photo2word", "photo3word"] {
        let found = holding(&out, word);
        assert!(found.is_empty(), "{word} is in {found:?}");
    }
    let put_back = |files: &Path| {
        fs::create_dir_all(files.join(bin(erased)).parent().unwrap()).unwrap();
        fs::write(files.join(bin(erased)), &kept).unwrap();
    };
    assert_eq!(found(&out, &auditor, &put_back), ["ERASED_BUT_SHOWN"]);

    // Over HTTP the same; and what is lost here is missing for everybody.
    let served = story.serve().await;
    let address = format!("{}/log", served.address());
    let verify = |auditor: Auditor| {
        let address = address.clone();
        tokio::task::spawn_blocking(move || auditor.find(&address))
    };
    let outsider = || Auditor {
        keys: story.sealer().verifiers(),
        since: vec![],
    };
    assert_eq!(verify(outsider()).await.unwrap(), [""; 0]);
    let sealed = data.join("files/sealed/file_01KQ000000000000000PHT0004");
    fs::remove_file(sealed).unwrap();
    fs::remove_file(data.join("files/clear").join(NEWER)).unwrap();
    let (found, _, answer) = story
        .fetch(&format!("/log/opening/{}", attached(lost, "file.bin")))
        .await;
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    assert_eq!(
        (found, &answer["code"]),
        (StatusCode::NOT_FOUND, &json!("LOST"))
    );
    assert_eq!(verify(outsider()).await.unwrap(), ["FILE_MISSING"]);
    let fresh = folder.path().join("fresh");
    let exported = export(&story, &fresh).await;
    assert_eq!((exported.files, exported.lost), (2, 2));
    assert_eq!(auditor.find(fresh.to_str().unwrap()), ["FILE_MISSING"]);
    drop(served);
    story.stop().await;
}

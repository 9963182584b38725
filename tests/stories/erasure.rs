//! Erasure, at the person's request and by schedule: afterwards nothing is in
//! any file, and every proof stays.

use std::{fs, path::Path, time::Duration};

use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use domain::{
    Checked, Role,
    ids::SubjectId,
    personal_data::{self, PersonalData},
};
use event_store::Position;
use gateway::personal_data::Decision;
use serde_json::{Value, json};
use tempfile::TempDir;
use verifier::receipt;

use crate::{
    audit::{Auditor, command, errors, files, holding, officer},
    public_comment::{call, content, drafted, opinion},
    public_comment_files::send,
    support::Story,
};

const LAW: &str = "公文書管理規程第12条";

/// Somebody who took part, and what they keep.
struct Person {
    submission: String,
    /// What stands in their texts and files alone.
    words: Vec<String>,
    files: Vec<String>,
    leaf: Vec<u8>,
    proof: String,
}

/// A case, and those who took part in it.
struct Town {
    story: Story,
    case: String,
    people: Vec<Person>,
}

/// What each of them does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Does {
    /// Submits with a photograph, and begins to upload another one.
    Web,
    /// Sends paper, which is scanned.
    Paper,
    /// Submits, and takes it back.
    Withdraws,
    /// Comes late.
    Late,
}

impl Town {
    async fn opened(folder: &Path) -> Self {
        let story = Story::in_folder(folder, "2026-05-01", 1).await;
        let case = drafted(&story).await;
        let called = call(&case, "2026-06-09");
        story
            .does("approver", "publishCase", called, "position")
            .await;
        story.turn_to("2026-05-20");
        Self {
            story,
            case,
            people: Vec::new(),
        }
    }

    async fn upload(&self, who: &str, path: &str, secret: Option<&str>, word: &str, whole: bool) {
        let mut headers = vec![("upload-complete", if whole { "?1" } else { "?0" })];
        headers.extend(secret.map(|secret| ("hiroba-secret", secret)));
        let body = Body::from(format!("%PDF-1.7\n{word}\n").repeat(9_000));
        let taken = send(&self.story, who, Method::PUT, path, &headers, body).await;
        let expected = if whole {
            StatusCode::CREATED
        } else {
            StatusCode::NO_CONTENT
        };
        assert_eq!(taken.status, expected, "{path}");
    }

    async fn joins(&mut self, does: Does) -> usize {
        let number = self.people.len();
        let word = |what: &str| format!("{what}{number}mark");
        let command = self.story.command();
        let secret = format!("a-secret-of-a-citizen-{number:06}");
        let (name, body) = (word("name"), word("body"));
        let file = format!("file_{}", self.story.command());
        let mut input = opinion(&self.case, &name, &format!("{body}のとおりです。"));
        input["commandId"] = json!(command);
        input["secret"] = json!(secret);
        input["submitter"]["address"] = json!(word("address"));
        let (who, mutation, purpose) = match does {
            Does::Paper => {
                input["channel"] = json!("POST");
                input["receivedOn"] = json!(self.story.city().desk.today().to_string());
                ("operator", "enterOpinion", "entry")
            }
            _ => ("nobody", "submitOpinion", "opinion"),
        };
        let mut words = vec![name, body, word("address")];
        let mut kept = Vec::new();
        if matches!(does, Does::Web | Does::Paper) {
            let path = format!("{file}?for={purpose}&case={}&command={command}", self.case);
            self.upload(who, &path, Some(&secret), &word("file"), true)
                .await;
            input["opinion"]["attachments"] = json!([file]);
            words.push(word("file"));
            kept.push(file);
        }
        let selection = "submission { id position }";
        let done = self.story.does(who, mutation, input, selection).await;
        let submission = done["submission"]["id"].as_str().unwrap().to_owned();
        let held = json!({"receipt": {"submission": submission, "secret": secret}});
        if does == Does::Withdraws {
            let input = json!({"submission": held});
            self.story
                .does("nobody", "withdrawOpinion", input, "position")
                .await;
        }
        if does == Does::Web {
            let file = format!("file_{}", self.story.command());
            let path = format!("{file}?for=replacement&submission={submission}");
            self.upload("nobody", &path, Some(&secret), &word("begun"), false)
                .await;
            words.push(word("begun"));
            kept.push(file);
        }
        let position = done["submission"]["position"].as_u64().unwrap();
        let position = Position(position);
        let recorded = self.story.city().desk.store.read_all(position, 1).await;
        self.story.sealer().seal().await.unwrap();
        self.people.push(Person {
            submission,
            words,
            files: kept,
            leaf: recorded.unwrap()[0].payload.to_vec(),
            proof: self.story.sealer().receipt(position).unwrap().to_string(),
        });
        number
    }

    /// The opinions of these people are answered, and the result is published.
    async fn publishes(&self, counted: &[usize]) {
        let story = &self.story;
        story.turn_to("2026-06-12");
        let case = &self.case;
        story
            .does("clerk", "startReview", json!({"case": case}), "position")
            .await;
        let mut items = Vec::new();
        for number in counted {
            let submission = &self.people[*number].submission;
            let query = "query($id: ID!) { submission(id: $id) { body { text } } }";
            let seen = story.get("clerk", query, json!({"id": submission})).await;
            let body = seen["submission"]["body"]["text"].as_str().unwrap();
            let input = json!({"submission": submission, "items": [{
                "summary": "要旨", "spans": [{"from": 0, "to": body.chars().count()}],
            }]});
            let selection = "submission { items { id } }";
            let done = story
                .does("clerk", "itemizeSubmission", input, selection)
                .await;
            items.push(done["submission"]["items"][0]["id"].clone());
            let input = json!({"case": case, "screenings": [{"submission": submission}]});
            story
                .does("clerk", "screenOpinions", input, "position")
                .await;
        }
        let input = json!({
            "case": case, "target": {"items": items}, "category": "C", "response": "参考とします。",
        });
        story
            .does("clerk", "assignResponse", input, "position")
            .await;
        story.turn_to("2026-07-01");
        let input = json!({
            "case": case, "outcome": "ADOPTED_AS_DRAFTED", "decidedOn": "2026-07-01",
            "finalPassages": content()["passages"],
        });
        story.does("mayor", "decidePolicy", input, "position").await;
        story.turn_to("2026-07-10");
        let input = json!({"case": case, "reasons": "御意見を踏まえました。"});
        story
            .does("approver", "publishResults", input, "position")
            .await;
    }

    async fn export(&self, out: &Path) -> server::Exported {
        let disk = disk::Disk::new();
        let (desk, sealer) = (&self.story.city().desk, self.story.sealer());
        let exported = server::export(desk, sealer, &disk, out, &|_, _| ()).await;
        exported.unwrap()
    }

    /// Nothing of these people is in any file.
    fn has_nothing_of(&self, folder: &Path, people: &[usize]) {
        let everything = files(folder);
        for number in people {
            let person = &self.people[*number];
            for word in &person.words {
                let found = holding(folder, word);
                assert!(found.is_empty(), "{word} is in {found:?}");
            }
            for file in &person.files {
                let found: Vec<_> = everything
                    .iter()
                    .filter(|path| path.to_string_lossy().contains(file.as_str()))
                    .collect();
                assert!(found.is_empty(), "{found:?} is left of {number}");
            }
        }
    }

    /// Somebody's erasure though they did not ask for it.
    fn unasked(&self, number: usize) -> Value {
        json!({
            "submission": self.people[number].submission, "legalBasis": LAW, "decisionNo": "1",
            "requestedByPerson": false,
        })
    }

    /// The pseudonym of a person.
    fn subject(&self, number: usize) -> SubjectId {
        let city = self.story.city().desk.city();
        let submission = self.people[number].submission.parse().unwrap();
        let case = city.public_comment.of_submission(submission).unwrap();
        case.submission(submission).unwrap().subject
    }

    async fn state(&self, number: usize) -> Value {
        let query = "query($id: ID!) { submission(id: $id) { body { state } keptUntil } }";
        let id = json!({"id": self.people[number].submission});
        let mut seen = self.story.get("clerk", query, id).await;
        seen["submission"].take()
    }
}

const DUE: &str = "{ dueForErasure { ordinance totalCount nodes {
    submissions record keptUntil case { id } } } }";

fn decided(number: u32) -> Value {
    json!({"legalBasis": LAW, "decisionNo": format!("8川総第{number}号")})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_erased_at_once_or_by_schedule_is_in_no_file_and_every_proof_stays() {
    let folder = TempDir::new().unwrap();
    let (data, out) = (folder.path().join("city"), folder.path().join("export"));
    let place = out.to_str().unwrap().to_owned();
    let mut town = Town::opened(&data).await;
    let asks = town.joins(Does::Web).await;
    let web = town.joins(Does::Web).await;
    let paper = town.joins(Does::Paper).await;
    let withdrawn = town.joins(Does::Withdraws).await;

    // As long as the procedure runs, no period does.
    assert_eq!(town.state(web).await["keptUntil"], Value::Null);
    let code = town
        .story
        .is_refused("records", "erasePersonalData", town.unasked(web))
        .await;
    assert_eq!(code, "GROUND_REQUIRED");
    town.story.turn_to("2026-06-11");
    let late = town.joins(Does::Late).await;
    town.publishes(&[asks, web, paper]).await;
    assert_eq!(town.state(web).await["keptUntil"], "2032-03-31");
    assert_eq!(town.state(withdrawn).await["keptUntil"], "2028-03-31");
    let exported = town.export(&out).await;
    // The document of the case, the photographs and the scan.
    assert_eq!((exported.files, exported.lost), (4, 0));
    let earlier = exported.events;
    for number in [asks, web, paper] {
        let word = format!("file{number}mark");
        assert!(!holding(&out, &word).is_empty(), "{word}");
    }
    let keys = folder.path().join("keys-of-then");
    copy(&data.join("keys"), &keys);

    // At the person's request, on any day: what was begun and never handed in
    // goes, too.
    let request = json!({
        "submission": town.people[asks].submission, "requestedByPerson": true,
        "legalBasis": "個人情報の保護に関する法律第98条", "decisionNo": "8川総第5号",
    });
    town.story
        .does("records", "erasePersonalData", request, "position")
        .await;
    assert_eq!(town.state(asks).await["body"]["state"], "ERASED");
    town.has_nothing_of(&data, &[asks]);
    town.export(&out).await;
    town.has_nothing_of(&out, &[asks]);

    // Without one, not before the period is over.
    town.story.turn_to("2028-03-31");
    let code = town
        .story
        .is_refused("records", "erasePersonalData", town.unasked(withdrawn))
        .await;
    assert_eq!(code, "RETENTION_NOT_OVER");
    let seen = town.story.get("records", DUE, json!({})).await;
    assert_eq!(seen["dueForErasure"]["totalCount"], 0);
    town.story.turn_to("2028-04-01");
    for who in ["nobody", "hanako", "clerk"] {
        let seen = town.story.get(who, DUE, json!({})).await;
        assert_eq!(seen["dueForErasure"], Value::Null, "{who}");
    }
    let seen = town.story.get("auditor", DUE, json!({})).await;
    let seen = &seen["dueForErasure"];
    assert_eq!(
        (&seen["totalCount"], &seen["ordinance"]),
        (&json!(2), &json!("seed2004/1"))
    );
    let mut listed = seen["nodes"].as_array().unwrap().clone();
    listed.sort_by_key(|node| node["submissions"][0] != town.people[withdrawn].submission);
    for (node, number) in listed.iter().zip([withdrawn, late]) {
        assert_eq!(
            *node,
            json!({
                "submissions": [town.people[number].submission], "keptUntil": "2028-03-31",
                "record": "OPINION_OUTSIDE_PROCEDURE", "case": {"id": town.case},
            })
        );
    }
    let code = town
        .story
        .is_refused("clerk", "erasePersonalDataBySchedule", decided(6))
        .await;
    assert_eq!(code, "NOT_PERMITTED");
    let blank = json!({"legalBasis": LAW, "decisionNo": " "});
    let code = town
        .story
        .is_refused("records", "erasePersonalDataBySchedule", blank)
        .await;
    assert_eq!(code, "LEGAL_BASIS_REQUIRED");
    let erase = |number| {
        let story = &town.story;
        async move {
            let selection = "erasedCount remainingCount";
            let mutation = "erasePersonalDataBySchedule";
            story
                .does("records", mutation, decided(number), selection)
                .await
        }
    };
    let done = erase(6).await;
    assert_eq!(
        (&done["erasedCount"], &done["remainingCount"]),
        (&json!(2), &json!(0))
    );
    assert_eq!(erase(7).await["erasedCount"], 0);
    for (number, state) in [(withdrawn, "ERASED"), (late, "ERASED"), (web, "READABLE")] {
        assert_eq!(town.state(number).await["body"]["state"], state);
    }
    town.story.turn_to("2032-04-01");
    assert_eq!(erase(8).await["erasedCount"], 2);

    // What allowed it is told, of each.
    let query = "{ erasures { key ground ordinance count } }";
    let seen = town.story.get("nobody", query, json!({})).await;
    assert_eq!(
        seen["erasures"],
        json!([
            {"key": "個人情報の保護に関する法律第98条", "ground": "REQUEST",
             "ordinance": "seed2004/1", "count": 1},
            {"key": LAW, "ground": "SCHEDULE", "ordinance": "seed2004/1", "count": 4},
        ])
    );

    // Nothing of anybody is anywhere, and whoever kept a proof still has one.
    let everybody = [asks, web, paper, withdrawn, late];
    town.has_nothing_of(&data, &everybody);
    let exported = town.export(&out).await;
    assert_eq!((exported.files, exported.lost), (1, 0));
    town.has_nothing_of(&out, &everybody);
    let auditor = Auditor {
        keys: town.story.sealer().verifiers(),
        since: vec![],
    };
    // The calendar of the story runs ahead of the one that is verified with.
    let mut found = errors(&auditor.verify(&place));
    found.retain(|code| *code != "TIME_AFTER_CHECKPOINT");
    assert_eq!(found, [""; 0]);
    for at in [None, Some(earlier)] {
        assert_eq!(errors(&auditor.replay(&place, at)), [""; 0]);
    }
    for number in everybody {
        let person = &town.people[number];
        let proof = person.proof.as_bytes();
        let report = receipt::check(proof, &person.leaf, &auditor.keys, None);
        assert_eq!(errors(&report), [""; 0]);
    }

    // Old keys from a backup open nothing: the erasures are done again before
    // anything is served, those by schedule like the others.
    let Town {
        story,
        case,
        people,
    } = town;
    story.stop().await;
    fs::remove_dir_all(data.join("keys")).unwrap();
    copy(&keys, &data.join("keys"));
    let story = Story::in_folder(&data, "2032-04-02", 1_000_000).await;
    let town = Town {
        story,
        case,
        people,
    };
    for number in everybody {
        assert_eq!(town.state(number).await["body"]["state"], "ERASED");
    }
    town.story.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_city_erases_by_itself_if_that_was_decided() {
    let folder = TempDir::new().unwrap();
    let mut town = Town::opened(folder.path()).await;
    let web = town.joins(Does::Web).await;
    let withdrawn = town.joins(Does::Withdraws).await;
    town.publishes(&[web]).await;
    town.story.turn_to("2040-01-01");
    let Town {
        story,
        case,
        people,
    } = town;
    let size = story.city().desk.city().size;
    story.stop().await;

    // Nobody decided it: what is due is listed, and stays.
    let story = Story::in_folder(folder.path(), "2040-01-01", 100_000).await;
    let seen = story.get("records", DUE, json!({})).await;
    assert_eq!(seen["dueForErasure"]["totalCount"], 2);
    assert_eq!(story.city().desk.city().size, size);
    story.stop().await;

    let decision = Decision {
        legal_basis: LAW.to_owned(),
        decision_no: "8川総第100号".to_owned(),
    };
    let story = Story::erasing(folder.path(), "2040-01-01", 200_000, decision).await;
    let both = story.city().desk.reader.at_least(Position(size.0 + 1));
    let both = tokio::time::timeout(Duration::from_secs(120), both);
    let city = both.await.expect("nothing was erased").unwrap();
    assert_eq!(city.size.0, size.0 + 2);
    let town = Town {
        story,
        case,
        people,
    };
    for number in [web, withdrawn] {
        assert_eq!(town.state(number).await["body"]["state"], "ERASED");
    }
    let query = "query($from: LogPosition!) { logEntries(from: $from) { kind actor role data } }";
    let from = json!({"from": size});
    let seen = town.story.get("nobody", query, from).await;
    for entry in seen["logEntries"].as_array().unwrap() {
        assert_eq!(entry["kind"], "personal_data_erased");
        assert_eq!(
            (&entry["actor"], &entry["role"]),
            (&json!("system"), &json!("system"))
        );
        assert_eq!(entry["data"]["legal_basis"], LAW);
        assert_eq!(entry["data"]["decision_no"], "8川総第100号");
        assert_eq!(entry["data"]["requested_by_person"], false);
        assert!(entry["data"]["retention"]["kept_until"].is_string());
    }
    town.story.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_everybody_reads_is_kept_in_memory_until_somebody_is_erased() {
    let folder = TempDir::new().unwrap();
    let mut town = Town::opened(folder.path()).await;
    let asks = town.joins(Does::Withdraws).await;
    let [first, second] = [town.joins(Does::Web).await, town.joins(Does::Web).await];
    let query = "query($id: ID!) { submission(id: $id) { body { state text } } }";
    let read = async |town: &Town, who: &str, number: usize| {
        let id = json!({"id": town.people[number].submission});
        let seen = town.story.get(who, query, id).await;
        seen["submission"]["body"]["state"].clone()
    };
    // What not everybody may read is not kept, whoever reads it.
    assert_eq!(read(&town, "nobody", first).await, "EMBARGOED");
    town.publishes(&[first, second]).await;
    for number in [asks, first, second] {
        assert_eq!(read(&town, "clerk", number).await, "READABLE");
    }
    let kept = |town: &Town| town.story.city().desk.opened.count();
    assert_eq!(kept(&town), 0);
    for _ in 0..2 {
        for number in [first, second] {
            assert_eq!(read(&town, "nobody", number).await, "READABLE");
        }
        assert_eq!(read(&town, "nobody", asks).await, "WITHDRAWN");
        assert_eq!(kept(&town), 2);
    }

    // As soon as the log says so, though the key is still there.
    let subject = town.subject(first);
    let checked = |text: &str| Checked {
        text: text.to_owned(),
        repeats_personal_data: false,
    };
    let erase = personal_data::Command::ErasePersonalData {
        subject,
        legal_basis: checked(LAW),
        decision_no: checked("1"),
        ground: personal_data::Ground::Request,
    };
    let records = officer(3, Role::RecordsManager);
    let stream = format!("personal_data/{subject}");
    command::<PersonalData>(&town.story, stream, records, erase).await;
    assert_eq!(kept(&town), 2);
    assert_eq!(read(&town, "nobody", first).await, "ERASED");
    assert_eq!(read(&town, "nobody", second).await, "READABLE");

    // With the first key that is destroyed, all that is kept is forgotten.
    let request = json!({
        "submission": town.people[asks].submission, "requestedByPerson": true,
        "legalBasis": LAW, "decisionNo": "2",
    });
    town.story
        .does("records", "erasePersonalData", request, "position")
        .await;
    assert_eq!(kept(&town), 0);
    assert_eq!(read(&town, "nobody", first).await, "ERASED");
    assert_eq!(kept(&town), 0);
    assert_eq!(read(&town, "nobody", second).await, "READABLE");
    assert_eq!(kept(&town), 1);
    town.story.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_item_is_answered_from_memory_as_it_would_be_answered_anew() {
    let folder = TempDir::new().unwrap();
    let mut town = Town::opened(folder.path()).await;
    let [first, second] = [town.joins(Does::Web).await, town.joins(Does::Web).await];
    let query = "query($id: ID!) { publicCommentCase(id: $id) { items(first: 10) { nodes { \
                 id number ...Words same: category submission { id channel } } } } } \
                 fragment Words on OpinionItem { summary { state text } \
                 response { text { state text } recordedAt } }";
    // Nothing is kept ready for somebody who is signed in.
    let read = async |town: &Town| {
        let id = || json!({"id": town.case});
        let anew = town.story.get("taro", query, id()).await;
        for _ in 0..2 {
            let from_memory = town.story.get("nobody", query, id()).await;
            assert_eq!(from_memory, anew);
        }
        anew
    };
    let kept = |town: &Town| town.story.city().desk.opened.count();
    let empty = read(&town).await;
    assert_eq!(kept(&town), 0);
    town.publishes(&[first, second]).await;
    let published = read(&town).await;
    assert_ne!(published, empty);
    let texts_and_answers = kept(&town);
    read(&town).await;
    assert_eq!(kept(&town), texts_and_answers);
    // Whoever asks for more is answered anew, and nothing more is kept.
    let more = "query($id: ID!) { publicCommentCase(id: $id) { items(first: 10) { nodes { \
                id submission { case { phase } } } } } }";
    let id = json!({"id": town.case});
    town.story.get("nobody", more, id).await;
    assert_eq!(kept(&town), texts_and_answers);

    // The case goes on: its items are others, or might be.
    let taken_down = json!({
        "target": town.people[second].submission, "field": "BODY",
        "legalBasis": "仮処分", "decisionNo": "令和8年（ヨ）第1号",
    });
    town.story
        .does("records", "withdrawPublication", taken_down, "position")
        .await;
    read(&town).await;
    assert!(texts_and_answers < kept(&town));

    // Somebody is erased.
    let request = json!({
        "submission": town.people[first].submission, "requestedByPerson": true,
        "legalBasis": LAW, "decisionNo": "2",
    });
    town.story
        .does("records", "erasePersonalData", request, "position")
        .await;
    assert_eq!(kept(&town), 0);
    assert_ne!(read(&town).await, published);
    town.story.stop().await;
}

fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let path = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(file, path).unwrap();
    }
}

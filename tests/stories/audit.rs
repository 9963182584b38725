//! The log proves itself: opinions come in, the city is killed under that load,
//! the result is published, people are erased, the key is replaced, the city
//! starts again, and an outsider verifies what it exports, before and after
//! somebody has tampered with it.
//!
//! `HIROBA_AUDIT_OPINIONS` says how many opinions there are: 200, unless it
//! says otherwise. They are real ones where the survey of Fukui is at hand.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{self, BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command as Process, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use application::Request;
use axum::http::{StatusCode, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    Actor, ActorId, Checked, Decider, Role, Sealed,
    ids::{OfficerId, SubjectId},
    personal_data::{self, PersonalData},
    public_comment::{
        Command, Outcome, Passage, PassageId, PublicComment, PublishResults, SubmitterKind,
        SubmitterKindCount, WardCount,
    },
};
use event_store::Position;
use futures::future::join_all;
use indicatif::ProgressBar;
use serde_json::{Value, json};
use tempfile::TempDir;
use transparency::{
    Checkpoint, Edge, Hash, SignedCheckpoint, SignerKey, Tile, VerifierKey, bundle, note::KeyKind,
    tile::Kind,
};
use ulid::Ulid;
use vault::{Envelope, Erasure};
use verifier::{
    diff,
    log::{self, Question, Source},
    receipt, replay,
    report::{Report, Severity},
};

use crate::support::{ORIGIN, Story};

fn opinions() -> usize {
    std::env::var("HIROBA_AUDIT_OPINIONS").map_or(200, |count| count.parse().unwrap())
}

/// What a citizen keeps.
struct Kept {
    body: String,
    position: u64,
    leaf: Vec<u8>,
    receipt: String,
}

/// What people write. Each text is there once, so that it can be searched for.
fn bodies(count: usize) -> Vec<String> {
    let survey = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../shared/data/ja_opinions/fukui_kanko_survey_freetext.csv"
    );
    let mut real = Vec::new();
    if let Ok(mut reader) = csv::Reader::from_path(survey) {
        let headers = reader.headers().unwrap();
        let column = headers
            .iter()
            .position(|name| name == "満足度の理由")
            .unwrap();
        let texts = reader.records().map(|row| row.unwrap()[column].to_owned());
        real.extend(texts.filter(|text| !text.trim().is_empty()));
    } else {
        println!("{survey} is not here: the opinions are made up");
        real.push("駅前の自転車の通り道を広くしてください。".to_owned());
    }
    let texts = real.iter().cycle().take(count).enumerate();
    texts
        .map(|(number, text)| format!("{text}（意見その{number}番です）"))
        .collect()
}

/// Passages of the draft, as they were and stay.
const PASSAGES: [(&str, &str, &str); 1] = [("1", "目的", "自転車の通行の安全を図る。")];

async fn open_case(story: &Story) -> String {
    let passages =
        PASSAGES.map(|(key, heading, text)| json!({"key": key, "heading": heading, "text": text}));
    let content = json!({
        "number": "8川ま第12号",
        "title": {"ja": "自転車通行環境整備計画（案）"},
        "objectKind": "PLAN",
        "legalBasis": "自転車活用推進法第11条",
        "bureau": "まちづくり局",
        "contact": "044-000-0000",
        "summary": {"ja": "市内の自転車の通り道を整える計画です。"},
        "passages": passages,
        "draftedOn": "2026-05-01",
    });
    let drafted = story
        .does(
            "clerk",
            "draftCase",
            json!({"content": content}),
            "case { id }",
        )
        .await;
    let case = drafted["case"]["id"].as_str().unwrap().to_owned();
    let call = json!({
        "case": case,
        "revision": 1,
        "opensOn": "2026-05-11",
        "closesOn": "2026-06-30",
        "channels": ["WEB", "POST", "IN_PERSON"],
        "publicity": ["市政だより"],
        "readingPlaces": ["各区役所"],
        "resultMethod": "市ホームページで公表",
    });
    story
        .does("approver", "publishCase", call, "case { id }")
        .await;
    case
}

/// What somebody sends who hands in an opinion. Sent again, it is the same
/// command.
fn opinion(case: &str, number: usize, body: &str) -> Value {
    let command = Ulid::from_parts(1_700_000_000_000, (number as u128) << 40 | 0xc17);
    json!({
        "commandId": command.to_string(),
        "case": case,
        "opinion": {"passage": "1", "body": body},
        "submitter": {
            "kind": "INDIVIDUAL",
            "name": format!("試験 太郎{number}"),
            "address": format!("幸区試験町{number}番地の9"),
            "contact": format!("taro{number}@mail.example"),
            "wardCode": "141330",
        },
        "secret": format!("a-secret-of-a-citizen-{number:06}"),
    })
}

/// The city's answer to an opinion.
struct Answer {
    position: u64,
    leaf: Vec<u8>,
    proof: Option<String>,
}

impl Answer {
    fn read(payload: &Value) -> Self {
        let position = &payload["position"];
        Self {
            position: position
                .as_u64()
                .unwrap_or_else(|| position.as_str().unwrap().parse().unwrap()),
            leaf: STANDARD.decode(payload["leaf"].as_str().unwrap()).unwrap(),
            proof: payload["proof"].as_str().map(str::to_owned),
        }
    }
}

const KILLED: &str = "HIROBA_TEST_KILLED_CITY";

/// In the process that is killed: serves until then. Without its environment it
/// has nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_city_that_is_killed_serves_until_then() {
    let Ok(folder) = env::var(KILLED) else {
        return;
    };
    let story = Story::in_folder(Path::new(&folder), "2026-05-12", 1_000).await;
    let served = story.serve().await;
    eprintln!("serving {}", served.address());
    // It ends with whoever started it, too.
    let ended = tokio::task::spawn_blocking(|| std::io::stdin().lines().count());
    ended.await.unwrap();
}

/// A city in a process of its own takes opinions from several people at once,
/// and is killed when it has answered half of them. What it answered until then.
fn submit_until_killed(data: &Path, case: &str, bodies: &[String]) -> BTreeMap<usize, Answer> {
    let mut child = Process::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "audit::the_city_that_is_killed_serves_until_then",
        ])
        .arg("--nocapture")
        .env(KILLED, data)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let serving = |line: std::io::Result<String>| {
        let line = line.unwrap();
        line.strip_prefix("serving ").map(str::to_owned)
    };
    let url = lines.find_map(serving).unwrap() + "/graphql";
    let (next, answered, child) = (AtomicUsize::new(0), Mutex::default(), Mutex::new(child));
    let query = "mutation($input: SubmitOpinionInput!) { submitOpinion(input: $input) {
        ... on SubmitOpinionPayload { position leaf proof }
    } }";
    let submit = |number: usize| -> Result<Answer, ureq::Error> {
        let input = opinion(case, number, &bodies[number]);
        let body = json!({"query": query, "variables": {"input": input}}).to_string();
        let mut response = ureq::post(&url)
            .header("content-type", "application/json")
            .header("accept", "application/graphql-response+json")
            .send(body)?;
        let answer: Value = serde_json::from_str(&response.body_mut().read_to_string()?).unwrap();
        Ok(Answer::read(&answer["data"]["submitOpinion"]))
    };
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(answer) = bodies.get(number).and_then(|_| submit(number).ok()) else {
                        return;
                    };
                    let mut answered: std::sync::MutexGuard<'_, BTreeMap<_, _>> =
                        answered.lock().unwrap();
                    answered.insert(number, answer);
                    if answered.len() == bodies.len() / 2 {
                        // On Unix this is kill -9.
                        child.lock().unwrap().kill().unwrap();
                    }
                }
            });
        }
    });
    assert!(!child.into_inner().unwrap().wait().unwrap().success());
    let answered = answered.into_inner().unwrap();
    assert!((bodies.len() / 2..bodies.len()).contains(&answered.len()));
    answered
}

/// Everybody hands in an opinion, or does so again who was answered already or
/// heard nothing; those that have no receipt with their answer are given it
/// later. In the order of the log.
async fn submit(
    story: &Story,
    case: &str,
    bodies: &[String],
    mut answered: BTreeMap<usize, Answer>,
) -> Vec<Kept> {
    let mut kept = Vec::new();
    let numbers: Vec<usize> = (0..bodies.len()).collect();
    for some in numbers.chunks(64) {
        let answers = some.iter().map(|number| {
            let input = opinion(case, *number, &bodies[*number]);
            story.does("nobody", "submitOpinion", input, "position leaf proof")
        });
        for (number, answer) in some.iter().zip(join_all(answers).await) {
            let mut answer = Answer::read(&answer);
            if let Some(first) = answered.remove(number) {
                // What was answered before the city was killed still holds.
                assert_eq!(
                    (answer.position, &answer.leaf),
                    (first.position, &first.leaf)
                );
                answer = first;
            }
            kept.push((answer, bodies[*number].clone()));
        }
    }
    story.sealer().seal().await.unwrap();
    let mut all = Vec::new();
    kept.sort_by_key(|(answer, _)| answer.position);
    for (answer, body) in kept {
        let position = answer.position;
        let receipt = match answer.proof {
            Some(proof) => proof,
            None => {
                let (status, _, bytes) = story.fetch(&format!("/log/receipt/{position}")).await;
                assert_eq!(status, StatusCode::OK);
                String::from_utf8(bytes).unwrap()
            }
        };
        all.push(Kept {
            body,
            position,
            leaf: answer.leaf,
            receipt,
        });
    }
    all
}

pub(crate) fn officer(number: u128, role: Role) -> Actor {
    Actor {
        id: ActorId::Officer(OfficerId(Ulid(number))),
        roles: vec![role],
        ward: None,
    }
}

/// Gives a command past HTTP.
pub(crate) async fn command<D>(
    story: &Story,
    stream: String,
    actor: Actor,
    command: D::Command,
) -> Position
where
    D: application::Governed,
    D: Decider<Refusal: std::fmt::Debug>,
{
    let request = Request::<D> {
        command_id: story.command().parse().unwrap(),
        stream: stream.parse().unwrap(),
        actor,
        command,
        envelopes: Vec::new(),
        answers: None,
    };
    let accepted = story.city().desk.sequencer.ask(request).await.unwrap();
    let position = accepted.receipt.unwrap().last;
    story.city().reader().at_least(position).await.unwrap();
    position
}

/// Everything is screened, split, answered, decided and published.
async fn publish(story: &Story, case: &str, kept: &[Kept]) {
    story.turn_to("2026-07-03");
    story
        .does("clerk", "startReview", json!({"case": case}), "case { id }")
        .await;
    let city = story.city().reader().current();
    let view = city.public_comment.iter().next().unwrap();
    let mut views: Vec<_> = view.submissions.values().collect();
    views.sort_by_key(|one| one.position);
    let submissions: Vec<_> = views.iter().map(|one| one.id.to_string()).collect();
    let count = submissions.len();
    assert_eq!(count, kept.len(), "none is lost, and none is there twice");
    for (number, (view, kept)) in views.iter().zip(kept).enumerate() {
        assert_eq!(view.position.0, kept.position);
        let chars = kept.body.chars().count();
        let input = json!({
            "submission": view.id.to_string(),
            "items": [{"summary": format!("要旨その{number}番"), "spans": [{"from": 0, "to": chars}]}],
        });
        story
            .does("clerk", "itemizeSubmission", input, "submission { id }")
            .await;
    }
    let redacted = json!({
        "case": case,
        "screenings": [{"submission": submissions[0], "redactedText": "意見（一部を除く）です。", "reasons": ["DEFAMATION"]}],
    });
    story
        .does("clerk", "screenOpinions", redacted, "case { id }")
        .await;
    // As many as fit into one event.
    for some in submissions[1..].chunks(500) {
        let screenings: Vec<_> = some.iter().map(|id| json!({"submission": id})).collect();
        let input = json!({"case": case, "screenings": screenings});
        story
            .does("clerk", "screenOpinions", input, "case { id }")
            .await;
    }

    let city = story.city().reader().current();
    let view = city.public_comment.iter().next().unwrap();
    let items: Vec<_> = view
        .items
        .values()
        .map(|item| item.id.to_string())
        .collect();
    for some in items.chunks(500) {
        let input = json!({
            "case": case,
            "target": {"items": some},
            "category": "B",
            "response": "案に沿った御意見です。計画を着実に進めます。",
        });
        story
            .does("clerk", "assignResponse", input, "case { id }")
            .await;
    }

    let stream = format!("public_comment/{case}");
    // Sealed for an event of its own, as the gateway does.
    let sealing = &story.city().desk.sealing;
    let id: Ulid = story.command().parse().unwrap();
    let event = domain::ids::EventId {
        command: id,
        index: 0,
    };
    let text = sealing
        .seal(
            &case.parse().unwrap(),
            &event.to_string(),
            "final_text",
            b"final text",
        )
        .unwrap();
    let envelope = Envelope::new(vec![text.entry]).unwrap().to_bytes().unwrap();
    let decide = Request::<PublicComment> {
        command_id: id,
        stream: stream.parse().unwrap(),
        actor: officer(1, Role::ImplementingBody),
        command: Command::DecidePolicy {
            outcome: Outcome::AdoptedAsDrafted,
            decided_on: "2026-07-03".parse().unwrap(),
            final_text: Sealed::new(text.commitment.to_string()),
            changes: vec![],
            erased: vec![],
        },
        envelopes: vec![(0, envelope.into())],
        answers: None,
    };
    story.city().desk.sequencer.ask(decide).await.unwrap();
    let submissions = u32::try_from(count).unwrap();
    let results = PublishResults {
        final_passages: PASSAGES
            .map(|(key, heading, text)| Passage {
                passage: PassageId(key.into()),
                heading: Some(heading.into()),
                text: text.into(),
            })
            .into(),
        as_decided: true,
        change_reasons: vec![],
        reasons: "意見を踏まえ、案のとおりとしました。".into(),
        summaries_only: false,
        full_opinions_at: None,
        by_ward: vec![WardCount {
            ward: "141330".parse().ok(),
            submissions,
        }],
        by_submitter_kind: vec![SubmitterKindCount {
            kind: Some(SubmitterKind::Individual),
            submissions,
        }],
        erased: vec![],
    };
    let publish = Command::PublishResults(Box::new(results));
    command::<PublicComment>(story, stream, officer(2, Role::Approver), publish).await;
}

fn checked(text: &str) -> Checked<String> {
    Checked {
        text: text.to_owned(),
        repeats_personal_data: false,
    }
}

/// Erases the data of these people: the event, then the key.
async fn erase(story: &Story, subjects: &[SubjectId]) {
    for (number, subject) in subjects.iter().enumerate() {
        let erase = personal_data::Command::ErasePersonalData {
            subject: *subject,
            legal_basis: checked("個人情報の保護に関する法律第98条"),
            decision_no: checked(&format!("8川総第{number}号")),
            ground: personal_data::Ground::Request,
        };
        let stream = format!("personal_data/{subject}");
        let records = officer(3, Role::RecordsManager);
        let position = command::<PersonalData>(story, stream, records, erase).await;
        let erasure = Erasure {
            subject: subject.to_string().parse().unwrap(),
            event: position.to_string(),
        };
        story.city().desk.keys().erase(vec![erasure]).await.unwrap();
    }
}

/// What an outsider holds and asks.
pub(crate) struct Auditor {
    pub(crate) keys: Vec<VerifierKey>,
    pub(crate) since: Vec<SignedCheckpoint>,
}

impl Auditor {
    pub(crate) fn verify(&self, place: &str) -> Report {
        let question = Question {
            logs: &self.keys,
            policy: None,
            since: &self.since,
        };
        let now = "2030-01-01T00:00:00Z".parse().unwrap();
        let source = Source::new(place).unwrap();
        log::check(&source, &question, now, &ProgressBar::hidden()).unwrap()
    }

    pub(crate) fn replay(&self, place: &str, at: Option<u64>) -> Report {
        let source = Source::new(place).unwrap();
        replay::check(&source, &self.keys, at, &ProgressBar::hidden()).unwrap()
    }

    /// The codes of all that both find.
    pub(crate) fn find(&self, place: &str) -> Vec<&'static str> {
        let shown = errors(&self.replay(place, None));
        let mut found = errors(&self.verify(place));
        found.extend(shown);
        found.sort_unstable();
        found.dedup();
        found
    }
}

pub(crate) fn errors(report: &Report) -> Vec<&'static str> {
    let errors = report.findings().iter();
    let errors = errors.filter(|finding| finding.severity == Severity::Error);
    let mut codes: Vec<_> = errors.map(|finding| finding.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push(path);
        }
    }
    all.sort();
    all
}

/// The largest file: of partial tiles those that were replaced are shorter.
fn largest(folder: &Path) -> PathBuf {
    let length = |path: &PathBuf| fs::metadata(path).unwrap().len();
    files(folder).into_iter().max_by_key(length).unwrap()
}

/// The files under a folder that hold a text. A running city replaces files: where one is gone before it is read, all
/// are read again, so that nothing that moved is missed.
pub(crate) fn holding(folder: &Path, text: &str) -> Vec<PathBuf> {
    let holds = |path: PathBuf| {
        let bytes = fs::read(&path)?;
        let mut windows = bytes.windows(text.len());
        Ok(windows
            .any(|window| window == text.as_bytes())
            .then_some(path))
    };
    for _ in 0..100 {
        let found: io::Result<Vec<_>> = files(folder).into_iter().map(holds).collect();
        match found {
            Ok(found) => return found.into_iter().flatten().collect(),
            Err(error) => assert_eq!(error.kind(), io::ErrorKind::NotFound, "{error}"),
        }
    }
    panic!("the files of {} never stand still", folder.display());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_city_that_was_killed_erased_rotated_and_restarted_is_verified_and_every_tampering_is_found()
 {
    let folder = TempDir::new().unwrap();
    let (data, out) = (folder.path().join("city"), folder.path().join("export"));
    let place = out.to_str().unwrap().to_owned();
    let story = Story::in_folder(&data, "2026-05-01", 1).await;
    let case = open_case(&story).await;
    story.stop().await;
    let bodies = bodies(opinions());
    let answered = {
        let (data, case, bodies) = (data.clone(), case.clone(), bodies.clone());
        let load = move || submit_until_killed(&data, &case, &bodies);
        tokio::task::spawn_blocking(load).await.unwrap()
    };
    let story = Story::in_folder(&data, "2026-05-12", 100_000).await;
    let kept = submit(&story, &case, &bodies, answered).await;

    // Nothing of it is readable yet, and the answer does not tell what exists.
    let first = kept[0].position;
    let (status, _, embargoed) = story.fetch(&format!("/log/opening/{first}/body")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    for absent in [format!("{first}/nothing"), "999999/body".into()] {
        let (status, _, answer) = story.fetch(&format!("/log/opening/{absent}")).await;
        assert_eq!((status, answer), (StatusCode::NOT_FOUND, embargoed.clone()));
    }

    publish(&story, &case, &kept).await;
    let disk = disk::Disk::new();
    let before = server::export(&story.city().desk, story.sealer(), &disk, &out, &|_, _| ())
        .await
        .unwrap();
    assert_eq!(before.erased, 0);
    let mut auditor = Auditor {
        keys: story.sealer().verifiers(),
        since: vec![(*story.sealer().checkpoint()).clone()],
    };
    assert_eq!(errors(&auditor.verify(&place)), [""; 0]);
    assert_eq!(errors(&auditor.replay(&place, None)), [""; 0]);
    let earlier = before.events;

    // Over HTTP the same is served, with the headers of the specification.
    for file in files(&out) {
        let path = file.strip_prefix(&out).unwrap().to_str().unwrap();
        let (status, headers, bytes) = story.fetch(&format!("/log/{path}")).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(bytes == fs::read(&file).unwrap(), "{path} differs");
        let (media, cache) = match path.split(['/', '.']).next().unwrap() {
            "checkpoint" => ("text/plain; charset=utf-8", "public, max-age=1"),
            "tile" => (
                "application/octet-stream",
                "public, max-age=31536000, immutable",
            ),
            "openings" => ("application/json", "no-store"),
            _ => ("application/json", "public"),
        };
        assert_eq!(headers[header::CONTENT_TYPE], media, "{path}");
        let found = headers[header::CACHE_CONTROL].to_str().unwrap();
        assert!(found.starts_with(cache), "{path}: {found}");
    }
    for private in ["submitter", "claim"] {
        let (status, _, _) = story
            .fetch(&format!("/log/opening/{first}/{private}"))
            .await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{private}");
    }
    // The first opinion is published in part: its own words stay shut.
    let (status, _, _) = story.fetch(&format!("/log/opening/{first}/body")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);

    // A tenth of the people is erased.
    let city = story.city().reader().current();
    let submissions = &city.public_comment.iter().next().unwrap().submissions;
    let erased: Vec<_> = submissions.values().skip(1).step_by(10).cloned().collect();
    let subjects: Vec<_> = erased.iter().map(|one| one.subject).collect();
    let gone: Vec<_> = erased
        .iter()
        .map(|one| {
            kept.iter()
                .find(|kept| kept.position == one.position.0)
                .unwrap()
        })
        .collect();
    erase(&story, &subjects).await;
    let erased_first = gone[0].position;
    let (status, _, answer) = story
        .fetch(&format!("/log/opening/{erased_first}/body"))
        .await;
    assert_eq!(status, StatusCode::GONE);
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    assert_eq!(answer["code"], "ERASED");
    assert_eq!(answer["decision_no"], "8川総第0号");

    // The log gets a new key, and the process ends and begins again.
    story.city().rotate_log_key().await.unwrap();
    let keys = story.sealer().verifiers();
    assert_eq!(keys.len(), 2);
    drop(city);
    story.stop().await;
    let story = Story::in_folder(&data, "2026-07-10", 1_000_000).await;
    let after = server::export(&story.city().desk, story.sealer(), &disk, &out, &|_, _| ())
        .await
        .unwrap();
    assert!(after.erased >= subjects.len() && after.events > earlier);
    let vkeys = &story.city().reader().current().log.keys;
    assert_eq!(
        vkeys.iter().map(|key| key.vkey.clone()).collect::<Vec<_>>(),
        keys.iter().map(ToString::to_string).collect::<Vec<_>>()
    );
    assert_eq!(vkeys[0].position, Position(0));

    // Whoever knows only the old key, or only the new one, is content.
    for key in &keys {
        auditor.keys = vec![key.clone()];
        let since = std::mem::take(&mut auditor.since);
        if *key == keys[0] {
            auditor.since = since.clone();
        }
        assert_eq!(errors(&auditor.verify(&place)), [""; 0]);
        assert_eq!(errors(&auditor.replay(&place, None)), [""; 0]);
        assert_eq!(errors(&auditor.replay(&place, Some(earlier))), [""; 0]);
        auditor.since = since;
    }
    auditor.keys = keys;
    for kept in &kept {
        let report = receipt::check(kept.receipt.as_bytes(), &kept.leaf, &auditor.keys, None);
        assert_eq!(errors(&report), [""; 0], "receipt of {}", kept.position);
    }
    let source = Source::new(&place).unwrap();
    let range = (earlier, after.events);
    let hidden = ProgressBar::hidden();
    let (report, changes) = diff::check(&source, &auditor.keys, range, &hidden).unwrap();
    assert_eq!(errors(&report), [""; 0]);
    assert_eq!(changes.erasures.len(), subjects.len());
    assert_eq!(changes.corrections.len(), 1, "the new key");

    // Nothing of the erased is in any file, but of the others it is.
    for text in gone.iter().take(12).map(|kept| &kept.body) {
        let found = holding(folder.path(), text);
        assert!(found.is_empty(), "{text} is in {found:?}");
    }
    assert!(!holding(folder.path(), &kept[2].body).is_empty());

    independent(&out, &auditor.keys[0], &kept[3]);
    tamper(&out, &auditor, &kept, erased_first);
    fork(&data, &out, &auditor);
    story.stop().await;
}

/// Each way of tampering, and how it is found.
fn tamper(out: &Path, auditor: &Auditor, kept: &[Kept], gone: u64) {
    let shown = kept[2].position;
    let opening = |position: u64, field: &str| format!("openings/{position}/{field}.json");
    let bundle_of = |files: &Path| {
        let path = largest(&files.join("tile/entries"));
        let bytes = fs::read(&path).unwrap();
        let entries = bundle::parse(&bytes).unwrap().into_iter();
        let entries: Vec<Vec<u8>> = entries.map(<[u8]>::to_vec).collect();
        (path, entries)
    };
    let with_entries = |change: &dyn Fn(&mut Vec<Vec<u8>>)| {
        let change_files = |files: &Path| {
            let (path, mut entries) = bundle_of(files);
            change(&mut entries);
            let bytes = bundle::encode(entries.iter().map(Vec::as_slice)).unwrap();
            fs::write(path, bytes).unwrap();
        };
        found(out, auditor, &change_files)
    };
    let rewritten = with_entries(&|entries| {
        let text = String::from_utf8(entries[5].clone()).unwrap();
        entries[5] = text
            .replace("\"legal_date\":\"2026", "\"legal_date\":\"2025")
            .into_bytes();
    });
    assert!(
        rewritten.contains(&"LEAF_DIFFERS") && rewritten.contains(&"ROOT"),
        "{rewritten:?}"
    );
    let dropped = with_entries(&|entries| {
        entries.remove(7);
    });
    assert!(dropped.contains(&"ENTRIES_MISSING"), "{dropped:?}");
    let inserted = with_entries(&|entries| {
        entries.insert(7, entries[8].clone());
        // A bundle holds 256 at most.
        entries.pop();
    });
    assert!(inserted.contains(&"EVENT_ID_TWICE"), "{inserted:?}");
    let swapped = with_entries(&|entries| entries.swap(8, 9));
    assert!(swapped.contains(&"STREAM_VERSION"), "{swapped:?}");

    let stranger = SignerKey::from_seed(ORIGIN, KeyKind::Ed25519, &[9; 32]).unwrap();
    let signed = |size, root: &[u8]| {
        let checkpoint = Checkpoint::new(ORIGIN, size, Hash::leaf(root)).unwrap();
        checkpoint.sign([&stranger]).unwrap().to_string()
    };
    let write = |path: String, bytes: Vec<u8>| {
        move |files: &Path| {
            let path = files.join(&path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, &bytes).unwrap();
        }
    };
    let read = |path: String| fs::read(out.join(path)).unwrap();
    type Change = Box<dyn Fn(&Path)>;
    let cases: Vec<(&str, Change)> = vec![
        (
            "ENTRIES_FORM",
            Box::new(move |files| {
                let (path, _) = bundle_of(files);
                let bytes = fs::read(&path).unwrap();
                fs::write(path, &bytes[..bytes.len() - 3]).unwrap();
            }),
        ),
        (
            "CHECKPOINT_SIGNATURE",
            Box::new(write(
                "checkpoint".into(),
                signed(9, b"forged").into_bytes(),
            )),
        ),
        (
            "ROLLED_BACK",
            Box::new(|files| {
                let smallest = self::files(files).into_iter().filter_map(|path| {
                    let size = path.file_name()?.to_str()?.strip_prefix("checkpoint.")?;
                    Some((size.parse::<u64>().unwrap(), path))
                });
                let (_, path) = smallest.filter(|(size, _)| *size > 0).min().unwrap();
                fs::copy(path, files.join("checkpoint")).unwrap();
            }),
        ),
        (
            "LEAF_DIFFERS",
            Box::new(|files| {
                let path = largest(&files.join("tile/0"));
                let mut bytes = fs::read(&path).unwrap();
                bytes[40] ^= 1;
                fs::write(path, bytes).unwrap();
            }),
        ),
        (
            "OPENING_MISSING",
            Box::new(move |files| fs::remove_file(files.join(opening(shown, "body"))).unwrap()),
        ),
        (
            "OPENING_FALSE",
            Box::new(write(
                opening(shown, "body"),
                String::from_utf8(read(opening(shown, "body")))
                    .unwrap()
                    .replace("番です", "番でした")
                    .into_bytes(),
            )),
        ),
        (
            "OPENING_FALSE",
            Box::new(write(
                opening(shown, "body"),
                read(opening(kept[3].position, "body")),
            )),
        ),
        (
            "OPENING_FORM",
            Box::new(write(opening(shown, "body"), b"{}".to_vec())),
        ),
        (
            "ERASED_BUT_SHOWN",
            Box::new(write(opening(gone, "body"), b"{}".to_vec())),
        ),
        (
            "OPENING_UNPUBLISHED",
            Box::new(write(opening(shown, "submitter"), b"{}".to_vec())),
        ),
    ];
    for (code, change) in cases {
        let codes = found(out, auditor, &*change);
        assert!(codes.contains(&code), "{code} expected: {codes:?}");
    }

    let digests = |files: &Path| {
        let text = fs::read_to_string(files.join("digests.json")).unwrap();
        let mut value: Value = serde_json::from_str(&text).unwrap();
        let size = value["size"].clone();
        value["digests"]["personal_data"] = "00".repeat(32).into();
        for path in ["digests.json".to_owned(), format!("digests/{size}.json")] {
            fs::write(files.join(path), value.to_string()).unwrap();
        }
    };
    with_copy(out, &digests, |place| {
        assert_eq!(errors(&auditor.verify(place)), [""; 0]);
        assert_eq!(errors(&auditor.replay(place, None)), ["DIGEST_DIFFERS"]);
    });

    let other = receipt::check(
        kept[0].receipt.as_bytes(),
        &kept[1].leaf,
        &auditor.keys,
        None,
    );
    assert_eq!(errors(&other), ["NOT_INCLUDED"]);
    let sibling = kept[0].receipt.lines().nth(2).unwrap();
    let altered = kept[0]
        .receipt
        .replacen(sibling, &Hash::leaf(b"x").to_string(), 1);
    let altered = receipt::check(altered.as_bytes(), &kept[0].leaf, &auditor.keys, None);
    assert_eq!(errors(&altered), ["NOT_INCLUDED"]);
}

/// The city itself rewrites an event and signs again, with its own key: only
/// whoever kept a checkpoint can tell.
fn fork(data: &Path, out: &Path, auditor: &Auditor) {
    let seed = fs::read_to_string(data.join("signer/key-1")).unwrap();
    let seed: Vec<u8> = (0..32)
        .map(|at| u8::from_str_radix(&seed[2 * at..2 * at + 2], 16).unwrap())
        .collect();
    let key = SignerKey::from_seed(ORIGIN, KeyKind::Ed25519, &seed.try_into().unwrap()).unwrap();
    assert_eq!(*key.verifier(), auditor.keys[0]);
    let rewrite = |files: &Path| {
        let newest = fs::read(files.join("checkpoint")).unwrap();
        let size = SignedCheckpoint::parse(&newest)
            .unwrap()
            .checkpoint()
            .size();
        let mut tree = Edge::new();
        for index in 0..size.div_ceil(256) {
            let tile = |kind| files.join(Tile::at_size(kind, index, size).unwrap().to_string());
            let bytes = fs::read(tile(Kind::Entries)).unwrap();
            let mut leaves = Vec::new();
            for entry in bundle::parse(&bytes).unwrap() {
                leaves.push(String::from_utf8(entry.to_vec()).unwrap());
            }
            if index == 0 {
                leaves[3] = leaves[3].replace("\"legal_date\":\"2026", "\"legal_date\":\"2025");
            }
            let hashes: Vec<_> = leaves
                .iter()
                .map(|leaf| Hash::leaf(leaf.as_bytes()))
                .collect();
            hashes.iter().for_each(|hash| tree.append(*hash));
            let bytes = bundle::encode(leaves.iter().map(String::as_bytes)).unwrap();
            fs::write(tile(Kind::Entries), bytes).unwrap();
            let hashes: Vec<u8> = hashes.iter().flat_map(|hash| hash.0).collect();
            fs::write(tile(Kind::Hashes(0)), hashes).unwrap();
        }
        let forged = Checkpoint::new(ORIGIN, size, tree.root()).unwrap();
        let forged = forged.sign([&key]).unwrap().to_string();
        fs::write(files.join("checkpoint"), forged).unwrap();
    };
    let codes = found(out, auditor, &rewrite);
    assert!(codes.contains(&"INCONSISTENT"), "{codes:?}");
    assert!(
        !codes.contains(&"ROOT") && !codes.contains(&"LEAF_DIFFERS"),
        "{codes:?}"
    );
}

/// What is found in a copy of the export that was changed: in the log, and in what the city shows beside it.
pub(crate) fn found(out: &Path, auditor: &Auditor, change: &dyn Fn(&Path)) -> Vec<&'static str> {
    with_copy(out, change, |place| auditor.find(place))
}

fn with_copy<T>(out: &Path, change: &dyn Fn(&Path), look: impl FnOnce(&str) -> T) -> T {
    let copy = TempDir::new().unwrap();
    for file in files(out) {
        let path = copy.path().join(file.strip_prefix(out).unwrap());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(file, path).unwrap();
    }
    change(copy.path());
    look(copy.path().to_str().unwrap())
}

/// Programs that share no code with ours come to the same result: one in Python
/// after the specifications, one in Go with the packages of Go's checksum
/// database.
fn independent(out: &Path, key: &VerifierKey, kept: &Kept) {
    let folder = TempDir::new().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (log, key) = (out.to_str().unwrap(), key.to_string());
    let receipt = file("a.tlog-proof", kept.receipt.as_bytes());
    let leaf = file("leaf.json", &kept.leaf);
    let edited = file("edited.json", &[&kept.leaf[..], b" "].concat());
    let programs = [
        ("Python", python(), ["--receipt", "--leaf"].as_slice()),
        ("Go", go(folder.path()), &[]),
    ];
    for (language, program, flags) in programs {
        let Some(program) = program else {
            println!("{language} or its package is not here: no opinion from it");
            continue;
        };
        let run = |arguments: &[&str]| {
            let (name, first) = program.split_first().unwrap();
            let mut process = Process::new(name);
            process.args(first).args(arguments).output().unwrap()
        };
        let flag = |at: usize| flags.get(at).copied();
        let with = |leaf: &str| -> Vec<String> {
            let words = [
                Some(log),
                Some(&*key),
                flag(0),
                Some(&*receipt),
                flag(1),
                Some(leaf),
            ];
            words.into_iter().flatten().map(str::to_owned).collect()
        };
        let with = |leaf: &str| {
            let words = with(leaf);
            run(&words.iter().map(String::as_str).collect::<Vec<_>>())
        };
        let good = with(&leaf);
        let told = String::from_utf8_lossy(&good.stdout);
        for proven in [
            "lead to the signed root",
            "are consistent",
            "the receipt proves",
        ] {
            assert!(good.status.success() && told.contains(proven), "{good:?}");
        }
        let bad = with(&edited);
        assert_eq!(bad.status.code(), Some(1), "{bad:?}");
        with_copy(
            out,
            &|files| {
                let path = largest(&files.join("tile/entries"));
                let mut bytes = fs::read(&path).unwrap();
                bytes[30] ^= 1;
                fs::write(path, bytes).unwrap();
            },
            |place| {
                let bad = run(&[place, &key]);
                assert_eq!(bad.status.code(), Some(1), "{bad:?}");
            },
        );
    }
}

/// How `verify.py` is run, if there is a Python that has what it needs.
pub(crate) fn python() -> Option<Vec<String>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/interop/audit/verify.py");
    let has_package = |python: &&str| {
        let mut process = Process::new(python);
        let output = process.args(["-c", "import cryptography"]).output();
        output.is_ok_and(|output| output.status.success())
    };
    let python = ["python3", "/usr/bin/python3"]
        .into_iter()
        .find(has_package);
    python.map(|python| vec![python.to_owned(), script.to_owned()])
}

/// How `verify.go` is run, if there is Go with what it needs.
fn go(folder: &Path) -> Option<Vec<String>> {
    const PACKAGES: &str = "/usr/share/gocode";
    let sumdb = Path::new(PACKAGES).join("src/golang.org/x/mod/sumdb/tlog");
    let program = folder.join("verify").to_str().unwrap().to_owned();
    let built = sumdb.exists().then(|| {
        let mut process = Process::new("go");
        if env::var_os("HOME").is_none() {
            process.env("GOCACHE", folder.join("cache"));
        }
        process
            .args(["build", "-o", &program, "verify.go"])
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/interop/audit"))
            .envs([("GO111MODULE", "off"), ("GOPATH", PACKAGES)])
            .output()
    });
    let built = built?.ok()?;
    assert!(built.status.success(), "{built:?}");
    Some(vec![program])
}

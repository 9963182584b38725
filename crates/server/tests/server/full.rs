//! A disk without room, under the whole server.
//!
//! Mounting a small file system takes the rights of root; without them this is
//! said in one line, and nothing is checked here.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use serde_json::{Value, json};

use crate::support::{CLIENTS, Client, Folder, Process, opinion};

/// A small file system of its own; unmounted with this.
struct Small(PathBuf);

impl Small {
    fn mount(at: PathBuf, size: &str) -> Option<Self> {
        fs::create_dir(&at).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(&at)
            .stderr(Stdio::null())
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Self(at));
        }
        println!("no file system can be mounted here: a full disk was not tried");
        None
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Leaves no byte free.
    fn fill(&self) {
        let mut filler = File::create(self.path("filler")).unwrap();
        for size in [1 << 20, 1 << 12, 1] {
            while filler.write_all(&vec![0x5a; size]).is_ok() {}
        }
    }

    fn make_room(&self) {
        fs::remove_file(self.path("filler")).unwrap();
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("--lazy").arg(&self.0).status();
        assert!(unmounted.unwrap().success());
    }
}

/// A city whose log lies there, and whose keys lie beside it or elsewhere.
fn command(folder: &Folder, data: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hiroba"));
    command
        .args(words)
        .arg("--config")
        .arg(folder.path("hiroba.toml"))
        .arg("--data")
        .arg(data)
        .env("RUST_LOG", "off")
        .env_remove("HIROBA_KEK")
        .stdin(Stdio::null());
    command
}

fn serve(folder: &Folder, data: &Path) -> Process {
    let words = ["serve", "--demo", "--listen", "127.0.0.1:0"];
    Process::start(command(folder, data, &words))
}

const SUBMIT: &str = "mutation($input: SubmitOpinionInput!) { submitOpinion(input: $input) { \
    __typename ... on SubmitOpinionPayload { repeated submission { id } } } }";
/// The same, waiting for the next checkpoint.
const SUBMIT_AND_PROVE: &str = "mutation($input: SubmitOpinionInput!) { submitOpinion(input: \
    $input) { __typename ... on SubmitOpinionPayload { proof } } }";

/// The whole answer to an opinion.
fn submit(client: &Client, case: &str, number: u64, body: &str) -> Value {
    let mut input = opinion(case, number);
    input["opinion"]["body"] = json!(body);
    client.answer(SUBMIT, &json!({"input": input})).unwrap()
}

fn is_taken(answer: &Value) -> bool {
    answer["data"]["submitOpinion"]["__typename"] == "SubmitOpinionPayload"
}

/// A city that refuses, says so wherever it is asked, and is read as before.
fn refuses_and_is_read(client: &Client, case: &str, answer: &Value) {
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"]["code"], "UNAVAILABLE", "{answer}");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("時間をおいて"), "{message}");
    let (status, ready) = client.get("/readyz");
    assert_eq!(status, 503, "{ready}");
    assert!(ready.contains("no room is left"), "{ready}");
    assert!(!ready.contains('/'), "a path of this machine: {ready}");
    assert_eq!(client.get("/healthz").0, 200);
    let (_, metrics) = client.get("/metrics");
    assert!(metrics.contains("hiroba_log_read_only 1"), "{metrics}");
    let read = "query($id: ID!) { publicCommentCase(id: $id) { title { ja } counts { \
        submissionCount } } log { size } }";
    let read = client.ask(read, &json!({"id": case})).unwrap();
    assert!(
        read["publicCommentCase"]["title"]["ja"].is_string(),
        "{read}"
    );
    assert_eq!(client.get("/log/checkpoint").0, 200);
}

/// Asks until the server is ready again.
fn becomes_ready(client: &Client) {
    for _ in 0..100_000 {
        if client.get("/readyz").0 == 200 {
            return;
        }
    }
    panic!("{:?}", client.get("/readyz"));
}

/// Submits until an opinion comes back with its proof: the log is sealed again.
fn is_sealed_again(client: &Client, case: &str, from: u64) {
    let proven = (from..from + 100).any(|number| {
        let input = json!({"input": opinion(case, number)});
        let answer = client.answer(SUBMIT_AND_PROVE, &input).unwrap();
        assert!(is_taken(&answer), "{answer}");
        answer["data"]["submitOpinion"]["proof"].is_string()
    });
    assert!(proven);
}

/// Checks the log and counts what it holds.
fn is_whole(folder: &Folder, data: &Path) {
    let checked = command(folder, data, &["log", "fsck", "--json"]).output();
    let checked = checked.unwrap();
    assert!(checked.status.success(), "{checked:?}");
}

#[test]
fn without_room_for_keys_and_files_the_city_is_read_and_later_goes_on() {
    let folder = Folder::new();
    let Some(small) = Small::mount(folder.path("small"), "112m") else {
        return;
    };
    let data = small.path("city");
    let city = serve(&folder, &data);
    let client = Client::new(&city.address);
    let case = client.open_case();
    assert!(is_taken(&submit(&client, &case, 1, "道を広く。")));
    // Officers upload under the key of the case, which is there already.
    let mut clerk = Client::new(&city.address);
    clerk.sign_in("clerk");
    let file = format!("/files/file_01ARZ3NDEKTSV4RRFFQ69G5FAV?for=material&case={case}");
    let text = "資料の本文です。\n".repeat(100_000).into_bytes();

    small.fill();
    // What is left of a block of the file of keys takes a few more.
    let answers = (2..1_000).map(|number| (number, submit(&client, &case, number, "道を広く。")));
    let refused = { answers }.find(|(_, answer)| !is_taken(answer));
    let (number, refused) = refused.unwrap();
    refuses_and_is_read(&client, &case, &refused);
    let (status, answer) = clerk.upload(&file, 0, &text);
    assert_eq!(status, 507, "{answer}");
    assert!(answer.contains("FILE_STORAGE_FULL"), "{answer}");
    assert!(
        !answer.contains("small"),
        "a path of this machine: {answer}"
    );

    small.make_room();
    becomes_ready(&client);
    let taken = submit(&client, &case, number, "道を広く。");
    assert!(is_taken(&taken), "{taken}");
    assert_eq!(taken["data"]["submitOpinion"]["repeated"], false);
    let (status, answer) = clerk.upload(&file, 0, &text);
    assert_eq!(status, 201, "{answer}");
    is_sealed_again(&client, &case, 2_000);
    city.stop("-TERM");
    is_whole(&folder, &data);
}

#[test]
fn without_room_for_the_log_nothing_that_was_taken_is_lost() {
    let folder = Folder::new();
    let Some(small) = Small::mount(folder.path("small"), "112m") else {
        return;
    };
    // Keys and signer lie elsewhere: the log alone has no room.
    let path = folder.path("hiroba.toml");
    let config = fs::read_to_string(&path).unwrap();
    let elsewhere = |name: &str| folder.path(name).display().to_string();
    let config = config.replace(
        "[log]\n",
        &format!("[log]\nsigner = \"{}\"\n", elsewhere("signer")),
    );
    let keys = format!("[keys]\ndirectory = \"{}\"\n", elsewhere("keys"));
    fs::write(&path, config + &keys).unwrap();
    let data = small.path("city");
    let city = serve(&folder, &data);
    let case = Client::new(&city.address).open_case();
    small.fill();

    // The segment that is there takes what fits in; then the next has no room.
    let long = "道".repeat(20_000);
    let next = AtomicU64::new(1);
    let taken = Mutex::new(Vec::new());
    let refused = Mutex::new(Value::Null);
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                let client = Client::new(&city.address);
                while refused.lock().unwrap().is_null() {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    assert!(number < 5_000, "a segment takes no end");
                    let answer = submit(&client, &case, number, &long);
                    match is_taken(&answer) {
                        true => taken.lock().unwrap().push(number),
                        false => *refused.lock().unwrap() = answer,
                    }
                }
            });
        }
    });
    let client = Client::new(&city.address);
    refuses_and_is_read(&client, &case, &refused.into_inner().unwrap());

    small.make_room();
    becomes_ready(&client);
    let taken = taken.into_inner().unwrap();
    assert!(100 < taken.len(), "{}", taken.len());
    for number in taken.iter().step_by(10) {
        let again = submit(&client, &case, *number, &long);
        assert_eq!(again["data"]["submitOpinion"]["repeated"], true, "{again}");
    }
    is_sealed_again(&client, &case, 10_000);
    city.stop("-TERM");
    is_whole(&folder, &data);
}

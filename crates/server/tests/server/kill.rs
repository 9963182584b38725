//! The process is killed, or stopped, while many submit.

use std::{collections::BTreeMap, fs::File, os::unix::fs::FileExt, process::Stdio};

use serde_json::{Value, json};

use crate::support::{Acknowledged, CLIENTS, Client, Folder, Load, Process, roll, rounds};

/// Sends everything again that was acknowledged, and checks answers and proofs.
fn check(city: &Process, case: &str, acknowledged: &BTreeMap<u64, Acknowledged>) {
    let client = Client::new(&city.address);
    let keys = city.keys();
    for (number, first) in acknowledged {
        // What was given out before still proves it.
        first.assert_proves(&keys);
        let again = client.submit(case, *number).unwrap();
        again.assert_repeats(first);
        again.assert_proves(&keys);
    }
}

/// Submits, each from a client of its own: all share a checkpoint.
fn submit_at_once(
    city: &Process,
    case: &str,
    numbers: impl Iterator<Item = u64>,
) -> BTreeMap<u64, Acknowledged> {
    std::thread::scope(|scope| {
        let submit = |number| Client::new(&city.address).submit(case, number).unwrap();
        let clients: Vec<_> = numbers
            .map(|number| (number, scope.spawn(move || submit(number))))
            .collect();
        let answers = clients.into_iter();
        answers
            .map(|(number, client)| (number, client.join().unwrap()))
            .collect()
    })
}

fn assert_whole(folder: &Folder) {
    let checked = folder.run(&["log", "fsck"], &[]).answer();
    assert_eq!(checked["events"], checked["sealed"], "{checked}");
}

#[test]
fn a_killed_server_loses_nothing_that_it_acknowledged() {
    let folder = Folder::new();
    let mut city = folder.serve();
    let case = Client::new(&city.address).open_case();
    let mut acknowledged = BTreeMap::new();
    let mut first = 0;
    for round in 0..rounds(3) {
        let load = Load::start(&city, &case, first);
        load.wait_for(20 + roll(round, 120) as usize);
        city.kill();
        let (some, next) = load.end();
        assert!(next - first <= some.len() as u64 + CLIENTS);
        city = folder.serve();
        // Whoever got no answer asks again, and gets one.
        let unanswered = (first..next).filter(|number| !some.contains_key(number));
        acknowledged.extend(submit_at_once(&city, &case, unanswered));
        acknowledged.extend(some);
        check(&city, &case, &acknowledged);
        first = next;
    }
    city.stop("-TERM");
    assert_whole(&folder);
}

#[test]
fn a_server_that_is_told_to_stop_answers_what_it_has_and_goes_on_later() {
    let folder = Folder::new();
    let mut acknowledged = BTreeMap::new();
    let mut first = 0;
    let mut case = None;
    for signal in ["-INT", "-TERM"] {
        let city = folder.serve();
        let case = case.get_or_insert_with(|| Client::new(&city.address).open_case());
        check(&city, case, &acknowledged);
        let load = Load::start(&city, case, first);
        load.wait_for(30);
        let said = city.stop(signal);
        assert!(said.contains("stopped"), "{said}");
        let (some, next) = load.end();
        acknowledged.extend(some);
        first = next;
        assert!(!folder.path("city/control").exists());
        // Closed in order, nothing is cut off or rebuilt.
        assert_whole(&folder);
    }
    let city = folder.serve();
    check(&city, &case.unwrap(), &acknowledged);
}

/// Whether so many bytes are written of the log: the rest of its segment is
/// empty.
fn is_written(folder: &Folder, length: u64) -> bool {
    let mut bytes = [0; 4_096];
    let segment = File::open(folder.path("city/log/0000000001.segment"));
    let read = segment.and_then(|segment| segment.read_at(&mut bytes, length));
    read.is_ok() && bytes.iter().any(|byte| *byte != 0)
}

fn size(city: &Process) -> Value {
    let read = Client::new(&city.address).ask("{ log { size } }", &json!({}));
    read.unwrap()["log"]["size"].clone()
}

#[test]
fn a_demonstration_that_is_killed_while_it_is_filled_is_filled_on() {
    let folder = Folder::new();
    let whole = size(&folder.serve());
    let length = (0..).find(|kilobytes| !is_written(&folder, kilobytes << 10));
    let length = length.unwrap() << 10;

    let folder = Folder::new();
    // Whoever signs in is known by the issuer's address, so it stays the same;
    // nobody is given a port below 32768 who did not ask for it.
    let address = format!("127.0.0.1:{}", 20_000 + std::process::id() % 10_000);
    let serve = ["serve", "--demo", "--listen", &address];
    for eighths in [1, 4, 7] {
        let mut filling = folder.command(&serve);
        let mut filling = filling.stdout(Stdio::null()).spawn().unwrap();
        while !is_written(&folder, length * eighths / 8) {
            assert_eq!(filling.try_wait().unwrap(), None, "it ended");
        }
        filling.kill().unwrap();
        filling.wait().unwrap();
        assert!(folder.path("city/demonstration.unfinished").exists());
    }
    // The first start goes on, the second finds it full.
    for _ in 0..2 {
        let city = Process::start(folder.command(&serve));
        assert_eq!(size(&city), whole);
        city.stop("-TERM");
        assert!(!folder.path("city/demonstration.unfinished").exists());
    }
    assert_whole(&folder);
}

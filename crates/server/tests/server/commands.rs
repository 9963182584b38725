//! The commands of an operator, with and without a server.

use std::{fs, process::Command};

use crate::support::{Client, Ended, Folder, Process};

#[test]
fn the_log_gets_a_new_key_while_it_is_served_and_the_old_one_is_retired() {
    let folder = Folder::new();
    let city = folder.serve();
    let client = Client::new(&city.address);
    let case = client.open_case();
    let first = client.submit(&case, 1).unwrap();
    let old = city.keys();
    let rotated = folder.run(&["log", "rotate-key"], &[]).answer();
    assert_eq!(rotated["keys"].as_array().unwrap().len(), 2);
    // It is recorded, and both sign.
    let both = city.keys();
    assert_eq!(both.len(), 2);
    let second = client.submit(&case, 2).unwrap();
    second.assert_proves(&both[..1]);
    second.assert_proves(&both[1..]);
    let retired = folder.run(&["log", "retire-key"], &[]).answer();
    assert_eq!(retired["keys"].as_array().unwrap().len(), 1);
    client.submit(&case, 3).unwrap().assert_proves(&both[1..]);
    first.assert_proves(&old);
    let refused = folder.run(&["log", "retire-key"], &[]);
    assert_eq!(refused.code(), 2);
    assert!(
        refused.errors().contains("rotate first"),
        "{}",
        refused.errors()
    );
    city.stop("-TERM");
    // Without a server, the next start records it.
    folder.run(&["log", "rotate-key"], &[]).answer();
    assert_eq!(folder.serve().keys().len(), 3);
}

#[test]
fn a_directory_is_named_from_where_the_command_is_typed() {
    let folder = Folder::new();
    for _ in 0..2 {
        let mut serve = Command::new(env!("CARGO_BIN_EXE_hiroba"));
        serve.current_dir(folder.path("."));
        serve.args(["serve", "--data", "town", "--listen", "127.0.0.1:0"]);
        Process::start(serve).stop("-TERM");
        assert!(folder.path("town-kek").exists());
    }
}

#[test]
fn the_keys_of_subjects_are_wrapped_under_a_new_key() {
    let folder = Folder::new();
    let city = folder.serve();
    let before = fs::read(folder.path("city-kek")).unwrap();
    folder.run(&["keys", "rotate-kek"], &[]).answer();
    let after = fs::read(folder.path("city-kek")).unwrap();
    assert_ne!(before, after);
    city.stop("-TERM");
    // A change that was cut off after the key store was rewritten.
    fs::rename(folder.path("city-kek"), folder.path("city-kek.next")).unwrap();
    fs::write(folder.path("city-kek"), &before).unwrap();
    let only_me = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(folder.path("city-kek"), only_me).unwrap();
    folder.serve().stop("-TERM");
    assert_eq!(fs::read(folder.path("city-kek")).unwrap(), after);
    assert!(!folder.path("city-kek.next").exists());
    // And one that was cut off while the old one was being destroyed.
    fs::rename(folder.path("city-kek"), folder.path("city-kek.next")).unwrap();
    folder.run(&["log", "fsck"], &[]).answer();
    assert_eq!(fs::read(folder.path("city-kek")).unwrap(), after);
}

#[test]
fn the_index_is_rebuilt_and_damage_is_found() {
    let folder = Folder::new();
    let city = folder.serve();
    let refused = folder.run(&["log", "rebuild-index"], &[]);
    assert_eq!(refused.code(), 2);
    assert!(refused.errors().contains("in use"), "{}", refused.errors());
    // The same check, by the server and without one, once all is sealed.
    let client = Client::new(&city.address);
    client.submit(&client.open_case(), 1).unwrap();
    let served = folder.run(&["log", "fsck"], &[]).answer();
    city.stop("-TERM");
    let alone = folder.run(&["log", "fsck"], &[]).answer();
    for fact in ["events", "sealed", "root"] {
        assert_eq!(alone[fact], served[fact], "{fact}");
    }
    let rebuilt = folder.run(&["log", "rebuild-index"], &[]).answer();
    assert_eq!(rebuilt["events"], served["events"]);

    let segment = folder.path("city/log/0000000001.segment");
    let whole = fs::read(&segment).unwrap();
    let mut bytes = whole.clone();
    bytes[3_000] ^= 1;
    fs::write(&segment, bytes).unwrap();
    assert!(
        !folder
            .run(&["log", "rebuild-index"], &[])
            .findings()
            .is_empty()
    );
    assert_ne!(folder.run(&["log", "fsck"], &[]).code(), 0);
    fs::write(&segment, whole).unwrap();
    folder.run(&["log", "fsck"], &[]).answer();
}

#[test]
fn a_directory_without_a_log_is_named_and_not_made() {
    let folder = Folder::new();
    for words in [
        &["log", "fsck"],
        &["log", "rotate-key"],
        &["keys", "rotate-kek"],
    ] {
        let refused = folder.run(words, &[]);
        assert_eq!(refused.code(), 2);
        assert!(
            refused.errors().contains("there is no log in"),
            "{}",
            refused.errors()
        );
    }
    assert_eq!(folder.run(&["backup"], &["target"]).code(), 2);
    assert_eq!(folder.run(&["export"], &["out"]).code(), 2);
    assert!(!folder.path("city").exists());
}

#[test]
fn a_second_server_in_the_same_directory_is_refused() {
    let folder = Folder::new();
    let city = folder.serve();
    let second = folder
        .command(&["serve", "--demo", "--listen", "127.0.0.1:0"])
        .output();
    let second = Ended(second.unwrap());
    assert_eq!(second.code(), 2);
    let said = second.errors();
    assert!(said.contains("in use by another process"), "{said}");
    // The first is not disturbed, and still answers operators.
    folder.run(&["log", "fsck"], &[]).answer();
    drop(city);
}

#[test]
fn an_export_answers_in_json() {
    let folder = Folder::new();
    folder.serve().stop("-TERM");
    let exported = folder.run(&["export"], &["out"]).answer();
    assert!(0 < exported["events"].as_u64().unwrap(), "{exported}");
    assert!(folder.path("out/checkpoint").exists());
}

fn hiroba(words: &[&str]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hiroba"));
    Ended(command.args(words).output().unwrap())
}

#[test]
fn a_configuration_is_checked_and_printed() {
    let folder = Folder::new();
    let file = folder.path("hiroba.toml");
    let name = file.to_str().unwrap();
    assert_eq!(hiroba(&["config", "check", name]).code(), 0);
    let printed = hiroba(&["config", "print", name]);
    let text = String::from_utf8(printed.0.stdout).unwrap();
    assert!(text.contains("city.example/log/1"), "{text}");
    assert!(text.contains("timeout_ms"), "{text}");
    for (wrong, named) in [
        ("[log]\norigins = \"a\"\n", "origins"),
        ("profile = \"edo1603\"\n", "profile"),
        ("web = \"nowhere\"\n", "nowhere"),
        ("[http]\ncors_origins = [\"city\"]\n", "http.cors_origins"),
        (
            "[[identity]]\nissuer = \"ftp://id.example\"\naudience = \"\"\n",
            "identity.issuer",
        ),
    ] {
        fs::write(&file, wrong).unwrap();
        let found = hiroba(&["config", "check", name, "--json"]).findings();
        assert!(found[0].contains(named), "{found:?}");
    }
    assert_eq!(hiroba(&["config", "check", "no-such-file"]).code(), 2);
}

/// Every command has a help with an example.
#[test]
fn every_command_has_a_help_with_an_example() {
    let mut waiting = vec![Vec::new()];
    let mut commands = 0;
    while let Some(words) = waiting.pop() {
        let mut asked: Vec<&str> = words.iter().map(String::as_str).collect();
        asked.push("--help");
        let help = hiroba(&asked);
        assert_eq!(help.code(), 0);
        let text = String::from_utf8(help.0.stdout).unwrap();
        let listed = text.split_once("\nCommands:\n").map(|(_, rest)| rest);
        match listed {
            Some(rest) => {
                let names = rest.lines().take_while(|line| !line.is_empty());
                for name in names.filter_map(|line| {
                    let line = line.strip_prefix("  ")?;
                    line.split_whitespace()
                        .next()
                        .filter(|_| !line.starts_with(' '))
                }) {
                    if name != "help" {
                        waiting.push([&words[..], &[name.to_owned()]].concat());
                    }
                }
            }
            None => {
                commands += 1;
                assert!(text.contains("Example"), "hiroba {words:?}:\n{text}");
            }
        }
    }
    assert!(12 < commands, "{commands}");
}

//! A referendum held by belenios-tool and us together, where the tool is installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::archives::verified;
use crate::town::{FOR_AGAINST, SINGLE, Town, definition};

/// The tool on the path, or the one that `BELENIOS_TOOL` names.
fn program() -> String {
    std::env::var("BELENIOS_TOOL").unwrap_or("belenios-tool".to_owned())
}

/// Whether the tool is there and knows the group; says so if not.
fn can_compare(group: &str) -> bool {
    let Ok(output) = Command::new(program()).arg("--version").output() else {
        println!("belenios-tool is not installed: nothing was exchanged with it");
        return false;
    };
    let version = String::from_utf8_lossy(&output.stdout).into_owned();
    // Ed25519 came with version 2.1.
    let knows = group != "Ed25519" || !(version.starts_with("2.0") || version.starts_with('1'));
    if !knows {
        println!("belenios-tool {} knows no {group}", version.trim());
    }
    knows
}

/// Runs the tool in a folder; what it printed, or what it complained of.
fn tool(folder: &Path, arguments: &[&str], input: &str) -> Result<String, String> {
    use std::io::Write;
    let mut child = Command::new(program())
        .args(arguments)
        .current_dir(folder)
        .env("LWT_ASYNC_METHOD", "none")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    child
        .stdin
        .take()
        .expect("piped")
        .write_all(input.as_bytes())
        .expect("written");
    let output = child.wait_with_output().expect("it ended");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        Err(text(&output.stderr))
    }
}

fn with_extension(folder: &Path, extension: &str) -> PathBuf {
    let entries = fs::read_dir(folder)
        .expect("readable")
        .map(|entry| entry.expect("readable").path());
    let mut entries =
        entries.filter(|path| path.extension().is_some_and(|found| found == extension));
    entries.next().unwrap_or_else(|| panic!("no .{extension}"))
}

#[test]
fn keys_ballots_and_decryptions_of_the_tool_are_taken_in_the_middle_of_our_referendum() {
    for group in ["BELENIOS-2048", "Ed25519"] {
        if can_compare(group) {
            with_the_tool(group);
        }
    }
}

fn with_the_tool(name: &str) {
    let mut town = Town::drafted(&definition(name, FOR_AGAINST, SINGLE));
    let draft: serde_json::Value =
        serde_json::from_str(&town.desk.read("vote/referendum.json")).expect("JSON");
    let uuid = draft["content"]["uuid"]
        .as_str()
        .expect("a uuid")
        .to_owned();
    let folder = town.desk.at("tool");
    fs::create_dir(&folder).expect("a folder");
    // The tool makes the credentials and the key.
    let group = ["--group", name];
    let make = [
        "setup",
        "generate-credentials",
        "--uuid",
        &uuid,
        "--count",
        "2",
    ];
    tool(&folder, &[&make[..], &group[..]].concat(), "").expect("credentials");
    tool(
        &folder,
        &[&["setup", "generate-trustee-key"][..], &group[..]].concat(),
        "",
    )
    .expect("a key");
    let private = fs::read_to_string(with_extension(&folder, "privcreds")).expect("readable");
    // Lines of ids and credentials in 2.0, one object since 3.0.
    let credentials: Vec<&str> = private
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .filter(|word| word.contains('-'))
        .collect();
    assert_eq!(credentials.len(), 2, "{private}");
    let derive = |credential: &str| {
        let derive = [
            "setup",
            "generate-credentials",
            "--uuid",
            &uuid,
            "--derive",
            credential,
        ];
        tool(&folder, &[&derive[..], &group[..]].concat(), "")
            .expect("derived")
            .trim()
            .to_owned()
    };
    let list: Vec<String> = credentials
        .iter()
        .map(|credential| derive(credential))
        .collect();
    town.desk
        .write("list.json", serde_json::to_string(&list).expect("JSON"));
    fs::copy(with_extension(&folder, "pubkey"), town.desk.at("key.json")).expect("copied");
    town.desk
        .run("open --dir @vote --credentials @list.json --key @key.json")
        .done();

    // The tool votes, and we take its ballots in.
    let archive = town.archive();
    let bel_name = archive.file_name().expect("a name");
    fs::copy(&archive, folder.join(bel_name)).expect("copied");
    for (credential, vote) in credentials.iter().zip(["[[1,0,0]]", "[[0,0,1]]"]) {
        fs::write(folder.join("credential"), credential).expect("written");
        fs::write(folder.join("vote"), vote).expect("written");
        let option = if tool(
            &folder,
            &["election", "generate-ballot", "--help=plain"],
            "",
        )
        .is_ok_and(|help| help.contains("--choice"))
        {
            "--choice"
        } else {
            "--ballot"
        };
        let make = [
            "election",
            "generate-ballot",
            "--privcred",
            "credential",
            option,
            "vote",
        ];
        let ballot = tool(&folder, &make, "").expect("a ballot");
        town.desk.write("theirs.json", ballot);
        town.desk.run("vote accept --dir @vote @theirs.json").done();
    }
    town.close_and_tally();

    // The tool decrypts, and we decrypt with its key, too.
    fs::copy(&archive, folder.join(bel_name)).expect("copied");
    let private_key = with_extension(&folder, "privkey");
    let shown = private_key.to_str().expect("utf-8");
    let decrypt = [
        "election",
        "decrypt",
        "--privkey",
        shown,
        "--trustee-id",
        "1",
    ];
    let part = tool(&folder, &decrypt, "").expect("a part");
    town.desk.write("part.json", &part);
    let bel = bel_name.to_str().expect("utf-8");
    town.desk
        .run(&format!(
            "trustee decrypt --dir @ours --archive @vote/{bel} --key @tool/{}",
            private_key
                .file_name()
                .expect("a name")
                .to_str()
                .expect("utf-8")
        ))
        .done();
    assert!(town.desk.at("ours/partial-decryption-1.json").exists());
    let ran = town.desk.run("result --dir @vote @part.json").done();
    assert!(
        ran.output.contains("賛成: 1") && ran.output.contains("白票: 1"),
        "{}",
        ran.output
    );
    verified(&archive, &[vec![1, 0, 1]]);
}

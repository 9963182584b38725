//! Both ways with belenios-tool, where it is installed (Debian's package is version 2.0).

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use ballot::archive::Contents;
use ballot::credential::{PublicCredential, SecretCredential, write_public_list};
use ballot::decryption::PartialDecryption;
use ballot::group::{Belenios2048, Group};
use ballot::tally::EncryptedTally;
use ballot::trustee::{Owner, Trustee, TrusteeKey, TrusteePublicKey, write_trustees};
use ballot::verify::verify;

use crate::elections::{Plan, Prepared, question, rng};

type G = Belenios2048;

/// Says so and returns true if the tool is not installed.
pub(crate) fn tool_is_missing() -> bool {
    let missing = Command::new("belenios-tool")
        .arg("--version")
        .output()
        .is_err();
    if missing {
        println!("belenios-tool is not installed: nothing was compared");
    }
    missing
}

/// The version of the tool, as it prints it.
pub(crate) fn tool_version() -> String {
    let output = Command::new("belenios-tool").arg("--version").output();
    output
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default()
}

/// Runs the tool in a folder; returns what it printed.
fn tool(folder: &Path, arguments: &[&str], input: &str) -> Result<String, String> {
    use std::io::Write;
    let mut child = Command::new("belenios-tool")
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
    let output = child
        .wait_with_output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// Whether the tool's complete check passes.
pub(crate) fn tool_verifies(archive: &[u8], uuid: &str) -> Result<String, String> {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(format!("{uuid}.bel")), archive).expect("written");
    tool(folder.path(), &["election", "verify"], "")
}

#[test]
fn the_tool_accepts_our_archives() {
    if tool_is_missing() {
        return;
    }
    let plan = Plan {
        questions: vec![question(2, true, 1, 1), question(3, false, 0, 2)],
        weights: vec![2, 1, 3],
        weighted: true,
        singles: 1,
        group: Some((2, 3, vec![1, 3])),
    };
    let prepared = Prepared::<G>::new(plan);
    let ballots = [
        prepared.cast(0, &[vec![0, 1, 0], vec![1, 0, 0]]),
        prepared.cast(1, &[vec![1, 0, 0], vec![0, 0, 0]]),
        // Voter 0 votes again.
        prepared.cast(0, &[vec![0, 0, 1], vec![0, 1, 1]]),
    ];
    let (archive, counts) = prepared.archive(&ballots);
    assert_eq!(counts, [[1, 0, 2], [0, 2, 2]]);
    tool_verifies(&archive, prepared.election.uuid()).expect("weights, threshold, revote, blank");

    let (empty, _) = prepared.archive(&[]);
    tool_verifies(&empty, prepared.election.uuid()).expect("zero ballots");

    let single = Prepared::<G>::new(Plan::simple(1));
    let (archive, _) = single.archive(&[single.cast(0, &[vec![0, 1, 0]])]);
    tool_verifies(&archive, single.election.uuid()).expect("a single trustee");
    let records =
        String::from_utf8_lossy(&archive).replace("\"result\":[[0,1,0]]", "\"result\":[[0,0,1]]");
    assert!(tool_verifies(records.as_bytes(), single.election.uuid()).is_err());
}

#[test]
fn an_election_is_held_by_the_tool_and_us_together() {
    if tool_is_missing() {
        return;
    }
    const UUID: &str = "HirobaAndTheTown";
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let file = |extension: &str| {
        let entries = fs::read_dir(at)
            .expect("readable")
            .map(|entry| entry.expect("readable").path());
        let path = entries
            .into_iter()
            .find(|path| path.extension().is_some_and(|e| e == extension));
        fs::read_to_string(path.expect("the tool wrote it")).expect("readable")
    };

    // The tool makes one credential and one trustee; we make the others.
    tool(
        at,
        &[
            "setup",
            "generate-credentials",
            "--uuid",
            UUID,
            "--group",
            G::NAME,
            "--count",
            "1",
        ],
        "",
    )
    .expect("credentials");
    let privcreds = file("privcreds");
    let theirs = privcreds.split_whitespace().last().expect("a credential");
    let derived = tool(
        at,
        &[
            "setup",
            "generate-credentials",
            "--uuid",
            UUID,
            "--group",
            G::NAME,
            "--derive",
            theirs,
        ],
        "",
    )
    .expect("derived");
    let theirs_public = PublicCredential::<G>::parse(derived.trim()).expect("a public credential");
    tool(
        at,
        &["setup", "generate-trustee-key", "--group", G::NAME],
        "",
    )
    .expect("a key");
    let trustee_of_tool: TrusteePublicKey<G> =
        serde_json::from_str(&file("pubkey")).expect("a key");
    let ours = SecretCredential::generate(&mut rng()).key::<G>(UUID);
    let key = TrusteeKey::<G>::generate(&mut rng());
    let trustees = write_trustees(&[
        Trustee::Single(trustee_of_tool),
        Trustee::Single(key.public_key(None, &mut rng())),
    ]);
    let list = write_public_list(&[(theirs_public, None), (ours.public(), None)]);
    let questions = vec![question(2, true, 1, 1)];
    let prepared = Prepared::<G>::with(
        questions,
        trustees,
        list,
        vec![ours],
        vec![(Owner(2), key)],
        UUID,
    );

    // We set up; the tool votes; we vote and end.
    let path = at.join(format!("{UUID}.bel"));
    let (_, archive) = prepared.start();
    fs::write(&path, archive).expect("written");
    fs::write(at.join("credential"), theirs).expect("written");
    fs::write(at.join("vote"), "[[0,1,0]]").expect("written");
    let ballot = ["--ballot", "--choice"]
        .iter()
        .find_map(|option| {
            tool(
                at,
                &[
                    "election",
                    "generate-ballot",
                    "--privcred",
                    "credential",
                    option,
                    "vote",
                ],
                "",
            )
            .ok()
        })
        .expect("a ballot by the tool");
    tool(at, &["archive", "add-event", "--type=Ballot"], &ballot).expect("added");
    let append = |appended: Vec<u8>| {
        let mut archive = fs::read(&path).expect("readable");
        archive.extend(appended);
        fs::write(&path, archive).expect("written");
    };
    let writer = || {
        let archive = fs::read(&path).expect("readable");
        Contents::read(&archive).expect("an archive").writer()
    };
    append(
        writer()
            .ballot(prepared.cast(0, &[vec![1, 0, 0]]).as_bytes())
            .expect("in order"),
    );
    append(writer().end_ballots().expect("in order"));

    // The tool tallies and decrypts; we decrypt; the tool publishes the result.
    let tally = tool(at, &["election", "compute-encrypted-tally"], "").expect("a tally");
    tool(
        at,
        &["archive", "add-event", "--type=EncryptedTally"],
        &tally,
    )
    .expect("added");
    let privkey = fs::read_dir(at)
        .expect("readable")
        .map(|entry| entry.expect("readable").path())
        .find(|path| {
            path.extension()
                .is_some_and(|extension| extension == "privkey")
        })
        .expect("a key");
    assert!(TrusteeKey::<G>::from_file(&fs::read_to_string(&privkey).expect("readable")).is_some());
    let privkey = privkey.to_str().expect("utf-8");
    let part = tool(
        at,
        &[
            "election",
            "decrypt",
            "--privkey",
            privkey,
            "--trustee-id",
            "1",
        ],
        "",
    )
    .expect("a part");
    tool(
        at,
        &["archive", "add-event", "--type=PartialDecryption"],
        &part,
    )
    .expect("added");
    let archive = fs::read(&path).expect("readable");
    let contents = Contents::read(&archive).expect("an archive");
    let (record, sized) = contents.tally.as_ref().expect("tallied");
    let tally = EncryptedTally::<G>::parse(&prepared.election, record, sized).expect("a tally");
    let (owner, key) = &prepared.keys[0];
    let part = PartialDecryption::make(&prepared.election, &tally, key, &mut rng());
    append(
        writer()
            .partial_decryption(*owner, part.to_record().as_bytes())
            .expect("in order"),
    );
    let result = tool(at, &["election", "compute-result"], "").expect("a result");
    tool(at, &["archive", "add-event", "--type=Result"], &result).expect("added");

    tool(at, &["election", "verify"], "").expect("accepted by the tool");
    let report = verify(&fs::read(&path).expect("readable"));
    assert_eq!(report.findings, []);
    assert_eq!(report.result, Some(vec![vec![1, 1, 0]]));
}

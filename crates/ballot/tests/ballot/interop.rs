//! Both ways with belenios-tool, where it is installed.

use std::fs;

use ballot::archive::Contents;
use ballot::credential::{PublicCredential, SecretCredential, write_public_list};
use ballot::decryption::{Owned, PartialDecryption};
use ballot::election::Election;
use ballot::group::{Belenios2048, Ed25519, Group};
use ballot::hash::Hash;
use ballot::question::Question;
use ballot::tally::EncryptedTally;
use ballot::trustee::{Owner, Trustee, TrusteeKey, TrusteePublicKey, write_trustees};
use ballot::verify::verify;

use crate::elections::{Plan, Prepared, ceremony, question, rng};
use crate::tool::{Tool, read, with_extension};

fn the_tool_accepts_ours<G: Group>() {
    let Some(tool) = Tool::for_group::<G>() else {
        return;
    };
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
    tool.verifies(&archive, prepared.election.uuid())
        .expect("weights, server key and threshold, an absent trustee, revote, blank");

    let (empty, _) = prepared.archive(&[]);
    tool.verifies(&empty, prepared.election.uuid())
        .expect("zero ballots");

    let single = Prepared::<G>::new(Plan::simple(1));
    let (archive, _) = single.archive(&[single.cast(0, &[vec![0, 1, 0]])]);
    tool.verifies(&archive, single.election.uuid())
        .expect("a single trustee");
    let records =
        String::from_utf8_lossy(&archive).replace("\"result\":[[0,1,0]]", "\"result\":[[0,0,1]]");
    assert!(
        tool.verifies(records.as_bytes(), single.election.uuid())
            .is_err()
    );

    let threshold = Prepared::<G>::new(Plan {
        singles: 0,
        group: Some((3, 4, vec![1, 2, 4])),
        ..Plan::simple(1)
    });
    let (archive, _) = threshold.archive(&[threshold.cast(0, &[vec![1, 0, 0]])]);
    tool.verifies(&archive, threshold.election.uuid())
        .expect("a threshold group alone");
}

#[test]
fn the_tool_accepts_our_archives() {
    the_tool_accepts_ours::<Belenios2048>();
    the_tool_accepts_ours::<Ed25519>();
}

/// Ballots, keys and partial decryptions of the tool in the middle of our election.
fn ours_with_parts_by_the_tool<G: Group>() {
    const UUID: &str = "HirobaAndTheTown";
    let Some(tool) = Tool::for_group::<G>() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();

    // The tool makes one credential and one trustee; we make the others.
    let (theirs, theirs_public, _) = tool.credential::<G>(at, UUID);
    let theirs_public = PublicCredential::<G>::parse(&theirs_public).expect("in the group");
    let group = G::NAME;
    tool.run(
        at,
        &format!("setup generate-trustee-key --group {group}"),
        "",
    )
    .expect("a key");
    let trustee_of_tool: TrusteePublicKey<G> =
        serde_json::from_str(&read(&with_extension(at, "pubkey"))).expect("a key");
    let ours = SecretCredential::generate(&mut rng()).key::<G>(UUID);
    let key = TrusteeKey::<G>::generate(&mut rng());
    let (members, parameters) = ceremony::<G>(2, 3);
    let trustees = write_trustees(&[
        Trustee::Single(trustee_of_tool),
        Trustee::Single(key.public_key(None, &mut rng())),
        Trustee::Pedersen(parameters),
    ]);
    let list = write_public_list(&[(theirs_public, None), (ours.public(), None)]);
    // The member in the middle is absent.
    let keys = [(2, key)]
        .into_iter()
        .chain((3..).zip(members).filter(|(owner, _)| *owner != 4))
        .map(|(owner, key)| (Owner(owner), key))
        .collect();
    let questions = vec![question(2, true, 1, 1)];
    let prepared = Prepared::<G>::with(questions, trustees, list, vec![ours], keys, UUID);

    // We set up; the tool votes; we vote and end.
    let path = at.join(format!("{UUID}.bel"));
    let (_, archive) = prepared.start();
    fs::write(&path, archive).expect("written");
    let ballot = tool.ballot(at, &theirs, "[[0,1,0]]");
    tool.add(at, "Ballot", &ballot);
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
    let tally = tool
        .run(at, "election compute-encrypted-tally", "")
        .expect("a tally");
    tool.add(at, "EncryptedTally", &tally);
    let privkey = with_extension(at, "privkey");
    assert!(TrusteeKey::<G>::from_file(&read(&privkey)).is_some());
    let decrypt = format!(
        "election decrypt --trustee-id 1 --privkey {}",
        privkey.display()
    );
    let part = tool.run(at, &decrypt, "").expect("a part");
    tool.add(at, "PartialDecryption", &part);
    let archive = fs::read(&path).expect("readable");
    let contents = Contents::read(&archive).expect("an archive");
    let (record, sized) = contents.tally.as_ref().expect("tallied");
    let tally = EncryptedTally::<G>::parse(&prepared.election, record, sized).expect("a tally");
    for (owner, key) in &prepared.keys {
        let part = PartialDecryption::make(&prepared.election, &tally, key, &mut rng());
        append(
            writer()
                .partial_decryption(*owner, part.to_record().as_bytes())
                .expect("in order"),
        );
    }
    let result = tool
        .run(at, "election compute-result", "")
        .expect("a result");
    tool.add(at, "Result", &result);

    tool.run(at, "election verify", "")
        .expect("accepted by the tool");
    let report = verify(&fs::read(&path).expect("readable"));
    assert_eq!(report.findings, []);
    assert_eq!(report.result, Some(vec![vec![1, 1, 0]]));
}

#[test]
fn parts_by_the_tool_are_taken_in_the_middle_of_our_election() {
    ours_with_parts_by_the_tool::<Belenios2048>();
    ours_with_parts_by_the_tool::<Ed25519>();
}

/// Our ballot, key and partial decryption in the middle of an election that the tool holds.
fn theirs_with_parts_by_us<G: Group>() {
    const UUID: &str = "TheTownAndHiroba";
    let Some(tool) = Tool::for_group::<G>() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let group = G::NAME;

    // Its credential and key, and ours handed in as files of its own form.
    let (theirs, _, list) = tool.credential::<G>(at, UUID);
    let ours = SecretCredential::generate(&mut rng()).key::<G>(UUID);
    let mut list: Vec<String> = serde_json::from_str(&list).expect("a list");
    list.push(ours.public().as_str().to_owned());
    list.sort_by(|a, b| G::compare(a, b));
    let list = serde_json::to_string(&list).expect("json");
    fs::write(at.join("public_creds.json"), list).expect("written");
    tool.run(
        at,
        &format!("setup generate-trustee-key --group {group}"),
        "",
    )
    .expect("a key");
    let key = TrusteeKey::<G>::generate(&mut rng());
    let public = serde_json::to_string(&key.public_key(None, &mut rng())).expect("json");
    let keys = format!("{}\n{public}\n", read(&with_extension(at, "pubkey")).trim());
    fs::write(at.join("public_keys.jsons"), keys).expect("written");
    let questions: Vec<Question> = vec![question(2, true, 1, 1), question(3, false, 1, 2)];
    let questions = serde_json::to_string(&questions).expect("json");
    let template = format!(
        "{{\"description\":\"「説明」\",\"name\":\"庁舎/建替え\",\"questions\":{questions}}}"
    );
    fs::write(at.join("template.json"), template).expect("written");
    tool.run(at, "setup make-trustees", "").expect("trustees");
    let make =
        format!("setup make-election --uuid {UUID} --group {group} --template template.json");
    tool.run(at, &make, "").expect("an election");
    tool.run(at, "archive init", "").expect("an archive");

    // We read its setup, vote, and vote again; the tool votes, tallies and decrypts.
    let path = at.join(format!("{UUID}.bel"));
    let archive = fs::read(&path).expect("readable");
    let setup = Contents::read(&archive)
        .expect("an archive")
        .setup
        .expect("set up");
    let election = Election::<G>::parse(setup.election).expect("an election");
    for vote in [
        [vec![0, 0, 1], vec![0, 1, 1]],
        [vec![1, 0, 0], vec![1, 0, 1]],
    ] {
        let ballot = ballot::ballot::cast(&election, &ours, &vote, &mut rng()).expect("allowed");
        tool.add(
            at,
            "Ballot",
            str::from_utf8(ballot.as_bytes()).expect("utf-8"),
        );
    }
    let ballot = tool.ballot(at, &theirs, "[[0,1,0],[1,0,0]]");
    tool.add(at, "Ballot", &ballot);
    tool.add(at, "EndBallots", "");
    let tally = tool
        .run(at, "election compute-encrypted-tally", "")
        .expect("a tally");
    tool.add(at, "EncryptedTally", &tally);
    let privkey = with_extension(at, "privkey");
    let decrypt = format!(
        "election decrypt --trustee-id 1 --privkey {}",
        privkey.display()
    );
    let part = tool.run(at, &decrypt, "").expect("a part");
    tool.add(at, "PartialDecryption", &part);

    // Our decryption, as two lines of the form that the tool prints.
    let archive = fs::read(&path).expect("readable");
    let contents = Contents::read(&archive).expect("an archive");
    let (record, sized) = contents.tally.as_ref().expect("tallied");
    let tally = EncryptedTally::<G>::parse(&election, record, sized).expect("a tally");
    let part = PartialDecryption::make(&election, &tally, &key, &mut rng()).to_record();
    let owned = Owned {
        owner: 2,
        payload: Hash::of(part.as_bytes()),
    };
    let lines = format!("{part}\n{}\n", owned.to_record());
    tool.add(at, "PartialDecryption", &lines);
    let result = tool
        .run(at, "election compute-result", "")
        .expect("a result");
    tool.add(at, "Result", &result);

    tool.run(at, "election verify", "")
        .expect("accepted by the tool");
    let report = verify(&fs::read(&path).expect("readable"));
    assert_eq!(report.findings, []);
    assert_eq!(report.result, Some(vec![vec![1, 1, 0], vec![2, 0, 1]]));
}

#[test]
fn our_parts_are_taken_in_the_middle_of_an_election_of_the_tool() {
    theirs_with_parts_by_us::<Belenios2048>();
    theirs_with_parts_by_us::<Ed25519>();
}

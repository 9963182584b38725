//! Archives that we reject, and what belenios-tool 2.0 says of them. The table stands in
//! `docs/referendum-verification.md`; this test keeps it true.

use ballot::archive::{Contents, Event, EventKind, SetupData};
use ballot::group::Belenios2048;
use ballot::hash::Hash;
use ballot::verify::verify;

use crate::elections::{Plan, Prepared};
use crate::tool::Tool;

const TIME: u64 = 1_795_343_366;

/// Writes records and events in any order, names and chain made right.
#[derive(Default)]
struct Forger {
    archive: Vec<u8>,
    head: Option<Hash>,
    height: u64,
}

impl Forger {
    fn new(header: &str) -> Self {
        let mut forger = Self::default();
        forger.record("BELENIOS", header.as_bytes());
        forger
    }

    fn record(&mut self, name: &str, body: &[u8]) {
        let mut block = vec![0; 512];
        let mut put =
            |at: usize, text: &str| block[at..at + text.len()].copy_from_slice(text.as_bytes());
        put(0, name);
        put(100, "0000644");
        put(108, "0000000");
        put(116, "0000000");
        put(124, &format!("{:011o}", body.len()));
        put(136, &format!("{TIME:011o}"));
        put(148, "        ");
        put(156, "0");
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        self.archive.extend(block);
        self.archive.extend(body);
        self.archive
            .resize(self.archive.len().next_multiple_of(512), 0);
    }

    fn event(&mut self, kind: EventKind, data: &[&[u8]]) -> &mut Self {
        let mut payload = None;
        for body in data {
            let hash = Hash::of(body);
            self.record(&format!("{hash}.data.json"), body);
            payload = Some(hash);
        }
        let event = Event {
            parent: self.head,
            height: self.height,
            kind,
            payload,
        }
        .to_record();
        let hash = Hash::of(event.as_bytes());
        self.record(&format!("{hash}.event.json"), event.as_bytes());
        self.head = Some(hash);
        self.height += 1;
        self
    }
}

/// What stands in an archive, to be put together differently.
struct Parts {
    election: Vec<u8>,
    trustees: Vec<u8>,
    credentials: Vec<u8>,
    ballots: Vec<Vec<u8>>,
    tally: Vec<u8>,
    sized: String,
    decryption: Vec<u8>,
    result: Vec<u8>,
}

impl Parts {
    fn of(archive: &[u8]) -> Self {
        let contents = Contents::read(archive).expect("an archive");
        let setup = contents.setup.as_ref().expect("set up");
        let (tally, sized) = contents.tally.as_ref().expect("tallied");
        Self {
            election: setup.election.to_vec(),
            trustees: setup.trustees.to_vec(),
            credentials: setup.credentials.to_vec(),
            ballots: contents
                .ballots
                .iter()
                .map(|ballot| ballot.to_vec())
                .collect(),
            tally: tally.to_vec(),
            sized: sized.to_record(),
            decryption: contents.decryptions[0].1.to_vec(),
            result: contents.result.expect("a result").to_vec(),
        }
    }

    fn start(&self) -> Forger {
        let mut forger = Forger::new(&format!("{{\"version\":1,\"timestamp\":\"{TIME}\"}}"));
        self.setup(&mut forger);
        forger
    }

    fn setup(&self, forger: &mut Forger) {
        let data = SetupData {
            election: Hash::of(&self.election),
            trustees: Hash::of(&self.trustees),
            credentials: Hash::of(&self.credentials),
            credentials_certificate: None,
        };
        let data = serde_json::to_string(&data).expect("json");
        forger.event(
            EventKind::Setup,
            &[
                &self.election,
                &self.trustees,
                &self.credentials,
                data.as_bytes(),
            ],
        );
    }

    fn ballots(&self, forger: &mut Forger, which: &[usize]) {
        for index in which {
            forger.event(EventKind::Ballot, &[&self.ballots[*index]]);
        }
    }

    fn end(&self, forger: &mut Forger) {
        forger.event(EventKind::EndBallots, &[]);
    }

    fn tally(&self, forger: &mut Forger) {
        let digest = Hash::of(&self.tally);
        let (front, _) = self
            .sized
            .split_once("\"encrypted_tally\"")
            .expect("a field");
        let sized = format!("{front}\"encrypted_tally\":\"{digest}\"}}");
        forger.event(EventKind::EncryptedTally, &[&self.tally, sized.as_bytes()]);
    }

    fn decrypt(&self, forger: &mut Forger) {
        let owned = format!(
            "{{\"owner\":1,\"payload\":\"{}\"}}",
            Hash::of(&self.decryption)
        );
        forger.event(
            EventKind::PartialDecryption,
            &[&self.decryption, owned.as_bytes()],
        );
    }

    fn publish(&self, forger: &mut Forger) {
        forger.event(EventKind::Result, &[&self.result]);
    }

    /// The whole count in the right order.
    fn whole(&self) -> Vec<u8> {
        let mut forger = self.start();
        self.ballots(&mut forger, &[0, 1]);
        self.end(&mut forger);
        self.tally(&mut forger);
        self.decrypt(&mut forger);
        self.publish(&mut forger);
        forger.archive
    }
}

fn spaced(record: &[u8]) -> Vec<u8> {
    let text = str::from_utf8(record).expect("utf-8");
    text.replacen(',', ", ", 1).into_bytes()
}

/// Whether belenios-tool 2.0, 3.0 and 3.3 accept an archive.
type Accepts = [bool; 3];

const ALL: Accepts = [true; 3];
const NONE: Accepts = [false; 3];
const UNTIL_2_0: Accepts = [true, false, false];
const UNTIL_3_0: Accepts = [true, true, false];
const SINCE_3_0: Accepts = [false, true, true];

/// Name, archive, our first code, and which belenios-tool accepts it.
fn cases() -> Vec<(&'static str, Vec<u8>, &'static str, Accepts)> {
    let prepared = Prepared::<Belenios2048>::new(Plan::simple(2));
    let ballots = [
        prepared.cast(0, &[vec![0, 1, 0]]),
        prepared.cast(1, &[vec![0, 0, 1]]),
    ];
    let (archive, _) = prepared.archive(&ballots);
    let (only_second, _) = prepared.archive(&ballots[1..]);
    let make = || Parts::of(&archive);
    assert_eq!(make().whole(), archive);
    let mut cases = Vec::new();

    let mut parts = make();
    parts.sized = parts
        .sized
        .replace("\"num_tallied\":2", "\"num_tallied\":9");
    cases.push(("num_tallied falsified", parts.whole(), "NUM_TALLIED", ALL));
    let mut parts = make();
    parts.sized = parts
        .sized
        .replace("\"total_weight\":2", "\"total_weight\":9");
    cases.push(("total_weight falsified", parts.whole(), "TOTAL_WEIGHT", ALL));

    let parts = make();
    let mut forger = parts.start();
    parts.ballots(&mut forger, &[0, 1, 0]);
    cases.push((
        "an old ballot replayed",
        forger.archive,
        "DUPLICATE_BALLOT",
        UNTIL_2_0,
    ));

    // The first ballot is silently left out of the count.
    let parts = Parts {
        ballots: make().ballots,
        ..Parts::of(&only_second)
    };
    let mut forger = parts.start();
    parts.ballots(&mut forger, &[0]);
    parts.end(&mut forger);
    parts.ballots(&mut forger, &[1]);
    parts.end(&mut forger);
    parts.tally(&mut forger);
    parts.decrypt(&mut forger);
    parts.publish(&mut forger);
    cases.push((
        "EndBallots between ballots, the rest counted",
        forger.archive,
        "EVENT_ORDER",
        ALL,
    ));

    let parts = make();
    let mut forger = parts.start();
    parts.ballots(&mut forger, &[0, 1]);
    parts.tally(&mut forger);
    parts.decrypt(&mut forger);
    parts.publish(&mut forger);
    cases.push(("no EndBallots", forger.archive, "EVENT_ORDER", ALL));

    let mut forger = parts.start();
    parts.setup(&mut forger);
    parts.ballots(&mut forger, &[0, 1]);
    cases.push(("two Setup events", forger.archive, "EVENT_ORDER", ALL));

    let mut forger = parts.start();
    parts.ballots(&mut forger, &[0, 1]);
    parts.end(&mut forger);
    parts.tally(&mut forger);
    parts.publish(&mut forger);
    parts.decrypt(&mut forger);
    cases.push((
        "Result before PartialDecryption",
        forger.archive,
        "EVENT_ORDER",
        ALL,
    ));

    let mut forger = parts.start();
    parts.ballots(&mut forger, &[0, 1]);
    parts.end(&mut forger);
    parts.decrypt(&mut forger);
    parts.publish(&mut forger);
    cases.push((
        "Result without EncryptedTally",
        forger.archive,
        "EVENT_ORDER",
        UNTIL_2_0,
    ));

    let mut forger = parts.start();
    parts.ballots(&mut forger, &[0, 1]);
    parts.end(&mut forger);
    parts.tally(&mut forger);
    parts.decrypt(&mut forger);
    parts.decrypt(&mut forger);
    parts.publish(&mut forger);
    cases.push((
        "the same trustee decrypts twice",
        forger.archive,
        "DUPLICATE_DECRYPTION",
        ALL,
    ));

    let mut parts = make();
    parts.trustees = spaced(&parts.trustees);
    cases.push((
        "a space in the trustees record",
        parts.whole(),
        "NOT_CANONICAL",
        ALL,
    ));
    let mut parts = make();
    parts.credentials = spaced(&parts.credentials);
    cases.push((
        "a space in the list of credentials",
        parts.whole(),
        "NOT_CANONICAL",
        ALL,
    ));
    let mut parts = make();
    parts.tally = spaced(&parts.tally);
    cases.push((
        "a space in the encrypted tally",
        parts.whole(),
        "TALLY",
        UNTIL_3_0,
    ));
    let mut parts = make();
    parts.decryption = spaced(&parts.decryption);
    cases.push((
        "a space in a partial decryption",
        parts.whole(),
        "NOT_CANONICAL",
        ALL,
    ));
    let mut parts = make();
    parts.result = spaced(&parts.result);
    cases.push(("a space in the result", parts.whole(), "NOT_CANONICAL", ALL));
    let mut parts = make();
    parts.ballots[0] = spaced(&parts.ballots[0]);
    cases.push(("a space in a ballot", parts.whole(), "NOT_CANONICAL", NONE));

    let parts = make();
    let mut forger = Forger::new(&format!("{{\"version\":1,\"timestamp\":{TIME}}}"));
    parts.setup(&mut forger);
    cases.push((
        "a timestamp that is a number",
        forger.archive,
        "MALFORMED",
        SINCE_3_0,
    ));
    let zeros = [archive.clone(), vec![0; 1024]].concat();
    cases.push(("end-of-archive blocks", zeros, "TAR_HEADER", NONE));
    let mut hidden = archive.clone();
    hidden[1023] = b'x';
    cases.push(("bytes hidden in the padding", hidden, "PADDING", NONE));
    let mut parts = make();
    parts.result = b"{\"result\":[[0,2,0]]}".to_vec();
    cases.push(("a wrong result", parts.whole(), "RESULT_COUNT", NONE));
    cases
}

#[test]
fn what_the_tool_lets_pass_is_as_documented() {
    let tool = Tool::find().and_then(|tool| Some((tool.column()?, tool)));
    let mut differing = Vec::new();
    for (name, archive, code, accepts) in cases() {
        let report = verify(&archive);
        assert_eq!(
            report.findings.first().map(|finding| finding.code),
            Some(code),
            "{name}"
        );
        if let Some((column, tool)) = &tool {
            let accepted = tool.verifies(&archive, crate::elections::UUID).is_ok();
            if accepted != accepts[*column] {
                differing.push((name, accepted));
            }
        }
    }
    assert_eq!(
        differing,
        [],
        "belenios-tool answers differently from the table"
    );
}

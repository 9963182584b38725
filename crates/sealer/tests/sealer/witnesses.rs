use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use sealer::{Answer, Outcome, Submission, WitnessError, Witnesses};
use transparency::{
    Checkpoint, Policy, SignedCheckpoint, SignerKey, VerifierKey, cosignature,
    note::KeyKind,
    policy::Witness,
    witness::{AddCheckpoint, Refusal},
};

use tokio::sync::Semaphore;

use super::{
    City, ORIGIN, position,
    run::{Hand, settle},
};

/// A library's witness, which decides as the specification says.
struct Library {
    key: SignerKey,
    log: Vec<VerifierKey>,
    last: Mutex<Option<Checkpoint>>,
    /// What it answers instead, if anything.
    instead: Mutex<Option<Result<Answer, String>>>,
    asked: Mutex<Vec<u64>>,
}

impl Library {
    fn new(log: Vec<VerifierKey>) -> Arc<Self> {
        Self::with_seed(log, 5)
    }

    fn with_seed(log: Vec<VerifierKey>, seed: u8) -> Arc<Self> {
        let key = SignerKey::from_seed("library.example", KeyKind::Cosignature, &[seed; 32]);
        Arc::new(Self {
            key: key.unwrap(),
            log,
            last: Mutex::default(),
            instead: Mutex::default(),
            asked: Mutex::default(),
        })
    }

    fn policy(&self) -> Policy {
        let file = format!("witness library {}\nquorum library\n", self.key.verifier());
        Policy::parse(file.as_bytes()).unwrap()
    }
}

fn answer(status: u16, body: impl Into<Vec<u8>>) -> Result<Answer, String> {
    Ok(Answer {
        status,
        body: body.into(),
    })
}

#[async_trait]
impl Submission for Library {
    async fn add_checkpoint(&self, witness: &Witness, body: String) -> Result<Answer, String> {
        assert_eq!(witness.key, *self.key.verifier());
        let request = AddCheckpoint::parse(body.as_bytes()).unwrap();
        let asked = {
            let mut asked = self.asked.lock().unwrap();
            asked.push(request.old);
            asked.len()
        };
        if let Some(instead) = self.instead.lock().unwrap().take() {
            return instead;
        }
        let mut last = self.last.lock().unwrap();
        match request.decide(Some(&self.log), last.as_ref()) {
            Ok(checkpoint) => {
                *last = Some(checkpoint.clone());
                let text = request.checkpoint.note().text();
                let time = 1_700_000_000 + asked as u64;
                let line = cosignature::cosign(&self.key, time, text).unwrap();
                answer(200, format!("{line}\n"))
            }
            Err(Refusal::Stale(size)) => answer(409, format!("{size}\n")),
            Err(Refusal::Inconsistent(_)) => answer(422, ""),
            Err(_) => answer(403, ""),
        }
    }
}

fn outcome(outcomes: Vec<(String, Outcome)>) -> Outcome {
    assert_eq!(outcomes.len(), 1);
    outcomes.into_iter().next().unwrap().1
}

const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_witness_s_line_stands_in_the_checkpoint_and_in_receipts() {
    let city = City::new();
    city.grow_to(300).await;
    let sealer = city.open().await;
    let library = Library::new(sealer.verifiers());
    let mut witnesses = Witnesses::new(library.clone(), library.policy());
    assert_eq!(outcome(witnesses.ask(&sealer).await.unwrap()), Ok(()));
    city.grow_to(700).await;
    sealer.seal().await.unwrap();
    assert_eq!(outcome(witnesses.ask(&sealer).await.unwrap()), Ok(()));
    assert_eq!(*library.asked.lock().unwrap(), [0, 300]);
    let receipt = sealer.receipt(position(5)).unwrap();
    let known = [library.key.verifier()];
    assert!(receipt.checkpoint.note().verify(known).is_ok());
    // A new process does not know what the witness saw, and asks twice.
    city.grow_to(701).await;
    sealer.seal().await.unwrap();
    let mut witnesses = Witnesses::new(library.clone(), library.policy());
    assert_eq!(outcome(witnesses.ask(&sealer).await.unwrap()), Ok(()));
    assert_eq!(*library.asked.lock().unwrap(), [0, 300, 0, 700]);
}

#[tokio::test]
async fn cosignatures_stay_with_their_checkpoint_and_the_newest_counts() {
    let city = City::new();
    city.grow_to(5).await;
    let sealer = city.open().await;
    let library = Library::new(sealer.verifiers());
    let mut witnesses = Witnesses::new(library.clone(), library.policy());
    let time = |sealer: &sealer::Sealer| {
        let note = sealer.checkpoint_at(5).unwrap().note().clone();
        assert_eq!(note.signatures().len(), 2);
        cosignature::time(library.key.verifier(), &note.signatures()[1])
    };
    for round in 1..4 {
        assert_eq!(outcome(witnesses.ask(&sealer).await.unwrap()), Ok(()));
        assert_eq!(time(&sealer), Some(1_700_000_000 + round));
        sealer.seal().await.unwrap();
        assert_eq!(sealer.checkpoint().note().signatures().len(), 2);
    }
    drop(sealer);
    let sealer = city.open().await;
    let receipt = sealer.receipt(position(2)).unwrap();
    assert_eq!(receipt.checkpoint.note().signatures().len(), 2);
    city.grow_to(6).await;
    sealer.seal().await.unwrap();
    assert_eq!(sealer.checkpoint().note().signatures().len(), 1);
    assert_eq!(time(&sealer), Some(1_700_000_003));
}

#[tokio::test]
async fn whatever_else_a_witness_answers_is_named_and_changes_nothing() {
    let city = City::new();
    city.grow_to(3).await;
    let sealer = city.open().await;
    let library = Library::new(sealer.verifiers());
    let mut witnesses = Witnesses::new(library.clone(), library.policy());
    let other = SignerKey::from_seed("library.example", KeyKind::Cosignature, &[6; 32]).unwrap();
    let text = sealer.checkpoint().note().text().to_owned();
    let forged = cosignature::cosign(&other, 1, &text).unwrap();
    let unreadable = |status| move |error: &WitnessError| matches!(error, WitnessError::Answer { status: s, .. } if *s == status);
    type Expected = Box<dyn Fn(&WitnessError) -> bool>;
    let cases: Vec<(_, Expected)> = vec![
        (
            Err("no route".to_owned()),
            Box::new(|e| matches!(e, WitnessError::Unreachable(_))),
        ),
        (
            answer(404, ""),
            Box::new(|e| *e == WitnessError::Unknown(404)),
        ),
        (answer(422, ""), Box::new(|e| *e == WitnessError::Fork)),
        (
            answer(409, "9\n"),
            Box::new(|e| *e == WitnessError::Ahead { seen: 9, size: 3 }),
        ),
        (answer(409, "many"), Box::new(unreadable(409))),
        (answer(200, ""), Box::new(unreadable(200))),
        (
            answer(200, format!("{forged}\n")),
            Box::new(unreadable(200)),
        ),
        (answer(200, vec![0xff]), Box::new(unreadable(200))),
        (answer(500, ""), Box::new(unreadable(500))),
    ];
    let mut told = Vec::new();
    for (instead, expected) in cases {
        *library.instead.lock().unwrap() = Some(instead.clone());
        let mut witnesses = Witnesses::new(library.clone(), library.policy());
        let error = outcome(witnesses.ask(&sealer).await.unwrap()).unwrap_err();
        assert!(expected(&error), "{instead:?}: {error}");
        assert_eq!(sealer.checkpoint().note().signatures().len(), 1);
        told.push(witnesses);
    }
    // Whatever a witness said, it is asked again in the next round.
    for mut witnesses in told {
        assert_eq!(outcome(witnesses.ask(&sealer).await.unwrap()), Ok(()));
    }
    assert_eq!(outcome(witnesses.ask(&sealer).await.unwrap()), Ok(()));
}

#[tokio::test]
async fn a_witness_is_asked_for_new_checkpoints_and_as_a_heartbeat() {
    let city = City::new();
    city.grow_to(3).await;
    let sealer = city.open().await;
    let library = Library::new(sealer.verifiers());
    let witnesses = Witnesses::new(library.clone(), library.policy());
    let clock = Hand::new();
    let every = Duration::from_secs(10);
    let sealing = sealer.run(&*clock, (Duration::from_secs(1), Duration::from_secs(600)));
    let asked = || library.asked.lock().unwrap().len();
    let going = witnesses.run(&sealer, &*clock, (every, PATIENCE), &|_, outcome| {
        assert_eq!(*outcome, Ok(()));
    });
    let watching = async {
        settle().await;
        assert_eq!(asked(), 1);
        clock.advance(1_000);
        city.grow_to(4).await;
        settle().await;
        assert_eq!(sealer.size(), 4);
        clock.advance(8_999);
        settle().await;
        assert_eq!(asked(), 1);
        clock.advance(1);
        settle().await;
        assert_eq!(asked(), 2);
        let first = sealer.checkpoint();
        // Signed 600 seconds after the last checkpoint, which came at 1 s.
        clock.advance(590_999);
        settle().await;
        assert_eq!(asked(), 2);
        clock.advance(1);
        settle().await;
        assert_eq!(asked(), 3);
        // The witness's time has moved on; the log and its own line have not.
        let again = sealer.checkpoint();
        let lines = |checkpoint: &SignedCheckpoint| checkpoint.note().signatures().to_vec();
        let time = |checkpoint| cosignature::time(library.key.verifier(), &lines(checkpoint)[1]);
        assert_eq!(again.note().text(), first.note().text());
        assert_eq!(lines(&again)[0], lines(&first)[0]);
        assert_eq!(time(&first), Some(1_700_000_002));
        assert_eq!(time(&again), Some(1_700_000_003));
        clock.advance(600_000);
        settle().await;
        assert_eq!(asked(), 4);
    };
    tokio::select! {
        error = sealing => panic!("{error}"),
        error = going => panic!("{error}"),
        () = watching => (),
    }
    assert_eq!(sealer.checkpoint().checkpoint().origin(), ORIGIN);
}

/// Two witnesses, of which the second answers when the test says so.
struct Two {
    libraries: [Arc<Library>; 2],
    second: Semaphore,
}

impl Two {
    fn new(log: &[VerifierKey]) -> Arc<Self> {
        let libraries = [5, 6].map(|seed| Library::with_seed(log.to_vec(), seed));
        let second = Semaphore::new(0);
        Arc::new(Self { libraries, second })
    }

    fn policy(&self, quorum: &str) -> Policy {
        let [first, second] = self.libraries.each_ref().map(|one| one.key.verifier());
        let file = format!(
            "witness first {first}\nwitness second {second}\ngroup both {quorum} first second\nquorum both\n"
        );
        Policy::parse(file.as_bytes()).unwrap()
    }

    fn asked(&self) -> [usize; 2] {
        self.libraries
            .each_ref()
            .map(|one| one.asked.lock().unwrap().len())
    }
}

#[async_trait]
impl Submission for Two {
    async fn add_checkpoint(&self, witness: &Witness, body: String) -> Result<Answer, String> {
        if witness.name == "second" {
            self.second.acquire().await.unwrap().forget();
            return self.libraries[1].add_checkpoint(witness, body).await;
        }
        self.libraries[0].add_checkpoint(witness, body).await
    }
}

fn lines(checkpoint: &SignedCheckpoint) -> usize {
    checkpoint.note().signatures().len()
}

#[tokio::test]
async fn a_witness_that_is_slow_or_silent_delays_nobody_and_is_asked_again() {
    let city = City::new();
    city.grow_to(3).await;
    let sealer = city.open().await;
    let two = Two::new(&sealer.verifiers());
    let witnesses = Witnesses::new(two.clone(), two.policy("any"));
    let clock = Hand::new();
    let every = Duration::from_secs(10);
    let sealing = sealer.run(&*clock, (Duration::from_secs(1), Duration::from_secs(600)));
    let going = witnesses.run(&sealer, &*clock, (every, PATIENCE), &|_, _| ());
    let watching = async {
        settle().await;
        // The second has not answered, and the first one's line is there.
        assert_eq!((two.asked(), lines(&sealer.checkpoint())), ([1, 0], 2));
        city.grow_to(4).await;
        settle().await;
        clock.advance(10_000);
        settle().await;
        assert_eq!((two.asked(), lines(&sealer.checkpoint())), ([2, 0], 2));
        // Its answer comes late, and belongs to what it was asked for.
        two.second.add_permits(1);
        settle().await;
        assert_eq!(two.asked(), [2, 1]);
        assert_eq!(lines(&sealer.checkpoint_at(3).unwrap()), 3);
        assert_eq!(lines(&sealer.checkpoint()), 2);
        // Whoever gives no answer is asked again, although nothing was signed.
        *two.libraries[1].instead.lock().unwrap() = Some(Err("no route".into()));
        two.second.add_permits(9);
        clock.advance(10_000);
        settle().await;
        assert_eq!((two.asked(), lines(&sealer.checkpoint())), ([2, 2], 2));
        clock.advance(10_000);
        settle().await;
        assert_eq!((two.asked(), lines(&sealer.checkpoint())), ([2, 3], 3));
        clock.advance(10_000);
        settle().await;
        assert_eq!(two.asked(), [2, 3]);
    };
    tokio::select! {
        error = sealing => panic!("{error}"),
        error = going => panic!("{error}"),
        () = watching => (),
    }
}

#[tokio::test]
async fn what_the_quorum_has_cosigned_is_shown_until_it_is_missing_for_long() {
    let city = City::new();
    city.grow_to(3).await;
    let sealer = city.open().await;
    let two = Two::new(&sealer.verifiers());
    let policy = two.policy("all");
    let witnesses = Witnesses::new(two.clone(), policy.clone());
    let clock = Hand::new();
    let every = Duration::from_secs(10);
    let sealing = sealer.run(&*clock, (Duration::from_secs(1), Duration::from_secs(600)));
    let going = witnesses.run(&sealer, &*clock, (every, PATIENCE), &|_, _| ());
    let shown = || sealer.witnessed();
    let size = || shown().checkpoint().size();
    let reached = || policy.check_quorum(&shown()).is_ok();
    let watching = async {
        settle().await;
        // There is no better one yet.
        assert_eq!((size(), reached()), (3, false));
        two.second.add_permits(1);
        settle().await;
        assert_eq!((size(), reached()), (3, true));
        city.grow_to(5).await;
        clock.advance(10_000);
        settle().await;
        // The second one is silent: the log goes on, and what is shown waits.
        assert_eq!((sealer.size(), size(), reached()), (5, 3, true));
        let receipt = |index| sealer.receipt(position(index)).unwrap();
        let proved_at = |index| receipt(index).checkpoint.checkpoint().size();
        assert_eq!((proved_at(2), proved_at(4)), (3, 5));
        clock.advance(59_999);
        settle().await;
        assert_eq!(size(), 3);
        clock.advance(1);
        settle().await;
        assert_eq!((size(), reached()), (5, false));
        two.second.add_permits(1);
        settle().await;
        assert_eq!((size(), reached()), (5, true));
        assert_eq!(proved_at(2), 5);
    };
    tokio::select! {
        error = sealing => panic!("{error}"),
        error = going => panic!("{error}"),
        () = watching => (),
    }
}

#[tokio::test]
async fn a_new_key_of_the_log_takes_no_cosignature_away() {
    let city = City::new();
    city.grow_to(3).await;
    let sealer = city.open().await;
    let library = Library::new(sealer.verifiers());
    let policy = library.policy();
    let mut witnesses = Witnesses::new(library.clone(), policy.clone());
    assert_eq!(outcome(witnesses.ask(&sealer).await.unwrap()), Ok(()));
    let key = sealer.rotate().unwrap();
    let checkpoint = sealer.checkpoint();
    assert!(checkpoint.verify([&key]).is_ok());
    assert!(policy.check_quorum(&checkpoint).is_ok());
}

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use sealer::{Answer, Submission, WitnessError, Witnesses};
use transparency::{
    Checkpoint, SignerKey, VerifierKey, cosignature,
    note::KeyKind,
    policy::Witness,
    witness::{AddCheckpoint, Refusal},
};

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
        let key = SignerKey::from_seed("library.example", KeyKind::Cosignature, &[5; 32]);
        Arc::new(Self {
            key: key.unwrap(),
            log,
            last: Mutex::default(),
            instead: Mutex::default(),
            asked: Mutex::default(),
        })
    }

    fn witness(&self) -> Witness {
        Witness {
            name: "library".into(),
            key: self.key.verifier().clone(),
            url: None,
        }
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

fn outcome(outcomes: Vec<(String, Result<(), WitnessError>)>) -> Result<(), WitnessError> {
    assert_eq!(outcomes.len(), 1);
    outcomes.into_iter().next().unwrap().1
}

#[tokio::test]
async fn a_witness_s_line_stands_in_the_checkpoint_and_in_receipts() {
    let city = City::new();
    city.grow_to(300).await;
    let sealer = city.open().await;
    let library = Library::new(sealer.verifiers());
    let mut witnesses = Witnesses::new(library.clone(), [library.witness()]);
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
    let mut witnesses = Witnesses::new(library.clone(), [library.witness()]);
    assert_eq!(outcome(witnesses.ask(&sealer).await.unwrap()), Ok(()));
    assert_eq!(*library.asked.lock().unwrap(), [0, 300, 0, 700]);
}

#[tokio::test]
async fn cosignatures_stay_with_their_checkpoint_and_the_newest_counts() {
    let city = City::new();
    city.grow_to(5).await;
    let sealer = city.open().await;
    let library = Library::new(sealer.verifiers());
    let mut witnesses = Witnesses::new(library.clone(), [library.witness()]);
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
    let mut witnesses = Witnesses::new(library.clone(), [library.witness()]);
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
    for (instead, expected) in cases {
        *library.instead.lock().unwrap() = Some(instead.clone());
        let mut witnesses = Witnesses::new(library.clone(), [library.witness()]);
        let error = outcome(witnesses.ask(&sealer).await.unwrap()).unwrap_err();
        assert!(expected(&error), "{instead:?}: {error}");
        assert_eq!(sealer.checkpoint().note().signatures().len(), 1);
    }
    assert_eq!(outcome(witnesses.ask(&sealer).await.unwrap()), Ok(()));
}

#[tokio::test]
async fn a_witness_is_asked_for_new_checkpoints_and_as_a_heartbeat() {
    let city = City::new();
    city.grow_to(3).await;
    let sealer = city.open().await;
    let library = Library::new(sealer.verifiers());
    let witnesses = Witnesses::new(library.clone(), [library.witness()]);
    let clock = Hand::new();
    let every = (Duration::from_secs(10), Duration::from_secs(600));
    let asked = || library.asked.lock().unwrap().len();
    let going = witnesses.run(&sealer, &*clock, every, |_, outcome| {
        assert_eq!(*outcome, Ok(()))
    });
    let watching = async {
        settle().await;
        assert_eq!(asked(), 1);
        city.grow_to(4).await;
        sealer.seal().await.unwrap();
        settle().await;
        clock.advance(9_999);
        settle().await;
        assert_eq!(asked(), 1);
        clock.advance(1);
        settle().await;
        assert_eq!(asked(), 2);
        clock.advance(10_000);
        settle().await;
        clock.advance(589_999);
        settle().await;
        assert_eq!(asked(), 2);
        clock.advance(1);
        settle().await;
        assert_eq!(asked(), 3);
    };
    tokio::select! {
        error = going => panic!("{error}"),
        () = watching => (),
    }
    assert_eq!(sealer.checkpoint().checkpoint().origin(), ORIGIN);
}

//! The ceremony, and what is found when somebody does not keep to it.

use super::*;
use crate::group::Ed25519;
use crate::testing::Seeded;

type G = Ed25519;

struct Ceremony {
    seeds: Vec<TrusteeSeed>,
    certificates: Certificates<G>,
    deals: Vec<Deal<G>>,
    rng: Seeded,
}

fn signed(seeds: &[TrusteeSeed], threshold: usize, rng: &mut Seeded) -> Vec<SignedMessage<G>> {
    let certificate =
        |(seed, index): (&TrusteeSeed, usize)| seed.certificate(seeds.len(), threshold, index, rng);
    seeds.iter().zip(1..).map(certificate).collect()
}

fn ceremony() -> Ceremony {
    let mut rng = Seeded::new(5);
    let seeds: Vec<_> = (0..3).map(|_| TrusteeSeed::generate(&mut rng)).collect();
    let certificates = Certificates::check(2, signed(&seeds, 2, &mut rng)).expect("certificates");
    let deals = seeds
        .iter()
        .map(|seed| certificates.deal(seed, &mut rng).expect("a deal"))
        .collect();
    Ceremony {
        seeds,
        certificates,
        deals,
        rng,
    }
}

impl Ceremony {
    fn keys(&mut self) -> Vec<(TrusteeKey<G>, TrusteePublicKey<G>)> {
        let Self {
            seeds,
            certificates,
            deals,
            rng,
        } = self;
        seeds
            .iter()
            .map(|seed| certificates.receive(deals, seed, None, rng).expect("a key"))
            .collect()
    }
}

#[test]
fn any_two_of_three_hold_the_key_together() {
    let mut ceremony = ceremony();
    let keys = ceremony.keys();
    let public = keys.iter().map(|(_, public)| public.clone()).collect();
    let parameters = ceremony
        .certificates
        .assemble(&ceremony.deals, public)
        .expect("parameters");
    let record = write_trustees(&[Trustee::Pedersen(parameters)]);
    let trustees = Trustees::<G>::parse(record.as_bytes()).expect("trustees");
    for present in [[1, 2], [1, 3], [2, 3], [3, 1]] {
        let owners = present.map(Owner);
        let contributions = trustees.contributions(&owners).expect("enough");
        let secret = contributions
            .iter()
            .fold(<G as Group>::Scalar::zero(), |sum, (owner, lambda)| {
                sum + *lambda * *keys[owner.0 as usize - 1].0.secret()
            });
        assert_eq!(G::generator_power(&secret), *trustees.election_key());
    }
    let missing = trustees.contributions(&[Owner(2)]).expect_err("too few");
    assert!(matches!(
        missing.as_slice(),
        [Missing::Threshold { present: 1, .. }]
    ));
}

#[test]
fn an_interrupted_deal_commits_to_the_same_polynomial_again() {
    let mut ceremony = ceremony();
    let again = ceremony
        .certificates
        .deal(&ceremony.seeds[0], &mut ceremony.rng)
        .expect("a deal");
    assert_eq!(again.coefexps.message, ceremony.deals[0].coefexps.message);
    // In another ceremony the same seed deals another polynomial.
    let other = Certificates::check(2, signed(&ceremony.seeds, 2, &mut Seeded::new(99)))
        .expect("certificates");
    let deal = other
        .deal(&ceremony.seeds[0], &mut ceremony.rng)
        .expect("a deal");
    assert_ne!(deal.coefexps.message, ceremony.deals[0].coefexps.message);
}

#[test]
fn a_false_share_accuses_its_dealer() {
    let mut ceremony = ceremony();
    // Member 2 gives member 1 the share meant for member 3.
    ceremony.deals[1].shares.swap(0, 2);
    let received =
        ceremony
            .certificates
            .receive(&ceremony.deals, &ceremony.seeds[0], None, &mut ceremony.rng);
    assert_eq!(received.err(), Some(CeremonyError::Share { dealer: 2 }));
    // Member 3's deal is replaced by another member's.
    ceremony.deals[2] = ceremony.deals[0].clone();
    let received =
        ceremony
            .certificates
            .receive(&ceremony.deals, &ceremony.seeds[0], None, &mut ceremony.rng);
    assert_eq!(received.err(), Some(CeremonyError::Deal { dealer: 3 }));
}

#[test]
fn certificates_belong_to_one_ceremony_and_one_place() {
    let mut rng = Seeded::new(6);
    let seeds: Vec<_> = (0..3).map(|_| TrusteeSeed::generate(&mut rng)).collect();
    let mut exchanged = signed(&seeds, 2, &mut rng);
    exchanged.swap(0, 1);
    let refused = |threshold, list| Certificates::<G>::check(threshold, list).err();
    assert_eq!(
        refused(2, exchanged),
        Some(CeremonyError::Certificate { member: 1 })
    );
    assert_eq!(
        refused(3, signed(&seeds, 2, &mut rng)),
        Some(CeremonyError::Certificate { member: 1 })
    );
    let threshold = CeremonyError::Threshold {
        threshold: 4,
        size: 3,
    };
    assert_eq!(refused(4, signed(&seeds, 4, &mut rng)), Some(threshold));
    let certificates =
        Certificates::<G>::check(2, signed(&seeds, 2, &mut rng)).expect("certificates");
    let stranger = TrusteeSeed::generate(&mut rng);
    assert_eq!(
        certificates.member(&stranger),
        Err(CeremonyError::NotAMember)
    );
    assert_eq!(format!("{stranger:?}"), "TrusteeSeed(…)");
}

#[test]
fn a_verification_key_must_follow_from_the_deals() {
    let mut ceremony = ceremony();
    let mut public: Vec<_> = ceremony
        .keys()
        .into_iter()
        .map(|(_, public)| public)
        .collect();
    public.swap(0, 1);
    let assembled = ceremony.certificates.assemble(&ceremony.deals, public);
    assert_eq!(
        assembled.err(),
        Some(CeremonyError::VerificationKey { member: 1 })
    );
}

//! Hostile bytes in place of an election, a trustees record or a list of credentials, in either
//! group.

#![no_main]

use ballot::credential::PublicCredentials;
use ballot::election::Election;
use ballot::group::{Belenios2048, Ed25519, Group};
use ballot::trustee::Trustees;
use libfuzzer_sys::fuzz_target;

fn read<G: Group>(bytes: &[u8]) {
    if let Ok(election) = Election::<G>::parse(bytes) {
        assert_eq!(election.description().to_record().as_bytes(), bytes);
    }
    let _ = Trustees::<G>::parse(bytes);
    if let Ok(credentials) = PublicCredentials::<G>::parse(bytes) {
        assert!(credentials.len() <= bytes.len());
    }
}

fuzz_target!(|bytes: &[u8]| {
    read::<Ed25519>(bytes);
    read::<Belenios2048>(bytes);
});

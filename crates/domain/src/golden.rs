//! Every event ever written still reads: one leaf for every kind and schema
//! version, in `tests/golden/<institution>/<kind>.v<schema>.json`. Files are
//! added, never edited.

use std::{fs, path::PathBuf};

use serde_json::json;

use crate::{
    Decider,
    history::{self, Leaf, newest_schema},
    log::Log,
    ordinance::Ordinances,
    personal_data::PersonalData,
    public_comment::PublicComment,
};

/// The kinds of an institution's events, as serde knows them: an unknown kind
/// is answered with the list of the known.
fn kinds<D: Decider>() -> Vec<String> {
    let unknown = json!({"kind": "?", "data": {}});
    let Err(error) = serde_json::from_value::<D::Event>(unknown) else {
        panic!("a kind named ? was read");
    };
    let message = error.to_string();
    let (_, known) = message.split_once("expected").unwrap();
    known
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

fn check<D: Decider>(least: usize) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(D::INSTITUTION);
    let kinds = kinds::<D>();
    assert!(kinds.len() >= least, "only {kinds:?}");
    let mut files = 0;
    for kind in &kinds {
        let newest = newest_schema(D::UPCASTS, kind);
        for schema in 1..=newest {
            files += 1;
            let file = folder.join(format!("{kind}.v{schema}.json"));
            let Ok(bytes) = fs::read(&file) else {
                panic!("add {}: one leaf of this kind", file.display());
            };
            let leaf = Leaf::parse(&bytes).unwrap_or_else(|error| panic!("{kind}: {error}"));
            assert_eq!((&*leaf.kind, leaf.schema), (kind.as_str(), schema));
            assert_eq!(leaf.institution(), D::INSTITUTION);
            let event = leaf.event::<D>();
            let event = event.unwrap_or_else(|error| panic!("{kind}: {error}"));
            if schema == newest {
                let written = history::write::<D>(&event, &leaf.metadata).unwrap();
                assert_eq!(
                    String::from_utf8(written).unwrap(),
                    String::from_utf8(bytes).unwrap()
                );
            }
        }
    }
    // A file that no kind reads would be a kind that was renamed.
    assert_eq!(fs::read_dir(&folder).unwrap().count(), files);
}

#[test]
fn every_event_of_a_public_comment_still_reads() {
    check::<PublicComment>(30);
}

#[test]
fn every_event_of_an_ordinance_still_reads() {
    check::<Ordinances>(2);
}

#[test]
fn every_event_of_personal_data_still_reads() {
    check::<PersonalData>(3);
}

#[test]
fn every_event_of_the_log_still_reads() {
    check::<Log>(2);
}

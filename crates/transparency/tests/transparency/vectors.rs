//! The vectors of transparency-dev/merkle, good and mutated.

use std::{fs, path::PathBuf};

use serde_json::Value;
use transparency::{
    Hash,
    proof::{CheckError, check_consistency, check_inclusion},
};

/// All vectors of a kind, or none where the shared folder is missing.
fn vectors(kind: &str) -> Vec<(String, Value)> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors/tlog");
    let mut folders = vec![PathBuf::from(root).join(kind)];
    if !folders[0].exists() {
        eprintln!("the vectors for {kind} are not here; nothing compared");
        return vec![];
    }
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let vector = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
                found.push((path.display().to_string(), vector));
            }
        }
    }
    assert!(found.len() > 90, "{kind} has only {} vectors", found.len());
    found
}

fn number(vector: &Value, name: &str) -> u64 {
    vector[name]
        .as_u64()
        .unwrap_or_else(|| panic!("{name} in {vector}"))
}

/// A hash, or the parser's refusal.
fn hash(vector: &Value, name: &str) -> Result<Hash, String> {
    vector[name]
        .as_str()
        .unwrap_or("")
        .parse()
        .map_err(|_| MALFORMED.into())
}

fn proof(vector: &Value) -> Result<Vec<Hash>, String> {
    let lines = vector["proof"].as_array().map_or(&[][..], Vec::as_slice);
    lines
        .iter()
        .map(|line| line.as_str().unwrap().parse().map_err(|_| MALFORMED.into()))
        .collect()
}

fn text(result: Result<(), CheckError>) -> Result<(), String> {
    result.map_err(|error| error.to_string())
}

/// The parser's refusal. Some vectors, even a good one, have other bytes than
/// a hash where a hash should be; those are refused before anything is checked.
const MALFORMED: &str = "malformed";

/// A vector is to pass or to be refused as it says.
fn judge(path: &str, vector: &Value, result: Result<(), String>) {
    if result == Err(MALFORMED.into()) {
        let wrong = |value: &Value| value.as_str().is_some_and(|text| text.len() != 44);
        let fields = vector
            .as_object()
            .unwrap()
            .iter()
            .filter(|(name, _)| *name != "desc");
        let malformed = |value: &Value| {
            wrong(value)
                || value
                    .as_array()
                    .is_some_and(|lines| lines.iter().any(wrong))
        };
        assert!(fields.map(|(_, value)| value).any(malformed), "{path}");
    } else {
        assert_eq!(
            result.is_err(),
            vector["wantErr"] == true,
            "{path}: {result:?}"
        );
    }
}

fn compare(kind: &str, mut check: impl FnMut(&Value) -> Result<(), String>) {
    for (path, vector) in &vectors(kind) {
        judge(path, vector, check(vector));
    }
}

#[test]
fn inclusion_vectors_pass_and_mutated_ones_are_refused() {
    compare("inclusion", |vector| {
        text(check_inclusion(
            &hash(vector, "leafHash")?,
            number(vector, "leafIdx"),
            number(vector, "treeSize"),
            &proof(vector)?,
            &hash(vector, "root")?,
        ))
    });
}

#[test]
fn consistency_vectors_pass_and_mutated_ones_are_refused() {
    compare("consistency", |vector| {
        text(check_consistency(
            number(vector, "size1"),
            number(vector, "size2"),
            &proof(vector)?,
            &hash(vector, "root1")?,
            &hash(vector, "root2")?,
        ))
    });
}

/// A subtree is a tree by itself if it begins at a multiple of a power of two
/// that is not smaller than it.
fn subtree(start: u64, end: u64) -> Result<u64, String> {
    let size = end
        .checked_sub(start)
        .filter(|size| *size > 0)
        .ok_or("empty")?;
    let width = size.checked_next_power_of_two().ok_or("too large")?;
    if start.is_multiple_of(width) {
        Ok(size)
    } else {
        Err("not a subtree".into())
    }
}

#[test]
fn a_leaf_in_a_subtree_is_a_leaf_in_a_tree() {
    compare("subtreeinclusion", |vector| {
        let (start, end) = (number(vector, "start"), number(vector, "end"));
        let size = subtree(start, end)?;
        let index = number(vector, "leafIdx")
            .checked_sub(start)
            .ok_or("left of it")?;
        text(check_inclusion(
            &hash(vector, "leafHash")?,
            index,
            size,
            &proof(vector)?,
            &hash(vector, "root")?,
        ))
    });
}

/// Checkpoints always begin at 0; of the subtree vectors those apply that do,
/// and are not about the empty subtree.
#[test]
fn a_subtree_from_zero_is_a_consistent_beginning() {
    let mut applied = 0;
    let vectors = vectors("subtreeconsistency");
    for (path, vector) in &vectors {
        let (start, end) = (number(vector, "start"), number(vector, "end"));
        if start > 0 || end == 0 {
            continue;
        }
        let check = || {
            let (old, new) = (hash(vector, "root1")?, hash(vector, "root2")?);
            text(check_consistency(
                end,
                number(vector, "size"),
                &proof(vector)?,
                &old,
                &new,
            ))
        };
        judge(path, vector, check());
        applied += 1;
    }
    assert!(vectors.is_empty() || applied > 20, "only {applied} applied");
}

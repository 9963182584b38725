//! `cargo xtask tidy`: what keeps the house in order, checked.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use anyhow::{Context, bail};

use crate::shell::{program, root};

/// Which crates a crate may stand on, of our own.
const MAY_USE: &[(&str, &[&str])] = &[
    ("ballot", &[]),
    ("transparency", &[]),
    ("event-store", &[]),
    ("disk", &[]),
    ("domain", &["ballot"]),
    ("vault", &["disk", "transparency"]),
    ("event-store-sled", &["event-store"]),
    ("sealer", &["disk", "event-store", "transparency"]),
    ("search", &["domain"]),
    ("application", &["domain", "event-store"]),
    ("read-models", &["disk", "domain", "event-store"]),
    (
        "gateway",
        &[
            "application",
            "domain",
            "event-store",
            "read-models",
            "sealer",
            "search",
            "transparency",
            "vault",
        ],
    ),
    (
        "verifier",
        &[
            "ballot",
            "domain",
            "event-store",
            "read-models",
            "transparency",
        ],
    ),
    ("witness", &["disk", "transparency"]),
    ("referendum-cli", &["ballot"]),
];

/// Institutions, and the layers in which each has a folder or file of its name.
const TWINS: &[&str] = &[
    "crates/domain/src",
    "crates/read-models/src",
    "crates/gateway/src",
    "web/src/institutions",
];

pub(crate) fn check() -> anyhow::Result<()> {
    let mut findings = Vec::new();
    directions(&mut findings)?;
    twins(&mut findings);
    golden(&mut findings)?;
    if findings.is_empty() {
        println!("tidy: nothing to say");
        return Ok(());
    }
    for finding in &findings {
        println!("tidy: {finding}");
    }
    bail!("{} findings", findings.len());
}

fn directions(findings: &mut Vec<String>) -> anyhow::Result<()> {
    let output = program("cargo", &["metadata", "--format-version", "1", "--no-deps"])
        .output()
        .context("cargo cannot be started")?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().cloned().unwrap_or_default();
    let ours: BTreeSet<_> = packages
        .iter()
        .filter_map(|package| package["name"].as_str())
        .collect();
    let allowed: BTreeMap<_, _> = MAY_USE.iter().copied().collect();
    for package in &packages {
        let name = package["name"].as_str().unwrap_or_default();
        let Some(allowed) = allowed.get(name) else {
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let other = dependency["name"].as_str().unwrap_or_default();
            // What tests use does not reach whoever uses the crate.
            let for_tests = dependency["kind"] == "dev";
            if ours.contains(other) && !for_tests && !allowed.contains(&other) {
                findings.push(format!("{name} must not depend on {other}"));
            }
        }
    }
    Ok(())
}

fn twins(findings: &mut Vec<String>) {
    for layer in TWINS {
        let place = root().join(layer).join("public_comment");
        if !place.exists() && !place.with_extension("rs").exists() {
            findings.push(format!("{layer} has no public_comment"));
        }
    }
}

/// Every kind of event has a golden file; that they read is a test of `domain`.
fn golden(findings: &mut Vec<String>) -> anyhow::Result<()> {
    let folder = root().join("crates/domain/tests/golden");
    for institution in ["log", "ordinance", "personal_data", "public_comment"] {
        let files = names(&folder.join(institution))?;
        if files.is_empty() {
            findings.push(format!("{institution} has no golden file"));
        }
        for file in files {
            if !file.ends_with(".json") {
                findings.push(format!("{institution}/{file} is no golden file"));
            }
        }
    }
    Ok(())
}

fn names(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    if folder.is_dir() {
        for entry in std::fs::read_dir(folder)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

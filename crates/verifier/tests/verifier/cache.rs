//! `--cache`: what was fetched once is not fetched again, and is not believed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;
use tempfile::TempDir;
use transparency::{Hash, bundle};

use crate::{
    city::{City, event, vkey},
    log::run,
    served::Served,
};

/// More bundles than are under way at once on many cores.
const SIZE: usize = 256 * 40 + 7;

struct Auditor {
    served: Served,
    cache: TempDir,
}

impl Auditor {
    /// Exit code, the codes of what was found, and what was asked for.
    fn verify(&self) -> (Option<i32>, Vec<String>, Vec<String>) {
        let (url, key) = (self.served.url(), vkey().to_string());
        let cache = self.cache.path().to_str().unwrap();
        let output = run(&["log", &url, "--vkey", &key, "--cache", cache, "--json"]);
        let json: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let findings = json["findings"].as_array().into_iter().flatten();
        let codes = findings.map(|finding| finding["code"].as_str().unwrap().to_owned());
        (output.status.code(), codes.collect(), self.served.asked())
    }

    /// The file of the cache whose path ends like this.
    fn kept(&self, path: &str) -> PathBuf {
        let mut logs = fs::read_dir(self.cache.path()).unwrap();
        logs.next().unwrap().unwrap().path().join(path)
    }
}

fn auditor(folder: &Path) -> Auditor {
    Auditor {
        served: Served::new(folder),
        cache: TempDir::new().unwrap(),
    }
}

#[test]
fn a_check_that_was_interrupted_goes_on_where_it_was() {
    let folder = TempDir::new().unwrap();
    City::of((0..SIZE).map(event)).write(folder.path());
    let auditor = auditor(folder.path());
    auditor.served.stop_after(31);
    let (code, _, first) = auditor.verify();
    assert_eq!((code, first.len()), (Some(2), 31));

    auditor.served.stop_after(usize::MAX);
    let (code, findings, second) = auditor.verify();
    assert_eq!((code, findings), (Some(0), vec![]));
    let again: Vec<_> = second.iter().filter(|path| first.contains(path)).collect();
    assert_eq!(again, ["checkpoint"]);

    let (code, _, third) = auditor.verify();
    assert_eq!((code, third), (Some(0), vec!["checkpoint".to_owned()]));
}

#[test]
fn of_a_log_that_has_grown_only_what_is_new_is_fetched() {
    let folder = TempDir::new().unwrap();
    City::of((0..SIZE).map(event)).write(folder.path());
    let auditor = auditor(folder.path());
    assert_eq!(auditor.verify().0, Some(0));
    let old = auditor.kept("tile/entries/040.p/7");
    assert!(old.exists());
    City::of((0..SIZE + 300).map(event)).write(folder.path());
    let (code, _, mut asked) = auditor.verify();
    asked.sort();
    let new = [
        "checkpoint",
        "tile/0/040",
        "tile/0/041.p/51",
        "tile/1/000.p/41",
        "tile/entries/040",
        "tile/entries/041.p/51",
    ];
    assert_eq!((code, asked), (Some(0), new.map(str::to_owned).to_vec()));
    assert!(!old.exists());
}

#[test]
fn a_cache_that_was_tampered_with_is_found_and_healed_and_the_log_is_not_blamed() {
    let folder = TempDir::new().unwrap();
    City::of((0..SIZE).map(event)).write(folder.path());
    let auditor = auditor(folder.path());
    assert_eq!(auditor.verify().0, Some(0));

    let bundle_path = auditor.kept("tile/entries/003");
    let honest = fs::read(&bundle_path).unwrap();
    let damages: [&dyn Fn() -> Vec<u8>; 3] = [
        &|| {
            let mut bytes = honest.clone();
            bytes[50] ^= 1;
            bytes
        },
        &|| honest[..1000].to_vec(),
        &Vec::new,
    ];
    for damage in damages {
        fs::write(&bundle_path, damage()).unwrap();
        let (code, findings, asked) = auditor.verify();
        assert_eq!((code, findings), (Some(0), vec!["CACHE_DAMAGED".into()]));
        assert_eq!(asked, ["checkpoint", "tile/entries/003"]);
        assert_eq!(fs::read(&bundle_path).unwrap(), honest);
    }

    // Somebody who knows how the cache is written changes an event, its hash in
    // the tile, and what tells damage.
    let keep = |path: &Path, bytes: &[u8]| {
        fs::write(path, [bytes, &Hash::leaf(bytes).0].concat()).unwrap();
    };
    let bytes = &honest[..honest.len() - 32];
    let mut leaves: Vec<_> = bundle::parse(bytes)
        .unwrap()
        .into_iter()
        .map(|leaf| String::from_utf8(leaf.to_vec()).unwrap())
        .collect();
    leaves[9] = leaves[9].replace("citizen", "auditor");
    let changed = bundle::encode(leaves.iter().map(String::as_bytes)).unwrap();
    keep(&bundle_path, &changed);
    let tile_path = auditor.kept("tile/0/003");
    let hashes = leaves.iter().flat_map(|leaf| Hash::leaf(leaf.as_bytes()).0);
    keep(&tile_path, &hashes.collect::<Vec<_>>());
    let (code, findings, _) = auditor.verify();
    assert_eq!((code, findings), (Some(0), vec!["CACHE_DAMAGED".into()]));
    assert_eq!(fs::read(&bundle_path).unwrap(), honest);
    assert_eq!(auditor.verify().1, [""; 0]);

    // A log that is really changed is blamed, whatever the cache says.
    let path = folder.path().join("tile/entries/003");
    let entries = fs::read(&path).unwrap();
    fs::write(&path, &changed).unwrap();
    fs::remove_file(&bundle_path).unwrap();
    let (code, findings, _) = auditor.verify();
    assert_eq!(code, Some(1));
    assert!(findings.contains(&"ROOT".to_owned()), "{findings:?}");
    fs::write(&path, entries).unwrap();
}

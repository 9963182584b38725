//! What `deploy/` holds: that it fits the program, and that it works.

use std::{
    collections::BTreeSet,
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::json;
use server::Config;
use transparency::{SignerKey, note::KeyKind};

use crate::{
    keys_of::keys_of,
    support::{Client, Folder},
};

pub(crate) fn deploy(name: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.join("deploy").join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(deploy(name)).unwrap()
}

/// A key that is commented out, as it would stand.
fn commented(line: &str) -> Option<&str> {
    let key = line.strip_prefix("# ")?;
    let name = key
        .strip_suffix(key.split_once(" = ")?.1)?
        .trim_end_matches(" = ");
    let is_key = |letter: char| letter.is_ascii_lowercase() || letter == '_';
    name.chars().all(is_key).then_some(key)
}

/// The dotted names in a table, and what stands in its lists.
fn names(table: &toml::Table, path: &str, found: &mut BTreeSet<String>) {
    for (name, value) in table {
        let path = match path {
            "" => name.clone(),
            path => format!("{path}.{name}"),
        };
        found.insert(path.clone());
        let tables = match value {
            toml::Value::Table(table) => vec![table],
            toml::Value::Array(items) => items.iter().filter_map(toml::Value::as_table).collect(),
            _ => Vec::new(),
        };
        tables
            .into_iter()
            .for_each(|table| names(table, &path, found));
    }
}

#[test]
fn the_sample_configuration_holds_every_key_and_its_default() {
    let text = read("hiroba.toml");
    toml::from_str::<Config>(&text).unwrap();
    // With what is commented out, every key that there is.
    let whole: String = text
        .lines()
        .map(|line| format!("{}\n", commented(line).unwrap_or(line)))
        .collect();
    toml::from_str::<Config>(&whole).unwrap();
    let mut found = BTreeSet::new();
    names(&whole.parse().unwrap(), "", &mut found);
    let keys = keys_of::<Config>();
    assert!(keys.contains("graphql.limits.depth") && keys.contains("identity.claims.roles"));
    let missing: Vec<_> = keys.difference(&found).collect();
    assert!(missing.is_empty(), "not in deploy/hiroba.toml: {missing:?}");
    // What it shows as a default is one.
    let shown = defaults(&text, &["graphql", "files"]);
    let shown: Config = toml::from_str(&shown).unwrap();
    let default = Config::default();
    assert_eq!(shown.graphql.limits, default.graphql.limits);
    assert_eq!(shown.graphql.subscriptions, default.graphql.subscriptions);
    assert_eq!(shown.files.largest_bytes, default.files.largest_bytes);
    assert_eq!(shown.graphql.timeout_ms, default.graphql.timeout_ms);
}

/// The commented keys of these sections, set.
fn defaults(text: &str, sections: &[&str]) -> String {
    let mut inside = false;
    let mut kept = String::new();
    for line in text.lines() {
        if line.starts_with('[') {
            let name = line.trim_matches(['[', ']']);
            inside = sections.iter().any(|section| name.starts_with(section));
        }
        if inside && let Some(line) = commented(line).or(line.starts_with('[').then_some(line)) {
            kept += line;
            kept.push('\n');
        }
    }
    kept
}

/// The names of metrics in a text, without what histograms add to theirs.
fn metrics_in(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
    let ours = words.filter(|word| word.starts_with("hiroba_"));
    ours.map(|word| word.trim_end_matches("_bucket").to_owned())
        .collect()
}

#[test]
fn dashboards_and_alerts_name_metrics_that_are_exported_and_none_tells_of_people() {
    let folder = Folder::new();
    // A witness that is not there.
    let key = SignerKey::from_seed("library.example/w", KeyKind::Cosignature, &[7; 32]).unwrap();
    let key = key.verifier();
    let policy = format!("witness library {key} http://127.0.0.1:9\nquorum library\n");
    fs::write(folder.path("policy"), policy).unwrap();
    folder.configure_log("policy", "policy");
    let city = folder.serve();
    let client = Client::new(&city.address);
    let case = client.open_case();
    let told = client.submit(&case, 1).unwrap();
    folder.run(&["backup"], &["backup"]).answer();
    // A rule speaks, so that refusals are counted.
    let mut clerk = Client::new(&city.address);
    clerk.sign_in("clerk");
    let look = "mutation($input: OpenPersonalDataInput!) { openPersonalData(input: $input) { \
        ... on Refusal { code } } }";
    let input = json!({
        "commandId": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "submission": told.submission,
        "fields": ["CONTACT"], "reason": " ",
    });
    let refused = clerk.ask(look, &json!({"input": input})).unwrap();
    assert_eq!(
        refused["openPersonalData"]["code"], "REASON_REQUIRED",
        "{refused}"
    );
    let (status, page) = client.get("/metrics");
    assert_eq!(status, 200);
    let exported: BTreeSet<_> = page
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '))
        .map(|(name, _)| name.to_owned())
        .collect();
    for file in ["prometheus-rules.yml", "grafana-dashboard.json"] {
        let named = metrics_in(&read(file));
        assert!(9 < named.len());
        let missing: Vec<_> = named.difference(&exported).collect();
        assert!(missing.is_empty(), "{file} names {missing:?}:\n{page}");
    }
    let labels: BTreeSet<_> = page
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('{')?.1.split_once('}'))
        .flat_map(|(labels, _)| {
            labels
                .split("\",")
                .filter_map(|label| label.split_once('='))
        })
        .map(|(name, _)| name.to_owned())
        .collect();
    let known = [
        "code", "le", "method", "outcome", "place", "quantile", "route", "status", "type",
        "version", "witness",
    ];
    for label in &labels {
        assert!(known.contains(&label.as_str()), "{label}");
    }
    let submission = told.submission.as_str().unwrap();
    for personal in [&case, submission, &told.receipt_number, "花子", "127.0.0.1"] {
        assert!(!page.contains(personal), "{personal}");
    }
}

#[test]
fn the_dashboard_is_one() {
    let dashboard: serde_json::Value =
        serde_json::from_str(&read("grafana-dashboard.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    assert!(9 < panels.len());
    for panel in panels {
        assert!(panel["targets"][0]["expr"].is_string(), "{panel}");
    }
}

/// Whether a program can be started; says in one line that it cannot.
pub(crate) fn is_installed(program: &str, argument: &str) -> bool {
    let started = Command::new(program)
        .arg(argument)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok();
    if !started {
        println!("{program} is not installed: what it checks was not checked");
    }
    started
}

#[test]
fn the_alerts_are_rules_of_prometheus_and_each_is_explained() {
    let rules = read("prometheus-rules.yml");
    let manual = fs::read_to_string(deploy("../docs/operating.md")).unwrap();
    let alerts = rules
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "));
    for alert in alerts {
        assert!(
            manual.contains(alert),
            "docs/operating.md does not explain {alert}"
        );
    }
    if is_installed("promtool", "--version") {
        let checked = Command::new("promtool")
            .args(["check", "rules"])
            .arg(deploy("prometheus-rules.yml"))
            .output()
            .unwrap();
        assert!(checked.status.success(), "{checked:?}");
    }
}

/// `hiroba` with every option that the manual types is a command that there is.
#[test]
fn the_manual_types_commands_that_there_are() {
    let manual = fs::read_to_string(deploy("../docs/operating.md")).unwrap();
    let manual = manual.replace("\\\n", " ");
    let mut tried = 0;
    for line in manual.lines() {
        let line = line.split(" # ").next().unwrap_or(line);
        let line = line.strip_prefix("runuser -u hiroba -- ").unwrap_or(line);
        let Some(words) = line.strip_prefix("hiroba ") else {
            continue;
        };
        let asked = Command::new(env!("CARGO_BIN_EXE_hiroba"))
            .args(words.split_whitespace())
            .arg("--help")
            .output()
            .unwrap();
        assert!(asked.status.success(), "hiroba {words}: {asked:?}");
        tried += 1;
    }
    assert!(9 < tried, "{tried}");
}

#[test]
fn the_units_are_units_and_leave_little_open() {
    if !is_installed("systemd-analyze", "--version") {
        return;
    }
    // The program is put where the unit looks for it.
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "hiroba.service",
        "hiroba-backup.service",
        "hiroba-backup.timer",
        "hiroba-backup-failed@.service",
    ] {
        let unit = read(name).replace("/usr/bin/hiroba", env!("CARGO_BIN_EXE_hiroba"));
        fs::write(folder.path().join(name), unit).unwrap();
    }
    for name in [
        "hiroba.service",
        "hiroba-backup.service",
        "hiroba-backup.timer",
    ] {
        let verified = Command::new("systemd-analyze")
            .args(["verify", "--man=no", "--recursive-errors=no"])
            .arg(folder.path().join(name))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&verified.stderr);
        assert!(
            verified.status.success() && !said.contains(name),
            "{name}: {said}"
        );
    }
    let security = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--threshold=20"])
        .arg(folder.path().join("hiroba.service"))
        .output()
        .unwrap();
    assert!(
        security.status.success(),
        "{}",
        String::from_utf8_lossy(&security.stdout)
    );
}

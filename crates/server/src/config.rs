//! Configuration: a file in TOML, and the environment, which goes before it:
//! `HIROBA__LOG__ORIGIN` is `log.origin`, `HIROBA__IDENTITY__0__AUDIENCE` the
//! `audience` of the first `[[identity]]`. A variable holds a value as TOML
//! writes it, or a plain text; a text that looks like a number or a list stands
//! in quotation marks.

use std::path::{Path, PathBuf};

use domain::ordinance::profile::Profile;
use gateway::{
    http::{GraphQlSettings, HttpSettings, IntakeSettings},
    identity::{
        IdentitySettings,
        email::{Smtp, SmtpSettings},
    },
    personal_data::Decision,
};
use serde::Deserialize;
use toml::{Table, Value};

use crate::{
    telemetry::{JournalConfig, TracesConfig},
    witnesses::PolicyFile,
};

/// The configuration of a city.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The profile of ordinances that a new log begins with.
    pub profile: String,
    /// The log.
    pub log: LogConfig,
    /// The keys of subjects.
    pub keys: KeysConfig,
    /// Files: materials, scans, attachments.
    pub files: FilesConfig,
    /// HTTP.
    pub http: HttpSettings,
    /// GraphQL.
    pub graphql: GraphQlSettings,
    /// How opinions may come in.
    pub intake: IntakeSettings,
    /// The relay that mail is given to.
    pub email: Option<SmtpSettings>,
    /// The lines that the program writes.
    pub journal: JournalConfig,
    /// Traces.
    pub traces: TracesConfig,
    /// Erasing by schedule.
    pub retention: RetentionConfig,
    /// OpenID Connect providers whose tokens are believed.
    pub identity: Vec<IdentitySettings>,
    /// The folder of the web client; none serves the API alone.
    pub web: Option<PathBuf>,
    /// Where the public finds the city, such as `https://hiroba.city.example`:
    /// for search engines, feeds and calendars. The address that is listened at
    /// if absent.
    pub address: Option<String>,
}

/// The section `[log]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// The name of the log in checkpoints, such as `city.example.jp/log/1`.
    pub origin: String,
    /// Where the signer keeps its key and what it signed last; outside the
    /// data directory and its backups. `signer` beside it if absent.
    pub signer: Option<PathBuf>,
    /// The witnesses, where they are asked, and how many of them have to have
    /// cosigned: a file in the format of tlog-policy. None asks nobody.
    pub policy: Option<PathBuf>,
}

/// The section `[keys]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeysConfig {
    /// Where the keys of subjects are kept; outside the data directory.
    /// `keys` beside it if absent.
    pub directory: Option<PathBuf>,
    /// The file with the key that wraps them; made at the first start.
    /// `kek` beside the data directory if absent. The environment variable
    /// `HIROBA_KEK` goes before it.
    pub key_encryption_key: Option<PathBuf>,
}

/// The section `[retention]`: with both keys the server erases by itself, once
/// a day, whatever need not be kept any longer, as the actor `system`; without
/// them only a records manager does. The periods are no matter of configuration
/// but of the ordinance.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetentionConfig {
    /// The rule by which whatever is due is erased; public.
    pub legal_basis: Option<String>,
    /// The number of the standing decision that it is done by itself; public.
    pub decision_no: Option<String>,
}

impl RetentionConfig {
    /// The standing decision, if there is one.
    pub fn decision(&self) -> Option<Decision> {
        Some(Decision {
            legal_basis: self.legal_basis.clone()?,
            decision_no: self.decision_no.clone()?,
        })
    }
}

/// The section `[files]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FilesConfig {
    /// The largest file that is taken, in bytes.
    pub largest_bytes: u64,
    /// How many days a file is kept that was uploaded, whole or in part, and
    /// that nobody handed in.
    pub unclaimed_days: u64,
}

impl Default for FilesConfig {
    fn default() -> Self {
        Self {
            largest_bytes: 50 << 20,
            unclaimed_days: 30,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            profile: "kawasaki2009".to_owned(),
            log: LogConfig::default(),
            keys: KeysConfig::default(),
            files: FilesConfig::default(),
            http: HttpSettings::default(),
            graphql: GraphQlSettings::default(),
            intake: IntakeSettings::default(),
            email: None,
            journal: JournalConfig::default(),
            traces: TracesConfig::default(),
            retention: RetentionConfig::default(),
            identity: Vec::new(),
            web: None,
            address: None,
        }
    }
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            origin: "localhost/log/1".to_owned(),
            signer: None,
            policy: None,
        }
    }
}

/// Why a configuration cannot be used. The message names the keys.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration {path} cannot be read: {error}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the operating system says.
        error: std::io::Error,
    },
    /// The file is not TOML.
    #[error("the configuration {path} is not TOML: {error}")]
    NotToml {
        /// The file.
        path: String,
        /// Where, and why not.
        error: Box<toml::de::Error>,
    },
    /// Settings are wrong; all of them are listed.
    #[error("the configuration is wrong:\n  {}", .0.join("\n  "))]
    Wrong(Vec<String>),
}

/// What the names of variables begin with that stand for keys:
/// `HIROBA__HTTP__TRUSTED_PROXIES` is `http.trusted_proxies`.
const PREFIX: &str = "HIROBA__";

impl Config {
    /// Reads a configuration file, if there is one, and the environment of this
    /// process, which goes before it.
    ///
    /// # Errors
    /// Everything that is wrong with it at once: keys that do not exist, values
    /// that do not fit.
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        let text = match path {
            Some(path) => {
                std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
                    path: path.display().to_string(),
                    error,
                })?
            }
            None => String::new(),
        };
        let table = toml::from_str(&text).map_err(|error| ConfigError::NotToml {
            path: path.unwrap_or(Path::new("")).display().to_string(),
            error: Box::new(error),
        })?;
        // A name that is not UTF-8 is none of ours; a value that is not is
        // taken as far as it can be read, and then does not fit.
        let environment = std::env::vars_os().filter_map(|(name, value)| {
            Some((
                name.into_string().ok()?,
                value.to_string_lossy().into_owned(),
            ))
        });
        Self::of(table, environment)
    }

    /// The policy of the witnesses, if there is one.
    ///
    /// # Errors
    /// If the file has changed since the configuration was read, and is wrong.
    pub fn policy(&self) -> Result<Option<PolicyFile>, ConfigError> {
        let read = |path: &PathBuf| PolicyFile::read(path, &self.log.origin);
        let policy = self.log.policy.as_ref().map(read).transpose();
        policy.map_err(|error| ConfigError::Wrong(vec![format!("log.policy: {error}")]))
    }

    /// A configuration from a table and an environment.
    fn of(
        mut table: Table,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut wrong = Vec::new();
        for (name, value) in environment {
            if let Some(key) = name.strip_prefix(PREFIX) {
                let key = key.to_lowercase();
                let path: Vec<&str> = key.split("__").collect();
                if !put(&mut table, &path, value_of(&value)) {
                    wrong.push(format!("{name} names no key of the configuration"));
                }
            }
        }
        leaves(
            &Value::Table(table.clone()),
            &mut Vec::new(),
            &mut |path, value| {
                let alone = path
                    .iter()
                    .rev()
                    .fold(value.clone(), |value, step| match step {
                        Step::Key(key) => Value::Table(Table::from_iter([(key.clone(), value)])),
                        Step::Place => Value::Array(vec![value]),
                    });
                if let Err(error) = alone.try_into::<Self>() {
                    let message = error.message();
                    // Whatever else is needed is seen when all is read together.
                    if !message.starts_with("missing field") {
                        wrong.push(format!("{}: {message}", name_of(path)));
                    }
                }
            },
        );
        let config = match Value::Table(table).try_into::<Self>() {
            Ok(config) => config,
            Err(error) if wrong.is_empty() => {
                let error = error.to_string();
                return Err(ConfigError::Wrong(vec![error.trim().replace('\n', " ")]));
            }
            Err(_) => return Err(ConfigError::Wrong(wrong)),
        };
        wrong.extend(config.unusable());
        if wrong.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError::Wrong(wrong))
        }
    }

    /// Values that fit their types and cannot be meant.
    fn unusable(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut check = |sound: bool, key: &str, what: &str| {
            if !sound {
                wrong.push(format!("{key}: {what}"));
            }
        };
        check(
            Profile::named(&self.profile).is_ok(),
            "profile",
            "must be seed2004 or kawasaki2009",
        );
        let origin = &self.log.origin;
        let sound = !origin.is_empty() && !origin.contains(|c: char| c.is_whitespace() || c == '+');
        check(
            sound,
            "log.origin",
            "must be a name such as city.example.jp/log/1",
        );
        check(
            0 < self.files.largest_bytes,
            "files.largest_bytes",
            "must be at least 1",
        );
        check(
            0 < self.files.unclaimed_days,
            "files.unclaimed_days",
            "must be at least 1",
        );
        let retention = [&self.retention.legal_basis, &self.retention.decision_no];
        let given = retention.map(|key| key.as_ref().is_some_and(|key| !key.trim().is_empty()));
        check(
            given == [true; 2] || retention == [&None; 2],
            "retention",
            "needs both legal_basis and decision_no, or none of them",
        );
        let graphql = &self.graphql;
        for (value, key) in [
            (graphql.timeout_ms, "timeout_ms"),
            (graphql.max_body_bytes as u64, "max_body_bytes"),
            (
                graphql.limits.document_bytes as u64,
                "limits.document_bytes",
            ),
            (graphql.limits.tokens as u64, "limits.tokens"),
            (graphql.limits.depth, "limits.depth"),
            (graphql.limits.cost, "limits.cost"),
            (graphql.limits.selections, "limits.selections"),
        ] {
            check(0 < value, &format!("graphql.{key}"), "must be at least 1");
        }
        check(
            !self.intake.confirm_email || self.email.is_some(),
            "intake.confirm_email",
            "needs the section [email], which says how mail is sent",
        );
        if let Some(Err(error)) = self.email.as_ref().map(Smtp::new) {
            check(false, &error.key, &error.problem);
        }
        check(
            (0.0..=1.0).contains(&self.traces.ratio),
            "traces.ratio",
            "must be from 0.0 to 1.0",
        );
        let is_http = |endpoint: &str| {
            endpoint
                .strip_prefix("http://")
                .or_else(|| endpoint.strip_prefix("https://"))
                .is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        };
        check(
            self.traces.endpoint.as_deref().is_none_or(is_http),
            "traces.endpoint",
            "must be an address such as http://127.0.0.1:4318/v1/traces",
        );
        if let Some(web) = &self.web {
            let what = format!("{} is not a folder", web.display());
            check(web.is_dir(), "web", &what);
        }
        if let Err(ConfigError::Wrong(faults)) = self.policy() {
            wrong.extend(faults);
        }
        wrong
    }
}

/// A step from the root to a value.
enum Step {
    Key(String),
    Place,
}

fn name_of(path: &[Step]) -> String {
    let keys = path.iter().filter_map(|step| match step {
        Step::Key(key) => Some(key.as_str()),
        Step::Place => None,
    });
    keys.collect::<Vec<_>>().join(".")
}

/// Visits every value that is no table, each with its path.
fn leaves(value: &Value, path: &mut Vec<Step>, visit: &mut impl FnMut(&[Step], &Value)) {
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                path.push(Step::Key(key.clone()));
                leaves(value, path, visit);
                path.pop();
            }
        }
        Value::Array(values) if values.iter().any(Value::is_table) => {
            for value in values {
                path.push(Step::Place);
                leaves(value, path, visit);
                path.pop();
            }
        }
        other => visit(path, other),
    }
}

/// What a variable says: a value as TOML writes it, or else the text itself.
fn value_of(text: &str) -> Value {
    let table: Option<Table> = toml::from_str(&format!("value = {text}")).ok();
    let value = table.and_then(|mut table| table.remove("value"));
    value.unwrap_or_else(|| Value::String(text.to_owned()))
}

/// Puts a value where a path leads, past whatever stands there; numbers are
/// places in a list. Tells whether there is such a place.
fn put(table: &mut Table, path: &[&str], value: Value) -> bool {
    let Some((key, rest)) = path.split_first().filter(|(key, _)| !key.is_empty()) else {
        return false;
    };
    let Some(next) = rest.first() else {
        table.insert((*key).to_owned(), value);
        return true;
    };
    let place: Option<usize> = next.parse().ok();
    let inner = table.entry(*key).or_insert_with(|| match place {
        Some(_) => Value::Array(Vec::new()),
        None => Value::Table(Table::new()),
    });
    match (inner, place) {
        (Value::Table(inner), None) => put(inner, rest, value),
        (Value::Array(list), Some(place)) if place <= list.len() => {
            if place == list.len() {
                list.push(Value::Table(Table::new()));
            }
            match list.get_mut(place) {
                Some(Value::Table(inner)) => put(inner, &rest[1..], value),
                _ => false,
            }
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use transparency::{SignerKey, note::KeyKind};

    use super::*;

    fn read(text: &str, environment: &[(&str, &str)]) -> Result<Config, Vec<String>> {
        let environment = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::of(toml::from_str(text).unwrap(), environment).map_err(|error| match error {
            ConfigError::Wrong(wrong) => wrong,
            other => panic!("{other}"),
        })
    }

    #[test]
    fn everything_that_is_wrong_is_named_at_once() {
        let text = "profile = \"tokyo\"\n[log]\norigins = \"a\"\n[files]\nlargest_bytes = \"big\"\n\
            [http.requests]\nburst = 0\nper_minute = 5\n";
        let wrong = read(text, &[("HIROBA__GRAPHQL__DEPHT", "3")]).unwrap_err();
        for key in ["log.origins", "files.largest_bytes", "graphql.depht"] {
            let named = wrong.iter().filter(|line| line.starts_with(key)).count();
            assert_eq!(named, 1, "{key}: {wrong:#?}");
        }
        let wrong = read("profile = \"tokyo\"\n[graphql]\ntimeout_ms = 0\n", &[]).unwrap_err();
        assert!(wrong[0].starts_with("profile"), "{wrong:#?}");
        assert!(wrong[1].starts_with("graphql.timeout_ms"), "{wrong:#?}");
        let wrong = read("[http.requests]\nburst = 0\nper_minute = 5\n", &[]).unwrap_err();
        assert!(wrong[0].contains("at least 1"), "{wrong:#?}");
        let wrong = read("[retention]\nlegal_basis = \"規程\"\n", &[]).unwrap_err();
        assert!(wrong[0].starts_with("retention: "), "{wrong:#?}");
        assert!(read("", &[]).is_ok());
    }

    #[test]
    fn mail_that_is_asked_for_can_be_sent_and_its_password_is_not_shown() {
        let wrong = read("[intake]\nconfirm_email = true\n", &[]).unwrap_err();
        assert!(wrong[0].starts_with("intake.confirm_email"), "{wrong:#?}");
        let relay = "[email]\nhost = \"relay.example\"\nport = 587\nfrom = \"hiroba@a.example\"\n";
        let text = format!("{relay}security = \"plain\"\n");
        let wrong = read(&text, &[]).unwrap_err();
        assert!(wrong[0].starts_with("email.security"), "{wrong:#?}");
        let text = format!("{relay}security = \"start_tls\"\nuser = \"hiroba\"\n");
        let password = [("HIROBA__EMAIL__PASSWORD", "correct horse")];
        let config = read(&text, &password).unwrap();
        assert!(!format!("{config:?}").contains("horse"));
        assert!(read(relay, &[]).unwrap_err()[0].contains("security"));
    }

    #[test]
    fn traces_have_somewhere_to_go() {
        let text = "[traces]\nendpoint = \"localhost:4318\"\nratio = 1.5\n";
        let wrong = read(text, &[]).unwrap_err();
        assert!(wrong[0].starts_with("traces.ratio"), "{wrong:#?}");
        assert!(wrong[1].starts_with("traces.endpoint"), "{wrong:#?}");
        let text = "[journal]\nformat = \"xml\"\n";
        assert!(read(text, &[]).unwrap_err()[0].starts_with("journal.format"));
        let text = "[traces]\nendpoint = \"https://collector.example/v1/traces\"\n";
        assert!(read(text, &[]).is_ok());
    }

    #[test]
    fn the_environment_goes_before_the_file() {
        let text = "[log]\norigin = \"a.example/1\"\n[[identity]]\nissuer = \"https://a\"\naudience = \"a\"\n";
        let config = read(
            text,
            &[
                ("HIROBA__LOG__ORIGIN", "b.example/1"),
                ("HIROBA__FILES__LARGEST_BYTES", "7"),
                ("HIROBA__HTTP__REQUESTS", "off"),
                ("HIROBA__INTAKE__PER_CASE", "{ burst = 2, per_minute = 3 }"),
                ("HIROBA__HTTP__TRUSTED_PROXIES", "[\"10.0.0.1\"]"),
                ("HIROBA__IDENTITY__0__AUDIENCE", "b"),
                ("HIROBA_KEK", "not a key of the configuration"),
            ],
        )
        .unwrap();
        assert_eq!(config.log.origin, "b.example/1");
        assert_eq!(config.files.largest_bytes, 7);
        assert_eq!(config.http.requests, None);
        assert_eq!(config.intake.per_case.map(|rate| rate.burst), Some(2));
        assert_eq!(config.http.trusted_proxies.len(), 1);
        assert_eq!(config.identity[0].issuer, "https://a");
        assert_eq!(config.identity[0].audience, "b");
        let wrong = read(text, &[("HIROBA__LOG__ORIGIN__X", "1")]).unwrap_err();
        assert!(wrong[0].contains("HIROBA__LOG__ORIGIN__X"), "{wrong:#?}");
    }

    #[test]
    fn a_policy_that_cannot_be_used_is_named_with_its_reason() {
        let key = |name: &str, kind| SignerKey::from_seed(name, kind, &[3; 32]).unwrap();
        let library = key("library.example/w", KeyKind::Cosignature);
        let library = library.verifier();
        let city = key("city.example/log/1", KeyKind::Ed25519);
        let witness = format!("witness library {library} https://library.example/w");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy");
        let name = path.to_str().unwrap();
        let read_policy = |file: &str| {
            std::fs::write(&path, file).unwrap();
            read(
                &format!("[log]\norigin = \"city.example/log/1\"\npolicy = \"{name}\"\n"),
                &[],
            )
        };
        for sound in [
            format!("# 図書館\n{witness}\nquorum library\n"),
            format!("log {}\n{witness}\nquorum library\n", city.verifier()),
            "quorum none\n".to_owned(),
        ] {
            let policy = read_policy(&sound).unwrap().policy().unwrap();
            assert_eq!(policy.unwrap().text, sound);
        }
        let other = key("city.example/log/2", KeyKind::Ed25519);
        for (wrong, reason) in [
            (format!("{witness}\n"), "exactly one quorum"),
            (format!("{witness}\nquorum paper\n"), "line 2"),
            (
                format!("log {}\n{witness}\nquorum library\n", other.verifier()),
                "about other logs",
            ),
            (
                format!("witness library {library}\nquorum library\n"),
                "where library is asked",
            ),
            (
                format!("witness library {library} library.example\nquorum library\n"),
                "where library is asked",
            ),
        ] {
            let faults = read_policy(&wrong).unwrap_err();
            assert!(faults[0].starts_with("log.policy: "), "{faults:?}");
            assert!(faults[0].contains(reason), "{faults:?}");
        }
        std::fs::remove_file(&path).unwrap();
        let faults = read("[log]\npolicy = \"nowhere\"\n", &[]).unwrap_err();
        assert!(
            faults[0].contains("log.policy: nowhere cannot be read"),
            "{faults:?}"
        );
    }
}

//! A desk at which steps are run: reproducible randomness, captured output, a folder of its own.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use clap::Parser;
use rand_core::{Infallible, TryCryptoRng, TryRng};
use referendum_cli::{Args, Environment, Exit, Files, run_in};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// Reproducible randomness.
pub(crate) struct Seeded(pub(crate) u64, u64);

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed, 0)
    }
}

impl TryRng for Seeded {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|number| number as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Infallible> {
        for chunk in target.chunks_mut(32) {
            let block = Sha256::digest([self.0.to_be_bytes(), self.1.to_be_bytes()].concat());
            self.1 += 1;
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Seeded {}

/// How a step ended and what it said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) exit: Exit,
    pub(crate) output: String,
    pub(crate) errors: String,
}

impl Ran {
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.exit, Exit::Done, "{}{}", self.output, self.errors);
        self
    }

    /// The step was refused for this reason.
    #[track_caller]
    pub(crate) fn refused(self, code: &str) -> Self {
        assert_eq!(self.exit, Exit::Refused, "{}{}", self.output, self.errors);
        assert!(
            self.errors.contains(&format!("{code}: ")),
            "{code}: {}",
            self.errors
        );
        self
    }

    /// A value that stands behind a label in the output.
    #[track_caller]
    pub(crate) fn after(&self, label: &str) -> String {
        let line = self.output.lines().find_map(|line| line.split_once(label));
        line.unwrap_or_else(|| panic!("{label} in {}", self.output))
            .1
            .trim()
            .to_owned()
    }
}

/// The words of a line, in English.
pub(crate) fn words(line: &str) -> Vec<String> {
    ["--lang", "en"]
        .into_iter()
        .chain(line.split_whitespace())
        .map(str::to_owned)
        .collect()
}

pub(crate) struct Desk {
    folder: TempDir,
    seed: u64,
    said: String,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            seed: 0,
            said: String::new(),
        }
    }

    /// A path at the desk.
    pub(crate) fn at(&self, path: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.at(path), bytes).expect("written");
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.at(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Runs a step in English. Words that name a file at the desk start with `@`.
    pub(crate) fn run(&mut self, line: &str) -> Ran {
        self.run_with(&words(line), Files::default(), b"")
    }

    pub(crate) fn run_with(&mut self, words: &[String], files: Files, input: &[u8]) -> Ran {
        let here = |word: &String| match word.strip_prefix('@') {
            Some(path) => self.at(path).to_str().expect("utf-8").to_owned(),
            None => word.clone(),
        };
        let words: Vec<_> = ["referendum".to_owned()]
            .into_iter()
            .chain(words.iter().map(here))
            .collect();
        let args = Args::try_parse_from(words).unwrap_or_else(|error| panic!("{error}"));
        self.seed += 1;
        let (mut output, mut errors) = (Vec::new(), Vec::new());
        let exit = run_in(
            &args,
            &mut Environment {
                input: &mut Cursor::new(input),
                output: &mut output,
                errors: &mut errors,
                randomness: &mut Seeded::new(self.seed),
                now: 1_795_000_000,
                locale: None,
                files,
            },
        );
        let text = |bytes| String::from_utf8(bytes).expect("utf-8");
        let ran = Ran {
            exit,
            output: text(output),
            errors: text(errors),
        };
        self.said += &ran.output;
        self.said += &ran.errors;
        ran
    }

    /// Everything that was printed at this desk.
    pub(crate) fn said(&self) -> &str {
        &self.said
    }

    /// All files under a folder, by relative path.
    pub(crate) fn files(&self, folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        let mut folders = vec![self.at(folder)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.expect("readable").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = fs::read(&path).expect("readable");
                    found.push((path, bytes));
                }
            }
        }
        found.sort();
        found
    }
}

/// A text with the last digit of its first number of this name changed.
pub(crate) fn one_digit_off(text: &str, name: &str) -> String {
    let start = text.find(&format!("\"{name}\":\"")).expect("a proof") + name.len() + 4;
    let end = start + text[start..].find('"').expect("its end") - 1;
    let digit = if &text[end..=end] == "7" { "3" } else { "7" };
    format!("{}{digit}{}", &text[..end], &text[end + 1..])
}

//! The edges of the program: everything that is not in its arguments and files.

use std::fmt;
use std::io::{Read, Write};

use rand_core::CryptoRng;

use crate::files::Files;
use crate::text::{Language, Text};

/// What a step may use of the world. Tests put their own in.
pub struct Environment<'a> {
    /// Where choices and credentials are read from when `-` is given.
    pub input: &'a mut dyn Read,
    /// Results.
    pub output: &'a mut dyn Write,
    /// Problems and progress.
    pub errors: &'a mut dyn Write,
    /// The operating system's randomness.
    pub randomness: &'a mut dyn CryptoRng,
    /// The moment, in Unix seconds; stands in the header of a new archive.
    pub now: u64,
    /// What `LANG` and its relatives say.
    pub locale: Option<String>,
    /// The file system.
    pub files: Files,
}

impl fmt::Debug for Environment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

/// A step's own view: the environment and the language that was chosen.
pub(crate) struct Session<'a, 'b> {
    pub(crate) environment: &'a mut Environment<'b>,
    pub(crate) language: Language,
}

impl Session<'_, '_> {
    /// Begins long work of `total` parts.
    pub(crate) fn progress(&mut self, what: Text, total: u64) -> Progress<'_> {
        Progress {
            errors: &mut *self.environment.errors,
            what: what.in_language(self.language).to_owned(),
            total,
            done: 0,
        }
    }
}

/// Says how far long work has come: one line each tenth, nothing for short work.
pub(crate) struct Progress<'a> {
    errors: &'a mut dyn Write,
    what: String,
    total: u64,
    done: u64,
}

/// Work of fewer parts is over before anybody has read a line.
const WORTH_SAYING: u64 = 1000;

impl Progress<'_> {
    pub(crate) fn advance(&mut self, parts: u64) {
        let tenth = |done: u64| {
            done.saturating_mul(10)
                .checked_div(self.total)
                .unwrap_or(10)
        };
        let before = tenth(self.done);
        self.done = self.done.saturating_add(parts);
        let after = tenth(self.done);
        if before < after && WORTH_SAYING <= self.total {
            // Progress that cannot be shown does not stop the work.
            let _ = writeln!(self.errors, "{}: {} / {}", self.what, self.done, self.total);
        }
    }
}

//! Where an archive and its record of commitments come from.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use ballot::ballot::{Commitments, Tracker};
use ballot::verify::Source;

/// The first line of a record of commitments.
const RECORD_HEADER: &str = "hiroba-ballot-commitments v1";

/// The path of the archive; nothing for standard input.
pub(super) fn locate(given: &Path) -> Result<Option<PathBuf>> {
    if given == Path::new("-") {
        return Ok(None);
    }
    if !given.is_dir() {
        return Ok(Some(given.to_owned()));
    }
    let mut archives = Vec::new();
    for entry in fs::read_dir(given).with_context(|| format!("cannot read {}", given.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "bel") {
            archives.push(path);
        }
    }
    match archives.as_slice() {
        [archive] => Ok(Some(archive.clone())),
        [] => bail!("{} contains no .bel file", given.display()),
        _ => bail!(
            "{} contains {} .bel files; name one",
            given.display(),
            archives.len()
        ),
    }
}

/// Standard input as a file: a replaced ballot must be read again.
pub(super) fn spool(input: &mut impl Read) -> Result<File> {
    let mut file = tempfile::tempfile().context("cannot make a temporary file")?;
    std::io::copy(input, &mut file).context("cannot read standard input")?;
    Ok(file)
}

/// The archive for second readings, and the record of commitments.
pub(super) struct ArchiveSource {
    archive: File,
    recorded: Option<BufReader<File>>,
    next: Option<Commitments>,
    kept: Option<BufWriter<File>>,
}

impl ArchiveSource {
    pub(super) fn new(archive: File, read: Option<&Path>, write: Option<&Path>) -> Result<Self> {
        let recorded = match read {
            None => None,
            Some(path) => {
                let file =
                    File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
                let mut lines = BufReader::new(file);
                let mut header = String::new();
                lines
                    .read_line(&mut header)
                    .with_context(|| format!("cannot read {}", path.display()))?;
                if header.trim_end() != RECORD_HEADER {
                    bail!("{} is not a record of commitments", path.display());
                }
                Some(lines)
            }
        };
        let kept = match write {
            None => None,
            Some(path) => {
                let file = File::create(path)
                    .with_context(|| format!("cannot write {}", path.display()))?;
                let mut lines = BufWriter::new(file);
                writeln!(lines, "{RECORD_HEADER}")?;
                Some(lines)
            }
        };
        Ok(Self {
            archive,
            recorded,
            next: None,
            kept,
        })
    }
}

impl Source for ArchiveSource {
    fn again(&mut self, offset: u64, length: usize) -> Option<Vec<u8>> {
        let position = self.archive.stream_position().ok()?;
        let mut bytes = vec![0; length];
        self.archive.seek(SeekFrom::Start(offset)).ok()?;
        let read = self.archive.read_exact(&mut bytes);
        // The handle shares its position with the one that reads on.
        self.archive.seek(SeekFrom::Start(position)).ok()?;
        read.is_ok().then_some(bytes)
    }

    fn commitments(&mut self, ballot: Tracker) -> Option<Commitments> {
        if self.next.is_none() {
            let mut line = String::new();
            self.recorded.as_mut()?.read_line(&mut line).ok()?;
            self.next = Commitments::from_line(line.trim_end());
        }
        // A ballot without a line is checked from the archive alone; the line waits for its own.
        self.next
            .take_if(|commitments| commitments.tracker == ballot)
    }

    fn keep_commitments(&mut self, commitments: &Commitments) {
        // A line that could not be written is a line that is missing, which costs time only.
        if let Some(kept) = &mut self.kept
            && writeln!(kept, "{}", commitments.to_line()).is_err()
        {
            self.kept = None;
        }
    }
}

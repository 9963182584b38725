//! Where the log's files come from.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    num::NonZero,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use clap::Args;
use ureq::{
    Agent, Body,
    http::Response,
    tls::{self, PemItem, RootCerts, TlsConfig},
};

use super::cache::Cache;
use crate::report::Report;

/// The largest file of a log: a bundle of 256 entries of 65,535 bytes.
const LARGEST: u64 = 256 * (2 + 65_535);

/// How long a file of the log may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Seconds after which a server may ask to be asked again.
const LONGEST: u64 = 120;

/// How often it may ask for that before one file.
const MOST_RETURNS: u32 = 60;

/// Bytes a second that a line brings at least.
const SLOWEST: u64 = 10_000;

/// What a server says to a request for a file.
type Answer = Response<Body>;

/// A folder or an address with the files of tlog-tiles below it.
pub struct Source(Kind);

enum Kind {
    Folder(PathBuf),
    Http {
        agent: Agent,
        base: String,
        cache: Option<Cache>,
    },
}

/// Where a log is, as a command names it.
#[derive(Args)]
pub struct Place {
    /// The log's folder, or its address beginning with https:// or http://
    log: String,
    #[command(flatten)]
    line: Line,
}

/// How a log is fetched that is not in a folder.
#[derive(Args, Default)]
pub struct Line {
    /// Keeps what is fetched in this folder: a check that was interrupted goes
    /// on where it was, and the next one fetches only what is new. The folder
    /// need not be trusted
    #[arg(long, value_name = "DIR")]
    pub cache: Option<PathBuf>,
    /// Believes these authorities about the server's name, in place of those that
    /// browsers believe: a file with certificates in PEM. Nothing that is found
    /// depends on it
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
}

impl Place {
    /// The source of its files.
    pub fn open(&self) -> Result<Source, SourceError> {
        Source::over(&self.log, &self.line)
    }
}

/// A source that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// No such folder.
    #[error("{0} is neither a folder nor an address beginning with https:// or http://")]
    Unknown(String),
    /// A file cannot be read.
    #[error("cannot read {path}: {error}")]
    File {
        /// The file.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// The server does not answer, or with an error.
    #[error("cannot fetch {url}: {reason}")]
    Http {
        /// The address.
        url: String,
        /// Why.
        reason: String,
    },
}

impl SourceError {
    fn file(path: &Path, error: io::Error) -> Self {
        Self::File {
            path: path.display().to_string(),
            error,
        }
    }

    fn http(url: &str, reason: &impl ToString) -> Self {
        Self::Http {
            url: url.to_owned(),
            reason: reason.to_string(),
        }
    }
}

impl Source {
    /// A folder's path, or an address.
    pub fn new(place: &str) -> Result<Self, SourceError> {
        Self::over(place, &Line::default())
    }

    /// [`Source::new`]; an address is fetched in this way.
    pub fn over(place: &str, line: &Line) -> Result<Self, SourceError> {
        if place.starts_with("https://") || place.starts_with("http://") {
            let authorities = line.ca.as_deref().map(authorities).transpose()?;
            let tls = TlsConfig::builder().root_certs(authorities.unwrap_or(RootCerts::WebPki));
            let agent = Agent::config_builder()
                .http_status_as_error(false)
                .user_agent("hiroba-verify")
                .max_idle_connections_per_host(lanes_of_a_line())
                .tls_config(tls.build())
                .build();
            let base = place.trim_end_matches('/').to_owned();
            let open =
                |dir: &Path| Cache::open(dir, &base).map_err(|error| SourceError::file(dir, error));
            return Ok(Self(Kind::Http {
                agent: agent.into(),
                cache: line.cache.as_deref().map(open).transpose()?,
                base,
            }));
        }
        let folder = PathBuf::from(place);
        if !folder.is_dir() {
            return Err(SourceError::Unknown(place.to_owned()));
        }
        Ok(Self(Kind::Folder(folder)))
    }

    /// The folder, if it is one: its files can be listed.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match &self.0 {
            Kind::Folder(folder) => Some(folder),
            Kind::Http { .. } => None,
        }
    }

    /// How many files are worth reading at a time.
    pub(crate) fn lanes(&self) -> usize {
        match &self.0 {
            Kind::Folder(_) => cores(),
            Kind::Http { .. } => lanes_of_a_line(),
        }
    }

    /// Runs a check. If it finds something, and files of the cache were used,
    /// it is run again without them: only what the log itself says counts.
    pub(crate) fn without_blaming_the_cache<T>(
        &self,
        check: impl Fn() -> Result<T, SourceError>,
        report: impl Fn(&mut T) -> &mut Report,
    ) -> Result<T, SourceError> {
        let mut checked = check()?;
        let Kind::Http {
            cache: Some(cache), ..
        } = &self.0
        else {
            return Ok(checked);
        };
        let found = !report(&mut checked).is_ok() && cache.distrust();
        if found {
            checked = check()?;
        }
        let told = report(&mut checked);
        if cache.damaged() > 0 || found && told.is_ok() {
            let message = "Files in the cache had been changed, and were fetched again.";
            told.warning("CACHE_DAMAGED", None, message.to_owned());
        }
        Ok(checked)
    }

    /// A file's bytes, or `None` if there is no such file.
    pub fn get(&self, path: &str) -> Result<Option<Vec<u8>>, SourceError> {
        let mut bytes = Vec::new();
        Ok(self.get_into(path, &mut bytes)?.then_some(bytes))
    }

    /// Hands over a file's bytes piece by piece, however large it is, until
    /// there are `most` or its end is reached; says whether there is such a
    /// file. It is never kept in the cache.
    pub(crate) fn each_piece(
        &self,
        path: &str,
        most: u64,
        mut take: impl FnMut(&[u8]),
    ) -> Result<bool, SourceError> {
        match &self.0 {
            Kind::Folder(folder) => {
                let read = File::open(folder.join(path))
                    .and_then(|file| pieces(&mut file.take(most), &mut take));
                match read {
                    Ok(()) => Ok(true),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
                    Err(error) => Err(SourceError::File {
                        path: path.to_owned(),
                        error,
                    }),
                }
            }
            Kind::Http { agent, base, .. } => {
                let url = format!("{base}/{path}");
                // Slow lines take their time for large files.
                let patience = Duration::from_secs(60 + most / SLOWEST);
                let Some(mut answer) = ask(agent, &url, patience)? else {
                    return Ok(false);
                };
                let mut body = answer.body_mut().as_reader().take(most);
                let read = pieces(&mut body, &mut take);
                read.map_err(|error| SourceError::http(&url, &error))?;
                Ok(true)
            }
        }
    }

    /// Puts a file's bytes in the place of `bytes`; says whether there is such
    /// a file.
    pub(super) fn get_into(&self, path: &str, bytes: &mut Vec<u8>) -> Result<bool, SourceError> {
        match &self.0 {
            Kind::Folder(folder) => {
                let read = File::open(folder.join(path))
                    .and_then(|file| read_again(&mut file.take(LARGEST + 1), bytes));
                match read {
                    Ok(_) => Ok(true),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
                    Err(error) => Err(SourceError::File {
                        path: path.to_owned(),
                        error,
                    }),
                }
            }
            Kind::Http { agent, base, cache } => {
                if cache.as_ref().is_some_and(|cache| cache.get(path, bytes)) {
                    return Ok(true);
                }
                bytes.clear();
                let url = format!("{base}/{path}");
                let Some(mut answer) = ask(agent, &url, PATIENCE)? else {
                    return Ok(false);
                };
                let body = answer.body_mut().with_config().limit(LARGEST + 1);
                let read = body.reader().read_to_end(bytes);
                read.map_err(|error| SourceError::http(&url, &error))?;
                if let Some(cache) = cache {
                    cache.put(path, bytes);
                }
                Ok(true)
            }
        }
    }
}

/// The certificates in a file.
fn authorities(path: &Path) -> Result<RootCerts, SourceError> {
    let wrong = |error| SourceError::file(path, error);
    let pem = fs::read(path).map_err(wrong)?;
    let mut found = Vec::new();
    for item in tls::parse_pem(&pem) {
        match item.map_err(|error| wrong(io::Error::other(error)))? {
            PemItem::Certificate(certificate) => found.push(certificate),
            _ => continue,
        }
    }
    if found.is_empty() {
        return Err(wrong(io::Error::other(
            "no certificate in PEM stands in it",
        )));
    }
    Ok(found.into())
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// Files that are fetched at a time over a line, on which most of the time goes
/// by waiting.
fn lanes_of_a_line() -> usize {
    cores().max(8)
}

/// Asks for a file, and comes back as often as the server asks for that: whoever
/// checks a whole city may run into its limit. `None` is no such file.
fn ask(agent: &Agent, url: &str, patience: Duration) -> Result<Option<Answer>, SourceError> {
    let mut returns = 0;
    loop {
        let asked = agent
            .get(url)
            .config()
            .timeout_global(Some(patience))
            .build()
            .call();
        let answer = asked.map_err(|error| SourceError::http(url, &error))?;
        match answer.status().as_u16() {
            200 => return Ok(Some(answer)),
            // 410 says that it was erased.
            404 | 410 => return Ok(None),
            status => {
                let later = come_back(status, &answer).filter(|_| returns < MOST_RETURNS);
                let later = later
                    .ok_or_else(|| SourceError::http(url, &format_args!("status {status}")))?;
                returns += 1;
                thread::sleep(later);
            }
        }
    }
}

/// After which time the server asks to be asked again (RFC 9110, section 10.2.3),
/// if it does.
fn come_back(status: u16, answer: &Answer) -> Option<Duration> {
    if !matches!(status, 429 | 503) {
        return None;
    }
    let seconds = answer.headers().get("retry-after")?.to_str().ok()?;
    let seconds = seconds.parse().ok().filter(|seconds| *seconds <= LONGEST)?;
    Some(Duration::from_secs(seconds))
}

/// Reads to the end, into memory that held another file before: most are as long
/// as that, and then one call reads them.
fn read_again(from: &mut impl io::Read, bytes: &mut Vec<u8>) -> io::Result<()> {
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(filled);
    from.read_to_end(bytes).map(|_| ())
}

fn pieces(from: &mut impl io::Read, take: &mut impl FnMut(&[u8])) -> io::Result<()> {
    let mut piece = vec![0; 1 << 16];
    loop {
        match from.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(count) => take(piece.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
            Err(error) => return Err(error),
        }
    }
}

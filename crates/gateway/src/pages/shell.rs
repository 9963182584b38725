//! The page of the web client, with places for what the server writes into it.

use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use maud::{Markup, html};
use serde::Deserialize;

/// Why the client's page has no places for what the server writes.
#[derive(Debug, thiserror::Error)]
pub enum ShellError {
    /// It cannot be read.
    #[error("{}: {source}; build the client first (npm run build)", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Something is missing in it.
    #[error("index.html of the client has no {0:?}")]
    NoPlace(&'static str),
}

/// The client's `index.html`, cut where the server writes. The client finds
/// what was served in `#served` and takes its place once it has a screen to
/// show.
#[derive(Debug)]
pub(crate) struct Shell {
    pieces: [String; 6],
}

/// Each piece of the page ends with the first of these; what follows up to the
/// second is the server's.
const PLACES: [(&str, &str); 6] = [
    ("<html lang=\"", "\""),
    ("<title>", "</title>"),
    ("<meta name=\"description\" content=\"", "\""),
    ("", "</head>"),
    ("", "<div id=\"app\">"),
    ("", "<noscript>"),
];

/// What the server writes.
pub(crate) struct Written<'a> {
    pub(crate) lang: &'a str,
    pub(crate) title: &'a str,
    pub(crate) description: &'a str,
    pub(crate) head: Markup,
    pub(crate) body: Markup,
}

impl Shell {
    fn parse(page: &str) -> Result<Self, ShellError> {
        let mut rest = page;
        let mut pieces: [String; 6] = Default::default();
        for (piece, (before, after)) in pieces.iter_mut().zip(PLACES) {
            let (start, at) = if before.is_empty() {
                let start = rest.find(after).ok_or(ShellError::NoPlace(after))?;
                (start, start)
            } else {
                let found = rest.find(before).ok_or(ShellError::NoPlace(before))?;
                let start = found + before.len();
                let length = rest[start..]
                    .find(after)
                    .ok_or(ShellError::NoPlace(before))?;
                (start, start + length)
            };
            piece.push_str(&rest[..start]);
            rest = &rest[at..];
        }
        if !rest.contains("</noscript>") {
            return Err(ShellError::NoPlace("</noscript>"));
        }
        Ok(Self { pieces })
    }

    /// The page with what the server has to say. Everything is escaped.
    pub(crate) fn with(&self, written: &Written<'_>) -> String {
        let [html, title, description, head, app, between] = &self.pieces;
        let text = |text: &str| html! { (text) }.into_string();
        let mut page = String::with_capacity(written.body.0.len() + 4096);
        for part in [html, written.lang, title, &text(written.title), description] {
            page.push_str(part);
        }
        let _ = write!(
            page,
            "{}{head}{}{app}<div id=\"served\">{}</div>\n    {}\n  </body>\n</html>\n",
            text(written.description),
            written.head.0,
            written.body.0,
            // The client's own place stays out of sight until it has a screen.
            between
                .replacen("<div id=\"app\">", "<div id=\"app\" hidden>", 1)
                .trim(),
        );
        page
    }
}

/// What the browser tests wrote down (`accessibility.json`).
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TestResults {
    pub(crate) tested_on: domain::LegalDate,
    pub(crate) screens: Vec<String>,
    pub(crate) violations: u32,
    pub(crate) rules: Vec<TestedRule>,
}

/// A rule, and on how many screens it was tested.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct TestedRule {
    pub(crate) id: String,
    pub(crate) help: String,
    pub(crate) screens: u32,
}

/// The built client, as far as the server needs it.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) shell: Shell,
    pub(crate) results: Option<TestResults>,
    modified: Option<SystemTime>,
}

/// The folder of the built client. A client that is built anew behind a running
/// server is read anew: the old page names files that are gone.
#[derive(Debug)]
pub struct Client {
    folder: PathBuf,
    built: Mutex<Arc<Built>>,
}

impl Client {
    /// The client in this folder.
    ///
    /// # Errors
    /// If it is not built, or not by our build.
    pub fn read(folder: &Path) -> Result<Self, ShellError> {
        Ok(Self {
            folder: folder.to_owned(),
            built: Mutex::new(Arc::new(read(folder)?)),
        })
    }

    /// The newest build that can be used.
    pub(crate) fn built(&self) -> Arc<Built> {
        let mut built = self.built.lock().unwrap_or_else(PoisonError::into_inner);
        let modified = modified(&self.folder);
        if modified.is_some() && modified != built.modified {
            match read(&self.folder) {
                Ok(newer) => *built = Arc::new(newer),
                Err(error) => tracing::warn!(%error, "the new client cannot be used"),
            }
        }
        Arc::clone(&built)
    }
}

impl Built {
    /// Tells this build from another.
    pub(crate) fn stamp(&self) -> Option<SystemTime> {
        self.modified
    }
}

fn modified(folder: &Path) -> Option<SystemTime> {
    let data = fs::metadata(folder.join("index.html")).ok()?;
    data.modified().ok()
}

fn read(folder: &Path) -> Result<Built, ShellError> {
    let path = folder.join("index.html");
    // Asked before reading: what is written meanwhile is read the next time.
    let modified = modified(folder);
    let page = match fs::read_to_string(&path) {
        Ok(page) => page,
        Err(source) => return Err(ShellError::Unreadable { path, source }),
    };
    let results = fs::read(folder.join("accessibility.json")).ok();
    Ok(Built {
        shell: Shell::parse(&page)?,
        results: results.and_then(|json| serde_json::from_slice(&json).ok()),
        modified,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_the_client_has_the_places() {
        let source = include_str!("../../../../web/index.html");
        let shell = Shell::parse(source).unwrap();
        let page = shell.with(&Written {
            lang: "en",
            title: "</title><script>",
            description: "\"><script>",
            head: html! { link rel="canonical" href="/"; },
            body: html! { main { "本文" } },
        });
        assert!(page.contains("<html lang=\"en\">"));
        assert!(page.contains("<title>&lt;/title&gt;&lt;script&gt;</title>"));
        assert!(page.contains("content=\"&quot;&gt;&lt;script&gt;\""));
        assert!(page.contains("<link rel=\"canonical\" href=\"/\"></head>"));
        assert!(page.contains("<div id=\"served\"><main>本文</main></div>"));
        assert!(page.contains("<div id=\"app\" hidden></div>"));
        assert!(!page.contains("<noscript>"));
        assert_eq!(page.matches("<script").count(), 1, "{page}");
        assert!(matches!(
            Shell::parse("<html lang=\"ja\">"),
            Err(ShellError::NoPlace("<title>"))
        ));
    }
}

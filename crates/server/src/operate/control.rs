//! How a command asks the server that has the city open: a socket in the data
//! directory, for the user of the server and nobody else.
//!
//! One line of JSON asks, lines of JSON answer: any number that tell how far the
//! work is, and one that ends it.

use std::{
    fs::Permissions,
    io::{self, BufRead, BufReader, Write},
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        net::UnixStream,
    },
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream as Connection},
    sync::mpsc,
};

use super::{Operation, Operator, Progress, Report};

/// The longest question, in bytes.
const LONGEST: u64 = 64 << 10;

/// A line of an answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Step { what: String, done: u64, of: u64 },
    Done(Report),
    Failed(String),
}

fn socket(data: &Path) -> PathBuf {
    data.join("control")
}

/// The socket of a server; gone when this is dropped.
pub(crate) struct Control {
    listener: UnixListener,
    path: PathBuf,
    owner: u32,
}

impl Control {
    /// Opens it. Whoever calls has the data directory locked, so that a socket
    /// that is there already is left from a server that was killed.
    ///
    /// # Errors
    /// If the operating system refuses; a path can have 107 bytes.
    pub(crate) fn open(data: &Path) -> io::Result<Self> {
        let path = socket(data);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => (),
        }
        let listener = UnixListener::bind(&path)?;
        std::fs::set_permissions(&path, Permissions::from_mode(0o600))?;
        let owner = std::fs::metadata(&path)?.uid();
        Ok(Self {
            listener,
            path,
            owner,
        })
    }

    /// Answers until it is stopped.
    pub(crate) async fn serve(self, operator: Arc<Operator>) {
        loop {
            let connection = match self.listener.accept().await {
                Ok((connection, _)) => connection,
                Err(error) => {
                    tracing::error!(%error, "the control socket is closed");
                    return;
                }
            };
            // Between its making and its permissions others could connect.
            let allowed = connection
                .peer_cred()
                .is_ok_and(|peer| peer.uid() == self.owner || peer.uid() == 0);
            if allowed {
                let operator = Arc::clone(&operator);
                tokio::spawn(async move {
                    if let Err(error) = answer(connection, &operator).await {
                        tracing::warn!(%error, "an operator's command was not answered");
                    }
                });
            }
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        // The next server removes it as well.
        let _ = std::fs::remove_file(&self.path);
    }
}

async fn answer(mut connection: Connection, operator: &Operator) -> io::Result<()> {
    let (reading, mut writing) = connection.split();
    let mut question = String::new();
    tokio::io::BufReader::new(reading.take(LONGEST))
        .read_line(&mut question)
        .await?;
    let operation: Operation = match serde_json::from_str(&question) {
        Ok(operation) => operation,
        Err(error) => {
            let answer = Answer::Failed(format!(
                "the server does not know this operation ({error}): is it of another version?"
            ));
            return writing.write_all(&line(&answer)?).await;
        }
    };
    tracing::info!(?operation, "an operator asks");
    let (say, mut steps) = mpsc::unbounded_channel();
    let progress: Progress = Arc::new(move |what, done, of| {
        // Nobody hears it if the command has gone; the work goes on.
        let _ = say.send(Answer::Step {
            what: what.to_owned(),
            done,
            of,
        });
    });
    let work = operator.run(operation, &progress);
    tokio::pin!(work);
    let ended = loop {
        tokio::select! {
            ended = &mut work => break ended,
            Some(step) = steps.recv() => {
                let step = line(&step)?;
                if writing.write_all(&step).await.is_err() {
                    break work.await;
                }
            }
        }
    };
    let answer = match ended {
        Ok(report) => Answer::Done(report),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "an operation failed");
            Answer::Failed(format!("{error:#}"))
        }
    };
    writing.write_all(&line(&answer)?).await
}

fn line(answer: &Answer) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(answer)?;
    line.push(b'\n');
    Ok(line)
}

/// Asks the server that has this city open; `None` if there is none.
///
/// # Errors
/// If it cannot be asked, or the operation failed.
pub(super) fn ask(
    data: &Path,
    operation: &Operation,
    progress: &Progress,
) -> anyhow::Result<Option<Report>> {
    let path = socket(data);
    let mut connection = match UnixStream::connect(&path) {
        Ok(connection) => connection,
        // None is running, or one was killed.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused
            ) =>
        {
            return Ok(None);
        }
        // Too long for a socket: then the server has none either.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Ok(None),
        Err(error) => {
            return Err(error).with_context(|| {
                format!(
                    "{} cannot be reached; run this as the user of the server",
                    path.display()
                )
            });
        }
    };
    let mut question = serde_json::to_vec(operation)?;
    question.push(b'\n');
    connection.write_all(&question)?;
    for line in BufReader::new(connection).lines() {
        let line = line.context("the server has gone; ask again when it runs")?;
        match serde_json::from_str(&line)? {
            Answer::Step { what, done, of } => progress(&what, done, of),
            Answer::Done(report) => return Ok(Some(report)),
            Answer::Failed(reason) => bail!("{reason}"),
        }
    }
    bail!("the server has gone before it was done; run this again")
}

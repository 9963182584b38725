//! The program `hiroba-witness`.

use std::{io::IsTerminal as _, path::PathBuf};

use clap::Parser;

/// Watches over logs: cosigns a log's checkpoint if it extends the one before.
#[derive(Parser)]
#[command(version, after_help = EXAMPLE)]
struct Arguments {
    /// The settings file.
    settings: PathBuf,
}

const EXAMPLE: &str = r#"Example of a settings file:

  name = "library.example/witness"
  listen = "127.0.0.1:7380"
  prefix = "/witness"               # may be left out
  key = "witness.key"               # made at the first start; keep it secret
  data = "witness-data"             # made at the first start; never lose it
  logs = ["city.example/log/1+6b1f3b8a+ATwH…"]   # as the city prints it

At the start the program prints its own verifier key; give it to the city.
The log is sent to <listen><prefix>/add-checkpoint; the last cosigned checkpoint
is at <prefix>/<SHA-256 of the log's origin, in hexadecimal>/checkpoint."#;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let stderr = std::io::stderr();
    tracing_subscriber::fmt()
        .with_ansi(stderr.is_terminal())
        .with_writer(std::io::stderr)
        .init();
    witness::run(&Arguments::parse().settings, std::io::stdout()).await
}

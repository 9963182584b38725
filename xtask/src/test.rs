//! `cargo xtask test`: everything that must hold.

use std::time::Instant;

use anyhow::bail;

use crate::{
    belenios, packages,
    shell::{self, program},
    supply, tidy, web,
};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Run these parts only: format, lint, tidy, supply, interop, rust, belenios, web, browser.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Do not install anything.
    #[arg(long)]
    no_install: bool,
}

/// A part of the tests.
struct Part {
    name: &'static str,
    run: fn() -> anyhow::Result<()>,
}

const PARTS: &[Part] = &[
    Part {
        name: "format",
        run: || shell::run(&mut program("cargo", &["fmt", "--all", "--check"])),
    },
    Part {
        name: "lint",
        run: || {
            shell::run(&mut program(
                "cargo",
                &[
                    "clippy",
                    "--workspace",
                    "--all-targets",
                    "--quiet",
                    "--",
                    "-D",
                    "warnings",
                ],
            ))
        },
    },
    Part {
        name: "tidy",
        run: tidy::check,
    },
    Part {
        name: "supply",
        run: supply::check,
    },
    Part {
        name: "interop",
        run: || web::install("tests/interop"),
    },
    Part {
        name: "rust",
        run: || {
            shell::run(&mut program(
                "cargo",
                &["test", "--workspace", "--no-fail-fast"],
            ))
        },
    },
    Part {
        name: "belenios",
        run: with_newer_belenios,
    },
    Part {
        name: "web",
        run: || {
            web::install("web")?;
            web::script("check")?;
            web::script("build")?;
            web::script("test")
        },
    },
    Part {
        name: "browser",
        run: || {
            if shell::is_installed("chromium") {
                web::script("test:browser")
            } else {
                println!("chromium is not installed: the pages were not tested in a browser");
                Ok(())
            }
        },
    },
];

/// What is exchanged with belenios-tool, with a release that knows Ed25519;
/// what is on the path took its turn with all other tests.
fn with_newer_belenios() -> anyhow::Result<()> {
    let Some(tool) = belenios::find_or_fetch() else {
        return Ok(());
    };
    // The whole workspace, so that nothing is built anew with other features.
    let mut tests = program("cargo", &["test", "--workspace", "--no-fail-fast"]);
    tests.args(["--test", "ballot", "--test", "referendum_cli", "--"]);
    tests.args(["interop::", "leniency::", "survey::"]);
    shell::run(tests.env("BELENIOS_TOOL", tool))
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    for name in &args.only {
        if !PARTS.iter().any(|part| part.name == name) {
            let names: Vec<_> = PARTS.iter().map(|part| part.name).collect();
            bail!("there is no part {name:?}; there are: {}", names.join(", "));
        }
    }
    packages::require_node()?;
    if !args.no_install {
        packages::install_missing()?;
    }
    let chosen =
        |part: &&Part| args.only.is_empty() || args.only.iter().any(|name| name == part.name);
    let mut failed = Vec::new();
    for part in PARTS.iter().filter(chosen) {
        println!("== {}", part.name);
        let started = Instant::now();
        let outcome = (part.run)();
        let seconds = started.elapsed().as_secs();
        match outcome {
            Ok(()) => println!("== {} passed in {seconds} s", part.name),
            Err(error) => {
                println!("== {} FAILED after {seconds} s: {error:#}", part.name);
                failed.push(part.name);
            }
        }
    }
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    println!("all parts passed");
    Ok(())
}

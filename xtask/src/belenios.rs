//! A belenios-tool that knows Ed25519. Debian 12 packages version 2.0, which
//! does not; Debian 13 packages 3.0. Its files are laid out in a folder of
//! their own, with the libraries that they were built for, so that nothing on
//! the machine changes.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::Context;

use crate::{
    packages,
    shell::{self, program, target},
};

/// The release of Debian that has it.
const SUITE: &str = "trixie";

/// The tool and all that it needs to run.
const PACKAGES: &[&str] = &[
    "belenios-tool",
    "libc6",
    "libev4t64",
    "libgmp10",
    "libsodium23",
    "libssl3t64",
    "libzstd1",
    "zlib1g",
];

/// The tool that `BELENIOS_TOOL` names, or one fetched from Debian; says what
/// stands in the way if there is none.
pub(crate) fn find_or_fetch() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("BELENIOS_TOOL") {
        return Some(named.into());
    }
    let folder = target().join("tools/belenios-3");
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    let tool = folder.join("belenios-tool");
    if runs(&tool) {
        return Some(tool);
    }
    let fetched = match fetch(&folder, &tool) {
        Ok(()) if runs(&tool) => return Some(tool),
        Ok(()) => "it does not run here".to_owned(),
        Err(error) => format!("{error:#}"),
    };
    println!("no belenios-tool 3 ({fetched}): ballots in Ed25519 are not compared with it");
    println!("name one with BELENIOS_TOOL to have that done");
    None
}

fn runs(tool: &Path) -> bool {
    let version = shell::version(&tool.to_string_lossy());
    version.is_some_and(|version| version.starts_with("3."))
}

fn fetch(folder: &Path, tool: &Path) -> anyhow::Result<()> {
    anyhow::ensure!(
        packages::can_install() && std::env::consts::ARCH == "x86_64",
        "it is fetched as root on Debian, for amd64"
    );
    // Wherever this machine has its packages from.
    let mirror = mirror().context("apt names no mirror")?;
    for name in ["lists/partial", "archives/partial", "root"] {
        fs::create_dir_all(folder.join(name))?;
    }
    let at = |name: &str| folder.join(name).display().to_string();
    fs::write(
        folder.join("sources.list"),
        format!("deb {mirror} {SUITE} main\n"),
    )?;
    let apt = |arguments: &[&str]| {
        let mut apt = program("apt-get", &["--quiet"]);
        apt.args([
            "-o",
            &format!("Dir::Etc::SourceList={}", at("sources.list")),
        ])
        .args(["-o", "Dir::Etc::SourceParts=-"])
        .args(["-o", &format!("Dir::State::Lists={}", at("lists"))])
        .args(["-o", &format!("Dir::Cache::Archives={}", at("archives"))])
        .args(["-o", "Dir::Cache::PkgCache="])
        .args(["-o", "Dir::Cache::SrcPkgCache="])
        // As root it would change to a user who may not write here.
        .args(["-o", "APT::Sandbox::User=root"])
        .args(arguments)
        .current_dir(folder.join("archives"))
        .stdout(Stdio::null());
        shell::run(&mut apt)
    };
    apt(&["update"])?;
    let wanted = PACKAGES.iter().map(|name| format!("{name}/{SUITE}"));
    let wanted: Vec<_> = wanted.collect();
    let download: Vec<_> = ["download"]
        .into_iter()
        .chain(wanted.iter().map(String::as_str))
        .collect();
    apt(&download)?;
    for entry in fs::read_dir(folder.join("archives"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            let mut unpack = Command::new("dpkg-deb");
            shell::run(unpack.arg("--extract").arg(path).arg(folder.join("root")))?;
        }
    }
    // Started by the loader that came with it: this machine's may be older.
    let libraries = at("root/usr/lib/x86_64-linux-gnu");
    let script = format!(
        "#!/bin/sh\nexec '{libraries}/ld-linux-x86-64.so.2' --library-path '{libraries}' '{}' \
         \"$@\"\n",
        at("root/usr/bin/belenios-tool")
    );
    fs::write(tool, script)?;
    shell::run(Command::new("chmod").arg("755").arg(tool))
}

fn mirror() -> Option<String> {
    let targets = program("apt-get", &["indextargets"])
        .args([
            "--format",
            "$(REPO_URI) $(COMPONENT)",
            "Created-By: Packages",
        ])
        .output()
        .ok()?;
    let targets = String::from_utf8(targets.stdout).ok()?;
    let first = targets.lines().find(|line| line.ends_with(" main"))?;
    Some(first.split_once(' ')?.0.to_owned())
}

//! What the tests need of the operating system.

use std::process::{Command, Stdio};

use anyhow::bail;

use crate::shell;

/// A Debian package, and the program by which it is recognised.
pub(crate) struct Package {
    /// Its name in Debian.
    pub name: &'static str,
    /// A program or file that it brings.
    pub brings: Brings,
    /// What is tested with it.
    pub for_what: &'static str,
}

/// How an installed package is recognised.
pub(crate) enum Brings {
    /// A program on the path.
    Program(&'static str),
    /// A file or folder.
    Path(&'static str),
}

impl Package {
    fn is_installed(&self) -> bool {
        match self.brings {
            Brings::Program(name) => shell::is_installed(name),
            Brings::Path(path) => std::path::Path::new(path).exists(),
        }
    }
}

/// What `cargo xtask test` installs where it can.
pub(crate) const PACKAGES: &[Package] = &[
    Package {
        name: "chromium",
        brings: Brings::Program("chromium"),
        for_what: "the pages, in a real browser",
    },
    Package {
        name: "fonts-noto-cjk",
        brings: Brings::Path("/usr/share/fonts/opentype/noto"),
        for_what: "Japanese text in screenshots",
    },
    Package {
        name: "belenios-tool",
        brings: Brings::Program("belenios-tool"),
        for_what: "the ballot archive, by a tool that is not ours",
    },
    Package {
        name: "golang-go",
        brings: Brings::Program("go"),
        for_what: "an exported log, by the packages of Go's checksum database",
    },
    Package {
        name: "golang-golang-x-mod-dev",
        brings: Brings::Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog"),
        for_what: "an exported log, by the packages of Go's checksum database",
    },
    Package {
        name: "python3-cryptography",
        brings: Brings::Path("/usr/lib/python3/dist-packages/cryptography"),
        for_what: "an exported log, by a program in Python",
    },
    Package {
        name: "nginx-light",
        brings: Brings::Path("/usr/sbin/nginx"),
        for_what: "the proxy of deploy/, in front of a city",
    },
    Package {
        name: "openssl",
        brings: Brings::Program("openssl"),
        for_what: "the certificate of that proxy",
    },
    Package {
        name: "prometheus",
        brings: Brings::Path("/usr/bin/promtool"),
        for_what: "the alert rules of deploy/",
    },
];

/// Installs what is missing, as root on Debian; elsewhere names the line that
/// installs it.
pub(crate) fn install_missing() -> anyhow::Result<()> {
    let missing: Vec<_> = PACKAGES
        .iter()
        .filter(|package| !package.is_installed())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = missing.iter().map(|package| package.name).collect();
    let line = format!(
        "apt-get install --yes --no-install-recommends {}",
        names.join(" ")
    );
    if !can_install() {
        for package in missing {
            println!("missing: {} ({})", package.name, package.for_what);
        }
        println!("install with: sudo {line}");
        println!("the tests that need it will say that they did not run");
        return Ok(());
    }
    shell::run(shell::program("apt-get", &["update", "--quiet"]).stdout(Stdio::null()))?;
    let mut install = shell::program(
        "apt-get",
        &["install", "--yes", "--quiet", "--no-install-recommends"],
    );
    install
        .args(&names)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdout(Stdio::null());
    shell::run(&mut install)
}

/// Fails unless Node.js is there, naming the line that installs it.
pub(crate) fn require_node() -> anyhow::Result<()> {
    let version = shell::version("node").unwrap_or_default();
    let major: u32 = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse().ok())
        .unwrap_or(0);
    if major < 20 || !shell::is_installed("npm") {
        bail!(
            "Node.js 20 or later with npm is needed, found {version:?}.\n\
             Install it with: sudo apt-get install --yes nodejs npm\n\
             or from https://nodejs.org/"
        );
    }
    Ok(())
}

/// Whether packages can be had: as root, where there is apt.
pub(crate) fn can_install() -> bool {
    is_root() && shell::is_installed("apt-get")
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

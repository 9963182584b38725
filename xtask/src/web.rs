//! The web client: its packages, and its build.

use crate::shell::{self, program, root};

/// Installs the packages of a folder as its lock file says, unless they are
/// there already.
pub(crate) fn install(folder: &str) -> anyhow::Result<()> {
    let folder = root().join(folder);
    let installed = folder.join("node_modules/.package-lock.json");
    let lock = folder.join("package-lock.json");
    let modified = |path: &std::path::Path| path.metadata().and_then(|data| data.modified()).ok();
    if installed.exists() && modified(&installed) >= modified(&lock) {
        return Ok(());
    }
    let mut npm = program(
        "npm",
        &["ci", "--no-audit", "--no-fund", "--loglevel", "error"],
    );
    shell::run(npm.current_dir(folder))
}

/// Runs a script of the web client.
pub(crate) fn script(name: &str) -> anyhow::Result<()> {
    let mut npm = program("npm", &["run", "--silent", name]);
    shell::run(npm.current_dir(root().join("web")))
}

//! `cargo xtask schema`: the schema as it is served, in `schema.graphql`.

use std::process::Stdio;

use anyhow::{Context, bail};

use crate::shell::{program, root};

pub(crate) fn write() -> anyhow::Result<()> {
    let output = program(
        "cargo",
        &["run", "--quiet", "--package", "server", "--", "schema"],
    )
    .stderr(Stdio::inherit())
    .output()
    .context("cargo cannot be started")?;
    if !output.status.success() {
        bail!("the schema cannot be printed");
    }
    std::fs::write(root().join("schema.graphql"), output.stdout)?;
    Ok(())
}

//! `cargo xtask run`: the demonstration city, from a clean clone.

use std::os::unix::process::CommandExt;

use anyhow::Context;

use crate::{
    packages,
    shell::{self, program, root},
    web,
};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The address to listen at.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: String,
    /// Where the city keeps its log; the next start continues there.
    #[arg(long, default_value = "data/demo/log")]
    data: String,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    packages::require_node()?;
    web::install("web")?;
    web::script("build")?;
    shell::run(&mut program("cargo", &["build", "--package", "server"]))?;
    std::fs::create_dir_all(root().join("data/demo")).context("data/demo cannot be made")?;
    // In the place of this program, so that Ctrl-C reaches the city itself.
    let error = std::process::Command::new(shell::target().join("debug/hiroba"))
        .args(["serve", "--demo", "--config", "deploy/demo.toml"])
        .args(["--data", &args.data, "--listen", &args.listen])
        .current_dir(root())
        .exec();
    Err(error).context("hiroba cannot be started")
}

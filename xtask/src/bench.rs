//! `cargo xtask bench`: how fast it is, beside a peer or the physical limit,
//! in one run.
//!
//! A measurement is an example of a crate. Whatever it prints is shown; each
//! line of it that is a JSON object with a `measure` becomes a row of the
//! table: `measure`, `value`, `unit`, and where there is something to compare
//! with `peer`, `peer_value`, `ratio` (more is better, 1 is the peer), `goal`.

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader},
    path::Path,
    process::Stdio,
};

use anyhow::{Context, bail};
use serde_json::Value;

use crate::{
    belenios, packages,
    shell::{self, program, root},
    web,
};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Take these measurements only.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// A fraction of the size: tells whether everything runs, not how fast.
    #[arg(long)]
    quick: bool,
    /// Measure what was built before: a part of the measurements alone would be
    /// built with other features, which takes long.
    #[arg(long)]
    no_build: bool,
    /// Write the tables into docs/performance.md; those of measurements that
    /// are not taken stay as they are.
    #[arg(long, conflicts_with = "quick")]
    write: bool,
}

/// Something that is measured.
struct Measurement {
    name: &'static str,
    package: &'static str,
    example: &'static str,
    /// Arguments at full size, and those of a quick run.
    arguments: &'static [&'static str],
    quick: &'static [&'static str],
    /// What the table says above its rows.
    about: &'static str,
    /// Whether it is measured beside the servers of `xtask/peers`.
    peers: bool,
}

const MEASUREMENTS: &[Measurement] = &[
    Measurement {
        name: "append",
        package: "server",
        example: "append_bench",
        arguments: &["--seconds", "60"],
        quick: &["--seconds", "2"],
        about: "Durable appends of 300-byte events beside plain files with the same group commit \
                on the same disk, in alternating rounds; then the same while the log is sealed.",
        peers: false,
    },
    Measurement {
        name: "path",
        package: "server",
        example: "path_bench",
        arguments: &["200000"],
        quick: &["2000"],
        about: "200,000 opinions handed in over HTTP by 64 clients to one case of a running city: \
                the portion of 10,000 in the middle of the last quarter beside that of the first.",
        peers: false,
    },
    Measurement {
        name: "query",
        package: "server",
        example: "query_bench",
        arguments: &["100000", "2000"],
        quick: &["500", "200"],
        about: "A page of 50 published items with their answers out of 100,000, asked over HTTP in \
                the same random order: the server's processor time for a request beside Mercurius \
                with JIT that answers the same bytes from memory, and beside axum alone that has \
                the bytes ready.",
        peers: true,
    },
    Measurement {
        name: "index",
        package: "search",
        example: "index_speed",
        arguments: &["100000"],
        quick: &["2000"],
        about: "100,000 opinions of some two hundred letters put into the index for words, and \
                looked for in it.",
        peers: false,
    },
    Measurement {
        name: "replay",
        package: "read-models",
        example: "replay_speed",
        arguments: &["1000000"],
        quick: &["20000"],
        about: "1,000,000 events read, checked, decoded and folded beside parsing the same bytes \
                with serde_json alone; and a start from a snapshot beside the whole fold.",
        peers: false,
    },
    Measurement {
        name: "verify",
        package: "verifier",
        example: "log_speed",
        arguments: &["1000000"],
        quick: &["20000"],
        about: "`hiroba-verify log` over a log of 300-byte events, and `replay` of the same, \
                beside hashing the same bytes with sha2 alone on the same cores, in turns.",
        peers: false,
    },
    Measurement {
        name: "receipt",
        package: "sealer",
        example: "sealing_cost",
        arguments: &["1000000"],
        quick: &["20000"],
        about: "Receipts made out of a log of 1,000,000 events.",
        peers: false,
    },
    Measurement {
        name: "ballot",
        package: "ballot",
        example: "ballot_bench",
        arguments: &["2000", "100"],
        quick: &["100", "5"],
        about: "Ballots of one yes/no question with a blank choice, full checks, beside \
                belenios-tool where it is installed and reads archives of the group. Figures of one \
                core are processor time.",
        peers: false,
    },
    Measurement {
        name: "ballots",
        package: "ballot",
        example: "ballot_bench",
        arguments: &["100000", "0"],
        quick: &["500", "0"],
        about: "A city's vote: 100,000 ballots verified and tallied.",
        peers: false,
    },
];

/// Built before the server is measured; its measurements start them.
const PROGRAMS: &[&str] = &["hiroba"];

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    for name in &args.only {
        if !MEASUREMENTS.iter().any(|one| one.name == name) {
            let names: Vec<_> = MEASUREMENTS.iter().map(|one| one.name).collect();
            bail!(
                "there is no measurement {name:?}; there are: {}",
                names.join(", ")
            );
        }
    }
    let chosen: Vec<_> = MEASUREMENTS
        .iter()
        .filter(|one| args.only.is_empty() || args.only.iter().any(|name| name == one.name))
        .collect();
    if chosen.iter().any(|one| one.peers) {
        packages::require_node()?;
        web::install("xtask/peers")?;
    }
    if !args.no_build {
        build(&chosen)?;
    }
    let belenios = if chosen.iter().any(|one| one.package == "ballot") {
        belenios::find_or_fetch()
    } else {
        None
    };
    let mut short = Vec::new();
    for one in chosen {
        println!("== {}", one.name);
        let rows = take(one, args.quick, belenios.as_deref())?;
        if rows.is_empty() {
            bail!("{} has measured nothing", one.name);
        }
        let section = section(one, &rows, &mut short)?;
        println!("\n{section}");
        if args.write {
            write(one.name, &section)?;
        }
    }
    for measure in &short {
        println!("below its goal: {measure}");
    }
    // A figure that falls short is news for whoever reads it, not an error:
    // machines differ. That something could not be measured is an error.
    Ok(())
}

/// Everything is built first, so that no compiler runs beside a measurement.
fn build(chosen: &[&Measurement]) -> anyhow::Result<()> {
    let mut cargo = program("cargo", &["build", "--release"]);
    if chosen.iter().any(|one| one.package == "server") {
        for name in PROGRAMS {
            cargo.args(["--bin", name]);
        }
    }
    for one in chosen {
        cargo.args(["--package", one.package, "--example", one.example]);
    }
    shell::run(&mut cargo)
}

/// Runs a measurement, shows what it says, and collects its rows.
fn take(one: &Measurement, quick: bool, belenios: Option<&Path>) -> anyhow::Result<Vec<Value>> {
    let example = shell::target().join("release/examples").join(one.example);
    let mut child = std::process::Command::new(&example)
        .args(if quick { one.quick } else { one.arguments })
        .current_dir(root())
        .envs(belenios.map(|tool| ("BELENIOS_TOOL", tool)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} could not be started", example.display()))?;
    let output = child.stdout.take().context("no output")?;
    let mut rows = Vec::new();
    for line in BufReader::new(output).lines() {
        let line = line?;
        match serde_json::from_str::<Value>(&line) {
            Ok(row) if row.get("measure").is_some() => rows.push(row),
            _ => println!("{line}"),
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("{} failed ({status})", one.name);
    }
    Ok(rows)
}

/// Puts a section in its place in docs/performance.md, whatever was there.
fn write(name: &str, section: &str) -> anyhow::Result<()> {
    let path = root().join("docs/performance.md");
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    let mut page = HEAD.to_owned();
    for one in MEASUREMENTS {
        let kept = before.split("\n## ").skip(1);
        let mut kept = kept.filter(|kept| kept.lines().next() == Some(one.name));
        if one.name == name {
            write!(page, "\n{section}")?;
        } else if let Some(kept) = kept.next() {
            writeln!(page, "\n## {}", kept.trim_end())?;
        }
    }
    std::fs::write(&path, page).with_context(|| format!("{} not written", path.display()))?;
    println!("written: docs/performance.md, {name}");
    Ok(())
}

fn section(one: &Measurement, rows: &[Value], short: &mut Vec<String>) -> anyhow::Result<String> {
    let mut report = String::new();
    writeln!(report, "## {}\n\n{}\n\n{}", one.name, one.about, machine())?;
    writeln!(
        report,
        "| what | ours | beside | ratio | goal |\n| --- | --- | --- | --- | --- |"
    )?;
    for row in rows {
        let text = |key: &str| row[key].as_str().unwrap_or_default();
        let (measure, unit) = (text("measure"), text("unit"));
        let ours = format!("{} {unit}", figure(&row["value"]));
        let beside = match text("peer") {
            "" => "–".to_owned(),
            peer if row["peer_value"].is_null() => peer.to_owned(),
            peer => format!("{peer}: {} {unit}", figure(&row["peer_value"])),
        };
        let (ratio, goal) = (row["ratio"].as_f64(), row["goal"].as_f64());
        let mark = match (ratio, goal) {
            (Some(ratio), Some(goal)) if ratio < goal => {
                short.push(format!("{measure}: {ratio:.2}, goal {goal}"));
                " (short)"
            }
            _ => "",
        };
        let ratio = ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}{mark}"));
        let goal = goal.map_or_else(|| "–".to_owned(), |goal| goal.to_string());
        writeln!(
            report,
            "| {measure} | {ours} | {beside} | {ratio} | {goal} |"
        )?;
    }
    Ok(report)
}

/// Three digits are more than a measurement is worth.
fn figure(value: &Value) -> String {
    let Some(value) = value.as_f64() else {
        return value.to_string();
    };
    if 100.0 <= value.abs() {
        let digits = format!("{value:.0}");
        let mut grouped = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index != 0 && (digits.len() - index).is_multiple_of(3) && digit.is_ascii_digit() {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        grouped
    } else if 10.0 <= value.abs() {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

/// What the figures depend on.
fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .and_then(|line| line.split_once(':'))
        .map_or("unknown processor", |(_, model)| model.trim());
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let extensions = if cpu.contains(" sha_ni") {
        "with"
    } else {
        "without"
    };
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "Taken on {model}, {cores} cores, {extensions} SHA extensions, Linux {}.\n",
        kernel.trim()
    )
}

const HEAD: &str = "# Performance

Written by `cargo xtask bench --write`, section by section; each row is ours beside a peer or the physical limit, in one run on one machine.
A ratio of 1 is as good as what it is compared with, more is better; where a row has a goal and does not reach it, it says *short*.
Figures of one run move by a third on a busy machine; ratios move less.
";

//! How fast ballots are made, verified and tallied; beside belenios-tool: in Ed25519 the one that
//! `BELENIOS_TOOL` names, in BELENIOS-2048 the one on the path.
//!
//! `cargo run --release -p ballot --example ballot_bench -- [ballots] [ballots-2048]`
//!
//! One yes/no question with a blank choice, one trustee, full checks. Figures a core are
//! processor time, so that they hold on a busy machine; how it scales with cores is wall-clock.
//! The last line is one JSON object with all figures: times in microseconds a ballot, memory in
//! megabytes. belenios-tool 2.0, Debian 12's package, knows no Ed25519: without another,
//! nothing is compared in that group, and the ratios are missing.

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use ballot::archive::Writer;
use ballot::ballot::{Commitments, Tracker, cast};
use ballot::credential::{CredentialKey, SecretCredential, write_public_list};
use ballot::decryption::{PartialDecryption, combine};
use ballot::election::{Description, Election};
use ballot::group::{Belenios2048, Ed25519, Group};
use ballot::question::Question;
use ballot::result::ElectionResult;
use ballot::tally::Tally;
use ballot::trustee::{Owner, Trustee, TrusteeKey, Trustees, write_trustees};
use ballot::verify::{Options, Source, Verifier};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use serde_json::json;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Debian 12's package is version 2.0.
const ON_PATH: &str = "belenios-tool";

const UUID: &str = "BenchBenchBench";

/// Above this number of ballots only the run on all cores is measured.
const MANY: usize = 20_000;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let ballots = arguments.next().map_or(Ok(2000), |text| text.parse())?;
    let ballots_2048 = arguments.next().map_or(Ok(40), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let cores = thread::available_parallelism()?.get();
    println!("cores: {cores}");
    if 0 < ballots {
        let named = std::env::var("BELENIOS_TOOL").ok();
        let tool = Tool::find(named.as_deref().unwrap_or(ON_PATH));
        measure::<Ed25519>(folder.path(), ballots, cores, tool.as_ref())?;
    }
    if 0 < ballots_2048 {
        let tool = Tool::find(ON_PATH);
        measure::<Belenios2048>(folder.path(), ballots_2048, cores, tool.as_ref())?;
    }
    Ok(())
}

/// Prints a row of the table that `cargo xtask bench` makes.
fn row<G: Group>(what: &str, value: f64, unit: &str) {
    let measure = format!("{}: {what}", G::NAME);
    println!(
        "{}",
        json!({"measure": measure, "value": value, "unit": unit})
    );
}

/// Prints a row with what belenios-tool needs for the same; `goal` is how many times as fast we
/// mean to be.
fn row_beside<G: Group>(what: &str, ours: Duration, tool: &Tool, theirs: Duration, goal: f64) {
    let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
    println!(
        "{}",
        json!({
            "measure": format!("{}: {what}", G::NAME), "value": micros(ours), "unit": "µs",
            "peer": format!("belenios-tool {}", tool.version), "peer_value": micros(theirs),
            "ratio": ratio, "goal": goal,
        })
    );
}

fn measure<G: Group>(
    folder: &Path,
    voters: usize,
    cores: usize,
    tool: Option<&Tool>,
) -> Outcome<()> {
    let path = folder.join(format!("{UUID}.bel"));
    let election = make_archive::<G>(&path, voters, cores)?;
    let megabytes = fs::metadata(&path)?.len() as f64 / 1e6;
    row::<G>(&format!("archive of {voters} ballots"), megabytes, "MB");

    reset_peak();
    let (_, all_cores) = verify(&path, cores, Keep::Nothing)?;
    row::<G>(
        &format!("{voters} ballots verified and tallied on {cores} cores, by the clock"),
        all_cores.as_secs_f64(),
        "s",
    );
    row::<G>("peak memory meanwhile", peak_megabytes(), "MB");
    if MANY < voters {
        row::<G>(
            "a ballot made and proved, one core",
            micros(election.made),
            "µs",
        );
        return Ok(());
    }
    let (alone, wall_alone) = verify(&path, 1, Keep::Nothing)?;
    let alone = alone / voters as u32;
    let speedup = wall_alone.as_secs_f64() / all_cores.as_secs_f64();
    row::<G>(
        &format!("{cores} cores are faster than one"),
        speedup,
        "times",
    );

    // The record of commitments is written once, outside the measured runs.
    let record = folder.join("commitments");
    let keep = Keep::Write(BufWriter::new(File::create(&record)?));
    verify(&path, cores, keep)?;
    let lines: Vec<Commitments> = fs::read_to_string(&record)?
        .lines()
        .filter_map(Commitments::from_line)
        .collect();
    let (recorded, _) = verify(&path, 1, Keep::Read(lines.into_iter()))?;
    let recorded = recorded / voters as u32;

    let theirs = match tool {
        Some(tool) => tool.verifies(folder, &path)?.map(|time| (tool, time)),
        None => None,
    };
    let words = [
        "a ballot verified from the archive alone, one core",
        "a ballot verified with the record of commitments, one core",
        "a ballot made and proved, one core",
    ];
    let Some((tool, theirs)) = theirs else {
        println!(
            "{}: no belenios-tool here reads archives in this group",
            G::NAME
        );
        row::<G>(words[0], micros(alone), "µs");
        row::<G>(words[1], micros(recorded), "µs");
        row::<G>(words[2], micros(election.made), "µs");
        return Ok(());
    };
    let theirs = theirs / voters as u32;
    let goals = match G::NAME == Ed25519::NAME {
        true => [5.0, 10.0, 10.0],
        false => [1.0; 3],
    };
    row_beside::<G>(words[0], alone, tool, theirs, goals[0]);
    row_beside::<G>(words[1], recorded, tool, theirs, goals[1]);
    let makes = tool.makes(folder, &election)?;
    row_beside::<G>(words[2], election.made, tool, makes, goals[2]);
    Ok(())
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// What making an archive left to compare with.
struct Made {
    /// The archive before the first ballot.
    set_up: Vec<u8>,
    credential: SecretCredential,
    /// How long one ballot took.
    made: Duration,
}

/// Writes a whole election.
fn make_archive<G: Group>(path: &Path, voters: usize, cores: usize) -> Outcome<Made> {
    let mut rng = UnwrapErr(SysRng);
    let key = TrusteeKey::<G>::generate(&mut rng);
    let trustees = write_trustees(&[Trustee::Single(key.public_key(None, &mut rng))]);
    let checked =
        Trustees::<G>::parse(trustees.as_bytes()).map_err(|errors| format!("{errors:?}"))?;
    let question = Question {
        answers: vec!["賛成".to_owned(), "反対".to_owned()],
        blank: Some(true),
        min: 1,
        max: 1,
        text: "市庁舎の建替えに賛成ですか".to_owned(),
    };
    let description = Description {
        version: 1,
        description: "計測".to_owned(),
        name: "計測".to_owned(),
        group: G::NAME.to_owned(),
        public_key: checked.election_key_text(),
        questions: vec![question],
        uuid: UUID.to_owned(),
        administrator: None,
        credential_authority: None,
        language: None,
    };
    let record = description.to_record();
    let election = Election::<G>::parse(record.as_bytes())?;
    let credential = SecretCredential::generate(&mut rng);
    let keys: Vec<CredentialKey<G>> = (1..voters)
        .map(|_| SecretCredential::generate(&mut rng).key(UUID))
        .chain([credential.key(UUID)])
        .collect();
    let list: Vec<_> = keys.iter().map(|key| (key.public(), None)).collect();
    let credentials = write_public_list(&list);

    let mut file = BufWriter::new(File::create(path)?);
    let (mut writer, mut set_up) = Writer::create(1_795_343_366);
    set_up.extend(writer.setup(
        record.as_bytes(),
        trustees.as_bytes(),
        credentials.as_bytes(),
    )?);
    file.write_all(&set_up)?;
    let public = ballot::credential::PublicCredentials::<G>::parse(credentials.as_bytes())
        .map_err(|errors| format!("{errors:?}"))?;

    let sample = keys.len().min(400);
    let start = processor_time(Of::Ourselves);
    for key in keys.iter().take(sample) {
        cast(&election, key, &[vec![0, 1, 0]], &mut rng)?;
    }
    let made = (processor_time(Of::Ourselves) - start) / sample as u32;

    let mut tally = Tally::new(&election);
    for part in keys.chunks(1024) {
        let share = part.len().div_ceil(cores);
        let made: Vec<_> = thread::scope(|scope| {
            let workers: Vec<_> = part
                .chunks(share)
                .map(|keys| {
                    let (election, public) = (&election, &public);
                    scope.spawn(move || {
                        let mut rng = UnwrapErr(SysRng);
                        let cast = |key| cast(election, key, &[vec![0, 1, 0]], &mut rng).ok();
                        let ballots: Vec<_> = keys.iter().filter_map(cast).collect();
                        let records: Vec<_> =
                            ballots.iter().map(|ballot| ballot.as_bytes()).collect();
                        let verified = ballot::ballot::verify_all(election, public, &records);
                        (ballots, verified)
                    })
                })
                .collect();
            workers
                .into_iter()
                .filter_map(|worker| worker.join().ok())
                .collect()
        });
        for (ballots, verified) in made {
            for (ballot, verified) in ballots.iter().zip(verified) {
                tally.add(&verified?.0);
                file.write_all(&writer.ballot(ballot.as_bytes())?)?;
            }
        }
    }
    let tally = tally.close();
    file.write_all(&writer.end_ballots()?)?;
    file.write_all(&writer.encrypted_tally(tally.to_record().as_bytes(), &tally.sized())?)?;
    let decryption = PartialDecryption::make(&election, &tally, &key, &mut rng);
    file.write_all(&writer.partial_decryption(Owner(1), decryption.to_record().as_bytes())?)?;
    let verified = decryption
        .verify(&election, &checked, Owner(1), &tally)
        .map_err(|errors| format!("{errors:?}"))?;
    let opened =
        combine(&checked, &tally, &[verified]).map_err(|missing| format!("{missing:?}"))?;
    let result = ElectionResult::compute(&opened)?;
    file.write_all(&writer.result(result.to_record().as_bytes())?)?;
    file.flush()?;
    Ok(Made {
        set_up,
        credential,
        made,
    })
}

/// What to do with commitments.
enum Keep {
    Nothing,
    Write(BufWriter<File>),
    Read(std::vec::IntoIter<Commitments>),
}

struct FileSource {
    archive: File,
    keep: Keep,
}

impl Source for FileSource {
    fn again(&mut self, offset: u64, length: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.archive.seek(SeekFrom::Start(offset)).ok()?;
        self.archive.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }

    fn commitments(&mut self, _: Tracker) -> Option<Commitments> {
        match &mut self.keep {
            Keep::Read(lines) => lines.next(),
            _ => None,
        }
    }

    fn keep_commitments(&mut self, commitments: &Commitments) {
        if let Keep::Write(file) = &mut self.keep {
            // A line that is missing shows in the time with the record.
            let _ = writeln!(file, "{}", commitments.to_line());
        }
    }
}

/// Verifies an archive; returns processor time and wall-clock time.
fn verify(path: &Path, threads: usize, keep: Keep) -> Outcome<(Duration, Duration)> {
    let (start, processor_start) = (Instant::now(), processor_time(Of::Ourselves));
    let mut archive = File::open(path)?;
    let source = FileSource {
        archive: File::open(path)?,
        keep,
    };
    let mut verifier = Verifier::new(
        source,
        Options {
            threads,
            ..Options::default()
        },
    );
    let mut piece = vec![0; 1 << 20];
    loop {
        let read = archive.read(&mut piece)?;
        if read == 0 {
            break;
        }
        verifier.feed(&piece[..read]);
    }
    let report = verifier.finish();
    let times = (
        processor_time(Of::Ourselves) - processor_start,
        start.elapsed(),
    );
    if !report.is_valid() {
        return Err(format!("not valid: {:?}", report.findings.first()).into());
    }
    Ok(times)
}

/// Whose processor time.
#[derive(Clone, Copy)]
enum Of {
    Ourselves,
    /// Programs that were started and have ended.
    Children,
}

/// Processor time so far, as Linux counts it (in hundredths of a second).
fn processor_time(of: Of) -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The fields after the name, which may contain spaces: state is the first.
    let fields: Vec<u64> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .map(|field| field.parse().unwrap_or_default())
        .collect();
    let first = match of {
        Of::Ourselves => 11,
        Of::Children => 13,
    };
    let ticks: u64 = fields.iter().skip(first).take(2).sum();
    Duration::from_millis(10 * ticks)
}

/// Forgets the peak of memory so far, where the system can.
fn reset_peak() {
    let _ = fs::write("/proc/self/clear_refs", "5");
}

fn peak_megabytes() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok());
    kilobytes.map_or(f64::NAN, |kilobytes| kilobytes / 1024.0)
}

/// belenios-tool on this machine.
struct Tool {
    program: String,
    version: String,
}

impl Tool {
    /// The tool under this name; says which one it is.
    fn find(program: &str) -> Option<Self> {
        let Ok(output) = Command::new(program).arg("--version").output() else {
            println!("{program} is not installed; nothing to compare with");
            return None;
        };
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        println!("beside belenios-tool {version}");
        Some(Self {
            program: program.to_owned(),
            version,
        })
    }

    /// Its processor time for a command; nothing if it fails.
    fn time(&self, folder: &Path, arguments: &[&str]) -> Outcome<Option<Duration>> {
        let start = processor_time(Of::Children);
        let status = Command::new(&self.program)
            .args(arguments)
            .current_dir(folder)
            .env("LWT_ASYNC_METHOD", "none")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        let time = processor_time(Of::Children) - start;
        Ok(status.success().then_some(time))
    }

    /// Its whole check of an archive.
    fn verifies(&self, folder: &Path, archive: &Path) -> Outcome<Option<Duration>> {
        let own = folder.join("verify");
        fs::create_dir_all(&own)?;
        fs::copy(archive, own.join(format!("{UUID}.bel")))?;
        self.time(&own, &["election", "verify"])
    }

    /// A ballot: several runs of the program, less what it takes to start.
    fn makes(&self, folder: &Path, election: &Made) -> Outcome<Duration> {
        const RUNS: u32 = 5;
        let own = folder.join("make");
        fs::create_dir_all(&own)?;
        fs::write(own.join(format!("{UUID}.bel")), &election.set_up)?;
        fs::write(own.join("credential"), election.credential.expose())?;
        fs::write(own.join("vote"), "[[0,1,0]]")?;
        let make = ["election", "generate-ballot", "--privcred", "credential"];
        let choice = ["--ballot", "--choice"]
            .into_iter()
            .find(|option| {
                let arguments = [&make[..], &[*option, "vote"]].concat();
                matches!(self.time(&own, &arguments), Ok(Some(_)))
            })
            .ok_or("belenios-tool makes no ballot")?;
        let of = |arguments: &[&str]| -> Outcome<Duration> {
            let mut whole = Duration::ZERO;
            for _ in 0..RUNS {
                whole += self.time(&own, arguments)?.ok_or("belenios-tool failed")?;
            }
            Ok(whole / RUNS)
        };
        let whole = of(&[&make[..], &[choice, "vote"]].concat())?;
        Ok(whole.saturating_sub(of(&["--version"])?))
    }
}

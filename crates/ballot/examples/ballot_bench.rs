//! How fast ballots are made, verified and tallied; beside belenios-tool where it is on the path.
//!
//! `cargo run --release -p ballot --example ballot_bench -- [ballots] [ballots-2048]`
//!
//! One yes/no question with a blank choice, one trustee, full checks. Figures of one thread are
//! processor time, so that they hold on a busy machine; figures of several are wall-clock.

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

type Outcome<T> = Result<T, Box<dyn Error>>;

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
    measure::<Ed25519>(folder.path(), ballots, cores)?;
    measure::<Belenios2048>(folder.path(), ballots_2048, cores)?;
    Ok(())
}

fn measure<G: Group>(folder: &Path, voters: usize, cores: usize) -> Outcome<()> {
    println!(
        "\n{}, {voters} ballots, one yes/no question with blank",
        G::NAME
    );
    let path = folder.join(format!("{UUID}.bel"));
    let made = make_archive::<G>(&path, voters, cores)?;
    println!(
        "  a ballot made and proved   {:>10.1} µs (one thread)",
        micros(made)
    );
    println!(
        "  archive                    {:>10.1} MB",
        fs::metadata(&path)?.len() as f64 / 1e6
    );

    reset_peak();
    let (_, parallel) = verify(&path, cores, Keep::Nothing)?;
    println!(
        "  verified, {cores} threads        {:>10.1} µs a ballot, {:.2} s in all, peak memory {} MB",
        micros(parallel / voters as u32),
        parallel.as_secs_f64(),
        peak_megabytes()
    );
    if MANY < voters {
        return Ok(());
    }
    let (alone, _) = verify(&path, 1, Keep::Nothing)?;
    println!(
        "  verified, one thread       {:>10.1} µs a ballot",
        micros(alone / voters as u32)
    );

    // The record of commitments is written once, outside the measured runs.
    let record = folder.join("commitments");
    verify(
        &path,
        cores,
        Keep::Write(BufWriter::new(File::create(&record)?)),
    )?;
    let lines: Vec<Commitments> = fs::read_to_string(&record)?
        .lines()
        .filter_map(Commitments::from_line)
        .collect();
    let (recorded, _) = verify(&path, 1, Keep::Read(lines.into_iter()))?;
    println!(
        "  with the record, one thread{:>10.1} µs a ballot",
        micros(recorded / voters as u32)
    );
    compare_with_belenios::<G>(folder, &path, voters, alone)
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Writes a whole election and returns how long one ballot took.
fn make_archive<G: Group>(path: &Path, voters: usize, cores: usize) -> Outcome<Duration> {
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
    let keys: Vec<CredentialKey<G>> = (0..voters)
        .map(|_| SecretCredential::generate(&mut rng).key(UUID))
        .collect();
    let list: Vec<_> = keys.iter().map(|key| (key.public(), None)).collect();
    let credentials = write_public_list(&list);

    let mut file = BufWriter::new(File::create(path)?);
    let (mut writer, head) = Writer::create(1_795_343_366);
    file.write_all(&head)?;
    file.write_all(&writer.setup(
        record.as_bytes(),
        trustees.as_bytes(),
        credentials.as_bytes(),
    )?)?;
    let public = ballot::credential::PublicCredentials::<G>::parse(credentials.as_bytes())
        .map_err(|errors| format!("{errors:?}"))?;

    let sample = keys.len().min(400);
    let start = processor_time(Of::Ourselves);
    for key in keys.iter().take(sample) {
        cast(&election, key, &[vec![0, 1, 0]], &mut rng)?;
    }
    let one = (processor_time(Of::Ourselves) - start) / sample as u32;

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
    Ok(one)
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

fn peak_megabytes() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    kilobytes.map_or_else(
        || "?".to_owned(),
        |kilobytes| (kilobytes / 1024).to_string(),
    )
}

fn compare_with_belenios<G: Group>(
    folder: &Path,
    path: &Path,
    voters: usize,
    ours: Duration,
) -> Outcome<()> {
    let Ok(version) = Command::new("belenios-tool").arg("--version").output() else {
        println!("  belenios-tool is not installed; nothing to compare with");
        return Ok(());
    };
    let version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
    let of_tool = folder.join("tool");
    fs::create_dir_all(&of_tool)?;
    fs::copy(path, of_tool.join(format!("{UUID}.bel")))?;
    let start = processor_time(Of::Children);
    let status = Command::new("belenios-tool")
        .args(["election", "verify", "--dir"])
        .arg(&of_tool)
        .env("LWT_ASYNC_METHOD", "none")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    let theirs = processor_time(Of::Children) - start;
    if !status.success() {
        println!(
            "  belenios-tool {version} does not read archives in {}",
            G::NAME
        );
        return Ok(());
    }
    println!(
        "  belenios-tool {version}, one thread: {:.1} µs a ballot; we are {:.1} times as fast a core",
        micros(theirs / voters as u32),
        theirs.as_secs_f64() / ours.as_secs_f64()
    );
    Ok(())
}

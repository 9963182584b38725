//! `open`: keys and credentials become the archive's first event.

use std::path::Path;

use ballot::archive::Writer;
use ballot::credential::PublicCredentials;
use ballot::election::{Description, Election, Language};
use ballot::group::Group;
use ballot::trustee::{ThresholdParameters, Trustee, TrusteePublicKey, Trustees, write_trustees};
use serde::de::DeserializeOwned;

use crate::archive::{Archive, in_group};
use crate::args::Open;
use crate::draft::Draft;
use crate::environment::Session;
use crate::files::{self, Readers};
use crate::problem::{FileProblem, Problems, StepProblem, TrusteeProblem};
use crate::report::Report;
use crate::text::text;

/// The election record beside the archive, for those who vote.
const ELECTION: &str = "election.json";

pub(super) fn run(args: &Open, session: &mut Session<'_, '_>) -> Result<Report, Problems> {
    let draft = Draft::in_folder(&args.dir)?;
    let _lock = session.environment.files.enter(&args.dir)?;
    in_group!(draft.group(), open(&draft, args, session))
}

fn open<G: Group>(
    draft: &Draft,
    args: &Open,
    session: &mut Session<'_, '_>,
) -> Result<Report, Problems> {
    let trustees = trustees::<G>(draft, args)?;
    let checked = Trustees::<G>::parse(trustees.as_bytes()).map_err(|errors| {
        let detail = errors.first().map(ToString::to_string).unwrap_or_default();
        Problems::from(TrusteeProblem::Invalid { detail })
    })?;
    let list = files::read(&args.credentials)?;
    let list = list.trim_ascii_end();
    let credentials = PublicCredentials::<G>::parse(list).map_err(|errors| {
        let detail = errors.first().map(ToString::to_string).unwrap_or_default();
        StepProblem::CredentialsInvalid {
            path: args.credentials.clone(),
            detail,
        }
    })?;
    if credentials.is_empty() {
        return Err(StepProblem::NoCredentials {
            path: args.credentials.clone(),
        }
        .into());
    }
    let record = election_record(draft, checked.election_key_text());
    let election =
        Election::<G>::parse(record.as_bytes()).map_err(|error| StepProblem::ElectionInvalid {
            detail: error.to_string(),
        })?;

    let path = draft.archive(&args.dir);
    if path.exists() {
        let archive = Archive::read(&path)?;
        let setup = &archive.setup;
        let same = setup.election == record.as_bytes()
            && setup.credentials == list
            && setup.trustees == trustees.as_bytes();
        if !same {
            return Err(StepProblem::OpenedOtherwise { path }.into());
        }
    } else {
        let (mut writer, mut bytes) = Writer::create(session.environment.now);
        let setup = writer
            .setup(record.as_bytes(), trustees.as_bytes(), list)
            .map_err(|error| StepProblem::WrongOrder { stage: error.stage })?;
        bytes.extend(setup);
        session
            .environment
            .files
            .write(&path, &bytes, Readers::Everybody)?;
    }
    let beside = args.dir.join(ELECTION);
    session
        .environment
        .files
        .write(&beside, record.as_bytes(), Readers::Everybody)?;

    let (voters, weight) = (credentials.len(), credentials.total_weight());
    let (shown, election_print) = (path.display(), election.fingerprint());
    let (roll_print, keys_print) = (
        credentials.fingerprint().to_base64(),
        checked.hash().to_base64(),
    );
    Ok(Report::new(text!(
        "投票を開始しました: {shown}（投票資格者 {voters} 人、重みの合計 {weight}）",
        "Voting is open: {shown} ({voters} eligible voters, total weight {weight})"
    ))
    .line(text!(
        "選挙の照合値: {election_print}",
        "Fingerprint of the election: {election_print}"
    ))
    .line(text!(
        "公開符号の照合値: {roll_print}",
        "Fingerprint of the credentials: {roll_print}"
    ))
    .line(text!(
        "鍵の照合値: {keys_print}",
        "Fingerprint of the trustees: {keys_print}"
    ))
    .line(text!(
        "次: これらの照合値を告示し、投票を受け付けます（`vote accept`）。締切は `close` です。",
        "Next: publish these fingerprints and accept ballots (`vote accept`); `close` ends voting."
    ))
    .fact("archive", shown.to_string())
    .fact("uuid", election.uuid())
    .fact("election_fingerprint", election_print)
    .fact("credentials_fingerprint", roll_print)
    .fact("trustees_fingerprint", keys_print)
    .fact("voters", voters)
    .fact("total_weight", weight))
}

fn election_record(draft: &Draft, public_key: String) -> String {
    Description {
        version: 1,
        description: draft.description.clone(),
        name: draft.name.clone(),
        group: draft.group().name().to_owned(),
        public_key,
        questions: draft.questions.clone(),
        uuid: draft.uuid.clone(),
        administrator: draft.administrator.clone(),
        credential_authority: draft.credential_authority.clone(),
        language: Some(Language::of(&draft.language)),
    }
    .to_record()
}

/// A file that holds nothing but one object of the protocol.
fn bare<T: DeserializeOwned>(path: &Path, expected: &'static str) -> Result<T, FileProblem> {
    let bytes = files::read(path)?;
    serde_json::from_slice(&bytes).map_err(|error| FileProblem::Malformed {
        path: path.into(),
        expected,
        detail: error.to_string(),
    })
}

/// The trustees record: the keys in the order of the draft, the threshold group last.
fn trustees<G: Group>(draft: &Draft, args: &Open) -> Result<String, Problems> {
    let plan = &draft.trustees;
    let mut keys: Vec<Option<TrusteePublicKey<G>>> = plan.single.iter().map(|_| None).collect();
    let mut problems = Problems::new();
    for path in &args.keys {
        let mut key: TrusteePublicKey<G> = bare(path, "trustee-public-key")?;
        let unplanned = || TrusteeProblem::UnplannedKey { path: path.clone() };
        // A key without a name, as belenios-tool makes it, is the only trustee's.
        let place = match (&key.name, plan.single.as_slice()) {
            (Some(name), names) => names.iter().position(|planned| planned == name),
            (None, [_]) => Some(0),
            (None, _) => None,
        };
        match place.and_then(|place| keys.get_mut(place).zip(plan.single.get(place))) {
            Some((slot @ None, name)) => {
                key.name = Some(name.clone());
                *slot = Some(key);
            }
            _ => problems.push(unplanned().into()),
        }
    }
    let mut missing: Vec<String> = plan
        .single
        .iter()
        .zip(&keys)
        .filter(|(_, key)| key.is_none())
        .map(|(name, _)| name.clone())
        .collect();
    let mut trustees: Vec<Trustee<G>> = keys.into_iter().flatten().map(Trustee::Single).collect();
    match (&args.threshold, plan.threshold) {
        (Some(path), Some(threshold)) => {
            trustees.push(Trustee::Pedersen(group(draft, path, threshold)?));
        }
        (None, Some(_)) => missing.extend(plan.members.iter().cloned()),
        (Some(_), None) => problems.push(TrusteeProblem::OtherGroupPlanned.into()),
        (None, None) => (),
    }
    if !missing.is_empty() {
        problems.push(TrusteeProblem::KeysMissing { names: missing }.into());
    }
    if problems.is_empty() {
        Ok(write_trustees(&trustees))
    } else {
        Err(problems)
    }
}

fn group<G: Group>(
    draft: &Draft,
    path: &Path,
    threshold: usize,
) -> Result<ThresholdParameters<G>, Problems> {
    let parameters: ThresholdParameters<G> = bare(path, "threshold-trustees")?;
    if parameters.signatures.is_none() {
        return Err(TrusteeProblem::OldThresholdForm { path: path.into() }.into());
    }
    let names = parameters
        .verification_keys
        .iter()
        .map(|key| key.name.as_deref());
    // Members that belenios-tool made carry no names; then the size must do.
    let fits = names.clone().all(|name| name.is_none())
        && parameters.verification_keys.len() == draft.trustees.members.len()
        || names.eq(draft
            .trustees
            .members
            .iter()
            .map(|name| Some(name.as_str())));
    if parameters.threshold != threshold || !fits {
        return Err(TrusteeProblem::OtherGroupPlanned.into());
    }
    Ok(parameters)
}

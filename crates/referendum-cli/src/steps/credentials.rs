//! `credentials`: from the roll to the public list, the private credentials and polling cards.
//!
//! The private credentials are drawn and written first, in one go. Everything else follows from
//! them, so that a step that was interrupted gives the same cards again.

use std::collections::BTreeMap;
use std::path::Path;

use ballot::credential::{PublicCredential, SecretCredential, write_public_list};
use ballot::group::Group;
use ballot::hash::Hash;
use serde::{Deserialize, Serialize};

use crate::archive::in_group;
use crate::args::Credentials;
use crate::card;
use crate::document::{self, Document};
use crate::draft::Draft;
use crate::environment::Session;
use crate::files::{self, Readers};
use crate::parallel;
use crate::problem::{FileProblem, Problem, Problems, RollProblem, all};
use crate::report::Report;
use crate::roll::{self, EligibleVoter};
use crate::secret::Secret;
use crate::text::text;

/// What may leave the credential authority's machine.
pub(crate) const PUBLIC: &str = "public";
/// What may not.
const SECRET: &str = "secret";
/// The list for the archive.
pub(crate) const LIST: &str = "public-credentials.json";

/// Who got which credential: by number on the roll, without names.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PrivateCredentials {
    uuid: String,
    roll: Hash,
    credentials: Vec<Issued>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Issued {
    number: String,
    credential: Secret,
}

impl Document for PrivateCredentials {
    const FORMAT: &'static str = "hiroba-private-credentials";
}

/// Written last: the step is done.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    pub(crate) uuid: String,
    pub(crate) voters: usize,
    pub(crate) total_weight: u64,
    pub(crate) fingerprint: String,
    /// Every file with its digest.
    pub(crate) files: BTreeMap<String, Hash>,
}

impl Document for Manifest {
    const FORMAT: &'static str = "hiroba-credentials-manifest";
}

impl Manifest {
    pub(crate) const FILE: &'static str = "manifest.json";
}

/// Cards in one file: what a browser prints without trouble.
const CARDS: usize = 500;

pub(super) fn run(args: &Credentials, session: &mut Session<'_, '_>) -> Result<Report, Problems> {
    let draft: Draft = document::read(&args.draft)?;
    let roll = files::read(&args.roll)?;
    let voters = roll::read(&roll, &args.columns).map_err(all)?;
    let _lock = session
        .environment
        .files
        .enter_new(&args.dir, Readers::Everybody)?;
    let (public, secret) = (args.dir.join(PUBLIC), args.dir.join(SECRET));
    for (folder, readers) in [(&public, Readers::Everybody), (&secret, Readers::Owner)] {
        session.environment.files.make_folder(folder, readers)?;
        let cleaned = session.environment.files.clean(folder);
        cleaned.map_err(|error| FileProblem::unwritable(folder, error))?;
    }
    let issued = issue(&draft, Hash::of(&roll), &voters, &secret, session)?;
    let manifest = in_group!(
        draft.group(),
        publish(&draft, &voters, &issued, &args.dir, session)
    )?;

    let shown = public.join(LIST);
    let (shown, secret) = (shown.display(), secret.display());
    let Manifest {
        voters: count,
        total_weight,
        fingerprint,
        ..
    } = &manifest;
    let report = Report::new(text!(
        "投票符号を {count} 人分作りました（重みの合計 {total_weight}）。",
        "Credentials were made for {count} eligible voters (total weight {total_weight})."
    ))
    .line(text!(
        "公開してよいもの: {shown}（照合値 {fingerprint}）",
        "May be published: {shown} (fingerprint {fingerprint})"
    ))
    .line(text!(
        "秘密のもの: {secret}（投票符号と入場券。印刷して封をしたら、この媒体ごと消してください）",
        "Secret: {secret} (credentials and polling cards; destroy the medium once they are printed and sealed)"
    ))
    .line(text!(
        "次: 公開符号の一覧だけを選挙管理委員会に渡します（`open`）。",
        "Next: hand over only the public list (`open`)."
    ))
    .fact("voters", *count)
    .fact("total_weight", *total_weight)
    .fact("fingerprint", fingerprint.as_str())
    .fact("public_credentials", shown.to_string());
    Ok(warn_of_rare_weights(report, &voters))
}

/// The private credentials: those of an interrupted run, or new ones.
fn issue(
    draft: &Draft,
    roll: Hash,
    voters: &[EligibleVoter],
    folder: &Path,
    session: &mut Session<'_, '_>,
) -> Result<Vec<SecretCredential>, Problems> {
    let path = folder.join("private-credentials.json");
    let private = match document::read_if_there::<PrivateCredentials>(&path)? {
        Some(private) => {
            let numbers = private.credentials.iter().map(|issued| &issued.number);
            let same = private.uuid == draft.uuid
                && private.roll == roll
                && numbers.eq(voters.iter().map(|voter| &voter.number));
            if !same {
                return Err(RollProblem::OtherRoll { path }.into());
            }
            private
        }
        None => {
            let credentials = voters.iter().map(|voter| {
                let credential = SecretCredential::generate(&mut *session.environment.randomness);
                Issued {
                    number: voter.number.clone(),
                    credential: Secret::new(credential.expose().to_owned()),
                }
            });
            let credentials = credentials.collect();
            let private = PrivateCredentials {
                uuid: draft.uuid.clone(),
                roll,
                credentials,
            };
            let bytes = document::write(&private);
            session
                .environment
                .files
                .write(&path, &bytes, Readers::Owner)?;
            private
        }
    };
    let credentials = private.credentials.iter().map(|issued| {
        let malformed = |error: ballot::credential::NotACredential| {
            Problem::from(FileProblem::Malformed {
                path: path.clone(),
                expected: PrivateCredentials::FORMAT,
                detail: error.to_string(),
            })
        };
        issued.credential.expose().parse().map_err(malformed)
    });
    Ok(credentials.collect::<Result<_, _>>()?)
}

/// Everything that follows from the private credentials.
fn publish<G: Group>(
    draft: &Draft,
    voters: &[EligibleVoter],
    issued: &[SecretCredential],
    folder: &Path,
    session: &mut Session<'_, '_>,
) -> Result<Manifest, Problems> {
    let mut public: Vec<(PublicCredential<G>, Option<u64>)> = Vec::with_capacity(issued.len());
    let mut progress = session.progress(
        text!("公開符号の計算", "Public credentials"),
        issued.len() as u64,
    );
    for (issued, voters) in issued.chunks(CARDS).zip(voters.chunks(CARDS)) {
        let keys = parallel::map(issued, |issued| {
            issued
                .iter()
                .map(|credential| credential.key::<G>(&draft.uuid).public())
                .collect()
        });
        public.extend(
            keys.into_iter()
                .zip(voters.iter().map(|voter| voter.weight)),
        );
        progress.advance(issued.len() as u64);
    }
    let list = write_public_list(&public);
    let fingerprint = Hash::of(list.as_bytes());
    let mut digests = BTreeMap::new();
    let files = &mut session.environment.files;
    files.write(
        &folder.join(PUBLIC).join(LIST),
        list.as_bytes(),
        Readers::Everybody,
    )?;
    digests.insert(format!("{PUBLIC}/{LIST}"), fingerprint);

    let portions = voters.chunks(CARDS).zip(issued.chunks(CARDS));
    for ((voters, issued), number) in portions.zip(1..) {
        let name = format!("{SECRET}/polling-cards-{number:04}.html");
        let page = card::page(draft, voters, issued);
        digests.insert(name.clone(), Hash::of(page.as_bytes()));
        files.write(&folder.join(name), page.as_bytes(), Readers::Owner)?;
    }
    let manifest = Manifest {
        uuid: draft.uuid.clone(),
        voters: voters.len(),
        total_weight: voters.iter().map(|voter| voter.weight.unwrap_or(1)).sum(),
        fingerprint: fingerprint.to_base64(),
        files: digests,
    };
    let path = folder.join(Manifest::FILE);
    files.write(&path, &document::write(&manifest), Readers::Everybody)?;
    Ok(manifest)
}

/// A weight that few people have tells who they are: it stands beside the public credential.
fn warn_of_rare_weights(report: Report, voters: &[EligibleVoter]) -> Report {
    const FEW: usize = 10;
    let mut holders = BTreeMap::new();
    for weight in voters.iter().filter_map(|voter| voter.weight) {
        *holders.entry(weight).or_insert(0_usize) += 1;
    }
    let rare: Vec<u64> = holders
        .into_iter()
        .filter(|(_, holders)| *holders < FEW)
        .map(|(weight, _)| weight)
        .collect();
    if rare.is_empty() {
        return report;
    }
    let weights = crate::text::list(&rare);
    report
        .line(text!(
            "注意: 重み {weights} の人は {FEW} 人未満です。重みは公開符号と並んで公開されるため、その人が投票したかどうかが分かるおそれがあります（どう投票したかは分かりません）。",
            "Warning: fewer than {FEW} people have the weights {weights}. Weights are published beside the public credentials, so that it may become known whether these people voted (not how)."
        ))
        .fact("rare_weights", rare)
}

//! `trustee decrypt`: the archive is verified, then the tally is decrypted, and no other one ever.

use std::path::Path;

use ballot::archive::Stage;
use ballot::decryption::PartialDecryption;
use ballot::group::Group;
use ballot::hash::Hash;
use ballot::trustee::TrusteeKey;
use serde::{Deserialize, Serialize};

use super::folder::{Holder, go_on};
use crate::archive::{Archive, Opened, in_group, verify};
use crate::args::Decrypt;
use crate::document::{self, Document};
use crate::draft::Draft;
use crate::environment::Session;
use crate::files::{self, Readers};
use crate::problem::{FileProblem, Problem, Problems, TrusteeProblem};
use crate::report::Report;
use crate::text::text;

/// Which tally the trustee has decrypted.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Decrypted {
    uuid: String,
    tally: Hash,
}

impl Document for Decrypted {
    const FORMAT: &'static str = "hiroba-trustee-decrypted";
}

pub(crate) fn run(args: &Decrypt, session: &mut Session<'_, '_>) -> Result<Report, Problems> {
    if args.key.is_some() {
        // A key that belenios-tool made has no folder yet; the memory of what was decrypted
        // needs one.
        let _lock = session
            .environment
            .files
            .enter_new(&args.dir, Readers::Owner)?;
        return decrypt(None, args, session);
    }
    let (draft, holder, _lock) = go_on(&args.dir, "key", session)?;
    decrypt(Some((&draft, &holder)), args, session)
}

fn decrypt(
    own: Option<(&Draft, &Holder)>,
    args: &Decrypt,
    session: &mut Session<'_, '_>,
) -> Result<Report, Problems> {
    let archive = Archive::read(&args.archive)?;
    let description = archive.description()?;
    if let Some((draft, _)) = own {
        draft.owns(&args.archive, &description.uuid)?;
    }
    archive.demand(&[Stage::Tallied, Stage::Decrypting])?;
    let size = args.archive.metadata().map_or(0, |metadata| metadata.len());
    let mut progress = session.progress(
        text!("投票記録の検証（バイト）", "Archive verified (bytes)"),
        size,
    );
    verify(&args.archive, &[], &mut progress)?;
    let holder = own.map(|(_, holder)| holder);
    in_group!(
        archive.group()?,
        decrypt_in(&archive, &description.uuid, holder, args, session)
    )
}

fn key<G: Group>(holder: Option<&Holder>, args: &Decrypt) -> Result<TrusteeKey<G>, Problem> {
    match (holder, &args.key) {
        (_, Some(path)) => {
            let text = files::read(path)?;
            let malformed = || FileProblem::Malformed {
                path: path.clone(),
                expected: "private key",
                detail: "a decimal number in quotes".to_owned(),
            };
            let key = str::from_utf8(&text).ok().and_then(TrusteeKey::from_file);
            Ok(key.ok_or_else(malformed)?)
        }
        (Some(holder), None) => holder.key(&args.dir),
        (None, None) => Err(TrusteeProblem::NotYet { step: "key" }.into()),
    }
}

fn decrypt_in<G: Group>(
    archive: &Archive,
    uuid: &str,
    holder: Option<&Holder>,
    args: &Decrypt,
    session: &mut Session<'_, '_>,
) -> Result<Report, Problems> {
    let opened = Opened::<G>::of(archive)?;
    let tally = opened.tally(archive)?;
    let key = key::<G>(holder, args)?;
    let Some(owner) = opened.trustees.owner_of(&key) else {
        let path = args.key.clone().unwrap_or_else(|| Holder::path(&args.dir));
        return Err(TrusteeProblem::KeyNotListed { path }.into());
    };
    let sized = tally.sized();
    remember(uuid, sized.encrypted_tally, &args.dir, session)?;
    let path = args
        .dir
        .join(format!("partial-decryption-{}.json", owner.0));
    let there = path.exists() && opened.decryption(&tally, &files::read(&path)?).is_ok();
    if !there {
        let part = PartialDecryption::make(
            &opened.election,
            &tally,
            &key,
            &mut *session.environment.randomness,
        );
        let bytes = part.to_record().into_bytes();
        session
            .environment
            .files
            .write(&path, &bytes, Readers::Everybody)?;
    }
    let (voters, weight) = (sized.num_tallied, sized.total_weight.0);
    let (print, head, shown) = (
        super::spoken(sized.encrypted_tally),
        archive.head(),
        path.display(),
    );
    Ok(Report::new(text!(
        "投票記録は正しく、{voters} 人の票（重みの合計 {weight}）の集計を復号しました: {shown}",
        "The archive holds, and the tally of {voters} voters (total weight {weight}) is decrypted: {shown}"
    ))
    .line(text!("集計の照合値: {print}", "Fingerprint of the tally: {print}"))
    .line(text!("投票記録の末尾: {head}", "Head of the archive: {head}"))
    .line(text!(
        "次: このファイルを選挙管理委員会に渡します。照合値が他の保管者と同じことを口頭で確かめてください。",
        "Next: hand this file over, and compare the fingerprint with the other trustees aloud."
    ))
    .fact("partial_decryption", shown.to_string())
    .fact("trustee", owner.0)
    .fact("voters", voters)
    .fact("total_weight", weight)
    .fact("tally", sized.encrypted_tally.to_base64())
    .fact("head", head))
}

/// Notes the tally before anything of it is decrypted. Two tallies that differ in few ballots
/// would show what those ballots say.
fn remember(
    uuid: &str,
    tally: Hash,
    folder: &Path,
    session: &mut Session<'_, '_>,
) -> Result<(), Problem> {
    let path = folder.join("decrypted-tally.json");
    if let Some(first) = document::read_if_there::<Decrypted>(&path)?
        && (first.uuid != uuid || first.tally != tally)
    {
        let (first, second) = (first.tally.to_base64(), tally.to_base64());
        return Err(TrusteeProblem::SecondTally { first, second }.into());
    }
    let bytes = document::write(&Decrypted {
        uuid: uuid.to_owned(),
        tally,
    });
    Ok(session
        .environment
        .files
        .write(&path, &bytes, Readers::Everybody)?)
}

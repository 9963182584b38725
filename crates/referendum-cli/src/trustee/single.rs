//! `trustee key`: the key of a trustee without whom there is no result.

use std::path::Path;

use ballot::group::Group;
use ballot::trustee::TrusteeKey;

use super::folder::{Entered, Holder, begin};
use crate::archive::in_group;
use crate::args::TrusteeBegins;
use crate::draft::Draft;
use crate::environment::Session;
use crate::files::Readers;
use crate::problem::{Problems, TrusteeProblem};
use crate::report::Report;
use crate::secret::Secret;
use crate::text::text;

pub(crate) fn run(args: &TrusteeBegins, session: &mut Session<'_, '_>) -> Result<Report, Problems> {
    let entered = begin(&args.draft, &args.name, &args.dir, session)?;
    if !entered.draft.trustees.single.contains(&args.name) {
        return Err(match super::member(&entered.draft, &args.name) {
            Ok(_) => TrusteeProblem::WrongRole {
                name: args.name.clone(),
                single: false,
            },
            Err(problem) => problem,
        }
        .into());
    }
    in_group!(
        entered.draft.group(),
        make(&entered, &args.name, &args.dir, session)
    )
}

fn make<G: Group>(
    entered: &Entered,
    name: &str,
    folder: &Path,
    session: &mut Session<'_, '_>,
) -> Result<Report, Problems> {
    let Entered { draft, holder, .. } = entered;
    let key = match holder {
        Some(holder) => holder.key::<G>(folder)?,
        None => {
            let key = TrusteeKey::<G>::generate(&mut *session.environment.randomness);
            new_holder(draft, name, &key).save(folder, session)?;
            key
        }
    };
    let path = folder.join("public-key.json");
    // The proof is drawn anew each time; a key that was handed over stays as it is.
    if !path.exists() {
        let public = key.public_key(Some(name), &mut *session.environment.randomness);
        let bytes = serde_json::to_vec(&public).unwrap_or_default();
        session
            .environment
            .files
            .write(&path, &bytes, Readers::Everybody)?;
    }
    let print = super::spoken(ballot::hash::Hash::of(G::encode(&key.public()).as_bytes()));
    let shown = path.display();
    Ok(Report::new(text!("「{name}」の鍵ができました: {shown}", "The key of \"{name}\" stands: {shown}"))
        .line(text!("読み上げる照合値: {print}", "Fingerprint to read out: {print}"))
        .line(text!(
            "次: このファイルだけを選挙管理委員会に渡し、照合値を口頭で確かめます。フォルダーの残りは秘密です。",
            "Next: hand over this file only and compare the fingerprint aloud. The rest of the folder is secret."
        ))
        .fact("public_key", shown.to_string())
        .fact("fingerprint", print))
}

fn new_holder<G: Group>(draft: &Draft, name: &str, key: &TrusteeKey<G>) -> Holder {
    Holder {
        uuid: draft.uuid.clone(),
        name: name.to_owned(),
        seed: None,
        key: Some(Secret::new(key.expose().to_string())),
    }
}

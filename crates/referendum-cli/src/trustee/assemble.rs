//! `trustee assemble`: the public part of the threshold group. It needs no secret.

use ballot::group::Group;
use ballot::hash::Hash;

use super::messages::{
    CertificateMessage, DealMessage, KeyMessage, check, of_everybody, of_format,
};
use crate::archive::in_group;
use crate::args::Assemble;
use crate::document;
use crate::draft::Draft;
use crate::environment::Session;
use crate::files::Readers;
use crate::problem::{FileProblem, Problems, TrusteeProblem};
use crate::report::Report;
use crate::text::text;

pub(crate) fn run(args: &Assemble, session: &mut Session<'_, '_>) -> Result<Report, Problems> {
    let draft: Draft = document::read(&args.draft)?;
    if draft.trustees.members.is_empty() {
        return Err(TrusteeProblem::OtherGroupPlanned.into());
    }
    in_group!(draft.group(), assemble(&draft, args, session))
}

fn assemble<G: Group>(
    draft: &Draft,
    args: &Assemble,
    session: &mut Session<'_, '_>,
) -> Result<Report, Problems> {
    let certificates = of_format::<CertificateMessage<G>>(&args.messages)?;
    let deals = of_format::<DealMessage<G>>(&args.messages)?;
    let keys = of_format::<KeyMessage<G>>(&args.messages)?;
    // A file of no kind is read as a certificate, so that it is refused with its name.
    let known = [&certificates, &deals, &keys];
    let strangers = args
        .messages
        .iter()
        .filter(|path| known.iter().all(|kind| !kind.contains(path)));
    let certificates: Vec<_> = strangers.chain(&certificates).cloned().collect();
    let certificates: Vec<CertificateMessage<G>> =
        of_everybody::<G, _>(draft, &certificates, None)?;
    let certificates = check(
        draft,
        certificates
            .into_iter()
            .map(|message| message.certificate)
            .collect(),
    )?;
    let deals: Vec<DealMessage<G>> = of_everybody(draft, &deals, Some(&certificates))?;
    let deals: Vec<_> = deals.into_iter().map(|message| message.deal).collect();
    let keys: Vec<KeyMessage<G>> = of_everybody(draft, &keys, Some(&certificates))?;
    let mut keys: Vec<_> = keys.into_iter().map(|message| message.key).collect();
    for (key, name) in keys.iter_mut().zip(&draft.trustees.members) {
        // No proof covers the name, so the draft's is the one that stands.
        key.name = Some(name.clone());
    }
    let parameters = certificates
        .assemble(&deals, keys)
        .map_err(|error| super::accuse(draft, error))?;
    let bytes = serde_json::to_vec(&parameters).unwrap_or_default();
    let same = |path| crate::files::read(path).is_ok_and(|old| *old == bytes);
    if args.out.exists() && !same(&args.out) {
        return Err(FileProblem::Exists {
            path: args.out.clone(),
        }
        .into());
    }
    session
        .environment
        .files
        .write(&args.out, &bytes, Readers::Everybody)?;
    let (shown, print) = (args.out.display(), super::spoken(Hash::of(&bytes)));
    Ok(Report::new(text!(
        "分散鍵の公開部分ができました: {shown}",
        "The public part of the threshold group stands: {shown}"
    ))
    .line(text!("照合値: {print}", "Fingerprint: {print}"))
    .line(text!(
        "次: `hiroba referendum open --threshold {shown}`",
        "Next: `hiroba referendum open --threshold {shown}`"
    ))
    .fact("threshold", shown.to_string())
    .fact("fingerprint", print))
}

//! `trustee certificate`: the first step of the ceremony.

use std::path::Path;

use ballot::group::Group;
use ballot::hash::Hash;
use ballot::trustee::TrusteeSeed;

use super::folder::{Entered, Holder, begin};
use super::messages::CertificateMessage;
use crate::archive::in_group;
use crate::args::TrusteeBegins;
use crate::document;
use crate::environment::Session;
use crate::files::Readers;
use crate::problem::Problems;
use crate::report::Report;
use crate::secret::Secret;
use crate::text::text;

pub(crate) fn run(args: &TrusteeBegins, session: &mut Session<'_, '_>) -> Result<Report, Problems> {
    let entered = begin(&args.draft, &args.name, &args.dir, session)?;
    let member = super::member(&entered.draft, &args.name)?;
    in_group!(
        entered.draft.group(),
        make(&entered, member, &args.name, &args.dir, session)
    )
}

fn make<G: Group>(
    entered: &Entered,
    member: usize,
    name: &str,
    folder: &Path,
    session: &mut Session<'_, '_>,
) -> Result<Report, Problems> {
    let Entered { draft, holder, .. } = entered;
    let seed = match holder {
        Some(holder) => holder.seed()?,
        None => {
            let seed = TrusteeSeed::generate(&mut *session.environment.randomness);
            let holder = Holder {
                uuid: draft.uuid.clone(),
                name: name.to_owned(),
                seed: Some(Secret::new(seed.expose().to_owned())),
                key: None,
            };
            holder.save(folder, session)?;
            seed
        }
    };
    let path = folder.join(super::message_file("certificate", member));
    // Signatures are drawn anew each time; a certificate that was handed over stays as it is.
    let message = match document::read_if_there::<CertificateMessage<G>>(&path)? {
        Some(message) => message,
        None => {
            let plan = &draft.trustees;
            let certificate = seed.certificate::<G>(
                plan.members.len(),
                plan.threshold.unwrap_or_default(),
                member,
                &mut *session.environment.randomness,
            );
            let (uuid, group) = (draft.uuid.clone(), G::NAME.to_owned());
            let message = CertificateMessage {
                uuid,
                group,
                member,
                certificate,
            };
            let bytes = document::write(&message);
            session
                .environment
                .files
                .write(&path, &bytes, Readers::Everybody)?;
            message
        }
    };
    let print = super::spoken(Hash::of(message.certificate.message.as_bytes()));
    let shown = path.display();
    Ok(Report::new(text!(
        "「{name}」の証明ができました: {shown}",
        "The certificate of \"{name}\" stands: {shown}"
    ))
    .line(text!(
        "この証明の照合値: {print}",
        "Fingerprint of this certificate: {print}"
    ))
    .line(text!(
        "次: このファイルを他の全員に渡し、全員の証明で `trustee compare` を行います。",
        "Next: give this file to all others; with everybody's certificates run `trustee compare`."
    ))
    .fact("certificate", shown.to_string())
    .fact("fingerprint", print))
}

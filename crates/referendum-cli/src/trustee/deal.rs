//! `trustee deal`: a polynomial, committed to, and a sealed share for each member.

use ballot::group::Group;

use super::folder::{Holder, go_on};
use super::messages::{DealMessage, compared};
use crate::archive::in_group;
use crate::args::DealArgs;
use crate::document;
use crate::draft::Draft;
use crate::environment::Session;
use crate::files::Readers;
use crate::problem::{Problems, TrusteeProblem};
use crate::report::Report;
use crate::text::text;

pub(crate) fn run(args: &DealArgs, session: &mut Session<'_, '_>) -> Result<Report, Problems> {
    let (draft, holder, _lock) = go_on(&args.dir, "certificate", session)?;
    in_group!(draft.group(), make(&draft, &holder, args, session))
}

fn make<G: Group>(
    draft: &Draft,
    holder: &Holder,
    args: &DealArgs,
    session: &mut Session<'_, '_>,
) -> Result<Report, Problems> {
    let seed = holder.seed()?;
    let certificates = compared::<G>(draft, &args.dir)?;
    let own = super::spoken(certificates.fingerprint());
    if super::heard(&args.fingerprint) != super::heard(&own) {
        return Err(TrusteeProblem::FingerprintDiffers { own }.into());
    }
    let accuse = |error| super::accuse(draft, error);
    let member = certificates.member(&seed).map_err(accuse)?;
    let path = args.dir.join(super::message_file("deal", member));
    // Shares are sealed anew each time; a deal that was handed over stays as it is.
    if document::read_if_there::<DealMessage<G>>(&path)?.is_none() {
        let deal = certificates
            .deal(&seed, &mut *session.environment.randomness)
            .map_err(accuse)?;
        let message = DealMessage {
            uuid: draft.uuid.clone(),
            group: G::NAME.to_owned(),
            member,
            certificates: certificates.fingerprint(),
            deal,
        };
        let bytes = document::write(&message);
        session
            .environment
            .files
            .write(&path, &bytes, Readers::Everybody)?;
    }
    let shown = path.display();
    Ok(Report::new(text!("配布ができました: {shown}", "The deal stands: {shown}"))
        .line(text!(
            "次: このファイルを他の全員に渡し、全員の配布で `trustee receive` を行います（中の分け前は受取人にしか開けません）。",
            "Next: give this file to all others; with everybody's deals run `trustee receive` (only its receiver can open a share)."
        ))
        .fact("deal", shown.to_string()))
}

//! `trustee receive`: a member's key, made of everybody's shares.

use ballot::group::Group;

use super::folder::{Holder, go_on};
use super::messages::{DealMessage, KeyMessage, compared, of_everybody};
use crate::archive::in_group;
use crate::args::Messages;
use crate::document;
use crate::draft::Draft;
use crate::environment::Session;
use crate::files::Readers;
use crate::problem::{Problems, TrusteeProblem};
use crate::report::Report;
use crate::secret::Secret;
use crate::text::text;

pub(crate) fn run(args: &Messages, session: &mut Session<'_, '_>) -> Result<Report, Problems> {
    let (draft, holder, _lock) = go_on(&args.dir, "certificate", session)?;
    in_group!(draft.group(), receive(&draft, &holder, args, session))
}

fn receive<G: Group>(
    draft: &Draft,
    holder: &Holder,
    args: &Messages,
    session: &mut Session<'_, '_>,
) -> Result<Report, Problems> {
    let seed = holder.seed()?;
    let certificates = compared::<G>(draft, &args.dir)?;
    let accuse = |error| super::accuse(draft, error);
    let member = certificates.member(&seed).map_err(accuse)?;
    let messages: Vec<DealMessage<G>> = of_everybody(draft, &args.messages, Some(&certificates))?;
    let deals: Vec<_> = messages.into_iter().map(|message| message.deal).collect();
    let name = holder.name.as_str();
    let (key, public) = certificates
        .receive(
            &deals,
            &seed,
            Some(name),
            &mut *session.environment.randomness,
        )
        .map_err(accuse)?;
    let key = Secret::new(key.expose().to_string());
    if holder.key.as_ref().is_some_and(|old| *old != key) {
        return Err(TrusteeProblem::OtherKey.into());
    }
    Holder {
        key: Some(key),
        ..holder.clone()
    }
    .save(&args.dir, session)?;
    let path = args
        .dir
        .join(super::message_file("verification-key", member));
    // The proofs are drawn anew each time; a key that was handed over stays as it is.
    if document::read_if_there::<KeyMessage<G>>(&path)?.is_none() {
        let message = KeyMessage {
            uuid: draft.uuid.clone(),
            group: G::NAME.to_owned(),
            member,
            certificates: certificates.fingerprint(),
            key: public,
        };
        let bytes = document::write(&message);
        session
            .environment
            .files
            .write(&path, &bytes, Readers::Everybody)?;
    }
    let shown = path.display();
    Ok(Report::new(text!(
        "全員の配布は正しく、「{name}」の鍵ができました: {shown}",
        "All deals hold, and the key of \"{name}\" stands: {shown}"
    ))
    .line(text!(
        "次: このファイルを渡します。全員分がそろったら、だれかが `trustee assemble` を行います。",
        "Next: hand this file over; when all are there, anybody runs `trustee assemble`."
    ))
    .fact("verification_key", shown.to_string()))
}

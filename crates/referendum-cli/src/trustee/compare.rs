//! `trustee compare`: everybody's certificates, and the fingerprint to read out.

use ballot::group::Group;

use super::folder::{Holder, go_on};
use super::messages::{CertificateMessage, Compared, check, compared_path, of_everybody};
use crate::archive::in_group;
use crate::args::Messages;
use crate::document;
use crate::draft::Draft;
use crate::environment::Session;
use crate::files::Readers;
use crate::problem::{Problems, TrusteeProblem};
use crate::report::Report;
use crate::text::text;

pub(crate) fn run(args: &Messages, session: &mut Session<'_, '_>) -> Result<Report, Problems> {
    let (draft, holder, _lock) = go_on(&args.dir, "certificate", session)?;
    in_group!(draft.group(), compare(&draft, &holder, args, session))
}

fn compare<G: Group>(
    draft: &Draft,
    holder: &Holder,
    args: &Messages,
    session: &mut Session<'_, '_>,
) -> Result<Report, Problems> {
    let seed = holder.seed()?;
    let messages: Vec<CertificateMessage<G>> = of_everybody::<G, _>(draft, &args.messages, None)?;
    let certificates: Vec<_> = messages
        .into_iter()
        .map(|message| message.certificate)
        .collect();
    let checked = check(draft, certificates.clone())?;
    // Somebody else's certificate in one's own place is found here, not by the others.
    let place = checked
        .member(&seed)
        .map_err(|error| super::accuse(draft, error))?;
    if draft.trustees.members.get(place - 1) != Some(&holder.name) {
        return Err(TrusteeProblem::CertificatesChanged.into());
    }
    let path = compared_path(&args.dir);
    let compared = Compared {
        uuid: draft.uuid.clone(),
        certificates,
    };
    if document::read_if_there::<Compared<G>>(&path)?.is_some_and(|old| old != compared) {
        return Err(TrusteeProblem::CertificatesChanged.into());
    }
    session
        .environment
        .files
        .write(&path, &document::write(&compared), Readers::Everybody)?;
    let print = super::spoken(checked.fingerprint());
    Ok(Report::new(text!(
        "全員の証明がそろい、正しく署名されています。",
        "All certificates are there and rightly signed."
    ))
    .line(text!("読み上げる照合値: {print}", "Fingerprint to read out: {print}"))
    .line(text!(
        "次: 全員で読み合わせます。他の人が読み上げた値を `trustee deal --fingerprint` に入力します。",
        "Next: read it out to one another; type what another member reads into `trustee deal --fingerprint`."
    ))
    .fact("fingerprint", print))
}

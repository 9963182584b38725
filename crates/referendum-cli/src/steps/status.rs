//! `status`: what is done in a folder, what is next, and who is missing. It writes nothing.

use std::path::Path;

use ballot::archive::Stage;
use ballot::group::Group;
use ballot::result::ElectionResult;

use super::credentials::Manifest;
use super::result::{counts, missing_trustees};
use crate::archive::{Archive, Opened, in_group};
use crate::args::InFolder;
use crate::document;
use crate::draft::Draft;
use crate::problem::{Problem, Problems, StepProblem};
use crate::report::Report;
use crate::text::{Text, list, text};
use crate::trustee::{Holder, state};

pub(super) fn run(args: &InFolder) -> Result<Report, Problems> {
    let folder = &args.dir;
    if let Some(holder) = document::read_if_there::<Holder>(&Holder::path(folder))? {
        return Ok(trustee(folder, &holder));
    }
    if Draft::path(folder).exists() {
        return referendum(folder);
    }
    if let Some(manifest) = document::read_if_there::<Manifest>(&folder.join(Manifest::FILE))? {
        return Ok(credentials(&manifest));
    }
    Err(StepProblem::UnknownFolder {
        folder: folder.clone(),
    }
    .into())
}

fn next(report: Report, Text { ja, en }: Text) -> Report {
    report
        .line(text!("次: {ja}", "Next: {en}"))
        .fact("next", en)
}

fn trustee(folder: &Path, holder: &Holder) -> Report {
    let (done, then, state) = state(folder, holder);
    let (Holder { name, uuid, .. }, Text { ja, en }) = (holder, done);
    let report = Report::new(text!(
        "鍵の保管者「{name}」（住民投票 {uuid}）: {ja}",
        "Trustee \"{name}\" (referendum {uuid}): {en}"
    ));
    next(report, then)
        .fact("folder", "trustee")
        .fact("state", state)
}

fn credentials(manifest: &Manifest) -> Report {
    let Manifest {
        uuid,
        voters,
        total_weight,
        fingerprint,
        ..
    } = manifest;
    let report = Report::new(text!(
        "投票符号と入場券ができています（住民投票 {uuid}、{voters} 人、重みの合計 {total_weight}、照合値 {fingerprint}）。",
        "Credentials and polling cards stand (referendum {uuid}, {voters} voters, total weight {total_weight}, fingerprint {fingerprint})."
    ));
    let then = text!(
        "公開符号の一覧を渡し、入場券を印刷して封をします。",
        "Hand over the public list; print and seal the cards."
    );
    next(report, then)
        .fact("folder", "credentials")
        .fact("voters", *voters)
}

fn referendum(folder: &Path) -> Result<Report, Problems> {
    let draft = Draft::in_folder(folder)?;
    let (name, uuid) = (&draft.name, &draft.uuid);
    let report = Report::new(text!("{name}（{uuid}）", "{name} ({uuid})"))
        .fact("folder", "referendum")
        .fact("uuid", uuid.as_str());
    if !draft.archive(folder).exists() {
        let trustees = list(draft.trustees.names());
        let report = report
            .line(text!(
                "下書きがあります。投票はまだ開始されていません。",
                "The draft stands; voting is not open."
            ))
            .fact("stage", "draft");
        let then = text!(
            "公開符号の一覧と、次の保管者の鍵をそろえて `open`: {trustees}",
            "With the public credentials and the keys of {trustees}, `open`"
        );
        return Ok(next(report, then));
    }
    let archive = super::opened(&draft, folder)?;
    let ballots = archive.trackers.len();
    let head = archive.head();
    let report = report
        .line(text!(
            "受け付けた票: {ballots} 通",
            "Ballots accepted: {ballots}"
        ))
        .line(text!(
            "投票記録の末尾: {head}",
            "Head of the archive: {head}"
        ))
        .fact("ballots", ballots)
        .fact("head", head);
    let (report, then) = match archive.stage() {
        Stage::Empty | Stage::Voting => (
            report
                .line(text!("投票中です。", "Voting is going on."))
                .fact("stage", "voting"),
            text!(
                "`vote accept`、締切は `close`",
                "`vote accept`; `close` ends voting"
            ),
        ),
        Stage::Ended => (
            report
                .line(text!("投票は締め切られました。", "Voting has ended."))
                .fact("stage", "ended"),
            text!("`tally`", "`tally`"),
        ),
        Stage::Tallied | Stage::Decrypting => {
            let report = report.line(text!("集計があります。", "The tally stands."));
            let missing = in_group!(draft.group(), missing(&archive))?;
            let then = missing.text();
            (
                report
                    .fact("stage", "tallied")
                    .fact("missing", then.en.as_str()),
                then,
            )
        }
        Stage::Finished => {
            let result = archive.result.as_deref().unwrap_or_default();
            let result = ElectionResult::parse(result)
                .map_err(|error| StepProblem::invalid(&archive.path, [error]))?;
            let report = report.line(text!("結果が確定しています。", "The result stands."));
            let report = counts(report, &draft.questions, &result.counts());
            let path = archive.path.display();
            let then = text!("{path} を公開し、保管します。", "Publish and keep {path}.");
            (report.fact("stage", "finished"), then)
        }
    };
    Ok(next(report, then))
}

/// Who still has to decrypt; if nobody, `result` is next.
fn missing<G: Group>(archive: &Archive) -> Result<Waiting, Problem> {
    let opened = Opened::<G>::of(archive)?;
    let owners: Vec<_> = archive
        .decryptions
        .iter()
        .map(|(owner, _)| *owner)
        .collect();
    Ok(match opened.trustees.contributions(&owners) {
        Ok(_) => Waiting::ForNobody,
        Err(missing) => Waiting::For(missing_trustees(&opened.trustees, &missing, &owners).into()),
    })
}

enum Waiting {
    ForNobody,
    For(Problem),
}

impl Waiting {
    fn text(&self) -> Text {
        match self {
            Self::ForNobody => text!("`result`", "`result`"),
            Self::For(problem) => {
                let Text { ja, en } = problem.text();
                text!(
                    "`trustee decrypt` と `result`。{ja}",
                    "`trustee decrypt` and `result`. {en}"
                )
            }
        }
    }
}

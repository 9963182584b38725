//! The people, days and texts of the specs.

use ulid::Ulid;

use super::*;
use crate::{
    Actor, ActorId, Bilingual, Checked, Role, Sealed,
    ids::{ChangeId, FileId, GroupId, ItemId, MaterialId, OfficerId, SubjectId, SubmissionId},
    ordinance::{InForce, profile::Profile},
    spec::{Given, given},
};

pub(super) const HANA: SubjectId = SubjectId(Ulid(1));
pub(super) const TARO: SubjectId = SubjectId(Ulid(2));
/// Drafts.
pub(super) const SATO: OfficerId = OfficerId(Ulid(11));
/// Approves.
pub(super) const MORI: OfficerId = OfficerId(Ulid(12));
/// Decides.
pub(super) const MAYOR: OfficerId = OfficerId(Ulid(13));
/// Enters paper.
pub(super) const ITO: OfficerId = OfficerId(Ulid(14));
/// Keeps the desk.
pub(super) const DESK: OfficerId = OfficerId(Ulid(15));
/// Decides on records.
pub(super) const KEEPER: OfficerId = OfficerId(Ulid(16));

pub(super) const MATERIAL: MaterialId = MaterialId(Ulid(21));
pub(super) const GROUP: GroupId = GroupId(Ulid(31));
pub(super) const CHANGE: ChangeId = ChangeId(Ulid(41));

pub(super) fn submission(n: u128) -> SubmissionId {
    SubmissionId(Ulid(1_000 + n))
}

pub(super) fn item(n: u128) -> ItemId {
    ItemId(Ulid(2_000 + n))
}

pub(super) fn day(text: &str) -> LegalDate {
    text.parse().unwrap()
}

/// The last day of the usual period of the specs, which opens on 2026-04-01.
pub(super) const OPENS: &str = "2026-04-01";
pub(super) const CLOSES: &str = "2026-04-30";
pub(super) const REVIEW: &str = "2026-05-11";
pub(super) const RESULT: &str = "2026-06-01";

pub(super) fn kawasaki() -> InForce<Ordinance> {
    let profile = Profile::named("kawasaki2009").unwrap();
    let versions = profile.ordinance.iter();
    versions
        .filter_map(|version| version.public_comment())
        .next()
        .unwrap()
}

pub(super) type Context = Circumstances<InForce<Ordinance>>;

/// Somebody, at a moment.
pub(super) fn at(moment: &str, id: ActorId, role: Role) -> Context {
    Circumstances {
        now: moment.parse().unwrap(),
        actor: Actor {
            id,
            roles: vec![role],
            ward: None,
        },
        ordinance: kawasaki(),
    }
}

/// Somebody, on a day at 12:00 in Tokyo.
pub(super) fn on(day: &str, id: ActorId, role: Role) -> Context {
    at(&format!("{day}T12:00:00+09:00"), id, role)
}

pub(super) fn sato(day: &str) -> Context {
    on(day, ActorId::Officer(SATO), Role::BureauOfficer)
}

pub(super) fn mori(day: &str) -> Context {
    on(day, ActorId::Officer(MORI), Role::Approver)
}

pub(super) fn mayor(day: &str) -> Context {
    on(day, ActorId::Officer(MAYOR), Role::ImplementingBody)
}

pub(super) fn ito(day: &str) -> Context {
    on(day, ActorId::Officer(ITO), Role::Operator)
}

pub(super) fn desk(day: &str) -> Context {
    on(day, ActorId::Officer(DESK), Role::Secretariat)
}

pub(super) fn keeper(day: &str) -> Context {
    on(day, ActorId::Officer(KEEPER), Role::RecordsManager)
}

pub(super) fn hana(day: &str) -> Context {
    on(day, ActorId::Subject(HANA), Role::Citizen)
}

pub(super) fn taro(day: &str) -> Context {
    on(day, ActorId::Subject(TARO), Role::Citizen)
}

pub(super) fn machine(day: &str) -> Context {
    on(day, ActorId::System, Role::System)
}

/// A commitment that names what it stands for.
pub(super) fn sealed(what: &str) -> Sealed {
    Sealed::new(what.to_owned())
}

pub(super) fn text(what: &str) -> SealedText {
    SealedText {
        sealed: sealed(what),
        chars: 10,
    }
}

/// A text about submitters that tells of none of them who they are.
pub(super) fn checked<T>(text: impl Into<T>) -> Checked<T> {
    Checked {
        text: text.into(),
        repeats_personal_data: false,
    }
}

/// One that does.
pub(super) fn repeating<T>(text: impl Into<T>) -> Checked<T> {
    Checked {
        text: text.into(),
        repeats_personal_data: true,
    }
}

pub(super) fn passage(key: &str, text: &str) -> Passage {
    Passage {
        passage: PassageId(key.into()),
        heading: None,
        text: text.into(),
    }
}

pub(super) fn content() -> CaseContent {
    CaseContent {
        number: "2026-12".into(),
        title: Bilingual::new("自転車活用推進計画（案）", "Cycling plan (draft)"),
        object_kind: PolicyObjectKind::Plan,
        legal_basis: "自転車活用推進法第11条".into(),
        bureau: "建設緑政局".into(),
        contact: "自転車対策室 044-200-0000".into(),
        summary: Bilingual::ja("自転車の利用を進める計画です。"),
        passages: vec![
            passage("1", "自転車レーンを整備します。"),
            passage("2", "駐輪場を増やします。"),
        ],
        drafted_on: day("2026-03-20"),
    }
}

pub(super) fn file() -> FileRef {
    FileRef {
        file: FileId(Ulid(51)),
        name: "素案.pdf".into(),
        media_type: "application/pdf".into(),
        size: 123_456,
        digest: sealed("file"),
    }
}

pub(super) fn draft_case() -> Command {
    Command::DraftCase {
        content: sealed("content 1"),
        missing: content().missing(),
    }
}

pub(super) fn attach_material() -> Command {
    Command::AttachMaterial {
        material: MATERIAL,
        title: sealed("material title"),
        file: sealed("file"),
        file_id: FileId(Ulid(51)),
    }
}

pub(super) fn publication() -> PublishCase {
    PublishCase {
        revision: 1,
        content: content(),
        as_drafted: true,
        materials: vec![PublishedMaterial {
            material: MATERIAL,
            version: 1,
            title: Bilingual::ja("素案"),
            file: file(),
        }],
        opens_on: day(OPENS),
        closes_on: day(CLOSES),
        channels: Channel::ALL.to_vec(),
        publicity: vec!["市政だより".into()],
        reading_places: vec!["各区役所".into()],
        result_method: "市ホームページ".into(),
        shortened_because: None,
    }
}

pub(super) fn publish_case(change: impl FnOnce(&mut PublishCase)) -> Command {
    let mut publication = publication();
    change(&mut publication);
    Command::PublishCase(Box::new(publication))
}

pub(super) fn person() -> SubmitterFacts {
    SubmitterFacts {
        kind: SubmitterKind::Individual,
        named: true,
        declares_citizen: false,
    }
}

pub(super) fn opinion_text() -> OpinionText {
    OpinionText {
        passage: None,
        body: text("body"),
        attachments: vec![],
    }
}

pub(super) fn submit(n: u128) -> Command {
    Command::SubmitOpinion {
        submission: submission(n),
        submitter: sealed("submitter"),
        facts: person(),
        claim: sealed("claim"),
        text: opinion_text(),
    }
}

/// What came on paper.
pub(super) fn enter(n: u128, channel: Channel, received: &str, postmark: Option<&str>) -> Command {
    Command::EnterOpinion {
        submission: submission(n),
        subject: TARO,
        channel,
        received_on: day(received),
        postmarked_on: postmark.map(day),
        submitter: sealed("submitter"),
        facts: person(),
        claim: sealed("claim"),
        text: opinion_text(),
    }
}

pub(super) fn itemize(n: u128, items: &[u128]) -> Command {
    Command::ItemizeSubmission {
        submission: submission(n),
        chars: 10,
        items: items
            .iter()
            .map(|id| ItemCut {
                item: item(*id),
                summary: checked(text("summary")),
                excerpt: sealed("excerpt"),
                spans: vec![(0, 10)],
            })
            .collect(),
    }
}

pub(super) fn screen(submissions: &[u128]) -> Command {
    Command::ScreenOpinions {
        screenings: submissions
            .iter()
            .map(|n| Screening {
                submission: submission(*n),
                form: ScreenedForm::AsSubmitted {
                    repeats_personal_data: false,
                },
            })
            .collect(),
    }
}

pub(super) fn answer(target: Target, letter: &str) -> Command {
    let changed_policy = letter == "A";
    Command::AssignResponse {
        target,
        category: letter.parse().unwrap(),
        response: checked(text("response")),
        changed_policy,
        changes: vec![],
    }
}

pub(super) fn answer_items(items: &[u128], letter: &str) -> Command {
    answer(
        Target::Items(items.iter().map(|n| item(*n)).collect()),
        letter,
    )
}

pub(super) fn decide_as_drafted() -> Command {
    Command::DecidePolicy {
        outcome: Outcome::AdoptedAsDrafted,
        decided_on: day("2026-05-25"),
        final_text: sealed("final text"),
        changes: vec![],
        erased: vec![],
    }
}

pub(super) fn change(items: &[u128]) -> DecidedChange {
    DecidedChange {
        change: CHANGE,
        passage: PassageId("2".into()),
        items: items.iter().map(|n| item(*n)).collect(),
        groups: vec![],
        text: sealed("passage 2"),
    }
}

pub(super) fn decide_with(changes: Vec<DecidedChange>) -> Command {
    Command::DecidePolicy {
        outcome: Outcome::AdoptedWithChanges,
        decided_on: day("2026-05-25"),
        final_text: sealed("final text"),
        changes,
        erased: vec![],
    }
}

/// The result of a case with this many submissions, adopted as drafted.
pub(super) fn results(submissions: u32) -> PublishResults {
    PublishResults {
        final_passages: content().passages,
        as_decided: true,
        change_reasons: vec![],
        reasons: "意見を踏まえ、案のとおりとしました。".into(),
        summaries_only: false,
        full_opinions_at: None,
        by_ward: vec![WardCount {
            ward: "141330".parse().ok(),
            submissions,
        }],
        by_submitter_kind: vec![SubmitterKindCount {
            kind: Some(SubmitterKind::Individual),
            submissions,
        }],
        erased: vec![],
    }
}

pub(super) fn publish_results(
    submissions: u32,
    change: impl FnOnce(&mut PublishResults),
) -> Command {
    let mut results = results(submissions);
    change(&mut results);
    Command::PublishResults(Box::new(results))
}

pub(super) fn drafted() -> Given<PublicComment> {
    given([])
        .after(&draft_case(), &sato("2026-03-20"))
        .after(&attach_material(), &sato("2026-03-21"))
}

pub(super) fn open() -> Given<PublicComment> {
    drafted().after(&publish_case(|_| ()), &mori("2026-03-25"))
}

/// A case in review, with as many submissions by Hana as asked for.
pub(super) fn under_review(submissions: u128) -> Given<PublicComment> {
    let mut case = open();
    for n in 0..submissions {
        case = case.after(&submit(n), &hana("2026-04-10"));
    }
    case.after(&Command::StartReview, &sato(REVIEW))
}

/// One submission with two items, answered, decided as drafted.
pub(super) fn decided() -> Given<PublicComment> {
    under_review(1)
        .after(&itemize(0, &[1, 2]), &sato(REVIEW))
        .after(&screen(&[0]), &sato(REVIEW))
        .after(&answer_items(&[1, 2], "B"), &sato(REVIEW))
        .after(&decide_as_drafted(), &mayor(RESULT))
}

pub(super) fn published() -> Given<PublicComment> {
    decided().after(&publish_results(1, |_| ()), &mori(RESULT))
}

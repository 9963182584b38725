//! From the call to its end: submitting, entering, replacing, withdrawing.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, OneofObject, SimpleObject, Union};
use domain::{
    Actor,
    ids::{CaseId, SubjectId, SubmissionId},
    public_comment::{self, Attachment, Command, OpinionText, Submitter, SubmitterFacts},
};
use read_models::field;
use sha2::{Digest, Sha256};
use ulid::Ulid;

use super::{
    super::{
        kept::Kept,
        submission::Submission,
        words::{Channel, SubmitterKind},
    },
    confirmation,
    payload::{Recorded, ask, submission_results},
};
use crate::{
    context::Ask,
    desk::Desk,
    files,
    http::ApiError,
    refusal::Refusal,
    scalars::{CommandUlid, Date, parse_id},
    texts::Seals,
    viewer::citizen,
};

/// The longest opinion, in characters: what is longer is attached as a file.
const LONGEST_OPINION: usize = 20_000;
/// Files beside one opinion.
const MOST_ATTACHMENTS: usize = 20;
/// The longest line of a form, in characters.
const LONGEST_LINE: usize = 200;

/// Who submits. Kept apart from the text, encrypted, and never published.
#[derive(InputObject)]
pub struct SubmitterInput {
    /// Whether somebody writes for themselves.
    pub kind: SubmitterKind,
    /// 氏名, or the name of the corporation or group.
    pub name: Option<String>,
    /// ふりがな。
    pub kana: Option<String>,
    /// 住所。
    pub address: Option<String>,
    /// 連絡先: e-mail address or telephone number.
    pub contact: Option<String>,
    /// The code of the ward with its check digit, such as `141330`.
    pub ward_code: Option<String>,
    /// Whether they say that they live, work, study or act in the city.
    #[graphql(default = false)]
    pub declares_citizen: bool,
}

/// What is said.
#[derive(InputObject)]
pub struct OpinionInput {
    /// The key of the passage that it speaks of; none for the whole draft.
    pub passage: Option<String>,
    /// The text, at most 20,000 characters.
    pub body: String,
    /// Files that were uploaded for it, at most 20. They are published with the
    /// opinion, under names of ours.
    #[graphql(default)]
    pub attachments: Vec<ID>,
}

/// Hands in an opinion.
#[derive(InputObject)]
pub struct SubmitOpinionInput {
    /// Made by the client, once for this opinion: sending it again after a
    /// broken connection never submits it twice.
    pub command_id: CommandUlid,
    /// The case.
    pub case: ID,
    /// What is said.
    pub opinion: OpinionInput,
    /// Who says it.
    pub submitter: SubmitterInput,
    /// A secret that the client makes and keeps with the receipt: whoever shows
    /// it later is the submitter. At least 22 characters that nobody can guess;
    /// needed by whoever is not signed in.
    pub secret: Option<String>,
    /// The code from the mail that `requestEmailConfirmation` sent to
    /// `submitter.contact`; needed by whoever is not signed in, where
    /// `emailConfirmationRequired` says so.
    pub confirmation_code: Option<String>,
}

/// Enters an opinion that came by post, fax, e-mail or at the counter.
#[derive(InputObject)]
pub struct EnterOpinionInput {
    /// Made by the client, once for this opinion.
    pub command_id: CommandUlid,
    /// The case.
    pub case: ID,
    /// How it came.
    pub channel: Channel,
    /// The day on which it reached the city.
    pub received_on: Date,
    /// The day of the postmark.
    pub postmarked_on: Option<Date>,
    /// What is said.
    pub opinion: OpinionInput,
    /// Who says it.
    pub submitter: SubmitterInput,
    /// The secret on the receipt that is handed or sent to the submitter.
    pub secret: Option<String>,
}

/// Who acts on a submission: the submitter by their secret or their account, or
/// an officer at the submitter's wish.
#[derive(OneofObject)]
pub enum SubmissionRef {
    /// The submission, for its submitter when signed in, or for an officer.
    Id(ID),
    /// The submission, for whoever holds its receipt.
    Receipt(ReceiptInput),
}

/// A submission by its receipt.
#[derive(InputObject)]
pub struct ReceiptInput {
    /// The submission.
    pub submission: ID,
    /// The secret that was kept with the receipt.
    pub secret: String,
}

/// Puts another text in the place of an opinion, until the deadline.
#[derive(InputObject)]
pub struct ReplaceOpinionInput {
    /// Made by the client, once for this replacement.
    pub command_id: CommandUlid,
    /// The submission.
    pub submission: SubmissionRef,
    /// What is said now.
    pub opinion: OpinionInput,
}

/// Takes an opinion back, until the deadline.
#[derive(InputObject)]
pub struct WithdrawOpinionInput {
    /// Made by the client, once for this command.
    pub command_id: CommandUlid,
    /// The submission.
    pub submission: SubmissionRef,
}

/// An opinion was handed in, and recorded so that a power cut does not lose it.
#[derive(SimpleObject)]
pub struct SubmitOpinionPayload {
    /// The submission.
    pub submission: Submission,
    /// Whether this is the answer to an earlier request with the same command
    /// id.
    pub repeated: bool,
    /// What the submitter keeps.
    #[graphql(flatten)]
    pub kept: Kept,
}

/// What became of the command.
#[derive(Union)]
pub enum SubmitOpinionResult {
    /// It was recorded.
    Recorded(SubmitOpinionPayload),
    /// The rules say no.
    Refused(Refusal),
}

/// Another text stands in the place of an opinion.
#[derive(SimpleObject)]
pub struct ReplaceOpinionPayload {
    /// The submission as it is now.
    pub submission: Submission,
    /// Whether this is the answer to an earlier request with the same command
    /// id.
    pub repeated: bool,
    /// What the submitter keeps.
    #[graphql(flatten)]
    pub kept: Kept,
}

/// What became of the command.
#[derive(Union)]
pub enum ReplaceOpinionResult {
    /// It was recorded.
    Recorded(ReplaceOpinionPayload),
    /// The rules say no.
    Refused(Refusal),
}

submission_results! {
    EnterOpinionPayload, EnterOpinionResult: "An opinion from paper was entered.";
    WithdrawOpinionPayload, WithdrawOpinionResult: "An opinion was taken back.";
}

/// From the call to its end.
#[derive(Default)]
pub struct IntakeMutation;

/// From the call to its end.
#[Object]
impl IntakeMutation {
    /// Hands in an opinion on the web. For everybody, with or without an
    /// account. The answer comes when the opinion is safe on disk.
    async fn submit_opinion(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opinion.")] input: SubmitOpinionInput,
    ) -> Result<SubmitOpinionResult, ApiError> {
        let case: CaseId = parse_id(&input.case)?;
        ctx.desk().intake.admit(ctx.caller(), case)?;
        if let Some(refusal) = confirmation::missing(ctx, case, &input).await? {
            return Ok(SubmitOpinionResult::Refused(refusal.counted()));
        }
        let (actor, subject) =
            submitter(ctx, case, input.command_id.0, input.secret.as_deref()).await?;
        known_passage(ctx.desk(), case, &input.opinion)?;
        let submission = SubmissionId(ctx.desk().fresh_ulid()?);
        let mut seals = Seals::for_event(ctx.desk(), input.command_id.0, 0);
        let parts = Parts::seal(
            &mut seals,
            subject,
            &input.opinion,
            &input.submitter.parse()?,
            input.secret.as_deref(),
        )
        .await?;
        let command = Command::SubmitOpinion {
            submission,
            submitter: parts.submitter,
            facts: parts.facts,
            claim: parts.claim,
            text: parts.text,
        };
        let envelopes = seals.envelope()?;
        let outcome = ask(ctx, input.command_id.0, case, actor, command, envelopes).await?;
        let recorded = match outcome {
            Ok(recorded) => recorded,
            Err(refusal) => return Ok(SubmitOpinionResult::Refused(refusal)),
        };
        submitted(&recorded).map(SubmitOpinionResult::Recorded)
    }

    /// Enters an opinion that came by post, fax, e-mail or at the counter. For
    /// operators. Whether it is in time follows from the postmark or the day of
    /// receipt.
    async fn enter_opinion(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opinion.")] input: EnterOpinionInput,
    ) -> Result<EnterOpinionResult, ApiError> {
        let (actor, _) = ctx.viewer().officer().await?;
        let case: CaseId = parse_id(&input.case)?;
        known_passage(ctx.desk(), case, &input.opinion)?;
        let subject = submitter_pseudonym(input.command_id.0, input.secret.as_deref());
        let submission = SubmissionId(ctx.desk().fresh_ulid()?);
        let mut seals = Seals::for_event(ctx.desk(), input.command_id.0, 0);
        let parts = Parts::seal(
            &mut seals,
            subject,
            &input.opinion,
            &input.submitter.parse()?,
            input.secret.as_deref(),
        )
        .await?;
        let command = Command::EnterOpinion {
            submission,
            subject,
            channel: input.channel.into(),
            received_on: input.received_on.0,
            postmarked_on: input.postmarked_on.map(|day| day.0),
            submitter: parts.submitter,
            facts: parts.facts,
            claim: parts.claim,
            text: parts.text,
        };
        let envelopes = seals.envelope()?;
        let outcome = ask(ctx, input.command_id.0, case, actor, command, envelopes).await?;
        let recorded = outcome.as_ref().ok().and_then(recorded_submission);
        EnterOpinionResult::of(outcome, recorded.unwrap_or(submission))
    }

    /// Puts another text in the place of an opinion. For its submitter, or an
    /// operator at their wish, until the deadline.
    async fn replace_opinion(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new text.")] input: ReplaceOpinionInput,
    ) -> Result<ReplaceOpinionResult, ApiError> {
        let found = find(ctx, input.submission).await?;
        let own = found.is_submitter();
        known_passage(ctx.desk(), found.case, &input.opinion)?;
        let mut seals = Seals::for_event(ctx.desk(), input.command_id.0, 0);
        let text = seal_opinion(&mut seals, found.subject, &input.opinion).await?;
        let command = Command::ReplaceOpinion {
            submission: found.submission,
            text,
        };
        let envelopes = seals.envelope()?;
        let outcome = ask(
            ctx,
            input.command_id.0,
            found.case,
            found.actor,
            command,
            envelopes,
        )
        .await?;
        let recorded = match outcome {
            Ok(recorded) => recorded,
            Err(refusal) => return Ok(ReplaceOpinionResult::Refused(refusal)),
        };
        let mut submission = recorded.submission(found.submission)?;
        submission.held = own;
        let position = recorded.position.unwrap_or(submission.view.position);
        Ok(ReplaceOpinionResult::Recorded(ReplaceOpinionPayload {
            repeated: recorded.accepted.repeated,
            kept: Kept::new(position, Arc::clone(&submission.view), own),
            submission,
        }))
    }

    /// Takes an opinion back. For its submitter, or an operator at their wish,
    /// until the deadline. The number of withdrawn opinions stays public.
    async fn withdraw_opinion(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: WithdrawOpinionInput,
    ) -> Result<WithdrawOpinionResult, ApiError> {
        let found = find(ctx, input.submission).await?;
        let command = Command::WithdrawOpinion {
            submission: found.submission,
        };
        let outcome = ask(
            ctx,
            input.command_id.0,
            found.case,
            found.actor,
            command,
            Vec::new(),
        )
        .await?;
        WithdrawOpinionResult::of(outcome, found.submission)
    }
}

/// The answer to a submission.
fn submitted(recorded: &Recorded) -> Result<SubmitOpinionPayload, ApiError> {
    let id = recorded_submission(recorded);
    let mut submission = recorded.submission(id.ok_or(ApiError::NotFound)?)?;
    submission.held = true;
    Ok(SubmitOpinionPayload {
        repeated: recorded.accepted.repeated,
        kept: Kept::new(submission.view.position, Arc::clone(&submission.view), true),
        submission,
    })
}

/// The submission that a command recorded, now or when it was first asked for.
fn recorded_submission(recorded: &Recorded) -> Option<SubmissionId> {
    recorded
        .accepted
        .events
        .iter()
        .find_map(|happened| match &happened.event {
            public_comment::Event::OpinionSubmitted(opinion)
            | public_comment::Event::OpinionRegisteredLate { opinion, .. } => {
                Some(opinion.submission)
            }
            _ => None,
        })
}

/// Who submits: the account, or whoever holds the secret.
async fn submitter(
    ctx: &Context<'_>,
    case: CaseId,
    command: Ulid,
    secret: Option<&str>,
) -> Result<(Actor, SubjectId), ApiError> {
    if ctx.caller().identity.is_some() {
        return ctx.viewer().citizen_in(case).await;
    }
    let secret = secret.ok_or_else(|| {
        ApiError::bad_input(
            "サインインせずに提出するときは、控えの合言葉（secret）が必要です",
            "whoever is not signed in needs a secret for the receipt",
        )
    })?;
    let subject = submitter_pseudonym(command, Some(secret));
    Ok((citizen(subject), subject))
}

/// The pseudonym of whoever submits without an account: the same for a retry,
/// and nobody who does not know the secret can tell that it is theirs.
pub(crate) fn submitter_pseudonym(command: Ulid, secret: Option<&str>) -> SubjectId {
    let mut hasher = Sha256::new();
    hasher.update(b"hiroba/subject/v1\n");
    hasher.update(command.to_string());
    hasher.update(b"\n");
    hasher.update(secret.unwrap_or_default());
    let digest: [u8; 32] = hasher.finalize().into();
    let (half, _) = digest.split_at(16);
    SubjectId(Ulid(
        half.iter()
            .fold(0, |number, byte| (number << 8) | u128::from(*byte)),
    ))
}

/// Whether a secret, if there is one, can keep a receipt.
pub(crate) fn sound_secret(secret: Option<&str>) -> Result<(), ApiError> {
    if secret.is_some_and(|secret| secret.len() < 22 || secret.len() > 200) {
        return Err(ApiError::bad_input(
            "控えの合言葉（secret）は22文字以上200文字以内にしてください",
            "a secret has from 22 to 200 characters",
        ));
    }
    Ok(())
}

/// What is kept of the secret: enough to recognise it, too little to use it.
fn claim_of(secret: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(b"hiroba/claim/v1\n");
    hasher.update(secret);
    hex::encode(hasher.finalize())
}

/// The sealed parts of an opinion.
struct Parts {
    submitter: domain::Sealed,
    facts: SubmitterFacts,
    claim: domain::Sealed,
    text: OpinionText,
}

impl Parts {
    async fn seal(
        seals: &mut Seals<'_>,
        subject: SubjectId,
        opinion: &OpinionInput,
        submitter: &Submitter,
        secret: Option<&str>,
    ) -> Result<Self, ApiError> {
        sound_secret(secret)?;
        let owner = subject.to_string();
        let json = serde_json::to_vec(submitter).map_err(ApiError::internal)?;
        Ok(Self {
            submitter: seals.seal(&owner, field::SUBMITTER, &json).await?,
            facts: submitter.facts(),
            claim: {
                let claim = secret.map(claim_of).unwrap_or_default();
                seals.seal(&owner, field::CLAIM, claim.as_bytes()).await?
            },
            text: seal_opinion(seals, subject, opinion).await?,
        })
    }
}

/// Whether the passage that an opinion names is one of the draft's. It is
/// published with the opinion and no officer reads it first, so nothing else
/// may stand there.
fn known_passage(desk: &Desk, case: CaseId, opinion: &OpinionInput) -> Result<(), ApiError> {
    let (Some(passage), city) = (opinion.passage.as_deref(), desk.city()) else {
        return Ok(());
    };
    // That a case takes no opinions is for the rules to say.
    let Some(case) = city
        .public_comment
        .get(case)
        .filter(|case| case.call.is_some())
    else {
        return Ok(());
    };
    if passage.is_empty() || case.passages.iter().any(|known| known.passage.0 == passage) {
        return Ok(());
    }
    Err(ApiError::bad_input(
        "この案にない項目番号です。案の項目番号を選ぶか、案全体への意見として空にしてください",
        "the draft has no such passage; name one of its keys, or none for the whole draft",
    ))
}

async fn seal_opinion(
    seals: &mut Seals<'_>,
    subject: SubjectId,
    opinion: &OpinionInput,
) -> Result<OpinionText, ApiError> {
    if opinion.body.chars().count() > LONGEST_OPINION {
        return Err(ApiError::bad_input(
            format!("意見は{LONGEST_OPINION}文字までです。長いものは添付ファイルにしてください"),
            format!(
                "an opinion has at most {LONGEST_OPINION} characters; attach what is longer as a file"
            ),
        ));
    }
    let owner = subject.to_string();
    // The passage is always sealed, so that nobody can tell from the log
    // whether an opinion speaks of the whole draft.
    let passage = opinion.passage.as_deref().unwrap_or_default();
    Ok(OpinionText {
        passage: Some(
            seals
                .seal(&owner, field::PASSAGE, passage.as_bytes())
                .await?,
        ),
        body: seals.seal_text(&owner, field::BODY, &opinion.body).await?,
        attachments: seal_attachments(seals, subject, &opinion.attachments).await?,
    })
}

/// Seals what is committed to of each attachment. Whoever uploaded it is the
/// submitter, so the key that opens the text opens the files.
async fn seal_attachments(
    seals: &mut Seals<'_>,
    subject: SubjectId,
    files: &[ID],
) -> Result<Vec<Attachment>, ApiError> {
    if files.len() > MOST_ATTACHMENTS {
        return Err(ApiError::bad_input(
            format!("添付ファイルは{MOST_ATTACHMENTS}個までです"),
            format!("an opinion has at most {MOST_ATTACHMENTS} attachments"),
        ));
    }
    let mut attachments: Vec<Attachment> = Vec::with_capacity(files.len());
    for (index, file) in files.iter().enumerate() {
        let file_id = parse_id(file)?;
        if attachments.iter().any(|other| other.file_id == file_id) {
            return Err(ApiError::bad_input(
                "同じファイルが二度添付されています",
                "the same file is attached twice",
            ));
        }
        let file = files::attached_file(seals.desk(), file_id, subject, index).await?;
        let json = serde_json::to_vec(&file).map_err(ApiError::internal)?;
        let field = field::attachment(index);
        attachments.push(Attachment {
            file_id,
            file: seals.seal(&subject.to_string(), &field, &json).await?,
        });
    }
    Ok(attachments)
}

impl SubmitterInput {
    /// The submitter, if every line of the form is sound.
    fn parse(self) -> Result<Submitter, ApiError> {
        let line = |line: Option<String>| match line {
            Some(line) if line.chars().count() > LONGEST_LINE => Err(ApiError::bad_input(
                format!("氏名・住所・連絡先はそれぞれ{LONGEST_LINE}文字までです"),
                format!("name, address and contact have at most {LONGEST_LINE} characters each"),
            )),
            line => Ok(line.filter(|line| !line.trim().is_empty())),
        };
        let ward = self.ward_code.map(|code| code.parse()).transpose();
        Ok(Submitter {
            kind: self.kind.into(),
            name: line(self.name)?,
            kana: line(self.kana)?,
            address: line(self.address)?,
            contact: line(self.contact)?,
            ward: ward.map_err(|error: domain::ward::WardCodeError| {
                ApiError::bad_input("区のコードが正しくありません", error.to_string())
            })?,
            declares_citizen: self.declares_citizen,
        })
    }
}

/// Whether a secret is the one that was kept with the receipt of a submission.
pub(crate) async fn holds_receipt(
    desk: &Desk,
    submission: &read_models::public_comment::Submission,
    secret: &str,
) -> Result<bool, ApiError> {
    // Hashes of secrets that cannot be guessed: comparing them tells nothing
    // by its time.
    let kept = desk.open_text(&submission.claim).await?;
    Ok(!secret.is_empty() && kept == Some(claim_of(secret)))
}

/// A submission, and who acts on it.
pub(crate) struct Found {
    pub(super) case: CaseId,
    pub(super) submission: SubmissionId,
    pub(crate) subject: SubjectId,
    pub(crate) actor: Actor,
}

impl Found {
    /// Whether it is the submitter who acts.
    fn is_submitter(&self) -> bool {
        self.actor.id == citizen(self.subject).id
    }
}

pub(crate) async fn find(ctx: &Context<'_>, which: SubmissionRef) -> Result<Found, ApiError> {
    let (id, secret) = match which {
        SubmissionRef::Id(id) => (id, None),
        SubmissionRef::Receipt(receipt) => (receipt.submission, Some(receipt.secret)),
    };
    let submission: SubmissionId = parse_id(&id)?;
    let desk = ctx.desk();
    let city = desk.city();
    let case = city
        .public_comment
        .of_submission(submission)
        .ok_or(ApiError::NotFound)?;
    let view = case.submission(submission).ok_or(ApiError::NotFound)?;
    let actor = match secret {
        Some(secret) if holds_receipt(desk, view, &secret).await? => citizen(view.subject),
        Some(_) => return Err(ApiError::NotFound),
        None if ctx.viewer().subject_in(case.id) == Some(view.subject) => citizen(view.subject),
        None => ctx.viewer().officer().await?.0,
    };
    Ok(Found {
        case: case.id,
        submission,
        subject: view.subject,
        actor,
    })
}

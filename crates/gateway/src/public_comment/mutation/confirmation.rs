//! Whoever submits without an account, where the city wants to know that
//! somebody reads the mail of the address that they give.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject, Union};
use domain::ids::CaseId;
use event_store::CommandId;
use ulid::Ulid;

use super::intake::SubmitOpinionInput;
use crate::{
    context::Ask,
    http::{ApiError, Language, Text},
    identity::email::{EmailAddress, EmailConfirmation},
    refusal::Refusal,
    scalars::{CommandUlid, parse_id},
};

/// Asks for a mail with a code.
#[derive(InputObject)]
pub struct RequestEmailConfirmationInput {
    /// The id of the command that will submit the opinion: the code is good for
    /// that command alone, and a command is recorded once.
    pub command_id: CommandUlid,
    /// The case that the opinion is about.
    pub case: ID,
    /// The address, as it will stand in `submitter.contact`.
    pub address: String,
}

/// The mail is on its way, if the address takes mail. The answer is the same
/// for every address.
#[derive(SimpleObject)]
pub struct RequestEmailConfirmationPayload {
    /// How many minutes the code is good for.
    pub valid_minutes: i32,
}

/// What became of the request.
#[derive(Union)]
pub enum RequestEmailConfirmationResult {
    /// The mail is on its way.
    Sent(RequestEmailConfirmationPayload),
    /// The city asks for no confirmation.
    Refused(Refusal),
}

/// Confirming an address.
#[derive(Default)]
pub struct ConfirmationMutation;

/// Confirming an address.
#[Object]
impl ConfirmationMutation {
    /// Sends a mail with the code that `submitOpinion` needs of whoever is not
    /// signed in, where `emailConfirmationRequired` says so. An address gets
    /// three mails at once, and then one in ten minutes.
    async fn request_email_confirmation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where to, and what for.")] input: RequestEmailConfirmationInput,
    ) -> Result<RequestEmailConfirmationResult, ApiError> {
        let (desk, caller) = (ctx.desk(), ctx.caller());
        let Some(confirmation) = &desk.confirmation else {
            let refusal = Refusal::new(
                "EMAIL_CONFIRMATION_NOT_NEEDED",
                Text::new(
                    "メールアドレスの確認は必要ありません。そのまま提出してください。",
                    "No address needs to be confirmed. Submit the opinion as it is.",
                ),
            );
            return Ok(RequestEmailConfirmationResult::Refused(refusal.counted()));
        };
        let case: CaseId = parse_id(&input.case)?;
        desk.intake.admit(caller, case)?;
        let city = desk.city();
        let call = city
            .public_comment
            .get(case)
            .and_then(|case| case.call.as_ref())
            .ok_or(ApiError::NotFound)?;
        let title = &call.content.title;
        let about = match (caller.language, &title.en) {
            (Language::English, Some(en)) => en,
            _ => &title.ja,
        };
        let address: EmailAddress = input.address.parse().map_err(|_| {
            ApiError::bad_input(
                "メールアドレスを hanako@example.jp のように一つ書いてください",
                "write one e-mail address, such as hanako@example.jp",
            )
        })?;
        let purpose = purpose(case, input.command_id.0);
        confirmation
            .send(&address, &purpose, about, caller.language, caller.now)
            .await?;
        Ok(RequestEmailConfirmationResult::Sent(
            RequestEmailConfirmationPayload {
                valid_minutes: i32::try_from(EmailConfirmation::VALID_MINUTES).unwrap_or(i32::MAX),
            },
        ))
    }
}

/// What a code is for: an opinion, by the command that submits it. That a
/// command is recorded once makes a code good once.
pub fn purpose(case: CaseId, command: Ulid) -> String {
    format!("{case} {command}")
}

/// Why an opinion is not taken yet, if a confirmation is missing.
pub(super) async fn missing(
    ctx: &Context<'_>,
    case: CaseId,
    input: &SubmitOpinionInput,
) -> Result<Option<Refusal>, ApiError> {
    let (desk, caller, command) = (ctx.desk(), ctx.caller(), input.command_id.0);
    let Some(confirmation) = &desk.confirmation else {
        return Ok(None);
    };
    if caller.identity.is_some() {
        return Ok(None);
    }
    // Whoever asks again gets the first answer, however late.
    let recorded = desk.store.receipt(CommandId(command)).await;
    if recorded.map_err(ApiError::internal)?.is_some() {
        return Ok(None);
    }
    let address = input.submitter.contact.as_deref().map(str::parse);
    let (Some(Ok(address)), Some(code)) = (address, &input.confirmation_code) else {
        return Ok(Some(Refusal::new(
            "EMAIL_CONFIRMATION_REQUIRED",
            Text::new(
                "サインインせずに提出するときは、連絡先にメールアドレスを書き、そこに届く確認コードを入力してください。",
                "Whoever is not signed in gives an e-mail address as contact, and the code that is sent to it.",
            ),
        )));
    };
    let confirmed = confirmation.confirms(code, &address, &purpose(case, command), caller.now);
    Ok((!confirmed).then(|| {
        Refusal::new(
            "EMAIL_CONFIRMATION_INVALID",
            Text::new(
                "確認コードが違うか、期限が過ぎています。コードを確かめるか、新しいコードを送ってください。",
                "The code is wrong, or no longer good. Check it, or ask for a new one.",
            ),
        )
    }))
}

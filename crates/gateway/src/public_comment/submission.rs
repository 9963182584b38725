//! A submission (通), as clients see it.

use std::{collections::BTreeSet, sync::Arc};

use async_graphql::{Context, ID, Object, SimpleObject};
use domain::Role;
use event_store::Position;
use read_models::public_comment as view;

use super::{
    attachment::Attachment,
    case::PublicCommentCase,
    item::Item,
    kept::Kept,
    text::GuardedText,
    words::{Channel, HidingReason, LateReason, RedactionReason, TextState},
};
use crate::{
    context::Ask,
    gate::{self, Reading},
    http::ApiError,
    scalars::{Date, DateTime, LogPosition},
};

/// A submission (意見提出, 通).
#[derive(Clone)]
pub struct Submission {
    pub(crate) case: PublicCommentCase,
    pub(crate) view: Arc<view::Submission>,
    /// Whether whoever asks has shown the secret of its receipt.
    pub(crate) held: bool,
}

/// That an opinion is hidden from the page, and why. It stays in the log and in
/// the counts.
#[derive(Clone, Debug, SimpleObject)]
pub struct Hiding {
    /// Why, by its code.
    pub reason: HidingReason,
    /// Why, in words.
    pub note: Option<String>,
    /// When.
    pub hidden_at: DateTime,
    /// Whether the submitter objected.
    pub appealed: bool,
    /// The submitter's words against it; for the submitter and the officers of
    /// the case.
    pub statement: Option<GuardedText>,
    /// Whether it still is hidden.
    pub stays: bool,
    /// Why it stays hidden, or why the hiding was lifted.
    pub decision: Option<String>,
}

impl Submission {
    fn case_view(&self) -> Result<&view::Case, ApiError> {
        self.case.view()
    }

    /// Whether whoever asks has shown to be its submitter.
    fn own(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        Ok(self.held || gate::is_own(&ctx.viewer(), self.case_view()?, &self.view))
    }
}

/// A submission (意見提出, 通): what one person or body handed in.
#[Object]
impl Submission {
    /// Its id.
    pub async fn id(&self) -> ID {
        self.view.id.to_string().into()
    }

    /// The case that it belongs to.
    async fn case(&self) -> &PublicCommentCase {
        &self.case
    }

    /// The number on the submitter's receipt; for the submitter, the officers
    /// of the case, and records managers.
    async fn receipt_number(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        let viewer = ctx.viewer();
        let may = self.own(ctx)?
            || gate::is_case_officer(&viewer)
            || viewer.holds(&[Role::RecordsManager]);
        Ok(may.then(|| self.view.receipt_number().to_string()))
    }

    /// When its submitter asked for the erasure of their personal data; for the
    /// submitter.
    async fn erasure_requested_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime>, ApiError> {
        if !self.own(ctx)? {
            return Ok(None);
        }
        let subjects = &self.case.city.personal_data;
        let request = subjects.request(self.view.subject);
        Ok(request.map(|request| DateTime(request.recorded_at)))
    }

    /// How it came.
    async fn channel(&self) -> Channel {
        self.view.channel.into()
    }

    /// The day on which it reached the city.
    async fn received_on(&self) -> Date {
        Date(self.view.received_on)
    }

    /// The day of the postmark.
    async fn postmarked_on(&self) -> Option<Date> {
        self.view.postmarked_on.map(Date)
    }

    /// When it was recorded.
    async fn recorded_at(&self) -> DateTime {
        DateTime(self.view.recorded_at)
    }

    /// Its place in the log.
    async fn position(&self) -> LogPosition {
        LogPosition(self.view.position)
    }

    /// Whether it was entered from paper, fax or e-mail by an officer.
    async fn entered_by_officer(&self) -> bool {
        self.view.entered_from_paper
    }

    /// Why it is no 提出意見, if it came late.
    async fn late(&self) -> Option<LateReason> {
        self.view.late.map(|late| late.reason.into())
    }

    /// When the submitter took it back.
    async fn withdrawn_at(&self) -> Option<DateTime> {
        self.view.withdrawn.map(DateTime)
    }

    /// How often the submitter put another text in its place.
    async fn replacements(&self) -> u32 {
        u32::try_from(self.view.versions.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// The last day on which it has to be kept with the data of its submitter:
    /// afterwards they are erased. None as long as the procedure runs.
    async fn kept_until(&self) -> Result<Option<Date>, ApiError> {
        let record = self.case_view()?.record_of(&self.view);
        let retention = self.case.city.retention_on(self.case.today);
        let end = record
            .zip(retention)
            .and_then(|(record, retention)| retention.parameters.kept_until(record));
        Ok(end.map(Date))
    }

    /// What it says.
    async fn body(&self, ctx: &Context<'_>) -> Result<GuardedText, ApiError> {
        let reading = gate::opinion(&ctx.viewer(), self.own(ctx)?, self.case_view()?, &self.view);
        GuardedText::read(ctx.desk(), reading).await
    }

    /// The key of the passage that it speaks of; empty for the whole draft.
    async fn passage(&self, ctx: &Context<'_>) -> Result<GuardedText, ApiError> {
        let viewer = ctx.viewer();
        let own = self.own(ctx)?;
        let case = self.case_view()?;
        let reading = match gate::opinion(&viewer, own, case, &self.view) {
            Reading::Shut(shut) => Reading::Shut(shut),
            Reading::Public(_) | Reading::Open(_) | Reading::Blotted { .. } => {
                match gate::passage(&viewer, own, case, &self.view) {
                    Some(passage) => Reading::Open(passage),
                    None => {
                        return Ok(GuardedText {
                            state: TextState::Readable,
                            text: Some(String::new()),
                            blotted: false,
                        });
                    }
                }
            }
        };
        GuardedText::read(ctx.desk(), reading).await
    }

    /// Why parts of it are left out of what is published, if any are.
    async fn redactions(&self, ctx: &Context<'_>) -> Result<Vec<RedactionReason>, ApiError> {
        let case = self.case_view()?;
        if !case.opinions_are_public() && !gate::is_case_officer(&ctx.viewer()) {
            return Ok(Vec::new());
        }
        Ok(match &self.view.form {
            Some(view::Form::Redacted { reasons, .. }) => {
                reasons.iter().copied().map(RedactionReason::from).collect()
            }
            _ => Vec::new(),
        })
    }

    /// Whether it is settled which text of it will be published.
    async fn screened(&self) -> bool {
        self.view.form.is_some()
    }

    /// What is attached, if the viewer may read it. The officers of a case
    /// may once they put it on record with `openPersonalData`, until the end of
    /// that day.
    async fn attachments(&self, ctx: &Context<'_>) -> Result<Vec<Attachment>, ApiError> {
        let Some(newest) = self.view.text() else {
            return Ok(Vec::new());
        };
        let (own, case) = (self.own(ctx)?, self.case_view()?);
        let files = gate::attachments(&ctx.viewer(), own, case, &self.view, newest);
        Ok(Attachment::all_of(&self.view, files))
    }

    /// Its points (件), for the officers of the case, and for everybody once
    /// the result is published.
    async fn items(&self, ctx: &Context<'_>) -> Result<Vec<Item>, ApiError> {
        let case = self.case_view()?;
        if !case.opinions_are_public() && !gate::is_case_officer(&ctx.viewer()) {
            return Ok(Vec::new());
        }
        Ok(self
            .view
            .items
            .iter()
            .filter_map(|id| case.item(*id))
            .map(|item| Item {
                case: self.case.clone(),
                view: Arc::clone(item),
            })
            .collect())
    }

    /// That it is hidden from the page, and why.
    async fn hiding(&self, ctx: &Context<'_>) -> Result<Option<Hiding>, ApiError> {
        let Some(hiding) = &self.view.hiding else {
            return Ok(None);
        };
        let statement = match gate::statement(&ctx.viewer(), self.own(ctx)?, &self.view) {
            Some(reading) => Some(GuardedText::read(ctx.desk(), reading).await?),
            None => None,
        };
        Ok(Some(Hiding {
            reason: hiding.reason.into(),
            note: hiding.note.clone(),
            hidden_at: DateTime(hiding.hidden_at),
            appealed: hiding.appeal.is_some(),
            statement,
            stays: self.view.is_hidden(),
            decision: hiding.decided.as_ref().map(|(_, reason)| reason.clone()),
        }))
    }

    /// Whether the viewer submitted it.
    async fn is_own(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        self.own(ctx)
    }

    /// What its submitter keeps of it: of the event that recorded it, and of
    /// every one that put another text in its place. For the submitter alone;
    /// empty for everybody else.
    async fn kept(&self, ctx: &Context<'_>) -> Result<Vec<Kept>, ApiError> {
        if !self.own(ctx)? {
            return Ok(Vec::new());
        }
        let texts = self.view.versions.iter().map(|text| text.body.position);
        let recorded: BTreeSet<Position> = texts.chain([self.view.position]).collect();
        Ok(recorded
            .into_iter()
            .map(|position| Kept::new(position, Arc::clone(&self.view), true))
            .collect())
    }

    /// The places in the log of all events about it.
    async fn trail(&self) -> Vec<LogPosition> {
        self.view.trail.iter().copied().map(LogPosition).collect()
    }
}

//! The cases, played day after day.

use anyhow::Context;
use gateway::{identity::email::EmailAddress, public_comment::mutation::confirmation::purpose};
use serde_json::{Value, json};

use super::{
    plot::{CONTACT, CasePlot, MATERIAL, OpinionPlot},
    script::Script,
};

/// Minutes between what happens on the same day.
const PACE: i64 = 7;

/// Something that happens to a case; numbers are opinions.
#[derive(Clone, Copy, Debug)]
enum Act {
    Draft,
    Revise,
    DeclareExemption,
    Publish,
    Submit(usize),
    Replace(usize),
    Withdraw(usize),
    Hide(usize),
    Appeal(usize),
    Review,
    Decide,
    PublishResult,
    Abandon,
    PublishExemption,
}

/// An opinion that was sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Sent {
    pub(super) id: Value,
    secret: String,
    /// Ordinances differ in whether a postmark is in time.
    pub(super) late: bool,
}

/// What is known of a case on the way.
pub(super) struct Played {
    pub(super) plot: CasePlot,
    pub(super) id: String,
    /// For each opinion what its receipt says.
    pub(super) submissions: Vec<Sent>,
    /// Points that lead to a change, each with the change's number.
    pub(super) causes: Vec<(usize, Value)>,
    /// The ids of the changes.
    pub(super) changes: Vec<String>,
}

/// Plays all cases.
pub(super) async fn play(script: &mut Script<'_>, plots: Vec<CasePlot>) -> anyhow::Result<()> {
    let mut acts = Vec::new();
    for (number, plot) in plots.iter().enumerate() {
        let shift = script.shift(plot.call.as_ref().map(|call| call.closes));
        let acts_of = acts_of(plot).map(|(day, act)| (day - shift, number, shift, act));
        acts.extend(acts_of);
    }
    acts.sort_by_key(|(day, ..)| *day);
    let mut cases: Vec<Played> = plots
        .into_iter()
        .map(|plot| Played {
            plot,
            id: String::new(),
            submissions: Vec::new(),
            causes: Vec::new(),
            changes: Vec::new(),
        })
        .collect();
    let (mut today, mut minutes) = (i64::MIN, 0);
    for (day, number, shift, act) in acts {
        minutes = if day == today { minutes + PACE } else { 0 };
        today = day;
        script.turn_to(day, minutes)?;
        script.shifted = shift;
        let case = cases.get_mut(number).context("no such case")?;
        case.act(script, act)
            .await
            .with_context(|| format!("{}: {act:?}", case.plot.title["ja"]))?;
    }
    Ok(())
}

/// What happens to a case, and when; in the order of the procedure.
fn acts_of(plot: &CasePlot) -> impl Iterator<Item = (i64, Act)> {
    let mut acts = vec![(plot.drafted, Act::Draft)];
    let mut add = |day: Option<i64>, act| acts.extend(day.map(|day| (day, act)));
    add(
        plot.revised.as_ref().map(|revised| revised.day),
        Act::Revise,
    );
    let exempted = plot.exempted.as_ref();
    add(exempted.map(|one| one.day), Act::DeclareExemption);
    add(exempted.map(|one| one.published), Act::PublishExemption);
    let call = plot.call.as_ref();
    add(
        call.map(|call| call.published.unwrap_or(call.opens)),
        Act::Publish,
    );
    for (index, opinion) in plot.opinions.iter().enumerate() {
        add(Some(opinion.days().0), Act::Submit(index));
        let replaced = opinion.replaced.as_ref();
        add(replaced.map(|replaced| replaced.day), Act::Replace(index));
        add(opinion.withdrawn, Act::Withdraw(index));
        let hidden = opinion.hidden.as_ref();
        add(hidden.map(|hidden| hidden.day), Act::Hide(index));
        let appeal = hidden.and_then(|hidden| hidden.appeal.as_ref());
        add(appeal.map(|appeal| appeal.day), Act::Appeal(index));
    }
    add(plot.review.map(|review| review.day), Act::Review);
    add(plot.decided.map(|decided| decided.day), Act::Decide);
    add(
        plot.result.as_ref().map(|result| result.day),
        Act::PublishResult,
    );
    add(plot.abandoned.as_ref().map(|one| one.day), Act::Abandon);
    acts.into_iter()
}

impl Played {
    async fn act(&mut self, script: &mut Script<'_>, act: Act) -> anyhow::Result<()> {
        match act {
            Act::Draft => self.draft(script).await,
            Act::Revise => self.revise(script).await,
            Act::Publish => self.publish(script).await,
            Act::Submit(index) => self.submit(script, index).await,
            Act::Replace(_) | Act::Withdraw(_) | Act::Hide(_) | Act::Appeal(_) => {
                self.follow(script, act).await
            }
            Act::Review => self.review(script).await,
            Act::Decide => self.decide(script).await,
            Act::PublishResult => self.publish_result(script).await,
            Act::DeclareExemption | Act::PublishExemption | Act::Abandon => {
                self.end_early(script, act).await
            }
        }
    }

    /// The passages of the draft, some with another text.
    pub(super) fn passages(&self, changed: &[(&str, &str)]) -> Vec<Value> {
        let passages = self.plot.passages.iter().map(|passage| {
            let mut input = passage.input();
            if let Some((_, text)) = changed.iter().find(|(key, _)| *key == passage.key) {
                input["text"] = json!(text);
            }
            input
        });
        passages.collect()
    }

    async fn draft(&mut self, script: &mut Script<'_>) -> anyhow::Result<()> {
        let drafted_on = script.day(self.plot.drafted)?;
        let content = self.plot.content(self.passages(&[]), &drafted_on);
        let drafted = script
            .does_and_reads(
                "clerk",
                "draftCase",
                json!({"content": content}),
                "case { id }",
            )
            .await?;
        self.id = drafted["case"]["id"].as_str().context("no id")?.to_owned();
        self.changes = (self.plot.changes.iter())
            .map(|_| format!("change_{}", script.ulid()))
            .collect();
        let Some(material) = &self.plot.material else {
            return Ok(());
        };
        let file = script.uploads("clerk", &self.id, MATERIAL).await?;
        let input = json!({
            "case": self.id, "title": material.title, "file": file,
            "fileName": material.file_name,
        });
        script.does("clerk", "attachMaterial", input).await
    }

    async fn revise(&mut self, script: &mut Script<'_>) -> anyhow::Result<()> {
        let Some(revised) = &self.plot.revised else {
            return Ok(());
        };
        let changed = [(revised.passage.as_str(), revised.text.as_str())];
        let drafted_on = script.day(self.plot.drafted)?;
        let content = self.plot.content(self.passages(&changed), &drafted_on);
        let input = json!({"case": self.id, "revision": 1, "content": content});
        script.does("clerk", "reviseDraft", input).await
    }

    async fn publish(&mut self, script: &mut Script<'_>) -> anyhow::Result<()> {
        let Some(call) = &self.plot.call else {
            return Ok(());
        };
        let input = json!({
            "case": self.id,
            "revision": 1,
            "opensOn": script.day(call.opens)?,
            "closesOn": script.day(call.closes)?,
            "shortenedBecause": call.shortened,
            "channels": ["WEB", "EMAIL", "FAX", "POST", "IN_PERSON"],
            "publicity": ["市政だより", "市ホームページ"],
            "readingPlaces": ["各区役所", "情報プラザ"],
            "resultMethod": "市ホームページと各区役所で公表します。",
        });
        script.does("approver", "publishCase", input).await
    }

    async fn submit(&mut self, script: &mut Script<'_>, index: usize) -> anyhow::Result<()> {
        let opinion = self.plot.opinions.get(index).context("no such opinion")?;
        let (_, received) = opinion.days();
        let secret = format!("{}{}", script.ulid(), script.ulid());
        let command = script.ulid();
        let mut input = json!({
            "commandId": command.to_string(),
            "case": self.id,
            "opinion": {"passage": opinion.passage, "body": opinion.body},
            "submitter": opinion.submitter(),
            "secret": secret,
        });
        let (who, mutation) = match &opinion.channel {
            Some(channel) => {
                input["channel"] = json!(channel);
                input["receivedOn"] = json!(script.day(received)?);
                let posted = opinion.postmarked.map(|day| script.day(day));
                input["postmarkedOn"] = json!(posted.transpose()?);
                ("operator", "enterOpinion")
            }
            None => {
                let address: EmailAddress = CONTACT.parse()?;
                let purpose = purpose(self.id.parse()?, command);
                let code = (script.confirmation.as_ref())
                    .map(|confirmation| confirmation.code(&address, &purpose, script.now()));
                input["confirmationCode"] = json!(code);
                (opinion.by.as_deref().unwrap_or_default(), "submitOpinion")
            }
        };
        let done = script
            .does_and_reads(who, mutation, input, "submission { id late }")
            .await?;
        // Opinions are sent in the order of days, and told in any.
        let length = self.submissions.len().max(index + 1);
        self.submissions.resize(length, Sent::default());
        if let Some(place) = self.submissions.get_mut(index) {
            *place = Sent {
                id: done["submission"]["id"].clone(),
                secret,
                late: !done["submission"]["late"].is_null(),
            };
        }
        Ok(())
    }

    /// An opinion that was submitted.
    pub(super) fn told(&self, index: usize) -> anyhow::Result<(&OpinionPlot, &Sent)> {
        let opinion = self.plot.opinions.get(index).context("no such opinion")?;
        let sent = self.submissions.get(index).context("not submitted yet")?;
        Ok((opinion, sent))
    }

    /// What becomes of an opinion until its answer.
    async fn follow(&mut self, script: &mut Script<'_>, act: Act) -> anyhow::Result<()> {
        let (Act::Replace(index) | Act::Withdraw(index) | Act::Hide(index) | Act::Appeal(index)) =
            act
        else {
            return Ok(());
        };
        let (opinion, Sent { id, secret, .. }) = self.told(index)?;
        let receipt = json!({"receipt": {"submission": id, "secret": secret}});
        let hidden = opinion.hidden.as_ref();
        match (act, &opinion.replaced, hidden) {
            (Act::Replace(_), Some(replaced), _) => {
                let text = json!({"passage": opinion.passage, "body": replaced.body});
                let input = json!({"submission": receipt, "opinion": text});
                script.does("", "replaceOpinion", input).await
            }
            (Act::Withdraw(_), ..) => {
                let input = json!({"submission": receipt});
                script.does("", "withdrawOpinion", input).await
            }
            (Act::Hide(_), _, Some(hidden)) => {
                let input = json!({"submission": id, "reason": hidden.reason, "note": hidden.note});
                script.does("secretariat", "hideOpinion", input).await
            }
            (_, _, Some(hidden)) => {
                let appeal = hidden.appeal.as_ref().context("no appeal")?;
                let input = json!({"submission": receipt, "statement": appeal.statement});
                script.does("", "appealHiding", input).await
            }
            _ => Ok(()),
        }
    }

    /// No policy, or no procedure.
    async fn end_early(&mut self, script: &mut Script<'_>, act: Act) -> anyhow::Result<()> {
        match (act, &self.plot.exempted, &self.plot.abandoned) {
            (Act::DeclareExemption, Some(exempted), _) => {
                let input = json!({
                    "case": self.id, "code": exempted.code, "reason": exempted.reason,
                });
                script.does("approver", "declareExemption", input).await
            }
            (Act::PublishExemption, Some(exempted), _) => {
                let input = json!({
                    "case": self.id, "title": self.plot.title, "reason": exempted.reason,
                    "policyFixedOn": script.day(exempted.published)?,
                });
                script.does("approver", "publishExemption", input).await
            }
            (_, _, Some(abandoned)) => {
                let input = json!({
                    "case": self.id, "title": self.plot.title,
                    "draftedOn": script.day(self.plot.drafted)?,
                    "reason": abandoned.reason, "newProcedure": abandoned.new_procedure,
                });
                script.does("mayor", "abandonCase", input).await
            }
            _ => Ok(()),
        }
    }
}

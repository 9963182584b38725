//! From the review of a case to its result.

use anyhow::Context;
use serde_json::{Value, json};

use super::{
    plot::{AnswerPlot, OpinionPlot},
    script::Script,
    stage::{Played, Sent},
};

impl Played {
    /// Opinions are split, grouped and answered, as far as the plot says.
    pub(super) async fn review(&mut self, script: &mut Script<'_>) -> anyhow::Result<()> {
        script
            .does("clerk", "startReview", json!({"case": self.id}))
            .await?;
        let mut groups: Vec<Vec<Value>> = vec![Vec::new(); self.plot.groups.len()];
        let mut single = Vec::new();
        let (mut whole, mut screenings) = (Vec::new(), Vec::new());
        for index in 0..self.submissions.len() {
            let (opinion, Sent { id, late, .. }) = self.told(index)?;
            if opinion.items.is_empty() || *late {
                continue;
            }
            match &opinion.redacted {
                // What is withheld is screened one by one.
                Some(text) => screenings.push(vec![json!({
                    "submission": id, "redactedText": text, "reasons": ["PERSONAL_DATA"],
                })]),
                None => whole.push(json!({"submission": id})),
            }
            let input = json!({"submission": id, "items": items_of(opinion)?});
            let done = script
                .does_and_reads(
                    "clerk",
                    "itemizeSubmission",
                    input,
                    "submission { items { id } }",
                )
                .await?;
            let items = done["submission"]["items"].as_array().context("no items")?;
            for (item, made) in opinion.items.iter().zip(items) {
                let of = |key: &String| self.plot.groups.iter().position(|one| one.key == *key);
                match item
                    .group
                    .as_ref()
                    .map(|key| of(key).context("no such group"))
                {
                    Some(group) => groups
                        .get_mut(group?)
                        .context("no such group")?
                        .push(made["id"].clone()),
                    None => single.push((item.answer.clone(), made["id"].clone())),
                }
            }
        }
        screenings.extend((!whole.is_empty()).then_some(whole));
        for screenings in screenings {
            let input = json!({"case": self.id, "screenings": screenings});
            script.does("clerk", "screenOpinions", input).await?;
        }
        for (plot, items) in self.plot.groups.clone().into_iter().zip(groups) {
            let group = format!("group_{}", script.ulid());
            let input =
                json!({"case": self.id, "group": group, "items": items, "title": plot.title});
            script.does("clerk", "groupItems", input).await?;
            self.answer(script, &plot.answer, json!({"group": group}), &items)
                .await?;
        }
        for (answer, item) in single {
            let target = json!({"items": [item]});
            self.answer(script, &answer, target, &[item]).await?;
        }
        Ok(())
    }

    async fn answer(
        &mut self,
        script: &mut Script<'_>,
        answer: &AnswerPlot,
        target: Value,
        items: &[Value],
    ) -> anyhow::Result<()> {
        let (Some(category), Some(response)) = (&answer.category, &answer.response) else {
            return Ok(());
        };
        let mut input = json!({
            "case": self.id, "target": target, "category": category, "response": response,
        });
        if let Some(key) = &answer.change {
            let (number, _) = self.plot.change(key).context("no such change")?;
            self.causes
                .extend(items.iter().map(|item| (number, item.clone())));
            input["changedPolicy"] = json!(true);
            input["changes"] = json!([self.changes.get(number)]);
        }
        script.does("clerk", "assignResponse", input).await
    }

    pub(super) async fn decide(&mut self, script: &mut Script<'_>) -> anyhow::Result<()> {
        let Some(decided) = self.plot.decided else {
            return Ok(());
        };
        let changes = self.plot.changes.iter().zip(&self.changes).enumerate();
        let changes: Vec<Value> = changes
            .map(|(number, (change, id))| {
                let causes = self.causes.iter().filter(|(of, _)| *of == number);
                let items: Vec<&Value> = causes.map(|(_, item)| item).collect();
                json!({"id": id, "passage": change.passage, "text": change.text, "items": items})
            })
            .collect();
        let texts = self.plot.changes.iter();
        let texts: Vec<_> = texts
            .map(|change| (change.passage.as_str(), change.text.as_str()))
            .collect();
        let outcome = match changes.is_empty() {
            true => "ADOPTED_AS_DRAFTED",
            false => "ADOPTED_WITH_CHANGES",
        };
        let input = json!({
            "case": self.id,
            "outcome": outcome,
            "decidedOn": script.day(decided.day)?,
            "finalPassages": self.passages(&texts),
            "changes": changes,
        });
        script.does("mayor", "decidePolicy", input).await
    }

    pub(super) async fn publish_result(&mut self, script: &mut Script<'_>) -> anyhow::Result<()> {
        let Some(result) = &self.plot.result else {
            return Ok(());
        };
        let changes = self.plot.changes.iter().zip(&self.changes);
        let reasons: Vec<Value> = changes
            .map(|(change, id)| json!({"id": id, "reason": change.reason}))
            .collect();
        let input = json!({"case": self.id, "reasons": result.reasons, "changeReasons": reasons});
        script.does("approver", "publishResults", input).await
    }
}

/// The points of an opinion: each from where it begins to where the next does.
fn items_of(opinion: &OpinionPlot) -> anyhow::Result<Vec<Value>> {
    let text = opinion.newest();
    let mut begins = Vec::new();
    for item in &opinion.items {
        let at = match &item.begins {
            Some(words) => text
                .find(words.as_str())
                .context("begins with no such words")?,
            None => 0,
        };
        let (before, _) = text.split_at(at);
        begins.push(before.chars().count());
    }
    let ends = begins.iter().skip(1).copied().chain([text.chars().count()]);
    let spans = begins.iter().zip(ends);
    let items = opinion.items.iter().zip(spans);
    let input = items.map(
        |(item, (from, to))| json!({"summary": item.summary, "spans": [{"from": from, "to": to}]}),
    );
    Ok(input.collect())
}

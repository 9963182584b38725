//! Somebody asks the city, over the same API that everybody uses.

use std::sync::Arc;

use anyhow::{Context, bail};
use application::Clock;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use domain::{LegalDate, calendar::is_closed};
use gateway::identity::{
    demo::{DemoIssuer, Persona},
    email::EmailConfirmation,
};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tower::ServiceExt;
use ulid::Ulid;

use super::clock::DemonstrationClock;
use crate::City;

/// The city hall is closed for fewer days in a row.
const MOST_SHIFTED: i64 = 14;

/// Everybody who takes part in the demonstration.
pub(super) struct Script<'a> {
    router: Router,
    issuer: &'a DemoIssuer,
    clock: &'a DemonstrationClock,
    /// The day from which the days of the plots are counted.
    today: LegalDate,
    /// The shift of the case that is played.
    pub(super) shifted: i64,
    commands: u64,
    /// Confirms addresses, where that is asked for: whoever is made up reads
    /// their mail here.
    pub(super) confirmation: Option<Arc<EmailConfirmation>>,
}

impl<'a> Script<'a> {
    pub(super) fn new(
        city: &City,
        issuer: &'a DemoIssuer,
        clock: &'a DemonstrationClock,
        today: LegalDate,
    ) -> Self {
        Self {
            router: city.bare_router(),
            issuer,
            clock,
            today,
            shifted: 0,
            commands: 0,
            confirmation: city.desk.confirmation.clone(),
        }
    }

    /// How many days earlier than its plot says a case that is closed by now
    /// took place. A last day on a closed day of the city hall would move on,
    /// past what comes after it.
    pub(super) fn shift(&self, closes: Option<i64>) -> i64 {
        let closed = |shift: &i64| {
            let day = closes.and_then(|closes| self.today.plus_days(closes - shift));
            day.is_some_and(is_closed)
        };
        match closes {
            Some(days) if days < 0 => (0..MOST_SHIFTED).find(|shift| !closed(shift)),
            _ => None,
        }
        .unwrap_or_default()
    }

    /// A day of the case that is played, counted as its plot counts.
    pub(super) fn day(&self, days: i64) -> anyhow::Result<String> {
        let day = self.today.plus_days(days - self.shifted);
        let day = day.context("no such day")?;
        Ok(day.to_string())
    }

    /// Turns the clock to so many minutes after nine o'clock of a day.
    pub(super) fn turn_to(&self, days: i64, minutes: i64) -> anyhow::Result<()> {
        let before = self.today.plus_days(days - 1).context("no such day")?;
        let midnight = before.end().context("no such day")?;
        let moment = midnight + SignedDuration::from_mins(9 * 60 + minutes);
        self.clock.set(Some(moment));
        Ok(())
    }

    /// The moment.
    pub(super) fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// A fresh id: cities that are filled on the same day are alike.
    pub(super) fn ulid(&mut self) -> Ulid {
        self.commands += 1;
        let milliseconds = u64::try_from(self.clock.now().as_millisecond()).unwrap_or_default();
        Ulid::from_parts(
            milliseconds,
            (0x6869_726f_6261 << 32) | u128::from(self.commands),
        )
    }

    /// Somebody gives a command.
    pub(super) async fn does(
        &mut self,
        who: &str,
        mutation: &str,
        input: Value,
    ) -> anyhow::Result<()> {
        let done = self.does_and_reads(who, mutation, input, "__typename");
        done.await.map(drop)
    }

    /// Somebody gives a command, and reads what is selected of its payload.
    pub(super) async fn does_and_reads(
        &mut self,
        who: &str,
        mutation: &str,
        mut input: Value,
        selection: &str,
    ) -> anyhow::Result<Value> {
        if input.get("commandId").is_none() {
            input["commandId"] = json!(self.ulid().to_string());
        }
        let mut letters = mutation.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        let name: String = first.into_iter().chain(letters).collect();
        let query = format!(
            "mutation($input: {name}Input!) {{ {mutation}(input: $input) {{ __typename
                ... on {name}Payload {{ {selection} }}
                ... on Refusal {{ code messageEn }} }} }}"
        );
        let body = json!({"query": query, "variables": {"input": input}}).to_string();
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/graphql-response+json");
        let mut answer = self.send(who, request, body.into()).await?;
        if answer.get("errors").is_some() {
            bail!("{mutation}: {answer}");
        }
        let outcome = answer["data"][mutation].take();
        if outcome["__typename"] == "Refusal" {
            bail!("{mutation} was refused: {outcome}");
        }
        Ok(outcome)
    }

    /// An officer uploads the document of a case.
    pub(super) async fn uploads(
        &mut self,
        who: &str,
        case: &str,
        bytes: &'static [u8],
    ) -> anyhow::Result<String> {
        let file = format!("file_{}", self.ulid());
        let request = Request::put(format!("/files/{file}?for=material&case={case}"));
        let answer = self.send(who, request, bytes.into()).await?;
        // The ids are this script's own: what is there came with it, before its
        // filling was cut short.
        let code = &answer["errors"][0]["extensions"]["code"];
        if answer.get("errors").is_some() && code != "FILE_EXISTS" {
            bail!("the document was not taken: {answer}");
        }
        Ok(file)
    }

    async fn send(
        &self,
        who: &str,
        mut request: axum::http::request::Builder,
        body: Body,
    ) -> anyhow::Result<Value> {
        if let Some(persona) = Persona::named(who) {
            let token = self.issuer.token(persona);
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let response = self.router.clone().oneshot(request.body(body)?).await?;
        let bytes = to_bytes(response.into_body(), 1 << 24).await?;
        Ok(serde_json::from_slice(&bytes)?)
    }
}

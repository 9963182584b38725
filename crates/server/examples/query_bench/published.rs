//! A case with many opinions whose result is published, made over HTTP as
//! everybody would make it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, bail};
use serde_json::{Value, json};
use ulid::Ulid;

use crate::{
    Page,
    running::{Connection, open_case, opinion},
};

/// Clients that fill the case.
const CLIENTS: usize = 16;
/// Submissions screened, and items answered, in one command.
const SCREENED: usize = 500;
const ANSWERED: usize = 20;

const PAGE: &str = "query Page($id: ID!, $after: String) { publicCommentCase(id: $id) { \
    items(first: 50, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { \
    id number category changedPolicy summary { state text } \
    submission { id channel receivedOn } \
    response { text { state text } category changedPolicy recordedAt } } } } }";

/// Somebody who works for the city.
pub(crate) struct Officer(Connection);

impl Officer {
    pub(crate) async fn sign_in(address: &str, persona: &str) -> anyhow::Result<Self> {
        let mut connection = Connection::open(address).await?;
        let form = format!("grant_type=urn:hiroba:persona&client_id=hiroba-demo&persona={persona}");
        let media = "application/x-www-form-urlencoded";
        let answer = connection.post("/demo/oidc/token", media, &form).await?;
        let answer: Value = serde_json::from_slice(answer)?;
        let token = answer["access_token"]
            .as_str()
            .context("no token")?
            .to_owned();
        connection.headers += &format!("authorization: Bearer {token}\r\n");
        Ok(Self(connection))
    }

    pub(crate) fn connection(self) -> Connection {
        self.0
    }

    async fn does(
        &mut self,
        mutation: &str,
        input: Value,
        selection: &str,
    ) -> anyhow::Result<Value> {
        does(&mut self.0, mutation, input, selection).await
    }
}

async fn does(
    connection: &mut Connection,
    mutation: &str,
    mut input: Value,
    selection: &str,
) -> anyhow::Result<Value> {
    static COMMANDS: AtomicUsize = AtomicUsize::new(1);
    if input.get("commandId").is_none() {
        let number = u128::try_from(COMMANDS.fetch_add(1, Ordering::Relaxed))?;
        input["commandId"] =
            json!(Ulid::from_parts(1_700_000_000_000, number << 32 | 0xa).to_string());
    }
    let name = mutation.get(..1).unwrap_or_default().to_uppercase()
        + mutation.get(1..).unwrap_or_default();
    let query = format!(
        "mutation($input: {name}Input!) {{ {mutation}(input: $input) {{ __typename \
         ... on {name}Payload {{ {selection} }} ... on Refusal {{ code messageEn }} }} }}"
    );
    let mut answer = connection.ask(&query, &json!({"input": input})).await?;
    let outcome = answer[mutation].take();
    if outcome["__typename"] == "Refusal" {
        bail!("{mutation}: {outcome}");
    }
    Ok(outcome)
}

/// Somebody does something to each of many, several at a time.
async fn each<T: Clone + Send + Sync + 'static, R: Send + 'static>(
    connections: Vec<Connection>,
    many: Vec<T>,
    what: impl AsyncFn(&mut Connection, usize, &T) -> anyhow::Result<R> + Clone,
) -> anyhow::Result<Vec<R>> {
    let (next, many) = (AtomicUsize::new(0), Arc::new(many));
    let next = &next;
    let working = connections.into_iter().map(|mut connection| {
        let (what, many) = (what.clone(), Arc::clone(&many));
        async move {
            let mut results = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(one) = many.get(number) else {
                    return Ok::<_, anyhow::Error>(results);
                };
                results.push(what(&mut connection, number, one).await?);
            }
        }
    });
    let results = futures::future::try_join_all(working).await?;
    Ok(results.into_iter().flatten().collect())
}

async fn clients(address: &str, persona: Option<&str>) -> anyhow::Result<Vec<Connection>> {
    let mut connections = Vec::new();
    for _ in 0..CLIENTS {
        connections.push(match persona {
            Some(persona) => Officer::sign_in(address, persona).await?.0,
            None => Connection::open(address).await?,
        });
    }
    Ok(connections)
}

/// The case, once its result is published and everything can be found in it.
pub(crate) async fn case(address: &str, items: usize) -> anyhow::Result<String> {
    let case = open_case(address).await?;
    let case = case.as_str();
    let numbers: Vec<u64> = (0..u64::try_from(items)?).collect();
    let submitting = async |connection: &mut Connection, _: usize, number: &u64| {
        let input = opinion(case, *number);
        let body = input["opinion"]["body"].as_str().unwrap_or_default();
        let length = body.chars().count();
        let done = does(connection, "submitOpinion", input, "submission { id }").await?;
        Ok((done["submission"]["id"].clone(), length))
    };
    let mut submissions = each(clients(address, None).await?, numbers, submitting).await?;
    eprintln!("{items} opinions are in");
    let mut connection = Connection::open(address).await?;
    let media = "application/x-www-form-urlencoded";
    connection.post("/demo/clock", media, "days=30").await?;
    let mut clerk = Officer::sign_in(address, "clerk").await?;
    clerk
        .does("startReview", json!({"case": case}), "position")
        .await?;
    // The demonstration has opinions of its own.
    let query = "query($id: ID!) { publicCommentCase(id: $id) { passages { key heading text } \
                 counts { submissionCount } submissions(first: 20) { nodes { id body { text } } } } }";
    let listed = clerk.0.ask(query, &json!({"id": case})).await?;
    let listed = &listed["publicCommentCase"];
    let all = listed["counts"]["submissionCount"].as_u64().unwrap_or(0);
    let others = usize::try_from(all)?.saturating_sub(items);
    for node in listed["submissions"]["nodes"]
        .as_array()
        .into_iter()
        .flatten()
        .take(others)
    {
        let length = node["body"]["text"]
            .as_str()
            .unwrap_or_default()
            .chars()
            .count();
        submissions.push((node["id"].clone(), length));
    }
    let splitting = async |connection: &mut Connection,
                           number: usize,
                           (id, length): &(Value, usize)| {
        let summary = format!("駅前の自転車の通り道を広げ、夜も明るくしてほしい（その{number}）。");
        let item = json!({"summary": summary, "spans": [{"from": 0, "to": length}]});
        let input = json!({"submission": id, "items": [item]});
        let done = does(
            connection,
            "itemizeSubmission",
            input,
            "submission { items { id } }",
        )
        .await?;
        Ok(done["submission"]["items"][0]["id"].clone())
    };
    let clerks = clients(address, Some("clerk")).await?;
    let split = each(clerks, submissions.clone(), splitting).await?;
    eprintln!("{} points are made", split.len());
    for some in submissions.chunks(SCREENED) {
        let screenings: Vec<_> = some
            .iter()
            .map(|(id, _)| json!({"submission": id}))
            .collect();
        let input = json!({"case": case, "screenings": screenings});
        clerk.does("screenOpinions", input, "position").await?;
    }
    let answering = async |connection: &mut Connection, number: usize, items: &Vec<Value>| {
        let response = format!(
            "御意見の趣旨を踏まえ、駅の周りから順に自転車の通り道を整えます。街灯については第{number}期の\
             工事の中で増やすこととし、場所は地域の皆様と相談して決めてまいります。"
        );
        let input = json!({"case": case, "target": {"items": items}, "category": "B", "response": response});
        does(connection, "assignResponse", input, "position").await
    };
    let together: Vec<_> = split.chunks(ANSWERED).map(<[Value]>::to_vec).collect();
    each(clients(address, Some("clerk")).await?, together, answering).await?;
    let mut mayor = Officer::sign_in(address, "mayor").await?;
    let closes = "query($id: ID!) { publicCommentCase(id: $id) { call { closesOn } } }";
    let closes = mayor.0.ask(closes, &json!({"id": case})).await?;
    let closes = closes["publicCommentCase"]["call"]["closesOn"].as_str();
    let closes: jiff::civil::Date = closes.context("no last day")?.parse()?;
    let decided = json!({
        "case": case, "outcome": "ADOPTED_AS_DRAFTED", "finalPassages": listed["passages"],
        "decidedOn": closes.tomorrow()?.to_string(),
    });
    mayor.does("decidePolicy", decided, "position").await?;
    let mut approver = Officer::sign_in(address, "approver").await?;
    let result = json!({"case": case, "reasons": "案のとおりとしました。"});
    approver.does("publishResults", result, "position").await?;
    eprintln!("the result is published");
    let complete = "{ search(query: \"駅前\", first: 1) { complete totalCount } }";
    loop {
        let found = connection.ask(complete, &json!({})).await?;
        if found["search"]["complete"] == true {
            return Ok(case.to_owned());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// All pages of its items, as they are asked for and answered.
pub(crate) async fn pages(address: &str, case: &str) -> anyhow::Result<Vec<Page>> {
    let mut connection = Connection::open(address).await?;
    let mut pages = Vec::new();
    let mut after = Value::Null;
    loop {
        let variables = json!({"id": case, "after": after});
        let request = json!({"query": PAGE, "variables": variables}).to_string();
        let answer = connection
            .post("/graphql", "application/json", &request)
            .await?;
        let answer = String::from_utf8(answer.to_vec())?;
        let read: Value = serde_json::from_str(&answer)?;
        let info = &read["data"]["publicCommentCase"]["items"]["pageInfo"];
        after = info["endCursor"].clone();
        let more = info["hasNextPage"] == true;
        pages.push(Page { request, answer });
        if !more {
            return Ok(pages);
        }
    }
}

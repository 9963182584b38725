//! The demonstration: a city with cases in every phase, made through the same
//! API that everybody uses.

use std::sync::{Mutex, PoisonError};

use anyhow::{Context, bail};
use application::{Clock, SystemClock};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use domain::LegalDate;
use gateway::identity::demo::{DemoIssuer, Persona};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tower::ServiceExt;
use ulid::Ulid;

use crate::City;

/// A clock that can stand still in the past: a case that is decided today was
/// opened weeks ago.
#[derive(Debug, Default)]
pub(crate) struct DemonstrationClock(Mutex<Option<Timestamp>>);

impl Clock for DemonstrationClock {
    fn now(&self) -> Timestamp {
        let stopped = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stopped.unwrap_or_else(|| SystemClock.now())
    }
}

impl DemonstrationClock {
    /// Goes back to before everything that the demonstration tells. Only for a
    /// log that is empty: time never runs backwards in a log.
    pub(crate) fn go_back(&self) {
        self.set(Some(
            SystemClock.now() - SignedDuration::from_hours(24 * 60),
        ));
    }

    fn set(&self, moment: Option<Timestamp>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = moment;
    }
}

/// Fills a city that has no case yet.
pub(crate) async fn prepare(
    city: &City,
    issuer: &DemoIssuer,
    clock: &DemonstrationClock,
) -> anyhow::Result<()> {
    if city.desk.city().public_comment.iter().next().is_some() {
        clock.set(None);
        return Ok(());
    }
    tracing::info!("the demonstration city is being filled");
    let mut script = Script {
        router: city.bare_router(),
        issuer,
        clock,
        today: LegalDate::of(SystemClock.now()),
        commands: 0,
    };
    let filled = script.play().await;
    clock.set(None);
    filled.context("the demonstration city cannot be filled")
}

struct Script<'a> {
    router: Router,
    issuer: &'a DemoIssuer,
    clock: &'a DemonstrationClock,
    today: LegalDate,
    commands: u64,
}

/// An opinion of the demonstration: who, which passage, and what.
struct Opinion {
    name: &'static str,
    ward: &'static str,
    passage: &'static str,
    body: &'static str,
}

const CYCLING: &[Opinion] = &[
    Opinion {
        name: "青葉 一郎",
        ward: "141330",
        passage: "2",
        body: "駅前の通りは歩道が狭く、自転車とすれ違うのが怖いです。まず駅の周りから整備してください。",
    },
    Opinion {
        name: "若草 みどり",
        ward: "141321",
        passage: "",
        body: "子どもを乗せて走るので、車道と分かれた道がほしいです。\n坂の多い地域も忘れないでください。",
    },
    Opinion {
        name: "多摩川サイクリングの会",
        ward: "141356",
        passage: "3",
        body: "交通安全教室は年に一度では足りません。学校ごとに開いてください。",
    },
];

const PARKS: &[Opinion] = &[
    Opinion {
        name: "緑川 花",
        ward: "141348",
        passage: "1",
        body: "夏は日陰がなくて遊べません。木を植えてください。",
    },
    Opinion {
        name: "山手 進",
        ward: "141372",
        passage: "2",
        body: "ボール遊びのできる時間を決めてはどうでしょうか。",
    },
];

impl Script<'_> {
    async fn play(&mut self) -> anyhow::Result<()> {
        self.decided_case().await?;
        self.open_case().await
    }

    /// A case that was decided, with its result.
    async fn decided_case(&mut self) -> anyhow::Result<()> {
        self.at_day(-50)?;
        let content = json!({
            "number": "8川建緑第3号",
            "title": {"ja": "身近な公園の使い方に関する指針（案）", "en": "Draft guideline on neighbourhood parks"},
            "objectKind": "PLAN",
            "legalBasis": "都市公園条例",
            "bureau": "建設緑政局",
            "contact": "建設緑政局みどりの協働推進課 044-000-0001",
            "summary": {
                "ja": "小さな公園を、世代をこえて気持ちよく使うための決まりの案です。",
                "en": "How small parks can be used well by all ages.",
            },
            "passages": [
                {"key": "1", "heading": "木陰", "text": "公園には、夏に日陰となる樹木を置くよう努める。"},
                {"key": "2", "heading": "ボール遊び", "text": "ボール遊びは、周囲に危険がない場合に行うことができる。"},
            ],
            "draftedOn": self.day(-50)?,
        });
        let case = self.publish(content, -48, -17).await?;
        for opinion in PARKS {
            self.submit(&case, opinion).await?;
        }
        self.at_day(-16)?;
        self.does("clerk", "startReview", json!({"case": case}))
            .await?;
        let listed = self
            .get(
                "clerk",
                "query($id: ID!) { publicCommentCase(id: $id) { submissions { nodes { id body { text } } } } }",
                json!({"id": case}),
            )
            .await?;
        let submissions = listed["publicCommentCase"]["submissions"]["nodes"].clone();
        let change = format!("change_{}", self.command());
        for (index, submission) in submissions.as_array().into_iter().flatten().enumerate() {
            let length = submission["body"]["text"]
                .as_str()
                .unwrap_or_default()
                .chars()
                .count();
            let summary = if index == 0 {
                "日陰となる樹木を増やしてほしい。"
            } else {
                "ボール遊びの時間を決めてはどうか。"
            };
            let itemized = self
                .does_and_reads(
                    "clerk",
                    "itemizeSubmission",
                    json!({
                        "submission": submission["id"],
                        "items": [{"summary": summary, "spans": [{"from": 0, "to": length}]}],
                    }),
                    "submission { items { id } }",
                )
                .await?;
            self.does(
                "clerk",
                "screenOpinions",
                json!({"case": case, "screenings": [{"submission": submission["id"]}]}),
            )
            .await?;
            let item = itemized["submission"]["items"][0]["id"].clone();
            let answer = if index == 0 {
                json!({
                    "case": case, "target": {"items": [item]}, "category": "A",
                    "response": "御意見を踏まえ、樹木を植える時期の目標を加えました。",
                    "changedPolicy": true, "changes": [change],
                })
            } else {
                json!({
                    "case": case, "target": {"items": [item]}, "category": "C",
                    "response": "時間の定め方は地域ごとに異なるため、今後の参考とします。",
                })
            };
            self.does("clerk", "assignResponse", answer).await?;
        }
        let first = itemized_first(
            &self
                .get(
                    "clerk",
                    "query($id: ID!) { publicCommentCase(id: $id) { items { nodes { id } } } }",
                    json!({"id": case}),
                )
                .await?,
        );
        self.at_day(-6)?;
        let changed = "公園には、夏に日陰となる樹木を置くよう努め、五年以内に全ての公園で行う。";
        self.does(
            "mayor",
            "decidePolicy",
            json!({
                "case": case,
                "outcome": "ADOPTED_WITH_CHANGES",
                "decidedOn": self.day(-6)?,
                "finalPassages": [
                    {"key": "1", "heading": "木陰", "text": changed},
                    {"key": "2", "heading": "ボール遊び", "text": "ボール遊びは、周囲に危険がない場合に行うことができる。"},
                ],
                "changes": [{"id": change, "passage": "1", "text": changed, "items": [first]}],
            }),
        )
        .await?;
        self.at_day(-5)?;
        self.does(
            "approver",
            "publishResults",
            json!({
                "case": case,
                "reasons": "暑さへの備えを求める声を重く見て、期限を定めました。",
                "changeReasons": [{"id": change, "reason": "日陰を求める御意見があったため"}],
            }),
        )
        .await?;
        Ok(())
    }

    /// A case whose period is running.
    async fn open_case(&mut self) -> anyhow::Result<()> {
        self.at_day(-4)?;
        let content = json!({
            "number": "8川ま自第12号",
            "title": {"ja": "自転車の通行環境整備計画（案）", "en": "Draft plan for safe cycling"},
            "objectKind": "PLAN",
            "legalBasis": "自転車活用推進法第11条",
            "bureau": "まちづくり局",
            "contact": "まちづくり局交通政策課 044-000-0002",
            "summary": {
                "ja": "歩く人も自転車に乗る人も安心して通れる道をつくる、五年間の計画の案です。",
                "en": "A five-year plan for streets that are safe on foot and by bicycle.",
            },
            "passages": [
                {"key": "1", "heading": "目的", "text": "歩行者と自転車の双方が安心して通行できる道路を整える。"},
                {"key": "2", "heading": "整備する道", "text": "主要な駅の周辺から順に、五年間で二十キロメートルを整備する。"},
                {"key": "3", "heading": "交通安全", "text": "小学校で年に一度、自転車の交通安全教室を開く。"},
            ],
            "draftedOn": self.day(-4)?,
        });
        let case = self.publish(content, -3, 28).await?;
        for opinion in CYCLING {
            self.submit(&case, opinion).await?;
        }
        self.at_day(-1)?;
        Ok(())
    }

    async fn publish(&mut self, content: Value, opens: i64, closes: i64) -> anyhow::Result<Value> {
        let drafted = self
            .does_and_reads(
                "clerk",
                "draftCase",
                json!({"content": content}),
                "case { id }",
            )
            .await?;
        let case = drafted["case"]["id"].clone();
        self.at_day(opens)?;
        self.does(
            "approver",
            "publishCase",
            json!({
                "case": case,
                "revision": 1,
                "opensOn": self.day(opens)?,
                "closesOn": self.day(closes)?,
                "channels": ["WEB", "EMAIL", "FAX", "POST", "IN_PERSON"],
                "publicity": ["市政だより", "市ホームページ"],
                "readingPlaces": ["各区役所", "情報プラザ"],
                "resultMethod": "市ホームページと各区役所で公表します。",
            }),
        )
        .await?;
        Ok(case)
    }

    async fn submit(&mut self, case: &Value, opinion: &Opinion) -> anyhow::Result<()> {
        let secret = format!("{}{}", self.command(), self.command());
        self.does(
            "",
            "submitOpinion",
            json!({
                "case": case,
                "opinion": {"passage": opinion.passage, "body": opinion.body},
                "submitter": {
                    "kind": "INDIVIDUAL",
                    "name": opinion.name,
                    "address": "（実演のための住所）",
                    "contact": "example@example.jp",
                    "wardCode": opinion.ward,
                    "declaresCitizen": true,
                },
                "secret": secret,
            }),
        )
        .await
    }

    fn day(&self, days: i64) -> anyhow::Result<String> {
        let day = self.today.plus_days(days).context("no such day")?;
        Ok(day.to_string())
    }

    /// Ten o'clock in the morning of a day, counted from today.
    fn at_day(&self, days: i64) -> anyhow::Result<()> {
        let day = self.today.plus_days(days - 1).context("no such day")?;
        let midnight = day.end().context("no such day")?;
        self.clock
            .set(Some(midnight + SignedDuration::from_hours(10)));
        Ok(())
    }

    fn command(&mut self) -> Ulid {
        self.commands += 1;
        let milliseconds = u64::try_from(self.clock.now().as_millisecond()).unwrap_or_default();
        // The same at every start: a city that was filled half is filled on.
        Ulid::from_parts(
            milliseconds,
            (0x6869_726f_6261 << 32) | u128::from(self.commands),
        )
    }

    async fn does(&mut self, who: &str, mutation: &str, input: Value) -> anyhow::Result<()> {
        self.does_and_reads(who, mutation, input, "position")
            .await
            .map(drop)
    }

    async fn does_and_reads(
        &mut self,
        who: &str,
        mutation: &str,
        mut input: Value,
        selection: &str,
    ) -> anyhow::Result<Value> {
        input["commandId"] = json!(self.command().to_string());
        let mut letters = mutation.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        let name: String = first.into_iter().chain(letters).collect();
        let query = format!(
            "mutation($input: {name}Input!) {{ {mutation}(input: $input) {{ __typename
                ... on {name}Payload {{ {selection} }}
                ... on Refusal {{ code messageEn }} }} }}"
        );
        let mut answer = self.get(who, &query, json!({"input": input})).await?;
        let outcome = answer[mutation].take();
        if outcome["__typename"] == "Refusal" {
            bail!("{mutation} was refused: {outcome}");
        }
        Ok(outcome)
    }

    async fn get(&self, who: &str, query: &str, variables: Value) -> anyhow::Result<Value> {
        let mut request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/graphql-response+json");
        if let Some(persona) = Persona::named(who) {
            let token = self.issuer.token(persona);
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = json!({"query": query, "variables": variables}).to_string();
        let response = self
            .router
            .clone()
            .oneshot(request.body(Body::from(body))?)
            .await?;
        let bytes = to_bytes(response.into_body(), 1 << 24).await?;
        let mut answer: Value = serde_json::from_slice(&bytes)?;
        if answer.get("errors").is_some() {
            bail!("{answer}");
        }
        Ok(answer["data"].take())
    }
}

fn itemized_first(answer: &Value) -> Value {
    answer["publicCommentCase"]["items"]["nodes"][0]["id"].clone()
}

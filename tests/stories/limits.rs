//! How fast opinions come in: one client is slowed down, nobody is turned away
//! for what they say.

use gateway::http::{IntakeSettings, Rate};
use serde_json::{Value, json};

use crate::{public_comment::opinion, public_comment_files::published, support::Story};

async fn submits(story: &Story, who: &str, case: &str) -> Value {
    let input = opinion(case, "川辺花子", "同じ文面です。");
    story
        .asks_for(who, "submitOpinion", input, "position")
        .await
}

#[tokio::test]
async fn one_client_is_slowed_down_and_told_until_when() {
    let rate = Rate {
        burst: 3,
        per_minute: 1,
    };
    let limits = IntakeSettings {
        per_client: Some(rate),
        ..IntakeSettings::UNLIMITED
    };
    let story = Story::taking("2026-05-01", limits).await;
    let case = published(&story).await;
    story.turn_to_moment("2026-05-20T10:00:00+09:00");
    // The same text three times is three opinions.
    for _ in 0..3 {
        let taken = submits(&story, "hanako", &case).await;
        assert_eq!(
            taken["data"]["submitOpinion"]["__typename"],
            "SubmitOpinionPayload"
        );
    }
    let refused = submits(&story, "hanako", &case).await;
    let extensions = &refused["errors"][0]["extensions"];
    assert_eq!(extensions["code"], "RATE_LIMITED");
    assert_eq!(extensions["retryAfterSeconds"], 60);
    // Nobody else waits for her, and an office enters a whole tray at once.
    let other = submits(&story, "taro", &case).await;
    assert!(other.get("errors").is_none(), "{other}");
    for _ in 0..5 {
        let paper = json!({
            "case": case, "channel": "POST", "receivedOn": "2026-05-20",
            "opinion": {"body": "同じ文面です。"},
            "submitter": {"kind": "INDIVIDUAL", "name": "多摩一郎"},
        });
        story
            .does("operator", "enterOpinion", paper, "position")
            .await;
    }
    // What she was told is true.
    story.turn_to_moment("2026-05-20T10:01:00+09:00");
    let later = submits(&story, "hanako", &case).await;
    assert!(later.get("errors").is_none(), "{later}");
}

#[tokio::test]
async fn a_case_takes_so_many_at_once_and_then_goes_on() {
    let rate = Rate {
        burst: 2,
        per_minute: 60,
    };
    let limits = IntakeSettings {
        per_case: Some(rate),
        ..IntakeSettings::UNLIMITED
    };
    let story = Story::taking("2026-05-01", limits).await;
    let case = published(&story).await;
    story.turn_to_moment("2026-05-20T10:00:00+09:00");
    let mut limited = Vec::new();
    for who in ["hanako", "taro", "nobody"] {
        let answer = submits(&story, who, &case).await;
        limited.push(answer.get("errors").is_some());
    }
    assert_eq!(limited, [false, false, true]);
    story.turn_to_moment("2026-05-20T10:00:01+09:00");
    let later = submits(&story, "nobody", &case).await;
    assert!(later.get("errors").is_none(), "{later}");
}

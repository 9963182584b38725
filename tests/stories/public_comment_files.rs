//! Files of a public comment: documents beside the draft, and attachments.

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use serde_json::{Value, json};

use crate::{
    public_comment::{content, publish},
    support::Story,
};

const PLAN: &str = "file_01KQ0000000000000000PRAN00";
const MAP: &str = "file_01KQ00000000000000000MAP00";
pub(crate) const PHOTO: &str = "file_01KQ000000000000000PHT0000";
const SCAN: &str = "file_01KQ0000000000000000SCAN00";
const SECRET: &str = "a-secret-that-nobody-can-guess";

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    fn code(&self) -> String {
        let json = self.json();
        json["errors"][0]["extensions"]["code"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

/// A request about a file.
pub(crate) async fn send(
    story: &Story,
    who: &str,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: Body,
) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/files/{path}"))
        .header(header::ACCEPT_LANGUAGE, "en");
    if who != "nobody" {
        request = request.header(header::AUTHORIZATION, format!("Bearer {who}"));
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = story.send(request.body(body).unwrap()).await;
    let (parts, body) = response.into_parts();
    Answer {
        status: parts.status,
        headers: parts.headers,
        bytes: to_bytes(body, 1 << 24).await.unwrap().to_vec(),
    }
}

async fn put(story: &Story, who: &str, path: &str, bytes: &[u8]) -> Answer {
    send(
        story,
        who,
        Method::PUT,
        path,
        &[],
        Body::from(bytes.to_vec()),
    )
    .await
}

pub(crate) async fn get(story: &Story, who: &str, path: &str) -> Answer {
    send(story, who, Method::GET, path, &[], Body::empty()).await
}

fn pdf(length: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.extend((bytes.len()..length).map(|at| (at * 7 + at / 251) as u8));
    bytes
}

/// A case that is drafted.
pub(crate) async fn draft(story: &Story) -> String {
    draft_of(story, content()).await
}

async fn draft_of(story: &Story, content: Value) -> String {
    let drafted = story
        .does(
            "clerk",
            "draftCase",
            json!({"content": content}),
            "case { id }",
        )
        .await;
    drafted["case"]["id"].as_str().unwrap().to_owned()
}

fn attach(case: &str, file: &str, name: &str) -> Value {
    json!({"case": case, "title": {"ja": "計画図"}, "file": file, "fileName": name})
}

#[tokio::test]
async fn a_document_is_seen_by_the_officers_first_and_by_everybody_once_published() {
    let story = Story::on("2026-05-01").await;
    let case = draft(&story).await;
    let bytes = pdf(700_000);
    let path = format!("{PLAN}?for=material&case={case}");

    let taken = put(&story, "clerk", &path, &bytes).await;
    assert_eq!(taken.status, StatusCode::CREATED);
    assert_eq!(taken.json()["mediaType"], "application/pdf");
    // The answer may be lost: sending it again gives the same one.
    let again = put(&story, "clerk", &path, &bytes).await;
    assert_eq!(
        (again.status, &again.bytes),
        (StatusCode::CREATED, &taken.bytes)
    );
    // Nothing names it yet.
    assert_eq!(
        get(&story, "clerk", PLAN).await.status,
        StatusCode::NOT_FOUND
    );

    let attached = attach(&case, PLAN, "計画図.pdf");
    story
        .does("clerk", "attachMaterial", attached, "position")
        .await;
    assert_eq!(get(&story, "approver", PLAN).await.bytes, bytes);
    for who in ["nobody", "hanako", "operator"] {
        assert_eq!(
            get(&story, who, PLAN).await.status,
            StatusCode::NOT_FOUND,
            "{who}"
        );
    }

    publish(&story, &case).await;
    let served = get(&story, "nobody", PLAN).await;
    assert_eq!((served.status, &served.bytes), (StatusCode::OK, &bytes));
    assert_eq!(served.header("content-type"), "application/pdf");
    assert_eq!(served.header("x-content-type-options"), "nosniff");
    assert!(served.header("content-security-policy").contains("sandbox"));
    let disposition = served.header("content-disposition");
    assert!(disposition.starts_with("attachment; "), "{disposition}");
    assert!(disposition.ends_with("filename*=UTF-8''%E8%A8%88%E7%94%BB%E5%9B%B3.pdf"));

    let tag = served.header("etag");
    let known = [("if-none-match", tag)];
    let known = send(&story, "nobody", Method::GET, PLAN, &known, Body::empty()).await;
    assert_eq!(
        (known.status, known.bytes.len()),
        (StatusCode::NOT_MODIFIED, 0)
    );
    for (range, status, content_range, expected) in [
        ("bytes=5-9", 206, "bytes 5-9/700000", &bytes[5..10]),
        (
            "bytes=-3",
            206,
            "bytes 699997-699999/700000",
            &bytes[699_997..],
        ),
        (
            "bytes=262000-700000",
            206,
            "bytes 262000-699999/700000",
            &bytes[262_000..],
        ),
        ("bytes=700000-", 416, "bytes */700000", &[]),
    ] {
        let asked = [("range", range)];
        let part = send(&story, "nobody", Method::GET, PLAN, &asked, Body::empty()).await;
        assert_eq!(part.status.as_u16(), status, "{range}");
        assert_eq!(part.header("content-range"), content_range);
        assert!(part.bytes == expected, "{range}");
    }
    let stale = [("range", "bytes=5-9"), ("if-range", "\"another\"")];
    let stale = send(&story, "nobody", Method::GET, PLAN, &stale, Body::empty()).await;
    assert_eq!((stale.status, stale.bytes.len()), (StatusCode::OK, 700_000));
    let head = send(&story, "nobody", Method::HEAD, PLAN, &[], Body::empty()).await;
    assert_eq!(
        (head.header("content-length"), head.bytes.len()),
        ("700000", 0)
    );
}

#[tokio::test]
async fn a_document_added_to_the_call_is_public_at_once_and_so_is_its_correction() {
    let story = Story::on("2026-05-01").await;
    let case = draft(&story).await;
    let path = format!("{PLAN}?for=material&case={case}");
    put(&story, "clerk", &path, &pdf(100)).await;
    let attached = attach(&case, PLAN, "計画図.pdf");
    story
        .does("clerk", "attachMaterial", attached, "position")
        .await;
    publish(&story, &case).await;
    story.turn_to("2026-05-20");
    let path = format!("{MAP}?for=material&case={case}");
    put(&story, "clerk", &path, "地図の説明".as_bytes()).await;
    let mut added = attach(&case, MAP, "説明.txt");
    added["commandId"] = json!(story.command());
    for repeated in [false, true] {
        let done = story
            .does("clerk", "addMaterial", added.clone(), "repeated")
            .await;
        assert_eq!(done["repeated"], repeated);
    }
    let served = get(&story, "nobody", MAP).await;
    assert_eq!(served.bytes, "地図の説明".as_bytes());
    assert!(served.header("content-disposition").starts_with("inline; "));

    let path = format!("{PHOTO}?for=material&case={case}");
    put(&story, "clerk", &path, "訂正した説明".as_bytes()).await;
    let mut corrected = attach(&case, PHOTO, "説明.txt");
    corrected["material"] = json!(format!("material_{}", added["commandId"].as_str().unwrap()));
    corrected["note"] = json!("縮尺の誤り");
    corrected["substantive"] = json!(true);
    let done = story
        .does(
            "clerk",
            "correctMaterial",
            corrected,
            "case { call { closesOn } materials { version path } }",
        )
        .await;
    assert_eq!(done["case"]["call"]["closesOn"], "2026-06-18");
    assert_eq!(done["case"]["materials"].as_array().unwrap().len(), 2);
    for file in [MAP, PHOTO] {
        assert_eq!(get(&story, "nobody", file).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn an_upload_goes_on_where_it_was_cut() {
    let story = Story::on("2026-05-01").await;
    let case = draft(&story).await;
    let bytes = pdf(3_000_000);
    let path = format!("{PLAN}?for=material&case={case}");
    let pieces = [
        Ok(bytes[..1_500_000].to_vec()),
        Ok(bytes[1_500_000..1_600_000].to_vec()),
        Err(std::io::Error::other("the train enters a tunnel")),
    ];
    let cut = Body::from_stream(futures::stream::iter(pieces));
    let cut = send(&story, "clerk", Method::PUT, &path, &[], cut).await;
    assert_eq!(cut.code(), "UPLOAD_CUT_OFF");
    let told = send(&story, "clerk", Method::HEAD, &path, &[], Body::empty()).await;
    assert_eq!(told.header("upload-offset"), "1600000");
    assert_eq!(told.header("upload-complete"), "?0");

    let wrong = put(&story, "clerk", &path, &bytes).await;
    assert_eq!(
        (wrong.status, wrong.code()),
        (StatusCode::CONFLICT, "FILE_OFFSET_MISMATCH".into())
    );
    assert_eq!(wrong.header("upload-offset"), "1600000");
    let open = [("upload-offset", "1600000"), ("upload-complete", "?0")];
    let rest = Body::from(bytes[1_600_000..2_000_000].to_vec());
    let more = send(&story, "clerk", Method::PUT, &path, &open, rest).await;
    assert_eq!(
        (more.status, more.header("upload-offset")),
        (StatusCode::NO_CONTENT, "2000000")
    );
    // Nobody else goes on with it, or learns of it.
    for who in ["nobody", "hanako", "approver"] {
        let other = send(&story, who, Method::HEAD, &path, &[], Body::empty()).await;
        assert!(other.status.is_client_error(), "{who}");
    }
    let rest = Body::from(bytes[2_000_000..].to_vec());
    let done = send(
        &story,
        "clerk",
        Method::PUT,
        &path,
        &[("upload-offset", "2000000")],
        rest,
    );
    assert_eq!(done.await.status, StatusCode::CREATED);
    let attached = attach(&case, PLAN, "計画図.pdf");
    story
        .does("clerk", "attachMaterial", attached, "position")
        .await;
    assert!(get(&story, "clerk", PLAN).await.bytes == bytes);
}

#[tokio::test]
async fn what_a_file_is_called_or_said_to_be_is_not_believed() {
    let story = Story::on("2026-05-01").await;
    let case = draft(&story).await;
    let path = format!("{PLAN}?for=material&case={case}");
    let program = put(&story, "clerk", &path, b"MZ\x90\0\x03\0\0\0").await;
    assert_eq!(program.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(program.code(), "FILE_TYPE_NOT_ALLOWED");
    let large = put(&story, "clerk", &path, &pdf((4 << 20) + 1)).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    // A page with a script is text, and is shown as text.
    let page = b"<script>alert(1)</script>";
    let path = format!("{MAP}?for=material&case={case}");
    assert_eq!(
        put(&story, "clerk", &path, page).await.status,
        StatusCode::CREATED
    );
    for name in [
        "../../計画.txt",
        "計画\u{202e}txt.exe",
        "計画.html",
        "計画\r\nx: y.txt",
    ] {
        let query = "mutation($input: AttachMaterialInput!) { attachMaterial(input: $input) { __typename } }";
        let mut input = attach(&case, MAP, name);
        input["commandId"] = json!(story.command());
        let answer = story.ask("clerk", query, json!({"input": input})).await;
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT",
            "{name}"
        );
    }
    let attached = attach(&case, MAP, "計画.txt");
    story
        .does("clerk", "attachMaterial", attached, "position")
        .await;
    let served = get(&story, "clerk", MAP).await;
    assert_eq!(served.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(served.header("x-content-type-options"), "nosniff");
    for path in [
        "..%2Fkeys?for=material".to_owned(),
        format!("subject_01ARZ3NDEKTSV4RRFFQ69G5FAV?for=material&case={case}"),
        PHOTO.to_owned(),
        format!("{PHOTO}?for=material&case=case_01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    ] {
        let refused = put(&story, "clerk", &path, b"text").await;
        assert!(refused.status.is_client_error(), "{path}");
    }
    // Only who drafts may upload documents.
    for who in ["nobody", "hanako", "operator", "approver"] {
        let path = format!("{PHOTO}?for=material&case={case}");
        let refused = put(&story, who, &path, b"text").await;
        assert!(refused.status.is_client_error(), "{who}");
    }
}

#[tokio::test]
async fn an_attachment_is_as_embargoed_as_the_text() {
    let story = Story::on("2026-05-01").await;
    let case = published(&story).await;
    let command = story.command();
    let path = format!("{PHOTO}?for=opinion&case={case}&command={command}");
    let secret = [("hiroba-secret", SECRET)];
    let picture = b"\x89PNG\r\n\x1a\n and so on".to_vec();
    let put = |body: Vec<u8>| {
        send(
            &story,
            "nobody",
            Method::PUT,
            &path,
            &secret,
            Body::from(body),
        )
    };
    // Before the first day nothing is taken from strangers.
    assert_eq!(put(picture.clone()).await.code(), "NOT_OPEN");
    story.turn_to("2026-05-20");
    assert_eq!(put(picture.clone()).await.status, StatusCode::CREATED);
    // The last day counts to its end, in Kawasaki.
    for (file, moment, status) in [
        (MAP, "2026-06-09T23:59:59+09:00", StatusCode::CREATED),
        (SCAN, "2026-06-10T00:00:00+09:00", StatusCode::CONFLICT),
    ] {
        story.turn_to_moment(moment);
        let path = path.replace(PHOTO, file);
        let taken = send(
            &story,
            "nobody",
            Method::PUT,
            &path,
            &secret,
            Body::from("x"),
        )
        .await;
        assert_eq!(taken.status, status, "{moment}");
    }
    story.turn_to("2026-05-20");
    let without = send(&story, "nobody", Method::PUT, &path, &[], Body::from("x")).await;
    assert_eq!(without.status, StatusCode::UNAUTHORIZED);

    let opinion = |command: &str, secret: &str| {
        json!({
            "commandId": command,
            "case": case,
            "opinion": {"body": "写真のとおり、道が狭い。", "attachments": [PHOTO]},
            "submitter": {"kind": "INDIVIDUAL", "name": "川崎 花子", "declaresCitizen": true},
            "secret": secret,
        })
    };
    // Somebody else's upload cannot be taken over.
    let stranger = story.command();
    let query =
        "mutation($input: SubmitOpinionInput!) { submitOpinion(input: $input) { __typename } }";
    let stolen = opinion(&stranger, "another-secret-of-somebody-else");
    let answer = story.ask("nobody", query, json!({"input": stolen})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");

    let submitted = story.does(
        "nobody",
        "submitOpinion",
        opinion(&command, SECRET),
        "submission { id attachments { path } }",
    );
    let submitted = submitted.await;
    let submission = submitted["submission"]["id"].as_str().unwrap();
    assert_eq!(
        submitted["submission"]["attachments"][0]["path"],
        format!("/files/{PHOTO}")
    );
    // Whoever holds the receipt opens what they sent.
    let held = send(&story, "nobody", Method::GET, PHOTO, &secret, Body::empty()).await;
    assert!(held.bytes == picture);
    let other = [("hiroba-secret", "another-secret-of-somebody-else")];
    let other = send(&story, "nobody", Method::GET, PHOTO, &other, Body::empty()).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    let seen = "query($id: ID!) { node(id: $id) { ... on Submission { attachments { path fileName mediaType size } } } }";
    for (who, may) in [
        ("nobody", false),
        ("hanako", false),
        ("operator", false),
        ("clerk", true),
    ] {
        let served = get(&story, who, PHOTO).await;
        let refused = if may {
            StatusCode::FORBIDDEN
        } else {
            StatusCode::NOT_FOUND
        };
        assert_eq!(served.status, refused, "{who}");
        let listed = story.get(who, seen, json!({"id": submission})).await;
        let listed = &listed["node"]["attachments"];
        assert_eq!(listed.as_array().unwrap().len() == 1, may, "{who}");
        // That there is one is all that is said before it is opened on record.
        for what in ["fileName", "mediaType", "size"] {
            assert_eq!(listed[0][what], Value::Null, "{who}");
        }
    }
    // A scan tells who sent it: officers open it on record, each for
    // themselves, and for that day.
    assert_eq!(
        get(&story, "clerk", PHOTO).await.code(),
        "LOOK_NOT_RECORDED"
    );
    let look = |fields: &[&str]| json!({"submission": submission, "fields": fields, "reason": "内容の確認のため"});
    let open = |who, fields| story.does(who, "openPersonalData", fields, "attachments { path }");
    open("clerk", look(&["BODY"])).await;
    assert_eq!(
        get(&story, "clerk", PHOTO).await.code(),
        "LOOK_NOT_RECORDED"
    );
    let opened = open("clerk", look(&["ATTACHMENTS"])).await;
    assert_eq!(opened["attachments"][0]["path"], format!("/files/{PHOTO}"));
    let listed = story.get("clerk", seen, json!({"id": submission})).await;
    let size = picture.len().to_string();
    assert_eq!(
        listed["node"]["attachments"][0],
        json!({"path": format!("/files/{PHOTO}"), "fileName": "添付1.png", "mediaType": "image/png", "size": size})
    );
    assert!(get(&story, "clerk", PHOTO).await.bytes == picture);
    assert_eq!(
        get(&story, "approver", PHOTO).await.code(),
        "LOOK_NOT_RECORDED"
    );
    open("approver", look(&["ATTACHMENTS"])).await;
    assert!(get(&story, "approver", PHOTO).await.bytes == picture);
    for who in ["operator", "records", "auditor"] {
        let code = story
            .is_refused(who, "openPersonalData", look(&["ATTACHMENTS"]))
            .await;
        assert_eq!(code, "NOT_PERMITTED", "{who}");
        assert_eq!(get(&story, who, PHOTO).await.status, StatusCode::NOT_FOUND);
    }
    story.turn_to("2026-05-21");
    assert_eq!(
        get(&story, "clerk", PHOTO).await.code(),
        "LOOK_NOT_RECORDED"
    );
    open("clerk", look(&["ATTACHMENTS"])).await;
    let served = get(&story, "clerk", PHOTO).await;
    assert_eq!(served.header("cache-control"), "private, no-cache");
    assert!(
        served
            .header("content-disposition")
            .ends_with("%E6%B7%BB%E4%BB%981.png")
    );
}

/// A case that was published, with a document.
pub(crate) async fn published(story: &Story) -> String {
    published_of(story, content()).await
}

/// A case with this content that was published, with a document.
pub(crate) async fn published_of(story: &Story, content: Value) -> String {
    published_with(story, content, PLAN).await
}

/// The same, whose document lies in this file.
pub(crate) async fn published_with(story: &Story, content: Value, file: &str) -> String {
    let case = draft_of(story, content).await;
    let path = format!("{file}?for=material&case={case}");
    put(story, "clerk", &path, &pdf(100)).await;
    let attached = attach(&case, file, "計画図.pdf");
    story
        .does("clerk", "attachMaterial", attached, "position")
        .await;
    publish(story, &case).await;
    case
}

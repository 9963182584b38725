//! The public pages as somebody without JavaScript gets them: they say what
//! GraphQL says to anybody, and nothing else.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
    middleware::from_fn_with_state,
};
use gateway::{
    http::{PAGE_POLICY, receive},
    pages::{Client, Site, missing_router, pages_router, with_screens},
};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{
    public_comment_files::{draft, published, published_of},
    public_comment_result::{conclude, opinions},
    support::Story,
};

const ADDRESS: &str = "https://hiroba.city.example";

/// The pages of a story, in the shell of the client.
pub(crate) struct Pages {
    router: Router,
    folder: tempfile::TempDir,
}

pub(crate) struct Got {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Got {
    pub(crate) fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).unwrap().to_str().unwrap()
    }
}

impl Pages {
    /// Everything that a city serves.
    pub(crate) fn of(story: &Story) -> Self {
        let (routes, folder) = Self::routes(story);
        let reception = story.city().reception.clone();
        let router = routes.layer(from_fn_with_state(reception, receive));
        Self { router, folder }
    }

    /// The same, without what every request passes through, and the folder of
    /// the client, which is looked at again whenever a page is asked for.
    pub(crate) fn routes(story: &Story) -> (Router, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let index = folder.path().join("index.html");
        std::fs::write(index, include_str!("../../web/index.html")).unwrap();
        let client = Client::read(folder.path()).unwrap();
        let (desk, executor) = (story.city().desk.clone(), story.city().executor.clone());
        let site = Arc::new(Site::new(desk, executor, client, ADDRESS));
        let routes = with_screens(story.city().routes.clone(), Arc::clone(&site))
            .merge(pages_router(Arc::clone(&site)))
            .fallback_service(missing_router(site));
        (routes, folder)
    }

    pub(crate) async fn get(&self, address: &str) -> Got {
        self.get_as("nobody", address).await
    }

    async fn get_as(&self, who: &str, address: &str) -> Got {
        let mut request = Request::get(address);
        if who != "nobody" {
            request = request.header(header::AUTHORIZATION, format!("Bearer {who}"));
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// A page as a browser gets it in which this cookie was left.
    async fn with_cookie(&self, cookie: &str, address: &str) -> Got {
        let request = Request::get(address).header(header::COOKIE, cookie);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn send(&self, request: Request<Body>) -> Got {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 24).await.unwrap();
        Got {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    /// The announcement of a case.
    async fn announcement(&self, story: &Story, case: &str) -> String {
        let address = format!("/public-comment/{case}/announcement");
        let (status, headers, bytes) = story.fetch(&address).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(headers[header::CONTENT_SECURITY_POLICY], PAGE_POLICY);
        String::from_utf8(bytes).unwrap()
    }

    /// A page that is there.
    pub(crate) async fn page(&self, address: &str) -> String {
        let got = self.get(address).await;
        assert_eq!(got.status, StatusCode::OK, "{address}: {}", got.text);
        got.text
    }
}

#[track_caller]
pub(crate) fn says(page: &str, words: &[&str]) {
    for word in words {
        assert!(page.contains(word), "{word:?} is missing: {page}");
    }
}

#[track_caller]
pub(crate) fn says_nothing_of(page: &str, words: &[&str]) {
    for word in words {
        assert!(!page.contains(word), "{word:?} is told: {page}");
    }
}

/// Every address that a case has.
fn addresses(case: &str) -> Vec<String> {
    let of_case = ["", "/submit", "/result", "/feed.atom", "/calendar.ics"];
    let standing = ["/", "/cases", "/feed.atom", "/calendar.ics", "/sitemap.xml"];
    let of_case = of_case.iter().map(|rest| format!("/cases/{case}{rest}"));
    of_case.chain(standing.map(str::to_owned)).collect()
}

#[tokio::test]
async fn a_case_can_be_read_without_javascript_from_the_draft_to_the_result() {
    let story = Story::on("2026-05-01").await;
    let pages = Pages::of(&story);
    says(
        &pages.page("/").await,
        &[
            "いま募集している案はありません。",
            "結果が公表されたものはまだありません。",
        ],
    );
    // A draft is nobody's to read here, not even its officers'.
    let drafted = draft(&story).await;
    for who in ["nobody", "clerk"] {
        let page = pages.get_as(who, &format!("/cases/{drafted}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{who}");
        says_nothing_of(&page.text, &["自転車"]);
    }
    let case = published(&story).await;
    let here = format!("/cases/{case}");
    let announced = pages.announcement(&story, &case).await;
    says(
        &announced,
        &[
            "に関する意見の募集について",
            "2026年5月11日（令和8年）月曜日から2026年6月9日（令和8年）火曜日まで（30日間）",
            "意見の提出方法",
            "案と資料の閲覧場所",
            "計画図",
        ],
    );

    // Before the opening.
    let query = "query($id: ID!) { publicCommentCase(id: $id) { title { ja en } summary { ja } contact number passages { text } call { opensOn closesOn } } }";
    let asked = story.get("nobody", query, json!({"id": case})).await;
    let told = &asked["publicCommentCase"];
    let page = pages.page(&here).await;
    for text in [
        &told["title"]["ja"],
        &told["summary"]["ja"],
        &told["contact"],
        &told["number"],
        &told["passages"][0]["text"],
        &told["passages"][1]["text"],
    ] {
        says(&page, &[text.as_str().unwrap()]);
    }
    says(
        &page,
        &[
            "この案は募集の開始前です",
            "募集の開始まであと10日",
            "2026年5月11日（令和8年）月曜日から2026年6月9日（令和8年）火曜日まで（30日間）",
            "<time datetime=\"2026-06-09\">",
            "<html lang=\"ja\">",
            "計画図",
            "PDF、",
        ],
    );
    says_nothing_of(&page, &[&format!("{here}/submit"), "募集中<"]);

    // Open.
    story.turn_to("2026-05-20");
    let submissions = opinions(&story, &case).await;
    let page = pages.page(&here).await;
    says(
        &page,
        &[
            "これまでに3通が届いています",
            "あと20日",
            &format!("{here}/submit"),
        ],
    );
    let home = pages.page("/").await;
    says(&home, &["募集中", &here, "あと20日"]);
    let how = pages.page(&format!("{here}/submit")).await;
    says(&how, &["郵送", "JavaScript が必要です", "郵送は最終日"]);
    says_nothing_of(&how, &["このページ、"]);
    // The embargo: nothing of an opinion, whoever is signed in.
    for address in addresses(&case) {
        for who in ["nobody", "clerk", "hanako"] {
            let got = pages.get_as(who, &address).await;
            says_nothing_of(
                &got.text,
                &["夜道が暗い", "自転車の通る道が狭い", "花子", "044-111"],
            );
        }
    }
    let early = pages.get(&format!("{here}/result")).await;
    assert_eq!(early.status, StatusCode::NOT_FOUND);
    says(&early.text, &["このページはありません", "noindex"]);

    // The last day, and after it.
    story.turn_to("2026-06-09");
    says(
        &pages.page("/").await,
        &["まもなく締め切り", "今日が最終日"],
    );
    says(&pages.page(&here).await, &["今日の24時で締め切ります"]);
    conclude(&story, &case, &submissions).await;

    // The result.
    let result = pages.page(&format!("{here}/result")).await;
    says(
        &result,
        &[
            "案を変えて決定",
            "3通",
            "ご意見を踏まえ修正します。",
            "意見を踏まえ、整備の延長を改めた。",
            "<del>",
            "<ins>",
            "道が狭いという意見による。",
            "意見の全文を読めるところ：<bdi dir=\"auto\" lang=\"ja\">行政情報コーナー</bdi>",
            "<caption>対応区分ごとの件数</caption>",
            "添付1.txt</bdi>（TXT、15 B）",
            &format!("/public-comment/{case}/result.csv"),
        ],
    );
    says_nothing_of(&result, &["044-111", "南加瀬"]);
    says(&pages.page("/").await, &["結果公表"]);
    says(&pages.page(&here).await, &["結果を見る"]);

    // As it was: the moment travels with the links.
    let past = pages.page(&format!("{here}?at=2026-05-20")).await;
    says(
        &past,
        &[
            "過去の時点を見ています",
            "あと20日",
            "これまでに3通",
            "?at=2026-05-20",
            "noindex",
        ],
    );
    says_nothing_of(&past, &["結果を見る"]);
    let before = pages.get(&format!("{here}/result?at=2026-05-20")).await;
    assert_eq!(before.status, StatusCode::NOT_FOUND);
    let never = pages.get(&format!("{here}?at=yesterday")).await;
    assert_eq!(never.status, StatusCode::BAD_REQUEST);
    says(&never.text, &["2026-04-01 のような日"]);
    let future = pages.get("/?at=99999").await;
    assert_eq!(future.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_people_wrote_is_text_and_nothing_else() {
    let story = Story::on("2026-05-01").await;
    let pages = Pages::of(&story);
    let hostile = "\"><script>alert(1)</script>\u{202e}逆\u{0}";
    let long = "長".repeat(10_000);
    let content = json!({
        "number": hostile,
        "title": {"ja": format!("題{hostile}"), "en": format!("Title {hostile}")},
        "objectKind": "PLAN",
        "legalBasis": hostile, "bureau": hostile, "contact": hostile,
        "summary": {"ja": long, "en": hostile},
        "passages": [{"key": "1", "heading": hostile, "text": format!("本文{hostile}")}],
        "draftedOn": "2026-05-01",
    });
    let case = published_of(&story, content).await;
    story.turn_to("2026-05-20");
    for lang in ["", "?lang=easy", "?lang=en"] {
        for address in addresses(&case) {
            let got = pages.get(&format!("{address}{lang}")).await;
            says_nothing_of(&got.text, &["\u{202e}", "\0"]);
            if !address.ends_with(".ics") {
                says_nothing_of(&got.text, &["<script>"]);
            }
            if got.headers[header::CONTENT_TYPE]
                .to_str()
                .unwrap()
                .starts_with("text/html")
            {
                assert_eq!(got.header(header::CONTENT_SECURITY_POLICY), PAGE_POLICY);
                assert_eq!(got.text.matches("<script").count(), 1, "{address}");
            }
        }
    }
    let announced = pages.announcement(&story, &case).await;
    says_nothing_of(&announced, &["<script", "\u{202e}", "\0"]);
    let page = pages.page(&format!("/cases/{case}")).await;
    says(&page, &["題&quot;&gt;&lt;script&gt;", "U+202E", &long]);
    let searched = pages.page("/cases?q=%22%3E%3Cscript%3E").await;
    says(
        &searched,
        &[
            "value=\"&quot;&gt;&lt;script&gt;\"",
            "「&quot;&gt;&lt;script&gt;」を探した結果",
            "2件見つかりました",
            "<mark>&quot;&gt;&lt;script&gt;</mark>",
        ],
    );
}

#[tokio::test]
async fn a_page_is_in_the_language_that_the_reader_chose_before() {
    let story = Story::on("2026-05-01").await;
    let pages = Pages::of(&story);
    let case = published(&story).await;
    let chose_english = "theme=dark; lang=en";
    let english = pages.with_cookie(chose_english, "/").await;
    assert_eq!(english.header(header::CONTENT_LANGUAGE), "en");
    assert_eq!(english.header(header::VARY), "cookie");
    // A link says the language only where it is another.
    says(
        &english.text,
        &["<html lang=\"en\">", &format!("href=\"/cases/{case}\"")],
    );
    says_nothing_of(&english.text, &["name=\"lang\""]);
    let japanese = pages.with_cookie(chose_english, "/?lang=ja").await;
    says(
        &japanese.text,
        &[
            "<html lang=\"ja\">",
            &format!("href=\"/cases/{case}?lang=ja\""),
            "<input type=\"hidden\" name=\"lang\" value=\"ja\">",
        ],
    );
    // Whoever chose nothing, or something that is no language, reads Japanese.
    for cookie in ["", "lang=", "lang=xx", "language=en", "lang=\"en"] {
        let got = pages.with_cookie(cookie, "/").await;
        assert_eq!(got.header(header::CONTENT_LANGUAGE), "ja", "{cookie}");
    }
    // What programs fetch follows from its address alone.
    let feed = pages.with_cookie(chose_english, "/feed.atom").await;
    says(&feed.text, &["xml:lang=\"ja\""]);
}

#[tokio::test]
async fn pages_speak_three_languages_and_tell_search_engines_of_them() {
    let story = Story::on("2026-05-01").await;
    let pages = Pages::of(&story);
    let case = published(&story).await;
    let here = format!("/cases/{case}");
    let english = pages.get(&format!("{here}?lang=en")).await;
    assert_eq!(english.header(header::CONTENT_LANGUAGE), "en");
    says(
        &english.text,
        &[
            "<html lang=\"en\">",
            "How to submit",
            "Monday 11 May 2026 (Reiwa 8)",
            &format!("<link rel=\"canonical\" href=\"{ADDRESS}{here}?lang=en\">"),
            &format!("hreflang=\"ja\" href=\"{ADDRESS}{here}\""),
            &format!("hreflang=\"ja-x-easy\" href=\"{ADDRESS}{here}?lang=easy\""),
            "hreflang=\"x-default\"",
            "<meta property=\"og:title\"",
            "application/atom+xml",
            "href=\"/receipts?lang=en\"",
        ],
    );
    let easy = pages.page("/help?lang=easy").await;
    says(&easy, &["意見を 出したい"]);
    let plain = pages.page("/help").await;
    says(
        &plain,
        &[
            "<title>使い方｜ひろば</title>",
            "パソコンや電話が使えません",
        ],
    );
    says(
        &pages.page("/accessibility").await,
        &["試験結果はまだ作られていません。"],
    );

    let robots = pages.page("/robots.txt").await;
    says(
        &robots,
        &[
            "Disallow: /staff\n",
            &format!("Sitemap: {ADDRESS}/sitemap.xml"),
        ],
    );
    let map = pages.page("/sitemap.xml").await;
    says(
        &map,
        &[
            &format!("<loc>{ADDRESS}{here}</loc>"),
            "lang=easy",
            "<lastmod>2026-",
        ],
    );

    for (address, status) in [
        ("/cases/case_nothing", StatusCode::NOT_FOUND),
        (
            "/cases/case_01JBSVBM1SS10N000000000000",
            StatusCode::NOT_FOUND,
        ),
        ("/nothing", StatusCode::NOT_FOUND),
        ("/logs", StatusCode::NOT_FOUND),
        ("/me", StatusCode::OK),
        ("/log/verify", StatusCode::OK),
    ] {
        let got = pages.get(address).await;
        assert_eq!(got.status, status, "{address}");
        says(&got.text, &["noindex", "<h1>"]);
    }
    says(
        &pages.page("/me").await,
        &["この画面には JavaScript が必要です"],
    );
}

#[tokio::test]
async fn what_did_not_change_is_not_sent_again() {
    let story = Story::on("2026-05-01").await;
    let pages = Pages::of(&story);
    let case = published(&story).await;
    story.turn_to("2026-05-20");
    let again = |address: &str, tag: &str| {
        let request = Request::get(address).header(header::IF_NONE_MATCH, tag);
        pages.send(request.body(Body::empty()).unwrap())
    };
    for address in [
        "/".to_owned(),
        format!("/cases/{case}"),
        "/feed.atom".to_owned(),
    ] {
        let first = pages.get(&address).await;
        assert_eq!(first.header(header::CACHE_CONTROL), "public, no-cache");
        let tag = first.header(header::ETAG).to_owned();
        let same = again(&address, &tag).await;
        assert_eq!(same.status, StatusCode::NOT_MODIFIED, "{address}");
        assert!(same.text.is_empty());
        assert_eq!(same.header(header::ETAG), tag);
    }
    // Another event, another day, another build of the client.
    let here = format!("/cases/{case}");
    let tag = pages.get(&here).await.header(header::ETAG).to_owned();
    opinions(&story, &case).await;
    let more = again(&here, &tag).await;
    assert_eq!(more.status, StatusCode::OK);
    let tag = more.header(header::ETAG).to_owned();
    story.turn_to("2026-05-21");
    let later = again(&here, &tag).await;
    assert_eq!(later.status, StatusCode::OK);
    says(&later.text, &["あと19日"]);
    let index = pages.folder.path().join("index.html");
    let newer = include_str!("../../web/index.html").replace("citizen.tsx", "newer.tsx");
    std::fs::write(&index, newer).unwrap();
    let file = std::fs::File::options().append(true).open(&index).unwrap();
    let year = std::time::Duration::from_secs(365 * 86_400);
    file.set_modified(file.metadata().unwrap().modified().unwrap() + year)
        .unwrap();
    says(&pages.page(&here).await, &["newer.tsx"]);
}

#[tokio::test]
async fn the_list_is_searched_and_narrowed_by_a_form() {
    let story = Story::on("2026-05-01").await;
    let pages = Pages::of(&story);
    let case = published(&story).await;
    // ｼﾞテン車, 自転車, and the same in passages alone.
    let found = pages
        .page("/cases?q=%EF%BD%BC%EF%BE%9E%E3%83%86%E3%83%B3%E8%BB%8A&kind=")
        .await;
    says(&found, &["見つかりませんでした"]);
    let found = pages.page("/cases?q=%E8%87%AA%E8%BB%A2%E8%BB%8A").await;
    says(
        &found,
        &[
            "2件見つかりました",
            &case,
            "<mark>自転車</mark>通行環境整備計画（案）",
            "#passage-1\"",
            "<mark>自転車</mark>の通行の安全を図る。",
            "noindex",
        ],
    );
    let found = pages
        .page("/cases?q=%E8%87%AA%E8%BB%A2%E8%BB%8A&kind=PASSAGE&lang=en")
        .await;
    says(
        &found,
        &["1 match found", "<option value=\"PASSAGE\" selected>"],
    );
    let long = pages
        .page(&format!("/cases?q={}", "%E9%81%93".repeat(101)))
        .await;
    says(&long, &["合わせて100文字"]);
    let listed = pages.page("/cases?state=OPEN").await;
    says(
        &listed,
        &[
            "1件見つかりました",
            &case,
            "<option value=\"OPEN\" selected>",
        ],
    );
    let none = pages.page("/cases?state=CLOSED").await;
    says(&none, &["見つかりませんでした"]);
    says_nothing_of(&none, &[&case]);
    let all = pages.page("/cases?state=nonsense").await;
    says(&all, &[&case]);
}

#[tokio::test]
async fn a_receipt_is_checked_by_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let story = Story::in_folder(folder.path(), "2026-05-01", 1).await;
    let pages = Pages::of(&story);
    story.sealer().seal().await.unwrap();
    let entry = "{ logEntry(position: 0) { leaf } }";
    let leaf: Value = story.get("nobody", entry, json!({})).await;
    assert!(leaf["logEntry"]["leaf"].is_string());
    let page = pages.page("/receipts/0").await;
    says(
        &page,
        &[
            "記録に残っています",
            "city.example/log/1",
            "hiroba-verify receipt 0.tlog-proof",
            "/log/receipt/0.tlog-proof",
        ],
    );
    let hash = page.split("class=\"hash\">").nth(1).unwrap()[..64].to_owned();
    says(
        &pages.page(&format!("/receipts/0?hash={hash}")).await,
        &["合っています"],
    );
    let differs = pages.page("/receipts/0?hash=00").await;
    says(&differs, &["証明が合いません"]);
    says_nothing_of(&differs, &["記録に残っています"]);
    // Beside the files of the log, the client has screens.
    for screen in ["/log/verify", "/log/0", "/log/objects/log", "/log"] {
        says(&pages.page(screen).await, &["JavaScript が必要です"]);
    }
    let none = pages.get("/log/tile/0/nonsense").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    let checkpoint = pages.page("/log/checkpoint").await;
    assert!(checkpoint.starts_with("city.example/log/1\n"));
    says(&page, &[checkpoint.lines().nth(2).unwrap()]);
    let missing = pages.get("/receipts/4000").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    says(&missing.text, &["見つかりません"]);
    // The form leads to the address of the receipt.
    let form = pages.page("/receipts?lang=en").await;
    says(
        &form,
        &["Position in the public log", "name=\"lang\" value=\"en\""],
    );
    let sent = pages
        .get("/receipts?position=%EF%BC%91&lang=en&hash=")
        .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    assert_eq!(sent.header(header::LOCATION), "/receipts/1?lang=en");
    let wrong = pages.get("/receipts?position=abc").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    says(&wrong.text, &["位置を数字で書いてください", "aria-invalid"]);
}

#[tokio::test]
async fn what_is_unusual_about_a_case_is_said_first() {
    let story = Story::on("2026-05-01").await;
    let pages = Pages::of(&story);
    let case = published(&story).await;
    let here = format!("/cases/{case}");
    story.turn_to("2026-06-10");
    let closed = pages.page(&here).await;
    says(
        &closed,
        &["募集終了", "2026年6月9日（令和8年）火曜日に終わりました"],
    );
    says_nothing_of(&closed, &[&format!("{here}/submit")]);
    let late = pages.page(&format!("{here}/submit")).await;
    says(&late, &["募集終了", "問い合わせ先"]);
    says_nothing_of(&late, &["次の方法で出してください"]);

    let exempted = draft(&story).await;
    let input = json!({"case": exempted, "code": "URGENT", "reason": "災害への備えを急ぐため"});
    story
        .does("approver", "declareExemption", input, "position")
        .await;
    let there = format!("/cases/{exempted}");
    let early = pages.get(&there).await;
    says_nothing_of(&early.text, &["災害への備え"]);
    let input = json!({
        "case": exempted, "title": {"ja": "災害<対策>計画"}, "policyFixedOn": "2026-06-10",
        "reason": "災害への備えを急ぐため",
    });
    story
        .does("approver", "publishExemption", input, "position")
        .await;
    let page = pages.page(&there).await;
    says(
        &page,
        &[
            "災害&lt;対策&gt;計画",
            "適用除外",
            "この案は意見募集の適用除外です",
            "災害への備えを急ぐため",
        ],
    );
    says(
        &pages.page("/cases?state=EXEMPTED").await,
        &["災害&lt;対策&gt;計画"],
    );
    let feed = pages.page("/feed.atom").await;
    says(
        &feed,
        &["<title>適用除外の公表：災害&lt;対策&gt;計画</title>"],
    );
    for missing in ["/calendar.ics", "/submit", "/result"] {
        let got = pages.get(&format!("{there}{missing}")).await;
        assert_eq!(got.status, StatusCode::NOT_FOUND, "{missing}");
    }
}

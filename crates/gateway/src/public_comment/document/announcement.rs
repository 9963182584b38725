//! The announcement of a call for opinions (募集の公示), for print and for the
//! notice board: what was published, as it stands now.

use domain::{
    Language,
    public_comment::{PostRule, result_document::period_days},
};
use maud::{Markup, html};
use read_models::public_comment::{Case, MaterialVersion};

use super::html::{document, line};
use crate::{
    desk::Desk,
    gate,
    http::ApiError,
    pages::{dates, locale::Locale, text::plain},
    viewer::Viewer,
};

/// The sheet of a case; not found before its publication.
pub(super) fn page(desk: &Desk, case: &Case) -> Result<String, ApiError> {
    let call = case.call.as_ref().ok_or(ApiError::NotFound)?;
    if !gate::may_see_case(&Viewer::anybody(desk), case) {
        return Err(ApiError::NotFound);
    }
    let content = &call.content;
    let closes_on = case.closes_on.unwrap_or(call.closes_on);
    let day = |day| dates::day(day, Locale::Ja);
    let period = format!(
        "{}から{}まで（{}日間）",
        day(call.opens_on),
        day(closes_on),
        period_days(call.opens_on, closes_on)
    );
    let channels: Vec<_> = call
        .channels
        .iter()
        .map(|channel| channel.name(Language::Ja))
        .collect();
    let post = match call.post_rule {
        PostRule::Postmark => "最終日の消印まで有効",
        PostRule::Arrival => "最終日までに必着",
    };
    let title = plain(&content.title.ja);
    let body = html! {
        h1 { (title) "に関する意見の募集について" }
        @if let Some(english) = &content.title.en {
            p lang="en" { (plain(english)) " — public notice of a call for opinions" }
        }
        (notices(case))
        h2 { "1 募集の概要" }
        table {
            (line("題名", &content.title.ja))
            (line("案件番号", &content.number))
            (line("趣旨", &content.summary.ja))
            (line("根拠法令", &content.legal_basis))
            (line("案の作成日", &day(content.drafted_on)))
            (line("意見の募集期間", &period))
            @if let Some(reason) = &case.shortened { (line("期間を短縮した理由", reason)) }
            @for extension in &case.extensions {
                (line("期間の延長", &format!("{}まで。{}", day(extension.closes_on), extension.reason)))
            }
            (line("意見の提出方法", &channels.join("、")))
            (line("郵送の扱い", post))
            (line("意見に書くこと", "題名、意見、氏名（団体は名称と代表者の氏名）、住所。公表するのは意見の内容だけです。"))
            (line("案と資料の閲覧場所", &call.reading_places.join("、")))
            (line("募集の周知方法", &call.publicity.join("、")))
            (line("結果の公表方法", &call.result_method))
            (line("所管", &content.bureau))
            (line("問合せ先", &content.contact))
        }
        h2 { "2 案" }
        @for passage in &case.passages {
            section {
                h3 {
                    (plain(&passage.passage.0))
                    @if let Some(heading) = &passage.heading { " " (plain(heading)) }
                }
                p.text { (plain(&passage.text)) }
            }
            "\n"
        }
        h2 { "3 関連資料" }
        (materials(case))
    };
    Ok(document(&format!("{title} 意見の募集"), &body))
}

/// What a reader must know before anything else.
fn notices(case: &Case) -> Markup {
    html! {
        @if let Some(end) = &case.abandonment {
            p {
                strong { "この手続は中止されました。" }
                "理由：" (plain(&end.reason))
                (if end.new_procedure { "　改めて意見を募集する予定です。" } else { "　改めて意見を募集する予定はありません。" })
            }
        }
    }
}

fn materials(case: &Case) -> Markup {
    let newest: Vec<&MaterialVersion> = case
        .materials
        .values()
        .filter_map(|versions| versions.last())
        .collect();
    html! {
        @if newest.is_empty() { p { "関連資料はありません。" } }
        @else {
            ul {
                @for material in newest {
                    li {
                        (plain(&material.published.title.ja))
                        @if let Some(note) = &material.note { "（訂正：" (plain(note)) "）" }
                    }
                }
            }
        }
    }
}

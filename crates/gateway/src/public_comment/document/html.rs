//! Documents as pages that print well.

use domain::{
    Language,
    public_comment::{
        Outcome,
        diff::{Run, RunKind},
    },
};
use maud::{DOCTYPE, Markup, html};

use super::sheet::Sheet;
use crate::pages::text::plain;

/// The style of the pages.
pub(super) const STYLE: &str = "body{font-family:sans-serif;line-height:1.7;max-width:50rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem}h2{font-size:1.15rem;margin-top:2rem;break-after:avoid}h3{font-size:1rem;break-after:avoid}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #767676;padding:.3rem .5rem;text-align:start;vertical-align:top}
thead{display:table-header-group}tr{break-inside:avoid}
.text{white-space:pre-wrap;overflow-wrap:anywhere}.number{text-align:end}
del{color:#a4001d}ins{color:#00558c;font-weight:bold}
@media print{body{margin:0;max-width:none}@page{size:A4;margin:20mm}}
";

/// A document with its title, in the style of the pages.
pub(super) fn document(title: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="ja" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (title) }
                link rel="stylesheet" href="/public-comment/result.css";
            }
            body { main { (body) } }
        }
    };
    page.into_string()
}

/// A row of a table: a heading and a text.
pub(super) fn line(heading: &str, text: &str) -> Markup {
    html! {
        tr { th scope="row" { (heading) } td.text { (plain(text)) } }
        "\n"
    }
}

fn count(heading: &str, count: u32, unit: &str) -> Markup {
    html! {
        tr { th scope="row" { (heading) } td.number { (count) (unit) } }
        "\n"
    }
}

fn runs(runs: &[Run]) -> Markup {
    html! {
        @for run in runs {
            @match run.kind {
                RunKind::Same => (plain(&run.text)),
                RunKind::Deleted => del { (plain(&run.text)) },
                RunKind::Inserted => ins { (plain(&run.text)) },
            }
        }
    }
}

/// The result document.
pub(super) fn result(sheet: &Sheet) -> String {
    let title = plain(&sheet.title.ja);
    let body = html! {
        h1 { (title) "に関する意見募集の実施結果について" }
        @if let Some(english) = &sheet.title.en {
            p lang="en" { (plain(english)) " — result of the public comment procedure" }
        }
        (overview(sheet))
        (counts(sheet))
        (items(sheet))
        (differences(sheet))
    };
    document(&format!("{title} 意見募集の結果"), &body)
}

fn overview(sheet: &Sheet) -> Markup {
    let period = &sheet.period;
    let days = format!(
        "{}から{}まで（{}日間）",
        period.opens_on, period.closes_on, period.days
    );
    let outcome = match sheet.outcome {
        Outcome::AdoptedAsDrafted => "案のとおり決定",
        Outcome::AdoptedWithChanges => "案を修正して決定",
        Outcome::Withdrawn => "案を取りやめ",
    };
    html! {
        h2 { "1 概要" }
        table {
            (line("題名", &sheet.title.ja))
            (line("案件番号", &sheet.number))
            (line("根拠法令", &sheet.legal_basis))
            (line("案の作成日", &sheet.drafted_on.to_string()))
            (line("意見の募集期間", &days))
            @if let Some(reason) = &period.shortened_because {
                (line("期間を短縮した理由", reason))
            }
            (line("意見の提出方法", &sheet.channels.join("、")))
            (line("募集の周知方法", &sheet.publicity.join("、")))
            (line("結果の公表方法", &sheet.result_method))
            (line("結果の公表日", &sheet.published_on.to_string()))
            (line("所管", &sheet.bureau))
            (line("問合せ先", &sheet.contact))
            (line("結果", outcome))
            (line("理由", &sheet.reasons))
        }
    }
}

fn counts(sheet: &Sheet) -> Markup {
    let submissions = &sheet.submissions;
    html! {
        h2 { "2 結果の概要" }
        @if sheet.no_submissions {
            p { strong { "意見の提出はありませんでした。" } }
        }
        table {
            caption { "意見提出数（通）・意見総数（件）" }
            (count("意見提出数", submissions.total, "通"))
            @for channel in &submissions.by_channel {
                (count(&format!("（内訳）{}", channel.channel.name(Language::Ja)), channel.submissions, "通"))
            }
            @if submissions.withdrawn > 0 {
                (count("取り下げられたもの（意見提出数に含まない）", submissions.withdrawn, "通"))
            }
            @if submissions.late > 0 {
                (count("期限後に届いたもの（意見提出数に含まない）", submissions.late, "通"))
            }
            (count("意見総数", sheet.items.total, "件"))
        }
        @if !sheet.items.by_category.is_empty() {
            table {
                caption { "対応区分別の件数" }
                @for category in &sheet.items.by_category {
                    (count(&format!("{} {}", category.code, plain(&category.label)), category.items, "件"))
                }
                (count("案の変更につながったもの", sheet.items.changed_policy, "件"))
            }
        }
    }
}

fn items(sheet: &Sheet) -> Markup {
    if sheet.rows.is_empty() {
        return html! {};
    }
    html! {
        h2 { "3 意見と市の考え方" }
        @if let Some(place) = &sheet.full_opinions_at {
            p { "意見の全文の閲覧：" (plain(place)) }
        }
        table {
            caption { "意見と、それに対する市の考え方" }
            thead {
                tr {
                    @for heading in ["番号", "意見", "対応区分", "市の考え方"] { th scope="col" { (heading) } }
                }
            }
            tbody {
                @for row in &sheet.rows {
                    tr id=(format!("item-{}", row.number)) {
                        td.number { (row.number) }
                        td.text {
                            (plain(&row.summary))
                            @if !sheet.summaries_only && !row.excerpt.is_empty() && row.excerpt != row.summary {
                                hr;
                                (plain(&row.excerpt))
                            }
                        }
                        td { (row.category) }
                        td.text { (plain(&row.response)) }
                    }
                    "\n"
                }
            }
        }
    }
}

fn differences(sheet: &Sheet) -> Markup {
    html! {
        h2 { "4 案からの変更" }
        @if sheet.differences.is_empty() {
            p { "案からの変更はありません。" }
        }
        @for difference in &sheet.differences {
            section {
                h3 { (plain(&difference.passage.0)) " " (runs(&difference.heading)) }
                p.text { (runs(&difference.text)) }
                @for reason in &difference.reasons {
                    p.text { "理由：" (plain(reason)) }
                }
                @if !difference.caused_by.is_empty() {
                    @let numbers: Vec<_> = difference.caused_by.iter().map(u32::to_string).collect();
                    p { "変更のもとになった意見：" (numbers.join("、")) }
                }
            }
            "\n"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_is_never_markup() {
        assert_eq!(
            line("意見", "<script>\"&\0\u{1b}[2J</script>\n意見").into_string(),
            "<tr><th scope=\"row\">意見</th><td class=\"text\">&lt;script&gt;&quot;&amp;[2J&lt;/script&gt;\n意見</td></tr>\n"
        );
        let all = [RunKind::Same, RunKind::Deleted, RunKind::Inserted];
        let all = all.map(|kind| Run {
            kind,
            text: "<".to_owned(),
        });
        assert_eq!(
            runs(&all).into_string(),
            "&lt;<del>&lt;</del><ins>&lt;</ins>"
        );
    }
}

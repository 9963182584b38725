//! The result document as a page that prints well.

use domain::{
    Language,
    public_comment::{
        Outcome,
        diff::{Run, RunKind},
    },
};

use super::sheet::Sheet;

/// The style of the page.
pub(super) const STYLE: &str = "body{font-family:sans-serif;line-height:1.7;max-width:50rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem}h2{font-size:1.15rem;margin-top:2rem;break-after:avoid}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #767676;padding:.3rem .5rem;text-align:start;vertical-align:top}
thead{display:table-header-group}tr{break-inside:avoid}
.text{white-space:pre-wrap;overflow-wrap:anywhere}.number{text-align:end}
del{color:#a4001d}ins{color:#00558c;font-weight:bold}
@media print{body{margin:0;max-width:none}@page{size:A4;margin:20mm}}
";

/// A page in the making. Only what this file writes itself is markup;
/// everything else is text.
struct Html(String);

impl Html {
    fn markup(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    fn text(&mut self, text: &str) -> &mut Self {
        for letter in text.chars() {
            match letter {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                // No letters of a language: control characters end nowhere.
                letter if letter.is_control() && !matches!(letter, '\n' | '\t') => (),
                letter => self.0.push(letter),
            }
        }
        self
    }

    fn line(&mut self, heading: &'static str, text: &str) -> &mut Self {
        self.markup("<tr><th scope=\"row\">").markup(heading);
        self.markup("</th><td class=\"text\">")
            .text(text)
            .markup("</td></tr>\n")
    }

    fn count(&mut self, heading: &str, count: u32, unit: &'static str) -> &mut Self {
        self.markup("<tr><th scope=\"row\">").text(heading);
        self.markup("</th><td class=\"number\">")
            .text(&format!("{count}{unit}"));
        self.markup("</td></tr>\n")
    }

    fn runs(&mut self, runs: &[Run]) -> &mut Self {
        for run in runs {
            let (open, close) = match run.kind {
                RunKind::Same => ("", ""),
                RunKind::Deleted => ("<del>", "</del>"),
                RunKind::Inserted => ("<ins>", "</ins>"),
            };
            self.markup(open).text(&run.text).markup(close);
        }
        self
    }
}

/// The page.
pub(super) fn page(sheet: &Sheet) -> String {
    let mut page = Html(String::new());
    page.markup("<!doctype html>\n<html lang=\"ja\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.markup("<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    page.text(&sheet.title.ja)
        .markup(" 意見募集の結果</title>\n");
    page.markup(
        "<link rel=\"stylesheet\" href=\"/public-comment/result.css\">\n</head>\n<body>\n<h1>",
    );
    page.text(&sheet.title.ja)
        .markup("に関する意見募集の実施結果について</h1>\n");
    if let Some(english) = &sheet.title.en {
        page.markup("<p lang=\"en\">")
            .text(english)
            .markup(" — result of the public comment procedure</p>\n");
    }
    overview(&mut page, sheet);
    counts(&mut page, sheet);
    items(&mut page, sheet);
    differences(&mut page, sheet);
    page.markup("</body>\n</html>\n");
    page.0
}

fn overview(page: &mut Html, sheet: &Sheet) {
    let period = &sheet.period;
    page.markup("<h2>1 概要</h2>\n<table>\n");
    page.line("題名", &sheet.title.ja);
    page.line("案件番号", &sheet.number);
    page.line("根拠法令", &sheet.legal_basis);
    page.line("案の作成日", &sheet.drafted_on.to_string());
    page.line(
        "意見の募集期間",
        &format!(
            "{}から{}まで（{}日間）",
            period.opens_on, period.closes_on, period.days
        ),
    );
    if let Some(reason) = &period.shortened_because {
        page.line("期間を短縮した理由", reason);
    }
    page.line("意見の提出方法", &sheet.channels.join("、"));
    page.line("募集の周知方法", &sheet.publicity.join("、"));
    page.line("結果の公表方法", &sheet.result_method);
    page.line("結果の公表日", &sheet.published_on.to_string());
    page.line("所管", &sheet.bureau);
    page.line("問合せ先", &sheet.contact);
    let outcome = match sheet.outcome {
        Outcome::AdoptedAsDrafted => "案のとおり決定",
        Outcome::AdoptedWithChanges => "案を修正して決定",
        Outcome::Withdrawn => "案を取りやめ",
    };
    page.line("結果", outcome);
    page.line("理由", &sheet.reasons).markup("</table>\n");
}

fn counts(page: &mut Html, sheet: &Sheet) {
    let submissions = &sheet.submissions;
    page.markup("<h2>2 結果の概要</h2>\n");
    if sheet.no_submissions {
        page.markup("<p><strong>意見の提出はありませんでした。</strong></p>\n");
    }
    page.markup("<table>\n<caption>意見提出数（通）・意見総数（件）</caption>\n");
    page.count("意見提出数", submissions.total, "通");
    for count in &submissions.by_channel {
        let heading = format!("（内訳）{}", count.channel.name(Language::Ja));
        page.count(&heading, count.submissions, "通");
    }
    if submissions.withdrawn > 0 {
        page.count(
            "取り下げられたもの（意見提出数に含まない）",
            submissions.withdrawn,
            "通",
        );
    }
    if submissions.late > 0 {
        page.count(
            "期限後に届いたもの（意見提出数に含まない）",
            submissions.late,
            "通",
        );
    }
    page.count("意見総数", sheet.items.total, "件");
    page.markup("</table>\n");
    if !sheet.items.by_category.is_empty() {
        page.markup("<table>\n<caption>対応区分別の件数</caption>\n");
        for category in &sheet.items.by_category {
            page.count(
                &format!("{} {}", category.code, category.label),
                category.items,
                "件",
            );
        }
        page.count("案の変更につながったもの", sheet.items.changed_policy, "件");
        page.markup("</table>\n");
    }
}

fn items(page: &mut Html, sheet: &Sheet) {
    if sheet.rows.is_empty() {
        return;
    }
    page.markup("<h2>3 意見と市の考え方</h2>\n");
    if let Some(place) = &sheet.full_opinions_at {
        page.markup("<p>意見の全文の閲覧：")
            .text(place)
            .markup("</p>\n");
    }
    page.markup("<table>\n<thead><tr><th scope=\"col\">番号</th><th scope=\"col\">意見</th><th scope=\"col\">対応区分</th><th scope=\"col\">市の考え方</th></tr></thead>\n<tbody>\n");
    for row in &sheet.rows {
        page.markup("<tr id=\"item-").text(&row.number.to_string());
        page.markup("\"><td class=\"number\">")
            .text(&row.number.to_string());
        page.markup("</td><td class=\"text\">").text(&row.summary);
        if !sheet.summaries_only && !row.excerpt.is_empty() && row.excerpt != row.summary {
            page.markup("<hr>").text(&row.excerpt);
        }
        page.markup("</td><td>").text(&row.category);
        page.markup("</td><td class=\"text\">")
            .text(&row.response)
            .markup("</td></tr>\n");
    }
    page.markup("</tbody>\n</table>\n");
}

fn differences(page: &mut Html, sheet: &Sheet) {
    page.markup("<h2>4 案からの変更</h2>\n");
    if sheet.differences.is_empty() {
        page.markup("<p>案からの変更はありません。</p>\n");
        return;
    }
    for difference in &sheet.differences {
        page.markup("<section>\n<h3>")
            .text(&difference.passage.0)
            .markup(" ");
        page.runs(&difference.heading)
            .markup("</h3>\n<p class=\"text\">");
        page.runs(&difference.text).markup("</p>\n");
        for reason in &difference.reasons {
            page.markup("<p class=\"text\">理由：")
                .text(reason)
                .markup("</p>\n");
        }
        if !difference.caused_by.is_empty() {
            let numbers: Vec<_> = difference.caused_by.iter().map(u32::to_string).collect();
            page.markup("<p>変更のもとになった意見：")
                .text(&numbers.join("、"))
                .markup("</p>\n");
        }
        page.markup("</section>\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_is_never_markup() {
        let mut page = Html(String::new());
        page.text("<script>\"&'\0\u{1b}[2J</script>\n意見");
        assert_eq!(
            page.0,
            "&lt;script&gt;&quot;&amp;&#39;[2J&lt;/script&gt;\n意見"
        );
        let mut page = Html(String::new());
        let runs = [RunKind::Same, RunKind::Deleted, RunKind::Inserted];
        page.runs(&runs.map(|kind| Run {
            kind,
            text: "<".to_owned(),
        }));
        assert_eq!(page.0, "&lt;<del>&lt;</del><ins>&lt;</ins>");
    }
}

//! The page on which one chooses whom to be: a form with buttons, no script.

use maud::{DOCTYPE, Markup, html};

use super::PERSONAS;

/// The page; `fields` are sent back with the choice.
pub(super) fn choose(fields: &[(&str, &str)]) -> String {
    document(&html! {
        h1 { "だれになりますか " span lang="en" { "Who will you be?" } }
        form method="post" action="authorize" {
            @for (name, value) in fields {
                input type="hidden" name=(name) value=(value);
            }
            ul {
                @for persona in PERSONAS {
                    li {
                        button name="persona" value=(persona.key) {
                            (persona.ja) "（" (persona.part_ja) "）"
                            br;
                            span lang="en" { (persona.en) ", " (persona.part_en) }
                        }
                    }
                }
            }
        }
    })
}

/// The page that says why nothing can be chosen.
pub(super) fn refused(ja: &str, en: &str) -> String {
    document(&html! {
        h1 { "サインインできません " span lang="en" { "Sign-in failed" } }
        p { (ja) }
        p lang="en" { (en) }
    })
}

fn document(body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="ja" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "デモのサインイン Demonstration sign-in" }
                link rel="stylesheet" href="style.css";
                link rel="icon" href="/icon.svg";
            }
            body {
                main {
                    p.loud role="note" {
                        strong { "これはデモです。" }
                        "パスワードなしで、だれにでもなれます。実際の手続には使えません。"
                        br;
                        strong lang="en" { "This is a demonstration." }
                        " "
                        span lang="en" { "Anybody can be anybody, without a password. Nothing here is real." }
                    }
                    (body)
                }
            }
        }
    };
    page.into_string()
}

pub(super) const STYLE: &str = r#"body { font: 1rem/1.7 "Noto Sans JP", system-ui, sans-serif; margin: 0; color: #1a1a1c; background: #fff; }
main { max-inline-size: 44rem; margin: 0 auto; padding: 1rem; }
.loud { border: 4px solid #b50000; padding: 0.75rem 1rem; }
ul { list-style: none; padding: 0; display: grid; gap: 0.5rem; }
button { font: inherit; inline-size: 100%; min-block-size: 3.5rem; padding: 0.5rem 1rem; text-align: start; color: #0017c1; background: #fff; border: 1px solid #0017c1; border-radius: 8px; cursor: pointer; }
button:hover { background: #e8f1fe; }
:focus-visible { outline: 4px solid #000; outline-offset: 2px; box-shadow: 0 0 0 2px #ffd43d; }
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out_of_the_page() {
        let page = choose(&[("state", "\"><script>alert(1)</script>")]);
        assert!(!page.contains("<script"));
        assert!(page.contains("&quot;&gt;&lt;script&gt;"));
        for persona in PERSONAS {
            assert!(page.contains(&format!("value=\"{}\"", persona.key)));
        }
    }
}

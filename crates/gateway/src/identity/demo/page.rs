//! The page on which one chooses whom to be: a form with buttons, no script.

use std::fmt::Write;

use super::PERSONAS;

/// The page; `fields` are sent back with the choice.
pub(super) fn choose(fields: &[(&str, &str)]) -> String {
    let mut hidden = String::new();
    for (name, value) in fields {
        let _ = write!(
            hidden,
            r#"<input type="hidden" name="{}" value="{}">"#,
            escaped(name),
            escaped(value)
        );
    }
    let mut buttons = String::new();
    for persona in PERSONAS {
        let _ = write!(
            buttons,
            r#"<li><button name="persona" value="{}">{}（{}）<br><span lang="en">{}, {}</span></button></li>"#,
            persona.key, persona.ja, persona.part_ja, persona.en, persona.part_en
        );
    }
    document(&format!(
        r#"<h1>だれになりますか <span lang="en">Who will you be?</span></h1>
<form method="post" action="authorize">{hidden}<ul>{buttons}</ul></form>"#
    ))
}

/// The page that says why nothing can be chosen.
pub(super) fn refused(ja: &str, en: &str) -> String {
    document(&format!(
        r#"<h1>サインインできません <span lang="en">Sign-in failed</span></h1><p>{}</p><p lang="en">{}</p>"#,
        escaped(ja),
        escaped(en)
    ))
}

fn document(body: &str) -> String {
    format!(
        r#"<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>デモのサインイン Demonstration sign-in</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<main>
<p role="note" class="loud"><strong>これはデモです。</strong>パスワードなしで、だれにでもなれます。実際の手続には使えません。<br><strong lang="en">This is a demonstration.</strong> <span lang="en">Anybody can be anybody, without a password. Nothing here is real.</span></p>
{body}
</main>
</body>
</html>
"#
    )
}

pub(super) const STYLE: &str = r#"body { font: 1rem/1.7 "Noto Sans JP", system-ui, sans-serif; margin: 0; color: #1a1a1c; background: #fff; }
main { max-inline-size: 44rem; margin: 0 auto; padding: 1rem; }
.loud { border: 4px solid #b50000; padding: 0.75rem 1rem; }
ul { list-style: none; padding: 0; display: grid; gap: 0.5rem; }
button { font: inherit; inline-size: 100%; min-block-size: 3.5rem; padding: 0.5rem 1rem; text-align: start; color: #0017c1; background: #fff; border: 1px solid #0017c1; border-radius: 8px; cursor: pointer; }
button:hover { background: #e8f1fe; }
:focus-visible { outline: 4px solid #000; outline-offset: 2px; box-shadow: 0 0 0 2px #ffd43d; }
"#;

/// Text that can stand in HTML, also in an attribute.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

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

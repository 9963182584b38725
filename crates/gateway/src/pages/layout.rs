//! The frame around every page, as the web client has it, and the pieces that
//! pages are made of.

use axum::http::StatusCode;
use maud::{Markup, html};

use super::{
    dates,
    locale::Locale,
    reading::{Reading, address},
    shell::{Shell, Written},
    text,
    words::Words,
};

/// A page without its frame.
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    /// What the page is called, without the name of the site. Text.
    pub(crate) title: String,
    /// What it is about, for search engines. Text.
    pub(crate) description: String,
    /// From the heading on.
    pub(crate) main: Markup,
    /// Feeds about it: title and path.
    pub(crate) feeds: Vec<(String, String)>,
    /// Whether search engines should list it.
    pub(crate) listed: bool,
}

impl Page {
    /// A page that is listed.
    pub(crate) fn new(
        title: impl Into<String>,
        description: impl Into<String>,
        main: Markup,
    ) -> Self {
        Self {
            status: StatusCode::OK,
            title: title.into(),
            description: description.into(),
            main,
            feeds: Vec::new(),
            listed: true,
        }
    }
}

/// A page that says one thing, and the way home.
pub(crate) fn notice_page(
    status: StatusCode,
    title: &str,
    text: &str,
    more: Option<&str>,
    reading: &Reading,
) -> Page {
    let words = Words::of(reading.locale);
    let main = html! {
        h1 { (title) }
        p { (text) }
        @if let Some(more) = more { p { (more) } }
        p { a.tap href=(reading.link("/")) { (words.frame.nav.home) } }
    };
    Page {
        status,
        listed: false,
        ..Page::new(title, text, main)
    }
}

/// The page in the client's shell.
pub(crate) fn whole(shell: &Shell, site: &str, reading: &Reading, page: &Page) -> String {
    let own = text::plain(&page.title);
    let title = match own == Words::of(reading.locale).frame.site {
        true => own,
        false => format!("{own}｜ひろば"),
    };
    let description = text::beginning(&page.description, 160);
    shell.with(&Written {
        lang: reading.locale.html_lang(),
        title: &title,
        description: &description,
        head: head(site, reading, page, &title, &description),
        body: body(reading, page),
    })
}

/// The same page in a language; search engines take it for its address.
fn in_language(site: &str, path: &str, locale: Locale) -> String {
    let lang = (locale != Locale::Ja).then(|| ("lang", locale.name()));
    format!("{site}{}", address(path, lang))
}

fn head(site: &str, reading: &Reading, page: &Page, title: &str, description: &str) -> Markup {
    let listed = page.listed && reading.at.is_none();
    let own = in_language(site, &reading.path, reading.locale);
    html! {
        @if listed {
            link rel="canonical" href=(own);
            @for locale in Locale::ALL {
                link rel="alternate" hreflang=(locale.tag()) href=(in_language(site, &reading.path, locale));
            }
            link rel="alternate" hreflang="x-default" href=(in_language(site, &reading.path, Locale::Ja));
            meta property="og:url" content=(own);
        } @else {
            meta name="robots" content="noindex";
        }
        @for (title, path) in &page.feeds {
            link rel="alternate" type="application/atom+xml" title=(title) href=(path);
        }
        meta property="og:type" content="website";
        meta property="og:site_name" content="ひろば";
        meta property="og:title" content=(title);
        meta property="og:description" content=(description);
        meta property="og:locale" content=(if reading.locale == Locale::En { "en_GB" } else { "ja_JP" });
    }
}

fn body(reading: &Reading, page: &Page) -> Markup {
    let words = &Words::of(reading.locale).frame;
    let nav = [
        ("/", &words.nav.home),
        ("/me", &words.nav.mine),
        ("/receipts", &words.nav.receipt),
        ("/log", &words.nav.log),
        ("/help", &words.nav.help),
    ];
    let foot = [
        ("/help", &words.nav.help),
        ("/accessibility", &words.nav.accessibility),
        ("/log", &words.nav.log),
        ("/staff", &words.nav.staff),
    ];
    html! {
        a.skip-link href="#main" { (words.skip) }
        header.site-header {
            div class="page flex flex-wrap items-center justify-between gap-x-6" {
                a.site-name href=(reading.link("/")) { (words.site) }
            }
            nav class="page site-nav" aria-label=(words.nav.label) {
                ul {
                    @for (path, name) in nav {
                        li {
                            a href=(reading.link(path)) aria-current=[(path == reading.path).then_some("page")] { (name) }
                        }
                    }
                }
            }
            nav class="page flex flex-wrap gap-x-4 gap-y-1 pb-1" aria-label=(words.display.language) {
                @for locale in Locale::ALL {
                    a class="button button-text button-small" lang=(locale.html_lang()) hreflang=(locale.tag())
                        aria-current=[(locale == reading.locale).then_some("page")]
                        href=(other_language(reading, locale)) { (locale.own_name()) }
                }
            }
        }
        main #main class="page py-4" tabindex="-1" {
            (travel(reading))
            (page.main)
        }
        footer.site-footer {
            div.page {
                p { (words.footer) }
                ul.inline-list {
                    @for (path, name) in foot {
                        li { a href=(reading.link(path)) { (name) } }
                    }
                }
            }
        }
    }
}

fn other_language(reading: &Reading, locale: Locale) -> String {
    let at = reading.at.as_deref().map(|at| ("at", at));
    // Japanese is named too: the client remembers what was chosen before.
    address(
        &reading.path,
        at.into_iter().chain([("lang", locale.name())]),
    )
}

/// Says that the past is shown, where it is.
fn travel(reading: &Reading) -> Markup {
    let words = &Words::of(reading.locale).frame.travel;
    let Some(at) = &reading.at else {
        return html! {};
    };
    let when = match reading.time() {
        Some(time) => dates::moment(time, reading.locale),
        None => format!("#{}", text::beginning(at, 32)),
    };
    let back = html! {
        p { (words.at.of(&[&when])) }
        a class="button button-outline button-small" href=(address(&reading.path, reading.lang())) { (words.back) }
    };
    banner(BannerKind::Warning, &words.title, &back, reading.locale)
}

/// What a banner is for.
#[derive(Clone, Copy)]
pub(crate) enum BannerKind {
    Info,
    Success,
    Warning,
    Error,
}

/// A message that stands out; its kind is said in words too.
pub(crate) fn banner(kind: BannerKind, title: &str, more: &Markup, locale: Locale) -> Markup {
    let frame = &Words::of(locale).frame;
    let (class, name) = match kind {
        BannerKind::Info => ("banner banner-info", &frame.notice.info),
        BannerKind::Success => ("banner banner-success", &frame.notice.success),
        BannerKind::Warning => ("banner banner-warning", &frame.notice.warning),
        BannerKind::Error => ("banner banner-error", &frame.notice.error),
    };
    html! {
        div class=(class) {
            p.banner-title { (frame.colon(name)) (title) }
            (more)
        }
    }
}

/// A part of a page with its heading as its name.
pub(crate) fn section(id: &str, heading: &str, content: &Markup) -> Markup {
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (heading) }
            (content)
        }
    }
}

/// The language and the moment, which a form keeps.
pub(crate) fn kept(reading: &Reading) -> Markup {
    html! {
        @if let Some((lang, locale)) = reading.lang() { input type="hidden" name=(lang) value=(locale); }
        @if let Some(at) = &reading.at { input type="hidden" name="at" value=(at); }
    }
}

/// Names and values.
pub(crate) fn facts(rows: &[(&str, Markup)]) -> Markup {
    html! {
        dl.facts {
            @for (name, value) in rows {
                div.contents { dt { (name) } dd { (value) } }
            }
        }
    }
}

/// A table of names and numbers, in its own box where it is wide.
pub(crate) fn table(caption: &str, columns: &[&str], rows: &[(Markup, Vec<String>)]) -> Markup {
    html! {
        section.table-wrap tabindex="0" aria-label=(caption) {
            table.table {
                caption { (caption) }
                thead {
                    tr {
                        @for (at, column) in columns.iter().enumerate() {
                            th scope="col" class=[(at > 0).then_some("number")] { (column) }
                        }
                    }
                }
                tbody {
                    @for (name, numbers) in rows {
                        tr {
                            th scope="row" { (name) }
                            @for number in numbers { td.number { (number) } }
                        }
                    }
                }
            }
        }
    }
}

//! Polling cards (投票所入場券): one A4 page a voter, printed by any browser without a network.

use std::fmt::Write;

use ballot::credential::SecretCredential;
use fast_qr::qr::QRBuilder;
use fast_qr::{ECL, Module, QRCode};
use zeroize::Zeroizing;

use crate::draft::Draft;
use crate::roll::EligibleVoter;

const STYLE: &str = include_str!("card.css");

/// What one card takes up at most, so that the page's buffer never grows.
const CARD: usize = 24_000;

/// A page for each voter.
pub(crate) fn page(
    draft: &Draft,
    voters: &[EligibleVoter],
    credentials: &[SecretCredential],
) -> Zeroizing<String> {
    let mut page = Zeroizing::new(String::with_capacity(
        STYLE.len() + CARD * (voters.len() + 1),
    ));
    let name = escape(&draft.name);
    // Writing to memory does not fail.
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"ja\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>投票所入場券 {name}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
    );
    for (voter, credential) in voters.iter().zip(credentials) {
        card(&mut page, draft, voter, credential);
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn card(page: &mut String, draft: &Draft, voter: &EligibleVoter, credential: &SecretCredential) {
    let row = |page: &mut String, label: &str, english: &str, value: &str| {
        if !value.is_empty() {
            let value = escape(value);
            let _ = writeln!(
                page,
                "<tr><th scope=\"row\">{label}<span lang=\"en\">{english}</span></th><td>{value}</td></tr>"
            );
        }
    };
    let EligibleVoter {
        number,
        name,
        kana,
        address,
        ward,
        polling_place,
        ..
    } = voter;
    let _ = write!(
        page,
        "<article class=\"card\">\n<header>\n<p class=\"address\">{}</p>\n\
         <p class=\"name\"><ruby>{}<rt>{}</rt></ruby> 様</p>\n</header>\n\
         <h1>投票所入場券<span lang=\"en\">Polling card</span></h1>\n<h2>{}</h2>\n<table>\n",
        escape(address),
        escape(name),
        escape(kana),
        escape(&draft.name),
    );
    row(page, "名簿番号", "Number on the roll", number);
    row(page, "区", "Ward", ward);
    row(page, "投票所", "Polling place", polling_place);
    row(
        page,
        "投票できる期間",
        "Voting",
        draft.polling.as_deref().unwrap_or_default(),
    );
    row(
        page,
        "投票のページ",
        "Voting page",
        draft.voting_page.as_deref().unwrap_or_default(),
    );
    let text = credential.expose();
    page.push_str("</table>\n<section class=\"secret\">\n<h3>あなたの投票符号<span lang=\"en\">Your credential</span></h3>\n");
    let _ = writeln!(page, "<p class=\"credential\" translate=\"no\">{text}</p>");
    let link = match &draft.voting_page {
        // Behind #, so that a browser never sends the credential to a server.
        Some(address) => Zeroizing::new(format!("{address}#{text}")),
        None => Zeroizing::new(text.to_owned()),
    };
    qr_code(page, &link);
    page.push_str(
        "</section>\n<ul>\n\
         <li>この符号で投票できるのはあなただけです。だれにも見せず、写真にも撮らないでください。\
         市の職員が符号をたずねることはありません。</li>\n\
         <li>投票は締切まで何度でもやり直せます。最後の一票だけが数えられます。</li>\n\
         <li>投票すると控え番号が出ます。公開される投票記録に同じ番号があることを、だれでも確かめられます。</li>\n\
         <li lang=\"en\">Only you can vote with this credential. Show it to nobody. You may vote again \
         until the vote closes; only your last ballot counts.</li>\n</ul>\n",
    );
    let _ = write!(
        page,
        "<footer>{}</footer>\n</article>\n",
        escape(&draft.uuid)
    );
}

/// A QR code as an inline picture; a text too long for one is left to be typed.
fn qr_code(page: &mut String, text: &str) {
    let Ok(code) = QRBuilder::new(text).ecl(ECL::M).build() else {
        return;
    };
    let size = code.size;
    let (quiet, side) = (4, size + 8);
    let _ = write!(
        page,
        "<svg class=\"qr\" viewBox=\"0 0 {side} {side}\" role=\"img\" aria-label=\"投票符号のQRコード\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\""
    );
    for (row, y) in rows(&code).zip(quiet..) {
        for (module, x) in row.iter().zip(quiet..) {
            if module.value() {
                let _ = write!(page, "M{x} {y}h1v1h-1z");
            }
        }
    }
    page.push_str("\"/></svg>\n");
}

fn rows(code: &QRCode) -> impl Iterator<Item = &[Module]> {
    (0..code.size).map(|row| &code[row])
}

/// Text inside HTML, whatever the roll holds.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

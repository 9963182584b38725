//! First and last days of comment periods as a calendar (RFC 5545). Days are
//! civil days in Asia/Tokyo, so they are written as such, without a time.
//!
//! Written here, as there is no crate for it that does without a second library
//! of time.

use domain::LegalDate;
use jiff::Timestamp;

use super::{cards, case::title_text, model::Card};
use crate::{
    http::ApiError,
    pages::{Reading, Site, locale::Locale, reading::address, words::Words},
    public_comment::words::Phase,
};

/// Octets of a line at most, without its end (RFC 5545, 3.1).
const LINE: usize = 75;

/// The days of all cases.
pub(super) async fn of_all(site: &Site, reading: &Reading) -> Result<String, ApiError> {
    let (cards, _) = cards::every(site, reading).await?;
    Ok(render(site, reading, &cards))
}

/// The days of one case; not found before they are published.
pub(super) async fn of_one(site: &Site, reading: &Reading, id: &str) -> Result<String, ApiError> {
    let (card, _) = cards::one(site, reading, id).await?;
    if card.call.is_none() {
        return Err(ApiError::NotFound);
    }
    Ok(render(site, reading, &[card]))
}

fn render(site: &Site, reading: &Reading, cards: &[Card]) -> String {
    let said = Words::said(reading.locale);
    let mut lines = Lines::default();
    lines.put("BEGIN:VCALENDAR");
    lines.put("VERSION:2.0");
    lines.put("PRODID:-//Hiroba//JA");
    lines.put("CALSCALE:GREGORIAN");
    lines.put("X-WR-TIMEZONE:Asia/Tokyo");
    lines.text("X-WR-CALNAME", &Words::of(reading.locale).frame.nav.home);
    for card in cards {
        let Some(call) = &card.call else { continue };
        let title = title_text(&card.title(), reading.locale);
        let lang = (reading.locale != Locale::Ja).then(|| ("lang", reading.locale.name()));
        let page = address(&format!("/cases/{}", card.id), lang);
        let event = Event {
            address: format!("{}{page}", site.address),
            changed: changes(card).fold(call.published_at, Timestamp::max),
            sequence: changes(card).count(),
            cancelled: card.phase == Phase::Abandoned,
        };
        let opening = format!("{}：{title}", said.opening);
        event.write(
            &mut lines,
            &format!("{}-opening@hiroba", card.id),
            call.opens_on,
            &opening,
            false,
        );
        let closing = format!("{}：{title}", said.closing);
        event.write(
            &mut lines,
            &format!("{}@hiroba", card.id),
            call.closes_on,
            &closing,
            true,
        );
    }
    lines.put("END:VCALENDAR");
    lines.0
}

/// When the days may have changed since they were published.
fn changes(card: &Card) -> impl Iterator<Item = Timestamp> {
    let kinds = ["period_extended", "material_corrected", "case_abandoned"];
    let steps = card.milestones.iter();
    steps
        .filter(move |step| kinds.contains(&step.kind.as_str()))
        .map(|step| step.recorded_at)
}

struct Event {
    address: String,
    changed: Timestamp,
    /// Counts the changes, so that a calendar takes the newest.
    sequence: usize,
    cancelled: bool,
}

impl Event {
    fn write(&self, lines: &mut Lines, uid: &str, day: LegalDate, summary: &str, reminds: bool) {
        let date = |day: LegalDate| day.to_string().replace('-', "");
        let stamp = self.changed.strftime("%Y%m%dT%H%M%SZ");
        lines.put("BEGIN:VEVENT");
        lines.put(&format!("UID:{uid}"));
        lines.put(&format!("DTSTAMP:{stamp}"));
        lines.put(&format!("LAST-MODIFIED:{stamp}"));
        lines.put(&format!("SEQUENCE:{}", self.sequence));
        lines.put(&format!("DTSTART;VALUE=DATE:{}", date(day)));
        // The end does not count (3.6.1).
        if let Some(next) = day.plus_days(1) {
            lines.put(&format!("DTEND;VALUE=DATE:{}", date(next)));
        }
        lines.text("SUMMARY", summary);
        lines.put(&format!("URL:{}", self.address));
        lines.put(if self.cancelled {
            "STATUS:CANCELLED"
        } else {
            "STATUS:CONFIRMED"
        });
        lines.put("TRANSP:TRANSPARENT");
        if reminds && !self.cancelled {
            lines.put("BEGIN:VALARM");
            lines.put("ACTION:DISPLAY");
            lines.text("DESCRIPTION", summary);
            lines.put("TRIGGER:-P3D");
            lines.put("END:VALARM");
        }
        lines.put("END:VEVENT");
    }
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    /// A line, folded between characters.
    fn put(&mut self, line: &str) {
        let mut octets = 0;
        for letter in line.chars() {
            if LINE < octets + letter.len_utf8() {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(letter);
            octets += letter.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// A property whose value is text (3.3.11).
    fn text(&mut self, name: &str, value: &str) {
        let mut line = format!("{name}:");
        for letter in value.chars() {
            match letter {
                '\\' | ';' | ',' => line.extend(['\\', letter]),
                '\n' => line.push_str("\\n"),
                letter if letter.is_control() => (),
                letter => line.push(letter),
            }
        }
        self.put(&line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_folded_between_characters_and_text_is_escaped() {
        let mut lines = Lines::default();
        let text = "歩道; 広場, 駅前\\\r\n".repeat(8);
        lines.text("SUMMARY", &text);
        let written = lines.0;
        assert!(written.ends_with("\r\n"));
        for line in written.trim_end().split("\r\n") {
            assert!(line.len() <= LINE, "{} octets", line.len());
        }
        let unfolded = written.replace("\r\n ", "");
        assert_eq!(
            unfolded.trim_end(),
            format!("SUMMARY:{}", "歩道\\; 広場\\, 駅前\\\\\\n".repeat(8))
        );
    }
}

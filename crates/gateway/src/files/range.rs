//! The part of a file that is asked for (RFC 9110, section 14).

use std::ops::Range;

/// What part of a file to send.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// This range.
    Range(Range<u64>),
    /// Nothing: the range lies outside.
    Outside,
}

/// Reads a `Range` header. One range is enough; whoever asks for several, or
/// writes what is no range of bytes, gets the whole file, as section 14.2
/// allows.
pub(super) fn part(header: Option<&str>, size: u64) -> Part {
    let Some(range) = header.and_then(|header| header.trim().strip_prefix("bytes=")) else {
        return Part::Whole;
    };
    let Some((first, last)) = range.split_once('-') else {
        return Part::Whole;
    };
    match (number(first), number(last)) {
        (Number::None, Number::Is(0)) => Part::Outside,
        (Number::None, Number::Is(_)) if size == 0 => Part::Outside,
        (Number::None, Number::Is(length)) => Part::Range(size.saturating_sub(length)..size),
        (Number::Is(first), Number::Is(last)) if last < first => Part::Whole,
        (Number::Is(first), Number::Is(_) | Number::None) if size <= first => Part::Outside,
        (Number::Is(first), Number::Is(last)) => {
            Part::Range(first..last.saturating_add(1).min(size))
        }
        (Number::Is(first), Number::None) => Part::Range(first..size),
        _ => Part::Whole,
    }
}

enum Number {
    None,
    Is(u64),
    Wrong,
}

fn number(text: &str) -> Number {
    if text.is_empty() {
        return Number::None;
    }
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(number) if digits => Number::Is(number),
        _ if digits => Number::Is(u64::MAX),
        _ => Number::Wrong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_the_rfc_says() {
        for (header, expected) in [
            ("bytes=0-0", Part::Range(0..1)),
            ("bytes=2-", Part::Range(2..10)),
            ("bytes=-3", Part::Range(7..10)),
            ("bytes=-30", Part::Range(0..10)),
            ("bytes=8-99", Part::Range(8..10)),
            ("bytes=9-18446744073709551616", Part::Range(9..10)),
            ("bytes=10-", Part::Outside),
            ("bytes=10-12", Part::Outside),
            ("bytes=-0", Part::Outside),
            ("bytes=5-4", Part::Whole),
            ("bytes=0-1,3-4", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("bytes=-", Part::Whole),
            ("lines=1-2", Part::Whole),
        ] {
            assert_eq!(part(Some(header), 10), expected, "{header}");
        }
        assert_eq!(part(None, 10), Part::Whole);
        assert_eq!(part(Some("bytes=0-0"), 0), Part::Outside);
        assert_eq!(part(Some("bytes=-1"), 0), Part::Outside);
    }
}

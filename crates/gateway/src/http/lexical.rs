//! A first look at a document, before it is parsed: how many tokens it has and
//! how deep its brackets go. The parser is recursive, so whatever is nested too
//! deep must not reach it.

use super::{ApiError, Limits};

/// Looks through the text once.
///
/// # Errors
/// If it is longer, or nested deeper, than the limits allow. Text that is not
/// GraphQL is left to the parser.
pub(super) fn check(text: &str, limits: &Limits) -> Result<(), ApiError> {
    exceeds("bytes", text.len(), limits.document_bytes)?;
    let mut rest = text.as_bytes();
    let (mut tokens, mut depth, mut deepest) = (0_usize, 0_usize, 0_usize);
    while let [byte, tail @ ..] = rest {
        rest = match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => {
                rest = tail;
                continue;
            }
            b'#' => {
                rest = skip_while(tail, |byte| !matches!(byte, b'\r' | b'\n'));
                continue;
            }
            b'{' | b'[' | b'(' => {
                depth += 1;
                deepest = deepest.max(depth);
                tail
            }
            b'}' | b']' | b')' => {
                depth = depth.saturating_sub(1);
                tail
            }
            b'"' => after_string(tail),
            byte if is_word(*byte) => skip_while(tail, is_word),
            _ => tail,
        };
        tokens += 1;
    }
    exceeds("tokens", tokens, limits.tokens)?;
    exceeds("nesting", deepest, limits.nesting)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn skip_while(bytes: &[u8], skipped: impl Fn(u8) -> bool) -> &[u8] {
    let end = bytes
        .iter()
        .position(|byte| !skipped(*byte))
        .unwrap_or(bytes.len());
    bytes.split_at(end).1
}

/// What comes after a string whose first quotation mark has been read.
fn after_string(bytes: &[u8]) -> &[u8] {
    if let Some(mut rest) = bytes.strip_prefix(b"\"\"") {
        while !rest.is_empty() {
            if let Some(tail) = rest.strip_prefix(b"\"\"\"") {
                return tail;
            }
            let escaped = rest.strip_prefix(b"\\\"\"\"");
            rest = escaped
                .or(rest.split_first().map(|(_, tail)| tail))
                .unwrap_or_default();
        }
        return rest;
    }
    let mut rest = bytes;
    loop {
        rest = match rest {
            [] => return rest,
            [b'\\', _, tail @ ..] => tail,
            // A string ends with its line; the parser will say so.
            [b'"' | b'\n' | b'\r', tail @ ..] => return tail,
            [_, tail @ ..] => tail,
        }
    }
}

/// The error when a document has more of something than is allowed.
fn exceeds(what: &'static str, found: usize, limit: usize) -> Result<(), ApiError> {
    if found <= limit {
        return Ok(());
    }
    Err(ApiError::ValidationFailed(format!(
        "too much at once: {what} {found}, limit {limit}"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nesting(text: &str) -> usize {
        (0..100)
            .find(|nesting| {
                let limits = Limits {
                    nesting: *nesting,
                    ..Limits::default()
                };
                check(text, &limits).is_ok()
            })
            .unwrap()
    }

    fn tokens(text: &str) -> usize {
        (0..100)
            .find(|tokens| {
                let limits = Limits {
                    tokens: *tokens,
                    ..Limits::default()
                };
                check(text, &limits).is_ok()
            })
            .unwrap()
    }

    #[test]
    fn brackets_are_counted_where_they_are_not_text() {
        assert_eq!(nesting("{a(b:[{c:1}])}"), 4);
        assert_eq!(nesting("{a} {b}"), 1);
        assert_eq!(nesting("# {{{\n{a}"), 1);
        assert_eq!(nesting(r#"{a(b:"{{{\"{{{")}"#), 2);
        assert_eq!(nesting("{a(b:\"\"\"{{\\\"\"\"{{\"\"\")}"), 2);
        assert_eq!(nesting("{a(b:\"\" c:[[]])}"), 4);
    }

    #[test]
    fn no_string_hides_what_the_parser_would_see() {
        // The escape ends before the fourth quotation mark.
        assert_eq!(nesting("\"\"\"\\\"\"\"\" \"\"\" {{{"), 3);
        assert_eq!(nesting("\"abc\n{{{"), 3);
        assert_eq!(nesting("]]]{{{"), 3);
    }

    #[test]
    fn tokens_are_words_strings_and_signs() {
        assert_eq!(tokens("query Q { a, b(c: \"d e\") } # f g"), 11);
    }
}

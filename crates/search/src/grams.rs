//! Texts cut into overlapping pieces of one or two characters.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// Cuts a folded text into all pieces of this many characters. The position of
/// a piece is that of its first character; white space is in no piece, for no
/// word holds any.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grams(pub(crate) usize);

pub(crate) struct Pieces<'a> {
    length: usize,
    text: &'a str,
    position: usize,
    token: Token,
}

impl Tokenizer for Grams {
    type TokenStream<'a> = Pieces<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Pieces<'a> {
        Pieces {
            length: self.0,
            text,
            position: 0,
            token: Token::default(),
        }
    }
}

impl TokenStream for Pieces<'_> {
    fn advance(&mut self) -> bool {
        loop {
            let mut letters = self.text.chars();
            let rest = {
                let mut rest = self.text.chars();
                rest.next();
                rest.as_str()
            };
            self.token.text.clear();
            let mut whole = true;
            for _ in 0..self.length {
                match letters.next() {
                    Some(letter) if letter.is_whitespace() => whole = false,
                    Some(letter) => self.token.text.push(letter),
                    None => return false,
                }
            }
            self.token.position = self.position;
            self.text = rest;
            self.position += 1;
            if whole {
                return true;
            }
        }
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(length: usize, text: &str) -> Vec<(usize, String)> {
        let mut grams = Grams(length);
        let mut stream = grams.token_stream(text);
        let mut pieces = Vec::new();
        while stream.advance() {
            pieces.push((stream.token().position, stream.token().text.clone()));
        }
        pieces
    }

    #[test]
    fn pieces_overlap_and_hold_no_white_space() {
        let owned = |pieces: &[(usize, &str)]| -> Vec<(usize, String)> {
            let pieces = pieces.iter();
            pieces.map(|(at, text)| (*at, (*text).to_owned())).collect()
        };
        assert_eq!(
            pieces(2, "自転車 a\nbc"),
            owned(&[(0, "自転"), (1, "転車"), (6, "bc")])
        );
        assert_eq!(pieces(1, "道 a"), owned(&[(0, "道"), (2, "a")]));
        assert_eq!(pieces(2, "道"), []);
        assert_eq!(pieces(1, ""), []);
    }
}

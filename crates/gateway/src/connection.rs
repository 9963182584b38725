//! Lists that are read page by page.
//!
//! A cursor is the key of a row, which never changes, so pages stay right while
//! rows are added.

use std::ops::Bound;

use async_graphql::{
    OutputType, SimpleObject,
    connection::{Connection, CursorType, Edge, EmptyFields},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::http::ApiError;

/// Rows of one page at most.
const LARGEST: usize = 100;
/// Rows of one page when nobody says how many.
const USUAL: usize = 20;

/// The key of a row in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(pub u32);

/// A text that is no cursor of this list.
#[derive(Debug, thiserror::Error)]
#[error("not a cursor of this list")]
pub struct NotACursor;

impl CursorType for Key {
    type Error = NotACursor;

    fn decode_cursor(text: &str) -> Result<Self, NotACursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NotACursor)?;
        let bytes: [u8; 4] = bytes.try_into().map_err(|_| NotACursor)?;
        Ok(Self(u32::from_be_bytes(bytes)))
    }

    fn encode_cursor(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.to_be_bytes())
    }
}

/// What a connection tells besides its rows.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct Counted {
    /// How many rows there are in all.
    pub total_count: u32,
}

/// Which rows are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    after: Option<Key>,
    before: Option<Key>,
    backwards: bool,
    size: usize,
}

/// Keys of rows between two cursors.
pub type Range = (Bound<u32>, Bound<u32>);

impl Page {
    /// Reads the four arguments of a connection.
    pub fn read(
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Self, ApiError> {
        let cursor = |text: Option<String>| {
            text.map(|text| Key::decode_cursor(&text))
                .transpose()
                .map_err(|_| {
                    ApiError::bad_input(
                        "このカーソルは、この一覧のものではありません",
                        "this cursor does not belong to this list",
                    )
                })
        };
        let (wanted, backwards) = match (first, last) {
            (Some(_), Some(_)) => {
                return Err(ApiError::bad_input(
                    "first と last はどちらか一方だけを指定してください",
                    "ask for first or last, not both",
                ));
            }
            (first, None) => (first, false),
            (None, last) => (last, true),
        };
        let size = match wanted.map(usize::try_from) {
            None => USUAL,
            Some(Ok(size)) if size <= LARGEST => size,
            Some(_) => {
                return Err(ApiError::bad_input(
                    format!("一度に読めるのは0から{LARGEST}件までです"),
                    format!("a page has from 0 to {LARGEST} rows"),
                ));
            }
        };
        Ok(Self {
            after: cursor(after)?,
            before: cursor(before)?,
            backwards,
            size,
        })
    }

    /// How many rows to look for: one more than asked for, to know whether
    /// there are more.
    pub fn limit(&self) -> usize {
        self.size + 1
    }

    /// The page, out of rows that `rows` finds in a range of keys, in the order
    /// in which they are looked for: from the end if it is told so.
    pub fn connect<N: OutputType>(
        self,
        total: usize,
        rows: impl FnOnce(Range, bool) -> Vec<(u32, N)>,
    ) -> Connection<Key, N, Counted, EmptyFields> {
        let range = (
            self.after
                .map_or(Bound::Unbounded, |key| Bound::Excluded(key.0)),
            self.before
                .map_or(Bound::Unbounded, |key| Bound::Excluded(key.0)),
        );
        // A range that ends before it begins is empty, not an error.
        let empty = matches!(range, (Bound::Excluded(a), Bound::Excluded(b)) if b <= a);
        let mut rows = if empty {
            Vec::new()
        } else {
            rows(range, self.backwards)
        };
        let more = rows.len() > self.size;
        rows.truncate(self.size);
        if self.backwards {
            rows.reverse();
        }
        let (has_previous, has_next) = if self.backwards {
            (more, self.before.is_some())
        } else {
            (self.after.is_some(), more)
        };
        let counted = Counted {
            total_count: u32::try_from(total).unwrap_or(u32::MAX),
        };
        let mut connection = Connection::with_additional_fields(has_previous, has_next, counted);
        connection.edges.extend(
            rows.into_iter()
                .map(|(key, node)| Edge::new(Key(key), node)),
        );
        connection
    }
}

/// The first rows, or the last ones from the end.
pub fn take<T>(rows: impl DoubleEndedIterator<Item = T>, backwards: bool, limit: usize) -> Vec<T> {
    if backwards {
        rows.rev().take(limit).collect()
    } else {
        rows.take(limit).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(page: Page) -> (Vec<u32>, bool, bool) {
        let connection = page.connect(10, |range, backwards| {
            let rows = (1..=10_u32).filter(move |key| std::ops::RangeBounds::contains(&range, key));
            let rows: Vec<_> = rows.map(|key| (key, key)).collect();
            take(rows.into_iter(), backwards, page.limit())
        });
        let keys = connection.edges.iter().map(|edge| edge.node).collect();
        (keys, connection.has_previous_page, connection.has_next_page)
    }

    #[test]
    fn pages_follow_one_another_in_both_directions() {
        let at = |key: u32| Some(Key(key).encode_cursor());
        let page =
            |first, after, last, before| keys(Page::read(first, after, last, before).unwrap());
        assert_eq!(
            page(Some(3), None, None, None),
            (vec![1, 2, 3], false, true)
        );
        assert_eq!(
            page(Some(3), at(3), None, None),
            (vec![4, 5, 6], true, true)
        );
        assert_eq!(page(Some(3), at(9), None, None), (vec![10], true, false));
        assert_eq!(page(None, None, Some(2), None), (vec![9, 10], true, false));
        assert_eq!(page(None, None, Some(2), at(9)), (vec![7, 8], true, true));
        assert_eq!(page(Some(3), at(7), None, at(3)), (vec![], true, false));
    }

    #[test]
    fn more_rows_than_a_page_holds_are_refused() {
        assert!(Page::read(Some(101), None, None, None).is_err());
        assert!(Page::read(Some(-1), None, None, None).is_err());
        assert!(Page::read(Some(1), None, Some(1), None).is_err());
        assert!(Page::read(None, Some("x".to_owned()), None, None).is_err());
        assert!(Page::read(Some(100), None, None, None).is_ok());
    }
}

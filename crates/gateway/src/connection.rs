//! Lists that are read page by page.
//!
//! A cursor is the key of a row, which never changes, so pages stay right while
//! rows are added.

use std::{borrow::Cow, ops::Bound};

use async_graphql::{
    Object, OutputType, TypeName,
    connection::{CursorType, Edge, EmptyFields, PageInfo},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::http::ApiError;

/// Rows of one page at most.
const LARGEST: usize = 100;
/// Rows of one page when nobody says how many.
const USUAL: usize = 20;

/// The key of a row in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub u64);

/// A text that is no cursor of this list.
#[derive(Debug, thiserror::Error)]
#[error("not a cursor of this list")]
pub struct NotACursor;

impl CursorType for Key {
    type Error = NotACursor;

    fn decode_cursor(text: &str) -> Result<Self, NotACursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NotACursor)?;
        let bytes: [u8; 8] = bytes.try_into().map_err(|_| NotACursor)?;
        Ok(Self(u64::from_be_bytes(bytes)))
    }

    fn encode_cursor(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.to_be_bytes())
    }
}

/// A row and its cursor.
pub type Row<N> = Edge<Key, N, EmptyFields>;

/// One page of a list.
pub struct Rows<N: OutputType> {
    edges: Vec<Row<N>>,
    has_previous_page: bool,
    has_next_page: bool,
    total: u32,
}

impl<N: OutputType> TypeName for Rows<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", <N as OutputType>::type_name()).into()
    }
}

/// One page of a list. Cursors stay right while rows are added.
#[Object(name_type)]
impl<N: OutputType> Rows<N> {
    /// The rows of the page, each with its cursor.
    async fn edges(&self) -> &[Row<N>] {
        &self.edges
    }

    /// The rows of the page.
    async fn nodes(&self) -> Vec<&N> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Where the page stands in the list.
    async fn page_info(&self) -> PageInfo {
        let cursor = |edge: &Row<N>| edge.cursor.encode_cursor();
        PageInfo {
            has_previous_page: self.has_previous_page,
            has_next_page: self.has_next_page,
            start_cursor: self.edges.first().map(cursor),
            end_cursor: self.edges.last().map(cursor),
        }
    }

    /// How many rows there are in all.
    async fn total_count(&self) -> u32 {
        self.total
    }
}

/// A cursor that this list never gave.
pub(crate) fn foreign_cursor(_: NotACursor) -> ApiError {
    ApiError::bad_input(
        "このカーソルは、この一覧のものではありません",
        "this cursor does not belong to this list",
    )
}

/// How many rows a page has.
pub(crate) fn size(wanted: Option<i32>) -> Result<usize, ApiError> {
    match wanted.map(usize::try_from) {
        None => Ok(USUAL),
        Some(Ok(size)) if size <= LARGEST => Ok(size),
        Some(_) => Err(ApiError::bad_input(
            format!("一度に読めるのは0から{LARGEST}件までです"),
            format!("a page has from 0 to {LARGEST} rows"),
        )),
    }
}

/// Which rows are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Page {
    after: Option<Key>,
    before: Option<Key>,
    backwards: bool,
    size: usize,
}

/// Keys of rows between two cursors.
pub type Range = (Bound<u64>, Bound<u64>);

/// The same range for rows that are numbered from 1.
pub fn numbers(range: Range) -> (Bound<u32>, Bound<u32>) {
    let number = |bound: Bound<u64>| bound.map(|key| u32::try_from(key).unwrap_or(u32::MAX));
    (number(range.0), number(range.1))
}

impl Page {
    /// Reads the four arguments of a connection.
    pub fn read(
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Self, ApiError> {
        let cursor = |text: Option<String>| {
            let key = text.map(|text| Key::decode_cursor(&text));
            key.transpose().map_err(foreign_cursor)
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
        let size = size(wanted)?;
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
        rows: impl FnOnce(Range, bool) -> Vec<(u64, N)>,
    ) -> Rows<N> {
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
        let (has_previous_page, has_next_page) = if self.backwards {
            (more, self.before.is_some())
        } else {
            (self.after.is_some(), more)
        };
        let edges = rows.into_iter();
        Rows {
            edges: edges.map(|(key, node)| Edge::new(Key(key), node)).collect(),
            has_previous_page,
            has_next_page,
            total: u32::try_from(total).unwrap_or(u32::MAX),
        }
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

    fn keys(page: Page) -> (Vec<u64>, bool, bool) {
        let connection = page.connect(10, |range, backwards| {
            let rows = (1..=10_u64).filter(move |key| std::ops::RangeBounds::contains(&range, key));
            let rows: Vec<_> = rows.map(|key| (key, key)).collect();
            take(rows.into_iter(), backwards, page.limit())
        });
        let keys = connection.edges.iter().map(|edge| edge.node).collect();
        (keys, connection.has_previous_page, connection.has_next_page)
    }

    #[test]
    fn pages_follow_one_another_in_both_directions() {
        let at = |key: u64| Some(Key(key).encode_cursor());
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

//! Pages of a list (keyset pagination): rows in the order of a key, from behind the last row of the page before.

/// A request for one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// The key of the last row of the page before; absent for the first page.
    pub after: Option<i64>,
    /// The maximum number of rows.
    pub limit: u16,
}

impl PageRequest {
    /// The first page, of at most so many rows.
    pub const fn first(limit: u16) -> Self {
        Self { after: None, limit }
    }

    /// The key that every key of the page is greater than.
    pub(in crate::store) fn after(self) -> i64 {
        self.after.unwrap_or(i64::MIN)
    }

    /// The key that every key of the page is less than, where the newest row comes first.
    pub(in crate::store) fn before(self) -> i64 {
        self.after.unwrap_or(i64::MAX)
    }

    /// The number of rows to query: one more than the page has shows whether another page follows.
    pub(in crate::store) fn one_more(self) -> i64 {
        i64::from(self.limit) + 1
    }
}

/// The order of a list by its keys, which grow with time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListOrder {
    /// The oldest row first.
    OldestFirst,
    /// The newest row first; then `PageRequest::after` is the key that every key of the page is less than.
    NewestFirst,
}

/// One side of a row, by its key: where a list goes on.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) enum Side {
    /// Behind it, oldest first.
    After(i64),
    /// Before it, newest first.
    Before(i64),
}

/// The rows of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paged<T> {
    /// The rows, in the order of their keys.
    pub rows: Vec<T>,
    /// The cursor of the next page (`after`); absent on the last page.
    pub next: Option<i64>,
}

impl<T> Paged<T> {
    /// Makes the page from rows with their keys, queried with [`PageRequest::one_more`] as the limit.
    pub(in crate::store) fn new(mut rows: Vec<(i64, T)>, page: PageRequest) -> Self {
        let is_last = rows.len() <= usize::from(page.limit);
        rows.truncate(page.limit.into());
        let next = rows.last().filter(|_| !is_last).map(|(key, _)| *key);
        Self { rows: rows.into_iter().map(|(_, row)| row).collect(), next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_the_next_one_where_more_rows_follow() {
        let page = PageRequest { after: None, limit: 2 };
        let rows = |number: i64| (1..=number).map(|key| (key, key * 10)).collect::<Vec<_>>();
        assert_eq!(Paged::new(rows(0), page), Paged { rows: vec![], next: None });
        assert_eq!(Paged::new(rows(2), page), Paged { rows: vec![10, 20], next: None });
        assert_eq!(Paged::new(rows(3), page), Paged { rows: vec![10, 20], next: Some(2) });
    }
}

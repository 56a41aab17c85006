//! Which part of a list is asked for, and which part is answered.

use super::Folded;

/// A request for one page of a list that is ordered by name.
#[derive(Debug, Clone)]
pub struct Page {
    /// At most this many entries.
    pub limit: usize,
    /// Start behind the entry with this identifier; from the beginning if none.
    pub after: Option<Box<str>>,
    /// Only entries whose name (or username) contains this text; all if empty.
    pub search: Folded,
}

impl Page {
    /// How many entries a page of the browser shows before it offers more. A list of as many members
    /// keeps a page below 60 kB of HTML.
    pub const SCREEN: usize = 40;

    /// Everything, in one page: what the reference's lists answer without parameters.
    pub fn everything() -> Self {
        Self {
            limit: usize::MAX,
            after: None,
            search: Folded::default(),
        }
    }

    /// This page of a list that is in order already, and what must be on it wherever it comes.
    /// `id` and `name` say what `after` and the search are about.
    ///
    /// # Errors
    /// [`UnknownCursor`] if the entry to start behind is not in the list, or not found by the
    /// search.
    pub fn of<T>(
        &self,
        mut all: Vec<T>,
        id: impl Fn(&T) -> &str,
        name: impl Fn(&T) -> &str,
        is_needed: impl Fn(&T) -> bool,
    ) -> Result<Slice<T>, UnknownCursor> {
        if !self.search.is_empty() {
            all.retain(|item| Folded::of(name(item)).contains(&self.search));
        }
        let total = all.len();
        if let Some(after) = &self.after {
            let last = all.iter().position(|item| id(item) == &**after);
            all.drain(..=last.ok_or(UnknownCursor)?);
        }
        let slice = Slice::first(all, self.limit, is_needed);
        Ok(Slice { total, ..slice })
    }
}

/// The entry a page should start behind does not exist (any more), in this list or elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the entry to start behind does not exist")]
pub struct UnknownCursor;

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Slice<T> {
    /// The entries, in order.
    pub items: Vec<T>,
    /// How many entries match the search, on all pages together.
    pub total: usize,
    /// Whether more entries follow the last one here.
    pub more: bool,
}

impl<T> Slice<T> {
    /// A page of nothing.
    pub const fn nothing() -> Self {
        Self {
            items: Vec::new(),
            total: 0,
            more: false,
        }
    }

    /// The same page of something that every entry has.
    pub fn map<U>(self, of: impl FnMut(T) -> U) -> Slice<U> {
        Slice {
            items: self.items.into_iter().map(of).collect(),
            total: self.total,
            more: self.more,
        }
    }

    /// The first `limit` of `all`, and those that must be there wherever they come.
    pub fn first(all: Vec<T>, limit: usize, is_needed: impl Fn(&T) -> bool) -> Self {
        let total = all.len();
        let items: Vec<T> = all
            .into_iter()
            .enumerate()
            .filter(|(index, item)| *index < limit || is_needed(item))
            .map(|(_, item)| item)
            .collect();
        Self {
            more: items.len() < total,
            items,
            total,
        }
    }
}

//! Short texts one behind the other, because an allocation for each would take more room than most of
//! them do.
//!
//! A text that is dropped leaves a gap. Whoever keeps the texts asks now and then whether there are
//! too many, and writes those that are left anew.

use std::num::NonZeroU32;

use super::record::handle;

/// How many bytes are allocated at once.
const PAGE: usize = if cfg!(test) { 16 } else { 1 << 20 };

/// Many texts.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts {
    pages: Vec<String>,
    held: usize,
    dropped: usize,
}

/// Where a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Text {
    /// Counted from one, so that an option takes no more room.
    page: NonZeroU32,
    start: u32,
    length: u32,
}

impl Texts {
    /// The text that is there.
    pub fn get(&self, text: Text) -> &str {
        let page = &self.pages[text.page.get() as usize - 1];
        &page[text.start as usize..][..text.length as usize]
    }

    /// Writes a text.
    pub fn put(&mut self, text: &str) -> Text {
        let is_room = |page: &String| page.capacity() - page.len() >= text.len();
        if !self.pages.last().is_some_and(is_room) {
            self.pages.push(String::with_capacity(PAGE.max(text.len())));
        }
        let number = handle(self.pages.len());
        let page = NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let mut start = 0;
        if let Some(page) = self.pages.last_mut() {
            start = page.len();
            page.push_str(text);
        }
        self.held += text.len();
        Text {
            page,
            start: handle(start),
            length: handle(text.len()),
        }
    }

    /// Gives up a text.
    pub fn drop(&mut self, text: Text) {
        self.dropped += text.length as usize;
    }

    /// Whether most of what is held was dropped.
    pub fn is_sparse(&self) -> bool {
        self.dropped > self.held / 2 + PAGE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_any_length_are_kept() {
        let mut texts = Texts::default();
        let all = [
            "",
            "Ada",
            "a text longer than a page of texts",
            "é",
            "",
            "Zoë Curie",
        ];
        let places: Vec<_> = all.iter().map(|text| texts.put(text)).collect();
        let kept: Vec<_> = places.iter().map(|place| texts.get(*place)).collect();
        assert_eq!(kept, all);
        assert!(!texts.is_sparse());
        texts.drop(places[2]);
        texts.drop(places[5]);
        assert!(texts.is_sparse());
    }
}

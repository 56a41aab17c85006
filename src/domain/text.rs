//! How names are ordered and searched: by the rules of a language, not by character codes.

use std::sync::LazyLock;

use icu_collator::{CollatorBorrowed, options::CollatorOptions};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]))
        .collect()
}

/// A name's place in the order people expect: `a, B, á, Z`. Compare keys, not names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SortKey(Box<[u8]>);

/// A text without case and accents, for plain-text search.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Folded(Box<str>);

// The root collation is the one order that is acceptable to readers of any language.
static COLLATOR: LazyLock<Option<CollatorBorrowed<'static>>> = LazyLock::new(|| {
    CollatorBorrowed::try_new(
        icu_locale_core::locale!("und").into(),
        CollatorOptions::default(),
    )
    .ok()
});

impl SortKey {
    /// The key of `name`.
    pub fn of(name: &str) -> Self {
        let mut key = Vec::with_capacity(name.len() * 2);
        if let Some(collator) = COLLATOR.as_ref() {
            let Ok(()) = collator.write_sort_key_to(name, &mut key);
        }
        Self(key.into())
    }
}

impl Folded {
    /// `text` without case and accents.
    pub fn of(text: &str) -> Self {
        let folded: String = text
            .nfkd()
            .filter(|character| !is_combining_mark(*character))
            .flat_map(char::to_lowercase)
            .collect();
        Self(folded.into())
    }

    /// Whether `needle` occurs anywhere in this text.
    pub fn contains(&self, needle: &Self) -> bool {
        self.0.contains(&*needle.0)
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_a_reader_expects() {
        let mut names = ["Zoe", "émile", "Emil", "ada", "Bob", "zara"];
        names.sort_by_key(|name| SortKey::of(name));
        assert_eq!(names, ["ada", "Bob", "Emil", "émile", "zara", "Zoe"]);
    }

    #[test]
    fn search_ignores_case_and_accents() {
        let name = Folded::of("Émile Zölà");
        assert!(name.contains(&Folded::of("emile")));
        assert!(name.contains(&Folded::of("ZOLA")));
        assert!(
            !name.contains(&Folded::of("z.l")),
            "the text is not a pattern"
        );
    }
}

//! How names are ordered and searched: by the rules of a language, not by character codes.

use std::sync::LazyLock;

use icu_collator::{CollatorBorrowed, options::CollatorOptions};
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

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
        Self::append(name, &mut key);
        Self(key.into())
    }

    /// Appends the key of `name` as bytes, which compare like keys.
    pub fn append(name: &str, keys: &mut Vec<u8>) {
        if let Some(collator) = COLLATOR.as_ref() {
            let Ok(()) = collator.write_sort_key_to(name, keys);
        }
    }
}

impl Folded {
    /// `text` without case and accents.
    pub fn of(text: &str) -> Self {
        if text.is_ascii() {
            return Self(text.to_ascii_lowercase().into());
        }
        let mut folded = String::with_capacity(text.len());
        // Character by character, because the order of marks does not matter where all are dropped.
        for character in text.chars() {
            if character.is_ascii() {
                folded.push(character.to_ascii_lowercase());
                continue;
            }
            decompose_compatible(character, |part| {
                if part.is_ascii() {
                    folded.push(part.to_ascii_lowercase());
                } else if !is_combining_mark(part) {
                    folded.extend(part.to_lowercase());
                }
            });
        }
        Self(folded.into())
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `needle` occurs anywhere in this text.
    pub fn contains(&self, needle: &Self) -> bool {
        self.0.contains(&*needle.0)
    }

    /// Whether this occurs anywhere in `text`, which is not folded yet.
    pub fn is_in(&self, text: &str) -> bool {
        let wanted = self.0.as_bytes();
        if wanted.is_empty() {
            return true;
        }
        if !text.is_ascii() {
            return Self::of(text).contains(self);
        }
        let mut parts = text.as_bytes().windows(wanted.len());
        parts.any(|part| part.eq_ignore_ascii_case(wanted))
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::{UnicodeNormalization, char::canonical_combining_class};

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

    /// What folding means, as the Unicode standard would say it.
    fn folded(text: &str) -> String {
        text.nfkd()
            .filter(|character| !is_combining_mark(*character))
            .flat_map(char::to_lowercase)
            .collect()
    }

    #[test]
    fn every_character_that_normalisation_moves_is_dropped() {
        let moved = |character: &char| canonical_combining_class(*character) != 0;
        for character in ('\0'..=char::MAX).filter(moved) {
            assert!(is_combining_mark(character), "{character:?}");
        }
    }

    proptest! {
        #[test]
        fn folding_drops_case_and_accents_of_any_text(text in "\\PC*|[a-zA-Zéı\u{300}-\u{330}ŁİßﬁA-Z가-힣]*") {
            let fast = Folded::of(&text);
            prop_assert_eq!(fast.as_str(), folded(&text));
        }

        #[test]
        fn a_text_is_found_as_in_the_folded_one(text in "[a-cA-Cá\u{300}ﬁ ]*", part in "[a-cA-CÀ\u{300}fi]{0,2}") {
            let found = folded(&text).contains(&folded(&part));
            prop_assert_eq!(Folded::of(&part).is_in(&text), found);
        }
    }
}

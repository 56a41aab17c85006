//! Identifiers: opaque strings, one type for each thing identified.

use std::{
    borrow::Borrow,
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
    str::FromStr,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::hex;

/// The longest identifier accepted, in bytes.
pub const MAX_LENGTH: usize = 64;

/// An opaque identifier of one kind of thing, at most [`MAX_LENGTH`] bytes of ASCII letters,
/// digits, `_`, `-` and `.`.
///
/// `K` only tells the kinds apart: a [`UserId`] cannot stand where a [`GroupId`] is asked for.
pub struct Id<K> {
    text: Box<str>,
    kind: PhantomData<fn() -> K>,
}

/// Marker of user identifiers.
pub enum UserKind {}
/// Marker of group identifiers.
pub enum GroupKind {}
/// Marker of cluster identifiers.
pub enum ClusterKind {}
/// Marker of token identifiers.
pub enum TokenKind {}

/// Identifies a user.
pub type UserId = Id<UserKind>;
/// Identifies a group.
pub type GroupId = Id<GroupKind>;
/// Identifies a cluster.
pub type ClusterId = Id<ClusterKind>;
/// Identifies a token (and is not a secret).
pub type TokenId = Id<TokenKind>;

/// The text is no identifier: empty, too long, or with a character outside the allowed set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an identifier has 1 to {MAX_LENGTH} letters, digits, '_', '-' or '.'")]
pub struct InvalidId;

impl<K> Id<K> {
    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// A generated identifier in the form the reference uses: 32 hexadecimal characters, `ch` and
    /// four more. `entropy` comes from the clock room, which owns randomness.
    pub fn generate(entropy: [u8; 18]) -> Self {
        let hex = hex(&entropy);
        let (head, tail) = hex.split_at(32);
        Self::from_stored(format!("{head}ch{tail}"))
    }

    /// Takes an identifier that was checked before it was stored.
    pub fn from_stored(text: impl Into<Box<str>>) -> Self {
        Self {
            text: text.into(),
            kind: PhantomData,
        }
    }
}

impl<K> FromStr for Id<K> {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        let fits = (1..=MAX_LENGTH).contains(&text.len());
        // "." and ".." are taken by URLs.
        let is_dots = text.bytes().all(|byte| byte == b'.');
        if fits && !is_dots && text.bytes().all(allowed) {
            Ok(Self::from_stored(text))
        } else {
            Err(InvalidId)
        }
    }
}

impl<K> Borrow<str> for Id<K> {
    fn borrow(&self) -> &str {
        &self.text
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        Self::from_stored(self.text.clone())
    }
}

impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<K> Eq for Id<K> {}

impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<K> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, K> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_keeps_to_its_alphabet_and_length() {
        for good in [
            "a",
            "onezone",
            "b519b3ac46823b2b83b6cb85e1b16f4fchaa0f",
            "a.b-c_d",
        ] {
            assert_eq!(
                good.parse::<UserId>().map(|id| id.to_string()),
                Ok(good.to_owned())
            );
        }
        let long = "x".repeat(MAX_LENGTH + 1);
        for bad in [
            "",
            ".",
            "..",
            "a/b",
            "a b",
            "é",
            "a\0",
            "<script>",
            long.as_str(),
        ] {
            assert_eq!(bad.parse::<UserId>(), Err(InvalidId), "{bad:?}");
        }
    }

    #[test]
    fn a_generated_identifier_has_the_form_of_the_reference() {
        let id = GroupId::generate([0xab; 18]);
        assert_eq!(
            id.as_str(),
            "abababababababababababababababab".to_owned() + "chabab"
        );
    }
}

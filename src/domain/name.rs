//! Names and passwords as people may type them, checked once at the door.
//!
//! The rules are the reference's: group and token names, full names, usernames and passwords each
//! have an alphabet and a length in Unicode characters (a password in bytes). Names that come from
//! an import are kept as they are: [`DisplayName`], [`Username::imported`].

use std::fmt;

/// Which rule a name broke. The message says the whole rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// Rule of group, token and cluster names.
    #[error(
        "a name has 2 to 128 letters, digits, '_', '(', ')', and inside also spaces, '.' and '-'"
    )]
    Name,
    /// Rule of full names.
    #[error(
        "a full name has 2 to 128 letters or digits, inside also spaces, apostrophes, commas, '.' and '-', and may end with '.'"
    )]
    FullName,
    /// Rule of usernames.
    #[error("a username has 2 to 32 letters (a-z, A-Z) or digits, inside also '.', '_' and '-'")]
    Username,
    /// Rule of imported usernames.
    #[error(
        "a username that is imported or provisioned has 1 to 255 characters, no blanks and no control characters"
    )]
    ImportedUsername,
    /// Rule of passwords.
    #[error("a password has at least 8 bytes and at most 1024")]
    Password,
    /// Rule of domains.
    #[error("a domain has labels of letters, digits and '-', separated by dots, at most 253")]
    Domain,
    /// Rule of imported names.
    #[error("a display name has 1 to 512 characters besides blanks, and no control characters")]
    DisplayName,
    /// Rule of what others call something here.
    #[error("an external id has 1 to 255 characters, and no control characters")]
    ExternalId,
}

/// Where in a name a character stands.
#[derive(Clone, Copy)]
enum Place {
    First,
    Middle,
    Last,
}

fn obeys(
    text: &str,
    lengths: std::ops::RangeInclusive<usize>,
    rule: fn(char, Place) -> bool,
) -> bool {
    let length = text.chars().count();
    lengths.contains(&length)
        && text.chars().enumerate().all(|(index, character)| {
            let place = match index {
                0 => Place::First,
                _ if index + 1 == length => Place::Last,
                _ => Place::Middle,
            };
            rule(character, place)
        })
}

fn in_name(character: char, place: Place) -> bool {
    character.is_alphanumeric()
        || "_()".contains(character)
        || matches!(place, Place::Middle) && " .-".contains(character)
}

fn in_full_name(character: char, place: Place) -> bool {
    character.is_alphanumeric()
        || matches!(place, Place::Middle) && " ',.-".contains(character)
        || matches!(place, Place::Last) && character == '.'
}

fn in_username(character: char, place: Place) -> bool {
    character.is_ascii_alphanumeric() || matches!(place, Place::Middle) && "._-".contains(character)
}

fn is_domain(text: &str) -> bool {
    text.len() <= 253
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

fn is_display_name(text: &str) -> bool {
    (1..=512).contains(&text.chars().count()) && !text.contains(char::is_control)
}

fn is_imported_username(text: &str) -> bool {
    (1..=255).contains(&text.chars().count())
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

macro_rules! checked_text {
    ($(#[$doc:meta])* $Name:ident, $error:expr, |$text:ident| $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $Name(String);

        impl $Name {
            /// Checks and takes `text`.
            pub fn parse($text: &str) -> Result<Self, InvalidName> {
                if $check { Ok(Self($text.to_owned())) } else { Err($error) }
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

checked_text!(
    /// What a person is called.
    FullName, InvalidName::FullName, |text| obeys(text, 2..=128, in_full_name)
);
checked_text!(
    /// What a person signs in with; unique. One from an import may be freer: [`Username::imported`].
    Username, InvalidName::Username, |text| obeys(text, 2..=32, in_username)
);
checked_text!(
    /// What a group is called; not unique.
    GroupName, InvalidName::Name, |text| obeys(text, 2..=128, in_name)
);
checked_text!(
    /// What a cluster is called.
    ClusterName, InvalidName::Name, |text| obeys(text, 2..=128, in_name)
);
checked_text!(
    /// What a token is called; unique among its owner's.
    TokenName, InvalidName::Name, |text| obeys(text, 2..=128, in_name)
);
checked_text!(
    /// Where a cluster is reached.
    Domain, InvalidName::Domain, |text| is_domain(text)
);
checked_text!(
    /// A name that comes from elsewhere: kept as it is, whatever characters people have in theirs.
    DisplayName, InvalidName::DisplayName, |text| is_display_name(text)
);

checked_text!(
    /// What an identity provider calls a user or group that it provisions; taken as it comes.
    ExternalId, InvalidName::ExternalId,
    |text| (1..=255).contains(&text.chars().count()) && !text.contains(char::is_control)
);

impl ExternalId {
    /// Takes one that was checked before it was stored.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }
}

impl DisplayName {
    /// Takes an imported name: blanks around it are dropped, nothing else is touched.
    pub fn imported(text: &str) -> Result<Self, InvalidName> {
        Self::parse(text.trim())
    }
}

impl Username {
    /// What a username is told apart by: usernames that differ in case only are one.
    pub fn key(username: &str) -> String {
        username.to_lowercase()
    }

    /// Takes an imported username: blanks around it are dropped, nothing else is touched.
    ///
    /// Other directories give out names that the rule for names typed here refuses, such as
    /// `joe@example.org` or `-joe`. Whoever has one must be able to go on signing in with it, so 1
    /// to 255 characters are taken, without blanks inside and without control characters.
    pub fn imported(text: &str) -> Result<Self, InvalidName> {
        let text = text.trim();
        if is_imported_username(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidName::ImportedUsername)
        }
    }
}

impl From<FullName> for DisplayName {
    fn from(name: FullName) -> Self {
        Self(name.0)
    }
}

impl From<GroupName> for DisplayName {
    fn from(name: GroupName) -> Self {
        Self(name.0)
    }
}

/// A password as typed. It has no `Display` and its `Debug` shows nothing.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// Longer input is refused so that hashing stays cheap to ask for.
    const LENGTHS: std::ops::RangeInclusive<usize> = 8..=1024;

    /// Checks a password that is to be set.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        if Self::LENGTHS.contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidName::Password)
        }
    }

    /// Takes a password that is only to be compared with a stored one.
    pub fn attempt(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the hash function.
    pub fn reveal(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_names_follow_the_reference() {
        for good in [
            "Joe Smith",
            "Ada O'Neill",
            "Zoë Ångström-Ek",
            "Joe Smith Jr.",
        ] {
            assert!(FullName::parse(good).is_ok(), "{good:?}");
        }
        for bad in [
            "",
            "J",
            " Joe",
            "Joe ",
            ".Joe",
            "<script>",
            "Joe\n",
            "Joe & Ann",
        ] {
            assert_eq!(FullName::parse(bad), Err(InvalidName::FullName), "{bad:?}");
        }
    }

    #[test]
    fn usernames_are_ascii_with_dots_inside() {
        assert!(Username::parse("joe.smith-2").is_ok());
        for bad in [".joe", "joe.", "jöe", "j", "joe smith"] {
            assert_eq!(Username::parse(bad), Err(InvalidName::Username), "{bad:?}");
        }
    }

    #[test]
    fn an_imported_name_is_trimmed_and_otherwise_kept() {
        let name = DisplayName::imported("  Dungeons & Données ");
        assert_eq!(
            name.map(|name| name.to_string()),
            Ok("Dungeons & Données".to_owned())
        );
        assert_eq!(DisplayName::imported(" \t "), Err(InvalidName::DisplayName));
        assert_eq!(
            DisplayName::imported("nul\0"),
            Err(InvalidName::DisplayName)
        );
    }

    #[test]
    fn an_imported_username_is_trimmed_and_otherwise_kept() {
        for (given, kept) in [
            (" Joe@Example.org ", "Joe@Example.org"),
            ("-joe_", "-joe_"),
            ("j", "j"),
        ] {
            let name = Username::imported(given);
            assert_eq!(name.map(|name| name.to_string()), Ok(kept.to_owned()));
        }
        let long = "x".repeat(256);
        for bad in [
            "",
            "  ",
            "joe smith",
            "joe\u{a0}smith",
            "joe\0",
            long.as_str(),
        ] {
            assert_eq!(
                Username::imported(bad),
                Err(InvalidName::ImportedUsername),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn a_password_is_counted_in_bytes_and_never_shown() {
        assert!(Password::parse("ééééa").is_ok(), "nine bytes");
        assert!(Password::parse("seven77").is_err());
        assert_eq!(
            format!("{:?}", Password::attempt("hunter2hunter2")),
            "Password(…)"
        );
    }
}

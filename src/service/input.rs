//! The body of a request, read with the contract's validation rules.
//!
//! A body is a JSON object or a form; operations ask for its values by name and do not care which
//! it was. Values are looked at only when asked for, because the contract wants existence and
//! rights checked first. Unknown keys are ignored.

use serde_json::{Map, Value};

use super::{Error, Problem};
use crate::domain::{Member, Privilege, PrivilegeSet};

/// What came with a request.
#[derive(Debug, Clone)]
pub enum Input {
    /// A JSON value; anything but an object is refused when first asked.
    Json(Value),
    /// The fields of a form, in order.
    Form(Vec<(String, String)>),
    /// A body that should be JSON and is not.
    Unreadable,
}

impl Default for Input {
    fn default() -> Self {
        Self::Json(Value::Object(Map::new()))
    }
}

impl Input {
    /// Whether it came from a form, whose absent tick boxes mean "no".
    pub fn is_form(&self) -> bool {
        matches!(self, Self::Form(_))
    }

    /// Refuses what is not JSON at all. The contract wants this right behind the credentials,
    /// before existence and rights.
    pub fn check_parsed(&self) -> Result<(), Error> {
        match self {
            Self::Unreadable => Err(Error::MalformedData),
            Self::Json(_) | Self::Form(_) => Ok(()),
        }
    }

    /// Refuses JSON that is not an object (`malformedData`), behind the rights.
    pub fn check_object(&self) -> Result<(), Error> {
        match self {
            Self::Json(Value::Object(_)) | Self::Form(_) => Ok(()),
            Self::Json(_) | Self::Unreadable => Err(Error::MalformedData),
        }
    }

    /// Whether the key is there, whatever its value.
    pub fn has(&self, key: &str) -> bool {
        match self {
            Self::Json(value) => value.get(key).is_some(),
            Self::Form(fields) => fields.iter().any(|(name, _)| name == key),
            Self::Unreadable => false,
        }
    }

    /// Whether the key is there and says nothing.
    pub fn is_null(&self, key: &str) -> bool {
        matches!(self.json(key), Some(Value::Null))
    }

    fn json(&self, key: &str) -> Option<&Value> {
        match self {
            Self::Json(value) => value.get(key),
            Self::Form(_) | Self::Unreadable => None,
        }
    }

    /// The first field of a form with this name.
    pub fn field<'a>(&'a self, key: &'a str) -> Option<&'a str> {
        self.fields(key).next()
    }

    /// Every field of a form with this name.
    pub fn fields<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        let fields = match self {
            Self::Form(fields) => fields.as_slice(),
            Self::Json(_) | Self::Unreadable => &[],
        };
        fields
            .iter()
            .filter(move |(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    }

    /// Every field of a form.
    pub fn all_fields(&self) -> &[(String, String)] {
        match self {
            Self::Form(fields) => fields,
            Self::Json(_) | Self::Unreadable => &[],
        }
    }

    /// A text, or nothing if the key is absent (or, in JSON, null).
    pub fn optional_text<'a>(&'a self, key: &'a str) -> Result<Option<&'a str>, Error> {
        match (self.json(key), self.field(key)) {
            (None | Some(Value::Null), None) => Ok(None),
            (Some(Value::String(text)), _) => Ok(Some(text)),
            (None, Some(text)) => Ok(Some(text)),
            (Some(_), _) => Err(Error::bad_value(key, Problem::String)),
        }
    }

    /// A text that must be there.
    pub fn text(&self, key: &'static str) -> Result<&str, Error> {
        if matches!(self.json(key), Some(Value::Null)) {
            return Err(Error::bad_value(key, Problem::String));
        }
        self.optional_text(key)?
            .ok_or(Error::MissingRequiredValue(key))
    }

    /// A text that must be there and not be empty.
    pub fn non_empty_text(&self, key: &'static str) -> Result<&str, Error> {
        match self.text(key)? {
            "" => Err(Error::bad_value(key, Problem::Empty)),
            text => Ok(text),
        }
    }

    /// True or false, if the key is there.
    pub fn optional_bool(&self, key: &str) -> Result<Option<bool>, Error> {
        match (self.json(key), self.field(key)) {
            (None, None) => Ok(None),
            (Some(Value::Bool(value)), _) => Ok(Some(*value)),
            (None, Some("true" | "on")) => Ok(Some(true)),
            (None, Some("false" | "off")) => Ok(Some(false)),
            _ => Err(Error::bad_value(key, Problem::Boolean)),
        }
    }

    /// A whole number of at least `least`; numbers as texts are accepted.
    pub fn optional_integer(&self, key: &str, least: i64) -> Result<Option<i64>, Error> {
        let number = match (self.json(key), self.field(key)) {
            (None, None) => return Ok(None),
            (Some(Value::Number(number)), _) => number.as_i64(),
            (Some(Value::String(text)), _) => text.parse().ok(),
            (None, Some(text)) => text.parse().ok(),
            (Some(_), _) => None,
        };
        match number {
            None => Err(Error::bad_value(key, Problem::Integer)),
            Some(number) if number < least => Err(Error::bad_value(key, Problem::TooLow(least))),
            Some(number) => Ok(Some(number)),
        }
    }

    /// An object, if the key is there.
    pub fn optional_object(&self, key: &str) -> Result<Option<&Map<String, Value>>, Error> {
        match self.json(key) {
            None => Ok(None),
            Some(Value::Object(object)) => Ok(Some(object)),
            Some(_) => Err(Error::bad_value(key, Problem::Json)),
        }
    }

    /// An array, if the key is there (`badData` if it is anything else).
    pub fn optional_array(&self, key: &str) -> Result<Option<&[Value]>, Error> {
        match self.json(key) {
            None => Ok(None),
            Some(Value::Array(array)) => Ok(Some(array)),
            Some(_) => Err(Error::bad_value(key, Problem::Data)),
        }
    }

    /// A list of texts, if the key is there.
    pub fn optional_texts<'a>(&'a self, key: &'a str) -> Result<Option<Vec<&'a str>>, Error> {
        let texts = match self.json(key) {
            None if self.has(key) => return Ok(Some(self.fields(key).collect())),
            None => return Ok(None),
            Some(Value::Array(texts)) => texts.iter().map(Value::as_str).collect(),
            Some(_) => None,
        };
        let texts: Option<Vec<&str>> = texts;
        texts
            .map(Some)
            .ok_or_else(|| Error::bad_value(key, Problem::ListOfStrings))
    }

    /// The members an operation is about, each once: `"members": [{"type": "user", "id": …}]`, or
    /// fields `member=user:ID`.
    pub fn members(&self) -> Result<Vec<Member>, Error> {
        let (key, named): (_, Option<Vec<Member>>) = if self.is_form() {
            let fields = self.fields("member");
            ("member", fields.map(|text| text.parse().ok()).collect())
        } else {
            let list = self.optional_array("members")?.unwrap_or_default();
            ("members", list.iter().map(read_member).collect())
        };
        let mut members = named.ok_or_else(|| Error::bad_value(key, Problem::Data))?;
        if members.is_empty() {
            return Err(Error::MissingRequiredValue(key));
        }
        members.sort();
        members.dedup();
        Ok(members)
    }

    /// Privileges, if the key is there. An empty list is a list.
    pub fn optional_privileges<P: Privilege>(
        &self,
        key: &str,
    ) -> Result<Option<PrivilegeSet<P>>, Error> {
        let Some(names) = self.optional_texts(key)? else {
            return Ok(None);
        };
        names
            .into_iter()
            .map(P::parse)
            .collect::<Option<_>>()
            .map(Some)
            .ok_or_else(|| {
                Error::bad_value(
                    key,
                    Problem::ListNotAllowed(PrivilegeSet::<P>::all().names()),
                )
            })
    }
}

fn read_member(member: &Value) -> Option<Member> {
    let text = |key| member.get(key).and_then(Value::as_str);
    format!("{}:{}", text("type")?, text("id")?).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ClusterPrivilege;

    fn json(text: &str) -> Input {
        Input::Json(serde_json::from_str(text).unwrap())
    }

    #[test]
    fn an_integer_may_come_as_text_but_not_below_its_bound() {
        assert!(matches!(
            json(r#"{"n":"3"}"#).optional_integer("n", 1),
            Ok(Some(3))
        ));
        assert!(matches!(
            json(r#"{"n":0}"#).optional_integer("n", 1),
            Err(Error::BadValue {
                problem: Problem::TooLow(1),
                ..
            })
        ));
    }

    #[test]
    fn a_list_of_privileges_may_be_empty_but_holds_only_known_names() {
        let read = |text| json(text).optional_privileges::<ClusterPrivilege>("p");
        assert_eq!(read(r#"{"p":[]}"#).ok(), Some(Some(PrivilegeSet::NONE)));
        assert!(matches!(
            read(r#"{"p":["root"]}"#),
            Err(Error::BadValue {
                problem: Problem::ListNotAllowed(_),
                ..
            })
        ));
        assert!(matches!(
            read(r#"{"p":[1]}"#),
            Err(Error::BadValue {
                problem: Problem::ListOfStrings,
                ..
            })
        ));
    }

    #[test]
    fn a_form_and_an_object_answer_alike() {
        let form = Input::Form(vec![
            ("name".into(), "x".into()),
            ("on".into(), "on".into()),
        ]);
        assert!(matches!(form.text("name"), Ok("x")));
        assert!(matches!(form.optional_bool("on"), Ok(Some(true))));
        assert!(matches!(
            form.text("other"),
            Err(Error::MissingRequiredValue("other"))
        ));
    }
}

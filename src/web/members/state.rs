//! The state of a Members page that is in its URL, and the URLs of neighbouring states.
//!
//! Whatever a person may want to send to a colleague is here; nothing here reads a request.

use form_urlencoded::Serializer;

use crate::domain::Member;

/// Which members are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum View {
    /// Those added or invited straight to the target.
    #[default]
    Direct,
    /// Also those who come in through groups.
    Effective,
}

impl View {
    /// The value in the URL.
    pub fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Effective => "effective",
        }
    }
}

/// What an open row is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Aspect {
    /// What the member may do, and through what.
    #[default]
    Privileges,
    /// Only through what.
    Memberships,
}

impl Aspect {
    /// The value in the URL.
    pub fn name(self) -> &'static str {
        match self {
            Self::Privileges => "privileges",
            Self::Memberships => "memberships",
        }
    }
}

/// The state of a Members page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// `view=`: which members are listed.
    pub view: View,
    /// `aspect=`: what an open row is about.
    pub aspect: Aspect,
    /// `q=`: what is searched for.
    pub search: String,
    /// `descriptions=on`: whether paths are also put in words.
    pub descriptions: bool,
    /// `member=`, repeated: the open rows.
    pub open: Vec<Member>,
    /// `groups_after=`: the groups start behind this one.
    pub groups_after: Option<String>,
    /// `users_after=`: the users start behind this one.
    pub users_after: Option<String>,
}

impl State {
    /// The same with the other view. Where the lists start does not carry over.
    #[must_use]
    pub fn with_view(&self, view: View) -> Self {
        Self {
            view,
            ..self.from_start()
        }
    }

    /// The same with the other aspect.
    #[must_use]
    pub fn with_aspect(&self, aspect: Aspect) -> Self {
        Self {
            aspect,
            ..self.clone()
        }
    }

    /// The same with descriptions switched.
    #[must_use]
    pub fn with_descriptions(&self, descriptions: bool) -> Self {
        Self {
            descriptions,
            ..self.clone()
        }
    }

    /// The same without a search.
    #[must_use]
    pub fn without_search(&self) -> Self {
        Self {
            search: String::new(),
            ..self.from_start()
        }
    }

    /// The same with both lists at their beginning.
    #[must_use]
    pub fn from_start(&self) -> Self {
        Self {
            groups_after: None,
            users_after: None,
            ..self.clone()
        }
    }

    /// The same with the row of `member` open, or closed if it was open.
    #[must_use]
    pub fn toggled(&self, member: &Member) -> Self {
        let mut state = self.clone();
        let before = state.open.len();
        state.open.retain(|open| open != member);
        if state.open.len() == before {
            state.open.push(member.clone());
        }
        state
    }

    /// The page at `page` in this state.
    pub fn url(&self, page: &str) -> String {
        join(page, &self.query())
    }

    /// The query of the page, without defaults.
    pub fn query(&self) -> String {
        let mut query = self.manner();
        if !self.search.is_empty() {
            query.append_pair("q", &self.search);
        }
        for member in &self.open {
            query.append_pair("member", &member.to_string());
        }
        if let Some(after) = &self.groups_after {
            query.append_pair("groups_after", after);
        }
        if let Some(after) = &self.users_after {
            query.append_pair("users_after", after);
        }
        readable(query.finish())
    }

    /// The URL of one row, alone, open or closed; `row` is its resource in the API.
    pub fn row_url(&self, row: &str, open: bool) -> String {
        let mut query = self.manner();
        if open {
            query.append_pair("open", "true");
        }
        join(row, &query.finish())
    }

    /// How a row is shown; the rest of the state is about the lists.
    fn manner(&self) -> Serializer<'static, String> {
        let mut query = Serializer::new(String::new());
        if self.view != View::default() {
            query.append_pair("view", self.view.name());
        }
        if self.aspect != Aspect::default() {
            query.append_pair("aspect", self.aspect.name());
        }
        if self.descriptions {
            query.append_pair("descriptions", "on");
        }
        query
    }
}

fn join(path: &str, query: &str) -> String {
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    }
}

/// A colon needs no escape in a query, and `member=user:ID` reads better with it.
fn readable(query: String) -> String {
    query.replace("%3A", ":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_names_only_what_differs_from_the_default() {
        assert_eq!(State::default().url("/p"), "/p");
        let member = Member::User(crate::domain::UserId::from_stored("u1"));
        let state = State {
            view: View::Effective,
            aspect: Aspect::Memberships,
            search: "a&b c".into(),
            descriptions: true,
            users_after: Some("u0".into()),
            ..State::default()
        }
        .toggled(&member);
        assert_eq!(
            state.url("/p"),
            "/p?view=effective&aspect=memberships&descriptions=on&q=a%26b+c&member=user:u1&users_after=u0"
        );
        assert!(state.toggled(&member).open.is_empty());
        assert_eq!(
            state.row_url("/r", true),
            "/r?view=effective&aspect=memberships&descriptions=on&open=true"
        );
    }
}

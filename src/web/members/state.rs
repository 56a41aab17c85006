//! The state of a Members page that is in its URL, and the URLs of neighbouring states.
//!
//! Whatever a person may want to send to a colleague is here; nothing here reads a request.

use std::fmt::{self, Display, Formatter};

use form_urlencoded::byte_serialize;

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

    /// The same with both lists at their beginning.
    #[must_use]
    pub fn from_start(&self) -> Self {
        Self {
            groups_after: None,
            users_after: None,
            ..self.clone()
        }
    }

    /// The page at `page` in this state.
    pub fn url(&self, page: &str) -> String {
        self.at(page).to_string()
    }

    /// The same, to be written where it belongs: a page has one for each row.
    pub fn at<'a>(&'a self, page: &'a str) -> Address<'a> {
        Address {
            page,
            state: self,
            toggled: None,
        }
    }

    /// The query of the address of one row, alone, open or closed, with its `?`.
    pub fn row(&self, open: bool) -> RowQuery<'_> {
        RowQuery { state: self, open }
    }
}

/// Where a Members page is in a state, without defaults.
#[derive(Debug, Clone, Copy)]
pub struct Address<'a> {
    page: &'a str,
    state: &'a State,
    toggled: Option<&'a Member>,
}

impl<'a> Address<'a> {
    /// The same with the row of `member` open, or closed if it was open.
    #[must_use]
    pub fn toggling(self, member: &'a Member) -> Self {
        Self {
            toggled: Some(member),
            ..self
        }
    }
}

impl Display for Address<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.page)?;
        let State {
            search,
            open,
            groups_after,
            users_after,
            ..
        } = self.state;
        let mut query = Query::new(f);
        query.manner(self.state)?;
        if !search.is_empty() {
            query.pair("q", search)?;
        }
        let stay = open.iter().filter(|open| self.toggled != Some(*open));
        let opened = self.toggled.filter(|member| !open.contains(member));
        for member in stay.chain(opened) {
            query.name("member")?;
            // No character of it needs an escape.
            write!(query.out, "{member}")?;
        }
        if let Some(after) = groups_after {
            query.pair("groups_after", after)?;
        }
        if let Some(after) = users_after {
            query.pair("users_after", after)?;
        }
        Ok(())
    }
}

/// How one row is to be shown; the rest of the state is about the lists.
#[derive(Debug, Clone, Copy)]
pub struct RowQuery<'a> {
    state: &'a State,
    open: bool,
}

impl Display for RowQuery<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut query = Query::new(f);
        query.manner(self.state)?;
        if self.open {
            query.pair("open", "true")?;
        }
        Ok(())
    }
}

/// A query that is being written.
struct Query<'f, 'o> {
    out: &'f mut Formatter<'o>,
    is_begun: bool,
}

impl<'f, 'o> Query<'f, 'o> {
    fn new(out: &'f mut Formatter<'o>) -> Self {
        Self {
            out,
            is_begun: false,
        }
    }

    /// How rows are shown.
    fn manner(&mut self, state: &State) -> fmt::Result {
        if state.view != View::default() {
            self.pair("view", state.view.name())?;
        }
        if state.aspect != Aspect::default() {
            self.pair("aspect", state.aspect.name())?;
        }
        if state.descriptions {
            self.pair("descriptions", "on")?;
        }
        Ok(())
    }

    fn pair(&mut self, name: &str, value: &str) -> fmt::Result {
        self.name(name)?;
        byte_serialize(value.as_bytes()).try_for_each(|part| self.out.write_str(part))
    }

    fn name(&mut self, name: &str) -> fmt::Result {
        let separator = if self.is_begun { '&' } else { '?' };
        self.is_begun = true;
        write!(self.out, "{separator}{name}=")
    }
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
        };
        assert_eq!(
            state.at("/p").toggling(&member).to_string(),
            "/p?view=effective&aspect=memberships&descriptions=on&q=a%26b+c&member=user:u1&users_after=u0"
        );
        assert_eq!(
            state.row(true).to_string(),
            "?view=effective&aspect=memberships&descriptions=on&open=true"
        );
        let state = State {
            open: vec![member.clone()],
            ..State::default()
        };
        assert_eq!(state.url("/p"), "/p?member=user:u1");
        assert_eq!(state.at("/p").toggling(&member).to_string(), "/p");
        assert_eq!(state.row(false).to_string(), "");
    }
}

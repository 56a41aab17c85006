//! What zone administrators see of the users.

use askama::Template;

use crate::{
    domain::UserId,
    web::layout::{Control, Field, Layout},
};

/// `/users`: all users, searched and paged.
#[derive(Template)]
#[template(path = "users/users.html", blocks = ["content", "users", "rows"])]
pub struct UsersPage {
    /// The frame.
    pub layout: Layout,
    /// What is searched for.
    pub search: String,
    /// How many match.
    pub count: usize,
    /// The users of this page.
    pub rows: Vec<UserRow>,
    /// Where more of them are (`/users?q=…&after=ID`), if there are more.
    pub more: Option<String>,
    /// Whether users can be created.
    pub create: Control,
}

/// One user.
#[derive(Debug, Clone)]
pub struct UserRow {
    /// The identifier.
    pub id: UserId,
    /// The full name.
    pub name: String,
    /// The sign-in name.
    pub username: Option<String>,
    /// Whether it is the reader.
    pub you: bool,
    /// Whether the reader may look after the user's tokens.
    pub tokens: bool,
    /// Whether the reader may look at the user's entries in the audit trail.
    pub audit: bool,
    /// Whether signing in is blocked.
    pub blocked: bool,
    /// Whether that can be changed.
    pub control: Control,
}

/// One user, as the answer to blocking or unblocking (target `tr#u-ID`).
#[derive(Template)]
#[template(path = "users/row.html")]
pub struct UserRowFragment {
    /// The user as now.
    pub row: UserRow,
    /// The local URL the next form returns to.
    pub back: String,
}

/// `/users/new`: `POST users` with `fullName`, `username`, `password`.
#[derive(Template)]
#[template(path = "users/new.html", blocks = ["content", "dialog"])]
pub struct NewUserPage {
    /// The frame.
    pub layout: Layout,
    /// The local URL to return to.
    pub back: String,
    /// The full name.
    pub full_name: Field,
    /// The sign-in name.
    pub username: Field,
    /// The first password.
    pub password: Field,
}

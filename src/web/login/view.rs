//! What the sign-in page shows.

use askama::Template;

use crate::web::layout::{Layout, Notice};

/// `/login`.
#[derive(Template)]
#[template(path = "login/login.html", blocks = ["content"])]
pub struct LoginPage {
    /// The frame, for nobody.
    pub layout: Layout,
    /// What was typed as username.
    pub username: String,
    /// The local URL to go to afterwards.
    pub next: String,
    /// Why the last attempt failed.
    pub error: Option<String>,
    /// Why the page is shown: session expired, signed out, held back for some seconds.
    pub notice: Option<Notice>,
}

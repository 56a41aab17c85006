//! What the account page shows.

use askama::Template;

use crate::web::layout::{Field, Layout};

/// `/account`: `PATCH user` with `fullName`, `PATCH user/password` with `oldPassword`,
/// `newPassword` and `retypedPassword`.
#[derive(Template)]
#[template(path = "account/account.html", blocks = ["content"])]
pub struct AccountPage {
    /// The frame.
    pub layout: Layout,
    /// The sign-in name, which cannot be changed here.
    pub username: Option<String>,
    /// The form of the name.
    pub full_name: Field,
    /// Whether a password may be used, and so be changed. Whoever reads this has one: there is no
    /// other way to sign in to a browser.
    pub basic_auth: bool,
    /// What is wrong with the current password.
    pub old_password: Field,
    /// What is wrong with the new password.
    pub new_password: Field,
    /// What is wrong with its repetition.
    pub retyped_password: Field,
}

//! Whether somebody may sign in with a password, and with which one: an administrator's say.

use crate::{
    domain::{Action, InvalidName, Note, Password, UserId, ZonePrivilege},
    service::{Caller, Error, Input, Panel, Permit, Request, Writing, sessions::digest_of},
    store::{self, Conn, User},
};

/// What of it can be changed, at least one at a time.
const CHANGEABLE: &[&str] = &["basicAuthEnabled", "newPassword"];

/// What is asked for.
struct Settings {
    enabled: Option<bool>,
    password: Option<Password>,
}

impl Settings {
    fn read(input: &Input) -> Result<Self, Error> {
        input.check_object()?;
        if !CHANGEABLE.iter().any(|key| input.has(key)) {
            return Err(Error::MissingAtLeastOneValue(CHANGEABLE));
        }
        let enabled = input.optional_bool("basicAuthEnabled")?;
        let password = if input.has("newPassword") {
            let text = input
                .optional_text("newPassword")
                .map_err(|_| InvalidName::Password)?;
            Some(Password::parse(text.unwrap_or_default())?)
        } else {
            None
        };
        Ok(Self { enabled, password })
    }
}

/// Whether the caller may set passwords of others, and one's own without the old one.
pub fn check_may_manage(caller: &Caller<'_>) -> Result<(), Error> {
    caller.require_in_zone(&[ZonePrivilege::UsersManagePasswords])
}

/// Refuses a password for somebody who could not use it.
fn check(
    conn: &mut Conn,
    caller: &Caller<'_>,
    id: &UserId,
    settings: impl FnOnce() -> Result<Settings, Error>,
) -> Result<Settings, Error> {
    let user = store::user(conn, id)?.ok_or(Error::NotFound)?;
    check_may_manage(caller)?;
    if caller.who.user() == Some(id) {
        caller.require_unconfined()?;
    }
    let settings = settings()?;
    let enabled = settings.enabled.unwrap_or(user.basic_auth_enabled);
    if settings.password.is_some() && !enabled {
        return Err(Error::BasicAuthDisabled);
    }
    Ok(settings)
}

/// Whether the caller may give this user a password from outside, as an identity provider does. The
/// first one also allows signing in with it; where that was forbidden later, it stays so.
pub(in crate::service) fn check_may_provision(
    caller: &Caller<'_>,
    user: &User,
) -> Result<(), Error> {
    check_may_manage(caller)?;
    if caller.who.user() == Some(&user.id) {
        caller.require_unconfined()?;
    }
    if user.password_hash.is_some() && !user.basic_auth_enabled {
        return Err(Error::BasicAuthDisabled);
    }
    Ok(())
}

/// Writes and announces a password, and ends the user's sessions but the one that asks. The caller
/// was checked already.
pub(in crate::service) fn provision(
    w: &mut Writing<'_>,
    id: &UserId,
    hash: &str,
    keep: Option<&str>,
) -> Result<(), Error> {
    let settings = Settings {
        enabled: Some(true),
        password: None,
    };
    set(w, id, &settings, Some(hash), keep)
}

impl Panel {
    /// Allows or forbids signing in with a password, or sets one
    /// (`change_user_basic_auth_settings`). A new password ends the user's sessions, all but the
    /// one that asks.
    ///
    /// # Errors
    /// [`Error::BasicAuthDisabled`] if a password is given for a user who may not use one.
    pub fn set_basic_auth(
        &self,
        request: &Request,
        permit: &Permit,
        id: &UserId,
        input: &Input,
    ) -> Result<(), Error> {
        // Authorised before the password is hashed, so that nobody else can ask for that work.
        let settings = self.read(request, |r| {
            input.check_parsed()?;
            check(r.conn, &r.caller, id, || Settings::read(input))
        })?;
        let hash = settings
            .password
            .as_ref()
            .map(|password| self.passwords.hash(permit, password, self.clock))
            .transpose()?;
        self.write(request, Action::ChangePassword, |w| {
            let settings = check(w.conn, &w.caller, id, || Ok(settings))?;
            let keep = digest_of(&request.credentials);
            set(w, id, &settings, hash.as_deref(), keep.as_deref())
        })
    }
}

fn set(
    w: &mut Writing<'_>,
    id: &UserId,
    settings: &Settings,
    hash: Option<&str>,
    keep: Option<&str>,
) -> Result<(), Error> {
    if let Some(enabled) = settings.enabled {
        store::set_basic_auth(w.conn, id, enabled)?;
    }
    if let Some(hash) = hash {
        store::set_password_hash(w.conn, id, hash)?;
        store::delete_sessions_of(w.conn, id, keep)?;
    }
    w.announce(Note::UserPassword { user: id.clone() });
    Ok(())
}

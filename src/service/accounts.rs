//! User accounts: one's own, and those a zone administrator looks after.

mod basic_auth;
mod remove;

pub use basic_auth::check_may_manage;
pub(super) use basic_auth::{check_may_provision, provision};
pub use remove::{check_may_delete, delete, delete_current};

use super::{
    AuthFailure, Error, Input, Panel, Permit, Problem, Reading, Request, VerifiedHash, Writing,
    sessions::digest_of, setup::ADMINS,
};
use crate::{
    domain::{
        Access, Action, Change, Ends, FullName, Group, GroupId, GroupPrivilege, InvalidName,
        Member, MembershipChange, Note, Page, Password, PrivilegeSet, Slice, UserId, Username,
        ZonePrivilege,
    },
    graph,
    store::{self, Conn, Membership, User},
};

/// The caller's own record (`get_current_user`).
pub fn current(r: &mut Reading<'_>) -> Result<User, Error> {
    let id = r.caller.user()?.clone();
    store::user(r.conn, &id)?.ok_or(Error::NotFound)
}

/// The record of any user (`get_user`): one's own, or with the zone-wide right.
pub fn get(r: &mut Reading<'_>, id: &UserId) -> Result<User, Error> {
    let user = store::user(r.conn, id)?.ok_or(Error::NotFound)?;
    if r.caller.who.user() != Some(id) {
        r.caller.require_in_zone(&[ZonePrivilege::UsersView])?;
    }
    Ok(user)
}

/// Whether the caller may list the users of the zone.
pub fn check_may_list(caller: &super::Caller<'_>) -> Result<(), Error> {
    caller.require_in_zone(&[ZonePrivilege::UsersList])
}

/// Users of the zone by name (`oz_users_list`).
pub fn list<'g>(r: &Reading<'g>, page: &Page) -> Result<Slice<graph::User<'g>>, Error> {
    check_may_list(&r.caller)?;
    Ok(r.caller.graph.users(page)?)
}

/// Changes what the caller is called (`modify_current_user`).
pub fn modify_current(w: &mut Writing<'_>, input: &Input) -> Result<(), Error> {
    let id = w.caller.user()?.clone();
    let user = store::user(w.conn, &id)?.ok_or(Error::NotFound)?;
    input.check_object()?;
    if !input.has("fullName") && !input.has("username") {
        return Err(Error::MissingAtLeastOneValue(&["fullName", "username"]));
    }
    let full_name = read_full_name(input)?.unwrap_or_else(|| user.full_name.clone());
    let username = if input.has("username") {
        let text = input
            .optional_text("username")
            .map_err(|_| InvalidName::Username)?;
        Some(Username::parse(text.unwrap_or_default())?.to_string())
    } else {
        user.username.clone()
    };
    if full_name == user.full_name && username == user.username {
        return Ok(());
    }
    rename(w, &id, full_name, username)
}

/// Writes and announces what a user is called and signs in as. The caller was checked already.
pub(super) fn rename(
    w: &mut Writing<'_>,
    id: &UserId,
    full_name: String,
    username: Option<String>,
) -> Result<(), Error> {
    store::set_full_name(w.conn, id, &full_name, username.as_deref())?;
    w.announce(Change::User {
        user: id.clone(),
        name: full_name,
        username,
    });
    Ok(())
}

/// The full name in a body, if the key is there; anything but a good name breaks its rule.
fn read_full_name(input: &Input) -> Result<Option<String>, Error> {
    if !input.has("fullName") {
        return Ok(None);
    }
    let text = input
        .optional_text("fullName")
        .map_err(|_| InvalidName::FullName)?;
    Ok(Some(FullName::parse(text.unwrap_or_default())?.to_string()))
}

/// Blocks or unblocks a user (`PATCH /users/{id}/access_block`); never oneself. Blocking ends the
/// user's sessions.
pub fn set_access(w: &mut Writing<'_>, id: &UserId, input: &Input) -> Result<Access, Error> {
    let user = store::user(w.conn, id)?.ok_or(Error::NotFound)?;
    check_may_block(&w.caller, id)?;
    input.check_object()?;
    let blocked = input
        .optional_bool("blocked")?
        .ok_or(Error::MissingRequiredValue("blocked"))?;
    let access = if blocked {
        Access::Blocked
    } else {
        Access::Open
    };
    if user.blocked != blocked {
        write_access(w, id, access)?;
    }
    Ok(access)
}

/// Writes and announces whether a user may sign in. The caller was checked already.
pub(super) fn write_access(w: &mut Writing<'_>, id: &UserId, access: Access) -> Result<(), Error> {
    let blocked = access == Access::Blocked;
    store::set_blocked(w.conn, id, blocked)?;
    if blocked {
        store::delete_sessions_of(w.conn, id, None)?;
    }
    w.announce(Change::UserAccess {
        user: id.clone(),
        access,
    });
    Ok(())
}

/// Whether the caller may block or unblock this user.
pub fn check_may_block(caller: &super::Caller<'_>, id: &UserId) -> Result<(), Error> {
    caller.require_in_zone(&[ZonePrivilege::UsersUpdate])?;
    if caller.who.user() == Some(id) {
        return Err(Error::Forbidden("You cannot block yourself.".to_owned()));
    }
    Ok(())
}

/// A new user, checked as far as that is possible before its password is hashed.
#[derive(Debug)]
pub struct Draft {
    full_name: String,
    username: Option<Username>,
    password: Option<Password>,
}

impl Draft {
    /// The password, if there is to be one.
    pub fn password(&self) -> Option<&Password> {
        self.password.as_ref()
    }

    /// Reads the body of `create_user`.
    pub fn read(input: &Input) -> Result<Self, Error> {
        input.check_object()?;
        let full_name = read_full_name(input)?.unwrap_or_else(|| "Unnamed User".to_owned());
        let given = |key| {
            input
                .optional_text(key)
                .map(|text| text.filter(|text| !text.is_empty() || !input.is_form()))
        };
        let username = given("username")
            .map_err(|_| InvalidName::Username)?
            .map(Username::parse)
            .transpose()?;
        let password = given("password")
            .map_err(|_| InvalidName::Password)?
            .map(Password::parse)
            .transpose()?;
        if password.is_some() && username.is_none() {
            return Err(Error::MissingRequiredValue("username"));
        }
        Ok(Self {
            full_name,
            username,
            password,
        })
    }
}

impl Panel {
    /// Creates a user (`create_user`); a zone administrator's work.
    pub fn create_user(
        &self,
        request: &Request,
        permit: &Permit,
        input: &Input,
        zone_admin: bool,
    ) -> Result<UserId, Error> {
        // Authorised before the password is hashed, so that nobody else can ask for that work.
        let draft = self.read(request, |r| {
            input.check_parsed()?;
            r.caller.require_in_zone(&[ZonePrivilege::UsersCreate])?;
            Draft::read(input)
        })?;
        let hash = draft
            .password
            .as_ref()
            .map(|password| self.passwords.hash(permit, password, self.clock))
            .transpose()?;
        self.write(request, Action::CreateUser, |w| {
            w.caller.require_in_zone(&[ZonePrivilege::UsersCreate])?;
            insert(w, draft, hash, zone_admin)
        })
    }

    /// Changes the caller's own password (`change_user_password`) and ends the caller's other
    /// sessions. A wrong old password counts as a failed attempt; none is right as long as there is
    /// no password.
    ///
    /// # Errors
    /// [`AuthFailure::BasicAuthDisabled`] for whoever may not use a password at all, and `forbidden`
    /// for an access token with caveats.
    pub fn change_password(
        &self,
        request: &Request,
        permit: &Permit,
        input: &Input,
    ) -> Result<(), Error> {
        let user = self.read(request, |r| {
            input.check_parsed()?;
            let user = current(r)?;
            r.caller.require_unconfined()?;
            Ok(user)
        })?;
        input.check_object()?;
        let old = if input.has("oldPassword") {
            input.optional_text("oldPassword")?
        } else {
            return Err(Error::MissingRequiredValue("oldPassword"));
        };
        if !input.has("newPassword") {
            return Err(Error::MissingRequiredValue("newPassword"));
        }
        let new = input
            .optional_text("newPassword")
            .map_err(|_| InvalidName::Password)?;
        let new = Password::parse(new.unwrap_or_default())?;
        if input.is_form() && input.field("retypedPassword") != input.field("newPassword") {
            return Err(Error::bad_value("retypedPassword", Problem::Mismatch));
        }
        let known = self.check_old_password(request, permit, &user, old)?;
        let hash = self.passwords.hash(permit, &new, self.clock)?;
        self.write(request, Action::ChangePassword, |w| {
            let id = w.caller.user()?.clone();
            check_unchanged(w.conn, &id, known.as_ref())?;
            store::set_password_hash(w.conn, &id, &hash)?;
            let keep = digest_of(&request.credentials);
            store::delete_sessions_of(w.conn, &id, keep.as_deref())?;
            w.announce(Note::UserPassword { user: id });
            Ok(())
        })
    }

    /// The hash that `old` is right for; none if there is no password yet.
    fn check_old_password(
        &self,
        request: &Request,
        permit: &Permit,
        user: &User,
        old: Option<&str>,
    ) -> Result<Option<VerifiedHash>, Error> {
        match (old, &user.username, &user.password_hash) {
            _ if !user.basic_auth_enabled => {
                Err(Error::Unauthorized(Some(AuthFailure::BasicAuthDisabled)))
            }
            (None, _, None) => Ok(None),
            (Some(old), Some(username), Some(_)) => {
                let old = Password::attempt(old);
                let (_, hash) = self.verify_password(request, permit, username, &old)?;
                Ok(Some(hash))
            }
            _ => Err(Error::Unauthorized(Some(AuthFailure::BadBasicCredentials))),
        }
    }

    /// Sets the password of the user who signs in as `username`, from the console.
    pub fn set_password(
        &self,
        permit: &Permit,
        username: &str,
        password: &Password,
    ) -> Result<(), Error> {
        let hash = self.passwords.hash(permit, password, self.clock)?;
        self.write(&Request::console(), Action::ChangePassword, |w| {
            let user = store::user_by_username(w.conn, username)?.ok_or(Error::NotFound)?;
            store::set_password_hash(w.conn, &user.id, &hash)?;
            store::set_basic_auth(w.conn, &user.id, true)?;
            store::delete_sessions_of(w.conn, &user.id, None)?;
            w.announce(Note::UserPassword { user: user.id });
            Ok(())
        })
    }

    /// Blocks the user who signs in as `username`, from the console.
    pub fn block(&self, username: &str) -> Result<(), Error> {
        self.write(&Request::console(), Action::BlockUser, |w| {
            let user = store::user_by_username(w.conn, username)?.ok_or(Error::NotFound)?;
            let blocked = Input::Form(vec![("blocked".to_owned(), "true".to_owned())]);
            set_access(w, &user.id, &blocked).map(|_| ())
        })
    }
}

/// Refuses if the password is no longer the one that was known, or may no longer be used.
fn check_unchanged(
    conn: &mut Conn,
    id: &UserId,
    known: Option<&VerifiedHash>,
) -> Result<(), Error> {
    let user = store::user(conn, id)?.ok_or(Error::NotFound)?;
    let stored = user.password_hash.as_deref();
    match known {
        _ if !user.basic_auth_enabled => {
            Err(Error::Unauthorized(Some(AuthFailure::BasicAuthDisabled)))
        }
        Some(known) => known.check(stored),
        None if stored.is_none() => Ok(()),
        None => Err(Error::Unauthorized(Some(AuthFailure::BadBasicCredentials))),
    }
}

/// Writes and announces a new user. The caller was checked already.
pub(super) fn insert(
    w: &mut Writing<'_>,
    draft: Draft,
    hash: Option<String>,
    zone_admin: bool,
) -> Result<UserId, Error> {
    let user = User {
        id: UserId::generate(w.clock.entropy()?),
        full_name: draft.full_name,
        username: draft.username.map(|name| name.to_string()),
        basic_auth_enabled: hash.is_some(),
        password_hash: hash,
        blocked: false,
        zone_privileges: PrivilegeSet::NONE,
        created_at: w.now,
        external_id: None,
        signed_in_at: None,
    };
    store::insert_user(w.conn, &user)?;
    let id = user.id.clone();
    announce(w, user);
    if zone_admin {
        join_admins(w, &id)?;
    }
    Ok(id)
}

/// Announces a user who was just written.
pub(super) fn announce(w: &mut Writing<'_>, user: User) {
    w.announce(Change::User {
        user: user.id.clone(),
        name: user.full_name,
        username: user.username,
    });
    if user.blocked {
        w.announce(Change::UserAccess {
            user: user.id.clone(),
            access: Access::Blocked,
        });
    }
    if let Some(external_id) = user.external_id {
        w.announce(Note::ExternalId {
            member: Member::User(user.id),
            external_id: Some(external_id.to_string()),
        });
    }
}

/// Makes a user a zone administrator.
fn join_admins(w: &mut Writing<'_>, user: &UserId) -> Result<(), Error> {
    let admins = GroupId::from_stored(ADMINS);
    let member = Member::User(user.clone());
    let privileges = PrivilegeSet::<GroupPrivilege>::all();
    let membership = Membership {
        privileges,
        created_at: w.now,
        created_by: w.caller.who.actor(),
        ends_at: None,
    };
    store::insert_membership::<Group>(w.conn, &admins, &member, &membership)?;
    w.announce(Change::GroupMember(MembershipChange {
        target: admins,
        member,
        before: None,
        after: Some(privileges),
        ends: Ends::default(),
    }));
    Ok(())
}

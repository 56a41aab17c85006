//! Deleting users.

use crate::{
    domain::{Change, Member, UserId, ZonePrivilege},
    service::{Caller, Error, Writing},
    store,
};

/// Whether the caller may delete this user: always oneself.
pub fn check_may_delete(caller: &Caller<'_>, id: &UserId) -> Result<(), Error> {
    if caller.who.user() == Some(id) {
        return Ok(());
    }
    caller.require_in_zone(&[ZonePrivilege::UsersDelete])
}

/// Deletes a user with every membership, session and token (`remove_user`).
pub fn delete(w: &mut Writing<'_>, id: &UserId) -> Result<(), Error> {
    store::user(w.conn, id)?.ok_or(Error::NotFound)?;
    check_may_delete(&w.caller, id)?;
    store::delete_user(w.conn, id)?;
    // An import may bring the identifier back; the temporary tokens must not come back with it.
    store::begin_token_generation(w.conn, id)?;
    w.announce(Change::UserDeleted { user: id.clone() });
    w.announce_gone_with(&Member::User(id.clone()));
    Ok(())
}

/// Deletes the caller (`remove_current_user`).
pub fn delete_current(w: &mut Writing<'_>) -> Result<(), Error> {
    let id = w.caller.user()?.clone();
    delete(w, &id)
}

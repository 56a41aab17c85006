//! Users: what an identity provider may make of them, and with which rights.

use serde_json::Value;

use super::{
    change::{Order, Verb},
    draft::Draft,
    resource::ResourceKind,
    show::Record,
};
use crate::{
    domain::{
        Access, DisplayName, ExternalId, Member, Note, Password, PrivilegeSet, UserId, Username,
        ZonePrivilege,
    },
    service::{Caller, Error, Request, Writing, accounts, sessions::digest_of},
    store::{self, Conn, User},
};

/// What a user shall be.
struct Wish {
    name: DisplayName,
    username: Option<Username>,
    is_active: bool,
    external_id: Option<ExternalId>,
    password: Option<Password>,
}

/// The password that `order` sets, if it may.
pub(super) fn password(
    conn: &mut Conn,
    caller: &Caller<'_>,
    order: &Order,
) -> Result<Option<Password>, Error> {
    caller.user()?;
    if order.verb == Verb::Delete {
        return Ok(None);
    }
    Ok(examine(conn, caller, order)?.1.password)
}

/// Makes or changes a user, and says whom.
pub(super) fn write(
    w: &mut Writing<'_>,
    request: &Request,
    order: &Order,
    hash: Option<&str>,
) -> Result<Member, Error> {
    let (before, wish) = examine(w.conn, &w.caller, order)?;
    if wish.password.is_some() && hash.is_none() {
        // It was written in a way that hid it until now.
        return Err(super::ScimError::Value("password is to be written plainly".to_owned()).into());
    }
    let id = match before {
        None => insert(w, wish, hash)?,
        Some(before) => {
            update(w, &before, &wish)?;
            if let Some(hash) = hash.filter(|_| wish.password.is_some()) {
                let keep = digest_of(&request.credentials);
                accounts::provision(w, &before.id, hash, keep.as_deref())?;
            }
            before.id
        }
    };
    Ok(Member::User(id))
}

/// Who the user is so far, if it is none that is new, and what the user shall be: checked in the
/// panel's order.
fn examine(
    conn: &mut Conn,
    caller: &Caller<'_>,
    order: &Order,
) -> Result<(Option<User>, Wish), Error> {
    let before = match order.verb {
        Verb::Create => {
            caller.require_in_zone(&[ZonePrivilege::UsersCreate])?;
            None
        }
        Verb::Replace | Verb::Patch | Verb::Delete => {
            let id: UserId = order.id.parse().map_err(|_| Error::NotFound)?;
            let user = store::user(conn, &id)?.ok_or(Error::NotFound)?;
            caller.require_in_zone(&[ZonePrivilege::UsersUpdate, ZonePrivilege::UsersView])?;
            Some(user)
        }
    };
    let body = order.body.json()?;
    let wish = read(caller, order.verb, before.as_ref(), &body)?;
    if let Some(user) = &before {
        if wish.is_active == user.blocked {
            accounts::check_may_block(caller, &user.id)?;
        }
        if wish.password.is_some() {
            accounts::check_may_provision(caller, user)?;
        }
        order.check_version(caller, &Record::User(user.clone()))?;
    }
    Ok((before, wish))
}

fn read(
    caller: &Caller<'_>,
    verb: Verb,
    before: Option<&User>,
    body: &Value,
) -> Result<Wish, Error> {
    let kind = ResourceKind::User;
    let draft = if verb == Verb::Patch {
        let mut draft = Draft::new(kind, caller.graph);
        draft.patch(body)?;
        draft
    } else {
        Draft::read(kind, caller.graph, body)?
    };
    let (name, username) = match before {
        None => {
            // What is required comes first: it may also be the name to show.
            let username = draft.new_username()?;
            (draft.new_display_name()?, Some(username))
        }
        Some(user) => {
            let name = match draft.display_name()? {
                Some(name) => name,
                None => DisplayName::parse(&user.full_name)?,
            };
            (name, draft.username()?)
        }
    };
    Ok(Wish {
        name,
        username,
        is_active: draft
            .active()
            .unwrap_or_else(|| before.is_none_or(|user| !user.blocked)),
        external_id: draft.external_id(before.and_then(|user| user.external_id.as_ref()))?,
        password: draft.password()?,
    })
}

fn insert(w: &mut Writing<'_>, wish: Wish, hash: Option<&str>) -> Result<UserId, Error> {
    let user = User {
        id: UserId::generate(w.clock.entropy()?),
        full_name: wish.name.to_string(),
        username: wish.username.map(|name| name.to_string()),
        basic_auth_enabled: hash.is_some(),
        password_hash: hash.map(ToOwned::to_owned),
        blocked: !wish.is_active,
        zone_privileges: PrivilegeSet::NONE,
        created_at: w.now,
        external_id: wish.external_id,
        signed_in_at: None,
    };
    store::insert_user(w.conn, &user)?;
    let id = user.id.clone();
    accounts::announce(w, user);
    Ok(id)
}

fn update(w: &mut Writing<'_>, before: &User, wish: &Wish) -> Result<(), Error> {
    let username = wish.username.as_ref().map(Username::as_str);
    let username = username.or(before.username.as_deref());
    if (wish.name.as_str(), username) != (before.full_name.as_str(), before.username.as_deref()) {
        let username = username.map(ToOwned::to_owned);
        accounts::rename(w, &before.id, wish.name.to_string(), username)?;
    }
    if wish.is_active == before.blocked {
        let access = if wish.is_active {
            Access::Open
        } else {
            Access::Blocked
        };
        accounts::write_access(w, &before.id, access)?;
    }
    if wish.external_id != before.external_id {
        let member = Member::User(before.id.clone());
        let (old, new) = (before.external_id.as_ref(), wish.external_id.as_ref());
        set_external_id(w, &member, old, new)?;
    }
    Ok(())
}

/// Writes and announces what an identity provider calls somebody, who was called otherwise.
pub(super) fn set_external_id(
    w: &mut Writing<'_>,
    member: &Member,
    before: Option<&ExternalId>,
    after: Option<&ExternalId>,
) -> Result<(), Error> {
    store::set_external_id(w.conn, member, after)?;
    let called = |external_id: Option<&ExternalId>| Note::ExternalId {
        member: member.clone(),
        external_id: external_id.map(ToString::to_string),
    };
    w.announce_instead(called(before), called(after));
    Ok(())
}

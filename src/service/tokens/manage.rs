//! Looking after tokens: listing, finding, changing, deleting; and ending all temporary ones.

use super::{Made, changed, create::read_name, form, text::write_out};
use crate::{
    domain::{
        Note, Page, Slice, SortKey, Subject, Target, TargetKind, Timestamp, TokenId, UserId,
        ZonePrivilege,
    },
    graph::Graph,
    service::{Caller, Error, Input, Reading, Writing},
    store::{self, Conn, Token, TokenKind, Use},
};

/// Whose tokens are meant: those of `owner`, whom the caller must be or manage, or the caller's own.
pub(super) fn owner(caller: &Caller<'_>, owner: Option<&UserId>) -> Result<UserId, Error> {
    let Some(id) = owner else {
        return caller.user().cloned();
    };
    caller.graph.user(id).ok_or(Error::NotFound)?;
    check_may_manage(caller, id)?;
    Ok(id.clone())
}

fn check_may_manage(caller: &Caller<'_>, owner: &UserId) -> Result<(), Error> {
    if caller.who.user() == Some(owner) {
        return Ok(());
    }
    caller.require_in_zone(&[ZonePrivilege::TokensManage])
}

/// What a token is good for, in the broadest sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// Acting.
    Access,
    /// Proving who one is.
    Identity,
    /// Joining something.
    Invite,
}

/// What a token is good for now, in the order tokens are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It can be used.
    Active,
    /// It was withdrawn, and can be restored.
    Revoked,
    /// A caveat ended it.
    Expired,
    /// It was used as often as it may be.
    UsedUp,
}

/// What a token is good for at `now`.
pub fn state_of(token: &Token, now: Timestamp) -> State {
    if token.revoked {
        State::Revoked
    } else if token.invite().is_some_and(store::Invite::is_used_up) {
        State::UsedUp
    } else if token.expires_at().is_some_and(|end| end <= now) {
        State::Expired
    } else {
        State::Active
    }
}

/// Which of a user's tokens are asked for. Nothing said means all.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only those of this sort.
    pub category: Option<Category>,
    /// Only invitations to this kind of thing.
    pub target_kind: Option<TargetKind>,
    /// Only invitations to this very thing.
    pub target: Option<Target>,
}

impl Filter {
    fn matches(&self, listed: &Listed) -> bool {
        let target = listed.token.invite().map(|invite| invite.offer.target());
        let kind = match listed.token.kind {
            TokenKind::Access => Category::Access,
            TokenKind::Identity => Category::Identity,
            TokenKind::Invite(_) => Category::Invite,
        };
        let target_kind = target.as_ref().map(|target| match target {
            Target::Cluster(_) => TargetKind::Cluster,
            Target::Group(_) => TargetKind::Group,
        });
        self.category.is_none_or(|wanted| wanted == kind)
            && (self.target_kind.is_none() || self.target_kind == target_kind)
            && (self.target.is_none() || self.target == target)
    }
}

/// A token in a list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its record.
    pub token: Token,
    /// What it is good for now.
    pub state: State,
}

/// All of a user's tokens (`list_named_tokens_of_current_user`, `list_named_tokens_of_user`), in one
/// query: what can be used first, then by name.
pub fn all(r: &mut Reading<'_>, whose: Option<&UserId>) -> Result<Vec<Listed>, Error> {
    let user = owner(&r.caller, whose)?;
    let mut listed: Vec<Listed> = store::tokens_of(r.conn, &user)?
        .into_iter()
        .map(|token| Listed {
            state: state_of(&token, r.now),
            token: with_last_use(r, token),
        })
        .collect();
    listed.sort_by_cached_key(|listed| {
        let token = &listed.token;
        (listed.state, SortKey::of(&token.name), token.id.clone())
    });
    Ok(listed)
}

/// One page of those of `all` that the filter lets through.
///
/// # Errors
/// `badValueIdNotFound` if what the page is to start behind is not among them.
pub fn page_of<'a>(
    all: &'a [Listed],
    filter: &Filter,
    page: &Page,
) -> Result<Slice<&'a Listed>, Error> {
    let wanted = all.iter().filter(|listed| filter.matches(listed));
    Ok(page.of(
        wanted.collect(),
        |one| one.token.id.as_str(),
        |one| &one.token.name,
        |_| false,
    )?)
}

/// What is not in the database yet is remembered; what is there may be newer, from another panel.
fn with_last_use(r: &Reading<'_>, mut token: Token) -> Token {
    let known = token.last_use.as_ref().map(|known| known.at);
    let last = r.uses.last(&token.id).filter(|at| Some(*at) > known);
    if let Some((at, user)) = last.zip(token.subject.user()) {
        let by = user.clone();
        token.last_use = Some(Use { at, by });
    }
    token
}

/// Whether the caller may list every user's tokens.
pub fn check_may_list_all(caller: &Caller<'_>) -> Result<(), Error> {
    caller.require_in_zone(&[ZonePrivilege::TokensManage])
}

/// One page of every user's tokens, by name (`list_all_named_tokens`).
pub fn list_all(r: &mut Reading<'_>, page: &Page) -> Result<Slice<TokenId>, Error> {
    check_may_list_all(&r.caller)?;
    let mut all = store::all_token_names(r.conn)?;
    all.sort_by_cached_key(|(id, name)| (SortKey::of(name), id.clone()));
    let found = page.of(all, |(id, _)| id.as_str(), |(_, name)| name, |_| false)?;
    Ok(found.map(|(id, _)| id))
}

/// A token that the caller may look after. Those of the emergency interface are managed there only.
fn managed(conn: &mut Conn, caller: &Caller<'_>, id: &TokenId) -> Result<Token, Error> {
    let token = store::token(conn, id)?.ok_or(Error::NotFound)?;
    match &token.subject {
        Subject::User(user) => check_may_manage(caller, user)?,
        Subject::Root => return Err(Error::NotFound),
    }
    Ok(token)
}

/// A token with its text (`get_named_token`).
pub fn get(r: &mut Reading<'_>, id: &TokenId) -> Result<Made, Error> {
    let token = managed(r.conn, &r.caller, id)?;
    made(r, token)
}

/// A token by its name (`get_named_token_of_current_user_by_name`).
pub fn by_name(r: &mut Reading<'_>, whose: Option<&UserId>, name: &str) -> Result<Made, Error> {
    let user = owner(&r.caller, whose)?;
    let token = store::token_by_name(r.conn, &user, name)?.ok_or(Error::NotFound)?;
    made(r, token)
}

fn made(r: &Reading<'_>, token: Token) -> Result<Made, Error> {
    let text = write_out(r.key, &r.caller, &token)?;
    let token = with_last_use(r, token);
    Ok(Made { token, text })
}

/// What the target of an invitation is called, unless it is gone.
pub fn target_name<'g>(graph: &'g Graph, target: &Target) -> Option<&'g str> {
    form::target_name(graph, target)
}

/// What can be changed of a token, at least one of it at a time.
const MODIFIABLE: &[&str] = &["customMetadata", "name", "revoked"];

/// Renames a token, changes its metadata, withdraws or restores it (`modify_named_token`).
pub fn modify(w: &mut Writing<'_>, id: &TokenId, input: &Input) -> Result<Token, Error> {
    let mut token = managed(w.conn, &w.caller, id)?;
    let before = changed(&token);
    input.check_object()?;
    if !MODIFIABLE.iter().any(|key| input.has(key)) {
        return Err(Error::MissingAtLeastOneValue(MODIFIABLE));
    }
    if let Some(name) = read_name(input)? {
        name.as_str().clone_into(&mut token.name);
    }
    if let Some(metadata) = input.optional_object("customMetadata")? {
        token.custom_metadata.clone_from(metadata);
    }
    if let Some(revoked) = input.optional_bool("revoked")? {
        token.revoked = revoked;
    }
    store::update_token(w.conn, &token)?;
    w.announce_instead(before, changed(&token));
    Ok(token)
}

/// Deletes a token (`delete_named_token`) and says what it was called.
pub fn delete(w: &mut Writing<'_>, id: &TokenId) -> Result<String, Error> {
    let token = managed(w.conn, &w.caller, id)?;
    store::delete_token(w.conn, &token.id)?;
    w.announce(changed(&token));
    Ok(token.name)
}

/// Deletes those of a user's tokens, or all of them if none are named
/// (`delete_named_tokens_of_current_user`); says how many.
///
/// # Errors
/// `notFound` if one of those that are named is not the user's, or not any more; none is deleted.
pub fn delete_many(
    w: &mut Writing<'_>,
    whose: Option<&UserId>,
    only: Option<&[TokenId]>,
) -> Result<usize, Error> {
    let user = owner(&w.caller, whose)?;
    let deleted = store::delete_tokens_of(w.conn, &user, only)?;
    let count = deleted.len();
    if only.is_some_and(|named| {
        named
            .iter()
            .any(|id| deleted.iter().all(|(one, _)| one != id))
    }) {
        return Err(Error::NotFound);
    }
    for (token, name) in deleted {
        w.announce(Note::Token {
            token,
            user: Some(user.clone()),
            name: Some(name),
            revoked: false,
        });
    }
    Ok(count)
}

/// Which generation a user's temporary tokens have to be of
/// (`get_temporary_token_generation_of_current_user`).
pub fn generation(r: &mut Reading<'_>, whose: Option<&UserId>) -> Result<i64, Error> {
    let user = owner(&r.caller, whose)?;
    Ok(store::token_generation(r.conn, &user)?)
}

/// Ends every temporary token of a user (`revoke_all_temporary_tokens_of_current_user`).
pub fn revoke_temporary(w: &mut Writing<'_>, whose: Option<&UserId>) -> Result<(), Error> {
    let user = owner(&w.caller, whose)?;
    store::begin_token_generation(w.conn, &user)?;
    w.announce(Note::TemporaryTokens { user });
    Ok(())
}

//! Named tokens and what is left of temporary ones. No secret is here: it is derived from the
//! panel's key.

use diesel::prelude::*;
use serde_json::{Map, Value};

use super::{
    Conn, StoreError, StoreResult, can_be_stored,
    conn::each,
    feed::{END, FeedEnd, end_of},
    schema::{feed, token_generations, tokens},
};
use crate::domain::{
    Caveat, ClusterId, Grant, GroupId, InviteKind, Invitee, Offer, PrivilegeSet, Subject, Target,
    TargetKind, Timestamp, TokenId, TokenType, UserId, earliest_end,
};

/// What a named token is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenKind {
    /// Acting as its subject.
    Access,
    /// Proving to be its subject.
    Identity,
    /// Becoming a member of something.
    Invite(Invite),
}

/// An invitation and how often it may be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// Who is invited.
    pub invitee: Invitee,
    /// What is given.
    pub offer: Offer,
    /// How often it may be used; without limit if none.
    pub usage_limit: Option<i64>,
    /// How often it was used.
    pub usage_count: i64,
}

impl Invite {
    /// Whether it was used as often as it may be.
    pub fn is_used_up(&self) -> bool {
        self.usage_limit
            .is_some_and(|limit| self.usage_count >= limit)
    }
}

/// The last use of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// When.
    pub at: Timestamp,
    /// Who used it.
    pub by: UserId,
}

/// A named token's record.
#[derive(Debug, Clone)]
pub struct Token {
    /// Identifies the token.
    pub id: TokenId,
    /// Whom it stands for.
    pub subject: Subject,
    /// What its subject calls it; unique among the subject's.
    pub name: String,
    /// What it is good for.
    pub kind: TokenKind,
    /// What confines it.
    pub caveats: Vec<Caveat>,
    /// Whatever its subject keeps with it.
    pub custom_metadata: Map<String, Value>,
    /// Whether it was withdrawn.
    pub revoked: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Its last use, as far as it is noted.
    pub last_use: Option<Use>,
}

impl Token {
    /// What it is good for, without the particulars.
    pub fn token_type(&self) -> TokenType {
        match &self.kind {
            TokenKind::Access => TokenType::Access,
            TokenKind::Identity => TokenType::Identity,
            TokenKind::Invite(invite) => TokenType::Invite(invite.invitee, invite.offer.target()),
        }
    }

    /// The invitation, if it is one.
    pub fn invite(&self) -> Option<&Invite> {
        match &self.kind {
            TokenKind::Access | TokenKind::Identity => None,
            TokenKind::Invite(invite) => Some(invite),
        }
    }

    /// From when on it is refused; never if none.
    pub fn expires_at(&self) -> Option<Timestamp> {
        earliest_end(&self.caveats)
    }
}

#[derive(Queryable)]
struct Row {
    id: String,
    user_id: Option<String>,
    name: String,
    kind: String,
    target_id: Option<String>,
    privileges: Option<i64>,
    usage_limit: Option<i64>,
    usage_count: i64,
    caveats: String,
    custom_metadata: String,
    revoked: bool,
    created_at: i64,
    used_at: Option<i64>,
    used_by: Option<String>,
}

const ACCESS: &str = "accessToken";
const IDENTITY: &str = "identityToken";

impl TryFrom<Row> for Token {
    type Error = StoreError;

    fn try_from(row: Row) -> StoreResult<Self> {
        let last_use = row.used_at.zip(row.used_by).map(|(at, by)| Use {
            at: Timestamp(at),
            by: UserId::from_stored(by),
        });
        let kind = match (row.kind.as_str(), InviteKind::parse(&row.kind)) {
            (ACCESS, _) => TokenKind::Access,
            (IDENTITY, _) => TokenKind::Identity,
            (_, Some(kind)) => TokenKind::Invite(Invite {
                invitee: kind.invitee,
                offer: stored_offer(kind, row.target_id.unwrap_or_default(), row.privileges),
                usage_limit: row.usage_limit,
                usage_count: row.usage_count,
            }),
            (kind, None) => return Err(StoreError::Corrupt(format!("token kind {kind:?}"))),
        };
        Ok(Self {
            id: TokenId::from_stored(row.id),
            subject: row.user_id.map_or(Subject::Root, |user| {
                Subject::User(UserId::from_stored(user))
            }),
            name: row.name,
            kind,
            caveats: serde_json::from_str(&row.caveats)?,
            custom_metadata: serde_json::from_str(&row.custom_metadata)?,
            revoked: row.revoked,
            created_at: Timestamp(row.created_at),
            last_use,
        })
    }
}

fn stored_offer(kind: InviteKind, target: String, privileges: Option<i64>) -> Offer {
    let bits = privileges.unwrap_or(0).cast_unsigned();
    match kind.target {
        TargetKind::Cluster => Offer::Cluster(Grant {
            target: ClusterId::from_stored(target),
            privileges: PrivilegeSet::from_bits(bits),
        }),
        TargetKind::Group => Offer::Group(Grant {
            target: GroupId::from_stored(target),
            privileges: PrivilegeSet::from_bits(bits),
        }),
    }
}

fn kind_name(token: &Token) -> &'static str {
    match (&token.kind, token.token_type().invite_kind()) {
        (TokenKind::Identity, _) => IDENTITY,
        (_, Some(kind)) => kind.name(),
        (_, None) => ACCESS,
    }
}

fn offer_bits(offer: &Offer) -> i64 {
    match offer {
        Offer::Cluster(grant) => grant.privileges.bits().cast_signed(),
        Offer::Group(grant) => grant.privileges.bits().cast_signed(),
    }
}

/// The token with this identifier.
pub fn token(conn: &mut Conn, id: &TokenId) -> StoreResult<Option<Token>> {
    tokens::table
        .find(id.as_str())
        .get_result::<Row>(conn)
        .optional()?
        .map(Token::try_from)
        .transpose()
}

/// The token with this identifier, and where the feed ends: whoever acts with one asks both.
pub fn token_and_end(conn: &mut Conn, id: &TokenId) -> StoreResult<(Option<Token>, FeedEnd)> {
    let both = feed::table
        .left_join(tokens::table.on(tokens::id.eq(id.as_str())))
        .select((tokens::all_columns.nullable(), END));
    let (row, end) = each!(conn, c => both.get_result::<(Option<Row>, (i64, String))>(c)?);
    Ok((row.map(Token::try_from).transpose()?, end_of(end)))
}

/// The token that a user calls `name`.
pub fn token_by_name(conn: &mut Conn, user: &UserId, name: &str) -> StoreResult<Option<Token>> {
    if !can_be_stored(name) {
        return Ok(None);
    }
    tokens::table
        .filter(tokens::user_id.eq(user.as_str()))
        .filter(tokens::name.eq(name))
        .get_result::<Row>(conn)
        .optional()?
        .map(Token::try_from)
        .transpose()
}

/// Every token of a user.
pub fn tokens_of(conn: &mut Conn, user: &UserId) -> StoreResult<Vec<Token>> {
    tokens::table
        .filter(tokens::user_id.eq(user.as_str()))
        .load::<Row>(conn)?
        .into_iter()
        .map(Token::try_from)
        .collect()
}

/// The identifiers and names of every user's tokens.
pub fn all_token_names(conn: &mut Conn) -> StoreResult<Vec<(TokenId, String)>> {
    let named: Vec<(String, String)> = tokens::table
        .filter(tokens::user_id.is_not_null())
        .select((tokens::id, tokens::name))
        .load(conn)?;
    let named = named.into_iter();
    Ok(named
        .map(|(id, name)| (TokenId::from_stored(id), name))
        .collect())
}

/// Adds a token. Fails with `Taken(TokenName)` if its subject has one of that name.
pub fn insert_token(conn: &mut Conn, token: &Token) -> StoreResult<()> {
    let invite = token.invite();
    let target = invite.map(|invite| invite.offer.target());
    diesel::insert_into(tokens::table)
        .values((
            tokens::id.eq(token.id.as_str()),
            tokens::user_id.eq(token.subject.user().map(UserId::as_str)),
            tokens::name.eq(&token.name),
            tokens::kind.eq(kind_name(token)),
            tokens::target_id.eq(target.as_ref().map(Target::id)),
            tokens::privileges.eq(invite.map(|invite| offer_bits(&invite.offer))),
            tokens::usage_limit.eq(invite.and_then(|invite| invite.usage_limit)),
            tokens::usage_count.eq(invite.map_or(0, |invite| invite.usage_count)),
            tokens::caveats.eq(serde_json::to_string(&token.caveats)?),
            tokens::custom_metadata.eq(serde_json::to_string(&token.custom_metadata)?),
            tokens::revoked.eq(token.revoked),
            tokens::created_at.eq(token.created_at.0),
        ))
        .execute(conn)?;
    Ok(())
}

/// Changes what may be changed of a token: its name, its metadata, whether it is withdrawn.
/// Fails with `Taken(TokenName)` if its subject has another one of that name.
pub fn update_token(conn: &mut Conn, token: &Token) -> StoreResult<()> {
    diesel::update(tokens::table.find(token.id.as_str()))
        .set((
            tokens::name.eq(&token.name),
            tokens::custom_metadata.eq(serde_json::to_string(&token.custom_metadata)?),
            tokens::revoked.eq(token.revoked),
        ))
        .execute(conn)?;
    Ok(())
}

/// Deletes a token.
pub fn delete_token(conn: &mut Conn, id: &TokenId) -> StoreResult<()> {
    diesel::delete(tokens::table.find(id.as_str())).execute(conn)?;
    Ok(())
}

/// Deletes those of a user's tokens, or all if none are named; says which ones it deleted, and what
/// they were called.
pub fn delete_tokens_of(
    conn: &mut Conn,
    user: &UserId,
    only: Option<&[TokenId]>,
) -> StoreResult<Vec<(TokenId, String)>> {
    let own = tokens::user_id.eq(user.as_str());
    let named = (tokens::id, tokens::name);
    let deleted: Vec<(String, String)> = match only {
        None => diesel::delete(tokens::table.filter(own))
            .returning(named)
            .get_results(conn)?,
        Some(ids) => {
            let ids: Vec<&str> = ids.iter().map(TokenId::as_str).collect();
            diesel::delete(tokens::table.filter(own).filter(tokens::id.eq_any(ids)))
                .returning(named)
                .get_results(conn)?
        }
    };
    let named = |(id, name): (String, _)| (TokenId::from_stored(id), name);
    Ok(deleted.into_iter().map(named).collect())
}

/// Counts one use of an invitation, unless its limit is reached; says whether it was counted.
pub fn count_use(conn: &mut Conn, id: &TokenId, by: &UserId, now: Timestamp) -> StoreResult<bool> {
    let counted = diesel::update(
        tokens::table.find(id.as_str()).filter(
            tokens::usage_limit.is_null().or(tokens::usage_limit
                .assume_not_null()
                .gt(tokens::usage_count)),
        ),
    )
    .set((
        tokens::usage_count.eq(tokens::usage_count + 1),
        tokens::used_at.eq(Some(now.0)),
        tokens::used_by.eq(Some(by.as_str())),
    ))
    .execute(conn)?;
    Ok(counted == 1)
}

/// Notes when an access token was last used, which only its subject does. Another panel may know of
/// a later use.
pub fn note_use(conn: &mut Conn, id: &TokenId, at: Timestamp) -> StoreResult<()> {
    let is_earlier = tokens::used_at.is_null().or(tokens::used_at.lt(at.0));
    diesel::update(
        tokens::table
            .find(id.as_str())
            .filter(is_earlier.assume_not_null()),
    )
    .set((
        tokens::used_at.eq(Some(at.0)),
        tokens::used_by.eq(tokens::user_id),
    ))
    .execute(conn)?;
    Ok(())
}

/// The tokens the emergency interface of a cluster issued, newest first.
pub fn emergency_tokens(conn: &mut Conn, cluster: &ClusterId) -> StoreResult<Vec<Token>> {
    tokens::table
        .filter(tokens::user_id.is_null())
        .filter(tokens::target_id.eq(cluster.as_str()))
        .order((tokens::created_at.desc(), tokens::id))
        .load::<Row>(conn)?
        .into_iter()
        .map(Token::try_from)
        .collect()
}

/// The generation a user's temporary tokens have to be of.
pub fn token_generation(conn: &mut Conn, user: &UserId) -> StoreResult<i64> {
    Ok(token_generation_and_end(conn, user)?.0)
}

/// The same, and where the feed ends.
pub fn token_generation_and_end(conn: &mut Conn, user: &UserId) -> StoreResult<(i64, FeedEnd)> {
    let (known, end): (Option<i64>, (i64, String)) = feed::table
        .left_join(token_generations::table.on(token_generations::user_id.eq(user.as_str())))
        .select((token_generations::generation.nullable(), END))
        .get_result(conn)?;
    Ok((known.unwrap_or(FIRST_GENERATION), end_of(end)))
}

const FIRST_GENERATION: i64 = 1;

/// Begins a new generation, which ends every temporary token of the user.
pub fn begin_token_generation(conn: &mut Conn, user: &UserId) -> StoreResult<()> {
    let next = token_generation(conn, user)? + 1;
    let row = token_generations::table.find(user.as_str());
    let changed = diesel::update(row)
        .set(token_generations::generation.eq(next))
        .execute(conn)?;
    if changed == 0 {
        diesel::insert_into(token_generations::table)
            .values((
                token_generations::user_id.eq(user.as_str()),
                token_generations::generation.eq(next),
            ))
            .execute(conn)?;
    }
    Ok(())
}

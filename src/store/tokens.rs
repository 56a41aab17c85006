//! Named tokens. Their secret is not here: it is derived from the panel's key.

use diesel::prelude::*;

use super::{Conn, StoreError, StoreResult, schema::tokens};
use crate::domain::{ClusterId, ClusterPrivilege, PrivilegeSet, Timestamp, TokenId, UserId};

/// What a token is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenKind {
    /// Acting as its owner.
    Access,
    /// Inviting a user into a cluster (`userJoinCluster`).
    UserJoinCluster {
        /// Which cluster; it may be gone.
        cluster: ClusterId,
        /// What the invited user will hold.
        privileges: PrivilegeSet<ClusterPrivilege>,
    },
}

/// A named token's record.
#[derive(Debug, Clone)]
pub struct Token {
    /// Identifies the token.
    pub id: TokenId,
    /// Whose it is; nobody's if the emergency interface issued it.
    pub user: Option<UserId>,
    /// What its owner calls it; unique among the owner's.
    pub name: String,
    /// What it is good for.
    pub kind: TokenKind,
    /// How often it may be used; without limit if none.
    pub usage_limit: Option<i64>,
    /// How often it was used.
    pub usage_count: i64,
    /// From when on it is refused; never if none.
    pub expires_at: Option<Timestamp>,
    /// Whether its owner withdrew it.
    pub revoked: bool,
    /// When it was made.
    pub created_at: Timestamp,
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
    expires_at: Option<i64>,
    revoked: bool,
    created_at: i64,
}

const ACCESS: &str = "accessToken";
const USER_JOIN_CLUSTER: &str = "userJoinCluster";

impl TryFrom<Row> for Token {
    type Error = StoreError;

    fn try_from(row: Row) -> StoreResult<Self> {
        let kind = match (row.kind.as_str(), row.target_id) {
            (ACCESS, _) => TokenKind::Access,
            (USER_JOIN_CLUSTER, Some(target)) => TokenKind::UserJoinCluster {
                cluster: ClusterId::from_stored(target),
                privileges: PrivilegeSet::from_bits(row.privileges.unwrap_or(0).cast_unsigned()),
            },
            (kind, _) => return Err(StoreError::Corrupt(format!("token kind {kind:?}"))),
        };
        Ok(Self {
            id: TokenId::from_stored(row.id),
            user: row.user_id.map(UserId::from_stored),
            name: row.name,
            kind,
            usage_limit: row.usage_limit,
            usage_count: row.usage_count,
            expires_at: row.expires_at.map(Timestamp),
            revoked: row.revoked,
            created_at: Timestamp(row.created_at),
        })
    }
}

/// The token with this identifier.
pub fn token(conn: &mut Conn, id: &TokenId) -> StoreResult<Option<Token>> {
    tokens::table
        .find(id.as_str())
        .first::<Row>(conn)
        .optional()?
        .map(Token::try_from)
        .transpose()
}

/// Adds a token. Fails with `Taken(TokenName)` if its owner has one of that name.
pub fn insert_token(conn: &mut Conn, token: &Token) -> StoreResult<()> {
    let (kind, target, privileges) = match &token.kind {
        TokenKind::Access => (ACCESS, None, None),
        TokenKind::UserJoinCluster {
            cluster,
            privileges,
        } => (
            USER_JOIN_CLUSTER,
            Some(cluster.as_str()),
            Some(privileges.bits().cast_signed()),
        ),
    };
    diesel::insert_into(tokens::table)
        .values((
            tokens::id.eq(token.id.as_str()),
            tokens::user_id.eq(token.user.as_ref().map(UserId::as_str)),
            tokens::name.eq(&token.name),
            tokens::kind.eq(kind),
            tokens::target_id.eq(target),
            tokens::privileges.eq(privileges),
            tokens::usage_limit.eq(token.usage_limit),
            tokens::usage_count.eq(token.usage_count),
            tokens::expires_at.eq(token.expires_at.map(|moment| moment.0)),
            tokens::revoked.eq(token.revoked),
            tokens::created_at.eq(token.created_at.0),
        ))
        .execute(conn)?;
    Ok(())
}

/// Counts one use, unless the limit is reached; says whether it was counted.
pub fn count_use(conn: &mut Conn, id: &TokenId) -> StoreResult<bool> {
    let counted = diesel::update(
        tokens::table.find(id.as_str()).filter(
            tokens::usage_limit.is_null().or(tokens::usage_limit
                .assume_not_null()
                .gt(tokens::usage_count)),
        ),
    )
    .set(tokens::usage_count.eq(tokens::usage_count + 1))
    .execute(conn)?;
    Ok(counted == 1)
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

/// Withdraws a token, or restores it.
pub fn set_revoked(conn: &mut Conn, id: &TokenId, revoked: bool) -> StoreResult<()> {
    diesel::update(tokens::table.find(id.as_str()))
        .set(tokens::revoked.eq(revoked))
        .execute(conn)?;
    Ok(())
}

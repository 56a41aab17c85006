//! Tokens: macaroons whose secret is derived from the panel's key, so that nothing stored in the
//! database can be replayed.
//!
//! A token's identifier is its record's id; a record says what it is good for. Caveats that a holder
//! adds offline (`time < 1790000000`) are honoured; unknown ones make the token worthless.

use std::time::Duration;

use libmacaroon::{Caveat, Format, Macaroon, MacaroonKey, Verifier};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{AuthFailure, Caller, Error, Input, Problem, Reading, TokenError, Who, Writing};
use crate::{
    domain::{
        Access, Change, Cluster, ClusterId, ClusterPrivilege, Member, PrivilegeSet, Timestamp,
        TokenId, TokenName, UserId, ZonePrivilege, hex,
    },
    graph::Graph,
    service::{Rules as _, members},
    store::{self, Conn, Token, TokenKind},
};

/// The secret from which every token's own key is derived.
#[derive(Clone)]
pub struct TokenKey([u8; 32]);

impl TokenKey {
    /// Takes the secret bytes.
    pub fn new(secret: [u8; 32]) -> Self {
        Self(secret)
    }

    fn of(&self, token: &TokenId) -> MacaroonKey {
        let mut seed = Sha256::new_with_prefix(self.0);
        seed.update(token.as_str());
        MacaroonKey::generate(&seed.finalize())
    }
}

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenKey(…)")
    }
}

/// The longest token text that is looked at, as in the reference.
pub const MAX_LENGTH: usize = 1024 * 1024;

/// A token that was just made, with the text that is handed out.
#[derive(Debug, Clone)]
pub struct Made {
    /// Its record.
    pub token: Token,
    /// The secret text.
    pub text: String,
}

/// Makes a named token for the caller (`create_named_token_for_current_user`).
pub fn create(w: &mut Writing<'_>, input: &Input) -> Result<Made, Error> {
    let user = w.caller.user()?.clone();
    input.check_object()?;
    let mut token = if input.is_form() {
        invitation_from_form(w, input, user)?
    } else {
        token_from_object(w, input, user)?
    };
    if let TokenKind::UserJoinCluster {
        cluster,
        privileges,
    } = &token.kind
    {
        // The reference wants the right to set privileges of whoever names any, even the default.
        let names_any = !input.is_form() && input.has("privileges");
        check_issuer(
            w.caller.graph,
            token.user.as_ref(),
            cluster,
            names_any || beyond_member_set(*privileges),
        )?;
    } else {
        token.usage_limit = None;
    }
    insert(w, token)
}

/// Writes and announces a new token. The caller was checked already.
pub(super) fn insert(w: &mut Writing<'_>, token: Token) -> Result<Made, Error> {
    store::insert_token(w.conn, &token)?;
    w.announce(Change::Token {
        token: token.id.clone(),
    });
    let text = write_out(w.key, &token)?;
    Ok(Made { token, text })
}

pub(super) fn new_token(
    w: &Writing<'_>,
    user: Option<UserId>,
    name: String,
    kind: TokenKind,
) -> Result<Token, Error> {
    Ok(Token {
        id: TokenId::generate(w.clock.entropy()?),
        user,
        name,
        kind,
        usage_limit: None,
        usage_count: 0,
        expires_at: None,
        revoked: false,
        created_at: w.now,
    })
}

fn token_from_object(w: &Writing<'_>, input: &Input, user: UserId) -> Result<Token, Error> {
    let name = TokenName::parse(input.text("name")?)?;
    let kind = kind_from_object(input)?;
    if let TokenKind::UserJoinCluster { cluster, .. } = &kind
        && w.caller.graph.cluster(cluster).is_none()
    {
        return Err(unknown_target(cluster.as_str()));
    }
    let mut token = new_token(w, Some(user), name.as_str().to_owned(), kind)?;
    token.revoked = input.optional_bool("revoked")?.unwrap_or(false);
    token.usage_limit = match input.optional_text("usageLimit") {
        Ok(Some("infinity")) => None,
        _ => input.optional_integer("usageLimit", 1)?,
    };
    for caveat in input.optional_array("caveats")?.unwrap_or_default() {
        // All of them have to hold, so the earliest decides.
        let expires_at = expiry_from_caveat(caveat)?;
        token.expires_at = Some(
            token
                .expires_at
                .map_or(expires_at, |other| other.min(expires_at)),
        );
    }
    Ok(token)
}

fn expiry_from_caveat(caveat: &Value) -> Result<Timestamp, Error> {
    match (
        caveat.get("type").and_then(Value::as_str),
        caveat.get("validUntil"),
    ) {
        (Some("time"), Some(Value::Number(moment))) => moment.as_i64().map(Timestamp),
        _ => None,
    }
    .ok_or_else(|| Error::BadCaveat(caveat.clone()))
}

fn unknown_target(cluster: &str) -> Error {
    Error::Token(TokenError::TargetUnknown(cluster.to_owned()))
}

fn kind_from_object(input: &Input) -> Result<TokenKind, Error> {
    let wrong = || Error::bad_value("type", Problem::TokenType);
    let Some(kind) = input.optional_object("type").map_err(|_| wrong())? else {
        return Ok(TokenKind::Access);
    };
    if kind.contains_key("accessToken") {
        return Ok(TokenKind::Access);
    }
    let invitation = kind.get("inviteToken").ok_or_else(wrong)?;
    if invitation.get("inviteType").and_then(Value::as_str) != Some("userJoinCluster") {
        return Err(wrong());
    }
    let cluster = invitation
        .get("clusterId")
        .and_then(Value::as_str)
        .ok_or_else(wrong)?;
    let cluster = cluster.parse().map_err(|_| unknown_target(cluster))?;
    let privileges = input
        .optional_privileges("privileges")?
        .unwrap_or_else(ClusterPrivilege::member);
    Ok(TokenKind::UserJoinCluster {
        cluster,
        privileges,
    })
}

/// The dialog's choices: a role or single privileges, days until expiry, how many uses.
fn invitation_from_form(w: &Writing<'_>, input: &Input, user: UserId) -> Result<Token, Error> {
    let cluster = input.text("clusterId")?;
    let cluster: ClusterId = cluster.parse().map_err(|_| unknown_target(cluster))?;
    let name = w
        .caller
        .graph
        .cluster(&cluster)
        .map(|cluster| cluster.name.to_owned())
        .ok_or_else(|| unknown_target(cluster.as_str()))?;
    let privileges = match input.text("role")? {
        "member" => ClusterPrivilege::member(),
        "manager" => ClusterPrivilege::manager(),
        "admin" => PrivilegeSet::all(),
        "custom" => input
            .optional_privileges("privileges")?
            .unwrap_or(PrivilegeSet::NONE),
        _ => {
            let roles = vec!["member", "manager", "admin", "custom"];
            return Err(Error::bad_value("role", Problem::NotAllowed(roles)));
        }
    };
    let suffix = hex(&w.clock.entropy::<3>()?);
    let short: String = name.chars().take(90).collect();
    let name = format!("invitation to {short} {suffix}");
    let kind = TokenKind::UserJoinCluster {
        cluster,
        privileges,
    };
    let mut token = new_token(w, Some(user), name, kind)?;
    token.usage_limit = match input.text("usageLimit")? {
        "unlimited" | "infinity" => None,
        _ => input.optional_integer("usageLimit", 1)?,
    };
    token.expires_at = match input.text("expires")? {
        "never" => None,
        _ => input.optional_integer("expires", 1)?.map(|days| {
            w.now
                .plus(Duration::from_secs(days.unsigned_abs().min(3650) * 86_400))
        }),
    };
    Ok(token)
}

/// Whoever issues an invitation must be able to add users, and to set privileges if it hands out
/// any beyond the member set. Checked when it is made and again when it is used.
fn check_issuer(
    graph: &Graph,
    issuer: Option<&UserId>,
    cluster: &ClusterId,
    sets_privileges: bool,
) -> Result<(), Error> {
    let caller = Caller {
        who: issuer.map_or(Who::Root, |user| Who::User(user.clone())),
        graph,
    };
    let may = |privilege, zone| {
        caller
            .require::<Cluster>(cluster, privilege, &[zone])
            .is_ok()
    };
    if may(Cluster::ADD_USER, ZonePrivilege::ClustersAddRelationships)
        && (!sets_privileges
            || may(
                Cluster::SET_PRIVILEGES,
                ZonePrivilege::ClustersSetPrivileges,
            ))
    {
        Ok(())
    } else {
        Err(Error::Token(TokenError::SubjectNotAuthorized))
    }
}

fn beyond_member_set(privileges: PrivilegeSet<ClusterPrivilege>) -> bool {
    !ClusterPrivilege::member().includes(privileges)
}

/// The text of a token. It can be written again at any time; nothing of it is stored.
pub fn write_out(key: &TokenKey, token: &Token) -> Result<String, Error> {
    let internal = |error: libmacaroon::MacaroonError| Error::Internal(Box::new(error));
    let mut macaroon = Macaroon::create(Some("onepanel"), &key.of(&token.id), token.id.as_str())
        .map_err(internal)?;
    if let Some(moment) = token.expires_at {
        macaroon
            .add_first_party_caveat(format!("time < {}", moment.0))
            .map_err(internal)?;
    }
    macaroon.serialize(Format::V2).map_err(internal)
}

/// Finds and verifies the token behind `text`: known, not revoked, untampered, all caveats met.
fn verify(
    conn: &mut Conn,
    key: &TokenKey,
    text: &str,
    now: Timestamp,
) -> Result<Token, TokenFault> {
    if text.len() > MAX_LENGTH {
        return Err(TokenError::TokenTooLarge(MAX_LENGTH).into());
    }
    let macaroon = Macaroon::deserialize(text.trim()).map_err(|_| TokenError::BadToken)?;
    let id: TokenId = std::str::from_utf8(macaroon.identifier())
        .ok()
        .and_then(|id| id.parse().ok())
        .ok_or(TokenError::TokenInvalid)?;
    let token = store::token(conn, &id)?.ok_or(TokenError::TokenInvalid)?;
    // The chain of signatures first: what an unsigned text claims is not worth an answer.
    let mut verifier = Verifier::default();
    verifier.satisfy_general(|_| true);
    verifier
        .verify(&macaroon, &key.of(&id), &[])
        .map_err(|_| TokenError::TokenInvalid)?;
    if token.revoked {
        return Err(TokenError::TokenRevoked.into());
    }
    for caveat in macaroon.caveats() {
        check_caveat(caveat, now)?;
    }
    Ok(token)
}

fn check_caveat(caveat: &Caveat, now: Timestamp) -> Result<(), TokenError> {
    let text = caveat.as_first_party().map_or_else(String::new, |caveat| {
        String::from_utf8_lossy(caveat.predicate()).into_owned()
    });
    let until: Option<i64> = text
        .strip_prefix("time < ")
        .and_then(|moment| moment.parse().ok());
    match until {
        None => Err(TokenError::TokenCaveatUnknown(text)),
        Some(until) if now.0 < until => Ok(()),
        Some(until) => Err(TokenError::Expired(until)),
    }
}

/// A token's own fault, or the database's.
enum TokenFault {
    Token(TokenError),
    Other(Error),
}

impl From<TokenError> for TokenFault {
    fn from(error: TokenError) -> Self {
        Self::Token(error)
    }
}

impl From<crate::store::StoreError> for TokenFault {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Other(error.into())
    }
}

/// Who acts with this access token.
pub(super) fn authenticate(
    conn: &mut Conn,
    key: &TokenKey,
    text: &str,
    now: Timestamp,
) -> Result<UserId, Error> {
    let refused = |error| Error::Unauthorized(Some(AuthFailure::Token(error)));
    match verify(conn, key, text, now) {
        Ok(Token {
            kind: TokenKind::Access,
            user: Some(user),
            ..
        }) => Ok(user),
        // The emergency interface issues invitations only.
        Ok(Token {
            kind: TokenKind::Access,
            user: None,
            ..
        }) => Err(refused(TokenError::TokenInvalid)),
        Ok(Token {
            kind: TokenKind::UserJoinCluster { cluster, .. },
            ..
        }) => Err(refused(TokenError::NotAnAccessToken(cluster))),
        Err(TokenFault::Token(error)) => Err(refused(error)),
        Err(TokenFault::Other(error)) => Err(error),
    }
}

/// An invitation as somebody who is about to accept it should see it.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The record.
    pub token: Token,
    /// Where it leads.
    pub cluster: ClusterId,
    /// What it gives.
    pub privileges: PrivilegeSet<ClusterPrivilege>,
}

fn invitation(
    conn: &mut Conn,
    key: &TokenKey,
    text: &str,
    now: Timestamp,
) -> Result<Invitation, Error> {
    let wrapped = |error| Error::BadValueToken(error);
    match verify(conn, key, text, now) {
        Ok(token) => match token.kind.clone() {
            TokenKind::UserJoinCluster {
                cluster,
                privileges,
            } => Ok(Invitation {
                token,
                cluster,
                privileges,
            }),
            TokenKind::Access => Err(wrapped(TokenError::NotAnInviteToken)),
        },
        Err(TokenFault::Token(error @ (TokenError::BadToken | TokenError::TokenTooLarge(_)))) => {
            Err(wrapped(error))
        }
        Err(TokenFault::Token(error)) => Err(Error::Token(error)),
        Err(TokenFault::Other(error)) => Err(error),
    }
}

/// What an invitation would give, without using it up. Refuses what could not be accepted.
pub fn examine(r: &mut Reading<'_>, input: &Input) -> Result<Invitation, Error> {
    r.caller.user()?;
    let invitation = invitation(r.conn, r.key, input.non_empty_text("token")?, r.now)?;
    if invitation
        .token
        .usage_limit
        .is_some_and(|limit| invitation.token.usage_count >= limit)
    {
        return Err(Error::Token(TokenError::UsageLimitReached));
    }
    if r.caller.graph.cluster(&invitation.cluster).is_none() {
        return Err(Error::Token(TokenError::TargetInvalid(invitation.cluster)));
    }
    check_issuer_now(r.caller.graph, &invitation)?;
    Ok(invitation)
}

/// Accepts an invitation (`user_join_cluster`). A failed attempt never uses it up.
pub fn join_cluster(w: &mut Writing<'_>, input: &Input) -> Result<ClusterId, Error> {
    let user = w.caller.user()?.clone();
    input.check_object()?;
    let invitation = invitation(w.conn, w.key, input.non_empty_text("token")?, w.now)?;
    if !store::count_use(w.conn, &invitation.token.id)? {
        return Err(Error::Token(TokenError::UsageLimitReached));
    }
    if w.caller.graph.cluster(&invitation.cluster).is_none() {
        return Err(Error::Token(TokenError::TargetInvalid(invitation.cluster)));
    }
    check_issuer_now(w.caller.graph, &invitation)?;
    members::insert::<Cluster>(
        w,
        &invitation.cluster,
        &Member::User(user),
        invitation.privileges,
    )?;
    w.announce(Change::Token {
        token: invitation.token.id.clone(),
    });
    Ok(invitation.cluster)
}

fn check_issuer_now(graph: &Graph, invitation: &Invitation) -> Result<(), Error> {
    let issuer = invitation.token.user.as_ref();
    let blocked = |user| {
        graph
            .user(user)
            .is_none_or(|user| user.access == Access::Blocked)
    };
    if issuer.is_some_and(blocked) {
        return Err(Error::Token(TokenError::SubjectNotAuthorized));
    }
    check_issuer(
        graph,
        issuer,
        &invitation.cluster,
        beyond_member_set(invitation.privileges),
    )
}

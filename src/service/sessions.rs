//! Signing in and out, and telling from credentials who asks.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use super::{
    AuthFailure, Caller, Error, Panel, Permit, Request, Who, check_access,
    emergency::{self, SetupSecret},
    throttle::{self, Attempt},
    tokens::{Shown, TokenCredentials},
};
use crate::{
    clock::Clock,
    domain::{Action, ClusterId, Note, Password, Timestamp, UserId, hex},
    graph::Graph,
    store::{self, Conn, FeedEnd, Session, StoreError, StoreResult},
};

/// What somebody shows for an identity.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// Nothing.
    Nothing,
    /// The secret of a browser session.
    Session(SessionSecret),
    /// Username and password, verified already by [`Panel::verify_password`].
    Verified(UserId, VerifiedHash),
    /// An access token, and what came with it.
    Token(TokenCredentials),
    /// The secret of a session of the emergency interface.
    EmergencySession(SessionSecret),
    /// The emergency passphrase, verified already by [`Panel::verify_passphrase`].
    VerifiedPassphrase(VerifiedHash),
    /// The secret of the link with which a fresh panel is set up.
    SetupLink(SetupSecret),
    /// The program itself. Never made from anything that comes over the network.
    System,
}

/// The stored hash that a password or passphrase was right for. Hashing takes long and holds no
/// transaction, so it is compared with the stored one wherever it is used: what was changed in
/// between opens nothing. Its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedHash(String);

impl VerifiedHash {
    pub(super) fn new(hash: String) -> Self {
        Self(hash)
    }

    fn as_str(&self) -> &str {
        &self.0
    }

    /// Refuses, as if the password had been wrong from the beginning, unless `stored` is still it.
    pub(super) fn check(&self, stored: Option<&str>) -> Result<(), Error> {
        if stored == Some(self.as_str()) {
            return Ok(());
        }
        Err(Error::Unauthorized(Some(AuthFailure::BadBasicCredentials)))
    }
}

impl std::fmt::Debug for VerifiedHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VerifiedHash(…)")
    }
}

/// The secret in a session cookie: 32 random bytes in base64url. Its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionSecret(String);

impl SessionSecret {
    /// Takes what a cookie holds.
    pub fn from_cookie(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// A new secret.
    pub(super) fn generate(clock: Clock) -> Result<Self, Error> {
        Ok(Self(BASE64_URL_SAFE_NO_PAD.encode(clock.entropy::<32>()?)))
    }

    /// What the cookie is to hold.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub(super) fn digest(&self) -> String {
        hex(&Sha256::digest(self.0.as_bytes()))
    }
}

impl std::fmt::Debug for SessionSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionSecret(…)")
    }
}

/// A session's last use is noted this often, in seconds: a write for every request would be a waste.
pub(super) const TOUCH: u64 = 60;

/// Who somebody is, as far as the database says; the newest graph has the last word.
pub(super) enum Identity {
    /// Known.
    Known(Who),
    /// Known by a token whose caveats are still to be checked.
    Token(Box<Shown>),
}

impl Identity {
    /// Who acts. A user who was blocked or deleted a moment ago does nothing more.
    pub fn admit<'g>(
        self,
        graph: &'g Graph,
        request: &Request,
        cluster: &ClusterId,
        now: Timestamp,
    ) -> Result<Caller<'g>, Error> {
        match self {
            Self::Known(who) => {
                check_access(graph, &who)?;
                Ok(Caller::new(who, graph))
            }
            Self::Token(shown) => shown.admit(graph, request, cluster, now),
        }
    }
}

impl Panel {
    /// Who shows these credentials, and where the feed ended then or later: a graph that goes so far is
    /// no older than what is known of them. Absent ones make nobody; bad ones are refused at once.
    pub(super) fn identify(
        &self,
        conn: &mut Conn,
        request: &Request,
        now: Timestamp,
    ) -> Result<(Identity, FeedEnd), Error> {
        let who = match &request.credentials {
            Credentials::Nothing => Who::Nobody,
            Credentials::System => Who::System,
            Credentials::Verified(user, hash) => {
                check_still_valid(conn, user, hash)?;
                Who::User(user.clone())
            }
            Credentials::Session(secret) => {
                let (who, end) = self.identify_session(conn, secret, request.unattended, now)?;
                return Ok((Identity::Known(who), end));
            }
            Credentials::VerifiedPassphrase(hash) => {
                hash.check(store::passphrase_hash(conn, &self.cluster)?.as_deref())?;
                Who::Root
            }
            Credentials::SetupLink(secret) => {
                emergency::check_setup_secret(conn, &self.cluster, secret.reveal())?;
                Who::Root
            }
            Credentials::EmergencySession(secret) => {
                self.identify_emergency_session(conn, secret, now)?
            }
            Credentials::Token(shown) => {
                let shown = Shown::prove(conn, &self.key, shown)?;
                let end = shown.end();
                return Ok((Identity::Token(Box::new(shown)), end));
            }
        };
        Ok((Identity::Known(who), store::feed_head(conn)?))
    }

    fn identify_session(
        &self,
        conn: &mut Conn,
        secret: &SessionSecret,
        unattended: bool,
        now: Timestamp,
    ) -> Result<(Who, FeedEnd), Error> {
        let ended = Error::Unauthorized(Some(AuthFailure::SessionInvalid));
        let digest = secret.digest();
        let (session, end) = store::session_and_end(conn, &digest)?;
        let session = session.ok_or(ended)?;
        if now.since(session.seen_at) >= self.limits.session_idle
            || now.since(session.created_at) >= self.limits.session_lifetime
        {
            store::delete_session(conn, &digest)?;
            return Err(Error::Unauthorized(Some(AuthFailure::SessionInvalid)));
        }
        if !unattended && now.since(session.seen_at).as_secs() >= TOUCH {
            unless_busy(store::touch_session(conn, &digest, now))?;
        }
        Ok((Who::User(session.user), end))
    }

    /// Refuses an attempt that must wait, before it costs a hash.
    pub fn check_throttle(&self, username: &str, request: &Request) -> Result<(), Error> {
        let attempt = Attempt::Account(username);
        self.database_of(request)
            .connect_and(|conn| self.check_attempt(conn, attempt, request))?;
        Ok(())
    }

    /// Verifies username and password. A failure counts against the account and the source.
    pub fn verify_password(
        &self,
        request: &Request,
        permit: &Permit,
        username: &str,
        password: &Password,
    ) -> Result<(UserId, VerifiedHash), Error> {
        let bad = || Error::Unauthorized(Some(AuthFailure::BadBasicCredentials));
        let attempt = Attempt::Account(username);
        // No connection is held while hashing, nor while a failure takes one of its own.
        let (_, user) = self.database_of(request).connect_and(|conn| {
            self.check_attempt(conn, attempt, request)?;
            Ok::<_, Error>(store::user_by_username(conn, username)?)
        })?;
        let hash = user.as_ref().and_then(|user| user.password_hash.as_deref());
        if !self.passwords.verify(permit, password, hash) {
            self.count_failure(request, attempt)?;
            return Err(bad());
        }
        let user = user.ok_or_else(bad)?;
        if !user.basic_auth_enabled {
            return Err(Error::Unauthorized(Some(AuthFailure::BasicAuthDisabled)));
        }
        if user.blocked {
            return Err(Error::Unauthorized(Some(AuthFailure::UserBlocked)));
        }
        let hash = user.password_hash.ok_or_else(bad)?;
        Ok((user.id, VerifiedHash(hash)))
    }

    pub(super) fn count_failure(
        &self,
        request: &Request,
        attempt: Attempt<'_>,
    ) -> Result<(), Error> {
        self.tally.failed(request.interface);
        let nobody = Request {
            credentials: Credentials::Nothing,
            only_if: None,
            ..request.clone()
        };
        self.write(&nobody, Action::Throttle, |w| {
            if throttle::failed(w.conn, attempt, w.address, w.now)? {
                let account = attempt.name(w.conn)?;
                w.announce(Note::Throttled { account });
            }
            Ok(())
        })
    }

    /// Signs in: verifies, forgets earlier failures, starts a session.
    pub fn sign_in(
        &self,
        request: &Request,
        permit: &Permit,
        username: &str,
        password: &Password,
    ) -> Result<SessionSecret, Error> {
        let (user, hash) = self.verify_password(request, permit, username, password)?;
        let rehashed = self.rehash(permit, &hash, password)?;
        let secret = SessionSecret::generate(self.clock)?;
        let verified = Request {
            credentials: Credentials::Verified(user.clone(), hash),
            ..request.clone()
        };
        self.write(&verified, Action::SignIn, |w| {
            throttle::succeeded(w.conn, Attempt::Account(username), w.address)?;
            if let Some(hash) = rehashed {
                store::set_password_hash(w.conn, &user, &hash)?;
            }
            let limits = self.limits;
            let (idle, lifetime) = (
                w.now.minus(limits.session_idle),
                w.now.minus(limits.session_lifetime),
            );
            store::forget_ended_sessions(w.conn, idle, lifetime)?;
            let digest = secret.digest();
            let session = Session {
                digest,
                user: user.clone(),
                created_at: w.now,
                seen_at: w.now,
            };
            store::insert_session(w.conn, &session)?;
            store::set_signed_in(w.conn, &user, w.now)?;
            w.announce(Note::Session { user });
            Ok(())
        })?;
        Ok(secret)
    }

    /// A new hash if the stored one was made with other parameters.
    fn rehash(
        &self,
        permit: &Permit,
        stored: &VerifiedHash,
        password: &Password,
    ) -> Result<Option<String>, Error> {
        if !self.passwords.is_outdated(stored.as_str()) {
            return Ok(None);
        }
        Ok(Some(self.passwords.hash(permit, password, self.clock)?))
    }

    /// Ends the session behind `secret`. Ending one that ended already is fine.
    pub fn sign_out(&self, request: &Request, secret: &SessionSecret) -> Result<(), Error> {
        let ended = self.write(request, Action::SignOut, |w| {
            store::delete_session(w.conn, &secret.digest())?;
            if let Some(user) = w.caller.who.user().cloned() {
                w.announce(Note::Session { user });
            }
            Ok(())
        });
        match ended {
            Err(Error::Unauthorized(_)) => Ok(()),
            other => other,
        }
    }
}

/// That a session was used is noted when the database has time for it: a page that only looks must
/// not fail because somebody writes for long.
pub(super) fn unless_busy(noted: StoreResult<()>) -> StoreResult<()> {
    match noted {
        Err(StoreError::Busy(reason)) => {
            tracing::debug!(reason, "a session's use could not be noted");
            Ok(())
        }
        other => other,
    }
}

/// Refuses unless the user may still sign in with the password that was verified.
fn check_still_valid(conn: &mut Conn, user: &UserId, hash: &VerifiedHash) -> Result<(), Error> {
    let user = store::user(conn, user)?.filter(|user| user.basic_auth_enabled);
    hash.check(user.and_then(|user| user.password_hash).as_deref())
}

/// The digest under which a session is stored, to spare it when a user's others are ended.
pub(super) fn digest_of(credentials: &Credentials) -> Option<String> {
    match credentials {
        Credentials::Session(secret) => Some(secret.digest()),
        _ => None,
    }
}

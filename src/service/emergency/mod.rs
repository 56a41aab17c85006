//! The emergency interface: one passphrase, full rights in the panel's own cluster, and the way to
//! set it for the first time.
//!
//! Each cluster has a passphrase, sessions and a panel of its own ([`Panel::cluster`]); one panel never
//! takes another's. It shares the rules of everything else: its holder is [`Who::Root`], who passes every check, and
//! every write is in the feed. What it needs, it has for itself: sessions, connections, hashing.

pub mod nodes;
mod setup;
mod zone;

use std::time::Duration;

pub(in crate::service) use setup::check_setup_secret;
pub use setup::{SetupSecret, check_setup_link, makes_administrator};
pub use zone::{check_may_list_users, provider, user, users};

use super::{
    AuthFailure, Caller, Credentials, Error, Input, Panel, Permit, Problem, Reading, Request,
    SessionSecret, VerifiedHash, Who, Writing, members,
    sessions::{TOUCH, unless_busy},
    throttle::{self, Attempt},
    tokens::{self, Made},
};
use crate::{
    domain::{
        Action, Caveat, Cluster, ClusterId, ClusterPrivilege, Grant, Invitee, Member, Note, Offer,
        Password, PrivilegeSet, Subject, Target, Timestamp, TokenId, ZonePrivilege, hex,
    },
    graph::Counts,
    service::Rules as _,
    store::{self, Conn, EmergencySession, Invite, Token, TokenKind},
};

/// The longest reason that is kept, in characters.
const LONGEST_REASON: usize = 500;

/// How long an invitation of the emergency interface can be used.
const INVITATION: Duration = Duration::from_hours(24);

/// Whether a passphrase was ever set (`get_emergency_passphrase_status`); public.
pub fn is_set(r: &mut Reading<'_>) -> Result<bool, Error> {
    Ok(store::passphrase_hash(r.conn, r.cluster)?.is_some())
}

/// The cluster's counts (`get_cluster_members_summary`).
pub fn members_summary(r: &Reading<'_>) -> Result<Counts, Error> {
    members::check_may_list::<Cluster>(&r.caller, r.cluster)?;
    Ok(r.caller.graph.counts::<Cluster>(r.cluster))
}

/// Invites somebody with all privileges, once, for a day (`create_user_invite_token`). Of a member
/// it needs both the right to add users and the right to set privileges.
pub fn invite(w: &mut Writing<'_>) -> Result<Made, Error> {
    let cluster = w.cluster.clone();
    let zone = [ZonePrivilege::ClustersAddRelationships];
    w.caller
        .require::<Cluster>(&cluster, Cluster::ADD_USER, &zone)?;
    let zone = [ZonePrivilege::ClustersSetPrivileges];
    w.caller
        .require::<Cluster>(&cluster, Cluster::SET_PRIVILEGES, &zone)?;
    let suffix = hex(&w.clock.entropy::<3>()?);
    let name = format!("admin invite to cluster {suffix}");
    let invite = TokenKind::Invite(Invite {
        invitee: Invitee::User,
        offer: Offer::Cluster(Grant {
            target: cluster,
            privileges: PrivilegeSet::all(),
        }),
        usage_limit: Some(1),
        usage_count: 0,
    });
    let issuer = w.caller.who.user().cloned();
    let issuer = issuer.map_or(Subject::Root, Subject::User);
    let mut token = tokens::new_token(w, issuer, name, invite)?;
    token.caveats.push(Caveat::Time {
        valid_until: w.now.plus(INVITATION),
    });
    tokens::insert(w, token)
}

/// The invitations this interface issued, newest first.
pub fn invitations(r: &mut Reading<'_>) -> Result<Vec<Token>, Error> {
    require_root(&r.caller.who)?;
    Ok(store::emergency_tokens(r.conn, r.cluster)?)
}

/// An invitation that this interface issued and that can still be used, with its text.
pub fn open_invitation(r: &mut Reading<'_>, id: &TokenId) -> Result<Made, Error> {
    require_root(&r.caller.who)?;
    let token = issued_here(r.conn, r.cluster, id)?;
    if !is_open(&token, r.now) {
        return Err(Error::NotFound);
    }
    let text = tokens::write_out(r.key, &r.caller, &token)?;
    Ok(Made { token, text })
}

fn is_open(token: &Token, now: Timestamp) -> bool {
    let is_used = token.invite().is_none_or(Invite::is_used_up);
    let is_over = token.expires_at().is_some_and(|moment| moment <= now);
    !token.revoked && !is_used && !is_over
}

/// Withdraws an invitation that this interface issued.
pub fn revoke(w: &mut Writing<'_>, id: &TokenId) -> Result<(), Error> {
    require_root(&w.caller.who)?;
    let token = issued_here(w.conn, w.cluster, id)?;
    withdraw(w, token)
}

fn withdraw(w: &mut Writing<'_>, mut token: Token) -> Result<(), Error> {
    token.revoked = true;
    store::update_token(w.conn, &token)?;
    w.announce(tokens::changed(&token));
    Ok(())
}

/// A token that the emergency interface of `cluster` issued.
fn issued_here(conn: &mut Conn, cluster: &ClusterId, id: &TokenId) -> Result<Token, Error> {
    let here = Target::Cluster(cluster.clone());
    let leads_here = |token: &Token| {
        let invite = token.invite();
        invite.is_some_and(|invite| invite.offer.target() == here)
    };
    store::token(conn, id)?
        .filter(|token| token.subject == Subject::Root && leads_here(token))
        .ok_or(Error::NotFound)
}

/// A session of the emergency interface, with when it ends whatever happens.
#[derive(Debug, Clone)]
pub struct OpenSession {
    /// Of which cluster's panel.
    pub cluster: ClusterId,
    /// When it began.
    pub since: Timestamp,
    /// When it was last used, to the minute.
    pub seen: Timestamp,
    /// When it ends at the latest.
    pub until: Timestamp,
    /// Why, in the words of whoever signed in.
    pub reason: String,
    digest: String,
}

impl OpenSession {
    /// Whether it is the one with this secret.
    pub fn is(&self, secret: &SessionSecret) -> bool {
        self.digest == secret.digest()
    }
}

/// Sessions of this panel's emergency interface that have not ended, newest first: for the holder of
/// the passphrase, and for whoever administers the cluster.
pub fn sessions(r: &mut Reading<'_>) -> Result<Vec<OpenSession>, Error> {
    check_may_see_sessions(&r.caller, r.cluster)?;
    let mut open = open_sessions(r)?;
    open.retain(|session| session.cluster == *r.cluster);
    Ok(open)
}

/// The same of all clusters that the caller administers.
pub fn sessions_everywhere(r: &mut Reading<'_>) -> Result<Vec<OpenSession>, Error> {
    let mut open = open_sessions(r)?;
    open.retain(|session| check_may_see_sessions(&r.caller, &session.cluster).is_ok());
    Ok(open)
}

fn check_may_see_sessions(caller: &Caller<'_>, cluster: &ClusterId) -> Result<(), Error> {
    nodes::check_may_update(caller, cluster)
}

fn open_sessions(r: &mut Reading<'_>) -> Result<Vec<OpenSession>, Error> {
    let open = store::emergency_sessions(r.conn, r.now.minus(r.limits.emergency_idle))?;
    let lifetime = r.limits.emergency_lifetime;
    Ok(open
        .into_iter()
        .filter(|session| r.now.since(session.created_at) < lifetime)
        .map(|session| OpenSession {
            cluster: session.cluster,
            since: session.created_at,
            seen: session.seen_at,
            until: session.created_at.plus(lifetime),
            reason: session.reason,
            digest: session.digest,
        })
        .collect())
}

/// The caller's own record in the panel of a cluster (`get_current_user` of Onepanel): nothing for
/// the holder of the passphrase, who is no user.
pub fn current_user(
    r: &mut Reading<'_>,
) -> Result<(store::User, PrivilegeSet<ClusterPrivilege>), Error> {
    if r.caller.who == Who::Root {
        return Err(Error::NotFound);
    }
    let id = r.caller.user()?.clone();
    let held = r
        .caller
        .graph
        .effective_privileges::<Cluster>(r.cluster, &Member::User(id.clone()))
        .ok_or_else(|| r.caller.refusal("membership in this cluster"))?;
    let user = store::user(r.conn, &id)?.ok_or(Error::NotFound)?;
    Ok((user, held))
}

/// The panel's own cluster, for its members (`get_current_cluster`).
pub fn current_cluster(r: &mut Reading<'_>) -> Result<store::Cluster, Error> {
    let record = store::cluster(r.conn, r.cluster)?.ok_or(Error::NotFound)?;
    check_is_inside(&r.caller, r.cluster)?;
    Ok(record)
}

/// Allows effective members of the panel's cluster, and the holder of its passphrase.
fn check_is_inside(caller: &Caller<'_>, cluster: &ClusterId) -> Result<(), Error> {
    if caller.belongs_to::<Cluster>(cluster) {
        return Ok(());
    }
    Err(caller.refusal("membership in this cluster"))
}

/// Allows the holder of the passphrase only.
pub fn require_root(who: &Who) -> Result<(), Error> {
    match who {
        Who::Root => Ok(()),
        Who::Nobody => Err(Error::Unauthorized(None)),
        Who::User(_) | Who::System => Err(Error::Forbidden(
            "This needs the emergency passphrase.".to_owned(),
        )),
    }
}

impl Panel {
    pub(super) fn identify_emergency_session(
        &self,
        conn: &mut Conn,
        secret: &SessionSecret,
        now: Timestamp,
    ) -> Result<Who, Error> {
        let ended = || Error::Unauthorized(Some(AuthFailure::SessionInvalid));
        let digest = secret.digest();
        let session = store::emergency_session(conn, &digest)?
            .filter(|session| session.cluster == self.cluster)
            .ok_or_else(ended)?;
        if now.since(session.seen_at) >= self.limits.emergency_idle
            || now.since(session.created_at) >= self.limits.emergency_lifetime
        {
            store::delete_emergency_session(conn, &digest)?;
            return Err(ended());
        }
        if now.since(session.seen_at).as_secs() >= TOUCH {
            unless_busy(store::touch_emergency_session(conn, &digest, now))?;
        }
        Ok(Who::Root)
    }

    /// Refuses an attempt that must wait, before it costs a hash.
    pub fn check_passphrase_throttle(&self, request: &Request) -> Result<(), Error> {
        let attempt = Attempt::Passphrase(&self.cluster);
        self.emergency_database
            .connect_and(|conn| self.check_attempt(conn, attempt, request))?;
        Ok(())
    }

    /// Verifies the passphrase, which may be written in several ways; all wrong is one failure.
    pub fn verify_passphrase(
        &self,
        request: &Request,
        permit: &Permit,
        candidates: &[Password],
    ) -> Result<VerifiedHash, Error> {
        let attempt = Attempt::Passphrase(&self.cluster);
        // No connection is held while hashing, nor while a failure takes one of its own.
        let (_, hash) = self.emergency_database.connect_and(|conn| {
            self.check_attempt(conn, attempt, request)?;
            Ok::<_, Error>(store::passphrase_hash(conn, &self.cluster)?)
        })?;
        let right = candidates.iter().any(|candidate| {
            self.emergency_passwords
                .verify(permit, candidate, hash.as_deref())
        });
        if let Some(hash) = hash.filter(|_| right) {
            return Ok(VerifiedHash::new(hash));
        }
        self.count_failure(request, attempt)?;
        Err(Error::Unauthorized(Some(AuthFailure::BadBasicCredentials)))
    }

    /// Signs in with the passphrase, for a reason that is recorded and shown.
    pub fn emergency_sign_in(
        &self,
        request: &Request,
        permit: &Permit,
        passphrase: &Password,
        reason: &str,
    ) -> Result<SessionSecret, Error> {
        let reason: String = reason.trim().chars().take(LONGEST_REASON).collect();
        // PostgreSQL keeps no text with a NUL in it.
        let reason = reason.replace('\0', "");
        if reason.is_empty() {
            return Err(Error::bad_value("reason", Problem::Empty));
        }
        let hash = self.verify_passphrase(request, permit, std::slice::from_ref(passphrase))?;
        self.start_emergency_session(request, hash, reason)
    }

    fn start_emergency_session(
        &self,
        request: &Request,
        hash: VerifiedHash,
        reason: String,
    ) -> Result<SessionSecret, Error> {
        let secret = SessionSecret::generate(self.clock)?;
        let root = Request {
            credentials: Credentials::VerifiedPassphrase(hash),
            reason: Some(reason.clone()),
            ..request.clone()
        };
        self.write(&root, Action::EmergencySignIn, |w| {
            throttle::succeeded(w.conn, Attempt::Passphrase(w.cluster), w.address)?;
            let limits = self.limits;
            let (idle, lifetime) = (
                w.now.minus(limits.emergency_idle),
                w.now.minus(limits.emergency_lifetime),
            );
            store::forget_ended_emergency_sessions(w.conn, idle, lifetime)?;
            let session = EmergencySession {
                digest: secret.digest(),
                cluster: w.cluster.clone(),
                reason: reason.clone(),
                created_at: w.now,
                seen_at: w.now,
            };
            store::insert_emergency_session(w.conn, &session)?;
            w.announce(Note::EmergencySession {
                cluster: w.cluster.clone(),
                reason: Some(reason),
            });
            Ok(())
        })?;
        Ok(secret)
    }

    /// Ends the session behind `secret`. Ending one that ended already is fine.
    pub fn emergency_sign_out(
        &self,
        request: &Request,
        secret: &SessionSecret,
    ) -> Result<(), Error> {
        let ended = self.write(request, Action::EmergencySignOut, |w| {
            store::delete_emergency_session(w.conn, &secret.digest())?;
            w.announce(Note::EmergencySession {
                cluster: w.cluster.clone(),
                reason: None,
            });
            Ok(())
        });
        match ended {
            Err(Error::Unauthorized(_)) => Ok(()),
            other => other,
        }
    }

    /// Changes the passphrase (`set_emergency_passphrase`). The current one must be repeated. All
    /// other sessions of the emergency interface end, and so do its open invitations.
    pub fn change_passphrase(
        &self,
        request: &Request,
        permit: &Permit,
        input: &Input,
    ) -> Result<(), Error> {
        // Here the contract wants the body judged before the rights.
        input.check_object()?;
        let new = Password::parse(input.text("newPassphrase")?)?;
        if input.is_form() && input.field("retypedPassphrase") != input.field("newPassphrase") {
            return Err(Error::bad_value("retypedPassphrase", Problem::Mismatch));
        }
        self.read(request, |r| require_root(&r.caller.who))?;
        let current = Password::attempt(input.text("currentPassphrase")?);
        let verified = self.verify_passphrase(request, permit, &[current])?;
        let hash = self.emergency_passwords.hash(permit, &new, self.clock)?;
        self.write(request, Action::SetPassphrase, |w| {
            require_root(&w.caller.who)?;
            let keep = match &request.credentials {
                Credentials::EmergencySession(secret) => Some(secret.digest()),
                _ => None,
            };
            let cluster = w.cluster.clone();
            verified.check(store::passphrase_hash(w.conn, &cluster)?.as_deref())?;
            store_passphrase(w, cluster, &hash, keep.as_deref())
        })
    }

    /// Sets the passphrase from the console, for whoever may read the data directory.
    pub fn set_passphrase(&self, permit: &Permit, passphrase: &Password) -> Result<(), Error> {
        let hash = self
            .emergency_passwords
            .hash(permit, passphrase, self.clock)?;
        self.write(&Request::console(), Action::SetPassphrase, |w| {
            let cluster = w.cluster.clone();
            store_passphrase(w, cluster, &hash, None)
        })
    }

    /// Sets the passphrase if none was ever set.
    pub fn preset_passphrase(&self, permit: &Permit, passphrase: &Password) -> Result<(), Error> {
        if self.read(&Request::console(), is_set)? {
            return Ok(());
        }
        self.set_passphrase(permit, passphrase)
    }
}

/// Whoever changes the passphrase because somebody else knows it means to end everything that it
/// opened: sessions but the one to `keep`, and invitations that could still be used.
pub(in crate::service) fn store_passphrase(
    w: &mut Writing<'_>,
    cluster: ClusterId,
    hash: &str,
    keep: Option<&str>,
) -> Result<(), Error> {
    store::set_passphrase_hash(w.conn, &cluster, hash)?;
    store::delete_emergency_sessions(w.conn, &cluster, keep)?;
    for token in store::emergency_tokens(w.conn, &cluster)? {
        if is_open(&token, w.now) {
            withdraw(w, token)?;
        }
    }
    w.announce(Note::Passphrase { cluster });
    Ok(())
}

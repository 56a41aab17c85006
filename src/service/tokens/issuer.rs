//! What whoever issues an invitation must be able to do: checked when it is made, and again against
//! the newest state when it is used.

use super::TokenError;
use crate::{
    domain::{Access, Grant, Invitee, Offer, Subject},
    graph::Graph,
    service::{Caller, Error, Rules, Who},
};

/// Refuses unless the issuer may bring in such members, and set privileges if the invitation gives
/// any beyond the default or `names_privileges`. The reference wants the latter of whoever names
/// any, even the default.
pub(super) fn check(
    graph: &Graph,
    issuer: &Subject,
    invitee: Invitee,
    offer: &Offer,
    names_privileges: bool,
) -> Result<(), Error> {
    let who = match issuer {
        Subject::User(user) => Who::User(user.clone()),
        Subject::Root => Who::Root,
    };
    let caller = Caller::new(who, graph);
    let may = match offer {
        Offer::Cluster(grant) => may_give(&caller, invitee, grant, names_privileges),
        Offer::Group(grant) => may_give(&caller, invitee, grant, names_privileges),
    };
    if may && !is_blocked(graph, issuer) {
        Ok(())
    } else {
        Err(Error::Token(TokenError::SubjectNotAuthorized))
    }
}

fn may_give<K: Rules>(
    caller: &Caller<'_>,
    invitee: Invitee,
    grant: &Grant<K>,
    names_privileges: bool,
) -> bool {
    let may = |privilege: K::Privilege, zone| {
        caller
            .require::<K>(&grant.target, privilege, &[zone])
            .is_ok()
    };
    let adds = match invitee {
        Invitee::User => K::ADD_USER,
        Invitee::Group => K::ADD_GROUP,
    };
    let sets = names_privileges || grant.is_beyond_default();
    may(adds, K::ZONE_ADD) && (!sets || may(K::SET_PRIVILEGES, K::ZONE_SET_PRIVILEGES))
}

/// Whether the issuer is blocked, or gone.
pub(super) fn is_blocked(graph: &Graph, issuer: &Subject) -> bool {
    issuer.user().is_some_and(|user| {
        graph
            .user(user)
            .is_none_or(|user| user.access == Access::Blocked)
    })
}

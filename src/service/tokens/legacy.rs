//! The reference's older ways to make tokens, which name them by themselves.

use std::{convert::Infallible, time::Duration};

use super::{
    Made,
    create::{insert, new_token},
    form::target_name,
    manage,
};
use crate::{
    domain::{Caveat, Grant, Invitee, Offer, Subject, UserId, hex},
    service::{Error, Input, Reading, Rules, Writing},
    store::{Invite, TokenKind},
};

/// The longest name that is made here, in characters.
const LONGEST_NAME: usize = 50;

/// Invites one member with the default privileges, once (`create_cluster_user_invite_token`,
/// `create_cluster_group_invite_token`, `create_user_group_invite_token`, `create_child_group_token`).
pub fn create_invite<K: Rules>(
    w: &mut Writing<'_>,
    invitee: Invitee,
    target: &K::Id,
    offer: fn(Grant<K>) -> Offer,
    input: &Input,
) -> Result<Made, Error> {
    let adds = match invitee {
        Invitee::User => K::ADD_USER,
        Invitee::Group => K::ADD_GROUP,
    };
    let offer = offer(Grant::by_default(target.clone()));
    let name = target_name(w.caller.graph, &offer.target()).ok_or(Error::NotFound)?;
    w.caller.require::<K>(target, adds, &[K::ZONE_ADD])?;
    input.check_object()?;
    let user = w.caller.user()?.clone();
    let who = match invitee {
        Invitee::User => "user",
        Invitee::Group => "group",
    };
    let head = format!("{who} invite to {} - {name}", K::NAME);
    let name = with_suffix(w, &head)?;
    let invite = Invite {
        invitee,
        offer,
        usage_limit: Some(1),
        usage_count: 0,
    };
    let token = new_token(w, Subject::User(user), name, TokenKind::Invite(invite))?;
    insert(w, token)
}

/// Would invite a provider to register (`create_provider_registration_token_for_current_user`,
/// `create_provider_registration_token_for_user`).
///
/// # Errors
/// Always.
pub fn register_provider(
    r: &mut Reading<'_>,
    owner: Option<&UserId>,
    input: &Input,
) -> Result<Infallible, Error> {
    input.check_parsed()?;
    manage::owner(&r.caller, owner)?;
    input.check_object()?;
    Err(Error::NotImplemented(
        "A zone administrator registers a cluster by POST /clusters; its panel needs no invitation.",
    ))
}

/// `head` and six random digits, cut so that the whole is not too long.
fn with_suffix(w: &Writing<'_>, head: &str) -> Result<String, Error> {
    let suffix = hex(&w.clock.entropy::<3>()?);
    let head: String = head.chars().take(LONGEST_NAME - 1 - suffix.len()).collect();
    Ok(format!("{} {suffix}", head.trim_end()))
}

/// How long a client token is good for.
const YEAR: Duration = Duration::from_hours(365 * 24);

/// Makes an access token of the caller for a year (`create_client_token`).
pub fn create_client_token(w: &mut Writing<'_>, input: &Input) -> Result<Made, Error> {
    let user = w.caller.user()?.clone();
    input.check_object()?;
    let name = with_suffix(w, "client token")?;
    let mut token = new_token(w, Subject::User(user), name, TokenKind::Access)?;
    token.caveats.push(Caveat::Time {
        valid_until: w.now.plus(YEAR),
    });
    insert(w, token)
}

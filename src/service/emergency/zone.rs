//! What the zone's own panel knows beyond its cluster: the users of the zone, and the other clusters.

use serde_json::json;

use super::{check_is_inside, makes_administrator};
use crate::{
    domain::{
        Action, Cluster, ClusterId, ClusterPrivilege, ClusterType, Group, GroupId, Kind as _,
        Member, Page, Password, Slice, UserId, ZonePrivilege,
    },
    graph,
    service::{
        Caller, Error, Input, Panel, Permit, Problem, Reading, Request, Rules as _, Who, accounts,
        clusters, members,
    },
    store,
};

/// Users are looked after in the zone's own panel, and in no other.
fn check_is_here(cluster: &ClusterId) -> Result<(), Error> {
    if makes_administrator(cluster) {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// Whether the caller may list the users of the zone here.
pub fn check_may_list_users(r: &Reading<'_>) -> Result<(), Error> {
    check_is_here(r.cluster)?;
    check_is_inside(&r.caller, r.cluster)
}

/// The users of the zone (`get_onezone_users`), for all members of its cluster.
pub fn users<'g>(r: &Reading<'g>, page: &Page) -> Result<Slice<graph::User<'g>>, Error> {
    check_may_list_users(r)?;
    Ok(r.caller.graph.users(page)?)
}

/// One of them (`get_onezone_user`).
pub fn user(r: &mut Reading<'_>, id: &UserId) -> Result<store::User, Error> {
    check_is_here(r.cluster)?;
    let user = store::user(r.conn, id)?.ok_or(Error::NotFound)?;
    check_is_inside(&r.caller, r.cluster)?;
    Ok(user)
}

/// Another cluster of the zone (`get_remote_provider`), for members of the panel's cluster who may
/// look at that one, too. Whoever holds the passphrase of the zone's panel may look at all, of
/// another panel at its own.
pub fn provider(r: &mut Reading<'_>, id: &ClusterId) -> Result<store::Cluster, Error> {
    let is_provider = |one: &store::Cluster| one.kind == ClusterType::Oneprovider;
    let is_shown = |one: &store::Cluster| {
        r.caller.who != Who::Root || one.id == *r.cluster || makes_administrator(r.cluster)
    };
    let cluster = store::cluster(r.conn, id)?
        .filter(is_provider)
        .filter(is_shown)
        .ok_or(Error::NotFound)?;
    check_is_inside(&r.caller, r.cluster)?;
    clusters::check_visible(&r.caller, id)?;
    Ok(cluster)
}

fn check_may_create(
    caller: &Caller<'_>,
    cluster: &ClusterId,
    groups: &[GroupId],
) -> Result<(), Error> {
    let zone = [ZonePrivilege::UsersCreate];
    caller.require::<Cluster>(cluster, ClusterPrivilege::Update, &zone)?;
    if groups.is_empty() {
        return Ok(());
    }
    // Or running the zone's cluster would be the way into the group of its administrators.
    caller.require_in_zone(&[Group::ZONE_ADD, ZonePrivilege::UsersAddRelationships])
}

fn read_groups(input: &Input) -> Result<Vec<GroupId>, Error> {
    let texts = input.optional_texts("groups")?.unwrap_or_default();
    let mut groups: Vec<GroupId> = texts
        .into_iter()
        .map(|text| text.parse().map_err(|_| unknown_group()))
        .collect::<Result<_, _>>()?;
    groups.sort();
    groups.dedup();
    Ok(groups)
}

fn unknown_group() -> Error {
    Error::bad_value("groups", Problem::IdNotFound)
}

/// A new user, as this interface makes them: with a password, and perhaps in groups.
struct NewUser {
    draft: accounts::Draft,
    password: Password,
    groups: Vec<GroupId>,
}

impl NewUser {
    fn read(input: &Input) -> Result<Self, Error> {
        input.check_object()?;
        for key in ["username", "password"] {
            if !input.has(key) {
                return Err(Error::MissingRequiredValue(key));
            }
        }
        let draft = accounts::Draft::read(input)?;
        let password = draft.password().cloned();
        Ok(Self {
            draft,
            password: password.ok_or(Error::MissingRequiredValue("password"))?,
            groups: read_groups(input)?,
        })
    }
}

impl Panel {
    /// Makes a user of the zone (`add_onezone_user`).
    pub fn create_zone_user(
        &self,
        request: &Request,
        permit: &Permit,
        input: &Input,
    ) -> Result<UserId, Error> {
        let new = self.read(request, |r| {
            check_is_here(r.cluster)?;
            let new = NewUser::read(input)?;
            check_may_create(&r.caller, r.cluster, &new.groups)?;
            Ok(new)
        })?;
        let hash = self
            .emergency_passwords
            .hash(permit, &new.password, self.clock)?;
        self.write(request, Action::CreateUser, |w| {
            check_may_create(&w.caller, w.cluster, &new.groups)?;
            if new
                .groups
                .iter()
                .any(|id| w.caller.graph.group(id).is_none())
            {
                return Err(unknown_group());
            }
            let user = accounts::insert(w, new.draft, Some(hash), false)?;
            let member = Member::User(user.clone());
            for group in &new.groups {
                members::insert::<Group>(w, group, &member, Group::default_privileges())?;
            }
            Ok(user)
        })
    }

    /// Gives a user of the zone another password (`change_user_password` of Onepanel).
    pub fn set_zone_user_password(
        &self,
        request: &Request,
        permit: &Permit,
        id: &UserId,
        input: &Input,
    ) -> Result<(), Error> {
        check_is_here(&self.cluster)?;
        input.check_object()?;
        let password = input.text("newPassword")?;
        Password::parse(password)?;
        let change = Input::Json(json!({ "newPassword": password }));
        self.set_basic_auth(request, permit, id, &change)
    }
}

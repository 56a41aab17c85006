//! New groups: of the zone, of one's own, and in the middle of a hierarchy.

use crate::{
    domain::{
        Change, DisplayName, ExternalId, Group, GroupId, GroupName, GroupPrivilege, GroupType,
        InvalidName, Member, Note, PrivilegeSet, ZonePrivilege,
    },
    service::{
        Caller, Error, Input, Problem, Rules, Writing,
        members::{self, exists},
    },
    store,
};

/// What a new group shall be called and stand for.
pub(in crate::service) struct Draft {
    /// What it shall be called.
    pub name: DisplayName,
    /// What it shall stand for.
    pub kind: GroupType,
    /// What an identity provider calls it.
    pub external_id: Option<ExternalId>,
}

impl Draft {
    fn read(input: &Input) -> Result<Self, Error> {
        input.check_object()?;
        Ok(Self {
            name: read_name(input)?
                .ok_or(Error::MissingRequiredValue("name"))?
                .into(),
            kind: read_kind(input)?.unwrap_or_default(),
            external_id: None,
        })
    }
}

/// The name in a body, if the key is there; anything but a good name breaks its rule.
pub(super) fn read_name(input: &Input) -> Result<Option<GroupName>, Error> {
    if !input.has("name") {
        return Ok(None);
    }
    let text = input.optional_text("name").map_err(|_| InvalidName::Name)?;
    Ok(Some(GroupName::parse(text.unwrap_or_default())?))
}

/// The type in a body, if the key is there.
pub(super) fn read_kind(input: &Input) -> Result<Option<GroupType>, Error> {
    if !input.has("type") {
        return Ok(None);
    }
    let kind = GroupType::parse(input.text("type")?).ok_or_else(|| {
        let names = GroupType::ALL.iter().map(|kind| kind.name()).collect();
        Error::bad_value("type", Problem::NotAllowed(names))
    })?;
    Ok(Some(kind))
}

/// Whether the caller may create groups without being in them.
pub fn check_may_create(caller: &Caller<'_>) -> Result<(), Error> {
    caller.require_in_zone(&[ZonePrivilege::GroupsCreate])
}

/// Creates a group that nobody is in yet (`create_group`); a zone administrator's work.
pub fn create(w: &mut Writing<'_>, input: &Input) -> Result<GroupId, Error> {
    check_may_create(&w.caller)?;
    insert(w, Draft::read(input)?)
}

/// Creates a group of the caller's own (`create_user_group`); the caller holds every privilege.
pub fn create_own(w: &mut Writing<'_>, input: &Input) -> Result<GroupId, Error> {
    w.caller.user()?;
    let draft = Draft::read(input)?;
    insert_led(w, draft)
}

/// Whether the caller may create a group inside a cluster or group.
///
/// # Errors
/// `notFound` if there is no such cluster or group; `unauthorized` or `forbidden`.
pub fn check_may_create_in<K: Rules>(caller: &Caller<'_>, target: &K::Id) -> Result<(), Error> {
    exists::<K>(caller, target)?;
    // The caller is to lead the new group, which only a user can.
    caller.user()?;
    let zone = [ZonePrivilege::GroupsCreate, K::ZONE_ADD];
    caller.require::<K>(target, K::ADD_GROUP, &zone)
}

/// Creates a group that the caller leads and that is a member of `target` from the beginning
/// (`create_cluster_group`, `create_child_group`).
pub fn create_in<K: Rules>(
    w: &mut Writing<'_>,
    target: &K::Id,
    input: &Input,
) -> Result<GroupId, Error> {
    check_may_create_in::<K>(&w.caller, target)?;
    let draft = Draft::read(input)?;
    let group = insert_led(w, draft)?;
    let member = Member::Group(group.clone());
    members::insert::<K>(w, target, &member, K::default_privileges())?;
    Ok(group)
}

/// Whether the caller may create a group around this one.
///
/// # Errors
/// `notFound` if there is no such group; `unauthorized` or `forbidden`.
pub fn check_may_create_parent(caller: &Caller<'_>, child: &GroupId) -> Result<(), Error> {
    exists::<Group>(caller, child)?;
    let zone = [
        ZonePrivilege::GroupsCreate,
        ZonePrivilege::GroupsAddRelationships,
    ];
    caller.require::<Group>(child, GroupPrivilege::AddParent, &zone)
}

/// Creates a group around `child`, which holds every privilege in it (`create_parent_group`). The
/// caller is in it as far as the caller is in `child`.
pub fn create_parent(
    w: &mut Writing<'_>,
    child: &GroupId,
    input: &Input,
) -> Result<GroupId, Error> {
    check_may_create_parent(&w.caller, child)?;
    let draft = Draft::read(input)?;
    let group = insert(w, draft)?;
    let member = Member::Group(child.clone());
    members::insert::<Group>(w, &group, &member, PrivilegeSet::all())?;
    Ok(group)
}

/// Writes and announces a group with the caller as its first, full member.
fn insert_led(w: &mut Writing<'_>, draft: Draft) -> Result<GroupId, Error> {
    let leader = Member::User(w.caller.user()?.clone());
    let group = insert(w, draft)?;
    members::insert::<Group>(w, &group, &leader, PrivilegeSet::all())?;
    Ok(group)
}

/// Writes and announces a group without members. The caller was checked already.
pub(in crate::service) fn insert(w: &mut Writing<'_>, draft: Draft) -> Result<GroupId, Error> {
    let group = store::Group {
        id: GroupId::generate(w.clock.entropy()?),
        name: draft.name.to_string(),
        kind: draft.kind,
        protected: false,
        zone_privileges: PrivilegeSet::NONE,
        created_at: w.now,
        created_by: w.caller.who.actor(),
        external_id: draft.external_id,
    };
    store::insert_group(w.conn, &group)?;
    w.announce(Change::Group {
        group: group.id.clone(),
        name: group.name,
    });
    if let Some(external_id) = group.external_id {
        w.announce(Note::ExternalId {
            member: Member::Group(group.id.clone()),
            external_id: Some(external_id.to_string()),
        });
    }
    Ok(group.id)
}

//! What an event touched, and whom that concerns.

use std::collections::{HashMap, HashSet};

use super::belongs;
use crate::{
    domain::{
        Actor, Change, Cluster, Event, Group, GroupId, Kind, Member, MembershipChange, Note,
        Sequence, Target, UserId, ZonePrivilege,
    },
    service::{Caller, Rules, members},
};

/// What one event touched, each thing once, however many changes it carries.
#[derive(Debug)]
pub(super) struct Touched {
    pub sequence: Sequence,
    pub actor: Actor,
    /// What has other direct members now, or the same with other privileges.
    populated: HashMap<Target, HashSet<Member>>,
    /// What is called otherwise, or is new.
    renamed: HashSet<Target>,
    /// Who is called otherwise, or may not sign in.
    described: HashSet<Member>,
    /// Who belongs to something else now, or may do something else in it or in the zone.
    moved: HashSet<Member>,
    /// Whose session or password may have ended.
    doubted: HashSet<UserId>,
    /// Whether something is gone, and with it what would tell whom that concerns.
    everything: bool,
}

impl Touched {
    pub fn by(event: &Event) -> Self {
        let mut touched = Self {
            sequence: event.sequence,
            actor: event.actor.clone(),
            populated: HashMap::new(),
            renamed: HashSet::new(),
            described: HashSet::new(),
            moved: HashSet::new(),
            doubted: HashSet::new(),
            everything: false,
        };
        for change in &event.changes {
            touched.add(change);
        }
        touched
    }

    fn add(&mut self, change: &Change) {
        match change {
            Change::User { user, .. } => {
                self.described.insert(Member::User(user.clone()));
            }
            Change::UserAccess { user, .. } => {
                self.described.insert(Member::User(user.clone()));
                self.doubted.insert(user.clone());
            }
            Change::Group { group, .. } => {
                self.renamed.insert(Target::Group(group.clone()));
                self.described.insert(Member::Group(group.clone()));
            }
            Change::Note(Note::GroupType { group, .. }) => {
                self.renamed.insert(Target::Group(group.clone()));
            }
            Change::Cluster { cluster, .. } | Change::Note(Note::ClusterReport { cluster, .. }) => {
                self.renamed.insert(Target::Cluster(cluster.clone()));
            }
            Change::ClusterMember(change) => self.add_membership(change),
            Change::GroupMember(change) => self.add_membership(change),
            Change::ZonePrivileges { member, .. } => {
                self.moved.insert(member.clone());
            }
            Change::UserDeleted { .. } | Change::GroupDeleted { .. } => self.everything = true,
            Change::Note(
                Note::UserPassword { user }
                | Note::TemporaryTokens { user }
                | Note::Session { user },
            ) => {
                self.doubted.insert(user.clone());
            }
            Change::Gone { .. } | Change::Note(_) => {}
        }
    }

    fn add_membership<K: Kind>(&mut self, change: &MembershipChange<K>) {
        let target = self.populated.entry(K::target(&change.target));
        target.or_default().insert(change.member.clone());
        self.moved.insert(change.member.clone());
    }

    /// Whether what the caller sees of `page`, or the caller's own lists, may look different now.
    pub fn concerns(&self, caller: &Caller<'_>, page: Option<&Target>) -> bool {
        let of_page = || match page {
            None => false,
            Some(Target::Cluster(id)) => self.concerns_target::<Cluster>(caller, id),
            Some(Target::Group(id)) => {
                self.concerns_target::<Group>(caller, id) || self.concerns_place_of(caller, id)
            }
        };
        self.everything || self.concerns_caller(caller) || of_page()
    }

    /// Whose direct membership in `target` is new, different or over.
    pub fn changed_in(&self, target: &Target) -> impl Iterator<Item = &Member> {
        self.populated.get(target).into_iter().flatten()
    }

    /// Whether somebody's right to be who they are may have ended.
    pub fn casts_doubt_on(&self, user: &UserId) -> bool {
        self.doubted.contains(user)
    }

    /// The caller's own name, rights and lists.
    fn concerns_caller(&self, caller: &Caller<'_>) -> bool {
        let is_you = |member: &Member| match member {
            Member::User(_) => caller.is(member),
            Member::Group(group) => caller.belongs_to_group(group),
        };
        let is_listed = |target: &Target| match target {
            Target::Cluster(id) => {
                caller.belongs_to::<Cluster>(id)
                    || caller.holds_in_zone(&[ZonePrivilege::ClustersList])
            }
            Target::Group(id) => {
                caller.belongs_to_group(id) || caller.holds_in_zone(&[ZonePrivilege::GroupsList])
            }
        };
        self.described.iter().any(|member| caller.is(member))
            || self.moved.iter().any(is_you)
            || self.renamed.iter().any(is_listed)
    }

    /// What is called so, and its members, for those who may list them.
    fn concerns_target<K: Rules>(&self, caller: &Caller<'_>, id: &K::Id) -> bool {
        let target = K::target(id);
        if self.renamed.contains(&target) {
            return true;
        }
        let is_inside = |member: &Member| belongs::<K>(caller.graph, id, member);
        let inner = self.populated.keys().filter_map(|target| match target {
            Target::Group(group) => Some(Member::Group(group.clone())),
            Target::Cluster(_) => None,
        });
        let touches_members = || {
            self.populated.contains_key(&target)
                || self.described.iter().any(is_inside)
                || inner.into_iter().any(|group| is_inside(&group))
        };
        members::check_may_list::<K>(caller, id).is_ok() && touches_members()
    }

    /// What a group belongs to, which its overview and its hierarchy show.
    fn concerns_place_of(&self, caller: &Caller<'_>, id: &GroupId) -> bool {
        let this = Member::Group(id.clone());
        let is_above = |group: &GroupId| belongs::<Group>(caller.graph, group, &this);
        self.moved.contains(&this)
            || self.moved.iter().any(|member| match member {
                Member::Group(group) => is_above(group),
                Member::User(_) => false,
            })
            || self.renamed.iter().any(|target| match target {
                Target::Group(group) => is_above(group),
                Target::Cluster(cluster) => belongs::<Cluster>(caller.graph, cluster, &this),
            })
    }
}

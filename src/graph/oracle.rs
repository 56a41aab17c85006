//! What the graph is judged by: the definitions, written down as naively as they read.
//!
//! Plain sets of edges, the closure by iterating to a fixed point, every simple path by brute
//! force. It must share nothing with the graph but the words of the domain.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    Access, Change, Cluster, ClusterId, Ends, Folded, Group, GroupId, Kind, Member,
    MembershipChange, PrivilegeSet, SortKey, Target, Timestamp, UserId,
};

/// A user as the oracle knows it.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub name: String,
    pub username: Option<String>,
    pub access: Access,
}

/// Everything that is so, without any index.
#[derive(Debug, Clone, Default)]
pub(super) struct Oracle {
    pub users: BTreeMap<UserId, Person>,
    pub groups: BTreeMap<GroupId, String>,
    pub clusters: BTreeMap<ClusterId, (String, String)>,
    pub zone: BTreeMap<Member, u64>,
    pub edges: BTreeMap<(Target, Member), u64>,
    pub ends: BTreeMap<(Target, Member), Timestamp>,
}

/// For each group everybody it contains at any depth.
pub(super) type Inside = BTreeMap<GroupId, BTreeSet<Member>>;

/// One path: the groups from the member's side and the privileges of the last step.
pub(super) type Way = (Vec<GroupId>, u64);

impl Oracle {
    pub fn apply(&mut self, change: &Change) {
        match change.clone() {
            Change::User {
                user,
                name,
                username,
            } => {
                let access = self.users.get(&user).map_or(Access::Open, |old| old.access);
                let person = Person {
                    name,
                    username,
                    access,
                };
                self.users.insert(user, person);
            }
            Change::UserAccess { user, access } => {
                if let Some(person) = self.users.get_mut(&user) {
                    person.access = access;
                }
            }
            Change::UserDeleted { user } => {
                self.users.remove(&user);
                self.forget(&Member::User(user));
            }
            Change::Group { group, name } => {
                self.groups.insert(group, name);
            }
            Change::GroupDeleted { group } => {
                self.groups.remove(&group);
                self.forget(&Member::Group(group.clone()));
                let target = Target::Group(group);
                self.edges.retain(|(other, _), _| *other != target);
                self.ends.retain(|(other, _), _| *other != target);
            }
            Change::Cluster {
                cluster,
                name,
                domain,
            } => {
                self.clusters.insert(cluster, (name, domain));
            }
            Change::ClusterMember(change) => {
                let bits = change.after.map(PrivilegeSet::bits);
                let end = change.ends.after;
                self.set_edge(Target::Cluster(change.target), change.member, bits, end);
            }
            Change::GroupMember(change) => {
                let bits = change.after.map(PrivilegeSet::bits);
                let end = change.ends.after;
                self.set_edge(Target::Group(change.target), change.member, bits, end);
            }
            Change::ZonePrivileges { member, privileges } => {
                if self.has(&member) {
                    self.zone.insert(member, privileges.bits());
                }
            }
            Change::Gone { .. } | Change::Note(_) => {}
        }
    }

    fn forget(&mut self, member: &Member) {
        self.zone.remove(member);
        self.edges.retain(|(_, other), _| other != member);
        self.ends.retain(|(_, other), _| other != member);
    }

    fn set_edge(
        &mut self,
        target: Target,
        member: Member,
        bits: Option<u64>,
        end: Option<Timestamp>,
    ) {
        let has_target = match &target {
            Target::Cluster(id) => self.clusters.contains_key(id),
            Target::Group(id) => self.groups.contains_key(id),
        };
        if !has_target || !self.has(&member) {
            return;
        }
        self.ends.remove(&(target.clone(), member.clone()));
        if let (Some(_), Some(end)) = (bits, end) {
            self.ends.insert((target.clone(), member.clone()), end);
        }
        match bits {
            Some(bits) => self.edges.insert((target, member), bits),
            None => self.edges.remove(&(target, member)),
        };
    }

    /// What a membership grants, if there is one.
    pub fn edge(&self, target: Target, member: &Member) -> Option<u64> {
        self.edges.get(&(target, member.clone())).copied()
    }

    /// Whether a change is of something that there is, if it does not make it.
    pub fn is_about(&self, change: &Change) -> bool {
        match change {
            Change::UserDeleted { user } | Change::UserAccess { user, .. } => {
                self.users.contains_key(user)
            }
            Change::GroupDeleted { group } => self.groups.contains_key(group),
            Change::ZonePrivileges { member, .. } => self.has(member),
            _ => true,
        }
    }

    /// What goes with what this change deletes.
    pub fn gone_with(&self, change: &Change) -> Vec<Change> {
        let member = match change.clone() {
            Change::UserDeleted { user } => Member::User(user),
            Change::GroupDeleted { group } => Member::Group(group),
            _ => return Vec::new(),
        };
        let mut gone = Vec::new();
        if let Some(bits) = self.zone.get(&member) {
            let (member, privileges) = (member.clone(), PrivilegeSet::from_bits(*bits));
            gone.push(Change::ZonePrivileges { member, privileges });
        }
        if let Member::User(user) = &member {
            let (user, access) = (user.clone(), self.users[user].access);
            gone.push(Change::UserAccess { user, access });
        }
        for ((target, other), bits) in &self.edges {
            let is_in =
                matches!((target, &member), (Target::Group(id), Member::Group(own)) if id == own);
            if *other == member || is_in {
                let end = self.ends.get(&(target.clone(), other.clone()));
                gone.push(ended(target, other, *bits, end.copied()));
            }
        }
        gone
    }

    fn has(&self, member: &Member) -> bool {
        match member {
            Member::User(id) => self.users.contains_key(id),
            Member::Group(id) => self.groups.contains_key(id),
        }
    }

    pub fn members(&self) -> Vec<Member> {
        let users = self.users.keys().cloned().map(Member::User);
        let groups = self.groups.keys().cloned().map(Member::Group);
        users.chain(groups).collect()
    }

    /// EC(g) = DC(g) ∪ ⋃ EC(c) and EU(g) = DU(g) ∪ ⋃ EU(c) for c in DC(g), as the least fixed
    /// point: start with the direct members and add until nothing is added any more.
    pub fn inside(&self) -> Inside {
        let mut inside: Inside = self
            .groups
            .keys()
            .map(|id| (id.clone(), BTreeSet::new()))
            .collect();
        let mut children = Vec::new();
        for (target, member) in self.edges.keys() {
            if let Target::Group(group) = target {
                inside.get_mut(group).unwrap().insert(member.clone());
                if let Member::Group(child) = member {
                    children.push((group, child));
                }
            }
        }
        loop {
            let mut grew = false;
            for (group, child) in &children {
                let more = inside[*child].clone();
                let all = inside.get_mut(*group).unwrap();
                let before = all.len();
                all.extend(more);
                grew |= all.len() > before;
            }
            if !grew {
                return inside;
            }
        }
    }

    /// By which direct members `member` belongs to `target`, with what each of them is granted.
    pub fn grants(&self, inside: &Inside, target: &Target, member: &Member) -> Vec<(Member, u64)> {
        let contains = |group: &GroupId| inside[group].contains(member);
        self.edges
            .iter()
            .filter(|((place, _), _)| place == target)
            .filter(|((_, direct), _)| {
                direct == member || matches!(direct, Member::Group(group) if contains(group))
            })
            .map(|((_, direct), bits)| (direct.clone(), *bits))
            .collect()
    }

    pub fn effective(&self, inside: &Inside, target: &Target, member: &Member) -> Option<u64> {
        self.grants(inside, target, member)
            .into_iter()
            .map(|(_, bits)| bits)
            .reduce(|sum, bits| sum | bits)
    }

    pub fn direct(&self, target: &Target, member: &Member) -> Option<u64> {
        self.edges.get(&(target.clone(), member.clone())).copied()
    }

    pub fn zone(&self, inside: &Inside, member: &Member) -> u64 {
        let own = |member: &Member| self.zone.get(member).copied().unwrap_or(0);
        inside
            .iter()
            .filter(|(_, members)| members.contains(member))
            .fold(own(member), |sum, (group, _)| {
                sum | own(&Member::Group(group.clone()))
            })
    }

    /// Every simple path, in order.
    pub fn ways(&self, target: &Target, member: &Member) -> Vec<Way> {
        let mut found = Vec::new();
        let mut open = vec![Vec::<GroupId>::new()];
        while let Some(path) = open.pop() {
            let end = path.last().cloned().map_or(member.clone(), Member::Group);
            for ((place, other), bits) in &self.edges {
                if *other != end {
                    continue;
                }
                if place == target {
                    found.push((path.clone(), *bits));
                } else if let Target::Group(group) = place
                    && !path.contains(group)
                    && *member != Member::Group(group.clone())
                {
                    let mut longer = path.clone();
                    longer.push(group.clone());
                    open.push(longer);
                }
            }
        }
        found.sort_by_cached_key(|(path, _)| {
            let names: Vec<_> = path
                .iter()
                .map(|group| (SortKey::of(&self.groups[group]), group.clone()))
                .collect();
            (path.len(), names)
        });
        found
    }

    /// The members for which `wanted` holds, found by `search` and in the order of lists.
    pub fn list(
        &self,
        wanted: impl Fn(&Member) -> bool,
        search: &str,
        first: Option<&Member>,
    ) -> Vec<Member> {
        let mut members = self.members();
        members.retain(|member| wanted(member) && self.matches(member, search));
        members.sort_by_cached_key(|member| {
            let (name, username) = self.names(member);
            let is_behind = first != Some(member);
            (
                is_behind,
                SortKey::of(&name),
                username,
                member.id().to_owned(),
            )
        });
        members
    }

    fn matches(&self, member: &Member, search: &str) -> bool {
        let wanted = Folded::of(search);
        let (name, username) = self.names(member);
        search.is_empty()
            || Folded::of(&name).contains(&wanted)
            || username.is_some_and(|username| Folded::of(&username).contains(&wanted))
            || Folded::of(member.id()) == wanted
    }

    pub fn names(&self, member: &Member) -> (String, Option<String>) {
        match member {
            Member::User(id) => {
                let person = &self.users[id];
                (person.name.clone(), person.username.clone())
            }
            Member::Group(id) => (self.groups[id].clone(), None),
        }
    }

    /// What a user holds in `target` for whoever compares this with another state: nothing while
    /// blocked, if the other state says otherwise about that.
    pub fn belonging(
        &self,
        inside: &Inside,
        target: &Target,
        member: &Member,
        other: &Self,
    ) -> Option<u64> {
        let access = |oracle: &Self| match member {
            Member::User(id) => oracle.users.get(id).map(|person| person.access),
            Member::Group(_) => None,
        };
        let own = access(self);
        if own == Some(Access::Blocked) && access(other) == Some(Access::Open) {
            return None;
        }
        self.effective(inside, target, member)
    }
}

/// The end of a membership.
fn ended(target: &Target, member: &Member, bits: u64, end: Option<Timestamp>) -> Change {
    fn of<K: Kind>(target: K::Id, member: &Member, bits: u64, before: Option<Timestamp>) -> Change {
        K::change(MembershipChange {
            target,
            member: member.clone(),
            before: Some(PrivilegeSet::from_bits(bits)),
            after: None,
            ends: Ends {
                before,
                after: None,
            },
        })
    }
    match target.clone() {
        Target::Cluster(target) => of::<Cluster>(target, member, bits, end),
        Target::Group(target) => of::<Group>(target, member, bits, end),
    }
}

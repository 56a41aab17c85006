//! What changes would bring about, before they happen: whose access to which clusters and groups
//! begins or ends, and who may do more or less there.
//!
//! It must not change the graph; it compares what is with what would be ([`Overlay`]). Affected
//! users are kept as sets of handles, and named page by page.

use std::{
    collections::BTreeSet,
    hash::{DefaultHasher, Hash, Hasher as _},
    iter::once,
};

use super::{
    Graph, User,
    bits::BitSet,
    overlay::{Overlay, sum},
    ranks::{Chosen, slice, start},
    record::{Node, pack, unpack},
};
use crate::domain::{
    Access, Change, Kind, Member, Page, PrivilegeSet, Slice, SortKey, Target, UnknownCursor,
    UserId, ZonePrivilege,
};

/// What would become of a user's access to a cluster or group. Whoever would be blocked loses all
/// there is to lose, and whoever would be let in again gains it; but for these it does not matter
/// whether somebody may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Belongs to it now, and would not.
    LosesAccess,
    /// Does not belong to it now, and would.
    GainsAccess,
    /// Would still belong to it, without some privileges held now.
    LosesPrivileges,
    /// Belongs to it now, and would hold more there.
    GainsPrivileges,
    /// A membership would end through which the user belongs to it, and another would be left.
    KeepsAccess,
}

impl Fate {
    /// Each.
    pub const ALL: [Self; 5] = [
        Self::LosesAccess,
        Self::GainsAccess,
        Self::LosesPrivileges,
        Self::GainsPrivileges,
        Self::KeepsAccess,
    ];

    /// Whether it is that of somebody who holds these bits now and then, and loses a membership
    /// or not.
    fn is_so(self, now: Option<u32>, then: Option<u32>, ends: bool) -> bool {
        match (self, now, then) {
            (Self::LosesAccess, Some(_), None) | (Self::GainsAccess, None, Some(_)) => true,
            (Self::LosesPrivileges, Some(now), Some(then)) => now & !then != 0,
            (Self::GainsPrivileges, Some(now), Some(then)) => then & !now != 0,
            (Self::KeepsAccess, Some(_), Some(_)) => ends,
            _ => false,
        }
    }
}

/// Users by what would become of them.
#[derive(Debug, Clone)]
pub struct Fates([BitSet; Fate::ALL.len()]);

impl Default for Fates {
    fn default() -> Self {
        Self([(); Fate::ALL.len()].map(|()| BitSet::new(0)))
    }
}

impl Fates {
    fn of(&self, fate: Fate) -> &BitSet {
        &self.0[fate as usize]
    }

    fn add(&mut self, fate: Fate, user: u32) {
        self.0[fate as usize].insert(user);
    }

    /// How many users it would become of.
    pub fn count(&self, fate: Fate) -> usize {
        self.of(fate).count()
    }

    /// Whether it would become of the user with this identifier.
    pub fn concern(&self, graph: &Graph, user: &str) -> bool {
        let user = graph.user_handle(user);
        user.is_some_and(|user| self.0.iter().any(|users| users.contains(user)))
    }

    /// Adds those of another cluster or group.
    pub fn join(&mut self, other: &Self) {
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            own.join(other);
        }
    }

    /// Only this user's.
    #[must_use]
    pub fn only(&self, graph: &Graph, user: Option<&UserId>) -> Self {
        let mut own = Self::default();
        if let Some(user) = user.and_then(|user| graph.user_handle(user.as_str())) {
            for fate in Fate::ALL {
                if self.of(fate).contains(user) {
                    own.add(fate, user);
                }
            }
        }
        own
    }
}

/// A cluster or group where something would be otherwise for somebody.
#[derive(Debug, Clone)]
pub struct Affected {
    /// Which.
    pub target: Target,
    /// What it is or would be called.
    pub name: String,
    /// Whom it concerns, and how.
    pub users: Fates,
    /// Who would hold what instead of what.
    digest: u64,
}

/// What some changes would bring about.
#[derive(Debug)]
pub struct Foreseen<'g> {
    graph: &'g Graph,
    now: Overlay<'g>,
    then: Overlay<'g>,
}

impl Graph {
    /// What would come of `changes`, which are taken in as [`Graph::apply`] would. Users who would
    /// be made by them are not foreseen: whoever makes them knows.
    pub fn foresee(&self, changes: &[Change]) -> Foreseen<'_> {
        Foreseen {
            graph: self,
            now: Overlay::nothing(self),
            then: Overlay::of(self, changes),
        }
    }
}

impl Graph {
    /// The same of what lasts: both now and then as if every membership that ends by itself had ended.
    pub fn foresee_lasting(&self, changes: &[Change]) -> Foreseen<'_> {
        let mut all = self.endings();
        let now = Overlay::of(self, &all);
        all.extend_from_slice(changes);
        Foreseen {
            graph: self,
            now,
            then: Overlay::of(self, &all),
        }
    }
}

impl<'g> Foreseen<'g> {
    /// Where something would be otherwise, or is kept through another membership: clusters first,
    /// each by name.
    pub fn affected(&self) -> Vec<Affected> {
        let ended = self.below(self.ends());
        let mut concerned = self.below(self.comes());
        concerned.join(&ended);
        let places = self.places().into_iter();
        let affected = places.filter_map(|place| self.compare(place, &concerned, &ended));
        let mut affected: Vec<_> = affected.collect();
        affected.sort_by_cached_key(|one| {
            let is_group = matches!(one.target, Target::Group(_));
            (is_group, SortKey::of(&one.name), one.target.id().to_owned())
        });
        affected
    }

    /// The clusters and groups where anything could be otherwise, in no order.
    pub fn touched(&self) -> impl Iterator<Item = Target> {
        let places = self.places().into_iter();
        places.filter_map(|place| Some(self.then.describe(place)?.0))
    }

    /// One page of the users with this fate, in the order of names; searched like
    /// [`Graph::members`].
    ///
    /// # Errors
    /// [`UnknownCursor`] if [`Page::after`] is no existing user.
    pub fn users(
        &self,
        among: &Fates,
        fate: Fate,
        page: &Page,
    ) -> Result<Slice<User<'g>>, UnknownCursor> {
        let (graph, order) = (self.graph, &self.graph.by_name.users);
        let start = start(page, None, |id| {
            graph.user_handle(id).map(|user| order.rank(user))
        })?;
        let users = among.of(fate);
        let chosen = Chosen::some(users.count(), users.iter(), |user| users.contains(user));
        let listed = graph.find_users(chosen, &page.search).by_name(order);
        Ok(slice(&listed, None, &start, page.limit, |rank| {
            Some(graph.user_at(order.at(rank)))
        }))
    }

    /// What the user may do in `target` now and then; `None` without access.
    pub fn privileges<K: Kind>(
        &self,
        target: &K::Id,
        user: &UserId,
    ) -> [Option<PrivilegeSet<K::Privilege>>; 2] {
        let member = Member::User(user.clone());
        [&self.now, &self.then].map(|state| {
            let place = state.place(&K::target(target))?;
            let node = state.node(&member)?;
            let own = state.edge(node, place);
            let groups = state.above(once(node), false).into_iter();
            groups
                .filter_map(|group| state.edge(Node::Group(group), place))
                .fold(own, |sum, bits| Some(sum.unwrap_or(0) | bits))
                .map(unpack)
        })
    }

    /// Through which direct member groups the user would belong to `target`, by handle; oneself is
    /// not among them.
    pub fn through<K: Kind>(&self, target: &K::Id, user: &UserId) -> Vec<String> {
        let state = &self.then;
        let place = state.place(&K::target(target));
        let node = state.node(&Member::User(user.clone()));
        let (Some(place), Some(node)) = (place, node) else {
            return Vec::new();
        };
        let groups = state.above(once(node), false).into_iter();
        groups
            .filter(|group| state.edge(Node::Group(*group), place).is_some())
            .filter_map(|group| Some(state.describe(group)?.1))
            .collect()
    }

    /// What `user` would be allowed in the whole zone.
    pub fn zone_privileges(&self, user: &UserId) -> PrivilegeSet<ZonePrivilege> {
        let Some(node) = self.then.node(&Member::User(user.clone())) else {
            return PrivilegeSet::NONE;
        };
        let groups = self.then.above(once(node), false).into_iter();
        groups.fold(self.then.zone(node), |sum, group| {
            sum.union(self.then.zone(Node::Group(group)))
        })
    }

    /// Whether somebody who may sign in effectively holds `privilege` in `target` now, and nobody
    /// would.
    pub fn takes_last<K: Kind>(&self, target: &K::Id, privilege: K::Privilege) -> bool {
        let bits = pack(PrivilegeSet::from_iter([privilege]));
        let is_held = |state: &Overlay<'_>| {
            let place = state.place(&K::target(target));
            place.is_some_and(|place| has_holder(state, place, bits))
        };
        !is_held(&self.then) && is_held(&self.now)
    }

    /// Stands for all of it: another number as soon as it would be otherwise for anybody.
    pub fn digest(&self, affected: &[Affected]) -> u64 {
        let mut hash = DefaultHasher::new();
        for one in affected {
            let mut sum = one.digest;
            for fate in Fate::ALL {
                for user in one.users.of(fate).iter() {
                    // In any order it is the same: handles mean nothing on another panel.
                    sum = sum.wrapping_add(self.stamp(user, fate as u8));
                }
            }
            (one.target.kind(), one.target.id(), sum).hash(&mut hash);
        }
        hash.finish()
    }

    fn stamp(&self, user: u32, what: impl Hash) -> u64 {
        let mut hash = DefaultHasher::new();
        (self.graph.user_at(user).id.as_str(), what).hash(&mut hash);
        hash.finish()
    }

    /// What the user holds in a place now and then, if the groups hold this.
    fn held(&self, user: u32, place: u32, [now, then]: [&[u32]; 2]) -> [Option<u32>; 2] {
        let node = Node::User(user);
        [
            sum(self.now.up(node), place, now),
            sum(self.then.up(node), place, then),
        ]
    }

    /// Whose memberships would end.
    fn ends(&self) -> impl Iterator<Item = Node> {
        let over = self.then.edges().filter(|(.., bits)| bits.is_none());
        let over = over.map(|(member, ..)| member);
        over.chain(self.then.cut())
    }

    /// Who would have others, or be let in or kept out.
    fn comes(&self) -> impl Iterator<Item = Node> {
        let others = self.then.edges().filter(|(.., bits)| bits.is_some());
        let others = others.map(|(member, ..)| member);
        others.chain(self.then.judged().map(Node::User))
    }

    /// The users at any depth below these, now and then.
    fn below(&self, members: impl Iterator<Item = Node>) -> BitSet {
        let mut users = BitSet::new(self.graph.people.len());
        let mut seen = BitSet::new(self.then.bound());
        let mut groups = Vec::new();
        for member in members {
            match member {
                Node::User(user) => {
                    users.insert(user);
                }
                Node::Group(group) if seen.insert(group) => groups.push(group),
                Node::Group(_) => {}
            }
        }
        while let Some(group) = groups.pop() {
            for user in self.then.users_about(group) {
                users.insert(user);
            }
            let inner = self.then.groups_about(group);
            groups.extend(inner.filter(|group| seen.insert(*group)));
        }
        users
    }

    /// Where anything could be otherwise: above whatever changes.
    fn places(&self) -> BTreeSet<u32> {
        let places = self.then.edges().map(|(_, place, _)| place);
        let groups = self.then.cut().filter_map(|node| match node {
            Node::Group(group) => Some(group),
            Node::User(_) => None,
        });
        let mut found: BTreeSet<u32> = places.chain(groups).collect();
        let judged = self.then.judged().map(Node::User);
        let roots: Vec<Node> = found.iter().map(|place| Node::Group(*place)).collect();
        let roots = roots.into_iter().chain(self.then.cut()).chain(judged);
        found.extend(self.then.above(roots, true));
        found
    }

    /// What becomes of these users in one place.
    fn compare(&self, place: u32, concerned: &BitSet, ended: &BitSet) -> Option<Affected> {
        let (target, name) = self.then.describe(place)?;
        let (held_now, held_then) = (self.now.spread(place), self.then.spread(place));
        let mut users = Fates::default();
        let mut digest = 0_u64;
        for user in concerned.iter() {
            let [mut now, mut then] = self.held(user, place, [&held_now, &held_then]);
            match (self.now.access(user), self.then.access(user)) {
                (Access::Open, Access::Blocked) => then = None,
                (Access::Blocked, Access::Open) => now = None,
                _ => {}
            }
            for fate in Fate::ALL {
                if fate.is_so(now, then, ended.contains(user)) {
                    users.add(fate, user);
                }
            }
            if let (Some(now), Some(then)) = (now, then)
                && now != then
            {
                // What else somebody holds there is no consequence.
                let what = (now & !then, then & !now);
                digest = digest.wrapping_add(self.stamp(user, what));
            }
        }
        let is_any = Fate::ALL.iter().any(|fate| users.count(*fate) > 0);
        is_any.then_some(Affected {
            target,
            name,
            users,
            digest,
        })
    }
}

/// Whether anybody who may sign in effectively holds one of `bits`.
fn has_holder(state: &Overlay<'_>, place: u32, bits: u32) -> bool {
    let is_open = |user: &u32| state.access(*user) == Access::Open;
    let holds_directly = |user: u32| {
        let own = state.edge(Node::User(user), place);
        own.is_some_and(|own| own & bits != 0)
    };
    if state.users_about(place).filter(is_open).any(holds_directly) {
        return true;
    }
    let held = state.spread(place);
    let groups = (0..).zip(&held).filter(|(_, held)| **held & bits != 0);
    groups.into_iter().any(|(group, _)| {
        let mut users = state.users_about(group).filter(is_open);
        users.any(|user| state.edge(Node::User(user), group).is_some())
    })
}

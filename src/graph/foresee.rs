//! What changes would bring about, before they happen: whose access to which clusters and groups
//! begins or ends, and who may do more or less there.
//!
//! It must not change the graph; it compares what is with what would be ([`Overlay`]). Affected
//! users are kept as sets of handles, and named page by page.

use std::{
    collections::{BTreeSet, HashMap},
    hash::{BuildHasher as _, Hash},
    iter::once,
};

use super::{
    Graph, HASH, User,
    bits::BitSet,
    fates::{Fate, Fates},
    overlay::Overlay,
    ranks::{Chosen, slice, start},
    record::{Node, pack, unpack},
};
use crate::domain::{
    Access, Change, Kind, Member, Page, PrivilegeSet, Slice, SortKey, Target, UnknownCursor,
    UserId, ZonePrivilege,
};

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
    pub(super) graph: &'g Graph,
    pub(super) now: Overlay<'g>,
    pub(super) then: Overlay<'g>,
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
        let few = (concerned.count() <= FEW).then(|| {
            let users = concerned.iter();
            users.map(|user| (user, self.held_by(user))).collect()
        });
        let concerned = Concerned {
            own: self.own(),
            all: concerned,
            ended,
            few,
        };
        let places = self.places().into_iter();
        let affected = places.filter_map(|place| self.compare(place, &concerned));
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

    /// Stands for all of it: another number as soon as it would be otherwise for anybody. It is the
    /// same on every panel, so it knows of no handles, and its seed is no secret: it tells apart what
    /// comes about, and keeps nobody from anything.
    pub fn digest(&self, affected: &[Affected]) -> u64 {
        let all = affected.iter().map(|one| {
            // In any order the sum is the same.
            let sums = Fate::ALL.map(|fate| {
                let users = one.users.of(fate).iter();
                users.fold(0, |sum, user| {
                    sum + u64::from(self.graph.stamps[user as usize])
                })
            });
            (one.target.kind(), one.target.id(), one.digest, sums)
        });
        HASH.hash_one(all.collect::<Vec<_>>())
    }

    fn stamp(&self, user: u32, what: impl Hash) -> u64 {
        HASH.hash_one((self.graph.stamps[user as usize], what))
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
            // One after another from within is several times quicker than from without.
            self.then.users_about(group).for_each(|user| {
                users.insert(user);
            });
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

    /// Of whom something is thought themselves, and not only of groups.
    fn own(&self) -> BitSet {
        let ends = self.then.edges().map(|(member, ..)| member);
        let judged = self.then.judged().map(Node::User);
        let mut own = BitSet::new(0);
        for member in ends.chain(self.then.cut()).chain(judged) {
            if let Node::User(user) = member {
                own.insert(user);
            }
        }
        own
    }

    /// What becomes of these users in one place.
    fn compare(&self, place: u32, concerned: &Concerned) -> Option<Affected> {
        let (target, name) = self.then.describe(place)?;
        let held = concerned.few.is_none().then(|| self.held(place));
        let mut users = Fates::default();
        let mut digest = 0_u64;
        concerned.all.iter().for_each(|user| {
            let [now, then] = match &held {
                Some(held) if !concerned.own.contains(user) => held.of(self.graph, user),
                Some(held) => self.judged_by(user, held.of_any(self, user)),
                None => self.judged_by(user, concerned.of_few(user, place)),
            };
            let ends = concerned.ended.contains(user);
            if now == then && !ends {
                return;
            }
            for fate in Fate::ALL {
                if fate.is_so(now, then, ends) {
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
        });
        (!users.is_empty()).then_some(Affected {
            target,
            name,
            users,
            digest,
        })
    }

    /// What one user holds, wherever that is, now and then: found from the user upwards.
    fn held_by(&self, user: u32) -> [Everywhere; 2] {
        let node = Node::User(user);
        [&self.now, &self.then].map(|state| {
            let mut held = Everywhere::new();
            let groups = state.above(once(node), false).into_iter().map(Node::Group);
            for edge in once(node).chain(groups).flat_map(|member| state.up(member)) {
                *held.entry(edge.place).or_default() |= edge.bits;
            }
            held
        })
    }

    /// The same for somebody whose right to sign in may be decided.
    fn judged_by(&self, user: u32, [now, then]: [Option<u32>; 2]) -> [Option<u32>; 2] {
        match (self.now.access(user), self.then.access(user)) {
            (Access::Open, Access::Blocked) => [now, None],
            (Access::Blocked, Access::Open) => [None, then],
            _ => [now, then],
        }
    }
}

/// Whom changes may concern.
struct Concerned {
    all: BitSet,
    /// Below whatever has a membership that would end.
    ended: BitSet,
    /// Who would have other memberships of their own, or another right to sign in.
    own: BitSet,
    /// If they are few, what each of them holds: they may belong to many thousand places, for each of
    /// which it would take a look at all groups to find out what those hand down.
    few: Option<HashMap<u32, [Everywhere; 2]>>,
}

impl Concerned {
    /// What one of few holds in a place.
    fn of_few(&self, user: u32, place: u32) -> [Option<u32>; 2] {
        let held = self.few.as_ref().and_then(|few| few.get(&user));
        held.map_or([None, None], |states| {
            states.each_ref().map(|state| state.get(&place).copied())
        })
    }
}

/// So many users are few; in tests so few that either way is taken.
const FEW: usize = if cfg!(test) { 2 } else { 16 };

/// The bits that somebody holds in each place.
type Everywhere = HashMap<u32, u32>;

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

//! The graph as it would be after some changes that are only thought of.
//!
//! It takes the changes in as the graph itself would ([`Graph::apply`]), but keeps what differs beside
//! it: what is the same is looked up in the graph. So a thought costs what it touches, and nothing
//! has to be taken back. Users who would come with the changes are passed over; groups and clusters
//! that would come get handles behind those of the graph.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    Graph,
    bits::BitSet,
    line::Line,
    record::{Edge, MEMBER, Node, bits_to, handle, pack, unpack},
};
use crate::domain::{
    Access, Change, Kind, Member, MembershipChange, PrivilegeSet, Target, ZonePrivilege,
};

/// A graph, and what is thought to be otherwise.
#[derive(Debug)]
pub(super) struct Overlay<'g> {
    graph: &'g Graph,
    /// Memberships by member and place: what they would grant, or nothing if they would be over.
    edges: BTreeMap<(Node, u32), Option<u32>>,
    /// The members of these memberships, by place.
    inside: BTreeMap<u32, BTreeSet<Node>>,
    /// Who would have lost every membership there is now, in it and of it.
    cut: BTreeSet<Node>,
    /// Who of them would not exist any more.
    gone: BTreeSet<Node>,
    /// What would come, with its name.
    fresh: Vec<(Target, String)>,
    fresh_index: HashMap<Target, u32>,
    access: BTreeMap<u32, Access>,
    zone: BTreeMap<Node, PrivilegeSet<ZonePrivilege>>,
}

impl<'g> Overlay<'g> {
    /// The graph as it is.
    pub fn nothing(graph: &'g Graph) -> Self {
        Self {
            graph,
            edges: BTreeMap::new(),
            inside: BTreeMap::new(),
            cut: BTreeSet::new(),
            gone: BTreeSet::new(),
            fresh: Vec::new(),
            fresh_index: HashMap::new(),
            access: BTreeMap::new(),
            zone: BTreeMap::new(),
        }
    }

    /// The graph as it would be after `changes`.
    pub fn of(graph: &'g Graph, changes: &[Change]) -> Self {
        let mut overlay = Self::nothing(graph);
        for change in changes {
            overlay.take(change);
        }
        overlay
    }

    /// The graph with `member` a direct member of nothing.
    pub fn apart(graph: &'g Graph, member: Node) -> Self {
        let mut overlay = Self::nothing(graph);
        for edge in graph.up(member) {
            overlay.edges.insert((member, edge.place), None);
            overlay.inside.entry(edge.place).or_default().insert(member);
        }
        overlay
    }

    fn take(&mut self, change: &Change) {
        match change {
            Change::User { user, .. } => {
                if let Some(user) = self.graph.user_handle(user.as_str())
                    && self.gone.remove(&Node::User(user))
                {
                    self.access.insert(user, Access::Open);
                }
            }
            Change::UserAccess { user, access } => {
                let member = Member::User(user.clone());
                if let Some(Node::User(user)) = self.node(&member) {
                    self.access.insert(user, *access);
                }
            }
            Change::UserDeleted { user } => self.forget(&Member::User(user.clone())),
            Change::Group { group, name } => self.put(Target::Group(group.clone()), name),
            Change::GroupDeleted { group } => self.forget(&Member::Group(group.clone())),
            Change::Cluster { cluster, name, .. } => {
                self.put(Target::Cluster(cluster.clone()), name);
            }
            Change::ClusterMember(change) => self.take_membership(change),
            Change::GroupMember(change) => self.take_membership(change),
            Change::ZonePrivileges { member, privileges } => {
                if let Some(node) = self.node(member) {
                    self.zone.insert(node, *privileges);
                }
            }
            Change::Gone { .. } | Change::Note(_) => {}
        }
    }

    /// Makes sure that there is such a place.
    fn put(&mut self, target: Target, name: &str) {
        if let Some(place) = self.graph.find(target.point_at()) {
            self.gone.remove(&Node::Group(place));
        } else if let Some(place) = self.fresh_index.get(&target) {
            self.gone.remove(&Node::Group(*place));
        } else {
            let place = handle(self.bound());
            self.fresh_index.insert(target.clone(), place);
            self.fresh.push((target, name.to_owned()));
        }
    }

    fn take_membership<K: Kind>(&mut self, change: &MembershipChange<K>) {
        let target = K::target(&change.target);
        if let (Some(place), Some(member)) = (self.place(&target), self.node(&change.member)) {
            let now = if self.is_edge_cut(member, place) {
                None
            } else {
                bits_to(place, self.up_now(member))
            };
            let then = change.after.map(pack);
            if now == then {
                self.edges.remove(&(member, place));
            } else {
                self.edges.insert((member, place), then);
                self.inside.entry(place).or_default().insert(member);
            }
        }
    }

    fn forget(&mut self, member: &Member) {
        let Some(node) = self.node(member) else {
            return;
        };
        let is_end = |(member, place): &(Node, u32)| *member == node || Node::Group(*place) == node;
        self.edges.retain(|ends, _| !is_end(ends));
        self.inside.retain(|place, _| Node::Group(*place) != node);
        for members in self.inside.values_mut() {
            members.remove(&node);
        }
        if let Node::User(user) = node {
            self.access.remove(&user);
        }
        self.zone.insert(node, PrivilegeSet::NONE);
        self.cut.insert(node);
        self.gone.insert(node);
    }

    /// One handle behind the last place.
    pub fn bound(&self) -> usize {
        self.graph.places.len() + self.fresh.len()
    }

    /// The cluster or group, if it would exist.
    pub fn place(&self, target: &Target) -> Option<u32> {
        let known = self.graph.find(target.point_at());
        let place = known.or_else(|| self.fresh_index.get(target).copied())?;
        self.exists(Node::Group(place)).then_some(place)
    }

    /// The user or group, if it would exist.
    pub fn node(&self, member: &Member) -> Option<Node> {
        let node = match member {
            Member::User(_) => self.graph.node(member)?,
            Member::Group(id) => Node::Group(self.place(&Target::Group(id.clone()))?),
        };
        self.exists(node).then_some(node)
    }

    /// Whether it would exist.
    pub fn exists(&self, node: Node) -> bool {
        !self.gone.contains(&node)
    }

    /// What a place is, and its name.
    pub fn describe(&self, place: u32) -> Option<(Target, String)> {
        let cluster = |place| {
            let cluster = self.graph.cluster_at(place)?;
            Some((Target::Cluster(cluster.id.clone()), cluster.name.to_owned()))
        };
        let group = |place| {
            let group = self.graph.group_at(place)?;
            Some((Target::Group(group.id.clone()), group.name.to_owned()))
        };
        match (place as usize).checked_sub(self.graph.places.len()) {
            Some(fresh) => self.fresh.get(fresh).cloned(),
            None => cluster(place).or_else(|| group(place)),
        }
    }

    /// Whether the user could sign in.
    pub fn access(&self, user: u32) -> Access {
        let now = self.graph.people[user as usize].access;
        self.access.get(&user).copied().unwrap_or(now)
    }

    /// Whose right to sign in would be decided again.
    pub fn judged(&self) -> impl Iterator<Item = u32> {
        self.access.keys().copied()
    }

    /// What `member` may do in the whole zone by itself.
    pub fn zone(&self, node: Node) -> PrivilegeSet<ZonePrivilege> {
        let now = || match node {
            Node::User(user) => self.graph.people[user as usize].zone,
            Node::Group(group) => {
                let place = self.graph.places.get(group as usize);
                place.map_or(0, |place| place.zone)
            }
        };
        let thought = self.zone.get(&node).copied();
        thought.unwrap_or_else(|| unpack(now()))
    }

    /// What `member` would be granted in `place` by a membership of its own.
    pub fn edge(&self, member: Node, place: u32) -> Option<u32> {
        match self.edges.get(&(member, place)) {
            Some(thought) => *thought,
            None if self.is_edge_cut(member, place) => None,
            None => bits_to(place, self.up_now(member)),
        }
    }

    /// The memberships that `member` would have.
    pub fn up(&self, member: Node) -> impl Iterator<Item = Edge> {
        let stays = move |edge: &Edge| {
            !self.is_edge_cut(member, edge.place)
                && (self.edges.is_empty() || !self.edges.contains_key(&(member, edge.place)))
        };
        let thought = self.edges.range((member, 0)..=(member, u32::MAX));
        let thought = thought.filter_map(|((_, place), bits)| {
            let (place, bits) = (*place, (*bits)?);
            Some(Edge { place, bits })
        });
        self.up_now(member)
            .iter()
            .copied()
            .filter(stays)
            .chain(thought)
    }

    /// The groups that are direct members of `place`, or would be. Not all of them need be both.
    pub fn groups_about(&self, place: u32) -> impl Iterator<Item = u32> {
        let is_known = (place as usize) < self.graph.places.len();
        let now = if is_known {
            self.graph.children(place)
        } else {
            &[]
        };
        now.iter()
            .copied()
            .chain(self.thought_of(place).filter_map(|node| match node {
                Node::Group(group) => Some(group),
                Node::User(_) => None,
            }))
    }

    /// The same for users.
    pub fn users_about(&self, place: u32) -> impl Iterator<Item = u32> {
        let now = self.graph.places.get(place as usize);
        let now = now.into_iter().flat_map(|place| &place.users).copied();
        now.chain(self.thought_of(place).filter_map(|node| match node {
            Node::User(user) => Some(user),
            Node::Group(_) => None,
        }))
    }

    fn thought_of(&self, place: u32) -> impl Iterator<Item = Node> {
        self.inside.get(&place).into_iter().flatten().copied()
    }

    /// The members and places of memberships that would be otherwise; who loses all of them is not
    /// among these.
    pub fn edges(&self) -> impl Iterator<Item = (Node, u32, Option<u32>)> {
        let edges = self.edges.iter();
        edges.map(|((member, place), bits)| (*member, *place, *bits))
    }

    /// Who would have lost every membership, whether it came back or not.
    pub fn cut(&self) -> impl Iterator<Item = Node> {
        self.cut.iter().copied()
    }

    /// Every group and cluster that `member` would belong to, or belongs to, nearest first.
    pub fn above(&self, members: impl Iterator<Item = Node>, is_both: bool) -> Vec<u32> {
        let mut seen = BitSet::new(self.bound());
        let mut found = Vec::new();
        let mut enter = |node: Node, found: &mut Vec<u32>| {
            if !self.is_otherwise(node) {
                let places = self.up_now(node).iter().map(|edge| edge.place);
                found.extend(places.filter(|place| seen.insert(*place)));
                return;
            }
            let now = if is_both { self.up_now(node) } else { &[] };
            let places = now.iter().copied().chain(self.up(node));
            found.extend(
                places
                    .map(|edge| edge.place)
                    .filter(|place| seen.insert(*place)),
            );
        };
        for member in members {
            enter(member, &mut found);
        }
        let mut next = 0;
        while let Some(&place) = found.get(next) {
            enter(Node::Group(place), &mut found);
            next += 1;
        }
        found
    }

    /// The bits of every group in `place`, and [`MEMBER`]: handed down from group to group until
    /// nobody gains any more.
    pub fn spread(&self, place: u32) -> Vec<u32> {
        let mut held = vec![0; self.bound()];
        let mut waiting = Line::new(self.bound());
        let raise = |held: &mut Vec<u32>, waiting: &mut Line, group: u32, bits: u32| {
            let own = &mut held[group as usize];
            if *own | bits != *own {
                *own |= bits;
                waiting.push(group);
            }
        };
        for group in self.groups_about(place) {
            if let Some(bits) = self.edge(Node::Group(group), place) {
                raise(&mut held, &mut waiting, group, bits | MEMBER);
            }
        }
        while let Some(group) = waiting.pop() {
            let bits = held[group as usize];
            if self.cut.is_empty() && !self.inside.contains_key(&group) {
                for &child in self.graph.children(group) {
                    raise(&mut held, &mut waiting, child, bits);
                }
                continue;
            }
            for child in self.groups_about(group) {
                if self.edge(Node::Group(child), group).is_some() {
                    raise(&mut held, &mut waiting, child, bits);
                }
            }
        }
        held
    }

    /// Whether any membership of `member` may be thought to be otherwise.
    fn is_otherwise(&self, member: Node) -> bool {
        let mut own = self.edges.range((member, 0)..=(member, u32::MAX));
        !self.cut.is_empty() || own.next().is_some()
    }

    fn up_now(&self, member: Node) -> &'g [Edge] {
        match member {
            Node::Group(group) if group as usize >= self.graph.places.len() => &[],
            member => self.graph.up(member),
        }
    }

    /// Whether it would have lost every membership there is now, in it and of it.
    pub fn is_cut(&self, node: Node) -> bool {
        !self.cut.is_empty() && self.cut.contains(&node)
    }

    fn is_edge_cut(&self, member: Node, place: u32) -> bool {
        self.is_cut(member) || self.is_cut(Node::Group(place))
    }
}

/// What `member` holds in `place` by its memberships `up`, if the groups hold these bits there.
pub(super) fn sum(
    up: impl Iterator<Item = Edge>,
    place: u32,
    held: impl Fn(u32) -> u32,
) -> Option<u32> {
    let bits = up.fold(0, |sum, edge| {
        let own = if edge.place == place {
            edge.bits | MEMBER
        } else {
            0
        };
        sum | own | held(edge.place)
    });
    (bits != 0).then_some(bits & !MEMBER)
}

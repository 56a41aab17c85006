//! The effective members of one place, worked out once and then kept up with single changes.
//!
//! For each group its bits in the place, and the set of users. What a user may do is not kept: it
//! is the sum over the user's few memberships. It must not answer questions in the words of the
//! domain; `effective` and `list` do.

use super::{
    Graph,
    bits::BitSet,
    line::Line,
    overlay::{Overlay, sum},
    record::{MEMBER, Node, bits_to},
};

/// How many groups are compared at once.
const AT_ONCE: usize = 64;

/// The effective members of one place.
#[derive(Debug)]
pub(super) struct Sheet {
    place: u32,
    /// By handle of a group: its bits in the place and [`MEMBER`], or zero. Groups that were made
    /// later may lie behind the end.
    groups: Vec<u32>,
    group_count: usize,
    /// By handle of a user.
    users: BitSet,
    user_count: usize,
    /// Those bits of which it may not be so who has them. With [`MEMBER`] among them, groups may be
    /// written here that do not belong to the place any more.
    doubtful: u32,
}

impl Sheet {
    /// Works out the members of `place`.
    pub fn of(graph: &Graph, place: u32) -> Self {
        let groups = Overlay::nothing(graph).spread(place);
        let mut sheet = Self {
            place,
            group_count: groups.iter().filter(|bits| **bits != 0).count(),
            groups,
            users: BitSet::new(graph.people.len()),
            user_count: 0,
            doubtful: 0,
        };
        let inside = (0..).zip(&sheet.groups).filter(|(_, bits)| **bits != 0);
        for (group, _) in inside.chain([(place, &MEMBER)]) {
            for &user in &graph.places[group as usize].users {
                sheet.users.insert(user);
            }
        }
        sheet.user_count = sheet.users.count();
        sheet
    }

    /// Whether what is written here is so.
    pub fn is_exact(&self) -> bool {
        self.doubtful == 0
    }

    /// How many bytes it takes, about.
    pub fn size(&self) -> usize {
        size_of::<Self>() + self.groups.len() * size_of::<u32>() + self.users.size()
    }

    /// The effective users.
    pub fn users(&self) -> &BitSet {
        &self.users
    }

    /// How many effective users there are.
    pub fn user_count(&self) -> usize {
        self.user_count
    }

    /// How many effective groups there are.
    pub fn group_count(&self) -> usize {
        self.group_count
    }

    /// The handles of the effective groups, ascending.
    pub fn groups(&self) -> impl Iterator<Item = u32> {
        (0..)
            .zip(&self.groups)
            .filter_map(|(group, bits)| (*bits != 0).then_some(group))
    }

    /// Whether the group is an effective member.
    pub fn has_group(&self, group: u32) -> bool {
        self.held(group) != 0
    }

    /// The bits of a member in the place; `None` if it does not belong to it.
    pub fn bits(&self, graph: &Graph, member: Node) -> Option<u32> {
        match member {
            Node::Group(group) => {
                let held = self.held(group);
                (held != 0).then_some(held & !MEMBER)
            }
            Node::User(_) => {
                let up = graph.up(member).iter().copied();
                sum(up, self.place, |group| self.held(group))
            }
        }
    }

    /// Takes in that a membership in `place` came or was changed: from `before` to `after`.
    pub fn connected(
        &mut self,
        graph: &Graph,
        member: Node,
        place: u32,
        before: Option<u32>,
        after: u32,
    ) {
        if !self.reaches(place) {
            return;
        }
        match member {
            Node::User(user) => self.add_user(user),
            // Everything will be worked out again.
            Node::Group(_) if self.doubtful & MEMBER != 0 => {}
            // What is lost is looked for among all who have it, and what comes is handed down with it.
            Node::Group(_) if place == self.place && before.unwrap_or(0) & !after != 0 => {
                self.doubtful |= before.unwrap_or(0) ^ after;
            }
            Node::Group(group) => {
                let own = if place == self.place { after } else { 0 };
                self.raise(graph, [(group, own | MEMBER | self.held(place))]);
            }
        }
    }

    /// Takes in that a membership in `place` ended.
    pub fn disconnected(&mut self, graph: &Graph, member: Node, place: u32) {
        if !self.reaches(place) {
            return;
        }
        match member {
            Node::User(user) => self.look_again(graph, user),
            Node::Group(_) => self.doubtful = u32::MAX,
        }
    }

    /// Takes in that a user does not exist any more.
    pub fn lost_user(&mut self, user: u32) {
        if self.users.remove(user) {
            self.user_count -= 1;
        }
    }

    /// Whether members of `place` are members here.
    pub fn reaches(&self, place: u32) -> bool {
        place == self.place || self.held(place) != 0
    }

    /// Works out what is doubtful.
    pub fn renew(&mut self, graph: &Graph) {
        if self.doubtful & MEMBER == 0 {
            self.renew_bits(graph);
        } else {
            self.renew_members(graph);
        }
        self.doubtful = 0;
    }

    /// Works out again who has the doubtful bits. The groups themselves stay.
    fn renew_bits(&mut self, graph: &Graph) {
        let certain = !self.doubtful;
        for held in &mut self.groups {
            *held &= certain;
        }
        let direct = graph.children(self.place).iter();
        let own = |group: &u32| bits_to(self.place, graph.up(Node::Group(*group)));
        let direct: Vec<_> = direct
            .filter_map(|group| Some((*group, own(group)?)))
            .collect();
        self.raise(graph, direct);
    }

    /// Works out the groups again, and then the users of those that came or went.
    fn renew_members(&mut self, graph: &Graph) {
        let now = Overlay::nothing(graph).spread(self.place);
        let mut before = std::mem::replace(&mut self.groups, now);
        // There are never fewer places than before.
        before.resize(self.groups.len(), 0);
        let mut differ = Vec::new();
        let parts = before.chunks(AT_ONCE).zip(self.groups.chunks(AT_ONCE));
        for (start, (before, now)) in (0..).step_by(AT_ONCE).zip(parts) {
            let both = before.iter().zip(now);
            // Mostly none came and none went, and that is seen of many at once.
            let changed = both.clone().fold(0, |sum, (was, is)| sum | (was ^ is));
            if changed & MEMBER != 0 {
                let differing = (start..)
                    .zip(both)
                    .filter(|(_, (was, is))| (*was ^ *is) & MEMBER != 0);
                differ.extend(differing.map(|(group, (was, _))| (group, *was == 0)));
            }
        }
        for (group, is) in differ {
            self.group_count = if is {
                self.group_count + 1
            } else {
                self.group_count - 1
            };
            for &user in &graph.places[group].users {
                if is {
                    self.add_user(user);
                } else {
                    self.look_again(graph, user);
                }
            }
        }
    }

    fn held(&self, group: u32) -> u32 {
        self.groups.get(group as usize).copied().unwrap_or(0)
    }

    /// Hands bits to groups, and to everything below them that gains by it.
    fn raise(&mut self, graph: &Graph, gains: impl IntoIterator<Item = (u32, u32)>) {
        if self.groups.len() < graph.places.len() {
            self.groups.resize(graph.places.len(), 0);
        }
        let mut waiting = Line::new(self.groups.len());
        for (group, bits) in gains {
            self.gain(graph, group, bits, &mut waiting);
        }
        while let Some(group) = waiting.pop() {
            let bits = self.held(group);
            for &child in graph.children(group) {
                self.gain(graph, child, bits, &mut waiting);
            }
        }
    }

    /// Hands bits to one group, which waits to hand them on if it did not have all of them.
    fn gain(&mut self, graph: &Graph, group: u32, bits: u32, waiting: &mut Line) {
        let held = &mut self.groups[group as usize];
        let before = *held;
        if before | bits == before {
            return;
        }
        *held |= bits;
        waiting.push(group);
        if before == 0 {
            self.group_count += 1;
            for &user in &graph.places[group as usize].users {
                self.add_user(user);
            }
        }
    }

    fn add_user(&mut self, user: u32) {
        if self.users.insert(user) {
            self.user_count += 1;
        }
    }

    fn look_again(&mut self, graph: &Graph, user: u32) {
        let up = graph.up(Node::User(user));
        if !up.iter().any(|edge| self.reaches(edge.place)) {
            self.lost_user(user);
        }
    }
}

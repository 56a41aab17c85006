//! What two graphs say differently. Both should have come to the same by different ways: one by the
//! event feed, the other from the tables.
//!
//! Handles mean nothing outside their graph, so everything is compared by its identifier.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Graph,
    record::{Edge, Node, Sort, unpack},
};
use crate::domain::{ClusterPrivilege, GroupPrivilege, ZonePrivilege};

/// Something that one graph knows otherwise than another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is about, such as `user joe, membership in cluster krakow`.
    pub what: String,
    /// What the one says, if it knows of it.
    pub one: Option<String>,
    /// What the other says, if it knows of it.
    pub other: Option<String>,
}

/// What a graph says about one thing, by what it is about.
type Facts = BTreeMap<String, String>;

/// The handles of all things of one kind, by identifier.
type Known<'g> = BTreeMap<&'g str, u32>;

impl Graph {
    /// The first differences, at most `most` of them.
    pub fn differences(&self, other: &Self, most: usize) -> Vec<Difference> {
        let mut found = Found {
            pair: [self, other],
            differences: Vec::new(),
            most,
        };
        found.compare("user", Self::known_users, Self::facts_of_person);
        found.compare("group", Self::known_groups, Self::facts_of_place);
        found.compare("cluster", Self::known_clusters, Self::facts_of_place);
        found.differences
    }

    fn known_users(&self) -> Known<'_> {
        let users = self.user_index.iter();
        users.map(|user| (self.user_ids()(user), user)).collect()
    }

    fn known_groups(&self) -> Known<'_> {
        let groups = self.group_index.iter();
        groups
            .map(|group| (self.place_ids()(group), group))
            .collect()
    }

    fn known_clusters(&self) -> Known<'_> {
        let clusters = self.cluster_index.iter();
        clusters
            .map(|cluster| (self.place_ids()(cluster), cluster))
            .collect()
    }

    fn facts_of_person(&self, handle: u32) -> Facts {
        let user = self.user_at(handle);
        let zone = unpack::<ZonePrivilege>(self.people[handle as usize].zone);
        let mut facts = Facts::from([
            ("name".to_owned(), user.name.to_owned()),
            (
                "username".to_owned(),
                user.username.unwrap_or_default().to_owned(),
            ),
            ("access".to_owned(), format!("{:?}", user.access)),
            ("zone privileges".to_owned(), format!("{zone:?}")),
        ]);
        for edge in self.up(Node::User(handle)) {
            let users = &self.places[edge.place as usize].users;
            let is_known = users.binary_search(&handle).is_ok();
            facts.extend([self.fact_of_edge(Node::User(handle), *edge, is_known)]);
        }
        facts
    }

    fn facts_of_place(&self, handle: u32) -> Facts {
        let place = &self.places[handle as usize];
        let zone = unpack::<ZonePrivilege>(place.zone);
        let groups = self.children(handle).len();
        let mut facts = Facts::from([
            ("name".to_owned(), self.text(place.name).to_owned()),
            ("zone privileges".to_owned(), format!("{zone:?}")),
            // Which ones is compared from their side.
            ("number of users".to_owned(), place.users.len().to_string()),
            ("number of groups".to_owned(), groups.to_string()),
        ]);
        if let Sort::Cluster { domain, .. } = &place.sort {
            facts.insert("domain".to_owned(), domain.to_string());
        }
        for edge in self.up(Node::Group(handle)) {
            let groups = self.children(edge.place);
            let is_known = groups.binary_search(&handle).is_ok();
            facts.extend([self.fact_of_edge(Node::Group(handle), *edge, is_known)]);
        }
        facts
    }

    /// A membership, and whether its other end knows of it too.
    fn fact_of_edge(&self, member: Node, edge: Edge, is_known: bool) -> (String, String) {
        let place = &self.places[edge.place as usize];
        let (kind, privileges) = match place.sort {
            Sort::Group(_) => (
                "group",
                format!("{:?}", unpack::<GroupPrivilege>(edge.bits)),
            ),
            Sort::Cluster { .. } => {
                let privileges = unpack::<ClusterPrivilege>(edge.bits);
                ("cluster", format!("{privileges:?}"))
            }
        };
        let end = self.ends.get(member, edge.place);
        let end = end.map_or_else(String::new, |end| format!(" until {end}"));
        let half = if is_known { "" } else { " at one end" };
        (
            format!("membership in {kind} {}", place.id()),
            format!("{privileges}{end}{half}"),
        )
    }
}

struct Found<'g> {
    pair: [&'g Graph; 2],
    differences: Vec<Difference>,
    most: usize,
}

impl<'g> Found<'g> {
    /// Compares everything of one kind, until there is enough.
    fn compare(
        &mut self,
        kind: &str,
        known: impl Fn(&'g Graph) -> Known<'g>,
        facts: impl Fn(&Graph, u32) -> Facts,
    ) {
        let [one, other] = self.pair;
        let (known_to_one, known_to_other) = (known(one), known(other));
        let ids: BTreeSet<_> = known_to_one.keys().chain(known_to_other.keys()).collect();
        for id in ids {
            let of_one = known_to_one.get(id).map(|handle| facts(one, *handle));
            let of_other = known_to_other.get(id).map(|handle| facts(other, *handle));
            self.note(&format!("{kind} {id}"), of_one, of_other);
            if self.differences.len() >= self.most {
                self.differences.truncate(self.most);
                return;
            }
        }
    }

    fn note(&mut self, what: &str, one: Option<Facts>, other: Option<Facts>) {
        let (Some(one), Some(other)) = (&one, &other) else {
            let known = |facts: Option<Facts>| facts.map(|_| "it exists".to_owned());
            self.differences.push(Difference {
                what: what.to_owned(),
                one: known(one),
                other: known(other),
            });
            return;
        };
        let keys: BTreeSet<_> = one.keys().chain(other.keys()).collect();
        let differing = keys
            .into_iter()
            .filter(|key| one.get(*key) != other.get(*key));
        self.differences.extend(differing.map(|key| Difference {
            what: format!("{what}, {key}"),
            one: one.get(key).cloned(),
            other: other.get(key).cloned(),
        }));
    }
}

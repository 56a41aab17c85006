//! The same question as a policy of Cedar: users and groups are entities, a grant is a policy. It has no
//! question for how many there are.

use std::{
    collections::{HashMap, HashSet},
    fmt::Write as _,
    time::Instant,
};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid,
    PolicySet, Request,
};

use crate::{
    Answers,
    chance::id,
    each, holds,
    results::Done,
    zone::{Edge, Zone},
};

/// Makes the entities and policies, and asks.
pub fn ask(zone: &Zone, asked: &[u32]) -> Done<Answers> {
    let start = Instant::now();
    let (users, groups) = (Kind::named("User", "user")?, Kind::named("Group", "group")?);
    let all_groups = users_or_groups(&groups, zone.groups, &groups, &zone.group_groups);
    let all_users = users_or_groups(&users, zone.size.users, &groups, &zone.group_users);
    let entities = Entities::from_entities(all_groups.chain(all_users), None)?;
    let policies = policies(zone)?;
    let load = start.elapsed();
    let action: EntityUid = "Action::\"view\"".parse()?;
    let cluster: EntityUid = "Cluster::\"0\"".parse()?;
    let authorizer = Authorizer::new();
    let (checked, check) = each(asked, |number| {
        let request = Request::new(
            users.uid(number),
            action.clone(),
            cluster.clone(),
            Context::empty(),
            None,
        )?;
        let answer = authorizer.is_authorized(&request, &policies, &entities);
        Ok(answer.decision() == Decision::Allow)
    })?;
    Ok(Answers {
        load: Some(load),
        checked,
        check,
        counted: None,
        count: None,
    })
}

/// Users or groups, by number.
struct Kind {
    name: EntityTypeName,
    id: &'static str,
}

impl Kind {
    fn named(name: &str, id: &'static str) -> Done<Self> {
        let name = name.parse()?;
        Ok(Self { name, id })
    }

    fn uid(&self, number: u32) -> EntityUid {
        EntityUid::from_type_name_and_id(self.name.clone(), EntityId::new(id(self.id, number)))
    }
}

/// As many of a kind, each in its groups.
fn users_or_groups(
    kind: &Kind,
    count: u32,
    groups: &Kind,
    edges: &[Edge],
) -> impl Iterator<Item = Entity> {
    let mut above: HashMap<u32, HashSet<EntityUid>> = HashMap::new();
    for edge in edges {
        let place = above.entry(edge.member).or_default();
        place.insert(groups.uid(edge.target));
    }
    (0..count).map(move |number| {
        let above = above.remove(&number).unwrap_or_default();
        Entity::new_no_attrs(kind.uid(number), above)
    })
}

/// One for each grant in the first cluster. Those of the others are left out: whoever uses Cedar would look
/// for them by cluster, too.
fn policies(zone: &Zone) -> Done<PolicySet> {
    let mut text = String::new();
    for (edges, kind, relation) in [
        (&zone.cluster_groups, "group", "in Group"),
        (&zone.cluster_users, "user", "== User"),
    ] {
        let granted = |edge: &&Edge| edge.target == 0 && holds(edge.bits.cast_signed());
        for edge in edges.iter().filter(granted) {
            let member = id(kind, edge.member);
            writeln!(
                text,
                "permit(principal {relation}::\"{member}\", action == Action::\"view\", \
                 resource == Cluster::\"0\");"
            )?;
        }
    }
    Ok(text.parse()?)
}

//! Lists (RFC 7644 §3.4.2): filtered, ordered, and cut into pages.
//!
//! Whatever the filter, a list takes a bounded number of queries: one to find by key, or one for what
//! the graph does not know of everybody; and one for the records of the page.

use std::collections::{HashMap, HashSet};

use scim_v2::filter::PatchPath;
use serde_json::{Map, Value, json};

use super::{
    ScimError,
    attribute::Attribute,
    filter::{Filter, Key},
    patch::read_path,
    resource::{LIST_RESPONSE, ResourceKind},
    show::{Links, Projection, Record, may_see_related, show},
    subject::Subject,
};
use crate::{
    domain::{Member, Page, SortKey, ZonePrivilege},
    graph::{Graph, Reach},
    service::{Caller, Error, Reading},
    store::{self, Conn, Found, Provisioned},
};

/// How many resources a page has if no number is asked for.
const USUAL: usize = 100;
/// How many it has at most.
pub const MOST: usize = 500;

/// A page ends early when this many members are in it; the next one begins where it ended.
const MOST_RELATED: usize = 20_000;
/// How many conditions are tried on how many resources at most, taken together.
const MOST_TRIALS: usize = 5_000_000;

/// What a client asks of a list.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// What to look for.
    pub filter: Option<String>,
    /// The attribute to order by.
    pub sort_by: Option<String>,
    /// `ascending` or `descending`.
    pub sort_order: Option<String>,
    /// The number of the first one, from 1.
    pub start_index: Option<i64>,
    /// How many at most.
    pub count: Option<i64>,
    /// Which attributes.
    pub projection: Projection,
}

impl Query {
    /// Reads a `SearchRequest` (RFC 7644 §3.4.3).
    ///
    /// # Errors
    /// [`ScimError::Value`] for a value of the wrong type.
    pub fn of_body(body: &Map<String, Value>) -> Result<Self, ScimError> {
        let wrong = |key: &str| ScimError::Value(format!("{key} is of another type"));
        let text = |key: &str| match body.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(wrong(key)),
        };
        let number = |key: &str| match body.get(key) {
            None | Some(Value::Null) => Ok(None),
            // As in a query, where there are only texts.
            Some(Value::String(text)) => text.parse().map(Some).map_err(|_| wrong(key)),
            Some(value) => value.as_i64().map(Some).ok_or_else(|| wrong(key)),
        };
        let names = |key: &str| match body.get(key) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(names)) => {
                let names: Option<Vec<_>> = names.iter().map(Value::as_str).collect();
                names.ok_or_else(|| wrong(key))
            }
            Some(_) => Err(wrong(key)),
        };
        let (only, without) = (names("attributes")?, names("excludedAttributes")?);
        Ok(Self {
            filter: text("filter")?,
            sort_by: text("sortBy")?,
            sort_order: text("sortOrder")?,
            start_index: number("startIndex")?,
            count: number("count")?,
            projection: Projection::of(only.into_iter(), without.into_iter()),
        })
    }
}

/// Whether the caller may list all users, or all groups, with what there is to say about them.
pub fn check_may_list(caller: &Caller<'_>, kind: ResourceKind) -> Result<(), Error> {
    caller.user()?;
    caller.require_in_zone(match kind {
        ResourceKind::User => &[ZonePrivilege::UsersList, ZonePrivilege::UsersView],
        ResourceKind::Group => &[ZonePrivilege::GroupsList, ZonePrivilege::GroupsView],
    })
}

/// One page of users or groups.
///
/// # Errors
/// [`ScimError::Filter`], or [`ScimError::Value`] for an order by something unknown.
pub fn list(
    r: &mut Reading<'_>,
    kind: ResourceKind,
    query: &Query,
    links: &Links,
) -> Result<Value, Error> {
    check_may_list(&r.caller, kind)?;
    let filter = query
        .filter
        .as_deref()
        .map(|text| Filter::parse(kind, text))
        .transpose()?;
    let order = query
        .sort_by
        .as_deref()
        .map(|name| order_by(kind, name))
        .transpose()?;
    let mut found = found(r, kind, filter.as_ref(), order)?;
    if let Some("descending") = query.sort_order.as_deref() {
        found.reverse();
    }
    let first = query.start_index.unwrap_or(1).max(1);
    let skip = usize::try_from(first - 1).unwrap_or(usize::MAX);
    let count = match query.count {
        None => USUAL,
        Some(count) => usize::try_from(count).unwrap_or(0).min(MOST),
    };
    let total = found.len();
    let page: Vec<Member> = found.into_iter().skip(skip).take(count).collect();
    let mut resources = Vec::with_capacity(page.len());
    let mut related = 0;
    for record in &records(r.conn, &page)? {
        let shows_related = may_see_related(&r.caller, &record.member());
        let shown = show(
            r.caller.graph,
            record,
            shows_related,
            links,
            &query.projection,
        );
        related += shown.related;
        resources.push(shown.body);
        if related > MOST_RELATED {
            break;
        }
    }
    Ok(json!({
        "schemas": [LIST_RESPONSE], "totalResults": total, "startIndex": first,
        "itemsPerPage": resources.len(), "Resources": resources,
    }))
}

/// How the one who asks sees everybody.
struct View<'a> {
    graph: &'a Graph,
    provisioned: &'a HashMap<Member, Provisioned>,
    shows_related: bool,
}

impl<'a> View<'a> {
    fn of<'m>(&self, member: &'m Member) -> Subject<'m>
    where
        'a: 'm,
    {
        Subject {
            member,
            graph: self.graph,
            provisioned: self.provisioned.get(member),
            shows_related: self.shows_related,
        }
    }
}

/// Everybody who matches, in order.
fn found(
    r: &mut Reading<'_>,
    kind: ResourceKind,
    filter: Option<&Filter>,
    order: Option<Attribute>,
) -> Result<Vec<Member>, Error> {
    let graph = r.caller.graph;
    let keys = filter.and_then(Filter::keys);
    let is_found_by_key = keys.is_some();
    let mut found = match keys {
        Some(keys) => by_keys(r.conn, graph, kind, keys)?,
        None => everything(graph, kind),
    };
    if filter.is_some_and(|filter| filter.size().saturating_mul(found.len()) > MOST_TRIALS) {
        return Err(ScimError::TooMany.into());
    }
    let needs_records = filter.is_some_and(Filter::needs_records)
        || matches!(order, Some(Attribute::ExternalId | Attribute::Created));
    let provisioned: HashMap<Member, Provisioned> = if !needs_records {
        HashMap::new()
    } else if is_found_by_key && found.len() <= MOST {
        let few = records(r.conn, &found)?.into_iter();
        few.map(|record| (record.member(), record.provisioned()))
            .collect()
    } else {
        let all = store::provisioned(r.conn, kind == ResourceKind::Group)?;
        all.into_iter().collect()
    };
    let related = match kind {
        ResourceKind::User => ZonePrivilege::UsersListRelationships,
        ResourceKind::Group => ZonePrivilege::GroupsListRelationships,
    };
    let view = View {
        graph,
        provisioned: &provisioned,
        shows_related: r.caller.holds_in_zone(&[related]),
    };
    if let Some(filter) = filter {
        found.retain(|member| filter.matches(&view.of(member)));
    }
    match order {
        None | Some(Attribute::Name) => {}
        Some(Attribute::Active) => found.sort_by_key(|member| view.of(member).active()),
        Some(Attribute::Created) => found.sort_by_key(|member| view.of(member).created()),
        Some(attribute) => found.sort_by_cached_key(|member| {
            // What has no value comes last (RFC 7644 §3.4.2.3).
            let text = view
                .of(member)
                .text(attribute)
                .map(|text| SortKey::of(&text));
            (text.is_none(), text)
        }),
    }
    Ok(found)
}

/// Everybody, by name.
fn everything(graph: &Graph, kind: ResourceKind) -> Vec<Member> {
    let page = Page::everything();
    // Everything has no cursor that could be unknown.
    match kind {
        ResourceKind::User => graph
            .users(&page)
            .into_iter()
            .flat_map(|slice| slice.items)
            .map(|user| Member::User(user.id.clone()))
            .collect(),
        ResourceKind::Group => graph
            .groups(&page)
            .into_iter()
            .flat_map(|slice| slice.items)
            .map(|group| Member::Group(group.id.clone()))
            .collect(),
    }
}

/// Everybody who is found by one of these keys, by name; one query for each kind of key.
fn by_keys(
    conn: &mut Conn,
    graph: &Graph,
    kind: ResourceKind,
    keys: Vec<Key>,
) -> Result<Vec<Member>, Error> {
    let mut found = HashSet::new();
    let (mut names, mut external_ids) = (Vec::new(), Vec::new());
    for key in keys {
        match key {
            Key::Id(id) => found.extend(kind.member(&id).filter(|one| graph.has_member(one))),
            Key::UserName(name) => names.push(name),
            Key::ExternalId(id) => external_ids.push(id),
            Key::Related(id) => found.extend(with_related(graph, kind, &id)),
        }
    }
    if !names.is_empty() {
        found.extend(store::find(conn, Found::UsersByKey(&names))?);
    }
    if !external_ids.is_empty() {
        let by = match kind {
            ResourceKind::User => Found::UsersByExternalId(&external_ids),
            ResourceKind::Group => Found::GroupsByExternalId(&external_ids),
        };
        found.extend(store::find(conn, by)?);
    }
    let name = |member: &Member| match member {
        Member::User(id) => graph.user(id).map(|user| user.name),
        Member::Group(id) => graph.group(id).map(|group| group.name),
    };
    let mut found: Vec<Member> = found.into_iter().collect();
    found.sort_by_cached_key(|one| (name(one).map(SortKey::of), one.id().to_owned()));
    Ok(found)
}

/// The groups that have a direct member `id`, or the users directly in the group `id`.
fn with_related(graph: &Graph, kind: ResourceKind, id: &str) -> Vec<Member> {
    match kind {
        ResourceKind::User => ResourceKind::Group
            .member(id)
            .into_iter()
            .flat_map(|group| match group {
                Member::Group(group) => graph
                    .direct_members(&group)
                    .map(|one| one.member())
                    .filter(|one| matches!(one, Member::User(_)))
                    .collect(),
                Member::User(_) => Vec::new(),
            })
            .collect(),
        ResourceKind::Group => ResourceKind::ALL
            .into_iter()
            .filter_map(|kind| kind.member(id))
            .flat_map(|member| graph.groups_with(&member, Reach::Direct))
            .map(|group| Member::Group(group.id.clone()))
            .collect(),
    }
}

/// The records of a page, in its order. Whoever was deleted a moment ago is not there any more.
fn records(conn: &mut Conn, page: &[Member]) -> Result<Vec<Record>, Error> {
    let (mut users, mut groups) = (Vec::new(), Vec::new());
    for member in page {
        match member {
            Member::User(id) => users.push(id),
            Member::Group(id) => groups.push(id),
        }
    }
    let mut records: HashMap<Member, Record> = HashMap::with_capacity(page.len());
    if !users.is_empty() {
        let all = store::users_by_id(conn, &users)?
            .into_iter()
            .map(Record::User);
        records.extend(all.map(|record| (record.member(), record)));
    }
    if !groups.is_empty() {
        let all = store::groups_by_id(conn, &groups)?
            .into_iter()
            .map(Record::Group);
        records.extend(all.map(|record| (record.member(), record)));
    }
    Ok(page
        .iter()
        .filter_map(|member| records.remove(member))
        .collect())
}

fn order_by(kind: ResourceKind, name: &str) -> Result<Attribute, ScimError> {
    let attribute = match read_path(name) {
        Ok(PatchPath::Attr(path)) => Attribute::find(kind, &path),
        _ => None,
    };
    match attribute {
        None | Some(Attribute::Related(_)) => Err(ScimError::Value(format!(
            "nothing can be ordered by {}",
            super::error::shown(name)
        ))),
        Some(attribute) => Ok(attribute),
    }
}

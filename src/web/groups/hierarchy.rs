//! The hierarchy page: a group in the middle, the groups it is in on one side, those in it on the
//! other, each of which can be opened further.
//!
//! A group is opened once, where it comes first, and never inside itself; so neither cycles nor
//! diamonds make the page grow without end.

use std::collections::HashSet;

use actix_web::{HttpRequest, HttpResponse, web::Path};

use super::tree::{Branch, Centre, Fold, HierarchyPage, HierarchyState, Node, Tool};
use crate::{
    domain::{Folded, Group, GroupId, GroupType, Invitee, Member, Page, TargetKind},
    service::{Caller, Error, GroupRef, Reach, Reading, Way, groups, members, tokens},
    web::{
        ask::Ask,
        body::Query,
        fault::Fault,
        frame::{self, control},
        members::back_to,
        reply::{look_and_show, screen},
        sidebar::Submenu,
    },
};

screen!(HierarchyPage, "hierarchy" => as_hierarchy);

/// How many groups are shown beside each other.
const BESIDE: usize = 15;
/// How many groups can be open at once, so that a link cannot ask for an endless page.
const OPEN: usize = 20;

/// `GET /groups/{id}/hierarchy`.
pub async fn get(
    request: HttpRequest,
    ask: Ask,
    id: Path<GroupId>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let state = state(id.into_inner(), &query);
    look_and_show(&request, &ask, move |r| build(r, state)).await
}

fn state(centre: GroupId, query: &Query) -> HierarchyState {
    let ids = |name| {
        let ids = query.all(name).filter_map(|id: &str| id.parse().ok());
        ids.take(OPEN).collect()
    };
    let text = |name| query.get(name).map(ToOwned::to_owned);
    HierarchyState {
        centre,
        up: ids("up"),
        down: ids("down"),
        search: query.get("q").unwrap_or_default().trim().to_owned(),
        parents_after: text("parents_after"),
        children_after: text("children_after"),
    }
}

fn build(r: &mut Reading<'_>, state: HierarchyState) -> Result<HierarchyPage, Error> {
    let id = state.centre.clone();
    members::check_may_see::<Group>(&r.caller, &id)?;
    let group = r.caller.graph.group(&id).ok_or(Error::NotFound)?;
    let layout = frame::group_layout(
        r,
        &format!("Hierarchy of {}", group.name),
        Some((&id, Submenu::Hierarchy)),
    )?
    .following(frame::page_of::<Group>(r, &id));
    let mut builder = Builder {
        r,
        state: &state,
        opened: HashSet::new(),
        kinds: Vec::new(),
    };
    let parents = builder.first(Way::Up)?;
    builder.opened.clear();
    let children = builder.first(Way::Down)?;
    let kind_ids = builder.kinds;
    let centre = Centre {
        name: group.name.to_owned(),
        you: is_direct(&r.caller, &id),
        tools: tools(&r.caller, &id),
        id: id.clone(),
        kind: GroupType::default(),
    };
    let mut page = HierarchyPage {
        layout,
        centre,
        parents,
        children,
        state,
    };
    let ids: Vec<&GroupId> = kind_ids.iter().chain([&id]).collect();
    let kinds = groups::kinds(r, &ids)?;
    let kind = |id: &GroupId| kinds.get(id).copied().unwrap_or_default();
    page.centre.kind = kinds.get(&id).copied().unwrap_or_default();
    page.parents.tell_kinds(&kind);
    page.children.tell_kinds(&kind);
    Ok(page)
}

fn is_direct(caller: &Caller<'_>, group: &GroupId) -> bool {
    caller.who.user().is_some_and(|user| {
        let you = Member::User(user.clone());
        caller
            .graph
            .direct_privileges::<Group>(group, &you)
            .is_some()
    })
}

/// What is needed to build one side after the other.
struct Builder<'r, 'g> {
    r: &'r Reading<'g>,
    state: &'r HierarchyState,
    /// Which groups were opened on this side already.
    opened: HashSet<GroupId>,
    /// Which groups are shown, to ask for their types at once.
    kinds: Vec<GroupId>,
}

impl Builder<'_, '_> {
    /// What is next to the group in the middle, or whatever matches the search at any depth.
    fn first(&mut self, way: Way) -> Result<Branch, Error> {
        let after = match way {
            Way::Up => &self.state.parents_after,
            Way::Down => &self.state.children_after,
        };
        let page = Page {
            limit: BESIDE,
            after: after.as_deref().map(Into::into),
            search: Folded::of(&self.state.search),
        };
        let centre = self.state.centre.clone();
        self.opened.insert(centre.clone());
        let key = match way {
            Way::Up => "u",
            Way::Down => "d",
        };
        let mut path = vec![centre.clone()];
        let mut branch = self.branch(&centre, way, &page, &mut path, key)?;
        branch.first = after.is_some().then(|| self.state.from_start(way).url());
        Ok(branch)
    }

    fn branch(
        &mut self,
        of: &GroupId,
        way: Way,
        page: &Page,
        path: &mut Vec<GroupId>,
        key: &str,
    ) -> Result<Branch, Error> {
        let graph = self.r.caller.graph;
        let empty = Branch {
            what: match way {
                Way::Up => "parents",
                Way::Down => "children",
            },
            of: graph.group(of).map_or("-", |group| group.name).to_owned(),
            key: key.to_owned(),
            ..Branch::default()
        };
        let reach = if page.search.is_empty() {
            Reach::Direct
        } else {
            Reach::Effective
        };
        let found = match groups::neighbours(self.r, of, way, reach, page) {
            Ok(found) => found,
            Err(refused @ Error::Forbidden(_)) => {
                return Ok(Branch {
                    forbidden: Some(refused.to_string()),
                    ..empty
                });
            }
            Err(other) => return Err(other),
        };
        let more = found.items.last().filter(|_| found.more).map(|last| {
            let state = self.state.behind(of, way, last.id);
            let rest = found.total - found.items.len();
            (rest, state.url())
        });
        let mut nodes = Vec::new();
        for (number, group) in found.items.iter().enumerate() {
            nodes.push(self.node(of, group, way, path, format!("{key}-{number}"))?);
        }
        Ok(Branch {
            nodes,
            // On later pages it is not known how many there are before.
            more: more.map(|(rest, url)| (page.after.is_none().then_some(rest), url)),
            total: found.total,
            ..empty
        })
    }

    fn node(
        &mut self,
        of: &GroupId,
        group: &GroupRef<'_>,
        way: Way,
        path: &mut Vec<GroupId>,
        key: String,
    ) -> Result<Node, Error> {
        let id = group.id.clone();
        self.kinds.push(id.clone());
        let fold = self.fold(&id, way, path);
        let branch = if matches!(fold, Fold::Open(_)) {
            self.opened.insert(id.clone());
            path.push(id.clone());
            let page = Page {
                limit: BESIDE,
                after: None,
                search: Folded::default(),
            };
            let branch = self.branch(&id, way, &page, path, &key)?;
            path.pop();
            Some(branch)
        } else {
            None
        };
        let (parent, child) = match way {
            Way::Up => (&id, of),
            Way::Down => (of, &id),
        };
        Ok(Node {
            name: group.name.to_owned(),
            kind: GroupType::default(),
            you: is_direct(&self.r.caller, &id),
            tools: tools(&self.r.caller, &id),
            line: line(&self.r.caller, parent, child),
            fold,
            branch,
            key,
            id,
        })
    }

    /// Whether there is more behind a group, and how to see it.
    fn fold(&self, id: &GroupId, way: Way, path: &[GroupId]) -> Fold {
        if path.contains(id) {
            return Fold::Loop;
        }
        let caller = &self.r.caller;
        if let Err(refused) = members::check_may_list::<Group>(caller, id) {
            return Fold::Forbidden(refused.to_string());
        }
        let count = match way {
            Way::Up => {
                let member = Member::Group(id.clone());
                caller.graph.groups_with(&member, Reach::Direct).len()
            }
            Way::Down => caller.graph.direct_groups::<Group>(id),
        };
        let is_open = self.state.open(way).contains(id);
        match (count, is_open) {
            (0, _) => Fold::Nothing,
            (_, true) if self.opened.contains(id) => Fold::Elsewhere,
            (_, true) => Fold::Open(self.state.toggled(way, id).url()),
            (count, false) => Fold::Closed(count, self.state.toggled(way, id).url()),
        }
    }
}

/// What can be done with a group; nothing for those who have no access to it.
fn tools(caller: &Caller<'_>, id: &GroupId) -> Vec<Tool> {
    if members::check_may_see::<Group>(caller, id).is_err() {
        return Vec::new();
    }
    let home = format!("/groups/{id}");
    let tool = |label, path: &str, control| Tool::new(label, format!("{home}{path}"), control);
    let own = if is_direct(caller, id) {
        tool("Leave", "/members/leave", control(Ok(())))
    } else {
        let may = members::check_may_join::<Group>(caller, id);
        tool("Join", "/members/join", control(may))
    };
    let create_child = groups::check_may_create_in::<Group>(caller, id);
    let create_parent = groups::check_may_create_parent(caller, id);
    let add = members::check_may_add_groups::<Group>(caller, id);
    let rename = groups::check_may_modify(caller, id);
    let remove = groups::check_may_delete(caller, id);
    let invite = members::check_may_invite::<Group>(caller, id, Invitee::Group);
    let speak = tokens::check_may_speak_for(caller, id, TargetKind::Group);
    vec![
        Tool::page("View group", format!("{home}/hierarchy")),
        Tool::page("View members", format!("{home}/members")),
        tool(
            "Create child group",
            "/members/create",
            control(create_child),
        ),
        tool(
            "Create parent group",
            "/parents/new",
            control(create_parent),
        ),
        tool(
            "Add one of your groups as child",
            "/members/add",
            control(add),
        ),
        Tool {
            control: control(invite),
            ..Tool::page(
                "Invite group using token",
                format!(
                    "{home}/members/invite?what=group&{}",
                    back_to(&format!("{home}/hierarchy"))
                ),
            )
        },
        Tool {
            control: control(speak),
            ..Tool::page(
                "Join to group using token",
                format!("/tokens/consume?group={id}"),
            )
        },
        tool("Rename", "/edit", control(rename)),
        own,
        tool("Remove", "/remove", control(remove)),
    ]
}

/// What can be done about the membership of `child` in `parent`; nothing if it is not a direct one.
fn line(caller: &Caller<'_>, parent: &GroupId, child: &GroupId) -> Vec<Tool> {
    let member = Member::Group(child.clone());
    if caller
        .graph
        .direct_privileges::<Group>(parent, &member)
        .is_none()
    {
        return Vec::new();
    }
    let modify = members::check_may_see_privileges::<Group>(caller, parent, &member);
    let remove = members::check_may_end::<Group>(caller, parent, &member);
    let page = format!("/groups/{parent}/members");
    let tool = |label, path: &str, control| {
        Tool::new(label, format!("{page}{path}"), control).about(&member)
    };
    vec![
        tool("Modify privileges", "/privileges", control(modify)),
        tool("Remove relation", "/remove", control(remove)),
    ]
}

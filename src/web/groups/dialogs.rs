//! The dialogs about groups: what they ask, and what they say will happen.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Path};

use super::view::{AddGroupPage, Candidate, EditPage, RemoveGroupPage};
use crate::{
    domain::{Action, Group, GroupId, GroupType, Kind as _, Member, Page, Slice},
    service::{Counts, Error, Input, Reading, groups, members},
    web::{
        ask::Ask,
        body::Query,
        fault::Fault,
        frame::{self, control},
        layout::{API, Control, Field},
        members::{
            back_to, labels,
            target::{Shown, view_of},
        },
        reply::{look_and_show, screen, show, show_as},
        sidebar::Submenu,
        wanted::Wanted,
    },
};

screen!(EditPage, "dialog-content" | "dialog-form" => as_dialog);
screen!(RemoveGroupPage, "dialog-content" | "dialog-form" => as_dialog);
screen!(
    AddGroupPage,
    "dialog-content" | "dialog-form" => as_dialog,
    "candidates" => as_list,
    "candidates-more" => as_rows,
);

/// How many groups a dialog offers at once.
const OFFERED: usize = 10;

/// The query as what a form may have sent before: what was typed is shown again.
fn typed(query: &Query) -> (Field, GroupType) {
    let name = Field::holding(query.get("name").unwrap_or_default());
    let kind = query.get("type").and_then(GroupType::parse);
    (name, kind.unwrap_or_default())
}

/// Shows a dialog again with what was typed, if only the name was bad.
pub async fn again(
    request: &HttpRequest,
    ask: &Ask,
    fault: Fault,
    typed: &Input,
    page: impl FnOnce(&mut Reading<'_>, &Query) -> Result<EditPage, Error> + Send + 'static,
) -> Result<HttpResponse, Fault> {
    let refused = match fault {
        Fault::Refused(refused @ Error::BadName(_)) if ask.wanted != Wanted::Json => refused,
        other => return Err(other),
    };
    let query = Query::of_form(typed);
    let mut page = ask.read(move |r| page(r, &query)).await?;
    page.name.error = Some(refused.to_string());
    show_as(StatusCode::BAD_REQUEST, request, ask, page)
}

/// `GET /groups/new`.
pub async fn new(request: HttpRequest, ask: Ask, query: Query) -> Result<HttpResponse, Fault> {
    look_and_show(&request, &ask, move |r| new_page(r, &query)).await
}

/// The dialog that makes a group of one's own.
pub fn new_page(r: &mut Reading<'_>, query: &Query) -> Result<EditPage, Error> {
    r.caller.user()?;
    let (name, kind) = typed(query);
    Ok(EditPage {
        layout: frame::group_layout(r, "Create new group", None)?,
        title: "Create new group",
        text: "You become its first member and hold every privilege in it.".to_owned(),
        back: query.back("/groups"),
        forbidden: None,
        action: format!("{API}/user/groups"),
        exists: false,
        name,
        kind,
    })
}

/// `GET …/members/create`.
pub async fn new_in<K: Shown>(
    request: HttpRequest,
    ask: Ask,
    id: Path<K::Id>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    look_and_show(&request, &ask, move |r| new_in_page::<K>(r, &id, &query)).await
}

/// The dialog that makes a group inside a cluster or group.
pub fn new_in_page<K: Shown>(
    r: &mut Reading<'_>,
    id: &K::Id,
    query: &Query,
) -> Result<EditPage, Error> {
    let target = view_of::<K>(r.caller.graph, id)?;
    members::check_may_see::<K>(&r.caller, id)?;
    let forbidden = groups::check_may_create_in::<K>(&r.caller, id).err();
    let (name, kind) = typed(query);
    Ok(EditPage {
        layout: K::layout(r, K::CREATE_GROUP, id)?,
        title: K::CREATE_GROUP,
        text: format!(
            "The new group becomes a member of {} “{}”, and you its first member with every \
             privilege in it.",
            target.kind, target.name
        ),
        back: query.back(&target.page),
        forbidden: forbidden.map(|refused| refused.to_string()),
        action: format!("{}/{}", target.base, K::GROUPS),
        exists: false,
        name,
        kind,
    })
}

/// `GET /groups/{id}/parents/new`.
pub async fn new_parent(
    request: HttpRequest,
    ask: Ask,
    id: Path<GroupId>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    look_and_show(&request, &ask, move |r| new_parent_page(r, &id, &query)).await
}

/// The dialog that makes a group around another.
pub fn new_parent_page(
    r: &mut Reading<'_>,
    id: &GroupId,
    query: &Query,
) -> Result<EditPage, Error> {
    let target = view_of::<Group>(r.caller.graph, id)?;
    members::check_may_see::<Group>(&r.caller, id)?;
    let forbidden = groups::check_may_create_parent(&r.caller, id).err();
    let (name, kind) = typed(query);
    Ok(EditPage {
        layout: frame::group_layout(r, "Create parent group", Some((id, Submenu::Hierarchy)))?,
        title: "Create parent group",
        text: format!(
            "Group “{}” becomes a member of the new group and holds every privilege in it.",
            target.name
        ),
        back: query.back(&format!("/groups/{id}/hierarchy")),
        forbidden: forbidden.map(|refused| refused.to_string()),
        action: format!("{}/parents", target.base),
        exists: false,
        name,
        kind,
    })
}

/// `GET /groups/{id}/edit`.
pub async fn edit(
    request: HttpRequest,
    ask: Ask,
    id: Path<GroupId>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    look_and_show(&request, &ask, move |r| edit_page(r, &id, &query)).await
}

/// The dialog that renames a group or changes its type.
pub fn edit_page(r: &mut Reading<'_>, id: &GroupId, query: &Query) -> Result<EditPage, Error> {
    let group = groups::get(r, id)?;
    let forbidden = groups::check_may_modify(&r.caller, id).err();
    let name = query.get("name").unwrap_or(&group.name);
    let kind = query.get("type").and_then(GroupType::parse);
    Ok(EditPage {
        layout: frame::group_layout(r, "Rename group", Some((id, Submenu::Overview)))?,
        title: "Rename group",
        text: String::new(),
        back: query.back(&format!("/groups/{id}")),
        forbidden: forbidden.map(|refused| refused.to_string()),
        action: format!("{API}/groups/{id}"),
        exists: true,
        name: Field::holding(name),
        kind: kind.unwrap_or(group.kind),
    })
}

/// `GET /groups/{id}/remove`.
pub async fn remove(
    request: HttpRequest,
    ask: Ask,
    id: Path<GroupId>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let id = id.into_inner();
    let group = id.clone();
    let mut page = ask.read(move |r| remove_page(r, &id, &query)).await?;
    if page.forbidden.is_none() {
        let to = ("delete", page.action.as_str());
        let part = ask.consequences(to, Action::DeleteGroup, Input::default(), move |w, _| {
            groups::delete(w, &group)
        });
        page.consequences = Some(part.await?);
    }
    show(&request, &ask, page)
}

fn remove_page(r: &mut Reading<'_>, id: &GroupId, query: &Query) -> Result<RemoveGroupPage, Error> {
    let group = groups::get(r, id)?;
    let forbidden = match groups::check_may_delete(&r.caller, id) {
        Ok(()) if group.protected => Some(Error::ProtectedGroup.to_string()),
        may => may.err().map(|refused| refused.to_string()),
    };
    let home = format!("/groups/{id}");
    let cancel = query.back(&home);
    // The pages of the group itself go with it.
    let is_gone = cancel == home || cancel.starts_with(&format!("{home}/"));
    Ok(RemoveGroupPage {
        layout: frame::group_layout(r, "Remove group", Some((id, Submenu::Overview)))?,
        back: if is_gone {
            "/groups".to_owned()
        } else {
            cancel.clone()
        },
        cancel,
        forbidden,
        action: format!("{API}/groups/{id}"),
        name: group.name,
        members: match members::check_may_list::<Group>(&r.caller, id) {
            Ok(()) => inhabitants(r.caller.graph.counts::<Group>(id)),
            Err(_) => String::new(),
        },
        consequences: None,
    })
}

fn inhabitants(counts: Counts) -> String {
    let some = |count, one: &str| match count {
        0 => format!("no {one}"),
        1 => format!("1 {one}"),
        _ => format!("{count} {one}s"),
    };
    format!(
        "It has {} and {} as direct members, and {} in all.",
        some(counts.direct_users, "user"),
        some(counts.direct_groups, "group"),
        some(counts.effective_users, "user")
    )
}

/// `GET …/members/add`.
pub async fn add<K: Shown>(
    request: HttpRequest,
    ask: Ask,
    id: Path<K::Id>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    look_and_show(&request, &ask, move |r| add_page::<K>(r, &id, &query)).await
}

fn add_page<K: Shown>(
    r: &mut Reading<'_>,
    id: &K::Id,
    query: &Query,
) -> Result<AddGroupPage, Error> {
    let target = view_of::<K>(r.caller.graph, id)?;
    members::check_may_see::<K>(&r.caller, id)?;
    let forbidden = members::check_may_add_groups::<K>(&r.caller, id).err();
    let page: Page = query.page(OFFERED)?;
    let found = match &forbidden {
        None => groups::open_to_caller(r, &page, None)?,
        Some(_) => Slice::nothing(),
    };
    let ids: Vec<&GroupId> = found.items.iter().map(|group| group.id).collect();
    let kinds = groups::kinds(r, &ids)?;
    let rows: Vec<Candidate> = found
        .items
        .iter()
        .map(|group| Candidate {
            id: group.id.clone(),
            name: group.name.to_owned(),
            kind: kinds.get(group.id).copied().unwrap_or_default(),
            action: target.direct(&Member::Group(group.id.clone())).to_string(),
            control: can_be_added::<K>(r, id, group.id),
        })
        .collect();
    let back = query.back(&target.page);
    let url = format!("{}/add", target.page);
    let search = query.get("q").unwrap_or_default().trim().to_owned();
    let more = rows.last().filter(|_| found.more).map(|last| {
        let encoded: String = form_urlencoded::byte_serialize(search.as_bytes()).collect();
        format!("{url}?q={encoded}&after={}&{}", last.id, back_to(&back))
    });
    Ok(AddGroupPage {
        layout: K::layout(r, "Add one of your groups", id)?,
        url,
        back,
        forbidden: forbidden.map(|refused| refused.to_string()),
        gives: labels::<K>(K::default_privileges()),
        earliest: r.now.plus(std::time::Duration::from_mins(1)).minute(),
        search,
        count: found.total,
        rows,
        more,
        target,
    })
}

fn can_be_added<K: Shown>(r: &Reading<'_>, id: &K::Id, group: &GroupId) -> Control {
    let member = Member::Group(group.clone());
    if K::target(id) == Group::target(group) {
        return Control::Disabled("a group cannot be in itself".to_owned());
    }
    match r.caller.graph.direct_privileges::<K>(id, &member) {
        Some(_) => Control::Disabled("a direct member already".to_owned()),
        None => control(members::check_may_add_group::<K>(&r.caller, id, group)),
    }
}

//! The Members page: both lists in the state that the URL describes.

use actix_web::{HttpRequest, HttpResponse, web::Path as UrlPath};

use super::{
    build::{INSUFFICIENT, back, leave_entry, reach, row, way_back},
    ends,
    state::{Aspect, State, View},
    target::{Shown, view_of},
    view::{MemberList, MembersPage, TargetView},
};
use crate::{
    domain::{Folded, Invitee, Member, Page},
    service::{Error, MemberEntry, MemberKind, Reading, groups, members},
    web::{
        ask::Ask,
        body::Query,
        fault::Fault,
        frame::{self, control},
        layout::Entry,
        reply::{look_and_show, screen},
        tokens::{invite::invite_url, view::invite_title},
    },
};

screen!(
    MembersPage,
    "members" => as_members,
    "groups-more" => as_group_rows,
    "users-more" => as_user_rows,
);

/// Reads the state of a Members page from its query; what is not understood counts as absent.
pub fn state(query: &Query) -> State {
    let text = |name| query.get(name).map(ToOwned::to_owned);
    State {
        view: if query.get("view") == Some("effective") {
            View::Effective
        } else {
            View::Direct
        },
        aspect: if query.get("aspect") == Some("memberships") {
            Aspect::Memberships
        } else {
            Aspect::Privileges
        },
        search: query.get("q").unwrap_or_default().trim().to_owned(),
        descriptions: query.get("descriptions").is_some(),
        open: query
            .all("member")
            .filter_map(|member| member.parse().ok())
            .collect(),
        groups_after: text("groups_after"),
        users_after: text("users_after"),
    }
}

/// `GET /clusters/{id}/members`.
pub async fn get<K: Shown>(
    request: HttpRequest,
    ask: Ask,
    id: UrlPath<K::Id>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    show_state::<K>(request, ask, id.into_inner(), state(&query)).await
}

/// The Members page in a state.
pub async fn show_state<K: Shown>(
    request: HttpRequest,
    ask: Ask,
    id: K::Id,
    state: State,
) -> Result<HttpResponse, Fault> {
    look_and_show(&request, &ask, move |r| build::<K>(r, &id, state)).await
}

fn build<K: Shown>(r: &mut Reading<'_>, id: &K::Id, state: State) -> Result<MembersPage, Error> {
    let target = view_of::<K>(r.caller.graph, id)?;
    // Somebody without the right to list may still look at the page, which then says so.
    members::check_may_see::<K>(&r.caller, id)?;
    let layout = K::layout(r, &format!("Members of {}", target.name), id)?
        .following(frame::page_of::<K>(r, id));
    let back = back(&state, &target);
    let mut groups = list::<K>(r, id, &target, &state, &back, MemberKind::Groups)?;
    groups.menu = groups_menu::<K>(r, id, &target, &back);
    let mut users = list::<K>(r, id, &target, &state, &back, MemberKind::Users)?;
    users.menu = users_menu::<K>(r, id, &target, &back);
    groups.empty_link = groups.menu.last().map(generate);
    users.empty_link = users.menu.last().map(generate);
    let removable = members::check_may_remove_any::<K>(&r.caller, id);
    Ok(MembersPage {
        layout,
        bulk_edit: control(members::check_may_set::<K>(&r.caller, id)),
        bulk_remove: control(removable),
        ending: ends::hint::<K>(r, id),
        groups,
        users,
        back: way_back(&state, back),
        state,
        target,
    })
}

fn list<K: Shown>(
    r: &mut Reading<'_>,
    id: &K::Id,
    target: &TargetView,
    state: &State,
    back: &str,
    kind: MemberKind,
) -> Result<MemberList, Error> {
    let (after, what) = match kind {
        MemberKind::Groups => (&state.groups_after, "groups"),
        MemberKind::Users => (&state.users_after, "users"),
    };
    let page = Page {
        limit: Page::SCREEN
            .saturating_sub(ROWS_FOR_OPEN * state.open.len())
            .max(ROWS_FOR_OPEN),
        after: after.as_deref().map(Into::into),
        search: Folded::of(&state.search),
    };
    let found = match members::list::<K>(r, id, reach(state.view), kind, &page) {
        Ok(found) => found,
        Err(Error::Forbidden(_)) => return Ok(forbidden()),
        Err(other) => return Err(other),
    };
    let mut entries = found.items;
    add_open_members(r, id, state, kind, &mut entries);
    let more = entries.last().filter(|_| found.more).map(|last| {
        let mut state = State {
            open: Vec::new(),
            ..state.clone()
        };
        let after = Some(last.member.id().to_owned());
        match kind {
            MemberKind::Groups => state.groups_after = after,
            MemberKind::Users => state.users_after = after,
        }
        state.url(&target.page)
    });
    let rows = entries
        .iter()
        .map(|entry| row::<K>(r, id, target, state, back, entry))
        .collect::<Result<Vec<_>, _>>()?;
    let opened = rows.iter().any(|row| row.body.is_some());
    let searched = if state.search.is_empty() {
        ""
    } else {
        " that match the search"
    };
    Ok(MemberList {
        forbidden: None,
        count: found.total,
        folded: matches!(kind, MemberKind::Groups)
            && found.total > MemberList::FOLD_ABOVE
            && !opened
            && state.search.is_empty(),
        rows,
        menu: Vec::new(),
        empty: format!("This {} has no {what}{searched}.", target.kind),
        empty_link: None,
        more,
        first: after
            .is_some()
            .then(|| state.from_start().url(&target.page)),
    })
}

/// An open row weighs as much as this many closed ones; so many fewer are shown, to keep the page
/// small.
const ROWS_FOR_OPEN: usize = 10;

fn forbidden() -> MemberList {
    MemberList {
        forbidden: Some(INSUFFICIENT.to_owned()),
        count: 0,
        rows: Vec::new(),
        folded: false,
        menu: Vec::new(),
        empty: String::new(),
        empty_link: None,
        more: None,
        first: None,
    }
}

/// A link may name a member who is not on this page of the list; that row is shown first, so that
/// a link sent to a colleague always shows whom it is about.
fn add_open_members<'g, K: Shown>(
    r: &Reading<'g>,
    id: &K::Id,
    state: &State,
    kind: MemberKind,
    entries: &mut Vec<MemberEntry<'g, K>>,
) {
    for member in state.open.iter().rev() {
        let is_here = match (kind, member) {
            (MemberKind::Groups, Member::Group(_)) | (MemberKind::Users, Member::User(_)) => {
                entries.iter().any(|entry| entry.member == *member)
            }
            _ => true,
        };
        if !is_here && let Ok(entry) = members::member::<K>(r, id, member) {
            entries.insert(0, entry);
        }
    }
}

/// The way in or out for the caller: leaving for direct members, joining for anybody else.
pub fn own_entry<K: Shown>(r: &Reading<'_>, id: &K::Id, target: &TargetView, back: &str) -> Entry {
    let you = r.caller.who.user().cloned().map(Member::User);
    let is_direct =
        you.is_some_and(|you| r.caller.graph.direct_privileges::<K>(id, &you).is_some());
    if is_direct {
        return leave_entry(target, back);
    }
    Entry {
        label: "Join".to_owned(),
        icon: "plus",
        url: format!("{}/join?{back}", target.page),
        control: control(members::check_may_join::<K>(&r.caller, id)),
    }
}

fn users_menu<K: Shown>(
    r: &Reading<'_>,
    id: &K::Id,
    target: &TargetView,
    back: &str,
) -> Vec<Entry> {
    let own = own_entry::<K>(r, id, target, back);
    vec![own, invite_entry::<K>(r, id, target, Invitee::User, back)]
}

fn invite_entry<K: Shown>(
    r: &Reading<'_>,
    id: &K::Id,
    target: &TargetView,
    invitee: Invitee,
    back: &str,
) -> Entry {
    Entry {
        label: invite_title(invitee).to_owned(),
        icon: "token",
        url: invite_url(target, invitee, back),
        control: control(members::check_may_invite::<K>(&r.caller, id, invitee)),
    }
}

/// The same invitation, where there is nobody yet.
fn generate(invite: &Entry) -> Entry {
    Entry {
        label: "Generate an invitation token".to_owned(),
        ..invite.clone()
    }
}

fn groups_menu<K: Shown>(
    r: &Reading<'_>,
    id: &K::Id,
    target: &TargetView,
    back: &str,
) -> Vec<Entry> {
    let create = Entry {
        label: K::CREATE_GROUP.to_owned(),
        icon: "plus",
        url: format!("{}/create?{back}", target.page),
        control: control(groups::check_may_create_in::<K>(&r.caller, id)),
    };
    let add = Entry {
        label: "Add one of your groups".to_owned(),
        icon: "group",
        url: format!("{}/add?{back}", target.page),
        control: control(members::check_may_add_groups::<K>(&r.caller, id)),
    };
    let invite = invite_entry::<K>(r, id, target, Invitee::Group, back);
    vec![create, add, invite]
}

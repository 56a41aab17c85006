//! The dialogs of the Members page: what they ask, and what they say will happen.

use actix_web::{HttpRequest, HttpResponse, web::Path as UrlPath};

use super::{
    build::{INSUFFICIENT, labels, table},
    dialog::{BulkPage, JoinPage, LeavePage, Line, PrivilegesPage, RemovePage, Standing},
    paths::{member_block, path_view},
    privileges::BulkSection,
    target::{Shown, view_of},
    view::TargetView,
};
use crate::{
    domain::{Action, Member, PrivilegeSet},
    service::{Caller, Error, Input, Privileges, Reading, members},
    web::{
        ask::Ask,
        body::Query,
        fault::Fault,
        reply::{look_and_show, screen, show},
    },
};

screen!(PrivilegesPage, "dialog-content" | "dialog-form" => as_dialog);
screen!(BulkPage, "dialog-content" | "dialog-form" => as_dialog);
screen!(RemovePage, "dialog-content" | "dialog-form" => as_dialog);
screen!(LeavePage, "dialog-content" | "dialog-form" => as_dialog);
screen!(JoinPage, "dialog-content" | "dialog-form" => as_dialog);

/// How many paths a dialog draws.
const PATHS: usize = 4;

fn named(query: &Query) -> Vec<Member> {
    query
        .all("member")
        .filter_map(|member| member.parse().ok())
        .collect()
}

fn line(caller: &Caller<'_>, member: &Member, what: String) -> Line {
    let block = member_block(caller, member);
    Line {
        icon: block.icon,
        name: block.name,
        username: block.username,
        what,
    }
}

/// `GET …/members/edit?member=…`.
pub async fn edit<K: Shown>(
    request: HttpRequest,
    ask: Ask,
    id: UrlPath<K::Id>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    look_and_show(&request, &ask, move |r| bulk_page::<K>(r, &id, &query)).await
}

fn bulk_page<K: Shown>(r: &mut Reading<'_>, id: &K::Id, query: &Query) -> Result<BulkPage, Error> {
    let target = view_of::<K>(r.caller.graph, id)?;
    members::check_may_list::<K>(&r.caller, id)?;
    let mut chosen: Vec<(Member, Privileges<K>)> = Vec::new();
    for member in named(query) {
        let held = r
            .caller
            .graph
            .direct_privileges::<K>(id, &member)
            .ok_or(Error::NotFound)?;
        chosen.push((member, held));
    }
    let unreadable = chosen
        .iter()
        .any(|(member, _)| members::check_may_see_privileges::<K>(&r.caller, id, member).is_err());
    let forbidden = if unreadable {
        Some(INSUFFICIENT.to_owned())
    } else {
        members::check_may_set::<K>(&r.caller, id)
            .err()
            .map(|refused| refused.to_string())
    };
    let sets: Vec<_> = chosen.iter().map(|(_, held)| *held).collect();
    Ok(BulkPage {
        layout: K::layout(r, "Change privileges", id)?,
        back: query.back(&target.page),
        forbidden,
        lines: chosen
            .iter()
            .map(|(member, _)| line(&r.caller, member, String::new()))
            .collect(),
        members: chosen.into_iter().map(|(member, _)| member).collect(),
        sections: BulkSection::of(&sets),
        target,
    })
}

/// `GET …/members/privileges?member=…`: one member's, as in its row.
pub async fn privileges<K: Shown>(
    request: HttpRequest,
    ask: Ask,
    id: UrlPath<K::Id>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    look_and_show(&request, &ask, move |r| {
        privileges_page::<K>(r, &id, &query)
    })
    .await
}

fn privileges_page<K: Shown>(
    r: &mut Reading<'_>,
    id: &K::Id,
    query: &Query,
) -> Result<PrivilegesPage, Error> {
    let target = view_of::<K>(r.caller.graph, id)?;
    members::check_may_see::<K>(&r.caller, id)?;
    let chosen = named(query);
    let member = chosen
        .first()
        .ok_or(Error::MissingRequiredValue("member"))?;
    let entry = r
        .caller
        .graph
        .member_entry::<K>(id, member)
        .ok_or(Error::NotFound)?;
    let may_see = members::check_may_see_privileges::<K>(&r.caller, id, member);
    Ok(PrivilegesPage {
        layout: K::layout(r, "Modify privileges", id)?,
        back: query.back(&target.page),
        who: line(&r.caller, member, String::new()),
        privileges: may_see
            .map(|()| table::<K>(&r.caller, id, &target, &entry))
            .map_err(|refused| refused.to_string()),
        target,
    })
}

/// `GET …/members/remove?member=…`.
pub async fn remove<K: Shown>(
    request: HttpRequest,
    ask: Ask,
    id: UrlPath<K::Id>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let id = id.into_inner();
    let whom = query
        .all("member")
        .map(|member| ("member".to_owned(), member.to_owned()));
    let whom = Input::Form(whom.collect());
    let target = id.clone();
    let mut page = ask.read(move |r| remove_page::<K>(r, &id, &query)).await?;
    if page.forbidden.is_none() {
        let to = ("delete", page.action.as_str());
        let part = ask.consequences(to, Action::RemoveMember, whom, move |w, whom| {
            members::remove_many::<K>(w, &target, whom)
        });
        page.consequences = Some(part.await?);
    }
    show(&request, &ask, page)
}

fn remove_page<K: Shown>(
    r: &mut Reading<'_>,
    id: &K::Id,
    query: &Query,
) -> Result<RemovePage, Error> {
    let target = view_of::<K>(r.caller.graph, id)?;
    members::check_may_see::<K>(&r.caller, id)?;
    let chosen = named(query);
    if chosen.is_empty() {
        return Err(Error::MissingRequiredValue("member"));
    }
    for member in &chosen {
        r.caller
            .graph
            .direct_privileges::<K>(id, member)
            .ok_or(Error::NotFound)?;
    }
    let forbidden = chosen
        .iter()
        .find_map(|member| members::check_may_end::<K>(&r.caller, id, member).err())
        .map(|refused| refused.to_string());
    let what = described(&r.caller, &chosen);
    Ok(RemovePage {
        layout: K::layout(r, "Remove members", id)?,
        back: query.back(&target.page),
        forbidden,
        title: title::<K>(&chosen),
        question: format!("Remove {what} from {} “{}”?", target.kind, target.name),
        action: removal_action::<K>(&r.caller, id, &target, &chosen),
        lines: match chosen.as_slice() {
            [_] => Vec::new(),
            several => several
                .iter()
                .map(|member| line(&r.caller, member, String::new()))
                .collect(),
        },
        consequences: None,
        target,
    })
}

/// One member goes by the contract's resource; several by ours; oneself leaves.
fn removal_action<K: Shown>(
    caller: &Caller<'_>,
    id: &K::Id,
    target: &TargetView,
    chosen: &[Member],
) -> String {
    match chosen {
        [member] if caller.is(member) => K::leave_url(id),
        // From the side of whoever removes; `members` goes by either side's right.
        [member] if members::check_may_remove::<K>(caller, id, member).is_ok() => {
            target.direct(member).to_string()
        }
        several => {
            let query: Vec<String> = several
                .iter()
                .map(|member| format!("member={member}"))
                .collect();
            format!("{}/members?{}", target.base, query.join("&"))
        }
    }
}

fn title<K: Shown>(chosen: &[Member]) -> String {
    let users = chosen
        .iter()
        .filter(|member| matches!(member, Member::User(_)))
        .count();
    let what = match (users, chosen.len() - users) {
        (1, 0) => "user".to_owned(),
        (_, 0) => "users".to_owned(),
        (0, 1) => K::CHILD.to_owned(),
        (0, _) => format!("{}s", K::CHILD),
        _ => "members".to_owned(),
    };
    format!("Remove {what} from {}", K::NAME)
}

fn described(caller: &Caller<'_>, chosen: &[Member]) -> String {
    if let [member] = chosen {
        let block = member_block(caller, member);
        return format!("{} “{}”", block.icon, block.name);
    }
    let users = chosen
        .iter()
        .filter(|member| matches!(member, Member::User(_)))
        .count();
    let count = |count: usize, what: &str| match count {
        0 => None,
        1 => Some(format!("1 {what}")),
        _ => Some(format!("{count} {what}s")),
    };
    let parts: Vec<String> = [count(users, "user"), count(chosen.len() - users, "group")]
        .into_iter()
        .flatten()
        .collect();
    parts.join(" and ")
}

/// `GET …/members/leave`.
pub async fn leave<K: Shown>(
    request: HttpRequest,
    ask: Ask,
    id: UrlPath<K::Id>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let id = id.into_inner();
    let target = id.clone();
    let mut page = ask.read(move |r| leave_page::<K>(r, &id, &query)).await?;
    if page.standing.can_leave() {
        let to = ("delete", page.action.as_str());
        let part = ask.consequences(to, Action::Leave, Input::default(), move |w, _| {
            members::leave::<K>(w, &target)
        });
        // What it means for the reader is said in more words.
        page.consequences = Some(part.await?.without_names());
    }
    show(&request, &ask, page)
}

fn leave_page<K: Shown>(
    r: &mut Reading<'_>,
    id: &K::Id,
    query: &Query,
) -> Result<LeavePage, Error> {
    members::check_may_see::<K>(&r.caller, id)?;
    let target = view_of::<K>(r.caller.graph, id)?;
    let you = Member::User(r.caller.user()?.clone());
    let graph = r.caller.graph;
    let direct = graph.direct_privileges::<K>(id, &you);
    let paths = match members::membership_paths::<K>(r, id, &you, 0, PATHS + 1) {
        Ok(found) => found.paths,
        Err(Error::NotFound) => Vec::new(),
        Err(other) => return Err(other),
    };
    let staying: Vec<_> = paths
        .iter()
        .filter(|path| !path.groups.is_empty())
        .collect();
    let standing = match (direct.is_some(), staying.is_empty()) {
        (true, true) => Standing::Direct,
        (true, false) => Standing::Both,
        (false, false) => Standing::Indirect,
        (false, true) => Standing::None,
    };
    let kept = graph.intermediaries::<K>(id, &you).into_iter().fold(
        PrivilegeSet::NONE,
        |kept: Privileges<K>, through| match through {
            crate::service::Intermediary::Itself => kept,
            crate::service::Intermediary::Group(group) => kept.union(
                graph
                    .direct_privileges::<K>(id, &Member::Group(group))
                    .unwrap_or(PrivilegeSet::NONE),
            ),
        },
    );
    let lost = direct.unwrap_or(PrivilegeSet::NONE).without(kept);
    Ok(LeavePage {
        layout: K::layout(r, &format!("Leave {}", target.name), id)?,
        back: query.back(&target.page),
        action: K::leave_url(id),
        standing,
        consequences: None,
        paths: staying
            .iter()
            .take(PATHS)
            .map(|path| path_view(&r.caller, &you, path, &target))
            .collect(),
        more: staying.len().saturating_sub(PATHS),
        lost: if lost.is_empty() {
            String::new()
        } else {
            labels::<K>(lost)
        },
        target,
    })
}

/// `GET …/members/join`.
pub async fn join<K: Shown>(
    request: HttpRequest,
    ask: Ask,
    id: UrlPath<K::Id>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    look_and_show(&request, &ask, move |r| {
        let target = view_of::<K>(r.caller.graph, &id)?;
        let you = r.caller.user()?.clone();
        let may = members::check_may_join::<K>(&r.caller, &id);
        if may.is_err() {
            members::check_may_list::<K>(&r.caller, &id)?;
        }
        Ok(JoinPage {
            layout: K::layout(r, &format!("Join {}", target.name), &id)?,
            back: query.back(&target.page),
            forbidden: may.err().map(|refused| refused.to_string()),
            action: format!("{}/users/{you}", target.base),
            gives: labels::<K>(K::default_privileges()),
            earliest: r.now.plus(std::time::Duration::from_mins(1)).minute(),
            target,
        })
    })
    .await
}

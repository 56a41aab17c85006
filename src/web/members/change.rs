//! Changing who is a member and what members may do.

use actix_web::{HttpRequest, HttpResponse, web::Path as UrlPath};

use super::{
    look::{NamesMember, row_fragment, shown, shown_privileges},
    page::state,
    target::{Shown, view_of},
};
use crate::{
    domain::{Action, Cluster, Group, Member},
    service::{Caller, Error, Input, Writing, members},
    web::{
        ask::Ask,
        body::{Body, Query},
        fault::Fault,
        layout::{Notice, NoticeKind},
        reply::{back, created, done, no_content},
        tags::tag_of,
    },
};

/// The Members page of what was changed.
fn page_of<K: Shown>(id: &K::Id) -> String {
    format!("{}/{id}/members", K::AREA)
}

/// Where to go on: not to a page that the change took away from the caller. That need not be a page
/// of what was changed, because a membership can be ended wherever it is drawn.
async fn back_if_seen<K: Shown>(ask: &Ask, input: &Input) -> String {
    let back = back(input, K::AREA);
    let page = back.clone();
    let lost = ask.read(move |r| Ok(lost_area(&r.caller, &page))).await;
    match lost {
        Ok(None) => back,
        Ok(Some(area)) => area.to_owned(),
        Err(_) => K::AREA.to_owned(),
    }
}

/// The area of a page, if the page is about something that the caller may not see.
fn lost_area(caller: &Caller<'_>, page: &str) -> Option<&'static str> {
    let mut parts = page.split(['/', '?']).skip(1);
    match (parts.next()?, parts.next()?) {
        ("clusters", id) => area_if_lost::<Cluster>(caller, &id.parse().ok()?),
        ("groups", id) => area_if_lost::<Group>(caller, &id.parse().ok()?),
        _ => None,
    }
}

fn area_if_lost<K: Shown>(caller: &Caller<'_>, id: &K::Id) -> Option<&'static str> {
    let seen = members::check_may_see::<K>(caller, id);
    seen.is_err().then_some(K::AREA)
}

/// `add_cluster_user`, `add_group_to_cluster`.
pub async fn add<K: Shown, M: NamesMember>(
    request: HttpRequest,
    ask: Ask,
    path: UrlPath<(K::Id, M)>,
    body: Body,
) -> Result<HttpResponse, Fault> {
    let (id, member) = path.into_inner();
    let member = member.member();
    let Body(input) = body;
    let back = back(&input, &page_of::<K>(&id));
    let notice = ask
        .write(Action::AddMember, input, move |w, input| {
            members::add::<K>(w, &id, &member, input)?;
            let target = view_of::<K>(w.caller.graph, &id)?;
            Ok(match &member {
                _ if w.caller.is(&member) => {
                    format!("You have joined the {} “{}”.", target.kind, target.name)
                }
                Member::User(_) => format!("“{}” is a member now.", name(w, &member)),
                Member::Group(_) => {
                    let name = name(w, &member);
                    format!("Member group “{name}” has been added successfully.")
                }
            })
        })
        .await?;
    Ok(done(
        &ask,
        created(&request, request.path()),
        &Notice::success(notice),
        &back,
    ))
}

fn name(w: &Writing<'_>, member: &Member) -> String {
    super::paths::member_block(&w.caller, member).name
}

/// `update_user_cluster_privileges`, `update_group_cluster_privileges`.
pub async fn set_privileges<K: Shown, M: NamesMember>(
    ask: Ask,
    path: UrlPath<(K::Id, M)>,
    body: Body,
) -> Result<HttpResponse, Fault> {
    let (id, member) = path.into_inner();
    let member = member.member();
    let Body(input) = body;
    let back = back(&input, &page_of::<K>(&id));
    let mut state = state(&Query::of_form(&input));
    state.open.push(member.clone());
    let (target, whom) = (id.clone(), member.clone());
    let saved = ask
        .write(Action::SetPrivileges, input, move |w, input| {
            w.is_about(|r| tag_of(&shown_privileges::<K>(r, &target, &whom)?));
            members::update_privileges::<K>(w, &target, &whom, input)
        })
        .await?;
    let notice = if saved.was_outdated {
        Notice::new(
            NoticeKind::Warning,
            "Your changes have been saved. Somebody else had changed this member meanwhile; their \
             changes are kept too, and you see the result now.",
        )
    } else {
        Notice::success("Privileges have been saved successfully.")
    };
    // A dialog goes away; a row comes back.
    if ask.wanted.target().is_some_and(|id| id.starts_with("m-")) {
        match row_fragment::<K>(&ask, id, member, state, Some(notice.clone())).await {
            // It is saved all the same: the caller has just given up the right to see this row.
            Err(Fault::Refused(_)) => {}
            row => return row,
        }
    }
    Ok(done(&ask, no_content(), &notice, &back))
}

/// Privileges of several members at once. Beyond the contract.
pub async fn set_many<K: Shown>(
    ask: Ask,
    id: UrlPath<K::Id>,
    body: Body,
) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let back = back(&input, &page_of::<K>(&id));
    let input = three_positions(input);
    ask.write(Action::SetPrivileges, input, move |w, input| {
        members::update_many::<K>(w, &id, input)
    })
    .await?;
    let notice = Notice::success("Privileges have been saved successfully.");
    Ok(done(&ask, no_content(), &notice, &back))
}

/// The dialog sends what each privilege's switch shows (`p.NAME`) and showed (`was.NAME`); what is
/// the same is left alone.
fn three_positions(input: Input) -> Input {
    let Input::Form(fields) = &input else {
        return input;
    };
    let was = |name: &str| input.field(&format!("was.{name}")).map(ToOwned::to_owned);
    let mut difference: Vec<(String, String)> = Vec::new();
    for (key, value) in fields {
        match key.strip_prefix("p.") {
            Some(name) if matches!(value.as_str(), "grant" | "revoke") => {
                if was(name).as_deref() != Some(value) {
                    difference.push((value.clone(), name.to_owned()));
                }
            }
            _ => difference.push((key.clone(), value.clone())),
        }
    }
    Input::Form(difference)
}

/// `remove_cluster_user`, `remove_cluster_group`.
pub async fn remove<K: Shown, M: NamesMember>(
    ask: Ask,
    path: UrlPath<(K::Id, M)>,
    body: Body,
) -> Result<HttpResponse, Fault> {
    let (id, member) = path.into_inner();
    let member = member.member();
    let Body(input) = body;
    let notice = ask
        .write(Action::RemoveMember, Input::default(), move |w, _| {
            w.is_about(|r| tag_of(&shown::<K>(r, &id, &member)?));
            members::remove::<K>(w, &id, &member)?;
            removed::<K>(w, &id, &member)
        })
        .await?;
    let back = back_if_seen::<K>(&ask, &input).await;
    Ok(done(&ask, no_content(), &Notice::success(notice), &back))
}

/// Who was removed from what.
fn removed<K: Shown>(w: &Writing<'_>, id: &K::Id, member: &Member) -> Result<String, Error> {
    let target = view_of::<K>(w.caller.graph, id)?;
    let kind = match member {
        Member::User(_) => "User",
        Member::Group(_) => "Group",
    };
    Ok(format!(
        "{kind} “{}” has been removed from {} “{}”.",
        name(w, member),
        target.kind,
        target.name
    ))
}

/// Removes several members at once. Beyond the contract.
pub async fn remove_many<K: Shown>(
    ask: Ask,
    id: UrlPath<K::Id>,
    query: Query,
    body: Body,
) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let notice = ask
        .write(Action::RemoveMember, query.into_input(), move |w, named| {
            members::remove_many::<K>(w, &id, named)?;
            match named.members()?.as_slice() {
                [member] => removed::<K>(w, &id, member),
                _ => Ok("Members have been removed.".to_owned()),
            }
        })
        .await?;
    let back = back_if_seen::<K>(&ask, &input).await;
    Ok(done(&ask, no_content(), &Notice::success(notice), &back))
}

/// `user_leave_cluster`.
pub async fn leave<K: Shown>(
    ask: Ask,
    id: UrlPath<K::Id>,
    body: Body,
) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let kind = ask
        .write(Action::Leave, Input::default(), move |w, _| {
            members::leave::<K>(w, &id)?;
            Ok(view_of::<K>(w.caller.graph, &id)?.kind)
        })
        .await?;
    let back = back_if_seen::<K>(&ask, &input).await;
    let notice = Notice::success(format!("You have left the {kind}."));
    Ok(done(&ask, no_content(), &notice, &back))
}

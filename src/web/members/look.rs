//! Looking at members one list, one member or one aspect at a time: the contract's resources, which
//! htmx asks for as rows and paths.

use actix_web::{HttpRequest, HttpResponse, web::Path as UrlPath};
use askama::Template as _;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    build::{back, back_to, row, way_back},
    page::{show_state, state},
    paths::{member_block, memberships},
    state::{State, View},
    target::{Shown, view_of},
    view::{MembershipPage, RowFragment},
};
use crate::{
    domain::{GroupId, Member, UserId},
    service::{Error, MemberKind, Reach, Reading, members},
    web::{
        api::{
            Held,
            answers::{Groups, Intermediaries, SharedGroupAnswer, SharedUserAnswer, Users},
        },
        ask::Ask,
        body::{Query, local},
        fault::Fault,
        layout::Notice,
        lists::{self, Extent},
        reply::{html, look_and_show, screen},
        wanted::Wanted,
    },
};

screen!(MembershipPage, "more" | "li" => as_paths);

/// `list_cluster_users`, `list_cluster_effective_users`, and the same of groups.
pub async fn list<K: Shown, M: NamesMember, E: Extent>(
    request: HttpRequest,
    ask: Ask,
    id: UrlPath<K::Id>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let (id, reach, kind) = (id.into_inner(), E::REACH, M::KIND);
    if ask.wanted != Wanted::Json {
        let view = match reach {
            Reach::Direct => View::Direct,
            Reach::Effective => View::Effective,
        };
        return show_state::<K>(request, ask, id, state(&query).with_view(view)).await;
    }
    let found = ask
        .read(move |r| {
            members::check_may_list::<K>(&r.caller, &id)?;
            let page = query.page(usize::MAX)?;
            let found = members::list::<K>(r, &id, reach, kind, &page)?;
            Ok(found.map(|entry| entry.member))
        })
        .await?;
    Ok(lists::page(&request, found, Member::id, |members| {
        let (mut users, mut groups) = (Vec::new(), Vec::new());
        for member in members {
            match member {
                Member::User(id) => users.push(id),
                Member::Group(id) => groups.push(id),
            }
        }
        match kind {
            MemberKind::Users => Listed::Users(Users { users }),
            MemberKind::Groups => Listed::Groups(Groups { groups }),
        }
    }))
}

/// Members of one kind.
#[derive(Serialize)]
#[serde(untagged)]
enum Listed {
    Users(Users),
    Groups(Groups),
}

/// An identifier that names a member of its kind.
pub trait NamesMember: DeserializeOwned + Send + 'static {
    /// Its kind.
    const KIND: MemberKind;

    /// The member.
    fn member(self) -> Member;
}

impl NamesMember for UserId {
    const KIND: MemberKind = MemberKind::Users;

    fn member(self) -> Member {
        Member::User(self)
    }
}

impl NamesMember for GroupId {
    const KIND: MemberKind = MemberKind::Groups;

    fn member(self) -> Member {
        Member::Group(self)
    }
}

/// `get_cluster_user`, `get_cluster_effective_user`, and the same of groups: the shared user or group
/// object, or the member's row.
pub async fn member<K: Shown, M: NamesMember>(
    request: HttpRequest,
    ask: Ask,
    path: UrlPath<(K::Id, M)>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let (id, member) = path.into_inner();
    let member = member.member();
    if ask.wanted != Wanted::Json {
        return row_or_page::<K>(request, ask, id, member, query).await;
    }
    let shown = ask.read(move |r| shown::<K>(r, &id, &member)).await?;
    Ok(HttpResponse::Ok().json(shown))
}

/// A member as others in the same cluster or group see it.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum SharedMember {
    User(SharedUserAnswer),
    Group(SharedGroupAnswer),
}

pub(super) fn shown<K: Shown>(
    r: &mut Reading<'_>,
    id: &K::Id,
    member: &Member,
) -> Result<SharedMember, Error> {
    Ok(match member {
        Member::User(user) => SharedMember::User(members::shared_user::<K>(r, id, user)?.into()),
        Member::Group(group) => {
            SharedMember::Group(members::shared_group::<K>(r, id, group)?.into())
        }
    })
}

async fn row_or_page<K: Shown>(
    request: HttpRequest,
    ask: Ask,
    id: K::Id,
    member: Member,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let mut state = state(&query);
    match ask.wanted {
        Wanted::Fragment(_) => {
            if query.get("open").is_some() {
                state.open.push(member.clone());
            }
            row_fragment::<K>(&ask, id, member, state, None).await
        }
        Wanted::Page | Wanted::Json => {
            state.open.push(member);
            show_state::<K>(request, ask, id, state).await
        }
    }
}

/// One row alone, and what to announce with it.
pub(super) async fn row_fragment<K: Shown>(
    ask: &Ask,
    id: K::Id,
    member: Member,
    state: State,
    notice: Option<Notice>,
) -> Result<HttpResponse, Fault> {
    let (fragment, mut layout) = ask
        .read(move |r| {
            let target = view_of::<K>(r.caller.graph, &id)?;
            let entry = members::member::<K>(r, &id, &member)?;
            let to = back(&state, &target);
            let row = row::<K>(r, &id, &target, &state, &to, &entry)?;
            let layout = crate::web::layout::Layout::anonymous("");
            let fragment = RowFragment {
                target,
                back: way_back(&state, to),
                state,
                row,
            };
            Ok((fragment, layout))
        })
        .await?;
    layout.notices.extend(notice);
    Ok(html(fragment.render()? + &layout.announcement().render()?))
}

/// `list_user_cluster_privileges`, `list_effective_user_cluster_privileges`, and the same of groups.
pub async fn privileges<K: Shown, M: NamesMember, E: Extent>(
    ask: Ask,
    path: UrlPath<(K::Id, M)>,
) -> Result<HttpResponse, Fault> {
    let (id, member) = path.into_inner();
    let member = member.member();
    let shown = ask
        .read(move |r| match E::REACH {
            Reach::Direct => shown_privileges::<K>(r, &id, &member),
            Reach::Effective => {
                let privileges = members::effective_privileges::<K>(r, &id, &member)?;
                Ok(Held { privileges })
            }
        })
        .await?;
    Ok(HttpResponse::Ok().json(shown))
}

/// What a direct member was granted itself.
pub(super) fn shown_privileges<K: Shown>(
    r: &Reading<'_>,
    id: &K::Id,
    member: &Member,
) -> Result<Held<K::Privilege>, Error> {
    let privileges = members::direct_privileges::<K>(r, id, member)?;
    Ok(Held { privileges })
}

/// `get_effective_user_cluster_membership_intermediaries` and the like for groups; for people the
/// paths themselves.
pub async fn membership<K: Shown, M: NamesMember>(
    request: HttpRequest,
    ask: Ask,
    path: UrlPath<(K::Id, M)>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let (id, member) = path.into_inner();
    let member = member.member();
    if ask.wanted == Wanted::Json {
        let steps = ask
            .read(move |r| {
                members::check_may_see_path::<K>(&r.caller, &id, &member)?;
                members::intermediaries::<K>(r, &id, &member, &query.page(usize::MAX)?)
            })
            .await?;
        return Ok(lists::page(
            &request,
            steps,
            |step| &step.id,
            Intermediaries::from,
        ));
    }
    let skip = query
        .get("skip")
        .and_then(|skip| skip.parse().ok())
        .unwrap_or(0);
    let state = state(&query);
    look_and_show(&request, &ask, move |r| {
        let target = view_of::<K>(r.caller.graph, &id)?;
        let to = query
            .get("back")
            .and_then(local)
            .map_or_else(|| state.url(&target.page), ToOwned::to_owned);
        let back = back_to(&to);
        Ok::<_, Error>(MembershipPage {
            layout: K::layout(r, "Memberships", &id)?,
            name: member_block(&r.caller, &member).name,
            descriptions: state.descriptions,
            memberships: memberships::<K>(r, &id, &target, &member, skip, &back)?,
            back: to,
            target,
        })
    })
    .await
}

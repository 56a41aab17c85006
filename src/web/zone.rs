//! Zone-wide privileges of users and groups, and what is public about the zone.

use actix_web::{HttpResponse, web::Path};

use super::{
    api::{Held, ZoneLevels, answers::ZoneConfiguration},
    ask::Ask,
    body::Body,
    fault::Fault,
    layout::Notice,
    lists::Extent,
    members::look::NamesMember,
    reply::{back, done, no_content},
    tags::tag_of,
};
use crate::{
    domain::{Action, Member, PrivilegeSet, ZonePrivilege},
    service::{Caller, Error, Input, Reach, Reading, clusters, zone},
};

/// `GET configuration` (`get_configuration`); public.
pub async fn configuration(ask: Ask) -> Result<HttpResponse, Fault> {
    let cluster = ask.read(clusters::of_zone).await?;
    Ok(HttpResponse::Ok().json(ZoneConfiguration::from(cluster)))
}

/// `GET privileges` (`list_privileges`); public.
pub async fn vocabulary(ask: Ask) -> Result<HttpResponse, Fault> {
    ask.check_credentials().await?;
    Ok(HttpResponse::Ok().json(ZoneLevels {
        viewer: ZonePrivilege::viewer(),
        admin: PrivilegeSet::all(),
    }))
}

/// Whose privileges are meant.
enum Whose {
    TheCallers,
    Of(Member),
}

impl Whose {
    fn member(self, caller: &Caller<'_>) -> Result<Member, Error> {
        match self {
            Self::TheCallers => Ok(Member::User(caller.user()?.clone())),
            Self::Of(member) => Ok(member),
        }
    }
}

async fn show<E: Extent>(ask: Ask, whose: Whose) -> Result<HttpResponse, Fault> {
    let shown = ask
        .read(move |r| {
            let member = whose.member(&r.caller)?;
            match E::REACH {
                Reach::Direct => shown(r, &member),
                Reach::Effective => {
                    let privileges = zone::effective(r, &member)?;
                    Ok(Held { privileges })
                }
            }
        })
        .await?;
    Ok(HttpResponse::Ok().json(shown))
}

fn shown(r: &mut Reading<'_>, member: &Member) -> Result<Held<ZonePrivilege>, Error> {
    let privileges = zone::direct(r, member)?;
    Ok(Held { privileges })
}

async fn change(ask: Ask, whose: Whose, input: Input, clear: bool) -> Result<HttpResponse, Fault> {
    let back = back(&input, "/users");
    // What comes with a DELETE means nothing.
    let input = if clear { Input::default() } else { input };
    ask.write(Action::SetZonePrivileges, input, move |w, input| {
        let member = whose.member(&w.caller)?;
        w.is_about(|r| tag_of(&shown(r, &member)?));
        if clear {
            zone::clear(w, &member)
        } else {
            zone::update(w, &member, input)
        }
    })
    .await?;
    let notice = Notice::success("Zone-wide privileges have been saved successfully.");
    Ok(done(&ask, no_content(), &notice, &back))
}

/// `GET users/{id}/privileges`, `GET users/{id}/effective_privileges` (`list_user_admin_privileges`,
/// `list_user_effective_admin_privileges`), and the same of groups.
pub async fn privileges<M: NamesMember, E: Extent>(
    ask: Ask,
    id: Path<M>,
) -> Result<HttpResponse, Fault> {
    show::<E>(ask, Whose::Of(id.into_inner().member())).await
}

/// `PATCH users/{id}/privileges`, `PATCH groups/{id}/privileges` (`update_user_admin_privileges`,
/// `update_group_admin_privileges`).
pub async fn update<M: NamesMember>(
    ask: Ask,
    id: Path<M>,
    body: Body,
) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    change(ask, Whose::Of(id.into_inner().member()), input, false).await
}

/// `DELETE users/{id}/privileges`, `DELETE groups/{id}/privileges` (`remove_user_admin_privileges`,
/// `remove_group_admin_privileges`).
pub async fn clear<M: NamesMember>(
    ask: Ask,
    id: Path<M>,
    body: Body,
) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    change(ask, Whose::Of(id.into_inner().member()), input, true).await
}

/// `GET user/privileges`, `GET user/effective_privileges` (`list_current_user_admin_privileges`,
/// `list_current_user_effective_admin_privileges`).
pub async fn own_privileges<E: Extent>(ask: Ask) -> Result<HttpResponse, Fault> {
    show::<E>(ask, Whose::TheCallers).await
}

/// `PATCH user/privileges` (`update_current_user_admin_privileges`).
pub async fn update_own(ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    change(ask, Whose::TheCallers, input, false).await
}

/// `DELETE user/privileges` (`remove_current_user_admin_privileges`).
pub async fn clear_own(ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    change(ask, Whose::TheCallers, input, true).await
}

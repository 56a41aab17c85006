//! Why one member may do what it may: the grants, the ways to each, and how each was made.

use actix_web::{HttpRequest, HttpResponse, web::Path as UrlPath};

use super::{
    answers::MemberExplanationAnswer,
    view::{ExplanationPage, GrantView, Reason},
};
use crate::{
    domain::{Kind, Member, Privilege},
    service::{
        Caller, Error, Reading, SeenPath,
        members::{self, Explanation, Grant, Origin},
    },
    web::{
        ask::Ask,
        audit::giving,
        body::Query,
        fault::Fault,
        members::{
            labels,
            look::NamesMember,
            member_block, path_view,
            target::{Shown, view_of},
            view::TargetView,
        },
        reply::{look_and_show, screen},
        wanted::Wanted,
    },
};

screen!(ExplanationPage);

/// How many ways are shown of each grant.
const WAYS: usize = 5;

/// `GET …/effective_users/{member}/explanation`, and the same of groups.
pub async fn get<K: Shown, M: NamesMember>(
    request: HttpRequest,
    ask: Ask,
    path: UrlPath<(K::Id, M)>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let (id, member) = path.into_inner();
    let member = member.member();
    if ask.wanted == Wanted::Json {
        let found = ask
            .read(move |r| {
                let found = members::explain::<K>(r, &id, &member, WAYS)?;
                let origins = members::origins::<K>(r, &id, &member, &found)?;
                Ok(MemberExplanationAnswer::of(found, origins))
            })
            .await?;
        return Ok(HttpResponse::Ok().json(found));
    }
    look_and_show(&request, &ask, move |r| {
        explanation_page::<K>(r, &id, &member, &query)
    })
    .await
}

fn explanation_page<K: Shown>(
    r: &mut Reading<'_>,
    id: &K::Id,
    member: &Member,
    query: &Query,
) -> Result<ExplanationPage, Error> {
    let target = view_of::<K>(r.caller.graph, id)?;
    let found = members::explain::<K>(r, id, member, WAYS)?;
    let origins = members::origins::<K>(r, id, member, &found)?;
    let who = member_block(&r.caller, member);
    Ok(ExplanationPage {
        layout: K::layout(r, "Explanation", id)?,
        icon: who.icon,
        name: who.name,
        username: who.username,
        privileges: reasons(&found),
        grants: grants(&r.caller, (id, member), &target, &found, origins),
        back: query.back(&target.page),
        target,
    })
}

fn reasons<K: Kind>(found: &Explanation<'_, K>) -> Vec<Reason> {
    let reason = |privilege: &K::Privilege| Reason {
        label: privilege.label(),
        grants: (1..)
            .zip(&found.grants)
            .filter(|(_, grant)| grant.privileges.contains(*privilege))
            .map(|(number, grant)| {
                let group = grant.group.map(|group| group.name.to_owned());
                (
                    number,
                    group.unwrap_or_else(|| "granted directly".to_owned()),
                )
            })
            .collect(),
    };
    let held = K::Privilege::ALL.iter();
    held.filter(|privilege| found.privileges.contains(**privilege))
        .map(reason)
        .collect()
}

fn grants<K: Shown>(
    caller: &Caller<'_>,
    (id, member): (&K::Id, &Member),
    target: &TargetView,
    found: &Explanation<'_, K>,
    origins: Vec<Origin<K>>,
) -> Vec<GrantView> {
    let view = |number, grant: &Grant<'_, K>, origin: &Origin<K>| GrantView {
        number,
        began: origin
            .began
            .as_ref()
            .map(|one| giving::began(&target.home, one)),
        given: giving::given(&target.home, origin),
        group: grant.group.map(|group| group.name.to_owned()),
        privileges: labels::<K>(grant.privileges),
        ends: grant.ends_at.map(|end| end.to_string()),
        paths: grant
            .ways
            .iter()
            .map(|way| {
                let seen = SeenPath::<K> {
                    groups: way.clone(),
                    grants: None,
                    until: members::end_of_way::<K>(caller.graph, id, member, way),
                };
                path_view(caller, member, &seen, target)
            })
            .collect(),
        more: grant.more,
    };
    let unknown = std::iter::repeat_with(Origin::default);
    let traced = found.grants.iter().zip(origins.into_iter().chain(unknown));
    (1..)
        .zip(traced)
        .map(|(number, (grant, origin))| view(number, grant, &origin))
        .collect()
}

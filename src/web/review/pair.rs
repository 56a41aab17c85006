//! `GET …/review/comparison`: what two members may do, side by side.

use actix_web::{HttpRequest, HttpResponse, web::Path as UrlPath};

use super::{
    answers::{ComparedAnswer, ComparisonAnswer},
    view::{PairPage, PairRow, PairSide},
};
use crate::{
    domain::{Member, Privilege},
    service::{
        Error, Problem, Reading,
        members::{self, Explanation},
    },
    web::{
        ask::Ask,
        body::Query,
        fault::Fault,
        members::{
            member_block,
            target::{Shown, view_of},
        },
        reply::{look_and_show, screen},
        sidebar::Submenu,
        wanted::Wanted,
    },
};

screen!(PairPage);

/// `GET …/review/comparison?member=…&member=…`.
pub async fn get<K: Shown>(
    request: HttpRequest,
    ask: Ask,
    id: UrlPath<K::Id>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let id = id.into_inner();
    if ask.wanted != Wanted::Json {
        return look_and_show(&request, &ask, move |r| page::<K>(r, &id, &query)).await;
    }
    let found = ask
        .read(move |r| {
            members::check_may_review::<K>(&r.caller, &id)?;
            let side = |member: Member| {
                let explanation = members::explain::<K>(r, &id, &member, super::WAYS)?;
                Ok::<_, Error>(ComparedAnswer::of(&member, explanation))
            };
            let [one, other] = pair(&query)?.map(side);
            Ok(ComparisonAnswer::of([one?, other?]))
        })
        .await?;
    Ok(HttpResponse::Ok().json(found))
}

/// The two members that the query names.
fn pair(query: &Query) -> Result<[Member; 2], Error> {
    let read = |text: &str| {
        text.parse()
            .map_err(|_| Error::bad_value("member", Problem::Data))
    };
    let members = query.all("member").map(read);
    let members: Vec<Member> = members.collect::<Result<_, Error>>()?;
    if members.is_empty() {
        return Err(Error::MissingRequiredValue("member"));
    }
    <[Member; 2]>::try_from(members).map_err(|_| Error::bad_value("member", Problem::Data))
}

fn page<K: Shown>(r: &mut Reading<'_>, id: &K::Id, query: &Query) -> Result<PairPage, Error> {
    let target = view_of::<K>(r.caller.graph, id)?;
    members::check_may_review::<K>(&r.caller, id)?;
    let pair = pair(query)?;
    let explained = |member: &Member| members::explain::<K>(r, id, member, 1);
    let found = [explained(&pair[0])?, explained(&pair[1])?];
    let sides = pair.map(|member| {
        let who = member_block(&r.caller, &member);
        PairSide {
            icon: who.icon,
            name: who.name,
            username: who.username,
            why: format!("{}/explanation", target.effective(&member)),
        }
    });
    Ok(PairPage {
        layout: K::layout_at(r, "Two members compared", id, Submenu::Review)?,
        sides,
        rows: rows(&found),
        back: query.back(&format!("{}/review", target.home)),
        target,
    })
}

fn rows<K: Shown>(found: &[Explanation<'_, K>; 2]) -> Vec<PairRow> {
    let row = |privilege: &K::Privilege| {
        let [one, other] = found.each_ref().map(|one| source(one, *privilege));
        PairRow {
            label: privilege.label(),
            differs: one.is_some() != other.is_some(),
            sources: [one, other],
        }
    };
    K::Privilege::ALL.iter().map(row).collect()
}

/// Where a privilege comes from; `None` if it is not held.
fn source<K: Shown>(found: &Explanation<'_, K>, privilege: K::Privilege) -> Option<String> {
    let grants = found.grants.iter();
    let grants = grants.filter(|grant| grant.privileges.contains(privilege));
    let from: Vec<&str> = grants
        .map(|grant| grant.group.map_or("directly", |group| group.name))
        .collect();
    (!from.is_empty()).then(|| from.join(", "))
}

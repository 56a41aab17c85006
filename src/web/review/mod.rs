//! Access reviews and explanations: who may do what in a cluster or group, and why.

pub mod answers;
pub mod moments;
pub mod pair;
mod question;
mod view;

use actix_web::{HttpRequest, HttpResponse, web::Path as UrlPath};

use crate::{
    domain::{Access, Kind, Member, Page, Privilege},
    service::{
        Caller, Error, MemberKind, Reading, SeenPath,
        members::{self, Explanation, Grant, Question, Reviewed},
    },
    web::{
        ask::Ask,
        body::Query,
        fault::Fault,
        frame, lists,
        members::{
            labels,
            look::NamesMember,
            member_block, path_view,
            target::{Shown, view_of},
            view::TargetView,
        },
        reply::{screen, show},
        sidebar::Submenu,
        wanted::Wanted,
    },
};
use answers::{ExplanationAnswer, ReviewAnswer, ReviewedAnswer};
pub use question::KINDS;
use question::{query_of, question};
use view::{Cell, Choice, ExplanationPage, GrantView, Reason, ReviewPage, ReviewRow};

screen!(ReviewPage, "review" => as_review, "review-more" => as_rows);
screen!(ExplanationPage);

/// How many ways an explanation shows of each grant.
const WAYS: usize = 5;
/// How many groups there are to choose from.
const CHOICES: usize = 500;

/// `GET …/review`: the effective members that the query asks for, and what each may do and why.
pub async fn get<K: Shown>(
    request: HttpRequest,
    ask: Ask,
    id: UrlPath<K::Id>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let id = id.into_inner();
    if ask.wanted != Wanted::Json {
        let page = ask.read(move |r| review_page::<K>(r, &id, &query)).await?;
        return show(&request, &ask, page);
    }
    let found = ask
        .read(move |r| {
            members::check_may_review::<K>(&r.caller, &id)?;
            let question = question::<K>(&query)?;
            let page = query.page(Page::SCREEN)?;
            let found = members::review::<K>(r, &id, &question, &page, WAYS)?;
            Ok(found.map(ReviewedAnswer::from))
        })
        .await?;
    let total = found.total;
    Ok(lists::page(&request, found, ReviewedAnswer::id, |items| {
        ReviewAnswer::of(total, items)
    }))
}

fn review_page<K: Shown>(
    r: &mut Reading<'_>,
    id: &K::Id,
    query: &Query,
) -> Result<ReviewPage, Error> {
    let target = view_of::<K>(r.caller.graph, id)?;
    members::check_may_review::<K>(&r.caller, id)?;
    let question = question::<K>(query)?;
    let search = query.get("q").unwrap_or_default().trim().to_owned();
    let page = query.page(Page::SCREEN)?;
    let found = members::review::<K>(r, id, &question, &page, 1)?;
    let address = format!("{}/review", target.home);
    let more = found.items.last().filter(|_| found.more).map(|last| {
        let mut query = query_of(&question, &search);
        query.append_pair("after", last.entry.member.id());
        format!("{address}?{}", query.finish())
    });
    let title = format!("Access review of {}", target.name);
    Ok(ReviewPage {
        layout: K::layout_at(r, &title, id, Submenu::Review)?.following(frame::page_of::<K>(r, id)),
        page: address,
        search,
        kinds: kinds(question.kind),
        holding: holding::<K>(&question),
        through: through::<K>(r, id, &question)?,
        idle: idle(question.idle_days),
        sections: sections::<K>(),
        count: found.total,
        rows: found.items.iter().map(|one| row(&target, one)).collect(),
        more,
        target,
    })
}

fn kinds(chosen: MemberKind) -> Vec<Choice> {
    let choice = |value: &str, label: &str, kind| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        chosen: kind == chosen,
    };
    vec![
        choice("users", "Users", MemberKind::Users),
        choice("groups", "Groups", MemberKind::Groups),
    ]
}

/// What stands for no choice.
fn any(label: &str, chosen: bool) -> Choice {
    Choice {
        value: String::new(),
        label: label.to_owned(),
        chosen,
    }
}

fn holding<K: Kind>(question: &Question<K>) -> Vec<Choice> {
    let held = K::Privilege::ALL.iter().map(|privilege| Choice {
        value: privilege.name().to_owned(),
        label: privilege.label().to_owned(),
        chosen: question.holding.contains(*privilege),
    });
    let none = any("anything", question.holding.is_empty());
    std::iter::once(none).chain(held).collect()
}

fn through<K: Shown>(
    r: &Reading<'_>,
    id: &K::Id,
    question: &Question<K>,
) -> Result<Vec<Choice>, Error> {
    let mut choices = vec![any("any group or none", question.only_through.is_none())];
    let groups = members::ways_in::<K>(r, id, CHOICES)?;
    choices.extend(groups.into_iter().map(|group| Choice {
        value: group.member.id().to_owned(),
        label: group.name.to_owned(),
        chosen: false,
    }));
    let Some(chosen) = &question.only_through else {
        return Ok(choices);
    };
    if let Some(choice) = choices.iter_mut().find(|one| one.value == chosen.as_str()) {
        choice.chosen = true;
    } else if let Some(group) = r.caller.graph.group(chosen) {
        choices.push(Choice {
            value: chosen.to_string(),
            label: group.name.to_owned(),
            chosen: true,
        });
    }
    Ok(choices)
}

fn idle(chosen: Option<u32>) -> Vec<Choice> {
    let mut days = vec![30, 90, 365];
    days.extend(chosen.filter(|chosen| ![30, 90, 365].contains(chosen)));
    let choice = |days: u32| Choice {
        value: days.to_string(),
        label: format!("not for {days} days"),
        chosen: chosen == Some(days),
    };
    let whenever = any("at any time or never", chosen.is_none());
    std::iter::once(whenever)
        .chain(days.into_iter().map(choice))
        .collect()
}

fn sections<K: Kind>() -> Vec<(&'static str, Vec<&'static str>)> {
    let labels = |privileges: &[K::Privilege]| privileges.iter().map(|one| one.label()).collect();
    let sections = K::Privilege::SECTIONS.iter();
    sections
        .map(|(label, privileges)| (*label, labels(privileges)))
        .collect()
}

fn row<K: Shown>(target: &TargetView, one: &Reviewed<'_, K>) -> ReviewRow {
    let entry = &one.entry;
    let grants = &one.explanation.grants;
    let cell = |privilege: K::Privilege| {
        let of = |is_own: bool| {
            let mut grants = grants
                .iter()
                .filter(|grant| grant.group.is_none() == is_own);
            grants.any(|grant| grant.privileges.contains(privilege))
        };
        match (of(true), of(false)) {
            (true, true) => Cell::Both,
            (true, false) => Cell::Direct,
            (false, true) => Cell::Inherited,
            (false, false) => Cell::No,
        }
    };
    let sections = K::Privilege::SECTIONS.iter();
    ReviewRow {
        icon: entry.member.kind(),
        name: entry.name.to_owned(),
        username: entry.username.map(ToOwned::to_owned),
        blocked: one.access == Some(Access::Blocked),
        cells: sections
            .flat_map(|(_, all)| all.iter().map(|one| cell(*one)))
            .collect(),
        through: grants.iter().map(way_text).collect(),
        signed_in: one.signed_in_at.map(|at| at.to_string()),
        key: entry.member.to_string(),
        why: format!("{}/explanation", K::effective_url(target, &entry.member)),
    }
}

/// One way in, in a few words: `directly`, `Developers › Staff`.
fn way_text<K: Kind>(grant: &Grant<'_, K>) -> String {
    let names = grant
        .ways
        .first()
        .into_iter()
        .flatten()
        .map(|group| group.name);
    let way = match grant.group {
        Some(_) => names.collect::<Vec<_>>().join(" › "),
        None => "directly".to_owned(),
    };
    match grant.ends_at {
        Some(end) => format!("{way}, until {end}"),
        None => way,
    }
}

/// `GET …/effective_users/{member}/explanation`, and the same of groups.
pub async fn explain<K: Shown, M: NamesMember>(
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
                Ok(ExplanationAnswer::from(found))
            })
            .await?;
        return Ok(HttpResponse::Ok().json(found));
    }
    let page = ask
        .read(move |r| explanation_page::<K>(r, &id, &member, &query))
        .await?;
    show(&request, &ask, page)
}

fn explanation_page<K: Shown>(
    r: &mut Reading<'_>,
    id: &K::Id,
    member: &Member,
    query: &Query,
) -> Result<ExplanationPage, Error> {
    let target = view_of::<K>(r.caller.graph, id)?;
    let found = members::explain::<K>(r, id, member, WAYS)?;
    let who = member_block(&r.caller, member);
    Ok(ExplanationPage {
        layout: K::layout(r, "Explanation", id)?,
        icon: who.icon,
        name: who.name,
        username: who.username,
        privileges: reasons(&found),
        grants: grants(&r.caller, id, member, &target, &found),
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
    id: &K::Id,
    member: &Member,
    target: &TargetView,
    found: &Explanation<'_, K>,
) -> Vec<GrantView> {
    let view = |(number, grant): (usize, &Grant<'_, K>)| GrantView {
        number,
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
    (1..).zip(&found.grants).map(view).collect()
}

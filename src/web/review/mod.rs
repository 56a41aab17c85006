//! Access reviews and explanations: who may do what in a cluster or group, and why.

pub mod answers;
pub mod explanation;
mod export;
pub mod moments;
pub mod pair;
mod question;
mod view;

use actix_web::{HttpRequest, HttpResponse, web::Path as UrlPath};

use crate::{
    domain::{Access, Kind, Page, Privilege},
    service::{
        Error, MemberKind, Reading,
        members::{self, Explanation, Grant, Question, Reviewed},
    },
    web::{
        ask::Ask,
        body::Query,
        export::Form,
        fault::Fault,
        frame, lists,
        members::{
            target::{Shown, view_of},
            view::TargetView,
        },
        reply::{look_and_show, screen},
        sidebar::Submenu,
        wanted::Wanted,
    },
};
use answers::{ReviewAnswer, ReviewedAnswer};
pub use question::KINDS;
use question::{query_of, question};
use view::{Cell, Choice, ReviewPage, ReviewRow};

screen!(ReviewPage, "review" => as_review, "review-more" => as_rows);

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
    let form = Form::of(&request, &query);
    if let Ok(form @ (Form::Csv | Form::JsonLines)) = form {
        return export::answer::<K>(&ask, &query, id, form).await;
    }
    if ask.wanted != Wanted::Json {
        return look_and_show(&request, &ask, move |r| review_page::<K>(r, &id, &query)).await;
    }
    let found = ask
        .read(move |r| {
            members::check_may_review::<K>(&r.caller, &id)?;
            form?;
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
    let mut whole = query_of(&question, &search);
    let csv = format!("{address}?{}", whole.append_pair("format", "csv").finish());
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
        csv,
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
    let sections = K::Privilege::SECTIONS.iter();
    ReviewRow {
        icon: entry.member.kind(),
        name: entry.name.to_owned(),
        username: entry.username.map(ToOwned::to_owned),
        blocked: one.access == Some(Access::Blocked),
        cells: sections
            .flat_map(|(_, all)| all.iter().map(|held| cell(&one.explanation, *held)))
            .collect(),
        through: grants.iter().map(way_text).collect(),
        signed_in: one.signed_in_at.map(|at| at.to_string()),
        key: entry.member.to_string(),
        why: format!("{}/explanation", target.effective(&entry.member)),
    }
}

/// How a member holds one privilege.
fn cell<K: Kind>(explanation: &Explanation<'_, K>, privilege: K::Privilege) -> Cell {
    let of = |is_own: bool| {
        let grants = explanation.grants.iter();
        let mut grants = grants.filter(|grant| grant.group.is_none() == is_own);
        grants.any(|grant| grant.privileges.contains(privilege))
    };
    match (of(true), of(false)) {
        (true, true) => Cell::Both,
        (true, false) => Cell::Direct,
        (false, true) => Cell::Inherited,
        (false, false) => Cell::No,
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

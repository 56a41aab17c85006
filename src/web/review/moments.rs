//! `GET …/review/changes`: one cluster or group at two moments.

use actix_web::{HttpRequest, HttpResponse, web::Path as UrlPath};

use super::{
    answers::{ChangeAnswer, ChangesAnswer},
    kinds,
    question::kind,
    view::{ChangeRow, MomentsPage},
};
use crate::{
    domain::{Page, Slice, Timestamp},
    service::{
        Error, MemberChange, Privileges, Problem, Reading,
        members::{self, Moments},
    },
    web::{
        ask::Ask,
        body::Query,
        fault::Fault,
        lists,
        members::{
            labels,
            target::{Shown, view_of},
        },
        reply::{screen, show},
        sidebar::Submenu,
        wanted::Wanted,
    },
};

screen!(MomentsPage, "changes" => as_changes, "changes-more" => as_rows);

/// `GET …/review/changes?since=…&until=…`.
pub async fn get<K: Shown>(
    request: HttpRequest,
    ask: Ask,
    id: UrlPath<K::Id>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let id = id.into_inner();
    if ask.wanted != Wanted::Json {
        let page = page::<K>(&ask, id, query).await?;
        return show(&request, &ask, page);
    }
    let found = ask
        .run(move |panel, asked| {
            panel.read(asked, |r| members::check_may_review::<K>(&r.caller, &id))?;
            let moments = moments(&query)?.ok_or(Error::MissingRequiredValue("since"))?;
            panel.member_changes::<K>(asked, &id, &moments, &query.page(Page::SCREEN)?)
        })
        .await?;
    let total = found.total;
    let found = found.map(ChangeAnswer::from);
    Ok(lists::page(&request, found, ChangeAnswer::id, |items| {
        ChangesAnswer::of(total, items)
    }))
}

/// Which moments the query names; none if it does not say since when.
fn moments(query: &Query) -> Result<Option<Moments>, Error> {
    let Some(since) = moment(query, "since")? else {
        return Ok(None);
    };
    Ok(Some(Moments {
        kind: kind(query)?,
        since,
        until: moment(query, "until")?,
    }))
}

/// A moment in Unix seconds, as the API has them, or as forms send it.
fn moment(query: &Query, name: &'static str) -> Result<Option<Timestamp>, Error> {
    let Some(text) = query.get(name) else {
        return Ok(None);
    };
    let seconds = text.parse().ok().map(Timestamp);
    let moment = seconds.or_else(|| Timestamp::parse_minute(text));
    moment
        .map(Some)
        .ok_or_else(|| Error::bad_value(name, Problem::Integer))
}

async fn page<K: Shown>(ask: &Ask, id: K::Id, query: Query) -> Result<MomentsPage, Fault> {
    let (asked, looked) = (id.clone(), query.clone());
    let found = ask
        .run(move |panel, request| {
            panel.read(request, |r| {
                members::check_may_review::<K>(&r.caller, &asked)
            })?;
            match moments(&looked)? {
                None => Ok(Slice::nothing()),
                Some(moments) => {
                    let page = looked.page(Page::SCREEN)?;
                    panel.member_changes::<K>(request, &asked, &moments, &page)
                }
            }
        })
        .await?;
    ask.read(move |r| shown::<K>(r, &id, &query, &found)).await
}

fn shown<K: Shown>(
    r: &mut Reading<'_>,
    id: &K::Id,
    query: &Query,
    found: &Slice<MemberChange<K>>,
) -> Result<MomentsPage, Error> {
    let target = view_of::<K>(r.caller.graph, id)?;
    members::check_may_review::<K>(&r.caller, id)?;
    let text = |name| query.get(name).unwrap_or_default().to_owned();
    let (since, until) = (text("since"), text("until"));
    let kind = kind(query)?;
    let address = format!("{}/review/changes", target.home);
    let more = found.items.last().filter(|_| found.more).map(|last| {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("since", &since), ("until", &until), ("q", &text("q"))])
            .append_pair("kind", query.get("kind").unwrap_or("users"))
            .append_pair("after", last.member.id())
            .finish();
        format!("{address}?{query}")
    });
    let title = format!("Changes of access to {}", target.name);
    Ok(MomentsPage {
        layout: K::layout_at(r, &title, id, Submenu::Review)?,
        page: address,
        search: text("q"),
        kinds: kinds(kind),
        is_asked: !since.is_empty(),
        since,
        until,
        count: found.total,
        rows: found.items.iter().map(row).collect(),
        more,
        target,
    })
}

fn row<K: Shown>(change: &MemberChange<K>) -> ChangeRow {
    let none = Privileges::<K>::NONE;
    let (before, after) = (change.before.unwrap_or(none), change.after.unwrap_or(none));
    let listed =
        |privileges: Privileges<K>| (!privileges.is_empty()).then(|| labels::<K>(privileges));
    ChangeRow {
        icon: change.member.kind(),
        name: change.name.clone(),
        username: change.username.clone(),
        what: match (change.before, change.after) {
            (None, _) => "gained access",
            (_, None) => "lost access",
            _ => "kept access",
        },
        gained: listed(after.without(before)),
        lost: listed(before.without(after)),
    }
}

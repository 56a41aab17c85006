//! When memberships end by themselves: what is said of it, and the dialog that sets it.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Path as UrlPath};

use super::{
    dialog::{EndPage, Line},
    look::NamesMember,
    paths::member_block,
    target::{Shown, view_of},
    view::Ending,
};
use crate::{
    domain::{Action, Member, Timestamp},
    service::{Error, Reading, members},
    web::{
        api::answers::EndingAnswer,
        ask::Ask,
        body::{Body, Query},
        fault::Fault,
        layout::{Field, Notice},
        reply::{back, done, look_and_show, no_content, screen, show_as},
        tags::tag_of,
        wanted::Wanted,
    },
};

screen!(EndPage, "dialog-content" | "dialog-form" => as_dialog);

/// What ends sooner than this is said more prominently.
const SOON: Duration = Duration::from_hours(7 * 24);

impl Ending {
    /// What is said of an end at `at`.
    pub fn of(at: Timestamp, now: Timestamp) -> Self {
        let left = at.since(now);
        let is_soon = left < SOON;
        Self {
            text: if is_soon {
                format!("ends in {}, {at}", in_words(left))
            } else {
                format!("until {at}")
            },
            is_soon,
        }
    }
}

/// A span in the roundest words.
fn in_words(span: Duration) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let left = span.as_secs();
    let (count, what) = match left {
        0..MINUTE => return "less than a minute".to_owned(),
        MINUTE..HOUR => (left / MINUTE, "minute"),
        HOUR..DAY => (left / HOUR, "hour"),
        _ => (left / DAY, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

/// How many memberships end soon, if any do and the caller may list them.
pub fn hint<K: Shown>(r: &Reading<'_>, id: &K::Id) -> Option<String> {
    match members::count_ending::<K>(r, id, SOON) {
        Ok(1) => Some("1 direct membership here ends within the next 7 days.".to_owned()),
        Ok(count) if count > 1 => Some(format!(
            "{count} direct memberships here end within the next 7 days."
        )),
        _ => None,
    }
}

/// `GET …/members/end?member=…`.
pub async fn dialog<K: Shown>(
    request: HttpRequest,
    ask: Ask,
    id: UrlPath<K::Id>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    look_and_show(&request, &ask, move |r| {
        let member = query
            .get("member")
            .and_then(|member| member.parse().ok())
            .ok_or(Error::MissingRequiredValue("member"))?;
        page::<K>(r, &id, &member, query.back(""))
    })
    .await
}

fn page<K: Shown>(
    r: &mut Reading<'_>,
    id: &K::Id,
    member: &Member,
    back: String,
) -> Result<EndPage, Error> {
    let target = view_of::<K>(r.caller.graph, id)?;
    members::check_may_see::<K>(&r.caller, id)?;
    let end = members::end_of::<K>(r, id, member)?;
    let who = member_block(&r.caller, member);
    Ok(EndPage {
        layout: K::layout(r, "End of a membership", id)?,
        back: if back.is_empty() {
            target.page.clone()
        } else {
            back
        },
        forbidden: members::check_may_set::<K>(&r.caller, id)
            .err()
            .map(|refused| refused.to_string()),
        action: format!("{}/end", target.direct(member)),
        now: r.now.to_string(),
        earliest: r.now.plus(Duration::from_mins(1)).minute(),
        ending: end.map(|end| Ending::of(end, r.now)),
        at: Field::holding(end.map(Timestamp::minute).unwrap_or_default()),
        who: Line {
            icon: who.icon,
            name: who.name,
            username: who.username,
            what: String::new(),
        },
        target,
    })
}

/// `get_cluster_user_end` and its like. Beyond the contract.
pub async fn shown<K: Shown, M: NamesMember>(
    ask: Ask,
    path: UrlPath<(K::Id, M)>,
) -> Result<HttpResponse, Fault> {
    let (id, member) = path.into_inner();
    let member = member.member();
    let shown = ask.read(move |r| answer::<K>(r, &id, &member)).await?;
    Ok(HttpResponse::Ok().json(shown))
}

fn answer<K: Shown>(r: &Reading<'_>, id: &K::Id, member: &Member) -> Result<EndingAnswer, Error> {
    let ends_at = members::end_of::<K>(r, id, member)?;
    Ok(EndingAnswer { ends_at })
}

/// `set_cluster_user_end` and its like. Beyond the contract.
pub async fn set<K: Shown, M: NamesMember>(
    request: HttpRequest,
    ask: Ask,
    path: UrlPath<(K::Id, M)>,
    body: Body,
) -> Result<HttpResponse, Fault> {
    let (id, member) = path.into_inner();
    let member = member.member();
    let Body(input) = body;
    let back = back(&input, &format!("{}/{id}/members", K::AREA));
    let typed = input.field("endsAt").unwrap_or_default().to_owned();
    let (target, whom) = (id.clone(), member.clone());
    let set = ask
        .write(Action::SetEnd, input, move |w, input| {
            w.is_about(|r| tag_of(&answer::<K>(r, &target, &whom)?));
            let end = members::set_end::<K>(w, &target, &whom, input)?;
            let name = member_block(&w.caller, &whom).name;
            Ok(match end {
                Some(end) => format!("The membership of “{name}” ends {end}."),
                None => format!("The membership of “{name}” does not end by itself."),
            })
        })
        .await;
    let refused = match set {
        Ok(notice) => return Ok(done(&ask, no_content(), &Notice::success(notice), &back)),
        Err(Fault::Refused(refused @ Error::BadValue { .. })) if ask.wanted != Wanted::Json => {
            refused
        }
        Err(other) => return Err(other),
    };
    let mut page = ask.read(move |r| page::<K>(r, &id, &member, back)).await?;
    page.at = Field::wrong(typed, wording(&refused));
    show_as(StatusCode::BAD_REQUEST, &request, &ask, page)
}

/// What is wrong with what was typed, in the words of the field.
fn wording(refused: &Error) -> String {
    match refused {
        Error::BadValue { problem, .. } => format!("The end {problem}."),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_soon_says_how_soon() {
        let said = |seconds: i64| Ending::of(Timestamp(1_000_000 + seconds), Timestamp(1_000_000));
        let day = 24 * 60 * 60;
        for (seconds, expected) in [
            (30, "ends in less than a minute, 1970-01-12 13:47 UTC"),
            (7_200, "ends in 2 hours, 1970-01-12 15:46 UTC"),
            (day, "ends in 1 day, 1970-01-13 13:46 UTC"),
            (7 * day - 1, "ends in 6 days, 1970-01-19 13:46 UTC"),
            (7 * day, "until 1970-01-19 13:46 UTC"),
        ] {
            assert_eq!(said(seconds).text, expected);
            assert_eq!(said(seconds).is_soon, seconds < 7 * day);
        }
    }
}

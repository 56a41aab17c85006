//! Lists of tokens, and clearing them up.

use actix_web::{HttpRequest, HttpResponse};

use super::{
    manage::Owner,
    view::{Choice, CleanUpPage, Obsolete, ObsoleteSection, TokenRow, TokensPage},
    words::{self, StateWords, TargetWords},
};
use crate::{
    domain::{Target, TargetKind, TokenType, UserId},
    service::{
        Error, Reading,
        tokens::{self, Category, Filter, Listed, State},
    },
    web::{
        ask::Ask,
        body::{Query, local},
        fault::Fault,
        frame,
        layout::{API, Layout, Place},
        members::back_to,
        reply::{look_and_show, screen},
    },
};

screen!(TokensPage, "tokens" => as_list, "tokens-more" => as_rows);
screen!(CleanUpPage, "dialog-content" | "dialog-form" => as_dialog);

/// How many tokens a page of the list shows.
const SHOWN: usize = 50;

/// What is asked of a list, as it stands in the address.
struct Asked {
    search: String,
    kind: String,
    target: String,
}

impl Asked {
    fn of(query: &Query) -> Self {
        let read = |key| query.get(key).unwrap_or_default().trim().to_owned();
        Self {
            search: read("q"),
            kind: read("type"),
            target: read("target"),
        }
    }

    fn filter(&self) -> Filter {
        let mut filter = Filter {
            category: match &*self.kind {
                "access" => Some(Category::Access),
                "identity" => Some(Category::Identity),
                "invite" => Some(Category::Invite),
                _ => None,
            },
            ..Filter::default()
        };
        match self.target.split_once(':') {
            Some(("cluster", id)) => filter.target = id.parse().ok().map(Target::Cluster),
            Some(("group", id)) => filter.target = id.parse().ok().map(Target::Group),
            _ => {
                filter.target_kind = match &*self.target {
                    "cluster" => Some(TargetKind::Cluster),
                    "group" => Some(TargetKind::Group),
                    _ => None,
                }
            }
        }
        filter
    }

    fn url(&self, base: &str, after: Option<&str>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let parts = [
            ("q", Some(&*self.search)),
            ("type", Some(&*self.kind)),
            ("target", Some(&*self.target)),
            ("after", after),
        ];
        for (key, value) in parts {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                query.append_pair(key, value);
            }
        }
        let query = query.finish();
        if query.is_empty() {
            base.to_owned()
        } else {
            format!("{base}?{query}")
        }
    }
}

/// Where the tokens of a user are listed.
pub fn list_of(owner: Option<&UserId>) -> String {
    owner.map_or_else(
        || "/tokens".to_owned(),
        |owner| format!("/users/{owner}/tokens"),
    )
}

/// The name of `owner`, if that is not the reader.
pub fn other_owner(r: &Reading<'_>, owner: Option<&UserId>) -> Option<String> {
    let other = owner.filter(|owner| r.caller.who.user() != Some(*owner))?;
    let user = r.caller.graph.user(other);
    Some(user.map_or("-", |user| user.name).to_owned())
}

/// The frame of a page about tokens of the reader's, or of somebody else's.
pub fn layout(r: &mut Reading<'_>, title: &str, others: bool) -> Result<Layout, Error> {
    let place = if others { Place::Users } else { Place::Tokens };
    frame::layout(r, title, place)
}

/// `GET /tokens`, `GET /users/{id}/tokens`.
pub async fn list(
    request: HttpRequest,
    ask: Ask,
    owner: Owner,
    query: Query,
) -> Result<HttpResponse, Fault> {
    look_and_show(&request, &ask, move |r| {
        tokens_page(r, owner.0.as_ref(), &query)
    })
    .await
}

fn tokens_page(
    r: &mut Reading<'_>,
    owner: Option<&UserId>,
    query: &Query,
) -> Result<TokensPage, Error> {
    let asked = Asked::of(query);
    let all = tokens::all(r, owner)?;
    let found = tokens::page_of(&all, &asked.filter(), &query.page(SHOWN)?)?;
    let base = list_of(owner);
    let here = asked.url(&base, query.get("after"));
    let more = found.items.last().filter(|_| found.more);
    let whose = other_owner(r, owner);
    let title = whose
        .as_ref()
        .map_or_else(|| "Tokens".to_owned(), |name| format!("Tokens of {name}"));
    Ok(TokensPage {
        layout: layout(r, &title, whose.is_some())?,
        owner: whose,
        any: !all.is_empty(),
        obsolete: all.iter().filter(|one| one.state != State::Active).count(),
        targets: targets(r, &all, &asked.target),
        kinds: Choice::list(
            &[
                ("", "All types"),
                ("access", "Access"),
                ("identity", "Identity"),
                ("invite", "Invite"),
            ],
            &asked.kind,
        ),
        count: found.total,
        more: more.map(|last| asked.url(&base, Some(last.token.id.as_str()))),
        rows: found.items.into_iter().map(|one| row(r, one)).collect(),
        search: asked.search,
        back: back_to(&here),
        here,
        base,
    })
}

/// What the tokens lead to, to choose from: kinds first, then each thing once.
fn targets(r: &Reading<'_>, all: &[Listed], chosen: &str) -> Vec<(String, String, bool)> {
    let mut options = vec![
        (String::new(), "Any target".to_owned()),
        ("cluster".to_owned(), "Any cluster".to_owned()),
        ("group".to_owned(), "Any group".to_owned()),
    ];
    let invites = all.iter().filter_map(|one| one.token.invite());
    for target in invites.map(|invite| invite.offer.target()) {
        let value = format!("{}:{}", target.kind(), target.id());
        if !options.iter().any(|(known, _)| *known == value) {
            let name = TargetWords::of(r, &target).name;
            options.push((value, format!("{} {name}", target.kind())));
        }
    }
    options
        .into_iter()
        .map(|(value, label)| {
            let is_chosen = value == chosen;
            (value, label, is_chosen)
        })
        .collect()
}

fn row(r: &Reading<'_>, listed: &Listed) -> TokenRow {
    let token = &listed.token;
    let kind = token.token_type();
    let target = token.invite().map(|invite| invite.offer.target());
    TokenRow {
        id: token.id.clone(),
        name: token.name.clone(),
        icon: words::kind_icon(&kind),
        what: words::kind_label(&kind),
        target: target.map(|target| TargetWords::of(r, &target)),
        state: StateWords::of(listed.state),
        revoked: token.revoked,
        expires: words::until(token.expires_at()),
        uses: token.invite().map(words::uses),
        last_use: words::last_use(r.caller.graph, token),
    }
}

/// `GET /tokens/cleanup`, `GET /users/{id}/tokens/cleanup`.
pub async fn clean_up(
    request: HttpRequest,
    ask: Ask,
    owner: Owner,
    query: Query,
) -> Result<HttpResponse, Fault> {
    look_and_show(&request, &ask, move |r| {
        clean_up_page(r, owner.0.as_ref(), &query)
    })
    .await
}

fn clean_up_page(
    r: &mut Reading<'_>,
    owner: Option<&UserId>,
    query: &Query,
) -> Result<CleanUpPage, Error> {
    let mut found = tokens::all(r, owner)?;
    found.retain(|one| one.state != State::Active);
    let section = |label, is_of: fn(&TokenType) -> bool| ObsoleteSection {
        label,
        tokens: found
            .iter()
            .filter(|one| is_of(&one.token.token_type()))
            .map(|one| Obsolete {
                id: one.token.id.clone(),
                name: one.token.name.clone(),
                state: StateWords::of(one.state),
            })
            .collect(),
    };
    let mut sections = vec![
        section("Access tokens", |kind| *kind == TokenType::Access),
        section("Identity tokens", |kind| *kind == TokenType::Identity),
        section("Invite tokens", |kind| kind.invite_kind().is_some()),
    ];
    sections.retain(|section| !section.tokens.is_empty());
    let others = other_owner(r, owner).is_some();
    Ok(CleanUpPage {
        layout: layout(r, "Clean up tokens", others)?,
        back: query
            .get("back")
            .and_then(local)
            .map_or_else(|| list_of(owner), ToOwned::to_owned),
        action: owner.map_or_else(
            || format!("{API}/user/tokens/named"),
            |owner| format!("{API}/users/{owner}/tokens/named"),
        ),
        sections,
    })
}

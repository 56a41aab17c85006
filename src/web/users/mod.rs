//! The users of the zone, for zone administrators.

pub mod view;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Path};
use askama::Template as _;

use super::{
    api::answers::{ProtectedUser, Users},
    ask::Ask,
    body::{Body, Query},
    fault::Fault,
    frame::{self, control},
    layout::{API, Field, Notice, Place},
    lists,
    reply::{back, created, done, html, look_and_show, no_content, screen, show, show_as},
    tags::tag_of,
    wanted::Wanted,
};
use crate::{
    domain::{Access, Action, InvalidName, Page, UserId, ZonePrivilege},
    service::{Caller, Error, Input, Reading, UserRef, accounts, audit},
};
use view::{BlockPage, NewUserPage, UserRow, UserRowFragment, UsersPage};

screen!(UsersPage, "users" => as_users, "users-more" => as_rows);
screen!(NewUserPage, "dialog-content" | "dialog-form" => as_dialog);
screen!(BlockPage, "dialog-content" | "dialog-form" => as_dialog);

/// `GET /users`, `GET users` (`oz_users_list`).
pub async fn list(request: HttpRequest, ask: Ask, query: Query) -> Result<HttpResponse, Fault> {
    if ask.wanted == Wanted::Json {
        let look = |r: &mut Reading<'_>, query: &Query| {
            accounts::check_may_list(&r.caller)?;
            let found = accounts::list(r, &query.page(usize::MAX)?)?;
            Ok(found.map(|user| user.id.clone()))
        };
        return lists::list(&request, &ask, query, look, |users| Users { users }).await;
    }
    let search = query.get("q").unwrap_or_default().to_owned();
    look_and_show(&request, &ask, move |r| {
        accounts::check_may_list(&r.caller)?;
        let page = query.page(Page::SCREEN)?;
        users_page(r, &page, search)
    })
    .await
}

fn users_page(r: &mut Reading<'_>, page: &Page, search: String) -> Result<UsersPage, Error> {
    let users = accounts::list(r, page)?;
    let more = users.items.last().filter(|_| users.more).map(|last| {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("q", &search)
            .append_pair("after", last.id.as_str())
            .finish();
        format!("/users?{query}")
    });
    Ok(UsersPage {
        layout: frame::layout(r, "Users", Place::Users)?,
        search,
        count: users.total,
        rows: users
            .items
            .iter()
            .map(|user| row(&r.caller, user))
            .collect(),
        more,
        create: control(r.caller.require_in_zone(&[ZonePrivilege::UsersCreate])),
    })
}

fn row(caller: &Caller<'_>, user: &UserRef<'_>) -> UserRow {
    UserRow {
        id: user.id.clone(),
        name: user.name.to_owned(),
        username: user.username.map(ToOwned::to_owned),
        you: caller.who.user() == Some(user.id),
        tokens: caller.holds_in_zone(&[ZonePrivilege::TokensManage]),
        audit: audit::check_may_see_all(caller).is_ok(),
        blocked: user.access == Access::Blocked,
        control: control(accounts::check_may_block(caller, user.id)),
    }
}

/// `GET users/{id}` (`get_user`).
pub async fn get(ask: Ask, id: Path<UserId>) -> Result<HttpResponse, Fault> {
    let shown = ask.read(move |r| shown(r, &id)).await?;
    Ok(HttpResponse::Ok().json(shown))
}

fn shown(r: &mut Reading<'_>, id: &UserId) -> Result<ProtectedUser, Error> {
    Ok(accounts::get(r, id)?.into())
}

/// `GET /users/new`.
pub async fn new(request: HttpRequest, ask: Ask) -> Result<HttpResponse, Fault> {
    let page = new_page(&ask, &Input::default()).await?;
    show(&request, &ask, page)
}

async fn new_page(ask: &Ask, input: &Input) -> Result<NewUserPage, Fault> {
    let typed = |key| Field::holding(input.field(key).unwrap_or_default());
    let (full_name, username) = (typed("fullName"), typed("username"));
    ask.read(move |r| {
        r.caller.require_in_zone(&[ZonePrivilege::UsersCreate])?;
        Ok(NewUserPage {
            layout: frame::layout(r, "Create user", Place::Users)?,
            back: "/users".to_owned(),
            full_name,
            username,
            password: Field::default(),
        })
    })
    .await
}

/// `POST users` (`create_user`).
pub async fn create(request: HttpRequest, ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let typed = input.clone();
    let made = match ask.request().await {
        Ok(asked) => {
            ask.hashing_as(asked, move |panel, asked, permit| {
                panel.create_user(asked, permit, &input, false)
            })
            .await
        }
        Err(fault) => Err(fault),
    };
    match made {
        Ok(id) => {
            let notice = Notice::success("The user has been created.");
            let json = created(&request, &format!("/api/v3/onezone/users/{id}"));
            Ok(done(&ask, json, &notice, "/users"))
        }
        Err(Fault::Refused(refused)) if ask.wanted != Wanted::Json => {
            let mut page = new_page(&ask, &typed).await?;
            if !place_error(&mut page, &refused) {
                return Err(refused.into());
            }
            show_as(StatusCode::BAD_REQUEST, &request, &ask, page)
        }
        Err(fault) => Err(fault),
    }
}

/// Puts an error beside the field it is about; says whether there is one.
fn place_error(page: &mut NewUserPage, refused: &Error) -> bool {
    let field = match refused {
        Error::BadName(InvalidName::FullName) => &mut page.full_name,
        Error::BadName(InvalidName::Password) => &mut page.password,
        Error::BadName(InvalidName::Username) | Error::MissingRequiredValue("username") => {
            &mut page.username
        }
        Error::BadValue { key, .. } if key == "username" => &mut page.username,
        _ => return false,
    };
    field.error = Some(refused.to_string());
    true
}

/// `GET /users/{id}/block`.
pub async fn block(
    request: HttpRequest,
    ask: Ask,
    id: Path<UserId>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let id = id.into_inner();
    let user = id.clone();
    let mut page = ask
        .read(move |r| {
            accounts::check_may_block(&r.caller, &id)?;
            let user = r.caller.graph.user(&id).ok_or(Error::NotFound)?;
            Ok(BlockPage {
                name: user.name.to_owned(),
                layout: frame::layout(r, "Block user", Place::Users)?,
                back: query.back("/users"),
                action: format!("{API}/users/{id}/access_block"),
                consequences: None,
            })
        })
        .await?;
    let to = ("patch", page.action.as_str());
    let input = Input::Form(vec![("blocked".to_owned(), "true".to_owned())]);
    let part = ask.consequences(to, Action::BlockUser, input, move |w, input| {
        accounts::set_access(w, &user, input)
    });
    page.consequences = Some(part.await?);
    show(&request, &ask, page)
}

/// `PATCH users/{id}/access_block`.
pub async fn set_access(ask: Ask, id: Path<UserId>, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let id = id.into_inner();
    let (user, shown) = (id.clone(), id);
    let access = ask
        .write(Action::BlockUser, input, move |w, input| {
            accounts::set_access(w, &user, input)
        })
        .await?;
    let done_what = match access {
        Access::Blocked => "The user is blocked and signed out everywhere.",
        Access::Open => "The user may sign in again.",
    };
    let notice = Notice::success(done_what);
    if ask.wanted.target().is_some_and(|id| id.starts_with("u-")) {
        return row_fragment(&ask, shown, notice).await;
    }
    Ok(done(&ask, no_content(), &notice, "/users"))
}

/// `PATCH users/{id}/basic_auth` (`change_user_basic_auth_settings`).
pub async fn set_basic_auth(ask: Ask, id: Path<UserId>, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let back = back(&input, "/users");
    let asked = ask.request().await?;
    ask.hashing_as(asked, move |panel, asked, permit| {
        panel.set_basic_auth(asked, permit, &id, &input)
    })
    .await?;
    let notice = Notice::success("How the user signs in has been changed.");
    Ok(done(&ask, no_content(), &notice, &back))
}

/// `DELETE users/{id}` (`remove_user`).
pub async fn delete(ask: Ask, id: Path<UserId>) -> Result<HttpResponse, Fault> {
    ask.write(Action::DeleteUser, Input::default(), move |w, _| {
        w.is_about(|r| tag_of(&shown(r, &id)?));
        accounts::delete(w, &id)
    })
    .await?;
    let notice = Notice::success("The user has been deleted.");
    Ok(done(&ask, no_content(), &notice, "/users"))
}

async fn row_fragment(ask: &Ask, id: UserId, notice: Notice) -> Result<HttpResponse, Fault> {
    let (row, mut layout) = ask
        .read(move |r| {
            let user = r.caller.graph.user(&id).ok_or(Error::NotFound)?;
            Ok((
                row(&r.caller, &user),
                frame::layout(r, "Users", Place::Users)?,
            ))
        })
        .await?;
    layout.notices.push(notice);
    let fragment = UserRowFragment {
        row,
        back: "/users".to_owned(),
    };
    Ok(html(fragment.render()? + &layout.announcement().render()?))
}

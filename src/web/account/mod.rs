//! The caller's own account.

pub mod view;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header::RETRY_AFTER},
};

use super::{
    api::answers::ProtectedUser,
    ask::Ask,
    body::Body,
    fault::{Fault, retry_after},
    frame,
    layout::{Field, Notice, Place},
    reply::{done, moved, no_content, screen, show, show_as},
    tags::tag_of,
    wanted::Wanted,
};
use crate::{
    domain::{Action, InvalidName},
    service::{AuthFailure, Error, Input, Reading, accounts},
};
use view::AccountPage;

screen!(AccountPage);

/// `GET /account`, `GET user` (`get_current_user`).
pub async fn get(request: HttpRequest, ask: Ask) -> Result<HttpResponse, Fault> {
    match ask.wanted {
        Wanted::Json => {
            let shown = ask.read(shown).await?;
            Ok(HttpResponse::Ok().json(shown))
        }
        Wanted::Page | Wanted::Fragment(_) => {
            let page = page(&ask).await?;
            show(&request, &ask, page)
        }
    }
}

fn shown(r: &mut Reading<'_>) -> Result<ProtectedUser, Error> {
    Ok(accounts::current(r)?.into())
}

async fn page(ask: &Ask) -> Result<AccountPage, Fault> {
    ask.read(|r| {
        let user = accounts::current(r)?;
        Ok(AccountPage {
            layout: frame::layout(r, "Account", Place::Account)?,
            username: user.username,
            basic_auth: user.basic_auth_enabled,
            full_name: Field::holding(user.full_name),
            old_password: Field::default(),
            new_password: Field::default(),
            retyped_password: Field::default(),
        })
    })
    .await
}

/// `PATCH user` (`modify_current_user`).
pub async fn modify(request: HttpRequest, ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let typed = input.field("fullName").unwrap_or_default().to_owned();
    match ask
        .write(Action::ModifyUser, input, |w, input| {
            w.is_about(|r| tag_of(&shown(r)?));
            accounts::modify_current(w, input)
        })
        .await
    {
        Ok(()) => {
            let notice = Notice::success("Your name has been saved.");
            Ok(done(&ask, no_content(), &notice, "/account"))
        }
        Err(fault) => {
            wrong(&request, &ask, fault, |page, refused| match refused {
                Error::BadName(InvalidName::FullName) => {
                    page.full_name = Field::wrong(typed, refused.to_string());
                    true
                }
                _ => false,
            })
            .await
        }
    }
}

/// `DELETE user` (`remove_current_user`). Nothing is left to be signed in as.
pub async fn delete(ask: Ask) -> Result<HttpResponse, Fault> {
    ask.write(Action::DeleteUser, Input::default(), |w, _| {
        w.is_about(|r| tag_of(&shown(r)?));
        accounts::delete_current(w)
    })
    .await?;
    let notice = Notice::success("Your account has been deleted.");
    Ok(moved(&ask, no_content(), &notice, "/login"))
}

/// `PATCH user/password` (`change_user_password`).
pub async fn change_password(
    request: HttpRequest,
    ask: Ask,
    body: Body,
) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let changed = match ask.request().await {
        Ok(asked) => {
            ask.hashing_as(asked, move |panel, asked, permit| {
                panel.change_password(asked, permit, &input)
            })
            .await
        }
        Err(fault) => Err(fault),
    };
    match changed {
        Ok(()) => {
            let notice =
                Notice::success("Your password has been changed. Your other sessions have ended.");
            Ok(done(&ask, no_content(), &notice, "/account"))
        }
        Err(fault) => wrong(&request, &ask, fault, place_password_error).await,
    }
}

/// Puts an error beside the field it is about; says whether there is one.
fn place_password_error(page: &mut AccountPage, refused: &Error) -> bool {
    let error = Field::wrong("", refused.to_string());
    match refused {
        Error::Unauthorized(Some(AuthFailure::BadBasicCredentials)) => {
            page.old_password = Field::wrong("", "This is not your current password.");
        }
        Error::TooManyAttempts(_) => page.old_password = error,
        Error::BadName(InvalidName::Password) => page.new_password = error,
        Error::BadValue { key, .. } if key == "retypedPassword" => {
            page.retyped_password = Field::wrong("", "The two new passwords differ.");
        }
        _ => return false,
    }
    true
}

/// Shows the page again with the error in place, or passes the fault on.
async fn wrong(
    request: &HttpRequest,
    ask: &Ask,
    fault: Fault,
    place: impl FnOnce(&mut AccountPage, &Error) -> bool,
) -> Result<HttpResponse, Fault> {
    let Fault::Refused(refused) = fault else {
        return Err(fault);
    };
    if ask.wanted == Wanted::Json {
        return Err(refused.into());
    }
    let mut page = page(ask).await?;
    if place(&mut page, &refused) {
        let Some(seconds) = retry_after(&refused) else {
            return show_as(StatusCode::BAD_REQUEST, request, ask, page);
        };
        let mut response = show_as(StatusCode::TOO_MANY_REQUESTS, request, ask, page)?;
        response.headers_mut().insert(RETRY_AFTER, seconds);
        Ok(response)
    } else {
        Err(refused.into())
    }
}

/// The caller's own clusters, as the JSON API lists them.
pub mod clusters {
    use actix_web::web::Path;

    use super::{Ask, Fault, HttpRequest, HttpResponse};
    use crate::{
        domain::ClusterId,
        service::{Reading, clusters},
        web::{
            api::answers::{ClusterAnswer, Clusters},
            body::Query,
            lists::{self, Extent},
        },
    };

    /// `list_user_clusters`, `list_user_effective_clusters`.
    pub async fn list<E: Extent>(
        request: HttpRequest,
        ask: Ask,
        query: Query,
    ) -> Result<HttpResponse, Fault> {
        let look = |r: &mut Reading<'_>, query: &Query| {
            r.caller.user()?;
            let found = clusters::of_caller(r, E::REACH, &query.page(usize::MAX)?)?;
            Ok(found.map(|cluster| cluster.id.clone()))
        };
        lists::list(&request, &ask, query, look, |clusters| Clusters {
            clusters,
        })
        .await
    }

    /// `get_user_cluster`, `get_user_effective_cluster`.
    pub async fn get(ask: Ask, id: Path<ClusterId>) -> Result<HttpResponse, Fault> {
        let cluster = ask.read(move |r| clusters::get_own(r, &id)).await?;
        Ok(HttpResponse::Ok().json(ClusterAnswer::from(cluster)))
    }
}

//! For whoever signed in with the passphrase: overview, members in numbers, invitations, passphrase.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Path};

use super::{
    Place, left_behind, onezone, show,
    view::{
        EmergencyMembersPage, EmergencyPlace, EmergencyTokenPage, EmergencyTokenRow,
        InviteWarningPage, MemberCounts, OpenSession, OverviewPage, PassphraseChangePage,
        TokenState,
    },
};
use crate::{
    domain::{Action, InvalidName, Timestamp, TokenId},
    service::{
        AuthFailure, Counts, Error, Input, Reading, SessionSecret, TokenRecord, emergency,
        tokens::{self, State},
    },
    web::{
        ask::Ask,
        body::Body,
        fault::Fault,
        layout::{Control, Field, Notice},
        reply::{done, no_content, see_other},
    },
};

/// Reads the place of somebody who must hold the passphrase.
pub(super) fn inside(r: &mut Reading<'_>, own: Option<&SessionSecret>) -> Result<Place, Error> {
    emergency::require_root(&r.caller.who)?;
    Place::of(r, own)
}

fn counts(counts: Counts) -> MemberCounts {
    MemberCounts {
        direct_groups: counts.direct_groups,
        direct_users: counts.direct_users,
        effective_groups: counts.effective_groups,
        effective_users: counts.effective_users,
    }
}

/// `GET /overview`.
pub async fn overview(request: HttpRequest, ask: Ask) -> Result<HttpResponse, Fault> {
    let onezone = onezone(&request, &ask).await;
    let (own, notice) = (ask.session().cloned(), left_behind(&request));
    let page = ask
        .read(move |r| {
            let place = inside(r, own.as_ref())?.saying(notice);
            let sessions = emergency::sessions(r)?;
            Ok(OverviewPage {
                frame: place.frame("Overview", EmergencyPlace::Overview),
                cluster: place.this_cluster(),
                id: place.cluster.id.to_string(),
                counts: counts(emergency::members_summary(r)?),
                onezone,
                sessions: sessions
                    .into_iter()
                    .map(|session| OpenSession {
                        yours: own.as_ref().is_some_and(|own| session.is(own)),
                        since: session.since.to_string(),
                        seen: session.seen.to_string(),
                        reason: session.reason,
                    })
                    .collect(),
            })
        })
        .await?;
    show(StatusCode::OK, &request, &page)
}

/// `GET /members`.
pub async fn members(request: HttpRequest, ask: Ask) -> Result<HttpResponse, Fault> {
    let onezone = onezone(&request, &ask).await;
    let (own, notice) = (ask.session().cloned(), left_behind(&request));
    let page = ask
        .read(move |r| {
            let place = inside(r, own.as_ref())?.saying(notice);
            let now = r.now;
            let tokens = emergency::invitations(r)?;
            Ok(EmergencyMembersPage {
                frame: place.frame("Members", EmergencyPlace::Members),
                name: place.cluster.name.clone(),
                counts: counts(emergency::members_summary(r)?),
                onezone,
                invite: Control::Enabled,
                tokens: tokens
                    .into_iter()
                    .map(|token| token_row(token, now))
                    .collect(),
            })
        })
        .await?;
    show(StatusCode::OK, &request, &page)
}

fn token_row(token: TokenRecord, now: Timestamp) -> EmergencyTokenRow {
    let state = match tokens::state_of(&token, now) {
        State::Revoked => TokenState::Revoked,
        State::UsedUp => TokenState::Used,
        State::Expired => TokenState::Expired,
        State::Active => TokenState::Open,
    };
    let invite = token.invite();
    let used = invite.map_or(0, |invite| invite.usage_count);
    let limit = invite.and_then(|invite| invite.usage_limit).unwrap_or(1);
    EmergencyTokenRow {
        created: token.created_at.to_string(),
        expires: expiry(token.expires_at()),
        name: token.name,
        uses: format!("{used} of {limit}"),
        state,
        id: token.id,
    }
}

fn expiry(moment: Option<Timestamp>) -> String {
    moment.map_or_else(|| "never".to_owned(), |moment| moment.to_string())
}

/// `GET /members/invite`: what the token will give, before there is one.
pub async fn invite(request: HttpRequest, ask: Ask) -> Result<HttpResponse, Fault> {
    let (own, notice) = (ask.session().cloned(), left_behind(&request));
    let page = ask
        .read(move |r| {
            let place = inside(r, own.as_ref())?.saying(notice);
            Ok(InviteWarningPage {
                frame: place.frame("Invite user using a token", EmergencyPlace::Members),
                name: place.cluster.name.clone(),
            })
        })
        .await?;
    show(StatusCode::OK, &request, &page)
}

/// `POST /members/invite`. Leads to the token, so that reloading it makes no second one.
pub async fn create_token(ask: Ask) -> Result<HttpResponse, Fault> {
    let made = ask
        .write(Action::EmergencyInvite, Input::default(), |w, _| {
            emergency::require_root(&w.caller.who)?;
            emergency::invite(w)
        })
        .await?;
    Ok(see_other(&format!("/members/tokens/{}", made.token.id)))
}

/// `GET /members/tokens/{id}`: a token that can still be used, to hand it out.
pub async fn token(
    request: HttpRequest,
    ask: Ask,
    id: Path<TokenId>,
) -> Result<HttpResponse, Fault> {
    let onezone = onezone(&request, &ask).await;
    let (own, notice) = (ask.session().cloned(), left_behind(&request));
    let page = ask
        .read(move |r| {
            let place = inside(r, own.as_ref())?.saying(notice);
            let made = emergency::open_invitation(r, &id)?;
            Ok(EmergencyTokenPage {
                frame: place.frame("Invite user using a token", EmergencyPlace::Members),
                cluster: place.cluster.name.clone(),
                token: made.text,
                expires: expiry(made.token.expires_at()),
                name: made.token.name,
                consume: onezone.consume,
            })
        })
        .await?;
    show(StatusCode::OK, &request, &page)
}

/// `POST /members/tokens/{id}/revoke`.
pub async fn revoke(ask: Ask, id: Path<TokenId>) -> Result<HttpResponse, Fault> {
    ask.write(Action::ModifyToken, Input::default(), move |w, _| {
        emergency::revoke(w, &id)
    })
    .await?;
    let notice = Notice::success("The token is revoked. It lets nobody in any more.");
    Ok(done(&ask, no_content(), &notice, "/members"))
}

/// `GET /passphrase`.
pub async fn passphrase(request: HttpRequest, ask: Ask) -> Result<HttpResponse, Fault> {
    let mut page = passphrase_page(&ask).await?;
    page.frame = page.frame.saying(left_behind(&request));
    show(StatusCode::OK, &request, &page)
}

async fn passphrase_page(ask: &Ask) -> Result<PassphraseChangePage, Fault> {
    let own = ask.session().cloned();
    ask.read(move |r| {
        let place = inside(r, own.as_ref())?;
        Ok(PassphraseChangePage {
            frame: place.frame("Emergency passphrase", EmergencyPlace::Passphrase),
            current: Field::default(),
            new: Field::default(),
            retyped: Field::default(),
        })
    })
    .await
}

/// `POST /passphrase`. A wrong current passphrase is a field's error; the session goes on.
pub async fn change_passphrase(
    request: HttpRequest,
    ask: Ask,
    body: Body,
) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let asked = ask.request().await?;
    let changed = ask
        .hashing_passphrase(asked, move |panel, asked, permit| {
            panel.change_passphrase(asked, permit, &input)
        })
        .await;
    let refused = match changed {
        Ok(()) => {
            let notice = Notice::success(
                "Emergency passphrase changed successfully. Other emergency sessions have ended, \
                 and open invitations have been withdrawn.",
            );
            let json = no_content();
            return Ok(done(&ask, json, &notice, "/passphrase"));
        }
        Err(Fault::Refused(refused)) => refused,
        Err(fault) => return Err(fault),
    };
    let mut page = passphrase_page(&ask).await?;
    let error = Field::wrong("", refused.to_string());
    match &refused {
        Error::Unauthorized(Some(AuthFailure::BadBasicCredentials)) => {
            page.current = Field::wrong("", "This is not the current passphrase.");
        }
        Error::TooManyAttempts(_) => page.current = error,
        Error::BadName(InvalidName::Password) => page.new = error,
        Error::BadValue { .. } => {
            page.retyped = Field::wrong("", "Retyped passphrase does not match.");
        }
        _ => return Err(refused.into()),
    }
    show(StatusCode::BAD_REQUEST, &request, &page)
}

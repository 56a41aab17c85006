//! Refusals: which status and error id each has, and how it is shown in the form that was asked for.
//!
//! Policy: handlers return a [`Fault`]; it becomes a bare status at first, and the outermost
//! middleware ([`render`]) writes the page, the fragment or the contract's JSON. Nothing about an
//! internal error leaves the panel except the request's id, under which the log has the rest.

mod contract;
mod render;
mod tokens;
pub mod view;

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{HeaderValue, RETRY_AFTER},
    },
};

pub use render::{answer_alone, render};

use super::scim;
use crate::service::{AuthFailure, Error, Verdict};

/// Why a request gets no answer of its own.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The service refused.
    #[error("{0}")]
    Refused(#[from] Error),
    /// The body did not arrive in time.
    #[error("The body did not arrive in time.")]
    TooSlow,
    /// The body is larger than is accepted.
    #[error("The body is larger than is accepted here.")]
    TooLarge,
    /// The body is not what it may be: JSON, and from pages a form.
    #[error("The body must be JSON, and `Content-Type` must say so.")]
    UnsupportedMediaType,
    /// There is a page here, and nothing else.
    #[error("This is a page, and there is nothing else here. Programs ask under /api.")]
    NotAcceptable,
    /// `Host` does not name a host.
    #[error("The header `Host` does not name a host.")]
    NoHost,
    /// The request comes from another site's page.
    #[error("Requests that change something are accepted from this panel's own pages only.")]
    CrossOrigin,
    /// Nothing is at this address.
    #[error("There is no such resource.")]
    NoRoute,
    /// The address exists, but not for this method.
    #[error("The address does not offer this method.")]
    MethodNotAllowed,
    /// There is no panel yet that could answer; how far it is.
    #[error("The panel is starting: {0}.")]
    Loading(String),
    /// A template failed, or something else that cannot be anybody's fault but ours.
    #[error("Something went wrong inside the panel.")]
    Broken(String),
}

impl From<askama::Error> for Fault {
    fn from(error: askama::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

impl ResponseError for Fault {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Refused(error) => status_of(error),
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::NoHost => StatusCode::BAD_REQUEST,
            Self::CrossOrigin => StatusCode::FORBIDDEN,
            Self::NoRoute => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Loading(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if let Self::Refused(error) = self
            && let Some(seconds) = retry_after(error)
        {
            response.insert_header((RETRY_AFTER, seconds));
        }
        response.finish()
    }
}

/// In how many seconds it makes sense to ask again, if it does. Belongs to every such answer.
pub fn retry_after(error: &Error) -> Option<HeaderValue> {
    match error {
        Error::TooManyAttempts(wait) => Some(wait.as_secs().into()),
        Error::Busy => Some(HeaderValue::from_static("1")),
        Error::Unreachable => Some(HeaderValue::from_static("2")),
        _ => None,
    }
}

/// The status of a refusal.
pub fn status_of(error: &Error) -> StatusCode {
    match error {
        Error::Unauthorized(_) => StatusCode::UNAUTHORIZED,
        Error::Forbidden(_) | Error::ProtectedGroup => StatusCode::FORBIDDEN,
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::Foreseen(Verdict::Asked, _) => StatusCode::OK,
        Error::RelationAlreadyExists { .. } | Error::CannotUndo(_) | Error::Foreseen(..) => {
            StatusCode::CONFLICT
        }
        Error::PreconditionFailed(_) => StatusCode::PRECONDITION_FAILED,
        Error::Scim(error) => scim::status_of(error),
        Error::TooManyAttempts(_) | Error::TooManyStreams(_) => StatusCode::TOO_MANY_REQUESTS,
        Error::Busy | Error::Unreachable | Error::Uncertain => StatusCode::SERVICE_UNAVAILABLE,
        Error::NotImplemented(_) => StatusCode::NOT_IMPLEMENTED,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        Error::MalformedData
        | Error::MissingRequiredValue(_)
        | Error::MissingAtLeastOneValue(_)
        | Error::BadValue { .. }
        | Error::BadCaveat(_)
        | Error::BadName(_)
        | Error::CannotAddRelationToSelf
        | Error::BasicAuthDisabled
        | Error::Token(_)
        | Error::BadValueToken(..) => StatusCode::BAD_REQUEST,
    }
}

impl Fault {
    /// Whether signing in (again) would help.
    pub fn wants_sign_in(&self) -> bool {
        matches!(
            self,
            Self::Refused(Error::Unauthorized(
                None | Some(AuthFailure::SessionInvalid | AuthFailure::UserBlocked)
            ))
        )
    }
}

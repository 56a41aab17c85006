//! The body of a SCIM request: bytes of the right type, read later. Whoever may ask nothing is not
//! worth parsing for.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header::CONTENT_TYPE};

use crate::{
    service::Error,
    web::{ask::Ask, body::arriving, fault::Fault},
};

/// The bytes of a body.
pub struct ScimBody(pub Vec<u8>);

const TYPES: [&str; 2] = ["application/scim+json", "application/json"];

impl FromRequest for ScimBody {
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Fault>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let kind = request.headers().get(CONTENT_TYPE);
        let kind = kind
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        let is_json = TYPES.iter().any(|known| known.eq_ignore_ascii_case(kind));
        let bytes = arriving(request, payload);
        let ask = Ask::extract(request).into_inner();
        Box::pin(async move {
            if !is_json {
                ask?.check_credentials().await?;
                return Err(Fault::UnsupportedMediaType);
            }
            match bytes.await? {
                Ok(bytes) => Ok(Self(bytes.to_vec())),
                Err(error) if error.as_response_error().status_code() == 413 => {
                    Err(Fault::TooLarge)
                }
                Err(_) => Err(Error::MalformedData.into()),
            }
        })
    }
}

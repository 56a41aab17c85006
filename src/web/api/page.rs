//! The document of the API: as JSON for programs, and as a page for people.

use actix_web::{HttpResponse, http::header::ContentType, web::Bytes};

use super::{About, Api};
use crate::web::fault::Fault;

/// The document, written once.
pub struct Document {
    json: Bytes,
}

impl Document {
    /// Of a table.
    pub fn of(table: &Api, about: &About) -> Self {
        let document = table.document(about);
        Self {
            json: document.to_json().unwrap_or_default().into(),
        }
    }

    /// `GET /api/openapi.json`.
    pub fn json(&self) -> HttpResponse {
        HttpResponse::Ok()
            .content_type(ContentType::json())
            .body(self.json.clone())
    }

    /// `GET /api/docs`.
    pub fn page(&self) -> Result<HttpResponse, Fault> {
        Err(Fault::NoRoute)
    }
}

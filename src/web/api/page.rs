//! The document of the API: as JSON for programs, and as a page for people.

use actix_web::{HttpResponse, http::header::ContentType, web::Bytes};
use askama::Template as _;

use super::{About, Api, view::DocsPage};
use crate::web::{fault::Fault, reply::html};

/// The document, written once.
pub struct Document {
    json: Bytes,
    page: Result<String, askama::Error>,
}

impl Document {
    /// Of a table.
    pub fn of(table: &Api, about: &About) -> Self {
        let document = serde_json::to_value(table.document(about)).unwrap_or_default();
        Self {
            json: document.to_string().into(),
            page: DocsPage::of(&document).render(),
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
        match &self.page {
            Ok(page) => Ok(html(page.clone())),
            Err(error) => Err(Fault::Broken(error.to_string())),
        }
    }
}

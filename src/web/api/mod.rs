//! The table of the JSON API. Each entry both serves an operation and describes it, so that there is
//! no operation without a description and no description without an operation.
//!
//! Nothing here knows what an operation does: [`super::routes`] fills the table.

pub mod answers;
pub mod bodies;
mod document;
mod operation;
pub mod page;
pub mod tokens;
mod tree;
mod view;
mod vocabulary;

use self::tree::Branch;
use super::wanted::ReadInJson;
use actix_web::web::{PayloadConfig, ServiceConfig, resource};

pub use document::About;
pub use operation::{Operation, Payload, delete, get, patch, post, put, texts};
pub use vocabulary::{
    Difference, Held, Levels, ManyDifference, Privileges, Vocabulary, ZoneLevels,
};

/// The operations below one address.
#[derive(Default)]
pub struct Api {
    first: &'static [&'static str],
    section: &'static str,
    paths: Vec<Resource>,
}

/// What can be done at one path.
struct Resource {
    section: &'static str,
    path: String,
    operations: Vec<Operation>,
    largest_body: Option<usize>,
}

impl Api {
    /// Headings that come first in the document, whatever their place in the table.
    pub fn first(&mut self, headings: &'static [&'static str]) -> &mut Self {
        self.first = headings;
        self
    }

    /// A heading for what comes next.
    pub fn section(&mut self, name: &'static str) -> &mut Self {
        self.section = name;
        self
    }

    /// Offers operations at a path. Any other method is refused there with 405.
    pub fn at<const N: usize>(
        &mut self,
        path: impl Into<String>,
        operations: [Operation; N],
    ) -> &mut Self {
        self.add(path.into(), operations.into(), None)
    }

    /// The same, for bodies of up to `bytes`.
    pub fn at_with_bodies<const N: usize>(
        &mut self,
        path: impl Into<String>,
        bytes: usize,
        operations: [Operation; N],
    ) -> &mut Self {
        self.add(path.into(), operations.into(), Some(bytes))
    }

    fn add(
        &mut self,
        path: String,
        operations: Vec<Operation>,
        largest_body: Option<usize>,
    ) -> &mut Self {
        self.paths.push(Resource {
            section: self.section,
            path,
            operations,
            largest_body,
        });
        self
    }

    /// Puts another part of the table behind this one.
    pub fn with(&mut self, part: impl FnOnce(&mut Self)) -> &mut Self {
        part(self);
        self
    }

    /// Serves all of it. A word is preferred to a parameter in the same place.
    pub fn serve(self, config: &mut ServiceConfig) {
        Branch::of(self.paths).serve(config, "");
    }
}

impl Resource {
    fn serve(self, config: &mut ServiceConfig, path: &str) {
        let mut served = resource(path);
        if let Some(bytes) = self.largest_body {
            served = served.app_data(PayloadConfig::new(bytes));
        }
        let mut reads = self.operations.iter().filter(|one| one.is_read());
        if reads.any(|read| !read.has_page) {
            served = served.app_data(ReadInJson);
        }
        for operation in self.operations {
            served = served.route(operation.route);
        }
        config.service(served);
    }
}

//! Paths that begin alike, one below the other, so that a request is compared with few patterns instead of
//! with all there are.

use actix_web::web::{ServiceConfig, scope};

use super::Resource;

/// What is served at one beginning of paths, and what is below it.
#[derive(Default)]
pub(super) struct Branch {
    here: Vec<Resource>,
    /// By the next segment, in the order of the table.
    below: Vec<(String, Branch)>,
}

impl Branch {
    /// The tree of these resources.
    pub(super) fn of(resources: Vec<Resource>) -> Self {
        let mut root = Self::default();
        for resource in resources {
            let path = resource.path.clone();
            let segments = path.split('/').filter(|segment| !segment.is_empty());
            segments.fold(&mut root, Self::down).here.push(resource);
        }
        root
    }

    fn down(&mut self, segment: &str) -> &mut Self {
        let place = self.below.iter().position(|(known, _)| known == segment);
        let place = place.unwrap_or_else(|| {
            self.below.push((segment.to_owned(), Self::default()));
            self.below.len() - 1
        });
        &mut self.below[place].1
    }

    /// Serves the branch, which is at `path` below the scope that `config` is of.
    pub(super) fn serve(self, config: &mut ServiceConfig, path: &str) {
        for resource in self.here {
            resource.serve(config, path);
        }
        // A parameter stands for any word, so it comes behind the words beside it; and a scope keeps
        // whatever begins with its own word, which may be meant for the parameter.
        let (parameters, words): (Vec<_>, Vec<_>) = self
            .below
            .into_iter()
            .partition(|(segment, _)| segment.starts_with('{'));
        let only_words = parameters.is_empty();
        let one_parameter = parameters.len() == 1;
        for (segment, branch) in words {
            branch.serve_at(config, &format!("{path}/{segment}"), only_words);
        }
        for (segment, branch) in parameters {
            branch.serve_at(config, &format!("{path}/{segment}"), one_parameter);
        }
    }

    fn serve_at(self, config: &mut ServiceConfig, path: &str, may_be_scope: bool) {
        if may_be_scope && !self.below.is_empty() {
            config.service(scope(path).configure(|config| self.serve(config, "")));
        } else {
            self.serve(config, path);
        }
    }
}

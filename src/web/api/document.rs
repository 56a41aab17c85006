//! The `OpenAPI` document of a table: what its entries say, and what is the same for all of them.

use std::collections::{BTreeMap, BTreeSet};

use utoipa::openapi::{
    Components, Content, Deprecated, Header, HttpMethod, Info, License, OpenApi, OpenApiBuilder,
    PathItem, Paths, Ref, RefOr, Required, Response, ResponsesBuilder, Schema, SecurityRequirement,
    Server, Tag,
    extensions::Extensions,
    path::{OperationBuilder, Parameter, ParameterBuilder, ParameterIn},
    request_body::RequestBodyBuilder,
    response::ResponseBuilder,
    schema::{AllOfBuilder, Object, ObjectBuilder, Type},
    security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
};

use super::{
    Api, Resource,
    operation::{Access, Operation, Schemas, Shape},
};
use crate::web::foresight::{ForeseenAnswer, dry_run_query};

const JSON: &str = "application/json";
const ERROR: &str = "Error";

/// What a document says of itself.
pub struct About {
    /// What the API is called.
    pub title: &'static str,
    /// What it is for and how it is used, in Markdown.
    pub description: &'static str,
    /// Where its paths begin.
    pub base: &'static str,
    /// How a session's cookie is called.
    pub cookie: &'static str,
}

impl Api {
    /// The document.
    pub fn document(&self, about: &About) -> OpenApi {
        let mut paths = Paths::new();
        for resource in &self.paths {
            for operation in &resource.operations {
                let item = PathItem::new(
                    operation.method.clone(),
                    describe(about, resource, operation),
                );
                let known = paths.paths.remove(&resource.path);
                let mut merged = known.unwrap_or_default();
                merged.merge_operations(item);
                paths.paths.insert(resource.path.clone(), merged);
            }
        }
        let info = Info::builder()
            .title(about.title)
            .version(env!("CARGO_PKG_VERSION"))
            .description(Some(about.description))
            .license(Some(
                License::builder()
                    .name("MIT")
                    .identifier(Some("MIT"))
                    .build(),
            ))
            .build();
        OpenApiBuilder::new()
            .info(info)
            .servers(Some([Server::new(about.base)]))
            .tags(Some(self.headings().into_iter().map(Tag::new)))
            .paths(paths)
            .components(Some(self.components(about)))
            .build()
    }

    /// The headings: those that are to come first, and the others in the order of the table.
    fn headings(&self) -> Vec<&'static str> {
        let mut seen = BTreeSet::new();
        let of_table = self.paths.iter().map(|resource| resource.section);
        let headings = self.first.iter().copied().chain(of_table);
        headings.filter(|heading| seen.insert(*heading)).collect()
    }

    fn components(&self, about: &About) -> Components {
        let mut schemas: Schemas = vec![(ERROR.to_owned(), error_schema().into())];
        let operations = self.paths.iter().flat_map(|path| &path.operations);
        for operation in operations {
            let shapes = [
                operation.success.body,
                operation.body.map(|(shape, _)| shape),
                operation.is_foreseen.then(Shape::of::<ForeseenAnswer>),
            ];
            for shape in shapes.into_iter().flatten() {
                shape.collect(&mut schemas);
            }
        }
        let components = COMMON.iter().fold(
            Components::builder().schemas_from_iter(schemas),
            |components, (status, name, id)| {
                components.response(*name, refused(*status, &BTreeSet::from([*id])))
            },
        );
        security_schemes(about)
            .into_iter()
            .fold(components, |components, (name, scheme)| {
                components.security_scheme(name, scheme)
            })
            .build()
    }
}

/// How a caller shows who it is.
fn security_schemes(about: &About) -> [(&'static str, SecurityScheme); 5] {
    let header = |name| SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new(name)));
    let http = |scheme| SecurityScheme::Http(Http::new(scheme));
    [
        ("token", header("X-Auth-Token")),
        ("bearer", http(HttpAuthScheme::Bearer)),
        ("macaroon", header("Macaroon")),
        ("basic", http(HttpAuthScheme::Basic)),
        (
            "session",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(about.cookie))),
        ),
    ]
}

fn describe(
    about: &About,
    resource: &Resource,
    operation: &Operation,
) -> utoipa::openapi::path::Operation {
    let mut described = OperationBuilder::new()
        .tag(resource.section)
        .operation_id(Some(operation.id))
        .summary(Some(operation.summary.as_str()))
        .description(Some(description(operation)))
        .parameters(Some(parameters(resource, operation)))
        .responses(responses(resource, operation))
        .securities(Some(securities(about, &operation.access)))
        .extensions(Some(extensions(operation)));
    if let Some((body, is_required)) = operation.body {
        let required = if is_required {
            Required::True
        } else {
            Required::False
        };
        let body = RequestBodyBuilder::new()
            .content(JSON, Content::new(Some(body.reference())))
            .required(Some(required))
            .build();
        described = described.request_body(Some(body));
    }
    if operation.is_deprecated {
        described = described.deprecated(Some(Deprecated::True));
    }
    described.build()
}

/// Who may, what is worth knowing, and where the reference does it otherwise.
fn description(operation: &Operation) -> String {
    let mut parts = vec![who_may(&operation.access)];
    parts.extend(operation.notes.iter().map(|note| (*note).to_owned()));
    if operation.is_beyond {
        parts.push("Beyond the reference.".to_owned());
    }
    if let Some(difference) = operation.difference {
        parts.push(format!(
            "Different from the reference on purpose: {difference}"
        ));
    }
    parts.join("\n\n")
}

fn who_may(access: &Access) -> String {
    let named = |names: &[&str]| {
        let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        quoted.join(" and ")
    };
    if access.is_public {
        return "Public.".to_owned();
    }
    let mut ways = Vec::new();
    ways.extend(access.others.map(ToOwned::to_owned));
    if !access.privileges.is_empty() {
        ways.push(format!("holders of {}", named(&access.privileges)));
    }
    if !access.zone.is_empty() {
        ways.push(format!("holders of zone-wide {}", named(&access.zone)));
    }
    if ways.is_empty() {
        return "For any user.".to_owned();
    }
    format!("For {}.", ways.join("; or "))
}

/// The same for programs.
fn extensions(operation: &Operation) -> Extensions {
    let access = &operation.access;
    let extensions = Extensions::builder()
        .add("x-public", access.is_public)
        .add("x-privileges", access.privileges.clone())
        .add("x-zone-privileges", access.zone.clone())
        .add("x-beyond-reference", operation.is_beyond);
    match operation.difference {
        Some(difference) => extensions.add("x-difference", difference),
        None => extensions,
    }
    .build()
}

fn securities(about: &About, access: &Access) -> Vec<SecurityRequirement> {
    let required = security_schemes(about)
        .map(|(scheme, _)| SecurityRequirement::new(scheme, Vec::<String>::new()));
    let nothing = access.is_public.then(SecurityRequirement::default);
    nothing.into_iter().chain(required).collect()
}

/// What stands in the place of a name between braces, by the word before it.
fn placeholder(before: &str) -> &'static str {
    match before.strip_prefix("effective_").unwrap_or(before) {
        "clusters" | "providers" => "The id of the cluster.",
        "groups" => "The id of the group.",
        "children" => "The id of the child group.",
        "parents" => "The id of the parent group.",
        "users" => "The id of the user.",
        "named" | "client_tokens" => "The id of the token.",
        "name" => "The name of the token.",
        "hosts" => "The name of the machine.",
        "tasks" => "The id of the task.",
        _ => "An id.",
    }
}

/// The names between braces in a path, each with the word before it.
fn placeholders(path: &str) -> impl Iterator<Item = (&str, &str)> {
    let parts = path.split('/');
    parts
        .clone()
        .zip(parts.skip(1))
        .filter_map(|(before, part)| {
            let name = part.strip_prefix('{')?.strip_suffix('}')?;
            Some((name, before))
        })
}

fn parameters(resource: &Resource, operation: &Operation) -> Vec<Parameter> {
    let text = || Schema::from(Object::with_type(Type::String));
    let in_path = placeholders(&resource.path).map(|(name, before)| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some(placeholder(before)))
            .schema(Some(text()))
            .build()
    });
    let in_query = operation.query.iter().map(|value| {
        let required = if value.is_required {
            Required::True
        } else {
            Required::False
        };
        ParameterBuilder::new()
            .name(value.name)
            .parameter_in(ParameterIn::Query)
            .required(required)
            .description(Some(value.description))
            .schema(Some(value.schema.clone()))
            .build()
    });
    let of_dry_run = dry_run_query().map(|(name, description, schema)| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .description(Some(description))
            .schema(Some(schema))
            .build()
    });
    let of_dry_run = of_dry_run.into_iter().filter(|_| operation.is_foreseen);
    let known = KNOWN.into_iter().filter(|_| operation.is_foreseen);
    let in_header = condition(operation)
        .into_iter()
        .chain(known)
        .map(|(name, description)| {
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Header)
                .required(Required::False)
                .description(Some(description))
                .schema(Some(text()))
                .build()
        });
    in_path
        .chain(in_query)
        .chain(of_dry_run)
        .chain(in_header)
        .collect()
}

/// What somebody knows who changes something.
const KNOWN: [(&str, &str); 2] = [
    (
        "Onepanel-Foreseen",
        "Changes nothing (409) unless this still stands for what would come of it.",
    ),
    (
        "Onepanel-Confirm",
        "`lockout`: it is meant that nobody, or not the caller, can set privileges in a cluster any more.",
    ),
];

/// Every read can be made to depend on an entity tag, and some changes.
fn condition(operation: &Operation) -> Option<(&'static str, &'static str)> {
    if is_tagged(operation) {
        Some(("If-None-Match", "Answers 304 if this is still the `ETag`."))
    } else if operation.is_conditional {
        let description = "Changes nothing (412) unless this is still the `ETag` of the `GET`.";
        Some(("If-Match", description))
    } else {
        None
    }
}

/// Whatever is read in JSON has a tag.
fn is_tagged(operation: &Operation) -> bool {
    operation.is_read() && !operation.is_never_done && operation.success.media.is_none()
}

fn responses(resource: &Resource, operation: &Operation) -> utoipa::openapi::Responses {
    let success = &operation.success;
    let mut responses = ResponsesBuilder::new();
    if !operation.is_never_done {
        responses = responses.response(success.status.to_string(), succeeded(operation));
    }
    if operation.is_foreseen {
        let seen = ResponseBuilder::new()
            .description("With `dryRun=true`: what would come of it. Nothing was changed.")
            .content(
                JSON,
                Content::new(Some(Shape::of::<ForeseenAnswer>().reference())),
            )
            .build();
        responses = responses.response("200", seen);
    }
    if is_tagged(operation) {
        let same = Response::new("What the client has is what there is.");
        responses = responses.response("304", same);
    }
    for (status, ids) in refusals(resource, operation) {
        responses = responses.response(status.to_string(), refusal(status, &ids));
    }
    responses.build()
}

fn succeeded(operation: &Operation) -> Response {
    let success = &operation.success;
    let mut response = ResponseBuilder::new().description(match success.status {
        201 => "Created.",
        204 => "Done.",
        _ => "As asked.",
    });
    if let Some(body) = success.body {
        response = response.content(JSON, Content::new(Some(body.reference())));
    }
    if let Some(media) = success.media {
        response = response.content(media, Content::new(None::<RefOr<Schema>>));
    }
    for (name, description, is_sent) in [
        (
            "Location",
            "The address of the new resource.",
            success.has_location,
        ),
        (
            "Link",
            "Where the next page is (`rel=\"next\"`), if there is one.",
            operation.is_paged,
        ),
        (
            "ETag",
            "Another one as soon as the answer is.",
            is_tagged(operation),
        ),
    ] {
        if is_sent {
            let mut header = Header::new(Object::with_type(Type::String));
            header.description = Some(description.to_owned());
            response = response.header(name, header);
        }
    }
    response.build()
}

/// What is the same wherever it happens.
const COMMON: [(u16, &str, &str); 11] = [
    (400, "MalformedData", "malformedData"),
    (401, "Unauthorized", "unauthorized"),
    (403, "Forbidden", "forbidden"),
    (404, "NotFound", "notFound"),
    (408, "RequestTimeout", "requestTimeout"),
    (412, "PreconditionFailed", "preconditionFailed"),
    (413, "TooLarge", "requestTooLarge"),
    (415, "UnsupportedMediaType", "unsupportedMediaType"),
    (429, "TooManyRequests", "tooManyRequests"),
    (500, "InternalServerError", "internalServerError"),
    (503, "ServiceUnavailable", "serviceUnavailable"),
];

/// A refusal by its name, if it is one of the common ones and nothing more.
fn refusal(status: u16, ids: &BTreeSet<&'static str>) -> RefOr<Response> {
    let common = COMMON
        .iter()
        .find(|(common, _, id)| *common == status && ids.len() == 1 && ids.contains(id));
    match common {
        Some((_, name, _)) => Ref::from_response_name(*name).into(),
        None => refused(status, ids).into(),
    }
}

/// What the entry says, and what may happen to any request.
fn refusals(resource: &Resource, operation: &Operation) -> BTreeMap<u16, BTreeSet<&'static str>> {
    let mut refusals = operation.refusals.clone();
    let mut add = |status: u16| {
        let ids = COMMON.iter().filter(|(common, ..)| *common == status);
        let known = refusals.entry(status).or_default();
        known.extend(ids.map(|(_, _, id)| *id));
    };
    [401, 403, 429, 500, 503].into_iter().for_each(&mut add);
    if placeholders(&resource.path).next().is_some() {
        add(404);
    }
    // Questions that are put by POST change nothing.
    if !operation.is_read() && !operation.access.is_public {
        add(412);
    }
    // A body is read even where none is expected.
    if !matches!(operation.method, HttpMethod::Get | HttpMethod::Delete) {
        [400, 408, 413, 415].into_iter().for_each(&mut add);
    }
    refusals
}

fn refused(status: u16, ids: &BTreeSet<&'static str>) -> Response {
    let named: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
    let id = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(ids.iter().copied()));
    let error = ObjectBuilder::new().property("id", id);
    let schema = AllOfBuilder::new()
        .item(RefOr::<Schema>::Ref(Ref::from_schema_name(ERROR)))
        .item(ObjectBuilder::new().property("error", error));
    let response = ResponseBuilder::new()
        .description(named.join(", "))
        .content(JSON, Content::new(Some(Schema::from(schema.build()))));
    match status {
        429 | 503 => {
            let mut header = Header::new(Object::with_type(Type::Integer));
            header.description = Some("In how many seconds to ask again.".to_owned());
            response.header("Retry-After", header).build()
        }
        _ => response.build(),
    }
}

/// The error object. Errors nest in the details of others, there without the outer `error`.
fn error_schema() -> Schema {
    let text = |about: &str| {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(about))
    };
    let details = ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some(
            "What the error is about: `key`, `allowed`, `limit`, …",
        ));
    let error = ObjectBuilder::new()
        .schema_type(Type::Object)
        .property("id", text("What happened; what programs go by."))
        .required("id")
        .property("description", text("The same for people."))
        .required("description")
        .property("details", details);
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .property("error", error)
        .required("error")
        .build()
        .into()
}

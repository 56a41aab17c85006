//! One operation of the JSON API: the handler that serves it, and what is said of it.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{FromRequest, Handler, Responder, Route, web};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        HttpMethod, Ref, RefOr, Schema,
        schema::{Array, Object, Type},
    },
};

use crate::domain::{Privilege, ZonePrivilege};

/// Schemas by name, as the derive of [`ToSchema`] collects them.
pub type Schemas = Vec<(String, RefOr<Schema>)>;

/// A type that has a name and a schema in the document.
#[derive(Clone, Copy)]
pub struct Shape {
    name: fn() -> std::borrow::Cow<'static, str>,
    schema: fn() -> RefOr<Schema>,
    inner: fn(&mut Schemas),
}

impl Shape {
    /// The shape of `T`.
    pub fn of<T: ToSchema>() -> Self {
        Self {
            name: T::name,
            schema: <T as PartialSchema>::schema,
            inner: T::schemas,
        }
    }

    /// A reference to it by name.
    pub fn reference(self) -> RefOr<Schema> {
        Ref::from_schema_name((self.name)()).into()
    }

    /// Adds it and all that it refers to.
    pub fn collect(self, schemas: &mut Schemas) {
        (self.inner)(schemas);
        schemas.push(((self.name)().into_owned(), (self.schema)()));
    }
}

/// The body of a request, and what may be wrong with its values.
pub trait Payload: ToSchema {
    /// The ids of the errors (400) with which values are refused.
    const REFUSALS: &'static [&'static str];
    /// Whether an empty body is as good as one with values.
    const IS_OPTIONAL: bool = false;
}

/// Who may do an operation.
#[derive(Debug, Default)]
pub struct Access {
    /// Anybody, without credentials.
    pub is_public: bool,
    /// Privileges in the thing itself, all of which are needed.
    pub privileges: Vec<&'static str>,
    /// Zone-wide privileges that do instead; all of them are needed.
    pub zone: Vec<&'static str>,
    /// Who else may.
    pub others: Option<&'static str>,
}

/// What an operation answers when it succeeds.
pub struct Success {
    /// The status.
    pub status: u16,
    /// What is in the body, if it is JSON.
    pub body: Option<Shape>,
    /// What is in the body, if it is something else: its media type.
    pub media: Option<&'static str>,
    /// Whether `Location` says where the new resource is.
    pub has_location: bool,
}

/// A value in the query.
pub struct QueryValue {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub description: &'static str,
    /// What it may be.
    pub schema: Schema,
    /// Whether it has to be there.
    pub is_required: bool,
}

/// Several texts under one name.
pub fn texts() -> Schema {
    Array::new(Object::with_type(Type::String)).into()
}

/// One operation.
#[must_use]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is said of an operation by itself"
)]
pub struct Operation {
    pub(super) method: HttpMethod,
    pub(super) route: Route,
    pub(super) id: &'static str,
    pub(super) summary: String,
    pub(super) notes: Vec<&'static str>,
    pub(super) access: Access,
    pub(super) query: Vec<QueryValue>,
    pub(super) body: Option<(Shape, bool)>,
    pub(super) success: Success,
    pub(super) is_never_done: bool,
    pub(super) has_page: bool,
    pub(super) refusals: BTreeMap<u16, BTreeSet<&'static str>>,
    pub(super) is_paged: bool,
    pub(super) is_conditional: bool,
    pub(super) is_foreseen: bool,
    pub(super) is_beyond: bool,
    pub(super) difference: Option<&'static str>,
    pub(super) is_deprecated: bool,
}

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident $Method:ident,)+) => {$(
        $(#[$doc])*
        pub fn $name<F, Args>(handler: F) -> Operation
        where
            F: Handler<Args>,
            Args: FromRequest + 'static,
            F::Output: Responder + 'static,
        {
            Operation::new(HttpMethod::$Method, web::$name().to(handler))
        }
    )+};
}

methods! {
    /// `GET`.
    get Get,
    /// `POST`.
    post Post,
    /// `PUT`.
    put Put,
    /// `PATCH`.
    patch Patch,
    /// `DELETE`.
    delete Delete,
}

impl Operation {
    fn new(method: HttpMethod, route: Route) -> Self {
        Self {
            method,
            route,
            id: "",
            summary: String::new(),
            notes: Vec::new(),
            access: Access::default(),
            query: Vec::new(),
            body: None,
            success: Success {
                status: 204,
                body: None,
                media: None,
                has_location: false,
            },
            is_never_done: false,
            has_page: false,
            refusals: BTreeMap::new(),
            is_paged: false,
            is_conditional: false,
            is_foreseen: false,
            is_beyond: false,
            difference: None,
            is_deprecated: false,
        }
    }

    /// Whether it only looks.
    pub(super) fn is_read(&self) -> bool {
        matches!(self.method, HttpMethod::Get)
    }

    /// The operation's id, the reference's where it has one, and what it does in a sentence.
    pub fn named(mut self, id: &'static str, summary: impl Into<String>) -> Self {
        self.id = id;
        self.summary = summary.into();
        self
    }

    /// Something more to know.
    pub fn noting(mut self, note: &'static str) -> Self {
        self.notes.push(note);
        self
    }

    /// Anybody may, without credentials.
    pub fn public(mut self) -> Self {
        self.access.is_public = true;
        self
    }

    /// Holders of `privilege` in the thing itself may; of all of them if called again.
    pub fn needs(mut self, privilege: impl Privilege) -> Self {
        self.access.privileges.push(privilege.name());
        self
    }

    /// Holders of all these zone-wide privileges may.
    pub fn zone(mut self, privileges: impl IntoIterator<Item = ZonePrivilege>) -> Self {
        for privilege in privileges {
            // Of a group in a group, both sides are groups.
            if !self.access.zone.contains(&privilege.name()) {
                self.access.zone.push(privilege.name());
            }
        }
        self
    }

    /// Others may as well, or nobody but them.
    pub fn allows(mut self, others: &'static str) -> Self {
        self.access.others = Some(others);
        self
    }

    /// A value in the query.
    pub fn asks(mut self, name: &'static str, description: &'static str, schema: Schema) -> Self {
        self.query.push(QueryValue {
            name,
            description,
            schema,
            is_required: false,
        });
        self
    }

    /// A value in the query that has to be there.
    pub fn insists(self, name: &'static str, description: &'static str, schema: Schema) -> Self {
        let mut asking = self.asks(name, description, schema);
        if let Some(value) = asking.query.last_mut() {
            value.is_required = true;
        }
        asking.refuses(400, &["missingRequiredValue"])
    }

    /// Only a page of the list, on request.
    pub fn paged(mut self) -> Self {
        self.is_paged = true;
        let text = || Schema::from(Object::with_type(Type::String));
        let limit = Object::builder()
            .schema_type(Type::Integer)
            .minimum(Some(1_i64))
            .build();
        self.asks("limit", "At most so many; all without it.", limit.into())
            .asks("after", "Only what comes behind this id.", text())
            .asks("q", "Only what has this text in its name.", text())
            .refuses(
                400,
                &["badValueInteger", "badValueTooLow", "badValueIdNotFound"],
            )
    }

    /// A change that `If-Match` makes depend on what `GET` answers at the same path. Any other is
    /// refused with it.
    pub fn conditional(mut self) -> Self {
        self.is_conditional = true;
        self
    }

    /// Can change who has access or who may do what, and can be asked what would come of it. Any
    /// other change says to the same question that nobody is concerned.
    pub fn foreseen(mut self) -> Self {
        self.is_foreseen = true;
        let page = ["badValueInteger", "badValueTooLow", "badValueIdNotFound"];
        self.refuses(400, &["badValueBoolean"])
            .refuses(400, &page)
            .refuses(409, &["otherConsequences", "lockout"])
    }

    /// The body is `B`.
    pub fn takes<B: Payload>(mut self) -> Self {
        self.body = Some((Shape::of::<B>(), !B::IS_OPTIONAL));
        self.refuses(400, B::REFUSALS)
    }

    /// 200 with `T`.
    pub fn answers<T: ToSchema>(self) -> Self {
        self.succeeds(200, Some(Shape::of::<T>()), false)
    }

    /// There is a page of it, or part of one, for whoever prefers that to JSON.
    pub fn has_page(mut self) -> Self {
        self.has_page = true;
        self
    }

    /// 200 with something of this media type.
    pub fn shows(mut self, media: &'static str) -> Self {
        self.success.status = 200;
        self.success.media = Some(media);
        self
    }

    /// Whoever may ask for it is told that it is not done here, and what to do instead.
    pub fn never(mut self, instead: &'static str) -> Self {
        self.is_never_done = true;
        self.refuses(501, &["notImplemented"]).differs(instead)
    }

    /// 201 with `Location`.
    pub fn creates(self) -> Self {
        self.succeeds(201, None, true)
    }

    /// 201 with `T`, and with `Location` if it can be looked up later.
    pub fn creates_with<T: ToSchema>(self, has_location: bool) -> Self {
        self.succeeds(201, Some(Shape::of::<T>()), has_location)
    }

    fn succeeds(mut self, status: u16, body: Option<Shape>, has_location: bool) -> Self {
        self.success = Success {
            status,
            body,
            media: None,
            has_location,
        };
        self
    }

    /// May be refused with this status and one of these error ids.
    pub fn refuses(mut self, status: u16, ids: &[&'static str]) -> Self {
        self.refusals.entry(status).or_default().extend(ids);
        self
    }

    /// There is nothing like it in the reference.
    pub fn beyond(mut self) -> Self {
        self.is_beyond = true;
        self
    }

    /// Differs from the reference on purpose.
    pub fn differs(mut self, how: &'static str) -> Self {
        self.difference = Some(how);
        self
    }

    /// There is a newer way.
    pub fn deprecated(mut self) -> Self {
        self.is_deprecated = true;
        self
    }
}

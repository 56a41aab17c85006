//! What the API says about privileges, for each of the three vocabularies.

use std::{borrow::Cow, marker::PhantomData};

use serde::Serialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{Array, ArrayBuilder, ObjectBuilder, SchemaType, Type},
    },
};

use super::{
    bodies::MemberReference,
    operation::{Payload, Schemas, Shape},
};
use crate::domain::{ClusterPrivilege, GroupPrivilege, Privilege, PrivilegeSet, ZonePrivilege};

/// A vocabulary that has a name in the document.
pub trait Vocabulary: Privilege {
    /// What it is called there.
    const NAME: &'static str;
}

impl Vocabulary for ClusterPrivilege {
    const NAME: &'static str = "Cluster";
}

impl Vocabulary for GroupPrivilege {
    const NAME: &'static str = "Group";
}

impl Vocabulary for ZonePrivilege {
    const NAME: &'static str = "Zone";
}

/// The identifier of a privilege.
struct Name<P>(PhantomData<P>);

impl<P: Vocabulary> PartialSchema for Name<P> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(PrivilegeSet::<P>::all().names()))
            .into()
    }
}

impl<P: Vocabulary> ToSchema for Name<P> {
    fn name() -> Cow<'static, str> {
        format!("{}Privilege", P::NAME).into()
    }
}

/// An object whose values are all lists of privileges of `P`.
fn lists<P: Vocabulary>(keys: &[&str], are_required: bool, description: &str) -> ObjectBuilder {
    let object = ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some(description));
    keys.iter().fold(object, |object, key| {
        let list = Array::new(Shape::of::<Name<P>>().reference());
        let object = object.property(*key, list);
        if are_required {
            object.required(*key)
        } else {
            object
        }
    })
}

/// Gives a type with lists of privileges its schema, and a name that begins with the vocabulary's.
macro_rules! of_privileges {
    ($Type:ident, $name:literal, $keys:expr, $are_required:literal, $description:literal) => {
        impl<P: Vocabulary> PartialSchema for $Type<P> {
            fn schema() -> RefOr<Schema> {
                lists::<P>(&$keys, $are_required, $description).into()
            }
        }

        impl<P: Vocabulary> ToSchema for $Type<P> {
            fn name() -> Cow<'static, str> {
                format!(concat!("{}", $name), P::NAME).into()
            }

            fn schemas(schemas: &mut Schemas) {
                Shape::of::<Name<P>>().collect(schemas);
            }
        }
    };
}

/// What somebody holds.
#[derive(Serialize)]
#[serde(bound = "")]
pub struct Held<P: Privilege> {
    /// Sorted by name.
    pub privileges: PrivilegeSet<P>,
}

of_privileges!(
    Held,
    "Privileges",
    ["privileges"],
    true,
    "Privileges that are held, sorted."
);

/// The sets of privileges that have a name.
#[derive(Serialize)]
#[serde(bound = "")]
pub struct Levels<P: Privilege> {
    /// What a new member holds.
    pub member: PrivilegeSet<P>,
    /// What somebody holds who looks after members.
    pub manager: PrivilegeSet<P>,
    /// All.
    pub admin: PrivilegeSet<P>,
}

of_privileges!(
    Levels,
    "Levels",
    ["member", "manager", "admin"],
    true,
    "The sets of privileges that have a name."
);

/// The sets of zone-wide privileges that have a name.
#[derive(Serialize)]
#[serde(bound = "")]
pub struct ZoneLevels<P: Privilege> {
    /// What somebody holds who only looks.
    pub viewer: PrivilegeSet<P>,
    /// All.
    pub admin: PrivilegeSet<P>,
}

of_privileges!(
    ZoneLevels,
    "Levels",
    ["viewer", "admin"],
    true,
    "The sets of zone-wide privileges that have a name."
);

/// A body that says what to grant and what to revoke.
pub struct Difference<P>(PhantomData<P>);

of_privileges!(
    Difference,
    "PrivilegesDifference",
    ["grant", "revoke"],
    false,
    "At least one of both. What is in both is granted."
);

impl<P: Vocabulary> Payload for Difference<P> {
    const REFUSALS: &'static [&'static str] = &[
        "missingAtLeastOneValue",
        "badValueListOfStrings",
        "badValueListNotAllowed",
    ];
}

/// A body that says whose privileges to grant and to revoke.
pub struct ManyDifference<P>(PhantomData<P>);

impl<P: Vocabulary> PartialSchema for ManyDifference<P> {
    fn schema() -> RefOr<Schema> {
        let members = Array::new(Shape::of::<MemberReference>().reference());
        let description = "At least one of `grant` and `revoke`. What is in both is granted.";
        lists::<P>(&["grant", "revoke"], false, description)
            .property("members", ArrayBuilder::from(members).min_items(Some(1)))
            .required("members")
            .into()
    }
}

impl<P: Vocabulary> ToSchema for ManyDifference<P> {
    fn name() -> Cow<'static, str> {
        format!("{}ManyDifference", P::NAME).into()
    }

    fn schemas(schemas: &mut Schemas) {
        Shape::of::<Name<P>>().collect(schemas);
        Shape::of::<MemberReference>().collect(schemas);
    }
}

impl<P: Vocabulary> Payload for ManyDifference<P> {
    const REFUSALS: &'static [&'static str] = &[
        "missingRequiredValue",
        "missingAtLeastOneValue",
        "badData",
        "badValueListOfStrings",
        "badValueListNotAllowed",
    ];
}

/// A body that may say what a new member holds, and until when.
pub struct Privileges<P>(PhantomData<P>);

impl<P: Vocabulary> PartialSchema for Privileges<P> {
    fn schema() -> RefOr<Schema> {
        let end = ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::Integer, Type::Null]))
            .description(Some(
                "When the membership ends by itself, in Unix seconds, still to come; never if it is \
                 absent or null.",
            ));
        let description = "Without `privileges`, the new member gets those of the member level.";
        lists::<P>(&["privileges"], false, description)
            .property("endsAt", end)
            .into()
    }
}

impl<P: Vocabulary> ToSchema for Privileges<P> {
    fn name() -> Cow<'static, str> {
        format!("{}NewMember", P::NAME).into()
    }

    fn schemas(schemas: &mut Schemas) {
        Shape::of::<Name<P>>().collect(schemas);
    }
}

impl<P: Vocabulary> Payload for Privileges<P> {
    const REFUSALS: &'static [&'static str] = &[
        "badValueListOfStrings",
        "badValueListNotAllowed",
        "badValueInteger",
        "badValueTooLow",
        "badData",
    ];
    const IS_OPTIONAL: bool = true;
}

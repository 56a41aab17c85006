//! What a review answers in JSON.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{Access, Kind, Member, Privilege, PrivilegeSet, Timestamp},
    service::{
        GroupRef, MemberChange,
        members::{Explanation, Giving, Grant, Origin, Reviewed},
    },
    web::{api::answers::one_of, audit::answers::AuditActor},
};

/// Members under review.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Review)]
pub struct ReviewAnswer {
    /// How many there are, on all pages together.
    total: usize,
    /// By name.
    members: Vec<ReviewedAnswer>,
}

/// One member under review.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReviewedMember)]
pub struct ReviewedAnswer {
    #[schema(schema_with = kinds)]
    r#type: &'static str,
    id: String,
    name: String,
    #[schema(required)]
    username: Option<String>,
    /// Of a user: whether it may not sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    blocked: Option<bool>,
    /// Of a user: when it last signed in with a password, in Unix seconds.
    #[schema(value_type = Option<i64>, required)]
    last_sign_in: Option<Timestamp>,
    #[serde(flatten)]
    explanation: ExplanationAnswer,
}

fn kinds() -> utoipa::openapi::schema::Object {
    one_of(["user", "group"])
}

/// What a member may do, and why.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Explanation)]
pub struct ExplanationAnswer {
    /// All of it together, sorted.
    privileges: Vec<&'static str>,
    /// The grants it comes from: those of direct members.
    grants: Vec<GrantAnswer>,
}

/// One grant that a member has a part in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Grant)]
pub struct GrantAnswer {
    /// The group it was made to; nothing if it was made to the member itself.
    #[schema(required)]
    group: Option<NamedGroup>,
    /// What was granted, sorted.
    privileges: Vec<&'static str>,
    /// Ways from the member into the group, shortest first: the groups on each, that group last.
    paths: Vec<Vec<NamedGroup>>,
    /// Whether there are more.
    more_paths: bool,
}

/// Why one member may do what it may, with how each grant was made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemberExplanation)]
pub struct MemberExplanationAnswer {
    /// All of it together, sorted.
    privileges: Vec<&'static str>,
    /// The grants it comes from: those of direct members.
    grants: Vec<TracedGrantAnswer>,
}

/// One grant that a member has a part in, and how it was made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TracedGrant)]
pub struct TracedGrantAnswer {
    #[serde(flatten)]
    grant: GrantAnswer,
    /// How the direct membership began that the grant belongs to, if that is known.
    #[schema(required)]
    began: Option<GivingAnswer>,
    /// What was granted when, newest first.
    given: Vec<GivenAnswer>,
}

/// What was granted at one time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Given)]
pub struct GivenAnswer {
    /// The privileges, sorted.
    privileges: Vec<&'static str>,
    #[serde(flatten)]
    giving: GivingAnswer,
}

/// One time that something was granted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Giving)]
pub struct GivingAnswer {
    /// When, in Unix seconds.
    #[schema(value_type = i64)]
    at: Timestamp,
    /// Which event it was, as in the audit trail.
    event: i64,
    /// Who did it, if the caller may know.
    #[schema(required)]
    by: Option<AuditActor>,
    /// Why, if that was said and the caller may know.
    #[schema(required)]
    reason: Option<String>,
}

impl From<Giving> for GivingAnswer {
    fn from(giving: Giving) -> Self {
        Self {
            at: giving.at,
            event: giving.event.0,
            by: giving
                .by
                .map(|(actor, name)| AuditActor::of(&actor, name.as_deref())),
            reason: giving.reason,
        }
    }
}

impl MemberExplanationAnswer {
    /// An explanation with the origins of its first grants.
    pub fn of<K: Kind>(explanation: Explanation<'_, K>, origins: Vec<Origin<K>>) -> Self {
        let unknown = std::iter::repeat_with(Origin::default);
        let traced = explanation
            .grants
            .into_iter()
            .zip(origins.into_iter().chain(unknown));
        let grants = traced.map(|(grant, origin)| TracedGrantAnswer {
            grant: grant.into(),
            began: origin.began.map(GivingAnswer::from),
            given: origin.given.into_iter().map(given).collect(),
        });
        Self {
            privileges: explanation.privileges.names(),
            grants: grants.collect(),
        }
    }
}

fn given<P: Privilege>((privileges, giving): (PrivilegeSet<P>, Giving)) -> GivenAnswer {
    GivenAnswer {
        privileges: privileges.names(),
        giving: giving.into(),
    }
}

/// A group by name.
#[derive(Debug, Serialize, ToSchema)]
pub struct NamedGroup {
    id: String,
    name: String,
}

impl From<GroupRef<'_>> for NamedGroup {
    fn from(group: GroupRef<'_>) -> Self {
        Self {
            id: group.id.to_string(),
            name: group.name.to_owned(),
        }
    }
}

impl<K: Kind> From<Grant<'_, K>> for GrantAnswer {
    fn from(grant: Grant<'_, K>) -> Self {
        let named = |way: Vec<GroupRef<'_>>| way.into_iter().map(NamedGroup::from).collect();
        Self {
            group: grant.group.map(NamedGroup::from),
            privileges: grant.privileges.names(),
            paths: grant.ways.into_iter().map(named).collect(),
            more_paths: grant.more,
        }
    }
}

impl<K: Kind> From<Explanation<'_, K>> for ExplanationAnswer {
    fn from(explanation: Explanation<'_, K>) -> Self {
        Self {
            privileges: explanation.privileges.names(),
            grants: explanation
                .grants
                .into_iter()
                .map(GrantAnswer::from)
                .collect(),
        }
    }
}

impl<K: Kind> From<Reviewed<'_, K>> for ReviewedAnswer {
    fn from(reviewed: Reviewed<'_, K>) -> Self {
        let entry = reviewed.entry;
        Self {
            r#type: entry.member.kind(),
            id: entry.member.id().to_owned(),
            name: entry.name.to_owned(),
            username: entry.username.map(ToOwned::to_owned),
            blocked: reviewed.access.map(|access| access == Access::Blocked),
            last_sign_in: reviewed.signed_in_at,
            explanation: reviewed.explanation.into(),
        }
    }
}

impl ReviewedAnswer {
    /// The identifier.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl ReviewAnswer {
    /// One page of members, `total` on all pages together.
    pub fn of(total: usize, members: Vec<ReviewedAnswer>) -> Self {
        Self { total, members }
    }
}

/// Members of whom something else is so at two moments.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessChanges)]
pub struct ChangesAnswer {
    /// How many there are, on all pages together.
    total: usize,
    /// By name.
    changes: Vec<ChangeAnswer>,
}

impl ChangesAnswer {
    /// One page of changes, `total` on all pages together.
    pub fn of(total: usize, changes: Vec<ChangeAnswer>) -> Self {
        Self { total, changes }
    }
}

/// One member of whom something else is so.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessChange)]
pub struct ChangeAnswer {
    #[schema(schema_with = kinds)]
    r#type: &'static str,
    id: String,
    name: String,
    #[schema(required)]
    username: Option<String>,
    /// What it might do at the earlier moment, sorted; nothing if it was no member.
    #[schema(value_type = Option<Vec<String>>, required)]
    before: Option<Vec<&'static str>>,
    /// The same at the later moment.
    #[schema(value_type = Option<Vec<String>>, required)]
    after: Option<Vec<&'static str>>,
}

impl ChangeAnswer {
    /// The identifier.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl<K: Kind> From<MemberChange<K>> for ChangeAnswer {
    fn from(change: MemberChange<K>) -> Self {
        Self {
            r#type: change.member.kind(),
            id: change.member.id().to_owned(),
            name: change.name,
            username: change.username,
            before: change.before.map(PrivilegeSet::names),
            after: change.after.map(PrivilegeSet::names),
        }
    }
}

/// Two members side by side.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Comparison)]
pub struct ComparisonAnswer {
    /// In the order in which they were named.
    members: [ComparedAnswer; 2],
    /// What both may do, sorted.
    both: Vec<&'static str>,
    /// What only the first may do, sorted.
    only_first: Vec<&'static str>,
    /// What only the second may do, sorted.
    only_second: Vec<&'static str>,
}

/// One of two members.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComparedMember)]
pub struct ComparedAnswer {
    #[schema(schema_with = kinds)]
    r#type: &'static str,
    id: String,
    #[serde(flatten)]
    explanation: ExplanationAnswer,
}

impl ComparedAnswer {
    /// A member and why it may do what it may.
    pub fn of<K: Kind>(member: &Member, explanation: Explanation<'_, K>) -> Self {
        Self {
            r#type: member.kind(),
            id: member.id().to_owned(),
            explanation: explanation.into(),
        }
    }

    fn holds(&self, privilege: &&'static str) -> bool {
        self.explanation.privileges.contains(privilege)
    }
}

impl ComparisonAnswer {
    /// What is common to both, and what is not.
    pub fn of(members: [ComparedAnswer; 2]) -> Self {
        let [first, second] = &members;
        let of = |one: &ComparedAnswer, is_wanted: &dyn Fn(&&'static str) -> bool| {
            let held = one.explanation.privileges.iter().copied();
            held.filter(is_wanted).collect()
        };
        Self {
            both: of(first, &|privilege| second.holds(privilege)),
            only_first: of(first, &|privilege| !second.holds(privilege)),
            only_second: of(second, &|privilege| !first.holds(privilege)),
            members,
        }
    }
}

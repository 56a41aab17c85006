//! Access reviews of clusters and of groups, and why members may do what they may.

use utoipa::openapi::{
    Schema,
    schema::{Object, Type},
};

use super::members::Operations;
use crate::{
    domain::{GroupId, UserId},
    web::{
        api::{Api, Operation, answers::one_of, get, texts},
        review::{
            self,
            answers::{ChangesAnswer, ComparisonAnswer, MemberExplanationAnswer, ReviewAnswer},
        },
    },
};

/// Everything about the access to what is found at `base`.
pub fn reviews<K: Operations>(api: &mut Api, base: &str) {
    let user = explanation::<K>(
        get(review::explanation::get::<K, UserId>),
        K::either("explain_cluster_user", "explain_group_user"),
        "a user",
    )
    .allows("the user themself");
    let group = explanation::<K>(
        get(review::explanation::get::<K, GroupId>),
        K::either("explain_cluster_group", "explain_child_group"),
        "a group",
    );
    let groups = K::EFFECTIVE_GROUPS;
    api.at(format!("{base}/review"), [review::<K>()])
        .at(format!("{base}/review/changes"), [changes::<K>()])
        .at(format!("{base}/review/comparison"), [comparison::<K>()])
        .at(
            format!("{base}/effective_users/{{member}}/explanation"),
            [user],
        )
        .at(format!("{base}/{groups}/{{member}}/explanation"), [group]);
}

fn of(kind: Type) -> Schema {
    Object::with_type(kind).into()
}

fn review<K: Operations>() -> Operation {
    let kind = K::NAME;
    let days = Object::builder()
        .schema_type(Type::Integer)
        .minimum(Some(1_i64))
        .build();
    get(review::get::<K>)
        .named(
            K::either("review_cluster_access", "review_group_access"),
            format!(
                "Who may do what in the {kind}, and why: its effective members, one page at a time."
            ),
        )
        .noting(
            "As a file, with all of them: `Accept: text/csv` or `application/jsonl`, or `?format=csv` or \
             `jsonl`.",
        )
        .needs(K::VIEW)
        .needs(K::VIEW_PRIVILEGES)
        .zone([K::ZONE_LIST, K::ZONE_VIEW_PRIVILEGES])
        .paged()
        .asks("format", "`json`, `csv` or `jsonl`.", of(Type::String))
        .asks(
            "kind",
            "Which members; users without it.",
            one_of(review::KINDS).into(),
        )
        .asks(
            "privilege",
            "Only who holds this one; repeated, all of them.",
            texts(),
        )
        .asks(
            "onlyThrough",
            "Only who would not belong here without this group.",
            of(Type::String),
        )
        .asks(
            "idleDays",
            "Only users who have not signed in for so many days.",
            days.into(),
        )
        .refuses(400, &["badValueNotAllowed"])
        .answers::<ReviewAnswer>()
        .has_page()
        .beyond()
}

fn changes<K: Operations>() -> Operation {
    let kind = K::NAME;
    get(review::moments::get::<K>)
        .named(
            K::either("compare_cluster_moments", "compare_group_moments"),
            format!("Who has gained or lost access to the {kind}, or privileges in it, between two moments."),
        )
        .noting("The zone is rebuilt as it was, by the way back from now: for one reader at a time.")
        .needs(K::VIEW)
        .needs(K::VIEW_PRIVILEGES)
        .zone([K::ZONE_LIST, K::ZONE_VIEW_PRIVILEGES])
        .insists("since", "The earlier moment, in Unix seconds.", of(Type::Integer))
        .asks("until", "The later moment; now without it.", of(Type::Integer))
        .asks("kind", "Which members; users without it.", one_of(review::KINDS).into())
        .paged()
        .refuses(400, &["badValueNotAllowed"])
        .answers::<ChangesAnswer>()
        .has_page()
        .beyond()
}

fn comparison<K: Operations>() -> Operation {
    let kind = K::NAME;
    get(review::pair::get::<K>)
        .named(
            K::either("compare_cluster_members", "compare_group_members"),
            format!("What two members may do in the {kind}, side by side."),
        )
        .needs(K::VIEW)
        .needs(K::VIEW_PRIVILEGES)
        .zone([K::ZONE_LIST, K::ZONE_VIEW, K::ZONE_VIEW_PRIVILEGES])
        .insists("member", "`user:ID` or `group:ID`, twice.", texts())
        .refuses(400, &["badData"])
        .answers::<ComparisonAnswer>()
        .has_page()
        .beyond()
}

fn explanation<K: Operations>(explain: Operation, id: &'static str, who: &str) -> Operation {
    let kind = K::NAME;
    explain
        .named(
            id,
            format!(
                "Why {who} may do what it may in the {kind}: the grants, who made each and when, and the ways to it."
            ),
        )
        .needs(K::VIEW)
        .needs(K::VIEW_PRIVILEGES)
        .zone([K::ZONE_VIEW, K::ZONE_VIEW_PRIVILEGES])
        .answers::<MemberExplanationAnswer>()
        .has_page()
        .beyond()
}

//! The audit trail: of everything, and of one thing.

use actix_web::web::{ServiceConfig, get as web_get};
use utoipa::openapi::{
    Schema,
    schema::{Object, Type},
};

use super::Offer as _;
use crate::{
    domain::{Cluster, ClusterPrivilege, Group, GroupPrivilege, ZonePrivilege as Zone},
    web::{
        api::{Api, Operation, get, post},
        audit::{self, Audit, undo},
    },
};

/// The pages.
pub fn pages(config: &mut ServiceConfig) {
    config
        .offer("/audit", web_get().to(audit::zone))
        .offer("/audit/{sequence}/undo", web_get().to(undo::ask_of_zone))
        .offer("/clusters/{id}/audit", web_get().to(audit::cluster))
        .offer(
            "/clusters/{id}/audit/{sequence}/undo",
            web_get().to(undo::ask_of_thing::<Cluster>),
        )
        .offer("/groups/{id}/audit", web_get().to(audit::group))
        .offer(
            "/groups/{id}/audit/{sequence}/undo",
            web_get().to(undo::ask_of_thing::<Group>),
        )
        .offer("/users/{id}/audit", web_get().to(audit::user))
        .offer("/tokens/{id}/audit", web_get().to(audit::token))
        .offer("/account/audit", web_get().to(audit::own));
}

/// `audit`, and `…/audit` of everything that has entries. Goes before what has a parameter in the place
/// of a word here.
pub fn audit(api: &mut Api) {
    let zone = entries(get(audit::zone).named(
        "list_audit_entries",
        "Everything that was changed, by whom, when, through what and from where.",
    ))
    .zone([Zone::SetPrivileges])
    .has_page();
    let cluster = entries(get(audit::cluster).named(
        "list_cluster_audit_entries",
        "What was changed of a cluster and of its members.",
    ))
    .needs(ClusterPrivilege::ViewPrivileges)
    .zone([Zone::ClustersViewPrivileges])
    .has_page();
    let group = entries(get(audit::group).named(
        "list_group_audit_entries",
        "What was changed of a group, of its members, and of what it belongs to.",
    ))
    .needs(GroupPrivilege::ViewPrivileges)
    .zone([Zone::GroupsViewPrivileges])
    .has_page();
    let user = entries(get(audit::user).named(
        "list_user_audit_entries",
        "What was changed of a user, and what the user changed.",
    ))
    .zone([Zone::SetPrivileges])
    .allows("the user themself")
    .has_page();
    let own = entries(get(audit::own).named(
        "list_current_user_audit_entries",
        "What was changed of the caller, and what the caller changed.",
    ))
    .noting("Addresses of others are left out, but for holders of `oz_set_privileges`.")
    .has_page();
    let undone = |operation: Operation, id| {
        let undo = operation.named(
            id,
            "Makes true again what was before a change of one membership or of one set of privileges.",
        );
        undo.noting("It is checked like the same change made by hand.")
            .allows("whoever may see the entry, and may make that change by hand")
            .refuses(409, &["cannotUndo", "relationAlreadyExists"])
            .beyond()
    };
    api.section("Audit")
        .at("/audit", [zone])
        .at(
            "/audit/{sequence}/undo",
            [undone(post(undo::of_zone), "undo_audit_entry")],
        )
        .at("/clusters/{id}/audit", [cluster])
        .at(
            "/clusters/{id}/audit/{sequence}/undo",
            [undone(
                post(undo::of_thing::<Cluster>),
                "undo_cluster_audit_entry",
            )],
        )
        .at("/groups/{id}/audit", [group])
        .at(
            "/groups/{id}/audit/{sequence}/undo",
            [undone(
                post(undo::of_thing::<Group>),
                "undo_group_audit_entry",
            )],
        )
        .at("/users/{id}/audit", [user])
        .at("/user/audit", [own]);
}

/// `tokens/named/{id}/audit`. Goes behind what has a word in the place of the parameter here.
pub fn of_token(api: &mut Api) {
    let token = entries(get(audit::token).named(
        "list_named_token_audit_entries",
        "What was done with a named token.",
    ))
    .zone([Zone::TokensManage])
    .allows("the owner")
    .has_page();
    api.at("/tokens/named/{id}/audit", [token]);
}

/// `cluster/audit` of the emergency interface.
pub fn of_panel(api: &mut Api) {
    let entries = entries(get(audit::panel).named(
        "list_panel_audit_entries",
        "What was changed of the panel’s cluster and of its members.",
    ))
    .needs(ClusterPrivilege::ViewPrivileges)
    .zone([Zone::ClustersViewPrivileges])
    .allows("holders of the passphrase");
    api.at("/cluster/audit", [entries]);
}

/// What every list of entries takes and answers.
fn entries(operation: Operation) -> Operation {
    let text = || Schema::from(Object::with_type(Type::String));
    let limit = Object::builder()
        .schema_type(Type::Integer)
        .minimum(Some(1_i64))
        .build();
    let number = Object::with_type(Type::Integer);
    operation
        .noting(
            "Newest first. As a file, with all of them: `Accept: text/csv` or `application/jsonl`, or \
             `?format=csv` or `jsonl`.",
        )
        .asks("limit", "At most so many; 100 without it, and never more than 1000.", limit.into())
        .asks("after", "Only what comes behind the entry with this sequence: what is older.", number.into())
        .asks("q", "Only what has this text in its words, address or reason. After 10,000 entries without enough that have it, the answer ends early and says where to go on.", text())
        .asks("actor", "Only by `user:ID`, `root`, `system` or `nobody`.", text())
        .asks("action", "Only this action.", text())
        .asks("since", "Only from this moment (RFC 3339) or day (in UTC) on.", text())
        .asks("until", "Only until this moment, or the end of this day.", text())
        .asks("format", "`json`, `csv` or `jsonl`.", text())
        .refuses(
            400,
            &["badValueInteger", "badValueTooLow", "badValueNotAllowed", "badData"],
        )
        .answers::<Audit>()
        .beyond()
}

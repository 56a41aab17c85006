//! Tokens: the list of one's own, making them, looking at one, accepting invitations, and everything
//! there is about tokens over the API.

pub mod accept;
mod form;
mod inspect;
pub mod invite;
mod join;
pub mod json;
pub mod list;
mod manage;
pub mod new;
pub mod one;
pub mod view;
pub mod words;

pub use inspect::{confine, examine, infer_scope, verify_access, verify_identity, verify_invite};
pub use invite::create;
pub use join::{group_cluster, group_parent, user_cluster, user_group};
pub use manage::{
    by_name, client_tokens, cluster_group, cluster_user, create_client_token, create_temporary,
    delete, delete_many, generation, get, group_child, group_user, list as list_named, list_all,
    modify, register_provider, remove_client_token, revoke_temporary, status,
};

use crate::{domain::Member, service::Graph};

/// What a member is called.
fn member_name(graph: &Graph, member: &Member) -> String {
    let name = match member {
        Member::User(id) => graph.user(id).map(|user| user.name),
        Member::Group(id) => graph.group(id).map(|group| group.name),
    };
    name.unwrap_or("-").to_owned()
}

//! Tokens: making and accepting invitations, looking after named and temporary ones, and questions
//! that anybody may ask.

use actix_web::web::{PayloadConfig, ServiceConfig, get as web_get, post as web_post, resource};

use super::Offer as _;
use crate::{
    domain::{ClusterPrivilege, GroupPrivilege, ZonePrivilege as Zone},
    web::{
        api::{
            Api, Operation, delete, get, patch, post, texts,
            tokens::{
                CreatedToken, ExaminedToken, Generation, NamedToken, TokenScope, TokenStatus,
                TokenText, Tokens, VerifiedToken,
                bodies::{
                    AccessUse, Confinement, GivenToken, IdentityUse, InviteUse, JOIN_REFUSALS,
                    NewNamedToken, NewTemporaryToken, ScopeOf, TokenChange,
                },
            },
        },
        tokens::{self, accept, list, new, one},
    },
};

/// A token in a body may be longer than other bodies, to be told that it is too long: up to 2 MiB,
/// and something for what is around it.
const LARGE_BODY: usize = (2 * 1024 + 64) * 1024;

/// `/tokens…`, and the tokens of others.
pub fn pages(config: &mut ServiceConfig) {
    config
        .offer("/tokens", web_get().to(list::list))
        .offer("/tokens/cleanup", web_get().to(list::clean_up))
        .service(
            resource("/tokens/new")
                .route(web_get().to(new::new))
                .route(web_post().to(new::make)),
        )
        .service(
            resource("/tokens/consume")
                .app_data(PayloadConfig::new(LARGE_BODY))
                .route(web_get().to(accept::consume))
                .route(web_post().to(accept::look)),
        )
        .offer("/tokens/{id}", web_get().to(one::get))
        .offer("/tokens/{id}/rename", web_get().to(one::rename))
        .offer("/tokens/{id}/remove", web_get().to(one::remove))
        .offer("/users/{id}/tokens", web_get().to(list::list))
        .offer("/users/{id}/tokens/cleanup", web_get().to(list::clean_up));
}

/// Everything about tokens. Goes before what has a parameter in the place of a word here.
pub fn tokens(api: &mut Api) {
    api.section("Invitations")
        .with(joining)
        .with(inviting)
        .section("Tokens")
        .with(all_tokens)
        .with(named_tokens_of::<Mine>)
        .with(temporary_tokens_of::<Mine>)
        .with(named_tokens_of::<OfUser>)
        .with(temporary_tokens_of::<OfUser>)
        .section("Audit")
        .with(super::audit::of_token)
        .section("Questions about tokens")
        .with(questions)
        .section("Client tokens")
        .with(client_tokens);
}

fn joining(api: &mut Api) {
    let join = |operation: Operation| {
        operation
            .noting("An attempt that fails does not use the invitation up.")
            .differs(
                "an invitation that gives more than the member level also needs the right to set \
                 privileges of whoever made it, when it is used.",
            )
            .takes::<GivenToken>()
            .refuses(400, JOIN_REFUSALS)
            .refuses(409, &["relationAlreadyExists"])
            .creates()
    };
    let user_cluster = post(tokens::user_cluster)
        .named("user_join_cluster", "Accepts an invitation to a cluster.");
    let user_group =
        post(tokens::user_group).named("join_group", "Accepts an invitation to a group.");
    let group_cluster = post(tokens::group_cluster)
        .named(
            "group_join_cluster",
            "Accepts an invitation to a cluster for a group.",
        )
        .needs(GroupPrivilege::AddCluster)
        .zone([Zone::GroupsAddRelationships]);
    let group_parent = post(tokens::group_parent)
        .named(
            "join_parent_group",
            "Accepts an invitation to a group for a group.",
        )
        .needs(GroupPrivilege::AddParent)
        .zone([Zone::GroupsAddRelationships]);
    api.at_with_bodies("/user/clusters/join", LARGE_BODY, [join(user_cluster)])
        .at_with_bodies("/user/groups/join", LARGE_BODY, [join(user_group)])
        .at_with_bodies(
            "/groups/{id}/clusters/join",
            LARGE_BODY,
            [join(group_cluster)],
        )
        .at_with_bodies(
            "/groups/{id}/parents/join",
            LARGE_BODY,
            [join(group_parent)],
        );
}

fn inviting(api: &mut Api) {
    let invite = |operation: Operation| {
        operation
            .noting("Good for one use, with the member level.")
            .answers::<TokenText>()
            .deprecated()
    };
    let cluster_user = post(tokens::cluster_user)
        .named(
            "create_cluster_user_invite_token",
            "Invites a user to a cluster.",
        )
        .needs(ClusterPrivilege::AddUser)
        .zone([Zone::ClustersAddRelationships])
        .differs("the member level, not all privileges.");
    let cluster_group = post(tokens::cluster_group)
        .named(
            "create_cluster_group_invite_token",
            "Invites a group to a cluster.",
        )
        .needs(ClusterPrivilege::AddGroup)
        .zone([Zone::ClustersAddRelationships]);
    let group_user = post(tokens::group_user)
        .named(
            "create_user_group_invite_token",
            "Invites a user to a group.",
        )
        .needs(GroupPrivilege::AddUser)
        .zone([Zone::GroupsAddRelationships]);
    let group_child = post(tokens::group_child)
        .named("create_child_group_token", "Invites a group to a group.")
        .needs(GroupPrivilege::AddChild)
        .zone([Zone::GroupsAddRelationships]);
    api.at("/clusters/{id}/users/token", [invite(cluster_user)])
        .at("/clusters/{id}/groups/token", [invite(cluster_group)])
        .at("/groups/{id}/users/token", [invite(group_user)])
        .at("/groups/{id}/children/token", [invite(group_child)])
        .with(registering);
}

fn registering(api: &mut Api) {
    let never = |operation: Operation| {
        operation
            .never(
                "a cluster is registered by `POST /clusters`, and its panel needs no invitation.",
            )
            .deprecated()
    };
    let own = post(tokens::register_provider).named(
        "create_provider_registration_token_for_current_user",
        "Would invite a provider to register.",
    );
    let of_user = post(tokens::register_provider)
        .named(
            "create_provider_registration_token_for_user",
            "Would invite a provider to register, in the name of a user.",
        )
        .allows("the user themself")
        .zone([Zone::TokensManage]);
    api.at("/user/clusters/provider_registration_token", [never(own)])
        .at(
            "/users/{id}/clusters/provider_registration_token",
            [never(of_user)],
        );
}

fn all_tokens(api: &mut Api) {
    let list = get(tokens::list_all)
        .named(
            "list_all_named_tokens",
            "Lists all named tokens of all users.",
        )
        .zone([Zone::TokensManage])
        .paged()
        .answers::<Tokens>();
    let own = |operation: Operation| {
        operation
            .zone([Zone::TokensManage])
            .allows("whoever the token stands for")
    };
    let shown = get(tokens::get)
        .named(
            "get_named_token",
            "A named token, its secret text included.",
        )
        .answers::<NamedToken>();
    let modify = patch(tokens::modify)
        .named(
            "modify_named_token",
            "Renames, annotates or revokes a named token.",
        )
        .takes::<TokenChange>()
        .conditional();
    let remove = delete(tokens::delete)
        .named("delete_named_token", "Deletes a named token.")
        .conditional();
    let status = get(tokens::status)
        .named(
            "get_named_token_status",
            "Whether a named token is revoked.",
        )
        .answers::<TokenStatus>();
    api.at("/tokens/named", [list])
        .at("/tokens/named/{id}", [own(shown), own(modify), own(remove)])
        .at("/tokens/named/{id}/status", [own(status)]);
}

/// Whose tokens.
trait Whose {
    /// Where they are found.
    const BASE: &'static str;
    /// The ids of the operations on named ones: list, create, delete all, find by name.
    const NAMED: [&'static str; 4];
    /// On temporary ones: look at the generation, create, revoke all.
    const TEMPORARY: [&'static str; 3];
    /// Who may.
    fn access(operation: Operation) -> Operation;
}

struct Mine;
struct OfUser;

impl Whose for Mine {
    const BASE: &'static str = "/user";
    const NAMED: [&'static str; 4] = [
        "list_named_tokens_of_current_user",
        "create_named_token_for_current_user",
        "delete_named_tokens_of_current_user",
        "get_named_token_of_current_user_by_name",
    ];
    const TEMPORARY: [&'static str; 3] = [
        "get_temporary_token_generation_of_current_user",
        "create_temporary_token_for_current_user",
        "revoke_all_temporary_tokens_of_current_user",
    ];
    fn access(operation: Operation) -> Operation {
        operation
    }
}

impl Whose for OfUser {
    const BASE: &'static str = "/users/{id}";
    const NAMED: [&'static str; 4] = [
        "list_named_tokens_of_user",
        "create_named_token_for_user",
        "delete_named_tokens_of_user",
        "get_named_token_of_user_by_name",
    ];
    const TEMPORARY: [&'static str; 3] = [
        "get_temporary_token_generation_of_user",
        "create_temporary_token_for_user",
        "revoke_all_temporary_tokens_of_user",
    ];
    fn access(operation: Operation) -> Operation {
        operation
            .zone([Zone::TokensManage])
            .allows("the user themself")
    }
}

fn named_tokens_of<W: Whose>(api: &mut Api) {
    let [listed, created, deleted, found] = W::NAMED;
    let list = get(tokens::list_named)
        .named(listed, "Lists the named tokens.")
        .paged()
        .answers::<Tokens>();
    let create = post(tokens::create)
        .named(created, "Creates a named token.")
        .noting("An invitation is judged by the rights of whoever the token stands for.")
        .differs(
            "an invitation of a user without `privileges` gives `cluster_view`, and one that gives \
             more than the member level needs the right to set privileges; what an access token \
             with caveats makes carries its caveats.",
        )
        .takes::<NewNamedToken>()
        .creates_with::<CreatedToken>(true);
    let remove = delete(tokens::delete_many)
        .named(
            deleted,
            "Deletes all named tokens, or those that are named.",
        )
        .differs("`token` names some, and any other word in the query is refused.")
        .asks("token", "The id of a token, as often as needed.", texts())
        .refuses(400, &["badData"]);
    let by_name = get(tokens::by_name)
        .named(found, "The named token of this name.")
        .answers::<NamedToken>();
    let base = W::BASE;
    api.at(
        format!("{base}/tokens/named"),
        [
            W::access(list),
            W::access(create),
            W::access(remove).refuses(404, &["notFound"]),
        ],
    )
    .at(
        format!("{base}/tokens/named/name/{{name}}"),
        [W::access(by_name)],
    );
}

fn temporary_tokens_of<W: Whose>(api: &mut Api) {
    let [generation, temporary, revoked] = W::TEMPORARY;
    let count = get(tokens::generation)
        .named(
            generation,
            "Which generation of temporary tokens can be used.",
        )
        .answers::<Generation>();
    let make = post(tokens::create_temporary)
        .named(temporary, "Creates a temporary token.")
        .takes::<NewTemporaryToken>()
        .creates_with::<TokenText>(false);
    let revoke = delete(tokens::revoke_temporary).named(revoked, "Revokes all temporary tokens.");
    api.at(
        format!("{}/tokens/temporary", W::BASE),
        [W::access(count), W::access(make), W::access(revoke)],
    );
}

fn questions(api: &mut Api) {
    let mut ask = |name: &str, operation: Operation| {
        api.at_with_bodies(format!("/tokens/{name}"), LARGE_BODY, [operation.public()]);
    };
    ask(
        "examine",
        post(tokens::examine)
            .named("examine_token", "What a token says of itself.")
            .differs("`onezoneDomain` of a token of another zone is null.")
            .takes::<GivenToken>()
            .answers::<ExaminedToken>(),
    );
    ask(
        "confine",
        post(tokens::confine)
            .named("confine_token", "Adds caveats to a token.")
            .takes::<Confinement>()
            .answers::<TokenText>(),
    );
    ask(
        "infer_access_token_scope",
        post(tokens::infer_scope)
            .named(
                "infer_access_token_scope",
                "How far an access token reaches.",
            )
            .takes::<ScopeOf>()
            .answers::<TokenScope>(),
    );
    ask(
        "verify_access_token",
        post(tokens::verify_access)
            .named(
                "verify_access_token",
                "Whom an access token stands for, if it can be used.",
            )
            .takes::<AccessUse>()
            .answers::<VerifiedToken>(),
    );
    ask(
        "verify_identity_token",
        post(tokens::verify_identity)
            .named(
                "verify_identity_token",
                "Whom an identity token stands for, if it can be used.",
            )
            .takes::<IdentityUse>()
            .answers::<VerifiedToken>(),
    );
    ask(
        "verify_invite_token",
        post(tokens::verify_invite)
            .named(
                "verify_invite_token",
                "Whose invitation it is, if it can be used.",
            )
            .noting("Does not look at uses that are left, the target, or the rights of its maker.")
            .takes::<InviteUse>()
            .answers::<VerifiedToken>(),
    );
}

fn client_tokens(api: &mut Api) {
    let list = get(tokens::client_tokens)
        .named(
            "list_client_tokens",
            "Lists the caller’s named access tokens.",
        )
        .paged()
        .answers::<Tokens>()
        .deprecated();
    let create = post(tokens::create_client_token)
        .named(
            "create_client_token",
            "Creates a named access token that is good for a year.",
        )
        .answers::<TokenText>()
        .deprecated();
    let remove = delete(tokens::remove_client_token)
        .named(
            "remove_client_token",
            "Deletes one of the caller’s named tokens.",
        )
        .deprecated();
    api.at("/user/client_tokens", [list, create])
        .at("/user/client_tokens/{id}", [remove]);
}

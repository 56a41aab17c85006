//! The emergency interface: its pages, and its JSON API.

use actix_web::web::{ServiceConfig, get as web_get, post as web_post, resource};

use super::Offer as _;
use crate::{
    domain::{ClusterPrivilege as Privilege, ZonePrivilege as Zone},
    web::{
        api::{
            Api, Operation,
            answers::{Health, Ids},
            delete, get, patch, post, put,
            tokens::TokenText,
        },
        emergency::{
            self,
            answers::{
                CertificateNames, Hosts, Made, MembersSummary, NewCertificate, NewHost,
                NewPassword, NewZoneUser, Node, NodeInvitation, PanelCluster, PanelConfiguration,
                PanelUser, PassphraseChange, PassphraseStatus, ProgressAnswer, ProgressChange,
                RemoteProvider, TaskStatus, WebCertificate, ZoneUser,
            },
            api as answer, certificates, nodes, zone,
        },
    },
};

/// Its pages.
pub fn pages(config: &mut ServiceConfig) {
    config
        .offer("/", web_get().to(emergency::landing))
        .offer("/about", web_get().to(emergency::about))
        .service(
            resource("/login")
                .route(web_get().to(emergency::login))
                .route(web_post().to(emergency::sign_in)),
        )
        .offer("/logout", web_post().to(emergency::sign_out))
        .service(
            resource("/setup/{secret}")
                .route(web_get().to(emergency::setup))
                .route(web_post().to(emergency::set_up)),
        )
        .offer("/overview", web_get().to(emergency::overview))
        .offer("/audit", web_get().to(emergency::audit::get))
        .offer("/members", web_get().to(emergency::members))
        .service(
            resource("/members/invite")
                .route(web_get().to(emergency::invite))
                .route(web_post().to(emergency::create_token)),
        )
        .offer("/members/tokens/{id}", web_get().to(emergency::token))
        .offer(
            "/members/tokens/{id}/revoke",
            web_post().to(emergency::revoke),
        )
        .service(
            resource("/certificate")
                .route(web_get().to(certificates::get))
                .route(web_post().to(certificates::upload)),
        )
        .offer(
            "/certificate/self-signed",
            web_post().to(certificates::make),
        )
        .service(
            resource("/passphrase")
                .route(web_get().to(emergency::passphrase))
                .route(web_post().to(emergency::change_passphrase)),
        );
}

/// `/api/v3/onepanel`.
pub fn api() -> Api {
    let mut api = Api::default();
    api.section("Panel")
        .with(panel)
        .with(hosts)
        .with(progress)
        .section("Cluster")
        .with(cluster)
        .with(super::audit::of_panel)
        .section("Zone")
        .with(zone_users)
        .section("Passphrase")
        .with(passphrase)
        .section("Web certificate")
        .with(certificate)
        .section("The caller")
        .with(caller);
    api
}

fn panel(api: &mut Api) {
    let health = get(super::health)
        .named("get_health", "Whether the panel serves.")
        .public()
        .noting("503 while it starts or stops, or has no database.")
        .answers::<Health>();
    let image = get(super::test_image)
        .named("get_test_image", super::TEST_IMAGE)
        .public()
        .shows(super::IMAGE);
    let configuration = get(answer::configuration)
        .named("get_configuration", "What is public about the panel.")
        .public()
        .answers::<PanelConfiguration>();
    let node = get(answer::node)
        .named("get_node", "The machine of the panel.")
        .public()
        .answers::<Node>();
    api.at("/health", [health])
        .at("/test_image", [image])
        .at("/configuration", [configuration])
        .at("/node", [node]);
}

/// Who may look at the panel's cluster.
const INSIDE: &str = "effective members of the cluster; holders of the passphrase";
/// Who may do everything here.
const ROOT: &str = "holders of the passphrase";

fn hosts(api: &mut Api) {
    let update = |operation: Operation| {
        operation
            .needs(Privilege::Update)
            .zone([Zone::ClustersUpdate])
            .allows(ROOT)
    };
    let list = get(nodes::hosts)
        .named("get_cluster_hosts", "The machine of the panel, in a list.")
        .allows(INSIDE)
        .noting("Others on the same database are not known here.")
        .answers::<Hosts>();
    let add = update(post(nodes::add_host).named("add_cluster_host", "Would add a machine."))
        .takes::<NewHost>()
        .never(ADDING);
    let remove =
        update(delete(nodes::remove_host).named("remove_cluster_host", "Would remove a machine."))
            .never("a machine is removed by stopping its panel.");
    let invite = update(
        post(nodes::invite).named("create_invite_token", "Would invite a machine, not a user."),
    )
    .never(ADDING);
    let join = post(nodes::join)
        .named("join_cluster", "Would make the machine join a cluster.")
        .allows("anybody as long as there is no passphrase; holders of the passphrase")
        .takes::<NodeInvitation>()
        .never(ADDING);
    let cookie = get(nodes::cookie)
        .named(
            "get_cluster_cookie",
            "Would say what the machines trust each other by.",
        )
        .allows(INSIDE)
        .never("panels do not talk to each other: they share a database.");
    api.at("/hosts", [list, add])
        .at("/hosts/{host}", [remove])
        .at("/invite_tokens", [invite])
        .at("/join_cluster", [join])
        .at("/cookie", [cookie]);
}

/// Why no machine has to be let in.
const ADDING: &str = "a machine is added by starting a panel on the same database, without an \
                      invitation.";

fn progress(api: &mut Api) {
    let shown = get(nodes::progress)
        .named("get_progress", "How far the panel is deployed.")
        .allows(INSIDE)
        .differs("all of it is always done: a panel is whole from its start.")
        .answers::<ProgressAnswer>();
    let modify = patch(nodes::modify_progress)
        .named("modify_progress", "Says how far the panel is deployed.")
        .needs(Privilege::Update)
        .zone([Zone::ClustersUpdate])
        .allows(ROOT)
        .differs("what is said is checked, and changes nothing.")
        .takes::<ProgressChange>();
    let task = get(nodes::task)
        .named(
            "get_task_status",
            "How far some work is that goes on behind an answer.",
        )
        .allows(INSIDE)
        .differs("there is no such work, and so no task: 404.")
        .answers::<TaskStatus>();
    api.at("/progress", [shown, modify])
        .at("/tasks/{id}", [task]);
}

fn zone_users(api: &mut Api) {
    const ONLY: &str = "Of the zone’s own panel only: 404 elsewhere.";
    const BARE: &str = "errors are not wrapped in `errorOnNodes`: no step runs elsewhere.";
    let list = get(zone::users)
        .named("get_onezone_users", "Lists the users of the zone.")
        .allows(INSIDE)
        .noting(ONLY)
        .differs(BARE)
        .refuses(404, &["notFound"])
        .paged()
        .answers::<Ids>();
    let create = post(zone::create)
        .named(
            "add_onezone_user",
            "Creates a user who signs in with a password.",
        )
        .needs(Privilege::Update)
        .zone([Zone::UsersCreate])
        .allows(ROOT)
        .noting(ONLY)
        .noting(
            "Whoever sends `groups` and does not hold the passphrase also needs zone-wide \
             `oz_groups_add_relationships` and `oz_users_add_relationships`.",
        )
        .differs(BARE)
        .refuses(404, &["notFound"])
        .takes::<NewZoneUser>()
        .creates_with::<Made>(true);
    let shown = get(zone::user)
        .named("get_onezone_user", "A user of the zone.")
        .allows(INSIDE)
        .noting(ONLY)
        .differs(BARE)
        .answers::<ZoneUser>();
    let password = patch(zone::set_password)
        .named("change_user_password", "Sets the password of a user of the zone.")
        .zone([Zone::UsersManagePasswords])
        .allows(ROOT)
        .noting(ONLY)
        .differs(
            "`cluster_update` is not enough, because it would be a way to act as anybody. Errors are \
             not wrapped in `errorOnNodes`.",
        )
        .takes::<NewPassword>();
    api.at("/zone/users", [list, create])
        .at("/zone/users/{id}", [shown, password]);
}

fn cluster(api: &mut Api) {
    let shown = get(answer::cluster)
        .named("get_current_cluster", "The cluster of the panel.")
        .allows(INSIDE)
        .answers::<PanelCluster>();
    let summary = get(answer::members_summary)
        .named(
            "get_cluster_members_summary",
            "How many members the cluster has.",
        )
        .needs(Privilege::View)
        .zone([Zone::ClustersListRelationships])
        .allows(ROOT)
        .answers::<MembersSummary>();
    let invite = post(answer::invite)
        .named(
            "create_user_invite_token",
            "Invites a user to the cluster, with all privileges.",
        )
        .needs(Privilege::AddUser)
        .needs(Privilege::SetPrivileges)
        .zone([Zone::ClustersAddRelationships, Zone::ClustersSetPrivileges])
        .allows(ROOT)
        .differs(
            "good for one use within 24 hours, listed and revocable, and withdrawn when the \
                  passphrase changes; `cluster_add_user` alone is not enough.",
        )
        .answers::<TokenText>();
    api.at("/cluster", [shown])
        .at("/cluster/members_summary", [summary])
        .at("/cluster/invite_user_token", [invite]);
}

fn passphrase(api: &mut Api) {
    let status = get(answer::passphrase_status)
        .named(
            "get_emergency_passphrase_status",
            "Whether there is a passphrase.",
        )
        .public()
        .answers::<PassphraseStatus>();
    let set = put(answer::set_passphrase)
        .named("set_emergency_passphrase", "Changes the passphrase.")
        .allows("holders of the passphrase")
        .noting("A wrong `currentPassphrase` is 401 with `badBasicCredentials`.")
        .differs(
            "a guest cannot set the first one: that takes the set-up link that `serve` prints, the \
             console, or the environment. Ends all other emergency sessions.",
        )
        .takes::<PassphraseChange>();
    api.at("/emergency_passphrase", [status, set]);
}

fn certificate(api: &mut Api) {
    let shown = get(certificates::get)
        .named("get_web_cert", "The web certificate in use.")
        .allows("effective members of the cluster; holders of the passphrase")
        .differs("`letsEncrypt` is always false; `paths` and `lastRenewal…` are left out.")
        .answers::<WebCertificate>();
    let upload = post(certificates::upload)
        .named("upload_web_cert", "Takes a certificate into use.")
        .allows("holders of the passphrase")
        .takes::<NewCertificate>()
        .answers::<WebCertificate>()
        .beyond();
    let make = post(certificates::make)
        .named(
            "create_self_signed_web_cert",
            "Makes a self-signed certificate and takes it into use.",
        )
        .allows("holders of the passphrase")
        .takes::<CertificateNames>()
        .answers::<WebCertificate>()
        .beyond();
    api.at("/web_cert", [shown, upload])
        .at("/web_cert/self_signed", [make]);
}

fn caller(api: &mut Api) {
    let user = get(answer::user)
        .named(
            "get_current_user",
            "The caller, and what they may do in the cluster.",
        )
        .allows("effective members of the cluster")
        .noting("Whoever holds the passphrase is no user: 404.")
        .refuses(404, &["notFound"])
        .answers::<PanelUser>();
    let clusters = get(answer::user_clusters)
        .named(
            "get_clusters",
            "Lists the clusters that the caller is an effective member of.",
        )
        .allows("effective members of the cluster")
        .refuses(404, &["notFound"])
        .paged()
        .answers::<Ids>();
    let one = get(answer::user_cluster)
        .named(
            "get_cluster",
            "A cluster that the caller is an effective member of.",
        )
        .allows("effective members of the cluster")
        .answers::<PanelCluster>();
    let provider = get(zone::provider)
        .named("get_remote_provider", "Another cluster of the zone.")
        .allows(
            "effective members of the cluster who are effective members of the other one, too, or \
             hold zone-wide `oz_clusters_view`",
        )
        .noting("Whoever holds the passphrase of the zone’s panel may look at all, of another at its own.")
        .differs("`geoLatitude`, `geoLongitude` and `online` are left out: they are not known.")
        .answers::<RemoteProvider>();
    api.at("/providers/{id}", [provider])
        .at("/user", [user])
        .at("/user/clusters", [clusters])
        .at("/user/clusters/{id}", [one]);
}

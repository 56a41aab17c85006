//! The emergency interface: its pages, and its JSON API.

use actix_web::web::{ServiceConfig, get as web_get, post as web_post, resource};

use super::Offer as _;
use crate::{
    domain::{ClusterPrivilege as Privilege, ZonePrivilege as Zone},
    web::{
        api::{
            Api,
            answers::{Health, Ids},
            get, post, put,
            tokens::TokenText,
        },
        emergency::{
            self,
            answers::{
                CertificateNames, MembersSummary, NewCertificate, Node, PanelCluster,
                PanelConfiguration, PanelUser, PassphraseChange, PassphraseStatus, WebCertificate,
            },
            api as answer, certificates,
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
        .section("Cluster")
        .with(cluster)
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
        .noting("503 while it stops or has no database.")
        .answers::<Health>();
    let configuration = get(answer::configuration)
        .named("get_configuration", "What is public about the panel.")
        .public()
        .answers::<PanelConfiguration>();
    let node = get(answer::node)
        .named("get_node", "The machine of the panel.")
        .public()
        .answers::<Node>();
    api.at("/health", [health])
        .at("/configuration", [configuration])
        .at("/node", [node]);
}

fn cluster(api: &mut Api) {
    const ROOT: &str = "holders of the passphrase";
    let shown = get(answer::cluster)
        .named("get_current_cluster", "The cluster of the panel.")
        .allows("effective members of the cluster; holders of the passphrase")
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
    api.at("/user", [user])
        .at("/user/clusters", [clusters])
        .at("/user/clusters/{id}", [one]);
}

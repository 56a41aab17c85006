//! Samples of the emergency interface: as it should be, empty, hostile, and with every error.

use super::{ARABIC, HOSTILE, long_name, put};
use crate::{
    domain::{ClusterType, Timestamp, TokenId},
    service::CertificateFacts,
    web::{
        emergency::view::{
            AboutPage, CertificatePage, EmergencyFaultPage, EmergencyFrame, EmergencyMembersPage,
            EmergencyPlace, EmergencyTokenPage, EmergencyTokenRow, InviteWarningPage, LandingPage,
            MemberCounts, OpenInOnezone, OpenSession, OverviewPage, PassphraseChangePage,
            PassphrasePage, SessionSpan, SetupPage, ThisCluster, TokenState,
        },
        layout::{Control, Field, Notice, NoticeKind},
    },
};

pub fn add(list: &mut Vec<(String, String)>) {
    entrance(list);
    around(list);
    setup(list);
    inside(list);
    members(list);
    invitations(list);
    certificates(list);
}

fn cluster(name: &str) -> ThisCluster {
    ThisCluster {
        name: name.into(),
        domain: "krakow.example.org".into(),
        kind: ClusterType::Oneprovider,
    }
}

fn onezone(reachable: bool) -> OpenInOnezone {
    OpenInOnezone {
        url: "https://zone.example.org/clusters/onezone".into(),
        consume: None,
        control: if reachable {
            Control::Enabled
        } else {
            Control::Disabled("Onezone (zone.example.org) cannot be reached.".into())
        },
    }
}

fn outside(title: &str, name: &str) -> EmergencyFrame {
    EmergencyFrame::signed_out(title, name)
}

fn frame(title: &str, name: &str, place: EmergencyPlace) -> EmergencyFrame {
    let session = SessionSpan {
        since: "2026-11-21 09:30 UTC".into(),
        until: "2026-11-22 09:30 UTC".into(),
    };
    EmergencyFrame::new(title, name, place, session)
}

fn entrance(list: &mut Vec<(String, String)>) {
    let landing = |name: &str, reachable, sign_in| LandingPage {
        frame: outside("Start", name),
        cluster: cluster(name),
        onezone: onezone(reachable),
        sign_in,
    };
    let sign_in = Some("/login");
    put(
        list,
        "emergency-landing.html",
        &landing("krakow", true, sign_in),
    );
    put(
        list,
        "emergency-landing-alone.html",
        &landing(HOSTILE, false, sign_in),
    );
    let new = landing(&long_name(), false, None);
    put(list, "emergency-landing-new.html", &new);

    let login = |name: &str, error: Option<&str>, notice| PassphrasePage {
        frame: outside("Sign in", name),
        cluster: cluster(name),
        error: error.map(Into::into),
        reason: match error {
            Some(_) => Field::wrong(HOSTILE, "A reason has at most 500 characters."),
            None => Field::default(),
        },
        notice,
        next: "/members".into(),
        ended: error.is_none(),
    };
    let ended = Notice::new(NoticeKind::Info, "Your session has expired.");
    put(
        list,
        "emergency-login.html",
        &login("krakow", None, Some(ended)),
    );
    let held = Notice::new(
        NoticeKind::Warning,
        "Too many attempts. Try again in 8 seconds.",
    );
    put(
        list,
        "emergency-login-wrong.html",
        &login(HOSTILE, Some("Invalid passphrase."), Some(held)),
    );
}

fn around(list: &mut Vec<(String, String)>) {
    for (file, frame, reachable) in [
        (
            "emergency-about.html",
            outside("Emergency interface", "krakow"),
            true,
        ),
        (
            "emergency-about-inside.html",
            frame("Emergency interface", "krakow", EmergencyPlace::Elsewhere),
            false,
        ),
    ] {
        let page = AboutPage {
            frame,
            cluster: cluster("krakow"),
            onezone: onezone(reachable),
        };
        put(list, file, &page);
    }
    let broken = EmergencyFaultPage::of(EmergencyFrame::default(), 500, Some("3f9c".into()));
    put(list, "emergency-fault.html", &broken);
    let missing = EmergencyFaultPage::of(frame("", ARABIC, EmergencyPlace::Elsewhere), 404, None);
    put(list, "emergency-fault-inside.html", &missing);
}

fn setup(list: &mut Vec<(String, String)>) {
    let page = |field: fn(&str, &str) -> Field| SetupPage {
        frame: outside("Set up", "Onezone"),
        cluster: cluster("Onezone"),
        makes_administrator: true,
        action: "/setup/0123456789abcdef".into(),
        passphrase: field("", "A passphrase has at least 8 bytes."),
        retyped_passphrase: field("", "The passphrases differ."),
        cluster_name: field("Onezone", "A name has 2 to 128 letters or digits."),
        domain: field(
            "localhost",
            "A domain has labels of letters, digits and '-'.",
        ),
        full_name: field(HOSTILE, "A full name has 2 to 128 letters or digits."),
        username: field("a b", "A username has 2 to 32 letters or digits."),
        password: field("", "A password has at least 8 bytes."),
        retyped_password: field("", "The passwords differ."),
    };
    let empty = page(|value, _| Field::holding(value.replace(HOSTILE, "")));
    put(list, "emergency-setup.html", &empty);
    let wrong = page(|value, error| Field::wrong(value, error));
    put(list, "emergency-setup-wrong.html", &wrong);
}

fn inside(list: &mut Vec<(String, String)>) {
    let session = |reason: &str, yours| OpenSession {
        since: "2026-11-21 09:30 UTC".into(),
        seen: "2026-11-21 10:02 UTC".into(),
        reason: reason.into(),
        yours,
    };
    let overview = |name: &str, counts, notice, sessions| OverviewPage {
        frame: frame("Overview", name, EmergencyPlace::Overview).saying(notice),
        cluster: cluster(name),
        id: super::CLUSTER.into(),
        counts,
        onezone: onezone(sessions == 1),
        sessions: [
            session("Onezone is down, the disk is full", true),
            session(HOSTILE, false),
            session(ARABIC, false),
            session(&long_name(), false),
        ][..sessions]
            .to_vec(),
    };
    let welcome = Notice::success("You are signed in with the emergency passphrase.");
    put(
        list,
        "emergency-overview.html",
        &overview("krakow", counts(), Some(welcome), 1),
    );
    put(
        list,
        "emergency-overview-busy.html",
        &overview(HOSTILE, MemberCounts::default(), None, 4),
    );
    let change = |field: fn(&str) -> Field, notice| PassphraseChangePage {
        frame: frame("Emergency passphrase", "krakow", EmergencyPlace::Passphrase).saying(notice),
        current: field("The current passphrase is not right."),
        new: field("A passphrase has at least 8 bytes."),
        retyped: field("Retyped passphrase does not match."),
    };
    let done = Notice::success("The emergency passphrase has been changed.");
    put(
        list,
        "emergency-passphrase.html",
        &change(|_| Field::default(), Some(done)),
    );
    put(
        list,
        "emergency-passphrase-wrong.html",
        &change(|error| Field::wrong("", error), None),
    );
}

fn counts() -> MemberCounts {
    MemberCounts {
        direct_groups: 3,
        direct_users: 12,
        effective_groups: 20,
        effective_users: 1509,
    }
}

fn members(list: &mut Vec<(String, String)>) {
    let token = |number: usize, name: &str, state| EmergencyTokenRow {
        id: TokenId::from_stored(format!("{number:032x}")),
        name: name.into(),
        created: "2026-11-21 09:30 UTC".into(),
        expires: "2026-11-22 09:30 UTC".into(),
        uses: if state == TokenState::Used {
            "1 of 1".into()
        } else {
            "0 of 1".into()
        },
        state,
    };
    let page = |name: &str, counts, tokens, invite| EmergencyMembersPage {
        frame: frame("Members", name, EmergencyPlace::Members),
        name: name.into(),
        counts,
        onezone: onezone(true),
        invite,
        tokens,
    };
    let tokens = vec![
        token(1, "admin invite to cluster 3f9c01", TokenState::Open),
        token(2, HOSTILE, TokenState::Open),
        token(3, &long_name(), TokenState::Used),
        token(4, ARABIC, TokenState::Expired),
        token(5, "admin invite to cluster 77ab02", TokenState::Revoked),
    ];
    put(
        list,
        "emergency-members.html",
        &page("krakow", counts(), tokens, Control::Enabled),
    );
    let refused = Control::Disabled("Too many tokens are open. Revoke one first.".into());
    put(
        list,
        "emergency-members-nobody.html",
        &page(HOSTILE, MemberCounts::default(), vec![], refused),
    );
}

fn invitations(list: &mut Vec<(String, String)>) {
    let invite = InviteWarningPage {
        frame: frame("Invite user", HOSTILE, EmergencyPlace::Members),
        name: HOSTILE.into(),
    };
    put(list, "emergency-invite.html", &invite);
    let made = EmergencyTokenPage {
        frame: frame("Token", HOSTILE, EmergencyPlace::Members),
        cluster: HOSTILE.into(),
        token: "MDAxY2xvY2F0aW9u".repeat(20),
        name: "admin invite to cluster 3f9c01".into(),
        expires: "2026-11-22 09:30 UTC".into(),
        consume: Some("https://zone.example.org/tokens/consume".into()),
    };
    put(list, "emergency-token.html", &made);
}

fn certificates(list: &mut Vec<(String, String)>) {
    let facts = CertificateFacts {
        subject: "CN=krakow.example.org".into(),
        issuer: format!("O={HOSTILE}, CN=R11"),
        self_signed: false,
        names: vec!["krakow.example.org".into(), "2001:db8::17".into()],
        validity: vec![(Timestamp(1_793_500_000), Timestamp(1_801_200_000)); 2],
        fingerprint: "6F:".repeat(31) + "6F",
        serial: "03:9C".into(),
        key: "ECDSA, P-256".into(),
        for_servers: true,
    };
    let page = |facts, field: fn(&str, &str) -> Field, change| CertificatePage {
        frame: frame("Web certificate", "krakow", EmergencyPlace::Certificate),
        facts,
        left: "in 6 days".into(),
        origin: "Kept by this panel".into(),
        warnings: vec!["It expires on 2027-01-30 00:00 UTC. Renew it.".into()],
        change,
        chain: field("\n</textarea><script>", "It holds no certificate."),
        key: field("", "It does not belong to the first certificate."),
        offers_anyway: true,
        names: field("kra kow", "It has “<kow>” in it, which is no name."),
    };
    let wrong = |value: &str, error: &str| Field::wrong(value, error);
    put(
        list,
        "emergency-certificate-wrong.html",
        &page(facts.clone(), wrong, Control::Enabled),
    );
    let own = CertificateFacts {
        self_signed: true,
        names: vec![],
        ..facts
    };
    let elsewhere = Control::Disabled("It is read from files.".into());
    put(
        list,
        "emergency-certificate.html",
        &page(own, |_, _| Field::default(), elsewhere),
    );
}

//! Samples of tokens: the list, single ones, making them, and accepting them.

use super::{
    ARABIC, HOSTILE, actor,
    dialogs::{BACK, WHY, both},
    layout, long_name,
    members::target,
    put,
};
use crate::{
    domain::{ClusterPrivilege, GroupId, GroupPrivilege, Invitee, TokenId},
    service::tokens::State,
    web::{
        layout::{Control, Field, Layout, Notice, NoticeKind, Place},
        members::{overview::HeldSection, view::Block},
        sidebar::Submenu,
        tokens::{
            view::{
                Choice, CleanUpPage, ConfirmPage, ConsumePage, CreatedPage, EditFields,
                GroupChoice, GroupRow, InviteForm, InvitePage, NewTokenPage, Obsolete,
                ObsoleteSection, OpeningRow, Pattern, PatternsPage, RemoveTokenPage, RenamePage,
                Role, TemporaryPage, TokenPage, TokenRow, TokensPage,
            },
            words::{StateWords, TargetWords},
        },
    },
};

pub fn add(list: &mut Vec<(String, String)>) {
    invite(list);
    accept(list);
    tokens(list);
    clean_up(list);
    one(list);
    new(list);
}

fn frame() -> Layout {
    Layout::new("Tokens", actor(), Place::Tokens)
}

fn id(number: usize) -> TokenId {
    TokenId::from_stored(format!("{number:032x}"))
}

fn leads_to(name: &str, gone: bool) -> TargetWords {
    TargetWords {
        kind: "cluster",
        icon: "clusters",
        name: name.into(),
        gone,
        url: (!gone).then(|| "/clusters/x".into()),
    }
}

fn invite(list: &mut Vec<(String, String)>) {
    let role = |value, label, gives: &str, control| Role {
        value,
        label,
        gives: gives.into(),
        chosen: value == "member",
        control,
    };
    let page = |forbidden| InvitePage {
        layout: layout("Invite user", Some(Submenu::Members)),
        target: target(),
        back: BACK.into(),
        forbidden,
        custom: "/tokens/new?type=inviteToken&inviteType=userJoinCluster&clusterId=x".into(),
        invitee: Invitee::User,
        invite_type: "userJoinCluster",
        target_field: "clusterId",
        roles: vec![
            role("member", "Member", "View cluster", Control::Enabled),
            role(
                "manager",
                "Manager",
                "View cluster, Add user, Remove user, Add group, Remove group",
                Control::Enabled,
            ),
            role(
                "admin",
                "Admin",
                "Everything",
                Control::Disabled(WHY.into()),
            ),
            role("custom", "Custom", "What you tick below", Control::Enabled),
        ],
        sections: HeldSection::of(ClusterPrivilege::member()),
        expiries: Choice::expiries("14"),
        uses: Choice::uses("1"),
    };
    both(list, "invite", &page(None), &page(None).as_dialog());
    put(list, "invite-forbidden.html", &page(Some(WHY.into())));
    let created = CreatedPage {
        layout: layout("Invite user", Some(Submenu::Members)),
        target: target(),
        invitee: Invitee::Group,
        back: BACK.into(),
        token: "MDAxY2xvY2F0aW9uIG9uZXpvbmUK".repeat(14),
        gives: "View cluster, Add user".into(),
        expires: "2026-12-05 09:30 UTC".into(),
        uses: "once".into(),
        again: "/clusters/x/members/invite".into(),
    };
    both(list, "created", &created, &created.as_dialog());
}

fn accept(list: &mut Vec<(String, String)>) {
    let consume = |problem| ConsumePage {
        layout: frame(),
        token: String::new(),
        group: None,
        problem,
    };
    put(list, "consume.html", &consume(None));
    let revoked = Notice::new(NoticeKind::Warning, "Provided token has been revoked.");
    put(list, "consume-revoked.html", &consume(Some(revoked)));
    let confirm = |control| ConfirmPage {
        layout: frame(),
        token: "MDAxY2xvY2F0aW9u".repeat(20),
        title: "Invitation to join a cluster".into(),
        joiner: Block {
            username: Some("joe".into()),
            ..Block::of("user", "Joe Smith")
        },
        target: Block::of("oneprovider", HOSTILE),
        kind: "cluster",
        groups: None,
        privileges: HeldSection::of(ClusterPrivilege::manager()),
        issuer: "Ada Admin (admin)".into(),
        expires: "2026-12-05 09:30 UTC".into(),
        uses: "once".into(),
        note: None,
        action: "/api/v3/onezone/user/clusters/join".into(),
        confirm: control,
        consequences: Some(super::dialogs::consequences(1)),
    };
    put(list, "confirm.html", &confirm(Control::Enabled));
    put(
        list,
        "confirm-member.html",
        &confirm(Control::Disabled(
            "You are already a member of this cluster.".into(),
        )),
    );
    let row = |number: usize, name: &str, control| GroupRow {
        id: GroupId::from_stored(format!("g{number}")),
        name: name.into(),
        chosen: number == 0,
        control,
    };
    let page = ConfirmPage {
        title: "Invitation for your group to join a cluster".into(),
        groups: Some(GroupChoice {
            chosen: Some(GroupId::from_stored("g0")),
            search: "a".into(),
            count: 30,
            rows: vec![
                row(0, "Operators", Control::Enabled),
                row(
                    1,
                    HOSTILE,
                    Control::Disabled("a direct member already".into()),
                ),
                row(2, ARABIC, Control::Enabled),
                row(3, &long_name(), Control::Disabled(WHY.into())),
            ],
        }),
        ..confirm(Control::Enabled)
    };
    put(list, "confirm-group.html", &page);
}

fn row(number: usize, name: &str, state: State, target: Option<TargetWords>) -> TokenRow {
    TokenRow {
        id: id(number),
        name: name.into(),
        icon: "invite",
        what: "Invite user to cluster",
        uses: target.is_some().then(|| "1/2".into()),
        target,
        state: StateWords::of(state),
        revoked: state == State::Revoked,
        expires: "2026-12-05 09:30 UTC".into(),
        last_use: "2026-12-01 09:30 UTC by Joe Smith".into(),
    }
}

fn tokens(list: &mut Vec<(String, String)>) {
    let page = |rows: Vec<TokenRow>, owner| TokensPage {
        layout: frame(),
        owner,
        base: "/tokens".into(),
        here: "/tokens?q=a".into(),
        back: "back=%2Ftokens".into(),
        any: !rows.is_empty(),
        obsolete: 2,
        search: String::new(),
        kinds: Choice::list(&[("", "All types"), ("access", "Access")], ""),
        targets: vec![
            (String::new(), "Any target".into(), true),
            ("cluster:x".into(), HOSTILE.into(), false),
        ],
        count: rows.len(),
        more: (!rows.is_empty()).then(|| "/tokens?after=x".into()),
        rows,
    };
    let krakow = || Some(leads_to("krakow", false));
    let gone = Some(leads_to("b519b3ac46823b2b83b6cb85e1b16f4f", true));
    let rows = vec![
        row(1, "for the night shift", State::Active, krakow()),
        row(2, HOSTILE, State::Revoked, Some(leads_to(HOSTILE, false))),
        row(3, &long_name(), State::Expired, gone),
        row(4, ARABIC, State::UsedUp, None),
    ];
    let whole = page(rows.clone(), None);
    both(list, "tokens", &whole, &whole.as_list());
    put(list, "tokens-of.html", &page(rows, Some(HOSTILE.into())));
    put(list, "tokens-empty.html", &page(Vec::new(), None));
    let fifty = (0..50).map(|number| row(number, "a token", State::Active, krakow()));
    put(list, "tokens-fifty.html", &page(fifty.collect(), None));
}

fn clean_up(list: &mut Vec<(String, String)>) {
    let obsolete = |number, name: &str, state| Obsolete {
        id: id(number),
        name: name.into(),
        state: StateWords::of(state),
    };
    let clean = |sections| CleanUpPage {
        layout: frame(),
        back: "/tokens".into(),
        action: "/api/v3/onezone/user/tokens/named".into(),
        sections,
    };
    let sections = vec![
        ObsoleteSection {
            label: "Access tokens",
            tokens: vec![obsolete(1, HOSTILE, State::Expired)],
        },
        ObsoleteSection {
            label: "Invite tokens",
            tokens: vec![
                obsolete(2, &long_name(), State::UsedUp),
                obsolete(3, "c", State::Revoked),
            ],
        },
    ];
    let whole = clean(sections);
    both(list, "cleanup", &whole, &whole.as_dialog());
    put(list, "cleanup-nothing.html", &clean(Vec::new()));
}

fn one(list: &mut Vec<(String, String)>) {
    let page = |edit, text: Option<String>, gone| TokenPage {
        layout: frame(),
        id: id(1),
        name: HOSTILE.into(),
        owner: text.is_none().then(|| "Joe Smith".into()),
        list: "/tokens".into(),
        text,
        fresh: true,
        icon: "invite",
        what: "Invite user to cluster",
        target: Some(leads_to("krakow", gone)),
        state: StateWords::of(State::Active),
        expires: "never".into(),
        uses: Some("0/infinity".into()),
        last_use: "never".into(),
        created: "2026-12-01 09:30 UTC".into(),
        limits: vec![
            (
                "Only from",
                vec!["10.0.0.0/8".into(), "192.0.2.7/32".into()],
            ),
            ("Only used by", vec![format!("user {HOSTILE} (usr-joe)")]),
        ],
        gives: HeldSection::of(ClusterPrivilege::member()),
        edit,
    };
    let text = || Some("MDAxY2xvY2F0aW9u".repeat(20));
    put(list, "token.html", &page(None, text(), false));
    put(list, "token-other.html", &page(None, None, true));
    let edit = EditFields {
        name: Field::wrong("a", "There is a token of this name already."),
        revoked: true,
    };
    put(list, "token-edit.html", &page(Some(edit), text(), false));
    let rename = RenamePage {
        layout: frame(),
        back: "/tokens".into(),
        action: "/api/v3/onezone/tokens/named/x".into(),
        name: Field::wrong(HOSTILE, "Not allowed"),
    };
    both(list, "token-rename", &rename, &rename.as_dialog());
    let remove = RemoveTokenPage {
        layout: frame(),
        back: "/tokens".into(),
        action: "/api/v3/onezone/tokens/named/x".into(),
        name: HOSTILE.into(),
        what: "Access token",
        state: StateWords::of(State::Expired),
    };
    both(list, "token-remove", &remove, &remove.as_dialog());
}

fn new(list: &mut Vec<(String, String)>) {
    let patterns = PatternsPage {
        layout: frame(),
        patterns: vec![Pattern {
            label: "Access token",
            icon: "token",
            about: "For programs.",
            url: "/tokens/new?type=accessToken".into(),
        }],
    };
    put(list, "token-patterns.html", &patterns);
    let temporary = TemporaryPage {
        layout: frame(),
        text: "MDAxY2xvY2F0aW9u".repeat(20),
        what: "Access token",
        expires: "2026-12-05 09:30 UTC".into(),
    };
    put(list, "token-temporary.html", &temporary);
    let invite = |locked: Option<String>| InviteForm {
        kinds: Choice::list(
            &[("userJoinGroup", "Invite user to group")],
            "userJoinGroup",
        ),
        kind: "group",
        icon: "group",
        target_field: "groupId",
        search: String::new(),
        count: 30,
        targets: vec![OpeningRow {
            id: "g1".into(),
            name: HOSTILE.into(),
            chosen: true,
        }],
        target_error: Some("Choose the group to invite to.".into()),
        sections: HeldSection::of(GroupPrivilege::member()),
        locked,
        usage_limit: Field::wrong("x", "A whole number of at least 1."),
    };
    let page = |kind: &str, invite, temporary| NewTokenPage {
        layout: frame(),
        problem: Some(Notice::error("You may not invite to this.")),
        kinds: Choice::list(
            &[("accessToken", "Access"), ("inviteToken", "Invite")],
            kind,
        ),
        temporary,
        name: Field::wrong(HOSTILE, "Not allowed"),
        suggested: "Access token".into(),
        invite,
        expires: Choice::expiries("14"),
        expires_error: Some("Choose when it ends.".into()),
        until: Field::wrong("2026-12-05T09:30", "In the future."),
        ip: Field::wrong("x", "No address."),
        consumer: Field::wrong(HOSTILE, "Nobody."),
        anybody: Choice::list(&[("usr-*", "Any user")], ""),
        services: Choice::list(&[("ozw-onezone", "This panel")], ""),
        interfaces: Choice::list(&[("", "Any"), ("rest", "REST")], "rest"),
    };
    let access = page("accessToken", None, false);
    both(list, "token-new", &access, &access.as_form());
    let open = page("inviteToken", Some(invite(None)), false);
    put(list, "token-new-invite.html", &open);
    let locked = page("inviteToken", Some(invite(Some(WHY.into()))), true);
    put(list, "token-new-locked.html", &locked);
}

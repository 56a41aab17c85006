//! A right that was taken away at one panel is refused by another on the very next request, and one
//! that was given is good there.
//!
//! `ONEPANEL_STALE_TRIES` says how often each of the ways to lose a right is tried, all together.

use std::thread;

use serde_json::{Value, json};

use crate::support::{
    client::Client,
    panel::{API, DEMO_PASSWORD, TestPanel, create_group, last_part, text},
};

/// As many try at the same time.
const AT_ONCE: usize = 4;
/// The ways in which somebody loses a right.
const WAYS: [Way; 7] = [
    Way::OwnPrivilege,
    Way::GroupsPrivilege,
    Way::Membership,
    Way::Nesting,
    Way::Block,
    Way::Session,
    Way::Token,
];

#[derive(Debug, Clone, Copy)]
enum Way {
    /// A privilege that the user holds directly.
    OwnPrivilege,
    /// One that a group holds which the user is in, through another.
    GroupsPrivilege,
    /// Being in the inner group.
    Membership,
    /// The inner group's being in the outer.
    Nesting,
    /// The user may do nothing at all.
    Block,
    /// The user signs out.
    Session,
    /// The token is deleted.
    Token,
}

fn tries() -> usize {
    let given = std::env::var("ONEPANEL_STALE_TRIES").ok();
    given.map_or(500, |text| text.parse().expect("a number"))
}

/// A user with a cluster for each kind of right, known at both panels.
struct Subject<'p> {
    panels: [&'p TestPanel; 2],
    /// The administrator at each of them.
    admins: [Client; 2],
    /// The user at each of them.
    users: [Client; 2],
    name: String,
    id: String,
    own: String,
    groups: String,
    outer: String,
    inner: String,
    refused: usize,
}

impl<'p> Subject<'p> {
    fn new(panels: [&'p TestPanel; 2], token: &str, number: usize) -> Self {
        let admins = panels.map(|panel| panel.token(token));
        let admin = &admins[0];
        let name = format!("subject{number}");
        let id = admin.create_user(&name);
        let cluster = |name: &str| {
            let domain = format!("{name}{number}.example.org");
            let body = json!({ "name": name, "domain": domain });
            let made = admin.post(&format!("{API}/clusters")).json(&body).send();
            last_part(made.expect(201).location())
        };
        let (own, groups) = (cluster("own"), cluster("groups"));
        let (outer, inner) = (create_group(admin, "outer"), create_group(admin, "inner"));
        for path in [
            format!("clusters/{own}/users/{id}"),
            format!("clusters/{groups}/groups/{outer}"),
            format!("groups/{outer}/children/{inner}"),
            format!("groups/{inner}/users/{id}"),
        ] {
            admin.put(&format!("{API}/{path}")).send().expect(201);
        }
        let user = panels[0].basic(&name).access_token("for tests");
        Self {
            users: panels.map(|panel| panel.token(&user)),
            panels,
            admins,
            name,
            id,
            own,
            groups,
            outer,
            inner,
            refused: 0,
        }
    }

    /// Takes a right away at panel `at` and asks for what it was good for at the other; and the
    /// other way round.
    fn lose(&mut self, way: Way, at: usize) {
        let Self {
            id,
            own,
            groups,
            outer,
            inner,
            ..
        } = &*self;
        let members = |cluster: &str| format!("clusters/{cluster}/users");
        let view = |what: &str| json!({ what: ["cluster_view"] });
        match way {
            Way::OwnPrivilege => {
                let path = format!("clusters/{own}/users/{id}/privileges");
                self.patched(at, &path, [view("revoke"), view("grant")], &members(own));
            }
            Way::GroupsPrivilege => {
                let path = format!("clusters/{groups}/groups/{outer}/privileges");
                self.patched(at, &path, [view("revoke"), view("grant")], &members(groups));
            }
            Way::Block => {
                let blocked = [true, false].map(|blocked| json!({ "blocked": blocked }));
                self.patched(at, &format!("users/{id}/access_block"), blocked, "user");
            }
            Way::Membership => self.deleted(at, &format!("groups/{inner}/users/{id}")),
            Way::Nesting => self.deleted(at, &format!("groups/{outer}/children/{inner}")),
            Way::Session => self.signed_out(at),
            Way::Token => self.token_deleted(at),
        }
        self.refused += 1;
    }

    fn patched(&self, at: usize, path: &str, [take, give]: [Value; 2], probe: &str) {
        for (body, may) in [(take, false), (give, true)] {
            let change = self.admins[at].patch(&format!("{API}/{path}"));
            change.json(&body).send().expect(204);
            self.check(at, probe, may, path);
        }
    }

    fn deleted(&self, at: usize, path: &str) {
        let probe = format!("clusters/{}/users", self.groups);
        let admin = &self.admins[at];
        admin.delete(&format!("{API}/{path}")).send().expect(204);
        self.check(at, &probe, false, path);
        admin.put(&format!("{API}/{path}")).send().expect(201);
        self.check(at, &probe, true, path);
    }

    fn check(&self, at: usize, probe: &str, may: bool, what: &str) {
        let user = &self.users[1 - at];
        let answer = user.get(&format!("{API}/{probe}")).send();
        let as_expected = match answer.status {
            200 => may,
            401 | 403 | 404 => !may,
            _ => false,
        };
        assert!(as_expected, "{what}, which must be {may}: {answer}");
    }

    fn signed_out(&self, at: usize) {
        let fields = [
            ("username", self.name.as_str()),
            ("password", DEMO_PASSWORD),
        ];
        let [here, there] = [at, 1 - at].map(|panel| self.panels[panel].anonymous());
        let signed_in = here.post("/login").page().form(&fields).send().expect(303);
        let line = signed_in.set_cookie("__Host-onepanel").expect("a cookie");
        let cookie = line.split(';').next().unwrap_or_default();
        let user = || {
            let ask = there.get(&format!("{API}/user"));
            ask.header("cookie", cookie).send()
        };
        user().expect(200);
        let out = here.post("/logout").page().header("cookie", cookie);
        out.header("sec-fetch-site", "same-origin")
            .send()
            .expect(303);
        user().expect(401);
    }

    fn token_deleted(&self, at: usize) {
        let [here, there] = [at, 1 - at];
        let body = json!({ "name": "to be deleted" });
        let made = self.users[here].post(&format!("{API}/user/tokens/named"));
        let made = made.json(&body).send().expect(201).json();
        let user = self.panels[there].token(&text(&made["token"]));
        user.get(&format!("{API}/user")).send().expect(200);
        let path = format!("{API}/tokens/named/{}", text(&made["tokenId"]));
        self.users[here].delete(&path).send().expect(204);
        user.get(&format!("{API}/user")).send().expect(401);
    }
}

#[test]
fn no_panel_honours_a_right_that_another_has_taken_away() {
    let one = TestPanel::demo();
    let other = one.beside();
    let admin = one.basic("admin").access_token("for tests");
    let each = tries().div_ceil(AT_ONCE);
    let work = |number: usize| {
        let mut subject = Subject::new([&one, &other], &admin, number);
        for round in 0..each {
            subject.lose(WAYS[round % WAYS.len()], round / WAYS.len() % 2);
        }
        subject.refused
    };
    let refused: usize = thread::scope(|scope| {
        let running: Vec<_> = (0..AT_ONCE)
            .map(|number| scope.spawn(move || work(number)))
            .collect();
        running.into_iter().map(|one| one.join().unwrap()).sum()
    });
    println!(
        "{refused} of {} rights that were taken away were refused at once",
        each * AT_ONCE
    );
    assert_eq!(refused, each * AT_ONCE);
}

//! The JSON API, asked at random: schemathesis makes requests up from the description of the API, and
//! sees whether the answers are what is described. `scripts/ensure-schemathesis` keeps it in
//! `target/schemathesis`.
//!
//! Each caller has a panel of its own, so that a seed gives the same run again.

use std::{
    collections::BTreeMap,
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
    thread,
};

use onepanel::domain::{Privilege as _, ZonePrivilege};
use serde_json::{Value, json};

use crate::support::{
    client::Client,
    panel::{API, DEMO_PASSWORD, TestPanel},
};

/// Another seed than that of every day.
const SEED: &str = "ONEPANEL_FUZZ_SEED";
/// A longer run: this many requests are made up for each operation, and boundaries are tried too.
const EXAMPLES: &str = "ONEPANEL_FUZZ_EXAMPLES";

/// How a caller says who it is.
enum Who {
    Nobody,
    /// By a token.
    User(&'static str),
    /// By a session of the emergency interface: the passphrase itself would soon be held back, because
    /// requests with wrong credentials come from the same address.
    Rescuer,
}

/// Somebody who asks at random.
struct Caller {
    name: &'static str,
    who: Who,
    is_emergency: bool,
    /// Operations that would end the run, because they are about the caller and nobody else.
    without: &'static [&'static str],
}

/// What takes the caller's account, tokens or rights away. `hooks.py` spares the caller's own id.
const ENDS: &[&str] = &[
    "remove_current_user",
    "delete_named_tokens_of_current_user",
    "update_current_user_admin_privileges",
    "remove_current_user_admin_privileges",
];

/// The same, and what would soon leave a member nothing to be a member of.
const ENDS_OR_LEAVES: &[&str] = &[
    "remove_current_user",
    "delete_named_tokens_of_current_user",
    "user_leave_cluster",
    "leave_group",
];

static CALLERS: [Caller; 5] = [
    Caller {
        name: "a zone administrator",
        who: Who::User("admin"),
        is_emergency: false,
        without: ENDS,
    },
    Caller {
        name: "a member",
        who: Who::User("mia"),
        is_emergency: false,
        without: ENDS_OR_LEAVES,
    },
    Caller {
        name: "nobody",
        who: Who::Nobody,
        is_emergency: false,
        without: &[],
    },
    Caller {
        name: "the holder of the passphrase",
        who: Who::Rescuer,
        is_emergency: true,
        without: &[],
    },
    Caller {
        name: "a member at the emergency interface",
        who: Who::User("admin"),
        is_emergency: true,
        without: &[],
    },
];

/// Answers by status.
type Count = BTreeMap<String, u64>;

/// A panel, somebody who asks it at random, and somebody who looks at it before and after.
struct Run {
    panel: TestPanel,
    caller: &'static Caller,
    /// With which the caller shows who it is.
    headers: Vec<(&'static str, String)>,
    /// A zone administrator's.
    token: String,
}

impl Run {
    #[track_caller]
    fn of(caller: &'static Caller) -> Self {
        let panel = TestPanel::demo();
        let admin = panel.basic("admin");
        // Whatever becomes of the groups and clusters that make one an administrator.
        let all: Vec<&str> = ZonePrivilege::ALL.iter().map(|one| one.name()).collect();
        let own = admin.patch(&format!("{API}/user/privileges"));
        own.json(&json!({ "grant": all })).send().expect(204);
        let token = admin.access_token("looking");
        let headers = match caller.who {
            Who::Nobody => Vec::new(),
            Who::User(name) => vec![("x-auth-token", panel.basic(name).access_token("asking"))],
            Who::Rescuer => session(&panel),
        };
        Self {
            panel,
            caller,
            headers,
            token,
        }
    }

    fn address(&self) -> String {
        if self.caller.is_emergency {
            self.panel.emergency()
        } else {
            self.panel.hosted()
        }
    }

    /// What there is to find, and what has to stay, for `hooks.py`.
    #[track_caller]
    fn given(&self) -> Value {
        let admin = self.panel.token(&self.token);
        let mut protected = vec!["admin".to_owned()];
        protected.extend(admin.list("user/tokens/named"));
        if let Who::User(name) = self.caller.who {
            protected.push(name.to_owned());
            protected.extend(self.panel.basic(name).list("user/tokens/named"));
        }
        let invitations = invitations(&admin);
        let address = self.address();
        let host = address
            .rsplit_once(':')
            .and_then(|(host, _)| host.rsplit_once('/'));
        let host = host.expect("a host").1;
        let kinds = ["users", "groups", "clusters", "tokens/named"];
        let [users, groups, clusters, tokens] = kinds.map(|kind| admin.list(kind));
        let ids = [&users[..], &groups, &clusters].concat();
        let named = |kind: &'static str| move |id: &String| format!("{kind}:{id}");
        let members = users.iter().map(named("user"));
        let members: Vec<String> = members.chain(groups.iter().map(named("group"))).collect();
        json!({
            "count": self.count_file(),
            "protected": protected,
            "ids": {
                "users": users, "groups": groups, "clusters": clusters, "tokens": tokens,
                "names": ["asking", "userJoinGroup"], "hosts": [host], "tasks": [],
                "audit": ["1", "2", "3"],
            },
            "fields": {
                "after": ids, "id": ids, "member": members, "clusterId": clusters, "groupId": groups,
                "token": invitations, "name": ["Night Sky", "Dawn (east)"],
                "fullName": ["Edith Example", "Zoë O'Neil"], "domain": ["dawn.northern-sky.example"],
            },
        })
    }

    fn count_file(&self) -> PathBuf {
        self.panel.data_dir().join("count.json")
    }

    /// The credentials are in a file, where no list of processes shows them.
    fn config_file(&self) -> PathBuf {
        let path = self.panel.data_dir().join("schemathesis.toml");
        let mut config = fs::read_to_string(here("tests/fuzz/schemathesis.toml")).expect("a file");
        config += "\n[headers]\n";
        for (name, value) in &self.headers {
            writeln!(config, "{name} = {value:?}").expect("a text takes more text");
        }
        fs::write(&path, config).expect("the configuration is written");
        path
    }

    fn command(&self) -> Command {
        let python = env::var("ONEPANEL_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let mut command = Command::new(python);
        command
            .current_dir(self.panel.data_dir())
            .env("PYTHONPATH", here("target/schemathesis"))
            .env("SCHEMATHESIS_HOOKS", here("tests/fuzz/hooks.py"))
            .env("ONEPANEL_FUZZ_GIVEN", self.given().to_string())
            .args(["-m", "schemathesis.cli", "--no-color", "--config-file"])
            .arg(self.config_file())
            .args(["run", &format!("{}/api/openapi.json", self.address())])
            .arg(format!("--seed={}", seed()));
        // Made-up credentials are for who has none: any cookie of a session is refused with what
        // changes something.
        let makes_up_credentials = matches!(self.caller.who, Who::Nobody);
        command.arg(format!(
            "--generation-with-security-parameters={makes_up_credentials}"
        ));
        match env::var(EXAMPLES) {
            Ok(examples) => command.arg(format!("--max-examples={examples}")),
            // The boundaries are many and the same each time: they are for longer runs.
            Err(_) => command.args(["--max-examples=6", "--phases=fuzzing,stateful"]),
        };
        for id in self.caller.without {
            command.arg(format!("--exclude-operation-id={id}"));
        }
        command
    }

    /// Asks, and insists that every answer is as described.
    #[track_caller]
    fn asks(&self) -> Count {
        let done = self
            .command()
            .output()
            .expect("Python, which `make test` installs");
        let said = String::from_utf8_lossy(&done.stdout);
        let complaint = String::from_utf8_lossy(&done.stderr);
        let name = self.caller.name;
        let count = fs::read_to_string(self.count_file()).unwrap_or_else(|_| {
            panic!("as {name}, after scripts/ensure-schemathesis:\n{said}\n{complaint}")
        });
        let count: Count = serde_json::from_str(&count).expect("a count");
        println!(
            "{name}: {} answers, seed {}: {count:?}",
            count.values().sum::<u64>(),
            seed()
        );
        assert!(done.status.success(), "as {name}:\n{said}\n{complaint}");
        count
    }

    /// Nobody and nothing that the run stood on went away meanwhile: what was asked last was asked by
    /// the same caller as what was asked first.
    #[track_caller]
    fn goes_on(&self) {
        let own = match (&self.caller.who, self.caller.is_emergency) {
            (Who::Nobody, _) => format!("{API}/health"),
            (_, false) => format!("{API}/user"),
            (_, true) => "/api/v3/onepanel/cluster".to_owned(),
        };
        let guest = Client::anonymous(self.address());
        let ask = self
            .headers
            .iter()
            .fold(guest.get(&own), |ask, (name, value)| {
                ask.header(name, value)
            });
        ask.send().expect(200);
    }

    /// The graph in memory is the one that a panel builds which reads the database now.
    #[track_caller]
    fn remembers_what_it_wrote(&self) {
        let fresh = self.panel.another();
        let [kept, read] = [&self.panel, &fresh].map(|panel| picture(&panel.token(&self.token)));
        assert_eq!(kept.len(), read.len());
        for (path, answer) in kept {
            assert_eq!(Some(&answer), read.get(&path), "{path}");
        }
    }
}

/// An invitation of each kind.
#[track_caller]
fn invitations(admin: &Client) -> Vec<String> {
    let kinds = [
        ("userJoinCluster", "clusterId", "tenerife"),
        ("groupJoinCluster", "clusterId", "tenerife"),
        ("userJoinGroup", "groupId", "stars"),
        ("groupJoinGroup", "groupId", "stars"),
    ];
    let invite = |(kind, key, id): (&str, &str, &str)| {
        let invite = json!({ "inviteType": kind, key: id });
        let more = json!({ "name": kind, "type": { "inviteToken": invite } });
        admin.invite("tenerife", &more)
    };
    kinds.map(invite).into()
}

/// A session of the emergency interface, and what a browser sends along with it.
#[track_caller]
fn session(panel: &TestPanel) -> Vec<(&'static str, String)> {
    let fields = [("passphrase", DEMO_PASSWORD), ("reason", "a test")];
    let guest = Client::anonymous(panel.emergency());
    let answer = guest.post("/login").page().form(&fields).send().expect(303);
    let line = answer.set_cookie("__Host-onepanel-emergency");
    let pair = line.and_then(|line| line.split(';').next());
    vec![
        ("cookie", pair.expect("a session").to_owned()),
        ("sec-fetch-site", "same-origin".to_owned()),
    ]
}

/// Every membership, with what it gives, as a zone administrator sees it.
#[track_caller]
fn picture(admin: &Client) -> BTreeMap<String, Value> {
    let mut seen = BTreeMap::new();
    for (kind, lists) in [
        (
            "clusters",
            ["effective_users", "effective_groups"].as_slice(),
        ),
        (
            "groups",
            &["effective_users", "effective_children", "effective_parents"],
        ),
    ] {
        for id in admin.list(kind) {
            for list in lists {
                let path = format!("{kind}/{id}/{list}");
                let members = admin.list(&path);
                for member in members.iter().filter(|_| kind == "clusters") {
                    let path = format!("{path}/{member}/privileges");
                    seen.insert(path.clone(), admin.list(&path).into());
                }
                seen.insert(path, members.into());
            }
        }
    }
    seen
}

/// A file of the project.
fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn seed() -> String {
    env::var(SEED).unwrap_or_else(|_| "1".to_owned())
}

#[test]
fn whatever_is_asked_at_random_is_answered_as_described() {
    let left = Mutex::new(CALLERS.iter());
    let next = || left.lock().expect("no other thread failed with it").next();
    let work = || {
        while let Some(caller) = next() {
            let run = Run::of(caller);
            let count = run.asks();
            // What is never done says so, to whoever may ask for it.
            let is_failure = |status: &&String| status.starts_with('5') && *status != "501";
            let failed = count.keys().any(|status| is_failure(&status));
            assert!(!failed, "{}: {count:?}", caller.name);
            // What is always refused is not tried.
            assert!(count.contains_key("200"), "{}: {count:?}", caller.name);
            run.goes_on();
            run.remembers_what_it_wrote();
        }
    };
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(work);
        }
    });
}

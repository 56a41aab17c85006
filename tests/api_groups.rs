//! Groups over the JSON API: themselves, their members, what they belong to, and whose they are.

mod belongings;
mod life;
mod rights;
mod values;

use serde_json::{Value, json};

use crate::support::{
    client::{Answer, Client},
    panel::{API, TestPanel, last_part},
};

/// A panel with a small hierarchy, made by the zone administrator, who is in none of it:
/// *Parent* has *Middle*, which has *Child* and is in the cluster *lapland*, all without any
/// privilege. *mark* is in *Middle*, *dora* in *Child*. Nobody has created anything but the
/// administrator.
struct Stage {
    panel: TestPanel,
    admin: Client,
    /// What stands for an identifier in paths: `{MIDDLE}` and the like.
    names: Vec<(String, String)>,
}

impl Stage {
    fn new() -> Self {
        let panel = TestPanel::demo();
        let admin = panel.user("admin");
        let mut stage = Self {
            panel,
            admin,
            names: Vec::new(),
        };
        for group in ["PARENT", "MIDDLE", "CHILD", "SPARE"] {
            let made = stage.by_admin("POST", "groups", &json!({ "name": group }), 201);
            stage.name(group, last_part(made.location()));
        }
        for user in ["mark", "dora"] {
            let id = stage.admin.create_user(user);
            stage.name(&user.to_uppercase(), id);
        }
        let none = json!({ "privileges": [] });
        for path in [
            "groups/{PARENT}/children/{MIDDLE}",
            "groups/{MIDDLE}/children/{CHILD}",
            "clusters/lapland/groups/{MIDDLE}",
            "groups/{MIDDLE}/users/{MARK}",
            "groups/{CHILD}/users/{DORA}",
        ] {
            stage.by_admin("PUT", path, &none, 201);
        }
        stage
    }

    fn name(&mut self, name: &str, id: String) {
        self.names.push((format!("{{{name}}}"), id));
    }

    /// The path with identifiers in it.
    fn path(&self, path: &str) -> String {
        let fill = |path: String, (name, id): &(String, String)| path.replace(name, id);
        let path = self.names.iter().fold(path.to_owned(), fill);
        format!("{API}/{path}")
    }

    fn id(&self, name: &str) -> String {
        let wanted = format!("{{{name}}}");
        let found = self.names.iter().find(|(name, _)| *name == wanted);
        found.expect(name).1.clone()
    }

    fn ask(&self, who: &Client, verb: &'static str, path: &str, body: &Value) -> Answer {
        let ask = who.ask(verb, &self.path(path));
        match body {
            Value::Null => ask.send(),
            body => ask.json(body).send(),
        }
    }

    #[track_caller]
    fn by_admin(&self, verb: &'static str, path: &str, body: &Value, status: u16) -> Answer {
        self.ask(&self.admin, verb, path, body).expect(status)
    }

    /// A new user who signs in by `name`; `{NAME}` in paths.
    fn person(&mut self, name: &str) -> Client {
        let id = self.admin.create_user(name);
        self.name(&name.to_uppercase(), id);
        self.panel.user(name)
    }

    /// Lets somebody hold exactly these zone-wide privileges of their own.
    fn grant_in_zone(&self, user: &str, privileges: &[String]) {
        let path = format!("users/{user}/privileges");
        self.by_admin("DELETE", &path, &Value::Null, 204);
        self.by_admin("PATCH", &path, &json!({ "grant": privileges }), 204);
    }

    /// A sorted list that the administrator gets.
    #[track_caller]
    fn list(&self, path: &str) -> Vec<String> {
        let path = self.path(path);
        self.admin.list(
            path.strip_prefix(API)
                .expect("a path")
                .trim_start_matches('/'),
        )
    }

    /// The privileges of a member, as the administrator sees them.
    #[track_caller]
    fn privileges(&self, path: &str) -> Vec<String> {
        self.list(&format!("{path}/privileges"))
    }

    /// What is so in the hierarchy, to see that nothing has changed.
    fn everything(&self) -> Vec<(String, Vec<String>)> {
        let mut all = vec![("groups".to_owned(), self.list("groups"))];
        for group in ["PARENT", "MIDDLE", "CHILD"] {
            let base = format!("groups/{{{group}}}");
            let record = self.by_admin("GET", &base, &Value::Null, 200);
            all.push((base.clone(), vec![record.json().to_string()]));
            for list in ["parents", "clusters", "privileges"] {
                all.push((
                    format!("{base} {list}"),
                    self.list(&format!("{base}/{list}")),
                ));
            }
            for list in ["users", "children"] {
                let members = self.list(&format!("{base}/{list}"));
                for id in &members {
                    let member = format!("{base}/{list}/{id}");
                    all.push((member.clone(), self.privileges(&member)));
                }
                all.push((format!("{base} {list}"), members));
            }
        }
        all.push(("lapland".to_owned(), self.list("clusters/lapland/groups")));
        all
    }
}

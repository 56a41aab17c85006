//! A client that a stock generator, oazapfts, makes of the description of the API: it compiles under
//! strict rules, and does what `generated_client/members.ts` asks of it.

use std::{fs, path::Path, process::Command};

use crate::support::panel::{API, TestPanel};

/// Runs a program of `node_modules`, or node itself, and insists that it succeeds.
#[track_caller]
fn run(command: &mut Command) {
    let done = command.output().expect("node, which `make test` needs");
    assert!(
        done.status.success(),
        "{command:?}\n{}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
}

#[test]
fn a_generated_client_compiles_and_looks_after_the_members_of_a_cluster() {
    let panel = TestPanel::demo();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // Below the project, so that node finds `node_modules`.
    let made = root.join("target/generated-client");
    fs::create_dir_all(&made).expect("a folder");
    let document = panel
        .anonymous()
        .get("/api/openapi.json")
        .send()
        .expect(200);
    fs::write(made.join("onezone.json"), document.text()).expect("the description is written");
    fs::write(made.join("package.json"), r#"{"type": "module"}"#).expect("what is made is modules");
    for file in ["members.ts", "tsconfig.json"] {
        let ours = root.join("tests/generated_client").join(file);
        fs::copy(ours, made.join(file)).expect("our part is there");
    }
    let program = |name: &str| {
        let mut command = Command::new(root.join("node_modules/.bin").join(name));
        command.current_dir(&made);
        command
    };
    run(program("oazapfts").args(["--argumentStyle=object", "onezone.json", "onezone.ts"]));
    run(&mut program("tsc"));
    let token = |name| panel.basic(name).access_token("for the client");
    run(Command::new("node")
        .current_dir(&made)
        .arg("members.js")
        .env("NODE_EXTRA_CA_CERTS", panel.data_dir().join("tls/web.pem"))
        .env("ONEPANEL_API", format!("{}{API}", panel.hosted()))
        .env("ONEPANEL_ADMIN", token("admin"))
        .env("ONEPANEL_JOE", token("joe")));
}

//! What the benches share: the list of results, and a panel in a process of its own to ask.
#![allow(dead_code, unused_imports, reason = "each bench uses a part of it")]

pub mod chance;
pub mod client;
pub mod memory;
pub mod page;
pub mod results;
pub mod server;
pub mod zone;

use onepanel::{
    domain::{Action, Interface, Password},
    service::{Credentials, Input, Intent, Panel, Request, demo, tokens},
};
pub use results::{Done, median, ms, note, quantile};
use serde_json::json;

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The folder of the project.
const PROJECT: &str = env!("CARGO_MANIFEST_DIR");

/// An access token of the demo's administrator.
pub fn administrators_token(panel: &Panel) -> Done<String> {
    let nobody = |credentials| Request {
        credentials,
        address: None,
        interface: Interface::Api,
        unattended: false,
        only_if: None,
        reason: None,
        intent: Intent::default(),
    };
    let permit = panel.passwords.console_permit()?;
    let password = Password::parse(demo::PASSWORD)?;
    let request = nobody(Credentials::Nothing);
    let (user, hash) = panel.verify_password(&request, &permit, "admin", &password)?;
    let admin = nobody(Credentials::Verified(user, hash));
    let body = Input::Json(json!({ "name": "for the bench" }));
    let made = panel.write(&admin, Action::CreateToken, |w| {
        tokens::create(w, None, &body)
    })?;
    Ok(made.text)
}

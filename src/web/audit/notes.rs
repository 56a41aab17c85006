//! In words what was written down of changes that give nobody anything: sign-ins, tokens, types and such.

use super::words::Sentence;
use crate::{
    domain::{Action, Concern, Member, Note, Version},
    service::audit::Names,
};

/// What was done, with what was true of the same thing before.
pub(super) fn sentence(
    action: Action,
    note: &Note,
    before: Option<&Note>,
    names: &Names,
) -> Sentence {
    let about = |text: &str| {
        let told = Sentence::new(text);
        match note.concerns().pop() {
            Some(concern) => told.naming(names, &concern),
            None => told,
        }
    };
    match note {
        Note::ExternalId {
            member,
            external_id,
        } => external(member, external_id.as_deref(), before, names),
        Note::GroupType { kind, .. } => {
            let told = about("changed group ").and(format!(", now of type {}", kind.label()));
            match before {
                Some(Note::GroupType { kind, .. }) => told.instead(kind.label()),
                _ => told,
            }
        }
        Note::ClusterReport { .. } => {
            report(about("noted what is reported by cluster "), note, before)
        }
        Note::UserPassword { .. } => about("set how to sign in with a password for user "),
        Note::Token { .. } => token(action, note, before, names),
        Note::TemporaryTokens { .. } => about("ended every temporary token of user "),
        Note::Session { .. } if action == Action::SignOut => Sentence::new("signed out"),
        Note::Session { .. } => Sentence::new("signed in"),
        Note::EmergencySession { reason: None, .. } => {
            about("signed out of the emergency interface of cluster ")
        }
        Note::EmergencySession { .. } => about("signed in to the emergency interface of cluster "),
        Note::Passphrase { .. } => about("set the emergency passphrase of cluster "),
        Note::LockoutConfirmed { .. } => about(
            "confirmed that this leaves somebody without the right to set privileges in cluster ",
        ),
        Note::WebCertificate { fingerprint } => Sentence::new(format!(
            "took another web certificate into use: {fingerprint}"
        )),
        Note::Throttled { account } => Sentence::new(format!(
            "failed to sign in as “{account}” too often and is held back"
        )),
        Note::Undone { event } => Sentence::new(format!("undid entry {}", event.0)),
    }
}

fn external(member: &Member, id: Option<&str>, before: Option<&Note>, names: &Names) -> Sentence {
    let told = Sentence::new("noted what an identity provider calls ").member(names, member);
    let told = match id {
        Some(id) => told.and(format!(": “{id}”")),
        None => told.and(": nothing any more"),
    };
    match before {
        Some(Note::ExternalId {
            external_id: Some(id),
            ..
        }) => told.instead(format!("“{id}”")),
        _ => told,
    }
}

/// What a cluster reported, of which only what is new is said.
fn report(told: Sentence, now: &Note, before: Option<&Note>) -> Sentence {
    let facts = reported(now);
    let Some(before) = before.map(reported) else {
        return told.and(format!(": {}", facts.join(", ")));
    };
    let changed = facts
        .iter()
        .zip(&before)
        .filter(|(now, before)| now != before);
    let (now, before): (Vec<_>, Vec<_>) = changed
        .map(|(now, old)| (now.as_str(), old.as_str()))
        .unzip();
    told.and(format!(": {}", now.join(", ")))
        .instead(before.join(", "))
}

fn reported(note: &Note) -> Vec<String> {
    let Note::ClusterReport {
        worker,
        onepanel,
        proxy,
        ..
    } = note
    else {
        return Vec::new();
    };
    let version =
        |Version {
             release,
             build,
             gui,
         }: &Version| { format!("{release} (build {build}, interface {gui})") };
    let way = if *proxy {
        "through the worker"
    } else {
        "directly"
    };
    vec![
        format!("worker {}", version(worker)),
        format!("panel {}", version(onepanel)),
        format!("panel reached {way}"),
    ]
}

/// What was done with a token.
fn token(action: Action, note: &Note, before: Option<&Note>, names: &Names) -> Sentence {
    let Note::Token {
        token,
        name,
        revoked,
        ..
    } = note
    else {
        return Sentence::default();
    };
    let (was_called, was_revoked) = match before {
        Some(Note::Token { name, revoked, .. }) => (name.as_ref(), *revoked),
        _ => (None, false),
    };
    let done = match action {
        Action::CreateToken | Action::EmergencyInvite => "made ",
        Action::DeleteToken => "deleted ",
        Action::ConsumeToken => "used ",
        _ if *revoked && !was_revoked => "revoked ",
        _ if was_revoked && !*revoked => "restored ",
        _ => "changed ",
    };
    if name.is_none() {
        return Sentence::new(done).and("a temporary token");
    }
    let concern = Concern::Token(token.clone());
    let told = Sentence::new(done).and("token ").naming(names, &concern);
    match was_called.filter(|old| Some(*old) != name.as_ref()) {
        Some(old) => told.instead(format!("“{old}”")),
        None => told,
    }
}

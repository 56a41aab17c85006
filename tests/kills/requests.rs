//! How an act is asked for over the JSON API, and what its answer means to whoever asked.

use serde_json::{Value, json};

use super::history::{Act, Outcome, Seen, Thing};
use crate::support::{
    client::{Answer, Ask, Client},
    panel::{API, last_part, text},
};

/// Asks for `act`; `token` is the text of the token that it names.
pub fn ask(client: &Client, act: &Act, token: Option<&str>) -> (Outcome, Option<Value>) {
    let Some(answer) = request(client, act, token).try_send() else {
        return (Outcome::Unknown, None);
    };
    let body = (200..300).contains(&answer.status) && !answer.text().is_empty();
    let body = body.then(|| answer.json());
    (outcome(act, &answer, body.as_ref()), body)
}

fn request<'c>(client: &'c Client, act: &Act, token: Option<&str>) -> Ask<'c> {
    let api = |path: String| format!("{API}/{path}");
    match act {
        Act::CreateUser { name } => client
            .post(&api("users".to_owned()))
            .json(&json!({ "fullName": name, "username": name })),
        Act::CreateGroup { name, .. } => client
            .post(&api("user/groups".to_owned()))
            .json(&json!({ "name": name })),
        Act::Rename { group, name } => client
            .patch(&api(path(group)))
            .json(&json!({ "name": name })),
        Act::Delete { thing } => client.delete(&api(path(thing))),
        Act::Add {
            target,
            member,
            privileges,
        } => client
            .put(&api(member_path(target, member)))
            .json(&json!({ "privileges": privileges })),
        Act::Remove { target, member } => client.delete(&api(member_path(target, member))),
        Act::Set {
            target,
            member,
            grant,
            revoke,
        } => client
            .patch(&api(member_path(target, member) + "/privileges"))
            .json(&json!({ "grant": grant, "revoke": revoke })),
        Act::Invite {
            name,
            target,
            limit,
            privileges,
        } => client
            .post(&api("user/tokens/named".to_owned()))
            .json(&json!({
                "name": name,
                "type": { "inviteToken": { "inviteType": "userJoinGroup", "groupId": id(target) } },
                "usageLimit": limit,
                "privileges": privileges,
            })),
        Act::Withdraw { token } => client.delete(&api(format!("tokens/named/{token}"))),
        Act::Join { .. } => client
            .post(&api("user/groups/join".to_owned()))
            .json(&json!({ "token": token })),
        Act::Look { thing } => client.get(&api(path(thing))),
        Act::LookAtMember { target, member } => {
            client.get(&api(member_path(target, member) + "/privileges"))
        }
        Act::LookAtToken { token } => client.get(&api(format!("tokens/named/{token}"))),
    }
}

fn outcome(act: &Act, answer: &Answer, body: Option<&Value>) -> Outcome {
    match answer.status {
        200..300 => Outcome::Done(seen(act, answer, body.unwrap_or(&Value::Null))),
        // It comes with a time to try again if, and only if, nothing was changed.
        503 if answer.header("retry-after").is_some() => Outcome::Undone,
        503 => Outcome::Unknown,
        _ => Outcome::Refused(answer.error_id()),
    }
}

fn seen(act: &Act, answer: &Answer, body: &Value) -> Seen {
    match act {
        Act::CreateUser { .. } | Act::CreateGroup { .. } => {
            Seen::Made(last_part(answer.location()))
        }
        Act::Invite { .. } => Seen::Made(text(&body["tokenId"])),
        Act::LookAtMember { .. } => {
            let list = body["privileges"].as_array().expect("privileges");
            Seen::Privileges(list.iter().map(text).collect())
        }
        Act::LookAtToken { .. } => {
            let count = body["metadata"]["usageCount"].as_u64();
            Seen::Count(
                count
                    .and_then(|count| count.try_into().ok())
                    .expect("a count"),
            )
        }
        _ => Seen::Nothing,
    }
}

/// The id in a thing's name.
pub fn id(thing: &Thing) -> &str {
    thing.split_once(':').map_or("", |(_, id)| id)
}

/// Where a thing is found.
pub fn path(thing: &Thing) -> String {
    let (kind, id) = thing.split_once(':').expect("a thing");
    format!("{kind}s/{id}")
}

fn member_path(target: &Thing, member: &Thing) -> String {
    let kind = match (target.starts_with("group:"), member.starts_with("group:")) {
        (_, false) => "users",
        (true, true) => "children",
        (false, true) => "groups",
    };
    format!("{}/{kind}/{}", path(target), id(member))
}

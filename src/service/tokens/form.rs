//! A new token as a form asks for it: a role or single privileges, days until it ends, how many
//! uses, and lists of what confines it.

use std::time::Duration;

use serde_json::Map;

use super::{
    consumers,
    create::{Draft, unknown_target},
};
use crate::{
    domain::{
        Caveat, ClusterPrivilege, Grant, GroupPrivilege, InviteKind, Offer, Privilege,
        PrivilegeSet, Target, Timestamp, TokenName, TokenType, hex,
    },
    graph::Graph,
    service::{Error, Input, Problem, Writing},
    store::{Invite, TokenKind},
};

/// Reads the fields of a form. `type` is `accessToken` or `identityToken`; otherwise it is an
/// invitation of `inviteType`.
pub(super) fn read(w: &Writing<'_>, input: &Input) -> Result<Draft, Error> {
    let kind = match input.field("type") {
        Some("accessToken") => TokenKind::Access,
        Some("identityToken") => TokenKind::Identity,
        _ => TokenKind::Invite(invite(input, w.caller.graph)?),
    };
    let name = match (input.field("name"), &kind) {
        (Some(name), _) if !name.trim().is_empty() => {
            TokenName::parse(name.trim())?.as_str().to_owned()
        }
        (_, TokenKind::Invite(invite)) => {
            let target = target_name(w.caller.graph, &invite.offer.target());
            let short: String = target.unwrap_or_default().chars().take(90).collect();
            format!("invitation to {short} {}", hex(&w.clock.entropy::<3>()?))
        }
        _ => return Err(Error::MissingRequiredValue("name")),
    };
    Ok(Draft {
        name,
        kind,
        caveats: caveats(w, input)?,
        custom_metadata: Map::new(),
        revoked: false,
        names_privileges: false,
    })
}

/// The fields of a form for a temporary token, which gives the default only.
pub(super) fn read_temporary(
    w: &Writing<'_>,
    input: &Input,
) -> Result<(TokenType, Vec<Caveat>), Error> {
    let kind = match input.field("type") {
        Some("accessToken") => TokenType::Access,
        Some("identityToken") => TokenType::Identity,
        _ => {
            let (kind, target) = target(input, w.caller.graph)?;
            TokenType::Invite(kind.invitee, target)
        }
    };
    Ok((kind, caveats(w, input)?))
}

/// Who is invited, and to what.
fn target(input: &Input, graph: &Graph) -> Result<(InviteKind, Target), Error> {
    let name = input.field("inviteType").unwrap_or("userJoinCluster");
    let kind = InviteKind::parse(name)
        .ok_or_else(|| Error::bad_value("inviteType", Problem::InviteType))?;
    let id = input.text(kind.target_key())?;
    let target = kind.target(id).map_err(|_| unknown_target(id))?;
    if !graph.exists(&target) {
        return Err(unknown_target(id));
    }
    Ok((kind, target))
}

fn invite(input: &Input, graph: &Graph) -> Result<Invite, Error> {
    let (kind, target) = target(input, graph)?;
    Ok(Invite {
        invitee: kind.invitee,
        offer: match target {
            Target::Cluster(target) => Offer::Cluster(Grant {
                target,
                privileges: role(
                    input,
                    ClusterPrivilege::member(),
                    ClusterPrivilege::manager(),
                )?,
            }),
            Target::Group(target) => Offer::Group(Grant {
                target,
                privileges: role(input, GroupPrivilege::member(), GroupPrivilege::manager())?,
            }),
        },
        usage_limit: match input.text("usageLimit")? {
            "" | "unlimited" | "infinity" => None,
            _ => input.optional_integer("usageLimit", 1)?,
        },
        usage_count: 0,
    })
}

fn role<P: Privilege>(
    input: &Input,
    member: PrivilegeSet<P>,
    manager: PrivilegeSet<P>,
) -> Result<PrivilegeSet<P>, Error> {
    match input.text("role")? {
        "member" => Ok(member),
        "manager" => Ok(manager),
        "admin" => Ok(PrivilegeSet::all()),
        "custom" => Ok(input
            .optional_privileges("privileges")?
            .unwrap_or(PrivilegeSet::NONE)),
        _ => {
            let roles = vec!["member", "manager", "admin", "custom"];
            Err(Error::bad_value("role", Problem::NotAllowed(roles)))
        }
    }
}

/// `expires` in days, `never`, or `date` with `until`; `ip`, `consumer`, `service` and `interface` as
/// inside a token, with empty ones left out. Consumers may be named, too.
fn caveats(w: &Writing<'_>, input: &Input) -> Result<Vec<Caveat>, Error> {
    let mut caveats = Vec::new();
    if let Some(valid_until) = end(w, input)? {
        caveats.push(Caveat::Time { valid_until });
    }
    let consumers = entries(input, "consumer", |_| false);
    if !consumers.is_empty() {
        let read = consumers
            .iter()
            .map(|typed| consumers::read(&w.caller, typed));
        caveats.push(Caveat::Consumer {
            whitelist: read.collect::<Result<_, _>>()?,
        });
    }
    for key in ["ip", "service", "interface"] {
        let entries = entries(input, key, char::is_whitespace);
        if !entries.is_empty() {
            let caveat = format!("{key} = {}", entries.join(","));
            let wrong = |_| Error::bad_value(key, Problem::Data);
            caveats.push(caveat.parse().map_err(wrong)?);
        }
    }
    Ok(caveats)
}

fn end(w: &Writing<'_>, input: &Input) -> Result<Option<Timestamp>, Error> {
    match input.text("expires")? {
        "never" => Ok(None),
        "date" => {
            let until = Timestamp::parse_minute(input.text("until")?);
            let until = until.filter(|until| *until > w.now);
            until
                .map(Some)
                .ok_or_else(|| Error::bad_value("until", Problem::Data))
        }
        _ => {
            let days = input.optional_integer("expires", 1)?;
            Ok(days.map(|days| {
                let life = Duration::from_secs(days.unsigned_abs().min(3650) * 86_400);
                w.now.plus(life)
            }))
        }
    }
}

/// What was typed into fields of this name, one entry a line or between commas.
fn entries<'a>(input: &'a Input, key: &'a str, also: impl Fn(char) -> bool) -> Vec<&'a str> {
    input
        .fields(key)
        .flat_map(|typed| {
            let ends = |character| matches!(character, ',' | '\n' | '\r') || also(character);
            typed.split(ends).map(str::trim).collect::<Vec<_>>()
        })
        .filter(|entry| !entry.is_empty())
        .collect()
}

/// What a cluster or group is called, while there is one.
pub(super) fn target_name<'g>(graph: &'g Graph, target: &Target) -> Option<&'g str> {
    match target {
        Target::Cluster(id) => graph.cluster(id).map(|cluster| cluster.name),
        Target::Group(id) => graph.group(id).map(|group| group.name),
    }
}

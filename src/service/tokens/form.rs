//! A new token as a form asks for it: a role or single privileges, days until it ends, how many
//! uses, and lists of what confines it.

use std::time::Duration;

use serde_json::Map;

use super::create::{Draft, unknown_target};
use crate::{
    domain::{
        Caveat, ClusterPrivilege, Grant, GroupPrivilege, InviteKind, Offer, Privilege,
        PrivilegeSet, Target, TokenName, hex,
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

fn invite(input: &Input, graph: &Graph) -> Result<Invite, Error> {
    let name = input.field("inviteType").unwrap_or("userJoinCluster");
    let kind = InviteKind::parse(name)
        .ok_or_else(|| Error::bad_value("inviteType", Problem::InviteType))?;
    let id = input.text(kind.target_key())?;
    let target = kind.target(id).map_err(|_| unknown_target(id))?;
    if !graph.exists(&target) {
        return Err(unknown_target(id));
    }
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
            "unlimited" | "infinity" => None,
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

/// `expires` in days or `never`; `ip`, `consumer`, `service` and `interface` as inside a token, with
/// empty ones left out.
fn caveats(w: &Writing<'_>, input: &Input) -> Result<Vec<Caveat>, Error> {
    let mut caveats = Vec::new();
    if input.text("expires")? != "never"
        && let Some(days) = input.optional_integer("expires", 1)?
    {
        let life = Duration::from_secs(days.unsigned_abs().min(3650) * 86_400);
        caveats.push(Caveat::Time {
            valid_until: w.now.plus(life),
        });
    }
    for key in ["ip", "consumer", "service", "interface"] {
        let typed = input.field(key).unwrap_or_default();
        let entries: Vec<&str> = typed
            .split(|character: char| character == ',' || character.is_whitespace())
            .filter(|entry| !entry.is_empty())
            .collect();
        if !entries.is_empty() {
            let caveat = format!("{key} = {}", entries.join(","));
            let wrong = |_| Error::bad_value(key, Problem::Data);
            caveats.push(caveat.parse().map_err(wrong)?);
        }
    }
    Ok(caveats)
}

/// What a cluster or group is called, while there is one.
pub(super) fn target_name<'g>(graph: &'g Graph, target: &Target) -> Option<&'g str> {
    match target {
        Target::Cluster(id) => graph.cluster(id).map(|cluster| cluster.name),
        Target::Group(id) => graph.group(id).map(|group| group.name),
    }
}

//! The form that makes a token: what it asks, depending on what was chosen in it.

use super::{
    view::{Choice, InviteForm, NewTokenPage, OpeningRow},
    words::invite_label,
};
use crate::{
    domain::{
        Cluster, Folded, Group, InviteKind, Privilege as _, PrivilegeSet, TargetKind, Timestamp,
        TokenName,
    },
    service::{Error, Input, Reading, tokens},
    web::{
        frame,
        layout::{Field, Place},
        members::{overview::HeldSection, target::Shown},
    },
};

/// How many targets are offered before one has to search.
const OFFERED: usize = 10;

/// `type` of an access token.
pub const ACCESS: &str = "accessToken";
/// `type` of an identity token.
pub const IDENTITY: &str = "identityToken";
/// `type` of an invitation.
pub const INVITE: &str = "inviteToken";

/// A value that is sent, and what it is called.
type Named = (&'static str, &'static str);

const KINDS: &[Named] = &[
    (ACCESS, "Access"),
    (IDENTITY, "Identity"),
    (INVITE, "Invite"),
];
const ANYBODY: &[Named] = &[("usr-*", "Any user"), ("grp-*", "Members of any group")];
const SERVICES: &[Named] = &[
    ("ozw-onezone", "This panel"),
    ("ozp-onezone", "Its emergency interface"),
];
const INTERFACES: &[Named] = &[
    ("", "Any"),
    ("rest", "REST"),
    ("oneclient", "Oneclient"),
    ("graphsync", "GraphSync"),
];

/// The form, with what was typed or chosen before.
pub fn form_page(r: &mut Reading<'_>, typed: &Input) -> Result<NewTokenPage, Error> {
    r.caller.user()?;
    let field = |key| typed.field(key).unwrap_or_default();
    let kind = match field("type") {
        IDENTITY => IDENTITY,
        INVITE => INVITE,
        _ => ACCESS,
    };
    let temporary = field("persistence") == "temporary";
    let invite = if kind == INVITE {
        Some(invite_form(r, typed, temporary)?)
    } else {
        None
    };
    let suggested = tokens::free_name(r, &suggestion(kind, invite.as_ref()))?;
    let is_untouched = field("name").is_empty() || field("name") == field("suggested");
    let preset = if invite.is_some() { "14" } else { "30" };
    let date = r.now.plus(std::time::Duration::from_hours(14 * 24));
    Ok(NewTokenPage {
        layout: frame::layout(r, "Create token", Place::Tokens)?,
        problem: None,
        kinds: Choice::list(KINDS, kind),
        temporary,
        name: Field::holding(if is_untouched {
            &suggested
        } else {
            field("name")
        }),
        suggested,
        invite,
        expires: expiries(typed.field("expires").unwrap_or(preset), temporary),
        expires_error: None,
        until: Field::holding(match typed.field("until") {
            Some(until) if !until.is_empty() => until.to_owned(),
            _ => Timestamp::minute(date),
        }),
        ip: Field::holding(field("ip")),
        consumer: Field::holding(named(typed)),
        anybody: ticks(typed, "consumer", ANYBODY),
        services: ticks(typed, "service", SERVICES),
        interfaces: Choice::list(INTERFACES, field("interface")),
    })
}

fn suggestion(kind: &str, invite: Option<&InviteForm>) -> String {
    let Some(invite) = invite else {
        return if kind == IDENTITY {
            "Identity token".to_owned()
        } else {
            "Access token".to_owned()
        };
    };
    let chosen = invite.kinds.iter().find(|kind| kind.chosen);
    let label = chosen.map_or("Invite", |kind| kind.label);
    let target = invite.targets.iter().find(|target| target.chosen);
    let whole = target.map(|target| {
        let short: String = target.name.chars().take(80).collect();
        format!("{label} {}", short.trim())
    });
    // A name that came from elsewhere may have what no name may have.
    whole
        .filter(|name| TokenName::parse(name).is_ok())
        .unwrap_or_else(|| label.to_owned())
}

fn expiries(chosen: &str, temporary: bool) -> Vec<Choice> {
    let mut choices = Choice::expiries(chosen);
    choices.retain(|choice| !temporary || choice.value != "never");
    choices.extend(Choice::list(&[("date", "at a date and time")], chosen));
    choices
}

/// The consumers that were typed, without those that are ticked.
fn named(typed: &Input) -> &str {
    let is_ticked = |value: &&str| matches!(*value, "usr-*" | "grp-*");
    let mut typed = typed.fields("consumer").filter(|value| !is_ticked(value));
    typed.next().unwrap_or_default()
}

fn ticks(typed: &Input, key: &str, options: &[(&'static str, &'static str)]) -> Vec<Choice> {
    let is_ticked = |value: &str| typed.fields(key).any(|ticked| ticked == value);
    options
        .iter()
        .map(|&(value, label)| Choice {
            value,
            label,
            chosen: is_ticked(value),
        })
        .collect()
}

fn invite_form(r: &Reading<'_>, typed: &Input, temporary: bool) -> Result<InviteForm, Error> {
    let kind = typed.field("inviteType").and_then(InviteKind::parse);
    let kind = kind.unwrap_or(InviteKind::ALL[0]);
    match kind.target {
        TargetKind::Cluster => invite_form_of::<Cluster>(r, typed, kind, temporary),
        TargetKind::Group => invite_form_of::<Group>(r, typed, kind, temporary),
    }
}

fn invite_form_of<K: Shown>(
    r: &Reading<'_>,
    typed: &Input,
    kind: InviteKind,
    temporary: bool,
) -> Result<InviteForm, Error> {
    let chosen = typed.field(kind.target_key()).filter(|id| !id.is_empty());
    let search = typed.field("q").unwrap_or_default().trim();
    let found = tokens::openings(r, kind, &Folded::of(search), OFFERED, chosen)?;
    let is_chosen = |id: &str| chosen == Some(id);
    let opening = found.items.iter().find(|one| is_chosen(one.target.id()));
    let locked = match opening {
        _ if temporary => Some("A temporary token gives what every new member gets."),
        Some(opening) if !opening.may_set => Some(
            "Only what every new member gets: more needs the “Set privileges” privilege there.",
        ),
        _ => None,
    };
    // What was ticked for a cluster means nothing for a group.
    let is_same = typed.field("vocabulary") == Some(K::NAME);
    let ticked: PrivilegeSet<K::Privilege> = if is_same && locked.is_none() {
        typed
            .fields("privileges")
            .filter_map(K::Privilege::parse)
            .collect()
    } else {
        K::default_privileges()
    };
    Ok(InviteForm {
        kinds: InviteKind::ALL
            .into_iter()
            .map(|one| Choice {
                value: one.name(),
                label: invite_label(one),
                chosen: one == kind,
            })
            .collect(),
        kind: K::NAME,
        icon: match kind.target {
            TargetKind::Cluster => "clusters",
            TargetKind::Group => "group",
        },
        target_field: kind.target_key(),
        search: search.to_owned(),
        count: found.total,
        targets: found
            .items
            .iter()
            .map(|one| OpeningRow {
                id: one.target.id().to_owned(),
                name: one.name.clone(),
                chosen: is_chosen(one.target.id()),
            })
            .collect(),
        target_error: None,
        sections: HeldSection::of(ticked),
        locked: locked.map(ToOwned::to_owned),
        usage_limit: Field::holding(typed.field("usageLimit").unwrap_or("1")),
    })
}

//! From what the service answers to what the Members page shows: rows and privileges.

use super::{
    paths::memberships,
    privileges::PrivilegeTable,
    state::{State, View},
    target::Shown,
    view::{Ending, MemberBody, MemberRow, RowMenu, TargetView, WayOut},
};
use crate::{
    domain::{Kind, Member, Privilege, PrivilegeSet},
    service::{Caller, Error, Intermediary, MemberEntry, Privileges, Reach, Reading, members},
    web::{
        audit::giving,
        frame::control,
        layout::{Control, Entry},
    },
};

/// One row of a list; open if the state says so. `to` is the way [`back`] from what its menu offers, the
/// same for all rows.
pub fn row<K: Shown>(
    r: &mut Reading<'_>,
    id: &K::Id,
    target: &TargetView,
    state: &State,
    to: &str,
    entry: &MemberEntry<'_, K>,
) -> Result<MemberRow, Error> {
    let you = r.caller.is(&entry.member);
    let body = if state.open.contains(&entry.member) {
        Some(body::<K>(r, id, target, to, entry)?)
    } else {
        None
    };
    Ok(MemberRow {
        name: entry.name.to_owned(),
        username: entry.username.map(ToOwned::to_owned),
        you,
        direct: entry.direct.is_some(),
        ends: r
            .caller
            .graph
            .end_of::<K>(id, &entry.member)
            .map(|end| Ending::of(end, r.now)),
        menu: row_menu(&r.caller, id, entry),
        body,
        member: entry.member.clone(),
    })
}

fn row_menu<K: Shown>(
    caller: &Caller<'_>,
    id: &K::Id,
    entry: &MemberEntry<'_, K>,
) -> Option<RowMenu> {
    entry.direct?;
    Some(RowMenu {
        may_set_end: members::check_may_set::<K>(caller, id).is_ok(),
        way_out: if caller.is(&entry.member) {
            WayOut::Leave
        } else {
            let checked = members::check_may_end::<K>(caller, id, &entry.member);
            WayOut::Remove(control(checked))
        },
    })
}

/// The way out, for the caller's own membership.
pub fn leave_entry(target: &TargetView, back: &str) -> Entry {
    Entry {
        label: format!("Leave {}", target.kind),
        icon: "sign-out",
        url: format!("{}/leave?{back}", target.page),
        control: Control::Enabled,
    }
}

/// `back=` with the page in this state.
pub fn back(state: &State, target: &TargetView) -> String {
    back_to(&state.url(&target.page))
}

/// The same as rows have it: nothing where it would only say what is meant without it.
pub fn way_back(state: &State, back: String) -> Option<String> {
    (*state != State::default()).then_some(back)
}

/// `back=` with a local address.
pub fn back_to(url: &str) -> String {
    let encoded: String = form_urlencoded::byte_serialize(url.as_bytes()).collect();
    format!("back={encoded}")
}

fn body<K: Shown>(
    r: &mut Reading<'_>,
    id: &K::Id,
    target: &TargetView,
    to: &str,
    entry: &MemberEntry<'_, K>,
) -> Result<MemberBody, Error> {
    let member = &entry.member;
    let may_see = members::check_may_see_privileges::<K>(&r.caller, id, member);
    let zone = [
        K::ZONE_LIST,
        K::ZONE_VIEW_PRIVILEGES,
        K::ZONE_SET_PRIVILEGES,
    ];
    let is_admin = zone
        .iter()
        .any(|privilege| r.caller.holds_in_zone(&[*privilege]));
    let note = (r.caller.is(member) && is_admin).then(|| {
        format!(
            "Your zone-wide privileges apply too, in every {}, whatever is set here.",
            K::NAME
        )
    });
    let began = match may_see {
        Ok(()) => members::origin::<K>(r, id, member)?.began,
        Err(_) => None,
    };
    let may_explain =
        may_see.is_ok() && members::check_may_see_path::<K>(&r.caller, id, member).is_ok();
    let resource = target.effective(member);
    Ok(MemberBody {
        note,
        began: began.map(|giving| giving::began(&target.home, &giving)),
        why: may_explain.then(|| format!("{resource}/explanation?{to}")),
        privileges: may_see
            .map(|()| table::<K>(&r.caller, id, target, entry))
            .map_err(|_| INSUFFICIENT.to_owned()),
        memberships: memberships::<K>(r, id, target, member, 0, to)
            .map_err(|_| INSUFFICIENT.to_owned()),
    })
}

/// What is shown in place of what may not be seen.
pub const INSUFFICIENT: &str = "Insufficient privileges to access this resource.";

/// What a member holds in the target, to change where the caller may.
pub fn table<K: Shown>(
    caller: &Caller<'_>,
    id: &K::Id,
    target: &TargetView,
    entry: &MemberEntry<'_, K>,
) -> PrivilegeTable {
    let through = grants_through_groups::<K>(caller, id, &entry.member);
    let inherited = through
        .iter()
        .fold(PrivilegeSet::NONE, |all: Privileges<K>, (_, grants)| {
            all.union(*grants)
        });
    let source = |privilege: K::Privilege| {
        let groups: Vec<&str> = through
            .iter()
            .filter(|(_, grants)| grants.contains(privilege))
            .map(|(name, _)| name.as_str())
            .collect();
        source_text(
            entry.direct.is_some_and(|set| set.contains(privilege)),
            &groups,
        )
    };
    let table = PrivilegeTable::of::<K::Privilege>(entry.direct, inherited, source);
    if entry.direct.is_none() {
        return table;
    }
    let membership = target.direct(&entry.member);
    let table = table.changed_at(format!("{membership}/privileges"));
    match members::check_may_set::<K>(caller, id) {
        Ok(()) => table,
        Err(refused) => table.locked(refused.to_string()),
    }
}

/// Each direct member group that brings the member in, with what it is granted.
fn grants_through_groups<K: Kind>(
    caller: &Caller<'_>,
    id: &K::Id,
    member: &Member,
) -> Vec<(String, Privileges<K>)> {
    let graph = caller.graph;
    graph
        .intermediaries::<K>(id, member)
        .into_iter()
        .filter_map(|intermediary| match intermediary {
            Intermediary::Itself => None,
            Intermediary::Group(group) => {
                let name = graph.group(&group)?.name.to_owned();
                Some((
                    name,
                    graph.direct_privileges::<K>(id, &Member::Group(group))?,
                ))
            }
        })
        .collect()
}

/// Where a privilege comes from, short enough for a line of a table: the paths beside it have the
/// whole names, and all of them.
fn source_text(direct: bool, groups: &[&str]) -> String {
    const NAMED: usize = 3;
    let mut names: Vec<String> = groups.iter().take(NAMED).map(|name| short(name)).collect();
    if groups.len() > NAMED {
        names.push(format!("{} more", groups.len() - NAMED));
    }
    let through = match names.split_last() {
        None => String::new(),
        Some((only, [])) => format!("through {only}"),
        Some((last, others)) => format!("through {} and {last}", others.join(", ")),
    };
    match (direct, groups) {
        (true, []) => "granted directly".to_owned(),
        (true, _) => format!("granted directly and {through}"),
        (false, _) => through,
    }
}

fn short(name: &str) -> String {
    const LONGEST: usize = 32;
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    let start: String = name.chars().take(LONGEST - 1).collect();
    format!("{}…", start.trim_end())
}

/// The labels of privileges, in order, or `no privileges`.
pub fn labels<K: Kind>(privileges: Privileges<K>) -> String {
    if privileges.is_empty() {
        return "no privileges".to_owned();
    }
    privileges
        .iter()
        .map(Privilege::label)
        .collect::<Vec<_>>()
        .join(", ")
}

/// Which members a view lists.
pub fn reach(view: View) -> Reach {
    match view {
        View::Direct => Reach::Direct,
        View::Effective => Reach::Effective,
    }
}

//! Membership paths as they are drawn: blocks, the arrows between them, and what can be done about
//! each arrow.

use super::{
    build::{labels, leave_entry},
    target::Shown,
    view::{Arrow, Block, Memberships, Path, TargetView},
};
use crate::{
    domain::{Group, GroupId, Member, PrivilegeSet},
    service::{Caller, Error, Reading, SeenPath, members},
    web::{frame::control, layout::Entry},
};

/// How many paths are shown at once.
const PATHS: usize = 10;

/// The paths of a member behind the first `skip`. Dialogs on the way lead `back`.
pub fn memberships<K: Shown>(
    r: &Reading<'_>,
    id: &K::Id,
    target: &TargetView,
    member: &Member,
    skip: usize,
    back: &str,
) -> Result<Memberships, Error> {
    let found = members::membership_paths::<K>(r, id, member, skip, PATHS)?;
    let paths = found
        .paths
        .iter()
        .map(|path| {
            let mut drawn = path_view(&r.caller, member, path, target);
            add_arrows::<K>(&r.caller, id, target, member, path, back, &mut drawn.blocks);
            drawn
        })
        .collect();
    let more = found.more.then(|| {
        format!(
            "{}/membership?skip={}&{back}",
            target.effective(member),
            skip + PATHS
        )
    });
    Ok(Memberships { paths, more })
}

/// A member as the beginning of a path.
pub fn member_block(caller: &Caller<'_>, member: &Member) -> Block {
    let (name, username) = match member {
        Member::User(user) => caller
            .graph
            .user(user)
            .map(|user| (user.name.to_owned(), user.username.map(ToOwned::to_owned))),
        Member::Group(group) => caller
            .graph
            .group(group)
            .map(|group| (group.name.to_owned(), None)),
    }
    .unwrap_or_else(|| ("-".to_owned(), None));
    Block {
        icon: member.kind(),
        name,
        username,
        url: match member {
            Member::Group(group) => group_url(caller, group),
            Member::User(_) => None,
        },
        arrow: None,
    }
}

/// The page of a group, for those who may open it.
fn group_url(caller: &Caller<'_>, group: &GroupId) -> Option<String> {
    members::check_may_see::<Group>(caller, group)
        .is_ok()
        .then(|| format!("/groups/{group}"))
}

/// One path as it is drawn.
pub fn path_view<K: Shown>(
    caller: &Caller<'_>,
    member: &Member,
    path: &SeenPath<'_, K>,
    target: &TargetView,
) -> Path {
    let from = member_block(caller, member);
    let groups = path
        .groups
        .iter()
        .map(|group| Block::of("group", group.name).at(group_url(caller, group.id)));
    let end = Block::of(target.icon, &target.name).at(Some(target.home.clone()));
    let blocks: Vec<Block> = std::iter::once(from).chain(groups).chain([end]).collect();
    Path {
        description: description(&blocks, target.kind),
        until: path.until.map(|until| until.to_string()),
        grants: path.grants.map(|grants| match grants {
            all if all == PrivilegeSet::all() => "all privileges".to_owned(),
            some => labels::<K>(some),
        }),
        blocks,
    }
}

/// Gives each block behind the first the menu of the arrow that leads to it.
fn add_arrows<K: Shown>(
    caller: &Caller<'_>,
    id: &K::Id,
    target: &TargetView,
    member: &Member,
    path: &SeenPath<'_, K>,
    back: &str,
    blocks: &mut [Block],
) {
    let mut child = member.clone();
    let mut name = blocks
        .first()
        .map_or_else(String::new, |block| block.name.clone());
    for (group, block) in path.groups.iter().zip(blocks.iter_mut().skip(1)) {
        block.arrow = arrow_into_group(caller, group.id, &child, &name, back);
        child = Member::Group(group.id.clone());
        name.clone_from(&block.name);
    }
    if let Some(last) = blocks.last_mut() {
        last.arrow = Some(arrow::<K>(caller, id, target, &child, &name, back));
    }
}

/// The arrow between a group and something in it.
pub fn arrow_into_group(
    caller: &Caller<'_>,
    parent: &GroupId,
    child: &Member,
    name: &str,
    back: &str,
) -> Option<Arrow> {
    let target = Group::view(caller.graph, parent)?;
    Some(arrow::<Group>(caller, parent, &target, child, name, back))
}

/// The membership of `child`, called `name`, in `parent`, and what the caller can do about it.
fn arrow<K: Shown>(
    caller: &Caller<'_>,
    parent: &K::Id,
    target: &TargetView,
    child: &Member,
    name: &str,
    back: &str,
) -> Arrow {
    let modify = Entry {
        label: "Modify privileges".to_owned(),
        icon: "edit",
        url: format!("{}/privileges?member={child}&{back}", target.page),
        control: control(members::check_may_see_privileges::<K>(
            caller, parent, child,
        )),
    };
    let leave_or_remove = if caller.is(child) {
        leave_entry(target, back)
    } else {
        Entry {
            label: String::new(),
            icon: "remove",
            url: format!("{}/remove?member={child}&{back}", target.page),
            control: control(members::check_may_end::<K>(caller, parent, child)),
        }
    };
    let end = Entry {
        label: "Remove relation".to_owned(),
        ..leave_or_remove
    };
    Arrow {
        label: format!("Actions for the membership of {name} in {}", target.name),
        menu: vec![modify, end],
    }
}

/// A path in words.
fn description(blocks: &[Block], target: &str) -> String {
    let named = |index: usize, block: &Block| {
        let kind = if index + 1 == blocks.len() {
            target
        } else {
            block.icon
        };
        format!("{kind} “{}”", block.name)
    };
    let chain: Vec<String> = blocks
        .iter()
        .enumerate()
        .map(|(index, block)| named(index, block))
        .collect();
    let mut text = String::new();
    for (index, link) in chain.iter().enumerate() {
        text.push_str(match index {
            0 => "",
            1 => " is a member of ",
            _ => ", which is a member of ",
        });
        text.push_str(link);
    }
    if let [first, _, .., last] = chain.as_slice() {
        text.push_str(". So ");
        text.push_str(first);
        text.push_str(" is an indirect member of ");
        text.push_str(last);
    }
    let mut characters = text.chars();
    let capital: String = characters
        .next()
        .map(|c| c.to_uppercase().collect())
        .unwrap_or_default();
    capital + characters.as_str() + "."
}

//! Access reviews: who may do what in a cluster or group, why, and who has not been seen for long.

use std::time::Duration;

use super::{
    explain::{Explanation, explained},
    look::check_may_list,
};
use crate::{
    domain::{Access, GroupId, Kind, Member, Page, Slice, Timestamp, UserId},
    graph::{Criteria, MemberEntry, MemberKind, Reach},
    service::{Caller, Error, Privileges, Problem, Reading, Rules, cursor},
    store,
};

/// What a review asks: members of whom all of this is so.
#[derive(Debug, Clone)]
pub struct Question<K: Kind> {
    /// Users, or groups.
    pub kind: MemberKind,
    /// They hold all of these.
    pub holding: Privileges<K>,
    /// They would not belong to the target without this group.
    pub only_through: Option<GroupId>,
    /// They are users who have not signed in for so many days.
    pub idle_days: Option<u32>,
}

/// One effective member under review.
#[derive(Debug, Clone)]
pub struct Reviewed<'g, K: Kind> {
    /// Who, and what it may do.
    pub entry: MemberEntry<'g, K>,
    /// Why it may do that.
    pub explanation: Explanation<'g, K>,
    /// Of a user: whether it may sign in.
    pub access: Option<Access>,
    /// Of a user: when it last signed in with a password, if it ever did.
    pub signed_in_at: Option<Timestamp>,
}

/// Whether the caller may review who has access to `target`: takes the right to list its members and
/// the right to see what they may do.
pub fn check_may_review<K: Rules>(caller: &Caller<'_>, target: &K::Id) -> Result<(), Error> {
    check_may_list::<K>(caller, target)?;
    caller.require::<K>(target, K::VIEW_PRIVILEGES, &[K::ZONE_VIEW_PRIVILEGES])
}

/// One page of the members that `question` is about, by name, with at most so many `ways` to explain
/// each grant.
///
/// # Errors
/// `badValueIdNotFound` if members are to come in through a group that does not belong to `target`.
pub fn review<'g, K: Rules>(
    r: &mut Reading<'g>,
    target: &K::Id,
    question: &Question<K>,
    page: &Page,
    ways: usize,
) -> Result<Slice<Reviewed<'g, K>>, Error> {
    check_may_review::<K>(&r.caller, target)?;
    match question.kind {
        MemberKind::Users => cursor::check_user::<K>(&r.caller, target, page)?,
        MemberKind::Groups => cursor::check_group::<K>(&r.caller, target, page)?,
    }
    let graph = r.caller.graph;
    if let Some(group) = &question.only_through {
        let group = Member::Group(group.clone());
        graph
            .effective_privileges::<K>(target, &group)
            .ok_or_else(|| Error::bad_value("onlyThrough", Problem::IdNotFound))?;
    }
    let active = match question.idle_days {
        None => None,
        Some(days) => Some(store::signed_in_since(r.conn, days_before(r.now, days))?),
    };
    let is_idle = |user: &UserId| active.as_ref().is_none_or(|active| !active.contains(user));
    let criteria = Criteria {
        kind: question.kind,
        holding: question.holding,
        only_through: question.only_through.as_ref(),
        users: active
            .is_some()
            .then_some(&is_idle as &dyn Fn(&UserId) -> bool),
    };
    let found = graph.review::<K>(target, &criteria, page)?;
    let users: Vec<&UserId> = found
        .items
        .iter()
        .filter_map(|entry| user_of(&entry.member))
        .collect();
    let signed_in = store::last_sign_ins(r.conn, &users)?;
    let caller = &r.caller;
    let reviewed = |entry: MemberEntry<'g, K>| {
        let user = user_of(&entry.member);
        Some(Reviewed {
            explanation: explained(caller, target, &entry.member, ways)?,
            access: user.and_then(|id| graph.user(id)).map(|user| user.access),
            signed_in_at: user.and_then(|id| signed_in.get(id).copied()),
            entry,
        })
    };
    Ok(Slice {
        total: found.total,
        more: found.more,
        items: found.items.into_iter().filter_map(reviewed).collect(),
    })
}

fn user_of(member: &Member) -> Option<&UserId> {
    match member {
        Member::User(user) => Some(user),
        Member::Group(_) => None,
    }
}

fn days_before(now: Timestamp, days: u32) -> Timestamp {
    now.minus(Duration::from_hours(24).saturating_mul(days))
}

/// The direct member groups of `target`, by name: what members may come in through. At most `limit`.
pub fn ways_in<'g, K: Rules>(
    r: &Reading<'g>,
    target: &K::Id,
    limit: usize,
) -> Result<Vec<MemberEntry<'g, K>>, Error> {
    let page = Page {
        limit,
        ..Page::everything()
    };
    let found = super::list::<K>(r, target, Reach::Direct, MemberKind::Groups, &page)?;
    Ok(found.items)
}

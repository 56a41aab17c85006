//! What would come of an operation, and whether it may be done in spite of it.
//!
//! A preview is the operation itself: it runs inside its transaction to the end, what it announced is
//! asked of the graph, and everything is taken back. So it is refused like the act, and cannot say
//! anything else than what the act brings about. This file must not know any operation.

use std::cell::LazyCell;

use crate::{
    domain::{
        Change, Cluster, ClusterId, ClusterPrivilege, Ends, Group, Kind, Member, MembershipChange,
        Note, Page, Privilege as _, PrivilegeSet, Target, UserId, ZonePrivilege,
    },
    graph::{Affected, Fate, Fates, Foreseen, User},
    service::{Caller, Error, Problem, Rules, Who, Writing, members},
};

/// What a request is to do.
#[derive(Debug, Clone)]
pub enum Intent {
    /// Change something.
    Act(Assurance),
    /// Show what would come of it, with this page of the users it concerns.
    Preview(Page),
    /// It says neither the one nor the other: under this key, with this problem.
    Unclear(&'static str, Problem),
}

/// What somebody knows who changes something.
#[derive(Debug, Clone, Default)]
pub struct Assurance {
    /// The tag of the consequences that were shown ([`Foresight::tag`]), if any were.
    pub foreseen: Option<String>,
    /// Whether it is meant that nobody in a cluster can set privileges any more.
    pub lockout: bool,
}

impl Default for Intent {
    fn default() -> Self {
        Self::Act(Assurance::default())
    }
}

/// Why consequences are shown instead of brought about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// They were asked for.
    Asked,
    /// They are not those that were shown before.
    Otherwise,
    /// Somebody would be locked out, and that has not been confirmed.
    Lockout,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Asked => "This is what would happen.",
            Self::Otherwise => {
                "Something has changed meanwhile, and this would have other consequences than you \
                 were shown. Nothing was changed."
            }
            Self::Lockout => {
                "This would take away the right to set privileges in a cluster, and nobody there, or \
                 not you, could undo it. Nothing was changed; it has to be confirmed."
            }
        })
    }
}

/// What would come of an operation, as far as the caller may know.
#[derive(Debug, Clone)]
pub struct Foresight {
    /// Stands for all of it, including what the caller may not know.
    pub tag: String,
    /// The users it concerns, each once, wherever it concerns them.
    pub together: Crowds,
    /// Where, clusters first.
    pub places: Vec<Consequence>,
    /// In how many more clusters and groups, which the caller may not see.
    pub elsewhere: usize,
    /// Where somebody would be locked out.
    pub lockouts: Vec<Lockout>,
}

/// What would come of it in one cluster or group.
#[derive(Debug, Clone)]
pub struct Consequence {
    /// Where.
    pub target: Target,
    /// What it is or would be called.
    pub name: String,
    /// Whom it concerns.
    pub crowds: Crowds,
}

/// Users by what would become of them.
#[derive(Debug, Clone)]
pub struct Crowds([Crowd; Fate::ALL.len()]);

impl Crowds {
    /// Those with this fate.
    pub fn of(&self, fate: Fate) -> &Crowd {
        &self.0[fate as usize]
    }
}

/// So many users, and some of them by name.
#[derive(Debug, Clone)]
pub struct Crowd {
    /// How many there are in all, or are found.
    pub count: usize,
    /// Those of them that were asked for and that the caller may know by name, in order.
    pub users: Vec<Person>,
}

/// A user whom something concerns.
#[derive(Debug, Clone)]
pub struct Person {
    /// Who.
    pub id: UserId,
    /// The full name.
    pub name: String,
    /// The sign-in name, if any.
    pub username: Option<String>,
    /// The privileges that would be lost in the one place, as named by the API and on screen.
    pub lost: Vec<(&'static str, &'static str)>,
    /// The same for those that would be gained.
    pub gained: Vec<(&'static str, &'static str)>,
    /// For who keeps access: through which groups; by a membership of their own if there are none.
    pub through: Vec<String>,
}

/// A cluster where a right would be lost that nobody there could give back.
#[derive(Debug, Clone)]
pub struct Lockout {
    /// Which cluster, and what it is called; `None` for whoever may not see it.
    pub cluster: Option<(ClusterId, String)>,
    /// Who would be locked out.
    pub whom: Whom,
    id: ClusterId,
}

/// Who would be locked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// Nobody would be left who can set privileges.
    Everybody,
    /// The caller, who could not undo it.
    You,
}

/// How many users a refusal names.
const NAMED: usize = 20;

impl Writing<'_> {
    /// Lets the operation go on, and announces what was confirmed.
    ///
    /// # Errors
    /// [`Error::Foreseen`] if it is only asked about, if it has other consequences than were shown, or
    /// if it would lock somebody out who did not confirm that.
    pub(super) fn judge(&mut self, intent: &Intent) -> Result<(), Error> {
        let is_plain = matches!(intent, Intent::Act(assurance) if assurance.foreseen.is_none());
        if is_plain && !self.changes().any(can_take) {
            return Ok(());
        }
        let changes: Vec<Change> = self.changes().cloned().collect();
        for lockout in judge(intent, &self.caller, &changes)? {
            let cluster = lockout.id;
            self.announce(Note::LockoutConfirmed { cluster });
        }
        Ok(())
    }
}

/// Who would be locked out by these changes as was confirmed.
fn judge(intent: &Intent, caller: &Caller<'_>, changes: &[Change]) -> Result<Vec<Lockout>, Error> {
    let assurance = match intent {
        Intent::Act(assurance) => assurance,
        Intent::Unclear(key, problem) => return Err(Error::bad_value(*key, problem.clone())),
        Intent::Preview(page) => {
            let foreseen = caller.graph.foresee(changes);
            let lockouts = lockouts(caller, changes);
            let foresight = describe(caller, &foreseen, foreseen.affected(), page, lockouts)?;
            return Err(Error::Foreseen(Verdict::Asked, Box::new(foresight)));
        }
    };
    let foreseen = caller.graph.foresee(changes);
    let lockouts = lockouts(caller, changes);
    let is_unmeant = !lockouts.is_empty() && !assurance.lockout;
    let verdict = match &assurance.foreseen {
        Some(tag) if *tag != tag_of(&foreseen, &foreseen.affected()) => Some(Verdict::Otherwise),
        _ => is_unmeant.then_some(Verdict::Lockout),
    };
    let Some(verdict) = verdict else {
        return Ok(lockouts);
    };
    let page = Page {
        limit: NAMED,
        ..Page::everything()
    };
    let foresight = describe(caller, &foreseen, foreseen.affected(), &page, lockouts)?;
    Err(Error::Foreseen(verdict, Box::new(foresight)))
}

fn tag_of(foreseen: &Foreseen<'_>, affected: &[Affected]) -> String {
    format!("{:016x}", foreseen.digest(affected))
}

/// Whether anybody may have less after it.
fn can_take(change: &Change) -> bool {
    fn takes<K: Kind>(change: &MembershipChange<K>) -> bool {
        let after = change.after.unwrap_or(PrivilegeSet::NONE);
        let is_less = |before| change.after.is_none() || !after.includes(before);
        change.before.is_some_and(is_less) || ends_sooner(change)
    }
    match change {
        Change::ClusterMember(change) => takes(change),
        Change::GroupMember(change) => takes(change),
        Change::UserDeleted { .. } | Change::GroupDeleted { .. } | Change::UserAccess { .. } => {
            true
        }
        _ => false,
    }
}

/// Whether a membership is given an end, or an earlier one.
fn ends_sooner<K: Kind>(change: &MembershipChange<K>) -> bool {
    let Ends { before, after } = change.ends;
    let is_sooner = |after| before.is_none_or(|before| after < before);
    change.before.is_some() && after.is_some_and(is_sooner)
}

/// The change, or if a membership has an end from now on, that it is over.
fn at_its_end(change: &Change) -> Change {
    fn at_end<K: Kind>(change: &MembershipChange<K>) -> Change {
        let after = change.after.filter(|_| change.ends.after.is_none());
        let change = change.clone();
        K::change(MembershipChange { after, ..change })
    }
    match change {
        Change::ClusterMember(change) => at_end(change),
        Change::GroupMember(change) => at_end(change),
        other => other.clone(),
    }
}

/// Where nobody would be left who can set privileges, at once or when every membership that ends by
/// itself has ended, or the caller would lose that right without going by themself. The console can
/// always undo what it does.
fn lockouts(caller: &Caller<'_>, changes: &[Change]) -> Vec<Lockout> {
    if caller.who == Who::System || !changes.iter().any(can_take) {
        return Vec::new();
    }
    let graph = caller.graph;
    let ended: Vec<Change> = changes.iter().map(at_its_end).collect();
    let mut views = vec![(changes, graph.foresee(changes))];
    if graph.next_end().is_some() || ended != changes {
        views.push((&ended, graph.foresee_lasting(&ended)));
    }
    let sets = ClusterPrivilege::SetPrivileges;
    let is_lost = |id: &ClusterId, (changes, foreseen): &(&[Change], Foreseen<'_>)| {
        let Some(user) = caller.who.user().filter(|_| !goes(caller, changes)) else {
            return false;
        };
        let holds = |held: Option<PrivilegeSet<_>>| held.is_some_and(|held| held.contains(sets));
        let [now, then] = foreseen.privileges::<Cluster>(id, user).map(holds);
        let zone = PrivilegeSet::from_iter([ZonePrivilege::ClustersSetPrivileges]);
        now && !then && !foreseen.zone_privileges(user).includes(zone)
    };
    let mut found: Vec<Lockout> = Vec::new();
    for target in graph.foresee(&ended).touched() {
        let Target::Cluster(id) = target else {
            continue;
        };
        let takes_last =
            |(_, foreseen): &(_, Foreseen<'_>)| foreseen.takes_last::<Cluster>(&id, sets);
        let whom = if views.iter().any(takes_last) {
            Whom::Everybody
        } else if views.iter().any(|view| is_lost(&id, view)) {
            Whom::You
        } else {
            continue;
        };
        let cluster = graph.cluster(&id);
        let seen = cluster.filter(|_| members::check_may_see::<Cluster>(caller, &id).is_ok());
        found.push(Lockout {
            cluster: seen.map(|cluster| (id.clone(), cluster.name.to_owned())),
            whom,
            id,
        });
    }
    found.sort_by(|one, other| one.id.cmp(&other.id));
    found
}

/// Whether the caller ends a membership of their own: that is giving up rights, not losing them.
fn goes(caller: &Caller<'_>, changes: &[Change]) -> bool {
    changes.iter().any(|change| match change {
        Change::ClusterMember(change) => change.after.is_none() && caller.is(&change.member),
        Change::GroupMember(change) => change.after.is_none() && caller.is(&change.member),
        Change::UserDeleted { user } => caller.is(&Member::User(user.clone())),
        _ => false,
    })
}

/// How much of a cluster or group the caller may know.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sight {
    /// Who belongs to it.
    Everybody,
    /// That it is there.
    Numbers,
    Nothing,
}

fn sight(caller: &Caller<'_>, target: &Target) -> Sight {
    fn of<K: Rules>(caller: &Caller<'_>, id: &K::Id) -> Sight {
        if members::check_may_list::<K>(caller, id).is_ok() {
            Sight::Everybody
        } else if members::check_may_see::<K>(caller, id).is_ok() {
            Sight::Numbers
        } else {
            Sight::Nothing
        }
    }
    match target {
        // What the caller makes by this very operation.
        target if !caller.graph.exists(target) => Sight::Everybody,
        Target::Cluster(id) => of::<Cluster>(caller, id),
        Target::Group(id) => of::<Group>(caller, id),
    }
}

/// What the caller may know of it. Where the members may not be listed, there are numbers, and no
/// names but the caller's own.
fn describe(
    caller: &Caller<'_>,
    foreseen: &Foreseen<'_>,
    affected: Vec<Affected>,
    page: &Page,
    lockouts: Vec<Lockout>,
) -> Result<Foresight, Error> {
    let tag = tag_of(foreseen, &affected);
    let (mut all, mut known) = (Fates::default(), Fates::default());
    let mut elsewhere = 0;
    let you = caller.who.user();
    let is_own =
        |one: &Affected| you.is_some_and(|you| one.users.concern(caller.graph, you.as_str()));
    let mut seen = Vec::new();
    for one in affected {
        let named = match sight(caller, &one.target) {
            Sight::Everybody => one.users.clone(),
            Sight::Numbers => one.users.only(caller.graph, you),
            // Whoever joins will belong to it.
            Sight::Nothing if is_own(&one) => one.users.only(caller.graph, you),
            Sight::Nothing => {
                elsewhere += 1;
                continue;
            }
        };
        all.join(&one.users);
        known.join(&named);
        seen.push((one, named));
    }
    if let Some(after) = &page.after
        && !known.concern(caller.graph, after)
    {
        return Err(Error::bad_value("after", Problem::IdNotFound));
    }
    let plain = |user: &User<'_>, _| person(user);
    let places = seen.into_iter().map(|(one, named)| {
        let crowds = match &one.target {
            Target::Cluster(id) => {
                crowds_of::<Cluster>(caller, foreseen, id, (&one.users, &named), page)
            }
            Target::Group(id) => {
                crowds_of::<Group>(caller, foreseen, id, (&one.users, &named), page)
            }
        };
        Ok(Consequence {
            crowds: crowds?,
            target: one.target,
            name: one.name,
        })
    });
    Ok(Foresight {
        places: places.collect::<Result<_, Error>>()?,
        together: crowds(foreseen, &all, &known, page, plain)?,
        tag,
        elsewhere,
        lockouts,
    })
}

fn crowds(
    foreseen: &Foreseen<'_>,
    all: &Fates,
    known: &Fates,
    page: &Page,
    person: impl Fn(&User<'_>, Fate) -> Person,
) -> Result<Crowds, Error> {
    let crowd = |fate| {
        let found = foreseen.users(known, fate, page)?;
        let count = if page.search.is_empty() {
            all.count(fate)
        } else {
            found.total
        };
        let users = found.items.iter().map(|user| person(user, fate));
        let users = users.collect();
        Ok::<_, Error>(Crowd { count, users })
    };
    let [lost, gained, less, more, kept] = Fate::ALL.map(crowd);
    Ok(Crowds([lost?, gained?, less?, more?, kept?]))
}

fn person(user: &User<'_>) -> Person {
    Person {
        id: user.id.clone(),
        name: user.name.to_owned(),
        username: user.username.map(ToOwned::to_owned),
        lost: Vec::new(),
        gained: Vec::new(),
        through: Vec::new(),
    }
}

/// Those in one place, with what becomes of their privileges for whoever may see them.
fn crowds_of<K: Rules>(
    caller: &Caller<'_>,
    foreseen: &Foreseen<'_>,
    target: &K::Id,
    (all, known): (&Fates, &Fates),
    page: &Page,
) -> Result<Crowds, Error> {
    let is_new = !caller.graph.exists(&K::target(target));
    let holdings = LazyCell::new(|| foreseen.holdings::<K>(target));
    crowds(foreseen, all, known, page, |user, fate| {
        let member = Member::User(user.id.clone());
        let sees =
            is_new || members::check_may_see_privileges::<K>(caller, target, &member).is_ok();
        let held = holdings.of(user.id).map(|held| held.filter(|_| sees));
        let [now, then] = held.map(|held| held.unwrap_or(PrivilegeSet::NONE));
        let named = |set: PrivilegeSet<K::Privilege>| {
            let named = set.iter();
            named.map(|one| (one.name(), one.label())).collect()
        };
        Person {
            lost: named(now.without(then)),
            gained: named(then.without(now)),
            through: match fate {
                Fate::KeepsAccess => foreseen.through::<K>(target, user.id),
                _ => Vec::new(),
            },
            ..person(user)
        }
    })
}

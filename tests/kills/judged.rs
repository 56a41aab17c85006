//! The checker is checked: histories that could have been are explained, and each of those that could
//! not is found.

use super::{
    checker::{Violation, check},
    history::{Act, Call, Event, Fact, History, Outcome, Privileges, Seen, Thing},
    play::{CLUSTER, PERSON, Play, add, beginning, set},
};
use crate::support::dice::Dice;

#[test]
fn what_could_have_been_is_explained() {
    for seed in 0..150 {
        let unheard = [0, 10, 40][usize::try_from(seed % 3).unwrap()];
        let history = Play::new(seed, unheard).history(150);
        let found = check(&history);
        assert!(found.is_empty(), "seed {seed}: {}", found[0]);
    }
}

/// One way to spoil a history; says whether there was something to spoil.
type Spoil = fn(&mut History, &mut Dice) -> bool;

fn renumber(history: &mut History) {
    let mut next = history.from;
    for event in &mut history.events {
        next += 1;
        event.sequence = next;
    }
    history.to = next;
}

/// An acknowledged call that changed something for certain.
fn change(history: &History, dice: &mut Dice) -> Option<usize> {
    let is_change = |call: &Call| {
        matches!(call.outcome, Outcome::Done(_))
            && !matches!(
                call.act,
                Act::Set { .. }
                    | Act::Look { .. }
                    | Act::LookAtMember { .. }
                    | Act::LookAtToken { .. }
            )
    };
    let calls = history.calls.iter().enumerate();
    let changes: Vec<usize> = calls
        .filter(|(_, call)| is_change(call))
        .map(|(number, _)| number)
        .collect();
    (!changes.is_empty()).then(|| *dice.pick(&changes))
}

const SPOILS: [(&str, Spoil); 9] = [
    ("an event is lost", |history, dice| {
        let lost = dice.throw(history.events.len());
        let is_set = history.events[lost].action == "set_privileges";
        history.events.remove(lost);
        renumber(history);
        // Setting what is set already is acknowledged without an event.
        !is_set
    }),
    ("an event is there twice", |history, dice| {
        let twice = dice.pick(&history.events).clone();
        history.events.push(twice);
        renumber(history);
        true
    }),
    (
        "something acknowledged is said to be refused",
        |history, dice| {
            let refused = change(history, dice);
            refused.is_some_and(|call| {
                history.calls[call].outcome = Outcome::Refused("forbidden".to_owned());
                true
            })
        },
    ),
    (
        "something acknowledged is said to be undone",
        |history, dice| {
            let undone = change(history, dice);
            undone.is_some_and(|call| {
                history.calls[call].outcome = Outcome::Undone;
                true
            })
        },
    ),
    (
        "something undone is said to be acknowledged",
        |history, dice| {
            let call = dice.pick(&history.calls).clone();
            let is_refused = matches!(call.outcome, Outcome::Refused(_));
            history.calls.push(Call {
                outcome: Outcome::Done(Seen::Nothing),
                ..call
            });
            is_refused
        },
    ),
    ("a number is missing", |history, dice| {
        let gap = dice.throw(history.events.len());
        for event in &mut history.events[gap..] {
            event.sequence += 1;
        }
        true
    }),
    ("a number is missing at the end", |history, _| {
        history.to += 1;
        true
    }),
    ("a member is missing", |history, _| {
        history.after.members.pop_first().is_some()
    }),
    ("somebody saw what never was", |history, _| {
        let mut looks = history.calls.iter_mut().filter(|call| {
            matches!(call.act, Act::LookAtMember { .. }) && matches!(call.outcome, Outcome::Done(_))
        });
        looks.next().is_some_and(|call| {
            call.outcome = Outcome::Done(Seen::Privileges(set(&["all"])));
            true
        })
    }),
];

#[test]
fn whatever_is_wrong_with_a_history_is_found() {
    for (what, spoil) in SPOILS {
        let mut spoilt = 0;
        for seed in 0..40 {
            let mut history = Play::new(seed, 0).history(120);
            if spoil(&mut history, &mut Dice::new(seed)) {
                spoilt += 1;
                assert!(!check(&history).is_empty(), "{what}: not found in {seed}");
            }
        }
        assert!(spoilt > 10, "{what}: only {spoilt} could be tried");
    }
}

/// A call of `user:0`.
fn call(act: Act, start: u64, end: u64, outcome: Outcome) -> Call {
    Call {
        who: "user:0".to_owned(),
        cell: "the cell".to_owned(),
        act,
        start,
        end,
        outcome,
    }
}

fn done(act: Act, start: u64) -> Call {
    call(act, start, start + 1, Outcome::Done(Seen::Nothing))
}

fn event(
    sequence: i64,
    act: &Act,
    before: Option<&Privileges>,
    after: Option<&Privileges>,
) -> Event {
    Event {
        sequence,
        actor: "user:0".to_owned(),
        action: act.action().to_owned(),
        facts: vec![Fact::Member {
            target: CLUSTER.to_owned(),
            member: PERSON.to_owned(),
            before: before.cloned(),
            after: after.cloned(),
        }],
    }
}

/// What was there, was asked, was recorded, and is there.
fn history(calls: Vec<Call>, events: Vec<Event>, member: Option<&Privileges>) -> History {
    let pair = (CLUSTER.to_owned(), PERSON.to_owned());
    let to = i64::try_from(events.len()).unwrap();
    let mut after = beginning();
    after
        .members
        .extend(member.map(|held| (pair, held.clone())));
    History {
        before: beginning(),
        calls,
        events,
        from: 0,
        to,
        after,
    }
}

#[test]
fn an_acknowledged_change_that_is_nowhere_is_found() {
    let found = check(&history(vec![done(add(), 1)], vec![], None));
    assert!(
        matches!(found[..], [Violation::Unexplained(_)]),
        "{found:?}"
    );
}

#[test]
fn an_acknowledged_change_that_is_in_the_feed_alone_is_found() {
    let view = set(&["view"]);
    let events = vec![event(1, &add(), None, Some(&view))];
    let found = check(&history(vec![done(add(), 1)], events, None));
    assert!(matches!(found[..], [Violation::Different(_)]), "{found:?}");
}

#[test]
fn a_refused_change_that_is_there_is_found() {
    let view = set(&["view"]);
    for outcome in [Outcome::Undone, Outcome::Refused("notFound".to_owned())] {
        let events = vec![event(1, &add(), None, Some(&view))];
        let calls = vec![call(add(), 1, 2, outcome)];
        let found = check(&history(calls, events, Some(&view)));
        assert!(
            matches!(found[..], [Violation::Unexplained(_)]),
            "{found:?}"
        );
    }
}

#[test]
fn a_change_that_nobody_heard_of_is_there_once_or_not_at_all() {
    let view = set(&["view"]);
    let unheard = || call(add(), 1, u64::MAX, Outcome::Unknown);
    let remove = || Act::Remove {
        target: CLUSTER.to_owned(),
        member: PERSON.to_owned(),
    };
    let added = |number| event(number, &add(), None, Some(&view));
    let removed = |number| event(number, &remove(), Some(&view), None);
    assert_eq!(check(&history(vec![unheard()], vec![], None)), []);
    assert_eq!(
        check(&history(vec![unheard()], vec![added(1)], Some(&view))),
        []
    );
    // Late, after another one.
    let calls = vec![unheard(), done(add(), 3), done(remove(), 5)];
    let events = vec![added(1), removed(2), added(3)];
    assert_eq!(check(&history(calls.clone(), events, Some(&view))), []);
    // And once more.
    let events = vec![added(1), removed(2), added(3), removed(4), added(5)];
    let found = check(&history(calls, events, Some(&view)));
    assert!(
        matches!(found[..], [Violation::Unexplained(_)]),
        "{found:?}"
    );
}

#[test]
fn an_order_against_real_time_is_found() {
    let view = set(&["view"]);
    let look = Act::LookAtMember {
        target: CLUSTER.to_owned(),
        member: PERSON.to_owned(),
    };
    let events = || vec![event(1, &add(), None, Some(&view))];
    let late = call(look, 3, 4, Outcome::Refused("notFound".to_owned()));
    let stale = history(vec![done(add(), 1), late.clone()], events(), Some(&view));
    let found = check(&stale);
    assert!(
        matches!(found[..], [Violation::Unexplained(_)]),
        "{found:?}"
    );
    // Whoever looks while it is done may see either.
    let meanwhile = Call { start: 0, ..late };
    let calls = vec![done(add(), 1), meanwhile];
    assert_eq!(check(&history(calls, events(), Some(&view))), []);
}

#[test]
fn an_invitation_that_was_accepted_too_often_is_found() {
    let mut play = Play::new(0, 0);
    let who = "user:0".to_owned();
    let mut ask = |who: &Thing, act: Act| {
        play.now += 10;
        let outcome = play.happen(who, &act);
        let mut call = call(act, play.now, play.now + 1, outcome.clone());
        call.who.clone_from(who);
        play.history.calls.push(call);
        outcome
    };
    let create = Act::CreateGroup {
        name: "a group".to_owned(),
        privileges: set(&["all"]),
    };
    let Outcome::Done(Seen::Made(group)) = ask(&who, create) else {
        panic!("no group");
    };
    let invite = Act::Invite {
        name: "an invitation".to_owned(),
        target: format!("group:{group}"),
        limit: 1,
        privileges: set(&["view"]),
    };
    let Outcome::Done(Seen::Made(token)) = ask(&who, invite) else {
        panic!("no token");
    };
    let join = Act::Join {
        token: token.clone(),
    };
    ask(&"user:1".to_owned(), join.clone());
    let good = play.history.clone();
    assert_eq!(check(&good), []);
    // Another one joins, as if there were no limit.
    play.history.after.tokens.get_mut(&token).unwrap().limit = 2;
    let outcome = play.happen(&"user:2".to_owned(), &join);
    let mut bad = play.history;
    bad.after.tokens.get_mut(&token).unwrap().limit = 1;
    let mut second = call(join, 100, 101, outcome);
    "user:2".clone_into(&mut second.who);
    bad.calls.push(second);
    let found = check(&bad);
    assert!(
        found.iter().any(|one| matches!(one, Violation::Limit(_)))
            && found
                .iter()
                .any(|one| matches!(one, Violation::Unexplained(_))),
        "{found:?}"
    );
    // Counted, and nobody joined.
    let mut miscounted = good;
    miscounted.after.tokens.get_mut(&token).unwrap().used = 2;
    assert_ne!(check(&miscounted), []);
}

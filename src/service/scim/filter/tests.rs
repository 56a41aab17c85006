//! Whatever a filter says, reading it ends, and what it means is what its parts mean.

use proptest::prelude::*;

use super::*;
use crate::{
    domain::{Action, Actor, Change, Event, Interface, Member, Sequence, UserId},
    graph::Graph,
};

/// Ada, who signs in as `Ada`.
fn graph() -> Graph {
    let mut graph = Graph::new();
    let event = Event {
        sequence: Sequence(1),
        at: Timestamp(0),
        actor: Actor::System,
        interface: Interface::Console,
        address: None,
        reason: None,
        action: Action::Import,
        changes: vec![Change::User {
            user: UserId::from_stored("u1"),
            name: "Ada Lovelace".to_owned(),
            username: Some("Ada".to_owned()),
        }],
        before: Vec::new(),
    };
    graph.apply(&event).unwrap();
    graph
}

fn holds(graph: &Graph, text: &str) -> bool {
    let filter = Filter::parse(ResourceKind::User, text).unwrap();
    let member = Member::User(UserId::from_stored("u1"));
    filter.matches(&Subject {
        member: &member,
        graph,
        provisioned: None,
        shows_related: true,
    })
}

/// Filters on Ada, and whether they hold.
fn filters() -> impl Strategy<Value = (String, bool)> {
    let least = prop_oneof![
        Just(("userName eq \"ada\"".to_owned(), true)),
        Just(("userName ne \"ada\"".to_owned(), false)),
        Just(("displayName co \"LOVE\"".to_owned(), true)),
        Just(("active eq true".to_owned(), true)),
        Just(("id eq \"U1\"".to_owned(), false)),
        Just(("nickName pr".to_owned(), false)),
        Just(("groups[value eq \"x\"]".to_owned(), false)),
    ];
    least.prop_recursive(6, 60, 3, |inner| {
        let list = prop::collection::vec(inner.clone(), 1..4);
        let group = |(text, holds): &(String, bool)| (format!("({text})"), *holds);
        prop_oneof![
            inner.prop_map(|(text, holds)| (format!("not ({text})"), !holds)),
            list.clone().prop_map(move |parts| {
                let parts: Vec<_> = parts.iter().map(group).collect();
                let texts: Vec<_> = parts.iter().map(|(text, _)| text.as_str()).collect();
                (texts.join(" and "), parts.iter().all(|(_, holds)| *holds))
            }),
            list.prop_map(move |parts| {
                let parts: Vec<_> = parts.iter().map(group).collect();
                let texts: Vec<_> = parts.iter().map(|(text, _)| text.as_str()).collect();
                (texts.join(" or "), parts.iter().any(|(_, holds)| *holds))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn a_filter_means_what_its_parts_mean((text, expected) in filters()) {
        prop_assert_eq!(holds(&graph(), &text), expected, "{}", text);
    }

    #[test]
    fn whoever_matches_is_among_those_found_by_key((text, expected) in filters()) {
        let keys = Filter::parse(ResourceKind::User, &text).unwrap().keys();
        if let (true, Some(keys)) = (expected, keys) {
            prop_assert!(keys.contains(&Key::UserName("ada".to_owned())), "{}", text);
        }
    }

    #[test]
    fn no_text_is_too_odd_to_be_read_or_refused(text in "[a-z0-9 ()\\[\\]\".\\\\:\u{e9}-]{0,80}") {
        let _ = Filter::parse(ResourceKind::User, &text);
    }
}

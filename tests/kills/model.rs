//! What each act does to a world, written down from the contract: the judge of every answer. It
//! knows nothing of the panel.

use std::collections::BTreeSet;

use super::history::{Act, Fact, Privileges, Seen, Thing, Token, World};

/// What has to come of an act in a certain world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is refused by this error id.
    Refused(&'static str),
    /// It is done, and nothing is different; the answer says this.
    Same(Seen),
    /// It is done, and this is different.
    Changed(Vec<Fact>),
}

/// The world of one cell, and what else there always is.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub world: &'a World,
    /// Things that are there all the time, and in no cell.
    pub lasting: &'a BTreeSet<Thing>,
}

impl Place<'_> {
    fn has(&self, thing: &Thing) -> bool {
        self.world.things.contains_key(thing) || self.lasting.contains(thing)
    }

    fn held(&self, target: &Thing, member: &Thing) -> Option<&Privileges> {
        self.world.members.get(&(target.clone(), member.clone()))
    }

    /// What comes of `act` by `who`. What it makes, if anything, is called `made`.
    pub fn verdict(&self, who: &Thing, act: &Act, made: &str) -> Verdict {
        const NOT_FOUND: Verdict = Verdict::Refused("notFound");
        let same = || Verdict::Same(Seen::Nothing);
        match act {
            Act::CreateUser { name } if self.world.things.values().any(|taken| taken == name) => {
                Verdict::Refused("badValueIdentifierOccupied")
            }
            Act::CreateUser { name } => {
                Verdict::Changed(vec![Fact::Named(format!("user:{made}"), name.clone())])
            }
            Act::CreateGroup { name, privileges } => {
                let group = format!("group:{made}");
                Verdict::Changed(vec![
                    Fact::Named(group.clone(), name.clone()),
                    member(&group, who, None, Some(privileges)),
                ])
            }
            Act::Rename { group, name } => match self.world.things.get(group) {
                None => NOT_FOUND,
                Some(now) if now == name => same(),
                Some(_) => Verdict::Changed(vec![Fact::Named(group.clone(), name.clone())]),
            },
            Act::Delete { thing } if self.has(thing) => {
                Verdict::Changed(vec![Fact::Gone(thing.clone())])
            }
            Act::Add {
                target,
                member: new,
                privileges,
            } => {
                if !self.has(target) {
                    NOT_FOUND
                } else if !self.has(new) {
                    Verdict::Refused("badValueIdNotFound")
                } else {
                    self.joined(target, new, privileges)
                }
            }
            Act::Remove {
                target,
                member: who,
            } => match self.held(target, who) {
                None => NOT_FOUND,
                held => Verdict::Changed(vec![member(target, who, held, None)]),
            },
            Act::Set {
                target,
                member: who,
                grant,
                revoke,
            } => {
                let Some(held) = self.held(target, who) else {
                    return NOT_FOUND;
                };
                let after = &(held - revoke) | grant;
                if after == *held {
                    same()
                } else {
                    Verdict::Changed(vec![member(target, who, Some(held), Some(&after))])
                }
            }
            Act::Invite { target, .. } if !self.has(target) => {
                Verdict::Refused("inviteTokenTargetIdInvalid")
            }
            Act::Invite { .. } => Verdict::Changed(vec![Fact::Token(made.to_owned())]),
            Act::Withdraw { token } if self.world.tokens.contains_key(token) => {
                Verdict::Changed(vec![Fact::Token(token.clone())])
            }
            Act::Join { token } => self.consumed(who, token),
            Act::Look { thing } if self.has(thing) => same(),
            Act::LookAtMember { target, member } => match self.held(target, member) {
                None => NOT_FOUND,
                Some(held) => Verdict::Same(Seen::Privileges(held.clone())),
            },
            Act::LookAtToken { token } => match self.world.tokens.get(token) {
                None => NOT_FOUND,
                Some(token) => Verdict::Same(Seen::Count(token.used)),
            },
            Act::Delete { .. } | Act::Withdraw { .. } | Act::Look { .. } => NOT_FOUND,
        }
    }

    fn joined(&self, target: &Thing, new: &Thing, privileges: &Privileges) -> Verdict {
        match self.held(target, new) {
            Some(_) => Verdict::Refused("relationAlreadyExists"),
            None => Verdict::Changed(vec![member(target, new, None, Some(privileges))]),
        }
    }

    fn consumed(&self, who: &Thing, id: &str) -> Verdict {
        let Some(token) = self.world.tokens.get(id) else {
            return Verdict::Refused("tokenInvalid");
        };
        if token.used >= token.limit {
            return Verdict::Refused("inviteTokenUsageLimitReached");
        }
        if !self.has(&token.target) {
            return Verdict::Refused("inviteTokenTargetIdInvalid");
        }
        match self.joined(&token.target, who, &token.privileges) {
            Verdict::Changed(mut facts) => {
                facts.push(Fact::Token(id.to_owned()));
                Verdict::Changed(facts)
            }
            refused => refused,
        }
    }
}

fn member(
    target: &Thing,
    member: &Thing,
    before: Option<&Privileges>,
    after: Option<&Privileges>,
) -> Fact {
    Fact::Member {
        target: target.clone(),
        member: member.clone(),
        before: before.cloned(),
        after: after.cloned(),
    }
}

impl World {
    /// Makes it different by `facts`, which came of `act`.
    pub fn apply(&mut self, act: &Act, facts: &[Fact]) {
        for fact in facts {
            match fact {
                Fact::Named(thing, name) => {
                    self.things.insert(thing.clone(), name.clone());
                }
                Fact::Gone(thing) => {
                    self.things.remove(thing);
                    self.members
                        .retain(|(target, member), _| target != thing && member != thing);
                }
                Fact::Member {
                    target,
                    member,
                    after,
                    ..
                } => {
                    let pair = (target.clone(), member.clone());
                    match after {
                        Some(privileges) => self.members.insert(pair, privileges.clone()),
                        None => self.members.remove(&pair),
                    };
                }
                Fact::Token(id) => self.apply_to_token(act, id),
                Fact::Other(_) => {}
            }
        }
    }

    fn apply_to_token(&mut self, act: &Act, id: &str) {
        match act {
            Act::Invite {
                name,
                target,
                limit,
                privileges,
            } => {
                let token = Token {
                    name: name.clone(),
                    target: target.clone(),
                    privileges: privileges.clone(),
                    limit: *limit,
                    used: 0,
                };
                self.tokens.insert(id.to_owned(), token);
            }
            Act::Withdraw { .. } => {
                self.tokens.remove(id);
            }
            _ => {
                if let Some(token) = self.tokens.get_mut(id) {
                    token.used += 1;
                }
            }
        }
    }
}

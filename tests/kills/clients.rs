//! Clients that write and look through both panels, all at once, and write down what they were told.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use super::{
    history::{Act, Outcome, Privileges, Recorder, Seen, Thing},
    panels::Panel,
    requests,
};
use crate::support::{client::Client, dice::Dice, panel::text};

/// How many calls are made about a user or group before another one takes its place.
const USES: usize = 30;
/// How many groups are made by clients and used at the same time, and how many users.
const ROOMS: usize = 6;
const PEOPLE: usize = 3;

/// What is there before anybody is struck, and stays.
pub struct Stage {
    /// Who writes: the user and an access token.
    pub writers: Vec<(Thing, String)>,
    /// Who accepts invitations.
    pub guests: Vec<(Thing, String)>,
    /// Memberships that everybody changes.
    pub pairs: Vec<(Thing, Thing)>,
    /// What new groups and users are brought into.
    pub targets: Vec<Thing>,
    /// Every privilege of groups.
    pub all: Privileges,
}

/// A user or group that a client makes, or has made.
struct Room {
    name: String,
    thing: Mutex<Option<Thing>>,
    /// Invitations by id, and their text.
    tokens: Mutex<Vec<(String, String)>>,
    used: AtomicUsize,
}

/// All clients, and what they share.
pub struct Crowd<'a> {
    pub stage: Stage,
    pub panels: &'a [Panel; 2],
    pub recorder: Recorder,
    rooms: Mutex<Vec<Arc<Room>>>,
    people: Mutex<Vec<Arc<Room>>>,
    made: AtomicUsize,
    stopped: AtomicBool,
    done: Mutex<usize>,
    progress: Condvar,
}

impl<'a> Crowd<'a> {
    /// Everybody, before they begin.
    pub fn new(stage: Stage, panels: &'a [Panel; 2]) -> Self {
        Self {
            stage,
            panels,
            recorder: Recorder::default(),
            rooms: Mutex::default(),
            people: Mutex::default(),
            made: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
            done: Mutex::default(),
            progress: Condvar::new(),
        }
    }

    /// Lets them finish what they are at.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
    }

    /// Waits until so many more calls are acknowledged.
    pub fn wait_for(&self, more: usize, patience: Duration) {
        let done = self.done.lock().expect("a count");
        let enough = *done + more;
        let waited = self
            .progress
            .wait_timeout_while(done, patience, |done| *done < enough);
        let is_late = waited.expect("a count").1.timed_out();
        assert!(!is_late, "nobody gets anything done any more");
    }

    /// One client, until all are stopped.
    pub fn write(&self, number: usize, dice: Dice) {
        let mut writer = Writer {
            crowd: self,
            me: self.stage.writers[number].clone(),
            dice,
            connections: BTreeMap::new(),
        };
        while !self.stopped.load(Ordering::SeqCst) {
            writer.step();
        }
    }

    fn number(&self) -> usize {
        self.made.fetch_add(1, Ordering::Relaxed)
    }
}

struct Writer<'a> {
    crowd: &'a Crowd<'a>,
    me: (Thing, String),
    dice: Dice,
    connections: BTreeMap<(String, Thing), Client>,
}

impl Writer<'_> {
    /// Asks one of the panels that are there.
    fn call(&mut self, cell: &str, act: Act) -> Option<Outcome> {
        let me = self.me.clone();
        self.call_as(&me, cell, act, None)
    }

    fn call_as(
        &mut self,
        who: &(Thing, String),
        cell: &str,
        act: Act,
        room: Option<&Room>,
    ) -> Option<Outcome> {
        let panel = self.dice.throw(2);
        let look = act.look().filter(|_| self.dice.throw(3) == 0);
        let outcome = self.ask(panel, who, cell, act, room)?;
        if let Outcome::Done(_) = outcome {
            *self.crowd.done.lock().expect("a count") += 1;
            self.crowd.progress.notify_all();
            // The other one knows at once.
            if let Some(look) = look {
                let me = self.me.clone();
                self.ask(1 - panel, &me, cell, look, None);
            }
        }
        Some(outcome)
    }

    /// Asks this panel, or the other one while this one is gone.
    fn ask(
        &mut self,
        panel: usize,
        (who, access): &(Thing, String),
        cell: &str,
        act: Act,
        room: Option<&Room>,
    ) -> Option<Outcome> {
        let addresses = [panel, 1 - panel].map(|number| self.crowd.panels[number].address());
        let Some(address) = addresses.into_iter().flatten().next() else {
            thread::park_timeout(Duration::from_millis(5));
            return None;
        };
        // Of panels that are gone.
        if self.connections.len() > 100 {
            self.connections.clear();
        }
        let client = self
            .connections
            .entry((address.clone(), who.clone()))
            .or_insert_with(|| Client::token(address, access));
        let token = match (&act, room) {
            (Act::Join { token }, Some(room)) => room.text(token),
            _ => None,
        };
        let outcome = self.crowd.recorder.call(who, cell, act, |act| {
            let (outcome, body) = requests::ask(client, act, token.as_deref());
            if let (Act::Invite { .. }, Some(body), Some(room)) = (act, body, room) {
                let made = (text(&body["tokenId"]), text(&body["token"]));
                room.tokens.lock().expect("tokens").push(made);
            }
            outcome
        });
        Some(outcome)
    }

    fn step(&mut self) {
        match self.dice.throw(10) {
            0..=3 => self.change_pair(),
            4 | 5 => self.use_person(),
            _ => self.use_room(),
        }
    }

    /// One or two privileges that members of such a thing can have.
    fn some(&mut self, target: &Thing) -> Privileges {
        let (kind, _) = target.split_once(':').expect("a thing");
        let first = *self.dice.pick(&["view", "update"]);
        let second = *self.dice.pick(&["view", "set_privileges"]);
        [first, second].map(|name| format!("{kind}_{name}")).into()
    }

    /// Something about a membership.
    fn membership(&mut self, target: Thing, member: Thing) -> Act {
        let some = self.some(&target);
        match self.dice.throw(8) {
            0 | 1 => Act::Add {
                target,
                member,
                privileges: some,
            },
            2 => Act::Remove { target, member },
            3 | 4 => Act::Set {
                revoke: self.some(&target),
                grant: some,
                target,
                member,
            },
            5 => Act::Set {
                target,
                member,
                grant: Privileges::new(),
                revoke: some,
            },
            _ => Act::LookAtMember { target, member },
        }
    }

    fn change_pair(&mut self) {
        let (target, member) = self.dice.pick(&self.crowd.stage.pairs).clone();
        let cell = format!("{member} in {target}");
        let act = self.membership(target, member);
        self.call(&cell, act);
    }

    fn use_person(&mut self) {
        let person = self.crowd.take(&self.crowd.people, PEOPLE, &mut self.dice);
        let thing = person.thing();
        let name = person.name.clone();
        let act = match (thing, person.is_used_up(), self.dice.throw(8)) {
            (Some(thing), true, _) | (Some(thing), _, 0) => Act::Delete { thing },
            (None, _, _) | (_, _, 1) => Act::CreateUser { name },
            (Some(thing), _, 2 | 3) => Act::Look { thing },
            (Some(thing), ..) => {
                let target = self.dice.pick(&self.crowd.stage.targets).clone();
                self.membership(target, thing)
            }
        };
        let ends = matches!(act, Act::Delete { .. });
        match self.call(&person.name, act) {
            Some(Outcome::Done(Seen::Made(id))) => person.is(Some(format!("user:{id}"))),
            Some(Outcome::Done(_)) if ends => person.is(None),
            _ => {}
        }
    }

    fn use_room(&mut self) {
        let room = self.crowd.take(&self.crowd.rooms, ROOMS, &mut self.dice);
        let Some(group) = room.thing() else {
            self.create(&room);
            return;
        };
        let guest = self.dice.pick(&self.crowd.stage.guests).clone();
        let token = room.any_token(&mut self.dice);
        let crowd = self.crowd;
        let name = |what| format!("{} {what} {}", room.name, crowd.number());
        let act = match (self.dice.throw(16), token) {
            _ if room.is_used_up() => Act::Delete { thing: group },
            (0, _) => Act::Rename {
                name: name("again"),
                group,
            },
            (1, _) => Act::Look { thing: group },
            (2..=4, _) => {
                let target = self.dice.pick(&self.crowd.stage.targets).clone();
                self.membership(target, group)
            }
            (5, _) => Act::LookAtMember {
                target: group,
                member: guest.0,
            },
            (6 | 7, _) => Act::Remove {
                target: group,
                member: guest.0,
            },
            (8, Some(token)) => Act::LookAtToken { token },
            (9, Some(token)) if self.dice.throw(4) == 0 => Act::Withdraw { token },
            (9.., Some(token)) => {
                self.call_as(&guest, &room.name, Act::Join { token }, Some(&room));
                return;
            }
            (_, None) => Act::Invite {
                name: name("token"),
                limit: 1 + self.dice.throw(3),
                privileges: self.some(&group),
                target: group,
            },
        };
        let me = self.me.clone();
        self.call_as(&me, &room.name, act, Some(&room));
    }

    fn create(&mut self, room: &Room) {
        // Nobody can name a group that is not known, so each try is one of its own.
        let act = Act::CreateGroup {
            name: format!("{} {}", room.name, self.crowd.number()),
            privileges: self.crowd.stage.all.clone(),
        };
        if let Some(Outcome::Done(Seen::Made(id))) = self.call(&room.name, act) {
            room.is(Some(format!("group:{id}")));
        }
    }
}

impl Crowd<'_> {
    /// One of those in use; a new one where there is room for it.
    fn take(&self, rooms: &Mutex<Vec<Arc<Room>>>, most: usize, dice: &mut Dice) -> Arc<Room> {
        let mut rooms = rooms.lock().expect("rooms");
        rooms.retain(|room| room.used.load(Ordering::Relaxed) < USES);
        while rooms.len() < most {
            rooms.push(Arc::new(Room {
                name: format!("n{}", self.number()),
                thing: Mutex::default(),
                tokens: Mutex::default(),
                used: AtomicUsize::new(0),
            }));
        }
        let room = Arc::clone(dice.pick(&rooms));
        room.used.fetch_add(1, Ordering::Relaxed);
        room
    }
}

impl Room {
    fn thing(&self) -> Option<Thing> {
        self.thing.lock().expect("a thing").clone()
    }

    fn is(&self, thing: Option<Thing>) {
        *self.thing.lock().expect("a thing") = thing;
    }

    fn is_used_up(&self) -> bool {
        self.used.load(Ordering::Relaxed) >= USES
    }

    fn text(&self, id: &str) -> Option<String> {
        let tokens = self.tokens.lock().expect("tokens");
        let found = tokens.iter().find(|(known, _)| known == id);
        found.map(|(_, text)| text.clone())
    }

    /// An older one is perhaps used up, and asked for all the same.
    fn any_token(&self, dice: &mut Dice) -> Option<String> {
        let tokens = self.tokens.lock().expect("tokens");
        // Now and then another one is wanted.
        let wanted = dice.throw(tokens.len() + 1);
        tokens.get(wanted).map(|(id, _)| id.clone())
    }
}

impl Act {
    /// How one sees what came of it.
    fn look(&self) -> Option<Self> {
        match self.clone() {
            Self::Add { target, member, .. }
            | Self::Remove { target, member }
            | Self::Set { target, member, .. } => Some(Self::LookAtMember { target, member }),
            Self::Rename { group: thing, .. } | Self::Delete { thing } => {
                Some(Self::Look { thing })
            }
            Self::Join { token } | Self::Withdraw { token } => Some(Self::LookAtToken { token }),
            _ => None,
        }
    }
}

//! What is struck, and how.

use std::{thread, time::Duration};

use super::{
    panels::Panel,
    proxy::{Proxy, Rule},
    server::Server,
};
use crate::support::dice::Dice;

/// A commit comes by long before this.
const PATIENCE: Duration = Duration::from_secs(30);

/// What may be struck.
pub enum Victims {
    /// The panels.
    Panels,
    /// PostgreSQL itself.
    Server(Server),
    /// The network between each panel and PostgreSQL.
    Network([Proxy; 2]),
}

impl Victims {
    /// Strikes once.
    pub fn strike(&self, panels: &[Panel; 2], dice: &mut Dice) -> Blow {
        let kills = match self {
            Self::Panels => strike_panels(panels, dice),
            Self::Server(server) => strike_server(server, dice),
            Self::Network(ways) => return strike_network(ways, dice),
        };
        Blow { kills, unheard: 0 }
    }
}

/// What a strike did.
#[derive(Debug, Clone, Copy, Default)]
pub struct Blow {
    /// How many were killed.
    pub kills: usize,
    /// How many calls certainly remain without an answer that says what became of them.
    pub unheard: usize,
}

/// Lets a random time pass: what happens meanwhile is the subject of the test.
fn pass(dice: &mut Dice, most: usize) {
    let time = dice.throw(most * 1000);
    thread::park_timeout(Duration::from_micros(
        time.try_into().expect("a short time"),
    ));
}

fn strike_panels(panels: &[Panel; 2], dice: &mut Dice) -> usize {
    let first = dice.throw(2);
    let panel = &panels[first];
    match dice.throw(6) {
        // Nobody is left.
        0 => {
            let other = &panels[1 - first];
            panel.kill();
            pass(dice, 20);
            other.kill();
            panel.come_back();
            other.come_back();
            2
        }
        // One is struck again while it starts.
        1 => {
            panel.kill();
            panel.stumble(|| pass(dice, 400));
            panel.come_back();
            2
        }
        _ => {
            panel.kill();
            panel.come_back();
            1
        }
    }
}

fn strike_server(server: &Server, dice: &mut Dice) -> usize {
    // Where one of its processes dies, the server restarts the others by itself.
    if dice.throw(4) == 0 {
        server.kill_one(|count| dice.throw(count));
    } else {
        server.kill();
        pass(dice, 300);
        server.come_back();
    }
    1
}

fn strike_network(ways: &[Proxy; 2], dice: &mut Dice) -> Blow {
    let way = &ways[dice.throw(2)];
    let mut commit = None;
    match dice.throw(10) {
        0 => ways.iter().for_each(Proxy::cut),
        1 => {
            way.rule(Rule::Refuse);
            way.cut();
            pass(dice, 800);
        }
        // Silence, after which everything is lost, or arrives late.
        2 | 3 => {
            way.rule(Rule::Hold);
            pass(dice, 1500);
            if dice.throw(2) == 0 {
                way.cut();
            }
        }
        4 => {
            way.rule(Rule::Slow(Duration::from_millis(5)));
            pass(dice, 1000);
            way.cut();
        }
        5 | 6 => {
            way.rule(Rule::LoseCommit);
            commit = Some(way.wait_for_commit(PATIENCE));
        }
        _ => {
            way.rule(Rule::LoseAnswer);
            commit = Some(way.wait_for_commit(PATIENCE));
        }
    }
    way.rule(Rule::Pass);
    Blow {
        kills: usize::from(commit != Some(false)),
        unheard: usize::from(commit == Some(true)),
    }
}

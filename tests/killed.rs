//! The program itself, killed at any moment: what it acknowledged is kept, and nobody is locked out.
//!
//! `ONEPANEL_TEST_KILLS` says how often; a number makes the same moments each time.

use std::{sync::mpsc, thread, time::Duration};

use onepanel::{server, service::demo};

use crate::support::{
    client::{Answer, Client},
    database,
    dice::Dice,
    killable::Program,
    panel::{DEMO_PASSWORD, TestPanel, folder},
};

const COOKIE: &str = "__Host-onepanel-emergency";
/// About how many microseconds a change of the passphrase takes at first.
const USUAL: u64 = 40_000;

fn anybody(program: &Program) -> Client {
    Client::anonymous(&program.emergency)
}

fn overview(program: &Program, cookie: &str) -> u16 {
    let guest = anybody(program);
    let ask = guest.get("/overview").page().header("cookie", cookie);
    ask.send().status
}

fn sign_in(program: &Program, passphrase: &str) -> Answer {
    let fields = [("passphrase", passphrase), ("reason", "a test")];
    anybody(program).post("/login").page().form(&fields).send()
}

fn cookie(program: &Program, passphrase: &str) -> String {
    let answer = sign_in(program, passphrase).expect(303);
    let line = answer.set_cookie(COOKIE).expect("a cookie");
    line.split(';').next().unwrap_or_default().to_owned()
}

/// Asks for the change, and kills the program `moment` later unless it has answered by then. Says
/// whether it said that the passphrase is changed.
fn change_and_kill(program: Program, cookie: &str, from: &str, to: &str, moment: Duration) -> bool {
    let (say, said) = mpsc::channel();
    let (base, cookie) = (program.emergency.clone(), cookie.to_owned());
    let fields = [
        ("currentPassphrase", from.to_owned()),
        ("newPassphrase", to.to_owned()),
        ("retypedPassphrase", to.to_owned()),
    ];
    let asker = thread::spawn(move || {
        let fields = fields
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        let client = Client::anonymous(base);
        let ask = client.post("/passphrase").page().form(&fields);
        let ask = ask
            .header("cookie", &cookie)
            .header("sec-fetch-site", "same-origin");
        // Whoever waits has perhaps gone already.
        let _ = say.send(ask.try_send().map(|answer| answer.status));
    });
    let answered = said.recv_timeout(moment);
    program.kill();
    asker.join().expect("it asked");
    // It may have been said while the program was being killed.
    let answered = answered.ok().or_else(|| said.try_recv().ok());
    match answered.flatten() {
        None => false,
        Some(303) => true,
        Some(status) => panic!("the change was answered {status}"),
    }
}

#[test]
fn a_passphrase_is_the_old_or_the_new_one_whenever_the_program_is_killed() {
    let rounds = std::env::var("ONEPANEL_TEST_KILLS").ok();
    let rounds: u64 = rounds.map_or(20, |text| text.parse().expect("a number"));
    // What a killed program has written is kept by the system, in memory as well as on a disk.
    let data = folder();
    let panel = server::open_panel(&database::settings(data.path()));
    demo::fill(&panel.expect("the data")).expect("the demo organisation");

    let mut program = Program::on(data.path());
    let mut passphrase = DEMO_PASSWORD.to_owned();
    let mut session = cookie(&program, &passphrase);
    // Moves to where the change is written, however fast the machine is.
    let mut middle = USUAL;
    let (mut dice, mut outcomes) = (Dice::new(42), [0_u64; 3]);
    for round in 0..rounds {
        let next = format!("passphrase number {round}");
        let moment = Duration::from_micros(middle / 2 + dice.number() % middle);
        let said = change_and_kill(program, &session, &passphrase, &next, moment);
        program = Program::on(data.path());
        // The session that asked goes on, whatever became of the change.
        assert_eq!(overview(&program, &session), 200, "round {round}");
        let valid: Vec<&String> = [&passphrase, &next]
            .into_iter()
            .filter(|passphrase| sign_in(&program, passphrase).status == 303)
            .collect();
        assert_eq!(valid.len(), 1, "round {round}, killed after {moment:?}");
        let is_new = *valid[0] == next;
        assert!(is_new || !said, "round {round}: it was said to be changed");
        outcomes[usize::from(is_new) + usize::from(said)] += 1;
        middle = if is_new {
            middle * 4 / 5
        } else {
            middle * 5 / 4
        };
        if is_new {
            passphrase = next;
        }
        // A right one makes the wrong one of this round forgotten.
        session = cookie(&program, &passphrase);
    }
    let [old, unsaid, new] = outcomes;
    println!("{rounds} kills: {old} before the change, {unsaid} before it was said, {new} after");
}

#[test]
fn sessions_tokens_and_guesses_outlive_a_kill() {
    let panel = TestPanel::demo();
    let data = panel.data_dir();
    let program = Program::on(data);
    let session = cookie(&program, DEMO_PASSWORD);
    let guest = anybody(&program);
    let form = |path: &str| guest.post(path).page().form(&[]).header("cookie", &session);
    let made = form("/members/invite")
        .header("sec-fetch-site", "same-origin")
        .send();
    let page = made.expect(303).location().to_owned();
    for _ in 0..6 {
        sign_in(&program, "a wrong guess").expect(401);
    }
    // Acknowledged is kept, however soon the program is killed.
    program.kill();
    let program = Program::on(data);
    assert_eq!(overview(&program, &session), 200);
    let guest = anybody(&program);
    let token = guest.get(&page).page().header("cookie", &session).send();
    assert_eq!(token.expect(200).html().count("textarea"), 1);
    // The program's hold may be over; this panel's time stands still before it.
    Client::anonymous(panel.emergency())
        .post("/login")
        .page()
        .form(&[("passphrase", DEMO_PASSWORD), ("reason", "a test")])
        .send()
        .expect(429);
}

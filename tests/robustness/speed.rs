//! Clients that are slow, only half there, or in a hurry.

use std::{net::TcpStream, time::Duration};

use super::{HEALTH, HOST, get, is_well, patch};
use crate::support::{panel::TestPanel, raw::Raw};

#[test]
fn whoever_takes_too_long_for_a_head_or_a_body_is_sent_away() {
    let panel = TestPanel::demo();
    let hasty = panel.another_with(|settings| settings.slowest_request = Duration::from_secs(1));
    for base in [hasty.hosted(), hasty.emergency()] {
        let begun = |text: String| {
            let mut raw = Raw::open(&base);
            raw.say(text);
            raw
        };
        let silent = begun(String::new());
        let head = begun(format!("GET {HEALTH} HTTP/1.1\r\n{HOST}X-A: "));
        for mut raw in [silent, head] {
            assert_eq!(raw.statuses(), [408]);
        }
        // What nobody reads is not waited for.
        let mut unread = begun(get("/", "Content-Length: 10\r\n") + "{");
        assert_eq!(unread.statuses().len(), 1);
    }
    for (base, request) in [
        (hasty.hosted(), patch("Content-Length: 10\r\n", "{")),
        (
            hasty.hosted(),
            patch("Transfer-Encoding: chunked\r\n", "1\r\n{\r\n"),
        ),
        (
            hasty.emergency(),
            patch("Content-Length: 10\r\n", "{").replace(
                "PATCH /api/v3/onezone/user",
                "PUT /api/v3/onepanel/emergency_passphrase",
            ),
        ),
    ] {
        let mut raw = Raw::open(&base);
        raw.say(request);
        let answer = raw.answer().expect("an answer");
        assert_eq!(answer.status, 408, "{}", answer.head);
        assert!(answer.body.contains("requestTimeout"), "{}", answer.body);
        assert!(
            answer.head.to_lowercase().contains("connection: close"),
            "{}",
            answer.head
        );
    }
    is_well(&hasty);
}

#[test]
fn whoever_says_that_it_has_said_everything_is_still_answered() {
    let panel = TestPanel::empty();
    let mut raw = Raw::open(&panel.hosted());
    raw.say(get(HEALTH, "") + &get(HEALTH, "")).finish();
    assert_eq!(raw.statuses(), [200, 200]);
    // What is broken off is not carried out, and does not wait.
    for broken in [
        format!("GET {HEALTH} HTTP/1.1\r\n{HOST}X-A: "),
        patch("Content-Length: 10\r\n", "{"),
        patch("Transfer-Encoding: chunked\r\n", "5\r\n{"),
    ] {
        let mut raw = Raw::open(&panel.hosted());
        raw.say(broken).finish();
        assert!(raw.statuses().iter().all(|status| *status == 400));
    }
    is_well(&panel);
}

#[test]
fn connections_that_say_nothing_keep_nobody_out() {
    let panel = TestPanel::empty();
    let address = panel.hosted().replace("https://", "");
    let silent: Vec<TcpStream> = (0..300)
        .map(|_| TcpStream::connect(&address).expect("a connection"))
        .collect();
    is_well(&panel);
    drop(silent);
    is_well(&panel);
}

/// A frame of HTTP/2 (RFC 9113).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len())
        .expect("a short frame")
        .to_be_bytes();
    let head = [&length[1..], &[kind, flags], &stream.to_be_bytes()].concat();
    [head, payload.to_vec()].concat()
}

const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
/// The stream ends with its headers, and they with this frame.
const WHOLE: u8 = 0x1 | 0x4;

#[test]
fn streams_that_are_taken_back_as_soon_as_they_are_opened_end_the_connection() {
    let panel = TestPanel::empty();
    let mut raw = Raw::open_for_http2(&panel.hosted());
    raw.say("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .say(frame(SETTINGS, 0, 0, &[]));
    // GET https://localhost/ in the words of HPACK's static table (RFC 7541).
    let asked = [&[0x82, 0x87, 0x84, 0x41, 9][..], b"localhost"].concat();
    let cancelled = 8_u32.to_be_bytes();
    let flood: Vec<u8> = (0..5000)
        .map(|number| 2 * number + 1)
        .flat_map(|stream| {
            [
                frame(HEADERS, WHOLE, stream, &asked),
                frame(RESET, 0, stream, &cancelled),
            ]
            .concat()
        })
        .collect();
    raw.say(flood);
    // A server that minds nothing would leave the connection open. Whoever is in the middle of a flood
    // may miss the frame that says why it is closed.
    while raw.take(1).is_some() {}
    is_well(&panel);
}

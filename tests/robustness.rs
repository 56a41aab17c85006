//! Requests that no well-meaning client would send: what is ambiguous, too much, too slow or only
//! half there. Each gets a plain refusal or an end, and nobody else notices.

mod bodies;
mod speed;

use crate::support::{
    panel::TestPanel,
    raw::{Raw, RawAnswer},
};

const HOST: &str = "Host: localhost\r\n";
const HEALTH: &str = "/api/v3/onezone/health";

/// A request without a body.
fn get(path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\n{HOST}{headers}\r\n")
}

/// A request of nobody's that comes with a body, announced by `headers`.
fn patch(headers: &str, body: &str) -> String {
    let kind = "Content-Type: application/json\r\n";
    format!("PATCH /api/v3/onezone/user HTTP/1.1\r\n{HOST}{kind}{headers}\r\n{body}")
}

/// Whether the panel answers somebody else.
#[track_caller]
fn is_well(panel: &TestPanel) {
    panel.anonymous().get(HEALTH).send().expect(200);
}

#[test]
fn what_can_be_read_in_two_ways_is_refused_and_the_connection_closed() {
    let panel = TestPanel::empty();
    // Behind each there is another request, which must not be taken for part of it, or it for a part.
    let smuggled = get("/smuggled", "");
    let chunked = "0\r\n\r\n";
    for (request, what) in [
        (
            patch(
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                chunked,
            ),
            "a length and chunks",
        ),
        (
            patch(
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                chunked,
            ),
            "chunks and a length",
        ),
        (
            patch("Content-Length: 2\r\nContent-Length: 3\r\n", "{}"),
            "two lengths",
        ),
        (
            patch("Content-Length: 2\r\nContent-Length: 2\r\n", "{}"),
            "the same length twice",
        ),
        (patch("Content-Length: 2, 2\r\n", "{}"), "a list of lengths"),
        (
            patch("Content-Length: +2\r\n", "{}"),
            "a length with a sign",
        ),
        (patch("Content-Length: -2\r\n", "{}"), "a negative length"),
        (
            patch("Content-Length: 0x2\r\n", "{}"),
            "a hexadecimal length",
        ),
        (
            patch("Content-Length: 99999999999999999999999\r\n", "{}"),
            "a length beyond numbers",
        ),
        (
            patch("Transfer-Encoding: xchunked\r\n", chunked),
            "an unknown encoding",
        ),
        (
            patch("Transfer-Encoding: chunked, identity\r\n", chunked),
            "chunks that are not last",
        ),
        (
            patch("Transfer-Encoding: gzip, chunked\r\n", chunked),
            "two encodings",
        ),
        (
            patch(
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                chunked,
            ),
            "chunks twice",
        ),
        (
            patch("Transfer-Encoding : chunked\r\n", chunked),
            "a space before the colon",
        ),
        (
            patch("Transfer-Encoding: chunked\r\n", "zz\r\n{}\r\n0\r\n\r\n"),
            "a chunk of no number",
        ),
        (
            patch(
                "Transfer-Encoding: chunked\r\n",
                "fffffffffffffffff\r\n{}\r\n0\r\n\r\n",
            ),
            "a chunk beyond numbers",
        ),
        (
            format!(
                "PATCH /api/v3/onezone/user HTTP/1.0\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n{chunked}"
            ),
            "chunks in HTTP/1.0",
        ),
        (get(HEALTH, "X-A: b\r\n c\r\n"), "a folded header"),
        (get(HEALTH, "X-A: b\0c\r\n"), "NUL in a header"),
        (get(HEALTH, "Host: elsewhere\r\n"), "two hosts"),
        (format!("GET {HEALTH} HTTP/1.1\r\n\r\n"), "no host"),
        (get("/a b", ""), "a space in the path"),
        (get("/a\0b", ""), "NUL in the path"),
        (get("/ë", ""), "letters beyond ASCII in the path"),
        ("GET /\r\n\r\n".to_owned(), "HTTP/0.9"),
        (format!("GET {HEALTH} HTTP/1.2\r\n{HOST}\r\n"), "HTTP/1.2"),
        (format!("GET {HEALTH} HTTP/9.9\r\n{HOST}\r\n"), "HTTP/9.9"),
        (
            format!("GET {HEALTH} HTTP/1.1\rHost: localhost\r\r\n\r\n"),
            "lines that end in CR",
        ),
        (
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
            "HTTP/2 that was not agreed on",
        ),
        ("\u{16}\u{3}\u{1}\r\n\r\n".to_owned(), "TLS inside of TLS"),
    ] {
        let mut raw = Raw::open(&panel.hosted());
        raw.say(request + &smuggled);
        assert_eq!(raw.statuses(), [400], "{what}");
    }
    is_well(&panel);
}

#[test]
fn requests_that_come_in_one_go_are_answered_one_by_one_in_their_order() {
    let panel = TestPanel::empty();
    let mut raw = Raw::open(&panel.hosted());
    let last = get(HEALTH, "Connection: close\r\n");
    raw.say(
        [
            get(HEALTH, ""),
            get("/api/v3/onezone/nothing", ""),
            patch("Content-Length: 1\r\n", "{"),
            patch("Transfer-Encoding: chunked\r\n", "2;a=b\r\n{}\r\n0\r\n\r\n"),
            // What comes with a GET means nothing, but it is passed over.
            get(HEALTH, "Content-Length: 5\r\n") + "GET /",
            get(HEALTH, "Transfer-Encoding: chunked\r\n") + "5\r\nGET /\r\n0\r\n\r\n",
            // RFC 9112 lets a line end in LF alone.
            format!("GET {HEALTH} HTTP/1.1\nHost: localhost\n\n"),
            get("/smuggled", ""),
            last,
        ]
        .concat(),
    );
    assert_eq!(
        raw.statuses(),
        [200, 404, 400, 401, 200, 200, 200, 404, 200]
    );
}

#[test]
fn a_client_that_asks_first_is_told_to_go_on() {
    let panel = TestPanel::empty();
    let mut raw = Raw::open(&panel.hosted());
    raw.say(patch("Expect: 100-continue\r\nContent-Length: 2\r\n", ""));
    assert_eq!(raw.answer().map(|answer| answer.status), Some(100));
    raw.say("{}");
    assert_eq!(raw.answer().map(|answer| answer.status), Some(401));
}

#[test]
fn an_old_client_is_answered_once() {
    let panel = TestPanel::empty();
    let mut raw = Raw::open(&panel.hosted());
    raw.say(format!("GET {HEALTH} HTTP/1.0\r\n{HOST}\r\n"));
    assert_eq!(raw.statuses(), [200]);
}

/// A refusal of the server itself, which has no body.
#[track_caller]
fn is_refused(mut raw: Raw, status: u16, what: &str) {
    let answer = raw.answer();
    let refused = answer.as_ref().is_some_and(
        |RawAnswer {
             status: told, body, ..
         }| { *told == status && body.is_empty() },
    );
    assert!(refused, "{what}: {answer:?}");
    assert!(raw.answer().is_none(), "{what}");
}

#[test]
fn heads_are_limited_in_number_and_size_of_headers_and_in_the_address() {
    let panel = TestPanel::empty();
    let headers = |count: usize| "X-Y: y\r\n".repeat(count);
    for (request, status, what) in [
        (get(HEALTH, &headers(200)), 431, "200 headers"),
        (
            get(HEALTH, &format!("X: {}\r\n", "y".repeat(200_000))),
            431,
            "a header of 200 kB",
        ),
        (
            get(&format!("/{}", "x".repeat(70_000)), ""),
            400,
            "an address of 70 kB",
        ),
        (
            get(&format!("/{}", "x".repeat(200_000)), ""),
            431,
            "an address of 200 kB",
        ),
    ] {
        let mut raw = Raw::open(&panel.hosted());
        raw.say(request);
        is_refused(raw, status, what);
    }
    // Whoever does not stop may not hear why.
    let mut raw = Raw::open(&panel.hosted());
    raw.say(get(HEALTH, &format!("X: {}\r\n", "y".repeat(10_000_000))));
    assert!(raw.statuses().iter().all(|status| *status == 431));
    for (request, status) in [
        (get(HEALTH, &headers(90)), 200),
        (get(HEALTH, &format!("X: {}\r\n", "y".repeat(100_000))), 200),
        (get(&format!("{HEALTH}?q={}", "x".repeat(60_000)), ""), 200),
        (get(&format!("{HEALTH}/{}", "x".repeat(60_000)), ""), 404),
        (get("/%252e%252e/%252e%252e/etc/passwd", ""), 404),
        (get("/static/%252e%252e/token.key", ""), 404),
        (get("/clusters/%2500", ""), 404),
        (get("/../../../etc/passwd", ""), 404),
        (get("//evil.example/%2f..", ""), 404),
    ] {
        let mut raw = Raw::open(&panel.hosted());
        raw.say(&request);
        let answer = raw.answer().expect("an answer");
        assert_eq!(answer.status, status, "{request:.200}\n{}", answer.head);
    }
    is_well(&panel);
}

//! The rooms of the house and what may not cross their doors, checked on the source itself.
//!
//! The checks read lines, not syntax trees: a message that names the file, the line and the reason
//! is worth more than catching what only somebody bent on it would write.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// A room, and the other rooms it may know.
const ROOMS: [(&str, &[&str]); 14] = [
    ("domain", &[]),
    ("graph", &["domain"]),
    ("store", &["domain"]),
    ("files", &[]),
    ("tls", &["domain", "files"]),
    ("clock", &["domain"]),
    ("settings", &["clock", "domain"]),
    ("log", &["settings"]),
    ("service", &["clock", "domain", "graph", "store", "tls"]),
    ("web", &["clock", "domain", "service"]),
    // A client of the panel knows what any client could: the words, not the works.
    ("client", &["clock", "domain", "settings"]),
    (
        "server",
        &[
            "clock", "domain", "files", "graph", "service", "settings", "store", "tls", "web",
        ],
    ),
    (
        "commands",
        &["clock", "domain", "server", "service", "settings"],
    ),
    (
        "main",
        &[
            "client", "clock", "commands", "domain", "log", "server", "service", "settings",
        ],
    ),
];

/// What only some rooms may say (a crate, or part of a path), and why.
const RESERVED: [(&[&str], &[&str], &str); 9] = [
    (
        &[
            "diesel",
            "diesel_migrations",
            "libsqlite3_sys",
            "pq_sys",
            "r2d2",
        ],
        &["store"],
        "only store knows SQL",
    ),
    (
        &["actix_web", "actix_files", "askama", "utoipa"],
        &["web", "server"],
        "only web and server know HTTP and templates",
    ),
    (
        &["prometheus_client"],
        &["web", "server"],
        "only web and server know Prometheus",
    ),
    (
        &["tracing_subscriber"],
        &["log"],
        "only log says where messages go",
    ),
    (
        &["rcgen", "x509_parser"],
        &["tls", "server"],
        "only tls and server know certificates",
    ),
    (
        &["rustls"],
        &["tls", "server", "client"],
        "only tls, server and client know TLS",
    ),
    (
        &["ureq", "rustls_native_certs"],
        &["client"],
        "only client asks other machines",
    ),
    (
        &[
            "SystemTime::now",
            "Instant::now",
            "::now_utc",
            "UtcDateTime::now",
            "rand",
            "getrandom",
        ],
        &["clock"],
        "only clock reads the time or entropy",
    ),
    (
        &["std::env::var", "env::vars", "env::args"],
        &["settings", "main"],
        "only settings and main read the environment",
    ),
];

/// What no room may say outside its tests.
const FORBIDDEN: [(&str, &str); 4] = [
    (".unwrap()", "a server must not stop here: return the error"),
    ("todo!(", "unfinished"),
    ("unimplemented!(", "unfinished"),
    ("dbg!(", "left over from debugging"),
];

/// What no template may hold: the policy of the pages forbids it, so it would fail in silence.
const NOT_IN_TEMPLATES: [(&str, &str); 7] = [
    (" style=", "a style attribute; use a class"),
    ("<style", "an inline style sheet; use static/"),
    ("hx-on", "hx-on is evaluated code; listen in static/"),
    (
        "js:",
        "js: is evaluated code; use JSON or listen in static/",
    ),
    ("javascript:", "an address that is code"),
    (" onclick=", "an inline handler; listen in static/"),
    ("|safe", "unescaped output"),
];

/// Longer files hold two ideas.
const LONGEST_FILE: usize = 600;

#[test]
fn the_rooms_keep_to_themselves() {
    expect_none(check("src", "rs", room_breaches));
}

#[test]
fn every_file_says_what_it_is_for_and_is_short() {
    for folder in ["src", "tests", "benches"] {
        expect_none(check(folder, "rs", shape_breaches));
    }
    expect_none(check("templates", "html", length_breaches));
    expect_none(check("static", "js", length_breaches));
}

#[test]
fn the_templates_keep_to_the_policy() {
    expect_none(check("templates", "html", template_breaches));
}

/// What somebody might write: where, what, and what they are told.
const BAD: [(&str, &str, &str); 13] = [
    (
        "src/domain/id.rs",
        "use crate::store::Conn;",
        "domain may not know store",
    ),
    (
        "src/web/members.rs",
        "use crate::{domain::Id, store::Conn};",
        "web may not know store",
    ),
    (
        "src/service/mod.rs",
        "use super::web::Reply;",
        "service may not know web",
    ),
    (
        "src/clock.rs",
        "let x = crate::service::run();",
        "clock may not know service",
    ),
    (
        "src/client/members/list.rs",
        "use crate::{domain::Member, service::members};",
        "client may not know service",
    ),
    (
        "src/service/import.rs",
        "let answer = ureq::get(url).call();",
        "only client asks",
    ),
    ("src/odd/mod.rs", "", "odd is no room"),
    (
        "src/service/members.rs",
        "use diesel::prelude::*;",
        "only store knows SQL",
    ),
    (
        "src/store/members.rs",
        "use actix_web::web;",
        "only web and server",
    ),
    (
        "src/service/tokens.rs",
        "let now = SystemTime::now();",
        "only clock",
    ),
    (
        "src/web/login.rs",
        "let name = form.name.unwrap();",
        "must not stop here",
    ),
    (
        "src/web/a.rs",
        r#"include_str!("../../../elsewhere")"#,
        "outside the project",
    ),
    (
        "src/web/a.rs",
        r#"include_str!("/etc/passwd")"#,
        "outside the project",
    ),
];

/// What is all right, though it looks a little like the above.
const GOOD: [(&str, &str); 10] = [
    (
        "src/web/members.rs",
        "use crate::{domain::{Id, Name}, service::members};",
    ),
    ("src/web/members.rs", "// crate::store is another room"),
    ("src/web/members.rs", "use crate::web::reply::Reply;"),
    ("src/service/members.rs", "use super::members;"),
    ("src/store/conn.rs", "use diesel::prelude::*;"),
    ("src/clock.rs", "let now = SystemTime::now();"),
    ("src/web/a.rs", r#"include_str!("../../static/app.css")"#),
    (
        "src/web/a.rs",
        "#[cfg(test)]\nmod tests {\n    let x = y.unwrap();\n}",
    ),
    ("src/graph/tests.rs", "let x = y.unwrap();"),
    (
        "src/web/b.rs",
        r#"include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/static/app.css"))"#,
    ),
];

#[test]
fn a_wrong_import_is_found() {
    let says = |path: &str, code: &str| room_breaches(path, &format!("//! A room.\n{code}\n"));
    for (path, code, reason) in BAD {
        let found = says(path, code).join("\n");
        assert!(found.contains(reason), "{path}: {code}: {found:?}");
    }
    for (path, code) in GOOD {
        let found = says(path, code);
        assert!(found.is_empty(), "{path}: {code}: {found:?}");
    }
}

#[test]
fn a_shapeless_file_is_found() {
    assert!(
        shape_breaches("a.rs", "use std::fs;\n")
            .join("")
            .contains("//!")
    );
    let long = "//! Long.\n".repeat(LONGEST_FILE + 1);
    assert!(shape_breaches("a.rs", &long).join("").contains("601 lines"));
    assert!(shape_breaches("a.rs", "//! Fine.\n").is_empty());
}

#[test]
fn a_template_that_breaks_the_policy_is_found() {
    for bad in [
        r#"<p style="color: red">"#,
        "<script>alert(1)</script>",
        r#"<a hx-on:click="x()">"#,
        r"<a hx-vals='js:{a: 1}'>",
        r#"<a hx-trigger="click[ctrlKey]">"#,
        r#"<a onclick="x()">"#,
        "{{ name|safe }}",
    ] {
        assert!(!template_breaches("a.html", bad).is_empty(), "{bad}");
    }
    let good = r#"<script src="/static/app.js" defer></script><a hx-trigger="click">"#;
    assert_eq!(template_breaches("a.html", good), Vec::<String>::new());
}

fn room_breaches(path: &str, text: &str) -> Vec<String> {
    let inside = path.strip_prefix("src/").unwrap_or(path);
    let room = inside.split(['/', '.']).next().unwrap_or_default();
    // The map of the house only names the rooms.
    if room == "lib" {
        return Vec::new();
    }
    let Some((_, known)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        return vec![format!(
            "{path}: {room} is no room; see ROOMS in tests/architecture.rs"
        )];
    };
    let code = outside_tests(path, text);
    let mut breaches = Vec::new();
    for other in rooms_mentioned(&code) {
        if other != room && !known.contains(&other) {
            breaches.push(format!("{path}: {room} may not know {other}"));
        }
    }
    for (number, line) in code.lines().enumerate() {
        let mut found = |reason: &str| {
            breaches.push(format!("{path}:{}: {reason}: {}", number + 1, line.trim()));
        };
        for (words, rooms, reason) in RESERVED {
            if !rooms.contains(&room) && words.iter().any(|word| says(line, word)) {
                found(reason);
            }
        }
        for (word, reason) in FORBIDDEN {
            if line.contains(word) {
                found(reason);
            }
        }
        let names_file = ["include!(", "include_str!(", "include_bytes!(", "#[path"];
        if names_file.iter().any(|word| line.contains(word)) && leaves_project(path, line) {
            found("a file outside the project");
        }
    }
    breaches
}

/// The code without its comments and its tests; lines keep their numbers.
fn outside_tests(path: &str, text: &str) -> String {
    // Whole files that exist only for tests: their `mod` line carries the `cfg`.
    const FOR_TESTS: [&str; 4] = ["/tests.rs", "/tests/", "/oracle.rs", "/samples"];
    if FOR_TESTS.iter().any(|part| path.contains(part)) {
        return String::new();
    }
    let before_tests = match text.find("#[cfg(test)]\nmod tests") {
        Some(start) => &text[..start],
        None => text,
    };
    let without_comment = |line: &str| match line.find("//") {
        // Two slashes after a colon are an address.
        Some(start) if !line[..start].ends_with(':') => line[..start].to_owned(),
        _ => line.to_owned(),
    };
    let lines: Vec<String> = before_tests.lines().map(without_comment).collect();
    lines.join("\n")
}

/// Every room that a path starts in: `crate::store`, `onepanel::store`, `super::store`,
/// `crate::{domain::Id, store}`.
fn rooms_mentioned(code: &str) -> BTreeSet<&'static str> {
    let mut mentioned = BTreeSet::new();
    for start in ["crate::", "onepanel::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let rest = &code[at + start.len()..];
            let heads = match rest.strip_prefix('{') {
                Some(group) => heads_of(group),
                None => vec![rest],
            };
            let names = ROOMS.iter().map(|(name, _)| *name);
            mentioned.extend(names.filter(|name| heads.iter().any(|head| starts_with(head, name))));
        }
    }
    mentioned
}

/// The start of every entry of a group, up to the brace that closes it.
fn heads_of(group: &str) -> Vec<&str> {
    let mut heads = vec![group.trim_start()];
    let mut depth = 0;
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => heads.push(group[at + 1..].trim_start()),
            _ => {}
        }
    }
    heads
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn starts_with(text: &str, word: &str) -> bool {
    text.strip_prefix(word)
        .is_some_and(|rest| !rest.starts_with(is_word))
}

/// Whether a line holds a path that starts with this crate, or this part of a path; not merely one
/// that ends so (`my_rand::`).
fn says(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let starts = word.starts_with(':') || !line[..at].ends_with(is_word);
        starts && (word.contains("::") || line[at + word.len()..].starts_with("::"))
    })
}

/// Whether a path in quotes climbs out of the project, or starts at the root of the machine.
fn leaves_project(path: &str, line: &str) -> bool {
    // Cargo says where the project and what it builds are.
    if line.contains("CARGO_MANIFEST_DIR") || line.contains("OUT_DIR") {
        return false;
    }
    let depth = path.matches('/').count();
    line.split('"')
        .skip(1)
        .step_by(2)
        .any(|named| named.starts_with('/') || named.matches("../").count() > depth)
}

fn shape_breaches(path: &str, text: &str) -> Vec<String> {
    let mut breaches = length_breaches(path, text);
    if !text.starts_with("//!") {
        breaches.push(format!("{path}: does not open with //! and what it is for"));
    }
    breaches
}

fn length_breaches(path: &str, text: &str) -> Vec<String> {
    let lines = text.lines().count();
    if lines > LONGEST_FILE {
        vec![format!(
            "{path}: {lines} lines; past {LONGEST_FILE} it is two ideas"
        )]
    } else {
        Vec::new()
    }
}

fn template_breaches(path: &str, text: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let mut found = |reason: &str| {
            breaches.push(format!("{path}:{}: {reason}: {}", number + 1, line.trim()));
        };
        for (word, reason) in NOT_IN_TEMPLATES {
            if line.contains(word) {
                found(reason);
            }
        }
        for (_, tag) in line.split("<script").enumerate().skip(1) {
            if !tag.split('>').next().unwrap_or_default().contains(" src=") {
                found("an inline script; use static/");
            }
        }
        for (_, value) in line.split("hx-trigger=\"").enumerate().skip(1) {
            if value.split('"').next().unwrap_or_default().contains('[') {
                found("a trigger filter is evaluated code; listen in static/");
            }
        }
    }
    breaches
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Checks every file with an extension under a folder of the project, if there is one.
fn check(folder: &str, extension: &str, breaches: fn(&str, &str) -> Vec<String>) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == extension) {
                let text = fs::read_to_string(&path).expect("a source file is text");
                let name = path.strip_prefix(root()).unwrap_or(&path);
                found.extend(breaches(&name.to_string_lossy(), &text));
            }
        }
    }
    found.sort();
    found
}

#[track_caller]
fn expect_none(breaches: Vec<String>) {
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}

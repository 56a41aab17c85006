//! Connections to a PostgreSQL server: how its URL is read, what every connection is set to, and
//! what is said when there is none.
//!
//! A URL may hold a password, and libpq repeats parts of a URL that it does not understand. So a
//! URL is checked before libpq sees it, and of libpq's complaints only the reason is passed on.

use diesel::{connection::SimpleConnection as _, pg::PgConnection, prelude::*};

use super::{StoreError, StoreResult};

/// What libpq is told beside the URL, unless that says otherwise. A server that is gone is noticed
/// within half a minute, and of several servers the one that can be written to is taken.
const PARAMETERS: [(&str, &str); 7] = [
    ("fallback_application_name", "onepanel"),
    ("connect_timeout", "5"),
    ("target_session_attrs", "read-write"),
    ("keepalives_idle", "15"),
    ("keepalives_interval", "5"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "30000"),
];

/// What every connection is set to. A writer waits for another as long as on SQLite; nothing takes
/// a minute; a transaction that is forgotten half-way, as by a panel that hangs, lets go of the
/// feed. What is acknowledged is on the server's disk, whatever the server's default is.
const SESSION: &str = "SET lock_timeout = '10s'; SET statement_timeout = '60s'; \
     SET idle_in_transaction_session_timeout = '30s'; \
     SELECT set_config('synchronous_commit', 'on', false) \
     WHERE current_setting('synchronous_commit') = 'off';";

/// What a connection is set to besides that reads or writes everything there is.
pub const PATIENT: &str = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0";

/// Opens a connection.
///
/// # Errors
/// [`StoreError::Busy`] if the server cannot be reached, or refuses.
pub fn connect(url: &str) -> StoreResult<PgConnection> {
    let mut conn = PgConnection::establish(&with_parameters(url))
        .map_err(|error| StoreError::Busy(reason(&error.to_string())))?;
    conn.batch_execute(SESSION)?;
    Ok(conn)
}

fn with_parameters(url: &str) -> String {
    let (_, query) = url.split_once('?').unwrap_or((url, ""));
    let is_given = |name: &str| {
        query
            .split('&')
            .any(|pair| pair.split('=').next() == Some(name))
    };
    let mut text = url.to_owned();
    for (name, value) in PARAMETERS {
        if !is_given(name) {
            text.push(if text.contains('?') { '&' } else { '?' });
            text.extend([name, "=", value]);
        }
    }
    text
}

/// Why there is no connection, of what libpq says the part that repeats nothing of the URL but the
/// names of user and database.
fn reason(complaint: &str) -> String {
    // Of several servers the last one; the lines below the first are guesses.
    let reason = complaint.lines().rev().find_map(|line| {
        ["failed: ", "to address: "]
            .iter()
            .find_map(|before| line.split_once(before))
            .map(|(_, reason)| reason.trim_start_matches("FATAL:").trim())
    });
    if complaint.contains("SSL") {
        return "it insists on TLS, which this program does not speak to PostgreSQL; allow this \
                connection without, over a socket or a private network"
            .to_owned();
    }
    format!(
        "{}; check the server and --database-url",
        reason.unwrap_or("it cannot be connected to")
    )
}

/// Whether libpq understands this URL as it was meant. A password with characters that mean
/// something in a URL would be taken apart, and its parts for a host, a port or a name.
pub fn is_url(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else {
        return false;
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (user, hosts) = authority.split_once('@').unwrap_or(("", authority));
    let clean = |text: &str| {
        !text.contains(|c: char| c.is_whitespace() || c.is_control() || "@#".contains(c))
    };
    clean(user) && clean(hosts) && clean(path) && is_encoded(rest) && hosts.split(',').all(is_host)
}

fn is_host(text: &str) -> bool {
    // An address of IPv6 stands in brackets.
    let behind = text.rfind(']').map_or(0, |end| end + 1);
    match text[behind..].split_once(':') {
        Some((_, port)) => port.parse::<u16>().is_ok(),
        None => true,
    }
}

fn is_encoded(text: &str) -> bool {
    text.split('%').skip(1).all(|part| {
        let digits = part.as_bytes().get(..2);
        digits.is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit) && two != b"00")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_that_is_not_encoded_is_refused_before_libpq_repeats_it() {
        for good in [
            "postgres://",
            "postgres:///onepanel",
            "postgres://u:p@h/d",
            "postgresql://u:p%40ss@h:5432,[::1]:5433/d?connect_timeout=1",
            "postgres://u@%2Frun%2Fpostgresql/d",
        ] {
            assert!(is_url(good), "{good}");
        }
        for bad in [
            "postgres://u:p@ss@h/d",
            "postgres://u:p/ss@h/d",
            "postgres://u:p?ss@h/d",
            "postgres://u:p#ss@h/d",
            "postgres://u:p%ss@h/d",
            "postgres://u:secret",
            "postgres://u:p@h:secret/d",
            "postgres://u:p ss@h/d",
            "postgres://u:p%00@h/d",
        ] {
            assert!(!is_url(bad), "{bad}");
        }
    }

    #[test]
    fn what_the_url_says_wins() {
        let url = with_parameters("postgres://h/d?connect_timeout=1");
        assert!(url.starts_with("postgres://h/d?connect_timeout=1&"));
        assert_eq!(url.matches("connect_timeout").count(), 1);
        assert!(with_parameters("postgres://h/d").contains("/d?fallback_application_name="));
    }

    #[test]
    fn of_a_complaint_only_the_reason_is_passed_on() {
        for (complaint, expected) in [
            (
                "connection to server at \"h\" (10.0.0.1), port 5432 failed: Connection refused\n\
                 \tIs the server running on that host and accepting TCP/IP connections?",
                "Connection refused; ",
            ),
            (
                "connection to server at \"h\", port 1 failed: FATAL:  database \"d\" does not exist",
                "database \"d\" does not exist; ",
            ),
            (
                "could not translate host name \"secret\" to address: Name or service not known",
                "Name or service not known; ",
            ),
            (
                "invalid integer value \"secret\"",
                "it cannot be connected to; ",
            ),
        ] {
            let said = reason(complaint);
            assert!(said.starts_with(expected), "{said}");
            assert!(!said.contains("secret") && !said.contains('\n'), "{said}");
        }
    }
}

//! The brake on guessing passwords: each failure makes the next attempt wait, per account and per
//! source, up to a limit, never for ever. Remembered across restarts and shared by all panels.

use std::{
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

use super::Error;
use sha2::{Digest as _, Sha256};

use crate::{
    domain::{ClusterId, Timestamp, Username, hex},
    store::{self, Conn, StoreResult, Throttle},
};

/// What is counted, and how strictly.
struct Brake {
    subject: String,
    /// Failures that cost nothing: people mistype.
    free: i64,
    /// The longest wait. Short for an account, because anybody can fail in somebody's name.
    longest: i64,
}

/// Failures are forgotten after this long without another.
const MEMORY: Duration = Duration::from_hours(24);

/// What an attempt is made on.
#[derive(Debug, Clone, Copy)]
pub enum Attempt<'a> {
    /// The account with this username.
    Account(&'a str),
    /// The emergency passphrase of this cluster. It has no brake of its own, only its sources have: a stranger's
    /// failures must never keep its holder out.
    Passphrase(&'a ClusterId),
}

impl Attempt<'_> {
    /// What the feed says was tried: an account that exists, or nothing in particular. People type
    /// passwords into the field for the name.
    pub fn name(self, conn: &mut Conn) -> StoreResult<String> {
        Ok(match self {
            Self::Account(name) => match store::user_by_username(conn, name)? {
                Some(_) => name.to_owned(),
                None => "unknown name".to_owned(),
            },
            Self::Passphrase(_) => "emergency passphrase".to_owned(),
        })
    }
}

fn brakes(attempt: Attempt<'_>, source: Option<IpAddr>) -> Vec<Brake> {
    let account = match attempt {
        Attempt::Account(account) => account,
        Attempt::Passphrase(cluster) => {
            let source = source.map_or_else(
                || "unknown".to_owned(),
                |address| source_of(address).to_string(),
            );
            return vec![Brake {
                subject: format!("passphrase:{cluster}:{source}"),
                free: 5,
                longest: 900,
            }];
        }
    };
    let mut brakes = vec![Brake {
        subject: format!("account:{}", hex(&Sha256::digest(Username::key(account)))),
        free: 5,
        longest: 60,
    }];
    if let Some(address) = source {
        brakes.push(Brake {
            subject: format!("source:{}", source_of(address)),
            free: 20,
            longest: 900,
        });
    }
    brakes
}

/// Whoever has one IPv6 address has a whole /64 of them.
fn source_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Refuses if an attempt from `source` must wait.
pub fn check(
    conn: &mut Conn,
    attempt: Attempt<'_>,
    source: Option<IpAddr>,
    now: Timestamp,
) -> Result<(), Error> {
    let mut wait = Duration::ZERO;
    for brake in brakes(attempt, source) {
        if let Some(known) = store::throttle(conn, &brake.subject)? {
            wait = wait.max(known.held_until.since(now));
        }
    }
    if wait.is_zero() {
        Ok(())
    } else {
        Err(Error::TooManyAttempts(wait))
    }
}

/// Counts a failed attempt. Says whether it is the one with which holding back began.
pub fn failed(
    conn: &mut Conn,
    attempt: Attempt<'_>,
    source: Option<IpAddr>,
    now: Timestamp,
) -> StoreResult<bool> {
    let mut began = false;
    for brake in brakes(attempt, source) {
        let known = store::throttle(conn, &brake.subject)?
            .filter(|known| now.since(known.failed_at) < MEMORY)
            .map_or(0, |known| known.failures);
        let failures = known + 1;
        let wait = wait_after(failures - brake.free, brake.longest);
        began |= failures == brake.free + 1;
        let held_until = Timestamp(now.0 + wait);
        store::put_throttle(
            conn,
            &Throttle {
                subject: brake.subject,
                failures,
                failed_at: now,
                held_until,
            },
        )?;
    }
    if began {
        store::forget_old_throttles(conn, now.minus(MEMORY))?;
    }
    Ok(began)
}

/// Forgets the failures of an account whose owner signed in.
pub fn succeeded(conn: &mut Conn, attempt: Attempt<'_>, source: Option<IpAddr>) -> StoreResult<()> {
    // A source may have failed for other accounts too; those failures stay.
    let source = source.filter(|_| matches!(attempt, Attempt::Passphrase(_)));
    for brake in brakes(attempt, source) {
        store::clear_throttle(conn, &brake.subject)?;
    }
    Ok(())
}

/// Seconds to wait after this many failures beyond the free ones: 1, 2, 4 … up to `longest`.
fn wait_after(failures: i64, longest: i64) -> i64 {
    match u32::try_from(failures) {
        Ok(0) | Err(_) => 0,
        Ok(beyond) => 1_i64
            .checked_shl(beyond - 1)
            .filter(|wait| *wait > 0)
            .unwrap_or(longest)
            .min(longest),
    }
}

#[cfg(test)]
mod tests {
    use super::{source_of, wait_after};

    #[test]
    fn a_source_is_an_address_of_version_4_or_a_network_of_version_6() {
        for (address, source) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ] {
            assert_eq!(address.parse().map(source_of), source.parse());
        }
    }

    #[test]
    fn waiting_doubles_up_to_a_limit_and_never_overflows() {
        let waits: Vec<_> = [-3, 0, 1, 2, 3, 7, 63, 64, 1000]
            .map(|n| wait_after(n, 60))
            .into();
        assert_eq!(waits, [0, 0, 1, 2, 4, 60, 60, 60, 60]);
    }
}

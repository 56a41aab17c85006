//! Moments in time, as the API speaks of them.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};
use time::{
    OffsetDateTime, PrimitiveDateTime, format_description::well_known::Rfc3339,
    macros::format_description,
};

/// A moment as whole seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// This moment plus `span`, whole seconds.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(span.as_secs()).unwrap_or(i64::MAX)),
        )
    }

    /// This moment less `span`, whole seconds.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(
            self.0
                .saturating_sub(i64::try_from(span.as_secs()).unwrap_or(i64::MAX)),
        )
    }

    /// Reads a minute in UTC as forms send it, `2026-12-05T09:30`.
    pub fn parse_minute(text: &str) -> Option<Self> {
        let form = format_description!("[year]-[month]-[day]T[hour]:[minute]");
        let moment = PrimitiveDateTime::parse(text, form).ok()?;
        Some(Self(moment.assume_utc().unix_timestamp()))
    }

    /// This moment as [`Self::parse_minute`] reads it.
    pub fn minute(self) -> String {
        let form = format_description!("[year]-[month]-[day]T[hour]:[minute]");
        let moment = OffsetDateTime::from_unix_timestamp(self.0).ok();
        let written = moment.and_then(|moment| moment.format(form).ok());
        written.unwrap_or_default()
    }

    /// In ISO 8601, as `2026-11-21T09:30:00Z`; nothing if it is outside what that can say.
    pub fn iso(self) -> Option<String> {
        let moment = OffsetDateTime::from_unix_timestamp(self.0).ok()?;
        let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
        moment.format(format).ok()
    }

    /// A moment in ISO 8601 with its offset (RFC 3339), as nanoseconds since 1970-01-01T00:00:00Z.
    pub fn nanos_of(text: &str) -> Option<i128> {
        let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        Some(moment.unix_timestamp_nanos())
    }

    /// How long from `earlier` to this moment; zero if `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_secs(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// Shown in UTC, as `2026-11-21 09:30 UTC`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = OffsetDateTime::from_unix_timestamp(self.0)
            .ok()
            .and_then(|moment| {
                moment
                    .format(format_description!(
                        "[year]-[month]-[day] [hour]:[minute] UTC"
                    ))
                    .ok()
            });
        f.write_str(shown.as_deref().unwrap_or("unknown time"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_reads_back_and_anything_else_is_refused() {
        let moment = Timestamp::parse_minute("2026-12-05T09:30");
        assert_eq!(
            moment.map(Timestamp::minute).as_deref(),
            Some("2026-12-05T09:30")
        );
        assert_eq!(
            moment.map(|moment| moment.to_string()).as_deref(),
            Some("2026-12-05 09:30 UTC")
        );
        for text in [
            "",
            "2026-12-05",
            "2026-13-05T09:30",
            "2026-12-05T09:30Z",
            "soon",
        ] {
            assert_eq!(Timestamp::parse_minute(text), None, "{text:?}");
        }
    }
}

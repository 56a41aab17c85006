//! Which release of a program a cluster says it runs.

use serde::{Deserialize, Serialize};

/// A release, as the cluster itself reports it (`modify_cluster`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Such as `21.02.7`.
    pub release: String,
    /// The build's identifier.
    pub build: String,
    /// The hash of the user interface's package.
    pub gui: String,
}

/// What the reference assumes until a cluster reports its version (`get_cluster`).
impl Default for Version {
    fn default() -> Self {
        Self {
            release: "18.02.*".to_owned(),
            build: "unknown".to_owned(),
            gui: "empty".to_owned(),
        }
    }
}

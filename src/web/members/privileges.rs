//! Privileges as a table on screen: of one member, or of several at once.
//!
//! The rows are data, so the same table serves every vocabulary of privileges.

use crate::domain::{Privilege, PrivilegeSet};

/// The privileges of one member, to read or to change.
#[derive(Debug, Clone)]
pub struct PrivilegeTable {
    /// Where a change goes (`PATCH`); `None` if the member has nothing direct to change.
    pub action: Option<String>,
    /// Why nothing can be changed here, if so.
    pub locked: Option<String>,
    /// The sections, in order.
    pub sections: Vec<PrivilegeSection>,
}

/// Some, all or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tri {
    /// None of them.
    Off,
    /// Some of them.
    Mixed,
    /// All of them.
    On,
}

impl Tri {
    /// What `granted` out of `all` amounts to.
    pub fn of(granted: usize, all: usize) -> Self {
        match granted {
            0 => Self::Off,
            some if some < all => Self::Mixed,
            _ => Self::On,
        }
    }

    /// Whether all of them are granted.
    pub fn is_on(self) -> bool {
        self == Self::On
    }

    /// Whether some but not all are granted.
    pub fn is_mixed(self) -> bool {
        self == Self::Mixed
    }

    /// Whether none is granted.
    pub fn is_off(self) -> bool {
        self == Self::Off
    }

    /// The class of the count.
    pub fn class(self) -> &'static str {
        match self {
            Self::Off => "none",
            Self::Mixed => "some",
            Self::On => "all",
        }
    }
}

/// One section of the vocabulary.
#[derive(Debug, Clone)]
pub struct PrivilegeSection {
    /// What it is called.
    pub label: &'static str,
    /// The direct grants in it.
    pub direct: Tri,
    /// The effective privileges in it.
    pub effective: Tri,
    /// How many are effective.
    pub granted: usize,
    /// The privileges, in order.
    pub rows: Vec<PrivilegeRow>,
}

/// One privilege of one member.
#[derive(Debug, Clone)]
pub struct PrivilegeRow {
    /// The identifier.
    pub name: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// Whether it is granted directly; `None` for a member that is not direct.
    pub direct: Option<bool>,
    /// Whether the member has it, one way or another.
    pub effective: bool,
    /// Whether it also comes through a group, so that it stays when the direct grant goes.
    pub inherited: bool,
    /// Where it comes from, such as `granted directly` or `through Admins, Operators`.
    pub source: String,
}

impl PrivilegeTable {
    /// The table of a member holding `direct` itself (`None`: not a direct member) and
    /// `inherited` through groups. `source` says where a privilege comes from.
    pub fn of<P: Privilege>(
        direct: Option<PrivilegeSet<P>>,
        inherited: PrivilegeSet<P>,
        source: impl Fn(P) -> String,
    ) -> Self {
        let effective = direct.unwrap_or(PrivilegeSet::NONE).union(inherited);
        let row = |privilege: &P| PrivilegeRow {
            name: privilege.name(),
            label: privilege.label(),
            direct: direct.map(|set| set.contains(*privilege)),
            effective: effective.contains(*privilege),
            inherited: inherited.contains(*privilege),
            source: source(*privilege),
        };
        let section = |(label, privileges): &(&'static str, &'static [P])| {
            let rows: Vec<_> = privileges.iter().map(row).collect();
            let granted = rows.iter().filter(|row| row.effective).count();
            let held = rows.iter().filter(|row| row.direct == Some(true)).count();
            PrivilegeSection {
                label,
                direct: Tri::of(held, rows.len()),
                effective: Tri::of(granted, rows.len()),
                granted,
                rows,
            }
        };
        Self {
            action: None,
            locked: None,
            sections: P::SECTIONS.iter().map(section).collect(),
        }
    }

    /// The same, which can be changed by a `PATCH` to `action`.
    #[must_use]
    pub fn changed_at(mut self, action: impl Into<String>) -> Self {
        self.action = Some(action.into());
        self
    }

    /// The same, which can only be read, because of `reason`.
    #[must_use]
    pub fn locked(mut self, reason: impl Into<String>) -> Self {
        self.locked = Some(reason.into());
        self
    }

    /// Whether there is anything to send.
    pub fn is_editable(&self) -> bool {
        self.action.is_some() && self.locked.is_none()
    }

    /// The privileges held directly when the page was made.
    pub fn loaded(&self) -> impl Iterator<Item = &'static str> {
        self.sections
            .iter()
            .flat_map(|section| &section.rows)
            .filter(|row| row.direct == Some(true))
            .map(|row| row.name)
    }
}

/// One section of a choice of privileges for several members at once.
#[derive(Debug, Clone)]
pub struct BulkSection {
    /// What it is called.
    pub label: &'static str,
    /// The privileges, in order.
    pub rows: Vec<BulkRow>,
}

/// One privilege of several members.
#[derive(Debug, Clone)]
pub struct BulkRow {
    /// The identifier.
    pub name: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// Held by all, by some or by none of the members.
    pub state: Tri,
}

impl BulkSection {
    /// The whole vocabulary in its sections, for members holding `sets`.
    pub fn of<P: Privilege>(sets: &[PrivilegeSet<P>]) -> Vec<Self> {
        let row = |privilege: &P| BulkRow {
            name: privilege.name(),
            label: privilege.label(),
            state: Tri::of(
                sets.iter().filter(|set| set.contains(*privilege)).count(),
                sets.len(),
            ),
        };
        P::SECTIONS
            .iter()
            .map(|(label, privileges)| Self {
                label,
                rows: privileges.iter().map(row).collect(),
            })
            .collect()
    }
}

//! The words of the business: ids, names, privileges, members, events and validated input.
//!
//! Everything here is plain data. It must not do I/O, read the clock, know SQL or HTTP, or decide
//! who may do what: those live in `store`, `clock`, `web` and `service`.

mod caveat;
mod concern;
mod event;
mod id;
mod kinds;
mod member;
mod name;
mod note;
mod organisation;
mod page;
pub mod privilege;
mod text;
mod timestamp;
mod token;
mod version;

pub use caveat::{Caveat, ClientInterface, Consumer, UnknownCaveat, earliest_end};
pub use concern::{Concern, DirectMembership};
pub use event::{
    Access, Action, Actor, Change, Ends, Event, Interface, MembershipChange, Sequence,
};
pub use id::{ClusterId, GroupId, Id, InvalidId, TokenId, UserId};
pub use kinds::{ClusterType, GroupType};
pub use member::{Cluster, Group, Kind, Member, Target, TargetRef};
pub use name::{
    ClusterName, DisplayName, Domain, ExternalId, FullName, GroupName, InvalidName, Password,
    TokenName, Username,
};
pub use note::Note;
pub use organisation::{NewCluster, NewGroup, NewMembership, NewUser, Organisation};
pub use page::{Page, Slice, UnknownCursor};
pub use privilege::{ClusterPrivilege, GroupPrivilege, Privilege, PrivilegeSet, ZonePrivilege};
pub use text::{Folded, SortKey, hex};
pub use timestamp::Timestamp;
pub use token::{
    Grant, Identifier, InviteKind, Invitee, Offer, Persistence, Subject, TargetKind, TokenType,
};
pub use version::Version;

//! Members of a cluster or group: who they are, what they may do, and how they come and go.
//!
//! Written for any [`Rules`] kind, so that the members of groups are the same operations. Each
//! operation checks in the contract's order: the thing exists, the member exists, the caller may,
//! the body is good.

mod add;
mod ends;
mod explain;
mod look;
mod moments;
mod origin;
mod privileges;
mod remove;
mod review;

pub(super) use add::check_may_add;
pub(super) use add::insert;
pub use add::{add, check_may_add_group, check_may_add_groups, check_may_invite, check_may_join};
pub use ends::{count_ending, end_of, end_of_way, set_end};
pub use explain::{Explanation, Grant, explain, origins};
pub(super) use look::exists;
pub use look::{
    LastStep, SeenPath, SeenPaths, SharedGroup, SharedUser, check_may_list, check_may_see,
    check_may_see_path, check_may_see_privileges, direct_privileges, effective_privileges,
    intermediaries, list, member, membership_paths, shared_group, shared_user,
};
pub use moments::{Moments, go_back};
pub use origin::{Giving, Origin, origin};
pub use privileges::{Saved, check_may_set, update_many, update_privileges};
pub use remove::{
    check_group_may_leave, check_may_end, check_may_remove, check_may_remove_any, end_membership,
    leave, leave_as_group, remove, remove_many,
};
pub use review::{Question, Reviewed, check_may_review, review, ways_in};

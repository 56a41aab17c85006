//! Groups themselves: creating, looking at, changing and deleting them, and what they belong to.
//!
//! Their members are looked after in `members`, by the same operations as a cluster's.

mod belongings;
mod browse;
mod create;
mod record;

pub use belongings::{cluster, clusters, of_caller, parent, parents};
pub use browse::{Way, kinds, neighbours, open_to_caller};
pub(super) use create::{Draft, insert};
pub use create::{
    check_may_create, check_may_create_in, check_may_create_parent, create, create_in, create_own,
    create_parent,
};
pub(super) use record::rename;
pub use record::{
    check_may_delete, check_may_list, check_may_modify, check_visible, delete, get, get_own, list,
    modify,
};

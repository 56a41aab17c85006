//! The database: connections, tables, queries and the event feed. The only room that knows SQL.
//!
//! Functions take an open connection and say what they did or found; they decide nothing about who
//! may do what. A function that writes expects to run inside [`Conn::write`].

mod audit;
mod bulk;
mod clusters;
mod conn;
mod database;
mod emergency;
mod error;
mod external;
mod feed;
mod groups;
mod health;
mod kinds;
mod listen;
mod load;
mod memberships;
mod migrations;
mod postgres;
mod schema;
mod sessions;
mod snapshot;
pub mod tables;
mod throttles;
mod token_key;
mod tokens;
mod users;

pub use audit::{Wish, event, membership_events, newest_events};
pub use bulk::insert_organisation;
pub use clusters::{Cluster, cluster, insert_cluster, rename_cluster, update_cluster};
pub use conn::Conn;
pub use database::{Database, DatabaseUrl, InvalidUrl, Lent, Purpose, connect_alone};
pub use emergency::{
    EmergencySession, delete_emergency_session, delete_emergency_sessions, emergency_session,
    emergency_sessions, forget_ended_emergency_sessions, insert_emergency_session, passphrase_hash,
    set_passphrase_hash, set_setup_digest, setup_digest, touch_emergency_session,
};
pub use error::{MayBeLoss, StoreError, StoreResult, Unique};
pub use external::{
    Found, Provisioned, find, groups_by_id, provisioned, set_external_id, users_by_id,
};
pub use feed::{
    FeedEnd, Recorded, Standing, Turn, WrittenTurn, append, each_concern, each_event, events_after,
    feed_end, feed_head, turns_up_to,
};
pub use groups::{
    Group, delete_group, group, insert_group, rename_group, set_group_zone_privileges, update_group,
};
pub use health::{damage, dangling, server_time};
pub use kinds::{cluster_kinds, group_kinds};
pub use listen::{Hearing, Listener};
pub use load::DatabaseLoad;
pub use memberships::{
    Ending, Membership, creator, delete_membership, insert_membership, memberships_ending,
    set_membership_end, update_membership,
};
pub use migrations::{check_schema, migrate, migrate_and, schema_steps};
pub use sessions::{
    Session, delete_session, delete_sessions_of, forget_ended_sessions, insert_session,
    session_and_end, touch_session,
};
pub use snapshot::{Extent, MembershipRows, ThingRows, each_membership, each_thing, extent};
pub use throttles::{Throttle, clear_throttle, forget_old_throttles, put_throttle, throttle};
pub use token_key::{insert_key_fingerprint, key_fingerprint};
pub use tokens::{
    Invite, Token, TokenKind, Use, all_token_names, begin_token_generation, count_use,
    delete_token, delete_tokens_of, emergency_tokens, insert_token, note_use, token, token_and_end,
    token_by_name, token_generation, token_generation_and_end, tokens_of, update_token,
};
pub use users::{
    User, delete_user, insert_user, last_sign_ins, set_basic_auth, set_blocked, set_full_name,
    set_password_hash, set_signed_in, set_user_zone_privileges, signed_in_since, user,
    user_by_username,
};

/// Whether a text can be anywhere in a database: PostgreSQL has none with a NUL in it, and does not
/// like to be asked for one.
fn can_be_stored(text: &str) -> bool {
    !text.contains('\0')
}

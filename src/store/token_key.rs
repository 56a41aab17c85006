//! Which key the tokens of a database are made with. The key itself is never here.

use diesel::prelude::*;

use super::{Conn, StoreResult, schema::token_key};

/// The fingerprint of the key, if there is one yet.
pub fn key_fingerprint(conn: &mut Conn) -> StoreResult<Option<String>> {
    Ok(token_key::table
        .select(token_key::fingerprint)
        .get_result(conn)
        .optional()?)
}

/// Notes the fingerprint of the first key.
pub fn insert_key_fingerprint(conn: &mut Conn, fingerprint: &str) -> StoreResult<()> {
    diesel::insert_into(token_key::table)
        .values((token_key::id.eq(1), token_key::fingerprint.eq(fingerprint)))
        .execute(conn)?;
    Ok(())
}

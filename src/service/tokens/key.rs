//! One key for all panels on one database: what was made at one is worth something at another.
//!
//! The database knows the key's fingerprint, by which nobody can make a token, and the panel that
//! brings another key is told so when it starts instead of refusing everybody's tokens later.

use sha2::{Digest as _, Sha256};

use super::TokenKey;
use crate::{
    domain::hex,
    store::{self, Conn, Database, StoreError},
};

/// What is hashed before the key, so that nothing else is ever the hash of it alone.
const PREFIX: &str = "onepanel token.key fingerprint\0";

impl TokenKey {
    fn fingerprint(&self) -> String {
        let mut hash = Sha256::new_with_prefix(PREFIX);
        hash.update(self.0);
        hex(&hash.finalize())
    }

    /// Whether the tokens of this database are made with some key already.
    pub fn is_chosen(database: &Database) -> Result<bool, StoreError> {
        Ok(store::key_fingerprint(&mut *database.connect()?)?.is_some())
    }

    /// Whether the tokens of this database are made with this key; nothing if with none yet.
    pub fn fits(&self, conn: &mut Conn) -> Result<Option<bool>, StoreError> {
        let chosen = store::key_fingerprint(conn)?;
        Ok(chosen.map(|chosen| chosen == self.fingerprint()))
    }

    /// Makes this the key of a database that has none, and says whether its tokens are made with it.
    pub fn choose(&self, database: &Database) -> Result<bool, StoreError> {
        let own = self.fingerprint();
        let mut conn = database.connect()?;
        // Nothing is written at most starts.
        if let Some(chosen) = store::key_fingerprint(&mut conn)? {
            return Ok(chosen == own);
        }
        conn.write(|conn| {
            // Another panel may have been faster.
            if let Some(chosen) = store::key_fingerprint(conn)? {
                return Ok(chosen == own);
            }
            store::insert_key_fingerprint(conn, &own)?;
            Ok(true)
        })
    }
}

//! Password hashing: argon2id, never on an async worker, never more at once than the machine bears.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{PasswordHasher as _, phc::PasswordHash},
};
use parking_lot::Mutex;
use subtle::ConstantTimeEq as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Error;
use crate::{clock::Clock, domain::Password};

/// How expensive a hash is. The default is OWASP's first choice for argon2id.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes over the memory.
    pub passes: u32,
}

impl Default for Cost {
    fn default() -> Self {
        Self {
            memory: 19_456,
            passes: 2,
        }
    }
}

/// Hashes and verifies passwords.
#[derive(Debug)]
pub struct Passwords {
    argon2: Argon2<'static>,
    /// What verifying works in, kept from one time to the next: so much memory, asked for by one thread
    /// after the other, would stay with each of them.
    memory: Mutex<Vec<Vec<Block>>>,
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// What a password is compared with when there is no user: it takes as long and never matches.
    decoy: String,
}

/// How busy hashing is.
#[derive(Debug, Clone, Copy)]
pub struct HashingLoad {
    /// So many have the right to hash.
    pub running: usize,
    /// So many wait for it.
    pub waiting: usize,
}

/// The right to hash one password now.
#[derive(Debug)]
pub struct Permit {
    _running: OwnedSemaphorePermit,
}

impl Passwords {
    /// At most this many hashes at once, one for each of two cores; 19 MiB each.
    const RUNNING: usize = 2;
    /// At most this many more may wait: about a third of a second of work.
    const WAITING: usize = 64;

    /// Prepares hashing at `cost`.
    pub fn new(cost: Cost, clock: Clock) -> Result<Self, Error> {
        let params = Params::new(cost.memory, cost.passes, 1, None).map_err(internal)?;
        let argon2 = Argon2::from(params);
        let decoy = hash_with(&argon2, &clock.entropy::<32>()?, clock)?;
        Ok(Self {
            argon2,
            memory: Mutex::default(),
            running: Arc::new(Semaphore::new(Self::RUNNING)),
            waiting: Arc::new(Semaphore::new(Self::RUNNING + Self::WAITING)),
            decoy,
        })
    }

    /// Waits for the right to hash. Refuses with [`Error::Busy`] at once if too many wait already.
    pub async fn permit(&self) -> Result<Permit, Error> {
        let _place = self.waiting.try_acquire().map_err(|_| Error::Busy)?;
        let running = Arc::clone(&self.running)
            .acquire_owned()
            .await
            .map_err(|_| Error::Busy)?;
        Ok(Permit { _running: running })
    }

    /// The right to hash for a program of its own, such as the console. Waits for nobody.
    pub fn console_permit(&self) -> Result<Permit, Error> {
        let running = Arc::clone(&self.running)
            .try_acquire_owned()
            .map_err(|_| Error::Busy)?;
        Ok(Permit { _running: running })
    }

    /// How many hash, and how many wait to.
    pub fn load(&self) -> HashingLoad {
        let places = Self::RUNNING + Self::WAITING;
        HashingLoad {
            running: Self::RUNNING - self.running.available_permits(),
            waiting: places - self.waiting.available_permits(),
        }
    }

    /// Hashes a password to a PHC string. Blocks for about 10 ms.
    pub fn hash(&self, _: &Permit, password: &Password, clock: Clock) -> Result<String, Error> {
        hash_with(&self.argon2, password.reveal(), clock)
    }

    /// Whether `password` is the one behind `hash`. Takes as long without a hash as with one.
    pub fn verify(&self, _: &Permit, password: &Password, hash: Option<&str>) -> bool {
        let matches = self.matches(password, hash.unwrap_or(&self.decoy));
        matches.unwrap_or(false) && hash.is_some()
    }

    /// `None` if `hash` is none of ours.
    fn matches(&self, password: &Password, hash: &str) -> Option<bool> {
        let hash = PasswordHash::new(hash).ok()?;
        let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
        let version = hash
            .version
            .and_then(|number| Version::try_from(number).ok())?;
        let params = Params::try_from(&hash).ok()?;
        let (salt, expected) = (hash.salt?, hash.hash?);
        let mut memory = self.memory.lock().pop().unwrap_or_default();
        memory.resize(params.block_count().max(memory.len()), Block::new());
        let mut out = vec![0; expected.as_bytes().len()];
        let hashed = Argon2::new(algorithm, version, params).hash_password_into_with_memory(
            password.reveal(),
            &salt,
            &mut out,
            &mut memory,
        );
        self.memory.lock().push(memory);
        hashed.ok()?;
        Some(out.ct_eq(expected.as_bytes()).into())
    }

    /// Whether `hash` was made with other parameters than those in force now.
    pub fn is_outdated(&self, hash: &str) -> bool {
        PasswordHash::new(hash)
            .ok()
            .and_then(|hash| Params::try_from(&hash).ok())
            .is_none_or(|params| {
                let now = self.argon2.params();
                (params.m_cost(), params.t_cost()) != (now.m_cost(), now.t_cost())
            })
    }
}

fn hash_with(argon2: &Argon2<'_>, secret: &[u8], clock: Clock) -> Result<String, Error> {
    let salt = clock.entropy::<16>()?;
    Ok(argon2
        .hash_password_with_salt(secret, &salt)
        .map_err(internal)?
        .to_string())
}

fn internal(error: impl std::fmt::Display) -> Error {
    Error::Internal(error.to_string().into())
}

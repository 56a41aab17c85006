//! The first set-up of a fresh panel, by a link that works once. Nobody else can claim the panel.

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::store_passphrase;
use crate::{
    domain::{
        Action, Change, Cluster, ClusterId, ClusterName, Domain, Member, Password, PrivilegeSet,
        hex,
    },
    service::{
        Credentials, Error, Input, Panel, Permit, Problem, Reading, Request, SessionSecret,
        VerifiedHash, accounts, members, setup::ONEZONE,
    },
    store::{self, Conn},
};

/// The secret in the link with which a fresh panel is set up. Its `Debug` shows nothing.
#[derive(Clone)]
pub struct SetupSecret(String);

impl SetupSecret {
    /// What the link ends with.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for SetupSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SetupSecret(…)")
    }
}

fn digest(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

impl Panel {
    /// A new set-up link's secret, if no passphrase was ever set. Earlier links are worth nothing.
    pub fn offer_setup(&self) -> Result<Option<SetupSecret>, Error> {
        let secret = hex(&self.clock.entropy::<16>()?);
        self.write(&Request::console(), Action::Setup, |w| {
            if store::passphrase_hash(w.conn, w.cluster)?.is_some() {
                return Ok(None);
            }
            store::set_setup_digest(w.conn, w.cluster, &digest(&secret))?;
            Ok(Some(SetupSecret(secret.clone())))
        })
    }

    /// Sets up a fresh panel: passphrase, name and domain of the cluster, and for the zone's own
    /// cluster the first administrator. Signs in. Refused with `notFound` unless `secret` is the current link's.
    pub fn set_up(
        &self,
        request: &Request,
        permit: &Permit,
        secret: &str,
        input: &Input,
    ) -> Result<SessionSecret, Error> {
        self.read(request, |r| check_setup_link(r, secret))?;
        let first = FirstSetup::read(input, makes_administrator(&self.cluster))?;
        let hash = self
            .emergency_passwords
            .hash(permit, &first.passphrase, self.clock)?;
        let hash_of = |password| self.emergency_passwords.hash(permit, password, self.clock);
        let administrator = match first.administrator {
            Some((draft, password)) => Some((draft, hash_of(&password)?)),
            None => None,
        };
        let root = Request {
            credentials: Credentials::SetupLink(SetupSecret(secret.to_owned())),
            ..request.clone()
        };
        self.write(&root, Action::FirstSetup, |w| {
            let id = w.cluster.clone();
            store_passphrase(w, id.clone(), &hash, None)?;
            let (name, domain) = (first.name.to_string(), first.domain.to_string());
            store::rename_cluster(w.conn, &id, &name, &domain)?;
            w.announce(Change::Cluster {
                cluster: id.clone(),
                name,
                domain,
            });
            let Some((draft, password)) = administrator else {
                return Ok(());
            };
            let user = accounts::insert(w, draft, Some(password), true)?;
            members::insert::<Cluster>(w, &id, &Member::User(user), PrivilegeSet::all())
        })?;
        let hash = VerifiedHash::new(hash);
        self.start_emergency_session(request, hash, "first set-up".to_owned())
    }
}

/// Whether `secret` is the one of the set-up link that is good now.
pub fn check_setup_link(r: &mut Reading<'_>, secret: &str) -> Result<(), Error> {
    check_setup_secret(r.conn, r.cluster, secret)
}

/// Whether setting up the panel of `cluster` makes an account: only the zone's own does. Whoever holds
/// the passphrase of another cluster gets no say in the zone; its people have accounts already, and are
/// invited.
pub fn makes_administrator(cluster: &ClusterId) -> bool {
    cluster.as_str() == ONEZONE
}

/// Refuses with `notFound` unless `secret` is the one of the set-up link that is good now.
pub(in crate::service) fn check_setup_secret(
    conn: &mut Conn,
    cluster: &ClusterId,
    secret: &str,
) -> Result<(), Error> {
    let expected = store::setup_digest(conn, cluster)?.ok_or(Error::NotFound)?;
    let given = digest(secret);
    if bool::from(expected.as_bytes().ct_eq(given.as_bytes())) {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// What the first set-up asks for.
struct FirstSetup {
    passphrase: Password,
    name: ClusterName,
    domain: Domain,
    administrator: Option<(accounts::Draft, Password)>,
}

impl FirstSetup {
    fn read(input: &Input, makes_administrator: bool) -> Result<Self, Error> {
        let repeated = |key: &'static str, again: &'static str| {
            if input.field(key) == input.field(again) {
                Ok(())
            } else {
                Err(Error::bad_value(again, Problem::Mismatch))
            }
        };
        let passphrase = Password::parse(input.text("newPassphrase")?)
            .map_err(|rule| Error::bad_value("newPassphrase", Problem::Rule(rule)))?;
        repeated("newPassphrase", "retypedPassphrase")?;
        let name = ClusterName::parse(input.text("clusterName")?)
            .map_err(|rule| Error::bad_value("clusterName", Problem::Rule(rule)))?;
        let domain = Domain::parse(input.text("clusterDomain")?)?;
        let administrator = if makes_administrator {
            let draft = accounts::Draft::read(input)?;
            let password = Password::parse(input.text("password")?)?;
            repeated("password", "retypedPassword")?;
            Some((draft, password))
        } else {
            None
        };
        Ok(Self {
            passphrase,
            name,
            domain,
            administrator,
        })
    }
}

//! The web certificate: reading one with its key, making one, keeping it in a file, and presenting
//! it in handshakes.
//!
//! Nothing here decides who may change it or which certificate is good enough: that is for
//! `service`.

mod facts;
mod keeper;
mod make;
mod pair;

use std::sync::Arc;

use rustls::{ServerConfig, crypto::ring};

pub use facts::Facts;
pub use keeper::{CertificateError, Keeper, Source};
pub use make::make;
pub use pair::{Flaw, Pair, Part, certificates_in, read_upload};

/// What a listener speaks TLS with: in each handshake whatever the keeper has by then.
pub fn config(keeper: &Arc<Keeper>) -> Result<ServerConfig, CertificateError> {
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| keeper.unusable(error.to_string()))?
        .with_no_client_auth()
        .with_cert_resolver(Arc::clone(keeper) as Arc<_>);
    Ok(config)
}

//! Whether a server answers at an address, without ever keeping anybody waiting.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use actix_web::rt::net::TcpStream;
use tokio::time::timeout;

/// Longer than a healthy server on this machine takes, too short to notice.
const PATIENCE: Duration = Duration::from_millis(250);

/// Whether something accepts connections there.
pub async fn answers(address: SocketAddr) -> bool {
    let reachable = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    let connect = TcpStream::connect((reachable, address.port()));
    matches!(timeout(PATIENCE, connect).await, Ok(Ok(_)))
}

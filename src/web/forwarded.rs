//! Where a request comes from when proxies have passed it on, and what they call it.
//!
//! Anybody can send `X-Forwarded-For`. It is read from its end, where each proxy adds who asked it,
//! and only as far as those who wrote it are trusted. Whoever is behind a proxy that is not trusted
//! has that proxy's address.

use std::{net::IpAddr, sync::Arc};

use actix_web::{
    HttpRequest,
    http::header::{HeaderMap, HeaderName},
};
use ipnet::IpNet;

/// The proxies that are believed.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Arc<[IpNet]>);

impl TrustedProxies {
    /// Believes whoever has an address in one of these networks.
    pub fn new(networks: &[IpNet]) -> Self {
        Self(networks.into())
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Who asked the first proxy that is trusted.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let lines = headers.get_all("x-forwarded-for");
        let texts: Vec<&str> = lines
            .flat_map(|line| line.to_str().unwrap_or_default().split(','))
            .collect();
        let mut address = peer;
        for text in texts.into_iter().rev() {
            if !self.trusts(address) {
                break;
            }
            // What is no address ends what can be known.
            let Some(before) = read(text.trim()) else {
                break;
            };
            address = before;
        }
        address
    }
}

/// The header that names a request.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest name that is taken over; a UUID has 36 characters.
const LONGEST_ID: usize = 64;

/// What a trusted proxy that asks calls the request, so that its log and ours can be laid side by
/// side. It goes into the log and back into the answer, so it holds nothing that could mean something
/// there; and who sends two names has sent none.
pub fn given_id(request: &HttpRequest) -> Option<&str> {
    let proxies = request.app_data::<TrustedProxies>()?;
    if !proxies.trusts(peer(request)?) {
        return None;
    }
    let mut ids = request.headers().get_all(&REQUEST_ID);
    let (id, None) = (ids.next()?.to_str().ok()?, ids.next()) else {
        return None;
    };
    is_id(id).then_some(id)
}

fn is_id(text: &str) -> bool {
    let is_fit = |c: u8| c.is_ascii_alphanumeric() || b"-_.:=".contains(&c);
    (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(is_fit)
}

fn peer(request: &HttpRequest) -> Option<IpAddr> {
    Some(request.peer_addr()?.ip().to_canonical())
}

/// Where a request comes from, as far as it can be known.
pub fn client_address(request: &HttpRequest) -> Option<IpAddr> {
    let peer = peer(request)?;
    let proxies = request.app_data::<TrustedProxies>();
    Some(proxies.map_or(peer, |proxies| proxies.client(peer, request.headers())))
}

/// An address; some proxies add the port.
fn read(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().ok();
    let with_port = || Some(text.parse::<std::net::SocketAddr>().ok()?.ip());
    address
        .or_else(with_port)
        .map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    const PROXY: &str = "10.0.0.1";

    fn client(peer: &str, lines: &[&'static str]) -> String {
        let networks = ["10.0.0.0/24", "fd00::/8"].map(|text| text.parse().unwrap());
        let mut headers = HeaderMap::new();
        for line in lines {
            let name = HeaderName::from_static("x-forwarded-for");
            headers.append(name, HeaderValue::from_str(line).unwrap());
        }
        let proxies = TrustedProxies::new(&networks);
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_who_is_trusted_is_believed() {
        assert_eq!(client("192.0.2.7", &["203.0.113.9"]), "192.0.2.7");
        assert_eq!(client(PROXY, &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(client(PROXY, &[]), PROXY);
        // What a client says of itself stands before what the proxy adds.
        assert_eq!(client(PROXY, &["1.1.1.1, 203.0.113.9"]), "203.0.113.9");
        assert_eq!(client(PROXY, &["1.1.1.1", "203.0.113.9"]), "203.0.113.9");
    }

    #[test]
    fn a_chain_of_proxies_is_followed_back_to_the_first_stranger() {
        let chain = ["1.1.1.1, 203.0.113.9, fd00::2,10.0.0.2"];
        assert_eq!(client(PROXY, &chain), "203.0.113.9");
        assert_eq!(client(PROXY, &["10.0.0.3, 10.0.0.2"]), "10.0.0.3");
    }

    #[test]
    fn ports_and_brackets_are_understood_and_garbage_is_where_it_ends() {
        assert_eq!(client(PROXY, &["203.0.113.9:4711"]), "203.0.113.9");
        assert_eq!(client(PROXY, &["[2001:db8::1]:80"]), "2001:db8::1");
        assert_eq!(client(PROXY, &["[2001:db8::1]"]), "2001:db8::1");
        assert_eq!(client(PROXY, &["::ffff:203.0.113.9"]), "203.0.113.9");
        for garbage in [
            "",
            "unknown",
            "203.0.113.9, ,",
            "1.2.3.4.5",
            "203.0.113.9;10.0.0.2",
        ] {
            assert_eq!(client(PROXY, &[garbage]), PROXY, "{garbage:?}");
        }
        assert_eq!(
            client(PROXY, &["203.0.113.9, unknown, 10.0.0.2"]),
            "10.0.0.2"
        );
    }
}

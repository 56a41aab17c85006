//! Caveats: what confines a token to a time, a place, or whoever uses it.
//!
//! A caveat has two forms. Inside a token it is a line of plain text, so that any macaroon library
//! can add one; in the API it is the reference's JSON. Kinds that nothing here can satisfy are
//! written as their JSON inside tokens too, and a token that carries one is of no use here.

use std::{fmt, net::IpAddr, str::FromStr};

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{GroupId, Timestamp, UserId};

/// One condition on the use of a token. All of a token's have to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Caveat {
    /// `time < 1790000000`: before this moment.
    #[serde(rename = "time", rename_all = "camelCase")]
    Time {
        /// The first moment at which the token is no good any more.
        valid_until: Timestamp,
    },
    /// `ip = 10.0.0.0/8,192.0.2.7/32`: from one of these networks.
    #[serde(rename = "ip")]
    Ip {
        /// The networks.
        #[serde(deserialize_with = "some")]
        whitelist: Vec<Network>,
    },
    /// `consumer = usr-ID,grp-*`: by one of these.
    #[serde(rename = "consumer")]
    Consumer {
        /// Who.
        #[serde(deserialize_with = "some")]
        whitelist: Vec<Consumer>,
    },
    /// `service = ozw-onezone`: at one of these services.
    #[serde(rename = "service")]
    Service {
        /// The services.
        #[serde(deserialize_with = "some")]
        whitelist: Vec<ServicePattern>,
    },
    /// `interface = rest`: through this interface only.
    #[serde(rename = "interface")]
    Interface {
        /// Which.
        interface: ClientInterface,
    },
    /// From one of these autonomous systems.
    #[serde(rename = "asn")]
    Asn {
        /// Their numbers.
        #[serde(deserialize_with = "some")]
        whitelist: Vec<u32>,
    },
    /// From some countries, or from anywhere but them.
    #[serde(rename = "geo.country")]
    Country {
        /// Whether the list allows or forbids.
        filter: Filter,
        /// Two-letter codes.
        #[serde(deserialize_with = "some")]
        list: Vec<String>,
    },
    /// From some regions of the world, or from anywhere but them.
    #[serde(rename = "geo.region")]
    Region {
        /// Whether the list allows or forbids.
        filter: Filter,
        /// Names of regions.
        #[serde(deserialize_with = "some")]
        list: Vec<String>,
    },
    /// For these operations only.
    #[serde(rename = "api")]
    Api {
        /// The reference's match specifications.
        #[serde(deserialize_with = "some")]
        whitelist: Vec<String>,
    },
    /// For reading data only.
    #[serde(rename = "data.readonly")]
    DataReadonly,
    /// For data below these paths only.
    #[serde(rename = "data.path")]
    DataPath {
        /// The paths in base64.
        #[serde(deserialize_with = "some")]
        whitelist: Vec<String>,
    },
    /// For these files only.
    #[serde(rename = "data.objectid")]
    DataObject {
        /// The files' identifiers.
        #[serde(deserialize_with = "some")]
        whitelist: Vec<String>,
    },
}

impl Caveat {
    /// Whether it is about access to data, which nothing here gives.
    pub fn is_about_data(&self) -> bool {
        matches!(
            self,
            Self::DataReadonly | Self::DataPath { .. } | Self::DataObject { .. }
        )
    }
}

/// The moment at which the first of these caveats ends what it confines, if any does.
pub fn earliest_end(caveats: &[Caveat]) -> Option<Timestamp> {
    let ends = caveats.iter().filter_map(|caveat| match caveat {
        Caveat::Time { valid_until } => Some(*valid_until),
        _ => None,
    });
    ends.min()
}

/// The text is no caveat that is known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a caveat that is known here")]
pub struct UnknownCaveat;

/// As it stands inside a token.
impl fmt::Display for Caveat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time { valid_until } => write!(f, "time < {}", valid_until.0),
            Self::Ip { whitelist } => write!(f, "ip = {}", joined(whitelist)),
            Self::Consumer { whitelist } => write!(f, "consumer = {}", joined(whitelist)),
            Self::Service { whitelist } => write!(f, "service = {}", joined(whitelist)),
            Self::Interface { interface } => write!(f, "interface = {}", interface.name()),
            _ => f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?),
        }
    }
}

fn joined<T: ToString>(list: &[T]) -> String {
    let texts: Vec<String> = list.iter().map(ToString::to_string).collect();
    texts.join(",")
}

impl FromStr for Caveat {
    type Err = UnknownCaveat;

    fn from_str(text: &str) -> Result<Self, UnknownCaveat> {
        if let Some(moment) = text.strip_prefix("time < ") {
            let moment = moment.parse().map_err(|_| UnknownCaveat)?;
            return Ok(Self::Time {
                valid_until: Timestamp(moment),
            });
        }
        match text.split_once(" = ") {
            Some(("ip", list)) => Ok(Self::Ip {
                whitelist: split(list)?,
            }),
            Some(("consumer", list)) => Ok(Self::Consumer {
                whitelist: split(list)?,
            }),
            Some(("service", list)) => Ok(Self::Service {
                whitelist: split(list)?,
            }),
            Some(("interface", name)) => Ok(Self::Interface {
                interface: ClientInterface::parse(name).ok_or(UnknownCaveat)?,
            }),
            _ => serde_json::from_str(text).map_err(|_| UnknownCaveat),
        }
    }
}

fn split<T: FromStr<Err = UnknownCaveat>>(list: &str) -> Result<Vec<T>, UnknownCaveat> {
    list.split(',').map(|entry| entry.trim().parse()).collect()
}

/// Reads a list that has something in it: one that allows nobody is a mistake.
fn some<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    let list = Vec::deserialize(from)?;
    if list.is_empty() {
        return Err(de::Error::custom("an empty list"));
    }
    Ok(list)
}

/// Writes and reads a type as its text.
macro_rules! as_text {
    ($($Type:ty),+) => {$(
        impl Serialize for $Type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $Type {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                String::deserialize(from)?.parse().map_err(de::Error::custom)
            }
        }
    )+};
}
as_text!(Network, Consumer, ServicePattern);

/// An address, or all that begin alike: `192.0.2.7`, `10.0.0.0/8`, `2001:db8::/32`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(IpNet);

impl Network {
    /// Whether `address` belongs to it.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Network {
    type Err = UnknownCaveat;

    fn from_str(text: &str) -> Result<Self, UnknownCaveat> {
        let single = || text.parse::<IpAddr>().map(IpNet::from);
        text.parse()
            .or_else(|_| single())
            .map(Self)
            .map_err(|_| UnknownCaveat)
    }
}

/// Who may use a token: one user, the members of a group, or any of their kind (`usr-*`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consumer {
    /// `usr-ID`, `usr-*`.
    User(Option<UserId>),
    /// `grp-ID`: an effective member; `grp-*`: a direct member of any group.
    Group(Option<GroupId>),
    /// `prv-ID`, `prv-*`: a provider; there is none here.
    Provider(String),
}

impl fmt::Display for Consumer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(Some(id)) => write!(f, "usr-{id}"),
            Self::User(None) => f.write_str("usr-*"),
            Self::Group(Some(id)) => write!(f, "grp-{id}"),
            Self::Group(None) => f.write_str("grp-*"),
            Self::Provider(id) => write!(f, "prv-{id}"),
        }
    }
}

impl FromStr for Consumer {
    type Err = UnknownCaveat;

    fn from_str(text: &str) -> Result<Self, UnknownCaveat> {
        match text.split_once('-') {
            Some(("usr", "*")) => Ok(Self::User(None)),
            Some(("grp", "*")) => Ok(Self::Group(None)),
            Some(("usr", id)) => Ok(Self::User(Some(id.parse().map_err(|_| UnknownCaveat)?))),
            Some(("grp", id)) => Ok(Self::Group(Some(id.parse().map_err(|_| UnknownCaveat)?))),
            Some(("prv", id)) if is_one_or_any(id) => Ok(Self::Provider(id.to_owned())),
            _ => Err(UnknownCaveat),
        }
    }
}

/// A service, such as `ozw-onezone`, or every one of its kind (`opw-*`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicePattern(String);

impl ServicePattern {
    /// Whether it names `service`.
    pub fn names(&self, service: &str) -> bool {
        let kind = self.0.strip_suffix('*');
        self.0 == service || kind.is_some_and(|kind| service.starts_with(kind))
    }
}

impl fmt::Display for ServicePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ServicePattern {
    type Err = UnknownCaveat;

    fn from_str(text: &str) -> Result<Self, UnknownCaveat> {
        match text.split_once('-') {
            Some(("ozw" | "ozp" | "opw" | "opp", id)) if is_one_or_any(id) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(UnknownCaveat),
        }
    }
}

fn is_one_or_any(id: &str) -> bool {
    id == "*" || id.parse::<UserId>().is_ok()
}

/// Whether a list allows or forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Filter {
    /// Only what is listed.
    Whitelist,
    /// Anything but what is listed.
    Blacklist,
}

/// What a client of the reference's services speaks. Here that is always REST.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClientInterface {
    /// The JSON API.
    Rest,
    /// The protocol of the data client.
    Oneclient,
    /// The protocol of the reference's pages.
    GraphSync,
}

impl ClientInterface {
    /// Every interface.
    pub const ALL: [Self; 3] = [Self::Rest, Self::Oneclient, Self::GraphSync];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rest => "rest",
            Self::Oneclient => "oneclient",
            Self::GraphSync => "graphsync",
        }
    }

    /// The interface called `name`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(json: Value) -> Option<Caveat> {
        serde_json::from_value(json).ok()
    }

    #[test]
    fn a_caveat_reads_back_from_both_of_its_forms() {
        for (json, text) in [
            (
                json!({"type": "time", "validUntil": 1_790_000_000}),
                "time < 1790000000",
            ),
            (
                json!({"type": "ip", "whitelist": ["10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32"]}),
                "ip = 10.0.0.0/8,192.0.2.7/32,2001:db8::/32",
            ),
            (
                json!({"type": "consumer", "whitelist": ["usr-joe", "grp-*", "prv-p1"]}),
                "consumer = usr-joe,grp-*,prv-p1",
            ),
            (
                json!({"type": "service", "whitelist": ["ozw-onezone", "opw-*"]}),
                "service = ozw-onezone,opw-*",
            ),
            (
                json!({"type": "interface", "interface": "rest"}),
                "interface = rest",
            ),
            (
                json!({"type": "data.readonly"}),
                r#"{"type":"data.readonly"}"#,
            ),
            (
                json!({"type": "geo.country", "filter": "blacklist", "list": ["PL"]}),
                r#"{"type":"geo.country","filter":"blacklist","list":["PL"]}"#,
            ),
        ] {
            let caveat = read(json.clone()).unwrap_or_else(|| panic!("{json}"));
            assert_eq!(caveat.to_string(), text);
            assert_eq!(text.parse(), Ok(caveat.clone()));
            assert_eq!(serde_json::to_value(&caveat).unwrap(), json);
        }
    }

    #[test]
    fn what_is_no_caveat_is_refused() {
        for text in [
            "",
            "time<1",
            "time < soon",
            "time < 1 ",
            "ip = ",
            "ip = 10.0.0.0/33",
            "ip = nowhere",
            "consumer = joe",
            "consumer = usr-",
            "service = onezone",
            "interface = soap",
            "moon = full",
            "{}",
        ] {
            assert_eq!(text.parse::<Caveat>(), Err(UnknownCaveat), "{text:?}");
        }
        for json in [
            json!(1),
            json!({"type": "time"}),
            json!({"type": "time", "validUntil": "soon"}),
            json!({"type": "ip", "whitelist": []}),
            json!({"type": "asn", "whitelist": ["x"]}),
            json!({"type": "geo.region", "list": ["EU"]}),
        ] {
            assert_eq!(read(json.clone()), None, "{json}");
        }
    }

    #[test]
    fn an_address_is_the_same_however_it_arrives() {
        let network: Network = "127.0.0.0/8".parse().unwrap();
        assert!(network.contains("::ffff:127.0.0.1".parse().unwrap()));
        assert!(!network.contains("::1".parse().unwrap()));
    }
}

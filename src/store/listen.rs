//! Hearing of commits: whoever appends to the feed of a PostgreSQL database notifies, and this waits
//! for it. The only thing that a second driver is for, because the one that queries cannot wait.
//!
//! Everything it needs is in the URL; libpq's files and variables are not read. Who cannot listen
//! looks from time to time instead, so nothing depends on this but how soon a change is seen.

use std::{future::poll_fn, time::Duration};

use tokio::sync::watch;
use tokio_postgres::{AsyncMessage, Config, NoTls, SimpleQueryMessage, config::SslMode};

use super::{StoreError, StoreResult, error::one_line};
use crate::domain::Sequence;

/// What of the URL both drivers understand alike.
const UNDERSTOOD: [&str; 10] = [
    "application_name",
    "connect_timeout",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "target_session_attrs",
    "user",
];

/// A server that is gone without a word is noticed as soon as by other connections.
const PATIENCE: Duration = Duration::from_secs(10);
const KEEPALIVE: Duration = Duration::from_secs(4);

/// Where a feed can be listened to.
#[derive(Clone)]
pub struct Listener {
    url: String,
}

/// Shows no password.
impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Listener(…)")
    }
}

/// A connection that hears of commits.
#[derive(Debug)]
pub struct Hearing {
    heard: watch::Receiver<Sequence>,
    /// The connection lasts as long as this.
    _client: tokio_postgres::Client,
}

impl Listener {
    /// `url` is one that libpq has connected to.
    pub(super) fn new(url: &str) -> Self {
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let is_understood = |pair: &&str| {
            let name = pair.split('=').next().unwrap_or_default();
            UNDERSTOOD.contains(&name)
        };
        let kept: Vec<_> = query.split('&').filter(is_understood).collect();
        let url = format!("{base}?{}", kept.join("&"));
        Self { url }
    }

    fn config(&self) -> Result<Config, tokio_postgres::Error> {
        let mut config: Config = self.url.parse()?;
        config
            .ssl_mode(SslMode::Disable)
            .tcp_user_timeout(PATIENCE)
            .keepalives_idle(KEEPALIVE);
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        if config.get_application_name().is_none() {
            config.application_name("onepanel");
        }
        Ok(config)
    }

    /// Begins to listen; what is committed from now on is heard of. Needs a runtime that drives it.
    pub async fn connect(&self) -> StoreResult<Hearing> {
        let connecting = async {
            let (client, mut connection) = self.config()?.connect(NoTls).await?;
            let (tell, heard) = watch::channel(Sequence(0));
            tokio::spawn(async move {
                while let Some(Ok(said)) = poll_fn(|context| connection.poll_message(context)).await
                {
                    if let AsyncMessage::Notification(said) = said
                        && let Ok(end) = said.payload().parse()
                    {
                        tell.send_replace(Sequence(end));
                    }
                }
            });
            // Every schema has a feed of its own, and nobody is woken by another's.
            let named = "SELECT 'onepanel_' || 'feed'::regclass::oid";
            let rows = client.simple_query(named).await?;
            let channel = rows.iter().find_map(|row| match row {
                SimpleQueryMessage::Row(row) => row.get(0),
                _ => None,
            });
            let listen = format!("LISTEN {}", channel.unwrap_or_default());
            client.batch_execute(&listen).await?;
            Ok(Hearing {
                heard,
                _client: client,
            })
        };
        connecting.await.map_err(refused)
    }
}

impl Hearing {
    /// Waits for a commit, and says where the feed ended then.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] if the connection is lost; nothing is heard any more.
    pub async fn next(&mut self) -> StoreResult<Sequence> {
        let lost = |_| StoreError::Unreachable("the connection that listens was lost".to_owned());
        self.heard.changed().await.map_err(lost)?;
        Ok(*self.heard.borrow_and_update())
    }
}

/// The driver repeats no values of a URL, and names what it does not understand.
fn refused(error: tokio_postgres::Error) -> StoreError {
    let reason = match (error.as_db_error(), std::error::Error::source(&error)) {
        (Some(said), _) => said.message().to_owned(),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    };
    StoreError::Unreachable(one_line(&reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(url: &str) -> Config {
        Listener::new(url).config().unwrap()
    }

    #[test]
    fn a_url_means_the_same_to_both_drivers() {
        let url = "postgres://u:p%40ss@h:1,[::1]:2/d?application_name=n&options=-csearch_path%3Ds\
                   &tcp_user_timeout=30000&sslmode=allow&passfile=/x&target_session_attrs=read-write";
        let config = config(url);
        assert_eq!(config.get_user(), Some("u"));
        assert_eq!(config.get_password(), Some(&b"p@ss"[..]));
        assert_eq!(
            (config.get_hosts().len(), config.get_ports()),
            (2, &[1, 2][..])
        );
        assert_eq!(config.get_dbname(), Some("d"));
        assert_eq!(config.get_options(), Some("-csearch_path=s"));
        assert_eq!(config.get_application_name(), Some("n"));
        assert_eq!(config.get_ssl_mode(), SslMode::Disable);
    }

    #[test]
    fn a_socket_is_a_path() {
        let config = config("postgres://u@%2Frun%2Fpostgresql/d");
        let socket = tokio_postgres::config::Host::Unix("/run/postgresql".into());
        assert_eq!(config.get_hosts(), [socket]);
    }

    #[test]
    fn no_complaint_holds_the_password() {
        for url in [
            "postgres://u:secret@h:secret/d",
            "postgres://u:secret@h/d?port=secret",
        ] {
            let error = Listener::new(url).config().unwrap_err();
            let said = refused(error).to_string();
            assert!(!said.contains("secret"), "{said}");
        }
        assert!(!format!("{:?}", Listener::new("postgres://u:secret@h/d")).contains("secret"));
    }
}

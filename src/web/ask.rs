//! One request: who claims to ask, what for, and the way to the service from an async handler.
//!
//! Taking an [`Ask`] from a request costs nothing, and fails only if the request does not say where it
//! goes; credentials are verified when the handler first reads or writes. Work on the database and on
//! passwords runs on blocking threads, never on the async workers.

use std::{future::Ready, net::IpAddr, sync::Arc};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::{
        Uri,
        header::{AUTHORIZATION, HOST, HeaderMap, REFERER},
        uri::Authority,
    },
    web,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use tokio::sync::OnceCell;

use super::{
    awaited::Awaited,
    fault::Fault,
    foresight::{self, Sent},
    forwarded::client_address,
    live::{LIVE, UNATTENDED},
    tags::only_if,
    wanted::{Wanted, is_api},
    watch::Noted,
};
use crate::{
    domain::{Action, Interface, Password},
    service::{
        AuthFailure, Credentials, Error, Input, Intent, OnlyIf, Panel, Permit, Reading, Request,
        SessionSecret, TokenCredentials, Writing,
    },
};

/// Why a change is made, for the audit trail.
const REASON: &str = "onepanel-reason";
/// As much of a reason is kept, in characters.
const REASON_LENGTH: usize = 500;

/// The cookie that holds a session's secret. The prefix makes browsers insist on HTTPS, this very
/// host and the whole path.
pub const SESSION_COOKIE: &str = "__Host-onepanel";
/// The same for the emergency interface. Cookies ignore ports, so the names must differ.
pub const EMERGENCY_COOKIE: &str = "__Host-onepanel-emergency";

/// What a request shows for an identity, as sent.
#[derive(Debug, Clone)]
enum Claim {
    Nothing,
    Session(SessionSecret),
    Token(TokenCredentials),
    Password {
        username: String,
        password: Password,
    },
    /// The emergency passphrase, in each way the header can be read.
    Passphrase(Vec<Password>),
    EmergencySession(SessionSecret),
    /// Basic credentials nobody understands.
    Nonsense,
}

/// One request, on its way to the service.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The panel that answers.
    pub panel: Arc<Panel>,
    /// The form of the answer.
    pub wanted: Wanted,
    /// Path and query, to come back to.
    pub here: String,
    /// For a write: path and query of the page of ours that it was sent from.
    pub sent_from: Option<String>,
    claim: Claim,
    address: Option<IpAddr>,
    interface: Interface,
    unattended: bool,
    only_if: Option<OnlyIf>,
    reason: Option<String>,
    intent: Intent,
    /// What a page sent.
    pub sent: Sent,
    verified: Arc<OnceCell<Request>>,
    /// What is noted of it.
    pub noted: Noted,
}

impl FromRequest for Ask {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Self::of(request))
    }
}

impl Ask {
    fn of(request: &HttpRequest) -> Result<Self, Fault> {
        let awaited = request
            .app_data::<web::Data<Awaited>>()
            .ok_or_else(|| Error::Internal("the panel is not attached".into()))?;
        let panel = Arc::clone(awaited.panel()?);
        check_host(request)?;
        // Neither interface takes the other's session.
        let is_emergency = request.app_data::<Interface>() == Some(&Interface::Emergency);
        let secret = |name| {
            request
                .cookie(name)
                .map(|cookie| SessionSecret::from_cookie(cookie.value()))
        };
        // The reference's order, which is another one on each port; a browser session comes last. What
        // else `Authorization` may hold says nothing here.
        let claim = if is_emergency {
            let session = secret(EMERGENCY_COOKIE).map(Claim::EmergencySession);
            let headers = request.headers();
            basic_of(headers)
                .map(passphrase_claim)
                .or_else(|| token_of(headers).map(|token| token_claim(headers, token)))
                .or(session)
        } else {
            let session = secret(SESSION_COOKIE).map(Claim::Session);
            let headers = request.headers();
            token_of(headers)
                .map(|token| token_claim(headers, token))
                .or_else(|| basic_of(headers).map(basic_claim))
                .or(session)
        }
        .unwrap_or(Claim::Nothing);
        let by_browser = matches!(claim, Claim::Session(_)) || !is_api(request.path());
        Ok(Self {
            panel,
            wanted: Wanted::by(request),
            here: request
                .uri()
                .path_and_query()
                .map(ToString::to_string)
                .unwrap_or_default(),
            sent_from: sent_from(request),
            claim,
            address: client_address(request),
            interface: match (is_emergency, by_browser) {
                (true, _) => Interface::Emergency,
                (false, true) => Interface::Browser,
                (false, false) => Interface::Api,
            },
            unattended: request.path() == LIVE || request.headers().contains_key(UNATTENDED),
            only_if: only_if(request),
            reason: reason_of(request.headers()),
            intent: foresight::intent(request),
            sent: Sent::of(request),
            verified: Arc::default(),
            noted: Noted::of(request),
        })
    }

    /// Whether it came through the emergency interface.
    pub fn is_emergency(&self) -> bool {
        self.interface == Interface::Emergency
    }

    /// Whether a browser session was shown, valid or not.
    pub fn has_session(&self) -> bool {
        matches!(self.claim, Claim::Session(_) | Claim::EmergencySession(_))
    }

    /// The secret of the session that was shown, valid or not.
    pub fn session(&self) -> Option<&SessionSecret> {
        match &self.claim {
            Claim::Session(secret) | Claim::EmergencySession(secret) => Some(secret),
            _ => None,
        }
    }

    /// The request as nobody's: for signing in, which must not depend on an old session.
    pub fn anonymous(&self) -> Request {
        self.request_with(Credentials::Nothing)
    }

    fn request_with(&self, credentials: Credentials) -> Request {
        Request {
            credentials,
            address: self.address,
            interface: self.interface,
            unattended: self.unattended,
            only_if: None,
            reason: self.reason.clone(),
            intent: Intent::default(),
        }
    }

    /// Is to do this and nothing else.
    pub(super) fn intend(&mut self, intent: Intent) {
        self.intent = intent;
        self.sent = Sent::default();
        self.verified = Arc::default();
    }

    /// The request with its credentials; a password is verified once.
    pub async fn request(&self) -> Result<Request, Fault> {
        self.verified
            .get_or_try_init(|| self.verify())
            .await
            .cloned()
    }

    async fn verify(&self) -> Result<Request, Fault> {
        let credentials = match &self.claim {
            Claim::Nothing => Credentials::Nothing,
            Claim::Session(secret) => Credentials::Session(secret.clone()),
            Claim::Token(tokens) => Credentials::Token(tokens.clone()),
            Claim::EmergencySession(secret) => Credentials::EmergencySession(secret.clone()),
            Claim::Passphrase(candidates) => {
                let candidates = candidates.clone();
                let hash = self
                    .hashing_passphrase(self.anonymous(), move |panel, request, permit| {
                        panel.verify_passphrase(request, permit, &candidates)
                    })
                    .await?;
                Credentials::VerifiedPassphrase(hash)
            }
            Claim::Nonsense => {
                return Err(Error::Unauthorized(Some(AuthFailure::BadBasicCredentials)).into());
            }
            Claim::Password { username, password } => {
                let (username, password) = (username.clone(), password.clone());
                let (user, hash) = self
                    .hashing(&username.clone(), move |panel, request, permit| {
                        panel.verify_password(request, permit, &username, &password)
                    })
                    .await?;
                Credentials::Verified(user, hash)
            }
        };
        Ok(Request {
            only_if: self.only_if.clone(),
            intent: foresight::told(&self.intent, &self.sent),
            reason: self.reason.clone().or_else(|| self.sent.reason()),
            ..self.request_with(credentials)
        })
    }

    /// Runs work that hashes a password for `account`, as nobody: throttled attempts do not even
    /// queue, and only a few hash at a time.
    pub async fn hashing<T: Send + 'static>(
        &self,
        account: &str,
        work: impl FnOnce(&Panel, &Request, &Permit) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Fault> {
        let request = self.anonymous();
        let (panel, asked, account) =
            (Arc::clone(&self.panel), request.clone(), account.to_owned());
        blocking(move || panel.check_throttle(&account, &asked)).await?;
        self.hashing_as(request, work).await
    }

    /// Runs work that hashes the emergency passphrase: throttled sources do not even queue, and
    /// nobody queues behind the hosted interface.
    pub async fn hashing_passphrase<T: Send + 'static>(
        &self,
        request: Request,
        work: impl FnOnce(&Panel, &Request, &Permit) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Fault> {
        let (panel, asked) = (Arc::clone(&self.panel), request.clone());
        blocking(move || panel.check_passphrase_throttle(&asked)).await?;
        let permit = self.panel.emergency_passwords.permit().await?;
        let panel = Arc::clone(&self.panel);
        blocking(move || work(&panel, &request, &permit)).await
    }

    /// Runs work that hashes a password, for an asker who is known.
    pub async fn hashing_as<T: Send + 'static>(
        &self,
        request: Request,
        work: impl FnOnce(&Panel, &Request, &Permit) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Fault> {
        let permit = self.panel.passwords.permit().await?;
        let panel = Arc::clone(&self.panel);
        blocking(move || work(&panel, &request, &permit)).await
    }

    /// Ends the session that was shown, if one was.
    pub async fn sign_out(&self) -> Result<(), Fault> {
        let Some(secret) = self.session().cloned() else {
            return Ok(());
        };
        let request = self.request().await?;
        let panel = Arc::clone(&self.panel);
        let is_emergency = self.is_emergency();
        blocking(move || {
            if is_emergency {
                panel.emergency_sign_out(&request, &secret)
            } else {
                panel.sign_out(&request, &secret)
            }
        })
        .await
    }

    /// Refuses bad credentials, which come before everything else. To have none is fine.
    pub async fn check_credentials(&self) -> Result<(), Fault> {
        match self.claim {
            Claim::Nothing => Ok(()),
            _ => self.read(|_| Ok(())).await,
        }
    }

    /// Looks something up that is public, whoever asks.
    pub async fn read_as_nobody<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Reading<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Fault> {
        let request = self.anonymous();
        let panel = Arc::clone(&self.panel);
        blocking(move || panel.read(&request, work)).await
    }

    /// Looks something up.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Reading<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Fault> {
        self.read_and(work, Ok).await
    }

    /// Looks something up and makes something of it, on one thread; while the latter is done, others may
    /// change things again.
    pub async fn read_and<Found, T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Reading<'_>) -> Result<Found, Error> + Send + 'static,
        then: impl FnOnce(Found) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let request = self.request().await?;
        let (panel, noted) = (Arc::clone(&self.panel), self.noted.clone());
        blocking(move || {
            let found = panel.read(&request, |r| {
                noted.asker(&r.caller);
                work(r)
            })?;
            then(found)
        })
        .await
    }

    /// Runs work that is more than one look or one change.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Panel, &Request) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Fault> {
        let request = self.request().await?;
        let panel = Arc::clone(&self.panel);
        blocking(move || work(&panel, &request)).await
    }

    /// Changes something. Broken JSON is refused after bad credentials and before anything else.
    pub async fn write<T: Send + 'static>(
        &self,
        action: Action,
        input: Input,
        work: impl FnOnce(&mut Writing<'_>, &Input) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Fault> {
        let request = self.request().await?;
        let (panel, noted) = (Arc::clone(&self.panel), self.noted.clone());
        blocking(move || {
            panel.write(&request, action, |w| {
                noted.asker(&w.caller);
                input.check_parsed()?;
                work(w, &input)
            })
        })
        .await
    }
}

async fn blocking<T: Send + 'static, E: Into<Fault> + Send + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, Fault> {
    // What is logged on the way belongs to the request, on whichever thread.
    let span = tracing::Span::current();
    match web::block(move || span.in_scope(work)).await {
        Ok(done) => done.map_err(Into::into),
        Err(_) => Err(Error::Busy.into()),
    }
}

fn sent_from(request: &HttpRequest) -> Option<String> {
    if request.method().is_safe() {
        return None;
    }
    let page: Uri = request
        .headers()
        .get(REFERER)?
        .to_str()
        .ok()?
        .parse()
        .ok()?;
    (page.authority().map(Authority::as_str) == host(request))
        .then(|| page.path_and_query().map(ToString::to_string))?
}

/// Under which name and port the client knows this panel: `Host`, or what stands for it in HTTP/2.
/// `connection_info` would believe anybody's `Forwarded` and `X-Forwarded-Host`.
pub fn host(request: &HttpRequest) -> Option<&str> {
    let host = request.headers().get(HOST);
    host.and_then(|host| host.to_str().ok())
        .or_else(|| request.uri().authority().map(Authority::as_str))
}

/// `Host` ends up in addresses that are answered, so it must be the name of a host. An address in the
/// first line has been read as one already.
fn check_host(request: &HttpRequest) -> Result<(), Fault> {
    let Some(host) = request.headers().get(HOST) else {
        return Ok(());
    };
    let text = host.to_str().unwrap_or_default();
    match text.parse::<Authority>() {
        Ok(_) if !text.contains('@') => Ok(()),
        _ => Err(Fault::NoHost),
    }
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let value = headers.get(name)?;
    Some(value.to_str().unwrap_or_default())
}

/// What follows a scheme in `Authorization`.
fn authorization<'h>(headers: &'h HeaderMap, scheme: &str) -> Option<&'h str> {
    let said = header(headers, AUTHORIZATION.as_str())?;
    let (said, rest) = said.split_once(' ').unwrap_or((said, ""));
    said.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}

/// Why a change is made, in one line.
fn reason_of(headers: &HeaderMap) -> Option<String> {
    let said = String::from_utf8_lossy(headers.get(REASON)?.as_bytes());
    in_one_line(&said)
}

/// A reason as it is kept, if anything is left of it.
pub(super) fn in_one_line(said: &str) -> Option<String> {
    let plain = said.trim().chars().filter(|one| !one.is_control());
    let reason: String = plain.take(REASON_LENGTH).collect();
    (!reason.is_empty()).then_some(reason)
}

fn basic_of(headers: &HeaderMap) -> Option<&str> {
    authorization(headers, "basic")
}

/// The token a request shows, in the first of three headers. No browser shows one by itself.
pub fn token_of(headers: &HeaderMap) -> Option<&str> {
    header(headers, "x-auth-token")
        .or_else(|| authorization(headers, "bearer").filter(|token| !token.is_empty()))
        .or_else(|| header(headers, "macaroon"))
}

fn token_claim(headers: &HeaderMap, token: &str) -> Claim {
    let beside = |name| header(headers, name).map(ToOwned::to_owned);
    Claim::Token(TokenCredentials {
        token: token.to_owned(),
        service: beside("x-onedata-service-token"),
        consumer: beside("x-onedata-consumer-token"),
    })
}

/// On the emergency interface the whole text may be the passphrase, or what follows `onepanel:`.
fn passphrase_claim(encoded: &str) -> Claim {
    let decoded = BASE64_STANDARD.decode(encoded).ok();
    let Some(text) = decoded.and_then(|bytes| String::from_utf8(bytes).ok()) else {
        return Claim::Nonsense;
    };
    let behind_name = text.strip_prefix("onepanel:").map(Password::attempt);
    Claim::Passphrase(
        behind_name
            .into_iter()
            .chain([Password::attempt(text.clone())])
            .collect(),
    )
}

/// RFC 7617: the username ends at the first colon.
fn basic_claim(encoded: &str) -> Claim {
    let decoded = BASE64_STANDARD
        .decode(encoded)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    match decoded.as_deref().and_then(|text| text.split_once(':')) {
        Some((username, password)) => Claim::Password {
            username: username.to_owned(),
            password: Password::attempt(password),
        },
        None => Claim::Nonsense,
    }
}

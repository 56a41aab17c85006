//! The web certificate of both listeners: a page with two forms, and the same as JSON.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};

use super::{
    answers::WebCertificate,
    host_name,
    inside::inside,
    left_behind, show,
    view::{CertificatePage, EmergencyPlace},
};
use crate::{
    domain::Timestamp,
    service::{
        CertificateSource, Error, Flaw, Input, Problem,
        certificates::{self, InUse, Status},
    },
    web::{
        ask::Ask,
        body::Body,
        fault::Fault,
        layout::{Control, Field, Notice},
        reply::{done, no_content},
        wanted::Wanted,
    },
};

const PAGE: &str = "/certificate";
const DAY: i64 = 24 * 3600;

/// `GET /certificate`, and `GET web_cert` (`get_web_cert`), which members may see too.
pub async fn get(request: HttpRequest, ask: Ask) -> Result<HttpResponse, Fault> {
    if ask.wanted == Wanted::Json {
        return object(&request, &ask).await;
    }
    let mut page = page(&request, &ask).await?;
    page.frame = page.frame.saying(left_behind(&request));
    show(StatusCode::OK, &request, &page)
}

/// `POST /certificate`, and `POST web_cert`: takes `chain` and `key` into use.
pub async fn upload(
    request: HttpRequest,
    ask: Ask,
    body: Result<Body, Fault>,
) -> Result<HttpResponse, Fault> {
    let input = match body {
        Ok(Body(input)) => input,
        Err(Fault::TooLarge) if ask.wanted != Wanted::Json => {
            let mut page = page(&request, &ask).await?;
            page.chain.error = Some(said(&Problem::Certificate(certificates::TOO_LONG)));
            return show(StatusCode::PAYLOAD_TOO_LARGE, &request, &page);
        }
        Err(fault) => return Err(fault),
    };
    let host = host_name(&request);
    let typed = input.clone();
    let changed = ask
        .run(move |panel, asked| panel.upload_certificate(asked, &host, &input))
        .await;
    answer(&request, &ask, changed, &typed).await
}

/// `POST /certificate/self-signed`, and `POST web_cert/self_signed`: makes one for `names`.
pub async fn make(request: HttpRequest, ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let host = host_name(&request);
    let typed = input.clone();
    let changed = ask
        .run(move |panel, asked| panel.make_certificate(asked, &host, &input))
        .await;
    answer(&request, &ask, changed, &typed).await
}

/// What follows a change, or the page with what is wrong in its place and what was typed in its.
async fn answer(
    request: &HttpRequest,
    ask: &Ask,
    changed: Result<String, Fault>,
    typed: &Input,
) -> Result<HttpResponse, Fault> {
    let refused = match changed {
        Ok(_) if ask.wanted == Wanted::Json => return object(request, ask).await,
        Ok(fingerprint) => {
            let notice = Notice::success(format!(
                "Another certificate is in use for new connections. Your browser may ask whether to \
                 trust it; its SHA-256 fingerprint is {fingerprint}."
            ));
            return Ok(done(ask, no_content(), &notice, PAGE));
        }
        Err(Fault::Refused(refused)) if ask.wanted != Wanted::Json => refused,
        Err(fault) => return Err(fault),
    };
    let (key, error) = match &refused {
        Error::BadValue { key, problem } => (key.as_str(), said(problem)),
        Error::MissingRequiredValue(key) => (*key, refused.to_string()),
        _ => return Err(refused.into()),
    };
    let mut page = page(request, ask).await?;
    if let Some(names) = typed.field("names") {
        page.names = Field::holding(names);
    }
    page.chain = Field::holding(certificates::presentable(
        typed.field("chain").unwrap_or_default(),
    ));
    let field = match key {
        "chain" => &mut page.chain,
        "key" => &mut page.key,
        "names" => &mut page.names,
        _ => return Err(refused.into()),
    };
    field.error = Some(error);
    page.offers_anyway = matches!(
        refused,
        Error::BadValue {
            problem: Problem::Certificate(Flaw::OtherHost { .. }),
            ..
        }
    );
    show(StatusCode::BAD_REQUEST, request, &page)
}

fn said(problem: &Problem) -> String {
    format!("It {problem}.")
}

async fn page(request: &HttpRequest, ask: &Ask) -> Result<CertificatePage, Fault> {
    let own = ask.session().cloned();
    let host = host_name(request);
    ask.read(move |r| {
        let place = inside(r, own.as_ref())?;
        let in_use = certificates::in_use(r, &host)?;
        Ok(CertificatePage {
            frame: place.frame("Web certificate", EmergencyPlace::Certificate),
            left: left(in_use.facts.expires(), r.now),
            warnings: warnings(&in_use),
            origin: origin(&in_use),
            change: change(&in_use.source),
            chain: Field::default(),
            key: Field::default(),
            offers_anyway: false,
            names: Field::holding(in_use.facts.names.join("\n")),
            facts: in_use.facts,
        })
    })
    .await
}

fn left(expires: Timestamp, now: Timestamp) -> String {
    match (expires.0 - now.0) / DAY {
        _ if expires < now => "over".to_owned(),
        0 => "within a day".to_owned(),
        1 => "in 1 day".to_owned(),
        days => format!("in {days} days"),
    }
}

fn warnings(in_use: &InUse) -> Vec<String> {
    let facts = &in_use.facts;
    let status = match in_use.status {
        Status::Valid => None,
        Status::NearExpiration => Some(format!("It expires on {}. Renew it.", facts.expires())),
        Status::Expired => Some(format!(
            "It expired on {}. Browsers refuse it: replace it.",
            facts.expires()
        )),
        Status::NotYet => Some(format!("It is not valid before {}.", facts.begins())),
        Status::DomainMismatch => Some(format!(
            "It is not for {}: browsers warn about it.",
            in_use.hosts.join(" or ")
        )),
    };
    let trouble = in_use.trouble.as_ref();
    let trouble = trouble.map(|why| format!("Its files were changed and cannot be used: {why}"));
    status.into_iter().chain(trouble).collect()
}

fn origin(in_use: &InUse) -> String {
    match &in_use.source {
        CertificateSource::Own(_) => "Kept by this panel".to_owned(),
        CertificateSource::Given { cert, key } => {
            format!("Files: {} with the key {}", cert.display(), key.display())
        }
    }
}

fn change(source: &CertificateSource) -> Control {
    match source {
        CertificateSource::Own(_) => Control::Enabled,
        CertificateSource::Given { .. } => Control::Disabled(
            "This panel was started with --tls-cert and --tls-key. Replace those files on its \
             machine: they are taken into use as soon as both have changed."
                .to_owned(),
        ),
    }
}

async fn object(request: &HttpRequest, ask: &Ask) -> Result<HttpResponse, Fault> {
    let host = host_name(request);
    let in_use = ask.read(move |r| certificates::in_use(r, &host)).await?;
    Ok(HttpResponse::Ok().json(WebCertificate::from(in_use)))
}

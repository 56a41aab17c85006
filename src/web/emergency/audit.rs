//! The audit page of the emergency interface: what has happened to its cluster.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};

use super::{
    inside::inside,
    left_behind, show,
    view::{EmergencyAuditPage, EmergencyPlace},
};
use crate::{
    service::Reading,
    web::{
        ask::Ask,
        audit::{
            self, Whose,
            view::Row,
            words::{Piece, Sentence},
        },
        body::Query,
        fault::Fault,
        layout::EMERGENCY_API,
    },
};

/// `GET /audit`.
pub async fn get(request: HttpRequest, ask: Ask, query: Query) -> Result<HttpResponse, Fault> {
    let (own, notice) = (ask.session().cloned(), left_behind(&request));
    let page = ask
        .read(move |r: &mut Reading<'_>| {
            let place = inside(r, own.as_ref())?.saying(notice);
            let whose = Whose::Cluster(r.cluster.clone());
            let (rows, more) = audit::rows(r, &query, &whose)?;
            Ok(EmergencyAuditPage {
                frame: place.frame("Audit", EmergencyPlace::Audit),
                name: place.cluster.name.clone(),
                csv: audit::file(&resource(), &query, "csv"),
                jsonl: audit::file(&resource(), &query, "jsonl"),
                is_part: ["q", "actor"].iter().any(|key| query.has(key)),
                search: query.get("q").unwrap_or_default().to_owned(),
                rows: rows.into_iter().map(without_links).collect(),
                more: more.map(|query| format!("/audit?{query}")),
            })
        })
        .await?;
    show(StatusCode::OK, &request, &page)
}

/// `list_panel_audit_entries`.
fn resource() -> String {
    format!("{EMERGENCY_API}/cluster/audit")
}

/// The pages that the names lead to are at the other port.
fn without_links(row: Row) -> Row {
    let plain = |piece| match piece {
        Piece::Thing { name, .. } => Piece::Thing { name, url: None },
        text @ Piece::Text(_) => text,
    };
    let sentence = |told: Sentence| Sentence {
        pieces: told.pieces.into_iter().map(plain).collect(),
        ..told
    };
    Row {
        sentences: row.sentences.into_iter().map(sentence).collect(),
        by_same: format!("/audit?actor={}", row.by),
        undo: None,
        ..row
    }
}

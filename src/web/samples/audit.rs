//! Samples of the audit pages.

use super::{ARABIC, HOSTILE, actor, long_name, put};
use crate::web::{
    audit::{
        view::{Asked, AuditPage, Row, UndoPage},
        words::{Piece, Sentence},
    },
    layout::{Layout, Place},
};

pub fn add(list: &mut Vec<(String, String)>) {
    let page = |rows: Vec<Row>| AuditPage {
        layout: Layout::new("Audit", actor(), Place::Audit),
        icon: "audit",
        of: Some(HOSTILE.into()),
        up: Some(("/account".into(), "Account")),
        page: "/audit".into(),
        asked: asked(),
        forbidden: None,
        more: (!rows.is_empty()).then(|| "/audit?q=a%26b&after=7".to_owned()),
        rows,
        csv: "/api/v3/onezone/audit?format=csv".into(),
        jsonl: "/api/v3/onezone/audit?format=jsonl".into(),
    };
    let full = page(vec![row(9, true), row(8, false)]);
    put(list, "audit.html", &full);
    put(list, "audit.part.html", &full.as_content());
    put(list, "audit-entries.part.html", &full.as_entries());
    put(list, "audit-rows.part.html", &full.as_rows());
    put(list, "audit-empty.html", &page(Vec::new()));
    let forbidden = AuditPage {
        forbidden: Some("Insufficient privileges.".into()),
        ..page(Vec::new())
    };
    put(list, "audit-forbidden.html", &forbidden);
    for (name, refused) in [
        ("audit-undo.html", None),
        (
            "audit-undo-refused.html",
            Some("This was changed again since.".to_owned()),
        ),
    ] {
        let undo = UndoPage {
            layout: Layout::new("Undo", actor(), Place::Audit),
            back: "/audit".into(),
            action: "/api/v3/onezone/audit/9/undo".into(),
            who: HOSTILE.into(),
            when: "2026-11-22 10:30 UTC".into(),
            sentences: vec![sentence()],
            refused,
        };
        put(list, name, &undo);
    }
}

fn asked() -> Asked {
    Asked {
        search: HOSTILE.into(),
        actor: Some(("user:u1".into(), ARABIC.into())),
        actions: vec![
            ("add_member", "add member".into(), true),
            ("leave", "leave".into(), false),
        ],
        since: "2026-11-21".into(),
        until: String::new(),
        error: Some("The value 'until' has a shape that is not understood.".into()),
    }
}

fn sentence() -> Sentence {
    let thing = |name: &str, url: Option<&str>| Piece::Thing {
        name: name.to_owned(),
        url: url.map(ToOwned::to_owned),
    };
    Sentence {
        pieces: vec![
            Piece::Text("added group ".into()),
            thing(HOSTILE, Some("/groups/g1")),
            Piece::Text(" to cluster ".into()),
            thing(&long_name(), None),
        ],
        before: Some("“View cluster”".into()),
    }
}

fn row(sequence: i64, is_recent: bool) -> Row {
    Row {
        sequence,
        who: HOSTILE.into(),
        by: "user:u1".into(),
        by_same: "/audit?actor=user:u1".into(),
        sentences: vec![sentence(), sentence()],
        others: usize::from(is_recent),
        time: "2026-11-22T10:30:00Z".into(),
        exact: "2026-11-22 10:30 UTC".into(),
        ago: is_recent.then(|| "just now".to_owned()),
        through: "in the browser",
        address: Some("192.0.2.1".into()),
        reason: is_recent.then(|| HOSTILE.to_owned()),
        undo: is_recent.then(|| "/audit/9/undo".to_owned()),
    }
}

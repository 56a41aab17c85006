//! A whole review as a file.

use serde_json::Value;

use crate::support::panel::{API, TestPanel};

#[test]
fn a_review_is_had_as_a_table_of_everybody() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let path = format!("{API}/clusters/lapland/review");
    let total = admin.get(&path).send().expect(200).json()["total"].clone();
    let answer = admin
        .get(&format!("{path}?format=csv&limit=1"))
        .send()
        .expect(200);
    let named = answer.header("content-disposition");
    assert_eq!(named, Some("attachment; filename=\"review.csv\""));
    let mut table = csv::Reader::from_reader(answer.text().as_bytes());
    let head = table.headers().expect("a head").clone();
    let column = |name: &str| head.iter().position(|one| one == name).expect("a column");
    let rows: Vec<_> = table.records().map(|row| row.expect("a row")).collect();
    assert_eq!(Value::from(rows.len()), total);
    let joe = rows.iter().find(|row| &row[column("id")] == "joe");
    let joe = joe.expect("joe");
    assert_eq!(&joe[column("cluster_view")], "both", "{joe:?}");
    assert_eq!(&joe[column("cluster_view_privileges")], "inherited");
    assert_eq!(&joe[column("cluster_set_privileges")], "");
    assert!(joe[column("comesIn")].starts_with("directly; "), "{joe:?}");

    let lines = admin.get(&format!(
        "{path}?format=jsonl&privilege=cluster_set_privileges"
    ));
    let lines = lines.send().expect(200);
    for line in lines.text().lines() {
        let member: Value = serde_json::from_str(line).expect("JSON on each line");
        let privileges = member["privileges"].as_array().expect("privileges");
        assert!(
            privileges.contains(&"cluster_set_privileges".into()),
            "{line}"
        );
    }
    let admin = panel.user("admin");
    let page = admin.get("/clusters/lapland/review?kind=groups").page();
    let page = page.send().expect(200).html();
    let file = page.attribute(".legend a", "href");
    let file = admin.get(&file.expect("a link to the file"));
    let file = file.send().expect(200);
    assert!(
        file.text()
            .lines()
            .skip(1)
            .all(|row| row.starts_with("group,"))
    );
}

#[test]
fn a_file_of_a_review_is_refused_before_it_begins() {
    let panel = TestPanel::demo();
    let path = format!("{API}/clusters/lapland/review");
    let vera = panel.basic("vera");
    let refused = vera.get(&format!("{path}?format=csv"));
    refused.send().expect(403);
    let admin = panel.basic("admin");
    for query in [
        "format=xls",
        "format=csv&idleDays=x",
        "format=csv&after=ghost",
    ] {
        let refused = admin.get(&format!("{path}?{query}"));
        refused.send().expect(400);
    }
}

//! Consequences on pages without the script, and as a table.

use crate::support::{
    client::{Answer, Client},
    html::Html,
    panel::{API, TestPanel},
};

const REMOVE: &str = "/clusters/lapland/members/remove?member=group:science";
const MEMBERS: &str = "/clusters/lapland/members";

/// Sends the form of a page as it stands, with these fields as well.
fn submit(client: &Client, page: &Html, also: &[(&str, &str)]) -> Answer {
    let form = "form:has([name=foreseen])";
    let action = page.attribute(form, "action").expect("where it goes");
    let names = page.attributes(&format!("{form} input[type=hidden]"), "name");
    let values = page.attributes(&format!("{form} input[type=hidden]"), "value");
    let fields = names.iter().zip(&values);
    let fields: Vec<_> = fields
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .chain(also.iter().copied())
        .collect();
    client.post(&action).page().form(&fields).send()
}

#[test]
fn a_plain_form_whose_consequences_have_changed_asks_again_with_what_it_held() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let shown = admin.get(REMOVE).page().send().expect(200).html();
    let join = format!("{API}/groups/science/users/nils");
    panel.basic("admin").put(&join).send().expect(201);
    let asks = submit(&admin, &shown, &[("reason", "Ticket 7")]).expect(409);
    assert!(asks.text().contains("Something has changed meanwhile"));
    panel
        .basic("admin")
        .get(&format!("{API}/clusters/lapland/groups/science"))
        .send()
        .expect(200);
    let done = submit(&admin, &asks.html(), &[]).expect(303);
    assert_eq!(done.location(), MEMBERS);
    panel
        .basic("admin")
        .get(&format!("{API}/clusters/lapland/groups/science"))
        .send()
        .expect(404);
    // The reason that was given first is kept through the second question.
    let trail = format!("{API}/clusters/lapland/audit?limit=1");
    let entry = panel.basic("admin").get(&trail).send().expect(200).json();
    assert_eq!(entry["entries"][0]["reason"], "Ticket 7", "{entry}");
}

#[test]
fn consequences_are_had_as_a_table_of_everybody() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let shown = admin.get(REMOVE).page().send().expect(200).html();
    let export = shown
        .attribute("[data-export]", "formaction")
        .expect("where it is");
    let fields = [("back", MEMBERS)];
    let answer = admin.post(&export).page().form(&fields).send().expect(200);
    let mut table = csv::Reader::from_reader(answer.text().as_bytes());
    let rows: Vec<_> = table.records().map(|row| row.expect("a row")).collect();
    let path = format!("{API}/clusters/lapland/groups/science?dryRun=true");
    let foreseen = panel.basic("admin").delete(&path).send().expect(200).json();
    let lost = rows.iter().filter(|row| &row[3] == "loses access").count();
    assert_eq!(foreseen["lostAccess"]["count"], lost, "{rows:?}");
    panel
        .basic("admin")
        .get(&format!("{API}/clusters/lapland/groups/science"))
        .send()
        .expect(200);
}

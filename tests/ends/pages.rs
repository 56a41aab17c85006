//! Ends on pages, without the script: what is said, and the forms.

use serde_json::{Value, json};

use super::{HOUR, end_of, newest, set};
use crate::support::{
    client::{Answer, Client},
    html::Html,
    panel::{API, TestPanel},
};

const VERA: &str = "clusters/lapland/users/vera";
const MEMBERS: &str = "/clusters/lapland/members";

fn page(client: &Client, path: &str) -> Html {
    client.get(path).page().send().expect(200).html()
}

/// Sends the form of the dialog.
fn send(client: &Client, membership: &str, end: &str) -> Answer {
    let form = client.post(&format!("{API}/{membership}/end?_method=put"));
    let form = form.page().header("sec-fetch-site", "same-origin");
    form.form(&[("back", MEMBERS), ("endsAt", end)]).send()
}

/// A moment as a form sends it.
fn minute(moment: i64) -> String {
    onepanel::domain::Timestamp(moment).minute()
}

#[test]
fn the_members_page_says_until_when_and_how_many_end_soon() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    assert_eq!(page(&admin, MEMBERS).count(".ends, .hint"), 0);
    let end = panel.now() + 30 * 24 * HOUR;
    set(&admin, VERA, &json!(end)).expect(204);
    let shown = page(&admin, MEMBERS);
    let said = format!("until {}", onepanel::domain::Timestamp(end));
    assert_eq!(shown.text("#m-user-vera .ends"), said);
    assert_eq!(shown.count(".soon, .hint"), 0);
    let end = panel.now() + 50 * HOUR;
    set(&admin, VERA, &json!(end)).expect(204);
    let shown = page(&admin, MEMBERS);
    let said = format!("ends in 2 days, {}", onepanel::domain::Timestamp(end));
    assert_eq!(shown.text("#m-user-vera .ends.soon"), said);
    let hint = "1 direct membership here ends within the next 7 days.";
    assert_eq!(shown.text(".hint"), hint);
    // Whose it is reads it on the overview.
    let overview = page(&panel.user("vera"), "/clusters/lapland");
    let said = format!("Your direct membership {said}.");
    assert!(overview.text("main").contains(&said));
    // Whoever may not list the members is not told how many.
    let nils = panel.user("nils");
    nils.get(MEMBERS).page().send().expect(403);
    // A path is as long as its shortest membership.
    let path = "groups/science/users/helena";
    set(&admin, path, &json!(end)).expect(204);
    let open = page(
        &admin,
        &format!("{MEMBERS}?view=effective&member=user:helena"),
    );
    let said = format!("Until {}", onepanel::domain::Timestamp(end));
    assert!(open.text("#m-user-helena .paths").contains(&said));
    assert_eq!(open.count("#m-user-helena .row .ends"), 0, "not direct");
}

#[test]
fn the_dialog_sets_changes_and_removes_an_end_without_the_script() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let dialog = format!("{MEMBERS}/end?member=user:vera&back={MEMBERS}");
    let empty = page(&admin, &dialog);
    assert_eq!(empty.attribute("#f-end", "value").as_deref(), Some(""));
    assert!(empty.text(".dialog").contains("does not end by itself"));
    assert_eq!(empty.count("button[form=no-end]"), 0);
    let end = minute(panel.now() + 3 * HOUR);
    let sent = send(&admin, VERA, &end).expect(303);
    assert!(sent.location().ends_with(MEMBERS), "{sent}");
    let filled = page(&admin, &dialog);
    assert_eq!(filled.attribute("#f-end", "value"), Some(end));
    assert_eq!(filled.count("button[form=no-end]"), 1);
    // What cannot be is shown again, with what is wrong.
    for wrong in [minute(panel.now() - HOUR).as_str(), "soon"] {
        let again = send(&admin, VERA, wrong).expect(400).html();
        assert_eq!(again.attribute("#f-end", "value").as_deref(), Some(wrong));
        assert!(again.text("#e-end").contains("The end must be"));
    }
    send(&admin, VERA, "").expect(303);
    assert_eq!(end_of(&admin, VERA), Value::Null);
    // Whoever may not set it is told why, and has nothing to send.
    let mia = page(&panel.user("mia"), &dialog);
    assert!(mia.text(".dialog .forbidden").contains("Set privileges"));
    assert_eq!(mia.count("#f-end"), 0);
}

#[test]
fn an_end_is_given_with_joining_and_with_adding_a_group() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let end = panel.now() + 48 * HOUR;
    let end = end - end % 60;
    admin
        .delete(&format!("{API}/clusters/lapland/groups/science"))
        .send()
        .expect(204);
    for (member, dialog) in [("users/nils", "join"), ("groups/science", "add")] {
        let shown = page(&admin, &format!("{MEMBERS}/{dialog}"));
        // admin is a member already, and so is offered nothing to join.
        assert!(shown.count("#f-end") <= 1);
        let path = format!("clusters/lapland/{member}");
        let form = admin.post(&format!("{API}/{path}?_method=put"));
        let form = form.page().header("sec-fetch-site", "same-origin");
        let fields = [("back", MEMBERS), ("endsAt", &*minute(end))];
        form.form(&fields).send().expect(303);
        assert_eq!(end_of(&admin, &path), end);
        assert_eq!(newest(&admin, "clusters/lapland")["action"], "add_member");
    }
    // An empty field is no end.
    admin
        .delete(&format!("{API}/clusters/lapland/users/nils"))
        .send()
        .expect(204);
    let form = admin.post(&format!("{API}/clusters/lapland/users/nils?_method=put"));
    let form = form.page().header("sec-fetch-site", "same-origin");
    form.form(&[("endsAt", "")]).send().expect(303);
    assert_eq!(end_of(&admin, "clusters/lapland/users/nils"), Value::Null);
}

#[test]
fn an_explanation_says_until_when_a_grant_is_there() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let end = panel.now() + HOUR;
    set(&admin, VERA, &json!(end)).expect(204);
    let path = format!("{API}/clusters/lapland/effective_users/vera/explanation");
    let shown = page(&admin, &path);
    let said = format!("Until {}", onepanel::domain::Timestamp(end));
    assert!(
        shown.text("#grant-1").contains(&said),
        "{}",
        shown.text("main")
    );
}

//! What must hold of every page, whatever is in it.

use super::all;

/// The attributes and tags a strict policy would stop, or that would be somebody else's code.
const FORBIDDEN: [&str; 7] = [
    " style=",
    "hx-on",
    "\"js:",
    "<style",
    "javascript:",
    " onclick",
    "<script>",
];

#[test]
fn every_sample_renders_and_keeps_to_the_policy() {
    for (name, html) in all() {
        assert!(!html.starts_with("FAILED"), "{name}: {html}");
        for forbidden in FORBIDDEN {
            assert!(!html.contains(forbidden), "{name} has {forbidden}");
        }
        for script in html.split("<script").skip(1) {
            assert!(
                script.starts_with(" src=\"/static/"),
                "{name}: a script without a file"
            );
        }
        for trigger in attributes(&html, "hx-trigger") {
            assert!(!trigger.contains('['), "{name}: a trigger with a filter");
        }
    }
}

#[test]
fn names_are_shown_as_text() {
    let shown = all()
        .iter()
        .filter(|(_, html)| html.contains("&#60;script&#62;alert(1)"))
        .count();
    assert!(shown > 10, "only {shown} samples show the hostile name");
}

#[test]
fn every_write_is_a_form_that_works_without_the_script() {
    for (name, html) in all() {
        for form in html.split("<form").skip(1) {
            let tag = form.split('>').next().unwrap_or_default();
            let action = attributes(tag, "action").join("");
            assert!(
                action.starts_with('/'),
                "{name}: a form that leads to {action:?}"
            );
            for verb in ["patch", "put", "delete"] {
                if !attributes(tag, &format!("hx-{verb}")).is_empty() {
                    assert!(
                        action.contains(&format!("_method={verb}")),
                        "{name}: {action} does not say {verb}"
                    );
                }
            }
            let method = attributes(tag, "method").join("");
            assert!(["get", "post"].contains(&method.as_str()), "{name}: {tag}");
            if method == "get" {
                assert!(!action.contains('?'), "{name}: a query that the form drops");
            }
        }
    }
}

#[test]
fn every_link_leads_somewhere_and_every_control_has_a_name() {
    for (name, html) in all() {
        for link in html.split("<a ").skip(1) {
            let tag = link.split('>').next().unwrap_or_default();
            let href = attributes(&format!(" {tag}"), "href").join("");
            let local = href.starts_with('/') || href.starts_with("https://") || href == "#content";
            assert!(local, "{name}: a link to {href:?}");
        }
        for button in html.split("<button").skip(1) {
            let (tag, rest) = button.split_once('>').unwrap_or_default();
            let inner = rest.split("</button>").next().unwrap_or_default();
            let named = tag.contains("aria-label") || text(inner).trim().len() > 1;
            assert!(named, "{name}: a button without a name: {tag}");
        }
    }
}

#[test]
fn identifiers_in_a_page_are_unique_and_references_lead_somewhere() {
    for (name, html) in all().iter().filter(|(name, _)| !name.contains(".part.")) {
        let ids = attributes(html, "id");
        let mut unique = ids.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(ids.len(), unique.len(), "{name}: an id twice");
        for attribute in [
            "for",
            "aria-describedby",
            "aria-labelledby",
            "aria-controls",
        ] {
            for reference in attributes(html, attribute) {
                for id in reference.split_whitespace() {
                    let known = id == "dialog-title" || unique.iter().any(|known| known == id);
                    assert!(
                        known,
                        "{name}: {attribute} names {id:?}, which is not there"
                    );
                }
            }
        }
    }
}

#[test]
fn a_full_page_of_members_is_small() {
    for (name, html) in all() {
        if name.contains("-full") || name == "users.html" {
            assert!(html.len() < 60_000, "{name} has {} bytes", html.len());
        }
    }
}

#[test]
fn the_emergency_interface_is_plain() {
    for (name, html) in all() {
        if !name.starts_with("emergency-") {
            continue;
        }
        assert!(!html.contains("/static/htmx"), "{name} loads htmx");
        for needless in [" hx-", "<dialog", " data-close"] {
            assert!(!html.contains(needless), "{name} has {needless}");
        }
        assert!(html.contains("href=\"/about\""), "{name}: no bar");
        for input in html.split("<input").skip(1) {
            let tag = input.split('>').next().unwrap_or_default();
            let secret = tag.contains("type=\"password\"");
            let value = attributes(tag, "value").join("");
            assert!(!secret || value.is_empty(), "{name}: a secret is shown");
        }
        let levels: Vec<u8> = html
            .split("<h")
            .filter_map(|rest| rest.bytes().next())
            .filter(|byte| (b'1'..=b'6').contains(byte))
            .collect();
        assert_eq!(levels.first(), Some(&b'1'), "{name}: a title comes first");
        assert!(
            levels.windows(2).all(|pair| pair[1] <= pair[0] + 1),
            "{name}: a heading is left out"
        );
    }
}

/// Writes the samples to look at, where asked to.
#[test]
fn preview() -> std::io::Result<()> {
    let Ok(folder) = std::env::var("PAGES_PREVIEW") else {
        return Ok(());
    };
    let files = std::path::Path::new(&folder).join("static");
    std::fs::create_dir_all(&files)?;
    for asset in crate::web::assets::ALL {
        std::fs::write(files.join(asset.name), asset.bytes)?;
    }
    for (name, html) in all() {
        std::fs::write(std::path::Path::new(&folder).join(name), html)?;
    }
    Ok(())
}

/// The values of `attribute` in `html`.
fn attributes(html: &str, attribute: &str) -> Vec<String> {
    html.split(&format!(" {attribute}=\""))
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect()
}

/// `html` without its tags.
fn text(html: &str) -> String {
    html.split('<')
        .filter_map(|piece| {
            piece
                .split_once('>')
                .map_or(Some(piece), |(_, text)| Some(text))
        })
        .collect()
}

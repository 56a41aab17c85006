//! What the service says of itself.

use serde_json::Value;

use super::{GROUP, SCIM, USER, get, refused, stage};
use crate::support::panel::text;

#[test]
fn the_service_says_what_it_can_do() {
    let (panel, provider) = stage();
    let config = get(&provider, "/ServiceProviderConfig");
    for feature in ["patch", "bulk", "filter", "changePassword", "sort", "etag"] {
        assert_eq!(config[feature]["supported"], true, "{feature}");
    }
    assert_eq!(config["bulk"]["maxOperations"], 1000);
    assert_eq!(config["bulk"]["maxPayloadSize"], 2_097_152);
    let ways = config["authenticationSchemes"].as_array().expect("schemes");
    assert_eq!(ways[0]["type"], "oauthbearertoken");

    let types = get(&provider, "/ResourceTypes");
    assert_eq!(types["totalResults"], 2);
    for (name, endpoint, schema) in [("User", "/Users", USER), ("Group", "/Groups", GROUP)] {
        let one = get(&provider, &format!("/ResourceTypes/{name}"));
        assert_eq!(one["endpoint"], endpoint);
        assert_eq!(one["schema"], schema);
        let schema = get(&provider, &format!("/Schemas/{schema}"));
        let location = text(&schema["meta"]["location"]);
        let path = location
            .strip_prefix(&panel.hosted())
            .expect("its own address");
        assert_eq!(provider.get(path).send().expect(200).json(), schema);
    }
    let schemas = get(&provider, "/Schemas");
    assert_eq!(schemas["totalResults"], 2);
    let list = schemas["Resources"].as_array().expect("schemas");
    let attributes = |schema: &Value| -> Vec<String> {
        let all = schema["attributes"].as_array().expect("attributes");
        all.iter().map(|one| text(&one["name"])).collect()
    };
    assert_eq!(
        attributes(&list[0]),
        [
            "userName",
            "name",
            "displayName",
            "password",
            "active",
            "groups"
        ]
    );
    assert_eq!(attributes(&list[1]), ["displayName", "members"]);
    for path in ["ResourceTypes/Thing", "Schemas/urn:x", "Me", "Nothing", ""] {
        refused(provider.get(&format!("{SCIM}/{path}")).send(), 404);
    }
    for path in ["ResourceTypes?filter=id+pr", "Schemas?filter=id+pr"] {
        refused(provider.get(&format!("{SCIM}/{path}")).send(), 403);
    }
}

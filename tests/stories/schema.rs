//! The schema is our product: what stands in the repository is what is served.

#[test]
fn schema_graphql_is_exactly_what_is_served() {
    let written = include_str!("../../schema.graphql");
    assert!(
        written == gateway::sdl(),
        "schema.graphql is not what is served; write it with: cargo xtask schema"
    );
}

#[test]
fn everything_in_the_schema_is_described() {
    let schema = gateway::sdl();
    let mut described = false;
    let mut bare = Vec::new();
    let mut in_description = false;
    for line in schema.lines() {
        let text = line.trim();
        if in_description {
            in_description = !text.ends_with("\"\"\"");
            described = true;
            continue;
        }
        if text.starts_with("\"\"\"") {
            in_description = text.len() == 3 || !text.ends_with("\"\"\"");
            described = true;
            continue;
        }
        let declares = text.starts_with("type ")
            || text.starts_with("enum ")
            || text.starts_with("input ")
            || text.starts_with("union ")
            || text.starts_with("interface ")
            || text.starts_with("scalar ");
        let ends = text.is_empty() || text.starts_with(['}', ')']);
        let is_member = line.starts_with('\t') && !ends;
        // The block that names the roots can have none.
        let exempt = [
            "query: Query",
            "mutation: Mutation",
            "subscription: Subscription",
        ]
        .contains(&text);
        if (declares || is_member) && !described && !exempt {
            bare.push(text.to_owned());
        }
        described = false;
    }
    assert!(
        bare.is_empty(),
        "{} without a description: {bare:#?}",
        bare.len()
    );
}

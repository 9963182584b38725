//! The issuer of the demonstration, as a browser and as a script use it.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
    middleware::from_fn,
};
use domain::Role;
use gateway::{
    http::{Authenticate, Clock, HttpSettings, around},
    identity::{
        Issuers,
        demo::{CLIENT_ID, DEMO_HEADER, DemoIssuer, PERSONAS, mark},
    },
};

use crate::support::{Answer, ask, get, reception};

/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn demonstration() -> (Router, Issuers) {
    let clock: Clock = Arc::new(|| jiff::Timestamp::UNIX_EPOCH);
    let issuer = DemoIssuer::new("http://127.0.0.1:8080", clock).expect("there is randomness");
    let provider = issuer.provider().expect("the address is of this machine");
    let routes = issuer.router().layer(from_fn(mark));
    let site =
        around(routes, &HttpSettings::default(), reception()).expect("the settings are right");
    (site, Issuers::new(vec![provider]))
}

fn form(address: &str, fields: &str) -> Request<Body> {
    Request::post(address)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(fields.to_owned()))
        .expect("the request is well formed")
}

fn authorization(redirect: &str) -> String {
    format!(
        "response_type=code&client_id={CLIENT_ID}&redirect_uri={redirect}&state=a%20b&nonce=n&code_challenge={CHALLENGE}&code_challenge_method=S256"
    )
}

async fn exchanged(site: &Router, code: &str, verifier: &str) -> Answer {
    let fields = format!(
        "grant_type=authorization_code&client_id={CLIENT_ID}&code={code}&redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fsigned-in&code_verifier={verifier}"
    );
    ask(site.clone(), form("/demo/oidc/token", &fields)).await
}

#[tokio::test]
async fn whoever_chooses_a_persona_becomes_it() {
    let (site, issuers) = demonstration();
    let asked = authorization("http%3A%2F%2F127.0.0.1%3A8080%2Fsigned-in");
    let page = ask(
        site.clone(),
        get(&format!("/demo/oidc/authorize?{asked}")).body_of(),
    )
    .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("これはデモです") && page.text.contains("This is a demonstration"));
    assert!(!page.header(DEMO_HEADER).is_empty());
    assert!(
        page.header(header::CONTENT_SECURITY_POLICY)
            .contains("form-action 'self' http://127.0.0.1:8080")
    );

    let chosen = ask(
        site.clone(),
        form("/demo/oidc/authorize", &format!("{asked}&persona=clerk")),
    )
    .await;
    assert_eq!(chosen.status, StatusCode::SEE_OTHER);
    let location = chosen.header(header::LOCATION);
    let rest = location
        .strip_prefix("http://127.0.0.1:8080/signed-in?code=")
        .expect("it leads back");
    let (code, state) = rest.split_once("&state=").expect("the state comes along");
    assert_eq!(state, "a%20b");

    let answer = exchanged(&site, code, VERIFIER).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    let identity = issuers.authenticate(&token).await.unwrap();
    assert_eq!(
        (identity.subject.as_str(), identity.roles.as_slice()),
        ("clerk", [Role::BureauOfficer].as_slice())
    );
    assert_eq!(
        exchanged(&site, code, VERIFIER).await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn codes_are_sent_only_to_this_machine_and_only_with_pkce() {
    let (site, _) = demonstration();
    for redirect in [
        "https%3A%2F%2Fevil.example%2F",
        "http%3A%2F%2Flocalhost.evil.example%2F",
        "http%3A%2F%2Flocalhost%40evil.example%2F",
        "javascript%3Aalert(1)",
        "",
    ] {
        let asked = authorization(redirect);
        for answer in [
            ask(
                site.clone(),
                get(&format!("/demo/oidc/authorize?{asked}")).body_of(),
            )
            .await,
            ask(
                site.clone(),
                form("/demo/oidc/authorize", &format!("{asked}&persona=hanako")),
            )
            .await,
        ] {
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{redirect}");
        }
    }
    let without = authorization("http%3A%2F%2Flocalhost%3A5173%2F").replace("S256", "plain");
    let answer = ask(
        site.clone(),
        get(&format!("/demo/oidc/authorize?{without}")).body_of(),
    )
    .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_script_gets_a_token_for_each_persona() {
    let (site, issuers) = demonstration();
    for persona in PERSONAS {
        let fields = format!(
            "grant_type=urn%3Ahiroba%3Apersona&client_id={CLIENT_ID}&persona={}",
            persona.key
        );
        let answer = ask(site.clone(), form("/demo/oidc/token", &fields)).await;
        let token = answer.json()["access_token"].as_str().unwrap().to_owned();
        assert_eq!(
            issuers.authenticate(&token).await.unwrap().roles,
            persona.roles
        );
    }
    let every_role = Role::ALL.into_iter().filter(|role| *role != Role::System);
    for role in every_role {
        assert!(
            PERSONAS.iter().any(|persona| persona.roles.contains(&role)),
            "{role:?}"
        );
    }
}

#[tokio::test]
async fn another_demonstration_does_not_believe_the_tokens_of_this_one() {
    let clock: Clock = Arc::new(|| jiff::Timestamp::UNIX_EPOCH);
    let issuer = DemoIssuer::new("http://127.0.0.1:8080", clock).unwrap();
    let (_, others) = demonstration();
    assert!(
        others
            .authenticate(&issuer.token(&PERSONAS[0]))
            .await
            .is_err()
    );
}

//! The page on which one can try out GraphQL. Small and our own: GraphiQL of
//! others loads its parts from elsewhere or needs inline scripts, which our
//! content security policy forbids.

use axum::{
    Router,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};

/// The routes below `/graphiql`.
pub fn graphiql() -> Router {
    Router::new()
        .route(
            "/graphiql",
            get(async || asset("text/html; charset=utf-8", include_str!("page.html"))),
        )
        .route(
            "/graphiql/style.css",
            get(async || asset("text/css; charset=utf-8", include_str!("style.css"))),
        )
        .route(
            "/graphiql/script.js",
            get(async || asset("text/javascript; charset=utf-8", include_str!("script.js"))),
        )
}

fn asset(content_type: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, text).into_response()
}

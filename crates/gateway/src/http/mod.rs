//! Serving: GraphQL over HTTP, and what every request passes through. No
//! institution is known here.

mod answer;
mod api_error;
mod caller;
mod cost;
mod document;
mod error_view;
mod event_stream;
mod graphiql;
mod headers;
mod health;
mod language;
mod lexical;
mod metrics;
mod negotiation;
mod operation;
mod parameters;
mod persisted;
mod rate_limit;
mod reception;
mod schema_index;
mod service;
mod settings;
mod shape;
mod shutdown;
mod site;
mod websocket;

pub use answer::Cost;
pub use api_error::{ApiError, Code};
pub use caller::{Authenticate, Caller, Clock, Nobody, RequestId};
pub use graphiql::graphiql;
pub use headers::PAGE_POLICY;
pub use health::{Readiness, health, readiness};
pub use language::{Language, Text};
pub use metrics::Metrics;
pub use negotiation::MediaType;
pub use operation::{Budget, Unlimited, check_request};
pub use persisted::{Manifest, ManifestError, document_id};
pub use rate_limit::{ClientKey, CostPerClient, Rate, RateLimiter};
pub use reception::{REQUEST_ID, Reception, receive};
pub use service::GraphQlEndpoint;
pub use settings::{DocumentPolicy, GraphQlSettings, Limits, StatusPolicy, SubscriptionSettings};
pub use shutdown::{Shutdown, serve};
pub use site::{HttpSettings, NotAnOrigin, around};

//! What an operator sets about GraphQL over HTTP, and the defaults.

use std::time::Duration;

use serde::Deserialize;

use super::{Rate, rate_limit::rate_or_off};

/// The section `[graphql]` of the configuration.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GraphQlSettings {
    /// Which statuses tell of errors.
    pub http_status: StatusPolicy,
    /// Whether the schema may be asked for.
    pub introspection: bool,
    /// Which documents are answered.
    pub documents: DocumentPolicy,
    /// Whether clients may teach the server a document by its hash, to save
    /// bytes. It is no protection.
    pub automatic_persisted_documents: bool,
    /// Origins of our own pages, for [`DocumentPolicy::ManifestForFirstParty`].
    pub first_party_origins: Vec<String>,
    /// What one client may ask for over time, in points of cost; `off` for no
    /// limit.
    #[serde(deserialize_with = "rate_or_off")]
    pub cost_per_client: Option<Rate>,
    /// Whether answers say in `extensions.cost` what they cost.
    pub report_cost: bool,
    /// The largest request body, in bytes.
    pub max_body_bytes: usize,
    /// The longest that an answer may take, in milliseconds.
    pub timeout_ms: u64,
    /// How many bytes of parsed documents are remembered.
    pub document_cache_bytes: usize,
    /// How many bytes of opened published texts, and of answers about items
    /// that are made of them, are remembered.
    pub text_cache_bytes: usize,
    /// What a document may ask for.
    pub limits: Limits,
    /// Subscriptions.
    pub subscriptions: SubscriptionSettings,
}

impl Default for GraphQlSettings {
    fn default() -> Self {
        Self {
            http_status: StatusPolicy::default(),
            introspection: true,
            documents: DocumentPolicy::default(),
            automatic_persisted_documents: false,
            first_party_origins: Vec::new(),
            cost_per_client: None,
            report_cost: true,
            max_body_bytes: 1024 * 1024,
            timeout_ms: 30_000,
            document_cache_bytes: 4 * 1024 * 1024,
            text_cache_bytes: 64 * 1024 * 1024,
            limits: Limits::default(),
            subscriptions: SubscriptionSettings::default(),
        }
    }
}

impl GraphQlSettings {
    pub(super) fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}

/// Which statuses tell of errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum StatusPolicy {
    /// What clients rely on today: whoever accepts only `application/json` gets
    /// 200 for every well-formed request; others get 400 for request errors.
    #[default]
    #[serde(rename = "widespread")]
    Widespread,
    /// GraphQL over HTTP, draft of August 2026: 422 for a document that cannot
    /// be executed, 294 for an answer that is partly an error, for every media
    /// type.
    #[serde(rename = "draft-2026-08")]
    Draft202608,
}

/// Which documents are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentPolicy {
    /// Any document within the limits.
    #[default]
    Any,
    /// Our own pages send only documents of the manifest; others, any.
    ManifestForFirstParty,
    /// Only documents of the manifest.
    ManifestOnly,
}

/// What a document may ask for. Whatever exceeds a limit is refused before
/// anything is resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of the document.
    pub document_bytes: usize,
    /// Lexical tokens of the document.
    pub tokens: usize,
    /// Brackets within brackets, in the text.
    pub nesting: usize,
    /// Fields within fields, fragments unfolded.
    pub depth: u64,
    /// The same for introspection, whose standard query is deep.
    pub introspection_depth: u64,
    /// Lists of fields or types within such lists, in introspection.
    pub introspection_lists: u64,
    /// Fields with aliases, fragments unfolded.
    pub aliases: u64,
    /// Directives, fragments unfolded.
    pub directives: u64,
    /// Fields and fragments, fragments unfolded.
    pub selections: u64,
    /// How many values the answer may have at most, by estimate.
    pub cost: u64,
    /// What one mutation costs besides its answer.
    pub mutation_cost: u64,
    /// What one search costs besides its answer.
    pub search_cost: u64,
    /// How long a list is taken to be that has no `first` or `last`.
    pub assumed_list_length: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 64 * 1024,
            tokens: 4_000,
            nesting: 48,
            depth: 15,
            introspection_depth: 20,
            introspection_lists: 2,
            aliases: 60,
            directives: 60,
            selections: 1_500,
            cost: 20_000,
            mutation_cost: 10,
            search_cost: 500,
            assumed_list_length: 10,
        }
    }
}

/// Subscriptions, over server-sent events and WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SubscriptionSettings {
    /// How long a WebSocket may stay silent before `connection_init`, in
    /// milliseconds.
    pub init_timeout_ms: u64,
    /// How often an idle stream shows that it lives, in milliseconds.
    pub heartbeat_ms: u64,
    /// Operations at a time in one WebSocket.
    pub operations_per_connection: usize,
    /// Streams at a time on the whole server.
    pub connections: usize,
}

impl Default for SubscriptionSettings {
    fn default() -> Self {
        Self {
            init_timeout_ms: 3_000,
            heartbeat_ms: 12_000,
            operations_per_connection: 20,
            connections: 2_000,
        }
    }
}

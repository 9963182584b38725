//! From parameters to an operation that may be executed: which document, which
//! of its operations, and what it costs. The same for every transport.

use std::sync::Arc;

use async_graphql::{Executor, Request, Response, parser::types::OperationType};
use futures::{FutureExt, future::BoxFuture};

use super::{
    ApiError, Caller, DocumentPolicy, GraphQlSettings, Limits, Manifest, Text,
    answer::{Cost, Refused, Stage},
    cost,
    document::{Document, DocumentCache},
    parameters::Parameters,
    persisted::{Taught, document_id},
    schema_index::SchemaIndex,
};

/// Takes what an operation costs from what its caller may still spend.
pub trait Budget: Send + Sync + 'static {
    /// Spends, and says what is left.
    ///
    /// # Errors
    /// [`ApiError::RateLimited`] if not enough is left.
    fn spend(&self, caller: &Caller, cost: u64) -> Result<Option<u64>, ApiError>;
}

/// No limit on what a caller spends over time.
#[derive(Clone, Copy, Debug)]
pub struct Unlimited;

impl Budget for Unlimited {
    fn spend(&self, _: &Caller, _: u64) -> Result<Option<u64>, ApiError> {
        Ok(None)
    }
}

/// What answers operations: the schema, and what is known about documents.
pub(super) struct Engine<E> {
    pub(super) executor: E,
    pub(super) settings: GraphQlSettings,
    index: SchemaIndex,
    manifest: Manifest,
    documents: DocumentCache,
    taught: Taught,
    budget: Arc<dyn Budget>,
}

/// An operation that may be executed.
pub(super) struct Operation {
    pub(super) request: Request,
    pub(super) ty: OperationType,
    /// The name of the operation, if the document is one of the manifest: the
    /// words of others are not ours to log.
    pub(super) name: Option<String>,
    pub(super) cost: Option<Cost>,
}

impl<E: Executor> Engine<E> {
    pub(super) fn new(
        executor: E,
        index: SchemaIndex,
        settings: GraphQlSettings,
        manifest: Manifest,
        budget: Arc<dyn Budget>,
    ) -> Self {
        Self {
            executor,
            index,
            manifest,
            documents: DocumentCache::new(settings.document_cache_bytes),
            taught: Taught::new(settings.document_cache_bytes),
            settings,
            budget,
        }
    }

    /// Finds the document and the operation, and checks what it costs.
    /// `safe`: the transport allows only what changes nothing.
    pub(super) fn prepare(
        &self,
        parameters: Parameters,
        caller: Caller,
        first_party: bool,
        safe: bool,
    ) -> Result<Operation, Refused> {
        let Parameters {
            query,
            document_id,
            operation_name,
            variables,
            persisted_hash,
        } = parameters;
        let trusted = document_id.is_some();
        let document = self.document(query, document_id, persisted_hash, first_party)?;
        let operation = document
            .operation(operation_name.as_deref())
            .map_err(|error| Refused::new(Stage::Validation, error))?;
        let ty = operation.ty;
        if safe && ty == OperationType::Mutation {
            return Err(Refused::new(
                Stage::Method("POST"),
                ApiError::bad_input("変更はPOSTで送ってください", "send mutations with POST"),
            ));
        }
        if document.introspects && !self.settings.introspection {
            return Err(Refused::new(
                Stage::Validation,
                ApiError::ValidationFailed("introspection is switched off here".to_owned()),
            ));
        }
        let limits = &self.settings.limits;
        let requested = cost::of(operation, &document.parsed, &variables, &self.index, limits);
        if limits.cost < requested {
            return Err(Refused::new(
                Stage::Validation,
                ApiError::CostLimit {
                    requested,
                    limit: limits.cost,
                },
            ));
        }
        let remaining = self
            .budget
            .spend(&caller, requested)
            .map_err(Refused::by_code)?;
        let cost = self.settings.report_cost.then_some(Cost {
            requested,
            limit: limits.cost,
            remaining,
        });
        let mut request = Request::new("").variables(variables).data(caller);
        request.operation_name.clone_from(&operation_name);
        request.set_parsed_query(document.parsed.clone());
        Ok(Operation {
            request,
            ty,
            name: trusted
                .then(|| document.name(operation_name.as_deref()))
                .flatten(),
            cost,
        })
    }

    fn document(
        &self,
        query: Option<String>,
        id: Option<String>,
        persisted_hash: Option<String>,
        first_party: bool,
    ) -> Result<Arc<Document>, Refused> {
        let not_found = || Refused::new(Stage::Validation, ApiError::PersistedDocumentNotFound);
        let limits = &self.settings.limits;
        if let Some(id) = &id {
            if query.is_some() {
                return Err(Refused::new(
                    Stage::Parameters,
                    ApiError::bad_input(
                        "queryとdocumentIdはどちらか一方だけを送ってください",
                        "send either query or documentId, not both",
                    ),
                ));
            }
            return self.manifest.get(id).ok_or_else(not_found);
        }
        // A page of ours may send a text that the manifest holds as well.
        let trusted_only = match self.settings.documents {
            DocumentPolicy::Any => false,
            DocumentPolicy::ManifestForFirstParty => first_party,
            DocumentPolicy::ManifestOnly => true,
        };
        if trusted_only {
            return query
                .and_then(|text| self.manifest.get(&document_id(&text)))
                .ok_or_else(not_found);
        }
        match (
            query,
            persisted_hash.filter(|_| self.settings.automatic_persisted_documents),
        ) {
            (Some(text), None) => Ok(self.documents.get(&text, limits)?),
            (Some(text), Some(hash)) => {
                if document_id(&text) != hash {
                    return Err(Refused::new(
                        Stage::Parameters,
                        ApiError::bad_input(
                            "sha256Hashがqueryのハッシュと一致しません",
                            "sha256Hash is not the hash of query",
                        ),
                    ));
                }
                Ok(self.taught.teach(&hash, &text, limits)?)
            }
            (None, Some(hash)) => self
                .manifest
                .get(&hash)
                .or_else(|| self.taught.get(&hash, limits))
                .ok_or_else(not_found),
            (None, None) => Err(not_found()),
        }
    }

    /// Executes an operation that is no subscription. A panic of a resolver
    /// becomes an internal error; so does nothing else.
    pub(super) fn execute(&self, request: Request) -> BoxFuture<'_, Result<Response, Refused>> {
        let execution = std::panic::AssertUnwindSafe(self.executor.execute(request)).catch_unwind();
        Box::pin(async {
            match tokio::time::timeout(self.settings.timeout(), execution).await {
                Ok(Ok(response)) => Ok(response),
                Ok(Err(_)) => Err(Refused::by_code(ApiError::internal("a resolver panicked"))),
                Err(_) => Err(Refused::by_code(ApiError::Unavailable(Text::new(
                    "時間内に答えられませんでした。変更を送った場合は、同じ番号でもう一度送って結果を確かめてください",
                    "no answer in time; if you sent a mutation, send it again with the same id to learn what became of it",
                )))),
            }
        })
    }
}

/// Reads a request and its document as the endpoint does, within the default
/// limits. For fuzzing: whatever the bytes are, it ends, and soon.
///
/// # Errors
/// Why the request would be refused.
pub fn check_request(body: &[u8]) -> Result<(), ApiError> {
    let parameters = Parameters::from_body(body)?;
    let text = parameters
        .query
        .ok_or(ApiError::PersistedDocumentNotFound)?;
    let document =
        Document::read(&text, &Limits::default()).map_err(|unreadable| unreadable.error)?;
    document.operation(parameters.operation_name.as_deref())?;
    Ok(())
}

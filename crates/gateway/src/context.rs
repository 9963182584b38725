//! What every resolver can ask for.

use async_graphql::ContextBase;

use crate::{desk::Desk, http::Caller, viewer::Viewer};

/// What a resolver finds in its context. The schema is always run with both, so
/// that they are there is a matter of wiring, tested in `tests/`.
pub(crate) trait Ask {
    /// The counter behind every resolver.
    fn desk(&self) -> &Desk;
    /// Who calls, when, and in which language.
    fn caller(&self) -> &Caller;
    /// Who looks.
    fn viewer(&self) -> Viewer<'_>;
}

impl<T> Ask for ContextBase<'_, T> {
    fn desk(&self) -> &Desk {
        self.data_unchecked()
    }

    fn caller(&self) -> &Caller {
        self.data_unchecked()
    }

    fn viewer(&self) -> Viewer<'_> {
        Viewer::of(self.desk(), self.caller())
    }
}

//! Stories over HTTP, a file per institution; the tests are in `stories/`.

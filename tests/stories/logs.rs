//! What the program writes into its log while the stories are told.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, Once, PoisonError},
};

use tracing::subscriber::DefaultGuard;

static WRITTEN: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static LISTENING: Once = Once::new();

struct Writer;

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
        written.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Keeps every line from now on, of all threads.
pub(crate) fn listen() {
    LISTENING.call_once(|| {
        tracing_subscriber::fmt()
            .json()
            .with_env_filter("debug,hyper=info")
            .with_writer(|| Writer)
            .init();
    });
}

/// What is written on this thread from now on, until it is dropped.
pub(crate) struct Listening {
    written: Arc<Mutex<Vec<u8>>>,
    _guard: DefaultGuard,
}

impl Listening {
    /// Begins to listen.
    pub(crate) fn begin() -> Self {
        let written: Arc<Mutex<Vec<u8>>> = Arc::default();
        let copy = Arc::clone(&written);
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_env_filter("trace,hyper=info")
            .with_writer(move || Copy(Arc::clone(&copy)))
            .finish();
        Self {
            written,
            _guard: tracing::subscriber::set_default(subscriber),
        }
    }

    /// Everything so far.
    pub(crate) fn text(&self) -> String {
        let written = self.written.lock().unwrap();
        String::from_utf8(written.clone()).unwrap()
    }
}

struct Copy(Arc<Mutex<Vec<u8>>>);

impl Write for Copy {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Everything that was written since it was asked for last.
pub(crate) fn written() -> Vec<u8> {
    std::mem::take(&mut WRITTEN.lock().unwrap_or_else(PoisonError::into_inner))
}

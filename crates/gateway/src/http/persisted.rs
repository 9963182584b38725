//! Trusted documents: what our own pages may ask, known before they ask it
//! (GraphQL over HTTP, appendix A).

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use sha2::{Digest, Sha256};

use super::{
    Limits,
    document::{Document, DocumentCache, Unreadable},
};

/// The documents of a manifest, by their ids.
#[derive(Debug, Default)]
pub struct Manifest {
    documents: HashMap<String, Arc<Document>>,
}

/// Why a manifest cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The file cannot be read.
    #[error("graphql manifest {path}: {source}", path = path.display())]
    Unreadable {
        /// Where it should be.
        path: PathBuf,
        /// What is wrong.
        source: std::io::Error,
    },
    /// The file is no JSON object of texts.
    #[error("graphql manifest: expected a JSON object of document ids and documents: {0}")]
    NotAnObject(serde_json::Error),
    /// An id is not the hash of its document.
    #[error(
        "graphql manifest: {id} is not `sha256:` and the hash of its document, which is {expected}; write the manifest anew"
    )]
    WrongId {
        /// The id in the file.
        id: String,
        /// What it ought to be.
        expected: String,
    },
    /// A document is not within the limits.
    #[error("graphql manifest: {id}: {reason}")]
    Refused {
        /// The id in the file.
        id: String,
        /// What is wrong with the document.
        reason: String,
    },
}

impl Manifest {
    /// Reads the file that the web client's build writes: an object whose keys
    /// are `sha256:<hex>` and whose values are documents.
    pub fn load(path: &Path, limits: &Limits) -> Result<Self, ManifestError> {
        let bytes = std::fs::read(path).map_err(|source| ManifestError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        Self::read(&bytes, limits)
    }

    /// Reads the manifest itself.
    pub fn read(json: &[u8], limits: &Limits) -> Result<Self, ManifestError> {
        let texts: HashMap<String, String> =
            serde_json::from_slice(json).map_err(ManifestError::NotAnObject)?;
        let mut documents = HashMap::new();
        for (id, text) in texts {
            let expected = document_id(&text);
            if id != expected {
                return Err(ManifestError::WrongId { id, expected });
            }
            let document =
                Document::read(&text, limits).map_err(|unreadable| ManifestError::Refused {
                    id: id.clone(),
                    reason: unreadable.error.to_string(),
                })?;
            documents.insert(id, Arc::new(document));
        }
        Ok(Self { documents })
    }

    /// How many documents it holds.
    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    pub(super) fn get(&self, id: &str) -> Option<Arc<Document>> {
        self.documents.get(id).cloned()
    }
}

/// The id of a document: `sha256:` and the hash of its text.
pub fn document_id(text: &str) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(text)))
}

/// Documents that clients have sent with their hash, to send only the hash the
/// next time. As many as the document cache holds, and as easily forgotten.
#[derive(Debug)]
pub(super) struct Taught {
    texts: DocumentCache,
    ids: std::sync::Mutex<HashMap<String, Arc<str>>>,
    most: usize,
}

impl Taught {
    pub(super) fn new(bytes: usize) -> Self {
        Self {
            texts: DocumentCache::new(bytes),
            ids: std::sync::Mutex::default(),
            // An id and its entry take some 200 bytes.
            most: (bytes / 200).max(1),
        }
    }

    pub(super) fn get(&self, id: &str, limits: &Limits) -> Option<Arc<Document>> {
        let text = self
            .ids
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .get(id)?
            .clone();
        self.texts.get(&text, limits).ok()
    }

    /// Remembers a document under its id, which the caller has checked.
    pub(super) fn teach(
        &self,
        id: &str,
        text: &str,
        limits: &Limits,
    ) -> Result<Arc<Document>, Unreadable> {
        let document = self.texts.get(text, limits)?;
        let mut ids = self
            .ids
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if self.most <= ids.len() {
            ids.clear();
        }
        ids.insert(id.to_owned(), document.text.clone());
        Ok(document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_has_the_id_that_the_appendix_gives_it() {
        assert_eq!(
            document_id("query($id:ID!){user(id:$id){name}}"),
            "sha256:71f7dc5758652baac68e4a10c50be732b741c892ade2883a99358f52b555286b"
        );
    }

    #[test]
    fn a_manifest_whose_id_is_not_the_hash_is_refused() {
        let limits = Limits::default();
        let right = serde_json::json!({ document_id("{ a }"): "{ a }" }).to_string();
        let manifest = Manifest::read(right.as_bytes(), &limits).unwrap();
        assert_eq!(manifest.len(), 1);
        assert!(manifest.get(&document_id("{ a }")).is_some());
        let wrong = serde_json::json!({ document_id("{ a }"): "{ b }" }).to_string();
        assert!(matches!(
            Manifest::read(wrong.as_bytes(), &limits),
            Err(ManifestError::WrongId { .. })
        ));
        let broken = serde_json::json!({ document_id("{"): "{" }).to_string();
        assert!(matches!(
            Manifest::read(broken.as_bytes(), &limits),
            Err(ManifestError::Refused { .. })
        ));
    }
}

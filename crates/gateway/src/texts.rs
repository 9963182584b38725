//! Sealing texts for the log, and opening them again.

use bytes::Bytes;
use domain::{Sealed, ids::EventId, public_comment::SealedText};
use read_models::TextRef;
use ulid::Ulid;
use vault::{Envelope, OpenError, Opening, Subject};

use crate::{desk::Desk, http::ApiError};

/// The texts of one event, sealed one by one and then put into its envelope.
///
/// A command seals all its texts for its first event: every command whose
/// texts are sealed begins with the event that carries them.
pub struct Seals<'a> {
    desk: &'a Desk,
    event: EventId,
    entries: Vec<vault::Entry>,
}

impl<'a> Seals<'a> {
    /// Seals for an event of this command.
    pub fn for_event(desk: &'a Desk, command: Ulid, index: u16) -> Self {
        Self {
            desk,
            event: EventId { command, index },
            entries: Vec::new(),
        }
    }

    /// The counter that it is sealed at.
    pub fn desk(&self) -> &'a Desk {
        self.desk
    }

    /// Seals a text in the place of a field, under the key of a subject, which
    /// is made if there is none.
    pub async fn seal(
        &mut self,
        subject: &str,
        field: &str,
        text: &[u8],
    ) -> Result<Sealed, ApiError> {
        let subject: Subject = subject.parse().map_err(ApiError::internal)?;
        self.desk
            .keys()
            .create(&subject)
            .await
            .map_err(erased_or_internal)?;
        let sealed = self
            .desk
            .sealing
            .seal(&subject, &self.event.to_string(), field, text)
            .map_err(ApiError::internal)?;
        self.entries.push(sealed.entry);
        Ok(Sealed::new(sealed.commitment.to_string()))
    }

    /// Seals a text of the city, with what the rules need to know of it.
    pub async fn seal_text(
        &mut self,
        subject: &str,
        field: &str,
        text: &str,
    ) -> Result<SealedText, ApiError> {
        Ok(SealedText {
            sealed: self.seal(subject, field, text.as_bytes()).await?,
            chars: chars(text),
            repeats_personal_data: false,
        })
    }

    /// The envelope, for the event's place in its command.
    pub fn envelope(self) -> Result<Vec<(u16, Bytes)>, ApiError> {
        if self.entries.is_empty() {
            return Ok(Vec::new());
        }
        let envelope = Envelope::new(self.entries).map_err(ApiError::internal)?;
        let bytes = envelope.to_bytes().map_err(ApiError::internal)?;
        Ok(vec![(self.event.index, bytes.into())])
    }
}

/// The length of a text in characters, white space at both ends not counted.
pub fn chars(text: &str) -> u32 {
    u32::try_from(text.trim().chars().count()).unwrap_or(u32::MAX)
}

fn erased_or_internal(error: vault::KeyError) -> ApiError {
    match error {
        vault::KeyError::Erased { .. } => ApiError::bad_input(
            "この方の個人情報は消去されたため、新たに記録することはできません",
            "the personal data of this person were erased; nothing can be recorded for them any more",
        ),
        other => ApiError::internal(other),
    }
}

impl Desk {
    /// Opens a sealed text; `None` if it was erased.
    ///
    /// Whoever calls this has asked the gate first.
    pub(crate) async fn open(&self, text: &TextRef) -> Result<Option<Opening>, ApiError> {
        let envelope = self
            .envelopes
            .envelope(text.position)
            .await
            .map_err(ApiError::internal)?;
        let Some(envelope) = envelope else {
            return Err(ApiError::internal(format!(
                "no envelope at position {}",
                text.position
            )));
        };
        match self
            .sealing
            .open(&envelope, &text.event.to_string(), &text.field)
        {
            Ok(opening) => Ok(Some(opening)),
            Err(OpenError::Erased { .. }) => Ok(None),
            Err(error) => Err(ApiError::internal(error)),
        }
    }

    /// Opens a sealed text as a string; `None` if it was erased.
    pub(crate) async fn open_text(&self, text: &TextRef) -> Result<Option<String>, ApiError> {
        let Some(opening) = self.open(text).await? else {
            return Ok(None);
        };
        String::from_utf8(opening.plaintext)
            .map(Some)
            .map_err(ApiError::internal)
    }

    /// Opens sealed JSON; `None` if it was erased.
    pub(crate) async fn open_json<T: serde::de::DeserializeOwned>(
        &self,
        text: &TextRef,
    ) -> Result<Option<T>, ApiError> {
        let Some(opening) = self.open(text).await? else {
            return Ok(None);
        };
        serde_json::from_slice(&opening.plaintext)
            .map(Some)
            .map_err(ApiError::internal)
    }
}

//! Sealing texts for the log, and opening them again.

use bytes::Bytes;
use domain::{
    Sealed,
    ids::{EventId, SubjectId},
    public_comment::SealedText,
};
use read_models::TextRef;
use ulid::Ulid;
use vault::{Entry, Envelope, OpenError, Opening, Subject};

use crate::{desk::Desk, http::ApiError};

/// The texts of one event, sealed one by one and then put into its envelope.
///
/// A command seals all its texts for its first event: every command whose
/// texts are sealed begins with the event that carries them.
pub struct Seals<'a> {
    desk: &'a Desk,
    event: EventId,
    entries: Vec<Entry>,
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
        self.desk.keys().create(&subject).await.map_err(no_key)?;
        let sealed = self
            .desk
            .sealing
            .seal(&subject, &self.event.to_string(), field, text)
            .map_err(ApiError::internal)?;
        self.entries.push(sealed.entry);
        Ok(Sealed::new(sealed.commitment.to_string()))
    }

    /// Seals a text, with what the rules need to know of it.
    pub async fn seal_text(
        &mut self,
        subject: &str,
        field: &str,
        text: &str,
    ) -> Result<SealedText, ApiError> {
        Ok(SealedText {
            sealed: self.seal(subject, field, text.as_bytes()).await?,
            chars: chars(text),
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
fn chars(text: &str) -> u32 {
    u32::try_from(text.trim().chars().count()).unwrap_or(u32::MAX)
}

/// Why nothing can be sealed for somebody.
pub(crate) fn no_key(error: vault::KeyError) -> ApiError {
    match error {
        vault::KeyError::Full(reason) => {
            tracing::error!(%reason, "no key can be made");
            ApiError::nothing_recorded()
        }
        vault::KeyError::Erased { .. } => ApiError::bad_input(
            "この方の個人情報は消去されたため、新たに記録することはできません",
            "the personal data of this person were erased; nothing can be recorded for them any more",
        ),
        other => ApiError::internal(other),
    }
}

impl Desk {
    /// The entry of a text in its envelope; `None` if the log says that it is
    /// erased. Then it is not read in the moment until its key is gone.
    async fn entry(&self, text: &TextRef) -> Result<Option<Entry>, ApiError> {
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
        let envelope = Envelope::parse(&envelope).map_err(ApiError::internal)?;
        let Some(entry) = envelope.entry(&text.field) else {
            return Err(ApiError::internal(OpenError::NoSuchField(
                text.field.clone().into_owned(),
            )));
        };
        Ok((!self.is_erased(person(entry.subject()))).then(|| entry.clone()))
    }

    /// Whether the newest snapshot says that a person is erased.
    fn is_erased(&self, person: Option<SubjectId>) -> bool {
        person.is_some_and(|person| self.city().personal_data.is_erased(person))
    }

    fn open_entry(&self, text: &TextRef, entry: &Entry) -> Result<Option<Opening>, ApiError> {
        match self.sealing.open_entry(entry, &text.event.to_string()) {
            Ok(opening) => Ok(Some(opening)),
            Err(OpenError::Erased { .. }) => Ok(None),
            Err(error) => Err(ApiError::internal(error)),
        }
    }

    /// Opens a sealed text; `None` if it was erased.
    ///
    /// Whoever calls this has asked the gate first.
    pub(crate) async fn open(&self, text: &TextRef) -> Result<Option<Opening>, ApiError> {
        match self.entry(text).await? {
            Some(entry) => self.open_entry(text, &entry),
            None => Ok(None),
        }
    }

    /// Opens a sealed text as a string; `None` if it was erased.
    pub(crate) async fn open_text(&self, text: &TextRef) -> Result<Option<String>, ApiError> {
        match self.open(text).await? {
            Some(opening) => written(opening).map(Some),
            None => Ok(None),
        }
    }

    /// Opens a text that everybody may read, or remembers it from before;
    /// `None` if it was erased.
    pub(crate) async fn open_public(&self, text: &TextRef) -> Result<Option<String>, ApiError> {
        if let Some((person, known)) = self.opened.get(text) {
            return Ok((!self.is_erased(person)).then(|| known.as_str().to_owned()));
        }
        let Some(entry) = self.entry(text).await? else {
            return Ok(None);
        };
        let Some(opening) = self.open_entry(text, &entry)? else {
            return Ok(None);
        };
        let plain = written(opening)?;
        self.opened.keep(self.keys(), text, entry.subject(), &plain);
        Ok(Some(plain))
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

/// The person whose text it is, if it is not the city's own.
pub(crate) fn person(subject: &Subject) -> Option<SubjectId> {
    subject.as_str().parse().ok()
}

fn written(opening: Opening) -> Result<String, ApiError> {
    String::from_utf8(opening.plaintext).map_err(ApiError::internal)
}

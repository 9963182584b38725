//! Texts about a person, held against what tells who the person is.

/// A text about what people submitted, and whether it repeats what tells who
/// they are ([`redaction`](crate::public_comment::redaction)).
///
/// Such a text is published sooner or later, or stands in clear in a leaf, from
/// which nothing is ever erased. Whether it repeats anything is found at the
/// edge, where the submitters' data are open; the rules see the finding alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked<T> {
    /// The text, in clear or sealed.
    pub text: T,
    /// Whether it repeats what tells who a submitter is.
    pub repeats_personal_data: bool,
}

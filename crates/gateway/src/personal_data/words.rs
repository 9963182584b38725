//! The words of the domain, as enums of the schema.

use async_graphql::Enum;

/// A field of somebody's personal data.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "domain::personal_data::PersonalField")]
pub enum PersonalField {
    /// 氏名。
    Name,
    /// ふりがな。
    Kana,
    /// 住所。
    Address,
    /// 連絡先。
    Contact,
    /// 区。
    Ward,
    /// The whole words of an opinion, where they tell who wrote them.
    Body,
    /// Attachments, scans among them, before their publication.
    Attachments,
}

/// The kind of record whose retention period ended.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "RecordKind", remote = "domain::personal_data::RecordKind")]
pub enum Record {
    /// 提出意見。
    Opinion,
    /// An opinion that came late or was withdrawn.
    OpinionOutsideProcedure,
}

/// Why personal data were erased.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErasureGround {
    /// The person asked for it.
    Request,
    /// The retention period was over.
    Schedule,
}

impl ErasureGround {
    pub(super) fn of(requested_by_person: bool) -> Self {
        if requested_by_person {
            Self::Request
        } else {
            Self::Schedule
        }
    }
}

//! The words of the institution that events and commands share.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Bilingual, Language, ids::SubmissionId};

/// What kind of policy a draft is of (政策等).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyObjectKind {
    /// 計画.
    Plan,
    /// 条例等.
    Ordinance,
    /// 審査基準.
    ReviewStandard,
    /// 処分基準.
    DispositionStandard,
    /// その他.
    Other,
}

/// How an opinion came in (提出方法).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The form on the web.
    Web,
    /// 電子メール.
    Email,
    /// ファクシミリ.
    Fax,
    /// 郵送.
    Post,
    /// 持参.
    InPerson,
}

impl Channel {
    /// All channels, in the order in which a result lists them.
    pub const ALL: [Self; 5] = [
        Self::Web,
        Self::Email,
        Self::Fax,
        Self::Post,
        Self::InPerson,
    ];

    /// The name that people read.
    pub fn name(self, language: Language) -> &'static str {
        let (ja, en) = match self {
            Self::Web => ("専用フォーム", "web form"),
            Self::Email => ("電子メール", "e-mail"),
            Self::Fax => ("ファクシミリ", "fax"),
            Self::Post => ("郵送", "post"),
            Self::InPerson => ("持参", "in person"),
        };
        match language {
            Language::Ja => ja,
            Language::En => en,
        }
    }
}

/// Whether somebody writes for themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubmitterKind {
    /// 個人.
    Individual,
    /// 法人.
    Corporation,
    /// 団体.
    Group,
}

/// Which day counts for what comes by post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostRule {
    /// 消印有効: the day of the postmark.
    Postmark,
    /// 必着: the day of arrival.
    Arrival,
}

/// Who may comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhoMayComment {
    /// Everybody, from wherever.
    Anyone,
    /// 市民: who lives, works, studies or acts in the city, by their own word.
    Citizens,
}

/// Why a policy needs no public comment (適用除外).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExemptionReason {
    /// 緊急.
    Urgent,
    /// 軽微.
    Minor,
    /// 法令の規定により裁量の余地がない.
    NoDiscretion,
    /// 市税の賦課徴収・使用料等の徴収.
    TaxOrFee,
    /// 予算の定めるところによる.
    BudgetRelated,
    /// 同等の手続を経ている.
    EquivalentProcedureDone,
}

/// What became of the draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 案のとおり.
    AdoptedAsDrafted,
    /// 案を修正して.
    AdoptedWithChanges,
    /// The policy is not set.
    Withdrawn,
}

/// Why part of an opinion is left out of what is published (43条3項).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RedactionReason {
    /// It names the submitter.
    PersonalData,
    /// It names others.
    PersonalDataOfOthers,
    /// 誹謗中傷.
    Defamation,
    /// It would harm the rights or interests of a third party.
    ThirdPartyInterest,
    /// わいせつ.
    Obscenity,
}

/// Why an opinion is hidden from the page. It stays in the log and in the
/// counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HidingReason {
    /// 誹謗中傷.
    Defamation,
    /// It names others.
    PersonalDataOfOthers,
    /// わいせつ.
    Obscenity,
    /// 広告.
    Advertising,
    /// It does not speak of the draft.
    OffTopic,
    /// It incites hatred or violence.
    Hatred,
}

impl HidingReason {
    /// The stable code that the public sees.
    pub fn code(self) -> &'static str {
        match self {
            Self::Defamation => "DEFAMATION",
            Self::PersonalDataOfOthers => "PERSONAL_DATA_OF_OTHERS",
            Self::Obscenity => "OBSCENITY",
            Self::Advertising => "ADVERTISING",
            Self::OffTopic => "OFF_TOPIC",
            Self::Hatred => "HATRED",
        }
    }
}

/// Why an opinion is kept but is no 提出意見.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LateReason {
    /// It came after the last day of the period.
    AfterDeadline,
    /// It was sent in time, but reached the desk after the policy was decided.
    AfterDecision,
}

/// The letter of a category of answers (対応区分), as the ordinance sets it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResponseCategory(String);

/// Why a text is not the letter of a category.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a category is written with one to four capital letters or digits: {0:?}")]
pub struct ResponseCategoryError(String);

impl ResponseCategory {
    /// The letter.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ResponseCategory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ResponseCategory {
    type Err = ResponseCategoryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        if (1..=4).contains(&text.len()) && text.bytes().all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ResponseCategoryError(text.chars().take(20).collect()))
        }
    }
}

impl Serialize for ResponseCategory {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ResponseCategory {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::ids::parse_text(deserializer)
    }
}

/// What a category says about the draft. The rules look at this, not at the
/// letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CategoryMeaning {
    /// A: the policy was changed.
    Reflected,
    /// B: the draft already follows the purpose of the opinion.
    AlreadyCovered,
    /// C: a reference for future work.
    Reference,
    /// D: a question or request; the content is explained.
    Explained,
    /// E: anything else.
    Other,
}

/// A category of answers, as configured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Its letter.
    pub code: ResponseCategory,
    /// What it says about the draft.
    pub meaning: CategoryMeaning,
    /// The name that people read.
    pub label: Bilingual,
}

/// The number on a receipt: the last 40 bits of the submission's id. They are
/// random, so the number says nothing about how many came before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReceiptNumber(u64);

/// Why a text is not a receipt number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a receipt number has the form 7K3M-0QXZ: {0:?}")]
pub struct ReceiptNumberError(String);

impl ReceiptNumber {
    const ALPHABET: &'static [u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// The number of a submission.
    pub fn of(submission: SubmissionId) -> Self {
        let mut number = 0;
        for byte in submission.0.0.to_be_bytes().into_iter().skip(11) {
            number = (number << 8) | u64::from(byte);
        }
        Self(number)
    }
}

impl fmt::Display for ReceiptNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in (0..8_u32).rev() {
            // Five bits are an index into 32 letters.
            let letter = usize::try_from((self.0 >> (5 * place)) & 31).unwrap_or(0);
            write!(f, "{}", char::from(Self::ALPHABET[letter]))?;
            if place == 4 {
                f.write_str("-")?;
            }
        }
        Ok(())
    }
}

impl FromStr for ReceiptNumber {
    type Err = ReceiptNumberError;

    /// Reads what a person typed from a paper: small letters, a missing hyphen
    /// and the look-alikes of Crockford's alphabet are understood.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || ReceiptNumberError(text.chars().take(20).collect());
        let mut number = 0;
        let mut letters = 0;
        for typed in text.trim().bytes().filter(|byte| *byte != b'-') {
            let letter = match typed.to_ascii_uppercase() {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                other => other,
            };
            let place = Self::ALPHABET.iter().position(|known| *known == letter);
            let value = place.and_then(|place| u64::try_from(place).ok());
            number = (number << 5) | value.ok_or_else(refuse)?;
            letters += 1;
            if letters > 8 {
                return Err(refuse());
            }
        }
        if letters == 8 {
            Ok(Self(number))
        } else {
            Err(refuse())
        }
    }
}

#[cfg(test)]
mod tests {
    use ulid::Ulid;

    use super::*;

    #[test]
    fn a_receipt_number_is_the_end_of_the_id() {
        let submission = SubmissionId(Ulid::from_string("01ARZ3NDEKTSV4RRFFQ69G5FAV").unwrap());
        let number = ReceiptNumber::of(submission);
        assert_eq!(number.to_string(), "Q69G-5FAV");
        for typed in ["Q69G-5FAV", "q69g5fav", " Q69G5FAV "] {
            assert_eq!(typed.parse(), Ok(number));
        }
        assert_eq!("O1il-0000".parse::<ReceiptNumber>(), "0111-0000".parse());
        for bad in ["", "Q69G-5FA", "Q69G-5FAVX", "Q69G-5FAU", "Ｑ69G-5FA"] {
            assert!(bad.parse::<ReceiptNumber>().is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn a_category_is_a_short_code() {
        assert!("A".parse::<ResponseCategory>().is_ok());
        for bad in ["", "a", "ABCDE", "Ａ", "A B"] {
            assert!(
                bad.parse::<ResponseCategory>().is_err(),
                "{bad:?} was taken"
            );
        }
    }
}

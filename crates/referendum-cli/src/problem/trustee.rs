//! Problems of trustees: keys, ceremony, decryption.

use std::path::PathBuf;

use ballot::trustee::CeremonyError;

use crate::text::{Text, list, text};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TrusteeProblem {
    /// The name stands nowhere in the draft.
    UnknownName { name: String, known: Vec<String> },
    /// A single trustee does not take part in the ceremony, or a member makes no single key.
    WrongRole { name: String, single: bool },
    /// The folder belongs to somebody else.
    OtherTrustee { folder: PathBuf, owner: String },
    /// A step before this one has not been done in this folder.
    NotYet { step: &'static str },
    /// A message is missing from these members.
    MessagesMissing { kind: Message, members: Vec<String> },
    /// A member sent two different messages.
    MessagesContradict { kind: Message, member: String },
    /// The certificates are not those that were compared.
    CertificatesChanged,
    /// The deals give another key than the one already made of other deals.
    OtherKey,
    /// What was read out is something else.
    FingerprintDiffers { own: String },
    /// A step of the ceremony found something false.
    Ceremony {
        error: CeremonyError,
        member: Option<String>,
    },
    /// The key of these trustees is missing.
    KeysMissing { names: Vec<String> },
    /// A key belongs to no trustee of the draft.
    UnplannedKey { path: PathBuf },
    /// A threshold group is missing, was not planned, or is another one.
    OtherGroupPlanned,
    /// The threshold group has no signatures: the form of belenios-tool 2.0.
    OldThresholdForm { path: PathBuf },
    /// The keys do not hold.
    Invalid { detail: String },
    /// The secret key is none of the trustees'.
    KeyNotListed { path: PathBuf },
    /// The trustee has already decrypted another tally.
    SecondTally { first: String, second: String },
    /// A partial decryption fits no trustee.
    DecryptionInvalid { path: PathBuf, detail: String },
    /// More trustees have to decrypt.
    DecryptionsMissing {
        single: Vec<String>,
        members: Vec<String>,
        more: usize,
    },
}

/// A message of the ceremony.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    Certificate,
    Deal,
    VerificationKey,
}

impl Message {
    fn text(self) -> Text {
        match self {
            Self::Certificate => text!("証明（certificate）", "certificate"),
            Self::Deal => text!("配布（deal）", "deal"),
            Self::VerificationKey => text!("検証鍵（verification-key）", "verification key"),
        }
    }
}

impl TrusteeProblem {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::UnknownName { .. } => "TRUSTEE_UNKNOWN",
            Self::WrongRole { .. } => "TRUSTEE_ROLE",
            Self::OtherTrustee { .. } => "TRUSTEE_FOLDER_TAKEN",
            Self::NotYet { .. } => "CEREMONY_ORDER",
            Self::MessagesMissing { .. } => "CEREMONY_MESSAGE_MISSING",
            Self::MessagesContradict { .. } => "CEREMONY_MESSAGES_CONTRADICT",
            Self::CertificatesChanged => "CEREMONY_CERTIFICATES_CHANGED",
            Self::OtherKey => "CEREMONY_KEY_CHANGED",
            Self::FingerprintDiffers { .. } => "CEREMONY_FINGERPRINT",
            Self::Ceremony { error, .. } => match error {
                CeremonyError::Seed => "CEREMONY_SEED",
                CeremonyError::Threshold { .. } => "CEREMONY_THRESHOLD",
                CeremonyError::Certificate { .. } => "CEREMONY_CERTIFICATE",
                CeremonyError::NotAMember => "CEREMONY_NOT_A_MEMBER",
                CeremonyError::Deals { .. } => "CEREMONY_DEALS",
                CeremonyError::Deal { .. } => "CEREMONY_DEAL",
                CeremonyError::Share { .. } => "CEREMONY_SHARE",
                CeremonyError::VerificationKey { .. } => "CEREMONY_VERIFICATION_KEY",
            },
            Self::KeysMissing { .. } => "TRUSTEE_KEY_MISSING",
            Self::UnplannedKey { .. } => "TRUSTEE_KEY_UNPLANNED",
            Self::OtherGroupPlanned => "TRUSTEE_GROUP_DIFFERS",
            Self::OldThresholdForm { .. } => "TRUSTEE_GROUP_UNSIGNED",
            Self::Invalid { .. } => "TRUSTEES_INVALID",
            Self::KeyNotListed { .. } => "TRUSTEE_KEY_NOT_LISTED",
            Self::SecondTally { .. } => "SECOND_TALLY",
            Self::DecryptionInvalid { .. } => "DECRYPTION_INVALID",
            Self::DecryptionsMissing { .. } => "DECRYPTION_MISSING",
        }
    }

    pub(super) fn text(&self) -> Text {
        match self {
            Self::UnknownName { name, known } => {
                let known = list(known);
                text!(
                    "「{name}」という鍵の保管者は下書きにいません。いるのは {known} です。同じ書き方で指定してください。",
                    "The draft names no trustee \"{name}\"; it names {known}. Write the name in the same way."
                )
            }
            Self::WrongRole { name, single: true } => text!(
                "「{name}」は単独の鍵を持つ人です。`hiroba referendum trustee key` を使ってください。",
                "\"{name}\" holds a key alone. Use `hiroba referendum trustee key`."
            ),
            Self::WrongRole {
                name,
                single: false,
            } => text!(
                "「{name}」は分散鍵の一員です。`hiroba referendum trustee certificate` から始めてください。",
                "\"{name}\" is a member of the threshold group. Begin with `hiroba referendum trustee certificate`."
            ),
            Self::OtherTrustee { folder, owner } => {
                let folder = folder.display();
                text!(
                    "{folder} は「{owner}」のフォルダーです。保管者ごとに別のフォルダー（できれば別の機械）を使ってください。",
                    "{folder} belongs to \"{owner}\". Each trustee needs a folder, preferably a machine, of their own."
                )
            }
            Self::NotYet { step } => text!(
                "このフォルダーではまだ前の手順が済んでいません。先に `hiroba referendum trustee {step}` を行ってください。",
                "A step before this one is missing in this folder. First run `hiroba referendum trustee {step}`."
            ),
            Self::MessagesMissing { kind, members } => {
                let (Text { ja, en }, members) = (kind.text(), list(members));
                text!(
                    "次の人の{ja}がありません: {members}。受け取って一緒に指定してください。",
                    "The {en} of these members is missing: {members}. Get it and give it with the others."
                )
            }
            Self::MessagesContradict { kind, member } => {
                let Text { ja, en } = kind.text();
                text!(
                    "「{member}」の{ja}が二種類あります。すり替えの疑いがあります。本人に確かめ、正しい一つだけを指定してください。",
                    "There are two different {en}s of \"{member}\". One may be forged: ask the member and give only the true one."
                )
            }
            Self::CertificatesChanged => text!(
                "証明が、このフォルダーで照合したものと違います。全員で照合した同じ証明を使ってください。作り直すなら全員が新しいフォルダーで最初から始めてください。",
                "The certificates are not those compared in this folder. Use the same ones that everybody compared; to start over, everybody begins again in a new folder."
            ),
            Self::OtherKey => text!(
                "このフォルダーの鍵は、別の配布から作られています。配布をやり直したのなら、全員が新しいフォルダーで最初から始めてください。",
                "The key in this folder was made of other deals. If dealing was repeated, everybody begins again in a new folder."
            ),
            Self::FingerprintDiffers { own } => text!(
                "読み上げられた照合値が、この機械の照合値 {own} と違います。証明がすり替えられたおそれがあります。配布せず、全員の証明を集め直して照合してください。",
                "The fingerprint that was read out is not this machine's, {own}. A certificate may have been replaced: do not deal; collect all certificates again and compare."
            ),
            Self::Ceremony { error, member } => {
                let member = member.as_deref().unwrap_or("-");
                text!(
                    "鍵づくりを続けられません。「{member}」から届いたものが正しくありません（{error}）。本人から受け取り直し、それでも同じなら全員で最初からやり直してください。",
                    "The ceremony cannot go on: what came from \"{member}\" is false ({error}). Get it again from that member; if it stays false, everybody starts over."
                )
            }
            Self::KeysMissing { names } => {
                let names = list(names);
                text!(
                    "次の保管者の公開鍵がありません: {names}。--key か --threshold で指定してください。",
                    "The public key of these trustees is missing: {names}. Give it with --key or --threshold."
                )
            }
            Self::UnplannedKey { path } => {
                let path = path.display();
                text!(
                    "{path} の鍵は、下書きのどの保管者のものでもないか、同じ人の二つ目の鍵です。保管者を確かめてください。",
                    "The key in {path} belongs to no trustee of the draft, or is a second key of one. Check whose it is."
                )
            }
            Self::OtherGroupPlanned => text!(
                "分散鍵の人数、必要数、または名前の順が下書きと違います。下書きのとおりに鍵づくりを行ったか確かめてください。",
                "Size, threshold or names of the threshold group differ from the draft. Check that the ceremony followed the draft."
            ),
            Self::OldThresholdForm { path } => {
                let path = path.display();
                text!(
                    "{path} は署名のない古い形式（belenios-tool 2.0）の分散鍵です。鍵づくりを `hiroba referendum trustee` で行ってください。",
                    "{path} has the old form without signatures (belenios-tool 2.0). Make the keys with `hiroba referendum trustee`."
                )
            }
            Self::Invalid { detail } => text!(
                "保管者の鍵の証明が成り立ちません（{detail}）。その鍵を受け取り直してください。",
                "The trustees' keys do not hold: {detail}. Get that key again."
            ),
            Self::KeyNotListed { path } => {
                let path = path.display();
                text!(
                    "{path} の鍵は、この投票記録のどの保管者のものでもありません。正しいフォルダーと投票記録を指定してください。",
                    "The key in {path} belongs to no trustee of this archive. Give the right folder and archive."
                )
            }
            Self::SecondTally { first, second } => text!(
                "この鍵はすでに別の集計 {first} を復号しています。今の集計は {second} です。二つの集計を復号すると個々の票が分かるおそれがあるため、行いません。選挙管理委員会に理由を確かめてください。",
                "This key has already decrypted another tally, {first}; this one is {second}. Decrypting both could reveal single votes, so it is not done. Ask the election commission why there are two."
            ),
            Self::DecryptionInvalid { path, detail } => {
                let path = path.display();
                text!(
                    "{path} はこの集計のどの保管者の復号とも認められません（{detail}）。保管者に作り直してもらってください。",
                    "{path} is no trustee's valid decryption of this tally ({detail}). Ask the trustee to make it again."
                )
            }
            Self::DecryptionsMissing {
                single,
                members,
                more,
            } => {
                let single = list(single);
                let members = list(members);
                match (single.is_empty(), *more) {
                    (true, more) => text!(
                        "あと {more} 人の復号が必要です。まだの人: {members}。",
                        "{more} more members have to decrypt. Not yet there: {members}."
                    ),
                    (false, 0) => text!(
                        "次の保管者の復号が欠かせません: {single}。",
                        "These trustees are indispensable and have not decrypted: {single}."
                    ),
                    (false, more) => text!(
                        "次の保管者の復号が欠かせません: {single}。さらにあと {more} 人が必要です。まだの人: {members}。",
                        "These trustees are indispensable and have not decrypted: {single}. Besides, {more} more members have to: {members}."
                    ),
                }
            }
        }
    }
}

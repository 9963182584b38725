//! Why the rules say no.

use crate::{
    Language, LegalDate,
    ids::SubjectId,
    refusal::{Needed, refusals},
};

refusals! {
    /// Why a command on somebody's personal data is turned down.
    pub enum Refusal {
        /// Who asks does not have the role.
        NotPermitted {
            /// The roles, one of which is needed.
            needed: Needed,
        } = "NOT_PERMITTED" {
            ja("この操作の権限がありません。{}の権限を持つ方に依頼してください。", needed.names(Language::Ja))
            en("you may not do this; ask somebody who is: {}", needed.names(Language::En))
        }
        /// The stream is that of another person.
        OtherSubject {
            /// Whose it is.
            subject: SubjectId,
        } = "OTHER_SUBJECT" {
            ja("対象者が一致しません（{subject}）。対象者を確かめてください。")
            en("these are the data of {subject}; check whose you mean")
        }
        /// A reason is missing.
        ReasonRequired = "REASON_REQUIRED" {
            ja("閲覧の理由を入力してください。本人も見ることができます。")
            en("give the reason; the person concerned can read it")
        }
        /// Words that will stand in the log for ever tell who the person is.
        PersonalDataRepeated = "PERSONAL_DATA_REPEATED" {
            ja("文章に提出者の氏名や連絡先が含まれています。該当部分を書き直してください。")
            en("the text repeats a submitter's name or contact; write it without")
        }
        /// No field was named.
        FieldsRequired = "FIELDS_REQUIRED" {
            ja("閲覧する項目を選んでください。")
            en("choose the fields to open")
        }
        /// The data were erased.
        Erased = "ERASED" {
            ja("この個人情報は消去されており、閲覧できません。")
            en("these data were erased and cannot be opened by anybody")
        }
        /// The law or the decision is missing.
        LegalBasisRequired = "LEGAL_BASIS_REQUIRED" {
            ja("消去の根拠と決定番号を入力してください。")
            en("give the legal basis and the number of the decision")
        }
        /// There is no reason to erase: nobody asked, and no period runs.
        GroundRequired = "GROUND_REQUIRED" {
            ja("本人の請求がなく、保存期間も始まっていません。手続が完結し、保存期間が定められてから消去してください。")
            en("the person did not ask for it, and no retention period runs: the procedure is not completed, or no period is set")
        }
        /// The retention period is not over.
        RetentionNotOver {
            /// The last day on which the data must be kept.
            kept_until: LegalDate,
        } = "RETENTION_NOT_OVER" {
            ja("保存期間は{kept_until}までです。満了後に消去してください。")
            en("the data must be kept until {kept_until}; erase them afterwards")
        }
    }
}

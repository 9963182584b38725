//! Why the rules say no.

use crate::{
    Language, LegalDate,
    refusal::{Needed, refusals},
};

refusals! {
    /// Why a command on an ordinance is turned down.
    pub enum Refusal {
        /// Who asks does not have the role.
        NotPermitted {
            /// The roles, one of which is needed.
            needed: Needed,
        } = "NOT_PERMITTED" {
            ja("この操作の権限がありません。{}の権限を持つ方に依頼してください。", needed.names(Language::Ja))
            en("you may not do this; ask somebody who is: {}", needed.names(Language::En))
        }
        /// Another version has this name.
        VersionTaken {
            /// The name.
            version: String,
        } = "VERSION_TAKEN" {
            ja("版「{version}」は別の内容で登録されています。新しい版名にしてください。")
            en("version {version} was recorded with other parameters; use a new name")
        }
        /// Another version takes effect on the same day.
        DayTaken {
            /// The day.
            effective_on: LegalDate,
        } = "DAY_TAKEN" {
            ja("{effective_on}に施行される版、または廃止がすでにあります。施行日を確かめてください。")
            en("another version or a repeal takes effect on {effective_on}; check the day")
        }
        /// The parameters are those of another institution.
        OtherInstitution {
            /// The institution of the stream.
            institution: String,
        } = "OTHER_INSTITUTION" {
            ja("この条例は「{institution}」のものです。制度を確かめてください。")
            en("this ordinance is that of {institution}; check the institution")
        }
        /// The parameters contradict themselves.
        ParametersInvalid {
            /// Which, and how.
            problem: String,
        } = "PARAMETERS_INVALID" {
            ja("条例の設定に誤りがあります: {problem}")
            en("the parameters cannot hold: {problem}")
        }
        /// There is no such version.
        VersionUnknown {
            /// The name.
            version: String,
        } = "VERSION_UNKNOWN" {
            ja("版「{version}」は登録されていません。版名を確かめてください。")
            en("there is no version {version}; check the name")
        }
        /// The version does not hold on that day.
        NotInForce {
            /// The name.
            version: String,
            /// The day.
            effective_on: LegalDate,
        } = "NOT_IN_FORCE" {
            ja("版「{version}」は{effective_on}に効力がありません。日付を確かめてください。")
            en("version {version} is not in force on {effective_on}; check the day")
        }
    }
}

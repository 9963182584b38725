//! Why the rules say no.

use crate::{
    Language,
    refusal::{Needed, refusals},
};

refusals! {
    /// Why a command on the log is turned down.
    pub enum Refusal {
        /// Who asks does not have the role.
        NotPermitted {
            /// The roles, one of which is needed.
            needed: Needed,
        } = "NOT_PERMITTED" {
            ja("この操作の権限がありません。{}の権限が必要です。", needed.names(Language::Ja))
            en("you may not do this; it is for: {}", needed.names(Language::En))
        }
        /// The log exists, with another name or key.
        LogExists {
            /// Its name.
            origin: String,
        } = "LOG_EXISTS" {
            ja("ログ「{origin}」はすでにあります。設定の名前と鍵を確かめてください。")
            en("the log {origin} exists with another name or key; check the configuration")
        }
        /// The log does not exist yet.
        LogUnknown = "LOG_UNKNOWN" {
            ja("ログがまだ作成されていません。先に作成してください。")
            en("the log does not exist yet; create it first")
        }
        /// Name or key is empty.
        NameRequired = "NAME_REQUIRED" {
            ja("ログの名前と検証鍵を設定してください。")
            en("configure the name of the log and its verifier key")
        }
        /// The key was used before and given up.
        KeyRetired {
            /// The key.
            vkey: String,
        } = "KEY_RETIRED" {
            ja("検証鍵「{vkey}」は以前に使われ、廃止されています。新しい鍵を作ってください。")
            en("the key {vkey} was used and retired before; make a new one")
        }
    }
}

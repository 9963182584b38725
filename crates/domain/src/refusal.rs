//! Refusals: answers to somebody who asked for what the rules do not allow.
//!
//! A refusal is data. Its code is stable, because programs read it; its
//! sentences say what is wrong and what to do, in both languages.

use std::fmt;

use crate::{Language, Role};

/// Why the rules say no.
pub trait Refusal: fmt::Debug {
    /// The stable code, in SCREAMING_SNAKE.
    fn code(&self) -> &'static str;

    /// What is wrong and what to do, for the person who asked.
    fn sentence(&self, language: Language) -> String;
}

/// The roles, one of which a command needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needed(pub &'static [Role]);

impl Needed {
    /// The names of the roles, for a sentence.
    pub fn names(self, language: Language) -> String {
        let separator = match language {
            Language::Ja => "・",
            Language::En => ", ",
        };
        let names: Vec<_> = self.0.iter().map(|role| role.name(language)).collect();
        names.join(separator)
    }
}

/// Writes an enum of refusals with the code and both sentences beside each.
///
/// The sentences are the arguments of `format!`; the fields are in scope.
macro_rules! refusals {
    (
        $(#[$doc:meta])*
        pub enum $name:ident {$(
            $(#[$variant_doc:meta])*
            $variant:ident $({$(
                $(#[$field_doc:meta])*
                $field:ident: $type:ty
            ),* $(,)?})? = $code:literal {
                ja($($ja:tt)+)
                en($($en:tt)+)
            }
        )*}
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $name {$(
            $(#[$variant_doc])*
            $variant $({$(
                $(#[$field_doc])*
                $field: $type
            ),*})?
        ),*}

        impl $name {
            /// The codes of all refusals.
            pub const CODES: &'static [&'static str] = &[$($code),*];
        }

        impl $crate::refusal::Refusal for $name {
            fn code(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $code),*
                }
            }

            fn sentence(&self, language: $crate::Language) -> String {
                match (self, language) {$(
                    (Self::$variant $({$($field),*})?, $crate::Language::Ja) => {
                        $($(let _ = $field;)*)?
                        format!($($ja)+)
                    }
                    (Self::$variant $({$($field),*})?, $crate::Language::En) => {
                        $($(let _ = $field;)*)?
                        format!($($en)+)
                    }
                )*}
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&$crate::refusal::Refusal::sentence(self, $crate::Language::En))
            }
        }

        impl std::error::Error for $name {}
    };
}

pub(crate) use refusals;

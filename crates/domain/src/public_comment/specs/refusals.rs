//! Every refusal says what is wrong in both languages.

use std::collections::BTreeSet;

use super::super::{Refusal, fixtures::*};
use crate::{Language, Refusal as _};

#[test]
fn every_refusal_has_its_own_code() {
    let codes: BTreeSet<_> = Refusal::CODES.iter().collect();
    assert_eq!(codes.len(), Refusal::CODES.len());
    for code in codes {
        let fits = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
        assert!(code.bytes().all(fits), "{code}");
    }
}

#[test]
fn a_refusal_states_its_facts_in_both_languages() {
    let refusal = Refusal::PeriodTooShort {
        days: 29,
        least: 30,
        earliest: day(CLOSES),
    };
    assert_eq!(refusal.code(), "PERIOD_TOO_SHORT");
    for language in Language::ALL {
        let sentence = refusal.sentence(language);
        assert!(
            sentence.contains("29") && sentence.contains("30"),
            "{sentence}"
        );
    }
    let needed = super::super::Command::CloseCase.roles();
    let refusal = Refusal::NotPermitted {
        needed: crate::refusal::Needed(needed),
    };
    assert!(refusal.sentence(Language::Ja).contains("システム"));
    assert!(refusal.to_string().contains("the system"));
}

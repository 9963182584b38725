//! The definition of a referendum, as a person writes it in TOML.

use std::collections::HashSet;

use ballot::question::Question;
use serde::Deserialize;

use crate::draft::{Draft, Group, TrusteePlan};
use crate::problem::{DefinitionProblem, QuestionFault};

/// An example that can be used as it is.
pub(crate) const EXAMPLE: &str = r#"# 住民投票の定義 / Definition of a referendum
name = "本庁舎の建替えに関する住民投票"
description = "本庁舎を現在の場所で建て替えることの賛否を問います。"
group = "Ed25519"                     # "BELENIOS-2048": 古い検証ツールでも読める / also for older verifiers
language = "ja"
administrator = "選挙管理委員会"
credential_authority = "選挙管理委員会事務局"
polling = "2027年4月11日（日）午前7時から午後8時まで"   # 入場券に載る / stands on the cards
# voting_page = "https://vote.example/" # QRコードの行き先 / where the QR code leads

[[question]]
text = "本庁舎の建替えに賛成ですか、反対ですか。"
form = "for-against"                  # 賛成か反対か / for or against
blank = "counted"                     # 白票を選択肢の一つとして数える（計算が軽い） / blank votes are one more answer (cheap)

# [[question]]
# text = "敷地の使い方を一つ選んでください。"
# form = "one-of"                     # 一つだけ選ぶ / exactly one
# answers = ["公園", "図書館", "駐車場"]
# blank = "separate"                  # 白票を別に証明して数える / blank votes with a proof of their own

# [[question]]
# text = "残したい施設を二つまで選んでください。"
# form = "up-to"                      # least 以上 most 以下を選ぶ / between least and most
# answers = ["講堂", "中庭", "展望台"]
# least = 0
# most = 2

[trustees]
single = ["選挙管理委員会"]            # 全員が必要 / each is indispensable
members = ["甲野", "乙川", "丙山"]     # このうち threshold 人で足りる / threshold of these suffice
threshold = 2
"#;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Definition {
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default = "ed25519")]
    group: Group,
    #[serde(default = "japanese")]
    language: String,
    administrator: Option<String>,
    credential_authority: Option<String>,
    polling: Option<String>,
    voting_page: Option<String>,
    question: Vec<Asked>,
    trustees: TrusteePlan,
}

fn ed25519() -> Group {
    Group::Ed25519
}

fn japanese() -> String {
    "ja".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    text: String,
    form: Form,
    answers: Option<Vec<String>>,
    blank: Option<Blank>,
    least: Option<u64>,
    most: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Form {
    ForAgainst,
    OneOf,
    UpTo,
}

/// How blank votes are expressed.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Blank {
    /// Not at all.
    None,
    /// As one more answer: the cheapest ballot.
    Counted,
    /// As the protocol's blank choice, with proofs of its own.
    Separate,
}

/// Makes the draft of a definition, under a uuid.
pub(crate) fn draft(text: &str, uuid: String) -> Result<Draft, Vec<DefinitionProblem>> {
    let definition: Definition = toml::from_str(text).map_err(|error| {
        vec![DefinitionProblem::Malformed {
            detail: error.to_string(),
        }]
    })?;
    let mut problems = Vec::new();
    if definition.name.trim().is_empty() {
        problems.push(DefinitionProblem::NoName);
    }
    if definition.question.is_empty() {
        problems.push(DefinitionProblem::NoQuestions);
    }
    let mut questions = Vec::new();
    for (asked, number) in definition.question.into_iter().zip(1..) {
        match question(asked, number, &definition.language) {
            Ok(question) => questions.push(question),
            Err(problem) => problems.push(problem),
        }
    }
    problems.extend(check_trustees(&definition.trustees));
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Draft {
        uuid,
        group: definition.group,
        name: definition.name,
        description: definition.description,
        questions,
        language: definition.language,
        administrator: definition.administrator,
        credential_authority: definition.credential_authority,
        polling: definition.polling,
        voting_page: definition.voting_page,
        trustees: definition.trustees,
    })
}

fn question(asked: Asked, number: usize, language: &str) -> Result<Question, DefinitionProblem> {
    let wrong = |fault| DefinitionProblem::Question { number, fault };
    let words = |ja: &str, en: &str| {
        if language == "ja" {
            ja.to_owned()
        } else {
            en.to_owned()
        }
    };
    let blank = asked.blank.unwrap_or(match asked.form {
        Form::ForAgainst => Blank::Counted,
        Form::OneOf | Form::UpTo => Blank::None,
    });
    let mut answers = match (asked.form, asked.answers) {
        (_, Some(answers)) => answers,
        (Form::ForAgainst, None) => vec![words("賛成", "For"), words("反対", "Against")],
        (Form::OneOf | Form::UpTo, None) => return Err(wrong(QuestionFault::AnswersMissing)),
    };
    if asked.form == Form::ForAgainst && answers.len() != 2 {
        return Err(wrong(QuestionFault::NotTwoAnswers));
    }
    let (min, max) = match (asked.form, asked.least, asked.most) {
        (Form::UpTo, least, Some(most)) => (least.unwrap_or(0), most),
        (Form::UpTo, _, None) => return Err(wrong(QuestionFault::MostMissing)),
        (_, None, None) => (1, 1),
        _ => return Err(wrong(QuestionFault::BoundsMisplaced)),
    };
    if blank == Blank::Counted {
        if asked.form == Form::UpTo {
            return Err(wrong(QuestionFault::BlankNotCountable));
        }
        answers.push(words("白票", "Blank"));
    }
    if blank == Blank::Separate && min == 0 {
        return Err(wrong(QuestionFault::BlankNotSeparable));
    }
    let distinct: HashSet<&String> = answers.iter().collect();
    if distinct.len() != answers.len() || answers.iter().any(|answer| answer.trim().is_empty()) {
        return Err(wrong(QuestionFault::AnswersNotDistinct));
    }
    if max == 0 {
        return Err(wrong(QuestionFault::MostIsZero));
    }
    let question = Question {
        answers,
        blank: (blank == Blank::Separate).then_some(true),
        min,
        max,
        text: asked.text,
    };
    question.check().map_err(|_| {
        wrong(QuestionFault::Bounds {
            least: min,
            most: max,
        })
    })?;
    Ok(question)
}

fn check_trustees(plan: &TrusteePlan) -> Option<DefinitionProblem> {
    let names: HashSet<&String> = plan.names().collect();
    let threshold_fits = match plan.threshold {
        Some(threshold) => (1..=plan.members.len()).contains(&threshold),
        None => plan.members.is_empty(),
    };
    if plan.names().next().is_none() {
        Some(DefinitionProblem::NoTrustees)
    } else if names.len() != plan.names().count() || names.iter().any(|name| name.trim().is_empty())
    {
        Some(DefinitionProblem::TrusteeNames)
    } else if !threshold_fits {
        Some(DefinitionProblem::Threshold {
            members: plan.members.len(),
        })
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(question: &str) -> Result<Question, Vec<DefinitionProblem>> {
        let text = format!(
            "name = \"x\"\n[[question]]\ntext = \"?\"\n{question}\n[trustees]\nsingle = [\"a\"]\n"
        );
        draft(&text, "uuid".into()).map(|draft| draft.questions[0].clone())
    }

    fn shape(question: &str) -> (Vec<String>, Option<bool>, u64, u64) {
        let question = asked(question).expect("a question");
        (question.answers, question.blank, question.min, question.max)
    }

    #[test]
    fn the_example_is_a_definition() {
        let draft = draft(EXAMPLE, "uuid".into()).expect("a draft");
        assert_eq!(draft.trustees.threshold, Some(2));
        let everything = EXAMPLE
            .replace("\n# [[", "\n[[")
            .replace("\n# text", "\ntext");
        let everything = ["form", "answers", "blank", "least", "most"]
            .iter()
            .fold(everything, |text, key| {
                text.replace(&format!("\n# {key}"), &format!("\n{key}"))
            });
        let draft = super::draft(&everything, "uuid".into()).expect("a draft");
        assert_eq!(draft.questions.len(), 3);
    }

    #[test]
    fn each_form_becomes_the_question_that_it_names() {
        let words = |words: &[&str]| {
            words
                .iter()
                .map(|word| (*word).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            shape("form = \"for-against\""),
            (words(&["賛成", "反対", "白票"]), None, 1, 1)
        );
        assert_eq!(
            shape("form = \"for-against\"\nblank = \"separate\""),
            (words(&["賛成", "反対"]), Some(true), 1, 1)
        );
        assert_eq!(
            shape("form = \"one-of\"\nanswers = [\"a\", \"b\"]"),
            (words(&["a", "b"]), None, 1, 1)
        );
        assert_eq!(
            shape("form = \"up-to\"\nanswers = [\"a\", \"b\", \"c\"]\nmost = 2"),
            (words(&["a", "b", "c"]), None, 0, 2)
        );
    }

    #[test]
    fn a_question_that_cannot_be_asked_is_refused() {
        for question in [
            "form = \"one-of\"",
            "form = \"one-of\"\nanswers = []",
            "form = \"one-of\"\nanswers = [\"a\", \"a\"]",
            "form = \"one-of\"\nanswers = [\"a\", \" \"]",
            "form = \"one-of\"\nanswers = [\"a\"]\nmost = 2",
            "form = \"for-against\"\nanswers = [\"a\"]",
            "form = \"up-to\"\nanswers = [\"a\", \"b\"]",
            "form = \"up-to\"\nanswers = [\"a\", \"b\"]\nmost = 3",
            "form = \"up-to\"\nanswers = [\"a\", \"b\"]\nmost = 0",
            "form = \"up-to\"\nanswers = [\"a\", \"b\"]\nleast = 2\nmost = 1",
            "form = \"up-to\"\nanswers = [\"a\", \"b\"]\nmost = 1\nblank = \"counted\"",
            "form = \"up-to\"\nanswers = [\"a\", \"b\"]\nmost = 1\nblank = \"separate\"",
            "form = \"loudest\"",
            "form = \"for-against\"\ncolour = \"red\"",
        ] {
            assert!(asked(question).is_err(), "{question}");
        }
    }

    #[test]
    fn trustees_that_cannot_decrypt_are_refused() {
        for (trustees, expected) in [
            ("", DefinitionProblem::NoTrustees),
            ("single = [\"a\", \"a\"]", DefinitionProblem::TrusteeNames),
            (
                "members = [\"a\", \"b\"]",
                DefinitionProblem::Threshold { members: 2 },
            ),
            (
                "members = [\"a\", \"b\"]\nthreshold = 3",
                DefinitionProblem::Threshold { members: 2 },
            ),
            (
                "single = [\"a\"]\nthreshold = 1",
                DefinitionProblem::Threshold { members: 0 },
            ),
        ] {
            let text = format!(
                "name = \"x\"\n[[question]]\ntext = \"?\"\nform = \"for-against\"\n[trustees]\n{trustees}\n"
            );
            assert_eq!(
                draft(&text, "uuid".into()),
                Err(vec![expected]),
                "{trustees}"
            );
        }
    }
}

//! Everything that can stop a step: a stable code, what is wrong, and what to do.

mod definition;
mod file;
mod roll;
mod step;
mod trustee;
mod vote;

pub(crate) use definition::{DefinitionProblem, QuestionFault};
pub(crate) use file::FileProblem;
pub(crate) use roll::{RollFault, RollProblem};
pub(crate) use step::StepProblem;
pub(crate) use trustee::{Message, TrusteeProblem};
pub(crate) use vote::VoteProblem;

use crate::text::Text;

/// Something that a person has to know and act on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    File(FileProblem),
    Definition(DefinitionProblem),
    Roll(RollProblem),
    Trustee(TrusteeProblem),
    Step(StepProblem),
    Vote(VoteProblem),
}

impl Problem {
    /// A code that programs may rely on.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::File(problem) => problem.code(),
            Self::Definition(problem) => problem.code(),
            Self::Roll(problem) => problem.code(),
            Self::Trustee(problem) => problem.code(),
            Self::Step(problem) => problem.code(),
            Self::Vote(problem) => problem.code(),
        }
    }

    /// What is wrong, and what to do.
    pub(crate) fn text(&self) -> Text {
        match self {
            Self::File(problem) => problem.text(),
            Self::Definition(problem) => problem.text(),
            Self::Roll(problem) => problem.text(),
            Self::Trustee(problem) => problem.text(),
            Self::Step(problem) => problem.text(),
            Self::Vote(problem) => problem.text(),
        }
    }

    /// Whether the command itself was given wrongly, rather than something found in the files.
    pub(crate) fn is_usage(&self) -> bool {
        matches!(self, Self::File(FileProblem::Unreadable { .. }))
    }
}

/// All that is wrong, in the order in which it was found.
pub(crate) type Problems = Vec<Problem>;

macro_rules! from {
    ($($kind:ident => $variant:ident),*) => {$(
        impl From<$kind> for Problem {
            fn from(problem: $kind) -> Self {
                Self::$variant(problem)
            }
        }
        impl From<$kind> for Problems {
            fn from(problem: $kind) -> Self {
                vec![problem.into()]
            }
        }
    )*};
}
from!(
    FileProblem => File,
    DefinitionProblem => Definition,
    RollProblem => Roll,
    TrusteeProblem => Trustee,
    StepProblem => Step,
    VoteProblem => Vote
);

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        vec![problem]
    }
}

/// Problems of one kind as problems.
pub(crate) fn all<P: Into<Problem>>(problems: impl IntoIterator<Item = P>) -> Problems {
    problems.into_iter().map(Into::into).collect()
}

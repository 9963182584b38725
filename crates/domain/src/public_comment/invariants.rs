//! What holds in every history, whatever people ask for in whatever order.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

use super::{fixtures::*, *};
use crate::{
    Actor, ActorId, Role,
    history::{self, Leaf, Metadata},
    ids::{EventId, GroupId, ItemId, OfficerId, SubjectId, SubmissionId},
};

/// One step: what is asked for, with two numbers to fill it in, and the days
/// that pass before.
type Step = (u8, u8, u8, u8);

/// Anything at any time; mostly what belongs to the review; anything after it.
type Steps = (Vec<Step>, Vec<Step>, Vec<Step>);

fn steps() -> impl Strategy<Value = Steps> {
    let numbers = (any::<u8>(), any::<u8>(), 0_u8..4);
    let of = |kinds: std::ops::Range<u8>| {
        (kinds, numbers.clone()).prop_map(|(kind, (a, b, days))| (kind, a, b, days))
    };
    let before = prop::collection::vec(of(0..32), 0..60);
    let review = prop::collection::vec(prop_oneof![1 => of(0..32), 4 => of(16..25)], 0..40);
    (before, review, prop::collection::vec(of(25..32), 0..20))
}

/// A case in the making.
struct Run {
    today: LegalDate,
    state: State,
    history: Vec<Event>,
}

impl Run {
    fn context(&self, id: ActorId, role: Role) -> Context {
        on(&self.today.to_string(), id, role)
    }

    /// Somebody fitting asks; somebody who may not is always turned away.
    fn ask(&mut self, command: &Command, officer: OfficerId, subject: SubjectId) {
        let auditor = self.context(ActorId::Officer(OfficerId(ulid::Ulid(99))), Role::Auditor);
        let refusal = PublicComment::decide(command, &self.state, &auditor).unwrap_err();
        assert!(matches!(refusal, Refusal::NotPermitted { .. }));

        let role = command.roles()[0];
        let id = match role {
            Role::Citizen => ActorId::Subject(subject),
            Role::System => ActorId::System,
            _ => ActorId::Officer(officer),
        };
        let context = self.context(id, role);
        let events = PublicComment::decide(command, &self.state, &context).unwrap_or_default();
        for event in events {
            PublicComment::evolve(&mut self.state, &event);
            self.history.push(event);
        }
    }

    fn items(&self, chosen: impl Fn(&ItemState) -> bool) -> Vec<ItemId> {
        let items = self.state.items.iter();
        items
            .filter(|(_, item)| chosen(item))
            .map(|(id, _)| *id)
            .collect()
    }

    fn take(&mut self, (kind, a, b, days): Step) {
        self.today = self.today.plus_days(i64::from(days / 2)).unwrap();
        let n = u128::from(a % 8);
        let subject = if b % 5 == 0 {
            TARO
        } else {
            [HANA, TARO][usize::from(a % 2)]
        };
        let officer = if b % 7 == 0 { SATO } else { MORI };
        let letter = ["A", "B", "A", "D", "E"][usize::from(a / 8 % 5)];
        let back = |days: u8| self.today.plus_days(-i64::from(days)).unwrap().to_string();
        let command = match kind {
            0..=7 => submit(n),
            8 => enter(n, Channel::Post, &back(b % 3), Some(&back(b % 9))),
            9 => enter(n, Channel::Fax, &back(b % 3), None),
            10 => Command::ReplaceOpinion {
                submission: submission(n),
                text: opinion_text(),
            },
            11 => Command::WithdrawOpinion {
                submission: submission(n),
            },
            12 => Command::ExtendPeriod {
                closes_on: self.today.plus_days(i64::from(b)).unwrap(),
                reason: "連休のため".into(),
            },
            13 => Command::CorrectMaterial {
                material: MATERIAL,
                title: content().title,
                file: file(),
                note: "誤記".into(),
                substantive: b % 3 == 0,
            },
            14 => Command::CloseCase,
            15 => Command::StartReview,
            16..=18 => {
                let items: Vec<_> = (0..u128::from(b % 3) + 1).map(|k| 10 * n + k).collect();
                itemize(n, &items)
            }
            19 => screen(&[n]),
            20 => answer_items(&[10 * n + u128::from(b % 3)], letter),
            21 => Command::GroupItems {
                group: GroupId(ulid::Ulid(31 + n % 2)),
                items: self.items(|item| item.group.is_none() && item.answer.is_none()),
                title: checked(text("title")),
            },
            22 => answer(Target::Group(GroupId(ulid::Ulid(31 + n % 2))), letter),
            23 => Command::UngroupItems {
                group: GroupId(ulid::Ulid(31 + n % 2)),
            },
            24 => Command::RevokeResponse {
                target: Target::Items(vec![item(10 * n)]),
            },
            25 => Command::HideOpinion {
                submission: submission(n),
                reason: HidingReason::OffTopic,
                note: None,
            },
            26 => Command::AppealHiding {
                submission: submission(n),
                statement: text("statement"),
            },
            27 => Command::ReverseHiding {
                submission: submission(n),
                reason: checked("誤り"),
            },
            28 => Command::UpholdHiding {
                submission: submission(n),
                reason: checked("主題から外れる"),
            },
            29 => decide_as_drafted(),
            30 if a % 8 == 0 => Command::AbandonCase {
                title: content().title,
                drafted_on: content().drafted_on,
                reason: "見直し".into(),
                new_procedure: false,
            },
            _ => publish_results(self.state.counts().submissions(), |_| ()),
        };
        self.ask(&command, officer, subject);
    }

    /// The bureau begins its work, long after the period.
    fn review(&mut self) {
        self.today = self.today.max(day("2026-08-31")).plus_days(400).unwrap();
        self.ask(&Command::StartReview, SATO, HANA);
    }

    /// It finishes what is left.
    fn finish(&mut self) {
        let to_itemize: Vec<SubmissionId> = self.state.submissions.keys().copied().collect();
        for id in to_itemize {
            let n = id.0.0 - 1_000;
            if self.state.submissions[&id].items.is_empty() {
                self.ask(&itemize(n, &[10 * n]), SATO, HANA);
            }
            self.ask(&screen(&[n]), SATO, HANA);
        }
        let groups = self.state.groups.iter();
        let unanswered = groups.filter(|(_, group)| group.answer.is_none());
        for group in unanswered.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.ask(&answer(Target::Group(group), "C"), SATO, HANA);
        }
        let alone = self.items(|item| item.answer.is_none());
        self.ask(&answer(Target::Items(alone), "B"), SATO, HANA);
        let changed = self.items(|item| item.answer.as_ref().is_some_and(|a| a.changed_policy));
        let mut result = results(self.state.counts().submissions());
        if changed.is_empty() {
            self.ask(
                &decide_on(self.today, Outcome::AdoptedAsDrafted, vec![]),
                MAYOR,
                HANA,
            );
        } else {
            let change = DecidedChange {
                items: changed,
                ..change(&[])
            };
            let decide = decide_on(self.today, Outcome::AdoptedWithChanges, vec![change]);
            self.ask(&decide, MAYOR, HANA);
            result.final_passages[1].text = "駐輪場を二倍に増やします。".into();
            result.change_reasons = vec![ChangeReason {
                change: CHANGE,
                reason: checked("意見による"),
            }];
        }
        self.ask(&Command::PublishResults(Box::new(result)), MORI, HANA);
    }
}

fn decide_on(decided_on: LegalDate, outcome: Outcome, changes: Vec<DecidedChange>) -> Command {
    Command::DecidePolicy {
        outcome,
        decided_on,
        final_text: sealed("final text"),
        changes,
        erased: vec![],
    }
}

/// What happens when these people ask for these things.
fn play((before, review, after): &Steps) -> Run {
    let start = open();
    let mut run = Run {
        today: day("2026-03-30"),
        state: start.state(),
        history: start.history().to_vec(),
    };
    for step in before {
        run.take(*step);
    }
    run.review();
    for step in review {
        run.take(*step);
    }
    run.finish();
    for step in after {
        run.take(*step);
    }
    run
}

/// The counts, found again from the whole history in the plainest way.
fn counted_again(history: &[Event]) -> Counts {
    let mut channels: BTreeMap<SubmissionId, Channel> = BTreeMap::new();
    let mut items: BTreeMap<SubmissionId, Vec<ItemId>> = BTreeMap::new();
    let mut screened = BTreeSet::new();
    let mut groups: BTreeMap<ItemId, GroupId> = BTreeMap::new();
    let mut group_answers: BTreeMap<GroupId, bool> = BTreeMap::new();
    let mut answers: BTreeMap<ItemId, bool> = BTreeMap::new();
    let mut counts = Counts::default();
    let members = |groups: &BTreeMap<ItemId, GroupId>, group: &GroupId| -> Vec<ItemId> {
        let pairs = groups.iter().filter(|(_, of)| *of == group);
        pairs.map(|(item, _)| *item).collect()
    };
    for event in history {
        match event {
            Event::OpinionSubmitted(opinion) => {
                channels.insert(opinion.submission, opinion.channel);
            }
            Event::OpinionRegisteredLate { .. } => counts.late += 1,
            Event::OpinionWithdrawn { submission } => {
                channels.remove(submission);
                counts.withdrawn += 1;
            }
            Event::OpinionReplaced { submission, .. } => {
                screened.remove(submission);
            }
            Event::SubmissionItemized {
                submission,
                items: new,
            } => {
                for old in items.remove(submission).unwrap_or_default() {
                    answers.remove(&old);
                }
                items.insert(*submission, new.iter().map(|item| item.item).collect());
            }
            Event::OpinionScreened { submission, .. } => {
                screened.insert(*submission);
            }
            Event::ItemsGrouped { group, items, .. } => {
                for item in items {
                    groups.insert(*item, *group);
                    if let Some(changed) = group_answers.get(group) {
                        answers.insert(*item, *changed);
                    }
                }
            }
            Event::ItemsUngrouped { group } => {
                groups.retain(|_, of| of != group);
                group_answers.remove(group);
            }
            Event::ResponseAssigned {
                items,
                group,
                changed_policy,
                ..
            } => {
                let mut answered = items.clone();
                if let Some(group) = group {
                    answered.extend(members(&groups, group));
                    group_answers.insert(*group, *changed_policy);
                }
                answers.extend(answered.into_iter().map(|item| (item, *changed_policy)));
            }
            Event::ResponseRevoked { items, group } => {
                let mut revoked = items.clone();
                if let Some(group) = group {
                    revoked.extend(members(&groups, group));
                    group_answers.remove(group);
                }
                answers.retain(|item, _| !revoked.contains(item));
            }
            _ => (),
        }
    }
    let count = |number: usize| u32::try_from(number).unwrap();
    counts.by_channel =
        Channel::ALL.map(|channel| count(channels.values().filter(|of| **of == channel).count()));
    let has_items = |id: &&SubmissionId| items.contains_key(id);
    counts.unitemized = count(channels.len() - channels.keys().filter(has_items).count());
    let is_screened = |id: &&SubmissionId| screened.contains(id);
    counts.unscreened = count(channels.len() - channels.keys().filter(is_screened).count());
    counts.items = count(items.values().map(Vec::len).sum());
    counts.unanswered = counts.items - count(answers.len());
    counts.changed_policy = count(answers.values().filter(|changed| **changed).count());
    counts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_counts_are_those_of_the_whole_history(steps in steps()) {
        let run = play(&steps);
        prop_assert_eq!(*run.state.counts(), counted_again(&run.history));
    }

    #[test]
    fn what_was_kept_in_memory_is_what_the_history_leads_to(steps in steps()) {
        let run = play(&steps);
        prop_assert_eq!(PublicComment::replay(&run.history), run.state);
    }

    #[test]
    fn what_counts_came_within_the_period_that_was_public_then(steps in steps()) {
        let mut period: Option<(LegalDate, LegalDate)> = None;
        for event in play(&steps).history {
            match event {
                Event::CasePublished(call) => period = Some((call.opens_on, call.closes_on)),
                Event::PeriodExtended { closes_on, .. }
                | Event::MaterialCorrected { closes_on, .. } => {
                    let (opens_on, before) = period.unwrap();
                    prop_assert!(closes_on >= before, "the period became shorter");
                    period = Some((opens_on, closes_on));
                }
                Event::OpinionSubmitted(opinion) => {
                    let (opens_on, closes_on) = period.unwrap();
                    prop_assert!(opinion.received_on >= opens_on);
                    prop_assert!(opinion.counted_on <= closes_on);
                }
                _ => (),
            }
        }
    }

    #[test]
    fn a_submission_keeps_its_submitter_and_comes_in_once(steps in steps()) {
        let mut seen = BTreeSet::new();
        for event in play(&steps).history {
            if let Event::OpinionSubmitted(opinion)
            | Event::OpinionRegisteredLate { opinion, .. } = event
            {
                prop_assert!(seen.insert(opinion.submission));
            }
        }
    }

    #[test]
    fn a_case_never_goes_back(steps in steps()) {
        let mut state = State::default();
        let mut stage = Stage::Unknown;
        for event in play(&steps).history {
            PublicComment::evolve(&mut state, &event);
            prop_assert!(state.stage() >= stage);
            stage = state.stage();
        }
    }

    #[test]
    fn a_published_result_adds_up(steps in steps()) {
        for event in play(&steps).history {
            let Event::ResultsPublished(result) = event else { continue };
            let counts = &result.counts;
            let by_channel: u32 = counts.by_channel.iter().map(|one| one.submissions).sum();
            let by_ward: u32 = counts.by_ward.iter().map(|one| one.submissions).sum();
            let by_kind: u32 = counts.by_submitter_kind.iter().map(|one| one.submissions).sum();
            let by_category: u32 = counts.by_category.iter().map(|one| one.items).sum();
            prop_assert_eq!(by_channel, counts.submissions);
            prop_assert_eq!(by_ward, counts.submissions);
            prop_assert_eq!(by_kind, counts.submissions);
            prop_assert_eq!(by_category, counts.items);
            prop_assert!(counts.items >= counts.submissions);
            prop_assert_eq!(result.no_submissions, counts.submissions == 0);
            prop_assert_eq!(counts.by_category[0].items, counts.changed_policy);
            prop_assert_eq!(
                result.outcome == Outcome::AdoptedWithChanges,
                counts.changed_policy > 0
            );
            for count in counts.by_ward.iter().filter(|count| count.ward.is_some()) {
                prop_assert!(count.submissions >= result_document::SMALLEST_COUNT);
            }
        }
    }

    #[test]
    fn every_event_fits_in_a_leaf_and_reads_back(steps in steps()) {
        for (version, event) in (1..).zip(play(&steps).history) {
            let command = ulid::Ulid(version);
            let metadata = Metadata {
                actor: ActorId::System,
                role: Role::System,
                basis: String::new(),
                command,
                answers: None,
                event: EventId { command, index: 0 },
                legal_date: day(OPENS),
                recorded_at: "2026-04-01T00:00:00Z".parse().unwrap(),
                stream: "public_comment/case".into(),
                version: 1,
            };
            let leaf = history::write::<PublicComment>(&event, &metadata).unwrap();
            let read = Leaf::parse(&leaf).unwrap().event::<PublicComment>().unwrap();
            prop_assert_eq!(read, event);
        }
    }
}

#[test]
fn most_histories_get_far() {
    let mut runner = TestRunner::deterministic();
    let strategy = steps();
    let mut reached: BTreeMap<&str, u32> = BTreeMap::new();
    for _ in 0..200 {
        let run = play(&strategy.new_tree(&mut runner).unwrap().current());
        let kinds: BTreeSet<_> = run
            .history
            .iter()
            .map(|event| match event {
                Event::OpinionSubmitted(_) => "submitted",
                Event::OpinionRegisteredLate { .. } => "late",
                Event::OpinionReplaced { .. } => "replaced",
                Event::OpinionWithdrawn { .. } => "withdrawn",
                Event::PeriodExtended { .. } => "extended",
                Event::MaterialCorrected { .. } => "corrected",
                Event::ItemsGrouped { .. } => "grouped",
                Event::ItemsUngrouped { .. } => "ungrouped",
                Event::ResponseRevoked { .. } => "revoked",
                Event::ResultsPublished(result) if result.counts.changed_policy > 0 => "changed",
                Event::ResultsPublished(_) => "as drafted",
                Event::OpinionHidden { .. } => "hidden",
                Event::HidingAppealed { .. } => "appealed",
                Event::HidingReversed { .. } => "reversed",
                Event::CaseAbandoned { .. } => "abandoned",
                _ => "other",
            })
            .collect();
        for kind in kinds {
            *reached.entry(kind).or_default() += 1;
        }
    }
    for (kind, least) in [
        ("submitted", 100),
        ("late", 20),
        ("replaced", 20),
        ("withdrawn", 20),
        ("extended", 20),
        ("corrected", 20),
        ("grouped", 10),
        ("ungrouped", 5),
        ("revoked", 5),
        ("changed", 10),
        ("as drafted", 50),
        ("hidden", 5),
        ("appealed", 1),
        ("abandoned", 5),
    ] {
        let times = reached.get(kind).copied().unwrap_or_default();
        assert!(times >= least, "{kind}: {times} of 200; all: {reached:?}");
    }
}

#[test]
fn two_hundred_thousand_submissions_take_little_room_each() {
    // Compact enough to keep a large case in memory beside many others.
    assert!(size_of::<(SubmissionId, SubmissionState)>() <= 64);
    assert!(size_of::<(ItemId, ItemState)>() <= 80);
    let actor = Actor {
        id: ActorId::Subject(HANA),
        roles: vec![Role::Citizen],
        ward: None,
    };
    let context = Context {
        actor,
        ..hana("2026-04-10")
    };
    let mut state = open().state();
    for n in 0..200_000 {
        for event in PublicComment::decide(&submit(n), &state, &context).unwrap() {
            PublicComment::evolve(&mut state, &event);
        }
    }
    assert_eq!(state.counts().submissions(), 200_000);
    assert_eq!(state.counts().unscreened, 200_000);
}

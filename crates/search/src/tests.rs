//! The index says what a plain scan says.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::{Asked, Change, Document, Found, Index, Kinds, Searcher, Words};

/// The documents as a list.
#[derive(Clone, Debug, Default)]
struct Plain(BTreeMap<String, Document>);

impl Plain {
    fn apply(&mut self, change: &Change) {
        match change {
            Change::Put(document) => {
                self.0.insert(document.id.clone(), (**document).clone());
            }
            Change::Remove { id } => {
                self.0.remove(id);
            }
            Change::RemoveOf { owner } => {
                self.0
                    .retain(|_, document| document.owner.as_ref() != Some(owner));
            }
        }
    }

    fn scan(&self, asked: &Asked<'_>) -> Vec<String> {
        let holds = |document: &&Document| {
            let texts = document.texts.iter().map(String::as_str);
            asked.kinds.holds(document.kind.into())
                && document.first <= asked.moment
                && (document.since <= asked.moment || stands(&document.place))
                && asked.words.stand_in(texts)
        };
        let found = self.0.values().filter(holds);
        found.map(|document| document.place.clone()).collect()
    }
}

/// What whoever fills the index says where it is not sure.
fn stands(place: &str) -> bool {
    !place.ends_with('0')
}

fn document() -> impl Strategy<Value = Document> {
    let text = "([ab]|道|路|が|カ\u{3099}|ｶﾞ|Ａ|ß|\u{3000}|\n){0,12}";
    (
        0..8_u64,
        0..4_u8,
        prop::option::of(0..3_u8),
        0..4_u64,
        0..6_u64,
        prop::collection::vec(text, 0..3),
    )
        .prop_map(|(id, kind, owner, first, since, texts)| Document {
            id: format!("document {id}"),
            place: format!("place {id}"),
            owner: owner.map(|owner| format!("owner {owner}")),
            kind,
            weight: 1 + u32::from(kind),
            key: id,
            first,
            since: since.max(first),
            texts,
        })
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        6 => document().prop_map(|document| Change::Put(Box::new(document))),
        2 => (0..8_u8).prop_map(|id| Change::Remove { id: format!("document {id}") }),
        1 => (0..3_u8).prop_map(|owner| Change::RemoveOf { owner: format!("owner {owner}") }),
    ]
}

/// Reads a list to its end, two rows at a time.
fn read(searcher: &Searcher, asked: &Asked<'_>) -> (Vec<String>, usize) {
    let mut asked = asked.clone();
    let mut places = Vec::new();
    loop {
        let Found { count, rows } = searcher.find(&asked, stands).unwrap();
        let Some(last) = rows.last() else {
            return (places, count);
        };
        asked.after = Some(last.rank);
        places.extend(rows.into_iter().map(|row| row.place));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_index_finds_what_a_scan_finds(
        steps in prop::collection::vec(prop::collection::vec(change(), 0..6), 1..5),
        typed in prop::collection::vec("[abＢ道路がガ]{1,5}( [a道が]{1,2})?", 6),
        kinds in 0..16_u64,
        moment in 0..6_u64,
        scrub in any::<bool>(),
    ) {
        let mut index = Index::new().unwrap();
        let mut plain = Plain::default();
        let mut searcher = index.searcher().unwrap();
        for changes in steps {
            changes.iter().for_each(|change| plain.apply(change));
            searcher = index.apply(changes).unwrap();
        }
        if scrub {
            searcher = index.scrub().unwrap();
        }
        prop_assert_eq!(searcher.len(), u64::try_from(plain.0.len()).unwrap());
        for typed in typed {
            let words = Words::read(&typed).unwrap();
            for kinds in [Kinds::ALL, Kinds(kinds)] {
                let asked = Asked { words: &words, kinds, moment, after: None, limit: 2 };
                let (mut places, count) = read(&searcher, &asked);
                prop_assert_eq!(count, places.len());
                places.sort();
                prop_assert_eq!(places, plain.scan(&asked), "{}", typed);
            }
        }
    }
}

fn one(id: u64, kind: u8, text: &str) -> Change {
    Change::Put(Box::new(Document {
        id: id.to_string(),
        place: id.to_string(),
        owner: None,
        kind,
        weight: 1 + u32::from(kind),
        key: id,
        first: 0,
        since: 0,
        texts: vec![text.to_owned()],
    }))
}

fn finds(searcher: &Searcher, typed: &str) -> Vec<String> {
    let words = Words::read(typed).unwrap();
    let asked = Asked {
        words: &words,
        kinds: Kinds::ALL,
        moment: 0,
        after: None,
        limit: 100,
    };
    let found = searcher.find(&asked, |_| false).unwrap();
    found.rows.into_iter().map(|row| row.place).collect()
}

fn all(searcher: &Searcher, typed: &str) -> Vec<String> {
    let mut found = finds(searcher, typed);
    found.sort();
    found
}

#[test]
fn japanese_is_found_however_it_is_typed() {
    let mut index = Index::new().unwrap();
    let searcher = index
        .apply([
            one(1, 0, "自転車（ｼﾞﾃﾝｼｬ）が安心して走れる道を。"),
            one(2, 0, "歩道が狭い。ベビーカーで通れない。"),
            one(3, 0, "ＰＤＦではなくHTMLで。"),
            one(4, 0, "川崎市自転車活用推進計画（案）に対する意見"),
        ])
        .unwrap();
    assert_eq!(all(&searcher, "自転車"), ["1", "4"]);
    assert_eq!(all(&searcher, "ジテンシャ"), ["1"]);
    assert_eq!(all(&searcher, "道"), ["1", "2"]);
    assert_eq!(all(&searcher, "pdf"), ["3"]);
    assert_eq!(all(&searcher, "ｈｔｍｌ"), ["3"]);
    assert_eq!(all(&searcher, "ﾍﾞﾋﾞｰｶｰ"), ["2"]);
    assert_eq!(all(&searcher, "。"), ["1", "2", "3"]);
    assert_eq!(
        all(&searcher, "自転車活用推進計画（案）に対する意見"),
        ["4"]
    );
    // A phrase is what stands there, not its letters or its parts.
    assert!(finds(&searcher, "車転自").is_empty());
    assert!(finds(&searcher, "自転車道").is_empty());
    assert_eq!(finds(&searcher, "自転車 道"), ["1"]);
}

#[test]
fn what_speaks_of_little_else_comes_first() {
    let mut index = Index::new().unwrap();
    let long = format!("{}自転車{}", "あ".repeat(300), "い".repeat(300));
    let searcher = index
        .apply([
            one(1, 0, &long),
            one(2, 0, "自転車の計画"),
            one(3, 0, "自転車、自転車"),
            one(4, 3, "自転車の計画"),
            one(5, 0, "自転車の計画"),
        ])
        .unwrap();
    // Kinds that are worth more, more of it, the newest, the most of other things.
    assert_eq!(finds(&searcher, "自転車"), ["4", "3", "5", "2", "1"]);
}

#[test]
fn a_list_stays_the_same_while_documents_come_and_go() {
    let mut index = Index::new().unwrap();
    let first = index.apply((0..10).map(|id| one(id, 0, "道路")));
    let first = first.unwrap();
    let words = Words::read("道路").unwrap();
    let mut asked = Asked {
        words: &words,
        kinds: Kinds::ALL,
        moment: 0,
        after: None,
        limit: 4,
    };
    let rows = first.find(&asked, |_| false).unwrap().rows;
    let second = index.apply([
        one(20, 0, "道路"),
        one(21, 0, "公園のほかには何もない"),
        Change::Remove { id: "7".to_owned() },
    ]);
    let second = second.unwrap();
    asked.after = rows.last().map(|row| row.rank);
    let next = second.find(&asked, |_| false).unwrap();
    assert_eq!(next.count, 10);
    let places: Vec<_> = next.rows.into_iter().map(|row| row.place).collect();
    assert_eq!(places, ["5", "4", "3", "2"]);
    // What was looked at before does not change.
    assert_eq!(finds(&first, "道路").len(), 10);
}

//! How fast opinions are put into the index, what it takes in memory, and how
//! fast words are found in it.
//!
//! ```text
//! cargo run --release -p search --example index_speed -- [opinions]
//! ```
//!
//! Opinions are made of common words, some two hundred letters each. Memory is
//! what the process holds more than before.

use std::{fs, time::Instant};

use serde_json::json;

use search::{Asked, Change, Document, Index, Kinds, Words};

const PARTS: &[&str] = &[
    "駅前の",
    "自転車の",
    "通学路の",
    "公園の",
    "保育園の",
    "図書館の",
    "高齢者の",
    "川沿いの",
    "歩道が",
    "街灯が",
    "案内が",
    "予算が",
    "バスの便が",
    "駐輪場が",
    "ベンチが",
    "植え込みが",
    "狭くて",
    "暗くて",
    "少なくて",
    "古くて",
    "分かりにくく",
    "遠くて",
    "足りず",
    "危なくて",
    "困っています。",
    "改めてください。",
    "増やしてください。",
    "心配です。",
    "賛成します。",
    "市の考えを聞かせてください。",
    "もう一度検討してほしいと思います。",
    "幸区",
    "中原区",
    "高津区",
    "令和",
    "計画（案）",
    "について、",
    "特に",
    "子どもたちが",
    "安心して",
    "PDF",
    "３０年",
];

/// The same texts in every run.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        // Knuth's MMIX generator.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % sides
    }

    fn opinion(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..20 + self.throw(40) {
            text.push_str(PARTS.get(self.throw(PARTS.len())).unwrap_or(&""));
            // Names of places and people, which no list of words holds.
            for _ in 0..self.throw(3) {
                let letter = 0x4e00 + u32::try_from(self.throw(6_000)).unwrap_or(0);
                text.extend(char::from_u32(letter));
            }
        }
        text
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let opinions: u64 = std::env::args().nth(1).map_or(Ok(100_000), |n| n.parse())?;
    let mut dice = Dice(1);
    let before = resident()?;
    let mut index = Index::new()?;
    let start = Instant::now();
    let (mut letters, mut searcher) = (0, index.searcher()?);
    for page in 0..opinions.div_ceil(4_096) {
        let ids = page * 4_096..((page + 1) * 4_096).min(opinions);
        let changes: Vec<_> = ids
            .map(|id| {
                let text = dice.opinion();
                letters += text.chars().count();
                put(id, text)
            })
            .collect();
        searcher = index.apply(changes)?;
    }
    let took = start.elapsed().as_secs_f64();
    let held = resident()? - before;
    println!("{opinions} opinions of {letters} letters");
    row("put into the index", opinions as f64 / took, "a second");
    row("memory that the index takes", held as f64, "MB");
    for typed in [
        "道",
        "の",
        "自転車",
        "ください",
        "幸区 自転車",
        "もう一度検討してほしいと思います",
        "この言葉はどこにもありません",
    ] {
        let words = Words::read(typed)?;
        let asked = Asked {
            words: &words,
            kinds: Kinds::ALL,
            moment: 0,
            after: None,
            limit: 20,
        };
        let start = Instant::now();
        let mut found = 0;
        for _ in 0..10 {
            found = searcher.find(&asked, |_| true)?.count;
        }
        let took = start.elapsed().as_secs_f64() * 100.0;
        row(&format!("{typed}: {found} found"), took, "ms");
    }
    let start = Instant::now();
    for id in 0..20 {
        index.apply([Change::Remove { id: id.to_string() }])?;
    }
    row("one taken out", start.elapsed().as_secs_f64() * 50.0, "ms");
    let start = Instant::now();
    index.scrub()?;
    row(
        "no trace left of them",
        start.elapsed().as_secs_f64() * 1e3,
        "ms",
    );
    Ok(())
}

/// A row of the table of `cargo xtask bench`.
fn row(measure: &str, value: f64, unit: &str) {
    println!(
        "{}",
        json!({"measure": measure, "value": value, "unit": unit})
    );
}

fn put(id: u64, text: String) -> Change {
    Change::Put(Box::new(Document {
        id: id.to_string(),
        place: format!("{{\"Opinion\":\"sub_01KQ00000000000000{id:08}\"}}"),
        owner: Some(format!("subject_01KQ0000000000000000{id:08}")),
        kind: 4,
        weight: 2,
        key: id,
        first: 0,
        since: 0,
        texts: vec![text],
    }))
}

/// Megabytes of memory that the process holds.
fn resident() -> Result<u64, Box<dyn std::error::Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next());
    Ok(kilobytes.ok_or("no size")?.parse::<u64>()? / 1024)
}

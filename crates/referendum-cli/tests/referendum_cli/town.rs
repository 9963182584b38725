//! A town that holds referendums: definitions, rolls, trustees and voters for the other tests.

use std::path::PathBuf;

use crate::desk::{Desk, Ran};

pub(crate) const FOR_AGAINST: &str =
    "[[question]]\ntext = \"賛成ですか\"\nform = \"for-against\"\n";
pub(crate) const SINGLE: &str = "single = [\"選管\"]\n";
pub(crate) const TOGETHER: &str =
    "single = [\"選管\"]\nmembers = [\"甲野\", \"乙川\", \"丙山\"]\nthreshold = 2\n";

pub(crate) fn definition(group: &str, questions: &str, trustees: &str) -> String {
    format!(
        "name = \"庁舎の住民投票\"\ndescription = \"庁舎を建て替えるか\"\ngroup = \"{group}\"\n\
         polling = \"4月11日\"\n{questions}\n[trustees]\n{trustees}"
    )
}

/// A roll of so many voters, with weights if there are any.
pub(crate) fn roll(voters: usize, weights: &[u64]) -> String {
    let mut roll = "番号,氏名,ふりがな,住所,区,投票所".to_owned();
    if !weights.is_empty() {
        roll.push_str(",重み");
    }
    roll.push('\n');
    for voter in 0..voters {
        roll.push_str(&format!(
            "{},川崎 {voter}郎,かわさき {voter}ろう,本町{voter}番地,幸区,第{}小学校",
            voter + 1,
            voter % 3 + 1
        ));
        if let Some(weight) = weights.get(voter) {
            roll.push_str(&format!(",{weight}"));
        }
        roll.push('\n');
    }
    roll
}

/// A referendum whose folder is `vote`; credentials lie in `cards`, trustees in `t-NAME`.
pub(crate) struct Town {
    pub(crate) desk: Desk,
    singles: Vec<String>,
    members: Vec<String>,
}

impl Town {
    /// The draft stands.
    pub(crate) fn drafted(definition: &str) -> Self {
        let mut desk = Desk::new();
        desk.write("definition.toml", definition);
        desk.run("create --dir @vote --definition @definition.toml")
            .done();
        Self::at(desk, definition)
    }

    /// A town at a desk where things were done before.
    pub(crate) fn at(desk: Desk, definition: &str) -> Self {
        let names = |key: &str| {
            let line = definition.lines().find_map(|line| line.strip_prefix(key));
            let quoted = line
                .into_iter()
                .flat_map(|line| line.split('"').skip(1).step_by(2));
            quoted.map(str::to_owned).collect::<Vec<_>>()
        };
        Self {
            singles: names("single = "),
            members: names("members = "),
            desk,
        }
    }

    /// The draft, credentials and keys stand.
    pub(crate) fn prepared(definition: &str, roll: &str) -> Self {
        let mut town = Self::drafted(definition);
        town.desk.write("roll.csv", roll);
        town.credentials().done();
        town.keys();
        town
    }

    /// Voting is open.
    pub(crate) fn opened(definition: &str, roll: &str) -> Self {
        let mut town = Self::prepared(definition, roll);
        town.open().done();
        town
    }

    pub(crate) fn credentials(&mut self) -> Ran {
        self.desk
            .run("credentials --draft @vote/referendum.json --roll @roll.csv --dir @cards")
    }

    pub(crate) fn trustee(&mut self, step: &str, name: &str, rest: &str) -> Ran {
        self.desk
            .run(&format!("trustee {step} --dir @t-{name} {rest}"))
    }

    fn begin(&mut self, step: &str, name: &str) -> Ran {
        self.trustee(
            step,
            name,
            &format!("--draft @vote/referendum.json --name {name}"),
        )
    }

    /// Everybody's file of a kind.
    pub(crate) fn everybodys(&self, kind: &str) -> String {
        let files = self.members.iter().zip(1..);
        files
            .map(|(name, place)| format!("@t-{name}/{kind}-{place}.json "))
            .collect()
    }

    pub(crate) fn keys(&mut self) {
        for name in self.singles.clone() {
            self.begin("key", &name).done();
        }
        if self.members.is_empty() {
            return;
        }
        self.certificates();
        let prints = self.compare();
        for (name, place) in self.members.clone().iter().zip(0..) {
            // Each types what the next one read out.
            let heard = prints[(place + 1) % prints.len()].replace(' ', "-");
            self.trustee("deal", name, &format!("--fingerprint {heard}"))
                .done();
        }
        for name in self.members.clone() {
            let deals = self.everybodys("deal");
            self.trustee("receive", &name, &deals).done();
        }
        self.assemble().done();
    }

    pub(crate) fn certificates(&mut self) {
        for name in self.members.clone() {
            self.begin("certificate", &name).done();
        }
    }

    /// Everybody compares; what each would read out.
    pub(crate) fn compare(&mut self) -> Vec<String> {
        let certificates = self.everybodys("certificate");
        let names = self.members.clone();
        let compare = |name: &String| {
            let ran = self.trustee("compare", name, &certificates).done();
            ran.after("Fingerprint to read out: ")
        };
        names.iter().map(compare).collect()
    }

    pub(crate) fn assemble(&mut self) -> Ran {
        let messages =
            ["certificate", "deal", "verification-key"].map(|kind| self.everybodys(kind));
        let messages = messages.concat();
        self.desk.run(&format!(
            "trustee assemble --draft @vote/referendum.json --out @threshold.json {messages}"
        ))
    }

    pub(crate) fn open(&mut self) -> Ran {
        let keys: String = self
            .singles
            .iter()
            .map(|name| format!("--key @t-{name}/public-key.json "))
            .collect();
        let threshold = if self.members.is_empty() {
            ""
        } else {
            "--threshold @threshold.json"
        };
        self.desk.run(&format!(
            "open --dir @vote --credentials @cards/public/public-credentials.json {keys} {threshold}"
        ))
    }

    /// The private credentials in the order of the roll.
    pub(crate) fn private_credentials(&self) -> Vec<String> {
        let private = self.desk.read("cards/secret/private-credentials.json");
        let private: serde_json::Value = serde_json::from_str(&private).expect("JSON");
        let issued = private["content"]["credentials"]
            .as_array()
            .expect("a list");
        issued
            .iter()
            .map(|issued| issued["credential"].as_str().expect("text").to_owned())
            .collect()
    }

    /// A voter's ballot in a file of this name.
    pub(crate) fn make(&mut self, voter: usize, choices: &str, out: &str) -> Ran {
        let credential = self.private_credentials()[voter].clone();
        self.desk.write("credential.txt", credential + "\r\n");
        self.desk.write("choices.json", choices);
        self.desk.run(&format!(
            "vote make --election @vote/election.json --credential @credential.txt --choices @choices.json --out @{out}"
        ))
    }

    /// A voter votes.
    pub(crate) fn vote(&mut self, voter: usize, choices: &str) -> String {
        let out = "ballot.json";
        let _ = std::fs::remove_file(self.desk.at(out));
        let tracker = self.make(voter, choices, out).done().after("Tracker: ");
        self.desk.run("vote accept --dir @vote @ballot.json").done();
        tracker.split(' ').next().expect("a tracker").to_owned()
    }

    pub(crate) fn close_and_tally(&mut self) {
        self.desk.run("close --dir @vote").done();
        self.desk.run("tally --dir @vote").done();
    }

    pub(crate) fn archive(&self) -> PathBuf {
        let files = self.desk.files("vote");
        let archive = files
            .into_iter()
            .find(|(path, _)| path.extension().is_some_and(|e| e == "bel"));
        archive.expect("an archive").0
    }

    pub(crate) fn decrypt(&mut self, name: &str) -> Ran {
        let archive = self
            .archive()
            .file_name()
            .expect("a name")
            .to_str()
            .expect("utf-8")
            .to_owned();
        self.trustee("decrypt", name, &format!("--archive @vote/{archive}"))
    }

    /// A trustee decrypts; the file that results.
    pub(crate) fn decryption(&mut self, name: &str) -> String {
        self.decrypt(name).done();
        let owner = self
            .singles
            .iter()
            .chain(&self.members)
            .position(|known| known == name);
        format!(
            "@t-{name}/partial-decryption-{}.json",
            owner.expect("a trustee") + 1
        )
    }

    /// These trustees decrypt; the counts follow.
    pub(crate) fn result(&mut self, trustees: &[&str]) -> Vec<Vec<u64>> {
        let parts: Vec<_> = trustees.iter().map(|name| self.decryption(name)).collect();
        self.counts(&parts)
    }

    /// The counts that stand.
    pub(crate) fn result_again(&mut self) -> Vec<Vec<u64>> {
        self.counts(&[])
    }

    fn counts(&mut self, parts: &[String]) -> Vec<Vec<u64>> {
        let ran = self
            .desk
            .run(&format!("--json result --dir @vote {}", parts.join(" ")))
            .done();
        let answer: serde_json::Value = serde_json::from_str(&ran.output).expect("JSON");
        let questions = answer["facts"]["result"]
            .as_array()
            .expect("questions")
            .clone();
        let counts = questions.iter().map(|question| {
            let answers = question["answers"].as_array().expect("answers");
            answers
                .iter()
                .map(|answer| answer["count"].as_u64().expect("a count"))
                .collect()
        });
        counts.collect()
    }
}

//! Which column holds what.

use unicode_normalization::UnicodeNormalization;

/// What a column can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// What is said. The only column that has to be there.
    Body,
    /// 氏名.
    Name,
    /// ふりがな.
    Kana,
    /// 住所.
    Address,
    /// 連絡先.
    Contact,
    /// 区, by name or code.
    Ward,
    /// Individual, corporation or group.
    Kind,
    /// How it came.
    Channel,
    /// The day on which it reached the city.
    Received,
    /// The day of the postmark.
    Postmarked,
    /// The passage that it speaks of.
    Passage,
}

/// Every field: its word on the command line, and the headers that are taken
/// for it. The second line of headers is the contract of 広聴AI.
const FIELDS: [(Field, &str, &[&str]); 11] = [
    (
        Field::Body,
        "body",
        &[
            "意見",
            "ご意見",
            "御意見",
            "意見内容",
            "意見の内容",
            "意見本文",
            "本文",
            "comment-body",
            "body",
        ],
    ),
    (
        Field::Name,
        "name",
        &["氏名", "お名前", "名前", "氏名・団体名", "団体名", "name"],
    ),
    (Field::Kana, "kana", &["ふりがな", "フリガナ", "kana"]),
    (Field::Address, "address", &["住所", "所在地", "address"]),
    (
        Field::Contact,
        "contact",
        &["連絡先", "電話番号", "メールアドレス", "contact", "email"],
    ),
    (Field::Ward, "ward", &["区", "区名", "区コード", "ward"]),
    (
        Field::Kind,
        "kind",
        &["提出者区分", "個人・法人・団体", "個人・団体", "kind"],
    ),
    (
        Field::Channel,
        "channel",
        &["提出方法", "受付方法", "source", "channel"],
    ),
    (
        Field::Received,
        "received",
        &["受付日", "到着日", "受理日", "received_on", "received"],
    ),
    (
        Field::Postmarked,
        "postmarked",
        &["消印日", "消印", "postmarked_on"],
    ),
    (
        Field::Passage,
        "passage",
        &["該当箇所", "意見の箇所", "箇所", "passage"],
    ),
];

impl Field {
    /// Its word on the command line.
    pub fn word(self) -> &'static str {
        FIELDS
            .iter()
            .find(|(field, _, _)| *field == self)
            .map_or("", |(_, word, _)| word)
    }
}

/// Why the columns cannot be told apart.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ColumnsError {
    /// The first row is missing.
    #[error("見出しの行がありません / there is no row of headers")]
    NoHeaders,
    /// No column holds the opinions.
    #[error(
        "意見の列が見つかりません。--map body=見出し で指定してください（見出し: {0}） / no column holds the opinions: name it with --map body=HEADER (headers: {0})"
    )]
    NoBody(String),
    /// A header that is not there.
    #[error("見出し「{0}」がありません（見出し: {1}） / there is no header {0:?} (headers: {1})")]
    NoSuchHeader(String, String),
    /// Two columns for one thing.
    #[error(
        "{field}に当たる列が複数あります（{headers}）。--map {field}=見出し で選んでください / several columns could be {field} ({headers}): choose with --map {field}=HEADER"
    )]
    Several {
        /// The field's word.
        field: &'static str,
        /// The headers.
        headers: String,
    },
    /// Not `field=header`.
    #[error("--map {0}: {1}")]
    Map(String, String),
}

/// Which column holds what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    places: Vec<(Field, usize)>,
    headers: Vec<String>,
}

impl Columns {
    /// Finds the columns by their headers, and by what was said of them:
    /// `field=header`, or `field=` for none.
    pub fn find(headers: &[&str], maps: &[String]) -> Result<Self, ColumnsError> {
        if headers.iter().all(|header| header.trim().is_empty()) {
            return Err(ColumnsError::NoHeaders);
        }
        let list = || headers.join(", ");
        let mut said = Vec::new();
        for map in maps {
            let wrong = |reason: &str| ColumnsError::Map(map.clone(), reason.to_owned());
            let (word, header) = map
                .split_once('=')
                .ok_or_else(|| wrong("列=見出し の形で指定してください / write FIELD=HEADER"))?;
            let (field, _, _) = FIELDS
                .iter()
                .find(|(_, known, _)| *known == word.trim())
                .ok_or_else(|| {
                    let words: Vec<_> = FIELDS.iter().map(|(_, word, _)| *word).collect();
                    wrong(&format!(
                        "列は次のいずれかです / the field is one of {}",
                        words.join(", ")
                    ))
                })?;
            said.push((*field, normal(header)));
        }
        let mut places = Vec::new();
        for (field, word, known) in &FIELDS {
            let told: Vec<_> = said.iter().filter(|(one, _)| one == field).collect();
            let found: Vec<usize> = match told.as_slice() {
                [] => places_of(headers, |header| {
                    known.iter().any(|name| normal(name) == header)
                }),
                [(_, header)] if header.is_empty() => continue,
                [(_, header)] => {
                    let found = places_of(headers, |one| one == *header);
                    if found.is_empty() {
                        return Err(ColumnsError::NoSuchHeader(header.clone(), list()));
                    }
                    found
                }
                _ => {
                    let reason = "一つの列に一度だけ指定してください / map each field once";
                    return Err(ColumnsError::Map((*word).to_owned(), reason.to_owned()));
                }
            };
            match found.as_slice() {
                [] => (),
                [place] => places.push((*field, *place)),
                several => {
                    let headers = several
                        .iter()
                        .filter_map(|place| headers.get(*place).copied());
                    return Err(ColumnsError::Several {
                        field: word,
                        headers: headers.collect::<Vec<_>>().join(", "),
                    });
                }
            }
        }
        if !places.iter().any(|(field, _)| *field == Field::Body) {
            return Err(ColumnsError::NoBody(list()));
        }
        Ok(Self {
            places,
            headers: headers
                .iter()
                .map(|header| header.trim().to_owned())
                .collect(),
        })
    }

    /// How many columns a row has.
    pub fn width(&self) -> usize {
        self.headers.len()
    }

    /// Where a field stands.
    pub fn place(&self, field: Field) -> Option<usize> {
        let mut places = self.places.iter();
        places
            .find(|(one, _)| *one == field)
            .map(|(_, place)| *place)
    }

    /// Which header holds which field.
    pub fn used(&self) -> impl Iterator<Item = (Field, &str)> {
        let header = |place: usize| self.headers.get(place).map_or("", String::as_str);
        self.places
            .iter()
            .map(move |(field, place)| (*field, header(*place)))
    }

    /// The headers of columns that are not imported.
    pub fn unused(&self) -> impl Iterator<Item = &str> {
        let used = |place: usize| self.places.iter().any(|(_, one)| *one == place);
        let headers = self.headers.iter().enumerate();
        headers
            .filter(move |(place, _)| !used(*place))
            .map(|(_, header)| header.as_str())
    }
}

fn places_of(headers: &[&str], fits: impl Fn(&str) -> bool) -> Vec<usize> {
    let headers = headers.iter().enumerate();
    headers
        .filter(|(_, header)| fits(&normal(header)))
        .map(|(place, _)| place)
        .collect()
}

fn normal(header: &str) -> String {
    header
        .nfkc()
        .filter(|c| !c.is_whitespace())
        .collect::<String>()
        .to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(headers: &[&str], maps: &[&str]) -> Result<Vec<(Field, String)>, ColumnsError> {
        let maps: Vec<_> = maps.iter().map(|map| (*map).to_owned()).collect();
        Columns::find(headers, &maps).map(|columns| {
            columns
                .used()
                .map(|(field, header)| (field, header.to_owned()))
                .collect()
        })
    }

    #[test]
    fn headers_are_found_as_people_write_them() {
        let found = find(&["番号", "ご意見", "お名前 ", "ﾌﾘｶﾞﾅ"], &[]).unwrap();
        let expected = [
            (Field::Body, "ご意見"),
            (Field::Name, "お名前"),
            (Field::Kana, "ﾌﾘｶﾞﾅ"),
        ];
        assert_eq!(
            found,
            expected.map(|(field, header)| (field, header.to_owned()))
        );
        let headers = [
            "comment-id",
            "comment-body",
            "source",
            "url",
            "attribute_age",
        ];
        let found = Columns::find(&headers, &[]).unwrap();
        assert_eq!(found.place(Field::Body), Some(1));
        assert_eq!(found.place(Field::Channel), Some(2));
        assert_eq!(
            found.unused().collect::<Vec<_>>(),
            ["comment-id", "url", "attribute_age"]
        );
    }

    #[test]
    fn what_is_said_of_the_columns_counts_more_than_their_headers() {
        let found = find(&["意見", "要望", "氏名"], &["body=要望", "name="]).unwrap();
        assert_eq!(found, [(Field::Body, "要望".to_owned())]);
        for (headers, maps, expected) in [
            (&["題名"][..], &[][..], "no column holds"),
            (&["意見"], &["body=要望"], "there is no header"),
            (&["意見", "ご意見"], &[], "several columns"),
            (&["意見"], &["text=意見"], "the field is one of"),
            (&["意見"], &["意見"], "FIELD=HEADER"),
            (
                &["意見"],
                &["body=意見", "body=意見"],
                "map each field once",
            ),
            (&["", " "], &[], "no row of headers"),
        ] {
            let error = find(headers, maps).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}

//! The roll of eligible voters (投票資格者名簿), read from a spreadsheet's CSV.

mod check;
mod read;

pub(crate) use read::read;

/// A person on the roll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EligibleVoter {
    /// The row in the spreadsheet, the header being row 1.
    pub(crate) row: u64,
    /// The number on the roll; without such a column the place on it.
    pub(crate) number: String,
    pub(crate) name: String,
    pub(crate) kana: String,
    pub(crate) address: String,
    pub(crate) ward: String,
    pub(crate) polling_place: String,
    pub(crate) birth: String,
    pub(crate) weight: Option<u64>,
}

/// What a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Column {
    Number,
    Name,
    Kana,
    Address,
    Ward,
    PollingPlace,
    Birth,
    Weight,
}

impl Column {
    const ALL: [Self; 8] = [
        Self::Number,
        Self::Name,
        Self::Kana,
        Self::Address,
        Self::Ward,
        Self::PollingPlace,
        Self::Birth,
        Self::Weight,
    ];

    /// The columns without which there is no polling card.
    const REQUIRED: [Self; 4] = [Self::Name, Self::Kana, Self::Ward, Self::PollingPlace];

    pub(crate) fn ja(self) -> &'static str {
        match self {
            Self::Number => "番号",
            Self::Name => "氏名",
            Self::Kana => "ふりがな",
            Self::Address => "住所",
            Self::Ward => "区",
            Self::PollingPlace => "投票所",
            Self::Birth => "生年月日",
            Self::Weight => "重み",
        }
    }

    /// The name in `--column`.
    pub(crate) fn en(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Name => "name",
            Self::Kana => "kana",
            Self::Address => "address",
            Self::Ward => "ward",
            Self::PollingPlace => "polling-place",
            Self::Birth => "birth",
            Self::Weight => "weight",
        }
    }

    /// Headers that are recognised, after width, case and spaces have been evened out.
    fn headers(self) -> &'static [&'static str] {
        match self {
            Self::Number => &[
                "番号",
                "名簿番号",
                "整理番号",
                "登録番号",
                "通し番号",
                "no",
                "no.",
                "number",
                "id",
            ],
            Self::Name => &[
                "氏名",
                "名前",
                "お名前",
                "投票資格者氏名",
                "name",
                "fullname",
            ],
            Self::Kana => &[
                "ふりがな",
                "フリガナ",
                "カナ",
                "かな",
                "氏名カナ",
                "氏名かな",
                "カナ氏名",
                "氏名(カナ)",
                "氏名(かな)",
                "氏名(フリガナ)",
                "氏名(ふりがな)",
                "氏名フリガナ",
                "氏名ふりがな",
                "kana",
                "furigana",
                "reading",
            ],
            Self::Address => &["住所", "現住所", "所在地", "address"],
            Self::Ward => &["区", "行政区", "区名", "ward"],
            Self::PollingPlace => &[
                "投票所",
                "投票所名",
                "投票場所",
                "pollingplace",
                "polling_place",
                "polling-place",
            ],
            Self::Birth => &["生年月日", "誕生日", "birth", "birthdate", "dateofbirth"],
            Self::Weight => &["重み", "ウェイト", "票数", "weight"],
        }
    }
}

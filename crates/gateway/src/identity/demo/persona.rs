//! Whom one can be in the demonstration.

use domain::Role;

/// One of them.
#[derive(Debug)]
pub struct Persona {
    /// The word for programs.
    pub key: &'static str,
    /// 名前
    pub ja: &'static str,
    /// The name in Latin letters.
    pub en: &'static str,
    /// 役割の説明
    pub part_ja: &'static str,
    /// What they are there for.
    pub part_en: &'static str,
    /// What they may do.
    pub roles: &'static [Role],
    /// The code of their ward.
    pub ward: Option<&'static str>,
}

/// All of them.
pub const PERSONAS: &[Persona] = &[
    Persona {
        key: "hanako",
        ja: "川辺 花子",
        en: "Kawabe Hanako",
        part_ja: "市民",
        part_en: "citizen",
        roles: &[Role::Citizen],
        ward: Some("141313"),
    },
    Persona {
        key: "taro",
        ja: "山手 太郎",
        en: "Yamate Taro",
        part_ja: "市民",
        part_en: "citizen",
        roles: &[Role::Citizen],
        ward: Some("141330"),
    },
    Persona {
        key: "clerk",
        ja: "所管 恵",
        en: "Shokan Megumi",
        part_ja: "所管局の職員：案を作り、意見に答える",
        part_en: "bureau officer: drafts and answers",
        roles: &[Role::BureauOfficer],
        ward: None,
    },
    Persona {
        key: "approver",
        ja: "局長 誠",
        en: "Kyokucho Makoto",
        part_ja: "所管局の長：公表を決裁する",
        part_en: "head of the bureau: publishes",
        roles: &[Role::Approver],
        ward: None,
    },
    Persona {
        key: "operator",
        ja: "窓口 直美",
        en: "Madoguchi Naomi",
        part_ja: "窓口：紙・ファクス・郵便の意見を入力する",
        part_en: "operator: enters what came on paper, by fax or by post",
        roles: &[Role::Operator],
        ward: None,
    },
    Persona {
        key: "mayor",
        ja: "市長室",
        en: "The mayor's office",
        part_ja: "実施機関：決定する",
        part_en: "implementing body: decides",
        roles: &[Role::ImplementingBody],
        ward: None,
    },
    Persona {
        key: "secretariat",
        ja: "事務局 律子",
        en: "Jimukyoku Ritsuko",
        part_ja: "事務局：形式を確かめ、統計をとる",
        part_en: "secretariat: checks form and keeps statistics",
        roles: &[Role::Secretariat],
        ward: None,
    },
    Persona {
        key: "records_manager",
        ja: "文書 守",
        en: "Bunsho Mamoru",
        part_ja: "文書管理者：保存と廃棄を決める",
        part_en: "records manager: decides on retention and erasure",
        roles: &[Role::RecordsManager],
        ward: None,
    },
    Persona {
        key: "auditor",
        ja: "監査 明",
        en: "Kansa Akira",
        part_ja: "監査委員",
        part_en: "auditor",
        roles: &[Role::Auditor],
        ward: None,
    },
];

impl Persona {
    /// The persona of this word.
    pub fn named(key: &str) -> Option<&'static Self> {
        PERSONAS.iter().find(|persona| persona.key == key)
    }
}

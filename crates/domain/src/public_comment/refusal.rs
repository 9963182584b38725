//! Why the rules say no, with the sentences that people read.

use super::{Channel, Mismatch, Missing, ResponseCategory};
use crate::{
    Bilingual, Language, LegalDate,
    ids::{ChangeId, GroupId, ItemId, MaterialId, SubmissionId},
    refusal::{Needed, refusals},
};

fn names(missing: &[Missing], language: Language) -> String {
    let names: Vec<_> = missing.iter().map(|part| part.name(language)).collect();
    names.join(match language {
        Language::Ja => "、",
        Language::En => ", ",
    })
}

refusals! {
    /// Why a command on a case is turned down.
    pub enum Refusal {
        /// Who asks does not have the role.
        NotPermitted {
            /// The roles, one of which is needed.
            needed: Needed,
        } = "NOT_PERMITTED" {
            ja("この操作の権限がありません。{}の権限を持つ方に依頼してください。", needed.names(Language::Ja))
            en("you may not do this; ask somebody who is: {}", needed.names(Language::En))
        }
        /// Two persons are needed, and this is the same one.
        SamePerson = "SAME_PERSON" {
            ja("起案・決定した本人は承認できません。別の方が操作してください。")
            en("two persons are needed here; let somebody else than the first do it")
        }
        /// There is no such case.
        CaseUnknown = "CASE_UNKNOWN" {
            ja("案件が見つかりません。番号を確かめてください。")
            en("there is no such case; check its id")
        }
        /// The case exists already.
        CaseExists = "CASE_EXISTS" {
            ja("この案件はすでに作成されています。新しい番号で作成してください。")
            en("the case exists already; make a new one with a new id")
        }
        /// The case is not at a stage at which this is done.
        WrongStage {
            /// Where the case is.
            stage: super::Stage,
        } = "WRONG_STAGE" {
            ja("案件は「{}」の段階にあり、この操作はできません。", stage.name(Language::Ja))
            en("the case is at the stage \"{}\", where this cannot be done", stage.name(Language::En))
        }
        /// The parameters given are not those of the version that the case
        /// keeps.
        OrdinanceDiffers {
            /// The version that the case keeps.
            pinned: String,
        } = "ORDINANCE_DIFFERS" {
            ja("この案件には公表時の条例（{pinned}）が適用されます。管理者に連絡してください。")
            en("this case keeps the ordinance {pinned}, under which it was published; tell the administrator")
        }
        /// Something that must be there is not.
        CaseIncomplete {
            /// What is missing.
            missing: Vec<Missing>,
        } = "CASE_INCOMPLETE" {
            ja("次の事項が足りません。入力してください: {}", names(missing, Language::Ja))
            en("fill in what is missing: {}", names(missing, Language::En))
        }
        /// Somebody revised the draft in the meantime.
        RevisionChanged {
            /// The last revision.
            current: u32,
        } = "REVISION_CHANGED" {
            ja("案が第{current}版に改訂されています。最新の版を確認してからやり直してください。")
            en("the draft was revised; read revision {current} and try again")
        }
        /// What is to be published is not what was drafted.
        DraftDiffers = "DRAFT_DIFFERS" {
            ja("公表する内容が起案された版と異なります。起案を改訂してから公表してください。")
            en("the content is not that of the revision; revise the draft, then publish it")
        }
        /// The documents to be published are not those attached.
        MaterialsDiffer = "MATERIALS_DIFFER" {
            ja("公表する資料が添付された最新の資料と一致しません。資料を確認してください。")
            en("the documents are not those attached, in their last versions; check them")
        }
        /// The ordinance or the case does not offer the channel.
        ChannelNotOffered {
            /// The channel.
            channel: Channel,
        } = "CHANNEL_NOT_OFFERED" {
            ja("「{}」による提出は受け付けていません。案内された提出方法を選んでください。", channel.name(Language::Ja))
            en("submission by {} is not offered; choose one of the channels announced", channel.name(Language::En))
        }
        /// The period would begin too early after the publication.
        NoticeTooShort {
            /// The earliest first day.
            earliest: LegalDate,
        } = "NOTICE_TOO_SHORT" {
            ja("募集の開始日は{earliest}以後にしてください。")
            en("let the period begin on {earliest} or later")
        }
        /// The period is shorter than the ordinance allows (rule 1).
        PeriodTooShort {
            /// Its days, both ends counted.
            days: i64,
            /// The shortest period.
            least: u32,
            /// The earliest last day.
            earliest: LegalDate,
        } = "PERIOD_TOO_SHORT" {
            ja("募集期間が{days}日しかありません。{least}日以上（{earliest}以後まで）とするか、短縮の理由を公表してください。")
            en("the period has {days} days, at least {least} are needed; let it end on {earliest} or later, or publish the reason for shortening it")
        }
        /// The ordinance does not allow a shorter period.
        ShorteningNotAllowed {
            /// The shortest period.
            least: u32,
        } = "SHORTENING_NOT_ALLOWED" {
            ja("期間の短縮は認められていません。{least}日以上としてください。")
            en("the period cannot be shortened; let it have at least {least} days")
        }
        /// The new last day is not later.
        NotAnExtension {
            /// The last day now.
            closes_on: LegalDate,
        } = "NOT_AN_EXTENSION" {
            ja("延長後の最終日は{closes_on}より後にしてください。")
            en("let the new last day be later than {closes_on}")
        }
        /// A day lies ahead that must have come.
        DayNotCome {
            /// The day.
            day: LegalDate,
        } = "DAY_NOT_COME" {
            ja("{day}はまだ来ていません。日付を確かめてください。")
            en("{day} has not come yet; check the date")
        }
        /// The period has not begun.
        NotYetOpen {
            /// Its first day.
            opens_on: LegalDate,
        } = "NOT_YET_OPEN" {
            ja("意見の募集は{opens_on}からです。開始後にお送りください。")
            en("opinions are taken from {opens_on}; submit yours then")
        }
        /// The period is over.
        PeriodOver {
            /// Its last day.
            closed_on: LegalDate,
        } = "PERIOD_OVER" {
            ja("募集期間は{closed_on}で終了しました。お問い合わせは所管課へお願いします。")
            en("the period ended on {closed_on}; the section in charge answers questions")
        }
        /// The period is not over.
        PeriodNotOver {
            /// Its last day.
            closes_on: LegalDate,
        } = "PERIOD_NOT_OVER" {
            ja("募集期間は{closes_on}の24時までです。終了後に操作してください。")
            en("the period runs until {closes_on}, 24:00; do this afterwards")
        }
        /// The reason code or the reason of an exemption is missing (rule 9).
        ExemptionReasonRequired = "EXEMPTION_REASON_REQUIRED" {
            ja("適用除外の理由（区分と説明）を入力してください。政策の決定と同時に公表されます。")
            en("give the reason for the exemption, by code and in words; it is published with the policy")
        }
        /// The ordinance does not know this exemption.
        ExemptionNotAllowed = "EXEMPTION_NOT_ALLOWED" {
            ja("この適用除外は条例にありません。条例の定める理由を選んでください。")
            en("the ordinance does not have this exemption; choose one that it has")
        }
        /// A title is missing.
        TitleRequired = "TITLE_REQUIRED" {
            ja("題名を入力してください。")
            en("give the title")
        }
        /// A reason is missing.
        ReasonRequired = "REASON_REQUIRED" {
            ja("理由を入力してください。")
            en("give the reason")
        }
        /// A text is missing.
        TextEmpty = "TEXT_EMPTY" {
            ja("本文を入力してください。")
            en("write the text")
        }
        /// A published text is too long for the log.
        TextTooLong {
            /// Its bytes.
            bytes: usize,
            /// The most that fit.
            most: usize,
        } = "TEXT_TOO_LONG" {
            ja("文章が長すぎます（{bytes}バイト、上限{most}バイト）。項目を分けるか、資料として添付してください。")
            en("the text has {bytes} bytes, at most {most} fit; divide the passage or attach it as a file")
        }
        /// Too many in one command.
        TooManyAtOnce {
            /// How many were given.
            given: usize,
            /// The most in one command.
            most: usize,
        } = "TOO_MANY_AT_ONCE" {
            ja("一度に{most}件までです（{given}件が指定されました）。分けて操作してください。")
            en("{given} were given, at most {most} go at once; divide them")
        }
        /// There is no such document.
        MaterialUnknown {
            /// Its id.
            material: MaterialId,
        } = "MATERIAL_UNKNOWN" {
            ja("資料{material}が見つかりません。番号を確かめてください。")
            en("there is no {material}; check its id")
        }
        /// The document is there already.
        MaterialExists {
            /// Its id.
            material: MaterialId,
        } = "MATERIAL_EXISTS" {
            ja("資料{material}はすでにあります。差し替えは「訂正」で行ってください。")
            en("{material} is there already; correct it instead")
        }
        /// The submitter gave no name.
        NameRequired = "NAME_REQUIRED" {
            ja("氏名（法人・団体はその名称）を入力してください。公表はされません。")
            en("give your name, or that of your organisation; it is not published")
        }
        /// Only citizens in the wide sense may comment.
        CitizensOnly = "CITIZENS_ONLY" {
            ja("市内に在住・在勤・在学・活動する方が対象です。該当することを申告してください。")
            en("whoever lives, works, studies or acts in the city may comment; declare that you do")
        }
        /// The opinion has no words.
        OpinionEmpty = "OPINION_EMPTY" {
            ja("意見の本文を入力してください。")
            en("write your opinion")
        }
        /// Another person's submission has this id.
        SubmissionTaken {
            /// The id.
            submission: SubmissionId,
        } = "SUBMISSION_TAKEN" {
            ja("この受付番号は使われています。画面を読み込み直してから送信してください。")
            en("this id is taken; reload the form and submit again")
        }
        /// There is no such submission.
        SubmissionUnknown {
            /// The id.
            submission: SubmissionId,
        } = "SUBMISSION_UNKNOWN" {
            ja("提出された意見が見つかりません。受付番号を確かめてください。")
            en("there is no such submission; check the receipt number")
        }
        /// Somebody else submitted it.
        NotYourSubmission = "NOT_YOUR_SUBMISSION" {
            ja("この意見を提出したご本人ではありません。受付票の番号と合言葉を確かめてください。")
            en("somebody else submitted this; check the number and secret on your receipt")
        }
        /// It was withdrawn.
        SubmissionWithdrawn {
            /// The id.
            submission: SubmissionId,
        } = "SUBMISSION_WITHDRAWN" {
            ja("この意見は取り下げられています。必要であれば新しく提出してください。")
            en("this opinion was withdrawn; submit a new one if need be")
        }
        /// It came late and is not answered.
        SubmissionLate {
            /// The id.
            submission: SubmissionId,
        } = "SUBMISSION_LATE" {
            ja("この意見は期間後に届いたもので、提出意見としては扱いません。")
            en("this opinion came late; it is kept but not answered in this procedure")
        }
        /// A postmark lies after the day of receipt.
        PostmarkAfterReceipt = "POSTMARK_AFTER_RECEIPT" {
            ja("消印の日が到着日より後になっています。日付を確かめてください。")
            en("the postmark lies after the day of receipt; check both dates")
        }
        /// A postmark on something that did not come by post.
        PostmarkWithoutPost = "POSTMARK_WITHOUT_POST" {
            ja("消印の日は郵送の場合だけ入力してください。")
            en("only what came by post has a postmark; leave it out or correct the channel")
        }
        /// A submission has no items.
        ItemsRequired = "ITEMS_REQUIRED" {
            ja("意見を1件以上選んでください。")
            en("choose at least one item")
        }
        /// Part of the text belongs to no item.
        TextNotCovered {
            /// The first character that no item has, from 0.
            from: u32,
            /// Where the next item begins.
            to: u32,
        } = "TEXT_NOT_COVERED" {
            ja("{from}文字目から{to}文字目までがどの意見にも含まれていません。全文を割り当ててください。")
            en("characters {from} to {to} belong to no item; cover the whole text")
        }
        /// An item is outside of the text.
        SpanOutsideText {
            /// The text's length.
            chars: u32,
        } = "SPAN_OUTSIDE_TEXT" {
            ja("意見の範囲が本文（{chars}文字）に収まっていません。範囲を選び直してください。")
            en("a span is empty or outside of the text of {chars} characters; select it again")
        }
        /// There is no such item.
        ItemUnknown {
            /// The id.
            item: ItemId,
        } = "ITEM_UNKNOWN" {
            ja("意見{item}が見つかりません。一覧を読み込み直してください。")
            en("there is no {item}; reload the list")
        }
        /// The id belongs to another item.
        ItemTaken {
            /// The id.
            item: ItemId,
        } = "ITEM_TAKEN" {
            ja("意見の番号{item}は使われています。新しい番号にしてください。")
            en("{item} is taken; use a new id")
        }
        /// The item is in a group.
        ItemGrouped {
            /// The item.
            item: ItemId,
            /// The group.
            group: GroupId,
        } = "ITEM_GROUPED" {
            ja("意見{item}はグループ{group}に入っています。グループで回答するか、解いてから操作してください。")
            en("{item} is in {group}; answer the group, or take it apart first")
        }
        /// The item has an answer of its own.
        ItemAnswered {
            /// The item.
            item: ItemId,
        } = "ITEM_ANSWERED" {
            ja("意見{item}には回答があります。回答を取り消してからまとめてください。")
            en("{item} has an answer; take it back before grouping")
        }
        /// There is no such group.
        GroupUnknown {
            /// The id.
            group: GroupId,
        } = "GROUP_UNKNOWN" {
            ja("グループ{group}が見つかりません。一覧を読み込み直してください。")
            en("there is no {group}; reload the list")
        }
        /// The case does not have this category.
        CategoryUnknown {
            /// The letter.
            category: ResponseCategory,
        } = "CATEGORY_UNKNOWN" {
            ja("対応区分「{category}」はこの案件にありません。区分を選び直してください。")
            en("the case has no category {category}; choose another")
        }
        /// Answers, changes and outcome do not fit each other (rule 5).
        CategoryDiffMismatch {
            /// How they do not fit.
            mismatch: Mismatch,
        } = "CATEGORY_DIFF_MISMATCH" {
            ja("対応区分と案の変更が一致しません。{}。", mismatch.ja())
            en("answers and changes do not fit each other: {}", mismatch.en())
        }
        /// Two changes have the same id.
        ChangeTwice {
            /// The id.
            change: ChangeId,
        } = "CHANGE_TWICE" {
            ja("変更箇所{change}が重複しています。番号を分けてください。")
            en("{change} is given twice; use another id")
        }
        /// A text that will be published tells who the submitter is (rule 8).
        RedactionRequired {
            /// The submission.
            submission: SubmissionId,
        } = "REDACTION_REQUIRED" {
            ja("本文に提出者の氏名や連絡先が含まれています。該当部分を伏せてください。")
            en("the text repeats the submitter's name or contact; leave these parts out")
        }
        /// A text written by the city tells who the submitter is (rule 8).
        PersonalDataRepeated = "PERSONAL_DATA_REPEATED" {
            ja("文章に提出者の氏名や連絡先が含まれています。該当部分を書き直してください。")
            en("the text repeats a submitter's name or contact; write it without")
        }
        /// Submissions have no items yet.
        UnitemizedSubmissions {
            /// How many (通).
            submissions: u32,
        } = "UNITEMIZED_SUBMISSIONS" {
            ja("{submissions}通の意見がまだ件に分けられていません。すべて分けてください。")
            en("{submissions} submissions are not split into items yet; split them all")
        }
        /// Items have no answer (rule 3).
        UnansweredItems {
            /// How many (件).
            items: u32,
        } = "UNANSWERED_ITEMS" {
            ja("{items}件の意見に回答がありません。対応区分と市の考え方をすべて入力してください。")
            en("{items} items have no answer; give category and answer to all")
        }
        /// Submissions are not screened.
        UnscreenedSubmissions {
            /// How many (通).
            submissions: u32,
        } = "UNSCREENED_SUBMISSIONS" {
            ja("{submissions}通の意見の公表前確認が済んでいません。すべて確認してください。")
            en("{submissions} submissions are not screened for publication yet; screen them all")
        }
        /// The decision lies before the end of the period.
        DecidedBeforeClose {
            /// The last day.
            closed_on: LegalDate,
        } = "DECIDED_BEFORE_CLOSE" {
            ja("決定日は募集の終了日（{closed_on}）より後にしてください。")
            en("the decision must come after the last day, {closed_on}; check the date")
        }
        /// What is to be published is not what was decided.
        FinalTextDiffers = "FINAL_TEXT_DIFFERS" {
            ja("公表する成案が決定されたものと異なります。決定された成案を公表してください。")
            en("the final text is not the one decided; publish that one")
        }
        /// Summaries alone need a place for the full texts (43条2項).
        FullOpinionsPlaceRequired = "FULL_OPINIONS_PLACE_REQUIRED" {
            ja("要約だけを公表する場合は、意見の全文を閲覧できる場所を示してください。")
            en("where only summaries are published, say where the full opinions can be read")
        }
        /// The counts given do not add up to the submissions.
        CountsDiffer {
            /// What they add up to.
            given: u32,
            /// The submissions (通).
            submissions: u32,
        } = "COUNTS_DIFFER" {
            ja("内訳の合計（{given}通）が提出数（{submissions}通）と一致しません。集計し直してください。")
            en("the counts add up to {given}, but there are {submissions} submissions; count again")
        }
        /// It is not hidden.
        NotHidden {
            /// The submission.
            submission: SubmissionId,
        } = "NOT_HIDDEN" {
            ja("この意見は非表示になっていません。")
            en("this opinion is not hidden; there is nothing to do")
        }
        /// Nobody objected.
        NotAppealed {
            /// The submission.
            submission: SubmissionId,
        } = "NOT_APPEALED" {
            ja("この非表示に対する申立てはありません。")
            en("nobody objected to this hiding; there is nothing to uphold")
        }
        /// The question was settled after an appeal.
        AlreadySettled {
            /// The submission.
            submission: SubmissionId,
        } = "ALREADY_SETTLED" {
            ja("この件は申立ての審査が済んでいます。")
            en("this was settled after an appeal")
        }
        /// The names are not those that were published.
        DraftMisnamed {
            /// The published title.
            title: Bilingual,
            /// The published date of the draft.
            drafted_on: LegalDate,
        } = "DRAFT_MISNAMED" {
            ja("題名と案の作成日は公表したもの（{}、{drafted_on}）としてください。", title.ja)
            en("name the draft as it was published: {}, {drafted_on}", title.get(Language::En))
        }
    }
}

//! The command line: `hiroba referendum …`.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::text::Language;

/// 住民投票の手順をファイルだけで行う。
/// The steps of a referendum, all through files; needs no network.
///
/// 手順 / Steps:
///   1. create                     下書き / the draft
///   2. credentials, trustee …     投票符号と鍵 / credentials and keys
///   3. open                       投票の開始 / opens voting
///   4. vote make, vote accept     投票 / ballots
///   5. close, tally               締切と集計 / ends voting, tallies
///   6. trustee decrypt, result    復号と結果 / decryption and result
///
/// 終了コード / exit codes: 0 済み/done, 1 問題あり/refused, 2 使い方の誤り/usage.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "referendum",
    verbatim_doc_comment,
    after_help = "例 / Example:\n  hiroba referendum status --dir vote2027"
)]
pub struct Args {
    /// 表示の言語（既定は LANG による） / Language of messages (default: by LANG)
    #[arg(long, global = true, value_enum, value_name = "ja|en")]
    pub lang: Option<Language>,
    /// 結果を JSON で出す / Print results as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// 手順 / The step
    #[command(subcommand)]
    pub command: Command,
}

/// The steps.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// 定義ファイルから下書きを作る / Makes the draft from a definition
    #[command(
        after_help = "例 / Example:\n  hiroba referendum create --example > definition.toml\n  hiroba referendum create --dir vote2027 --definition definition.toml"
    )]
    Create(Create),
    /// 名簿から投票符号と投票所入場券を作る / Makes credentials and polling cards from the roll
    #[command(
        after_help = "例 / Example:\n  hiroba referendum credentials --draft referendum.json --roll meibo.csv --dir credentials\n  hiroba referendum credentials --draft referendum.json --roll meibo.csv --column name=お名前 --dir credentials\n\n入場券は A4 の HTML。同じ機械のブラウザーから印刷するか、PDF にできる（ネットワークは不要）。\nPolling cards are HTML on A4: print them from a browser on the same machine, or make a PDF (no network needed):\n  chromium --headless --no-pdf-header-footer --print-to-pdf=cards.pdf credentials/secret/polling-cards-0001.html"
    )]
    Credentials(Credentials),
    /// 鍵の保管者の手順 / The steps of a trustee
    #[command(
        subcommand,
        after_help = "単独の鍵 / A single key:\n  key → (open) → decrypt\n分散鍵 / A threshold group:\n  certificate → compare → deal → receive → assemble → (open) → decrypt\n\n例 / Example:\n  hiroba referendum trustee key --draft referendum.json --name 選挙管理委員会 --dir trustee"
    )]
    Trustee(Trustee),
    /// 鍵と公開符号をそろえて投票を開始する / Opens voting with the keys and credentials
    #[command(
        after_help = "例 / Example:\n  hiroba referendum open --dir vote2027 --credentials public-credentials.json --key public-key.json --threshold threshold-trustees.json"
    )]
    Open(Open),
    /// 票を作る、受け付ける / Makes and accepts ballots
    #[command(
        subcommand,
        after_help = "例 / Example:\n  hiroba referendum vote make --election election.json --credential card.txt --choices choices.json --out ballot.json\n  hiroba referendum vote accept --dir vote2027 ballot.json"
    )]
    Vote(Vote),
    /// 投票を締め切る / Ends voting
    #[command(after_help = "例 / Example:\n  hiroba referendum close --dir vote2027")]
    Close(InFolder),
    /// 全ての票を検証し、暗号のまま集計する / Verifies all ballots and tallies them encrypted
    #[command(after_help = "例 / Example:\n  hiroba referendum tally --dir vote2027")]
    Tally(InFolder),
    /// 保管者の復号を集めて結果を出す / Collects the trustees' decryptions and gives the result
    #[command(
        after_help = "例 / Example:\n  hiroba referendum result --dir vote2027 partial-decryption-1.json partial-decryption-3.json"
    )]
    Result(ResultArgs),
    /// 済んだこと、次にすること、まだの人を示す / What is done, what is next, who is missing
    #[command(after_help = "例 / Example:\n  hiroba referendum status --dir vote2027")]
    Status(InFolder),
}

/// A step in a folder that needs nothing else.
#[derive(Clone, Debug, clap::Args)]
pub struct InFolder {
    /// フォルダー / The folder
    #[arg(long)]
    pub dir: PathBuf,
}

/// `create`
#[derive(Clone, Debug, clap::Args)]
pub struct Create {
    /// 住民投票のフォルダー / The referendum's folder
    #[arg(long, required_unless_present = "example")]
    pub dir: Option<PathBuf>,
    /// 定義ファイル（TOML） / The definition (TOML)
    #[arg(long, required_unless_present = "example")]
    pub definition: Option<PathBuf>,
    /// 定義ファイルの例を表示する / Print an example of a definition
    #[arg(long, conflicts_with_all = ["dir", "definition"])]
    pub example: bool,
}

/// `credentials`
#[derive(Clone, Debug, clap::Args)]
pub struct Credentials {
    /// 下書き / The draft
    #[arg(long)]
    pub draft: PathBuf,
    /// 投票資格者名簿（CSV、UTF-8 か CP932） / The roll (CSV, UTF-8 or CP932)
    #[arg(long)]
    pub roll: PathBuf,
    /// 列の対応、例 name=お名前 / Which header is which column, e.g. name=Voter
    #[arg(long = "column", value_name = "FIELD=HEADER")]
    pub columns: Vec<String>,
    /// 作る場所。public だけを外へ出す / Where to write; only `public` may leave it
    #[arg(long)]
    pub dir: PathBuf,
}

/// `trustee …`
#[derive(Clone, Debug, Subcommand)]
pub enum Trustee {
    /// 単独の鍵を作る / Makes a single key
    #[command(
        after_help = "例 / Example:\n  hiroba referendum trustee key --draft referendum.json --name 選挙管理委員会 --dir trustee"
    )]
    Key(TrusteeBegins),
    /// 分散鍵 1: 自分の証明を作る / Threshold 1: makes one's certificate
    #[command(
        after_help = "例 / Example:\n  hiroba referendum trustee certificate --draft referendum.json --name 甲野 --dir kono"
    )]
    Certificate(TrusteeBegins),
    /// 分散鍵 2: 全員の証明を集め、読み上げる照合値を出す / Threshold 2: collects all certificates and gives the fingerprint to read out
    #[command(
        after_help = "例 / Example:\n  hiroba referendum trustee compare --dir kono certificate-1.json certificate-2.json certificate-3.json"
    )]
    Compare(Messages),
    /// 分散鍵 3: 照合値を確かめて配布を作る / Threshold 3: checks the fingerprint and makes the deal
    #[command(
        after_help = "例 / Example:\n  hiroba referendum trustee deal --dir kono --fingerprint \"3f2a 91bc …\""
    )]
    Deal(DealArgs),
    /// 分散鍵 4: 全員の配布から自分の鍵を作る / Threshold 4: makes one's key of all deals
    #[command(
        after_help = "例 / Example:\n  hiroba referendum trustee receive --dir kono deal-1.json deal-2.json deal-3.json"
    )]
    Receive(Messages),
    /// 分散鍵 5: 公開部分をまとめる（誰でもできる） / Threshold 5: assembles the public part (anybody can)
    #[command(
        after_help = "例 / Example:\n  hiroba referendum trustee assemble --draft referendum.json --out threshold-trustees.json certificate-*.json deal-*.json verification-key-*.json"
    )]
    Assemble(Assemble),
    /// 投票記録を検証し、集計を復号する / Verifies the archive and decrypts the tally
    #[command(
        after_help = "例 / Example:\n  hiroba referendum trustee decrypt --dir kono --archive 2dVbXgdMA1rWqU.bel"
    )]
    Decrypt(Decrypt),
}

/// The first step of a trustee.
#[derive(Clone, Debug, clap::Args)]
pub struct TrusteeBegins {
    /// 下書き / The draft
    #[arg(long)]
    pub draft: PathBuf,
    /// 下書きにある自分の名前 / One's name as the draft writes it
    #[arg(long)]
    pub name: String,
    /// 自分のフォルダー。秘密が入る / One's folder; it will hold secrets
    #[arg(long)]
    pub dir: PathBuf,
}

/// A step that takes messages of the members.
#[derive(Clone, Debug, clap::Args)]
pub struct Messages {
    /// 自分のフォルダー / One's folder
    #[arg(long)]
    pub dir: PathBuf,
    /// 全員のファイル / Everybody's files
    #[arg(required = true)]
    pub messages: Vec<PathBuf>,
}

/// `trustee deal`
#[derive(Clone, Debug, clap::Args)]
pub struct DealArgs {
    /// 自分のフォルダー / One's folder
    #[arg(long)]
    pub dir: PathBuf,
    /// 他の人が読み上げた照合値 / The fingerprint that the others read out
    #[arg(long)]
    pub fingerprint: String,
}

/// `trustee assemble`
#[derive(Clone, Debug, clap::Args)]
pub struct Assemble {
    /// 下書き / The draft
    #[arg(long)]
    pub draft: PathBuf,
    /// 書き出すファイル / The file to write
    #[arg(long)]
    pub out: PathBuf,
    /// 全員の証明、配布、検証鍵 / Everybody's certificates, deals and verification keys
    #[arg(required = true)]
    pub messages: Vec<PathBuf>,
}

/// `trustee decrypt`
#[derive(Clone, Debug, clap::Args)]
pub struct Decrypt {
    /// 自分のフォルダー / One's folder
    #[arg(long)]
    pub dir: PathBuf,
    /// 投票記録（.bel） / The archive (.bel)
    #[arg(long)]
    pub archive: PathBuf,
    /// belenios-tool で作った秘密鍵を使う / Use a private key that belenios-tool made
    #[arg(long)]
    pub key: Option<PathBuf>,
}

/// `open`
#[derive(Clone, Debug, clap::Args)]
pub struct Open {
    /// 住民投票のフォルダー / The referendum's folder
    #[arg(long)]
    pub dir: PathBuf,
    /// 公開符号の一覧 / The list of public credentials
    #[arg(long)]
    pub credentials: PathBuf,
    /// 単独の保管者の公開鍵 / The public key of a single trustee
    #[arg(long = "key")]
    pub keys: Vec<PathBuf>,
    /// 分散鍵の公開部分 / The public part of the threshold group
    #[arg(long)]
    pub threshold: Option<PathBuf>,
}

/// `vote …`
#[derive(Clone, Debug, Subcommand)]
pub enum Vote {
    /// 投票符号と選択から票を作る / Makes a ballot from a credential and choices
    #[command(
        after_help = "選択の例 / Choices, one list a question:\n  [[\"賛成\"], [1, 3], \"blank\"]\n\n例 / Example:\n  hiroba referendum vote make --election election.json --credential card.txt --choices choices.json --out ballot.json"
    )]
    Make(MakeBallot),
    /// 票を検証して投票記録に加える / Verifies ballots and adds them to the archive
    #[command(
        after_help = "ファイルには一行に一票を書ける。後の票が前の票に代わる。\nA file may hold one ballot a line; a voter's later ballot replaces the earlier one.\n\n例 / Example:\n  hiroba referendum vote accept --dir vote2027 ballot.json"
    )]
    Accept(AcceptBallots),
}

/// `vote make`
#[derive(Clone, Debug, clap::Args)]
pub struct MakeBallot {
    /// 選挙の記録（election.json）か投票記録（.bel） / The election record or the archive
    #[arg(long)]
    pub election: PathBuf,
    /// 投票符号のファイル（- は標準入力） / A file with the credential (- is standard input)
    #[arg(long)]
    pub credential: PathBuf,
    /// 選択のファイル（JSON、- は標準入力） / A file with the choices (JSON, - is standard input)
    #[arg(long)]
    pub choices: PathBuf,
    /// 書き出す票 / The ballot to write
    #[arg(long)]
    pub out: PathBuf,
}

/// `vote accept`
#[derive(Clone, Debug, clap::Args)]
pub struct AcceptBallots {
    /// 住民投票のフォルダー / The referendum's folder
    #[arg(long)]
    pub dir: PathBuf,
    /// 票 / The ballots
    #[arg(required = true)]
    pub ballots: Vec<PathBuf>,
}

/// `result`
#[derive(Clone, Debug, clap::Args)]
pub struct ResultArgs {
    /// 住民投票のフォルダー / The referendum's folder
    #[arg(long)]
    pub dir: PathBuf,
    /// 保管者の復号 / The trustees' decryptions
    pub decryptions: Vec<PathBuf>,
}

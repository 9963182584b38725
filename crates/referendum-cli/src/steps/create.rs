//! `create`: from a definition to the draft.

use crate::args::Create;
use crate::definition;
use crate::document;
use crate::draft::{Draft, read_text};
use crate::environment::Session;
use crate::files::Readers;
use crate::problem::{Problems, StepProblem, all};
use crate::report::Report;
use crate::text::text;

pub(super) fn run(args: &Create, session: &mut Session<'_, '_>) -> Result<Report, Problems> {
    let (Some(folder), Some(definition)) = (&args.dir, &args.definition) else {
        let example = definition::EXAMPLE.trim_end();
        return Ok(Report::new(text!("{example}", "{example}")).fact("example", example));
    };
    let definition = read_text(definition)?;
    let files = &mut session.environment.files;
    let _lock = files.enter_new(folder, Readers::Everybody)?;
    let path = Draft::path(folder);
    let old: Option<Draft> = document::read_if_there(&path)?;
    let uuid = match &old {
        Some(old) => old.uuid.clone(),
        None => ballot::election::new_uuid(&mut *session.environment.randomness),
    };
    let draft = definition::draft(&definition, uuid).map_err(all)?;
    if old.is_some_and(|old| old != draft) {
        return Err(StepProblem::OtherDraft {
            folder: folder.clone(),
        }
        .into());
    }
    session
        .environment
        .files
        .write(&path, &document::write(&draft), Readers::Everybody)?;
    let (uuid, shown, fingerprint) = (&draft.uuid, path.display(), draft.fingerprint());
    let (questions, trustees) = (draft.questions.len(), draft.trustees.names().count());
    Ok(Report::new(text!(
        "下書きができました: {shown}（住民投票 {uuid}、問い {questions} 個、鍵の保管者 {trustees} 人）",
        "The draft stands: {shown} (referendum {uuid}, {questions} questions, {trustees} trustees)"
    ))
    .line(text!("照合値: {fingerprint}", "Fingerprint: {fingerprint}"))
    .line(text!(
        "次: このファイルを投票符号の担当と鍵の保管者に渡し、`credentials` と `trustee` を行ってもらいます。",
        "Next: hand this file to the credential authority and the trustees for `credentials` and `trustee`."
    ))
    .fact("uuid", uuid.as_str())
    .fact("draft", shown.to_string())
    .fact("fingerprint", fingerprint))
}

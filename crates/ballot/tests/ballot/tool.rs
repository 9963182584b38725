//! belenios-tool, where it is installed: the one on the path, or the one that `BELENIOS_TOOL`
//! names. Debian 12's package is version 2.0, which knows no Ed25519; version 3.x does.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ballot::group::{Ed25519, Group};

/// The releases of Debian 12, Debian 13 and the one after it.
const RELEASES: [(u32, u32); 3] = [(2, 0), (3, 0), (3, 3)];

pub(crate) struct Tool {
    program: String,
    version: (u32, u32),
}

impl Tool {
    /// The tool; says so if it is not installed.
    pub(crate) fn find() -> Option<Self> {
        let program = std::env::var("BELENIOS_TOOL").unwrap_or("belenios-tool".to_owned());
        let Ok(output) = Command::new(&program).arg("--version").output() else {
            println!("{program} is not installed: nothing was compared with it");
            return None;
        };
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut numbers = text.split(['.', ' ', '+', '\n']).map(str::parse);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => Some(Self {
                program,
                version: (major, minor),
            }),
            _ => panic!("{program} --version says {text:?}"),
        }
    }

    /// The tool, if it knows the group; says so if it does not.
    pub(crate) fn for_group<G: Group>() -> Option<Self> {
        let tool = Self::find()?;
        let (major, minor) = tool.version;
        if G::NAME == Ed25519::NAME && tool.version < (2, 1) {
            println!("belenios-tool {major}.{minor} knows no Ed25519: nothing was compared in it");
            return None;
        }
        Some(tool)
    }

    /// Its column in the tables of `docs/referendum-verification.md`, which are about these
    /// releases; of others only our own verdict is checked.
    pub(crate) fn column(&self) -> Option<usize> {
        let column = RELEASES.iter().position(|release| *release == self.version);
        if column.is_none() {
            let (major, minor) = self.version;
            println!("belenios-tool {major}.{minor} is in no table: its answers are not compared");
        }
        column
    }

    /// Runs it in a folder; what it printed, or what it complained of.
    pub(crate) fn run(
        &self,
        folder: &Path,
        arguments: &str,
        input: &str,
    ) -> Result<String, String> {
        let mut child = Command::new(&self.program)
            .args(arguments.split_whitespace())
            .current_dir(folder)
            // Without it, 3.x may end before it has checked the ballots.
            .env("LWT_ASYNC_METHOD", "none")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        // A command that reads no input may have ended already.
        let _ = child
            .stdin
            .take()
            .expect("piped")
            .write_all(input.as_bytes());
        let output = child
            .wait_with_output()
            .map_err(|error| error.to_string())?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() {
            Ok(text(&output.stdout))
        } else {
            Err(text(&output.stderr))
        }
    }

    /// Its complete check of an archive.
    pub(crate) fn verifies(&self, archive: &[u8], uuid: &str) -> Result<String, String> {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join(format!("{uuid}.bel")), archive).expect("written");
        self.run(folder.path(), "election verify", "")
    }

    /// A credential that it makes: private, public, and the list in which it stands.
    pub(crate) fn credential<G: Group>(
        &self,
        folder: &Path,
        uuid: &str,
    ) -> (String, String, String) {
        let make = format!(
            "setup generate-credentials --uuid {uuid} --group {}",
            G::NAME
        );
        self.run(folder, &format!("{make} --count 1"), "")
            .expect("credentials");
        let file = read(&with_extension(folder, "privcreds"));
        let private = file
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
            .rfind(|word| word.contains('-'))
            .expect("a credential")
            .to_owned();
        let public = self
            .run(folder, &format!("{make} --derive {private}"), "")
            .expect("derived");
        let list = read(&with_extension(folder, "pubcreds"));
        (private, public.trim().to_owned(), list)
    }

    /// A ballot that it makes.
    pub(crate) fn ballot(&self, folder: &Path, credential: &str, vote: &str) -> String {
        fs::write(folder.join("credential"), credential).expect("written");
        fs::write(folder.join("vote"), vote).expect("written");
        let make = "election generate-ballot --privcred credential";
        // 2.2 gave the option another name.
        ["--ballot", "--choice"]
            .iter()
            .find_map(|option| self.run(folder, &format!("{make} {option} vote"), "").ok())
            .expect("a ballot by the tool")
    }

    /// Appends an event to the archive in the folder.
    pub(crate) fn add(&self, folder: &Path, kind: &str, input: &str) {
        self.run(folder, &format!("archive add-event --type={kind}"), input)
            .expect("added by the tool");
    }
}

/// The file that the tool wrote under a name of its own.
pub(crate) fn with_extension(folder: &Path, extension: &str) -> PathBuf {
    let entries = fs::read_dir(folder).expect("readable");
    entries
        .map(|entry| entry.expect("readable").path())
        .find(|path| path.extension().is_some_and(|found| found == extension))
        .expect("the tool wrote it")
}

pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("readable")
}

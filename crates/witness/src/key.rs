//! The witness's secret key: a file that only its owner can read.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use anyhow::{Context, ensure};
use transparency::{SignerKey, note::KeyKind};

use crate::store::sync_folder;

/// Reads the key in `path`; `None` if there is no file yet.
pub fn read(path: &Path, name: &str) -> anyhow::Result<Option<SignerKey>> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file.with_context(|| format!("cannot open the key in {}", path.display()))?,
    };
    let mode = file.metadata()?.permissions().mode() & 0o777;
    ensure!(
        mode & 0o077 == 0,
        "others can read the key in {} (mode {mode:o}); set it to 600",
        path.display()
    );
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    let mut seed = [0; 32];
    hex::decode_to_slice(text.trim_end(), &mut seed)
        .with_context(|| format!("{} is not 64 hexadecimal digits", path.display()))?;
    Ok(Some(signer(name, &seed)?))
}

/// Makes a key and writes it to `path`, where there is none. A kill in between
/// leaves no half a key.
pub fn create(path: &Path, name: &str) -> anyhow::Result<SignerKey> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).context("the operating system gives no random bytes")?;
    let key = signer(name, &seed)?;
    write(path, &hex::encode(seed))
        .with_context(|| format!("cannot write a key to {}", path.display()))?;
    Ok(key)
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let unfinished = path.with_extension("new");
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => (),
    }
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&unfinished)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => sync_folder(folder),
        _ => sync_folder(Path::new(".")),
    }
}

fn signer(name: &str, seed: &[u8; 32]) -> anyhow::Result<SignerKey> {
    SignerKey::from_seed(name, KeyKind::Cosignature, seed)
        .with_context(|| format!("{name:?} cannot be a witness's name"))
}

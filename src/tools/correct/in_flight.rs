//! The in-flight file: the messages of one batch, to the byte, on the disk before the first of them is sent.
//!
//! A retry must send the same bytes: a signature holds random numbers, so a message cannot be made again, and another
//! message under its RequestID would be refused (SMI.md 3/6). A file keeps one batch; the next batch replaces it,
//! together with the messages that have no answer by then.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use crate::{
    domain::{EsmeVariant, Eui64},
    hash::Hasher,
};

/// A signed message, as its first attempt and every retry sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SignedMessage {
    /// The counter of its RequestID.
    pub(super) counter: u64,
    pub(super) device: Eui64,
    pub(super) variant: EsmeVariant,
    /// Signed; without line ends.
    pub(super) bytes: Vec<u8>,
}

/// Why an in-flight file cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct InFlightFault {
    path: PathBuf,
    reason: io::Error,
}

/// The in-flight file of a batch.
#[derive(Debug)]
pub(super) struct InFlightFile {
    path: PathBuf,
    /// The temporary file, renamed to `path` when it is whole.
    new: PathBuf,
}

impl InFlightFile {
    /// The file of the batch with that number, beside the journal.
    pub(super) fn beside(journal: &Path, number: usize) -> Self {
        let mut name = journal.file_name().unwrap_or_default().to_owned();
        name.push(format!(".sending-{number}"));
        let path = journal.with_file_name(&name);
        name.push(".new");
        Self { path, new: journal.with_file_name(name) }
    }

    fn fault(&self) -> impl Fn(io::Error) -> InFlightFault {
        |reason| InFlightFault { path: self.path.clone(), reason }
    }

    /// The batch in the file; empty where there is no file. Files are renamed into place when they are whole, so one that
    /// is not was damaged since.
    pub(super) fn read(&self) -> Result<Vec<SignedMessage>, InFlightFault> {
        match fs::read(&self.path) {
            Ok(text) => whole(&text).ok_or_else(|| {
                let damaged = "it is damaged: what was sent cannot be told";
                self.fault()(io::Error::new(io::ErrorKind::InvalidData, damaged))
            }),
            Err(reason) if reason.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(reason) => Err(self.fault()(reason)),
        }
    }

    /// Replaces the file by one with that batch, atomically; it is on the disk when this returns. Until then the old file
    /// stays: it may hold messages that were sent and have no answer.
    pub(super) fn write<'m>(
        &self,
        messages: impl IntoIterator<Item = &'m SignedMessage>,
    ) -> Result<(), InFlightFault> {
        let (mut text, mut count) = (Vec::new(), 0);
        for SignedMessage { counter, device, variant, bytes } in messages {
            text.extend(format!("{counter},{device},{variant},").bytes());
            text.extend(bytes);
            text.push(b'\n');
            count += 1;
        }
        text.extend(end(count, &text).bytes());
        let write = || {
            let mut file = File::create(&self.new)?;
            file.write_all(&text)?;
            file.sync_all()?;
            // Atomic: a crash leaves the old file or the new one, never a part of one.
            fs::rename(&self.new, &self.path)?;
            sync_folder(&self.path)
        };
        write().map_err(|reason| {
            // Half a file is of no use, and it may be what fills the disk.
            let _ = fs::remove_file(&self.new);
            self.fault()(reason)
        })
    }

    /// Deletes the file, if there is one.
    pub(super) fn remove(&self) -> Result<(), InFlightFault> {
        for path in [&self.new, &self.path] {
            match fs::remove_file(path) {
                Err(reason) if reason.kind() != io::ErrorKind::NotFound => return Err(self.fault()(reason)),
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }
}

/// Syncs the folder of a file: only then is a new or renamed file's name on the disk.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

fn end(count: usize, before: &[u8]) -> String {
    let mut hasher = Hasher::plain();
    hasher.raw(before);
    format!("end,{count},{}\n", hasher.finish())
}

/// The messages of a file whose last line has the right count and checksum.
fn whole(text: &[u8]) -> Option<Vec<SignedMessage>> {
    let mut lines = text.split_inclusive(|byte| *byte == b'\n').collect::<Vec<_>>();
    let last = lines.pop()?;
    let before = text.get(..text.len() - last.len())?;
    (end(lines.len(), before).as_bytes() == last).then_some(())?;
    lines.into_iter().map(message).collect()
}

fn message(line: &[u8]) -> Option<SignedMessage> {
    let mut parts = line.strip_suffix(b"\n")?.splitn(4, |byte| *byte == b',');
    let mut text = || parts.next().and_then(|part| str::from_utf8(part).ok());
    let (counter, device, variant) = (text()?.parse().ok()?, text()?.parse().ok()?, text()?.parse().ok()?);
    Some(SignedMessage { counter, device, variant, bytes: text()?.as_bytes().to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages() -> Vec<SignedMessage> {
        let message = |counter, variant, bytes: &str| SignedMessage {
            counter,
            device: Eui64::from_octets([0, 1, 2, 3, 4, 5, 6, 7]),
            variant,
            bytes: bytes.as_bytes().to_vec(),
        };
        vec![message(7, EsmeVariant::Ade, "<a>1,2</a>"), message(u64::MAX, EsmeVariant::A, "<é/>")]
    }

    #[test]
    fn a_group_comes_back_to_the_byte_and_only_whole() {
        let folder = tempfile::tempdir().unwrap();
        let file = InFlightFile::beside(&folder.path().join("x.journal"), 1);
        assert_eq!(file.read().unwrap(), []);
        for group in [messages(), messages()[..1].to_vec()] {
            file.write(&group).unwrap();
            assert_eq!(file.read().unwrap(), group);
        }
        let path = folder.path().join("x.journal.sending-1");
        let text = fs::read(&path).unwrap();
        for length in 0..text.len() {
            fs::write(&path, &text[..length]).unwrap();
            let reason = file.read().unwrap_err().to_string();
            assert!(reason.ends_with("it is damaged: what was sent cannot be told"), "{length}: {reason}");
        }
        file.remove().unwrap();
        file.remove().unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn a_group_that_cannot_be_written_leaves_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let file = InFlightFile::beside(&folder.path().join("x.journal"), 0);
        file.write(&messages()).unwrap();
        fs::create_dir(folder.path().join("x.journal.sending-0.new")).unwrap();
        file.write(&messages()[..1]).unwrap_err();
        assert_eq!(file.read().unwrap(), messages());
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let file = InFlightFile::beside(Path::new("missing/x.journal"), 0);
        let reason = file.write(&messages()).unwrap_err().to_string();
        assert!(reason.starts_with("missing/x.journal.sending-0: "), "{reason}");
    }
}

//! Files that were uploaded and wait to be taken, as by an import: on the disk of one instance, without a name there, so that they are gone with the
//! process however that ends.

use std::{
    collections::VecDeque,
    env,
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek as _, SeekFrom, Write as _},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::JobProgress;
use crate::{clock::Stopwatch, secret::Secret};

/// How long a file is kept.
const AGE: Duration = Duration::from_secs(60 * 60);
/// The most files. The listener bounds the length of each; one more takes the place of the oldest.
const MAX_COUNT: usize = 8;

/// A file that waits.
#[derive(Clone, Debug)]
pub(super) struct Upload<A> {
    pub(super) number: u64,
    /// What was said of it.
    pub(super) about: A,
    bytes: u64,
    content: Arc<Mutex<File>>,
    kept: Stopwatch,
}

/// The files that wait.
#[derive(Debug)]
pub(super) struct Uploads<A>(Mutex<Kept<A>>);

#[derive(Debug)]
struct Kept<A> {
    /// The oldest first.
    files: VecDeque<Upload<A>>,
    last: u64,
}

impl<A> Default for Uploads<A> {
    fn default() -> Self {
        Self(Mutex::new(Kept { files: VecDeque::new(), last: 0 }))
    }
}

impl<A: Clone> Uploads<A> {
    fn lock(&self) -> MutexGuard<'_, Kept<A>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a file under a number of its own, and returns that.
    pub(super) fn keep(&self, about: A, csv: &[u8]) -> io::Result<u64> {
        let content = Arc::new(Mutex::new(written(&env::temp_dir(), csv)?));
        let mut kept = self.lock();
        kept.last += 1;
        let number = kept.last;
        let upload = Upload { number, about, bytes: csv.len() as u64, content, kept: Stopwatch::start() };
        kept.files.push_back(upload);
        if kept.files.len() > MAX_COUNT {
            kept.files.pop_front();
        }
        Ok(number)
    }

    pub(super) fn find(&self, number: u64) -> Option<Upload<A>> {
        self.forget_older_than(AGE);
        self.lock().files.iter().find(|upload| upload.number == number).cloned()
    }

    pub(super) fn remove(&self, number: u64) {
        self.lock().files.retain(|upload| upload.number != number);
    }

    /// Forgets those whose time has passed.
    pub(super) fn forget_old(&self) {
        self.forget_older_than(AGE);
    }

    pub(super) fn forget_all(&self) {
        self.lock().files.clear();
    }

    fn forget_older_than(&self, age: Duration) {
        self.lock().files.retain(|upload| upload.kept.elapsed() < age);
    }
}

impl<A> Upload<A> {
    /// All of it.
    pub(super) fn whole(&self) -> io::Result<Vec<u8>> {
        let mut content = self.content.lock().unwrap_or_else(PoisonError::into_inner);
        content.rewind()?;
        let mut whole = Vec::new();
        content.read_to_end(&mut whole)?;
        Ok(whole)
    }
}

/// Writes a file that this process alone can read: it loses its name at once.
fn written(folder: &Path, csv: &[u8]) -> io::Result<File> {
    let name = Secret::random().map_err(io::Error::other)?;
    let path = folder.join(format!("smi-upload-{}", name.reveal()));
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(&path)?;
    fs::remove_file(&path)?;
    file.write_all(csv)?;
    Ok(file)
}

/// A reader of a file from its beginning. It tells how far it is, and ends early where the service stops.
pub(super) struct UploadReader<'a> {
    content: &'a Mutex<File>,
    at: u64,
    progress: &'a JobProgress,
}

impl<'a> UploadReader<'a> {
    pub(super) fn new<A>(upload: &'a Upload<A>, progress: &'a JobProgress) -> Self {
        progress.expect(upload.bytes);
        Self { content: &upload.content, at: 0, progress }
    }
}

impl Read for UploadReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.progress.is_stopping() {
            return Err(io::Error::other("the service is stopping"));
        }
        // Another reader of the file has a place of its own.
        let mut content = self.content.lock().unwrap_or_else(PoisonError::into_inner);
        content.seek(SeekFrom::Start(self.at))?;
        let read = content.read(buffer)? as u64;
        self.at += read;
        self.progress.add(read);
        Ok(usize::try_from(read).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(uploads: &Uploads<()>, csv: &str) -> u64 {
        uploads.keep((), csv.as_bytes()).unwrap()
    }

    #[test]
    fn files_are_bounded_in_number_and_time_and_read_from_the_beginning() {
        let uploads = Uploads::default();
        let is_kept = |number| uploads.find(number).is_some();
        assert_eq!(keep(&uploads, "first"), 1);
        assert!(is_kept(1) && !is_kept(2));
        let (upload, progress) = (uploads.find(1).unwrap(), JobProgress::default());
        for _ in 0..2 {
            let mut text = String::new();
            UploadReader::new(&upload, &progress).read_to_string(&mut text).unwrap();
            assert_eq!(text, "first");
        }
        assert_eq!((progress.done(), progress.of()), (10, 5));
        assert_eq!(upload.whole().unwrap(), b"first");
        progress.stop();
        UploadReader::new(&upload, &progress).read_to_string(&mut String::new()).unwrap_err();
        let numbers = (0..MAX_COUNT).map(|_| keep(&uploads, "next")).collect::<Vec<_>>();
        assert!(!is_kept(1) && numbers.iter().all(|number| is_kept(*number)));
        uploads.remove(2);
        assert!(!is_kept(2) && is_kept(3));
        uploads.forget_old();
        assert!(is_kept(3));
        uploads.forget_older_than(Duration::ZERO);
        assert!(!is_kept(3));
        keep(&uploads, "last");
        uploads.forget_all();
        assert!(!is_kept(10));
    }

    #[test]
    fn a_file_has_no_name_and_a_folder_that_is_not_there_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = written(folder.path(), b"text").unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        let mut text = String::new();
        file.rewind().unwrap();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "text");
        written(&folder.path().join("missing"), b"").unwrap_err();
    }
}

//! Bearer tokens: compared in constant time, and shown neither by `Debug` nor by an error.

use std::{
    fmt, fs, io,
    io::Write as _,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
};

use aws_lc_rs::{constant_time, rand};

/// A bearer token.
#[derive(Clone)]
pub struct Secret(Arc<str>);

/// The text is not a token. The message does not repeat it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a token is one or more visible ASCII characters without spaces")]
pub struct NoToken;

/// Why a token could not be read or made.
#[derive(Debug, thiserror::Error)]
pub enum TokenFault {
    /// The file cannot be read or written.
    #[error("{}: {reason}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// The system's reason.
        reason: io::Error,
    },
    /// The file holds no token.
    #[error("{}: {NoToken}; remove the file to have a new one made", .0.display())]
    Content(PathBuf),
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    Random,
}

impl Secret {
    /// Compares in constant time: the time does not tell how many bytes match.
    pub fn is(&self, candidate: &[u8]) -> bool {
        constant_time::verify_slices_are_equal(self.0.as_bytes(), candidate).is_ok()
    }

    /// The token itself, to be sent or written to a file.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// A new token: 32 random bytes, as hex.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn random() -> Result<Self, TokenFault> {
        let mut octets = [0_u8; 32];
        rand::fill(&mut octets).map_err(|_| TokenFault::Random)?;
        Ok(Self(octets.map(|octet| format!("{octet:02x}")).concat().into()))
    }

    /// Reads the token of a file, which must exist.
    ///
    /// # Errors
    /// When the file cannot be read, or its content is not a token.
    pub fn from_file(file: &Path) -> Result<Self, TokenFault> {
        let text =
            fs::read_to_string(file).map_err(|reason| TokenFault::File { file: file.to_owned(), reason })?;
        text.trim_end().parse().map_err(|_| TokenFault::Content(file.to_owned()))
    }

    /// Reads the token of a file, or writes a new one there, readable by its owner alone. Returns whether it is new.
    ///
    /// # Errors
    /// When the file cannot be read or written, or its content is not a token.
    pub fn in_file(file: &Path) -> Result<(Self, bool), TokenFault> {
        match Self::from_file(file) {
            Ok(token) => Ok((token, false)),
            Err(TokenFault::File { reason, .. }) if reason.kind() == io::ErrorKind::NotFound => {
                let token = Self::random()?;
                match token.keep(file, |from, to| fs::hard_link(from, to)) {
                    Ok(()) => Ok((token, true)),
                    // Another process made one in this moment.
                    Err(reason) if reason.kind() == io::ErrorKind::AlreadyExists => {
                        Self::from_file(file).map(|token| (token, false))
                    }
                    Err(reason) => Err(TokenFault::File { file: file.to_owned(), reason }),
                }
            }
            Err(fault) => Err(fault),
        }
    }

    /// Writes the file atomically, by a temporary file and a link: a process that ends midway must not leave an empty file,
    /// which would stop the next start.
    fn keep(&self, file: &Path, link: impl Fn(&Path, &Path) -> io::Result<()>) -> io::Result<()> {
        let mut aside = file.as_os_str().to_owned();
        aside.push(format!(".{}", std::process::id()));
        let aside = PathBuf::from(aside);
        let mut options = fs::OpenOptions::new();
        let written = self.write(&aside, options.write(true).create(true).truncate(true));
        // A link, unlike a rename, fails where the file exists: of two processes that start at once, one alone makes the token.
        let linked = written.and_then(|()| match link(&aside, file) {
            Err(reason) if reason.kind() != io::ErrorKind::AlreadyExists => self.keep_without_link(file),
            done => done,
        });
        let removed = fs::remove_file(&aside);
        linked.and(removed)
    }

    /// For file systems without hard links, which refuse them each in its own way: exFAT, some network and container mounts.
    /// There a process that ends midway leaves a file that the next start refuses, with what to do.
    fn keep_without_link(&self, file: &Path) -> io::Result<()> {
        let mut options = fs::OpenOptions::new();
        self.write(file, options.write(true).create_new(true)).inspect_err(|reason| {
            if reason.kind() != io::ErrorKind::AlreadyExists {
                // What is there is our own beginning; that it cannot be removed would say less than why it cannot be written.
                drop(fs::remove_file(file));
            }
        })
    }

    fn write(&self, file: &Path, options: &mut fs::OpenOptions) -> io::Result<()> {
        for_owner_alone(options);
        let mut open = options.open(file)?;
        open.write_all(format!("{}\n", self.reveal()).as_bytes())?;
        open.sync_all()
    }
}

#[cfg(unix)]
fn for_owner_alone(options: &mut fs::OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600);
}

/// Other systems have no file modes: there the folder's permissions decide.
#[cfg(not(unix))]
fn for_owner_alone(_: &mut fs::OpenOptions) {}

impl FromStr for Secret {
    type Err = NoToken;

    fn from_str(text: &str) -> Result<Self, NoToken> {
        let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(Self(text.into())) } else { Err(NoToken) }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_compared_and_not_shown() {
        let secret: Secret = "open-sesame".parse().unwrap();
        assert!(secret.is(b"open-sesame"));
        for wrong in ["", "open", "open-sesame ", "Open-sesame"] {
            assert!(!secret.is(wrong.as_bytes()), "{wrong}");
        }
        assert_eq!(format!("{secret:?}"), "Secret");
        for odd in ["", "a b", "a\n", "é"] {
            assert_eq!(odd.parse::<Secret>().unwrap_err(), NoToken, "{odd}");
        }
    }

    #[test]
    fn a_file_keeps_it_for_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("token");
        let (first, is_new) = Secret::in_file(&file).unwrap();
        assert!(is_new && first.reveal().len() == 64);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let (again, is_new) = Secret::in_file(&file).unwrap();
        assert!(!is_new && again.is(first.reveal().as_bytes()));
        assert!(!Secret::random().unwrap().is(first.reveal().as_bytes()));
        fs::write(&file, "two words\n").unwrap();
        let fault = Secret::in_file(&file).unwrap_err().to_string();
        assert!(fault.ends_with("token: a token is one or more visible ASCII characters without spaces; remove the file to have a new one made"), "{fault}");
        assert!(matches!(Secret::in_file(dir.path()), Err(TokenFault::File { .. })));
        let missing = dir.path().join("missing");
        assert!(matches!(Secret::from_file(&missing), Err(TokenFault::File { .. })));
        assert!(!missing.exists(), "a file that was named is never made");
    }

    #[test]
    fn a_file_system_without_hard_links_keeps_it_too() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("token");
        let no_links = |_: &Path, _: &Path| Err(io::Error::from(io::ErrorKind::PermissionDenied));
        let token = Secret::random().unwrap();
        token.keep(&file, no_links).unwrap();
        assert!(Secret::from_file(&file).unwrap().is(token.reveal().as_bytes()));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let second = Secret::random().unwrap().keep(&file, no_links).unwrap_err();
        assert_eq!(second.kind(), io::ErrorKind::AlreadyExists);
        assert!(Secret::from_file(&file).unwrap().is(token.reveal().as_bytes()), "the first stays");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}

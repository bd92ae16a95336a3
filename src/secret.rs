//! A secret that is compared, and never shown: neither `Debug` nor an error repeats it.

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

/// Why a text cannot be a token; the text is not repeated.
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
        /// Why.
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
    /// Whether that is the secret; the time it takes does not tell how much of it is right.
    pub fn is(&self, candidate: &[u8]) -> bool {
        constant_time::verify_slices_are_equal(self.0.as_bytes(), candidate).is_ok()
    }

    /// The secret itself, for the one who must send or keep it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// 32 random bytes, as hex.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn random() -> Result<Self, TokenFault> {
        let mut octets = [0_u8; 32];
        rand::fill(&mut octets).map_err(|_| TokenFault::Random)?;
        Ok(Self(octets.map(|octet| format!("{octet:02x}")).concat().into()))
    }

    /// The token in that file, which must be there.
    ///
    /// # Errors
    /// When the file cannot be read or holds something else.
    pub fn from_file(file: &Path) -> Result<Self, TokenFault> {
        let text =
            fs::read_to_string(file).map_err(|reason| TokenFault::File { file: file.to_owned(), reason })?;
        text.trim_end().parse().map_err(|_| TokenFault::Content(file.to_owned()))
    }

    /// The token in that file; where there is none, a new one, kept there for its owner alone. Says whether it is new.
    ///
    /// # Errors
    /// When the file cannot be read, holds something else, or cannot be written.
    pub fn in_file(file: &Path) -> Result<(Self, bool), TokenFault> {
        match Self::from_file(file) {
            Ok(token) => Ok((token, false)),
            Err(TokenFault::File { reason, .. }) if reason.kind() == io::ErrorKind::NotFound => {
                let token = Self::random()?;
                let kept = token.keep(file);
                kept.map_err(|reason| TokenFault::File { file: file.to_owned(), reason })?;
                Ok((token, true))
            }
            Err(fault) => Err(fault),
        }
    }

    /// Whole or not at all, also where the process is ended meanwhile: an empty file would stop the next start.
    fn keep(&self, file: &Path) -> io::Result<()> {
        let mut aside = file.as_os_str().to_owned();
        aside.push(format!(".{}", std::process::id()));
        let kept = self.write(Path::new(&aside)).and_then(|()| fs::hard_link(&aside, file));
        let removed = fs::remove_file(&aside);
        kept.and(removed)
    }

    fn write(&self, file: &Path) -> io::Result<()> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        for_owner_alone(&mut options);
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

/// Elsewhere the folder's rights decide.
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
}

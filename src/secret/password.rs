//! Hashes of passwords, by argon2id: neither a password nor its hash is shown by `Debug` or by an error.

use std::{fmt, str::FromStr, sync::Arc};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::phc::PasswordHash as PhcHash,
};
use aws_lc_rs::rand;

use super::TokenFault;

/// The least characters of a password.
pub const MIN_PASSWORD_CHARS: usize = 12;
/// The most bytes of a password.
pub const MAX_PASSWORD_BYTES: usize = 1_000;
/// The most memory of one verification in KiB. Without bounds a line of the settings could stop the service at a sign-in.
const MAX_MEMORY: u32 = 262_144;
/// The most passes over that memory, and the most lanes of it.
const MAX_PASSES: u32 = 20;
const MAX_LANES: u32 = 16;

/// The hash of a password in PHC form, `$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH`. Its parameters are those of the text, so that
/// hashes of an older version stay good when the parameters of new ones are raised.
#[derive(Clone)]
pub struct PasswordHash(Arc<str>);

/// The text is not a hash that can be used. The message does not repeat it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a hash is written as `$argon2id$v=19$m=...,t=...,p=...$SALT$HASH`, with at most {MAX_MEMORY} KiB, {MAX_PASSES} passes \
     and {MAX_LANES} lanes; `smi user add` makes one"
)]
pub struct NoPasswordHash;

/// Why a password is not hashed.
#[derive(Debug, thiserror::Error)]
pub enum PasswordFault {
    /// It is too short.
    #[error("a password has at least {MIN_PASSWORD_CHARS} characters")]
    TooShort,
    /// It is too long.
    #[error("a password has at most {MAX_PASSWORD_BYTES} bytes")]
    TooLong,
    /// The system gives no random bytes.
    #[error(transparent)]
    Random(#[from] TokenFault),
    /// The library refuses it.
    #[error("the password cannot be hashed")]
    Hashing,
}

impl PasswordHash {
    /// Hashes a new password with a random salt.
    ///
    /// # Errors
    /// When it is too short or too long, or the system gives no random bytes.
    pub fn of(password: &str) -> Result<Self, PasswordFault> {
        if password.chars().count() < MIN_PASSWORD_CHARS {
            return Err(PasswordFault::TooShort);
        }
        if password.len() > MAX_PASSWORD_BYTES {
            return Err(PasswordFault::TooLong);
        }
        let mut salt = [0_u8; 16];
        rand::fill(&mut salt).map_err(|_| TokenFault::Random)?;
        let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default());
        let hash = hasher.hash_password_with_salt(password.as_bytes(), &salt);
        let hash = hash.map_err(|_| PasswordFault::Hashing)?;
        Ok(Self(hash.to_string().into()))
    }

    /// A hash that no password has. A sign-in with an unknown name is verified against it, so that its time does not tell which
    /// names there are.
    pub fn of_nobody() -> Self {
        Self("$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".into())
    }

    /// Whether the hash is that of this password. It takes tens of milliseconds and as much memory as the hash says: never on a
    /// thread that answers others.
    pub fn is_of(&self, password: &str) -> bool {
        let Ok(hash) = PhcHash::new(&self.0) else { return false };
        password.len() <= MAX_PASSWORD_BYTES
            && Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
    }

    /// The hash itself, for the settings file.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl FromStr for PasswordHash {
    type Err = NoPasswordHash;

    fn from_str(text: &str) -> Result<Self, NoPasswordHash> {
        let hash = PhcHash::new(text).map_err(|_| NoPasswordHash)?;
        let params = Params::try_from(&hash).map_err(|_| NoPasswordHash)?;
        let is_bounded =
            params.m_cost() <= MAX_MEMORY && params.t_cost() <= MAX_PASSES && params.p_cost() <= MAX_LANES;
        let is_whole = hash.salt.is_some() && hash.hash.is_some();
        let is_argon2id = hash.algorithm.as_str() == Algorithm::Argon2id.as_str();
        if is_argon2id && is_bounded && is_whole { Ok(Self(text.into())) } else { Err(NoPasswordHash) }
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_matches_its_own_hash_alone() {
        let hash = PasswordHash::of("correct horse").unwrap();
        assert!(hash.is_of("correct horse") && !hash.is_of("correct horsf") && !hash.is_of(""));
        let read: PasswordHash = hash.reveal().parse().unwrap();
        assert!(read.is_of("correct horse"));
        assert_ne!(PasswordHash::of("correct horse").unwrap().reveal(), hash.reveal(), "salted");
        assert_eq!(format!("{hash:?}"), "PasswordHash");
        let nobody: PasswordHash = PasswordHash::of_nobody().reveal().parse().unwrap();
        assert!(!nobody.is_of("") && !nobody.is_of("correct horse"));
    }

    #[test]
    fn short_and_endless_passwords_are_refused() {
        assert!(matches!(PasswordHash::of("elevenchars"), Err(PasswordFault::TooShort)));
        assert!(matches!(PasswordHash::of(&"x".repeat(1_001)), Err(PasswordFault::TooLong)));
    }

    #[test]
    fn a_hash_that_is_broken_foreign_or_without_bounds_is_refused() {
        let good = PasswordHash::of_nobody();
        let good = good.reveal();
        for odd in [
            String::new(),
            "hunter2hunter2".to_owned(),
            good.replace("argon2id", "argon2i"),
            good.replace("argon2id", "scrypt"),
            good.replace("m=19456", "m=4000000"),
            good.replace("t=2", "t=4000000"),
            good.rsplit_once('$').unwrap().0.to_owned(),
        ] {
            assert_eq!(odd.parse::<PasswordHash>().unwrap_err(), NoPasswordHash, "{odd}");
        }
    }
}

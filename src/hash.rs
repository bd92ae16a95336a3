//! SHA-256 hashes of records and files, over a sequence of fields.
//!
//! Each field is prefixed with its kind and its length, so that two different sequences never hash the same bytes. The
//! first field names what is hashed (domain separation): a hash of a decision is never one of an answer.

use std::fmt;

use aws_lc_rs::digest::{Context, SHA256};

/// A SHA-256, shown in lower-case hex.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash([u8; 32]);

/// A hasher that takes one field after another.
#[derive(Clone)]
pub struct Hasher(Context);

/// The text is not a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a hash is 64 hex digits")]
pub struct NotAHash;

/// Prefixes of the kinds of fields.
const ABSENT: u8 = 0;
const BYTES: u8 = 1;
const NUMBER: u8 = 2;

impl Hasher {
    /// A hasher for that kind of record.
    pub fn of(kind: &str) -> Self {
        let mut hasher = Self(Context::new(&SHA256));
        hasher.bytes(kind.as_bytes());
        hasher
    }

    /// A hasher without a first field: plain SHA-256, such as `sha256sum` computes.
    pub fn plain() -> Self {
        Self(Context::new(&SHA256))
    }

    /// Adds a field of bytes or text.
    pub fn bytes(&mut self, field: &[u8]) {
        self.0.update(&[BYTES]);
        self.0.update(&(u64::try_from(field.len()).unwrap_or(u64::MAX)).to_be_bytes());
        self.0.update(field);
    }

    /// Adds a field that may be absent; absent and empty give different hashes.
    pub fn optional(&mut self, field: Option<&[u8]>) {
        match field {
            Some(field) => self.bytes(field),
            None => self.0.update(&[ABSENT]),
        }
    }

    /// Adds an integer field.
    pub fn number(&mut self, field: i64) {
        self.0.update(&[NUMBER]);
        self.0.update(&field.to_be_bytes());
    }

    /// Adds bytes without kind and length.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all fields.
    pub fn finish(self) -> Hash {
        let mut octets = [0; 32];
        for (to, from) in octets.iter_mut().zip(self.0.finish().as_ref()) {
            *to = *from;
        }
        Hash(octets)
    }
}

impl Hash {
    /// The predecessor of the first record of a chain.
    pub const ZERO: Self = Self([0; 32]);

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl TryFrom<&[u8]> for Hash {
    type Error = NotAHash;

    fn try_from(bytes: &[u8]) -> Result<Self, NotAHash> {
        bytes.try_into().map(Self).map_err(|_| NotAHash)
    }
}

impl std::str::FromStr for Hash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let digits = text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()));
        let digits = digits.collect::<Option<Vec<u8>>>().ok_or(NotAHash)?;
        let octets = digits.as_chunks::<2>().0.iter().map(|[high, low]| high * 16 + low);
        // `as_chunks` leaves out an odd last digit, so the length alone does not reveal one.
        let is_even = digits.len() % 2 == 0;
        octets.collect::<Vec<_>>().try_into().ok().filter(|_| is_even).map(Self).ok_or(NotAHash)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hasher")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(fields: impl FnOnce(&mut Hasher)) -> Hash {
        let mut hasher = Hasher::of("test");
        fields(&mut hasher);
        hasher.finish()
    }

    /// FIPS 180-4's example, and the same encoding computed by another program.
    #[test]
    fn known_answers() {
        let mut plain = Hasher::plain();
        plain.raw(b"abc");
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(plain.finish().to_string(), abc);
        let fields = of(|hasher| {
            hasher.bytes(b"abc");
            hasher.optional(None);
            hasher.number(258);
        });
        assert_eq!(fields.to_string(), "146e05ebbdd75b32a4690cc2852f4d5dbbc17a5042c29ad51191613b1e670593");
    }

    #[test]
    fn fields_do_not_run_into_each_other() {
        let all = [
            of(|_| ()),
            of(|hasher| hasher.bytes(b"")),
            of(|hasher| hasher.optional(None)),
            of(|hasher| hasher.number(0)),
            of(|hasher| (hasher.bytes(b"ab"), hasher.bytes(b"c")).0),
            of(|hasher| (hasher.bytes(b"a"), hasher.bytes(b"bc")).0),
            Hasher::of("other").finish(),
            Hasher::plain().finish(),
        ];
        let different = all.iter().collect::<std::collections::HashSet<_>>();
        assert_eq!(different.len(), all.len());
    }

    #[test]
    fn hex_reads_back() {
        let hash = Hasher::of("test").finish();
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_eq!(hash.to_string().to_uppercase().parse(), Ok(hash));
        assert_eq!(Hash::try_from(hash.as_bytes().as_slice()), Ok(hash));
        for text in ["", "0", "zz", &"0".repeat(63), &"0".repeat(66), &"é".repeat(64)] {
            assert_eq!(text.parse::<Hash>(), Err(NotAHash), "{text}");
        }
    }
}

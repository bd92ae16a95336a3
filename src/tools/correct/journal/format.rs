//! The text of a journal: a header that names the owner, then one record a line, each with a checksum.

use crate::{
    domain::{EsmeVariant, Eui64},
    hash::Hasher,
    tools::correct::table::{Codes, LineAnswer},
};

/// The owner of a journal: under another User, or for another service, the same line is another request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalOwner {
    /// The User that signs.
    pub originator: Eui64,
    /// The DCC, which answers.
    pub dcc: Eui64,
    /// The service's URL.
    pub url: String,
}

/// One answered line, as the journal records it.
pub(super) struct JournalRecord {
    pub(super) device: Eui64,
    pub(super) variant: EsmeVariant,
    pub(super) answer: LineAnswer,
}

/// The beginning of the first line, up to the owner.
pub(super) const TITLE: &str = "smi correct journal 1,";

/// The text of the first line.
pub(super) fn header(owner: &JournalOwner) -> String {
    format!("{TITLE}{}", owner_text(owner))
}

/// The owner, as the header and faults name it.
pub(super) fn owner_text(JournalOwner { originator, dcc, url }: &JournalOwner) -> String {
    format!("{originator} asking {dcc} at {url}")
}

/// The text of a record.
pub(super) fn record_text(record: &JournalRecord, codes: &Codes) -> String {
    let JournalRecord { device, variant, answer } = record;
    let LineAnswer { counter, answered_at, milliseconds, attempts, code } = *answer;
    format!("{counter},{device},{variant},{},{answered_at},{milliseconds},{attempts}", codes.text(code))
}

/// Reads what [`record_text`] wrote.
pub(super) fn parse_record(text: &str, codes: &mut Codes) -> Option<JournalRecord> {
    let mut parts = text.split(',');
    let mut next = || parts.next();
    let (counter, device, variant) = (next()?.parse().ok()?, next()?.parse().ok()?, next()?.parse().ok()?);
    let code = codes.number(next()?)?;
    let (answered_at, milliseconds) = (next()?.parse().ok()?, next()?.parse().ok()?);
    let attempts = next()?.parse().ok()?;
    let answer = LineAnswer { counter, answered_at, milliseconds, attempts, code };
    Some(JournalRecord { device, variant, answer })
}

/// A line of the file: a text with its checksum.
pub(super) fn line(text: &str) -> String {
    format!("{text},{}\n", checksum(text))
}

/// The text of a line whose checksum is right.
pub(super) fn checked(line: &[u8]) -> Option<&str> {
    let (text, sum) = str::from_utf8(line).ok()?.strip_suffix('\n')?.rsplit_once(',')?;
    (checksum(text) == sum).then_some(text)
}

/// Whether these bytes may be what a crash left of the first line: a beginning of it, then zeros, which a file system
/// shows where it allocated space and wrote nothing.
pub(super) fn is_torn_header(found: &[u8], owner: &JournalOwner) -> bool {
    let written = found.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    found.get(..written).is_some_and(|written| line(&header(owner)).as_bytes().starts_with(written))
}

/// The first eight digits of a SHA-256: it detects torn writes, not forgery.
fn checksum(text: &str) -> String {
    let mut hasher = Hasher::plain();
    hasher.raw(text.as_bytes());
    hasher.finish().to_string().chars().take(8).collect()
}

//! What was answered, line by line, so that another run goes on where this one ended.
//!
//! The journal belongs to one User and one service. A line of it ends with a checksum: what a crash cut off is no line,
//! and stands at the end alone; anything else that is no line is damage, and nothing is sent then.

use std::{
    collections::BTreeSet,
    fs::{File, OpenOptions, TryLockError},
    io::{self, BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    in_flight::{Flight, InFlightFault, Message, sync_folder},
    table::{Outcome, Table, UnderWay},
};
use crate::{
    domain::{EsmeVariant, Eui64},
    hash::Hasher,
};

/// Groups that are under way at the same time: while one is sent, the next one is made.
pub(super) const GROUPS: usize = 2;

/// Whose journal it is: under another User, or for another service, the same line is another request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The User that signs.
    pub originator: Eui64,
    /// Who is asked.
    pub dcc: Eui64,
    /// Where.
    pub url: String,
}

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalFault {
    /// It cannot be read or written.
    #[error("{}: {reason}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// A group of messages cannot be kept or read.
    #[error(transparent)]
    Flight(#[from] InFlightFault),
    /// Another run has it.
    #[error("{}: another run uses it", .0.display())]
    InUse(PathBuf),
    /// The file is something else.
    #[error("{}: not a journal of `smi correct`", .0.display())]
    Foreign(PathBuf),
    /// It is of another User or service.
    #[error("{}: it is the journal of `{found}`, not of `{expected}`: name another one with --journal", path.display())]
    Owner {
        /// Which file.
        path: PathBuf,
        /// Whose it is.
        found: String,
        /// Who asked.
        expected: String,
    },
    /// A line in its midst cannot be read.
    #[error("{}: line {line} is damaged: what was sent cannot be told", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// Which line.
        line: u64,
    },
    /// Messages may have been sent for lines that the file no longer has.
    #[error(
        "{}: {count} messages were under way for lines that the file no longer has, the first for {first}: run it with the file as it was",
        path.display()
    )]
    Strayed {
        /// Which journal.
        path: PathBuf,
        /// How many.
        count: usize,
        /// The first Device and variant.
        first: String,
    },
}

/// The journal of a run.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    flights: [Flight; GROUPS],
    next_counter: u64,
    /// Counters of messages that were kept to be sent, and for which no answer was read yet.
    unanswered: BTreeSet<u64>,
    under_way: [Vec<(u32, Message)>; GROUPS],
    /// A line may have been written in part, or not at all: another one would stand in the midst of it, and what was
    /// under way must stay so.
    is_broken: bool,
}

impl Journal {
    /// Opens or makes it, and notes in the table what earlier runs came to. RequestIDs are counted from `counter` on, or
    /// from the last one that was used.
    ///
    /// Refusals of earlier runs count as outcomes unless `again` says that they are to be asked for again.
    ///
    /// # Errors
    /// When it cannot be read or written, is another's, or is damaged.
    pub fn open(
        path: &Path,
        owner: &Owner,
        counter: u64,
        again: bool,
        table: &mut Table,
    ) -> Result<Self, JournalFault> {
        let fault = |reason| JournalFault::Io { path: path.to_owned(), reason };
        let is_new = !path.exists();
        let file = OpenOptions::new().read(true).append(true).create(true).open(path).map_err(fault)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(JournalFault::InUse(path.to_owned())),
            Err(TryLockError::Error(reason)) => return Err(fault(reason)),
        }
        let flights = std::array::from_fn(|number| Flight::beside(path, number));
        let mut journal = Self {
            path: path.to_owned(),
            file,
            flights,
            next_counter: counter,
            unanswered: BTreeSet::new(),
            under_way: Default::default(),
            is_broken: false,
        };
        let mut kept: [Vec<Message>; GROUPS] = Default::default();
        for (flight, kept) in journal.flights.iter().zip(&mut kept) {
            *kept = flight.read()?;
        }
        for message in kept.iter().flatten() {
            journal.unanswered.insert(message.counter);
            journal.use_counter(message.counter);
        }
        let (end, lines) = journal.read(owner, again, table)?;
        journal.set_out(kept, table)?;
        journal.file.set_len(end).map_err(fault)?;
        if lines == 0 {
            journal.append(&header(owner))?;
            journal.sync()?;
        }
        if is_new {
            sync_folder(path).map_err(fault)?;
        }
        Ok(journal)
    }

    /// Reads all lines; where the last whole one ends, and how many there are.
    fn read(&mut self, owner: &Owner, again: bool, table: &mut Table) -> Result<(u64, u64), JournalFault> {
        let (mut end, mut lines) = (0, 0);
        let mut damaged = None;
        let mut reader = BufReader::new(self.file.try_clone().map_err(self.fault())?);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).map_err(self.fault())? > 0 {
            match checked(&line) {
                None if lines == 0 && !is_cut_off(&line, owner) => {
                    return Err(JournalFault::Foreign(self.path.clone()));
                }
                None => damaged = damaged.or(Some(lines + 1)),
                Some(_) if damaged.is_some() => {
                    let (path, line) = (self.path.clone(), damaged.unwrap_or_default());
                    return Err(JournalFault::Damaged { path, line });
                }
                Some(text) => {
                    if lines == 0 {
                        self.check_owner(text, owner)?;
                    } else {
                        self.take(text, again, table, lines + 1)?;
                    }
                    (end, lines) = (end + u64::try_from(line.len()).unwrap_or_default(), lines + 1);
                }
            }
            line.clear();
        }
        Ok((end, lines))
    }

    fn check_owner(&self, found: &str, owner: &Owner) -> Result<(), JournalFault> {
        let Some(found) = found.strip_prefix(TITLE) else {
            return Err(JournalFault::Foreign(self.path.clone()));
        };
        let expected = named(owner);
        let (path, found) = (self.path.clone(), found.to_owned());
        if found == expected { Ok(()) } else { Err(JournalFault::Owner { path, found, expected }) }
    }

    fn take(&mut self, text: &str, again: bool, table: &mut Table, line: u64) -> Result<(), JournalFault> {
        let damaged = || JournalFault::Damaged { path: self.path.clone(), line };
        let (device, variant, outcome) = entry(text, table).ok_or_else(damaged)?;
        self.use_counter(outcome.counter);
        self.unanswered.remove(&outcome.counter);
        let Some(at) = table.find_device(device) else { return Ok(()) };
        let is_success = table.codes.is_success(outcome.code);
        if table.find(device, variant) == Some(at) {
            let counts = !again || is_success;
            table.set(at, counts.then_some(outcome));
        } else if is_success {
            // The file said otherwise in between, and that was done: what was done before it no longer holds.
            table.set(at, None);
        }
        Ok(())
    }

    /// Looks for the lines of the messages whose answers no run got; those lines are to be sent as they were.
    fn set_out(&mut self, kept: [Vec<Message>; GROUPS], table: &mut Table) -> Result<(), JournalFault> {
        let mut strayed = Vec::new();
        for (group, messages) in self.under_way.iter_mut().zip(kept) {
            for message in messages {
                match table.find(message.device, message.variant) {
                    _ if !self.unanswered.contains(&message.counter) => {}
                    None => strayed.push(format!("{} and `{}`", message.device, message.variant)),
                    Some(at) => {
                        table.set(at, None);
                        group.push((at, message));
                    }
                }
            }
        }
        let (path, count) = (self.path.clone(), strayed.len());
        match strayed.into_iter().next() {
            None => Ok(()),
            Some(first) => Err(JournalFault::Strayed { path, count, first }),
        }
    }

    /// The messages that were under way when the last run ended, by group, each with the place of its line.
    pub(super) fn under_way(&mut self) -> [Vec<(u32, Message)>; GROUPS] {
        std::mem::take(&mut self.under_way)
    }

    /// The same, of a run that sends nothing.
    pub fn left(&mut self) -> Vec<UnderWay> {
        let left = |(at, Message { counter, .. })| UnderWay { at, counter, reason: String::new() };
        self.under_way().into_iter().flatten().map(left).collect()
    }

    fn use_counter(&mut self, counter: u64) {
        self.next_counter = self.next_counter.max(counter.saturating_add(1));
    }

    /// A counter that no message has yet.
    pub(super) fn counter(&mut self) -> u64 {
        let counter = self.next_counter;
        self.next_counter = counter.saturating_add(1);
        counter
    }

    /// Keeps a group of messages in place of the one before; they may be sent when this returns.
    pub(super) fn begin<'m>(
        &mut self,
        group: usize,
        messages: impl IntoIterator<Item = &'m Message>,
    ) -> Result<(), JournalFault> {
        // What the group held and does not hold now is answered; it may be forgotten once the answers are on the disk.
        self.sync()?;
        Ok(self.flights.get(group).map_or(Ok(()), |flight| flight.write(messages))?)
    }

    /// Keeps what a line came to; [`Journal::sync`] puts it on the disk.
    pub(super) fn record(&mut self, table: &Table, at: u32, outcome: Outcome) -> Result<(), JournalFault> {
        let Some(correction) = table.correction(at) else { return Ok(()) };
        let Outcome { counter, answered_at, milliseconds, attempts, code } = outcome;
        let (device, variant, code) = (correction.device, correction.variant, table.codes.text(code));
        self.append(&format!("{counter},{device},{variant},{code},{answered_at},{milliseconds},{attempts}"))
    }

    /// Puts on the disk what was recorded.
    pub(super) fn sync(&mut self) -> Result<(), JournalFault> {
        let synced = self.file.sync_data();
        // The system tells such a fault once, and forgets what was not written.
        self.is_broken |= synced.is_err();
        synced.map_err(self.fault())
    }

    /// Keeps of each group what has no answer, and no more, where the answers to the rest are on the disk.
    pub(super) fn end(&mut self, left: [Vec<Arc<Message>>; GROUPS]) -> Result<(), JournalFault> {
        self.sync()?;
        if self.is_broken {
            return Ok(());
        }
        for (flight, left) in self.flights.iter().zip(left) {
            if left.is_empty() { flight.remove() } else { flight.write(left.iter().map(|left| &**left)) }?;
        }
        Ok(())
    }

    fn append(&mut self, text: &str) -> Result<(), JournalFault> {
        if self.is_broken {
            return Ok(());
        }
        let written = self.file.write_all(line(text).as_bytes());
        self.is_broken = written.is_err();
        written.map_err(self.fault())
    }

    fn fault(&self) -> impl Fn(io::Error) -> JournalFault + use<> {
        let path = self.path.clone();
        move |reason| JournalFault::Io { path: path.clone(), reason }
    }
}

/// How the first line begins.
const TITLE: &str = "smi correct journal 1,";

fn header(owner: &Owner) -> String {
    format!("{TITLE}{}", named(owner))
}

fn named(Owner { originator, dcc, url }: &Owner) -> String {
    format!("{originator} asking {dcc} at {url}")
}

/// A text with its checksum.
fn line(text: &str) -> String {
    format!("{text},{}\n", checksum(text))
}

/// Whether a crash may have left that of the first line: its beginning, and room without content.
fn is_cut_off(found: &[u8], owner: &Owner) -> bool {
    let written = found.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    found.get(..written).is_some_and(|written| line(&header(owner)).as_bytes().starts_with(written))
}

/// The first eight digits of a SHA-256: enough to tell a line from half a line.
fn checksum(text: &str) -> String {
    let mut hasher = Hasher::plain();
    hasher.raw(text.as_bytes());
    hasher.finish().to_string().chars().take(8).collect()
}

/// The text of a line whose checksum is right.
fn checked(line: &[u8]) -> Option<&str> {
    let (text, sum) = str::from_utf8(line).ok()?.strip_suffix('\n')?.rsplit_once(',')?;
    (checksum(text) == sum).then_some(text)
}

fn entry(text: &str, table: &mut Table) -> Option<(Eui64, EsmeVariant, Outcome)> {
    let mut parts = text.split(',');
    let mut next = || parts.next();
    let (counter, device, variant) = (next()?.parse().ok()?, next()?.parse().ok()?, next()?.parse().ok()?);
    let code = table.codes.number(next()?)?;
    let (answered_at, milliseconds) = (next()?.parse().ok()?, next()?.parse().ok()?);
    let attempts = next()?.parse().ok()?;
    Some((device, variant, Outcome { counter, answered_at, milliseconds, attempts, code }))
}

#[cfg(test)]
mod tests;

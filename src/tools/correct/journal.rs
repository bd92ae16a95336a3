//! The journal: a record of each answered line, so that another run resumes where this one ended.
//!
//! It belongs to one User and one service. Each line ends with a checksum. A crash can tear the last line alone, which is
//! dropped; any other line that fails its checksum is damage, and then nothing is sent.

mod fault;
mod format;

use std::{
    collections::BTreeSet,
    fs::{File, OpenOptions, TryLockError},
    io::{self, BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use self::format::{
    JournalRecord, TITLE, checked, header, is_torn_header, line, owner_text, parse_record, record_text,
};
pub use self::{fault::JournalFault, format::JournalOwner};
use super::{
    file::Correction,
    in_flight::{InFlightFile, SignedMessage, sync_folder},
    table::{InFlightLine, LineAnswer, LineTable},
};

/// Batches in flight at the same time: while one is sent, the next one is signed and written.
pub(super) const BATCHES: usize = 2;

/// The journal of a run.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    files: [InFlightFile; BATCHES],
    next_counter: u64,
    /// Counters of the messages in the in-flight files that no record answers.
    unanswered: BTreeSet<u64>,
    in_flight: [Vec<(u32, SignedMessage)>; BATCHES],
    /// A write or sync failed. The last line may be torn, and appending to it would be damage; the in-flight files must
    /// stay as they are, since answers may be missing from the disk.
    is_broken: bool,
}

impl Journal {
    /// Opens or makes a journal, and sets the answers of earlier runs in the table. RequestIDs are counted from `counter`
    /// on, or from the last one that was used.
    ///
    /// With `again`, lines that an earlier run was refused count as unanswered, and are sent as new requests.
    ///
    /// # Errors
    /// When it cannot be read or written, is in use, has another owner, or is damaged.
    pub fn open(
        path: &Path,
        owner: &JournalOwner,
        counter: u64,
        again: bool,
        table: &mut LineTable,
    ) -> Result<Self, JournalFault> {
        let fault = |reason| JournalFault::Io { path: path.to_owned(), reason };
        let is_new = !path.exists();
        let file = OpenOptions::new().read(true).append(true).create(true).open(path).map_err(fault)?;
        // The system releases the lock when the process ends, in whatever way.
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(JournalFault::InUse(path.to_owned())),
            Err(TryLockError::Error(reason)) => return Err(fault(reason)),
        }
        let files = std::array::from_fn(|number| InFlightFile::beside(path, number));
        let mut journal = Self {
            path: path.to_owned(),
            file,
            files,
            next_counter: counter,
            unanswered: BTreeSet::new(),
            in_flight: Default::default(),
            is_broken: false,
        };
        let mut kept: [Vec<SignedMessage>; BATCHES] = Default::default();
        for (file, kept) in journal.files.iter().zip(&mut kept) {
            *kept = file.read()?;
        }
        for message in kept.iter().flatten() {
            journal.unanswered.insert(message.counter);
            journal.use_counter(message.counter);
        }
        let (end, lines) = journal.read(owner, again, table)?;
        journal.find_lines(kept, table)?;
        // Cuts a torn line off, so that the next record begins a line of its own.
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

    /// Reads all lines. Returns the end of the last whole line, in bytes, and the number of lines.
    fn read(
        &mut self,
        owner: &JournalOwner,
        again: bool,
        table: &mut LineTable,
    ) -> Result<(u64, u64), JournalFault> {
        let (mut end, mut lines) = (0, 0);
        let mut damaged = None;
        let mut reader = BufReader::new(self.file.try_clone().map_err(self.fault())?);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).map_err(self.fault())? > 0 {
            match checked(&line) {
                None if lines == 0 && !is_torn_header(&line, owner) => {
                    return Err(JournalFault::Foreign(self.path.clone()));
                }
                // A torn write if it is the last line; damage if a whole line follows.
                None => damaged = damaged.or(Some(lines + 1)),
                Some(_) if damaged.is_some() => {
                    let (path, line) = (self.path.clone(), damaged.unwrap_or_default());
                    return Err(JournalFault::Damaged { path, line });
                }
                Some(text) => {
                    if lines == 0 {
                        self.check_owner(text, owner)?;
                    } else {
                        self.read_record(text, again, table, lines + 1)?;
                    }
                    (end, lines) = (end + u64::try_from(line.len()).unwrap_or_default(), lines + 1);
                }
            }
            line.clear();
        }
        Ok((end, lines))
    }

    fn check_owner(&self, found: &str, owner: &JournalOwner) -> Result<(), JournalFault> {
        let Some(found) = found.strip_prefix(TITLE) else {
            return Err(JournalFault::Foreign(self.path.clone()));
        };
        let expected = owner_text(owner);
        let (path, found) = (self.path.clone(), found.to_owned());
        if found == expected { Ok(()) } else { Err(JournalFault::Owner { path, found, expected }) }
    }

    /// Reads a record into the table.
    fn read_record(
        &mut self,
        text: &str,
        again: bool,
        table: &mut LineTable,
        line: u64,
    ) -> Result<(), JournalFault> {
        let damaged = || JournalFault::Damaged { path: self.path.clone(), line };
        let JournalRecord { device, variant, answer } =
            parse_record(text, &mut table.codes).ok_or_else(damaged)?;
        self.use_counter(answer.counter);
        self.unanswered.remove(&answer.counter);
        let Some(at) = table.find_device(device) else { return Ok(()) };
        let is_success = table.codes.is_success(answer.code);
        if table.find(device, variant) == Some(at) {
            let counts = !again || is_success;
            table.set(at, counts.then_some(answer));
        } else if is_success {
            // Another variant was set for this Device in a run with another file, so an older answer for this line no
            // longer holds: it is to be sent again.
            table.set(at, None);
        }
        Ok(())
    }

    /// Finds the lines of the in-flight messages: each is to be sent again as it was.
    fn find_lines(
        &mut self,
        kept: [Vec<SignedMessage>; BATCHES],
        table: &mut LineTable,
    ) -> Result<(), JournalFault> {
        let mut strayed = Vec::new();
        for (batch, messages) in self.in_flight.iter_mut().zip(kept) {
            for message in messages {
                match table.find(message.device, message.variant) {
                    _ if !self.unanswered.contains(&message.counter) => {}
                    None => strayed.push(format!("{} and `{}`", message.device, message.variant)),
                    Some(at) => {
                        table.set(at, None);
                        batch.push((at, message));
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

    /// Takes the messages that were in flight when the last run ended, by batch, each with the index of its line.
    pub(super) fn take_in_flight(&mut self) -> [Vec<(u32, SignedMessage)>; BATCHES] {
        std::mem::take(&mut self.in_flight)
    }

    /// The lines in flight, for the report of a run that sends nothing.
    pub fn in_flight_lines(&mut self) -> Vec<InFlightLine> {
        let left = |(at, SignedMessage { counter, .. })| InFlightLine { at, counter, reason: String::new() };
        self.take_in_flight().into_iter().flatten().map(left).collect()
    }

    fn use_counter(&mut self, counter: u64) {
        self.next_counter = self.next_counter.max(counter.saturating_add(1));
    }

    /// A counter that no message was sent with.
    pub(super) fn next_counter(&mut self) -> u64 {
        let counter = self.next_counter;
        self.next_counter = counter.saturating_add(1);
        counter
    }

    /// Writes a batch's in-flight file in place of the one before; its messages may be sent when this returns.
    pub(super) fn begin<'m>(
        &mut self,
        batch: usize,
        messages: impl IntoIterator<Item = &'m SignedMessage>,
    ) -> Result<(), JournalFault> {
        // Messages that leave the file are answered. Their answers must be on the disk first: a crash in between would
        // lose both, and the next run would send these lines as new requests.
        self.sync()?;
        Ok(self.files.get(batch).map_or(Ok(()), |file| file.write(messages))?)
    }

    /// Appends the answer of a line; [`Journal::sync`] puts it on the disk.
    pub(super) fn record(
        &mut self,
        table: &LineTable,
        at: u32,
        answer: LineAnswer,
    ) -> Result<(), JournalFault> {
        let Some(Correction { device, variant, .. }) = table.correction(at) else { return Ok(()) };
        let record = JournalRecord { device, variant, answer };
        self.append(&record_text(&record, &table.codes))
    }

    /// Puts the appended records on the disk.
    pub(super) fn sync(&mut self) -> Result<(), JournalFault> {
        let synced = self.file.sync_data();
        // The kernel reports a failed sync once and drops the dirty pages: a later sync would succeed without them.
        self.is_broken |= synced.is_err();
        synced.map_err(self.fault())
    }

    /// Reduces the in-flight files to the unanswered messages, if the answers to the others are on the disk.
    pub(super) fn end(&mut self, left: [Vec<Arc<SignedMessage>>; BATCHES]) -> Result<(), JournalFault> {
        self.sync()?;
        if self.is_broken {
            return Ok(());
        }
        for (file, left) in self.files.iter().zip(left) {
            if left.is_empty() { file.remove() } else { file.write(left.iter().map(|left| &**left)) }?;
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

#[cfg(test)]
mod tests;

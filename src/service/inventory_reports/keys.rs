//! Lists of keys: MPxNs, UPRNs and Device IDs.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::Read,
};

use crate::domain::{Malformed, PropertyFilter, ReadInventory};

/// A key of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadKey {
    /// What SR 8.2 would be asked.
    pub key: ReadInventory,
    /// Its text.
    pub text: String,
}

/// What is wrong with a list of keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    /// It is no CSV.
    #[error("no CSV: {0}")]
    Csv(#[from] csv::Error),
    /// Its header names no kind of key.
    #[error("line 1: the header names none of device_id, mpxn and uprn")]
    Header,
    /// A column is none of a key.
    #[error("line 1: `{0}` is none of device_id, mpxn and uprn")]
    Column(String),
    /// A line has no key, or several.
    #[error("line {0}: a line has one key, under one of its columns")]
    Keys(u64),
    /// A value is no key.
    #[error("line {line}, {column}: {reason}")]
    Value {
        /// The line.
        line: u64,
        /// The column.
        column: String,
        /// Why.
        reason: Malformed,
    },
}

/// A list of keys: a CSV file with one or more of the columns `device_id`, `mpxn` and `uprn`, and one key a line. It is read as it is
/// asked for, so that memory does not grow with it.
pub struct Keys<R> {
    reader: csv::Reader<R>,
    header: csv::StringRecord,
    record: csv::StringRecord,
}

impl<R: Read> Keys<R> {
    /// Begins to read a list.
    ///
    /// # Errors
    /// When its header is wrong.
    pub fn of(from: R) -> Result<Self, KeyFault> {
        let mut reader = csv::ReaderBuilder::new().from_reader(from);
        let header = reader.headers()?.clone();
        if let Some(column) = header.iter().find(|column| !["device_id", "mpxn", "uprn"].contains(column)) {
            return Err(KeyFault::Column(column.to_owned()));
        }
        if header.is_empty() {
            return Err(KeyFault::Header);
        }
        Ok(Self { reader, header, record: csv::StringRecord::new() })
    }

    fn key(&self) -> Result<ReadKey, KeyFault> {
        let line = self.record.position().map_or(0, csv::Position::line);
        let mut named = self.header.iter().zip(self.record.iter()).filter(|(_, value)| !value.is_empty());
        let (Some((column, value)), None) = (named.next(), named.next()) else {
            return Err(KeyFault::Keys(line));
        };
        let key = match column {
            "device_id" => value.parse().map(ReadInventory::DeviceId),
            "mpxn" => value.parse().map(ReadInventory::Mpxn),
            _ => value.parse().map(ReadInventory::Uprn),
        };
        let wrong = |reason| KeyFault::Value { line, column: column.to_owned(), reason };
        Ok(ReadKey { key: key.map_err(wrong)?, text: value.to_owned() })
    }
}

impl<R: Read> Iterator for Keys<R> {
    type Item = Result<ReadKey, KeyFault>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.reader.read_record(&mut self.record) {
            Ok(true) => Some(self.key()),
            Ok(false) => None,
            Err(fault) => Some(Err(fault.into())),
        }
    }
}

/// How many keys a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyCount {
    /// All.
    pub keys: usize,
    /// Those that stand further up, too.
    pub repeated: usize,
}

/// Reads a list to its end, and answers nothing. Of each key eight bytes are kept.
///
/// # Errors
/// With the first line that is wrong.
pub fn check_keys(from: impl Read) -> Result<KeyCount, KeyFault> {
    let mut marks = Keys::of(from)?.map(|key| Ok(mark(&key?.key))).collect::<Result<Vec<_>, KeyFault>>()?;
    let keys = marks.len();
    marks.sort_unstable();
    marks.dedup();
    Ok(KeyCount { keys, repeated: keys - marks.len() })
}

/// A number that hardly any two keys share.
fn mark(key: &ReadInventory) -> u64 {
    let mut hasher = DefaultHasher::new();
    match key {
        ReadInventory::DeviceId(id) => (0, id).hash(&mut hasher),
        ReadInventory::Mpxn(mpxn) => (1, mpxn).hash(&mut hasher),
        ReadInventory::Uprn(uprn) => (2, uprn).hash(&mut hasher),
        ReadInventory::PropertyFilter(PropertyFilter { post_code, address_identifier }) => {
            (3, post_code.to_string(), address_identifier.to_string()).hash(&mut hasher);
        }
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_one_key_a_line() {
        let read = |text: &str| {
            let keys = Keys::of(text.as_bytes()).and_then(|keys| keys.collect::<Result<Vec<_>, _>>());
            keys.map(|keys| keys.into_iter().map(|key| key.text).collect::<Vec<_>>())
                .map_err(|fault| fault.to_string())
        };
        let good = read("mpxn,uprn,device_id\n2000000000015,,\n,100000000001,\n,,00-DB-12-34-56-78-90-A0\n");
        assert_eq!(good.unwrap(), ["2000000000015", "100000000001", "00-DB-12-34-56-78-90-A0"]);
        for (text, reason) in [
            ("colour\nred\n", "line 1: `colour` is none of device_id, mpxn and uprn"),
            ("mpxn,uprn\n2000000000015,1\n", "line 2: a line has one key, under one of its columns"),
            ("mpxn,uprn\n2000000000015,\n,\n", "line 3: a line has one key, under one of its columns"),
            ("uprn\n1\nx\n", "line 3, uprn: "),
            ("", "line 1: the header names none of device_id, mpxn and uprn"),
        ] {
            assert!(read(text).unwrap_err().starts_with(reason), "{text:?}: {:?}", read(text));
        }
        assert!(read("mpxn,uprn\n1\n").unwrap_err().starts_with("no CSV: "));
    }

    /// A key is the same however it is written, and one of another kind is another.
    #[test]
    fn keys_that_stand_there_twice_are_counted() {
        let counted = |text: &str| check_keys(text.as_bytes()).unwrap();
        let list = "mpxn,uprn,device_id\n1,,\n,1,\n1,,\n1,,\n,01,\n,,00-DB-12-34-56-78-90-A0\n,,00-db-12-34-56-78-90-a0\n";
        assert_eq!(counted(list), KeyCount { keys: 7, repeated: 4 });
        assert_eq!(counted("uprn\n"), KeyCount { keys: 0, repeated: 0 });
        assert!(matches!(check_keys("uprn\n1\nx\n".as_bytes()), Err(KeyFault::Value { line: 3, .. })));
    }

    /// What follows is not read before it is asked for.
    #[test]
    fn a_list_is_read_as_it_is_asked_for() {
        struct Endless(u64);
        impl Read for Endless {
            fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
                let line: &[u8] = if self.0 == 0 { b"uprn\n" } else { b"1\n" };
                self.0 += 1;
                let (start, _) = to.split_at_mut(line.len());
                start.copy_from_slice(line);
                Ok(line.len())
            }
        }
        let keys = Keys::of(Endless(0)).unwrap();
        assert!(keys.take(3).all(|key| key.unwrap().text == "1"));
    }
}

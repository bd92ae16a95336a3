//! Recovery: what a journal tells after a run was killed, cut off or edited.

use std::fs;

use super::*;
use crate::domain::{EsmeVariant, Eui64};

fn device(last: u8) -> Eui64 {
    Eui64::from_octets([0, 0, 0, 0, 0, 0, 0, last])
}

fn table(lasts: &[u8]) -> LineTable {
    let correction = |last: &u8| Correction { line: 2, device: device(*last), variant: EsmeVariant::Ad };
    LineTable::new(lasts.iter().map(correction).collect())
}

fn owner() -> JournalOwner {
    JournalOwner { originator: device(200), dcc: device(201), url: "http://127.0.0.1:1".to_owned() }
}

fn message(counter: u64, last: u8) -> SignedMessage {
    SignedMessage { counter, device: device(last), variant: EsmeVariant::Ad, bytes: vec![b'a', last] }
}

fn answer(counter: u64, code: &str, table: &mut LineTable) -> LineAnswer {
    let code = table.codes.number(code).unwrap();
    LineAnswer { counter, answered_at: 5, milliseconds: 6, attempts: 1, code }
}

fn counters(journal: &mut Journal) -> Vec<Vec<u64>> {
    let batches = journal.take_in_flight();
    batches.iter().map(|batch| batch.iter().map(|(_, message)| message.counter).collect()).collect()
}

struct JournalFolder(tempfile::TempDir);

impl JournalFolder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("x.journal")
    }

    fn open(&self, again: bool, table: &mut LineTable) -> Result<Journal, JournalFault> {
        Journal::open(&self.path(), &owner(), 10, again, table)
    }

    /// A run that sent lines 1 to 3, got answers to the first two, and was killed.
    fn killed_run(&self) {
        let mut table = table(&[1, 2, 3, 4]);
        let mut journal = self.open(false, &mut table).unwrap();
        let messages = [1, 2, 3].map(|last| message(journal.next_counter(), last));
        journal.begin(0, &messages[..2]).unwrap();
        journal.begin(1, &messages[2..]).unwrap();
        for (at, counter, code) in [(0, 10, "I99"), (1, 11, "E19")] {
            let answer = answer(counter, code, &mut table);
            journal.record(&table, at, answer).unwrap();
        }
    }
}

#[test]
fn another_run_goes_on_where_one_was_killed() {
    let folder = JournalFolder::new();
    folder.killed_run();
    let mut table = table(&[4, 3, 2, 1]);
    let mut journal = folder.open(false, &mut table).unwrap();
    let codes = table.iter().map(|(_, _, answer)| answer.map(|answer| table.codes.text(answer.code)));
    assert_eq!(codes.collect::<Vec<_>>(), [None, None, Some("E19"), Some("I99")]);
    assert_eq!(counters(&mut journal), [vec![], vec![12]]);
    assert_eq!(journal.next_counter(), 13, "beyond what may have been sent");
}

#[test]
fn refusals_are_asked_for_again_only_where_that_is_wanted() {
    let folder = JournalFolder::new();
    folder.killed_run();
    let mut table = table(&[1, 2, 3, 4]);
    let mut journal = folder.open(true, &mut table).unwrap();
    let known = table.iter().map(|(_, _, answer)| answer.is_some()).collect::<Vec<_>>();
    assert_eq!(known, [true, false, false, false]);
    assert_eq!(counters(&mut journal), [vec![], vec![12]], "the refused one is another request then");
}

#[test]
fn what_a_crash_cut_off_is_forgotten_and_written_again() {
    let folder = JournalFolder::new();
    folder.killed_run();
    let whole = fs::read(folder.path()).unwrap();
    let last = whole.len() - 1 - whole[..whole.len() - 1].iter().rev().position(|b| *b == b'\n').unwrap();
    for cut in last..whole.len() {
        fs::write(folder.path(), &whole[..cut]).unwrap();
        let mut journal = folder.open(false, &mut table(&[1, 2, 3, 4])).unwrap();
        assert_eq!(counters(&mut journal), [vec![11], vec![12]], "cut after {cut} bytes");
        assert_eq!(fs::read(folder.path()).unwrap(), whole[..last]);
    }
    fs::write(folder.path(), [&whole[..last], &[0; 100]].concat()).unwrap();
    assert!(folder.open(false, &mut table(&[1, 2, 3])).is_ok(), "a disk may have kept room without content");
}

#[test]
fn a_head_that_was_cut_off_is_written_again() {
    let folder = JournalFolder::new();
    drop(folder.open(false, &mut table(&[1])).unwrap());
    let whole = fs::read(folder.path()).unwrap();
    for cut in 0..whole.len() {
        fs::write(folder.path(), &whole[..cut]).unwrap();
        drop(folder.open(false, &mut table(&[1])).unwrap());
        assert_eq!(fs::read(folder.path()).unwrap(), whole);
    }
}

#[test]
fn a_journal_that_cannot_be_believed_is_refused() {
    let folder = JournalFolder::new();
    folder.killed_run();
    let refused = |owner: &JournalOwner, table: &mut LineTable| {
        let fault = Journal::open(&folder.path(), owner, 1, false, table).unwrap_err();
        fault.to_string().replace(&folder.0.path().display().to_string(), "")
    };
    let elsewhere = JournalOwner { url: "http://127.0.0.1:2".to_owned(), ..owner() };
    let mut told = vec![refused(&elsewhere, &mut table(&[3])), refused(&owner(), &mut table(&[1, 2]))];
    let held = folder.open(false, &mut table(&[1, 2, 3])).unwrap();
    told.push(refused(&owner(), &mut table(&[1, 2, 3])));
    drop(held);
    let whole = fs::read_to_string(folder.path()).unwrap();
    fs::write(folder.path(), whole.replacen("I99", "I98", 1)).unwrap();
    told.push(refused(&owner(), &mut table(&[1, 2, 3])));
    fs::write(folder.path(), "device_id,esme_variant\n").unwrap();
    told.push(refused(&owner(), &mut table(&[1, 2, 3])));
    insta::assert_snapshot!(told.join("\n"), @r#"
    /x.journal: it is the journal of `00-00-00-00-00-00-00-C8 asking 00-00-00-00-00-00-00-C9 at http://127.0.0.1:1`, not of `00-00-00-00-00-00-00-C8 asking 00-00-00-00-00-00-00-C9 at http://127.0.0.1:2`: name another one with --journal
    /x.journal: 1 messages were under way for lines that the file no longer has, the first for 00-00-00-00-00-00-00-03 and `AD`: run it with the file as it was
    /x.journal: another run uses it
    /x.journal: line 2 is damaged: what was sent cannot be told
    /x.journal: not a journal of `smi correct`
    "#);
}

#[test]
fn what_is_under_way_is_kept_where_its_answers_could_not_be() {
    for (is_broken, kept) in [(false, 0), (true, 1)] {
        let folder = JournalFolder::new();
        let mut journal = folder.open(false, &mut table(&[1])).unwrap();
        journal.begin(0, &[message(10, 1)]).unwrap();
        journal.is_broken = is_broken;
        journal.end(Default::default()).unwrap();
        drop(journal);
        let mut journal = folder.open(false, &mut table(&[1])).unwrap();
        assert_eq!(counters(&mut journal).concat().len(), kept);
    }
}

#[test]
fn lines_of_another_file_do_not_matter_once_they_are_answered() {
    let folder = JournalFolder::new();
    folder.killed_run();
    let mut journal = folder.open(false, &mut table(&[3, 9])).unwrap();
    assert_eq!(counters(&mut journal), [vec![], vec![12]]);
}

#[test]
fn what_a_group_holds_is_not_replaced_before_the_answers_are_on_the_disk() {
    let folder = JournalFolder::new();
    let mut journal = folder.open(false, &mut table(&[1, 2])).unwrap();
    journal.begin(0, &[message(10, 1)]).unwrap();
    // A file whose sync fails.
    journal.file = File::open("/dev/null").unwrap();
    journal.begin(0, &[message(11, 2)]).unwrap_err();
    drop(journal);
    let mut journal = folder.open(false, &mut table(&[1, 2])).unwrap();
    assert_eq!(counters(&mut journal), [vec![10], vec![]]);
}

#[test]
fn after_an_answer_that_could_not_be_written_nothing_is_written_or_forgotten() {
    let folder = JournalFolder::new();
    let mut table = table(&[1, 2, 3]);
    let mut journal = folder.open(false, &mut table).unwrap();
    journal.begin(0, &[message(10, 1), message(11, 2)]).unwrap();
    let before = fs::read(folder.path()).unwrap();
    let whole =
        std::mem::replace(&mut journal.file, OpenOptions::new().write(true).open("/dev/full").unwrap());
    let answered = |counter, table: &mut LineTable| answer(counter, "I99", table);
    let first = answered(10, &mut table);
    let reason = journal.record(&table, 0, first).unwrap_err().to_string();
    assert!(reason.contains("No space left on device"), "{reason}");
    // The disk has room again, but the line may be torn.
    journal.file = whole;
    let second = answered(11, &mut table);
    journal.record(&table, 1, second).unwrap();
    journal.end(Default::default()).unwrap();
    drop(journal);
    assert_eq!(fs::read(folder.path()).unwrap(), before);
    let mut journal = folder.open(false, &mut table).unwrap();
    assert_eq!(counters(&mut journal), [vec![10, 11], vec![]]);
}

#[test]
fn what_was_done_later_overrides_what_was_done_before_it() {
    let folder = JournalFolder::new();
    let says = |variant| LineTable::new(vec![Correction { line: 2, device: device(1), variant }]);
    let send = |variant, code| {
        let mut table = says(variant);
        let mut journal = folder.open(false, &mut table).unwrap();
        let answer = answer(journal.next_counter(), code, &mut table);
        journal.record(&table, 0, answer).unwrap();
    };
    let is_known = |variant| {
        let mut table = says(variant);
        folder.open(false, &mut table).unwrap();
        table.answer(0).is_some()
    };
    send(EsmeVariant::B, "I99");
    send(EsmeVariant::Ad, "E19");
    assert_eq!([EsmeVariant::B, EsmeVariant::Ad].map(is_known), [true, true], "a refusal changes nothing");
    send(EsmeVariant::Ad, "I99");
    assert_eq!([EsmeVariant::B, EsmeVariant::Ad].map(is_known), [false, true]);
    send(EsmeVariant::B, "I99");
    assert_eq!([EsmeVariant::B, EsmeVariant::Ad].map(is_known), [true, false]);
}

#[test]
fn what_has_no_answer_stays_kept_at_the_end_and_no_more() {
    let folder = JournalFolder::new();
    let mut journal = folder.open(false, &mut table(&[1, 2, 3])).unwrap();
    journal.begin(0, &[message(10, 1), message(11, 2)]).unwrap();
    journal.begin(1, &[message(12, 3)]).unwrap();
    journal.end([vec![Arc::new(message(11, 2))], vec![]]).unwrap();
    drop(journal);
    let mut journal = folder.open(false, &mut table(&[1, 2, 3])).unwrap();
    assert_eq!(counters(&mut journal), [vec![11], vec![]]);
}

#[test]
fn another_file_is_left_as_it_is() {
    let folder = JournalFolder::new();
    let head = line(&header(&owner()));
    let others = ["note", "device_id,esme_variant", "\0\0x", head.split_at(1).1, &head.replace('\n', "x")];
    for content in others {
        fs::write(folder.path(), content).unwrap();
        let fault = folder.open(false, &mut table(&[1])).unwrap_err();
        assert!(matches!(fault, JournalFault::Foreign(_)), "{fault}");
        assert_eq!(fs::read_to_string(folder.path()).unwrap(), content);
    }
    for cut_off in ["\0\0\0".to_owned(), format!("{}\0\0", head.split_at(9).0)] {
        fs::write(folder.path(), cut_off).unwrap();
        drop(folder.open(false, &mut table(&[1])).unwrap());
        assert_eq!(fs::read_to_string(folder.path()).unwrap(), head);
    }
}

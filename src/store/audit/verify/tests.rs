//! The chain of decisions: what is found wrong with it, and what is not.

mod chains;
mod every_byte;

use diesel::{
    sql_query,
    sql_types::{BigInt, Binary, Text},
};
use proptest::{prelude::*, sample::select};

use self::chains::{after, after_in, all, answer, decide, head_of, said, ten};
use super::*;
use crate::{
    domain::Instance,
    store::{
        chain_legacy_decisions,
        testing::{TempStore, now, value},
    },
};

#[test]
fn a_record_that_its_request_does_not_name_is_named() {
    let two = || {
        let temp = TempStore::new();
        answer(&temp, 1);
        answer(&temp, 2);
        temp
    };
    assert_eq!(after_in(&two(), &[]), "");
    insta::assert_snapshot!(after_in(&two(), &["DELETE FROM requests WHERE sequence = 2"]), @"row 2, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:2`, is not found by its RequestID: the request does not name it as its decision");
    insta::assert_snapshot!(after_in(&two(), &["UPDATE requests SET sequence = 2"]), @"row 1, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:1`, is not found by its RequestID: the request does not name it as its decision");
    let temp = two();
    decide(&temp, "smi", 3..=3);
    insta::assert_snapshot!(after_in(&temp, &["UPDATE decisions SET is_named = TRUE"]), @"row 3, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:3`, is not found by its RequestID: the request does not name it as its decision");
}

#[test]
fn an_untouched_chain_has_no_findings() {
    let temp = ten();
    decide(&temp, "other", 11..=12);
    decide(&temp, "smi", 13..=13);
    assert_eq!(after_in(&temp, &[]), "");
    let verified = temp.store.read(|connection| verify(connection, "smi", None, &mut |_| ())).unwrap();
    let head = head_of(&temp, "smi");
    assert_eq!(verified, ChainSummary { records: 11, head: Some(head) });
    assert_eq!((head.last.sequence, head.first_sequence, head.first_previous), (11, 1, Hash::ZERO));
    assert_eq!(head_of(&temp, "other").last.sequence, 2);
}

#[test]
fn a_chain_of_several_pages_is_walked_whole() {
    let temp = TempStore::new();
    let many = 2 * u32::try_from(PAGE).unwrap();
    decide(&temp, "smi", 1..=999);
    decide(&temp, "smi", 1..=many - 999 + 1);
    assert_eq!(after_in(&temp, &[]), "");
    let changed = after_in(&temp, &["UPDATE decisions SET code = 'I0' WHERE sequence IN (500, 501, 1001)"]);
    assert_eq!(changed.matches("was changed").count(), 3, "{changed}");
}

#[test]
fn a_record_that_was_changed_is_named() {
    insta::assert_snapshot!(after(&["UPDATE decisions SET code = 'I0' WHERE sequence = 4"]), @"record 4 (row 4, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:4`) was changed: it does not have the hash it carries");
    insta::assert_snapshot!(after(&["UPDATE decisions SET device_id = NULL WHERE sequence = 10"]), @"record 10 (row 10, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:10`) was changed: it does not have the hash it carries");
}

#[test]
fn a_record_that_was_changed_with_its_hash_breaks_the_next() {
    let temp = ten();
    let reseal = |sequence: i64| {
        temp.transact(move |connection| {
            let query = decisions::table.filter(decisions::sequence.eq(sequence));
            let mut row = query.select(ChainedRow::as_select()).first(connection)?;
            row.content.code = "I0".to_owned();
            let previous = row.previous_hash.clone().unwrap();
            let hash = Link { chain: "smi", sequence, previous: &previous }.hash_of(&row.content);
            let change = (decisions::code.eq("I0"), decisions::hash.eq(hash.as_bytes().as_slice()));
            diesel::update(decisions::table.filter(decisions::sequence.eq(sequence)))
                .set(change)
                .execute(connection)?;
            Ok(())
        })
        .unwrap();
    };
    reseal(4);
    insta::assert_snapshot!(after_in(&temp, &[]), @"record 5 (row 5, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:5`) does not follow the record before it: that one was changed with its hash, or replaced");
    reseal(10);
    insta::assert_snapshot!(after_in(&temp, &[]), @r#"
        record 5 (row 5, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:5`) does not follow the record before it: that one was changed with its hash, or replaced
        record 10 (row 10, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:10`) is not the one that the anchor names as the last: one of the two was changed
        "#);
}

#[test]
fn records_that_are_gone_are_counted() {
    insta::assert_snapshot!(after(&["DELETE FROM decisions WHERE sequence = 4"]), @"record 4 is missing");
    insta::assert_snapshot!(after(&["DELETE FROM decisions WHERE sequence IN (1, 2, 5, 6, 7)"]), @r#"
        records 1 to 2 are missing
        records 5 to 7 are missing
        "#);
    insta::assert_snapshot!(after(&["DELETE FROM decisions WHERE sequence > 8"]), @"records 9 to 10 are missing");
    insta::assert_snapshot!(after(&["DELETE FROM decisions"]), @"records 1 to 10 are missing");
}

#[test]
fn the_anchor_is_held_against_the_records() {
    insta::assert_snapshot!(after(&["DELETE FROM audit_heads"]), @"the chain has no anchor that can be read, so nobody knows where it ends");
    insta::assert_snapshot!(after(&["UPDATE audit_heads SET sequence = 9"]), @r#"
        record 9 (row 9, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:9`) is not the one that the anchor names as the last: one of the two was changed
        record 10 (row 10, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:10`) was added: the anchor ends with record 9
        "#);
    insta::assert_snapshot!(after(&["UPDATE audit_heads SET hash = first_previous_hash"]), @"record 10 (row 10, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:10`) is not the one that the anchor names as the last: one of the two was changed");
    insta::assert_snapshot!(after(&["UPDATE audit_heads SET first_sequence = 3"]), @r#"
        record 1 (row 1, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:1`) was added: the chain begins with record 3
        record 2 (row 2, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:2`) was added: the chain begins with record 3
        record 3 (row 3, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:3`) does not begin where the anchor says the chain begins
        "#);
    insta::assert_snapshot!(after(&["UPDATE audit_heads SET first_previous_hash = hash"]), @"record 1 (row 1, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:1`) does not begin where the anchor says the chain begins");
}

#[test]
fn records_that_were_put_elsewhere_are_named() {
    let swap = [
        "UPDATE decisions SET sequence = 99 WHERE sequence = 4",
        "UPDATE decisions SET sequence = 4 WHERE sequence = 5",
        "UPDATE decisions SET sequence = 5 WHERE sequence = 99",
    ];
    insta::assert_snapshot!(after(&swap), @r#"
        record 4 (row 5, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:5`) was moved: it was written as record 5
        record 5 (row 4, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:4`) was moved: its row stands before that of the record before it, 5
        record 5 (row 4, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:4`) was moved: it was written as record 4
        record 6 (row 6, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:6`) does not follow the record before it: that one was changed with its hash, or replaced
        "#);
    let rows = [
        "UPDATE decisions SET id = 99 WHERE id = 4",
        "UPDATE decisions SET id = 4 WHERE id = 5",
        "UPDATE decisions SET id = 5 WHERE id = 99",
    ];
    insta::assert_snapshot!(after(&rows), @"record 5 (row 4, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:5`) was moved: its row stands before that of the record before it, 5");
}

/// Every column but the row's id and its place in the chain, for a copy of a record.
const COPY: &str = "SELECT request_id, user_id, code, decided_at, steps, hash, previous_hash";

#[test]
fn records_that_were_added_are_named() {
    let add = |place: &str, of: i64| {
        format!(
            "INSERT INTO decisions (request_id, user_id, code, decided_at, steps, hash, previous_hash, chain, sequence)
            {COPY}, {place} FROM decisions WHERE sequence = {of}"
        )
    };
    insta::assert_snapshot!(after(&[&add("chain, 11", 10)]), @r#"
        record 11 (row 11, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:10`) was changed: it does not have the hash it carries
        record 11 (row 11, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:10`) was added: the anchor ends with record 10
        "#);
    insta::assert_snapshot!(after(&[&add("NULL, NULL", 3)]), @"row 11, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:3`, stands in no chain: it was added, or taken out of its chain");
    insta::assert_snapshot!(after(&[&add("'another', 1", 3)]), @r#"
        the chain has no anchor that can be read, so nobody knows where it ends
        record 1 (row 11, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:3`) was changed: it does not have the hash it carries
        "#);
    let doubled = ["DROP INDEX decisions_by_chain", &add("chain, 4", 4)];
    insta::assert_snapshot!(after(&doubled), @r#"
        record 4 (row 11, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:4`) was added: there is another of that number before it
        record 4 (row 11, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:4`) was changed: it does not have the hash it carries
        record 5 (row 5, request `90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:5`) was moved: its row stands before that of the record before it, 11
        "#);
}

#[test]
fn a_head_that_was_noted_shows_that_a_chain_was_written_anew() {
    let temp = ten();
    let noted = head_of(&temp, "smi").last;
    let seen = |temp: &TempStore, noted| {
        said(&temp.store.read(|connection| Ok::<_, StoreFault>(all(connection, Some(noted)))).unwrap())
    };
    decide(&temp, "smi", 11..=12);
    assert_eq!(seen(&temp, noted), "");
    temp.transact(|connection| {
        sql_query("DELETE FROM audit_heads").execute(connection)?;
        sql_query("DELETE FROM decisions WHERE sequence = 7").execute(connection)?;
        assert_eq!(chain_legacy_decisions(connection, &Instance::default())?, 11);
        Ok(())
    })
    .unwrap();
    assert_eq!(after_in(&temp, &[]), "", "by itself the new chain is as right as the old one");
    let told = seen(&temp, noted);
    assert!(told.ends_with("as it was noted: the chain was written anew"), "{told}");
    assert!(told.starts_with("record 10 has the hash "), "{told}");
    let beyond = Point { sequence: 12, ..noted };
    insta::assert_snapshot!(seen(&temp, beyond), @"record 12, which was noted, is not kept: nothing can be said about it");
}

#[test]
fn purged_records_are_no_fault_and_the_last_of_them_can_still_be_compared() {
    let temp = ten();
    let purge = |before: &'static str, limit| {
        temp.transact(move |connection| chain::purge(connection, "smi", now(before).0, limit)).unwrap()
    };
    let hash_of = |sequence: i64| {
        let query = decisions::table.filter(decisions::sequence.eq(sequence)).select(decisions::hash);
        let hash = temp.store.read(|connection| Ok::<_, StoreFault>(query.first(connection)?));
        Hash::try_from(hash.map(Option::<Vec<u8>>::unwrap).unwrap().as_slice()).unwrap()
    };
    let (third, fourth) = (hash_of(3), hash_of(4));
    assert_eq!(purge("2026-01-01T00:00:00.005Z", 3), 3);
    assert_eq!(after_in(&temp, &[]), "");
    assert_eq!((head_of(&temp, "smi").first_sequence, head_of(&temp, "smi").first_previous), (4, third));
    assert_eq!(purge("2026-01-01T00:00:00.005Z", 3), 1, "the fifth is not older than itself");
    assert_eq!(purge("2026-01-01T00:00:00.005Z", 3), 0);
    let noted = |sequence, hash| {
        let found = |connection: &mut Connection| {
            Ok::<_, StoreFault>(all(connection, Some(Point { sequence, hash })))
        };
        said(&temp.store.read(found).unwrap())
    };
    assert_eq!(noted(4, fourth), "");
    assert!(noted(4, third).starts_with("record 4 has the hash "));
    assert_eq!(noted(3, third), "record 3, which was noted, is not kept: nothing can be said about it");
    assert_eq!(purge("2027-01-01", 100), 6);
    assert_eq!(after_in(&temp, &[]), "");
    decide(&temp, "smi", 11..=11);
    assert_eq!(after_in(&temp, &[]), "");
    assert_eq!(head_of(&temp, "smi").last.sequence, 11);
}

#[test]
fn decisions_of_an_older_version_are_chained_once() {
    let temp = ten();
    let chain = |temp: &TempStore| {
        temp.transact(|connection| chain_legacy_decisions(connection, &Instance::default())).unwrap()
    };
    let head = head_of(&temp, "smi");
    assert_eq!(chain(&temp), 0);
    let older = "UPDATE decisions SET chain = NULL, sequence = NULL, previous_hash = NULL, hash = NULL";
    let found = after_in(&temp, &["DELETE FROM audit_heads", older]);
    assert_eq!(found.lines().filter(|line| line.contains("stands in no chain")).count(), 10, "{found}");
    assert_eq!(chain(&temp), 10);
    assert_eq!(after_in(&temp, &[]), "");
    assert_eq!(head_of(&temp, "smi"), head);
}

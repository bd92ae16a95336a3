//! The properties that are fuzzed, in a short form: held against the fixtures and random damage to them.

use std::fs;

use proptest::prelude::*;
use smi::store::Kind;

use super::{corpus, properties};
use crate::support::fixture_of;

#[test]
fn what_is_fuzzed_holds_for_every_fixture() {
    for (_, path) in corpus::files() {
        let message = fs::read(path).unwrap();
        properties::decode(&message);
        properties::canonicalise(&message);
        properties::verify(&message);
    }
    for (at, kind) in (0_u8..).zip(Kind::ALL) {
        properties::csv(&[&[at][..], &inventory(*kind)].concat());
    }
}

fn inventory(kind: Kind) -> Vec<u8> {
    fs::read(fixture_of(kind)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn what_an_attacker_makes_of_a_signed_message_verifies_only_if_it_says_the_same(
        script in prop::collection::vec(any::<u8>(), 1..=31),
    ) {
        let message = properties::edit(&script);
        properties::verify(&message);
        properties::decode(&message);
        properties::canonicalise(&message);
    }

    #[test]
    fn a_damaged_csv_file_is_refused_with_its_line_or_reads_the_same_again(
        kind in 0..Kind::ALL.len(),
        at in any::<prop::sample::Index>(),
        inserted in prop::sample::select(vec!["\"", ",", "\r", "\n", "\r\n", ";", " ", "\u{FEFF}", "\0", "0", "\\"]),
        removed in 0_usize..20,
    ) {
        let mut file = inventory(Kind::ALL[kind]);
        let at = at.index(file.len());
        let end = file.len().min(at + removed);
        file.splice(at..end, inserted.bytes()).for_each(drop);
        file.insert(0, u8::try_from(kind).unwrap());
        properties::csv(&file);
    }
}

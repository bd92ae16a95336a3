//! Does one stage a few times; `tests/instructions` counts the instructions of the function that does it.
#![expect(clippy::unwrap_used, reason = "what cannot be set up ends")]

mod parts;

use std::hint::black_box;

use smi::{
    domain::Request,
    duis::{signature::canonical, xml},
};

use parts::{MESSAGE, decide, facts, now};

/// The first time is not counted apart: what is made once and kept shows as a small part of all.
const TIMES: usize = 20;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("decode") => (0..TIMES).for_each(|_| counted_decode(black_box(MESSAGE))),
        Some("canonicalise") => {
            let document = xml::parse(MESSAGE).unwrap();
            (0..TIMES).for_each(|_| counted_canonicalise(black_box(&document)));
        }
        Some("rules") => {
            let decoded = xml::decode(MESSAGE).unwrap();
            let facts = facts(decoded.request());
            assert!(decide(decoded.request(), &facts, now()).code.is_success());
            (0..TIMES).for_each(|_| counted_rules(black_box(decoded.request()), &facts));
        }
        // `cargo bench` runs it without a stage.
        _ => println!("tests/instructions runs this with a stage: decode, canonicalise or rules"),
    }
}

#[inline(never)]
fn counted_decode(message: &[u8]) {
    drop(black_box(xml::decode(message).unwrap()));
}

#[inline(never)]
fn counted_canonicalise(document: &xml::Document<'_>) {
    drop(black_box(canonical::inclusive(document)));
}

#[inline(never)]
fn counted_rules(request: &Request, facts: &smi::domain::Facts<'_>) {
    drop(black_box(decide(request, facts, now())));
}

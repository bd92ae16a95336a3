//! What is well-formed, against libxml2: thousands of documents with random damage.

use std::{collections::HashMap, process::Command};

use smi::duis::xml::{Flaw, parse};

use crate::documents::{Choices, document, random, write_all};
use crate::oracles::is_there;

const MUTANTS: usize = 2_000;
const INSERTED: [&[u8]; 34] = [
    b"<",
    b">",
    b"&",
    b";",
    b"\"",
    b"'",
    b"/",
    b"=",
    b":",
    b" ",
    b"-",
    b"--",
    b"]]>",
    b"?>",
    b"<?xml version='1.0'?>",
    b"<?xMl ?>",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"\0",
    b"\xFF",
    b"\xC3",
    b"\xED\xA0\x80",
    b"\xEF\xBF\xBE",
    b"\xEF\xBB\xBF",
    b"&#0;",
    b"&#xD800;",
    b"&b;",
    b" xmlns:p=''",
    b" xmlns:xml='urn:x'",
    b" a='' a=''",
    b"<p:a/>",
    b"</a>",
    b"\x7F",
];

/// A document with one to three pieces of damage.
fn mutant(choices: &[u8]) -> Vec<u8> {
    let (damage, rest) = choices.split_at(choices.len().min(16));
    let mut bytes = document(rest, true).into_bytes();
    let mut damage = Choices(damage);
    for _ in 0..=damage.below(3) {
        let at = (damage.below(256) * 256 + damage.below(256)) % bytes.len().max(1);
        let end = bytes.len().min(at + 1 + damage.below(4));
        match damage.below(4) {
            0 => drop(bytes.drain(at..end)),
            1 => {
                let again = bytes.get(at..end).unwrap_or_default().to_vec();
                bytes.splice(at..at, again).for_each(drop);
            }
            2 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << damage.below(8);
                }
            }
            _ => {
                let inserted = INSERTED.get(damage.below(INSERTED.len())).copied().unwrap_or_default();
                bytes.splice(at..at, inserted.iter().copied()).for_each(drop);
            }
        }
    }
    bytes
}

/// What xmllint has against them, by their numbers.
fn refused_by_xmllint(documents: &[Vec<u8>]) -> HashMap<usize, String> {
    let folder = tempfile::tempdir().unwrap();
    let paths = write_all(folder.path(), documents);
    let output = Command::new("xmllint").arg("--noout").arg("--nonet").args(&paths).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let start = format!("{}/", folder.path().display());
    let mut refusals = HashMap::new();
    for line in said.lines().filter(|line| line.contains(" error : ") && !is_no_constraint(line)) {
        if let Some((number, reason)) = line.strip_prefix(&start).and_then(|line| line.split_once(".xml:")) {
            refusals.entry(number.parse().unwrap()).or_insert_with(|| reason.to_owned());
        }
    }
    refusals
}

/// Errors of libxml2 that no constraint of XML 1.0 or Namespaces in XML 1.0 asks for.
fn is_no_constraint(line: &str) -> bool {
    line.ends_with("is not a valid URI")
}

/// Refusals that libxml2 is known not to share: by choice one version, one encoding and no document type declaration
/// (SMI.md 3/2); and libxml2 takes a zero byte after the root for the end (XML 1.0, production 2, does not).
fn is_ours_alone(flaw: &Flaw, document: &[u8]) -> bool {
    let by_choice = |reason: &str| reason.contains("version 1.0") || reason.contains("another encoding");
    // We never read bytes as the encoding that is declared, which may have another use for them.
    let is_read_otherwise = *flaw == Flaw::NotUtf8 && declares_another_encoding(document);
    is_read_otherwise
        || matches!(flaw, Flaw::Declaration(reason) if by_choice(reason))
        || matches!(flaw, Flaw::DocumentType | Flaw::Character(0))
}

fn declares_another_encoding(document: &[u8]) -> bool {
    let document = String::from_utf8_lossy(document);
    let declared = document.split_once("?>").and_then(|(declaration, _)| declaration.split_once("encoding="));
    let name = declared.and_then(|(_, rest)| rest.split(['"', '\'']).nth(1));
    name.is_some_and(|name| !name.eq_ignore_ascii_case("utf-8"))
}

#[test]
fn what_libxml2_refuses_is_refused_and_nothing_else() {
    if !is_there("xmllint") {
        return;
    }
    let mutants: Vec<_> = random(MUTANTS, 160).iter().map(|choices| mutant(choices)).collect();
    let theirs = refused_by_xmllint(&mutants);
    // Neither all good nor all bad, or this would compare nothing.
    assert!((MUTANTS / 10..MUTANTS * 9 / 10).contains(&theirs.len()), "{}", theirs.len());
    let differences = mutants.iter().enumerate().filter_map(|(number, mutant)| {
        let (ours, theirs) = (parse(mutant).err(), theirs.get(&number));
        let alone = ours.as_ref().is_some_and(|refusal| is_ours_alone(&refusal.flaw, mutant));
        let shown = String::from_utf8_lossy(mutant);
        (!alone && ours.is_some() != theirs.is_some()).then(|| format!("{ours:?}\n{theirs:?}\n{shown:?}"))
    });
    let differences: Vec<_> = differences.collect();
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}

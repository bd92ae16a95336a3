//! Canonicalisation against libxml2, which keeps comments: it is given the documents without them.

use std::process::Command;

use smi::duis::{
    signature::canonical::{exclusive, inclusive, inclusive_without},
    xml::{Document, Node, NodeId, compact, parse},
};

use crate::documents::{Choices, document, random, write_all};
use crate::oracles::is_there;

const DOCUMENTS: usize = 300;
const SEPARATOR: &str = "<separator></separator>";

/// The canonical forms by xmllint.
fn by_xmllint(option: &str, documents: &[String]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let separator = folder.path().join("separator");
    std::fs::write(&separator, SEPARATOR).unwrap();
    let mut command = Command::new("xmllint");
    command.arg(option);
    for path in write_all(folder.path(), documents) {
        command.arg(path).arg(&separator);
    }
    let output = String::from_utf8(command.output().unwrap().stdout).unwrap();
    output.split(SEPARATOR).take(documents.len()).map(str::to_owned).collect()
}

fn assert_same(ours: &[Vec<u8>], theirs: &[String], sources: &[String]) {
    assert_eq!(ours.len(), theirs.len());
    for ((ours, theirs), source) in ours.iter().zip(theirs).zip(sources) {
        assert_eq!(String::from_utf8_lossy(ours), *theirs, "of {source:?}");
    }
}

/// One of its elements, the root only if there is no other.
fn some_element(document: &Document<'_>, choices: &[u8]) -> NodeId {
    let is_start = |node: &Node<'_>| matches!(node, Node::Start(_));
    let starts = document.nodes().filter(|(_, node)| is_start(node)).map(|(id, _)| id).skip(1);
    let starts: Vec<NodeId> = starts.collect();
    let choice = Choices(choices).below(starts.len().max(1));
    starts.get(choice).copied().unwrap_or(document.root())
}

#[test]
fn whole_documents_are_canonicalised_as_by_libxml2() {
    if !is_there("xmllint") {
        return;
    }
    let choices = random(DOCUMENTS, 400);
    let (plain, commented): (Vec<_>, Vec<_>) =
        choices.iter().map(|c| (document(c, false), document(c, true))).unzip();
    let ours: Vec<_> = commented.iter().map(|source| inclusive(&parse(source.as_bytes()).unwrap())).collect();
    assert_same(&ours, &by_xmllint("--c14n", &plain), &commented);
}

#[test]
fn roots_are_exclusively_canonicalised_as_by_libxml2() {
    if !is_there("xmllint") {
        return;
    }
    // Instructions outside the root belong to the document that xmllint is given, and not to the element.
    let without_instructions = |source: &str| {
        let document = parse(source.as_bytes()).unwrap();
        let span = document.element(document.root()).unwrap().span.clone();
        source.get(span).unwrap().to_owned()
    };
    let choices = random(DOCUMENTS, 400);
    let sources: Vec<_> =
        choices.iter().map(|choices| without_instructions(&document(choices, false))).collect();
    let ours = sources.iter().map(|source| {
        let document = parse(source.as_bytes()).unwrap();
        exclusive(&document, document.root())
    });
    assert_same(&ours.collect::<Vec<_>>(), &by_xmllint("--exc-c14n", &sources), &sources);
}

/// The element as a document of its own, with the namespaces in scope declared on it.
fn alone(document: &Document<'_>, element: NodeId) -> String {
    let mut scope: Vec<(&str, &str)> = Vec::new();
    for (_, node) in document.nodes().take_while(|(id, _)| *id < element) {
        if let Node::Start(around) = node
            && around.end > element
        {
            for (prefix, name) in &around.declarations {
                scope.retain(|(declared, _)| declared != prefix);
                scope.push((prefix, name));
            }
        }
    }
    let it = document.element(element).unwrap();
    scope.retain(|(prefix, name)| !name.is_empty() && it.declarations.iter().all(|(own, _)| own != prefix));
    let source = document.source().get(it.span.clone()).unwrap();
    let (start, rest) = source.split_at(source.find([' ', '\t', '\r', '\n', '/', '>']).unwrap());
    let declare = |(prefix, name): (&str, &str)| {
        let colon = if prefix.is_empty() { "" } else { ":" };
        format!(" xmlns{colon}{prefix}=\"{name}\"")
    };
    format!("{start}{}{rest}", scope.into_iter().map(declare).collect::<String>())
}

#[test]
fn elements_are_exclusively_canonicalised_as_by_libxml2() {
    if !is_there("xmllint") {
        return;
    }
    let choices = random(DOCUMENTS, 400);
    let sources: Vec<_> = choices.iter().map(|choices| document(choices, false)).collect();
    let documents: Vec<_> = sources.iter().map(|source| parse(source.as_bytes()).unwrap()).collect();
    let chosen =
        documents.iter().zip(&choices).map(|(document, choices)| (document, some_element(document, choices)));
    let (alone, ours): (Vec<_>, Vec<_>) =
        chosen.map(|(document, id)| (alone(document, id), exclusive(document, id))).unzip();
    assert_same(&ours, &by_xmllint("--exc-c14n", &alone), &sources);
}

#[test]
fn a_document_without_an_element_is_the_document_with_its_bytes_cut_out() {
    for choices in random(DOCUMENTS, 400) {
        let source = document(&choices, true);
        let whole = parse(source.as_bytes()).unwrap();
        let skip = some_element(&whole, &choices);
        if skip != whole.root() {
            let mut cut = source.clone();
            // Something empty in its place, so that a CR before and an LF after it stay two line ends.
            cut.replace_range(whole.element(skip).unwrap().span.clone(), "<![CDATA[]]>");
            let expected = inclusive(&parse(cut.as_bytes()).unwrap());
            assert_eq!(inclusive_without(&whole, skip), expected, "{source:?}");
        }
    }
}

#[test]
fn compacting_again_changes_nothing() {
    for choices in random(DOCUMENTS, 400) {
        let source = document(&choices, true);
        let once = compact(&parse(source.as_bytes()).unwrap(), None);
        let twice = compact(&parse(once.as_bytes()).unwrap(), None);
        assert_eq!(once, twice, "{source:?}");
    }
}

//! Documents made up from random bytes, with every construct that a document without DOCTYPE can have.

use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::any;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

const PREFIXES: [&str; 4] = ["", "p", "q", "é"];
// Without references: libxml2 writes a namespace name as it is, where Canonical XML 1.0, 2.3, asks for references.
const NAMESPACES: [&str; 5] = ["urn:m", "http://n.example/", "urn:n", "urn:m", ""];
const LOCALS: [&str; 5] = ["a", "b", "Z", "é", "a-1.x"];
const TEXTS: [&str; 20] = [
    "x",
    " ",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "é😀",
    "&amp;",
    "&lt;",
    "&gt;",
    "&#13;",
    "&#10;",
    "&#x9;",
    "&#xE9;",
    "&quot;",
    "&apos;",
    ">",
    "]x",
    "\u{85}\u{2028}",
    "1",
];

/// Random choices; the first once they are used up, so that every document ends.
pub(crate) struct Choices<'a>(pub(crate) &'a [u8]);

impl Choices<'_> {
    /// A number below `count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first) % count
    }

    fn of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all.get(self.below(all.len())).copied().unwrap_or_default()
    }
}

/// So many lists of random bytes.
pub(crate) fn random(count: usize, length: usize) -> Vec<Vec<u8>> {
    let mut runner = TestRunner::default();
    let strategy = vec(any::<u8>(), length / 4..length);
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// The document that these choices make, with or without the comments they put into it.
pub(crate) fn document(choices: &[u8], comments: bool) -> String {
    let mut writer = Writer { choices: Choices(choices), comments, out: String::new() };
    if writer.choices.below(2) == 1 {
        writer.out.push_str("<?xml version=\"1.0\" encoding='UTF-8'?>\r\n");
    }
    writer.outside();
    writer.element(&[("", ""), ("xml", "")], 0);
    writer.outside();
    writer.out
}

/// Writes numbered files and returns their paths.
pub(crate) fn write_all<T: AsRef<[u8]>>(folder: &Path, contents: &[T]) -> Vec<std::path::PathBuf> {
    let write = |(number, content): (usize, &T)| {
        let path = folder.join(format!("{number}.xml"));
        std::fs::write(&path, content).unwrap();
        path
    };
    contents.iter().enumerate().map(write).collect()
}

struct Writer<'a> {
    choices: Choices<'a>,
    comments: bool,
    out: String,
}

/// Prefixes and the namespace names they stand for.
type Scope = [(&'static str, &'static str)];

impl Writer<'_> {
    fn outside(&mut self) {
        for _ in 0..self.choices.below(3) {
            match self.choices.below(3) {
                0 => self.out.push_str(" \r\n"),
                1 => self.comment(),
                _ => self.instruction(),
            }
        }
    }

    fn element(&mut self, outside: &Scope, depth: usize) {
        let mut scope = outside.to_vec();
        let declarations = self.declarations(&mut scope);
        let prefix = self.prefix(&scope, true);
        let name = qualified(prefix, self.choices.of(&LOCALS));
        self.out.push_str(&format!("<{name}"));
        let attributes = self.attributes(&scope);
        self.out.push_str(&if self.choices.below(2) == 0 {
            declarations + &attributes
        } else {
            attributes + &declarations
        });
        let children = if depth < 6 { self.choices.below(7) } else { 0 };
        if children == 0 && self.choices.below(2) == 0 {
            self.out.push_str(" />");
            return;
        }
        self.out.push('>');
        for _ in 0..children {
            self.child(&scope, depth);
        }
        self.out.push_str(&format!("</{name}\n>"));
    }

    fn child(&mut self, scope: &Scope, depth: usize) {
        match self.choices.below(8) {
            0..4 => self.element(scope, depth + 1),
            4 => self.comment(),
            5 => self.instruction(),
            6 => self.out.push_str("<![CDATA[<&amp;\r\n]]]]>"),
            _ => {
                for _ in 0..self.choices.below(6) {
                    let text = self.choices.of(&TEXTS);
                    self.out.push_str(text);
                }
            }
        }
    }

    fn declarations(&mut self, scope: &mut Vec<(&'static str, &'static str)>) -> String {
        let mut declarations = String::new();
        let first = self.choices.below(PREFIXES.len());
        for prefix in PREFIXES.iter().skip(first).take(self.choices.below(3)) {
            let name = self.choices.of(&NAMESPACES);
            if prefix.is_empty() || !name.is_empty() {
                scope.push((prefix, name));
                let attribute =
                    if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
                declarations += &format!(" {attribute} = '{name}'");
            }
        }
        declarations
    }

    /// Attributes whose expanded names differ.
    fn attributes(&mut self, scope: &Scope) -> String {
        let mut used = Vec::new();
        let mut attributes = String::new();
        for _ in 0..self.choices.below(5) {
            let prefix = self.prefix(scope, false);
            let local = self.choices.of(&LOCALS);
            let namespace = if prefix.is_empty() { "" } else { bound(scope, prefix) };
            let expanded = (prefix == "xml", namespace, local);
            let value = self.value();
            if !used.contains(&expanded) {
                used.push(expanded);
                attributes += &format!("\r\n{}\t=\"{value}\"", qualified(prefix, local));
            }
        }
        attributes
    }

    fn value(&mut self) -> String {
        (0..self.choices.below(4)).map(|_| self.choices.of(&TEXTS)).collect()
    }

    /// A prefix in scope.
    fn prefix(&mut self, scope: &Scope, element: bool) -> &'static str {
        let (prefix, _) = scope.get(self.choices.below(scope.len())).copied().unwrap_or_default();
        if element && prefix == "xml" { "" } else { prefix }
    }

    /// Not after a CR: without the comment, that and a LF after it would be one line end.
    fn comment(&mut self) {
        if self.comments && !self.out.ends_with('\r') {
            self.out.push_str("<!-- <a> & - -->");
        }
    }

    fn instruction(&mut self) {
        let instruction = self.choices.of(&["<?i?>", "<?é  d?e \r\n<&amp;?>", "<?xml-i a='>'?>"]);
        self.out.push_str(instruction);
    }
}

fn qualified(prefix: &str, local: &str) -> String {
    if prefix.is_empty() { local.to_owned() } else { format!("{prefix}:{local}") }
}

fn bound(scope: &Scope, prefix: &str) -> &'static str {
    scope.iter().rev().find(|(declared, _)| *declared == prefix).map_or("", |(_, name)| name)
}

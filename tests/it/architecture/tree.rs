//! The files of a crate and which file each path leads to, through re-exports too.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Import, Token, names, tokens, without_tests};

/// A module and its file.
struct Module {
    file: String,
    tokens: Vec<Token>,
}

/// All modules of a crate, by their paths.
pub(super) struct Tree {
    modules: BTreeMap<Vec<String>, Module>,
    /// What each module re-exports under a name.
    exports: BTreeMap<(Vec<String>, String), Vec<String>>,
}

/// That a file names something of another file.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reference {
    pub(super) from: String,
    pub(super) line: usize,
    pub(super) path: String,
    /// The file that defines it.
    pub(super) to: String,
    /// Whether it is a `pub use`.
    pub(super) is_reexport: bool,
}

impl Tree {
    /// From the files under `src`, by their paths from there.
    pub(super) fn new(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let module = |(file, text): (String, String)| {
            let path = file.trim_end_matches(".rs").split('/').map(str::to_owned);
            let mut path = path.collect::<Vec<_>>();
            if path.last().is_some_and(|last| last == "mod") || path == ["lib"] {
                path.pop();
            }
            (path, Module { tokens: tokens(&text), file })
        };
        let modules = files.into_iter().map(module).collect::<BTreeMap<_, _>>();
        let mut tree = Self { modules, exports: BTreeMap::new() };
        let mut exports = BTreeMap::new();
        for (path, module) in &tree.modules {
            let (imports, _) = names(&module.tokens);
            for import in imports.into_iter().filter(|import| import.is_public) {
                if let Some(absolute) = tree.absolute(&import.path, path) {
                    exports.insert((path.clone(), import.name), absolute);
                }
            }
        }
        tree.exports = exports;
        tree
    }

    /// Every reference from one file to another: of whole files, or without what is for tests alone.
    pub(super) fn references(&self, with_tests: bool) -> BTreeSet<Reference> {
        let mut found = BTreeSet::new();
        for (here, module) in &self.modules {
            let is_for_tests = here.iter().any(|segment| segment == "tests" || segment == "testing");
            if is_for_tests && !with_tests {
                continue;
            }
            let tokens = if with_tests { module.tokens.clone() } else { without_tests(&module.tokens) };
            let (imports, paths) = names(&tokens);
            let known = imports
                .iter()
                .filter_map(|import| Some((import.name.clone(), self.absolute(&import.path, here)?)));
            let known = known.collect::<BTreeMap<_, _>>();
            let mut note = |path: Vec<String>, line, is_reexport| {
                let Some(to) = self.file_of(&path, 0).filter(|to| *to != module.file) else { return };
                let (from, to, path) = (module.file.clone(), to.to_owned(), path.join("::"));
                found.insert(Reference { from, line, path, to, is_reexport });
            };
            for Import { path, line, is_public, .. } in &imports {
                if let Some(absolute) = self.absolute(path, here) {
                    note(absolute, *line, *is_public);
                }
            }
            for (path, line) in paths {
                let through = known.get(&path[0]).map(|known| [known, &path[1..]].concat());
                if let Some(absolute) = self.absolute(&path, here).or(through) {
                    note(absolute, line, false);
                }
            }
        }
        found
    }

    /// A path from the root of the crate; nothing where it leads out of it.
    fn absolute(&self, path: &[String], here: &[String]) -> Option<Vec<String>> {
        let first = path.first()?;
        let child = || [here, &path[..1]].concat();
        match first.as_str() {
            "crate" => Some(path[1..].to_vec()),
            "self" => Some([here, &path[1..]].concat()),
            "super" => {
                let ups = path.iter().take_while(|segment| *segment == "super").count();
                // `super` in a module within a file means the file itself: that can only be nearer.
                let parent = here.get(..here.len().checked_sub(ups)?)?;
                Some([parent, &path[ups..]].concat())
            }
            _ if self.modules.contains_key(&child()) => Some([here, path].concat()),
            _ => None,
        }
    }

    fn file_of(&self, path: &[String], depth: usize) -> Option<&str> {
        let mut module = Vec::new();
        for (at, segment) in path.iter().enumerate() {
            module.push(segment.clone());
            if self.modules.contains_key(&module) {
                continue;
            }
            module.pop();
            let export = self.exports.get(&(module.clone(), segment.clone()));
            return match export.filter(|export| depth < 8 && export[..] != path[..=at]) {
                Some(export) => self.file_of(&[export, &path[at + 1..]].concat(), depth + 1),
                None => Some(&self.modules.get(&module)?.file),
            };
        }
        Some(&self.modules.get(&module)?.file)
    }

    /// Every word of every file, with file and line.
    pub(super) fn words(&self) -> impl Iterator<Item = (&str, &str, usize)> {
        self.modules.values().flat_map(|module| {
            module.tokens.iter().filter_map(|token| Some((token.word()?, &*module.file, token.line)))
        })
    }

    /// Every path of every file as it is written, with file and line.
    pub(super) fn written_paths(&self) -> impl Iterator<Item = (Vec<String>, &str, usize)> {
        self.modules.values().flat_map(|module| {
            let (imports, paths) = names(&module.tokens);
            let imports = imports.into_iter().map(|import| (import.path, import.line));
            imports.chain(paths).map(|(path, line)| (path, &*module.file, line))
        })
    }
}

/// Groups of files that reach each other, each in order. A file that declares modules is no part of one: it only names them.
pub(super) fn circles(references: &BTreeSet<Reference>) -> Vec<Vec<String>> {
    let mut reached = BTreeMap::<&str, BTreeSet<&str>>::new();
    let declares = |file: &str| file.ends_with("mod.rs") || file == "lib.rs";
    for reference in
        references.iter().filter(|reference| !declares(&reference.from) && !declares(&reference.to))
    {
        reached.entry(&reference.from).or_default().insert(&reference.to);
    }
    loop {
        let further = reached.iter().map(|(from, to)| {
            let more = to.iter().filter_map(|to| reached.get(to)).flatten();
            (*from, to.iter().chain(more).copied().collect::<BTreeSet<_>>())
        });
        let further = further.collect::<BTreeMap<_, _>>();
        if further == reached {
            break;
        }
        reached = further;
    }
    let mut circles = BTreeSet::new();
    for (file, to) in reached.iter().filter(|(file, to)| to.contains(*file)) {
        let back = to.iter().filter(|other| reached.get(*other).is_some_and(|to| to.contains(file)));
        circles.insert(back.map(|file| (*file).to_owned()).collect::<Vec<_>>());
    }
    circles.into_iter().collect()
}

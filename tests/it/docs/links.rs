//! Links between documents lead somewhere.

use std::path::{Path, PathBuf};

use super::{documents, read, within};
use crate::support::package;

/// The targets of `[text](target)`, without the part after `#`; those of other hosts are left out.
fn targets(page: &str) -> impl Iterator<Item = &str> {
    let targets = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let files = targets.map(|target| target.split('#').next().unwrap_or_default());
    files.filter(|file| !file.is_empty() && !file.contains("://"))
}

#[test]
fn every_link_leads_to_a_file() {
    let (mut followed, mut broken) = (0, Vec::new());
    for document in documents() {
        let folder = Path::new(&document).parent().map(PathBuf::from).unwrap_or_default();
        for target in targets(&read(&document)) {
            followed += 1;
            if !package().join(&folder).join(target).exists() {
                broken.push(format!("{document}: {target}"));
            }
        }
    }
    assert!(followed > 20, "{followed}");
    assert!(broken.is_empty(), "{broken:?}");
}

/// A document that no other names is one that nobody finds.
#[test]
fn the_readme_leads_to_every_document_in_docs() {
    let readme = read("README.md");
    let docs = documents().into_iter().filter(|document| document.starts_with("docs/"));
    let missing = docs.filter(|document| !targets(&readme).any(|target| target == document));
    assert_eq!(missing.collect::<Vec<_>>(), [""; 0], "README.md has no link to them");
    assert_eq!(within(&package().join("./README.md")), "README.md");
}

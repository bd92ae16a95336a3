//! Scenario files: those embedded in the program, or those of a folder.

use std::{collections::BTreeMap, fs, io, path::Path};

/// Text files by name: scenarios (`.toml`), masked answers and requests (`.xml`), data (`.csv`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScenarioFiles(BTreeMap<String, String>);

macro_rules! embedded {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../../fixtures/conformance/", $name)))),+]
    };
}

/// `fixtures/conformance`; a test compares the list with the folder.
const EMBEDDED: &[(&str, &str)] = embedded![
    "FACTS-1.toml",
    "FIRMWARE-1.read-after.xml",
    "FIRMWARE-1.read-before.xml",
    "FIRMWARE-1.toml",
    "FIRMWARE-1.update.xml",
    "MP125-Q1.pre-notify-meter.xml",
    "MP125-Q1.read-back.xml",
    "MP125-Q1.toml",
    "MP125-Q2.old-refused.xml",
    "MP125-Q2.read-back.xml",
    "MP125-Q2.toml",
    "MP125-Q3.commissioned-read-back.xml",
    "MP125-Q3.installed-read-back.xml",
    "MP125-Q3.toml",
    "MP125-Q3.whitelisted-read-back.xml",
    "MP125-R5.after.xml",
    "MP125-R5.before.xml",
    "MP125-R5.toml",
    "MP125-R6.toml",
    "MP125-R6.with-s1sp.xml",
    "MP125-R9.read-5.0.xml",
    "MP125-R9.read-5.4.xml",
    "MP125-R9.toml",
    "N3-1.read-back.xml",
    "N3-1.read-updated.xml",
    "N3-1.toml",
    "N3-2.read-refused.xml",
    "N3-2.read-updated.xml",
    "N3-2.toml",
    "N3-3.read-updated.xml",
    "N3-3.toml",
    "PRE-NOTIFICATION-1.again.xml",
    "PRE-NOTIFICATION-1.read-changed.xml",
    "PRE-NOTIFICATION-1.read.xml",
    "PRE-NOTIFICATION-1.toml",
    "REFUSALS-1.toml",
    "REFUSALS-1.unknown-element.xml",
    "REFUSALS-1.unsigned.xml",
    "REFUSALS-1.wrong-command-variant.xml",
    "REFUSALS-2.toml",
    "REFUSALS-2.used-request-id.xml",
    "SSMI-1.read-refused.xml",
    "SSMI-1.read-updated.xml",
    "SSMI-1.toml",
    "WAN-MATRIX-1.covered.xml",
    "WAN-MATRIX-1.no-coverage-intended.xml",
    "WAN-MATRIX-1.no-such-postcode.xml",
    "WAN-MATRIX-1.none-planned.xml",
    "WAN-MATRIX-1.north.xml",
    "WAN-MATRIX-1.premises.xml",
    "WAN-MATRIX-1.special-mesh.xml",
    "WAN-MATRIX-1.toml",
    "WAN-MATRIX-1.two-regions-5.0.xml",
    "WAN-MATRIX-1.two-regions.xml",
    "WAN-MATRIX-1.unknown-space.xml",
    "WAN-MATRIX-1.unknown.xml",
    "WAN-MATRIX-1.uprn.xml",
    "WAN-MATRIX-2.toml",
    "WAN-MATRIX-2.unchanged.xml",
];

impl ScenarioFiles {
    /// The files embedded in the program.
    pub fn embedded() -> Self {
        Self(EMBEDDED.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect())
    }

    /// Reads the files of a folder, without its subfolders.
    ///
    /// # Errors
    /// When the folder or one of its files cannot be read.
    pub fn of_folder(folder: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        let named = |path: &Path, fault: io::Error| {
            io::Error::new(fault.kind(), format!("{}: {fault}", path.display()))
        };
        for entry in fs::read_dir(folder).map_err(|fault| named(folder, fault))? {
            let path = entry.map_err(|fault| named(folder, fault))?.path();
            let is_ours =
                ["toml", "xml", "csv"].iter().any(|ours| path.extension().is_some_and(|of| of == *ours));
            let name = path.file_name().and_then(|name| name.to_str()).filter(|_| is_ours);
            if let Some(name) = name {
                let text = fs::read_to_string(&path).map_err(|fault| named(&path, fault))?;
                files.insert(name.to_owned(), text);
            }
        }
        Ok(Self(files))
    }

    /// The text of the file with that name.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The name and text of each scenario, sorted by name.
    pub fn scenarios(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .filter(|(name, _)| name.ends_with(".toml"))
            .map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// The files with other texts under the same names.
    pub(super) fn map(&self, text: impl Fn(&str) -> String) -> Self {
        Self(self.0.iter().map(|(name, before)| (name.clone(), text(before))).collect())
    }
}

impl FromIterator<(String, String)> for ScenarioFiles {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(files: T) -> Self {
        Self(files.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_comes_with_the_program() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/conformance");
        let in_folder = ScenarioFiles::of_folder(&folder).unwrap();
        assert_eq!(ScenarioFiles::embedded().0, in_folder.0);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let fault = ScenarioFiles::of_folder(Path::new("no/such/folder")).unwrap_err().to_string();
        assert!(fault.starts_with("no/such/folder: "), "{fault}");
    }
}

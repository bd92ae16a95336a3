//! A file that is whole or not there: it is written beside its place, and moved there at the end.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

/// A file that is being written. Dropped before it was kept it leaves its place as it was.
#[derive(Debug)]
pub struct WholeFile {
    to: BufWriter<File>,
    place: PathBuf,
    /// Where it is written until it is whole; absent once it is in its place, and of what is no regular file, such as a pipe.
    aside: Option<PathBuf>,
}

impl WholeFile {
    /// A file for that place. What stands there stays until the new file is whole.
    ///
    /// # Errors
    /// When nothing can be written there or beside it.
    pub fn create(place: &Path) -> io::Result<Self> {
        // Behind a link stands what is to be replaced, and not the link.
        let place = place.canonicalize().unwrap_or_else(|_| place.to_owned());
        if fs::metadata(&place).is_ok_and(|found| !found.is_file()) {
            let to = BufWriter::new(File::options().write(true).open(&place)?);
            return Ok(Self { to, place, aside: None });
        }
        let name = place.file_name().ok_or_else(|| io::Error::other("it names no file"))?;
        let name = format!(".{}.{}", name.to_string_lossy(), std::process::id());
        let aside = place.with_file_name(name);
        let to = BufWriter::new(File::create(&aside)?);
        Ok(Self { to, place, aside: Some(aside) })
    }

    /// Moves the file to its place, after all of it is on the disk.
    ///
    /// # Errors
    /// When it cannot be written to its end or moved.
    pub fn keep(mut self) -> io::Result<()> {
        self.to.flush()?;
        if let Some(aside) = &self.aside {
            self.to.get_ref().sync_all()?;
            fs::rename(aside, &self.place)?;
            self.aside = None;
        }
        Ok(())
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if let Some(aside) = &self.aside {
            // What is left of it is of no use; that it cannot be removed is no other fault.
            drop(fs::remove_file(aside));
        }
    }
}

/// Whether both name the same file, which may not be there yet.
pub fn is_same_file(one: &Path, other: &Path) -> bool {
    let resolved = |path: &Path| {
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            Some(_) | None => Path::new("."),
        };
        let beside = || Some(folder.canonicalize().ok()?.join(path.file_name()?));
        path.canonicalize().ok().or_else(beside)
    };
    one == other || resolved(one).is_some_and(|found| resolved(other) == Some(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>();
        names.sort();
        names
    }

    #[test]
    fn what_is_not_kept_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("list.csv");
        fs::write(&place, "old").unwrap();
        let mut file = WholeFile::create(&place).unwrap();
        file.write_all(&[b'x'; 100_000]).unwrap();
        assert_eq!((fs::read_to_string(&place).unwrap().as_str(), names(folder.path()).len()), ("old", 2));
        drop(file);
        assert_eq!(
            (fs::read_to_string(&place).unwrap().as_str(), names(folder.path())),
            ("old", vec!["list.csv".to_owned()])
        );
        let mut file = WholeFile::create(&place).unwrap();
        file.write_all(b"new").unwrap();
        file.keep().unwrap();
        assert_eq!(
            (fs::read_to_string(&place).unwrap().as_str(), names(folder.path())),
            ("new", vec!["list.csv".to_owned()])
        );
    }

    #[test]
    fn a_link_stays_a_link_and_a_device_a_device() {
        let folder = tempfile::tempdir().unwrap();
        let (place, link) = (folder.path().join("list.csv"), folder.path().join("link.csv"));
        fs::write(&place, "old").unwrap();
        std::os::unix::fs::symlink(&place, &link).unwrap();
        let mut file = WholeFile::create(&link).unwrap();
        file.write_all(b"new").unwrap();
        file.keep().unwrap();
        assert!(link.is_symlink() && fs::read_to_string(&place).unwrap() == "new");
        WholeFile::create(Path::new("/dev/null")).unwrap().keep().unwrap();
        assert!(WholeFile::create(&folder.path().join("none/list.csv")).is_err());
    }

    #[test]
    fn the_same_file_is_known_by_other_names_and_before_it_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        assert!(is_same_file(&at("a.csv"), &at("./a.csv")), "neither is there");
        assert!(!is_same_file(&at("a.csv"), &at("b.csv")));
        fs::write(at("a.csv"), "").unwrap();
        std::os::unix::fs::symlink(at("a.csv"), at("b.csv")).unwrap();
        assert!(is_same_file(&at("a.csv"), &at("b.csv")), "a link");
    }
}

//! Locks that other processes hold on files, as `/proc/locks` lists them.

use std::fs;

/// Whether another process holds a lock on one of these files.
#[cfg(unix)]
pub(super) fn is_locked_by_others(paths: &[String]) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let inodes = paths.iter().filter_map(|path| fs::metadata(path).ok()).map(|file| file.ino().to_string());
    let inodes = inodes.collect::<Vec<_>>();
    let locks = fs::read_to_string("/proc/locks").unwrap_or_default();
    let own = std::process::id().to_string();
    locks.lines().any(|line| is_of_another(line, &own, &inodes))
}

/// Not known elsewhere.
#[cfg(not(unix))]
pub(super) fn is_locked_by_others(_: &[String]) -> bool {
    false
}

/// Whether a line such as `1: POSIX  ADVISORY  READ 4711 fd:01:131 128 128` is of another process, about one of the inodes.
#[cfg(unix)]
fn is_of_another(line: &str, own: &str, inodes: &[String]) -> bool {
    let mut fields = line.split_ascii_whitespace().skip_while(|field| *field != "READ" && *field != "WRITE");
    let (Some(_), Some(process), Some(file)) = (fields.next(), fields.next(), fields.next()) else {
        return false;
    };
    let inode = file.rsplit(':').next().unwrap_or_default();
    process != own && inodes.iter().any(|known| known == inode)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_lock_of_another_process_on_the_file_counts_and_no_other() {
        let inodes = ["131".to_owned()];
        let of_another = |line| is_of_another(line, "7", &inodes);
        assert!(of_another("1: POSIX  ADVISORY  READ 4711 fd:01:131 128 128"));
        assert!(of_another("1: -> POSIX  ADVISORY  WRITE 4711 fd:01:131 0 EOF"));
        assert!(!of_another("1: POSIX  ADVISORY  READ 7 fd:01:131 128 128"));
        assert!(!of_another("1: POSIX  ADVISORY  READ 4711 fd:01:1310 128 128"));
        assert!(!of_another("") && !of_another("1: POSIX ADVISORY READ"));
    }
}

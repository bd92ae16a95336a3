//! The import of a file that is held in memory: read and checked whole, then written in one transaction.

use std::io::Read;

use super::{
    Changes, Consequences, Faults, ImportFault, Imported, Line, NearMisses, Origin, Sheet, read_lines,
};
use crate::{
    db::{Connection, Store, StoreFault},
    domain::Now,
};

/// Why a file without lines is refused.
const NO_LINES: &str = "no lines follow the header, and the file would take the place of the whole list, so that nothing is \
    checked against it; `--empty` (`?empty=true`) says that this is meant";

/// A kind whose file is small: it is held in memory and written in one transaction.
pub(in crate::store) trait WriteSheet: Sheet {
    /// Whether a file takes the place of all there is: one without lines would leave nothing.
    const REPLACES_ALL: bool = false;

    /// Checks these lines against what is stored, such as for a conflict with what they do not replace.
    fn compare_with_stored(
        _: &mut Connection,
        _: &[Line<Self::Value>],
        _: &mut Faults,
    ) -> Result<(), StoreFault> {
        Ok(())
    }

    /// The changes that these values would make. Nothing is changed.
    fn changes(connection: &mut Connection, values: &[Self::Value]) -> Result<Changes, StoreFault>;

    /// The consequences for Devices that these values would have. Nothing is changed.
    fn foresee(_: &mut Connection, _: &[Self::Value]) -> Result<Consequences, StoreFault> {
        Ok(Consequences::default())
    }

    /// The Device Models that these values nearly name.
    fn near_misses(_: &mut Connection, _: &[Self::Value]) -> Result<NearMisses, StoreFault> {
        Ok(NearMisses::default())
    }

    /// Writes all values in the caller's transaction; returns the consequences for Devices.
    fn write(
        connection: &mut Connection,
        values: &[Self::Value],
        now: Now,
    ) -> Result<Consequences, StoreFault>;

    /// The same, of a file of that origin: where it leaves acts, they say who imported it.
    fn write_from(
        connection: &mut Connection,
        values: &[Self::Value],
        _: &Origin,
        now: Now,
    ) -> Result<Consequences, StoreFault> {
        Self::write(connection, values, now)
    }
}

/// Imports a file of such a kind.
pub(in crate::store) fn import_whole<S: WriteSheet>(
    store: &Store,
    from: &mut dyn Read,
    origin: &Origin,
    now: Now,
    progress: &mut dyn FnMut(u64),
) -> Result<Imported, ImportFault> {
    let mut faults = Faults::default();
    let lines = read_lines::<S>(from, progress, &mut faults)?;
    store.read(|connection| S::compare_with_stored(connection, &lines, &mut faults))?;
    let warnings = faults.into_result()?;
    let values = lines.into_iter().map(|line| line.value).collect::<Vec<_>>();
    let rows = values.len();
    if rows == 0 && S::REPLACES_ALL && !origin.may_be_empty {
        let mut faults = Faults::default();
        faults.in_line(1, NO_LINES);
        faults.into_result()?;
    }
    // Compared outside the writer's transaction, which others wait for: these tables are changed by imports alone.
    let (changes, near_misses) = store.read(|connection| {
        Ok::<_, StoreFault>((S::changes(connection, &values)?, S::near_misses(connection, &values)?))
    })?;
    let consequences = if origin.dry_run {
        store.read(|connection| S::foresee(connection, &values))?
    } else {
        let origin = origin.clone();
        store.transact(move |connection| S::write_from(connection, &values, &origin, now))?
    };
    Ok(Imported { rows, changes, consequences, near_misses, warnings, replaced: Vec::new() })
}

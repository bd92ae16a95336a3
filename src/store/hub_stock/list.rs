//! Small lists that a file replaces whole, as it does the Central Products List.

use crate::{
    db::{Connection, StoreFault},
    domain::Now,
    store::csv::{Changes, Consequences, Faults, Line, Sheet, WriteSheet, cells},
};

/// A list that is held and replaced whole.
pub(in crate::store) trait WholeList:
    Sheet<Value: PartialEq> + for<'v> From<&'v <Self as Sheet>::Value>
{
    /// The key of a value, for people.
    fn key(value: &Self::Value) -> String;

    /// Loads the whole list, in the order of its keys.
    fn all(connection: &mut Connection) -> Result<Vec<Self::Value>, StoreFault>;

    /// Puts another list in its place.
    fn replace(connection: &mut Connection, values: &[Self::Value]) -> Result<(), StoreFault>;

    /// Checks the lines against other lists.
    fn compare_with_others(
        _: &mut Connection,
        _: &[Line<Self::Value>],
        _: &mut Faults,
    ) -> Result<(), StoreFault> {
        Ok(())
    }
}

impl<L: WholeList> WriteSheet for L {
    const REPLACES_ALL: bool = true;

    fn changes(connection: &mut Connection, values: &[L::Value]) -> Result<Changes, StoreFault> {
        let before = L::all(connection)?;
        Ok(Changes::between(&before, values, L::key, L::COLUMNS, |value| cells(&L::from(value))))
    }

    fn compare_with_stored(
        connection: &mut Connection,
        lines: &[Line<L::Value>],
        faults: &mut Faults,
    ) -> Result<(), StoreFault> {
        L::compare_with_others(connection, lines, faults)
    }

    fn write(
        connection: &mut Connection,
        values: &[L::Value],
        _now: Now,
    ) -> Result<Consequences, StoreFault> {
        L::replace(connection, values).map(|()| Consequences::default())
    }
}

/// Implements [`CsvKind`](crate::store::csv::CsvKind) for the line of such a list.
macro_rules! csv_of_list {
    ($line:ident) => {
        impl crate::store::csv::CsvKind for $line {
            const IMPORT: crate::store::csv::Import = crate::store::csv::import_whole::<Self>;

            fn export(
                connection: &mut crate::db::Connection,
                to: &mut dyn std::io::Write,
            ) -> Result<usize, crate::store::csv::ExportFault> {
                use crate::store::hub_stock::list::WholeList as _;
                crate::store::csv::write::<Self, _>(&Self::all(connection)?, to)
            }
        }
    };
}
pub(in crate::store) use csv_of_list;

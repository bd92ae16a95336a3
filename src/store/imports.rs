//! What was imported last of each kind of CSV file, and the number by which a person's preview is known to be out of date.

use diesel::prelude::*;

use super::{
    Kind,
    csv::{Changes, Imported, Origin},
    stored::Table,
    table::stored_table,
};
use crate::{
    db::{Connection, StoreFault, on_either},
    domain::{Now, Timestamp, instant_text},
};

stored_table! {
    imports (kind) {
        kind -> Text,
        number -> BigInt,
        imported_at -> Nullable<Text>,
        imported_by -> Nullable<Text>,
        file_name -> Nullable<Text>,
        row_count -> Nullable<BigInt>,
        added -> Nullable<BigInt>,
        replaced -> Nullable<BigInt>,
        unchanged -> Nullable<BigInt>,
        removed -> Nullable<BigInt>,
    }
}

const TABLE: Table = Table("imports");

/// What is known of the imports of a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KindImports {
    /// Grows with each; 0 before the first.
    pub number: i64,
    /// The last one; none before the first that was recorded.
    pub last: Option<LastImport>,
}

/// The last import of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastImport {
    /// When it was done.
    pub at: Timestamp,
    /// Who did it; absent where a program did.
    pub by: Option<String>,
    /// The name of the file.
    pub file: String,
    /// What it did.
    pub counts: ImportCounts,
}

/// The numbers of rows of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportCounts {
    /// Of the file.
    pub rows: u64,
    /// Those that were new.
    pub added: u64,
    /// Those that were there with other values.
    pub replaced: u64,
    /// Those that were there with the same values.
    pub unchanged: u64,
    /// Those that are there no longer.
    pub removed: u64,
}

impl From<&Imported> for ImportCounts {
    fn from(Imported { rows, changes, .. }: &Imported) -> Self {
        let Changes { added, replaced, unchanged, removed, first: _ } = changes;
        Self {
            rows: *rows as u64,
            added: added.total as u64,
            replaced: replaced.total as u64,
            unchanged: *unchanged as u64,
            removed: removed.total as u64,
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = imports)]
struct ImportRow {
    number: i64,
    imported_at: Option<String>,
    imported_by: Option<String>,
    file_name: Option<String>,
    row_count: Option<i64>,
    added: Option<i64>,
    replaced: Option<i64>,
    unchanged: Option<i64>,
    removed: Option<i64>,
}

impl TryFrom<ImportRow> for KindImports {
    type Error = StoreFault;

    fn try_from(row: ImportRow) -> Result<Self, StoreFault> {
        let count = |number: Option<i64>| number.unwrap_or_default().unsigned_abs();
        let counts = ImportCounts {
            rows: count(row.row_count),
            added: count(row.added),
            replaced: count(row.replaced),
            unchanged: count(row.unchanged),
            removed: count(row.removed),
        };
        let last = row.imported_at.map(|at| {
            let at = TABLE.instant("imported_at", &at)?;
            Ok::<_, StoreFault>(LastImport {
                at,
                by: row.imported_by,
                file: row.file_name.unwrap_or_default(),
                counts,
            })
        });
        Ok(Self { number: row.number, last: last.transpose()? })
    }
}

/// Loads what is known of the imports of a kind.
///
/// # Errors
/// When the database fails.
pub fn of_kind(connection: &mut Connection, kind: Kind) -> Result<KindImports, StoreFault> {
    let row = imports::table.find(kind.as_str()).select(ImportRow::as_select()).get_result(connection);
    let row = row.optional()?;
    row.map_or_else(|| Ok(KindImports::default()), KindImports::try_from)
}

/// Begins an import whose preview was made under that number. Returns whether it may: of two that were previewed under one number, and
/// begin at the same time, the second waits for the first, and finds another one.
pub(super) fn begin(connection: &mut Connection, kind: Kind, seen: i64) -> Result<bool, StoreFault> {
    let changed = if seen == 0 {
        let row = (imports::kind.eq(kind.as_str()), imports::number.eq(1));
        let insert = diesel::insert_into(imports::table).values(row).on_conflict_do_nothing();
        on_either!(connection, |inner| insert.execute(inner))?
    } else {
        let known = imports::table.find(kind.as_str()).filter(imports::number.eq(seen));
        diesel::update(known).set(imports::number.eq(seen + 1)).execute(connection)?
    };
    Ok(changed == 1)
}

/// Records an import that was done.
pub(super) fn record(
    connection: &mut Connection,
    kind: Kind,
    origin: &Origin,
    counts: ImportCounts,
    now: Now,
) -> Result<(), StoreFault> {
    let number = of_kind(connection, kind)?.number + 1;
    let signed = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let row = (
        imports::kind.eq(kind.as_str()),
        imports::number.eq(number),
        imports::imported_at.eq(instant_text(now.0)),
        imports::imported_by.eq(origin.by.as_deref()),
        imports::file_name.eq(&origin.name),
        imports::row_count.eq(signed(counts.rows)),
        imports::added.eq(signed(counts.added)),
        imports::replaced.eq(signed(counts.replaced)),
        imports::unchanged.eq(signed(counts.unchanged)),
        imports::removed.eq(signed(counts.removed)),
    );
    // Others that import wait for this transaction: nothing comes between.
    diesel::delete(imports::table.find(kind.as_str())).execute(connection)?;
    diesel::insert_into(imports::table).values(row).execute(connection)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        ImportFault, import_from,
        testing::{TempStore, fixture, now},
    };

    #[test]
    fn an_import_is_recorded_and_one_that_was_overtaken_changes_nothing() {
        let temp = TempStore::new();
        let known = || temp.store.read(|connection| of_kind(connection, Kind::Users)).unwrap();
        let import = |csv: &str, by: Option<&str>, seen: Option<i64>, dry_run: bool| {
            let origin = Origin { by: by.map(str::to_owned), seen, dry_run, ..Origin::named("users.csv") };
            import_from(
                &temp.store,
                Kind::Users,
                &mut csv.as_bytes(),
                &origin,
                now("2026-01-02"),
                &mut |_| (),
            )
        };
        let csv = fixture(Kind::Users);
        assert_eq!(known(), KindImports::default());
        import(&csv, Some("Olga"), None, true).unwrap();
        assert_eq!(known(), KindImports::default(), "a dry run is none");
        import(&csv, Some("Olga"), Some(0), false).unwrap();
        let counts = ImportCounts { rows: 4, added: 4, ..ImportCounts::default() };
        let last = LastImport {
            at: now("2026-01-02").0,
            by: Some("Olga".to_owned()),
            file: "users.csv".to_owned(),
            counts,
        };
        assert_eq!(known(), KindImports { number: 2, last: Some(last) });
        let other = csv.replacen("Alder Energy", "Birch Energy", 1);
        for seen in [0, 1, 3] {
            let overtaken = import(&other, None, Some(seen), false).unwrap_err();
            assert!(matches!(overtaken, ImportFault::Overtaken), "{overtaken}");
        }
        assert!(!temp.dump(Kind::Users).contains("Birch Energy"));
        // Faults change nothing, and yet another preview is out of date.
        import("user_id\n", None, Some(2), false).unwrap_err();
        assert_eq!((known().number, known().last.and_then(|last| last.by).as_deref()), (3, Some("Olga")));
        import(&other, None, None, false).unwrap();
        let KindImports { number, last } = known();
        let last = last.unwrap();
        assert_eq!((number, last.by, last.counts.replaced, last.counts.unchanged), (4, None, 1, 3));
    }
}

//! The registry of tables, for code that handles all of them: reset, backup, restore and integrity check.
//!
//! A table is declared in its subject's folder and gets one line here. Backups have this order, and imports follow it
//! ([`crate::store::Kind`]).

use diesel::QueryResult;

use super::{
    act::acts,
    audit::audit_heads,
    backup::{BackupFault, BackupReader, BackupWriter, read_rows, write_rows},
    change_record::changes,
    contact::contacts,
    counter::counters,
    coverage::{coverage, coverage_extracts},
    cpl::cpl,
    decision::decisions,
    device::{devices, status_history},
    firmware::{
        firmware_activations, firmware_batches, firmware_capacity, firmware_days, firmware_images,
        firmware_parts, firmware_schedules,
    },
    han_log::awaited,
    hub::hub_notifications,
    hub_stock::{charges, forecasts, hub_firmware, locations, stock, units},
    imports::imports,
    maintenance::{
        derogations, maintenance_cases, maintenance_published, maintenance_schedules, maintenance_windows,
    },
    notice::{notice_recipients, notices},
    outbox::{outbox, outbox_acts},
    privacy::privacy_assessments,
    reflash::{reflash_hubs, reflash_orders},
    registration::{registrations, supplier_notices},
    request::requests,
    table::StoredTable,
    tally::{answer_tallies, device_tallies},
    tsat::{compatibility_table as compatibility, tsat},
    user::users,
    variants::model_variants,
};
use crate::db::{Connection, StoreFault};

/// All tables.
pub(super) const TABLES: [RegisteredTable; 48] = [
    RegisteredTable::of::<users::table>(),
    RegisteredTable::of::<registrations::table>(),
    RegisteredTable::of::<devices::table>(),
    RegisteredTable::of::<status_history::table>(),
    RegisteredTable::of::<coverage_extracts::table>(),
    RegisteredTable::of::<coverage::table>(),
    RegisteredTable::of::<cpl::table>(),
    RegisteredTable::of::<tsat::table>(),
    RegisteredTable::of::<compatibility::table>(),
    RegisteredTable::of::<hub_firmware::table>(),
    RegisteredTable::of::<locations::table>(),
    RegisteredTable::of::<units::table>(),
    RegisteredTable::of::<charges::table>(),
    RegisteredTable::of::<forecasts::table>(),
    RegisteredTable::of::<stock::table>(),
    RegisteredTable::of::<requests::table>(),
    RegisteredTable::of::<decisions::table>(),
    RegisteredTable::of::<audit_heads::table>(),
    RegisteredTable::of::<outbox::table>(),
    RegisteredTable::of::<outbox_acts::table>(),
    RegisteredTable::of::<awaited::table>(),
    RegisteredTable::of::<supplier_notices::table>(),
    RegisteredTable::of::<hub_notifications::table>(),
    RegisteredTable::of::<counters::table>(),
    RegisteredTable::of::<answer_tallies::table>(),
    RegisteredTable::of::<device_tallies::table>(),
    RegisteredTable::of::<acts::table>(),
    RegisteredTable::of::<notices::table>(),
    RegisteredTable::of::<notice_recipients::table>(),
    RegisteredTable::of::<imports::table>(),
    RegisteredTable::of::<reflash_orders::table>(),
    RegisteredTable::of::<reflash_hubs::table>(),
    RegisteredTable::of::<firmware_images::table>(),
    RegisteredTable::of::<firmware_parts::table>(),
    RegisteredTable::of::<firmware_activations::table>(),
    RegisteredTable::of::<firmware_capacity::table>(),
    RegisteredTable::of::<firmware_schedules::table>(),
    RegisteredTable::of::<firmware_batches::table>(),
    RegisteredTable::of::<firmware_days::table>(),
    RegisteredTable::of::<privacy_assessments::table>(),
    RegisteredTable::of::<contacts::table>(),
    RegisteredTable::of::<changes::table>(),
    RegisteredTable::of::<maintenance_windows::table>(),
    RegisteredTable::of::<maintenance_schedules::table>(),
    RegisteredTable::of::<maintenance_published::table>(),
    RegisteredTable::of::<maintenance_cases::table>(),
    RegisteredTable::of::<derogations::table>(),
    RegisteredTable::of::<model_variants::table>(),
];

/// A registered table, its types erased.
pub(super) struct RegisteredTable {
    /// Its name.
    pub(super) name: &'static str,
    /// The names of its columns.
    #[cfg(test)]
    pub(super) columns: &'static [&'static str],
    /// Counts its rows.
    pub(super) count: fn(&mut Connection) -> QueryResult<i64>,
    /// Deletes every row.
    pub(super) clear: fn(&mut Connection) -> QueryResult<usize>,
    /// Writes every row to a backup.
    pub(super) write: fn(&mut Connection, &mut BackupWriter) -> Result<(), BackupFault>,
    /// Reads this number of rows from a backup and inserts them.
    pub(super) read: fn(&mut Connection, &mut BackupReader, u64) -> Result<(), BackupFault>,
}

impl RegisteredTable {
    const fn of<T: StoredTable>() -> Self {
        Self {
            name: T::NAME,
            #[cfg(test)]
            columns: T::COLUMNS,
            count: T::count,
            clear: T::clear,
            write: write_rows::<T>,
            read: read_rows::<T>,
        }
    }
}

/// The names of all tables.
pub fn table_names() -> Vec<&'static str> {
    TABLES.iter().map(|table| table.name).collect()
}

/// Empties every table, for the start of a test.
///
/// # Errors
/// When the database fails.
pub fn reset(connection: &mut Connection) -> Result<(), StoreFault> {
    for table in &TABLES {
        (table.clear)(connection)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use diesel::{QueryableByName, RunQueryDsl as _, sql_query, sql_types::Text};

    use super::*;
    use crate::store::{Kind, testing::TempStore};

    #[derive(QueryableByName)]
    struct NameRow {
        #[diesel(sql_type = Text)]
        name: String,
    }

    fn names(temp: &TempStore, sqlite: &str, postgres: &str) -> BTreeSet<String> {
        let names = temp.store.read(|connection| {
            let query = match connection {
                Connection::Sqlite(_) => sqlite,
                Connection::Postgres(_) => postgres,
            };
            Ok::<_, StoreFault>(sql_query(query).load::<NameRow>(connection)?)
        });
        names.unwrap().into_iter().map(|row| row.name).collect()
    }

    #[test]
    fn every_table_of_the_database_is_registered() {
        let migrations = "__diesel_schema_migrations";
        let made = names(
            &TempStore::new(),
            &format!(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
                AND name <> '{migrations}'"
            ),
            &format!(
                "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()
                AND tablename <> '{migrations}'"
            ),
        );
        let registered = table_names().into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
        let forgotten = made.difference(&registered).collect::<Vec<_>>();
        assert!(forgotten.is_empty(), "no line in src/store/tables.rs: {forgotten:?}");
        let unknown = registered.difference(&made).collect::<Vec<_>>();
        assert!(unknown.is_empty(), "no migration makes: {unknown:?}");
    }

    #[test]
    fn every_column_of_the_database_is_declared() {
        let temp = TempStore::new();
        for RegisteredTable { name, columns, .. } in &TABLES {
            let made = names(
                &temp,
                &format!("SELECT name FROM pragma_table_info('{name}')"),
                &format!(
                    "SELECT column_name::text AS name FROM information_schema.columns
                    WHERE table_schema = current_schema() AND table_name = '{name}'"
                ),
            );
            let declared = columns.iter().map(|column| (*column).to_owned()).collect::<BTreeSet<_>>();
            assert_eq!(declared, made, "table `{name}`: declared, and made by the migrations");
        }
    }

    #[test]
    fn imports_follow_the_order_of_the_tables() {
        let table = |kind: &Kind| {
            // Not the name alone: hubs have a list of their firmware and requests are assessed, too.
            let others = [
                (Kind::Firmware, "firmware_images"),
                (Kind::Capacity, "firmware_capacity"),
                (Kind::Assessments, "privacy_assessments"),
                (Kind::Maintenance, "maintenance_windows"),
            ];
            let other = others.iter().find(|(other, _)| other == kind).map(|(_, name)| (*name).to_owned());
            other.unwrap_or_else(|| kind.as_str().replace('-', "_"))
        };
        let place = |kind: &Kind| table_names().iter().position(|name| *name == table(kind));
        let places = Kind::ALL.iter().map(place).collect::<Option<Vec<_>>>();
        assert!(places.as_ref().is_some_and(|places| places.is_sorted()), "{places:?}");
    }

    #[test]
    fn a_reset_empties_every_kind() {
        let temp = TempStore::with_fixtures();
        temp.transact(reset).unwrap();
        for kind in Kind::ALL {
            assert_eq!(temp.dump(*kind).lines().count(), 1, "{kind}: the header alone");
        }
    }
}

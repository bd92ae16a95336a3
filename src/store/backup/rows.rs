//! Every table, row by row: how it is read a page at a time, and how a line becomes a row again.
//!
//! A column that a later version adds must be optional, or say here what it is in an older backup.

use super::{
    BackupFault,
    file::{Reader, Writer},
};
use crate::db::Connection;

/// As many rows are read, or written, at once.
const PAGE: usize = 500;

/// A table that is backed up.
pub(super) struct Dumped {
    /// Its name.
    pub(super) name: &'static str,
    /// Its columns.
    #[cfg(test)]
    pub(super) columns: &'static [&'static str],
    /// How many rows it has.
    pub(super) count: fn(&mut Connection) -> Result<u64, BackupFault>,
    /// Writes all its rows.
    pub(super) write: fn(&mut Connection, &mut Writer) -> Result<(), BackupFault>,
    /// Reads so many rows and puts them into it.
    pub(super) read: fn(&mut Connection, &mut Reader, u64) -> Result<(), BackupFault>,
    /// Takes every row away.
    pub(super) clear: fn(&mut Connection) -> Result<(), BackupFault>,
}

/// Bytes as base64.
mod base64_text {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        STANDARD.decode(String::deserialize(from)?).map_err(D::Error::custom)
    }
}

/// Bytes that may be absent, as base64.
mod optional_base64_text {
    use serde::{Deserializer, Serializer};

    use super::base64_text;

    pub(super) fn serialize<S: Serializer>(bytes: &Option<Vec<u8>>, to: S) -> Result<S::Ok, S::Error> {
        match bytes {
            Some(bytes) => base64_text::serialize(bytes, to),
            None => to.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<u8>>, D::Error> {
        base64_text::deserialize(from).map(Some)
    }
}

/// Declares a table's row. `by` names the first column of its key, which pages are cut by.
macro_rules! dumped {
    (
        $table:ident by $key:ident : $key_type:ty,
        { $($column:ident : $type:ty),+ $(,)? }
        $(optional { $($option:ident : $option_type:ty),+ $(,)? })?
        $(bytes { $($bytes:ident),+ $(,)? })?
        $(optional bytes { $($option_bytes:ident),+ $(,)? })?
    ) => {
        mod $table {
            use diesel::prelude::*;
            use serde::{Deserialize, Serialize};

            #[expect(unused_imports, reason = "not every table has bytes")]
            use super::{BackupFault, Connection, Dumped, PAGE, Reader, Writer, base64_text, optional_base64_text};
            use crate::{db::insert_rows, store::schema::$table as columns};

            pub(super) const DUMPED: Dumped = Dumped {
                name: stringify!($table),
                #[cfg(test)]
                columns: &[
                    $(stringify!($column),)+
                    $($(stringify!($option),)+)?
                    $($(stringify!($bytes),)+)?
                    $($(stringify!($option_bytes),)+)?
                ],
                count,
                write,
                read,
                clear,
            };

            #[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
            #[diesel(table_name = columns, treat_none_as_default_value = false)]
            #[serde(deny_unknown_fields)]
            struct Row {
                $($column: $type,)+
                $($(
                    #[serde(default, skip_serializing_if = "Option::is_none")]
                    $option: Option<$option_type>,
                )+)?
                $($(#[serde(with = "base64_text")] $bytes: Vec<u8>,)+)?
                $($(
                    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_base64_text")]
                    $option_bytes: Option<Vec<u8>>,
                )+)?
            }

            fn count(connection: &mut Connection) -> Result<u64, BackupFault> {
                let count = columns::table.count().get_result::<i64>(connection)?;
                Ok(count.unsigned_abs())
            }

            fn write(connection: &mut Connection, to: &mut Writer) -> Result<(), BackupFault> {
                let mut after: Option<$key_type> = None;
                loop {
                    let mut page = page_after(connection, after.as_ref())?;
                    let last = page.last().map(|row| row.$key.clone());
                    let Some(last) = last.filter(|_| page.len() == PAGE) else {
                        return page.iter().try_for_each(|row| to.line(row));
                    };
                    // The page may have been cut between two rows of one key: those are read again, all of them.
                    page.retain(|row| row.$key != last);
                    page.extend(of_key(connection, &last)?);
                    page.iter().try_for_each(|row| to.line(row))?;
                    after = Some(last);
                }
            }

            fn page_after(
                connection: &mut Connection,
                after: Option<&$key_type>,
            ) -> Result<Vec<Row>, BackupFault> {
                let limit = i64::try_from(PAGE).unwrap_or(i64::MAX);
                let query = columns::table.order(columns::$key).limit(limit).select(Row::as_select());
                Ok(match after {
                    None => query.load(connection)?,
                    Some(after) => query.filter(columns::$key.gt(after)).load(connection)?,
                })
            }

            fn of_key(connection: &mut Connection, key: &$key_type) -> Result<Vec<Row>, BackupFault> {
                let query = columns::table.filter(columns::$key.eq(key)).select(Row::as_select());
                Ok(query.load(connection)?)
            }

            fn read(connection: &mut Connection, from: &mut Reader, rows: u64) -> Result<(), BackupFault> {
                let mut left = rows;
                while left > 0 {
                    let mut batch = Vec::<Row>::new();
                    while left > 0 && batch.len() < PAGE {
                        let line = from.row()?;
                        let row = serde_json::from_slice(&line);
                        batch.push(row.map_err(|error| from.broken(&error.to_string()))?);
                        left -= 1;
                    }
                    insert_rows!(connection, columns::table, batch)?;
                }
                Ok(())
            }

            fn clear(connection: &mut Connection) -> Result<(), BackupFault> {
                diesel::delete(columns::table).execute(connection)?;
                Ok(())
            }
        }
    };
}

dumped!(users by user_id: String,
    { user_id: String, party_signifier: String, party_name: String, roles: String, status: String }
    optional { receive_response_url: String }
);
dumped!(registrations by mpxn: String,
    { mpxn: String, role: String, user_id: String, effective_from: String }
    optional { effective_to: String }
);
dumped!(devices by device_id: String,
    { device_id: String, device_type: String, device_manufacturer: String, device_model: String }
    optional {
        status: String,
        smets_chts_version: String,
        firmware_version: String,
        esme_variant: String,
        pre_notified_by: String,
        chf_device_id: String,
        associated_gpf_device_id: String,
        import_mpxn: String,
        secondary_import_mpan: String,
        export_mpan: String,
        uprn: i64,
        postcode: String,
        postcode_key: String,
        address_identifier: String,
        csp_region: String,
        gbcs_version: String,
        han_variant: String,
        s1sp: String,
        connectivity: String,
        date_commissioned: String,
    }
);
dumped!(status_history by id: i64,
    { id: i64, device_id: String, changed_at: String, interface: String }
    optional { from_status: String, to_status: String, changed_by: String, request_id: String }
);
dumped!(coverage_extracts by id: i64,
    { id: i64, csp_region: String, row_count: i64, state: String }
    optional { source: String, loaded_at: String }
);
dumped!(coverage by id: i64,
    {
        id: i64,
        csp_region: String,
        postcode: String,
        postcode_key: String,
        coverage_availability: bool,
        wan_technology: String,
        connectivity_likelihood: String,
    }
    optional {
        extract_id: i64,
        address_identifier: String,
        uprn: i64,
        anticipated_coverage_date: String,
        auxiliary_equipment_required: String,
        additional_information: String,
    }
);
dumped!(cpl by device_manufacturer: String,
    {
        device_manufacturer: String,
        device_model: String,
        device_type: String,
        firmware_version: String,
        status: String,
    }
    optional { smets_chts_version: String, gbcs_version: String }
);
dumped!(requests by request_id: String,
    { request_id: String, received_at: String }
    bytes { digest, answer }
);
dumped!(decisions by id: i64,
    { id: i64, request_id: String, user_id: String, code: String, decided_at: String, steps: String }
    optional {
        device_id: String,
        service_reference_variant: String,
        rule: String,
        chain: String,
        sequence: i64,
    }
    optional bytes { previous_hash, hash }
);
dumped!(audit_heads by chain: String,
    { chain: String, sequence: i64, first_sequence: i64 }
    bytes { hash, first_previous_hash }
);
dumped!(outbox by id: i64,
    {
        id: i64,
        user_id: String,
        kind: String,
        created_at: String,
        attempts: i64,
        next_attempt_at: String,
    }
    optional { device_id: String, request_id: String, delivered_at: String, last_error: String }
    bytes { message }
);
dumped!(awaited by device_id: String,
    { device_id: String, request_id: String, schema_version: String, chf_device_id: String, change: String }
    optional { import_mpxn: String, secondary_import_mpan: String, export_mpan: String }
);
dumped!(supplier_notices by device_id: String,
    { device_id: String, mpxn: String, user_id: String, effective_from: String }
);
dumped!(hub_notifications by id: i64,
    {
        id: i64,
        chf_device_id: String,
        gpf_device_id: String,
        csp: String,
        csp_region: String,
        request_id: String,
        notified_at: String,
        outcome: String,
        changes: String,
    }
);

/// Every table there is, in the order it is written.
pub(super) const TABLES: [Dumped; 14] = [
    users::DUMPED,
    registrations::DUMPED,
    devices::DUMPED,
    status_history::DUMPED,
    coverage_extracts::DUMPED,
    coverage::DUMPED,
    cpl::DUMPED,
    requests::DUMPED,
    decisions::DUMPED,
    audit_heads::DUMPED,
    outbox::DUMPED,
    awaited::DUMPED,
    supplier_notices::DUMPED,
    hub_notifications::DUMPED,
];

#[cfg(test)]
mod tests {
    use diesel::{QueryableByName, RunQueryDsl as _, sql_query, sql_types::Text};

    use super::*;
    use crate::{
        db::StoreFault,
        store::{reset, testing::TempStore},
    };

    #[derive(QueryableByName)]
    struct Name {
        #[diesel(sql_type = Text)]
        name: String,
    }

    #[test]
    fn no_table_and_no_column_is_left_out() {
        let temp = TempStore::new();
        assert_eq!(TABLES.each_ref().map(|table| table.name), reset::TABLES);
        for table in TABLES {
            let names = temp.store.read(|connection| {
                let query = match connection {
                    Connection::Sqlite(_) => {
                        format!("SELECT name FROM pragma_table_info('{}') ORDER BY name", table.name)
                    }
                    Connection::Postgres(_) => format!(
                        "SELECT column_name::text AS name FROM information_schema.columns
                        WHERE table_schema = current_schema() AND table_name = '{}' ORDER BY 1",
                        table.name
                    ),
                };
                Ok::<_, StoreFault>(sql_query(query).load::<Name>(connection)?)
            });
            let names = names.unwrap().into_iter().map(|row| row.name).collect::<Vec<_>>();
            let mut columns = table.columns.to_vec();
            columns.sort_unstable();
            assert_eq!(columns, names, "{}", table.name);
        }
    }
}

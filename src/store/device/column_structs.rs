//! The macro that generates a Device's tables and structs from one list of columns (`columns.rs`).
//!
//! It is a macro because diesel's tables and derives need each column's name as an identifier: a const list could not generate them.

/// Generates the tables and structs. Columns under `shown` are in all of them, those under `hidden` in the tables alone.
macro_rules! device_columns {
    (
        shown { $($column:ident -> $type:ident $(<$inner:ident>)?,)+ }
        hidden { $($hidden:ident -> $hidden_type:ident $(<$hidden_inner:ident>)?,)+ }
    ) => {
        stored_table! {
            /// The inventory.
            devices (device_id) {
                $($column -> $type $(<$inner>)?,)+
                $($hidden -> $hidden_type $(<$hidden_inner>)?,)+
            }
        }

        diesel::table! {
            /// The Devices of a running import: a temporary table of the writer's connection.
            staged_devices (line) {
                line -> BigInt,
                $($column -> $type $(<$inner>)?,)+
                $($hidden -> $hidden_type $(<$hidden_inner>)?,)+
            }
        }

        /// A Device as a row of the inventory.
        #[derive(Queryable, QueryableByName, Selectable, Insertable)]
        #[diesel(table_name = devices, treat_none_as_default_value = false)]
        pub(in crate::store) struct DeviceRow {
            $($column: <$type $(<$inner>)? as ColumnType>::Value,)+
            $($hidden: <$hidden_type $(<$hidden_inner>)? as ColumnType>::Value,)+
        }

        impl DeviceRow {
            /// The columns of many rows, in the order of the table.
            pub(super) fn columns(rows: &[Self]) -> Vec<BindColumn<'_>> {
                vec![
                    $(BoundValue::column(rows.iter().map(|row| &row.$column)),)+
                    $(BoundValue::column(rows.iter().map(|row| &row.$hidden)),)+
                ]
            }
        }

        /// A Device of a running import, with its line in the file.
        #[derive(Insertable)]
        #[diesel(table_name = staged_devices, treat_none_as_default_value = false)]
        pub(in crate::store) struct StagedRow {
            line: i64,
            $($column: <$type $(<$inner>)? as ColumnType>::Value,)+
            $($hidden: <$hidden_type $(<$hidden_inner>)? as ColumnType>::Value,)+
        }

        impl StagedRow {
            /// The row of a Device on this line.
            pub(in crate::store) fn new(line: u64, device: &Device) -> Self {
                let DeviceRow { $($column,)+ $($hidden,)+ } = DeviceRow::from(device);
                Self { line: i64::try_from(line).unwrap_or(i64::MAX), $($column,)+ $($hidden,)+ }
            }
        }

        /// A Device in JSON: the columns of devices.csv, null if a value is absent.
        #[derive(Clone, Debug, Serialize)]
        pub struct DeviceColumns {
            $($column: <$type $(<$inner>)? as ColumnType>::Value,)+
        }

        impl From<&Device> for DeviceColumns {
            fn from(device: &Device) -> Self {
                let row = DeviceRow::from(device);
                Self { $($column: row.$column,)+ }
            }
        }

        /// A line of devices.csv: empty if a value is absent.
        #[derive(Debug, Default, Serialize, Deserialize)]
        #[serde(default)]
        pub(in crate::store) struct DeviceLine {
            $($column: String,)+
        }

        impl From<&Device> for DeviceLine {
            fn from(device: &Device) -> Self {
                let row = DeviceRow::from(device);
                Self { $($column: $crate::store::device::column_structs::IntoCell::into_cell(row.$column),)+ }
            }
        }

        /// The columns of devices.csv, in order.
        const CSV_COLUMNS: &[&str] = &[$(stringify!($column)),+];
    };
}
pub(super) use device_columns;

/// Conversion of a row's value to a cell of a CSV file.
pub(in crate::store) trait IntoCell {
    fn into_cell(self) -> String;
}

impl IntoCell for String {
    fn into_cell(self) -> String {
        self
    }
}

impl IntoCell for Option<String> {
    fn into_cell(self) -> String {
        self.unwrap_or_default()
    }
}

impl IntoCell for Option<i64> {
    fn into_cell(self) -> String {
        self.map_or_else(String::new, |number| number.to_string())
    }
}

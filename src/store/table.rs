//! Declaration of tables: one macro makes diesel's table and the rows that a backup writes.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use diesel::{
    QueryResult,
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    serialize::{self, Output, ToSql},
    sql_types::{BigInt, Binary, Bool, Nullable, Text},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned, de::Error as _};

use crate::db::{
    Connection,
    prepared::{BindColumn, RowTable},
};

/// A table whose rows can be counted, paged through, inserted and deleted by code that does not know its subject.
pub(in crate::store) trait StoredTable: RowTable {
    /// A whole row. In JSON an absent value is left out, and an unknown column is refused.
    type Row: Serialize + DeserializeOwned;
    /// The first column of its primary key; pages are in its order.
    type Key: Clone + PartialEq;

    /// The key of a row.
    fn key(row: &Self::Row) -> &Self::Key;

    /// Counts its rows.
    fn count(connection: &mut Connection) -> QueryResult<i64>;

    /// Loads at most `limit` rows with a greater key than `after`, in the order of keys.
    fn page_after(
        connection: &mut Connection,
        after: Option<&Self::Key>,
        limit: i64,
    ) -> QueryResult<Vec<Self::Row>>;

    /// Loads every row with this key: it is only the first column of the primary key, so there may be several.
    fn of_key(connection: &mut Connection, key: &Self::Key) -> QueryResult<Vec<Self::Row>>;

    /// Inserts rows.
    fn insert(connection: &mut Connection, rows: Vec<Self::Row>) -> QueryResult<()>;

    /// Deletes every row.
    fn clear(connection: &mut Connection) -> QueryResult<usize>;
}

/// Declares a table as `diesel::table!` does, and implements [`StoredTable`] for it.
///
/// Migrations create the table in the database, and a test compares the columns. A column that a later version adds must be
/// `Nullable`, as older backups do not have it.
macro_rules! stored_table {
    (
        $(#[$doc:meta])*
        $table:ident ($key:ident $(, $more:ident)*) {
            $($column:ident -> $type:ident $(<$inner:ident>)?,)+
        }
    ) => {
        diesel::table! {
            $(#[$doc])*
            $table ($key $(, $more)*) {
                $($column -> $type $(<$inner>)?,)+
            }
        }

        // An anonymous scope: the names that are used and declared inside do not meet those of the subject's file.
        const _: () = {
            use diesel::{prelude::*, sql_types::*};

            use $crate::{
                db::{Connection, insert_rows, prepared::RowTable},
                store::table::{ColumnType, StoredTable},
            };

            // NULL is bound as a value, not left out: the SQL is the same for every row, and stays prepared. A column that is not
            // known is refused, as a restore would lose its values.
            #[derive(Queryable, Selectable, Insertable, serde::Serialize, serde::Deserialize)]
            #[diesel(table_name = $table, treat_none_as_default_value = false)]
            #[serde(deny_unknown_fields)]
            pub(in crate::store) struct Row {
                $(
                    #[serde(skip_serializing_if = "crate::store::table::is_absent")]
                    $column: <$type $(<$inner>)? as ColumnType>::Value,
                )+
            }

            impl RowTable for $table::table {
                const NAME: &'static str = stringify!($table);
                const COLUMNS: &'static [&'static str] = &[$(stringify!($column)),+];
            }

            impl StoredTable for $table::table {
                type Row = Row;
                type Key = <diesel::dsl::SqlTypeOf<$table::$key> as ColumnType>::Value;

                fn key(row: &Row) -> &Self::Key {
                    &row.$key
                }

                fn count(connection: &mut Connection) -> QueryResult<i64> {
                    $table::table.count().get_result(connection)
                }

                fn page_after(
                    connection: &mut Connection,
                    after: Option<&Self::Key>,
                    limit: i64,
                ) -> QueryResult<Vec<Row>> {
                    let query = $table::table.order($table::$key).limit(limit).select(Row::as_select());
                    match after {
                        None => query.load(connection),
                        Some(after) => query.filter($table::$key.gt(after)).load(connection),
                    }
                }

                fn of_key(connection: &mut Connection, key: &Self::Key) -> QueryResult<Vec<Row>> {
                    $table::table.filter($table::$key.eq(key)).select(Row::as_select()).load(connection)
                }

                fn insert(connection: &mut Connection, rows: Vec<Row>) -> QueryResult<()> {
                    insert_rows!(connection, $table::table, rows)
                }

                fn clear(connection: &mut Connection) -> QueryResult<usize> {
                    diesel::delete($table::table).execute(connection)
                }
            }
        };
    };
}
pub(in crate::store) use stored_table;

/// The Rust type that holds the values of an SQL type.
pub(in crate::store) trait ColumnType {
    type Value;
}

impl ColumnType for Text {
    type Value = String;
}

impl ColumnType for BigInt {
    type Value = i64;
}

impl ColumnType for Bool {
    type Value = bool;
}

impl ColumnType for Binary {
    type Value = Bytes;
}

impl<T: ColumnType> ColumnType for Nullable<T> {
    type Value = Option<T::Value>;
}

/// A value of a column of many rows, bound as one array on a server.
pub(in crate::store) trait BoundValue {
    fn column<'a>(values: impl Iterator<Item = &'a Self>) -> BindColumn<'a>
    where
        Self: 'a;
}

impl BoundValue for String {
    fn column<'a>(values: impl Iterator<Item = &'a Self>) -> BindColumn<'a> {
        BindColumn::Texts(values.map(|text| Some(text.as_str())).collect())
    }
}

impl BoundValue for Option<String> {
    fn column<'a>(values: impl Iterator<Item = &'a Self>) -> BindColumn<'a> {
        BindColumn::Texts(values.map(Option::as_deref).collect())
    }
}

impl BoundValue for Option<i64> {
    fn column<'a>(values: impl Iterator<Item = &'a Self>) -> BindColumn<'a> {
        BindColumn::Numbers(values.copied().collect())
    }
}

/// A value of a column, which may be NULL if the column is `Nullable`.
pub(in crate::store) trait MayBeAbsent {
    fn is_absent(&self) -> bool {
        false
    }
}

impl MayBeAbsent for String {}
impl MayBeAbsent for i64 {}
impl MayBeAbsent for bool {}
impl MayBeAbsent for Bytes {}

impl<T> MayBeAbsent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

/// [`MayBeAbsent::is_absent`], by a path that serde can name.
pub(in crate::store) fn is_absent(value: &impl MayBeAbsent) -> bool {
    value.is_absent()
}

/// The bytes of a `Binary` column, base64 in JSON.
#[derive(Clone, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Binary)]
pub(in crate::store) struct Bytes(Vec<u8>);

impl<DB: Backend> FromSql<Binary, DB> for Bytes
where
    Vec<u8>: FromSql<Binary, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Vec::from_sql(bytes).map(Self)
    }
}

impl<DB: Backend> ToSql<Binary, DB> for Bytes
where
    [u8]: ToSql<Binary, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.as_slice().to_sql(out)
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        STANDARD.decode(String::deserialize(from)?).map(Self).map_err(D::Error::custom)
    }
}

//! Result rows of the queries that are written as SQL text.

use diesel::{
    QueryableByName,
    sql_types::{BigInt, Text},
};

/// A row of one text: `SELECT ... AS text`.
#[derive(QueryableByName)]
pub(super) struct TextRow {
    #[diesel(sql_type = Text)]
    pub(super) text: String,
}

/// A row of one number: `SELECT ... AS number`.
#[derive(QueryableByName)]
pub(super) struct NumberRow {
    #[diesel(sql_type = BigInt)]
    pub(super) number: i64,
}

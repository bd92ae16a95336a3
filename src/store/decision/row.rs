//! The row of a decision. Its link in the hash chain is in further columns, which `audit` writes.

use diesel::prelude::*;

use crate::store::table::stored_table;

stored_table! {
    decisions (id) {
        id -> BigInt,
        request_id -> Text,
        user_id -> Text,
        device_id -> Nullable<Text>,
        service_reference_variant -> Nullable<Text>,
        code -> Text,
        rule -> Nullable<Text>,
        decided_at -> Text,
        steps -> Text,
        chain -> Nullable<Text>,
        sequence -> Nullable<BigInt>,
        previous_hash -> Nullable<Binary>,
        hash -> Nullable<Binary>,
        is_named -> Nullable<Bool>,
        changes -> Nullable<Text>,
        changes_after -> Nullable<BigInt>,
    }
}

/// The columns of a decision without those of its chain: what is hashed.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = decisions, treat_none_as_default_value = false)]
pub(in crate::store) struct DecisionRow {
    pub(in crate::store) request_id: String,
    pub(in crate::store) user_id: String,
    pub(in crate::store) device_id: Option<String>,
    pub(in crate::store) service_reference_variant: Option<String>,
    pub(in crate::store) code: String,
    pub(in crate::store) rule: Option<String>,
    pub(in crate::store) decided_at: String,
    pub(in crate::store) steps: String,
    /// The changes that it carries, as `field_changes` writes them.
    pub(in crate::store) changes: Option<String>,
    /// The last row of the history of Devices before them; assigned where it is appended to its chain.
    pub(in crate::store) changes_after: Option<i64>,
}

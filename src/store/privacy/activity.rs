//! How many Service Requests each User had accepted, counted from the decisions (PA/b).

use std::{collections::BTreeMap, ops::Range};

use diesel::{dsl::sql, prelude::*, sql_types::BigInt};

use crate::{
    db::{Connection, StoreFault},
    domain::{Eui64, Timestamp, instant_text},
    store::{decision::decisions, device::BATCH, stored::Table},
};

const TABLE: Table = Table("decisions");

/// Counts the different RequestIDs with an accepted decision, `I...` or `W...`, from the first instant to before the last one. Users
/// without any are left out. It reads every decision: no index has their instants, as each request would write another page of it.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn accepted_requests(
    connection: &mut Connection,
    users: &[Eui64],
    within: &Range<Timestamp>,
) -> Result<BTreeMap<Eui64, u64>, StoreFault> {
    let mut counts = BTreeMap::new();
    for batch in users.chunks(BATCH) {
        let rows = decisions::table
            .filter(decisions::user_id.eq_any(batch.iter().map(ToString::to_string)))
            .filter(decisions::decided_at.ge(instant_text(within.start)))
            .filter(decisions::decided_at.lt(instant_text(within.end)))
            .filter(decisions::code.like("I%").or(decisions::code.like("W%")))
            .group_by(decisions::user_id)
            .select((decisions::user_id, sql::<BigInt>("COUNT(DISTINCT request_id)")))
            .load::<(String, i64)>(connection)?;
        for (user, number) in rows {
            counts.insert(TABLE.value("user_id", &user)?, number.unsigned_abs());
        }
    }
    Ok(counts)
}

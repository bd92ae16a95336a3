//! The search of decisions by filter, newest first.
//!
//! No index serves the filters but that of Devices: another one on `decisions` would cost each commit a fifth of its time. So a
//! search without a Device looks back over a bounded number of records, and says from where it may go on.

use diesel::{dsl::max, prelude::*};

use super::{
    query::{DecisionRecord, rows_of_request},
    row::{DecisionRow, decisions},
};
use crate::{
    db::{Connection, StoreFault},
    domain::{Eui64, RequestId, ResponseCode, ServiceReferenceVariant, Timestamp, closed_set, instant_text},
    store::stored::Table,
};

/// The number of records that one search looks back over.
const LOOK_BACK: i64 = 10_000;

closed_set!(
    /// Whether a request was accepted.
    DecisionOutcome, "an outcome", {
        Accepted => "accepted",
        Refused => "refused",
    }
);

/// Which decisions are searched: those that fit all that is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecisionFilter {
    /// The User who asked.
    pub user: Option<Eui64>,
    /// The Device it was about.
    pub device: Option<Eui64>,
    /// The Service Reference Variant.
    pub variant: Option<ServiceReferenceVariant>,
    /// The response code.
    pub code: Option<ResponseCode>,
    /// The ID of the rule that decided.
    pub rule: Option<String>,
    /// Whether it was accepted.
    pub outcome: Option<DecisionOutcome>,
    /// The first instant.
    pub from: Option<Timestamp>,
    /// The instant behind the last.
    pub until: Option<Timestamp>,
}

/// A decision with its key, by which it is found again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedDecision {
    /// The key.
    pub key: i64,
    /// The decision.
    pub record: DecisionRecord,
}

/// The decisions of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionPage {
    /// The decisions, newest first.
    pub rows: Vec<KeyedDecision>,
    /// The key before which the next page begins; absent where all was looked at.
    pub next: Option<i64>,
    /// Where the page ends because enough records were looked at, and not because it is full: the time of the oldest of them.
    pub looked_back_to: Option<Timestamp>,
}

/// Finds a page of decisions, newest first, from before the key `before`.
///
/// # Errors
/// When the database fails.
pub fn search(
    connection: &mut Connection,
    filter: &DecisionFilter,
    before: Option<i64>,
    limit: u16,
) -> Result<DecisionPage, StoreFault> {
    let Some(newest) = newest_before(connection, before.unwrap_or(i64::MAX))? else {
        return Ok(DecisionPage { rows: Vec::new(), next: None, looked_back_to: None });
    };
    let end = newest.saturating_add(1);
    // The records of one Device are found by its index, however far back they are.
    let start = if filter.device.is_some() { i64::MIN } else { end.saturating_sub(LOOK_BACK) };
    let mut query = decisions::table
        .select((decisions::id, DecisionRow::as_select()))
        .filter(decisions::id.lt(end))
        .filter(decisions::id.ge(start))
        .order(decisions::id.desc())
        .limit(i64::from(limit) + 1)
        .into_boxed::<<Connection as diesel::Connection>::Backend>();
    let DecisionFilter { user, device, variant, code, rule, outcome, from, until } = filter;
    if let Some(user) = user {
        query = query.filter(decisions::user_id.eq(user.to_string()));
    }
    if let Some(device) = device {
        query = query.filter(decisions::device_id.eq(device.to_string()));
    }
    if let Some(variant) = variant {
        query = query.filter(decisions::service_reference_variant.eq(variant.as_str()));
    }
    if let Some(code) = code {
        query = query.filter(decisions::code.eq(code.as_str()));
    }
    if let Some(rule) = rule {
        query = query.filter(decisions::rule.eq(rule));
    }
    let successes = || ResponseCode::all().filter(|code| code.is_success()).map(ResponseCode::as_str);
    match outcome {
        None => {}
        Some(DecisionOutcome::Accepted) => query = query.filter(decisions::code.eq_any(successes())),
        Some(DecisionOutcome::Refused) => query = query.filter(decisions::code.ne_all(successes())),
    }
    if let Some(from) = from {
        query = query.filter(decisions::decided_at.ge(instant_text(*from)));
    }
    if let Some(until) = until {
        query = query.filter(decisions::decided_at.lt(instant_text(*until)));
    }
    let mut rows = query.load::<(i64, DecisionRow)>(connection)?;
    let is_full = rows.len() > usize::from(limit);
    rows.truncate(limit.into());
    let last = rows.last().map(|(key, _)| *key);
    if is_full {
        return Ok(DecisionPage { rows: keyed(rows)?, next: last, looked_back_to: None });
    }
    // The numbers may have gaps: the next search begins at a record that is there.
    let older = newest_before(connection, start)?;
    let oldest = if older.is_some() { Some(oldest_from(connection, start)?) } else { None };
    let next = older.map(|older| older.saturating_add(1));
    Ok(DecisionPage { rows: keyed(rows)?, next, looked_back_to: oldest })
}

/// The newest record before that key.
fn newest_before(connection: &mut Connection, key: i64) -> Result<Option<i64>, StoreFault> {
    Ok(decisions::table.filter(decisions::id.lt(key)).select(max(decisions::id)).get_result(connection)?)
}

/// The time of the oldest record from that key on, where there is one.
fn oldest_from(connection: &mut Connection, key: i64) -> Result<Timestamp, StoreFault> {
    let oldest = decisions::table.filter(decisions::id.ge(key)).order(decisions::id).limit(1);
    let at = oldest.select(decisions::decided_at).get_result::<String>(connection)?;
    Table("decisions").instant("decided_at", &at)
}

fn keyed(rows: Vec<(i64, DecisionRow)>) -> Result<Vec<KeyedDecision>, StoreFault> {
    let keyed = |(key, row)| Ok(KeyedDecision { key, record: DecisionRecord::try_from(row)? });
    rows.into_iter().map(keyed).collect()
}

/// Finds a decision by its key.
///
/// # Errors
/// When the database fails.
pub fn find(connection: &mut Connection, key: i64) -> Result<Option<KeyedDecision>, StoreFault> {
    let row =
        decisions::table.find(key).select(DecisionRow::as_select()).get_result(connection).optional()?;
    row.map(|row| Ok(KeyedDecision { key, record: DecisionRecord::try_from(row)? })).transpose()
}

/// Loads the first decisions of a RequestID with their keys, oldest first.
///
/// # Errors
/// When the database fails.
pub fn keyed_of_request(
    connection: &mut Connection,
    id: &RequestId,
    limit: u16,
) -> Result<Vec<KeyedDecision>, StoreFault> {
    keyed(rows_of_request(connection, id, i64::MIN, limit.into())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::Instance,
        store::{
            NewDecision,
            testing::{TempStore, device_id, now, user_id, value},
        },
    };

    const ID: &str = "90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:";

    /// Decisions 1 to `number`: odd ones of another User, every third refused, one a second.
    fn filled(number: i64) -> TempStore {
        let temp = TempStore::new();
        temp.transact(move |connection| {
            let ids =
                (1..=number).map(|number| value::<RequestId>(&format!("{ID}{number}"))).collect::<Vec<_>>();
            let new = (1..=number).zip(&ids).map(|(number, request_id)| NewDecision {
                request_id,
                user: user_id(if number % 2 == 1 { 2 } else { 1 }),
                device: (number <= 2).then(|| device_id(1)),
                variant: Some(value("8.4")),
                code: if number % 3 == 0 { ResponseCode::E4 } else { ResponseCode::I0 },
                rule: None,
                at: now(&format!(
                    "2026-01-01T{:02}:{:02}:{:02}Z",
                    number / 3_600,
                    number / 60 % 60,
                    number % 60
                )),
                steps: &[],
                changes: &[],
                is_first_answer: false,
            });
            super::super::record_all(connection, &Instance::default(), new)
        })
        .unwrap();
        temp
    }

    fn found(
        temp: &TempStore,
        filter: &DecisionFilter,
        before: Option<i64>,
    ) -> (Vec<i64>, Option<i64>, bool) {
        let page = temp.store.read(|connection| search(connection, filter, before, 3)).unwrap();
        (page.rows.iter().map(|row| row.key).collect(), page.next, page.looked_back_to.is_some())
    }

    #[test]
    fn pages_go_back_in_time_and_keep_to_the_filter() {
        let temp = filled(9);
        let all = DecisionFilter::default();
        assert_eq!(found(&temp, &all, None), (vec![9, 8, 7], Some(7), false));
        assert_eq!(found(&temp, &all, Some(7)), (vec![6, 5, 4], Some(4), false));
        assert_eq!(found(&temp, &all, Some(4)), (vec![3, 2, 1], None, false));
        assert_eq!(found(&temp, &all, Some(-5)), (vec![], None, false));
        let of = |filter: DecisionFilter| found(&temp, &filter, None).0;
        assert_eq!(of(DecisionFilter { user: Some(user_id(1)), ..all.clone() }), [8, 6, 4]);
        assert_eq!(of(DecisionFilter { outcome: Some(DecisionOutcome::Refused), ..all.clone() }), [9, 6, 3]);
        assert_eq!(of(DecisionFilter { outcome: Some(DecisionOutcome::Accepted), ..all.clone() }), [8, 7, 5]);
        assert_eq!(of(DecisionFilter { code: Some(ResponseCode::E4), ..all.clone() }), [9, 6, 3]);
        assert_eq!(of(DecisionFilter { variant: Some(value("8.2")), ..all.clone() }), [0; 0]);
        assert_eq!(of(DecisionFilter { rule: Some("SR/6".to_owned()), ..all.clone() }), [0; 0]);
        assert_eq!(of(DecisionFilter { device: Some(device_id(1)), ..all.clone() }), [2, 1]);
        let (from, until) = (now("2026-01-01T00:00:03Z").0, now("2026-01-01T00:00:05Z").0);
        assert_eq!(of(DecisionFilter { from: Some(from), until: Some(until), ..all }), [4, 3]);
    }

    #[test]
    fn a_search_without_a_device_looks_back_over_so_many_records() {
        let temp = filled(10_050);
        let first =
            DecisionFilter { until: Some(now("2026-01-01T00:00:03Z").0), ..DecisionFilter::default() };
        assert_eq!(found(&temp, &first, None), (vec![], Some(51), true));
        assert_eq!(found(&temp, &first, Some(51)), (vec![2, 1], None, false));
        let of_device = DecisionFilter { device: Some(device_id(1)), ..DecisionFilter::default() };
        assert_eq!(found(&temp, &of_device, None), (vec![2, 1], None, false));
        let page = temp.store.read(|connection| search(connection, &first, None, 3)).unwrap();
        assert_eq!(page.looked_back_to, Some(now("2026-01-01T00:00:51Z").0));
    }

    /// Records may be purged, and numbers of batches that were rolled back are given to none.
    #[test]
    fn a_search_goes_on_behind_a_gap_and_ends_where_nothing_is_older() {
        let temp = filled(10_010);
        let none = DecisionFilter { rule: Some("none".to_owned()), ..DecisionFilter::default() };
        assert_eq!(found(&temp, &none, None), (vec![], Some(11), true));
        let purge = |from: i64, to: i64| {
            temp.transact(move |connection| {
                let range = decisions::table.filter(decisions::id.between(from, to));
                Ok(diesel::delete(range).execute(connection)?)
            })
        };
        assert_eq!(purge(5, 10).unwrap(), 6);
        assert_eq!(found(&temp, &none, None), (vec![], Some(5), true));
        assert_eq!(found(&temp, &none, Some(8)), (vec![], None, false));
        assert_eq!(purge(1, 4).unwrap(), 4);
        assert_eq!(found(&temp, &none, None), (vec![], None, false));
        assert_eq!(found(&temp, &none, Some(11)), (vec![], None, false));
    }

    #[test]
    fn a_decision_is_found_by_its_key() {
        let temp = filled(2);
        let key = |key| temp.store.read(|connection| find(connection, key)).unwrap();
        assert_eq!(key(2).unwrap().record.request_id.to_string(), format!("{ID}2"));
        assert_eq!(key(3), None);
        let of_request = |id: &str| {
            let id = value(id);
            temp.store.read(|connection| keyed_of_request(connection, &id, 9)).unwrap()
        };
        assert_eq!(of_request(&format!("{ID}1")), [key(1).unwrap()]);
    }
}

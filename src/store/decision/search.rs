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
    /// Whether the page ends because enough records were looked at, and not because it is full.
    pub stopped_looking: bool,
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
    let newest = decisions::table.select(max(decisions::id)).get_result::<Option<i64>>(connection)?;
    let end = before.unwrap_or(i64::MAX).min(newest.unwrap_or(0).saturating_add(1));
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
    let rows = query.load::<(i64, DecisionRow)>(connection)?;
    page_of(rows, limit, Some(start).filter(|start| *start > 1))
}

/// The page, where `start` is the key that the search did not look behind, if it left any out.
fn page_of(
    mut rows: Vec<(i64, DecisionRow)>,
    limit: u16,
    start: Option<i64>,
) -> Result<DecisionPage, StoreFault> {
    let is_full = rows.len() > usize::from(limit);
    rows.truncate(limit.into());
    let last = rows.last().map(|(key, _)| *key);
    Ok(DecisionPage {
        rows: keyed(rows)?,
        next: if is_full { last } else { start },
        stopped_looking: !is_full && start.is_some(),
    })
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
        (page.rows.iter().map(|row| row.key).collect(), page.next, page.stopped_looking)
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

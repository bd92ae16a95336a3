//! The records of decisions: inserted with every rule's result, found by request or Device.
//!
//! A request names the decision that its answer tells of, by its place in the chain. So that one is found by the key of `requests`,
//! and is in no index of RequestIDs: each request would write another page of it. The other decisions of a RequestID are in the
//! index: refusals of a reused one, later outcomes, those of a batch of hubs, and all of an older version.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::row::{DecisionRow, decisions};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Eui64, FieldChange, Instance, Now, RequestId, ResponseCode, Rule, ServiceReferenceVariant, Step,
        Timestamp, instant_text,
    },
    store::{
        PageRequest, Paged, audit, field_changes,
        request::{DecisionPlace, requests},
        stored::{Table, text},
    },
};

const TABLE: Table = Table("decisions");

diesel::allow_tables_to_appear_in_same_query!(decisions, requests);

/// A decision to insert.
#[derive(Clone, Copy, Debug)]
pub struct NewDecision<'a> {
    /// The request it answers.
    pub request_id: &'a RequestId,
    /// Who asked.
    pub user: Eui64,
    /// The Device it is about, if it is about one.
    pub device: Option<Eui64>,
    /// What was asked, where it could be read.
    pub variant: Option<ServiceReferenceVariant>,
    /// The outcome.
    pub code: ResponseCode,
    /// The rule that decided it.
    pub rule: Option<&'static Rule>,
    /// When.
    pub at: Now,
    /// Every rule looked at.
    pub steps: &'a [Step],
    /// The changes that it carries: those of the Device it is about, which no row of the history has.
    pub changes: &'a [FieldChange],
    /// Whether its answer is stored as the first one under the RequestID, in the same transaction.
    pub is_first_answer: bool,
}

/// A decision read back. Rules are ids, not [`Rule`]s: an old record may name a rule that no longer exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRecord {
    /// The request it answered.
    pub request_id: RequestId,
    /// Who asked.
    pub user: Eui64,
    /// The Device it was about, if it was about one.
    pub device: Option<Eui64>,
    /// What was asked, where it could be read.
    pub variant: Option<ServiceReferenceVariant>,
    /// The outcome.
    pub code: ResponseCode,
    /// The id of the rule that decided it.
    pub rule: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Every rule looked at.
    pub steps: Vec<RecordedStep>,
}

/// The result of one rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedStep {
    /// The rule's id.
    pub rule: String,
    /// Whether it held.
    pub holds: bool,
    /// The facts it saw.
    pub saw: String,
}

/// A [`RecordedStep`] to serialize. It borrows, as most steps are written and never read.
#[derive(Serialize)]
struct WrittenStep<'a> {
    rule: &'a str,
    holds: bool,
    saw: &'a str,
}

impl<'a> From<&'a Step> for WrittenStep<'a> {
    fn from(step: &'a Step) -> Self {
        let Step { rule, holds, saw } = step;
        Self { rule: rule.id, holds: *holds, saw }
    }
}

impl TryFrom<&NewDecision<'_>> for DecisionRow {
    type Error = StoreFault;

    fn try_from(new: &NewDecision<'_>) -> Result<Self, StoreFault> {
        let NewDecision {
            request_id,
            user,
            device,
            variant,
            code,
            rule,
            at,
            steps,
            changes,
            is_first_answer: _,
        } = new;
        let steps = steps.iter().map(WrittenStep::from).collect::<Vec<_>>();
        Ok(Self {
            request_id: request_id.to_string(),
            user_id: user.to_string(),
            device_id: text(device.as_ref()),
            service_reference_variant: text(variant.as_ref()),
            code: code.to_string(),
            rule: rule.map(|rule| rule.id.to_owned()),
            decided_at: instant_text(at.0),
            steps: serde_json::to_string(&steps).map_err(|error| TABLE.corrupt("steps", &error))?,
            changes: field_changes::to_json(changes),
            changes_after: None,
        })
    }
}

impl TryFrom<DecisionRow> for DecisionRecord {
    type Error = StoreFault;

    fn try_from(row: DecisionRow) -> Result<Self, StoreFault> {
        let DecisionRow {
            request_id,
            user_id,
            device_id,
            service_reference_variant,
            code,
            rule,
            decided_at,
            steps,
            changes: _,
            changes_after: _,
        } = row;
        Ok(Self {
            request_id: TABLE.value("request_id", &request_id)?,
            user: TABLE.value("user_id", &user_id)?,
            device: TABLE.optional("device_id", device_id.as_deref())?,
            variant: TABLE.optional("service_reference_variant", service_reference_variant.as_deref())?,
            code: TABLE.value("code", &code)?,
            rule,
            at: TABLE.instant("decided_at", &decided_at)?,
            steps: serde_json::from_str(&steps)
                .map_err(|_| TABLE.corrupt("steps", &"it is no list of checks"))?,
        })
    }
}

/// Inserts a decision at the end of the instance's chain.
///
/// # Errors
/// When the database fails.
pub fn record(
    connection: &mut Connection,
    instance: &Instance,
    new: NewDecision<'_>,
) -> Result<(), StoreFault> {
    record_all(connection, instance, std::iter::once(new))
}

/// Inserts decisions at the end of the instance's chain, in the given order. None may be that of a first answer: a session names
/// those.
///
/// # Errors
/// When the database fails.
pub fn record_all<'a>(
    connection: &mut Connection,
    instance: &Instance,
    new: impl Iterator<Item = NewDecision<'a>>,
) -> Result<(), StoreFault> {
    record_naming(connection, instance, new).map(drop)
}

/// Inserts decisions as [`record_all`] does. Returns the places of those that their requests are to name.
pub(in crate::store) fn record_naming<'a>(
    connection: &mut Connection,
    instance: &Instance,
    new: impl Iterator<Item = NewDecision<'a>>,
) -> Result<Vec<(RequestId, DecisionPlace)>, StoreFault> {
    let (mut rows, mut named) = (Vec::new(), Vec::new());
    for (offset, new) in (0..).zip(new) {
        rows.push((DecisionRow::try_from(&new)?, new.is_first_answer));
        if new.is_first_answer {
            named.push((*new.request_id, offset));
        }
    }
    let first = audit::append(connection, instance, rows.into_iter())?;
    let place = |offset: i64| DecisionPlace { chain: instance.as_str().to_owned(), sequence: first + offset };
    Ok(named.into_iter().map(|(id, offset)| (id, place(offset))).collect())
}

/// Loads every decision of a RequestID, oldest first: the original, then those of its repetitions.
///
/// # Errors
/// When the database fails.
pub fn of_request(connection: &mut Connection, id: &RequestId) -> Result<Vec<DecisionRecord>, StoreFault> {
    let rows = rows_of_request(connection, id, i64::MIN, i64::MAX)?;
    rows.into_iter().map(|(_, row)| DecisionRecord::try_from(row)).collect()
}

/// Loads at most `limit` rows behind the row `after`. The decision that the request names may stand anywhere among the others: a
/// message may have been refused before it.
pub(super) fn rows_of_request(
    connection: &mut Connection,
    id: &RequestId,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, DecisionRow)>, StoreFault> {
    let (id, columns) = (id.to_string(), (decisions::id, DecisionRow::as_select()));
    let is_place = decisions::chain.eq(requests::chain).and(decisions::sequence.eq(requests::sequence));
    let named = requests::table
        .inner_join(decisions::table.on(is_place))
        .filter(requests::request_id.eq(&id))
        // A restored database may give the numbers of purged records anew.
        .filter(decisions::request_id.eq(&id))
        .filter(decisions::id.gt(after))
        .select(columns)
        .load::<(i64, DecisionRow)>(connection)?;
    let others = decisions::table
        .filter(decisions::request_id.eq(&id))
        .filter(decisions::is_named.is_null())
        .filter(decisions::id.gt(after))
        .order(decisions::id)
        .limit(limit)
        .select(columns)
        .load::<(i64, DecisionRow)>(connection)?;
    let mut rows = named.into_iter().chain(others).collect::<Vec<_>>();
    rows.sort_unstable_by_key(|(id, _)| *id);
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(rows)
}

/// Loads every decision about a Device, oldest first.
///
/// # Errors
/// When the database fails.
pub fn of_device(connection: &mut Connection, device: Eui64) -> Result<Vec<DecisionRecord>, StoreFault> {
    let query = decisions::table.filter(decisions::device_id.eq(device.to_string()));
    let rows = query.order(decisions::id).select(DecisionRow::as_select()).load(connection)?;
    rows.into_iter().map(DecisionRecord::try_from).collect()
}

/// Loads a page of the decisions of a RequestID, oldest first.
///
/// # Errors
/// When the database fails.
pub fn page_of_request(
    connection: &mut Connection,
    id: &RequestId,
    page: PageRequest,
) -> Result<Paged<DecisionRecord>, StoreFault> {
    paged(rows_of_request(connection, id, page.after(), page.one_more())?, page)
}

/// Loads a page of the decisions about a Device, oldest first.
///
/// # Errors
/// When the database fails.
pub fn page_of_device(
    connection: &mut Connection,
    device: Eui64,
    page: PageRequest,
) -> Result<Paged<DecisionRecord>, StoreFault> {
    let query = decisions::table.filter(decisions::device_id.eq(device.to_string()));
    let query = query.filter(decisions::id.gt(page.after())).order(decisions::id).limit(page.one_more());
    paged(query.select((decisions::id, DecisionRow::as_select())).load(connection)?, page)
}

fn paged(rows: Vec<(i64, DecisionRow)>, page: PageRequest) -> Result<Paged<DecisionRecord>, StoreFault> {
    let records = rows.into_iter().map(|(id, row)| Ok((id, DecisionRecord::try_from(row)?)));
    Ok(Paged::new(records.collect::<Result<_, StoreFault>>()?, page))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        rules::rulebook,
        store::{
            NewAnswer, Session,
            testing::{TempStore, device_id, now, query_plan_without_scans, user_id, value},
        },
    };

    /// SMI.md 8.
    #[test]
    fn a_decision_is_found_by_request_and_by_device() {
        let temp = TempStore::new();
        let request_id: RequestId = value("90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:1");
        let rule = rulebook::all_rules().last().unwrap();
        for (device, code) in [(Some(device_id(1)), ResponseCode::E4), (None, ResponseCode::E65)] {
            temp.transact(move |connection| {
                let steps = [Step { rule, holds: device.is_none(), saw: "a \"quoted\" fact\n".to_owned() }];
                let (variant, at) = (device.map(|_| value("8.4")), now("2026-01-01T00:00:00.001Z"));
                let (user, rule) = (user_id(1), Some(rule));
                let new = NewDecision {
                    request_id: &request_id,
                    user,
                    device,
                    variant,
                    code,
                    rule,
                    at,
                    steps: &steps,
                    changes: &[],
                    is_first_answer: false,
                };
                record(connection, &Instance::default(), new)
            })
            .unwrap();
        }
        let by_request = temp.store.read(|connection| of_request(connection, &request_id)).unwrap();
        let by_device = temp.store.read(|connection| of_device(connection, device_id(1))).unwrap();
        assert_eq!(
            by_request.iter().map(|record| record.code).collect::<Vec<_>>(),
            [ResponseCode::E4, ResponseCode::E65]
        );
        assert_eq!(by_device, by_request[..1]);
        let first = DecisionRecord {
            request_id,
            user: user_id(1),
            device: Some(device_id(1)),
            variant: Some(value("8.4")),
            code: ResponseCode::E4,
            rule: Some(rule.id.to_owned()),
            at: now("2026-01-01T00:00:00.001Z").0,
            steps: vec![RecordedStep {
                rule: rule.id.to_owned(),
                holds: false,
                saw: "a \"quoted\" fact\n".to_owned(),
            }],
        };
        assert_eq!(by_device, [first]);
    }

    /// Records a refusal, the first answer, and a refusal of its RequestID, which is used again.
    fn three_of_one_request(temp: &TempStore, request_id: RequestId) {
        temp.transact(move |connection| {
            let mut session = Session::new(connection);
            let codes = [ResponseCode::E1, ResponseCode::I0, ResponseCode::E65];
            let new = codes.map(|code| NewDecision {
                request_id: &request_id,
                user: user_id(1),
                device: None,
                variant: None,
                code,
                rule: None,
                at: now("2026-01-01"),
                steps: &[],
                changes: &[],
                is_first_answer: code == ResponseCode::I0,
            });
            session.record(&Instance::default(), new.into_iter())?;
            let (digest, at) = (&[7; 32], now("2026-01-01"));
            session.insert_first_answers(&[NewAnswer { id: &request_id, digest, answer: b"<a/>", at }])
        })
        .unwrap();
    }

    #[test]
    fn the_decision_that_a_request_names_stands_among_the_others() {
        let temp = TempStore::new();
        let ids = ["1", "2"]
            .map(|counter| value(&format!("90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:{counter}")));
        ids.iter().for_each(|id| three_of_one_request(&temp, *id));
        for id in &ids {
            let found = temp.store.read(|connection| of_request(connection, id)).unwrap();
            assert!(found.iter().all(|record| record.request_id == *id));
            let codes = found.iter().map(|record| record.code).collect::<Vec<_>>();
            assert_eq!(codes, [ResponseCode::E1, ResponseCode::I0, ResponseCode::E65]);
            let (mut paged, mut after) = (Vec::new(), None);
            loop {
                let page = PageRequest { after, limit: 1 };
                let page = temp.store.read(|connection| page_of_request(connection, id, page)).unwrap();
                paged.extend(page.rows);
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(paged, found);
        }
        temp.transact(|connection| {
            let others = "SELECT id FROM decisions WHERE request_id = '' AND is_named IS NULL ORDER BY id";
            let plan = query_plan_without_scans(connection, others).join("\n");
            assert!(plan.contains("decisions_by_request"), "{plan}");
            let named =
                "SELECT decisions.id FROM requests INNER JOIN decisions ON decisions.chain = requests.chain
                AND decisions.sequence = requests.sequence WHERE requests.request_id = ''";
            let plan = query_plan_without_scans(connection, named).join("\n");
            assert!(plan.contains("decisions_by_chain"), "{plan}");
            Ok(())
        })
        .unwrap();
    }

    #[test]
    fn a_record_that_was_damaged_is_a_fault_that_names_its_column() {
        let temp = TempStore::new();
        let damaged = "INSERT INTO decisions (request_id, user_id, code, decided_at, steps) VALUES (
            '90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:1', '90-B3-D5-1F-30-01-00-00', 'E999',
            '2026-01-01T00:00:00.000Z', '[]')";
        temp.transact(move |connection| Ok(diesel::sql_query(damaged).execute(connection).map(|_| ())?))
            .unwrap();
        let id = value("90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:1");
        let fault = temp.store.read(|connection| of_request(connection, &id)).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "table `decisions`, column `code`: a value is not a response code of the DUIS schema"
        );
    }
}

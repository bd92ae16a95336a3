//! The records of decisions: inserted with every rule's result, found by request or Device.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::row::{DecisionRow, decisions};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Eui64, Instance, Now, RequestId, ResponseCode, Rule, ServiceReferenceVariant, Step, Timestamp,
        instant_text,
    },
    store::{
        PageRequest, Paged, audit,
        stored::{Table, text},
    },
};

const TABLE: Table = Table("decisions");

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
        let NewDecision { request_id, user, device, variant, code, rule, at, steps } = new;
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

/// Inserts decisions at the end of the instance's chain, in the given order.
///
/// # Errors
/// When the database fails.
pub fn record_all<'a>(
    connection: &mut Connection,
    instance: &Instance,
    new: impl Iterator<Item = NewDecision<'a>>,
) -> Result<(), StoreFault> {
    let rows = new.map(|new| DecisionRow::try_from(&new)).collect::<Result<Vec<_>, _>>()?;
    audit::append(connection, instance, rows.into_iter())
}

/// Loads every decision of a RequestID, oldest first: the original, then those of its repetitions.
///
/// # Errors
/// When the database fails.
pub fn of_request(connection: &mut Connection, id: &RequestId) -> Result<Vec<DecisionRecord>, StoreFault> {
    let query = decisions::table.filter(decisions::request_id.eq(id.to_string()));
    let rows = query.order(decisions::id).select(DecisionRow::as_select()).load(connection)?;
    rows.into_iter().map(DecisionRecord::try_from).collect()
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
    let query = decisions::table.filter(decisions::request_id.eq(id.to_string()));
    let query = query.filter(decisions::id.gt(page.after())).order(decisions::id).limit(page.one_more());
    paged(query.select((decisions::id, DecisionRow::as_select())).load(connection)?, page)
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
        store::testing::{TempStore, device_id, now, user_id, value},
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

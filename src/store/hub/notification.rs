//! Hub notifications (CSPM-N3): the bulk insert and update of hubs, and a record of each notification (MP155-R26).

use std::collections::BTreeSet;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::effect;
use crate::{
    db::{Connection, StoreFault, insert_rows},
    domain::{
        CSPM_N3, Csp, CspRegion, Eui64, FieldChange, HubDecision, HubNotification, HubOutcome, Now,
        RecordedChange, RequestId, Timestamp, hub_parameter, instant_text,
    },
    store::{
        Cause, PageRequest, Paged,
        device::{BATCH, history},
        stored::{Table, text},
        table::stored_table,
    },
};

stored_table! {
    hub_notifications (id) {
        id -> BigInt,
        chf_device_id -> Text,
        gpf_device_id -> Text,
        csp -> Text,
        csp_region -> Text,
        request_id -> Text,
        notified_at -> Text,
        outcome -> Text,
        changes -> Text,
    }
}

const TABLE: Table = Table("hub_notifications");
/// The column `changes` of a notification whose changes are in the history of the Devices: of all but those of an older version.
const NO_CHANGES: &str = "[]";

/// The record of a CSP's notification of a hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubNotice {
    /// The CHF.
    pub chf: Eui64,
    /// The GPF.
    pub gpf: Eui64,
    /// The CSP.
    pub csp: Eui64,
    /// The CSP Region it named.
    pub csp_region: CspRegion,
    /// The batch: the CSP, the DCC, the number of the batch.
    pub request_id: RequestId,
    /// When it was received.
    pub at: Timestamp,
    /// The decision about it.
    pub outcome: HubOutcome,
    /// The values that it changed.
    pub updates: Vec<NotedUpdate>,
}

/// A value that a notification changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotedUpdate {
    /// The CHF's or the GPF's ID.
    pub device_id: String,
    /// The parameter, as the message names it.
    pub parameter: String,
    /// The value before.
    pub from: Option<String>,
    /// The value after.
    pub to: Option<String>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = hub_notifications)]
struct NoticeRow {
    chf_device_id: String,
    gpf_device_id: String,
    csp: String,
    csp_region: String,
    request_id: String,
    notified_at: String,
    outcome: String,
    changes: String,
}

impl TryFrom<NoticeRow> for HubNotice {
    type Error = StoreFault;

    fn try_from(row: NoticeRow) -> Result<Self, StoreFault> {
        Ok(Self {
            chf: TABLE.value("chf_device_id", &row.chf_device_id)?,
            gpf: TABLE.value("gpf_device_id", &row.gpf_device_id)?,
            csp: TABLE.value("csp", &row.csp)?,
            csp_region: TABLE.value("csp_region", &row.csp_region)?,
            request_id: TABLE.value("request_id", &row.request_id)?,
            at: TABLE.instant("notified_at", &row.notified_at)?,
            outcome: TABLE.value("outcome", &row.outcome)?,
            updates: serde_json::from_str(&row.changes)
                .map_err(|_| TABLE.corrupt("changes", &"it is no list of changes"))?,
        })
    }
}

/// Applies the decisions about the hubs of a batch by a few statements, and records each accepted notification.
///
/// # Errors
/// When a hub is no longer as it was when that was decided, or the database fails. The caller's transaction is to
/// be rolled back then.
pub fn apply(
    connection: &mut Connection,
    hubs: &[HubNotification],
    decisions: &[HubDecision],
    (csp, batch): (&Csp, RequestId),
    now: Now,
) -> Result<(), StoreFault> {
    let by = Cause { user: Some(csp.id), request_id: Some(batch), interface: CSPM_N3, reason: None };
    effect::apply(connection, decisions, &by, now)?;
    insert_notifications(connection, hubs, decisions, &by, now)
}

/// Records the accepted notifications, a batch by one statement.
fn insert_notifications(
    connection: &mut Connection,
    hubs: &[HubNotification],
    decisions: &[HubDecision],
    by: &Cause,
    now: Now,
) -> Result<(), StoreFault> {
    let accepted = hubs.iter().zip(decisions).filter(|(_, decision)| decision.outcome != HubOutcome::Refused);
    let (csp, batch) = (text(by.user.as_ref()), text(by.request_id.as_ref()));
    let at = instant_text(now.0);
    let mut rows = accepted.map(|(hub, decision)| {
        NoticeRow {
            chf_device_id: hub.chf.to_string(),
            gpf_device_id: hub.gpf.to_string(),
            csp: csp.clone().unwrap_or_default(),
            csp_region: hub.csp_region.to_string(),
            request_id: batch.clone().unwrap_or_default(),
            notified_at: at.clone(),
            outcome: decision.outcome.to_string(),
            // The history of the Devices has them.
            changes: NO_CHANGES.to_owned(),
        }
    });
    loop {
        let batch = rows.by_ref().take(BATCH).collect::<Vec<_>>();
        if batch.is_empty() {
            return Ok(());
        }
        insert_rows!(connection, hub_notifications::table, batch)?;
    }
}

/// Loads a page of the notifications of the hub that has this Device as CHF or GPF, oldest first.
///
/// # Errors
/// When the database fails.
pub fn page_of_device(
    connection: &mut Connection,
    device: Eui64,
    page: PageRequest,
) -> Result<Paged<HubNotice>, StoreFault> {
    let id = device.to_string();
    let is_its = hub_notifications::chf_device_id.eq(&id).or(hub_notifications::gpf_device_id.eq(&id));
    let rows = hub_notifications::table.filter(is_its).filter(hub_notifications::id.gt(page.after()));
    let rows = rows.order(hub_notifications::id).limit(page.one_more());
    let rows = rows.select((hub_notifications::id, NoticeRow::as_select()));
    let rows = rows.load::<(i64, NoticeRow)>(connection)?;
    let notices = rows.into_iter().map(|(id, row)| Ok((id, HubNotice::try_from(row)?)));
    let mut notices = notices.collect::<Result<Vec<_>, StoreFault>>()?;
    add_updates(connection, &mut notices)?;
    Ok(Paged::new(notices, page))
}

/// Adds what each notification changed, as the history of its Devices has it.
fn add_updates(connection: &mut Connection, notices: &mut [(i64, HubNotice)]) -> Result<(), StoreFault> {
    let updated = notices.iter().filter(|(_, notice)| notice.outcome == HubOutcome::Updated);
    let (devices, requests): (BTreeSet<_>, BTreeSet<_>) = updated
        .flat_map(|(_, notice)| {
            [notice.chf, notice.gpf].map(|id| (id.to_string(), notice.request_id.to_string()))
        })
        .unzip();
    if devices.is_empty() {
        return Ok(());
    }
    let (devices, requests) = (Vec::from_iter(devices), Vec::from_iter(requests));
    let found = history::changes_by_requests(connection, &devices, &requests)?;
    for (_, notice) in notices {
        let own = [notice.chf, notice.gpf].map(|id| id.to_string());
        let is_its = |(id, change): &&(String, RecordedChange)| {
            own.contains(id) && change.request_id == Some(notice.request_id)
        };
        let updates = found.iter().filter(is_its).flat_map(|(id, change)| {
            change.fields.iter().filter_map(|field| NotedUpdate::of(id.clone(), field))
        });
        notice.updates.extend(updates);
    }
    Ok(())
}

impl NotedUpdate {
    /// A change of the history as the message names it; none for a field that a notification does not set.
    fn of(device_id: String, change: &FieldChange) -> Option<Self> {
        let parameter = hub_parameter(change.field)?.to_owned();
        Some(Self { device_id, parameter, from: change.before.clone(), to: change.after.clone() })
    }
}

//! DCC Alerts (SMI.md 9): made of the changes of a decision before they are applied, enqueued after it, in the same transaction.

use std::collections::BTreeSet;

use super::{App, Fault};
use crate::{
    db::Connection,
    domain::{
        AlertBody, AlertKind, Awaited, Change, DccAlert, Device, DeviceChange, EsmeVariant, Eui64,
        FirmwareVersion, Now, RequestId, SchemaVersion,
    },
    duis::xml,
    rules::alert::{self, Addressee},
    store::{self, Counter, MessageKind, NewMessage, Session},
};

/// As many Devices of the hub as the schema lets the alert of a decommissioned meter name.
const BESIDE: usize = 7;

/// An alert that is to be sent to some Users.
#[derive(Clone, Debug)]
pub(super) struct PlannedAlert {
    kind: AlertKind,
    users: BTreeSet<Eui64>,
    /// The Device whose queue it joins.
    device: Eui64,
    body: AlertBody,
    /// The version that its receiver speaks, where that is known.
    version: Option<SchemaVersion>,
}

impl PlannedAlert {
    /// The outcome of an SR 8.11, for its sender, in the version of its request.
    pub(super) fn of_han_log(awaited: &Awaited, is_confirmed: bool) -> Self {
        Self {
            kind: if is_confirmed { AlertKind::HanLogConfirmed } else { AlertKind::HanLogUnconfirmed },
            users: BTreeSet::from([awaited.request_id.originator]),
            device: awaited.device,
            body: AlertBody::HanLogResult(awaited.request_id),
            version: Some(awaited.schema_version.clone()),
        }
    }

    /// A meter that a Supplier gained (MP125-R12).
    pub(super) fn of_gained_meter(device: &Device, gaining: Eui64) -> Self {
        let body = AlertBody::MeterIdentity(device.id, device.mpxns.clone(), device.details.esme_variant);
        Self {
            kind: AlertKind::GainedMeter,
            users: BTreeSet::from([gaining]),
            device: device.id,
            body,
            version: None,
        }
    }
}

impl App {
    /// Whether that alert is to be sent; where it has no code it cannot.
    fn is_sent(&self, kind: AlertKind) -> bool {
        if kind == AlertKind::GainedMeter {
            self.choices().rules.confirm_variant
        } else {
            self.choices().alerts.is_on(kind)
        }
    }

    /// The alerts that these changes cause. To be called before they are applied: a Device that leaves is still there.
    pub(super) fn plan_alerts(
        &self,
        session: &mut Session<'_>,
        changes: &[Change],
        now: Now,
    ) -> Result<Vec<PlannedAlert>, Fault> {
        let mut planned = Vec::new();
        // Nothing is read for alerts that are off.
        if !self.choices().alerts.tell_changes() {
            return Ok(planned);
        }
        for change in changes {
            let Change::Device(change) = change else { continue };
            let Some(id) = changed_device(change) else { continue };
            let Some(device) = store::device_now(session, id)? else { continue };
            if let Some(kind) = alert::of_change(change, &device) {
                let details =
                    if let DeviceChange::SetDetails(_, new) = change { &new.to } else { &device.details };
                let variant = details.esme_variant;
                planned.extend(self.plan_alert(session, kind, &device, variant, now)?);
            }
        }
        Ok(planned)
    }

    /// The alert of that kind about a Device, if it is on, and can be said.
    pub(super) fn plan_alert(
        &self,
        session: &mut Session<'_>,
        kind: AlertKind,
        device: &Device,
        variant: Option<EsmeVariant>,
        now: Now,
    ) -> Result<Option<PlannedAlert>, Fault> {
        if !self.is_sent(kind) {
            return Ok(None);
        }
        let (id, mpxns) = (device.id, device.mpxns.clone());
        let body = match kind {
            AlertKind::MeterDecommissioned => {
                AlertBody::MeterDecommissioned(id, mpxns, store::devices_beside(session, device, BESIDE)?)
            }
            AlertKind::MeterIdentity => AlertBody::MeterIdentity(id, mpxns, variant),
            AlertKind::DeviceSuspended => AlertBody::DeviceSuspended(id),
            AlertKind::DeviceRestored => AlertBody::DeviceRestored(id),
            AlertKind::DeviceRemoved => AlertBody::DeviceRemoved(id),
            AlertKind::ChfDecommissioned => AlertBody::ChfDecommissioned(id),
            AlertKind::HanLogConfirmed
            | AlertKind::HanLogUnconfirmed
            | AlertKind::FirmwareMismatch
            | AlertKind::GainedMeter
            | AlertKind::VersionMismatch => return Ok(None),
        };
        let users = addressees(session, kind, device, now)?;
        Ok(Some(PlannedAlert { kind, users, device: id, body, version: None }))
    }

    /// Puts the alert into the outbox that a Device reported another firmware version than the inventory has; nothing where they agree.
    /// To be called in the transaction of the report, before the inventory takes the version.
    ///
    /// # Errors
    /// When the store or the signer fails.
    pub(super) fn enqueue_firmware_alert(
        &self,
        connection: &mut Connection,
        device: &Device,
        reported: &FirmwareVersion,
        now: Now,
    ) -> Result<(), Fault> {
        let kind = AlertKind::FirmwareMismatch;
        let inventory = device.details.firmware_version.as_ref().filter(|inventory| *inventory != reported);
        let Some(inventory) = inventory.filter(|_| self.is_sent(kind)) else { return Ok(()) };
        let (id, device_type) = (device.id, device.device_type);
        let body = AlertBody::FirmwareMismatch(id, device_type, inventory.clone(), reported.clone());
        let users = addressees(&mut Session::new(connection), kind, device, now)?;
        self.enqueue_alerts(connection, &[PlannedAlert { kind, users, device: id, body, version: None }], now)
    }

    /// Puts alerts into the outbox: those that are on, have a code and fit the schema. Each gets a number that no alert had before.
    pub(super) fn enqueue_alerts(
        &self,
        connection: &mut Connection,
        planned: &[PlannedAlert],
        now: Now,
    ) -> Result<(), Fault> {
        for alert in planned {
            for user in &alert.users {
                self.enqueue_alert(connection, alert, *user, now)?;
            }
        }
        Ok(())
    }

    fn enqueue_alert(
        &self,
        connection: &mut Connection,
        alert: &PlannedAlert,
        user: Eui64,
        now: Now,
    ) -> Result<(), Fault> {
        let PlannedAlert { kind, device, body, version, .. } = alert;
        let (kind, device) = (*kind, *device);
        if !self.is_sent(kind) {
            return Ok(());
        }
        let Some((code, _)) = self.choices().alerts.code(kind) else {
            tracing::warn!(%kind, %device, %user, "DCC Alert not sent: it has no code");
            return Ok(());
        };
        if !body.fits_schema() {
            tracing::warn!(%kind, %device, %user, "DCC Alert not sent: the meter has no Import MPxN");
            return Ok(());
        }
        let claimed = version.clone().unwrap_or_else(SchemaVersion::newest);
        let own = store::find_user(connection, user)?.and_then(|user| user.answer_version);
        let version = own.unwrap_or(self.choices().answer_version).of(&claimed);
        if !code.is_known_to(&version) && !self.is_sent(AlertKind::VersionMismatch) {
            tracing::warn!(%kind, %code, %version, %device, %user, "DCC Alert not sent: the version does not have it");
            return Ok(());
        }
        // By the clock, as before there was a counter; above all that were given, whatever the clock does.
        let least = now.0.as_millisecond().saturating_mul(1_000);
        let number = store::next_number(connection, Counter::Alert, least)?;
        let counter = u64::try_from(number).unwrap_or_default();
        let id = RequestId { originator: self.choices().dcc, target: user, counter };
        let alert = DccAlert { id, version, at: now.0, code, body: body.clone() }.as_known();
        let message = self.signed(&xml::encode_alert(&alert), now)?;
        let kind = MessageKind::Alert;
        let new = NewMessage { user, device: Some(device), request_id: None, kind, message: &message };
        Ok(store::enqueue_message(connection, new, now)?)
    }
}

/// The Device that a change may be told of.
const fn changed_device(change: &DeviceChange) -> Option<Eui64> {
    match change {
        DeviceChange::SetStatus(change) => Some(change.device),
        DeviceChange::SetDetails(id, _) | DeviceChange::Remove(id) => Some(*id),
        DeviceChange::Add(_) | DeviceChange::SetMpxn(..) | DeviceChange::SetChf(..) => None,
    }
}

fn addressees(
    session: &mut Session<'_>,
    kind: AlertKind,
    device: &Device,
    now: Now,
) -> Result<BTreeSet<Eui64>, Fault> {
    Ok(match alert::addressee(kind, device) {
        Addressee::Registered(role) => store::users_registered(session, device, role, now)?,
        Addressee::ResponsibleSuppliers => store::responsible_suppliers(session, device.id, now)?,
        Addressee::User(user) => BTreeSet::from([user]),
        Addressee::Nobody => BTreeSet::new(),
    })
}

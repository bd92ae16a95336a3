//! DCC Alerts: which change is told of, and under which code (SMI.md 9).

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    AlertCode, AlertKind, CodeSource, Device, DeviceChange, DeviceType, Eui64, Role, SmiStatus, StatusMove,
};

/// The operator's choices: which alerts are sent, and their codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertSettings {
    on: BTreeSet<AlertKind>,
    codes: BTreeMap<AlertKind, (AlertCode, CodeSource)>,
}

impl Default for AlertSettings {
    /// The outcome of SR 8.11 alone, and the codes that have a source.
    fn default() -> Self {
        Self::new(&[AlertKind::HanLogConfirmed, AlertKind::HanLogUnconfirmed], &[])
    }
}

impl AlertSettings {
    /// These alerts, with these codes of the operator's before those that have a source.
    pub fn new(on: &[AlertKind], codes: &[(AlertKind, AlertCode, CodeSource)]) -> Self {
        let known = [
            (AlertKind::HanLogConfirmed, AlertCode::N24, CodeSource::Public),
            (AlertKind::MeterDecommissioned, AlertCode::N1, CodeSource::Public),
            (AlertKind::MeterIdentity, AlertCode::N16, CodeSource::Assumed),
            (AlertKind::GainedMeter, AlertCode::N16, CodeSource::Assumed),
            (AlertKind::VersionMismatch, AlertCode::N999, CodeSource::Schema),
        ];
        let codes =
            known.into_iter().chain(codes.iter().copied()).map(|(kind, code, source)| (kind, (code, source)));
        Self { on: on.iter().copied().collect(), codes: codes.collect() }
    }

    /// Whether it is to be sent.
    pub fn is_on(&self, kind: AlertKind) -> bool {
        self.on.contains(&kind)
    }

    /// Its code, and where that comes from; an alert without one cannot be sent.
    pub fn code(&self, kind: AlertKind) -> Option<(AlertCode, CodeSource)> {
        self.codes.get(&kind).copied()
    }

    /// Whether anything is to be sent of a change of a Device.
    pub fn tell_changes(&self) -> bool {
        let of_changes = [
            AlertKind::MeterDecommissioned,
            AlertKind::MeterIdentity,
            AlertKind::DeviceSuspended,
            AlertKind::DeviceRestored,
            AlertKind::DeviceRemoved,
            AlertKind::ChfDecommissioned,
        ];
        of_changes.iter().any(|kind| self.is_on(*kind))
    }
}

/// What a change of that Device is told as, if it is.
pub fn of_change(change: &DeviceChange, before: &Device) -> Option<AlertKind> {
    match change {
        DeviceChange::SetStatus(StatusMove { from, to, .. }) => of_move(before.device_type, *from, *to),
        DeviceChange::SetDetails(_, change) => {
            let is_installed = before.status == Some(SmiStatus::Commissioned);
            let is_corrected = change.to.esme_variant != before.details.esme_variant;
            (before.device_type == DeviceType::Esme && is_installed && is_corrected)
                .then_some(AlertKind::MeterIdentity)
        }
        DeviceChange::Remove(_) => Some(AlertKind::DeviceRemoved),
        DeviceChange::Add(_) | DeviceChange::SetMpxn(..) | DeviceChange::SetChf(..) => None,
    }
}

/// What a move of a Device of that type is told as, if it is.
pub fn of_move(device_type: DeviceType, from: SmiStatus, to: SmiStatus) -> Option<AlertKind> {
    let is_meter = matches!(device_type, DeviceType::Esme | DeviceType::Gsme);
    match (from, to) {
        (_, SmiStatus::Decommissioned) if is_meter => Some(AlertKind::MeterDecommissioned),
        (_, SmiStatus::Decommissioned) if device_type == DeviceType::Chf => {
            Some(AlertKind::ChfDecommissioned)
        }
        (_, SmiStatus::Decommissioned) => None,
        (_, SmiStatus::Suspended) => Some(AlertKind::DeviceSuspended),
        (SmiStatus::Suspended, _) => Some(AlertKind::DeviceRestored),
        (SmiStatus::Whitelisted | SmiStatus::InstalledNotCommissioned, SmiStatus::Commissioned)
            if device_type == DeviceType::Esme =>
        {
            Some(AlertKind::MeterIdentity)
        }
        (_, _) => None,
    }
}

/// Whom an alert is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressee {
    /// The Users registered now in that role for a supply point of the meter.
    Registered(Role),
    /// The Responsible Suppliers; of a CHF those of its meters.
    ResponsibleSuppliers,
    /// That User.
    User(Eui64),
    /// Nobody: there is no such User.
    Nobody,
}

/// Whom an alert about a Device is for.
pub const fn addressee(kind: AlertKind, device: &Device) -> Addressee {
    match kind {
        AlertKind::MeterDecommissioned | AlertKind::MeterIdentity => match device.device_type {
            DeviceType::Gsme | DeviceType::Gpf => Addressee::Registered(Role::GT),
            DeviceType::Esme
            | DeviceType::Chf
            | DeviceType::Hcalcs
            | DeviceType::Ppmid
            | DeviceType::Ihd
            | DeviceType::Cad => Addressee::Registered(Role::ED),
        },
        AlertKind::DeviceSuspended
        | AlertKind::DeviceRestored
        | AlertKind::ChfDecommissioned
        | AlertKind::FirmwareMismatch => Addressee::ResponsibleSuppliers,
        AlertKind::DeviceRemoved => match device.pre_notified_by {
            Some(user) => Addressee::User(user),
            None => Addressee::Nobody,
        },
        AlertKind::HanLogConfirmed
        | AlertKind::HanLogUnconfirmed
        | AlertKind::GainedMeter
        | AlertKind::VersionMismatch => Addressee::Nobody,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_are_told_as_what_they_are() {
        use SmiStatus::{
            Commissioned, Decommissioned, InstalledNotCommissioned, Recovery, Suspended, Whitelisted,
        };
        for (device_type, from, to, told) in [
            (DeviceType::Esme, Commissioned, Decommissioned, Some(AlertKind::MeterDecommissioned)),
            (DeviceType::Gsme, Suspended, Decommissioned, Some(AlertKind::MeterDecommissioned)),
            (DeviceType::Chf, Commissioned, Decommissioned, Some(AlertKind::ChfDecommissioned)),
            (DeviceType::Gpf, Commissioned, Decommissioned, None),
            (DeviceType::Esme, Whitelisted, Commissioned, Some(AlertKind::MeterIdentity)),
            (DeviceType::Esme, InstalledNotCommissioned, Commissioned, Some(AlertKind::MeterIdentity)),
            (DeviceType::Gsme, InstalledNotCommissioned, Commissioned, None),
            (DeviceType::Esme, Recovery, Commissioned, None),
            (DeviceType::Gpf, Commissioned, Suspended, Some(AlertKind::DeviceSuspended)),
            (DeviceType::Esme, Suspended, Commissioned, Some(AlertKind::DeviceRestored)),
            (DeviceType::Esme, Whitelisted, InstalledNotCommissioned, None),
        ] {
            assert_eq!(of_move(device_type, from, to), told, "{device_type}: {from} to {to}");
        }
    }

    #[test]
    fn only_what_has_a_source_has_a_code_until_the_operator_gives_one() {
        let suspended = AlertKind::DeviceSuspended;
        let without = AlertSettings::default();
        assert_eq!((without.is_on(suspended), without.code(suspended)), (false, None));
        assert_eq!(without.code(AlertKind::HanLogConfirmed), Some((AlertCode::N24, CodeSource::Public)));
        assert!(without.is_on(AlertKind::HanLogConfirmed) && !without.tell_changes());
        let code = "N8".parse().unwrap();
        let codes =
            [(suspended, code, CodeSource::Data), (AlertKind::HanLogConfirmed, code, CodeSource::Data)];
        let with = AlertSettings::new(&[suspended], &codes);
        assert_eq!(with.code(suspended), Some((code, CodeSource::Data)));
        assert_eq!(with.code(AlertKind::HanLogConfirmed), Some((code, CodeSource::Data)));
        assert!(with.tell_changes() && !with.is_on(AlertKind::HanLogConfirmed));
    }
}

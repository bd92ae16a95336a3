//! The kinds of a change by SR 8.4, by their names in questions and rulebooks.

use crate::domain::{
    ChangedDetails, DeviceType, EsmeVariant, InventoryChange, Malformed, MpxnKind, StatusCh, StatusExceptCh,
};

/// The kind of a change by SR 8.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// The ESME Variant alone.
    Variant,
    /// The Device Model alone.
    Model,
    /// The Device Model and the ESME Variant at once.
    Details,
    /// UpdateDeviceDetails that names no detail.
    NoDetail,
    /// UpdateDeviceStatusExceptCH.
    StatusExceptCh(StatusExceptCh),
    /// UpdateDeviceStatusCH.
    StatusCh(StatusCh),
    /// DeleteDevice.
    Delete,
    /// UpdateMPxN: the import MPxN, as it suits the Device Type.
    Mpxn,
}

impl ChangeKind {
    /// Every kind.
    pub fn all() -> impl Iterator<Item = Self> {
        let plain = [Self::Variant, Self::Model, Self::Details, Self::NoDetail, Self::Delete, Self::Mpxn];
        let except_ch = StatusExceptCh::ALL.iter().copied().map(Self::StatusExceptCh);
        plain.into_iter().chain(except_ch).chain(StatusCh::ALL.iter().copied().map(Self::StatusCh))
    }
}

impl std::fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Variant => f.write_str("variant"),
            Self::Model => f.write_str("model"),
            Self::Details => f.write_str("details"),
            Self::NoDetail => f.write_str("no-detail"),
            Self::StatusExceptCh(to) => write!(f, "status-except-ch:{to}"),
            Self::StatusCh(to) => write!(f, "status-ch:{to}"),
            Self::Delete => f.write_str("delete"),
            Self::Mpxn => f.write_str("mpxn"),
        }
    }
}

impl std::str::FromStr for ChangeKind {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        Self::all().find(|kind| kind.to_string() == text).ok_or_else(|| {
            let all = Self::all().map(|kind| kind.to_string()).collect::<Vec<_>>();
            Malformed::new(text, format!("a change: one of {}", all.join(", ")))
        })
    }
}

impl ChangeKind {
    /// A change of this kind for a Device of that type. Its values are arbitrary: only the kind matters to the rules.
    pub(super) fn for_type(self, device_type: DeviceType) -> Result<InventoryChange, Malformed> {
        let none = ChangedDetails::default();
        let variant = ChangedDetails { esme_variant: Some(EsmeVariant::Ade), ..none.clone() };
        let model = Some("MODEL 2".parse()?);
        Ok(match self {
            Self::Variant => InventoryChange::Details(variant),
            Self::Model => InventoryChange::Details(ChangedDetails { model, ..none }),
            Self::Details => InventoryChange::Details(ChangedDetails { model, ..variant }),
            Self::NoDetail => InventoryChange::Details(none),
            Self::StatusExceptCh(to) => InventoryChange::StatusExceptCh(to),
            Self::StatusCh(to) => InventoryChange::StatusCh(to),
            Self::Delete => InventoryChange::Delete,
            Self::Mpxn if device_type == DeviceType::Gsme => {
                InventoryChange::Mpxn(MpxnKind::ImportMpxn, "9100000000".parse()?)
            }
            Self::Mpxn => InventoryChange::Mpxn(MpxnKind::ImportMpxn, "1012345678901".parse()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_read_as_it_is_written() {
        for kind in ChangeKind::all() {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        insta::assert_snapshot!("status-ch:Pending".parse::<ChangeKind>().unwrap_err(), @"`status-ch:Pending` is not a change: one of variant, model, details, no-detail, delete, mpxn, status-except-ch:Pending, status-except-ch:InstalledNotCommissioned, status-ch:Commissioned, status-ch:Withdrawn, status-ch:InstalledNotCommissioned");
    }
}

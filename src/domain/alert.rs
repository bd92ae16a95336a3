//! DCC Alerts: what Users are told without asking (SMI.md 9).

use std::{fmt, str::FromStr};

use super::{
    DeviceType, EsmeVariant, Eui64, FirmwareVersion, Malformed, Mpxns, RequestId, SchemaVersion, Shape,
    Timestamp, set::closed_set,
};

closed_set!(
    /// What a DCC Alert tells of. Each has a code of its own, where one is known.
    AlertKind, "a DCC Alert", {
        // SR 8.11: the CHF confirmed the change of its HAN device log.
        HanLogConfirmed => "han_log_confirmed",
        // SR 8.11: the CHF did not.
        HanLogUnconfirmed => "han_log_unconfirmed",
        // A meter is Decommissioned.
        MeterDecommissioned => "meter_decommissioned",
        // A meter is Commissioned, or its ESME Variant was corrected.
        MeterIdentity => "meter_identity",
        // A Device is Suspended.
        DeviceSuspended => "device_suspended",
        // A Device is no longer Suspended.
        DeviceRestored => "device_restored",
        // A Device left the inventory.
        DeviceRemoved => "device_removed",
        // A CHF is Decommissioned.
        ChfDecommissioned => "chf_decommissioned",
        // A Device reported another firmware version than the inventory has.
        FirmwareMismatch => "firmware_mismatch",
        // A Supplier gained a meter, and is asked to confirm its ESME Variant (an extra of ours).
        GainedMeter => "gained_meter",
        // The User's version of DUIS has no such alert.
        VersionMismatch => "version_mismatch",
    }
);

closed_set!(
    /// Where the code of an alert comes from.
    CodeSource, "a source of a code", {
        // A public reference names it.
        Public => "public",
        // The published schema fixes it.
        Schema => "schema",
        // Our reading: nobody confirmed it.
        Assumed => "ours",
        // The operator's data file gives it.
        Data => "data",
    }
);

/// The code of a DCC Alert (schema: DCCAlertCode): AD1, N1 to N65 without N32, or N999.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlertCode(Number);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    Ad1,
    N(u16),
}

impl AlertCode {
    /// N1: a meter was decommissioned or withdrawn.
    pub const N1: Self = Self(Number::N(1));
    /// N16: the identity of a meter.
    pub const N16: Self = Self(Number::N(16));
    /// N24: the outcome of SR 8.11.
    pub const N24: Self = Self(Number::N(24));
    /// N999: the User's version of DUIS does not have the alert.
    pub const N999: Self = Self(Number::N(999));

    /// Whether messages of that version may carry it: N63 to N65 came with 5.1.
    pub fn is_known_to(self, version: &SchemaVersion) -> bool {
        !matches!(self.0, Number::N(63..=65)) || version.shape() >= Shape::V5_1
    }
}

impl fmt::Display for AlertCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Number::Ad1 => f.write_str("AD1"),
            Number::N(number) => write!(f, "N{number}"),
        }
    }
}

impl FromStr for AlertCode {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let number = match text.strip_prefix('N') {
            None => (text == "AD1").then_some(Number::Ad1),
            Some(digits) => {
                let plain = !digits.starts_with(['0', '+']);
                let number = digits.parse::<u16>().ok().filter(|number| plain && is_listed(*number));
                number.map(Number::N)
            }
        };
        let wanted = "a DCCAlertCode: AD1, N1 to N31, N33 to N65, or N999";
        number.map(Self).ok_or_else(|| Malformed::new(text, wanted))
    }
}

const fn is_listed(number: u16) -> bool {
    matches!(number, 1..=31 | 33..=65 | 999)
}

/// What a DCC Alert carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlertBody {
    /// The SR 8.11 whose outcome is known.
    HanLogResult(RequestId),
    /// A meter that is Decommissioned, its supply points, and up to 7 Devices of its hub.
    MeterDecommissioned(Eui64, Mpxns, Vec<(Eui64, DeviceType)>),
    /// A meter, its supply points and its ESME Variant.
    MeterIdentity(Eui64, Mpxns, Option<EsmeVariant>),
    /// A Device that is Suspended.
    DeviceSuspended(Eui64),
    /// A Device that is no longer Suspended.
    DeviceRestored(Eui64),
    /// A Device that left the inventory.
    DeviceRemoved(Eui64),
    /// A CHF that is Decommissioned.
    ChfDecommissioned(Eui64),
    /// A Device, its version in the inventory, and the version that it reported.
    FirmwareMismatch(Eui64, DeviceType, FirmwareVersion, FirmwareVersion),
    /// The alert that the User's version of DUIS does not have: its code, its Device, its request.
    VersionMismatch(AlertCode, Option<Eui64>, Option<RequestId>),
}

impl AlertBody {
    /// The Device that it is about; none where it is about a request.
    pub const fn device(&self) -> Option<Eui64> {
        match self {
            Self::HanLogResult(_) => None,
            Self::MeterDecommissioned(device, ..)
            | Self::MeterIdentity(device, ..)
            | Self::DeviceSuspended(device)
            | Self::DeviceRestored(device)
            | Self::DeviceRemoved(device)
            | Self::ChfDecommissioned(device)
            | Self::FirmwareMismatch(device, ..) => Some(*device),
            Self::VersionMismatch(_, device, _) => *device,
        }
    }

    /// Whether the schema has a place for it: the supply points of a meter must have an Import MPxN.
    pub const fn fits_schema(&self) -> bool {
        match self {
            Self::MeterDecommissioned(_, mpxns, _) | Self::MeterIdentity(_, mpxns, _) => {
                mpxns.import.is_some()
            }
            Self::HanLogResult(_)
            | Self::DeviceSuspended(_)
            | Self::DeviceRestored(_)
            | Self::DeviceRemoved(_)
            | Self::ChfDecommissioned(_)
            | Self::FirmwareMismatch(..)
            | Self::VersionMismatch(..) => true,
        }
    }
}

/// A DCC Alert for one User.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DccAlert {
    /// Its own ID: from the DCC to the User.
    pub id: RequestId,
    /// The version of DUIS that it is written in.
    pub version: SchemaVersion,
    /// The moment it was made.
    pub at: Timestamp,
    /// Its code.
    pub code: AlertCode,
    /// What it carries.
    pub body: AlertBody,
}

impl DccAlert {
    /// The same where the User's version has its code; else the alert that says so.
    #[must_use]
    pub fn as_known(self) -> Self {
        if self.code.is_known_to(&self.version) {
            return self;
        }
        let request = if let AlertBody::HanLogResult(id) = &self.body { Some(*id) } else { None };
        let body = AlertBody::VersionMismatch(self.code, self.body.device(), request);
        Self { code: AlertCode::N999, body, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_one_that_the_schema_lists() {
        for text in ["AD1", "N1", "N31", "N33", "N65", "N999"] {
            assert_eq!(text.parse::<AlertCode>().unwrap().to_string(), text);
        }
        for text in ["", "N", "N0", "N32", "N66", "N01", "N+1", "n1", "AD2", "N1000", "999"] {
            assert!(text.parse::<AlertCode>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_version_that_does_not_have_the_alert_gets_one_that_says_so() {
        let device = Eui64::from_octets([1; 8]);
        let alert = |version: &str, code: &str| DccAlert {
            id: RequestId { originator: device, target: device, counter: 1 },
            version: version.parse().unwrap(),
            at: Timestamp::UNIX_EPOCH,
            code: code.parse().unwrap(),
            body: AlertBody::DeviceSuspended(device),
        };
        for (version, code) in [("5.0", "N62"), ("5.1", "N63"), ("5.2", "N65"), ("5.4", "N64")] {
            assert_eq!(alert(version, code).as_known(), alert(version, code));
        }
        let told = alert("5.0", "N63").as_known();
        assert_eq!(told.code, AlertCode::N999);
        assert_eq!(told.body, AlertBody::VersionMismatch("N63".parse().unwrap(), Some(device), None));
    }
}

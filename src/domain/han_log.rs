//! HAN device logs: SR 8.11, and the pending state until the CHF confirms it.

use std::{fmt, str::FromStr};

use super::{DateTimeText, Eui64, Malformed, Mpxns, RequestId, SchemaVersion, set::closed_set};

closed_set!(
    /// The change that SR 8.11 makes to a CHF's HAN device log (schema: RequestType).
    HanLogChange, "a RequestType", {
        Add => "Add",
        Remove => "Remove",
    }
);

/// SR 8.11: one Device joins or leaves the log of the CHF that the RequestID's target names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateHanDeviceLog {
    /// The time at which to send it, for a future-dated request.
    pub execution: Option<DateTimeText>,
    /// The Device.
    pub device_id: Eui64,
    /// Whether it joins or leaves.
    pub change: HanLogChange,
    /// The data for the CHF about a Device that joins.
    pub whitelist: Option<WhitelistEntry>,
}

/// The data for the CHF about a Device that joins (schema: AddDeviceToCHFWhitelist).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhitelistEntry {
    /// The time that it has to join.
    pub join_time: JoinTime,
    /// Its install code.
    pub install_code: InstallCode,
    /// The supply points of a meter.
    pub mpxns: Mpxns,
}

/// The time that a Device has to join: 1 to 3600 seconds (schema: JoinTimePeriod).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JoinTime(u16);

impl JoinTime {
    /// The seconds.
    pub const fn seconds(self) -> u16 {
        self.0
    }
}

impl TryFrom<u64> for JoinTime {
    type Error = Malformed;

    fn try_from(seconds: u64) -> Result<Self, Malformed> {
        let short = u16::try_from(seconds).ok().filter(|seconds| (1..=3600).contains(seconds));
        short.map(Self).ok_or_else(|| Malformed::new(&seconds.to_string(), "a JoinTimePeriod: 1 to 3600"))
    }
}

/// An install code of 6 to 16 octets: the secret with which a Device joins. It is neither stored nor shown.
#[derive(Clone, PartialEq, Eq)]
pub struct InstallCode(Vec<u8>);

impl InstallCode {
    /// The hex digits. For the encoder of messages only.
    pub fn to_hex(&self) -> String {
        self.0.iter().map(|octet| format!("{octet:02X}")).collect()
    }
}

impl FromStr for InstallCode {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed = || Malformed::secret("an InstallCode: 6 to 16 octets as hex digits");
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let octets = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
        let octets = octets.collect::<Option<Vec<_>>>().ok_or_else(malformed)?;
        let fits = rest.is_empty() && (6..=16).contains(&octets.len());
        if fits { Ok(Self(octets)) } else { Err(malformed()) }
    }
}

// A derived Debug would put the secret into logs.
impl fmt::Debug for InstallCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InstallCode(..)")
    }
}

/// A pending SR 8.11: an accepted request whose outcome is awaited from the CHF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Awaited {
    /// The request.
    pub request_id: RequestId,
    /// The schemaVersion of the request, for the answer.
    pub schema_version: SchemaVersion,
    /// The CHF.
    pub chf: Eui64,
    /// The Device that joins or leaves its log.
    pub device: Eui64,
    /// Whether it joins or leaves.
    pub change: HanLogChange,
    /// The supply points that a meter gets when it joins.
    pub mpxns: Mpxns,
}

/// A change of the pending SR 8.11 for a Device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AwaitedChange {
    /// Adds a pending SR 8.11.
    Await(Box<Awaited>),
    /// Removes the pending SR 8.11 for that Device.
    Settle(Eui64),
}

/// Writes the change as explanations and the demo show it.
impl fmt::Display for AwaitedChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Await(awaited) => {
                let Awaited { change, device, chf, .. } = &**awaited;
                write!(f, "{change} of {device} awaits CHF {chf}")
            }
            Self::Settle(device) => write!(f, "nothing is awaited of {device} any more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_install_code_is_six_to_sixteen_octets_and_never_shown() {
        let code = "0011223344fF".parse::<InstallCode>().unwrap();
        assert_eq!(code.to_hex(), "0011223344FF");
        assert_eq!(format!("{code:?}"), "InstallCode(..)");
        for text in ["", "0011223344", "0011223344f", &"00".repeat(17), "00112233445G"] {
            let fault = text.parse::<InstallCode>().unwrap_err();
            assert!(!format!("{fault} {fault:?}").contains(text) || text.is_empty(), "{fault}");
        }
    }
}

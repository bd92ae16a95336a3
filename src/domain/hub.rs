//! What is said of Communications Hubs and of their HAN device logs: SR 8.11 and SR 8.14.1 to 8.14.4.

use super::{
    Eui64, HubInformation, IncidentReference, Malformed, Mpxn, Mpxns, UserReference, set::closed_set,
};

closed_set!(
    /// What SR 8.11 does to the CHF's HAN device log (schema: RequestType).
    HanLogChange, "a RequestType", {
        Add => "Add",
        Remove => "Remove",
    }
);

/// SR 8.11: one Device joins or leaves the log of the CHF that the RequestID's target names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateHanDeviceLog {
    /// When the DCC is to send it, for a future-dated request.
    pub execution: Option<DateTimeText>,
    /// The Device.
    pub device_id: Eui64,
    /// Joins or leaves.
    pub change: HanLogChange,
    /// What a CHF must know of a Device that joins.
    pub whitelist: Option<WhitelistEntry>,
}

/// What a CHF must know of a Device that joins (schema: AddDeviceToCHFWhitelist).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhitelistEntry {
    /// For how many seconds it may join.
    pub join_time: JoinTime,
    /// Its install code.
    pub install_code: InstallCode,
    /// For a meter: its supply points.
    pub mpxns: Mpxns,
}

/// Seconds, 1 to 3600 (schema: JoinTimePeriod).
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

/// An install code, 6 to 16 octets: what a Device proves itself with, so it is neither stored nor shown.
#[derive(Clone, PartialEq, Eq)]
pub struct InstallCode(Vec<u8>);

impl InstallCode {
    /// As it stands in a message; for writing one, and for nothing else.
    pub fn to_hex(&self) -> String {
        self.0.iter().map(|octet| format!("{octet:02X}")).collect()
    }
}

impl std::str::FromStr for InstallCode {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed = || Malformed::new(text, "an InstallCode: 6 to 16 octets as hex digits");
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let octets = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
        let octets = octets.collect::<Option<Vec<_>>>().ok_or_else(malformed)?;
        let fits = rest.is_empty() && (6..=16).contains(&octets.len());
        if fits { Ok(Self(octets)) } else { Err(malformed()) }
    }
}

impl std::fmt::Debug for InstallCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InstallCode(..)")
    }
}

/// A date and time as the schema language writes it, kept as it came: nothing is decided by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateTimeText(String);

impl DateTimeText {
    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for DateTimeText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

impl std::str::FromStr for DateTimeText {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed = || Malformed::new(text, "a dateTime like `2026-01-31T09:30:00Z`");
        date_time(text).ok_or_else(malformed).map(|()| Self(text.to_owned()))
    }
}

/// The lexical space of `xs:dateTime` (XML Schema 2, 3.2.7.1): `-?yyyy+-mm-ddThh:mm:ss(.s+)?(Z|[+-]hh:mm)?`.
fn date_time(text: &str) -> Option<()> {
    let (date, time) = text.strip_prefix('-').unwrap_or(text).split_once('T')?;
    let mut parts = date.rsplitn(3, '-');
    let (day, month, year) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?, parts.next()?);
    let plain_year = year.bytes().all(|byte| byte.is_ascii_digit());
    let long_enough = year.len() == 4 || year.len() > 4 && !year.starts_with('0');
    let zero = year.bytes().all(|byte| byte == b'0');
    let days = days_of(month, year)?;
    let (clock, fraction_and_zone) = time.split_at_checked(8)?;
    let mut clock = clock.split(':');
    let (hour, minute) = (digits(clock.next()?, 2)?, digits(clock.next()?, 2)?);
    let second = digits(clock.next()?, 2)?;
    let (fraction, zone) = fraction(fraction_and_zone)?;
    let midnight = hour == 24 && minute == 0 && second == 0 && fraction.bytes().all(|byte| byte == b'0');
    let holds = plain_year && long_enough && !zero && (1..=days).contains(&day);
    let on_the_clock = clock.next().is_none() && (hour < 24 && minute < 60 && second < 60 || midnight);
    (holds && on_the_clock && is_zone(zone)).then_some(())
}

fn digits(text: &str, length: usize) -> Option<u8> {
    let numeric = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    numeric.then(|| text.parse().ok()).flatten()
}

/// How many days that month has; the year's last four digits tell a leap year.
fn days_of(month: u8, year: &str) -> Option<u8> {
    let year = year.get(year.len().checked_sub(4)?..)?.parse::<u16>().ok()?;
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 => Some(if leap { 29 } else { 28 }),
        _ => None,
    }
}

/// The digits after the point, and what follows them.
fn fraction(text: &str) -> Option<(&str, &str)> {
    let Some(rest) = text.strip_prefix('.') else { return Some(("", text)) };
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (fraction, zone) = rest.split_at_checked(end)?;
    (!fraction.is_empty()).then_some((fraction, zone))
}

/// No zone, `Z`, or up to fourteen hours.
fn is_zone(text: &str) -> bool {
    let offset = || {
        let (hours, minutes) = text.strip_prefix(['+', '-'])?.split_once(':')?;
        let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
        Some(hours < 14 && minutes < 60 || hours == 14 && minutes == 0)
    };
    matches!(text, "" | "Z") || offset() == Some(true)
}

closed_set!(
    /// How a Communications Hub came there (schema: CHFInstallType).
    HubInstallType, "a CHFInstallType", {
        New => "New CHF Install",
        Replacement => "Replacement CHF Install",
        NoSmWan => "CHF Install - no SM WAN",
    }
);
closed_set!(
    /// Where on the premises it is (schema: CHFLocation).
    HubLocation, "a CHFLocation", {
        Outside => "Outside Premises",
        ExternalWall => "Indoors on external wall",
        DeepIndoors => "Deep indoors",
        Basement => "Basement or Cellar",
    }
);
closed_set!(
    /// What kind of premises (schema: PremiseType).
    PremiseType, "a PremiseType", {
        Detached => "Detached / Semi Detached",
        Terraced => "Terraced",
        LowRise => "Low Rise Apartment (MDU <= 5 floors)",
        HighRise => "High Rise Apartment (MDU > 5 floors)",
    }
);
closed_set!(
    /// When a fault showed (schema: CHFFaultReturnType).
    HubFaultReturnType, "a CHFFaultReturnType", {
        BeforeInstallation => "Fault identified prior to installation",
        AfterInstallation => "Fault identified post installation",
    }
);
closed_set!(
    /// Why a sound Communications Hub goes back (schema: CHFNoFaultReturnType).
    HubNoFaultReturnType, "a CHFNoFaultReturnType", {
        General => "No Fault Return (general)",
        OptOut => "No Fault Return (non-dom opt out)",
        HanVariant => "No Fault Return (dual supplier HAN variant replacement)",
        WanVariant => "No Fault Return (SM WAN variant replacement requested by DCC)",
        LostOrStolen => "Lost or Stolen Hub",
    }
);
closed_set!(
    /// What it is plugged into (schema: CHFConnectionMethod).
    HubConnection, "a CHFConnectionMethod", {
        HotShoe => "Hot-shoe",
        Cradle => "Cradle",
        Esme => "ESME",
    }
);
closed_set!(
    /// What is wrong with it (schema: CHFFaultReason).
    HubFaultReason, "a CHFFaultReason", {
        Case => "Damaged case",
        Connector => "Damaged Connector",
        Seals => "Illegal interference or missing seals",
        Environment => "Environmental conditions exceeded",
        SmWan => "SM WAN Fault",
        SmHan => "SMHAN Interface Fault",
        Led => "LED Fault",
        Aerial => "Aerial fault",
        Manufacturing => "Manufacturing defect",
    }
);

/// What SR 8.14.1 and 8.14.2 tell alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubInstall {
    /// The CHF.
    pub device_id: Eui64,
    /// How it came there.
    pub install_type: HubInstallType,
    /// When.
    pub at: Option<DateTimeText>,
    /// The User's own reference.
    pub reference: Option<UserReference>,
    /// A supply point of the premises.
    pub mpxn: Mpxn,
    /// Where the premises are, in the User's own terms.
    pub gis: Option<UserReference>,
    /// Whether an aerial was fitted.
    pub aerial: bool,
    /// Where on the premises.
    pub location: HubLocation,
    /// Whatever else there is to say.
    pub information: Option<HubInformation>,
}

/// What SR 8.14.2 tells beside that: why there may be no SM WAN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Obstructions {
    /// What kind of premises.
    pub premises: PremiseType,
    /// Whether metal was looked for.
    pub metal: bool,
    /// Whether other obstructions of the connection were looked for.
    pub connectivity: bool,
    /// Whether a shared obstruction was looked for.
    pub shared: bool,
}

/// SR 8.14.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubFaultReturn {
    /// The CHF.
    pub device_id: Eui64,
    /// When the fault showed.
    pub return_type: HubFaultReturnType,
    /// When the User says it was.
    pub at: Option<DateTimeText>,
    /// The User's own reference.
    pub reference: Option<UserReference>,
    /// Another Device it concerns.
    pub other_device: Eui64,
    /// The incident.
    pub incident: Option<IncidentReference>,
    /// What it was plugged into.
    pub connection: HubConnection,
    /// What is wrong.
    pub reason: HubFaultReason,
    /// Whatever else there is to say.
    pub information: Option<HubInformation>,
}

/// SR 8.14.4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubNoFaultReturn {
    /// The CHF.
    pub device_id: Eui64,
    /// Why it goes back.
    pub return_type: HubNoFaultReturnType,
    /// When the User says it was.
    pub at: Option<DateTimeText>,
    /// The User's own reference.
    pub reference: Option<UserReference>,
    /// The incident.
    pub incident: Option<IncidentReference>,
    /// Whatever else there is to say.
    pub information: Option<HubInformation>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_are_those_of_the_schema_language() {
        for text in [
            "2026-01-31T09:30:00",
            "2026-01-31T09:30:00Z",
            "2024-02-29T23:59:59.999999999999+14:00",
            "-0044-03-15T24:00:00.0-00:00",
            "12026-01-31T00:00:00-13:59",
        ] {
            assert!(text.parse::<DateTimeText>().is_ok(), "{text}");
        }
        for text in [
            "",
            "2026-01-31",
            "2026-01-31T09:30",
            "2026-1-31T09:30:00",
            "2026-02-29T09:30:00",
            "2026-13-01T09:30:00",
            "2026-00-01T09:30:00",
            "2026-01-00T09:30:00",
            "0000-01-01T00:00:00",
            "02026-01-31T00:00:00",
            "+2026-01-31T09:30:00",
            "2026-01-31t09:30:00",
            "2026-01-31T09:30:00z",
            "2026-01-31T24:00:01",
            "2026-01-31T24:00:00.1",
            "2026-01-31T09:60:00",
            "2026-01-31T09:30:60",
            "2026-01-31T09:30:00.",
            "2026-01-31T09:30:00+14:01",
            "2026-01-31T09:30:00+1:00",
            "2026-01-31 09:30:00",
            "2026-01-31T09:30:0\u{660}",
        ] {
            assert!(text.parse::<DateTimeText>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_install_code_is_six_to_sixteen_octets_and_never_shown() {
        let code = "0011223344fF".parse::<InstallCode>().unwrap();
        assert_eq!(code.to_hex(), "0011223344FF");
        assert_eq!(format!("{code:?}"), "InstallCode(..)");
        for text in ["", "0011223344", "0011223344f", &"00".repeat(17), "00112233445G"] {
            assert!(text.parse::<InstallCode>().is_err(), "{text}");
        }
    }
}

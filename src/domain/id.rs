//! Identifiers of Users, Devices, requests, supply points and premises.

use std::{fmt, str::FromStr};

use super::Malformed;

/// An EUI-64: the identity of a User, a Device or the DCC.
///
/// Text in either case is accepted, and it is written in upper case (SMI.md 1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Eui64([u8; 8]);

impl Eui64 {
    /// The EUI-64 of these octets, most significant first.
    pub const fn from_octets(octets: [u8; 8]) -> Self {
        Self(octets)
    }

    /// The eight octets, most significant first.
    pub const fn octets(self) -> [u8; 8] {
        self.0
    }

    /// Reads 16 hex digits without separators, as a DCC Boxed key store writes them.
    ///
    /// # Errors
    /// When the text is not 16 hex digits.
    pub fn from_plain_hex(text: &str) -> Result<Self, Malformed> {
        let malformed = || Malformed::new(text, "an EUI-64: 16 hex digits");
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if !rest.is_empty() {
            return Err(malformed());
        }
        octets(pairs.iter().copied()).ok_or_else(malformed).map(Self)
    }
}

fn octets(mut pairs: impl Iterator<Item = [u8; 2]>) -> Option<[u8; 8]> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let mut octets = [0; 8];
    for octet in &mut octets {
        let [high, low] = pairs.next()?;
        *octet = digit(high)? << 4 | digit(low)?;
    }
    pairs.next().is_none().then_some(octets)
}

impl FromStr for Eui64 {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed = || Malformed::new(text, "an EUI-64: 16 hex digits in pairs joined by `-`");
        let (joined, last) = text.as_bytes().as_chunks::<3>();
        let are_joined = joined.iter().all(|[_, _, joint]| *joint == b'-');
        let last = <[u8; 2]>::try_from(last).ok().filter(|_| are_joined).ok_or_else(malformed)?;
        let pairs = joined.iter().map(|[high, low, _]| [*high, *low]).chain([last]);
        octets(pairs).ok_or_else(malformed).map(Self)
    }
}

impl fmt::Display for Eui64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Built by hand instead of with `write!` for each octet: each record and answer has several of these.
        let digit = |value: u8| if value < 10 { b'0' + value } else { b'A' + value - 10 };
        let mut text = [b'-'; 23];
        for (place, octet) in text.chunks_mut(3).zip(self.0) {
            if let [high, low, ..] = place {
                (*high, *low) = (digit(octet >> 4), digit(octet & 0xF));
            }
        }
        f.write_str(str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

// As text rather than octets: logs and failed assertions then show an ID as messages write it.
impl fmt::Debug for Eui64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A RequestID, `originator:target:counter`: the unique ID of a request, never used again (schema: RequestIDType).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RequestId {
    /// The User that sends.
    pub originator: Eui64,
    /// The DCC for a non-device request, else the Device.
    pub target: Eui64,
    /// The originator's counter, 0 to 2^64-1.
    pub counter: u64,
}

impl FromStr for RequestId {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed = || Malformed::new(text, "a RequestID: `originator:target:counter`");
        let mut parts = text.split(':');
        let (Some(originator), Some(target), Some(counter), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(malformed());
        };
        // Only the canonical spelling: the store compares RequestIDs as text, and `07` must not pass as a new one.
        let canonical = counter == "0" || !counter.starts_with(['0', '+']);
        if !canonical {
            return Err(malformed());
        }
        Ok(Self {
            originator: originator.parse()?,
            target: target.parse()?,
            counter: counter.parse().map_err(|_| malformed())?,
        })
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.originator, self.target, self.counter)
    }
}

/// An MPxN: the ID of a supply point, an MPAN or MPRN. The schema accepts any 1 to 13 characters (ImportMPxN); whether the
/// kind suits a Device is a matter of rules.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mpxn(String);

impl Mpxn {
    /// The text, unchanged.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is an MPAN: 13 digits.
    pub fn is_mpan(&self) -> bool {
        self.0.len() == 13 && self.is_numeric()
    }

    /// Whether it is an MPAN whose last digit is not the check digit of the others: their sum, each times a prime, modulo 11 and
    /// then 10.
    pub fn has_wrong_check_digit(&self) -> bool {
        const PRIMES: [u32; 12] = [3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43];
        let digits = || self.0.chars().filter_map(|digit| digit.to_digit(10));
        let sum: u32 = digits().zip(PRIMES).map(|(digit, prime)| digit * prime).sum();
        self.is_mpan() && digits().nth(PRIMES.len()) != Some(sum % 11 % 10)
    }

    /// Whether it is an MPRN: 1 to 10 digits.
    pub fn is_mprn(&self) -> bool {
        (1..=10).contains(&self.0.len()) && self.is_numeric()
    }

    fn is_numeric(&self) -> bool {
        self.0.bytes().all(|byte| byte.is_ascii_digit())
    }
}

impl FromStr for Mpxn {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let fits = (1..=13).contains(&text.chars().count()) && text.chars().all(super::is_xml_char);
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(Malformed::new(text, "an MPxN: 1 to 13 characters"))
        }
    }
}

impl fmt::Display for Mpxn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A Unique Property Reference Number: 1 to 999,999,999,999 (schema: UPRN).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uprn(u64);

impl Uprn {
    const MAX: u64 = 999_999_999_999;

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl TryFrom<u64> for Uprn {
    type Error = Malformed;

    fn try_from(number: u64) -> Result<Self, Malformed> {
        if (1..=Self::MAX).contains(&number) {
            Ok(Self(number))
        } else {
            Err(Malformed::new(&number.to_string(), "a UPRN: 1 to 999999999999"))
        }
    }
}

impl FromStr for Uprn {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        // Checked for digits first: `u64`'s parser accepts a sign.
        let number =
            text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
        number
            .and_then(|number| Self::try_from(number).ok())
            .ok_or_else(|| Malformed::new(text, "a UPRN: 1 to 999999999999"))
    }
}

impl fmt::Display for Uprn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_eui64_survives_text(octets: [u8; 8]) {
            let eui = Eui64::from_octets(octets);
            prop_assert_eq!(eui.to_string().parse::<Eui64>(), Ok(eui));
            prop_assert_eq!(eui.to_string().to_lowercase().parse::<Eui64>(), Ok(eui));
            prop_assert_eq!(Eui64::from_plain_hex(&eui.to_string().replace('-', "")), Ok(eui));
        }

        #[test]
        fn a_request_id_survives_text(originator: [u8; 8], target: [u8; 8], counter: u64) {
            let id = RequestId {
                originator: Eui64::from_octets(originator),
                target: Eui64::from_octets(target),
                counter,
            };
            prop_assert_eq!(id.to_string().parse::<RequestId>(), Ok(id));
        }

        #[test]
        fn no_text_breaks_a_parser(text in "\\PC{0,40}") {
            let _ = (text.parse::<Eui64>(), text.parse::<RequestId>(), Eui64::from_plain_hex(&text));
            let _ = (text.parse::<Mpxn>(), text.parse::<Uprn>());
        }
    }

    #[test]
    fn odd_spellings_are_refused() {
        for text in
            ["", "00", "00-00-00-00-00-00-00", "00-00-00-00-00-00-00-0g", "00-00-00-00-00-00-00-00-00"]
        {
            assert!(text.parse::<Eui64>().is_err(), "{text}");
        }
        let id = "00-00-00-00-00-00-00-00:00-00-00-00-00-00-00-01:";
        for counter in ["", "01", "+1", "18446744073709551616", "-1", "1:"] {
            assert!(format!("{id}{counter}").parse::<RequestId>().is_err(), "{counter}");
        }
        assert!(format!("{id}18446744073709551615").parse::<RequestId>().is_ok());
        assert!("+7".parse::<Uprn>().is_err());
    }

    #[test]
    fn mpans_and_mprns_are_told_apart() {
        let mpxn = |text: &str| text.parse::<Mpxn>().unwrap();
        assert!(mpxn("1234567890123").is_mpan() && !mpxn("1234567890123").is_mprn());
        assert!(mpxn("1234567890").is_mprn() && !mpxn("1234567890").is_mpan());
        assert!(!mpxn("12345678901").is_mprn() && !mpxn("12345678901ab").is_mpan());
    }
}

//! Firmware images: the hash that names one, its size, and its entry in the register of images.

use std::{fmt, str::FromStr};

use crate::domain::{
    DeviceManufacturer, DeviceModel, DeviceType, FirmwareVersion, ImageName, Malformed, Timestamp,
    set::closed_set,
};

/// The FirmwareHash of an image: SHA-256 over its bytes, by which SR 11.3 names it (schema: 32 octets; that it is SHA-256: ours).
///
/// Hex digits in either case are accepted, and it is written in upper case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FirmwareHash([u8; 32]);

impl FirmwareHash {
    /// The hash of these octets.
    pub const fn from_octets(octets: [u8; 32]) -> Self {
        Self(octets)
    }
}

impl FromStr for FirmwareHash {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed = || Malformed::new(text, "a firmware hash: 64 hex digits");
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let octets = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
        let octets = octets.collect::<Option<Vec<_>>>().filter(|_| rest.is_empty()).ok_or_else(malformed)?;
        octets.try_into().map(Self).map_err(|_| malformed())
    }
}

impl fmt::Display for FirmwareHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02X}"))
    }
}

// As text: logs and failed assertions then show a hash as messages write it.
impl fmt::Debug for FirmwareHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The FirmwareImage of an SR 11.1: the hash and the number of its bytes. The bytes themselves are not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirmwareImage {
    /// SHA-256 of the decoded bytes.
    pub hash: FirmwareHash,
    /// How many bytes it has: 0 to 10,240,000.
    pub bytes: u32,
}

/// The size of a registered image in bytes, as submitted and before any packaging: at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImageSize(u32);

impl ImageSize {
    /// That number of bytes; none for 0.
    pub fn new(bytes: u32) -> Option<Self> {
        (bytes > 0).then_some(Self(bytes))
    }

    /// The number of bytes.
    pub const fn bytes(self) -> u32 {
        self.0
    }

    /// Whether it is more than that number of bytes: so an image is large (MP230-R2).
    pub const fn is_above(self, bytes: u32) -> bool {
        self.0 > bytes
    }
}

impl FromStr for ImageSize {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed = || Malformed::new(text, "a number of bytes: 1 to 4294967295, in digits");
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
        text.parse().ok().filter(|_| is_plain).and_then(Self::new).ok_or_else(malformed)
    }
}

impl fmt::Display for ImageSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The Device Model that an image is for, without its firmware version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImageModel {
    /// The manufacturer.
    pub manufacturer: DeviceManufacturer,
    /// The manufacturer's model.
    pub model: DeviceModel,
    /// The Device Type.
    pub device_type: DeviceType,
}

impl fmt::Display for ImageModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { manufacturer, model, device_type } = self;
        write!(f, "{manufacturer} {model} ({device_type})")
    }
}

closed_set!(
    /// How an image came to be on the register.
    ImageSource, "a source of an image", {
        File => "file",
        UpdateFirmware => "11.1",
    }
);

/// An image on the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredImage {
    /// Its hash.
    pub hash: FirmwareHash,
    /// Its size; of a whole that has parts, the sum of theirs.
    pub size: ImageSize,
    /// The firmware version that a Device has after its activation.
    pub version: FirmwareVersion,
    /// The Device Model that it is for, if that is known.
    pub model: Option<ImageModel>,
    /// For a part of an image: the whole.
    pub part_of: Option<FirmwareHash>,
    /// What people call it.
    pub name: Option<ImageName>,
    /// How it came to be here.
    pub source: ImageSource,
    /// When.
    pub registered_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_64_hex_digits_in_either_case() {
        let text = format!("{}aF", "00".repeat(31));
        assert_eq!(text.parse::<FirmwareHash>().unwrap().to_string(), text.to_uppercase());
        for wrong in [
            "",
            "00",
            text.get(1..).unwrap(),
            &format!("{text}0"),
            &format!("{text}00"),
            &text.replace('a', "g"),
        ] {
            assert!(wrong.parse::<FirmwareHash>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn no_image_has_no_bytes() {
        assert_eq!(ImageSize::new(0), None);
        assert_eq!([1, 2, 3].map(|bytes| ImageSize::new(bytes).unwrap().is_above(2)), [false, false, true]);
    }

    #[test]
    fn a_size_is_written_in_plain_digits() {
        assert_eq!("900000".parse::<ImageSize>().unwrap().bytes(), 900_000);
        for wrong in ["", "0", "01", "+1", "-1", "1.0", "4294967296"] {
            assert!(wrong.parse::<ImageSize>().is_err(), "{wrong}");
        }
    }
}

//! Certificates of the smart metering PKI: the organisation, role and key of a signer.
//!
//! The subject has the EUI-64 in x500UniqueIdentifier (2.5.4.45) and the role in OU, as two hex digits. Reading is strict: a
//! certificate that breaks RFC 5280 is refused.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use x509_cert::{
    TbsCertificate,
    der::{
        self, Decode,
        asn1::{BitStringRef, ObjectIdentifier},
    },
    ext::pkix::{BasicConstraints, KeyUsage},
    time::Time,
};

use super::name::DistinguishedName;
use crate::domain::{Eui64, Now, Timestamp};

const UNIQUE_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.45");
const ORGANISATIONAL_UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
/// The parent of the object identifiers ecdsa-with-SHA224 to ecdsa-with-SHA512.
const ECDSA_WITH_SHA2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3");

/// The role of a User's certificate that signs messages (OU=87).
pub const USER_XML_SIGN: u8 = 0x87;
/// The role of the DCC's certificate that signs messages (OU=89).
pub const DCC_XML_SIGN: u8 = 0x89;

/// A certificate of an organisation: its EUI-64, its role and its P-256 public key.
#[derive(Debug)]
pub struct Certificate {
    eui: Eui64,
    role: Option<u8>,
    issuer: DistinguishedName,
    serial: String,
    not_before: Timestamp,
    not_after: Timestamp,
    signs: bool,
    point: Vec<u8>,
    key: ParsedPublicKey,
}

/// Why a certificate cannot be one of a signer.
#[derive(Debug, thiserror::Error)]
pub enum CertificateFault {
    /// It is not an X.509 certificate by RFC 5280.
    #[error("not a certificate by RFC 5280: {0}")]
    Malformed(der::Error),
    /// It belongs to a certification authority, which signs no messages.
    #[error("the certificate of an authority")]
    Authority,
    /// The algorithm of its own signature is named in a way that RFC 5280 or RFC 5758 forbids.
    #[error("its signature algorithm is named twice differently, or has parameters where ECDSA has none")]
    Algorithm,
    /// The serial number is negative.
    #[error("its serial number is negative")]
    NegativeSerial,
    /// The subject has no EUI-64.
    #[error("its subject has no x500UniqueIdentifier of 8 octets, the EUI-64")]
    NoEui,
    /// The key is not a P-256 key.
    #[error("its key is no point of the curve P-256")]
    NotP256,
}

impl Certificate {
    /// Parses a certificate.
    ///
    /// # Errors
    /// When it is malformed, belongs to an authority, or lacks a part that a signer needs.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateFault> {
        let certificate = x509_cert::Certificate::from_der(der).map_err(CertificateFault::Malformed)?;
        let tbs = certificate.tbs_certificate();
        check_algorithm(&certificate)?;
        let usage = usage(tbs)?;
        let point = point(tbs)?;
        // Parsed once here: this also checks that the point is on the curve.
        let key = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point);
        Ok(Self {
            eui: eui(tbs).ok_or(CertificateFault::NoEui)?,
            role: role(tbs),
            issuer: DistinguishedName::from_certificate(tbs.issuer()),
            serial: serial(tbs)?,
            not_before: instant(tbs.validity().not_before),
            not_after: instant(tbs.validity().not_after),
            signs: usage.is_some_and(|usage| usage.digital_signature()),
            key: key.map_err(|_| CertificateFault::NotP256)?,
            point,
        })
    }

    /// The EUI-64 of the organisation.
    pub const fn eui(&self) -> Eui64 {
        self.eui
    }

    /// The role: the first OU of two hex digits, if there is one.
    pub const fn role(&self) -> Option<u8> {
        self.role
    }

    /// Whether its role is signing messages: OU 87 for Users, 89 for the DCC.
    pub fn is_for_messages(&self) -> bool {
        [Some(USER_XML_SIGN), Some(DCC_XML_SIGN)].contains(&self.role)
    }

    /// The name of its issuer.
    pub const fn issuer(&self) -> &DistinguishedName {
        &self.issuer
    }

    /// Its serial number in decimal, as XML signatures write it.
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// The start of its validity.
    pub const fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// The end of its validity, itself included.
    pub const fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// Whether its key usage includes digitalSignature. `false` without that extension.
    pub const fn signs(&self) -> bool {
        self.signs
    }

    /// The public key as an uncompressed point (SEC 1).
    pub fn point(&self) -> &[u8] {
        &self.point
    }

    /// The public key, ready to verify.
    pub(super) const fn key(&self) -> &ParsedPublicKey {
        &self.key
    }
}

/// The subject of any certificate. Unlike [`Certificate`] it may be a TLS certificate with another kind of key.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The EUI-64 in the subject, if there is one.
    pub eui: Option<Eui64>,
    /// The whole subject.
    pub name: DistinguishedName,
    /// The end of its validity.
    pub not_after: Timestamp,
}

impl Subject {
    /// Reads the subject of a certificate.
    ///
    /// # Errors
    /// When it is malformed.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateFault> {
        let certificate = x509_cert::Certificate::from_der(der).map_err(CertificateFault::Malformed)?;
        let tbs = certificate.tbs_certificate();
        let name = DistinguishedName::from_certificate(tbs.subject());
        Ok(Self { eui: eui(tbs), name, not_after: instant(tbs.validity().not_after) })
    }
}

/// The expiry of a certificate that the service uses itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// The name of the certificate: its use and its owner.
    pub certificate: String,
    /// The end of its validity.
    pub not_after: Timestamp,
}

impl Expiry {
    /// Whole days until it expires; negative once it has.
    pub fn days_left(&self, now: Now) -> i64 {
        self.not_after.duration_since(now.0).as_secs().div_euclid(24 * 60 * 60)
    }
}

/// Checks that both fields name the same algorithm (RFC 5280 4.1.1.2), for ECDSA without parameters (RFC 5758 3.2).
fn check_algorithm(certificate: &x509_cert::Certificate) -> Result<(), CertificateFault> {
    let algorithm = certificate.signature_algorithm();
    let is_ecdsa = algorithm.oid.parent() == Some(ECDSA_WITH_SHA2);
    let is_bare = algorithm.parameters.is_none() || !is_ecdsa;
    if is_bare && algorithm == certificate.tbs_certificate().signature() {
        Ok(())
    } else {
        Err(CertificateFault::Algorithm)
    }
}

/// The key usage. An error if it or the basic constraints say that this is an authority.
fn usage(tbs: &TbsCertificate) -> Result<Option<KeyUsage>, CertificateFault> {
    let usage = tbs.get_extension::<KeyUsage>().map_err(CertificateFault::Malformed)?;
    let usage = usage.map(|(_, usage)| usage);
    let constraints = tbs.get_extension::<BasicConstraints>().map_err(CertificateFault::Malformed)?;
    let is_authority = constraints.is_some_and(|(_, constraints)| constraints.ca)
        || usage.is_some_and(|usage| usage.key_cert_sign());
    if is_authority { Err(CertificateFault::Authority) } else { Ok(usage) }
}

fn point(tbs: &TbsCertificate) -> Result<Vec<u8>, CertificateFault> {
    let info = tbs.subject_public_key_info();
    let curve = info.algorithm.parameters.as_ref().and_then(|curve| curve.decode_as().ok());
    let is_p256 = info.algorithm.oid == EC_PUBLIC_KEY && curve == Some(P256);
    let point = info.subject_public_key.as_bytes().filter(|_| is_p256);
    point.map(<[u8]>::to_vec).ok_or(CertificateFault::NotP256)
}

fn eui(tbs: &TbsCertificate) -> Option<Eui64> {
    let attribute = tbs.subject().iter().find(|attribute| attribute.oid == UNIQUE_IDENTIFIER)?;
    let bits = attribute.value.decode_as::<BitStringRef<'_>>().ok()?;
    bits.as_bytes()?.try_into().ok().map(Eui64::from_octets)
}

fn role(tbs: &TbsCertificate) -> Option<u8> {
    let units = tbs.subject().iter().filter(|attribute| attribute.oid == ORGANISATIONAL_UNIT);
    units.into_iter().find_map(|unit| {
        let text = str::from_utf8(unit.value.value()).ok().filter(|text| text.len() == 2)?;
        // `from_str_radix` accepts a leading `+`, which is not a hex digit.
        u8::from_str_radix(text, 16).ok().filter(|_| !text.starts_with('+'))
    })
}

fn serial(tbs: &TbsCertificate) -> Result<String, CertificateFault> {
    let octets = tbs.serial_number().as_bytes();
    let is_negative = octets.first().is_some_and(|octet| octet & 0x80 != 0);
    if is_negative { Err(CertificateFault::NegativeSerial) } else { Ok(decimal(octets)) }
}

/// Converts big-endian octets to decimal digits: a serial number has up to 20 octets, more than any integer type holds.
fn decimal(octets: &[u8]) -> String {
    // Long multiplication: for each octet, the number so far times 256, plus the octet. The lowest digit is first.
    let mut digits = vec![0_u8];
    for octet in octets {
        let mut carry = u16::from(*octet);
        for digit in &mut digits {
            carry += u16::from(*digit) * 256;
            *digit = u8::try_from(carry % 10).unwrap_or_default();
            carry /= 10;
        }
        while carry > 0 {
            digits.push(u8::try_from(carry % 10).unwrap_or_default());
            carry /= 10;
        }
    }
    digits.iter().rev().map(|digit| char::from(b'0' + digit)).collect()
}

/// The time as a timestamp. A year that a timestamp cannot hold means that the certificate never expires (RFC 5280 4.1.2.5).
fn instant(time: Time) -> Timestamp {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn long_serial_numbers_are_written_in_decimal() {
        assert_eq!(decimal(&[]), "0");
        assert_eq!(decimal(&[1, 0]), "256");
        // 2^159-1, the largest positive number of 20 octets.
        let largest = [[0x7F].as_slice(), &[0xFF; 19]].concat();
        assert_eq!(decimal(&largest), "730750818665451459101842416358141509827966271487");
    }

    #[test]
    fn a_day_that_has_begun_is_not_left() {
        let expiry =
            Expiry { certificate: String::new(), not_after: "2026-02-01T00:00:00Z".parse().unwrap() };
        let left = |now: &str| expiry.days_left(Now(now.parse().unwrap()));
        assert_eq!(left("2026-01-31T00:00:00Z"), 1);
        assert_eq!(left("2026-01-31T00:00:01Z"), 0);
        assert_eq!(left("2026-02-01T00:00:01Z"), -1);
    }

    proptest! {
        #[test]
        fn decimal_agrees_with_the_integer_type(number: u128) {
            prop_assert_eq!(decimal(&number.to_be_bytes()), number.to_string());
        }

        #[test]
        fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            prop_assert!(Certificate::from_der(&bytes).is_err());
        }
    }
}

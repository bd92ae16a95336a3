//! Issues the certificates of the test PKI by RFC 5280, signed with ECDSA on P-256.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use aws_lc_rs::{
    digest::{SHA256, digest},
    encoding::{AsDer, PublicKeyX509Der},
    error::Unspecified,
    rand::{SystemRandom, fill},
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use x509_cert::{
    AlgorithmIdentifier, Version,
    der::{
        self, Any, Encode, Tag, TagMode, TagNumber,
        asn1::{BitString, ContextSpecific, Ia5String, ObjectIdentifier, OctetString},
        flagset::FlagSet,
    },
    ext::{
        Extension, ToExtension,
        pkix::{
            AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName,
            SubjectKeyIdentifier, name::GeneralName,
        },
    },
    name::Name,
    serial_number::SerialNumber,
    time::Validity,
};

use super::PkiFault;

const ECDSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const SERVER_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");

/// What a certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Signing certificates: a certification authority.
    Authority,
    /// Signing messages.
    Messages,
    /// A TLS server on this machine.
    TlsServer,
    /// A TLS client.
    TlsClient,
}

/// An issued certificate and its private key, both also in DER.
pub(super) struct Issued {
    name: Name,
    key: EcdsaKeyPair,
    pub(super) certificate: Vec<u8>,
    pub(super) private_key: Vec<u8>,
}

/// Makes a certification authority with a self-signed certificate.
pub(super) fn authority(subject: &str, validity: Validity) -> Result<Issued, PkiFault> {
    let (name, key) = (Name::from_str(subject)?, new_key()?);
    let certificate = certificate((&name, &key), (&name, &key), Purpose::Authority, validity)?;
    Ok(Issued { private_key: pkcs8(&key)?, certificate, name, key })
}

impl Issued {
    /// Issues a certificate with a new key, signed with the key of this one.
    pub(super) fn issue(
        &self,
        subject: &str,
        purpose: Purpose,
        validity: Validity,
    ) -> Result<Self, PkiFault> {
        let (name, key) = (Name::from_str(subject)?, new_key()?);
        let certificate = certificate((&self.name, &self.key), (&name, &key), purpose, validity)?;
        Ok(Self { private_key: pkcs8(&key)?, certificate, name, key })
    }
}

fn new_key() -> Result<EcdsaKeyPair, Unspecified> {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)
}

fn pkcs8(key: &EcdsaKeyPair) -> Result<Vec<u8>, Unspecified> {
    Ok(key.to_pkcs8v1()?.as_ref().to_vec())
}

/// The name and the key of an issuer or a subject.
type Party<'a> = (&'a Name, &'a EcdsaKeyPair);

fn certificate(
    issuer: Party<'_>,
    subject: Party<'_>,
    purpose: Purpose,
    validity: Validity,
) -> Result<Vec<u8>, PkiFault> {
    let algorithm = AlgorithmIdentifier { oid: ECDSA_WITH_SHA256, parameters: None::<Any> }.to_der()?;
    let body = sequence(&[
        explicit(0, Version::V3)?,
        serial()?.to_der()?,
        algorithm.clone(),
        issuer.0.to_der()?,
        validity.to_der()?,
        subject.0.to_der()?,
        public_key(subject.1)?.as_ref().to_vec(),
        explicit(3, extensions(issuer.1, subject, purpose)?)?,
    ])?;
    let signature = issuer.1.sign(&SystemRandom::new(), &body)?;
    Ok(sequence(&[body, algorithm, BitString::from_bytes(signature.as_ref())?.to_der()?])?)
}

fn sequence(parts: &[Vec<u8>]) -> der::Result<Vec<u8>> {
    Any::new(Tag::Sequence, parts.concat())?.to_der()
}

fn explicit<T>(number: u32, value: T) -> der::Result<Vec<u8>>
where
    ContextSpecific<T>: Encode,
{
    ContextSpecific { tag_number: TagNumber(number), tag_mode: TagMode::Explicit, value }.to_der()
}

/// A random serial number of 16 octets.
fn serial() -> Result<SerialNumber, PkiFault> {
    let mut octets = [0; 16];
    fill(&mut octets)?;
    let [first, ..] = &mut octets;
    // The top bit makes a number negative. The next bit is set, so that the first octet is never zero, which DER would drop.
    *first = *first & 0x7F | 0x40;
    Ok(SerialNumber::new(&octets)?)
}

fn public_key(key: &EcdsaKeyPair) -> Result<PublicKeyX509Der<'static>, Unspecified> {
    key.public_key().as_der()
}

fn extensions(
    issuer: &EcdsaKeyPair,
    (name, key): Party<'_>,
    purpose: Purpose,
) -> der::Result<Vec<Extension>> {
    let authority =
        AuthorityKeyIdentifier { key_identifier: Some(key_identifier(issuer)?), ..Default::default() };
    let mut all = vec![
        (&KeyUsage(usage(purpose))).to_extension(name, &[])?,
        (&SubjectKeyIdentifier(key_identifier(key)?)).to_extension(name, &[])?,
        (&authority).to_extension(name, &[])?,
    ];
    match purpose {
        Purpose::Authority => {
            let constraints = BasicConstraints { ca: true, path_len_constraint: Some(0) };
            all.push((&constraints).to_extension(name, &[])?);
        }
        Purpose::Messages => {}
        Purpose::TlsServer => {
            all.push((&ExtendedKeyUsage(vec![SERVER_AUTH])).to_extension(name, &[])?);
            all.push((&this_machine()?).to_extension(name, &[])?);
        }
        Purpose::TlsClient => all.push((&ExtendedKeyUsage(vec![CLIENT_AUTH])).to_extension(name, &[])?),
    }
    Ok(all)
}

fn usage(purpose: Purpose) -> FlagSet<KeyUsages> {
    match purpose {
        Purpose::Authority => KeyUsages::KeyCertSign | KeyUsages::CRLSign,
        Purpose::Messages | Purpose::TlsServer | Purpose::TlsClient => KeyUsages::DigitalSignature.into(),
    }
}

/// The leftmost 160 bits of the key's SHA-256 (RFC 7093 section 2, method 1).
fn key_identifier(key: &EcdsaKeyPair) -> der::Result<OctetString> {
    let digest = digest(&SHA256, key.public_key().as_ref());
    OctetString::new(digest.as_ref().iter().copied().take(20).collect::<Vec<_>>())
}

fn this_machine() -> der::Result<SubjectAltName> {
    Ok(SubjectAltName(vec![
        GeneralName::DnsName(Ia5String::new("localhost")?),
        GeneralName::IpAddress(OctetString::new(Ipv4Addr::LOCALHOST.octets())?),
        GeneralName::IpAddress(OctetString::new(Ipv6Addr::LOCALHOST.octets())?),
    ]))
}

//! Verification: what is signed, and by whom; what else it may hold is in a file of its own.

mod allowed;

use std::{fs, path::Path, sync::LazyLock};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use proptest::prelude::*;

use super::*;
use crate::duis::{
    pem,
    signature::{
        pki::{DCC, USERS, init},
        sign::sign,
    },
    xml::parse,
};

const USER: Eui64 = USERS[0].1;
const NOW: &str = "2026-01-31T12:00:00Z";
/// The layout of requests from real tools: an instruction outside the root, declarations that nothing uses.
const BODY: &str = "<?xml version=\"1.0\"?>\n<?keep this?>\n<sr:Request xmlns:sr=\"urn:sr\" xmlns:unused=\"urn:unused\" \
     xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" schemaVersion=\"5.4\">\n  <sr:Body><!-- c --> a\tb</sr:Body>\n  \
     </sr:Request>\n<?after?>\n";

static PKI: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path(), NOW.parse().unwrap()).unwrap();
    folder
});

fn trust_in(folder: &Path, validity: ValidityCheck) -> TrustStore {
    let mut trust = TrustStore::new(validity);
    trust.load_folder(folder).unwrap();
    trust
}

fn signed_by(eui: Eui64, body: &str) -> String {
    let signer = TRUST.signer_for(eui, NOW.parse().unwrap()).unwrap();
    String::from_utf8(sign(body.as_bytes(), signer).unwrap()).unwrap()
}

static TRUST: LazyLock<TrustStore> = LazyLock::new(|| trust_in(PKI.path(), ValidityCheck::Enforced));
static SIGNED: LazyLock<String> = LazyLock::new(|| signed_by(USER, BODY));

fn signed() -> String {
    SIGNED.clone()
}

fn verify_with(trust: &TrustStore, text: &str, at: &str) -> Result<SignedBy, SignatureFault> {
    let document = parse(text.as_bytes()).unwrap();
    verify_document(&document, USER, trust, at.parse().unwrap())
}

fn verify(text: &str) -> Result<SignedBy, SignatureFault> {
    verify_with(&TRUST, text, NOW)
}

/// The message of the fault after a change that must be possible.
fn fault(from: &str, to: &str) -> String {
    let good = signed();
    assert!(good.contains(from), "`{from}` is not in {good}");
    verify(&good.replacen(from, to, 1)).unwrap_err().to_string()
}

fn element(text: &str, name: &str) -> String {
    let (_, after) = text.split_once(&format!("<ds:{name}")).unwrap();
    let (inside, _) = after.split_once(&format!("</ds:{name}>")).unwrap();
    format!("<ds:{name}{inside}</ds:{name}>")
}

fn value(text: &str, name: &str) -> String {
    let element = element(text, name);
    element.split_once('>').unwrap().1.rsplit_once("</").unwrap().0.to_owned()
}

#[test]
fn what_was_signed_verifies() {
    let by = verify(&signed()).unwrap();
    assert_eq!(by.eui(), USER);
    assert_eq!(by.serial(), value(&signed(), "X509SerialNumber"));
}

#[test]
fn a_tampered_body_is_refused() {
    for (from, to) in [("a\tb", "a\tc"), ("a\tb", "a b"), ("schemaVersion=\"5.4\"", "schemaVersion=\"5.3\"")]
    {
        assert!(fault(from, to).starts_with("the document's digest is not"), "{from}");
    }
}

#[test]
fn all_of_the_document_is_signed() {
    for (from, to) in [
        ("<?keep this?>", ""),
        ("<?after?>", ""),
        (" xmlns:unused=\"urn:unused\"", ""),
        ("<sr:Body>", "<sr:Body xmlns:new=\"urn:new\">"),
        ("\n  <sr:Body>", "<sr:Body>"),
    ] {
        assert!(fault(from, to).starts_with("the document's digest is not"), "{from}");
    }
    // A comment is not.
    assert!(verify(&signed().replace("<!-- c -->", "<!-- d --><!-- e -->")).is_ok());
}

#[test]
fn a_digest_of_something_else_is_not_signed() {
    let good = signed();
    let other = signed_by(USER, &BODY.replace("a\tb", "other"));
    let (from, to) = (element(&good, "DigestValue"), element(&other, "DigestValue"));
    let swapped = good.replace(&from, &to).replace("a\tb", "other");
    assert_eq!(verify(&swapped), Err(SignatureFault::Value));
}

/// Whoever sees a signature can write it with the other s (n - s): ECDSA has two for each r, real tools write both,
/// and neither says anything about the message. It buys nobody anything: the RequestID is the same.
#[test]
fn the_other_s_of_a_signature_is_as_good_and_one_out_of_range_is_not() {
    const ORDER: [u128; 2] =
        [0xFFFF_FFFF_0000_0000_FFFF_FFFF_FFFF_FFFF, 0xBCE6_FAAD_A717_9E84_F3B9_CAC2_FC63_2551];
    let order: [u8; 32] = ORDER.map(u128::to_be_bytes).concat().try_into().unwrap();
    let text = value(&signed(), "SignatureValue");
    let octets = STANDARD.decode(&text).unwrap();
    let (r, s) = octets.split_at(32);
    let mut other = [0; 32];
    let mut borrow = 0;
    for at in (0..32).rev() {
        let difference = i16::from(order[at]) - i16::from(s[at]) - borrow;
        borrow = i16::from(difference < 0);
        other[at] = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    let with = |s: &[u8]| verify(&signed().replace(&text, &STANDARD.encode([r, s].concat())));
    assert!(with(&other).is_ok());
    for s in [&[0; 32], &order, &[0xFF; 32]] {
        assert_eq!(with(s), Err(SignatureFault::Value));
    }
}

#[test]
fn another_key_is_refused() {
    let other = signed_by(USERS[1].1, BODY);
    let key_info = element(&signed(), "KeyInfo");
    let forged = other.replace(&element(&other, "KeyInfo"), &key_info);
    assert_eq!(verify(&forged), Err(SignatureFault::Value));
}

#[test]
fn an_unknown_certificate_is_refused() {
    let serial = value(&signed(), "X509SerialNumber");
    let issuer = "CN=SMI-TEST-ROOT,OU=07";
    for (from, to) in [
        (serial.as_str(), "1".to_owned()),
        (&serial, format!("-{serial}")),
        (&serial, format!("{serial}.0")),
        (issuer, "OU=07,CN=SMI-TEST-ROOT".to_owned()),
        (issuer, "nobody".to_owned()),
    ] {
        assert!(fault(from, &to).starts_with("no certificate is known with the issuer `"), "{to}");
    }
}

#[test]
fn another_users_signature_is_refused() {
    let fault = verify(&signed_by(DCC, BODY)).unwrap_err();
    assert_eq!(fault, SignatureFault::WrongSigner { expected: USER, found: DCC });
}

#[test]
fn a_certificate_is_used_within_its_validity() {
    let (early, late) = ("2016-01-30T23:59:59Z", "2036-01-31T00:00:01Z");
    let at = |at, check| verify_with(&trust_in(PKI.path(), check), &SIGNED, at);
    assert!(matches!(at(early, ValidityCheck::Enforced), Err(SignatureFault::NotYetValid(_))));
    assert!(matches!(at(late, ValidityCheck::Enforced), Err(SignatureFault::Expired(_))));
    assert!(at(early, ValidityCheck::Off).is_ok() && at(late, ValidityCheck::Off).is_ok());
    for bound in ["2016-01-31T00:00:00Z", "2036-01-31T00:00:00Z"] {
        assert!(at(bound, ValidityCheck::Enforced).is_ok(), "{bound}");
    }
}

#[test]
fn a_certificate_for_key_agreement_signs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = fs::read(PKI.path().join("supplier-1.pem")).unwrap();
    let mut der = pem::certificate(&file).unwrap();
    // KeyUsage as a BIT STRING: digitalSignature becomes keyAgreement.
    let usage = der.windows(4).position(|bytes| bytes == [0x03, 0x02, 0x07, 0x80]).unwrap();
    der[usage + 2..usage + 4].copy_from_slice(&[0x03, 0x08]);
    fs::write(folder.path().join("a.pem"), pem::encode(pem::CERTIFICATE, &der).unwrap()).unwrap();
    fs::copy(PKI.path().join("supplier-1.key"), folder.path().join("a.key")).unwrap();
    let trust = trust_in(folder.path(), ValidityCheck::Enforced);
    assert_eq!(verify_with(&trust, &SIGNED, NOW), Err(SignatureFault::KeyUsage));
    assert!(trust.warnings().is_empty() && trust.signer_for(USER, NOW.parse().unwrap()).is_none());
}

proptest! {
    #[test]
    fn no_single_changed_byte_is_taken_for_the_original(at in 0_usize..2_000, byte in 0x20_u8..0x7F) {
        let mut bytes = signed().into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        let Ok(document) = parse(&bytes) else { return Ok(()) };
        if verify_document(&document, USER, &TRUST, NOW.parse().unwrap()).is_ok() {
            // Comments, or spaces in the issuer's name: what was signed is the same.
            let original = parse(SIGNED.as_bytes()).unwrap();
            let signed = |document| inclusive_without(document, profile::read(document).unwrap().signature);
            prop_assert_eq!(signed(&document), signed(&original));
        }
    }
}

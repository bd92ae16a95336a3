use std::{fs, path::Path, sync::LazyLock};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use proptest::prelude::*;

use super::*;
use crate::duis::{
    signature::{
        pem,
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
fn a_missing_doubled_moved_or_wrapped_signature_is_refused() {
    let good = signed();
    let signature = element(&good, "Signature");
    assert_eq!(verify(BODY), Err(SignatureFault::Missing));
    assert_eq!(verify(&good.replace(&signature, &signature.repeat(2))), Err(SignatureFault::Several));
    let moved = good.replace(&signature, "").replace("<sr:Body>", &format!("{signature}<sr:Body>"));
    assert_eq!(verify(&moved), Err(SignatureFault::Misplaced));
    let nested = good.replace(&signature, "").replace("</sr:Body>", &format!("{signature}</sr:Body>"));
    assert_eq!(verify(&nested), Err(SignatureFault::Misplaced));
    let wrapped = good.replace(&signature, &format!("<sr:Extra>{signature}</sr:Extra>"));
    assert_eq!(verify(&wrapped), Err(SignatureFault::Misplaced));
}

#[test]
fn a_signature_around_the_document_or_with_objects_is_refused() {
    let object = "<ds:Object><sr:Body xmlns:sr=\"urn:sr\"/></ds:Object></ds:Signature>";
    assert_eq!(
        fault("</ds:Signature>", object),
        "ds:Signature has the element `Object` where the profile has none"
    );
    let root = signed().replace("sr:Request", "ds:Signature");
    assert_eq!(verify(&root), Err(SignatureFault::Several));
    let alone = "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"></ds:Signature>";
    assert_eq!(verify(alone), Err(SignatureFault::Misplaced));
}

#[test]
fn every_other_algorithm_is_refused() {
    for (from, to, place) in [
        (
            "http://www.w3.org/2001/10/xml-exc-c14n#\"",
            "http://www.w3.org/2001/10/xml-exc-c14n#WithComments\"",
            "CanonicalizationMethod",
        ),
        (
            "http://www.w3.org/2001/10/xml-exc-c14n#\"",
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"",
            "CanonicalizationMethod",
        ),
        ("ecdsa-sha256", "hmac-sha256", "SignatureMethod"),
        ("ecdsa-sha256", "rsa-sha256", "SignatureMethod"),
        (
            "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
            "http://www.w3.org/TR/1999/REC-xpath-19991116",
            "Transform",
        ),
        ("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1", "DigestMethod"),
    ] {
        let message = fault(from, to);
        assert!(message.starts_with(&format!("ds:{place} names the algorithm `")), "{message}");
    }
}

#[test]
fn every_other_element_is_refused() {
    let transform = "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/></ds:Transforms>";
    for (from, to, message) in [
        ("</ds:Transforms>", transform, "ds:Transforms has the element `Transform` where"),
        (
            "</ds:SignedInfo>",
            "<ds:Reference URI=\"\"/></ds:SignedInfo>",
            "ds:SignedInfo has the element `Reference`",
        ),
        (
            "</ds:SignatureMethod>",
            "<ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>",
            "ds:SignatureMethod has",
        ),
        ("</ds:Transform>", "<ds:XPath>1</ds:XPath></ds:Transform>", "ds:Transform has the element `XPath`"),
        ("<ds:X509Data>", "<ds:KeyName>a</ds:KeyName><ds:X509Data>", "ds:KeyInfo has the element `KeyName`"),
        (
            "</ds:X509Data>",
            "<ds:X509SKI>AAAA</ds:X509SKI></ds:X509Data>",
            "ds:X509Data has the element `X509SKI`",
        ),
        ("<ds:KeyInfo>", "<KeyInfo/><ds:KeyInfo>", "ds:Signature has the element `KeyInfo`"),
        ("<ds:KeyInfo>", "<?pi?><ds:KeyInfo>", "ds:Signature has the processing instruction `pi`"),
        ("<ds:KeyInfo>", "text<ds:KeyInfo>", "ds:Signature has text where"),
        ("</ds:DigestValue>", "<a/></ds:DigestValue>", "ds:DigestValue has the element `a`"),
        ("</ds:DigestValue>", "<?pi?></ds:DigestValue>", "ds:DigestValue has the processing instruction"),
    ] {
        let found = fault(from, to);
        assert!(found.starts_with(message), "{found}");
    }
}

#[test]
fn every_missing_element_is_named() {
    let good = signed();
    for (name, within) in [
        ("KeyInfo", "Signature"),
        ("DigestValue", "Reference"),
        ("X509SerialNumber", "X509IssuerSerial"),
        ("X509IssuerSerial", "X509Data"),
    ] {
        let fault = verify(&good.replace(&element(&good, name), "")).unwrap_err();
        assert_eq!(fault.to_string(), format!("ds:{within} has no ds:{name}"));
    }
    // The first that is not where it should be.
    let message = fault(&element(&good, "SignedInfo"), "");
    assert_eq!(message, "ds:Signature has the element `SignatureValue` where the profile has none");
}

#[test]
fn attributes_are_a_closed_list() {
    for (from, to, message) in [
        (
            "URI=\"\"",
            "URI=\"#x\"",
            "the URI of ds:Reference is `#x`; only an empty one means the whole document",
        ),
        (
            "URI=\"\"",
            "URI=\"file:///etc/hostname\"",
            "the URI of ds:Reference is `file:///etc/hostname`; only",
        ),
        (" URI=\"\"", "", "ds:Reference has no attribute `URI`"),
        ("URI=\"\"", "URI=\"\" Type=\"a\"", "ds:Reference has the attribute `Type`"),
        ("URI=\"\"", "Id=\"a\" URI=\"\"", "ds:Reference has the attribute `Id`"),
        ("<ds:SignedInfo", "<ds:SignedInfo Id=\"a\"", "ds:SignedInfo has the attribute `Id`"),
        ("<ds:Signature>", "<ds:Signature Id=\"a\">", "ds:Signature has the attribute `Id`"),
        ("<ds:SignatureValue", "<ds:SignatureValue Id=\"a\"", "ds:SignatureValue has the attribute `Id`"),
        ("<ds:Signature>", "<ds:Signature xml:space=\"preserve\">", "ds:Signature has the attribute `space`"),
        ("<ds:SignatureMethod Alg", "<ds:SignatureMethod ds:Alg", "ds:SignatureMethod has the attribute"),
    ] {
        let found = fault(from, to);
        assert!(found.starts_with(message), "{found}");
    }
}

#[test]
fn values_are_read_whole_and_strictly() {
    let good = signed();
    let (digest, signature) = (value(&good, "DigestValue"), value(&good, "SignatureValue"));
    for (from, to, message) in [
        (&signature, "AAAA".to_owned(), "the value of ds:SignatureValue has 3 octets, not 64"),
        (&signature, String::new(), "the value of ds:SignatureValue has 0 octets, not 64"),
        (&signature, format!("{signature}AAAA"), "the value of ds:SignatureValue is not base64"),
        (&signature, signature.replace('=', "!"), "the value of ds:SignatureValue is not base64"),
        (&signature, signature.replace("==", "é"), "the value of ds:SignatureValue is not base64"),
        (
            &signature,
            signature.trim_end_matches('=').to_owned(),
            "the value of ds:SignatureValue is not base64",
        ),
        (&digest, "AAAA".to_owned(), "the value of ds:DigestValue has 3 octets, not 32"),
        (
            &digest,
            format!("{}<!--c-->", digest.split_at(40).0),
            "the value of ds:DigestValue has 30 octets, not 32",
        ),
    ] {
        assert_eq!(fault(from, &to), message);
    }
}

#[test]
fn white_space_and_comments_of_real_tools_are_taken() {
    let good = signed();
    let (digest, value) = (value(&good, "DigestValue"), value(&good, "SignatureValue"));
    let issuer = "CN=SMI-TEST-ROOT,OU=07";
    for (from, to) in [
        (value.as_str(), format!("\n{}&#13;\n  {}\n", value.split_at(40).0, value.split_at(40).1)),
        (&digest, format!("{}<!-- c -->{}", digest.split_at(20).0, digest.split_at(20).1)),
        (issuer, " CN=SMI-TEST-<!-- c -->ROOT, OU=07\n".to_owned()),
        ("<ds:KeyInfo>", "<!-- c -->\n<ds:KeyInfo xmlns:a=\"urn:a\">\n".to_owned()),
        ("</ds:X509IssuerSerial>", "<!-- c -->\r\n</ds:X509IssuerSerial>".to_owned()),
    ] {
        assert!(good.contains(from));
        assert_eq!(verify(&good.replace(from, &to)).unwrap().eui(), USER, "{to}");
    }
    // White space inside ds:SignedInfo is signed: the form is good, the value is another's.
    assert_eq!(verify(&good.replace("<ds:Transforms>", "<ds:Transforms>\n")), Err(SignatureFault::Value));
}

#[test]
fn an_unknown_certificate_is_refused() {
    let serial = value(&signed(), "X509SerialNumber");
    let issuer = "CN=SMI-TEST-ROOT,OU=07";
    for (from, to) in [
        (serial.as_str(), "1".to_owned()),
        (&serial, format!("0{serial}")),
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
    let text = fs::read_to_string(PKI.path().join("supplier-1.pem")).unwrap();
    let mut der = pem::blocks(&text, pem::CERTIFICATE).next().unwrap().unwrap();
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

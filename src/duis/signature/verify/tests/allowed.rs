//! What a signature may hold: elements, algorithms, attributes and values.

use super::*;

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

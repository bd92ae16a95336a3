//! Signatures against other people's programs: Smart DCC's signing tool and xmlsec1.
//!
//! The tool, the message templates and the key store are npm packages, installed under `tests/client`.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use smi::{
    domain::{Eui64, Timestamp},
    duis::{
        signature::{
            Signer, TrustStore, USER_XML_SIGN, ValidityCheck,
            pki::{DCC, USERS, init},
            sign, sign_compacted, strip, verify_document,
        },
        xml::{compact, parse},
    },
};

use crate::oracles::{is_there, npm, schema_of_signatures};

/// Laid out, with a signature of its own that does not verify, and comments.
const TEMPLATES: [&str; 3] = [
    "8.2_READ_INVENTORY_REQUEST_DUIS.XML",
    "8.4_UPDATE_INVENTORY_REQUEST_DUIS.XML",
    "12.2_DEVICE_PRE_NOTIFICATION_REQUEST_DUIS.XML",
];

/// A moment at which the key store's certificates for messages hold.
fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn template(name: &str) -> Option<PathBuf> {
    npm(&format!("duis-templates/templates/{name}"))
}

fn trust() -> Option<TrustStore> {
    let mut trust = TrustStore::new(ValidityCheck::Enforced);
    trust.load_keystore(&npm("dccboxed-keystore/keystore.json")?).unwrap();
    Some(trust)
}

/// The sender that a template names in its RequestID.
fn originator(message: &str) -> Eui64 {
    let (_, after) = message.split_once("RequestID>").unwrap();
    after.split_once(':').unwrap().0.parse().unwrap()
}

fn signer<'t>(trust: &'t TrustStore, message: &str) -> Option<&'t Signer> {
    trust.signer_for(originator(message), now())
}

/// What the tool answers, as it would be run by Smart DCC's own client.
fn tool(class: &str, input: &Path) -> Option<String> {
    let jar = npm("duis-sign-wrap/dist/tool.jar")?;
    if !is_there("java") {
        return None;
    }
    let class = format!("uk.co.smartdcc.boxed.xmldsig.{class}");
    let java = Command::new("java")
        .arg("-cp")
        .args([&jar, Path::new(&class), Path::new("-")])
        // A JVM that does little compiles little.
        .env("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        .stdin(File::open(input).unwrap())
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert!(java.status.success(), "{}", String::from_utf8_lossy(&java.stderr));
    Some(String::from_utf8(java.stdout).unwrap())
}

#[test]
fn what_the_published_tool_signs_verifies() {
    let Some(trust) = trust() else { return };
    for name in TEMPLATES {
        let Some(path) = template(name) else { return };
        let Some(signed) = tool("Sign", &path) else { return };
        let document = parse(signed.as_bytes()).unwrap();
        let by = verify_document(&document, originator(&signed), &trust, now());
        assert_eq!(by.map(|by| by.eui()), Ok(originator(&signed)), "{name}");
        let tampered = signed.replacen("<sr:CommandVariant>8", "<sr:CommandVariant>7", 1);
        let document = parse(tampered.as_bytes()).unwrap();
        assert!(verify_document(&document, originator(&signed), &trust, now()).is_err(), "{name}");
    }
}

#[test]
fn what_we_sign_passes_the_published_tool() {
    let Some(trust) = trust() else { return };
    let folder = tempfile::tempdir().unwrap();
    for name in TEMPLATES {
        let Some(path) = template(name) else { return };
        let message = fs::read_to_string(path).unwrap();
        let signed = sign_compacted(message.as_bytes(), signer(&trust, &message).unwrap()).unwrap();
        let path = folder.path().join(name);
        fs::write(&path, &signed).unwrap();
        let Some(stripped) = tool("Validate", &path) else { return };
        assert!(stripped.contains("<sr:RequestID>") && !stripped.contains("ds:Signature"), "{stripped}");
    }
}

#[test]
fn every_template_can_be_signed_verified_and_stripped() {
    let (Some(trust), Some(folder)) = (trust(), template("")) else { return };
    let mut signed_count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let message = fs::read_to_string(entry.unwrap().path()).unwrap();
        let Some(signer) = signer(&trust, &message) else { continue };
        let signed = sign_compacted(message.as_bytes(), signer).unwrap();
        let document = parse(&signed).unwrap();
        verify_document(&document, originator(&message), &trust, now()).unwrap();
        let stripped = strip(&document);
        assert_eq!(stripped, compact(&parse(stripped.as_bytes()).unwrap(), None));
        signed_count += 1;
    }
    assert!(signed_count > 250, "only {signed_count} templates were signed");
}

#[test]
fn what_we_sign_passes_xmlsec1() {
    let (Some(trust), Some(folder)) = (trust(), template("")) else { return };
    if !is_there("xmlsec1") {
        return;
    }
    let message = fs::read_to_string(folder.join(TEMPLATES[0])).unwrap();
    let signer = signer(&trust, &message).unwrap();
    let files = tempfile::tempdir().unwrap();
    let (certificate, signed) = (files.path().join("certificate.pem"), files.path().join("signed.xml"));
    fs::write(&certificate, certificate_pem(signer)).unwrap();
    // As compacted, and as signed with unused declarations, instructions and layout in the document.
    let odd = "<?a b?>\n<r xmlns='urn:r' xmlns:unused='urn:u' xmlns:ds='urn:other'>\n <b c='&#13;&quot;'>&#13;</b></r><?z?>";
    for message in [sign_compacted(message.as_bytes(), signer), sign(odd.as_bytes(), signer)] {
        fs::write(&signed, message.unwrap()).unwrap();
        let passes = || {
            let mut xmlsec1 = Command::new("xmlsec1");
            xmlsec1.args(["--verify", "--pubkey-cert-pem"]).arg(&certificate).arg(&signed);
            xmlsec1.output().unwrap().status.success()
        };
        assert!(passes());
        fs::write(
            &signed,
            fs::read_to_string(&signed).unwrap().replacen("ds:Reference URI", "ds:Reference  URI", 1),
        )
        .unwrap();
        assert!(passes(), "white space in a tag is not signed");
        fs::write(
            &signed,
            fs::read_to_string(&signed).unwrap().replacen(">\n ", ">\n  ", 1).replacen(">8.2<", ">8.3<", 1),
        )
        .unwrap();
        assert!(!passes());
    }
}

#[test]
fn what_passes_is_valid_by_the_published_schema() {
    let (Some(schema), true) = (schema_of_signatures(), is_there("xmllint")) else { return };
    let folder = tempfile::tempdir().unwrap();
    init(folder.path(), now()).unwrap();
    let mut trust = TrustStore::new(ValidityCheck::Enforced);
    trust.load_folder(folder.path()).unwrap();
    let signed = sign(b"<r>1</r>", trust.signer_for(DCC, now()).unwrap()).unwrap();
    let signed = String::from_utf8(signed).unwrap();
    for (from, to) in [
        ("", ""),
        ("<ds:KeyInfo>", "<!-- c -->\n<ds:KeyInfo xmlns:a='urn:a'>\n"),
        ("<ds:SignatureValue>", "<ds:SignatureValue>&#13;\n \t<!-- c -->"),
        ("<ds:X509SerialNumber>", "<ds:X509SerialNumber> \n<!-- c -->"),
        ("<ds:X509SerialNumber>", "<ds:X509SerialNumber>\n +00"),
        ("</ds:X509IssuerName>", " </ds:X509IssuerName>\r\n"),
        ("CN=SMI-TEST-ROOT,OU=07", "\n cn = \"SMI-TEST-ROOT\";\n oid.2.5.4.11=\"\\30\\37\"\n"),
    ] {
        let text = signed.replacen(from, to, 1);
        verify_document(&parse(text.as_bytes()).unwrap(), DCC, &trust, now()).unwrap();
        let (_, signature) = text.split_once("<r>1").unwrap();
        let file = folder.path().join("signature.xml");
        fs::write(&file, signature.strip_suffix("</r>").unwrap()).unwrap();
        let mut xmllint = Command::new("xmllint");
        let output =
            xmllint.args(["--nonet", "--noout", "--schema"]).arg(&schema).arg(&file).output().unwrap();
        assert!(output.status.success(), "{to}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The signer's certificate as the key store has it.
fn certificate_pem(signer: &Signer) -> String {
    let store = fs::read_to_string(npm("dccboxed-keystore/keystore.json").unwrap()).unwrap();
    let store: serde_json::Value = serde_json::from_str(&store).unwrap();
    let eui = signer.certificate().eui().to_string().replace('-', "").to_lowercase();
    let entry = format!("/{eui}/digitalSignature/{}/certificate", signer.certificate().serial());
    store.pointer(&entry).unwrap().as_str().unwrap().to_owned()
}

#[test]
fn openssl_accepts_every_certificate() {
    if !is_there("openssl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let paths = init(folder.path(), now()).unwrap();
    for path in paths.iter().filter(|path| path.extension().unwrap() == "pem") {
        let is_tls = path.parent().unwrap().ends_with("tls");
        let name = path.file_stem().unwrap().to_str().unwrap();
        let root = match is_tls {
            true if name.starts_with("csp-") => "tls/csp-ca.pem",
            true => "tls/ca.pem",
            false => "root.pem",
        };
        let root = folder.path().join(root);
        let purpose = match name {
            "server" => "sslserver",
            "csp-north" | "csp-central-south" => "sslclient",
            name if name.starts_with("client") => "sslclient",
            _ => "any",
        };
        let mut openssl = Command::new("openssl");
        openssl.args(["verify", "-x509_strict", "-attime", "1769850000", "-purpose", purpose, "-CAfile"]);
        let output = openssl.arg(root).arg(path).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn the_published_key_store_loads_but_for_its_flaws() {
    let Some(path) = npm("dccboxed-keystore/keystore.json") else { return };
    let mut trust = TrustStore::new(ValidityCheck::Enforced);
    trust.load_keystore(&path).unwrap();
    assert_eq!(trust.warnings().len(), 2, "{:?}", trust.warnings());
    assert!(trust.warnings().iter().all(|warning| warning.contains("`mdr-")), "{:?}", trust.warnings());
    let (_, supplier) = USERS[0];
    let signer = trust.signer_for(supplier, now()).unwrap().certificate();
    assert_eq!(signer.serial(), "27572613927499351639968579586655397031");
    assert_eq!((signer.issuer().to_string().as_str(), signer.role()), ("CN=Z1,OU=07", Some(USER_XML_SIGN)));
    assert!(trust.find("CN=Z1,OU=07", signer.serial()).is_some());
}

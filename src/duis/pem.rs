//! PEM files: DER in base64 between labelled lines (RFC 7468). The only reader of certificates and private keys in this form.
//!
//! It tolerates what editors and shells add: a byte order mark, UTF-16, any line ends or none, blanks at either end of a line,
//! text around the blocks. A block that is broken is a fault with its line; a fault never repeats a character of the file.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use x509_cert::der::pem;

/// The label of a certificate.
pub const CERTIFICATE: &str = "CERTIFICATE";
/// The label of a private key in PKCS#8.
pub const PRIVATE_KEY: &str = "PRIVATE KEY";
/// The label of an EC private key in SEC 1.
pub const EC_PRIVATE_KEY: &str = "EC PRIVATE KEY";
/// The label of an RSA private key in PKCS#1.
pub const RSA_PRIVATE_KEY: &str = "RSA PRIVATE KEY";
/// The label of an encrypted private key, which is always a fault.
const ENCRYPTED_PRIVATE_KEY: &str = "ENCRYPTED PRIVATE KEY";

/// The labels of private keys.
const PRIVATE_KEYS: [&str; 4] = [PRIVATE_KEY, EC_PRIVATE_KEY, RSA_PRIVATE_KEY, ENCRYPTED_PRIVATE_KEY];

const DASHES: &str = "-----";
const BEGIN: &str = "-----BEGIN ";

/// One block.
#[derive(Clone, PartialEq, Eq)]
pub struct PemBlock {
    /// Its label, such as [`CERTIFICATE`].
    pub label: String,
    /// Its content.
    pub der: Vec<u8>,
}

/// Why a file, or a block of it, cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PemFault {
    /// There is no block of the kind that is wanted.
    #[error("no PEM block `{wanted}`{}", hint(*.is_der))]
    Missing {
        /// The label that is wanted.
        wanted: &'static str,
        /// Whether the file looks like DER.
        is_der: bool,
    },
    /// A block is broken.
    #[error("line {line}: PEM block `{label}` {reason}")]
    Broken {
        /// The line, counted from 1.
        line: usize,
        /// The block's label.
        label: String,
        /// What is wrong.
        reason: &'static str,
    },
}

fn hint(is_der: bool) -> &'static str {
    if is_der { "; the file looks like DER, which `openssl` turns into PEM" } else { "" }
}

/// The certificates of a file, in its order, with a fault for each block that is broken.
///
/// # Errors
/// When there is none.
pub fn certificates(file: &[u8]) -> Result<Vec<Result<Vec<u8>, PemFault>>, PemFault> {
    let found = blocks_of(file, &[CERTIFICATE], CERTIFICATE)?;
    Ok(found.into_iter().map(|block| block.map(|block| block.der)).collect())
}

/// The first certificate of a file.
///
/// # Errors
/// When there is none, or it is broken.
pub fn certificate(file: &[u8]) -> Result<Vec<u8>, PemFault> {
    certificates(file)?
        .into_iter()
        .next()
        .unwrap_or(Err(PemFault::Missing { wanted: CERTIFICATE, is_der: false }))
}

/// The first private key of a file.
///
/// # Errors
/// When there is none, or it is broken or encrypted.
pub fn private_key(file: &[u8]) -> Result<PemBlock, PemFault> {
    private_keys(file)?
        .into_iter()
        .next()
        .unwrap_or(Err(PemFault::Missing { wanted: PRIVATE_KEY, is_der: false }))
}

/// The private keys of a file, in its order, with a fault for each block that is broken or encrypted.
///
/// # Errors
/// When there is none.
pub fn private_keys(file: &[u8]) -> Result<Vec<Result<PemBlock, PemFault>>, PemFault> {
    blocks_of(file, &PRIVATE_KEYS, PRIVATE_KEY)
}

/// Encodes one block, with lines of 64 characters.
///
/// # Errors
/// When the label is not one of PEM.
pub fn encode(label: &str, der: &[u8]) -> Result<String, pem::Error> {
    pem::encode_string(label, pem::LineEnding::LF, der)
}

fn blocks_of(
    file: &[u8],
    labels: &[&str],
    wanted: &'static str,
) -> Result<Vec<Result<PemBlock, PemFault>>, PemFault> {
    let text = text_of(file);
    let has_label = |block: &Result<PemBlock, PemFault>| match block {
        Ok(PemBlock { label, .. }) | Err(PemFault::Broken { label, .. }) => labels.contains(&label.as_str()),
        Err(PemFault::Missing { .. }) => true,
    };
    let found = blocks(&text).into_iter().filter(has_label).collect::<Vec<_>>();
    // 30 8x is how DER begins a sequence of more than 127 octets, as every certificate and key is.
    let is_der = matches!(file, [0x30, 0x80..=0x84, ..]);
    if found.is_empty() { Err(PemFault::Missing { wanted, is_der }) } else { Ok(found) }
}

/// The text of a file. Lossy, because text around the blocks may have any encoding; the blocks are ASCII.
fn text_of(file: &[u8]) -> String {
    let utf_16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, _) = bytes.as_chunks::<2>();
        String::from_utf16_lossy(&pairs.iter().map(|pair| unit(*pair)).collect::<Vec<_>>())
    };
    match file {
        // A byte order mark: a shell of Windows writes UTF-16.
        [0xFF, 0xFE, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        _ => String::from_utf8_lossy(file).into_owned(),
    }
}

/// All blocks. They are found by their dashes and not by lines, which may have been lost on the way.
fn blocks(text: &str) -> Vec<Result<PemBlock, PemFault>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(BEGIN) {
        let begin = text.len() - after.len();
        rest = after;
        // Otherwise no line that begins a block: the label ends on its line, with dashes.
        let Some((label, content)) = after.split_once(DASHES).filter(|(label, _)| is_label(label)) else {
            continue;
        };
        // Up to the next dashes: a block without its end does then not hide the blocks after it.
        let start = text.len() - content.len();
        let (content, end) = content.split_at(content.find(DASHES).unwrap_or(content.len()));
        rest = end;
        let broken =
            |(at, reason)| PemFault::Broken { line: line_of(text, at), label: label.to_owned(), reason };
        let der = match end.strip_prefix("-----END ").and_then(|end| end.strip_prefix(label)) {
            Some(after) if after.starts_with(DASHES) => {
                decode(label, content).map_err(|(at, reason)| (start + at, reason))
            }
            Some(_) | None => Err((begin, "has no END line of its own")),
        };
        found.push(der.map(|der| PemBlock { label: label.to_owned(), der }).map_err(broken));
    }
    found
}

fn is_label(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b' '))
}

/// The line of that byte.
fn line_of(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or(text);
    // Old Macs end lines with CR alone.
    let end = if before.contains('\n') { '\n' } else { '\r' };
    before.matches(end).count() + 1
}

/// Decodes the base64 of a block. The fault has its byte within the content.
fn decode(label: &str, content: &str) -> Result<Vec<u8>, (usize, &'static str)> {
    // OpenSSL marks an encrypted key by headers before the base64, PKCS#8 by its label.
    if label == ENCRYPTED_PRIVATE_KEY || content.contains("ENCRYPTED") {
        return Err((0, "is encrypted; a key without a passphrase is wanted"));
    }
    let is_blank = |character: char| character.is_whitespace() || character == '\u{feff}';
    let is_base64 = |character: char| character.is_ascii_alphanumeric() || "+/=".contains(character);
    if let Some(at) = content.find(|character| !is_blank(character) && !is_base64(character)) {
        return Err((at, "has a character that is not base64"));
    }
    let base64 = content.split(is_blank).collect::<String>();
    let der = STANDARD.decode(base64).ok().filter(|der| !der.is_empty());
    der.ok_or((0, "is cut short: its base64 does not end where it should"))
}

impl std::fmt::Debug for PemBlock {
    /// Without its content, which may be a private key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PemBlock").field("label", &self.label).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DER: [u8; 100] = [2; 100];

    fn pem() -> String {
        encode(CERTIFICATE, &DER).unwrap()
    }

    /// The certificates of a text; a fault as its message.
    fn read(file: impl AsRef<[u8]>) -> Vec<Result<Vec<u8>, String>> {
        let found = certificates(file.as_ref()).unwrap_or_else(|fault| vec![Err(fault)]);
        found.into_iter().map(|block| block.map_err(|fault| fault.to_string())).collect()
    }

    fn utf_16(text: &str, octets: fn(u16) -> [u8; 2]) -> Vec<u8> {
        format!("\u{feff}{text}").encode_utf16().flat_map(octets).collect()
    }

    #[test]
    fn what_editors_add_does_not_matter() {
        let pem = pem();
        let lines = |end: &str| pem.lines().map(|line| format!("{line}{end}")).collect::<String>();
        for (what, text) in [
            ("as it is", pem.clone()),
            ("a byte order mark", format!("\u{feff}{pem}")),
            ("CRLF", lines("\r\n")),
            ("CR", lines("\r")),
            ("no line ends", lines(" ")),
            ("blanks at the end", lines(" \t\n")),
            ("empty lines", lines("\n\n")),
            ("no last line end", pem.trim_end().to_owned()),
            ("blanks before", pem.lines().map(|line| format!("  \t{line}\n")).collect()),
            ("a no-break space", pem.lines().map(|line| format!("{line}\u{a0}\n")).collect()),
            ("text before", format!("subject=Zoë -----\nissuer=x\n{pem}")),
            ("text after", format!("{pem}\n# end")),
            (
                "one long line",
                pem.replace('\n', "").replace("E-----", "E-----\n").replace("-----END", "\n-----END"),
            ),
        ] {
            assert_eq!(read(&text), [Ok(DER.to_vec())], "{what}");
        }
        assert_eq!(read(utf_16(&pem, u16::to_le_bytes)), [Ok(DER.to_vec())]);
        assert_eq!(read(utf_16(&pem, u16::to_be_bytes)), [Ok(DER.to_vec())]);
    }

    #[test]
    fn blocks_are_found_among_others() {
        let (key, two) = (encode(PRIVATE_KEY, b"key").unwrap(), encode(CERTIFICATE, b"two").unwrap());
        let text = format!("{}{key}{two}", pem());
        assert_eq!(read(&text), [Ok(DER.to_vec()), Ok(b"two".to_vec())]);
        let keys = private_keys(text.as_bytes()).unwrap();
        assert_eq!(keys, [Ok(PemBlock { label: PRIVATE_KEY.to_owned(), der: b"key".to_vec() })]);
        assert!(!format!("{keys:?}").contains("107"));
    }

    #[test]
    fn a_broken_block_names_its_line_and_hides_no_other() {
        let good = pem();
        let cut = good.lines().take(2).collect::<Vec<_>>().join("\n");
        for (text, line, reason) in [
            (
                "-----BEGIN CERTIFICATE-----\nAA*A\n-----END CERTIFICATE-----",
                2,
                "has a character that is not base64",
            ),
            (
                "-----BEGIN CERTIFICATE-----\n> AAAA\n-----END CERTIFICATE-----",
                2,
                "has a character that is not base64",
            ),
            (
                "\r\r-----BEGIN CERTIFICATE-----\rA\r-----END CERTIFICATE-----",
                3,
                "is cut short: its base64 does not end where it should",
            ),
            (
                "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----",
                1,
                "is cut short: its base64 does not end where it should",
            ),
            (&cut, 1, "has no END line of its own"),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END PRIVATE KEY-----", 1, "has no END line of its own"),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE", 1, "has no END line of its own"),
        ] {
            let fault = format!("line {line}: PEM block `CERTIFICATE` {reason}");
            assert_eq!(read(text), [Err(fault.clone())], "{text}");
            assert_eq!(read(format!("{text}\n{good}")), [Err(fault), Ok(DER.to_vec())], "{text}");
        }
    }

    #[test]
    fn encrypted_keys_are_refused_by_that_reason() {
        let headers = "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: x\n\nAAAA\n-----END EC PRIVATE KEY-----";
        let label = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----";
        for text in [headers, label] {
            let found = private_keys(text.as_bytes()).unwrap();
            let fault = found[0].as_ref().unwrap_err().to_string();
            assert!(fault.ends_with("is encrypted; a key without a passphrase is wanted"), "{fault}");
        }
    }

    #[test]
    fn no_block_is_said() {
        let missing = "no PEM block `CERTIFICATE`";
        for text in
            ["", "nothing", "-----BEGIN CERTIFICATE", "-----BEGIN Certificate-----", "-----BEGIN -----"]
        {
            assert_eq!(read(text), [Err(missing.to_owned())], "{text}");
        }
        let der = format!("{missing}; the file looks like DER, which `openssl` turns into PEM");
        assert_eq!(read([0x30, 0x82, 1, 0]), [Err(der)]);
    }

    proptest! {
        #[test]
        fn no_file_breaks_the_reader(text in "(-----|BEGIN |END |CERTIFICATE|A|=|\n|\r| |é){0,30}", bytes: Vec<u8>) {
            let _ = (certificates(text.as_bytes()), private_keys(&bytes));
        }
    }
}

//! PEM files: DER in base64 between labelled lines (RFC 7468).

use x509_cert::der::pem;

/// The label of a certificate.
pub(super) const CERTIFICATE: &str = "CERTIFICATE";
/// The label of a private key in PKCS#8.
pub(super) const PRIVATE_KEY: &str = "PRIVATE KEY";

/// The DER of each block with this label, or an error for a block that cannot be decoded.
pub(super) fn blocks(text: &str, label: &str) -> impl Iterator<Item = Result<Vec<u8>, pem::Error>> {
    let begin = format!("-----BEGIN {label}-----");
    let end = format!("-----END {label}-----");
    // From one begin line to the next end line: a broken block then does not hide the blocks after it.
    let starts: Vec<_> = text.match_indices(&begin).filter_map(|(at, _)| text.get(at..)).collect();
    starts.into_iter().map(move |block| {
        let length = block.find(&end).map_or(block.len(), |at| at + end.len());
        let block = block.get(..length).unwrap_or(block);
        pem::decode_vec(block.as_bytes()).map(|(_, der)| der)
    })
}

/// Encodes one block, with lines of 64 characters.
pub(super) fn encode(label: &str, der: &[u8]) -> Result<String, pem::Error> {
    pem::encode_string(label, pem::LineEnding::LF, der)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Option<Vec<u8>>> {
        blocks(text, CERTIFICATE).map(Result::ok).collect()
    }

    #[test]
    fn blocks_are_found_among_others() {
        let one = encode(CERTIFICATE, b"one").unwrap();
        let key = encode(PRIVATE_KEY, b"key").unwrap();
        let two = encode(CERTIFICATE, &[2; 100]).unwrap();
        let text = format!("subject=x\n{one}{key}{}", two.trim_end());
        assert_eq!(read(&text), vec![Some(b"one".to_vec()), Some(vec![2; 100])]);
        assert_eq!(read(&text.replace('\n', "\r\n")).len(), 2);
    }

    #[test]
    fn a_broken_block_hides_no_other() {
        let one = encode(CERTIFICATE, b"one").unwrap();
        let broken = "-----BEGIN CERTIFICATE-----\n%%%\n-----END CERTIFICATE-----\n";
        assert_eq!(read(&format!("{broken}{one}")), vec![None, Some(b"one".to_vec())]);
        assert_eq!(read("-----BEGIN CERTIFICATE-----\nAAAA"), vec![None]);
    }
}

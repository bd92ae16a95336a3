//! The text form of a certificate's serial number: an `xs:integer`, which has many spellings.

/// The one spelling of a serial number: decimal, without sign, leading zeros and white space around it. No text of a positive
/// integer or zero: none.
pub(super) fn canonical(text: &str) -> Option<&str> {
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.trim_start_matches('0');
    is_number.then_some(if number.is_empty() { "0" } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_number_are_one() {
        for text in ["17", "+17", "017", " 17", "\n\t17\r ", "+00017"] {
            assert_eq!(canonical(text), Some("17"), "{text}");
        }
        for text in ["0", "00", "+0"] {
            assert_eq!(canonical(text), Some("0"), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_has_none() {
        for text in
            ["", " ", "+", "-17", "--17", "1 7", "1e3", "0x11", "17.0", "++17", "+ 17", "\u{a0}17", "١٧"]
        {
            assert_eq!(canonical(text), None, "{text}");
        }
    }
}

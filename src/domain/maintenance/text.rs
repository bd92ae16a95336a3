//! Texts of maintenance windows, valid by construction.

use crate::domain::{checked_text::checked_text, is_xml_char};

checked_text!(
    /// The reference of a maintenance window (SERVICE.md 2). It is a part of addresses and of calendars' IDs.
    WindowReference,
    "a reference: 1 to 40 of A-Z, a-z, 0-9, `.`, `_` and `-`",
    is_reference
);
checked_text!(
    /// The ID of a derogation.
    DerogationId,
    "the ID of a derogation: 1 to 40 of A-Z, a-z, 0-9, `.`, `_` and `-`",
    is_reference
);
checked_text!(
    /// What a window is called: one line, as it becomes the summary of a calendar's entry. The bound is ours.
    WindowTitle,
    "a title: 1 to 100 characters in one line",
    |text| is_text(text, 100) && !text.chars().any(char::is_control)
);
checked_text!(
    /// What a window says at length: services, risk, reasons (MP092-R16). The bound is ours.
    WindowText,
    "a text: 1 to 500 characters",
    |text| is_text(text, 500)
);

fn is_reference(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=40).contains(&text.len()) && text.bytes().all(is_part)
}

fn is_text(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.chars().count()) && text.chars().all(is_xml_char)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_short_and_plain() {
        for good in ["CHG-1001", "a", "2026.03_x", &"x".repeat(40)] {
            assert_eq!(good.parse::<WindowReference>().unwrap().as_str(), good);
        }
        for bad in ["", &"x".repeat(41), "a b", "a/b", "é", "a;b"] {
            assert!(bad.parse::<WindowReference>().is_err(), "{bad:?}");
            assert!(bad.parse::<DerogationId>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_title_is_one_line_and_a_text_may_have_several() {
        assert!("é".repeat(100).parse::<WindowTitle>().is_ok());
        for bad in ["", "a\nb", &"x".repeat(101)] {
            assert!(bad.parse::<WindowTitle>().is_err(), "{bad:?}");
        }
        assert!("a\nb".parse::<WindowText>().is_ok());
        for bad in ["", "a\u{0}", &"x".repeat(501)] {
            assert!(bad.parse::<WindowText>().is_err(), "{bad:?}");
        }
    }
}

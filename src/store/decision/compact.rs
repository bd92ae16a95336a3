//! The compact form that steps are stored in: their JSON, with a character for each phrase that stands in most of them.
//!
//! Explanations show the JSON and the chain hashes it, so it comes back to the last byte; the database alone has the compact
//! form, a tenth as long. A phrase whose wording changes one day is then no longer met, and costs its bytes. It stays here, as old
//! records have its character. Records of an older version are JSON, and are read as they are.

use std::borrow::Cow;

use super::row::DecisionRow;

/// The end of a list of steps, and of its compact form, by which that is known.
const END: (char, &str) = ('\u{13}', "\"}]");

/// The characters, and the phrases that they stand for. JSON text has no control characters, so none of these can be meant for
/// itself. Tab and the ends of lines are left out, for the sake of people who look into the database.
///
/// A character never gets another phrase. `docs/AUDIT.md` and the migration that takes the compact form back repeat the table.
pub(super) const PHRASES: [(char, &str); 25] = [
    ('\u{1}', "[{\"rule\":\"SR/3\",\"holds\":true,\"saw\":\"SR "),
    ('\u{2}', "\"},{\"rule\":\"SR/4\",\"holds\":true,\"saw\":\"originator "),
    ('\u{3}', "\"},{\"rule\":\"SR/5\",\"holds\":true,\"saw\":\"target "),
    (
        '\u{4}',
        "\"},{\"rule\":\"SR/6\",\"holds\":true,\"saw\":\"new\"},{\"rule\":\"SR/7\",\"holds\":true,\"saw\":\"sent to serviceD; ",
    ),
    (
        '\u{5}',
        " belongs to serviceD\"},{\"rule\":\"SR/8\",\"holds\":true,\"saw\":\"Command Variant 8\"},{\"rule\":\"SR/9\",\"holds\":true,\"saw\":\"",
    ),
    (
        '\u{6}',
        "\"},{\"rule\":\"SR/10\",\"holds\":true,\"saw\":\"Active\"},{\"rule\":\"SR/11\",\"holds\":true,\"saw\":\"eligible for ",
    ),
    ('\u{7}', "\"},{\"rule\":\"SR/12\",\"holds\":true,\"saw\":\""),
    ('\u{8}', "\"},{\"rule\":\"SR8.4/a\",\"holds\":true,\"saw\":\"names ESMEVariant "),
    (
        '\u{b}',
        "\"},{\"rule\":\"SR8.4/b\",\"holds\":true,\"saw\":\"ESME\"},{\"rule\":\"SR8.4/d\",\"holds\":true,\"saw\":\"",
    ),
    ('\u{c}', "\"},{\"rule\":\"SR8.4/e\",\"holds\":true,\"saw\":\""),
    (
        '\u{e}',
        "\"},{\"rule\":\"SR8.4/f\",\"holds\":true,\"saw\":\"a SMETS2+ Device\"},{\"rule\":\"SR8.4/g\",\"holds\":true,\"saw\":\"Responsible Supplier: ",
    ),
    ('\u{f}', "\"},{\"rule\":\"SR12.1/b\",\"holds\":true,\"saw\":\""),
    ('\u{10}', "\"},{\"rule\":\"SR"),
    ('\u{11}', "\",\"holds\":true,\"saw\":\""),
    ('\u{12}', "\",\"holds\":false,\"saw\":\""),
    END,
    ('\u{14}', "; the DCC is "),
    ('\u{15}', ", roles: "),
    ('\u{16}', "IS, ES, GS, RSA, ED, GT, OU"),
    ('\u{17}', " (Single Element Electricity Metering Equipment)"),
    ('\u{18}', "; names ESMEVariant "),
    ('\u{19}', "T00:00:00.000Z), pre-notifier "),
    ('\u{1a}', ", sender "),
    ('\u{1b}', "Commissioned"),
    ('\u{1c}', " Device Model is Active on the Central Products List"),
];

/// The characters of what stands in columns of the same row: `user_id`, `device_id` and the target in `request_id`.
const OWN: [char; 3] = ['\u{1d}', '\u{1e}', '\u{1f}'];

/// The values that [`OWN`] stand for; empty where the row has none.
fn own_values(row: &DecisionRow) -> [&str; 3] {
    let target = row.request_id.get(24..47).unwrap_or_default();
    [&row.user_id, row.device_id.as_deref().unwrap_or_default(), target]
}

/// The compact form of a row's JSON. Of the phrases that begin at one place, the longest is taken.
pub(in crate::store) fn compact(row: &DecisionRow) -> String {
    if !row.steps.ends_with(END.1) {
        return row.steps.clone();
    }
    let own = OWN.into_iter().zip(own_values(row)).filter(|(_, value)| !value.is_empty());
    let own = own.collect::<Vec<_>>();
    let candidates = || PHRASES.iter().chain(&own);
    let begins = candidates().fold(0, |bits, (_, phrase)| bits | bit_of(first_byte(phrase)));
    let mut compact = String::with_capacity(row.steps.len() / 2);
    let mut rest = row.steps.as_str();
    loop {
        // Most places are no phrase's beginning, and are passed without a look at any of them.
        let plain = rest.bytes().position(|byte| bit_of(byte) & begins != 0).unwrap_or(rest.len());
        let (before, from) = rest.split_at(plain);
        compact.push_str(before);
        let Some(next) = from.chars().next() else { return compact };
        let first = first_byte(from);
        let begun =
            candidates().filter(|(_, phrase)| first_byte(phrase) == first && from.starts_with(phrase));
        let (put, length) = match begun.max_by_key(|(_, phrase)| phrase.len()) {
            Some((mark, phrase)) => (*mark, phrase.len()),
            None => (next, next.len_utf8()),
        };
        compact.push(put);
        rest = from.get(length..).unwrap_or_default();
    }
}

fn first_byte(text: &str) -> u8 {
    text.as_bytes().first().copied().unwrap_or_default()
}

/// The bit of a byte in a set of ASCII characters; none for another byte.
fn bit_of(byte: u8) -> u128 {
    1_u128.checked_shl(byte.into()).unwrap_or_default()
}

/// The JSON of a row's steps, compact or not.
pub(in crate::store) fn expand(row: &DecisionRow) -> Cow<'_, str> {
    if !row.steps.ends_with(END.0) {
        return Cow::Borrowed(&row.steps);
    }
    let own = OWN.into_iter().zip(own_values(row)).collect::<Vec<_>>();
    let mut json = String::with_capacity(row.steps.len() * 8);
    for c in row.steps.chars() {
        match PHRASES.iter().chain(&own).find(|(mark, _)| *mark == c) {
            Some((_, phrase)) => json.push_str(phrase),
            None => json.push(c),
        }
    }
    Cow::Owned(json)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::decision::RecordedStep;

    fn row(steps: &str, device: Option<&str>) -> DecisionRow {
        DecisionRow {
            request_id: "90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:1465".to_owned(),
            user_id: "90-B3-D5-1F-30-01-00-00".to_owned(),
            device_id: device.map(str::to_owned),
            service_reference_variant: None,
            code: String::new(),
            rule: None,
            decided_at: String::new(),
            steps: steps.to_owned(),
        }
    }

    fn comes_back(steps: &str, device: Option<&str>) -> usize {
        let shown = row(steps, device);
        let stored = DecisionRow { steps: compact(&shown), ..shown.clone() };
        assert_eq!(expand(&stored), steps);
        assert_eq!(expand(&shown), steps, "what is not compact stays");
        stored.steps.len()
    }

    /// The steps of an SR 8.4 that corrects an ESME Variant.
    const SR_8_4: &str = r#"[{"rule":"SR/3","holds":true,"saw":"SR 8.4 Update Inventory"},{"rule":"SR/4","holds":true,"saw":"originator 90-B3-D5-1F-30-01-00-00"},{"rule":"SR/5","holds":true,"saw":"target 90-B3-D5-1F-30-00-00-02; the DCC is 90-B3-D5-1F-30-00-00-02"},{"rule":"SR/6","holds":true,"saw":"new"},{"rule":"SR/7","holds":true,"saw":"sent to serviceD; 8.4 belongs to serviceD"},{"rule":"SR/8","holds":true,"saw":"Command Variant 8"},{"rule":"SR/9","holds":true,"saw":"90-B3-D5-1F-30-01-00-00, roles: IS, GS"},{"rule":"SR/10","holds":true,"saw":"Active"},{"rule":"SR/11","holds":true,"saw":"eligible for 8.4: IS, ES, GS, RSA, ED, GT, OU"},{"rule":"SR/12","holds":true,"saw":"ESME 00-42-5E-00-00-00-08-86, Commissioned"},{"rule":"SR8.4/a","holds":true,"saw":"names ESMEVariant ADE (Single Element Electricity Metering Equipment)"},{"rule":"SR8.4/b","holds":true,"saw":"ESME"},{"rule":"SR8.4/d","holds":true,"saw":"Commissioned; names ESMEVariant ADE (Single Element Electricity Metering Equipment)"},{"rule":"SR8.4/e","holds":true,"saw":"Commissioned"},{"rule":"SR8.4/f","holds":true,"saw":"a SMETS2+ Device"},{"rule":"SR8.4/g","holds":true,"saw":"Responsible Supplier: 90-B3-D5-1F-30-01-00-00 (IS for 2000000000545 since 2020-01-01T00:00:00.000Z), pre-notifier 90-B3-D5-1F-30-01-00-00, sender 90-B3-D5-1F-30-01-00-00"}]"#;

    #[test]
    fn steps_come_back_to_the_last_byte() {
        let stored = comes_back(SR_8_4, Some("00-42-5E-00-00-00-08-86"));
        assert!(stored <= 130, "{} bytes are stored as {stored}", SR_8_4.len());
        for steps in ["[]", "", "no JSON é \u{fffd}"] {
            comes_back(steps, None);
        }
    }

    #[test]
    fn each_character_stands_for_one_phrase() {
        let marks = PHRASES.iter().map(|(mark, _)| *mark).chain(OWN);
        let marks = marks.collect::<std::collections::BTreeSet<_>>();
        assert_eq!(marks.len(), PHRASES.len() + OWN.len());
        assert!(marks.iter().all(|mark| mark.is_ascii_control() && !"\t\n\r\0\u{7f}".contains(*mark)));
    }

    proptest! {
        /// Phrases, halves of phrases, quotes and control characters in what a rule saw.
        #[test]
        fn any_steps_come_back(
            saw in proptest::collection::vec((0..PHRASES.len(), 0..60_usize, "[\\x00-\\x7f\"é]{0,6}"), 0..6),
            device in proptest::option::of("[0-9A-F-]{1,23}"),
        ) {
            let steps = saw.into_iter().map(|(phrase, length, more)| {
                let phrase = PHRASES[phrase].1;
                let begun = phrase.chars().take(length).collect::<String>();
                let saw = format!("{begun}{more}{}", device.as_deref().unwrap_or(""));
                RecordedStep { rule: format!("SR/{length}"), holds: length % 2 == 0, saw }
            });
            let steps = steps.collect::<Vec<_>>();
            comes_back(&serde_json::to_string(&steps).unwrap(), device.as_deref());
        }
    }
}

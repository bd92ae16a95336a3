//! The forward schedule as a calendar: RFC 5545, `text/calendar; charset=utf-8` (SERVICE.md 5.2).

use crate::{
    domain::{Instance, Timestamp, maintenance::WindowText},
    rules::forward_schedule::ForwardWindow,
};

/// A line of a calendar has at most so many octets without its end (RFC 5545 3.1).
const LONGEST_LINE: usize = 75;

/// The calendar of these windows: an event each. Its IDs end with the name of the instance, so that programs which follow two services
/// keep them apart. Nothing in it depends on when it is made: the same windows give the same octets.
pub fn icalendar(windows: &[ForwardWindow], instance: &Instance) -> String {
    let mut text = String::new();
    for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//smi//maintenance//EN", "METHOD:PUBLISH"] {
        add_line(&mut text, line);
    }
    for window in windows {
        add_event(&mut text, window, instance);
    }
    add_line(&mut text, "END:VCALENDAR");
    text
}

fn add_event(text: &mut String, window: &ForwardWindow, instance: &Instance) {
    add_line(text, "BEGIN:VEVENT");
    let description = description(window);
    for (name, value) in [
        ("UID", format!("{}@{instance}", window.reference)),
        ("SEQUENCE", window.sequence.to_string()),
        ("DTSTAMP", utc(window.stamped_at)),
        ("DTSTART", utc(window.starts_at)),
        ("DTEND", utc(window.ends_at)),
        ("SUMMARY", escaped(&window.summary())),
        ("CATEGORIES", escaped(window.heading.as_str())),
        ("STATUS", window.status.to_string()),
        ("DESCRIPTION", escaped(&description)),
    ] {
        if !value.is_empty() {
            add_line(text, &format!("{name}:{value}"));
        }
    }
    add_line(text, "END:VEVENT");
}

fn description(window: &ForwardWindow) -> String {
    let parts = [("Services", &window.services), ("Risk to the return of normal service", &window.risk)];
    let line =
        |(name, text): (&str, &Option<WindowText>)| text.as_ref().map(|text| format!("{name}: {text}"));
    parts.into_iter().filter_map(line).collect::<Vec<_>>().join("\n")
}

/// `20260318T200000Z`.
fn utc(instant: Timestamp) -> String {
    instant.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as a value (RFC 5545 3.3.11). Line ends of all kinds are one; other control characters cannot be written.
fn escaped(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut value = String::with_capacity(lines.len());
    for letter in lines.chars() {
        match letter {
            '\n' => value.push_str("\\n"),
            ',' | ';' | '\\' => value.extend(['\\', letter]),
            '\t' => value.push(letter),
            other if other.is_control() => {}
            other => value.push(other),
        }
    }
    value
}

/// Adds a line, folded where it is too long: never inside a character, and each further part begins with a space, which counts.
fn add_line(text: &mut String, line: &str) {
    let mut octets = 0;
    for letter in line.chars() {
        if octets + letter.len_utf8() > LONGEST_LINE {
            text.push_str("\r\n ");
            octets = 1;
        }
        text.push(letter);
        octets += letter.len_utf8();
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        domain::{maintenance::MaintenanceEnvironment, parse_instant},
        rules::forward_schedule::{ForwardHeading, ForwardStatus},
    };

    fn window() -> ForwardWindow {
        ForwardWindow {
            reference: "CHG-1001".parse().unwrap(),
            sequence: 0,
            status: ForwardStatus::Confirmed,
            heading: ForwardHeading::High,
            environment: MaintenanceEnvironment::Production,
            title: "DSP release 12.1".parse().ok(),
            services: "User to hub messages".parse().ok(),
            risk: "none".parse().ok(),
            starts_at: parse_instant("2026-03-18T20:00:00Z").unwrap(),
            ends_at: parse_instant("2026-03-19T02:00:00Z").unwrap(),
            stamped_at: parse_instant("2026-02-02T23:59:59.999Z").unwrap(),
        }
    }

    fn made(window: &ForwardWindow) -> String {
        icalendar(std::slice::from_ref(window), &Instance::default())
    }

    /// The lines as they were before they were folded.
    fn unfolded(calendar: &str) -> Vec<String> {
        calendar.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
    }

    /// A value as it was before it was escaped.
    fn text_of(value: &str) -> String {
        let mut letters = value.chars();
        let mut text = String::new();
        while let Some(letter) = letters.next() {
            match (letter, letter == '\\') {
                (_, true) => match letters.next().unwrap() {
                    'n' => text.push('\n'),
                    other => text.push(other),
                },
                (plain, false) => text.push(plain),
            }
        }
        text
    }

    /// SERVICE.md 7/21, 5.2.
    #[test]
    fn row_21_a_window_is_an_event() {
        insta::assert_snapshot!(made(&window()).replace("\r\n", "|\n"), @r"
        BEGIN:VCALENDAR|
        VERSION:2.0|
        PRODID:-//smi//maintenance//EN|
        METHOD:PUBLISH|
        BEGIN:VEVENT|
        UID:CHG-1001@smi|
        SEQUENCE:0|
        DTSTAMP:20260202T235959Z|
        DTSTART:20260318T200000Z|
        DTEND:20260319T020000Z|
        SUMMARY:High Impact: DSP release 12.1|
        CATEGORIES:High Impact|
        STATUS:CONFIRMED|
        DESCRIPTION:Services: User to hub messages\nRisk to the return of normal se|
         rvice: none|
        END:VEVENT|
        END:VCALENDAR|
        ");
    }

    #[test]
    fn a_slot_without_words_is_an_event_without_a_description() {
        let slot = ForwardWindow {
            status: ForwardStatus::Tentative,
            title: None,
            services: None,
            risk: None,
            ..window()
        };
        let calendar = made(&slot);
        assert!(calendar.contains("\r\nSUMMARY:High Impact: CHG-1001\r\n"), "{calendar}");
        assert!(
            calendar.contains("\r\nSTATUS:TENTATIVE\r\n") && !calendar.contains("DESCRIPTION"),
            "{calendar}"
        );
    }

    #[test]
    fn what_ends_a_value_is_escaped_and_what_cannot_be_written_is_left_out() {
        assert_eq!(escaped("a,b;c\\d\r\ne\rf\ng\u{7}\u{85}h\ti"), "a\\,b\\;c\\\\d\\ne\\nf\\ngh\ti");
        let hostile =
            ForwardWindow { services: "x\r\nSTATUS:CANCELLED\r\nEND:VEVENT".parse().ok(), ..window() };
        let lines = unfolded(&made(&hostile));
        assert_eq!(lines.iter().filter(|line| line.starts_with("STATUS:")).count(), 1, "{lines:?}");
        assert_eq!(lines.iter().filter(|line| *line == "END:VEVENT").count(), 1);
    }

    proptest! {
        /// RFC 5545 3.1: folding loses nothing, and no line is longer than 75 octets nor ends inside a character.
        #[test]
        fn every_text_comes_back_from_its_folded_lines(
            title in "[ -~é€😀,;\\\\]{1,100}",
            services in "[a-zé😀\n,;\\\\:]{1,300}",
        ) {
            let shown = ForwardWindow { title: title.parse().ok(), services: services.parse().ok(), ..window() };
            let calendar = made(&shown);
            prop_assert!(calendar.ends_with("\r\n") && !calendar.replace("\r\n", "").contains(['\r', '\n']));
            for line in calendar.split_terminator("\r\n") {
                prop_assert!(line.len() <= LONGEST_LINE, "{}", line);
            }
            let lines = unfolded(&calendar);
            let value = |name: &str| {
                let line = lines.iter().find_map(|line| line.strip_prefix(name));
                text_of(line.unwrap_or_default())
            };
            prop_assert_eq!(value("SUMMARY:"), format!("High Impact: {title}"));
            let expected = format!("Services: {services}\nRisk to the return of normal service: none");
            prop_assert_eq!(value("DESCRIPTION:"), expected);
        }
    }
}

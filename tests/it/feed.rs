//! The forward schedule of maintenance: judged by a calendar's reader that others wrote.

use std::{fs, process::Command};

use smi::{
    domain::{Instance, parse_instant},
    web::{ForwardCategory, ForwardStatus, ForwardWindow, icalendar},
};

use crate::{oracles::python_with, support::package};

fn window(number: u32, title: &str, services: &str, risk: &str) -> ForwardWindow {
    let instant = |text: &str| parse_instant(text).unwrap();
    ForwardWindow {
        reference: format!("CHG-{number}"),
        sequence: number % 3,
        status: *ForwardStatus::ALL.iter().cycle().nth(number as usize).unwrap(),
        category: *ForwardCategory::ALL.iter().cycle().nth(number as usize).unwrap(),
        environment: "production".to_owned(),
        title: title.to_owned(),
        services: services.to_owned(),
        risk: risk.to_owned(),
        starts_at: instant("2026-10-24T19:00:00Z"),
        ends_at: instant("2026-10-25T01:30:00Z"),
        stamped_at: instant("2026-09-25T22:59:59.999Z"),
    }
}

/// SERVICE.md 5.2, 7/21: what another program reads from the calendar is what was written: long lines, commas, backslashes, line ends,
/// and characters of several octets that a folded line must not cut.
#[test]
fn another_program_reads_from_the_calendar_what_was_written() {
    let Some(python) = python_with("icalendar") else { return };
    let windows = [
        window(1, "DSP release 12.1", "User to hub messages", "none"),
        window(2, "Commas, semicolons; and a \\ backslash: \"quoted\"", "a\r\nb\nc", ""),
        window(3, &"é".repeat(99), &"€uro, ".repeat(80), &"😀".repeat(60)),
        window(4, "", "", ""),
        window(
            5,
            &format!("{}{}", "x".repeat(62), "ü".repeat(30)),
            "\\n is no line end",
            "BEGIN:VEVENT\nEND:VCALENDAR",
        ),
    ];
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("feed.ics");
    fs::write(&file, icalendar(&windows, &Instance::default())).unwrap();
    let read = Command::new(python).arg(package().join("tests/oracles/feed.py")).arg(&file).output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let text = String::from_utf8(read.stdout).unwrap();
    let mut lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    assert_eq!(lines.next().unwrap(), serde_json::json!({ "method": "PUBLISH", "version": "2.0" }));
    let found = lines.collect::<Vec<_>>();
    assert_eq!(found.len(), windows.len());
    for (window, event) in windows.iter().zip(found) {
        let said = [("Services", &window.services), ("Risk to the return of normal service", &window.risk)];
        let said = said.into_iter().filter(|(_, text)| !text.is_empty());
        let description = said.map(|(name, text)| format!("{name}: {}", text.replace("\r\n", "\n")));
        let expected = serde_json::json!({
            "uid": format!("{}@smi", window.reference),
            "sequence": window.sequence,
            "stamp": "2026-09-25T22:59:59+0000",
            "start": "2026-10-24T19:00:00+0000",
            "end": "2026-10-25T01:30:00+0000",
            "summary": window.summary(),
            "categories": [window.category.as_str()],
            "status": window.status.as_str(),
            "description": description.collect::<Vec<_>>().join("\n"),
        });
        assert_eq!(event, expected);
    }
}

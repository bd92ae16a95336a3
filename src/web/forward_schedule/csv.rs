//! The forward schedule as CSV.

use super::shown::ShownForward;
use crate::{rules::forward_schedule::ForwardWindow, web::csv_text::spreadsheet_text};

const COLUMNS: [&str; 13] = [
    "reference",
    "sequence",
    "status",
    "heading",
    "environment",
    "title",
    "services",
    "risk_to_return",
    "starts_at",
    "ends_at",
    "starts_local",
    "ends_local",
    "stamped_at",
];

/// The text of the file: a line a window.
pub fn forward_csv(windows: &[ForwardWindow]) -> String {
    spreadsheet_text(COLUMNS, windows.iter().map(|window| cells(window.into())))
}

fn cells(shown: ShownForward) -> [String; 13] {
    [
        shown.reference,
        shown.sequence.to_string(),
        shown.status,
        shown.heading,
        shown.environment,
        shown.title,
        shown.services,
        shown.risk_to_return,
        shown.starts_at,
        shown.ends_at,
        shown.starts_local,
        shown.ends_local,
        shown.stamped_at,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{maintenance::MaintenanceEnvironment, parse_instant},
        rules::forward_schedule::{ForwardHeading, ForwardStatus},
    };

    /// SERVICE.md 5.2, 7/4: the same as CSV and JSON, with London's clock beside UTC, in the night in which it shows 01:30 twice.
    #[test]
    fn times_are_in_utc_and_as_the_clock_shows_them() {
        let window = ForwardWindow {
            reference: "DST-1".parse().unwrap(),
            sequence: 2,
            status: ForwardStatus::Cancelled,
            heading: ForwardHeading::Low,
            environment: MaintenanceEnvironment::Production,
            title: "SSI, and more".parse().ok(),
            services: "SSI".parse().ok(),
            risk: None,
            starts_at: parse_instant("2026-10-25T00:30:00Z").unwrap(),
            ends_at: parse_instant("2026-10-25T01:30:00Z").unwrap(),
            stamped_at: parse_instant("2026-09-01T09:00:00.25Z").unwrap(),
        };
        insta::assert_snapshot!(forward_csv(std::slice::from_ref(&window)), @r#"
        reference,sequence,status,heading,environment,title,services,risk_to_return,starts_at,ends_at,starts_local,ends_local,stamped_at
        DST-1,2,CANCELLED,Low Impact,production,"SSI, and more",SSI,,2026-10-25T00:30:00.000Z,2026-10-25T01:30:00.000Z,2026-10-25T01:30:00+01:00,2026-10-25T01:30:00+00:00,2026-09-01T09:00:00.250Z
        "#);
        let hostile = ForwardWindow { title: "=HYPERLINK(\"//x\")".parse().ok(), ..window.clone() };
        let text = forward_csv(std::slice::from_ref(&hostile));
        assert!(text.contains(",\"'=HYPERLINK(\"\"//x\"\")\",SSI,"), "no spreadsheet computes it: {text}");
        insta::assert_snapshot!(serde_json::to_string_pretty(&ShownForward::from(&window)).unwrap(), @r#"
        {
          "reference": "DST-1",
          "sequence": 2,
          "status": "CANCELLED",
          "heading": "Low Impact",
          "environment": "production",
          "title": "SSI, and more",
          "services": "SSI",
          "risk_to_return": "",
          "starts_at": "2026-10-25T00:30:00.000Z",
          "ends_at": "2026-10-25T01:30:00.000Z",
          "starts_local": "2026-10-25T01:30:00+01:00",
          "ends_local": "2026-10-25T01:30:00+00:00",
          "stamped_at": "2026-09-01T09:00:00.250Z"
        }
        "#);
    }
}

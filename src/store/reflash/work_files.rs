//! The files of a site: what was delivered, and what became of the hubs (HUBS.md 6).

use std::io::Read;

use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        Malformed,
        reflash::{OutcomeLine, Package, ReceivedLine},
    },
    store::csv::{Faults, Fields, ImportFault, Line, Sheet, read_lines},
};

/// One line of a delivery: `chf_device_id,pallet,carton,condition`.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct ReceivedSheet {
    chf_device_id: String,
    pallet: String,
    carton: String,
    condition: String,
}

impl Sheet for ReceivedSheet {
    const COLUMNS: &'static [&'static str] = &["chf_device_id", "pallet", "carton", "condition"];
    const REQUIRED: &'static [&'static str] = &["chf_device_id", "condition"];
    type Value = ReceivedLine;

    fn read(&self, fields: &mut Fields<'_>) -> Option<ReceivedLine> {
        let chf = fields.required("chf_device_id", &self.chf_device_id);
        let pallet = fields.optional("pallet", &self.pallet);
        let carton = fields.optional("carton", &self.carton);
        let condition = fields.required("condition", &self.condition);
        let package = Package { pallet: pallet?, carton: carton? };
        Some(ReceivedLine { line: 0, chf: chf?, package, condition: condition? })
    }

    /// An ID that stands twice is refused by the rules, with both lines.
    fn compare(_: &[Line<ReceivedLine>], _: &mut Faults) {}
}

/// One line of outcomes: `chf_device_id,outcome,firmware_version,fault_report,fault_reference`.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct OutcomeSheet {
    chf_device_id: String,
    outcome: String,
    firmware_version: String,
    fault_report: String,
    fault_reference: String,
}

impl Sheet for OutcomeSheet {
    const COLUMNS: &'static [&'static str] =
        &["chf_device_id", "outcome", "firmware_version", "fault_report", "fault_reference"];
    const REQUIRED: &'static [&'static str] = &["chf_device_id", "outcome"];
    type Value = OutcomeLine;

    fn read(&self, fields: &mut Fields<'_>) -> Option<OutcomeLine> {
        let chf = fields.required("chf_device_id", &self.chf_device_id);
        let outcome = fields.required("outcome", &self.outcome);
        let firmware_version = fields.optional("firmware_version", &self.firmware_version);
        let fault_report = fields.optional("fault_report", &self.fault_report);
        let fault_reference = fields.optional_by("fault_reference", &self.fault_reference, reference);
        Some(OutcomeLine {
            line: 0,
            chf: chf?,
            outcome: outcome?,
            firmware_version: firmware_version?,
            fault_report: fault_report?,
            fault_reference: fault_reference?,
        })
    }

    fn compare(_: &[Line<OutcomeLine>], _: &mut Faults) {}
}

/// The reference of a fault report: at most 100 characters of one line (ours).
fn reference(text: &str) -> Result<String, Malformed> {
    if text.chars().count() <= 100 && !text.contains(char::is_control) {
        Ok(text.to_owned())
    } else {
        Err(Malformed::new(text, "the reference of a report, at most 100 characters of one line"))
    }
}

/// Reads the file of a delivery.
///
/// # Errors
/// When it cannot be read to its end: with line, column and reason.
pub fn read_received(from: impl Read) -> Result<Vec<ReceivedLine>, ImportFault> {
    let numbered = |line, value| ReceivedLine { line, ..value };
    read::<ReceivedSheet>(from, numbered)
}

/// Reads a file of outcomes.
///
/// # Errors
/// When it cannot be read to its end: with line, column and reason.
pub fn read_outcomes(from: impl Read) -> Result<Vec<OutcomeLine>, ImportFault> {
    let numbered = |line, value| OutcomeLine { line, ..value };
    read::<OutcomeSheet>(from, numbered)
}

fn read<S: Sheet>(
    from: impl Read,
    numbered: impl Fn(u32, S::Value) -> S::Value,
) -> Result<Vec<S::Value>, ImportFault> {
    let mut faults = Faults::default();
    let lines = read_lines::<S>(from, &mut |_| {}, &mut faults)?;
    if faults.is_empty() && lines.is_empty() {
        faults.in_line(1, "no lines follow the header");
    }
    faults.into_result()?;
    let of =
        |Line { number, value }: Line<S::Value>| numbered(u32::try_from(number).unwrap_or(u32::MAX), value);
    Ok(lines.into_iter().map(of).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Eui64,
        reflash::{Condition, FaultReport, OutcomeKind},
    };

    #[test]
    fn files_of_a_site_are_read_with_their_lines() {
        let csv = "chf_device_id,condition,pallet\n00-DB-55-00-00-00-00-02,ok,P1\n00-DB-55-00-00-00-00-04,damaged,\n";
        let lines = read_received(csv.as_bytes()).unwrap();
        let seen = lines.iter().map(|line| (line.line, line.chf, line.condition)).collect::<Vec<_>>();
        let [one, two] =
            ["00-DB-55-00-00-00-00-02", "00-DB-55-00-00-00-00-04"].map(|text| text.parse::<Eui64>().unwrap());
        assert_eq!(seen, [(2, one, Condition::Ok), (3, two, Condition::Damaged)]);
        let csv = "chf_device_id,outcome,firmware_version,fault_report,fault_reference\n00-DB-55-00-00-00-00-02,failed,,manual,FR-17\n";
        let lines = read_outcomes(csv.as_bytes()).unwrap();
        let line = lines.first().unwrap();
        assert_eq!((line.outcome, line.fault_report), (OutcomeKind::Failed, Some(FaultReport::Manual)));
        for bad in ["chf_device_id\n", "chf_device_id,outcome\n", "chf_device_id,outcome\n1,failed\n"] {
            assert!(read_outcomes(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}

//! Columns of orders that hold lists, as JSON.

use serde::{Deserialize, Serialize};

use crate::{
    db::StoreFault,
    domain::reflash::{Finding, KeptReason},
    store::stored::{Table, text},
};

/// A reason as a column holds it.
#[derive(Serialize, Deserialize)]
struct ReasonColumn {
    label: String,
    rule: String,
    code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chf: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    column: Option<String>,
    reason: String,
}

/// A finding as a column holds it.
#[derive(Serialize, Deserialize)]
struct FindingColumn {
    kind: String,
    saw: String,
}

pub(super) fn reasons_text(table: Table, reasons: &[KeptReason]) -> Result<String, StoreFault> {
    let column = |kept: &KeptReason| {
        let KeptReason { label, rule, code, line, chf, column, reason } = kept.clone();
        ReasonColumn { label: label.to_string(), rule, code, line, chf: text(chf.as_ref()), column, reason }
    };
    let columns = reasons.iter().map(column).collect::<Vec<_>>();
    serde_json::to_string(&columns).map_err(|error| table.corrupt("reasons", &error))
}

pub(super) fn reasons(table: Table, json: &str) -> Result<Vec<KeptReason>, StoreFault> {
    let columns = serde_json::from_str::<Vec<ReasonColumn>>(json);
    let columns = columns.map_err(|error| table.corrupt("reasons", &error))?;
    let kept = |ReasonColumn { label, rule, code, line, chf, column, reason }| {
        let (label, chf) = (table.value("reasons", &label)?, table.optional("reasons", chf.as_deref())?);
        Ok(KeptReason { label, rule, code, line, chf, column, reason })
    };
    columns.into_iter().map(kept).collect()
}

pub(super) fn findings_text(table: Table, findings: &[Finding]) -> Result<String, StoreFault> {
    let column =
        |finding: &Finding| FindingColumn { kind: finding.kind.to_string(), saw: finding.saw.clone() };
    let columns = findings.iter().map(column).collect::<Vec<_>>();
    serde_json::to_string(&columns).map_err(|error| table.corrupt("findings", &error))
}

pub(super) fn findings(table: Table, json: &str) -> Result<Vec<Finding>, StoreFault> {
    let columns = serde_json::from_str::<Vec<FindingColumn>>(json);
    let columns = columns.map_err(|error| table.corrupt("findings", &error))?;
    let finding = |FindingColumn { kind, saw }| Ok(Finding::new(table.value("findings", &kind)?, saw));
    columns.into_iter().map(finding).collect()
}

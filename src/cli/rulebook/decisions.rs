//! Decision tables of SR 8.4. The engine decides each cell; no outcome is written down here.

use serde::Serialize;

use crate::{
    domain::{CodeOverrides, DeviceType, Now, SmiStatus, StatusCh, StatusExceptCh, Timestamp},
    rules::{
        RuleSettings,
        what_if::{ChangeKind, Relation, WhatIf, WhatIfFault},
    },
};

/// The decisions about one change of one class of Devices, by status and sender.
#[derive(Debug, Serialize)]
pub(super) struct DecisionTable {
    pub(super) title: String,
    pub(super) source: &'static str,
    pub(super) rows: Vec<DecisionTableRow>,
}

/// The decisions at one status.
#[derive(Debug, Serialize)]
pub(super) struct DecisionTableRow {
    pub(super) status: &'static str,
    pub(super) cells: Vec<DecisionTableCell>,
}

/// One decision of the engine.
#[derive(Debug, Serialize)]
pub(super) struct DecisionTableCell {
    pub(super) sender: &'static str,
    pub(super) code: &'static str,
    pub(super) decided_by: &'static str,
}

/// The source of some tables, a class of Devices (type, whether SMETS1), and the changes to decide.
type TableQuestion = (&'static str, DeviceType, bool, Vec<ChangeKind>);

pub(super) fn tables(
    settings: RuleSettings,
    codes: &CodeOverrides,
) -> Result<Vec<DecisionTable>, WhatIfFault> {
    let except_ch = StatusExceptCh::ALL.iter().copied().map(ChangeKind::StatusExceptCh);
    let ch = StatusCh::ALL.iter().copied().map(ChangeKind::StatusCh);
    let asked: [TableQuestion; 4] = [
        (
            "MP125-T2; MP125-C3",
            DeviceType::Esme,
            false,
            vec![ChangeKind::Variant, ChangeKind::Model, ChangeKind::Details],
        ),
        ("MP125-R6", DeviceType::Esme, true, vec![ChangeKind::Variant]),
        (
            "MP125-R2; MP125-R5; SMI.md 4",
            DeviceType::Esme,
            false,
            except_ch.chain([ChangeKind::Delete, ChangeKind::Mpxn]).collect(),
        ),
        ("SMI.md 2; SMI.md 4", DeviceType::Chf, false, ch.collect()),
    ];
    let mut tables = Vec::new();
    for (source, device_type, smets1, changes) in asked {
        for change in changes {
            let rows = SmiStatus::ALL
                .iter()
                .map(|status| row(*status, device_type, smets1, change, settings, codes));
            let generation = if smets1 { "SMETS1 " } else { "" };
            let title = format!("{generation}{device_type}: {change}");
            tables.push(DecisionTable { title, source, rows: rows.collect::<Result<_, _>>()? });
        }
    }
    Ok(tables)
}

fn row(
    status: SmiStatus,
    device_type: DeviceType,
    smets1: bool,
    change: ChangeKind,
    settings: RuleSettings,
    codes: &CodeOverrides,
) -> Result<DecisionTableRow, WhatIfFault> {
    let cells = Relation::ALL.iter().map(|sender| {
        let mut asked = WhatIf::new(device_type, Some(status), *sender, change)?;
        asked.smets1 = smets1;
        let decision = asked.decide(Now(Timestamp::UNIX_EPOCH), settings, codes)?;
        let decided_by = decision.decided_by().map_or("", |rule| rule.id);
        Ok(DecisionTableCell { sender: sender.as_str(), code: decision.code.as_str(), decided_by })
    });
    Ok(DecisionTableRow { status: status.as_str(), cells: cells.collect::<Result<_, WhatIfFault>>()? })
}

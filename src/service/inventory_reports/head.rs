//! What a report of the inventory is about.

use super::{InventoryFault, columns::columns};
use crate::{
    clock::Clock,
    db::{Connection, Store, StoreFault},
    domain::{InventoryReport, Timestamp, instant_text},
    service::{RefusedValue, require_party},
    store,
};

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InventoryQuestion {
    /// The report.
    pub report: InventoryReport,
    /// The instant that it is about; absent for the inventory as it is.
    pub as_at: Option<Timestamp>,
    /// Only Devices, or supply points, whose Responsible Supplier now is of this Party, by its signifier.
    pub party: Option<String>,
}

/// What stands above the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InventoryHead {
    /// The report.
    pub report: InventoryReport,
    /// The instant that it is about.
    pub as_at: Option<Timestamp>,
    /// Before this instant not every change was kept: values that may have been others then are `unknown`. Absent where all are known.
    pub unknown_before: Option<Timestamp>,
    /// The history began at this instant, and the report is about one before it. Absent where it is about a later one.
    pub nothing_before: Option<Timestamp>,
    /// When it began to be made. The inventory may change while it is.
    pub made_at: Timestamp,
    /// The names of the columns.
    pub columns: &'static [&'static str],
}

impl InventoryHead {
    /// What is to be said of an instant that not all, or nothing, is known of.
    pub fn warning(&self) -> Option<String> {
        if let Some(from) = self.nothing_before {
            let from = instant_text(from);
            return Some(format!("nothing is known before {from}, when the history of this inventory began"));
        }
        let until = instant_text(self.unknown_before?);
        Some(format!(
            "before {until} not every change was kept: values that may have been others are `unknown`"
        ))
    }
}

/// Looks at what is asked, and makes what stands above the rows.
///
/// # Errors
/// When the instant is still to come, or no User is of the Party; or when the store fails.
pub fn inventory_head(
    store: &Store,
    asked: &InventoryQuestion,
    clock: &Clock,
) -> Result<InventoryHead, InventoryFault> {
    let now = clock.now();
    if let Some(at) = asked.as_at {
        now.reached(at).map_err(|reason| RefusedValue { field: "as_at", reason })?;
    }
    if let Some(party) = &asked.party {
        require_party(store, party)?;
    }
    let marks = |connection: &mut Connection| {
        // Where nothing ever was in the SMI, nothing is known until now.
        let begins = store::history_begins(connection)?.unwrap_or(now.0);
        Ok::<_, StoreFault>((store::decisions_kept(connection)?, begins))
    };
    let (nothing_before, unknown_before) = match asked.as_at {
        Some(at) => {
            let (kept, begins) = store.read(marks)?;
            let nothing_before = Some(begins).filter(|begins| at < *begins);
            (nothing_before, kept.filter(|kept| at < *kept).max(nothing_before))
        }
        None => (None, None),
    };
    Ok(InventoryHead {
        report: asked.report,
        as_at: asked.as_at,
        unknown_before,
        nothing_before,
        made_at: now.0,
        columns: columns(asked.report),
    })
}

//! `smi hubs list`.

use std::process::ExitCode;

use super::{
    arguments::ListArguments,
    output::{basis, today, written},
};
use crate::{
    cli::open,
    service::hubs::{self, Cell, HubFault, LIST_COLUMNS, ListFilter},
    settings::Settings,
};

pub(super) fn run(settings: &Settings, arguments: &ListArguments) -> anyhow::Result<ExitCode> {
    let ListArguments { party, version, gbcs, region, within, out } = arguments;
    let filter = ListFilter {
        party: party.clone(),
        version: version.clone(),
        gbcs: gbcs.clone(),
        region: *region,
        within: *within,
    };
    let store = open::store_to_read(settings)?;
    written(out.as_deref(), |to, progress| {
        let mut csv = csv::Writer::from_writer(to);
        csv.write_record(LIST_COLUMNS)?;
        let mut each = |hub: &hubs::ListedHub| {
            let cells = hub.cells().each_ref().map(Cell::text);
            csv.write_record(&cells).map_err(|fault| HubFault::Write(fault.into()))
        };
        hubs::list(&store, today(settings), &filter, &basis(settings), &mut each, progress)?;
        Ok(csv.flush()?)
    })?;
    Ok(ExitCode::SUCCESS)
}

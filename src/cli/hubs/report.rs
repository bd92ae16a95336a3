//! `smi hubs report`.

use std::process::ExitCode;

use super::{
    arguments::{ReportArguments, ReportFormat},
    output::{basis, today, written},
    table::TableReport,
};
use crate::{
    cli::{end_for_misplaced, open},
    service::hubs::{self, CsvReport, JsonReport, ReportQuestion, ReportSink},
    settings::Settings,
};

pub(super) fn run(settings: &Settings, arguments: &ReportArguments) -> anyhow::Result<ExitCode> {
    let ReportArguments { report, on, within, by, party, region, format, out } = arguments;
    let asked = ReportQuestion {
        report: *report,
        on: on.unwrap_or_else(|| today(settings)),
        within: *within,
        by: by.clone(),
        party: party.clone(),
        region: *region,
    };
    if let Some(flag) = asked.misplaced() {
        let reason = format!("--{flag} is asked of at-risk; it says nothing about {report}");
        end_for_misplaced(&["hubs", "report"], &reason);
    }
    let store = open::store_to_read(settings)?;
    written(out.as_deref(), |to, progress| {
        let mut sink: Box<dyn ReportSink + '_> = match format {
            ReportFormat::Table => Box::new(TableReport::new(to)),
            ReportFormat::Csv => Box::new(CsvReport::new(to)),
            ReportFormat::Json => Box::new(JsonReport::new(to)),
        };
        Ok(hubs::report(&store, &asked, &basis(settings), sink.as_mut(), progress)?)
    })?;
    Ok(ExitCode::SUCCESS)
}

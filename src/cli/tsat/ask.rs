//! `smi tsat ask`.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;

use super::{FormatArgument, day, print};
use crate::{
    cli::{open, parsed},
    db::{Connection, StoreFault},
    domain::{
        Date, Eui64, parse_date,
        tsat::{Baseline, May, Specification, Tables, ValidityTest},
    },
    settings::Settings,
    store,
    web::ShownJudgement,
};

#[derive(Debug, Args)]
pub(in crate::cli) struct AskArguments {
    /// A Device of the inventory.
    #[arg(long, value_name = "EUI64", required_unless_present = "spec", value_parser = parsed::<Eui64>)]
    device: Option<Eui64>,
    /// A specification, such as CHTS or "SMETS1 ESMSTS".
    #[arg(long, value_name = "SPECIFICATION", conflicts_with = "device", requires = "version")]
    #[arg(value_parser = parsed::<Specification>)]
    spec: Option<Specification>,
    /// Its version: the number at the end of the text counts, as in "CHTS V1.0".
    #[arg(long, value_name = "VERSION", requires = "spec")]
    version: Option<String>,
    /// The GBCS version; SMETS1 has none.
    #[arg(long, value_name = "VERSION", requires = "spec")]
    gbcs: Option<String>,
    /// The day that is asked about; today in London by default.
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    on: Option<Date>,
    /// The day whose version of the tables answers; today in London by default.
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    as_at: Option<Date>,
    /// A SMETS1 meter is installed for prepayment.
    #[arg(long)]
    ppm: bool,
    /// Exits with 1 unless this is permitted: install, maintain or operate.
    #[arg(long, value_name = "TEST", value_parser = parsed::<ValidityTest>)]
    may: Option<ValidityTest>,
    #[command(flatten)]
    format: FormatArgument,
}

pub(super) fn run(settings: &Settings, arguments: AskArguments) -> anyhow::Result<ExitCode> {
    let AskArguments { device, spec, version, gbcs, on, as_at, ppm, may, format } = arguments;
    let (on, as_at) = (day(settings, on), day(settings, as_at));
    let (tables, baseline) = match device {
        Some(id) => of_device(settings, id)?,
        None => (super::tables(settings)?, Baseline::read(spec, version.as_deref(), gbcs.as_deref())),
    };
    let judgement = tables.judge(&baseline, on, as_at, ppm);
    let printed = print(&ShownJudgement::new(&baseline, as_at, &judgement), &format)?;
    let is_refused = may.is_some_and(|test| judgement.verdict.answer(test).may != May::Yes);
    Ok(if is_refused { ExitCode::FAILURE } else { printed })
}

/// The tables and the Device, of one moment.
fn of_device(settings: &Settings, id: Eui64) -> anyhow::Result<(Tables, Baseline)> {
    let read = |connection: &mut Connection| {
        Ok::<_, StoreFault>((store::tsat_tables(connection)?, store::find_device(connection, id)?))
    };
    let (tables, device) = open::store_to_read(settings)?.read(read)?;
    let device = device.with_context(|| format!("device `{id}` is not in the inventory"))?;
    Ok((tables, Baseline::of(&device)))
}

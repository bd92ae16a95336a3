//! `smi hubs show`.

use std::process::ExitCode;

use anyhow::Context as _;

use super::{
    arguments::{ShowArguments, ShowFormat},
    output::today,
};
use crate::{
    cli::{open, say::say},
    db::StoreFault,
    service::hubs,
    settings::Settings,
    web::{ShownHub, ShownPeriod},
};

pub(super) fn run(settings: &Settings, arguments: &ShowArguments) -> anyhow::Result<ExitCode> {
    let ShowArguments { chf, on, format } = arguments;
    let store = open::store_to_read(settings)?;
    let on = on.unwrap_or_else(|| today(settings));
    let found = store.read::<_, StoreFault>(|connection| hubs::hub_record(connection, *chf, on))?;
    let hub = ShownHub::from(found.with_context(|| format!("`{chf}` is no hub in the SMI"))?);
    match format {
        ShowFormat::Json => say!("{}", serde_json::to_string_pretty(&hub)?),
        ShowFormat::Text => print(&hub),
    }
    Ok(ExitCode::SUCCESS)
}

fn print(hub: &ShownHub) {
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    say!("hub {}, GPF {}", hub.chf_device_id, text(&hub.gpf_device_id));
    say!("status       {}", text(&hub.status));
    say!("Party        {}, pre-notified by {}", hub.party, text(&hub.pre_notified_by));
    say!("model        {}, {}", hub.device_manufacturer, hub.device_model);
    say!(
        "firmware     {}, generation {}, newest {}",
        text(&hub.firmware_version),
        hub.generation,
        text(&hub.newest)
    );
    say!("CHTS version {}, GBCS version {}", text(&hub.chts_version), text(&hub.gbcs_version));
    say!("region       {}, band {}", text(&hub.csp_region), text(&hub.band));
    let verdict = &hub.validity;
    say!("on {}, table {}, row {}", verdict.on, text(&verdict.table), text(&verdict.row));
    for (test, period) in
        [("install", &verdict.install), ("maintain", &verdict.maintain), ("operate", &verdict.operate)]
    {
        let ShownPeriod { may, from, to } = period;
        say!("  {test:<10} {may}, {} to {}", text(from), text(to));
    }
    for warning in &verdict.warnings {
        say!("  warning    {warning}");
    }
    if let Some(use_by) = &hub.use_by {
        say!("of use until {use_by} ({})", text(&hub.use_by_kind));
    }
    match &hub.stock {
        None => say!("where it lies is not known"),
        Some(place) => {
            say!("lies at      {}, delivered on {}", place.location_id, text(&place.delivered_on));
            say!(
                "             pallet {}, carton {}, {}",
                text(&place.pallet),
                text(&place.carton),
                place.packaging
            );
        }
    }
}

//! What the commands about hubs go by, and where they write.

use std::{io::Write, path::Path};

use crate::{
    cli::{
        open,
        output::{self, Progress},
    },
    domain::{Date, london_date},
    service::hubs::HubBasis,
    settings::Settings,
};

/// Today in London, by the clock of the settings.
pub(super) fn today(settings: &Settings) -> Date {
    london_date(open::clock(settings).now().0)
}

/// What reports go by, by the settings.
pub(super) fn basis(settings: &Settings) -> HubBasis<'_> {
    HubBasis {
        calendar: &settings.calendar.calendar,
        choices: settings.hubs,
        lead_working_days: settings.reflash.lead_working_days,
    }
}

/// Lets `work` write to the file, or to standard output, and shows hubs done of all.
pub(super) fn written(
    out: Option<&Path>,
    work: impl FnOnce(&mut dyn Write, &mut dyn FnMut(u64, u64)) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let progress = Progress::written("hubs", out);
    output::written(out, |to| work(to, &mut |done, all| progress.done_of(done, all)))
}

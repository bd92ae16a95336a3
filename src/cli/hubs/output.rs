//! Where a report or list goes: a file or standard output, with a progress bar on a terminal.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    cli::{open, say::StandardOutput},
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

/// Lets `work` write to the file, or to standard output. The bar shows hubs done of all, where there is a file.
pub(super) fn written(
    out: Option<&Path>,
    work: impl FnOnce(&mut dyn Write, &mut dyn FnMut(u64, u64)) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let Some(file) = out else {
        let mut to = BufWriter::new(StandardOutput);
        work(&mut to, &mut |_, _| ())?;
        // Dropping a BufWriter ignores faults: what was cut off must not look whole.
        return to.flush().context("standard output");
    };
    let named = || file.display().to_string();
    let mut to = BufWriter::new(File::create(file).with_context(named)?);
    let bar = bar();
    let outcome = work(&mut to, &mut |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    outcome.with_context(named)?;
    to.flush().and_then(|()| to.get_ref().sync_all()).with_context(named)
}

/// A progress bar; indicatif shows it on a terminal only.
fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {bar:40} {human_pos}/{human_len} {eta}");
    ProgressBar::new(0)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_message("hubs")
}

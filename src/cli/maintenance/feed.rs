//! `smi maintenance feed`: the forward schedule, for a file on any web server.

use std::process::ExitCode;

use clap::Args;

use crate::{
    cli::{open, parsed, say::write_bytes},
    domain::maintenance::WindowCategory,
    rules::forward_schedule::ForwardSpan,
    service::forward_windows,
    settings::Settings,
    web::FeedFormat,
};

#[derive(Debug, Args)]
pub(in crate::cli) struct FeedArguments {
    /// A calendar (RFC 5545), or a list.
    #[arg(long, value_name = "ics|csv|json", default_value_t = FeedFormat::Ics, value_parser = parsed::<FeedFormat>)]
    format: FeedFormat,
    /// How many months from today it reaches.
    #[arg(long, value_name = "N", default_value_t = ForwardSpan::MONTHS,
        value_parser = clap::value_parser!(u16).range(1..=i64::from(ForwardSpan::MAX_MONTHS)))]
    months: u16,
    /// The windows of this category alone.
    #[arg(long, value_parser = parsed::<WindowCategory>)]
    category: Option<WindowCategory>,
}

pub(super) fn run(settings: &Settings, asked: &FeedArguments) -> anyhow::Result<ExitCode> {
    let span = ForwardSpan::of(open::clock(settings).now().0, asked.months);
    let read = |connection: &mut _| forward_windows(connection, span, asked.category, &settings.maintenance);
    let windows = open::store_to_read(settings)?.read(read)?;
    let text = asked.format.text(span, &windows, &settings.instance)?;
    write_bytes(text.as_bytes());
    Ok(ExitCode::SUCCESS)
}

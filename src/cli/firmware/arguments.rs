//! The arguments of `smi firmware`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::{
    cli::{
        manage::{ByArguments, ManageArguments},
        parsed,
    },
    domain::{
        ActReason, BatchNumber, Date, Eui64, FirmwareHash, ImageSize, Malformed, ScheduleNumber,
        ScheduleState, parse_date,
    },
};

fn day(text: &str) -> Result<Date, Malformed> {
    parse_date(text)
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum FirmwareCommand {
    /// Says whether so many images on a day need a schedule.
    Check(CheckArguments),
    /// Proposes batches: it fills each London day with what is left of it. Prints them as CSV.
    Plan(PlanArguments),
    /// Lists the Devices of an image's Device Model that a Supplier is responsible for.
    Targets(TargetArguments),
    /// Asks for a schedule, with batches from a file.
    Ask(AskArguments),
    /// Agrees a schedule, as the Service Desk.
    Agree(AgreeArguments),
    /// Withdraws a schedule and its batches of which nothing was sent.
    Withdraw(WithdrawArguments),
    /// Lists schedules.
    List(ListArguments),
    /// Shows a schedule with its batches and what happened to it.
    Show {
        /// The schedule.
        #[arg(value_parser = parsed::<ScheduleNumber>)]
        id: ScheduleNumber,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Shows what London days have room for, and what is agreed and sent.
    Days {
        /// The first day; today in London by default.
        #[arg(long, value_name = "DATE", value_parser = day)]
        from: Option<Date>,
        /// How many days.
        #[arg(long, value_name = "N", default_value_t = 28, value_parser = clap::value_parser!(u16).range(1..=800))]
        days: u16,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Lists the Suppliers with so many Devices that they come under the rules of large images.
    Scope {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct CheckArguments {
    /// The size of the image in bytes.
    #[arg(long, value_name = "N", value_parser = parsed::<ImageSize>)]
    pub(super) bytes: ImageSize,
    /// The number of images.
    #[arg(long, value_name = "N")]
    pub(super) images: u32,
    /// The generation of the Devices.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub(super) smets: u8,
    /// On top of what this User sent and agreed for the day.
    #[arg(long = "as", value_name = "EUI64", value_parser = parsed::<Eui64>)]
    pub(super) user: Option<Eui64>,
    /// The London day; today by default.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(super) on: Option<Date>,
    /// As JSON.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct PlanArguments {
    /// The number of images.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) images: u64,
    /// The first London day.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(super) from: Date,
    /// The most images of a day.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) per_day: Option<u32>,
    /// As JSON.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct TargetArguments {
    /// The Supplier.
    #[arg(long = "as", value_name = "EUI64", value_parser = parsed::<Eui64>)]
    pub(super) user: Eui64,
    /// The image.
    #[arg(long, value_name = "HASH", value_parser = parsed::<FirmwareHash>)]
    pub(super) image: FirmwareHash,
    /// Writes the Devices to this file as CSV, and prints their numbers alone.
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// As JSON.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct AskArguments {
    /// The batches: CSV with the columns day, images and, where wanted, update_firmware_on.
    pub(super) file: PathBuf,
    /// The Supplier that asks.
    #[arg(long = "as", value_name = "EUI64", value_parser = parsed::<Eui64>)]
    pub(super) user: Eui64,
    /// The image.
    #[arg(long, value_name = "HASH", value_parser = parsed::<FirmwareHash>)]
    pub(super) image: FirmwareHash,
    /// Its size in bytes, where the register does not have it.
    #[arg(long, value_name = "N", value_parser = parsed::<ImageSize>)]
    pub(super) bytes: Option<ImageSize>,
    /// The number of images: the sum of the batches.
    #[arg(long, value_name = "N")]
    pub(super) images: Option<u32>,
    /// It is a security update.
    #[arg(long)]
    pub(super) security: bool,
    /// Why.
    #[arg(long, value_name = "TEXT", value_parser = parsed::<ActReason>)]
    pub(super) reason: Option<ActReason>,
    /// As JSON.
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) by: ByArguments,
    #[command(flatten)]
    pub(super) manage: ManageArguments,
}

/// What every act of the Service Desk needs.
#[derive(Debug, Args)]
pub(in crate::cli) struct DeskArguments {
    /// The schedule.
    #[arg(value_parser = parsed::<ScheduleNumber>)]
    pub(super) id: ScheduleNumber,
    /// Why.
    #[arg(long, value_name = "TEXT", value_parser = parsed::<ActReason>)]
    pub(super) reason: ActReason,
    /// As JSON.
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) by: ByArguments,
    #[command(flatten)]
    pub(super) manage: ManageArguments,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct AgreeArguments {
    #[command(flatten)]
    pub(super) desk: DeskArguments,
    /// Batches that clash go to a later day.
    #[arg(long = "move", conflicts_with = "displace")]
    pub(super) is_moved: bool,
    /// These batches of others, of days that clash, go to a later day.
    #[arg(long, value_name = "BATCH", value_delimiter = ',', value_parser = parsed::<BatchNumber>)]
    pub(super) displace: Vec<BatchNumber>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct WithdrawArguments {
    #[command(flatten)]
    pub(super) desk: DeskArguments,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ListArguments {
    /// In this state.
    #[arg(long, value_parser = parsed::<ScheduleState>)]
    pub(super) state: Option<ScheduleState>,
    /// Of this User.
    #[arg(long = "as", value_name = "EUI64", value_parser = parsed::<Eui64>)]
    pub(super) user: Option<Eui64>,
    /// As JSON.
    #[arg(long)]
    pub(super) json: bool,
}

//! The arguments of `smi reflash`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::price::PriceArguments;
use crate::{
    cli::{
        manage::{ByArguments, ManageArguments},
        parsed,
    },
    domain::{
        Eui64, HubNumber, LocationId, PartySignifier,
        reflash::{OrderEvent, OrderNumber, OrderState, Unloader},
    },
};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ReflashCommand {
    /// Asks for hubs to be re-flashed; exit code 1 where the request is rejected, with every reason.
    Request(RequestArguments),
    /// Lists orders.
    List(ListArguments),
    /// Shows an order with what happened to it.
    Show {
        /// The order.
        #[arg(value_parser = parsed::<OrderNumber>)]
        order: OrderNumber,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Lets something happen to an order.
    Event(EventArguments),
    /// Takes the file of a delivery that came to the site; with --reason it stands in the place of the one before.
    Received(ReceivedArguments),
    /// Takes a file of what became of the hubs; with --reason it replaces outcomes that are there.
    Outcomes(OutcomesArguments),
    /// Gives the next hubs of an order to the free units of its site.
    Batch(ChangeArguments),
    /// The labels of the delivery, a page of A6 each, as HTML.
    Label(PaperArguments),
    /// The despatch note, as HTML.
    Note(PaperArguments),
    /// The statement, as HTML.
    Statement(PaperArguments),
    /// Computes the price of a re-flash from its costs, and what is left to socialise where fewer hubs come than were forecast.
    Price(PriceArguments),
    /// Lists the open slots of a site, tomorrow first.
    Slots {
        /// The site.
        #[arg(long, value_parser = parsed::<LocationId>)]
        site: LocationId,
        #[command(flatten)]
        manage: ManageArguments,
    },
    /// Says how many months a volume takes at a site, what twelve months have room for, and whose forecast is old.
    Capacity {
        /// The site.
        #[arg(long, value_parser = parsed::<LocationId>)]
        site: LocationId,
        /// The volume; by default the sum of the newest forecast of each Party.
        #[arg(long, value_name = "N", value_parser = parsed::<HubNumber>)]
        hubs: Option<HubNumber>,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct RequestArguments {
    /// The hubs: CSV with the columns chf_device_id, firmware_version, device_manufacturer, device_model and, where wanted, pallet, carton.
    pub(super) file: PathBuf,
    /// The User that asks.
    #[arg(long, value_name = "EUI64", value_parser = parsed::<Eui64>)]
    pub(super) user: Eui64,
    /// The number of hubs.
    #[arg(long)]
    pub(super) hubs: Option<u32>,
    /// Where the hubs go back to.
    #[arg(long, value_name = "LOCATION")]
    pub(super) redeliver_to: Option<String>,
    /// When: a London day.
    #[arg(long, value_name = "DATE")]
    pub(super) redeliver_on: Option<String>,
    /// In which window, `09:00-12:00`.
    #[arg(long)]
    pub(super) window: Option<String>,
    /// The site; by default the first that serves the region of the first hub.
    #[arg(long)]
    pub(super) site: Option<String>,
    /// The order that it amends.
    #[arg(long, value_name = "ORDER")]
    pub(super) amends: Option<String>,
    /// A reference of your own: the same again is the same order.
    #[arg(long)]
    pub(super) reference: Option<String>,
    /// Only looks at it.
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Writes the lines without fault to this file.
    #[arg(long, value_name = "FILE")]
    pub(super) good: Option<PathBuf>,
    #[command(flatten)]
    pub(super) manage: ManageArguments,
}

/// What every change of an order needs: which, by whom, and where.
#[derive(Debug, Args)]
pub(in crate::cli) struct ChangeArguments {
    /// The order.
    #[arg(value_parser = parsed::<OrderNumber>)]
    pub(super) order: OrderNumber,
    #[command(flatten)]
    pub(super) by: ByArguments,
    #[command(flatten)]
    pub(super) manage: ManageArguments,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ReceivedArguments {
    #[command(flatten)]
    pub(super) change: ChangeArguments,
    /// The file: CSV with the columns chf_device_id, pallet, carton, condition.
    pub(super) file: PathBuf,
    /// Who unloaded.
    #[arg(long, value_parser = parsed::<Unloader>)]
    pub(super) unloaded_by: Unloader,
    /// When the unloading began, `2022-01-25T10:00:00Z`.
    #[arg(long, value_name = "INSTANT")]
    pub(super) started: String,
    /// When it ended.
    #[arg(long, value_name = "INSTANT")]
    pub(super) finished: String,
    /// Why the file that was there is replaced.
    #[arg(long)]
    pub(super) reason: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct OutcomesArguments {
    #[command(flatten)]
    pub(super) change: ChangeArguments,
    /// The file: CSV with the columns chf_device_id, outcome, firmware_version, fault_report, fault_reference.
    pub(super) file: PathBuf,
    /// Why outcomes that are there are replaced.
    #[arg(long)]
    pub(super) reason: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct PaperArguments {
    /// The order.
    #[arg(value_parser = parsed::<OrderNumber>)]
    pub(super) order: OrderNumber,
    /// Where to; standard output by default.
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    #[command(flatten)]
    pub(super) manage: ManageArguments,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ListArguments {
    /// Only orders in this state.
    #[arg(long, value_parser = parsed::<OrderState>)]
    pub(super) state: Option<OrderState>,
    /// Only orders of this Party.
    #[arg(long, value_parser = parsed::<PartySignifier>)]
    pub(super) party: Option<PartySignifier>,
    /// Only orders for this site.
    #[arg(long, value_parser = parsed::<LocationId>)]
    pub(super) site: Option<LocationId>,
    /// As JSON.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct EventArguments {
    #[command(flatten)]
    pub(super) change: ChangeArguments,
    /// What happens: Authorise, Reject, Cancel, Withdraw, Despatch, Late, AcceptLate, RefuseLate, Start, Finish, Amend, Release or
    /// Redelivered.
    #[arg(value_parser = parsed::<OrderEvent>)]
    pub(super) event: OrderEvent,
    /// What it needs, such as `deliver_on=2022-02-01 window=09:00-12:00`; `reasons` are joined by `,`.
    #[arg(value_name = "KEY=VALUE")]
    pub(super) details: Vec<String>,
}

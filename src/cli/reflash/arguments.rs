//! The arguments of `smi reflash`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::{
    cli::{
        manage::{ByArguments, ManageArguments},
        parsed,
    },
    domain::{
        Eui64, LocationId, PartySignifier,
        reflash::{OrderEvent, OrderNumber, OrderState},
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
    /// Lists the open slots of a site, tomorrow first.
    Slots {
        /// The site.
        #[arg(long, value_parser = parsed::<LocationId>)]
        site: LocationId,
        #[command(flatten)]
        manage: ManageArguments,
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
    /// The order.
    #[arg(value_parser = parsed::<OrderNumber>)]
    pub(super) order: OrderNumber,
    /// What happens: Authorise, Reject, Cancel, Withdraw, Despatch, Late, AcceptLate or RefuseLate.
    #[arg(value_parser = parsed::<OrderEvent>)]
    pub(super) event: OrderEvent,
    /// What it needs, such as `deliver_on=2022-02-01 window=09:00-12:00`; `reasons` are joined by `,`.
    #[arg(value_name = "KEY=VALUE")]
    pub(super) details: Vec<String>,
    #[command(flatten)]
    pub(super) by: ByArguments,
    #[command(flatten)]
    pub(super) manage: ManageArguments,
}

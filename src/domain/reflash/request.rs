//! A request for a re-flash as a Party hands it in, and the facts that it is judged by (HUBS.md 4, 6; MP155-T1).

use super::{DayWindow, OrderNumber};
use crate::domain::{
    CspRegion, Date, DeviceManufacturer, DeviceModel, Eui64, FirmwareList, FirmwareVersion, HubModel,
    LocationId, PackageId, PartySignifier, SmiStatus, StockLocation, StockRow,
};

/// A request: what it says as a whole, and its lines. What is absent was left empty (RF/a).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReflashRequest {
    /// The Party that asks.
    pub party: PartySignifier,
    /// The number of hubs as stated.
    pub hubs: Option<u32>,
    /// Where the hubs go back to.
    pub location: Option<LocationId>,
    /// The London day on which they are to go back.
    pub redeliver_on: Option<Date>,
    /// The window of that day.
    pub window: Option<DayWindow>,
    /// The site, where the Party names one.
    pub site: Option<LocationId>,
    /// The lines in the order of the file, at least one.
    pub lines: Vec<RequestLine>,
}

impl ReflashRequest {
    /// The most hubs of a request (ours).
    pub const MAX_HUBS: usize = 10_000;
}

/// A line of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestLine {
    /// Its line of the file; that of the header is 1.
    pub line: u32,
    /// The CHF.
    pub chf: Option<Eui64>,
    /// The firmware that it has now.
    pub firmware_version: Option<FirmwareVersion>,
    /// Its manufacturer.
    pub manufacturer: Option<DeviceManufacturer>,
    /// Its model.
    pub model: Option<DeviceModel>,
    /// What it is packed in, where the file has the columns; else that of its stock row counts.
    pub package: Option<Package>,
}

/// What a hub is packed in.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Package {
    /// The pallet.
    pub pallet: Option<PackageId>,
    /// The carton.
    pub carton: Option<PackageId>,
}

impl Package {
    /// That of a stock row.
    pub fn of_stock(row: &StockRow) -> Self {
        Self { pallet: row.pallet.clone(), carton: row.carton.clone() }
    }
}

/// What is known about a request as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestFacts {
    /// The location that the re-delivery names, where one of that ID is listed.
    pub location: Option<StockLocation>,
    /// The sites, in the order of their IDs.
    pub sites: Vec<StockLocation>,
    /// The firmware list.
    pub firmware: FirmwareList,
    /// The facts about each line's hub, in the order of the lines; none for a line without an ID.
    pub hubs: Vec<Option<RequestedHub>>,
}

/// The facts about one hub that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedHub {
    /// The hub in the SMI, or why there is none.
    pub hub: Result<HeldHub, NoHub>,
    /// Its stock row.
    pub stock: Option<StockRow>,
    /// Another open order that it is on.
    pub open_order: Option<OrderNumber>,
}

/// A hub of the SMI that is asked for: a CHF with its GPF, and not SMETS1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldHub {
    /// The GPF.
    pub gpf: Eui64,
    /// The SMI Status of the CHF.
    pub chf_status: SmiStatus,
    /// And of the GPF.
    pub gpf_status: SmiStatus,
    /// An installed status that its history has.
    pub was_installed: Option<SmiStatus>,
    /// Its holder: the Party of the User that pre-notified it; none where that is not known.
    pub holder: Option<PartySignifier>,
    /// Its CSP Region.
    pub region: Option<CspRegion>,
    /// The firmware as the SMI has it.
    pub firmware_version: Option<FirmwareVersion>,
    /// The Device Model.
    pub model: HubModel,
}

impl HeldHub {
    /// Whether CHF and GPF are Pending.
    pub fn is_pending(&self) -> bool {
        self.chf_status == SmiStatus::Pending && self.gpf_status == SmiStatus::Pending
    }

    /// The statuses of both, as text.
    pub fn statuses(&self) -> String {
        format!("CHF {}, GPF {}", self.chf_status, self.gpf_status)
    }

    /// The signifier of the holder, as text.
    pub fn holder_text(&self) -> &str {
        self.holder.as_ref().map_or("unknown", PartySignifier::as_str)
    }
}

/// Why an ID is not that of a hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoHub {
    /// No Device has it.
    NotInTheSmi,
    /// The Device is no CHF.
    NotAChf,
    /// Its GPF is not in the SMI.
    NoGpf,
    /// It is SMETS1.
    Smets1,
}

impl NoHub {
    /// In words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotInTheSmi => "it is not in the SMI",
            Self::NotAChf => "it is no CHF",
            Self::NoGpf => "its GPF is not in the SMI",
            Self::Smets1 => "it is a SMETS1 Device",
        }
    }
}

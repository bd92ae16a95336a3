//! Where a hub lies.

use crate::domain::{AsnNumber, Date, Eui64, LocationId, PackageId, set::closed_set};

closed_set!(
    /// How a hub is packed (MP155-R10).
    Packaging, "a packaging", {
        Sealed => "sealed",
        Opened => "opened",
        Damaged => "damaged",
    }
);

/// Where a hub lies, since when, and in which package. The Device may be loaded later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockRow {
    /// The CHF.
    pub chf: Eui64,
    /// The location.
    pub location: LocationId,
    /// The London day of its delivery.
    pub delivered_on: Option<Date>,
    /// The Advanced Shipment Notification that it came with.
    pub asn: Option<AsnNumber>,
    /// The pallet it lies on.
    pub pallet: Option<PackageId>,
    /// The carton it lies in.
    pub carton: Option<PackageId>,
    /// How it is packed.
    pub packaging: Packaging,
}

//! The kinds of CSV files, in the order in which a whole inventory is imported, and the functions of each.

use super::{
    change_record::ChangeLine,
    contact::ContactLine,
    coverage::CoverageLine,
    cpl::CplLine,
    csv::{BYTE_ORDER_MARK, KindFunctions},
    device::DeviceLine,
    firmware::{CapacityLine, ImageLine},
    hub_stock::{ChargeLine, FirmwareLine, ForecastLine, LocationLine, StockLine, UnitLine},
    maintenance::{DerogationLine, WindowLine},
    privacy::AssessmentLine,
    registration::RegistrationLine,
    tsat::{CompatibilityLine, TsatLine},
    user::UserLine,
    variants::ModelVariantsLine,
};
use crate::domain::closed_set;

closed_set!(
    /// What a CSV file holds.
    Kind, "a kind of CSV file", {
        Users => "users",
        Registrations => "registrations",
        Devices => "devices",
        Coverage => "coverage",
        Cpl => "cpl",
        Tsat => "tsat",
        Compatibility => "compatibility",
        HubFirmware => "hub-firmware",
        Locations => "locations",
        Units => "units",
        Charges => "charges",
        Forecasts => "forecasts",
        Stock => "stock",
        Firmware => "firmware",
        Capacity => "capacity",
        Assessments => "assessments",
        Contacts => "contacts",
        Changes => "changes",
        Maintenance => "maintenance",
        Derogations => "derogations",
        ModelVariants => "model-variants",
    }
);

impl Kind {
    /// The columns of its files, in order.
    pub fn columns(self) -> &'static [&'static str] {
        self.functions().columns
    }

    /// The columns that the header of its files must have.
    pub fn required_columns(self) -> &'static [&'static str] {
        self.functions().required
    }

    /// Whether a file takes the place of all there is of the kind. One without lines must be meant then.
    pub const fn is_replaced_whole(self) -> bool {
        match self {
            Self::Cpl
            | Self::Compatibility
            | Self::HubFirmware
            | Self::Locations
            | Self::Units
            | Self::Charges
            | Self::Forecasts
            | Self::Contacts
            | Self::Derogations
            | Self::ModelVariants
            | Self::Capacity => true,
            Self::Users
            | Self::Registrations
            | Self::Devices
            | Self::Coverage
            | Self::Tsat
            | Self::Stock
            | Self::Firmware
            | Self::Assessments
            | Self::Maintenance
            | Self::Changes => false,
        }
    }

    /// The kind of a file that begins so, by its header: the one whose columns fit best, so that a file with a misspelt column is
    /// refused as one of its kind. None where no kind fits better than another.
    pub fn of_header(beginning: &[u8]) -> Option<Self> {
        let beginning = beginning.strip_prefix(BYTE_ORDER_MARK).unwrap_or(beginning);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(beginning);
        let header = reader.records().next()?.ok()?;
        let fit = |kind: &Self| {
            let known = header.iter().filter(|column| kind.columns().contains(column)).count();
            let is_missing = |column: &&&str| !header.iter().any(|found| found == **column);
            let missing = kind.required_columns().iter().filter(is_missing).count();
            // A column that must be there and is not says more than one that may be.
            (known, missing)
        };
        let fits = Self::ALL.iter().map(|kind| (fit(kind), *kind));
        let fits = fits.filter(|((known, missing), _)| known > missing);
        let mut fits = fits.map(|((known, missing), kind)| (known - missing, kind)).collect::<Vec<_>>();
        fits.sort_unstable_by(|left, right| right.cmp(left));
        match fits.as_slice() {
            [(best, _), (next, _), ..] if best == next => None,
            [(_, kind), ..] => Some(*kind),
            [] => None,
        }
    }

    /// The functions that import, export and normalise its files. Only this place distinguishes kinds.
    pub(super) fn functions(self) -> KindFunctions {
        match self {
            Self::Users => KindFunctions::of::<UserLine>(),
            Self::Registrations => KindFunctions::of::<RegistrationLine>(),
            Self::Devices => KindFunctions::of::<DeviceLine>(),
            Self::Coverage => KindFunctions::of::<CoverageLine>(),
            Self::Cpl => KindFunctions::of::<CplLine>(),
            Self::Tsat => KindFunctions::of::<TsatLine>(),
            Self::Compatibility => KindFunctions::of::<CompatibilityLine>(),
            Self::HubFirmware => KindFunctions::of::<FirmwareLine>(),
            Self::Locations => KindFunctions::of::<LocationLine>(),
            Self::Units => KindFunctions::of::<UnitLine>(),
            Self::Charges => KindFunctions::of::<ChargeLine>(),
            Self::Forecasts => KindFunctions::of::<ForecastLine>(),
            Self::Stock => KindFunctions::of::<StockLine>(),
            Self::Firmware => KindFunctions::of::<ImageLine>(),
            Self::Capacity => KindFunctions::of::<CapacityLine>(),
            Self::Assessments => KindFunctions::of::<AssessmentLine>(),
            Self::Contacts => KindFunctions::of::<ContactLine>(),
            Self::Changes => KindFunctions::of::<ChangeLine>(),
            Self::Maintenance => KindFunctions::of::<WindowLine>(),
            Self::Derogations => KindFunctions::of::<DerogationLine>(),
            Self::ModelVariants => KindFunctions::of::<ModelVariantsLine>(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::fixture;

    #[test]
    fn a_file_is_recognised_by_its_header() {
        for kind in Kind::ALL.iter().copied() {
            assert_eq!(Kind::of_header(fixture(kind).as_bytes()), Some(kind));
            assert_eq!(Kind::of_header(kind.columns().join(",").as_bytes()), Some(kind));
            assert_eq!(Kind::of_header(kind.required_columns().join(",").as_bytes()), Some(kind));
            let misspelt = format!("{},colour", kind.columns().join(","));
            assert_eq!(Kind::of_header(misspelt.as_bytes()), Some(kind));
        }
        for devices in
            ["device_id,device_typ,status,import_mpxn\n", "\u{feff}device_id,device_type\r\n<script>"]
        {
            assert_eq!(Kind::of_header(devices.as_bytes()), Some(Kind::Devices), "{devices:?}");
        }
        for odd in ["", "\n", "a,b,c\n", "status\n", "\u{0}\n", "user_id\n", "\u{feff}"] {
            assert_eq!(Kind::of_header(odd.as_bytes()), None, "{odd:?}");
        }
    }
}

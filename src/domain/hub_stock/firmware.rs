//! The firmware list of hubs: which version of a model is in production on a day, and how old that of a hub is (HUBS.md 3).

use std::collections::BTreeMap;

use crate::domain::{
    Date, DeviceManufacturer, DeviceModel, FirmwareVersion, FreeText, SmetsChtsVersion, set::closed_set,
};

/// The Device Model of a hub, whatever its firmware.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HubModel {
    /// The manufacturer.
    pub manufacturer: DeviceManufacturer,
    /// The model.
    pub model: DeviceModel,
}

/// A firmware version of a hub's model, and when it is in production. One that is withdrawn for a defect gets a `production_to`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubFirmware {
    /// The model.
    pub model: HubModel,
    /// The version.
    pub firmware: FirmwareVersion,
    /// The CHTS version that it has.
    pub chts: SmetsChtsVersion,
    /// The GBCS version that it has.
    pub gbcs: FreeText,
    /// The first day in production.
    pub production_from: Date,
    /// The last one; open where absent.
    pub production_to: Option<Date>,
}

impl HubFirmware {
    /// Whether it is in production on that day; both ends are.
    pub fn is_in_production(&self, day: Date) -> bool {
        self.production_from <= day && self.production_to.is_none_or(|to| day <= to)
    }
}

closed_set!(
    /// How old the firmware of a hub is, by the versions of its model that are newer and in production (MP155-R37). Those that the list
    /// does not have are `unlisted`.
    Generation, "a generation", {
        N => "N",
        N1 => "N-1",
        N2 => "N-2",
        N3 => "N-3",
        N4OrOlder => "N-4 or older",
        Unlisted => "unlisted",
    }
);

/// The firmware list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirmwareList(BTreeMap<HubModel, Vec<HubFirmware>>);

impl FirmwareList {
    /// The versions of a model, the oldest first.
    pub fn versions(&self, model: &HubModel) -> &[HubFirmware] {
        self.0.get(model).map_or(&[], Vec::as_slice)
    }

    /// The newest version of a model on a day: the latest `production_from` of those in production.
    pub fn newest(&self, model: &HubModel, day: Date) -> Option<&HubFirmware> {
        self.versions(model).iter().rfind(|version| version.is_in_production(day))
    }

    /// How old a version of a model is on a day: N minus the number of newer ones in production.
    pub fn generation(&self, model: &HubModel, own: Option<&FirmwareVersion>, day: Date) -> Generation {
        let versions = self.versions(model);
        let Some(own) = versions.iter().find(|version| Some(&version.firmware) == own) else {
            return Generation::Unlisted;
        };
        let is_newer = |version: &&HubFirmware| {
            version.production_from > own.production_from && version.is_in_production(day)
        };
        match versions.iter().filter(is_newer).count() {
            0 => Generation::N,
            1 => Generation::N1,
            2 => Generation::N2,
            3 => Generation::N3,
            _ => Generation::N4OrOlder,
        }
    }
}

impl FromIterator<HubFirmware> for FirmwareList {
    fn from_iter<I: IntoIterator<Item = HubFirmware>>(versions: I) -> Self {
        let mut list = BTreeMap::<HubModel, Vec<HubFirmware>>::new();
        for version in versions {
            list.entry(version.model.clone()).or_default().push(version);
        }
        // No two of a model have one first day in production.
        list.values_mut().for_each(|versions| versions.sort_by_key(|version| version.production_from));
        Self(list)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn model() -> HubModel {
        HubModel { manufacturer: "Sample Hubs".parse().unwrap(), model: "SH-C1".parse().unwrap() }
    }

    fn version(firmware: &str, from: Date, to: Option<Date>) -> HubFirmware {
        HubFirmware {
            model: model(),
            firmware: firmware.parse().unwrap(),
            chts: "CHTS V1.0".parse().unwrap(),
            gbcs: "1.1".parse().unwrap(),
            production_from: from,
            production_to: to,
        }
    }

    /// The list of HUBS.md 8, W, with one more that was withdrawn.
    fn list() -> FirmwareList {
        FirmwareList::from_iter([
            version("03000100", date(2021, 12, 1), None),
            version("01000000", date(2017, 11, 6), None),
            version("02000000", date(2020, 7, 1), None),
            version("03000200", date(2021, 12, 15), Some(date(2021, 12, 20))),
            version("02010000", date(2020, 11, 1), None),
            version("03000000", date(2021, 6, 1), None),
        ])
    }

    /// HUBS.md 3: both ends of the time in production count, and a version that was withdrawn does not.
    #[test]
    fn the_newest_version_is_the_latest_one_in_production() {
        let list = list();
        for (day, newest) in [
            (date(2017, 11, 5), None),
            (date(2017, 11, 6), Some("01000000")),
            (date(2021, 11, 30), Some("03000000")),
            (date(2021, 12, 1), Some("03000100")),
            (date(2021, 12, 15), Some("03000200")),
            (date(2021, 12, 20), Some("03000200")),
            (date(2021, 12, 21), Some("03000100")),
        ] {
            let found = list.newest(&model(), day).map(|version| version.firmware.to_string());
            assert_eq!(found.as_deref(), newest, "{day}");
        }
        let other = HubModel { model: "SH-C2".parse().unwrap(), ..model() };
        assert_eq!(list.newest(&other, date(2022, 1, 1)), None);
    }

    /// MP155-R37, HUBS.md 8, row 19.
    #[test]
    fn a_generation_counts_the_newer_versions_in_production() {
        let list = list();
        let of = |firmware: &str, day| {
            let own = firmware.parse::<FirmwareVersion>().ok();
            list.generation(&model(), own.as_ref(), day).as_str()
        };
        let day = date(2022, 1, 1);
        let own = ["03000100", "03000000", "02010000", "02000000", "01000000", "03000200", "09000000", ""];
        assert_eq!(
            own.map(|own| of(own, day)),
            ["N", "N-1", "N-2", "N-3", "N-4 or older", "N", "unlisted", "unlisted"]
        );
        assert_eq!(of("01000000", date(2021, 11, 30)), "N-3");
    }
}

//! The export of CSV files. An import reads them back; the order of lines is fixed.

use std::io::Write;

use super::{Kind, csv::ExportFault};
use crate::db::Connection;

/// Writes all rows of a kind as CSV, with all columns. Returns the number of lines, without the header.
///
/// # Errors
/// When the store cannot be read or the file cannot be written.
pub fn export(connection: &mut Connection, kind: Kind, to: &mut dyn Write) -> Result<usize, ExportFault> {
    (kind.functions().export)(connection, to)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::{collection::vec, prelude::*};

    use serde::Serialize;

    use super::*;
    use crate::store::{
        change_record::ChangeLine,
        contact::ContactLine,
        coverage::CoverageLine,
        cpl::CplLine,
        csv::{Sheet, write},
        device::DeviceLine,
        hub_stock::{ChargeLine, FirmwareLine, ForecastLine, LocationLine, StockLine, UnitLine},
        privacy::AssessmentLine,
        registration::RegistrationLine,
        testing::{TempStore, any_coverage_row, any_device, any_registration, any_user, fixture, server},
        tsat::{CompatibilityLine, TsatLine},
        user::UserLine,
    };

    fn csv_of<'a, S, V>(values: &'a [V]) -> String
    where
        S: Sheet + Serialize + From<&'a V>,
    {
        let mut csv = Vec::new();
        write::<S, V>(values, &mut csv).unwrap();
        String::from_utf8(csv).unwrap()
    }

    /// One of each key, in the order of an export.
    fn distinct<K: Ord, V>(values: Vec<V>, key: impl Fn(&V) -> K) -> Vec<V> {
        values
            .into_iter()
            .map(|value| (key(&value), value))
            .collect::<BTreeMap<_, _>>()
            .into_values()
            .collect()
    }

    fn survives(kind: Kind, csv: &str) {
        let temp = TempStore::new();
        temp.load(kind, csv).unwrap();
        let exported = temp.dump(kind);
        assert_eq!(exported, csv);
        temp.load(kind, &exported).unwrap();
        assert_eq!(temp.dump(kind), csv, "importing it again changes nothing");
    }

    proptest! {
        // Each case makes a database.
        #![proptest_config(ProptestConfig::with_cases(if server().is_some() { 8 } else { 24 }))]

        #[test]
        fn devices_survive(devices in vec(any_device(), 0..12)) {
            survives(Kind::Devices, &csv_of::<DeviceLine, _>(&distinct(devices, |device| device.id)));
        }

        #[test]
        fn users_survive(users in vec(any_user(), 0..12)) {
            survives(Kind::Users, &csv_of::<UserLine, _>(&distinct(users, |user| user.id)));
        }

        #[test]
        fn registrations_survive(registrations in vec(any_registration(), 0..12)) {
            let registrations = distinct(registrations, |r| (r.mpxn.clone(), r.role.as_str()));
            survives(Kind::Registrations, &csv_of::<RegistrationLine, _>(&registrations));
        }

        #[test]
        fn coverage_survives(rows in vec(any_coverage_row(), 1..12)) {
            let rows = distinct(rows, |row| (row.region, row.place.key()));
            survives(Kind::Coverage, &csv_of::<CoverageLine, _>(&rows));
        }
    }

    #[test]
    fn the_fixtures_survive() {
        let temp = TempStore::with_fixtures();
        let exported = Kind::ALL.iter().map(|kind| (*kind, temp.dump(*kind))).collect::<Vec<_>>();
        let again = TempStore::new();
        for (kind, csv) in exported {
            again.load(kind, &csv).unwrap();
            assert_eq!(again.dump(kind), csv);
            assert_eq!(csv.lines().count(), fixture(kind).lines().count(), "{kind}");
        }
    }

    /// MP106-R8.
    #[test]
    fn the_single_space_survives_from_file_to_file() {
        let temp = TempStore::new();
        let space = "South,ZZ1 1AA,,,true,2027-01-01, ,Low,,\n";
        let csv = format!("{}\n{space}", CoverageLine::COLUMNS.join(","));
        temp.load(Kind::Coverage, &csv).unwrap();
        assert_eq!(temp.dump(Kind::Coverage), csv);
    }

    #[test]
    fn columns_are_the_fields_in_order() {
        fn columns<S: Sheet + Default>() -> Vec<String> {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.serialize(S::default()).unwrap();
            let written = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            written.lines().next().unwrap().split(',').map(ToOwned::to_owned).collect()
        }
        assert_eq!(columns::<UserLine>(), UserLine::COLUMNS);
        assert_eq!(columns::<RegistrationLine>(), RegistrationLine::COLUMNS);
        assert_eq!(columns::<DeviceLine>(), DeviceLine::COLUMNS);
        assert_eq!(columns::<CoverageLine>(), CoverageLine::COLUMNS);
        assert_eq!(columns::<CplLine>(), CplLine::COLUMNS);
        assert_eq!(columns::<TsatLine>(), TsatLine::COLUMNS);
        assert_eq!(columns::<CompatibilityLine>(), CompatibilityLine::COLUMNS);
        assert_eq!(columns::<FirmwareLine>(), FirmwareLine::COLUMNS);
        assert_eq!(columns::<LocationLine>(), LocationLine::COLUMNS);
        assert_eq!(columns::<UnitLine>(), UnitLine::COLUMNS);
        assert_eq!(columns::<ChargeLine>(), ChargeLine::COLUMNS);
        assert_eq!(columns::<ForecastLine>(), ForecastLine::COLUMNS);
        assert_eq!(columns::<StockLine>(), StockLine::COLUMNS);
        assert_eq!(columns::<AssessmentLine>(), AssessmentLine::COLUMNS);
        assert_eq!(columns::<ContactLine>(), ContactLine::COLUMNS);
        assert_eq!(columns::<ChangeLine>(), ChangeLine::COLUMNS);
    }

    #[test]
    fn the_header_stands_above_no_lines_too() {
        let temp = TempStore::new();
        assert_eq!(temp.dump(Kind::Cpl), format!("{}\n", CplLine::COLUMNS.join(",")));
    }
}

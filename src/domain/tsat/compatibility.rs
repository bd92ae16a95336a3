//! Whether Devices of a SMETS version were tested with hubs of a CHTS version (MP139-R18; HUBS.md 3).

use super::VersionNumber;
use crate::domain::{Date, DeviceType, TsatText, closed_set};

closed_set!(
    /// The result of a test of Devices with hubs.
    CompatibilityResult, "a result of a compatibility test", {
        Ok => "ok",
        Failed => "failed",
    }
);

closed_set!(
    /// The answer about a pair of versions.
    Compatibility, "an answer about compatibility", {
        TestedOk => "tested-ok",
        TestedFailed => "tested-failed",
        NotTested => "not-tested",
    }
);

/// A test that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompatibilityRecord {
    /// The SMETS version of the Devices.
    pub smets: VersionNumber,
    /// The CHTS version of the hubs.
    pub chts: VersionNumber,
    /// The Device Type; none where it is not known.
    pub device_type: Option<DeviceType>,
    /// The result.
    pub result: CompatibilityResult,
    /// The number of Devices tested.
    pub devices_tested: u32,
    /// The day of the test.
    pub tested_on: Option<Date>,
    /// A note.
    pub note: TsatText,
}

impl CompatibilityRecord {
    /// The record that is shipped: three Devices of SMETS2 4.2 worked with hubs of CHTS 1.0 (MP139-R18).
    pub fn shipped() -> Option<Self> {
        Some(Self {
            smets: "4.2".parse().ok()?,
            chts: "1.0".parse().ok()?,
            device_type: None,
            result: CompatibilityResult::Ok,
            devices_tested: 3,
            tested_on: None,
            note: "".parse().ok()?,
        })
    }

    /// What it is about. There is one record of each.
    pub const fn key(&self) -> (&VersionNumber, &VersionNumber, Option<DeviceType>) {
        (&self.smets, &self.chts, self.device_type)
    }
}

/// The tests that were made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompatibilityRecords(Vec<CompatibilityRecord>);

impl CompatibilityRecords {
    /// These records over the one that is shipped: one with the same key stands for it.
    pub fn over_shipped(imported: Vec<CompatibilityRecord>) -> Self {
        let is_replaced =
            |shipped: &CompatibilityRecord| imported.iter().any(|own| own.key() == shipped.key());
        let shipped = CompatibilityRecord::shipped().filter(|shipped| !is_replaced(shipped));
        Self(shipped.into_iter().chain(imported).collect())
    }

    /// The records of a pair of versions.
    pub fn of<'a>(
        &'a self,
        smets: &'a VersionNumber,
        chts: &'a VersionNumber,
    ) -> impl Iterator<Item = &'a CompatibilityRecord> {
        self.0.iter().filter(move |record| record.smets == *smets && record.chts == *chts)
    }

    /// The answer about a pair of versions: any failure is told before any success.
    pub fn answer(&self, smets: &VersionNumber, chts: &VersionNumber) -> Compatibility {
        let any = |result| self.of(smets, chts).any(|record| record.result == result);
        if any(CompatibilityResult::Failed) {
            Compatibility::TestedFailed
        } else if any(CompatibilityResult::Ok) {
            Compatibility::TestedOk
        } else {
            Compatibility::NotTested
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(device_type: Option<DeviceType>, result: CompatibilityResult) -> CompatibilityRecord {
        CompatibilityRecord { device_type, result, ..CompatibilityRecord::shipped().unwrap() }
    }

    #[test]
    fn mp139_r18_a_pair_is_tested_ok_tested_failed_or_not_tested() {
        let number = |text: &str| text.parse::<VersionNumber>().unwrap();
        let answer = |records: &CompatibilityRecords| records.answer(&number("4.2"), &number("1.0"));
        let shipped = CompatibilityRecords::over_shipped(Vec::new());
        assert_eq!(answer(&shipped), Compatibility::TestedOk);
        assert_eq!(shipped.of(&number("4.2"), &number("1.0")).next().unwrap().devices_tested, 3);
        for (smets, chts) in [("4.2", "1.1"), ("4.20", "1.0"), ("1.0", "4.2")] {
            assert_eq!(shipped.answer(&number(smets), &number(chts)), Compatibility::NotTested);
        }
        let failed = CompatibilityResult::Failed;
        let beside = CompatibilityRecords::over_shipped(vec![record(Some(DeviceType::Esme), failed)]);
        assert_eq!((answer(&beside), beside.0.len()), (Compatibility::TestedFailed, 2));
        let instead = CompatibilityRecords::over_shipped(vec![record(None, failed)]);
        assert_eq!((answer(&instead), instead.0.len()), (Compatibility::TestedFailed, 1));
    }
}

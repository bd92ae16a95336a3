//! The streaming import of Devices: its memory does not grow with the file.
//!
//! Lines are read and checked here, a few batches ahead of the writer's thread, which stages them in a temporary table. After
//! the last line, one transaction finds duplicates and merges the table into the inventory. Other jobs write between the batches.

use std::{
    collections::BTreeSet,
    io::{Read, Write},
};

use crate::{
    db::{Connection, Store, StoreFault},
    domain::{Device, Now},
    store::{
        cpl::{self, ModelKey},
        csv::{
            CsvKind, ExportFault, Faults, Import, ImportFault, Imported, Origin, SheetReader, write_pages,
        },
        device::{self, DeviceLine, StagedRow},
        keyed_staging::stage_all,
        staging::Staging,
    },
};

/// The most Device Models of a file that are compared with the Central Products List: more than there are, so that memory is bounded.
const MODELS: usize = 20_000;

impl CsvKind for DeviceLine {
    const IMPORT: Import = import;

    /// By ID, a page at a time: there may be more than memory holds.
    fn export(connection: &mut Connection, to: &mut dyn Write) -> Result<usize, ExportFault> {
        write_pages::<Self, Device>(to, |last| device::page_after(connection, last.map(|device| device.id)))
    }
}

fn import(
    store: &Store,
    from: &mut dyn Read,
    origin: &Origin,
    now: Now,
    progress: &mut dyn FnMut(u64),
) -> Result<Imported, ImportFault> {
    let mut faults = Faults::default();
    let Some(mut reading) = SheetReader::<DeviceLine, _>::begin(from, &mut faults)? else {
        return faults.into_result().map(|_| Imported::default());
    };
    let mut staging = Staging::begin(store)?;
    let mut models = BTreeSet::new();
    let row = |line, device: &Device| {
        if models.len() < MODELS {
            models.insert(ModelKey::new(device.device_type, &device.details));
        }
        StagedRow::new(line, device)
    };
    stage_all(&mut reading, &mut staging, &mut faults, progress, row)?;
    let changes = staging.end(&mut faults, origin.dry_run, now)?;
    let warnings = faults.into_result()?;
    let near_misses =
        store.read(|connection| Ok::<_, StoreFault>(cpl::near_misses(&models, &cpl::all(connection)?)))?;
    Ok(Imported { rows: reading.lines_read(), changes, near_misses, warnings, ..Imported::default() })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use crate::store::{
        ImportFault, Kind,
        testing::{TempStore, device_id},
    };

    const HEADER: &str = "device_id,device_type,status\n";

    /// The line of a Device; each number gives another one.
    fn line(number: usize) -> String {
        format!("00-42-5E-00-00-00-{:02X}-{:02X},ESME,Pending\n", number / 256, number % 256)
    }

    /// More than a batch of them.
    fn lines(numbers: std::ops::Range<usize>) -> String {
        HEADER.to_owned() + &numbers.map(line).collect::<String>()
    }

    fn refusal(temp: &TempStore, csv: &str) -> (Vec<(u64, String)>, usize) {
        let ImportFault::Rows { faults, total } = temp.load(Kind::Devices, csv).unwrap_err() else {
            panic!("the file is refused");
        };
        (faults.into_iter().map(|fault| (fault.line, fault.reason)).collect(), total)
    }

    #[test]
    fn a_device_that_stands_twice_is_found_however_far_apart() {
        let csv = lines(0..4_500) + &line(0) + &line(4_000) + &line(0);
        let (new, known) = (TempStore::new(), TempStore::new());
        known.load(Kind::Devices, &lines(7..8)).unwrap();
        for temp in [new, known] {
            let before = temp.dump(Kind::Devices);
            let (faults, total) = refusal(&temp, &csv);
            let double = |line: u64, id: &str, earlier: u64| {
                (line, format!("`00-42-5E-00-00-00-{id}` is on line {earlier} too"))
            };
            let expected =
                [double(4_502, "00-00", 2), double(4_503, "0F-A0", 4_002), double(4_504, "00-00", 2)];
            assert_eq!((faults.as_slice(), total), (&expected[..], 3));
            assert_eq!(temp.dump(Kind::Devices), before);
        }
    }

    #[test]
    fn of_doubles_as_of_other_faults_the_first_hundred_are_told() {
        let mut csv = lines(0..2_100) + "x,ESME,Pending\n";
        (0..2_100).for_each(|number| csv.push_str(&line(number)));
        let (faults, total) = refusal(&TempStore::new(), &csv);
        assert_eq!((faults.len(), total), (100, 2_101));
        assert_eq!(faults[0].1, "`x` is not an EUI-64: 16 hex digits in pairs joined by `-`");
        assert_eq!(faults[99].0, 2_201);
    }

    #[test]
    fn a_known_device_is_replaced_whole_among_new_ones() {
        let temp = TempStore::new();
        let header = "device_id,device_type,status,export_mpan,postcode,address_identifier\n";
        let first = format!("{header}{},ESME,Pending,2000000000015,ZZ1 1AA,1\n", device_id(1));
        temp.load(Kind::Devices, &first).unwrap();
        let mut csv = lines(0..2_500);
        writeln!(csv, "{},GSME,Commissioned", device_id(1)).unwrap();
        assert_eq!(temp.load(Kind::Devices, &csv).unwrap(), 2_501);
        let dump = temp.dump(Kind::Devices);
        assert_eq!(dump.lines().count(), 2_502);
        let replaced = format!("{},GSME,Commissioned{}", device_id(1), ",".repeat(21));
        assert_eq!(dump.lines().last(), Some(replaced.as_str()));
    }

    #[test]
    fn two_files_at_once_take_turns() {
        let temp = TempStore::new();
        std::thread::scope(|scope| {
            for numbers in [0..2_100, 2_100..4_200] {
                let temp = &temp;
                scope.spawn(move || temp.load(Kind::Devices, &lines(numbers)).unwrap());
            }
        });
        assert_eq!(temp.dump(Kind::Devices).lines().count(), 4_201);
    }
}

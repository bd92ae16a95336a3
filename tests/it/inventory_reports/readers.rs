//! Readers who go away.

use std::{
    io::{self, Read as _, Write},
    process::{Command, Stdio},
};

use smi::{
    domain::InventoryReport,
    service::inventory_reports::{
        InventoryFault, InventoryFormat, InventoryQuestion, inventory_sink, make_inventory_report,
    },
    store::Kind,
};

use super::{asked, many};
use crate::support::Smi;

/// The reading of a command ends with its reader, whose end of the pipe is closed after a line.
#[test]
fn a_command_ends_with_the_reader_of_its_output() {
    let smi = Smi::new();
    smi.import(Kind::Devices, &many());
    let mut command = Command::new(env!("CARGO_BIN_EXE_smi"));
    command.args(["report", "status"]).env("SMI_STORE_URL", smi.url()).current_dir(smi.folder());
    let mut running = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 9];
    running.stdout.take().unwrap().read_exact(&mut first).unwrap();
    assert_eq!(&first, b"device_id");
    assert_eq!(running.wait().unwrap().code(), Some(141));
}

/// Writes some bytes, and then no more.
struct Leaving(usize);

impl Write for Leaving {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_goes_away_ends_the_reading() {
    let smi = Smi::new();
    smi.import(Kind::Devices, &many());
    let (mut reads, mut to) = (0, Leaving(20_000));
    let mut sink = inventory_sink(InventoryFormat::Csv, &mut to);
    let question = asked(InventoryReport::Status, None, None);
    let ended =
        make_inventory_report(smi.service.store(), &question, &smi.clock, sink.as_mut(), &mut |_| reads += 1);
    assert!(matches!(ended, Err(InventoryFault::Write(_))), "{ended:?}");
    assert_eq!(reads, 0, "the first page is more than it took");
}

/// Takes what is written, and is told so many times that it is to send it; then it went away.
struct Sending(usize);

impl Write for Sending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0 = self.0.checked_sub(1).ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(())
    }
}

/// How many reads a report took until its reader went away, after it was sent so many times; and whether it came to its end.
fn reads(smi: &Smi, format: InventoryFormat, asked: &InventoryQuestion, sent: usize) -> (usize, bool) {
    let (mut reads, mut to) = (0, Sending(sent));
    let mut sink = inventory_sink(format, &mut to);
    let store = smi.service.store();
    let ended = make_inventory_report(store, asked, &smi.clock, sink.as_mut(), &mut |_| reads += 1);
    (reads, ended.is_ok())
}

/// A report that has hardly a line, or none, is sent its head, and asks after each read whether its reader is still there.
#[test]
fn a_reader_that_goes_away_ends_the_reading_of_a_report_without_lines() {
    let smi = Smi::new();
    smi.import(Kind::Devices, &many());
    let question = asked(InventoryReport::SuspendedThoughActive, None, None);
    for format in InventoryFormat::ALL {
        let (all, is_whole) = reads(&smi, *format, &question, usize::MAX);
        assert!(is_whole && all > 3, "{format}: {all}");
        assert_eq!(reads(&smi, *format, &question, 0), (0, false), "{format}: its head");
        assert_eq!(reads(&smi, *format, &question, 3), (2, false), "{format}");
    }
    // The supply points of then are looked for before the first line.
    let now = asked(InventoryReport::Estate, None, None);
    let then = asked(InventoryReport::Estate, Some("2026-06-01T12:00:00Z"), None);
    let [now, then] = [now, then].map(|asked| reads(&smi, InventoryFormat::Csv, &asked, usize::MAX).0);
    assert!(then > now, "{then} {now}");
}

//! What the indexes of hub stock cost whoever writes Devices: imports, and hubs that a CSP tells.
//!
//! Each is done into an SQLite database of its own, in turn with the indexes and without, so that a machine that is slow for a while
//! slows both.

use std::{
    fs::{self, File},
    io::{BufWriter, Write as _},
    path::Path,
    process::Command,
};

use anyhow::Context as _;
use serde::Serialize;

use super::{
    child,
    hub_files::{notify, service},
    hub_plan::HubsPlan,
    hub_sample::{CLOCK, USERS, write_devices},
    median::median,
};
use crate::{
    db::{Store, StoreFault},
    store,
};

/// The most that HUBS.md 6 allows: a tenth more.
const BOUND: f64 = 1.1;
/// As many hubs as a batch may have.
const BATCH: u64 = 10_000;

/// What a change of Devices takes with the indexes and without: medians of its rounds.
#[derive(Clone, Debug, Serialize)]
pub struct HubsIndexCost {
    /// What is written.
    pub name: &'static str,
    /// With the indexes.
    pub seconds: f64,
    /// Without them.
    pub seconds_without: f64,
    /// The one as a share of the other: the median of the rounds.
    pub ratio: f64,
    /// The most that HUBS.md 6 allows.
    pub bound_ratio: f64,
}

/// One round: seconds with the indexes, and without.
type Pair = [f64; 2];

/// Measures both.
pub(super) fn measure(plan: &HubsPlan, progress: &mut dyn FnMut(&str)) -> anyhow::Result<Vec<HubsIndexCost>> {
    let folder = plan.folder.join("indexes");
    fs::create_dir(&folder)?;
    fs::write(folder.join("users.csv"), USERS)?;
    let mut devices = BufWriter::new(File::create(folder.join("devices.csv"))?);
    write_devices(&mut devices, plan.hubs, ("Pending", ""))?;
    devices.flush()?;
    let (mut imports, mut batches) = (Vec::<Pair>::new(), Vec::<Pair>::new());
    for round in 1..=plan.rounds {
        progress(&format!(
            "Devices and CSPM-N3 with the indexes and without, round {round} of {}",
            plan.rounds
        ));
        let ([import, batch], [bare_import, bare_batch]) = if round % 2 == 1 {
            let with = written(plan, &folder, true)?;
            (with, written(plan, &folder, false)?)
        } else {
            let without = written(plan, &folder, false)?;
            (written(plan, &folder, true)?, without)
        };
        imports.push([import, bare_import]);
        batches.push([batch, bare_batch]);
    }
    Ok(vec![HubsIndexCost::of("import devices", &imports), HubsIndexCost::of("CSPM-N3 batch", &batches)])
}

/// Imports the Devices into a new database, then has a batch of as many new hubs decided as may be; the seconds of each.
fn written(plan: &HubsPlan, folder: &Path, has_indexes: bool) -> anyhow::Result<[f64; 2]> {
    let folder = folder.join("store");
    fs::create_dir(&folder)?;
    let store_url = format!("sqlite://{}", folder.join("smi.db").display());
    let import = |kind: &str| {
        let mut command = Command::new(&plan.program);
        command.args(["import", kind]).arg(folder.with_file_name(format!("{kind}.csv")));
        command.env("SMI_STORE_URL", &store_url).env("SMI_TEST_CLOCK", CLOCK).current_dir(&folder);
        child::run(&mut command).with_context(|| format!("import of {kind}"))
    };
    import("users")?;
    if !has_indexes {
        let store = Store::open(&store_url)?;
        store.transact::<_, StoreFault, _>(store::drop_stock_indexes)?;
        store.close();
    }
    let devices = import("devices")?.seconds;
    let app = service(&store_url)?;
    let batch = notify(&app, plan.hubs..plan.hubs + plan.hubs.min(BATCH))?;
    app.store().close();
    drop(app);
    fs::remove_dir_all(&folder)?;
    Ok([devices, batch])
}

impl HubsIndexCost {
    fn of(name: &'static str, rounds: &[Pair]) -> Self {
        let of = |value: fn(&Pair) -> f64| median(&rounds.iter().map(value).collect::<Vec<_>>());
        Self {
            name,
            seconds: of(|[with, _]| *with),
            seconds_without: of(|[_, without]| *without),
            ratio: of(|[with, without]| with / without),
            bound_ratio: BOUND,
        }
    }
}

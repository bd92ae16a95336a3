//! `smi bench coverage`: whether load and query rates, and memory, stay the same as coverage grows from a village's size
//! to a country's.
//!
//! Each file is loaded by a process of its own, `smi import`, so that its memory can be measured. The queries are those of
//! SR 12.1, on one thread: no other stage of an answer depends on the size of the coverage.

use std::{
    fmt,
    fs::{self, File},
    io::{self, BufWriter, Write},
    ops::Range,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Context as _, bail};
use serde::Serialize;

use super::{
    child::{self, ChildCost},
    process,
    report::Machine,
};
use crate::{
    db::Store,
    domain::{Malformed, PremisesKey, PropertyFilter, Uprn},
    store::{self, Session},
};

/// Premises of a postcode, each a row; one more row is for the postcode itself.
const PREMISES: u64 = 6;
/// The number of queries, half of them by address, half by UPRN.
const QUERIES: u64 = 4_000;
/// CSP Regions and WAN technologies, in the order in which postcodes are shared out.
const REGIONS: [(&str, &str); 3] = [("North", "420"), ("Central", "Cellular"), ("South", "Cellular+Mesh")];
/// The first UPRN.
const FIRST: u64 = 100_000_000_000;

/// What a run measures, and with what.
#[derive(Clone, Debug)]
pub struct CoveragePlan {
    /// The program to load with.
    pub program: PathBuf,
    /// An empty folder for all files of the run.
    pub folder: PathBuf,
    /// The URL of the store, whose coverage is replaced at each size.
    pub store_url: String,
    /// The sizes, in rows, smallest first.
    pub rows: Vec<u64>,
}

/// The result of a run.
#[derive(Clone, Debug, Serialize)]
pub struct CoverageReport {
    /// The machine it was measured on.
    pub machine: Machine,
    /// The kind of store: `sqlite` or `postgres`.
    pub store: String,
    /// The result at each size.
    pub sizes: Vec<CoverageSize>,
}

/// The result at one size. Ratios are to the first size.
#[derive(Clone, Debug, Serialize)]
pub struct CoverageSize {
    /// The number of rows.
    pub rows: u64,
    /// The size of the file.
    pub file_bytes: u64,
    /// The duration of the load, with the start of the process and the removal of the coverage before it.
    pub load_seconds: f64,
    /// Rows loaded a second.
    pub loaded_per_second: f64,
    /// The ratio to the first size.
    pub load_ratio: f64,
    /// The peak memory of the loading process.
    pub peak_memory_bytes: u64,
    /// The ratio to the first size.
    pub memory_ratio: f64,
    /// Queries a second on one thread.
    pub queries_per_second: f64,
    /// The ratio to the first size.
    pub query_ratio: f64,
}

/// Measures the load and the queries at each size.
///
/// # Errors
/// When a file cannot be written, the store does not take it, or it answers wrongly.
pub fn coverage(plan: &CoveragePlan, progress: &mut dyn FnMut(&str)) -> anyhow::Result<CoverageReport> {
    let mut sizes = Vec::<CoverageSize>::new();
    for rows in &plan.rows {
        progress(&format!("{rows} rows"));
        let file = plan.folder.join("coverage.csv");
        let postcodes = rows.div_ceil(PREMISES + 1);
        let to = File::create(&file).with_context(|| file.display().to_string())?;
        write(&mut BufWriter::new(to), postcodes)?;
        let file_bytes = fs::metadata(&file)?.len();
        let ChildCost { seconds: load_seconds, peak_memory_bytes, .. } = load(plan, &file)?;
        fs::remove_file(&file)?;
        let rows = postcodes * (PREMISES + 1);
        let loaded_per_second = as_f64(rows) / load_seconds;
        let queries_per_second = ask(plan, postcodes)?;
        let first = sizes.first();
        let of_first = |now: f64, then: Option<f64>| then.map_or(1.0, |then| now / then);
        sizes.push(CoverageSize {
            rows,
            file_bytes,
            load_seconds,
            loaded_per_second,
            load_ratio: of_first(loaded_per_second, first.map(|size| size.loaded_per_second)),
            peak_memory_bytes,
            memory_ratio: of_first(
                as_f64(peak_memory_bytes),
                first.map(|size| as_f64(size.peak_memory_bytes)),
            ),
            queries_per_second,
            query_ratio: of_first(queries_per_second, first.map(|size| size.queries_per_second)),
        });
    }
    let store = plan.store_url.split(':').next().unwrap_or_default().to_owned();
    Ok(CoverageReport { machine: process::machine(), store, sizes })
}

/// Imports the file in a process of its own.
fn load(plan: &CoveragePlan, file: &Path) -> anyhow::Result<ChildCost> {
    let mut command = Command::new(&plan.program);
    command.args(["import", "coverage"]).arg(file).arg("--all-regions");
    child::run(command.env("SMI_STORE_URL", &plan.store_url).current_dir(&plan.folder))
}

/// Queries the store. Returns the number of queries a second.
fn ask(plan: &CoveragePlan, postcodes: u64) -> anyhow::Result<f64> {
    let store = Store::open(&plan.store_url)?;
    let places = (0..QUERIES).map(|number| place(number, postcodes)).collect::<Result<Vec<_>, _>>()?;
    let begin = Instant::now();
    for place in &places {
        let regions =
            store.read(|connection| store::coverage_facts(&mut Session::new(connection), place, &[]))?;
        if regions.len() != 1 {
            bail!("{place:?} is covered by {} CSP Regions, and not by 1", regions.len());
        }
    }
    let elapsed = begin.elapsed();
    store.close();
    Ok(as_f64(QUERIES) / elapsed.as_secs_f64())
}

/// The place of a query. Consecutive queries are about places far apart, so that no cache answers for the disk.
fn place(number: u64, postcodes: u64) -> Result<PremisesKey, Malformed> {
    let at = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % (postcodes * PREMISES);
    if number.is_multiple_of(2) {
        return Ok(PremisesKey::Uprn(uprn(at).parse::<Uprn>()?));
    }
    Ok(PremisesKey::PartialAddress(PropertyFilter {
        post_code: post_code(at / PREMISES).parse()?,
        address_identifier: address(at % PREMISES).parse()?,
    }))
}

/// Writes coverage of so many postcodes, sorted as in a CSP's extract.
fn write(to: &mut dyn Write, postcodes: u64) -> io::Result<()> {
    writeln!(
        to,
        "csp_region,postcode,address_identifier,uprn,coverage_availability,anticipated_coverage_date,\
        wan_technology,connectivity_likelihood,auxiliary_equipment_required,additional_information"
    )?;
    for (at, (region, technology)) in (0..).zip(REGIONS) {
        for number in share(postcodes, at) {
            let post_code = post_code(number);
            writeln!(to, "{region},{post_code},,,true,2020-01-01,{technology},High,,")?;
            for premises in 0..PREMISES {
                let (address, uprn) = (address(premises), uprn(number * PREMISES + premises));
                writeln!(to, "{region},{post_code},{address},{uprn},true,2020-01-01,{technology},Medium,,")?;
            }
        }
    }
    to.flush()
}

/// The postcodes of one region.
fn share(postcodes: u64, region: u64) -> Range<u64> {
    postcodes * region / 3..postcodes * (region + 1) / 3
}

/// The postcode of that number: `ZA0 0AA`, `ZA0 0AB`, ..., enough for a country.
fn post_code(number: u64) -> String {
    let letter = |at: u64| char::from(b'A' + u8::try_from(at % 26).unwrap_or_default());
    let (unit, sector, district) = (number % 676, number / 676 % 10, number / 6_760);
    let (first, second) = (letter(25 - district / 2_600), letter(district / 100));
    format!("{first}{second}{} {sector}{}{}", district % 100, letter(unit / 26), letter(unit))
}

fn address(premises: u64) -> String {
    format!("{} Bench Street", premises + 1)
}

/// The UPRN of premises. Neighbours have near numbers, but not in order, as real ones: the lowest 12 bits are reversed.
fn uprn(premises: u64) -> String {
    let near = (premises & 0xFFF).reverse_bits() >> 52;
    (FIRST + (premises & !0xFFF) + near).to_string()
}

#[expect(clippy::cast_precision_loss, reason = "rows and bytes stay below 2^52")]
const fn as_f64(number: u64) -> f64 {
    number as f64
}

impl fmt::Display for CoverageReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.machine)?;
        let heads = ["file MB", "load s", "rows/s", "ratio", "peak MB", "ratio", "queries/s", "ratio"];
        write!(f, "{:10}{:>12}", self.store, "rows")?;
        heads.iter().try_for_each(|head| write!(f, "{head:>10}"))?;
        writeln!(f)?;
        self.sizes.iter().try_for_each(|size| {
            let CoverageSize { rows, file_bytes, load_seconds, loaded_per_second, load_ratio, .. } = size;
            write!(f, "{:10}{rows:>12}{:>10}{load_seconds:>10.1}", "", file_bytes >> 20)?;
            write!(f, "{loaded_per_second:>10.0}{load_ratio:>10.2}")?;
            let CoverageSize { peak_memory_bytes, memory_ratio, queries_per_second, query_ratio, .. } = size;
            write!(f, "{:>10}{memory_ratio:>10.2}", peak_memory_bytes >> 20)?;
            writeln!(f, "{queries_per_second:>10.0}{query_ratio:>10.2}")
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_place_is_generated_twice() {
        assert_eq!(post_code(0), "ZA0 0AA");
        assert_eq!(post_code(6_760 * 100), "ZB0 0AA");
        assert_eq!(post_code(6_760 * 2_600), "YA0 0AA");
        let postcodes = (0..2_000_000).step_by(337).map(post_code).collect::<BTreeSet<_>>();
        assert_eq!(postcodes.len(), 2_000_000_usize.div_ceil(337));
        assert_eq!((0..10_000).map(uprn).collect::<BTreeSet<_>>().len(), 10_000);
        let mut csv = Vec::new();
        write(&mut csv, 10).unwrap();
        assert_eq!(String::from_utf8(csv).unwrap().lines().count(), 71);
    }
}

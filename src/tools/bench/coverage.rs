//! `smi bench coverage`: whether loading and asking stay as they are when a country's coverage takes the place of a
//! village's.
//!
//! A file is loaded by a process of its own, as `smi import` does it, so that its memory can be told. What is asked then
//! is what SR 12.1 asks the store, on one thread: the rest of an answer does not know how much coverage there is.

use std::{
    fmt,
    fs::{self, File},
    io::{self, BufWriter, Write},
    ops::Range,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use serde::Serialize;

use super::{process, report::Machine};
use crate::{
    db::Store,
    domain::{Malformed, PremisesKey, PropertyFilter, Uprn},
    store::{self, Session},
};

/// Premises of a postcode; one row more speaks for the postcode itself.
const PREMISES: u64 = 6;
/// How many places are asked about, half of them by address, half by UPRN.
const QUERIES: u64 = 4_000;
/// How often a load's memory is looked at.
const LOOK: Duration = Duration::from_millis(10);
/// In the order that a country is cut into them.
const REGIONS: [(&str, &str); 3] = [("North", "420"), ("Central", "Cellular"), ("South", "Cellular+Mesh")];
/// Where UPRNs begin.
const FIRST: u64 = 100_000_000_000;

/// What a run is asked to measure.
#[derive(Clone, Debug)]
pub struct CoveragePlan {
    /// The program that loads.
    pub program: PathBuf,
    /// A folder for all that the run writes; it is there, and empty.
    pub folder: PathBuf,
    /// The store, whose coverage is replaced again and again.
    pub store_url: String,
    /// The sizes, in rows, smallest first.
    pub rows: Vec<u64>,
}

/// All that one run measured.
#[derive(Clone, Debug, Serialize)]
pub struct CoverageReport {
    /// What it was measured on.
    pub machine: Machine,
    /// The kind of store: `sqlite` or `postgres`.
    pub store: String,
    /// One for each size.
    pub sizes: Vec<Size>,
}

/// What was measured at one size; the ratios are to the first.
#[derive(Clone, Debug, Serialize)]
pub struct Size {
    /// How many rows.
    pub rows: u64,
    /// How long the file is.
    pub file_bytes: u64,
    /// How long loading took, the start of the process and the removal of what was there before included.
    pub load_seconds: f64,
    /// Rows a second.
    pub loaded_per_second: f64,
    /// Of the first size.
    pub load_ratio: f64,
    /// The most memory that the loading process held.
    pub peak_memory_bytes: u64,
    /// Of the first size.
    pub memory_ratio: f64,
    /// Places a second that one thread finds.
    pub queries_per_second: f64,
    /// Of the first size.
    pub query_ratio: f64,
}

/// Loads and asks at each size.
///
/// # Errors
/// When a file cannot be written, the store does not take it, or it answers wrongly.
pub fn coverage(plan: &CoveragePlan, told: &mut dyn FnMut(&str)) -> anyhow::Result<CoverageReport> {
    let mut sizes = Vec::<Size>::new();
    for rows in &plan.rows {
        told(&format!("{rows} rows"));
        let file = plan.folder.join("coverage.csv");
        let postcodes = rows.div_ceil(PREMISES + 1);
        let to = File::create(&file).with_context(|| file.display().to_string())?;
        write(&mut BufWriter::new(to), postcodes)?;
        let file_bytes = fs::metadata(&file)?.len();
        let (load_seconds, peak_memory_bytes) = load(plan, &file)?;
        fs::remove_file(&file)?;
        let rows = postcodes * (PREMISES + 1);
        let loaded_per_second = as_f64(rows) / load_seconds;
        let queries_per_second = ask(plan, postcodes)?;
        let first = sizes.first();
        let of_first = |now: f64, then: Option<f64>| then.map_or(1.0, |then| now / then);
        sizes.push(Size {
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

/// A process that imports the file: how many seconds it took, and the most memory it held.
fn load(plan: &CoveragePlan, file: &Path) -> anyhow::Result<(f64, u64)> {
    let begin = Instant::now();
    let mut process = Command::new(&plan.program)
        .args(["import", "coverage"])
        .arg(file)
        .arg("--all-regions")
        .env("SMI_STORE_URL", &plan.store_url)
        .current_dir(&plan.folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .with_context(|| plan.program.display().to_string())?;
    let mut memory = 0;
    loop {
        memory = memory.max(process::peak_memory(process.id()));
        match process.try_wait()? {
            None => thread::sleep(LOOK),
            Some(status) if status.success() => return Ok((begin.elapsed().as_secs_f64(), memory)),
            Some(status) => bail!("`smi import coverage` ended with {status}"),
        }
    }
}

/// How many places a second are found.
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

/// Neighbouring questions are about places far apart.
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

/// A country of so many postcodes, sorted as CSPs sort them.
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

/// The postcodes of a region.
fn share(postcodes: u64, region: u64) -> Range<u64> {
    postcodes * region / 3..postcodes * (region + 1) / 3
}

/// `ZA0 0AA`, `ZA0 0AB`, ...: as many as a country has.
fn post_code(number: u64) -> String {
    let letter = |at: u64| char::from(b'A' + u8::try_from(at % 26).unwrap_or_default());
    let (unit, sector, district) = (number % 676, number / 676 % 10, number / 6_760);
    let (first, second) = (letter(25 - district / 2_600), letter(district / 100));
    format!("{first}{second}{} {sector}{}{}", district % 100, letter(unit / 26), letter(unit))
}

fn address(premises: u64) -> String {
    format!("{} Bench Street", premises + 1)
}

/// Neighbours have numbers near each other, but in no order: within 4,096, backwards bit by bit.
fn uprn(premises: u64) -> String {
    let near = (premises & 0xFFF).reverse_bits() >> 52;
    (FIRST + (premises & !0xFFF) + near).to_string()
}

#[expect(clippy::cast_precision_loss, reason = "nobody counts that many rows or bytes")]
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
            let Size { rows, file_bytes, load_seconds, loaded_per_second, load_ratio, .. } = size;
            write!(f, "{:10}{rows:>12}{:>10}{load_seconds:>10.1}", "", file_bytes >> 20)?;
            write!(f, "{loaded_per_second:>10.0}{load_ratio:>10.2}")?;
            let Size { peak_memory_bytes, memory_ratio, queries_per_second, query_ratio, .. } = size;
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
    fn a_country_has_no_place_twice() {
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

//! The commands of `smi bench variants`, each a process of its own, and the checks of what they found.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    str::FromStr,
};

use anyhow::{Context as _, anyhow, ensure};
use serde::Deserialize;

use super::{
    child::{self, ChildCost},
    population::SUPPLIER,
    variants_plan::VariantsPlan,
    variants_report::VariantsLine,
    variants_sample::VariantsSample,
};
use crate::domain::{EsmeVariant, Eui64};

/// The commands of a run.
pub(super) struct VariantsBench<'a> {
    pub(super) plan: &'a VariantsPlan,
    pub(super) sample: VariantsSample,
}

/// What is read of the report of `smi variants report`.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct CountedVariants {
    pub(super) total: CountedTotal,
    pub(super) corrections: CountedCorrections,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct CountedTotal {
    pub(super) esmes: u64,
    pub(super) strong: u64,
    pub(super) left: u64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct CountedCorrections {
    pub(super) to_date: u64,
}

impl VariantsBench<'_> {
    /// Suspects and report, while nothing else runs.
    pub(super) fn alone(&self, progress: &mut dyn FnMut(&str)) -> anyhow::Result<Vec<VariantsLine>> {
        let rounds = self.plan.rounds;
        let mut costs = Vec::new();
        for round in 1..=rounds {
            progress(&format!("smi variants suspects, round {round} of {rounds}"));
            costs.push(child::run(&mut self.suspects())?);
            self.check_suspects()?;
        }
        progress("smi variants report");
        let (report, counted) = self.report("report", rounds)?;
        let CountedTotal { esmes, strong, left } = counted.total;
        let (found, made) = ((esmes, strong, left), (self.plan.devices, self.plan.wrong, self.plan.wrong));
        ensure!(found == made, "the report has (ESMEs, strong, left) {found:?}, and not {made:?}");
        Ok(vec![VariantsLine::of("suspects", &costs, self.plan.wrong), report])
    }

    /// A command on the store.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.plan.program);
        command.env("SMI_STORE_URL", &self.plan.store_url).current_dir(&self.plan.folder);
        command
    }

    /// The list of suspects, and the file for `smi correct`.
    pub(super) fn suspects(&self) -> Command {
        let mut command = self.command();
        command.args(["variants", "suspects", "--correctable-by", &SUPPLIER.to_string()]);
        command.arg("--out").arg(self.list()).arg("--corrections").arg(self.corrections());
        command
    }

    fn list(&self) -> PathBuf {
        self.plan.folder.join("suspects.csv")
    }

    pub(super) fn corrections(&self) -> PathBuf {
        self.plan.folder.join("corrections.csv")
    }

    /// Makes the report so many times. Returns what that took, and what the last one says.
    pub(super) fn report(
        &self,
        name: &str,
        rounds: usize,
    ) -> anyhow::Result<(VariantsLine, CountedVariants)> {
        let out = self.plan.folder.join("report.json");
        let mut costs = Vec::<ChildCost>::new();
        for _ in 0..rounds {
            let mut command = self.command();
            command.args(["variants", "report", "--format", "json"]);
            costs.push(child::run_to(&mut command, File::create(&out)?.into())?);
        }
        let counted = serde_json::from_slice(&fs::read(&out)?)?;
        Ok((VariantsLine::of(name, &costs, self.plan.devices), counted))
    }

    /// That the list has exactly the ESMEs that were made wrong, and the file of corrections what each of them should have.
    pub(super) fn check_suspects(&self) -> anyhow::Result<()> {
        let made = self.sample.suspects();
        let (has, should): (EsmeVariants, EsmeVariants) =
            made.iter().map(|(id, (has, should))| ((*id, *has), (*id, *should))).unzip();
        check(&read(&self.list())?, &has, "list of suspects")?;
        check(&read(&self.corrections())?, &should, "file of corrections")
    }
}

type EsmeVariants = BTreeMap<Eui64, EsmeVariant>;

/// The columns `device_id` and `esme_variant` of a file.
fn read(file: &Path) -> anyhow::Result<EsmeVariants> {
    let named = || file.display().to_string();
    let mut rows = csv::Reader::from_path(file).with_context(named)?;
    let heads = rows.headers()?.clone();
    let column = |name: &str| heads.iter().position(|head| head == name).with_context(named);
    let (id, variant) = (column("device_id")?, column("esme_variant")?);
    let cell = |row: &csv::StringRecord, at: usize| row.get(at).unwrap_or_default().to_owned();
    let mut found = EsmeVariants::new();
    for row in rows.records() {
        let row = row?;
        let id: Eui64 = parsed(&cell(&row, id))?;
        let twice = found.insert(id, parsed(&cell(&row, variant))?);
        ensure!(twice.is_none(), "{}: `{id}` stands in it twice", file.display());
    }
    Ok(found)
}

fn parsed<T: FromStr<Err: Debug>>(text: &str) -> anyhow::Result<T> {
    text.parse().map_err(|reason| anyhow!("`{text}`: {reason:?}"))
}

/// Fails with the difference.
fn check(found: &EsmeVariants, made: &EsmeVariants, what: &str) -> anyhow::Result<()> {
    let lacks = |from: &EsmeVariants, of: &EsmeVariants| {
        let lacking = of.iter().filter(|(id, variant)| from.get(*id) != Some(*variant));
        lacking.map(|(id, variant)| format!("{id} {variant}")).collect::<Vec<_>>()
    };
    let (missing, more) = (lacks(found, made), lacks(made, found));
    let first = |of: &[String]| of.get(..3.min(of.len())).unwrap_or_default().join(", ");
    ensure!(
        missing.is_empty() && more.is_empty(),
        "the {what} lacks {} ESMEs ({}) and has {} too many ({})",
        missing.len(),
        first(&missing),
        more.len(),
        first(&more)
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_is_not_what_was_made_is_refused_with_the_difference() {
        let id = |number: u64| Eui64::from_octets(number.to_be_bytes());
        let made = EsmeVariants::from([(id(1), EsmeVariant::A), (id(2), EsmeVariant::Ade)]);
        assert!(check(&made, &made, "list").is_ok());
        let found = EsmeVariants::from([(id(1), EsmeVariant::Ade), (id(3), EsmeVariant::A)]);
        let told = check(&found, &made, "list").unwrap_err().to_string();
        let both = "00-00-00-00-00-00-00-01 A, 00-00-00-00-00-00-00-02 ADE";
        let more = "00-00-00-00-00-00-00-01 ADE, 00-00-00-00-00-00-00-03 A";
        assert_eq!(told, format!("the list lacks 2 ESMEs ({both}) and has 2 too many ({more})"));
    }
}

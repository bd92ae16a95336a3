//! `smi variants suspects`.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::Args;

use super::basis;
use crate::{
    cli::{
        open, parsed,
        say::{StandardOutput, tell},
    },
    domain::{Eui64, EvidenceKind, instant_text},
    service::variants::{
        EsmeCount, SUSPECT_COLUMNS, Suspect, SuspectQuestion, VariantFault, each_suspect, suspect_cells,
    },
    settings::Settings,
    store::DivideBy,
};

#[derive(Debug, Args)]
pub(in crate::cli) struct SuspectsArguments {
    /// Only those whose Responsible Supplier is of this Party, by its signifier.
    #[arg(long)]
    party: Option<String>,
    /// Only those that this evidence names: disputed, contradicted, outlier, model or hint; may be given several times.
    #[arg(long, value_parser = parsed::<EvidenceKind>)]
    evidence: Vec<EvidenceKind>,
    /// Only those that this User may correct.
    #[arg(long, value_name = "EUI64", value_parser = parsed::<Eui64>)]
    correctable_by: Option<Eui64>,
    /// Writes the list to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Writes a file for `smi correct`: suspects by strong evidence with a suggestion, which the User may correct. The list is printed
    /// only where --out names a file for it.
    #[arg(long, value_name = "FILE", requires = "correctable_by")]
    corrections: Option<PathBuf>,
}

pub(super) fn run(settings: &Settings, arguments: &SuspectsArguments) -> anyhow::Result<ExitCode> {
    let SuspectsArguments { party, evidence, correctable_by, out, corrections } = arguments;
    let question =
        SuspectQuestion { party: party.clone(), evidence: evidence.clone(), correctable_by: *correctable_by };
    let (store, clock) = (open::store(settings)?, open::clock(settings));
    let basis = basis(settings, &clock);
    let mut list = match (out, corrections) {
        (None, Some(_)) => None,
        (out, _) => Some(Sheet::create(out.as_deref(), SUSPECT_COLUMNS)?),
    };
    let mut corrected = match corrections {
        Some(file) => Some(Sheet::create(Some(file), ["device_id", "esme_variant"])?),
        None => None,
    };
    let count = EsmeCount::make(&store, DivideBy::Nothing, &basis, &mut |_| ())?;
    let mut written = 0_u64;
    let mut each = |suspect: &Suspect| {
        if let Some(list) = &mut list {
            list.write(suspect_cells(suspect))?;
        }
        let correction = correctable_by.and_then(|user| suspect.correction_by(user));
        if let (Some(to), Some(corrected)) = (correction, &mut corrected) {
            written += 1;
            corrected.write([suspect.device.id.to_string(), to.to_string()])?;
        }
        Ok::<_, VariantFault>(())
    };
    let listed = each_suspect(&store, &count, &question, &basis, &mut each)?;
    list.into_iter().try_for_each(Sheet::close)?;
    corrected.into_iter().try_for_each(Sheet::close)?;
    told(&count, listed, corrections.as_ref().map(|_| written), &instant_text(clock.now().0));
    Ok(ExitCode::SUCCESS)
}

fn told(count: &EsmeCount, listed: u64, corrections: Option<u64>, until: &str) {
    let from = instant_text(count.from);
    tell!("{listed} suspects of {} SMETS2+ ESMEs, counted from {from} to {until}", count.esmes());
    if let Some(written) = corrections {
        tell!("{written} corrections for `smi correct`");
    }
    if let Some(reason) = count.no_evidence() {
        tell!("{reason}");
    }
}

/// A CSV file, or standard output.
struct Sheet<const N: usize> {
    to: csv::Writer<Box<dyn Write>>,
    name: String,
    file: Option<File>,
}

impl<const N: usize> Sheet<N> {
    fn create(file: Option<&Path>, header: [&str; N]) -> anyhow::Result<Self> {
        let name = file.map_or_else(|| "standard output".to_owned(), |file| file.display().to_string());
        let made = file.map(File::create).transpose().with_context(|| name.clone())?;
        let to: Box<dyn Write> = match &made {
            Some(file) => Box::new(BufWriter::new(file.try_clone().with_context(|| name.clone())?)),
            None => Box::new(BufWriter::new(StandardOutput)),
        };
        let mut sheet = Self { to: csv::Writer::from_writer(to), name, file: made };
        sheet.to.write_record(header).with_context(|| sheet.name.clone())?;
        Ok(sheet)
    }

    fn write(&mut self, cells: [String; N]) -> Result<(), VariantFault> {
        self.to.write_record(cells).map_err(|fault| VariantFault::Write(fault.into()))
    }

    /// What was cut off must not look whole: all is on the disk, or the command fails.
    fn close(mut self) -> anyhow::Result<()> {
        self.to.flush().with_context(|| self.name.clone())?;
        self.file.map_or(Ok(()), |file| file.sync_all()).with_context(|| self.name)
    }
}

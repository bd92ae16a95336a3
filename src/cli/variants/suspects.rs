//! `smi variants suspects`.

use std::{
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::Args;

use super::basis;
use crate::{
    cli::{
        end_for_misplaced, open,
        output::Progress,
        parsed,
        say::{StandardOutput, tell},
    },
    domain::{Eui64, EvidenceKind, instant_text},
    service::{
        AskedFault, RefusedValue,
        variants::{
            EsmeCount, SUSPECT_COLUMNS, Suspect, SuspectQuestion, VariantFault, check_suspect_question,
            each_suspect, suspect_cells,
        },
    },
    settings::Settings,
    store::DivideBy,
    tools::whole_file::{WholeFile, is_same_file},
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
    if out.as_ref().zip(corrections.as_ref()).is_some_and(|(out, corrections)| is_same_file(out, corrections))
    {
        end_for_misplaced(&["variants", "suspects"], "--out and --corrections name the same file");
    }
    let question =
        SuspectQuestion { party: party.clone(), evidence: evidence.clone(), correctable_by: *correctable_by };
    let (store, clock) = (open::store_to_read(settings)?, open::clock(settings));
    match check_suspect_question(&store, &question) {
        Err(AskedFault::Refused(RefusedValue { field, reason })) => {
            let flag = field.replace('_', "-");
            end_for_misplaced(&["variants", "suspects"], &format!("--{flag}: {reason}"));
        }
        checked => checked?,
    }
    let basis = basis(settings, &clock);
    let mut list = match (out, corrections) {
        (None, Some(_)) => None,
        (out, _) => Some(Sheet::create(out.as_deref(), SUSPECT_COLUMNS)?),
    };
    let mut corrected = match corrections {
        Some(file) => Some(Sheet::create(Some(file), ["device_id", "esme_variant"])?),
        None => None,
    };
    let counted = Progress::of("ESMEs counted");
    let mut progress = |esmes| {
        counted.done(esmes);
        Ok(())
    };
    let count = EsmeCount::make(&store, DivideBy::Nothing, &basis, &mut progress)?;
    drop(counted);
    let progress = Progress::written("suspects", out.as_deref().or(corrections.as_deref()));
    let (mut found, mut written) = (0_u64, 0_u64);
    let mut each = |suspect: &Suspect| {
        found += 1;
        progress.done(found);
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
    drop(progress);
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
    to: csv::Writer<Place>,
    name: String,
}

enum Place {
    File(WholeFile),
    StandardOutput(BufWriter<StandardOutput>),
}

impl Write for Place {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.write(bytes),
            Self::StandardOutput(to) => to.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File(file) => file.flush(),
            Self::StandardOutput(to) => to.flush(),
        }
    }
}

impl<const N: usize> Sheet<N> {
    fn create(file: Option<&Path>, header: [&str; N]) -> anyhow::Result<Self> {
        let name = file.map_or_else(|| "standard output".to_owned(), |file| file.display().to_string());
        let place = match file {
            Some(file) => Place::File(WholeFile::create(file).with_context(|| name.clone())?),
            None => Place::StandardOutput(BufWriter::new(StandardOutput)),
        };
        let mut sheet = Self { to: csv::Writer::from_writer(place), name };
        sheet.to.write_record(header).with_context(|| sheet.name.clone())?;
        Ok(sheet)
    }

    fn write(&mut self, cells: [String; N]) -> Result<(), VariantFault> {
        self.to.write_record(cells).map_err(|fault| VariantFault::Write(fault.into()))
    }

    /// A file comes to its place whole, or the command fails.
    fn close(self) -> anyhow::Result<()> {
        let Self { to, name } = self;
        let place = to.into_inner().map_err(|fault| fault.into_error());
        let closed = place.and_then(|place| match place {
            Place::File(file) => file.keep(),
            Place::StandardOutput(mut to) => to.flush(),
        });
        closed.context(name)
    }
}

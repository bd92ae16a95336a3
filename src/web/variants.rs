//! Suspects and the report of wrong ESME Variants, as JSON and as rows: the command prints what the management listener answers.

use serde::Serialize;

use crate::{
    domain::{Date, EsmeVariant, Step, VariantDivision, instant_text},
    rules::variants::Finding,
    service::variants::{
        AgainstEvidence, CorrectionCount, EsmeCount, Suspect, SuspectCounts, SuspectPage, VariantPair,
        VariantReport,
    },
};

fn text<T: ToString>(value: Option<&T>) -> Option<String> {
    value.map(ToString::to_string)
}

/// A page of suspects as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct ShownSuspects {
    /// When the peers were counted: from this instant,
    pub counted_from: String,
    /// to this one.
    pub counted_to: String,
    /// Why there is no evidence at all, where there is none.
    pub no_evidence: Option<String>,
    /// The suspects.
    pub suspects: Vec<ShownSuspect>,
    /// What `after` of the next page says; null on the last one. A page may have fewer suspects than `limit`, and be followed by more.
    pub next: Option<String>,
}

impl ShownSuspects {
    /// A page, judged by a count.
    pub fn new(count: &EsmeCount, page: SuspectPage) -> Self {
        let SuspectPage { suspects, next } = page;
        Self {
            counted_from: instant_text(count.from),
            counted_to: instant_text(count.to),
            no_evidence: count.no_evidence(),
            suspects: suspects.iter().map(ShownSuspect::from).collect(),
            next: text(next.as_ref()),
        }
    }
}

/// A suspect as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct ShownSuspect {
    /// The ESME.
    pub device_id: String,
    /// Its manufacturer.
    pub device_manufacturer: String,
    /// Its model.
    pub device_model: String,
    /// Its firmware version.
    pub firmware_version: Option<String>,
    /// Its SMI Status.
    pub status: String,
    /// Its variant.
    pub esme_variant: Option<String>,
    /// The variant as text, for people (MP125-R10).
    pub esme_variant_type: Option<&'static str>,
    /// The variant that the evidence suggests.
    pub suggested: Option<String>,
    /// The evidence that names it.
    pub evidence: &'static str,
    /// How strong that is.
    pub strength: &'static str,
    /// Every check, with what it saw.
    pub checks: Vec<ShownEvidence>,
    /// The User that pre-notified it.
    pub pre_notified_by: Option<String>,
    /// The Users that may correct it, by SR 8.4.
    pub correctable_by: Vec<String>,
    /// Whether it is the Device Model that seems wrong, which the DCC changes by its manual process.
    pub manual_process: bool,
    /// The rule that says so.
    pub rule: String,
}

/// A check as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct ShownEvidence {
    /// The rule.
    pub rule: &'static str,
    /// Whether it holds: then it is no evidence.
    pub holds: bool,
    /// What it saw, and where.
    pub saw: String,
    /// What kind of evidence it is.
    pub evidence: Option<&'static str>,
    /// The variant that it suggests.
    pub suggested: Option<String>,
}

impl From<&Finding> for ShownEvidence {
    fn from(finding: &Finding) -> Self {
        let Finding { step: Step { rule, holds, saw }, evidence, suggested } = finding;
        Self {
            rule: rule.id,
            holds: *holds,
            saw: saw.clone(),
            evidence: evidence.map(|kind| kind.as_str()),
            suggested: text(suggested.as_ref()),
        }
    }
}

impl From<&Suspect> for ShownSuspect {
    fn from(suspect: &Suspect) -> Self {
        let Suspect { device, kind, judgement, correctable } = suspect;
        let details = &device.details;
        Self {
            device_id: device.id.to_string(),
            device_manufacturer: details.manufacturer.to_string(),
            device_model: details.model.to_string(),
            firmware_version: text(details.firmware_version.as_ref()),
            status: device.status_text().to_owned(),
            esme_variant: text(details.esme_variant.as_ref()),
            esme_variant_type: details.esme_variant.map(EsmeVariant::type_text),
            suggested: text(suspect.suggested().as_ref()),
            evidence: kind.as_str(),
            strength: kind.strength().as_str(),
            checks: judgement.findings.iter().map(ShownEvidence::from).collect(),
            pre_notified_by: text(device.pre_notified_by.as_ref()),
            correctable_by: correctable.by.iter().map(ToString::to_string).collect(),
            manual_process: correctable.is_manual,
            rule: correctable.rule.clone(),
        }
    }
}

/// The report as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct ShownVariantReport {
    /// When it was counted: from this instant,
    pub counted_from: String,
    /// to this one.
    pub counted_to: String,
    /// Why there is no evidence at all, where there is none.
    pub no_evidence: Option<String>,
    /// What its lines are divided by.
    pub by: Option<&'static str>,
    /// The lines.
    pub lines: Vec<ShownVariantLine>,
    /// All ESMEs.
    pub total: ShownVariantLine,
    /// What was corrected by SR 8.4.
    pub corrections: ShownCorrections,
    /// The ESMEs that were estimated to be wrong at the start.
    pub baseline: Option<u64>,
    /// What is left of them.
    pub left_of_baseline: Option<u64>,
}

/// A line of the report as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct ShownVariantLine {
    /// The Party, User, manufacturer, model or status; null where it is not known, and in the total.
    pub division: Option<String>,
    /// SMETS2+ ESMEs that have a variant.
    pub esmes: u64,
    /// Suspects by strong evidence.
    pub strong: u64,
    /// By weak evidence alone.
    pub weak: u64,
    /// By a hint alone.
    pub hint: u64,
    /// All suspects: what is left to be looked at.
    pub left: u64,
}

impl ShownVariantLine {
    fn new(division: Option<String>, counts: SuspectCounts) -> Self {
        let SuspectCounts { esmes, strong, weak, hint } = counts;
        Self { division, esmes, strong, weak, hint, left: counts.suspects() }
    }
}

/// The corrections as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct ShownCorrections {
    /// Before this instant not every correction is kept; null where all are.
    pub kept_since: Option<String>,
    /// How many there were.
    pub to_date: u64,
    /// How many ESMEs they are of.
    pub esmes: u64,
    /// How many of these ESMEs hold a variant today that evidence is against.
    pub still_wrong: u64,
    /// By week, oldest first: the last ones that were asked for.
    pub weeks: Vec<ShownWeek>,
    /// From which variant to which.
    pub pairs: Vec<ShownPair>,
    /// How many went against the evidence.
    pub against_evidence: u64,
    /// The first ones of these.
    pub named: Vec<ShownAgainst>,
}

/// A week as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct ShownWeek {
    /// Its Monday, in London.
    pub from: String,
    /// The corrections.
    pub corrections: u64,
}

/// From which variant to which, as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct ShownPair {
    /// Before.
    pub from: Option<String>,
    /// Since.
    pub to: Option<String>,
    /// The corrections.
    pub corrections: u64,
}

/// A correction against the evidence as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct ShownAgainst {
    /// The ESME.
    pub device_id: String,
    /// When.
    pub at: String,
    /// Before.
    pub from: Option<String>,
    /// Since.
    pub to: Option<String>,
}

impl ShownCorrections {
    fn new(corrections: CorrectionCount, weeks: usize) -> Self {
        let CorrectionCount { to_date, esmes, still_wrong, by_week, by_pair, against, named, kept_since } =
            corrections;
        let skipped = by_week.len().saturating_sub(weeks);
        let week = |(from, corrections): (Date, u64)| ShownWeek { from: from.to_string(), corrections };
        let pair = |(VariantPair { from, to }, corrections)| ShownPair {
            from: text::<EsmeVariant>(from.as_ref()),
            to: text::<EsmeVariant>(to.as_ref()),
            corrections,
        };
        let against_one = |AgainstEvidence { device, at, pair: VariantPair { from, to } }| ShownAgainst {
            device_id: device.to_string(),
            at: instant_text(at),
            from: text::<EsmeVariant>(from.as_ref()),
            to: text::<EsmeVariant>(to.as_ref()),
        };
        Self {
            kept_since: kept_since.map(instant_text),
            to_date,
            esmes,
            still_wrong,
            weeks: by_week.into_iter().skip(skipped).map(week).collect(),
            pairs: by_pair.into_iter().map(pair).collect(),
            against_evidence: against,
            named: named.into_iter().map(against_one).collect(),
        }
    }
}

impl ShownVariantReport {
    /// The report with the last weeks.
    pub fn new(report: VariantReport, weeks: usize) -> Self {
        let left_of_baseline = report.left_of_baseline();
        let VariantReport { count, by, lines, total, corrections, baseline } = report;
        let lines = lines.into_iter().map(|line| ShownVariantLine::new(line.division, line.counts));
        Self {
            counted_from: instant_text(count.from),
            counted_to: instant_text(count.to),
            no_evidence: count.no_evidence(),
            by: by.map(VariantDivision::as_str),
            lines: lines.collect(),
            total: ShownVariantLine::new(None, total),
            corrections: ShownCorrections::new(corrections, weeks),
            baseline,
            left_of_baseline,
        }
    }
}

/// The columns of the report as CSV.
pub const VARIANT_REPORT_COLUMNS: [&str; 6] = ["division", "esmes", "strong", "weak", "hint", "left"];

/// The lines of the report, and its total last.
pub fn variant_report_cells(report: &ShownVariantReport) -> Vec<[String; 6]> {
    let cells = |line: &ShownVariantLine, division: String| {
        let ShownVariantLine { division: _, esmes, strong, weak, hint, left } = line;
        let [esmes, strong, weak, hint, left] = [esmes, strong, weak, hint, left].map(u64::to_string);
        [division, esmes, strong, weak, hint, left]
    };
    let unknown = |line: &ShownVariantLine| line.division.clone().unwrap_or_else(|| "unknown".to_owned());
    let lines = report.lines.iter().map(|line| cells(line, unknown(line)));
    lines.chain(std::iter::once(cells(&report.total, "total".to_owned()))).collect()
}

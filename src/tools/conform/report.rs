//! Reports of a scenario and of its steps, and the summary of all.

use std::{
    fmt::{self, Write as _},
    time::Duration,
};

/// The report of a scenario.
#[derive(Clone, Debug)]
pub struct ScenarioReport {
    /// The scenario.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// The requirements it proves.
    pub proves: Vec<String>,
    /// Why it was skipped, if it was.
    pub skipped: Option<String>,
    /// The reports of its steps.
    pub steps: Vec<StepReport>,
}

/// The report of a step.
#[derive(Clone, Debug)]
pub struct StepReport {
    /// The step.
    pub id: String,
    /// What happened, in words.
    pub says: String,
    /// The requirements it proves.
    pub proves: Vec<String>,
    /// The answer in a word: a response code, or what was done.
    pub told: String,
    /// The difference to what the scenario expects, if there is one.
    pub difference: Option<String>,
    /// The file of the expected answer and the masked answer that came, if they differ.
    pub new_answer: Option<(String, String)>,
    /// What was sent, if anything was.
    pub request: Option<String>,
    /// What was answered, if anything was.
    pub answer: Option<String>,
    /// How long it took.
    pub took: Duration,
}

/// The outcome of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScenarioOutcome {
    /// Every step was as expected.
    Passed,
    /// A step was different.
    Failed,
    /// It could not be run here.
    Skipped,
}

impl ScenarioReport {
    /// The outcome.
    pub fn outcome(&self) -> ScenarioOutcome {
        if self.skipped.is_some() {
            ScenarioOutcome::Skipped
        } else if self.different().next().is_some() {
            ScenarioOutcome::Failed
        } else {
            ScenarioOutcome::Passed
        }
    }

    /// The steps that were not as expected.
    pub fn different(&self) -> impl Iterator<Item = &StepReport> {
        self.steps.iter().filter(|step| step.difference.is_some())
    }
}

/// A line for the step, then its difference, if there is one.
impl fmt::Display for StepReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, says, proves, told, difference, .. } = self;
        let mark = if difference.is_some() { "DIFFERENT" } else { "ok" };
        write!(f, "  {mark:9} {told:9} {id}: {says}")?;
        if let Some(difference) = difference {
            write!(f, "\n    proves {}", proves.join(", "))?;
            difference.lines().try_for_each(|line| write!(f, "\n    {line}"))?;
        }
        Ok(())
    }
}

/// A table of all scenarios, and the number of each outcome.
pub fn summary(reports: &[ScenarioReport]) -> String {
    let width = reports.iter().map(|report| report.id.len()).max().unwrap_or_default().max("scenario".len());
    let mut text = format!("{:width$}  steps  outcome\n", "scenario");
    let mut counts = [0_usize; 3];
    let [passed, failed, skipped] = &mut counts;
    for report in reports {
        let (count, outcome) = match report.outcome() {
            ScenarioOutcome::Passed => {
                (&mut *passed, format!("passed   proves {}", report.proves.join(", ")))
            }
            ScenarioOutcome::Failed => (&mut *failed, format!("FAILED   {}", failures(report))),
            ScenarioOutcome::Skipped => {
                (&mut *skipped, format!("skipped  {}", report.skipped.as_deref().unwrap_or_default()))
            }
        };
        *count += 1;
        // Writing to a String does not fail.
        let _ = writeln!(text, "{:width$}  {:5}  {outcome}", report.id, report.steps.len());
    }
    let [passed, failed, skipped] = counts;
    let _ = writeln!(text, "{passed} passed, {failed} failed, {skipped} skipped");
    text
}

fn failures(report: &ScenarioReport) -> String {
    let one = |step: &StepReport| format!("{} ({})", step.id, step.proves.join(", "));
    report.different().map(one).collect::<Vec<_>>().join("; ")
}

//! What came of a scenario, and of all of them.

use std::{
    fmt::{self, Write as _},
    time::Duration,
};

/// What came of a scenario.
#[derive(Clone, Debug)]
pub struct ScenarioReport {
    /// The scenario.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// The requirements it proves.
    pub proves: Vec<String>,
    /// Why it was not played, where it was not.
    pub skipped: Option<String>,
    /// The steps that were played.
    pub steps: Vec<StepReport>,
}

/// What came of a step.
#[derive(Clone, Debug)]
pub struct StepReport {
    /// The step.
    pub id: String,
    /// What happened, in words.
    pub says: String,
    /// The requirements it proves.
    pub proves: Vec<String>,
    /// What was answered, in a word.
    pub told: String,
    /// What differs from what the scenario expects, where something does.
    pub difference: Option<String>,
    /// The masked answer, where the scenario expects one and got another: the file's name, the answer.
    pub new_answer: Option<(String, String)>,
    /// How long it took.
    pub took: Duration,
}

/// How a scenario ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every step went as the scenario says.
    Passed,
    /// A step did not.
    Failed,
    /// It was not played.
    Skipped,
}

impl ScenarioReport {
    /// How it ended.
    pub fn outcome(&self) -> Outcome {
        if self.skipped.is_some() {
            Outcome::Skipped
        } else if self.different().next().is_some() {
            Outcome::Failed
        } else {
            Outcome::Passed
        }
    }

    /// The steps that did not go as the scenario says.
    pub fn different(&self) -> impl Iterator<Item = &StepReport> {
        self.steps.iter().filter(|step| step.difference.is_some())
    }
}

/// One line for a step, and the difference below it, where there is one.
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

/// A table of all scenarios, and how many ended how.
pub fn summary(reports: &[ScenarioReport]) -> String {
    let width = reports.iter().map(|report| report.id.len()).max().unwrap_or_default().max("scenario".len());
    let mut text = format!("{:width$}  steps  outcome\n", "scenario");
    let mut counts = [0_usize; 3];
    let [passed, failed, skipped] = &mut counts;
    for report in reports {
        let (count, outcome) = match report.outcome() {
            Outcome::Passed => (&mut *passed, format!("passed   proves {}", report.proves.join(", "))),
            Outcome::Failed => (&mut *failed, format!("FAILED   {}", failures(report))),
            Outcome::Skipped => {
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

//! The chapter about large SMETS1 firmware images, as Markdown.

use std::fmt::{self, Formatter};

use super::{
    markdown_parts::{write_rule, write_table},
    page::Page,
};
use crate::{
    domain::{ActivationStanding, BatchProgress},
    rules::rulebook::firmware,
};

pub(super) fn write_firmware(f: &mut Formatter<'_>, page: &Page) -> fmt::Result {
    writeln!(f, "\n## Large SMETS1 firmware (SERVICE.md 3.2, MP230)\n")?;
    writeln!(
        f,
        "They refuse no Service Request. An ask that breaks FW/f or FW/g, and an agreement that breaks FW/i or FW/k, is refused with 422; the"
    )?;
    writeln!(f, "others say what counts, or warn. FW/e is a step of SR 11.3.\n")?;
    let is_its = |id: &str| firmware::ALL.iter().any(|rule| rule.id == id);
    page.rules.iter().filter(|rule| is_its(rule.id)).try_for_each(|rule| write_rule(f, rule))?;
    writeln!(f, "\n### The standing of a large image (FW/e)\n")?;
    let standing =
        |standing: &ActivationStanding| [standing.to_string(), clock(*standing).to_owned()].to_vec();
    let rows = ActivationStanding::ALL.iter().map(standing).collect::<Vec<_>>();
    write_table(f, &["standing", "Target Response Time (FW/n)"], &rows)?;
    writeln!(f, "\n### The state of a batch (FW/m)\n")?;
    let state = |state: &BatchProgress| [state.to_string(), when(*state).to_owned()].to_vec();
    let rows = BatchProgress::ALL.iter().map(state).collect::<Vec<_>>();
    write_table(f, &["state", "when"], &rows)?;
    writeln!(
        f,
        "\nA response time ends at the same London wall clock `firmware.response_days` later, an hour later where that is skipped (FW/n, FW/o)."
    )?;
    writeln!(
        f,
        "First agreed, first placed: a security mark gives no right by itself (FW/l). Withdrawing frees what was not sent, and a lowered"
    )?;
    writeln!(f, "capacity moves nothing (FW/q).\n")
}

const fn clock(standing: ActivationStanding) -> &'static str {
    match standing {
        ActivationStanding::Batch => "that of its batch, from the batch's first activation",
        ActivationStanding::Free => "its own, from its receipt",
        ActivationStanding::Unscheduled => "none: over the limit without agreement",
    }
}

const fn when(state: BatchProgress) -> &'static str {
    match state {
        BatchProgress::Open => "its schedule is not agreed",
        BatchProgress::Planned => "agreed, nothing sent, its day is not over",
        BatchProgress::Sending => "its first activation came",
        BatchProgress::Done => "all its activations have an outcome, and it is full or its day is over",
        BatchProgress::Lapsed => "its day ended with nothing sent: it is to be asked for again",
        BatchProgress::Withdrawn => "withdrawn with nothing sent",
    }
}

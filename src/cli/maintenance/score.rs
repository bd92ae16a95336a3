//! `smi maintenance score`: the old Change Risk Calculator (PM/y). Nothing is stored.

use std::process::ExitCode;

use clap::Args;

use crate::{
    cli::{parsed, say::say},
    domain::YesNo,
    rules::change_risk::{ChangeComplexity, ChangeRisk, RiskScore, score},
};

#[derive(Debug, Args)]
pub(in crate::cli) struct ScoreArguments {
    /// Whether the change touches a core service: messages between Users and hubs, install and commission, SMETS1 migrations.
    #[arg(long, value_name = "yes|no", value_parser = parsed::<YesNo>)]
    core: YesNo,
    /// Whether it affects consumers.
    #[arg(long, value_name = "yes|no", value_parser = parsed::<YesNo>)]
    consumer: YesNo,
    /// How complex it is: high with several technical teams, different organisations or no track record.
    #[arg(long, value_name = "high|low", value_parser = parsed::<ChangeComplexity>)]
    complexity: ChangeComplexity,
    /// The planned downtime in minutes.
    #[arg(long, value_name = "MINUTES")]
    downtime: u32,
}

pub(super) fn run(asked: &ScoreArguments) -> anyhow::Result<ExitCode> {
    let ScoreArguments { core, consumer, complexity, downtime } = *asked;
    let risk = ChangeRisk { core, consumer, complexity, downtime_minutes: downtime };
    let RiskScore { product, sum_first } = score(&risk);
    say!("service x consumer x complexity x downtime: {product}");
    say!("(service + consumer) x complexity x downtime: {sum_first}");
    say!("advisory; it decides nothing");
    Ok(ExitCode::SUCCESS)
}

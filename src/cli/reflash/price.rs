//! `smi reflash price`: the price of a re-flash by its inputs (MP155-R32, T5).

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;

use crate::{
    cli::say::say,
    domain::{Malformed, Pence, pounds},
    rules::reflash::{ILLUSTRATIVE_BANDS, IllustrativeBand, Price, PriceInputs},
};

/// The most that a cost may be, in pounds.
const MOST: u64 = 10_000_000_000;

#[derive(Debug, Args)]
pub(in crate::cli) struct PriceArguments {
    /// The fixed cost of setting the service up, in pounds.
    #[arg(long, value_name = "POUNDS", value_parser = parse_cost)]
    setup: Pence,
    /// Over how many years that is recovered.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    years: u32,
    /// The fixed cost of a year, in pounds.
    #[arg(long, value_name = "POUNDS", value_parser = parse_cost)]
    fixed: Pence,
    /// The cost of one hub, in pounds.
    #[arg(long, value_name = "POUNDS", value_parser = parse_cost)]
    variable: Pence,
    /// How many hubs a year the price is made for.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    forecast: u32,
    /// How many hubs came in a year.
    #[arg(long, value_name = "N")]
    actual: Option<u32>,
}

/// Reads a cost: pounds with at most two decimals.
fn parse_cost(text: &str) -> Result<Pence, Malformed> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let read = || {
        let pounds = whole.parse::<u64>().ok().filter(|pounds| *pounds <= MOST)?;
        let pence = format!("{decimals:0<2}").parse::<u64>().ok()?;
        i64::try_from(pounds * 100 + pence).ok().map(Pence::new)
    };
    let cost = if digits(whole) && digits(decimals) && decimals.len() <= 2 { read() } else { None };
    cost.ok_or_else(|| Malformed::new(text, "pounds with at most two decimals, like `1320000` or `3.20`"))
}

/// Prints the price, what is left to socialise, and beside it what the sources say, which is not computed from it.
pub(super) fn run(arguments: &PriceArguments) -> anyhow::Result<ExitCode> {
    let PriceArguments { setup, years, fixed, variable, forecast, actual } = *arguments;
    let price = Price::new(PriceInputs { setup, years, fixed, variable, forecast }).context("the inputs")?;
    say!("{} a hub, for {forecast} hubs a year", pounds(price.per_hub()));
    if let Some(actual) = actual {
        say!("{} to socialise where {actual} come in a year", pounds(price.to_socialise(actual)));
    }
    say!("\nWhat the sources of MP155 say, illustrative; none of it is computed from another:");
    for IllustrativeBand { volume, charge, source } in ILLUSTRATIVE_BANDS {
        say!("  {volume}: {charge} ({source})");
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_is_pounds_with_at_most_two_decimals() {
        let cost = |text: &str| parse_cost(text).map(Pence::get).ok();
        assert_eq!(
            ["0", "3.20", "3.2", "1320000", "10000000000"].map(cost),
            [0, 320, 320, 132_000_000, 1_000_000_000_000].map(Some)
        );
        assert_eq!(["", "3.", ".2", "3.205", "-1", "£3", "1,000", "10000000001", "3.x"].map(cost), [None; 9]);
    }
}

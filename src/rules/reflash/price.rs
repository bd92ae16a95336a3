//! What a re-flash costs, by its inputs, and what is left where fewer hubs come (HUBS.md 6; MP155-R32, T5).

use crate::domain::{Malformed, Pence};

/// The inputs of a price, all in pence. Transport is quoted separately, by volume and place, and is not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceInputs {
    /// The fixed cost of setting the service up.
    pub setup: Pence,
    /// Over how many years that is recovered.
    pub years: u32,
    /// The fixed cost of a year.
    pub fixed: Pence,
    /// The cost of one hub.
    pub variable: Pence,
    /// How many hubs a year the price is made for.
    pub forecast: u32,
}

/// A price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    inputs: PriceInputs,
}

impl Price {
    /// The price of these inputs.
    ///
    /// # Errors
    /// When there are no years or no hubs to share the fixed costs.
    pub fn new(inputs: PriceInputs) -> Result<Self, Malformed> {
        for (value, expected) in [
            (inputs.years, "a number of years, at least 1"),
            (inputs.forecast, "a number of hubs, at least 1"),
        ] {
            if value == 0 {
                return Err(Malformed::new("0", expected));
            }
        }
        Ok(Self { inputs })
    }

    /// (setup / years + fixed) / forecast + variable, to the penny.
    pub fn per_hub(self) -> Pence {
        let PriceInputs { variable, .. } = self.inputs;
        self.fixed_share(1) + variable
    }

    /// What is left to socialise in a year where so many hubs come: the fixed costs that the missing ones would have borne.
    pub fn to_socialise(self, actual: u32) -> Pence {
        self.fixed_share(self.inputs.forecast.saturating_sub(actual))
    }

    /// The part of a year's fixed costs that falls on so many hubs, to the penny: divided once, so that nothing is rounded twice.
    fn fixed_share(self, hubs: u32) -> Pence {
        let PriceInputs { setup, years, fixed, variable: _, forecast } = self.inputs;
        let wide = |pence: Pence| i128::from(pence.get());
        let over_all_years = wide(setup) + wide(fixed) * i128::from(years);
        let divisor = i128::from(years) * i128::from(forecast);
        // Half a penny goes up.
        let doubled = over_all_years * i128::from(hubs) * 2 + divisor;
        let share = doubled.checked_div_euclid(divisor * 2).unwrap_or_default();
        Pence::new(i64::try_from(share).unwrap_or(i64::MAX))
    }
}

/// A volume and the charge that the sources give for it. They are illustrative: none is computed from another, and none is in force
/// (MP155-C27).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IllustrativeBand {
    /// Hubs a year.
    pub volume: &'static str,
    /// The charge for one hub.
    pub charge: &'static str,
    /// Where it is said.
    pub source: &'static str,
}

const fn band(volume: &'static str, charge: &'static str, source: &'static str) -> IllustrativeBand {
    IllustrativeBand { volume, charge, source }
}

/// The bands of MP155-T5.
pub const ILLUSTRATIVE_BANDS: [IllustrativeBand; 5] = [
    band("about 300,000", "£7.58 to £12.03", "MP155 report, section 5"),
    band(
        "about 300,000, at the volumes of A-003",
        "about £7.60",
        "MP155 preliminary assessment, section 9.2",
    ),
    band(
        "half the forecast, the service sized for all of it",
        "about £12",
        "MP155 preliminary assessment, section 9.2",
    ),
    band("about 130,000 and below", "£30 or more (break-even against K7.5(p))", "MP155 report, section 5"),
    band("about 50,000", "£80 or more", "MP155 report, section 5"),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn price(forecast: u32) -> Price {
        let inputs = PriceInputs {
            setup: Pence::new(0),
            years: 1,
            fixed: Pence::new(132_000_000),
            variable: Pence::new(320),
            forecast,
        };
        Price::new(inputs).unwrap()
    }

    /// HUBS.md 8, the line of the price; MP155-R32.
    #[test]
    fn mp155_r32_a_price_is_the_fixed_costs_shared_and_the_variable_one() {
        assert_eq!(price(300_000).per_hub().to_string(), "7.60");
        assert_eq!(price(150_000).per_hub().to_string(), "12.00");
        assert_eq!(price(300_000).to_socialise(150_000).to_string(), "660000.00");
        // C27: at 130,000 it is not the 30 pounds of the report.
        assert_eq!(price(130_000).per_hub().to_string(), "13.35");
        assert_eq!([300_000, 400_000].map(|actual| price(300_000).to_socialise(actual).get()), [0, 0]);
    }

    #[test]
    fn a_setup_is_recovered_over_its_years() {
        let inputs = PriceInputs {
            setup: Pence::new(373_000_000),
            years: 3,
            fixed: Pence::new(0),
            variable: Pence::new(0),
            forecast: 100_000,
        };
        assert_eq!(Price::new(inputs).unwrap().per_hub().to_string(), "12.43");
        assert!(Price::new(PriceInputs { years: 0, ..inputs }).is_err());
        assert!(Price::new(PriceInputs { forecast: 0, ..inputs }).is_err());
    }

    /// MP155-T5, C27: shown as they are, and marked.
    #[test]
    fn mp155_t5_the_bands_are_those_of_the_sources() {
        let bands = ILLUSTRATIVE_BANDS
            .iter()
            .map(|band| format!("{}: {} ({})", band.volume, band.charge, band.source));
        insta::assert_snapshot!(bands.collect::<Vec<_>>().join("\n"), @"
            about 300,000: £7.58 to £12.03 (MP155 report, section 5)
            about 300,000, at the volumes of A-003: about £7.60 (MP155 preliminary assessment, section 9.2)
            half the forecast, the service sized for all of it: about £12 (MP155 preliminary assessment, section 9.2)
            about 130,000 and below: £30 or more (break-even against K7.5(p)) (MP155 report, section 5)
            about 50,000: £80 or more (MP155 report, section 5)
            ");
    }

    proptest! {
        /// What all hubs bear and what is socialised are the fixed costs of a year, but for rounding.
        #[test]
        fn nothing_of_the_fixed_costs_is_lost(
            setup in 0..1_000_000_000_i64, years in 1..50_u32, fixed in 0..1_000_000_000_i64,
            forecast in 1..1_000_000_u32, actual in 0..1_000_000_u32,
        ) {
            let inputs = PriceInputs { setup: Pence::new(setup), years, fixed: Pence::new(fixed), variable: Pence::new(0), forecast };
            let price = Price::new(inputs).unwrap();
            let came = actual.min(forecast);
            let borne = price.fixed_share(came) + price.to_socialise(came);
            let yearly = fixed + setup / i64::from(years);
            prop_assert!((borne.get() - yearly).abs() <= 2, "{borne} of {yearly}");
        }
    }
}

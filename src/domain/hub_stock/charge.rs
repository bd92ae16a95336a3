//! Explicit Charges of the DCC for a hub, by Regulatory Year (MP155-R31).

use std::collections::BTreeMap;

use super::{Band, Pence, RegulatoryYear};
use crate::domain::set::closed_set;

closed_set!(
    /// An Explicit Charge: for a hub that is re-flashed; for one that is returned and redeployed, K7.5(o); for one that is returned and
    /// not redeployed, K7.5(p).
    ChargeKind, "a charge", {
        Reflash => "REFLASH",
        Redeployed => "K7.5(o)",
        NotRedeployed => "K7.5(p)",
    }
);

/// What one hub costs in a Regulatory Year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The year.
    pub year: RegulatoryYear,
    /// The charge.
    pub kind: ChargeKind,
    /// The band of the hub; absent for every band that has none of its own.
    pub band: Option<Band>,
    /// The amount.
    pub cost: Pence,
}

/// The charges that are loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Charges(BTreeMap<(RegulatoryYear, ChargeKind, Option<Band>), Pence>);

impl Charges {
    /// What a hub of that band costs; none where it is not known.
    pub fn cost(&self, year: RegulatoryYear, kind: ChargeKind, band: Option<&Band>) -> Option<Pence> {
        let of_band = band.and_then(|band| self.0.get(&(year, kind, Some(band.clone()))));
        of_band.or_else(|| self.0.get(&(year, kind, None))).copied()
    }
}

impl FromIterator<Charge> for Charges {
    fn from_iter<I: IntoIterator<Item = Charge>>(charges: I) -> Self {
        Self(charges.into_iter().map(|one| ((one.year, one.kind, one.band), one.cost)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// HUBS.md 2: no band is every band.
    #[test]
    fn the_charge_of_a_band_comes_before_that_of_every_band() {
        let year = |text: &str| text.parse::<RegulatoryYear>().unwrap();
        let charge = |kind, band: Option<&str>, cost: &str| Charge {
            year: year("2022"),
            kind,
            band: band.map(Band::of_variant),
            cost: cost.parse().unwrap(),
        };
        let charges = Charges::from_iter([
            charge(ChargeKind::NotRedeployed, None, "30.87"),
            charge(ChargeKind::NotRedeployed, Some("Dual Band"), "58.75"),
            charge(ChargeKind::Redeployed, Some("Dual Band"), "8.27"),
        ]);
        let cost = |kind, band: Option<&str>| {
            charges.cost(year("2022"), kind, band.map(Band::of_variant).as_ref()).map(Pence::get)
        };
        assert_eq!(cost(ChargeKind::NotRedeployed, Some("DBCH")), Some(5_875));
        assert_eq!(cost(ChargeKind::NotRedeployed, Some("SBCH")), Some(3_087));
        assert_eq!(cost(ChargeKind::NotRedeployed, None), Some(3_087));
        assert_eq!(cost(ChargeKind::Redeployed, Some("SBCH")), None);
        assert_eq!(cost(ChargeKind::Reflash, None), None);
        assert_eq!(charges.cost(year("2021"), ChargeKind::NotRedeployed, None), None);
    }
}

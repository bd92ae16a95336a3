//! SR 12.1: what each CSP Region says about a place; the most exact row wins (SMI.md 7).

use std::collections::BTreeSet;

use crate::{
    domain::{AddressIdentifier, CoverageRow, CoveredPlace, CspRegion, Place, RegionFacts, Uprn},
    store::{Connection, StoreFault, coverage},
};

pub(super) fn load(
    connection: &mut Connection,
    place: &Place,
    unavailable: &[CspRegion],
) -> Result<Vec<RegionFacts>, StoreFault> {
    let candidates = candidates(connection, place)?;
    let premises = Premises::of(place, &candidates);
    let facts = |region: &CspRegion| {
        let rows = candidates.iter().filter(|row| row.region == *region);
        let best = rows.filter_map(|row| Some((premises.exactness(row)?, row)));
        let (_, row) = best.min_by_key(|(exactness, row)| (*exactness, row.place.uprn))?;
        let answers = !unavailable.contains(region);
        Some(RegionFacts { region: *region, coverage: answers.then(|| row.coverage.clone()) })
    };
    Ok(CspRegion::WITH_COVERAGE.iter().filter_map(facts).collect())
}

/// Every row that might speak for the place.
fn candidates(connection: &mut Connection, place: &Place) -> Result<Vec<CoverageRow>, StoreFault> {
    match place {
        Place::PartialAddress(address) => {
            let keys = BTreeSet::from([address.post_code.key()]);
            coverage::by_address(connection, &keys, &BTreeSet::from([&address.address_identifier]))
        }
        Place::Uprn(uprn) => {
            let named = coverage::by_uprn(connection, *uprn)?;
            let keys = named.iter().map(|row| row.place.post_code.key()).collect();
            let addresses = named.iter().filter_map(|row| row.place.address_identifier.as_ref()).collect();
            let mut rows = coverage::by_address(connection, &keys, &addresses)?;
            rows.extend(named);
            Ok(rows)
        }
    }
}

/// How exactly a row names the place; the first is the most exact.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Exactness {
    Uprn,
    Address,
    PostCode,
}

/// All that is known of the premises asked for: one CSP's row may tell the UPRN or the address that another's names.
struct Premises {
    uprns: BTreeSet<Uprn>,
    addresses: BTreeSet<(String, AddressIdentifier)>,
}

impl Premises {
    fn of(place: &Place, candidates: &[CoverageRow]) -> Self {
        match place {
            Place::Uprn(uprn) => {
                let named = candidates.iter().filter(|row| row.place.uprn == Some(*uprn));
                let addresses = named.filter_map(|row| address_of(&row.place)).collect();
                Self { uprns: BTreeSet::from([*uprn]), addresses }
            }
            Place::PartialAddress(address) => {
                let address = (address.post_code.key(), address.address_identifier.clone());
                let named = candidates.iter().filter(|row| address_of(&row.place).as_ref() == Some(&address));
                let uprns = named.filter_map(|row| row.place.uprn).collect();
                Self { uprns, addresses: BTreeSet::from([address]) }
            }
        }
    }

    /// None where the row speaks for other premises.
    fn exactness(&self, row: &CoverageRow) -> Option<Exactness> {
        let CoveredPlace { post_code: _, address_identifier, uprn } = &row.place;
        match (uprn, address_identifier) {
            (Some(uprn), _) => self.uprns.contains(uprn).then_some(Exactness::Uprn),
            (None, Some(_)) => {
                let address = address_of(&row.place)?;
                self.addresses.contains(&address).then_some(Exactness::Address)
            }
            (None, None) => Some(Exactness::PostCode),
        }
    }
}

fn address_of(place: &CoveredPlace) -> Option<(String, AddressIdentifier)> {
    Some((place.post_code.key(), place.address_identifier.clone()?))
}

//! The facts of SR 12.1: the coverage of premises by each CSP Region, from the most exact matching row of its extract (SMI.md 7).

use std::collections::BTreeSet;

use crate::{
    db::StoreFault,
    domain::{
        AddressIdentifier, CoverageRow, CoveredPlace, CspRegion, PostCode, PremisesKey, PropertyFilter,
        RegionFacts, Uprn,
    },
    store::{
        Session,
        coverage::{CoverageLookup, CurrentExtract},
    },
};

/// Loads the facts of each region that covers the premises. Regions in `unavailable` are listed without coverage: their CSP
/// cannot answer now.
pub(in crate::store) fn load(
    session: &mut Session<'_>,
    place: &PremisesKey,
    unavailable: &[CspRegion],
) -> Result<Vec<RegionFacts>, StoreFault> {
    let extracts = session.extracts()?;
    let candidates = candidates(session, place)?;
    let premises = Premises::of(place, &candidates);
    let facts = |current: &CurrentExtract| {
        let region = current.extract.region;
        // Each region answers from its own best row: an exact row of one says nothing about another (MP106-R10).
        let rows = candidates.iter().filter(|row| row.region == region);
        let best = rows.filter_map(|row| Some((premises.exactness(row)?, row)));
        // UPRN and postcode break ties, so that the answer does not depend on the order of the rows.
        let (_, row) = best.min_by_key(|(exactness, row)| (*exactness, row.place.uprn(), row.place.key()))?;
        let answers = !unavailable.contains(&region);
        let source = current.extract.source();
        Some(RegionFacts::of_extract(region, answers.then(|| row.coverage.clone()), source))
    };
    Ok(extracts.iter().filter_map(facts).collect())
}

/// Loads the candidate rows: all that may be about the premises.
fn candidates(session: &mut Session<'_>, place: &PremisesKey) -> Result<Vec<CoverageRow>, StoreFault> {
    match place {
        PremisesKey::PartialAddress(PropertyFilter { post_code, address_identifier }) => {
            at_address(session, post_code, Some(address_identifier))
        }
        PremisesKey::Uprn(uprn) => {
            let mut rows = session.coverage(CoverageLookup::Uprn(*uprn))?;
            // Regions without that UPRN may still cover its address: each address that the UPRN has is looked up too.
            let named = rows.iter().filter_map(|row| {
                Some((post_code_of(&row.place)?.clone(), row.place.address_identifier().cloned()))
            });
            for (post_code, address) in named.collect::<BTreeSet<_>>() {
                rows.extend(at_address(session, &post_code, address.as_ref())?);
            }
            Ok(rows)
        }
    }
}

/// The rows for a postcode and for its district: those that name the address, and those that name none.
fn at_address(
    session: &mut Session<'_>,
    post_code: &PostCode,
    address: Option<&AddressIdentifier>,
) -> Result<Vec<CoverageRow>, StoreFault> {
    let mut rows = Vec::new();
    for lookup in CoverageLookup::of_address(post_code, address) {
        rows.extend(session.coverage(lookup)?);
    }
    Ok(rows)
}

/// How exactly a row names the premises. Ordered: the most exact comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Exactness {
    Uprn,
    Address,
    PostCode,
    District,
}

/// The UPRNs and addresses of the premises asked for. One CSP's row may name a UPRN where another's names the address, so both
/// are collected from the candidates of all regions.
struct Premises {
    uprns: BTreeSet<Uprn>,
    addresses: BTreeSet<(String, AddressIdentifier)>,
}

impl Premises {
    fn of(place: &PremisesKey, candidates: &[CoverageRow]) -> Self {
        match place {
            PremisesKey::Uprn(uprn) => {
                let named = candidates.iter().filter(|row| row.place.uprn() == Some(*uprn));
                let addresses = named.filter_map(|row| address_of(&row.place)).collect();
                Self { uprns: BTreeSet::from([*uprn]), addresses }
            }
            PremisesKey::PartialAddress(address) => {
                let address = (address.post_code.key(), address.address_identifier.clone());
                let named = candidates.iter().filter(|row| address_of(&row.place).as_ref() == Some(&address));
                let uprns = named.filter_map(|row| row.place.uprn()).collect();
                Self { uprns, addresses: BTreeSet::from([address]) }
            }
        }
    }

    /// Ranks a row; `None` if it is about other premises.
    fn exactness(&self, row: &CoverageRow) -> Option<Exactness> {
        match &row.place {
            CoveredPlace::Uprn(_, _, uprn) => self.uprns.contains(uprn).then_some(Exactness::Uprn),
            CoveredPlace::Address(_, _) => {
                let address = address_of(&row.place)?;
                self.addresses.contains(&address).then_some(Exactness::Address)
            }
            CoveredPlace::PostCode(_) => Some(Exactness::PostCode),
            CoveredPlace::District(_) => Some(Exactness::District),
        }
    }
}

fn address_of(place: &CoveredPlace) -> Option<(String, AddressIdentifier)> {
    Some((place.key(), place.address_identifier().cloned()?))
}

const fn post_code_of(place: &CoveredPlace) -> Option<&PostCode> {
    match place {
        CoveredPlace::District(_) => None,
        CoveredPlace::PostCode(post_code)
        | CoveredPlace::Address(post_code, _)
        | CoveredPlace::Uprn(post_code, _, _) => Some(post_code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        Kind,
        testing::{TempStore, value},
    };

    fn address(post_code: &str, address_identifier: &str) -> PremisesKey {
        let (post_code, address_identifier) = (value(post_code), value(address_identifier));
        PremisesKey::PartialAddress(PropertyFilter { post_code, address_identifier })
    }

    fn uprn(number: &str) -> PremisesKey {
        PremisesKey::Uprn(value(number))
    }

    /// The additional information of each CSP Region's row, which names the row.
    fn coverage_texts(
        temp: &TempStore,
        place: &PremisesKey,
        unavailable: &[CspRegion],
    ) -> Vec<(&'static str, String)> {
        let regions =
            temp.store.read(|connection| load(&mut Session::new(connection), place, unavailable)).unwrap();
        let says = |facts: RegionFacts| {
            let coverage = facts.coverage.map(|coverage| coverage.additional_information);
            let says = coverage.map(|says| says.map(|says| says.to_string()).unwrap_or_default());
            (facts.region.as_str(), says.unwrap_or_else(|| "unavailable".to_owned()))
        };
        regions.into_iter().map(says).collect()
    }

    fn pairs(expected: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
        expected.iter().map(|(region, says)| (*region, (*says).to_owned())).collect()
    }

    fn extracts() -> TempStore {
        let temp = TempStore::new();
        let rows = [
            "4G South,ZZ1 1AA,,,4G wide",
            "South,ZZ1 1AA,,,wide",
            "South,ZZ1 1AA,1 High Street,,one",
            "South,ZZ1 1AA,2 High Street,22,two",
            "Central,ZZ1 1AA,2 High Street,,two of Central",
            "North,zz11aa,,22,two of North",
            "North,ZZ9 9ZZ,,,elsewhere",
        ];
        let header = "csp_region,postcode,address_identifier,uprn,additional_information,coverage_availability,wan_technology,connectivity_likelihood";
        let rows = rows.map(|row| format!("{row},true,No Coverage Intended,Low\n"));
        temp.load(Kind::Coverage, &format!("{header}\n{}", rows.concat())).unwrap();
        temp
    }

    /// SMI.md 7; MP106-R10, for a postcode and for one premises.
    #[test]
    fn by_address_the_most_exact_row_of_each_region_wins() {
        let temp = extracts();
        let asked = |post_code, identifier| coverage_texts(&temp, &address(post_code, identifier), &[]);
        assert_eq!(asked("ZZ1 1AA", "1 High Street"), pairs(&[("South", "one"), ("4G South", "4G wide")]));
        assert_eq!(asked("zz11aa", "3 High Street"), pairs(&[("South", "wide"), ("4G South", "4G wide")]));
        assert_eq!(asked("ZZ1 1AA", ""), pairs(&[("South", "wide"), ("4G South", "4G wide")]));
        assert_eq!(asked("ZZ1 1AB", "1 High Street"), []);
    }

    #[test]
    fn one_csp_tells_what_another_names() {
        let temp = extracts();
        let all = pairs(&[
            ("North", "two of North"),
            ("Central", "two of Central"),
            ("South", "two"),
            ("4G South", "4G wide"),
        ]);
        assert_eq!(coverage_texts(&temp, &address("ZZ1 1AA", "2 High Street"), &[]), all);
        assert_eq!(coverage_texts(&temp, &uprn("22"), &[]), all);
        assert_eq!(coverage_texts(&temp, &uprn("23"), &[]), []);
    }

    /// MP106-R10: a district speaks where nothing more exact does, in each region by itself.
    #[test]
    fn a_district_speaks_for_every_postcode_of_it() {
        let temp = extracts();
        let header = "csp_region,postcode,uprn,additional_information,coverage_availability,wan_technology,connectivity_likelihood";
        let rows =
            ["South,zz1,,district", "South,ZZ1 1AA,,wide", "South,ZZ1 1AA,23,premises", "South,ZZ11,,other"];
        let rows = rows.map(|row| format!("{row},true,No Coverage Intended,Low\n"));
        temp.load(Kind::Coverage, &format!("{header}\n{}", rows.concat())).unwrap();
        let asked = |post_code| coverage_texts(&temp, &address(post_code, "9"), &[]);
        assert_eq!(asked("ZZ1 1AA"), pairs(&[("South", "wide"), ("4G South", "4G wide")]));
        assert_eq!(asked("ZZ1 9XX"), pairs(&[("South", "district")]));
        assert_eq!(asked("zz119xx"), pairs(&[("South", "other")]));
        assert_eq!(
            coverage_texts(&temp, &uprn("23"), &[]),
            pairs(&[("South", "premises"), ("4G South", "4G wide")])
        );
    }

    #[test]
    fn a_region_that_cannot_answer_still_covers_the_place() {
        let temp = extracts();
        let unavailable = [CspRegion::South, CspRegion::North4G];
        let texts = coverage_texts(&temp, &address("ZZ1 1AA", "1 High Street"), &unavailable);
        assert_eq!(texts, pairs(&[("South", "unavailable"), ("4G South", "4G wide")]));
    }

    #[test]
    fn the_fixtures_show_an_unknown_variant() {
        let temp = TempStore::with_fixtures();
        let place = uprn("100000000041");
        let regions = temp.store.read(|connection| load(&mut Session::new(connection), &place, &[])).unwrap();
        let central = regions[0].coverage.clone().unwrap();
        assert_eq!(regions[0].region, CspRegion::Central);
        assert_eq!(central.technology.as_str(), " ");
        assert!(central.anticipated.is_some());
        assert_eq!(regions.len(), 2, "and 4G Central, for the postcode");
    }
}

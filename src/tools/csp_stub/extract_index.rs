//! An index of a coverage extract in memory, by place.

use std::collections::HashMap;

use crate::domain::{
    AddressIdentifier, Coverage, CoverageRow, CoveredPlace, CspAnswer, CspRegion, PostCode, PremisesKey, Uprn,
};

/// The extract that the stub answers from, indexed by area and by UPRN.
#[derive(Debug, Default)]
pub struct ExtractIndex {
    rows: Vec<CoverageRow>,
    by_area: HashMap<String, Vec<usize>>,
    by_uprn: HashMap<Uprn, Vec<usize>>,
}

impl ExtractIndex {
    /// Indexes the rows of an extract, of one region or of several.
    pub fn new(rows: Vec<CoverageRow>) -> Self {
        let mut extract = Self::default();
        for (at, CoverageRow { place, .. }) in rows.iter().enumerate() {
            extract.by_area.entry(place.key()).or_default().push(at);
            if let Some(uprn) = place.uprn() {
                extract.by_uprn.entry(uprn).or_default().push(at);
            }
        }
        Self { rows, ..extract }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The answer of a region about a place. A row for the premises takes precedence over one for their postcode.
    pub fn answer(&self, region: CspRegion, place: &PremisesKey) -> CspAnswer {
        let found = match place {
            PremisesKey::Uprn(uprn) => self.of_uprn(region, *uprn),
            PremisesKey::PartialAddress(address) => {
                self.of_address(region, &address.post_code, &address.address_identifier)
            }
        };
        found.map_or(CspAnswer::Elsewhere, |coverage| CspAnswer::Covered(coverage.clone()))
    }

    fn of_uprn(&self, region: CspRegion, uprn: Uprn) -> Option<&Coverage> {
        let named = || self.at(self.by_uprn.get(&uprn));
        if let Some(row) = named().find(|row| row.region == region) {
            return Some(&row.coverage);
        }
        // This region may have a row for the postcode alone; the UPRN's postcode is in another region's row.
        named().find_map(|row| match &row.place {
            CoveredPlace::Uprn(post_code, Some(address), _) => self.of_address(region, post_code, address),
            CoveredPlace::Uprn(post_code, None, _) => self.of_area(region, post_code),
            CoveredPlace::District(_) | CoveredPlace::PostCode(_) | CoveredPlace::Address(..) => None,
        })
    }

    fn of_address(
        &self,
        region: CspRegion,
        post_code: &PostCode,
        address: &AddressIdentifier,
    ) -> Option<&Coverage> {
        let mut rows = self.at(self.by_area.get(&post_code.key())).filter(|row| row.region == region);
        let exact = rows.find(|row| row.place.address_identifier() == Some(address));
        exact.map(|row| &row.coverage).or_else(|| self.of_area(region, post_code))
    }

    /// The row of the whole postcode, or else of its district.
    fn of_area(&self, region: CspRegion, post_code: &PostCode) -> Option<&Coverage> {
        let district = post_code.district().map(|district| district.key());
        [Some(post_code.key()), district].into_iter().flatten().find_map(|area| {
            let mut rows = self.at(self.by_area.get(&area)).filter(|row| row.region == region);
            let whole = rows.find(|row| match row.place {
                CoveredPlace::District(_) | CoveredPlace::PostCode(_) => true,
                CoveredPlace::Address(..) | CoveredPlace::Uprn(..) => false,
            });
            whole.map(|row| &row.coverage)
        })
    }

    fn at<'b>(&'b self, places: Option<&'b Vec<usize>>) -> impl Iterator<Item = &'b CoverageRow> {
        places.into_iter().flatten().filter_map(|at| self.rows.get(*at))
    }
}

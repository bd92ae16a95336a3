//! The extract, in memory, by place.

use std::collections::HashMap;

use crate::domain::{
    AddressIdentifier, Coverage, CoverageRow, CoveredPlace, CspAnswer, CspRegion, Place, Uprn,
};

/// What the played CSP knows.
#[derive(Debug, Default)]
pub struct Book {
    rows: Vec<CoverageRow>,
    by_area: HashMap<String, Vec<usize>>,
    by_uprn: HashMap<Uprn, Vec<usize>>,
}

impl Book {
    /// From the rows of an extract, of one region or of several.
    pub fn new(rows: Vec<CoverageRow>) -> Self {
        let mut book = Self::default();
        for (at, CoverageRow { place, .. }) in rows.iter().enumerate() {
            book.by_area.entry(place.post_code.key()).or_default().push(at);
            if let Some(uprn) = place.uprn {
                book.by_uprn.entry(uprn).or_default().push(at);
            }
        }
        Self { rows, ..book }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// What that region says of a place: what is known of the premises before what is known of their postcode.
    pub fn answer(&self, region: CspRegion, place: &Place) -> CspAnswer {
        let found = match place {
            Place::Uprn(uprn) => self.of_uprn(region, *uprn),
            Place::PartialAddress(address) => {
                self.of_address(region, &address.post_code.key(), &address.address_identifier)
            }
        };
        found.map_or(CspAnswer::Elsewhere, |coverage| CspAnswer::Covered(coverage.clone()))
    }

    fn of_uprn(&self, region: CspRegion, uprn: Uprn) -> Option<&Coverage> {
        let named = || self.at(self.by_uprn.get(&uprn));
        if let Some(row) = named().find(|row| row.region == region) {
            return Some(&row.coverage);
        }
        // Another region's row may tell where it is.
        named().find_map(|row| {
            let CoveredPlace { post_code, address_identifier, .. } = &row.place;
            let key = post_code.key();
            let by_address =
                address_identifier.as_ref().and_then(|address| self.of_address(region, &key, address));
            by_address.or_else(|| self.of_area(region, &key))
        })
    }

    fn of_address(&self, region: CspRegion, area: &str, address: &AddressIdentifier) -> Option<&Coverage> {
        let rows = || self.at(self.by_area.get(area)).filter(|row| row.region == region);
        let exact = rows().find(|row| row.place.address_identifier.as_ref() == Some(address));
        exact.map(|row| &row.coverage).or_else(|| self.of_area(region, area))
    }

    fn of_area(&self, region: CspRegion, area: &str) -> Option<&Coverage> {
        let whole = |row: &&CoverageRow| {
            row.region == region && row.place.address_identifier.is_none() && row.place.uprn.is_none()
        };
        self.at(self.by_area.get(area)).find(whole).map(|row| &row.coverage)
    }

    fn at<'b>(&'b self, places: Option<&'b Vec<usize>>) -> impl Iterator<Item = &'b CoverageRow> {
        places.into_iter().flatten().filter_map(|at| self.rows.get(*at))
    }
}

//! How values are read from their texts.

use serde::{Deserialize as _, Deserializer, de::Error as _};

use crate::{
    domain::{CspRegion, Date, Timestamp, parse_date, parse_instant},
    secret::{NoToken, Secret},
};

/// Deserialises a domain type from its text.
pub(super) fn parsed<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: std::str::FromStr<Err = crate::domain::Malformed>,
{
    let text = String::deserialize(from)?;
    text.parse().map(Some).map_err(D::Error::custom)
}

pub(super) fn regions<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<CspRegion>>, D::Error> {
    let texts = Vec::<String>::deserialize(from)?;
    let regions = texts.iter().map(|text| text.parse()).collect::<Result<_, _>>();
    regions.map(Some).map_err(D::Error::custom)
}

pub(super) fn instant<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    parse_instant(&String::deserialize(from)?).map(Some).map_err(D::Error::custom)
}

pub(super) fn date<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
    parse_date(&String::deserialize(from)?).map(Some).map_err(D::Error::custom)
}

/// Deserialises a token, and keeps an error for later. An error of the deserialiser would quote the line, with the token.
pub(super) fn token<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Result<Secret, NoToken>>, D::Error> {
    Ok(Some(String::deserialize(from)?.parse()))
}

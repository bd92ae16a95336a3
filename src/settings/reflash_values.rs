//! Values of `[reflash]` that are written in more than one way.

use serde::{Deserialize, Deserializer, de::Error as _};

use crate::{
    domain::{Pence, reflash::DayWindow},
    rules::reflash::Credit,
};

/// Reads `credit`: `charge`, or pence.
pub(super) fn credit<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Credit>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Word(String),
        Pence(u32),
    }
    let expected = || D::Error::custom("is `charge`, or a number of pence");
    let pence = |pence: u32| Credit::Amount(Pence::new(pence.into()));
    match Written::deserialize(from).map_err(|_| expected())? {
        Written::Word(word) if word == "charge" => Ok(Some(Credit::Charge)),
        Written::Word(word) => word.parse().map(pence).map(Some).map_err(|_| expected()),
        Written::Pence(number) => Ok(Some(pence(number))),
    }
}

/// Reads a list of windows.
pub(super) fn windows<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<DayWindow>>, D::Error> {
    let texts = Vec::<String>::deserialize(from)?;
    let windows = texts.iter().map(|text| text.parse()).collect::<Result<_, _>>();
    windows.map(Some).map_err(D::Error::custom)
}

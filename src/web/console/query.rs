//! The parameters of an address: filters, and the page of a list.

use std::str::FromStr;

use actix_web::HttpRequest;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    form::Form,
    page_error::{PageError, PageResult},
};
use crate::service::console::HistoryPlaceValue;

/// The rows of a page, and the most of a download.
pub(super) const PAGE: u16 = 50;
pub(super) const DOWNLOAD: u16 = 1_000;

/// The parameters of an address. A form without content sends empty ones, which count as not given.
#[derive(Clone, Debug)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// The parameters, which must be among those known, each at most once.
    pub(super) fn of(request: &HttpRequest, known: &[&str]) -> PageResult<Self> {
        let form = Form::parse(request.query_string());
        let form = form.map_err(|reason| PageError::bad_request("The parameters", &reason))?;
        let mut given: Vec<(String, String)> = Vec::new();
        for (name, value) in form.fields() {
            if !known.contains(&name.as_str()) {
                let reason = format!("is unknown; there are {}", known.join(", "));
                return Err(PageError::parameter(&shortened(name), reason));
            }
            if given.iter().any(|(other, _)| other == name) {
                return Err(PageError::parameter(name, "is given twice"));
            }
            if !value.trim().is_empty() {
                given.push((name.clone(), value.trim().to_owned()));
            }
        }
        Ok(Self(given))
    }

    /// These parameters, for the address of another page.
    pub(super) fn given(pairs: impl Iterator<Item = (&'static str, String)>) -> Self {
        Self(pairs.map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// No parameter.
    pub(super) const fn none() -> Self {
        Self(Vec::new())
    }

    /// The text of a parameter.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A parameter as that kind of value.
    pub(super) fn value<T: FromStr<Err: ToString>>(&self, name: &str) -> PageResult<Option<T>> {
        self.value_by(name, T::from_str)
    }

    /// A parameter as that function reads it.
    pub(super) fn value_by<T, E: ToString>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> PageResult<Option<T>> {
        let value = self
            .text(name)
            .map(|text| read(text).map_err(|reason| PageError::parameter(name, reason.to_string())));
        value.transpose()
    }

    /// The key of a list from which a page begins: `next` of the page before.
    pub(super) fn key(&self, name: &str) -> PageResult<Option<i64>> {
        self.value_by(name, |text| {
            text.parse::<i64>().map_err(|_| "is not a place of this list; begin with its first page")
        })
    }

    /// The address of another page of the same list with the same filters.
    pub(super) fn with(&self, path: &str, name: &str, value: Option<impl ToString>) -> String {
        let others =
            self.0.iter().filter(|(key, _)| key != name).map(|(key, value)| (key.as_str(), value.clone()));
        let pairs = others.chain(value.map(|value| (name, value.to_string())));
        let pairs =
            pairs.map(|(key, value)| format!("{key}={}", utf8_percent_encode(&value, NON_ALPHANUMERIC)));
        let pairs = pairs.collect::<Vec<_>>();
        if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
    }

    /// Whether any parameter is given but that one.
    pub(super) fn has_filters(&self, but: &str) -> bool {
        self.0.iter().any(|(key, _)| key != but)
    }
}

/// Reads a place of the time line of a Device.
pub(super) fn history_place(text: &str) -> Result<HistoryPlaceValue, &'static str> {
    text.parse().map_err(|_| "is not a place of this time line; begin with its first page")
}

/// A name of the address, cut for a message.
fn shortened(name: &str) -> String {
    name.chars().take(60).collect()
}

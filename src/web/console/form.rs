//! The fields of a form, from an address or a body.

use actix_web::{HttpRequest, http::header, web};

use super::page_error::PageError;
use crate::web::body::BufferedBody;

/// The most bytes of a form.
const MAX_BYTES: usize = 65_536;
/// The field that carries the token of the session.
pub(super) const TOKEN_FIELD: &str = "form_token";

/// The fields of a form, in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads the body of a form.
    pub(super) fn read(request: &HttpRequest, body: &BufferedBody) -> Result<Self, PageError> {
        let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = media_type.and_then(|value| value.split(';').next()).map(str::trim);
        if media_type != Some("application/x-www-form-urlencoded") {
            return Err(PageError::media_type("application/x-www-form-urlencoded"));
        }
        let bytes = body.as_bytes();
        if bytes.len() > MAX_BYTES {
            return Err(PageError::too_long(MAX_BYTES));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| PageError::bad_form("is not UTF-8"))?;
        Self::parse(text).map_err(|reason| PageError::bad_form(&reason))
    }

    /// A form of these fields.
    pub(super) const fn of(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// Reads `a=1&b=2`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let fields = web::Query::<Vec<(String, String)>>::from_query(text);
        fields.map(|fields| Self(fields.into_inner())).map_err(|reason| format!("cannot be read: {reason}"))
    }

    /// The first field of that name, without white space around it; empty if there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        self.exact(name).trim()
    }

    /// The first field of that name as it came, as a password is.
    pub(super) fn exact(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// All fields.
    pub(super) fn fields(&self) -> &[(String, String)] {
        &self.0
    }

    /// The fields whose names have this beginning, without it.
    pub(super) fn behind(&self, beginning: &str) -> Vec<(String, String)> {
        let behind = |(key, value): &(String, String)| {
            key.strip_prefix(beginning).map(|key| (key.to_owned(), value.clone()))
        };
        self.0.iter().filter_map(behind).collect()
    }
}

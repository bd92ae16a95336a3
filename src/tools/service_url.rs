//! The URL of a DUIS service, as people give it: with or without the path of a web service.

use std::str::FromStr;

use ureq::http::Uri;

use crate::domain::WebService;

/// Where a service is: scheme, host and port, and the path of a proxy in front of it, if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceUrl {
    /// The URL without the path of a web service and without a slash at its end.
    pub base: String,
    /// The web service, where the URL was given with its path.
    pub service: Option<WebService>,
}

/// The text is not the URL of a service.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}; wanted is scheme, host and port, as in `http://127.0.0.1:8079`")]
pub struct NoServiceUrl {
    reason: &'static str,
}

/// The path that all web services share.
const COMMON_PATH: [&str; 2] = ["api", "v1"];

impl FromStr for ServiceUrl {
    type Err = NoServiceUrl;

    fn from_str(text: &str) -> Result<Self, NoServiceUrl> {
        let text = text.trim();
        let fault = |reason| NoServiceUrl { reason };
        let uri = text.parse::<Uri>().map_err(|_| fault("not a URL"))?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return Err(fault("neither http:// nor https:// stands at its beginning"));
        }
        if uri.host().is_none_or(str::is_empty) {
            return Err(fault("it has no host"));
        }
        // `Uri` drops a fragment without a word.
        if text.contains(['?', '#']) {
            return Err(fault("a query or a fragment has no place in it"));
        }
        let mut path = uri.path().split('/').filter(|segment| !segment.is_empty()).collect::<Vec<_>>();
        let service = path.last().and_then(|segment| web_service(segment));
        path.truncate(path.len() - usize::from(service.is_some()));
        if path.ends_with(&COMMON_PATH) {
            path.truncate(path.len() - COMMON_PATH.len());
        }
        let path = path.iter().map(|segment| format!("/{segment}")).collect::<String>();
        let (scheme, host) = (uri.scheme_str().unwrap_or_default(), uri.authority());
        let host = host.map(ToString::to_string).unwrap_or_default();
        Ok(Self { base: format!("{scheme}://{host}{path}"), service })
    }
}

/// The web service that a segment of a path names, in whatever case: paths are typed by hand.
fn web_service(segment: &str) -> Option<WebService> {
    WebService::ALL.iter().copied().find(|service| service.to_string().eq_ignore_ascii_case(segment))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (String, Option<WebService>) {
        let ServiceUrl { base, service } = text.parse().unwrap();
        (base, service)
    }

    #[test]
    fn the_path_of_a_web_service_is_taken_off() {
        let plain = ("http://127.0.0.1:8079".to_owned(), None);
        for same in ["", "/", "/api/v1", "/api/v1/"] {
            assert_eq!(parsed(&format!("http://127.0.0.1:8079{same}")), plain, "{same}");
        }
        for (path, service) in [
            ("/api/v1/serviceD", WebService::NonDevice),
            ("/api/v1/serviced/", WebService::NonDevice),
            ("/serviceS", WebService::SendCommand),
            ("/api/v1/serviceT", WebService::Transform),
        ] {
            let (base, named) = parsed(&format!(" http://127.0.0.1:8079{path}"));
            assert_eq!((base, named), (plain.0.clone(), Some(service)), "{path}");
        }
    }

    #[test]
    fn the_path_of_a_proxy_stays() {
        let (base, service) = parsed("https://dcc.example/inventory/api/v1/serviceD");
        assert_eq!((base.as_str(), service), ("https://dcc.example/inventory", Some(WebService::NonDevice)));
        assert_eq!(parsed("https://[::1]:8079/a/b").0, "https://[::1]:8079/a/b");
    }

    #[test]
    fn anything_else_says_what_is_wanted() {
        for (text, reason) in [
            ("127.0.0.1:8079", "neither http:// nor https:// stands at its beginning"),
            ("localhost", "neither http:// nor https:// stands at its beginning"),
            ("ftp://localhost", "neither http:// nor https:// stands at its beginning"),
            ("http://", "not a URL"),
            ("", "not a URL"),
            ("http://a b", "not a URL"),
            ("http://localhost:8079/?a", "a query or a fragment has no place in it"),
            ("http://localhost:8079/#a", "a query or a fragment has no place in it"),
        ] {
            let fault = text.parse::<ServiceUrl>().unwrap_err().to_string();
            let wanted = "wanted is scheme, host and port, as in `http://127.0.0.1:8079`";
            assert_eq!(fault, format!("{reason}; {wanted}"), "{text}");
        }
    }
}

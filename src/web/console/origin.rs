//! Where a request comes from, and where one may be sent on to.

use actix_web::http::header::{self, HeaderMap};

/// Whether a form was sent by a page of ours, as far as the browser says: by `Sec-Fetch-Site`, else by `Origin`. A program that says
/// neither is no browser, and nobody's session is in it.
pub(super) fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    match (text("origin"), headers.get(header::HOST).and_then(|host| host.to_str().ok())) {
        (None, _) => true,
        (Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host))
        }
        (Some(_), None) => false,
    }
}

/// The path on this listener to go on to after signing in; the first page where the text is anything else, such as another host.
pub(super) fn local_path(text: &str) -> &str {
    let is_path = text.starts_with('/') && !text.starts_with("//");
    // Browsers take `\` for `/`, and pass over tabs and line ends.
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let is_sign_in = text.starts_with("/sign-in") || text.starts_with("/sign-out");
    if is_path && is_plain && !is_sign_in && text.len() <= 2_000 { text } else { "/" }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn only_a_path_of_this_listener_is_gone_on_to() {
        for path in ["/", "/decisions?user=90-B3&code=I0", "/devices/00-DB?after=7", "/a//b"] {
            assert_eq!(local_path(path), path);
        }
        for odd in [
            "",
            "decisions",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/sign-in?to=/",
            "/sign-out",
            "/\u{e9}",
        ] {
            assert_eq!(local_path(odd), "/", "{odd:?}");
        }
    }

    #[test]
    fn a_form_of_another_site_is_told_by_its_headers() {
        let ours = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            is_ours(&headers)
        };
        assert!(
            ours(&[]) && ours(&[("sec-fetch-site", "same-origin")]) && ours(&[("sec-fetch-site", "none")])
        );
        assert!(!ours(&[("sec-fetch-site", "cross-site")]) && !ours(&[("sec-fetch-site", "same-site")]));
        assert!(ours(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]));
        for origin in ["http://127.0.0.1:8079", "null", "http://evil.example"] {
            assert!(!ours(&[("origin", origin), ("host", "127.0.0.1:8080")]), "{origin}");
        }
    }
}

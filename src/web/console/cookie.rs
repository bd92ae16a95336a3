//! The session cookie. Its name has the listener's port: browsers do not tell ports of one host apart.

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderValue},
};

use crate::secret::Secret;

fn name(request: &HttpRequest) -> String {
    format!("smi_session_{}", request.app_config().local_addr().port())
}

/// The session ID of a request.
pub(super) fn session_id(request: &HttpRequest) -> Option<String> {
    let name = name(request);
    let headers = request.headers().get_all(header::COOKIE);
    let mut pairs = headers.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    pairs.find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then(|| value.to_owned())
    })
}

/// The cookie for a new session. No script sees it, no request from another site carries it, and it crosses TLS alone where the
/// listener speaks that.
pub(super) fn opening(request: &HttpRequest, id: &Secret) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{}={}; {}", name(request), id.reveal(), attributes(request))).ok()
}

/// The cookie that removes it.
pub(super) fn closing(request: &HttpRequest) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{}=; Max-Age=0; {}", name(request), attributes(request))).ok()
}

fn attributes(request: &HttpRequest) -> &'static str {
    // By the listener, and not by what a header says of a proxy.
    if request.app_config().secure() {
        "Path=/; HttpOnly; SameSite=Strict; Secure"
    } else {
        "Path=/; HttpOnly; SameSite=Strict"
    }
}

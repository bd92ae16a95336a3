//! The session of a request.

use actix_web::{HttpRequest, web};

use super::cookie;
use crate::service::{App, console::SignedIn};

/// Who is signed in.
pub(super) fn of(request: &HttpRequest) -> Option<SignedIn> {
    let app = request.app_data::<web::Data<App>>()?;
    app.session(&cookie::session_id(request)?)
}

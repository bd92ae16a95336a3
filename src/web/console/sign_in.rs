//! Signing in and out.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::{
    HttpRequest, HttpResponse, ResponseError as _,
    http::{StatusCode, header},
    web,
};
use askama::Template;

use super::{
    cookie,
    form::{Form, TOKEN_FIELD},
    frame::Frame,
    origin,
    page_error::PageError,
    reply, session,
};
use crate::{
    metrics::Gauge,
    secret::Secret,
    service::{
        App,
        console::{ConsoleRole, PersonName, SignedIn, TooManyAttempts},
    },
    web::{
        body::{BodyFault, BufferedBody},
        permits::Permits,
    },
};

/// The address of the page.
pub(super) const PATH: &str = "/sign-in";

/// What stands before the names of fields that are carried through from a form whose session had ended.
const CARRIED: &str = "carried.";

/// How many passwords are hashed at once: each takes a core and 19 MiB.
const MAX_HASHING: usize = 2;

/// The permits for hashing passwords, of all workers together.
#[derive(Clone, Debug)]
pub(in crate::web) struct HashingPermits(Permits);

impl Default for HashingPermits {
    fn default() -> Self {
        Self(Permits::new(MAX_HASHING, Gauge::default()))
    }
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    /// Why signing in failed, or is needed again.
    notice: Option<String>,
    /// Whether the notice is a failure.
    is_failure: bool,
    /// Where to go on to.
    to: String,
    /// The form that is to be sent again.
    carried: Vec<(String, String)>,
    /// Whether there are people with passwords.
    has_users: bool,
    name: String,
}

#[derive(Template)]
#[template(path = "send_again.html")]
struct SendAgainPage {
    frame: Frame,
    to: String,
    carried: Vec<(String, String)>,
}

/// The page, and a sign-in by a link that is good once.
pub(super) async fn show(request: HttpRequest, app: web::Data<App>) -> HttpResponse {
    let query = Form::parse(request.query_string()).unwrap_or_default();
    let link = query.text("link");
    // A HEAD request, as of a program that looks at links, does not use one up.
    if !link.is_empty() && request.method() == actix_web::http::Method::GET {
        return match app.use_sign_in_link(link) {
            Some(name) => opened(&request, &app, name, ConsoleRole::Operator, query.text("to"), Vec::new()),
            None => failed(
                &request,
                StatusCode::FORBIDDEN,
                "This link was used before, or is older than ten minutes.".to_owned(),
                &Form::default(),
            ),
        };
    }
    if session::of(&request).is_some() {
        let to = origin::local_path(query.text("to")).to_owned();
        return HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish();
    }
    reply::html(HttpResponse::Ok(), &page(&request, None, &query))
}

/// The page that asks to sign in again before a form is taken.
pub(super) fn ask_again(request: &HttpRequest, path: &str, form: &Form) -> HttpResponse {
    let fields = form.fields().iter().filter(|(name, _)| name != TOKEN_FIELD);
    let carried = fields.map(|(name, value)| (format!("{CARRIED}{name}"), value.clone())).collect();
    let notice =
        "Your session has ended. Sign in again: what you filled in is kept, and you can send it then.";
    let page = SignInPage {
        to: origin::local_path(path).to_owned(),
        carried,
        ..page(request, Some((notice.to_owned(), false)), &Form::default())
    };
    reply::html(HttpResponse::build(StatusCode::UNAUTHORIZED), &page)
}

/// The page that asks to sign in again before a file is taken. A browser does not keep the file: it is chosen again, on that page.
pub(super) fn ask_for_file_again(request: &HttpRequest, to: &str) -> HttpResponse {
    let notice = "Your session has ended, and the file was not taken. Sign in again, and choose it again.";
    let to = origin::local_path(to).to_owned();
    let page = SignInPage { to, ..page(request, Some((notice.to_owned(), false)), &Form::default()) };
    reply::html(HttpResponse::build(StatusCode::UNAUTHORIZED), &page)
}

/// Takes the sign-in form.
pub(super) async fn submit(
    request: HttpRequest,
    app: web::Data<App>,
    token: web::Data<Secret>,
    permits: web::Data<HashingPermits>,
    body: Result<BufferedBody, BodyFault>,
) -> HttpResponse {
    // There is no session whose token the form could carry: a form of another site is told by its headers.
    if !origin::is_ours(request.headers()) {
        let refused = PageError::forbidden("This form was sent by a page of another site.");
        return reply::error(Frame::of(&request, ""), &refused);
    }
    let form = match body.map(|body| Form::read(&request, &body)) {
        Ok(Ok(form)) => form,
        Ok(Err(refused)) => return reply::error(Frame::of(&request, ""), &refused),
        Err(fault) => return fault.error_response(),
    };
    let address = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    if let Err(braked) = app.attempt_sign_in(address) {
        return too_many(&request, &braked, &form);
    }
    let proven = match (form.exact("token"), form.exact("password")) {
        ("", "") => {
            app.forgive_sign_in(address);
            let reason = "Give your name, and the token or your password.".to_owned();
            return failed(&request, StatusCode::BAD_REQUEST, reason, &form);
        }
        ("", _) => {
            let Ok(permit) = permits.0.try_acquire() else {
                app.forgive_sign_in(address);
                let reason = "Others sign in at this moment. Try again.".to_owned();
                let mut busy = failed(&request, StatusCode::SERVICE_UNAVAILABLE, reason, &form);
                busy.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
                return busy;
            };
            let (app, form) = (app.clone(), form.clone());
            let check = move || {
                let proven = app.check_password(form.text("name"), form.exact("password"));
                // Here and not with the request: the hashing goes on when its client leaves.
                drop(permit);
                proven
            };
            web::block(check).await.ok().flatten()
        }
        (given, _) => {
            let name = form.text("name").parse::<PersonName>();
            match name {
                Ok(name) => token.is(given.trim().as_bytes()).then_some((name, ConsoleRole::Operator)),
                Err(reason) => {
                    app.forgive_sign_in(address);
                    return failed(&request, StatusCode::BAD_REQUEST, reason.to_string(), &form);
                }
            }
        }
    };
    let Some((name, role)) = proven else {
        tracing::warn!(%address, "sign-in at the console failed");
        let reason = "That is not right. Check your name, and the token or password.".to_owned();
        return failed(&request, StatusCode::FORBIDDEN, reason, &form);
    };
    app.forgive_sign_in(address);
    opened(&request, &app, name, role, form.text("to"), form.behind(CARRIED))
}

/// Opens a session and goes on: to the page that was wanted, or to the form that is to be sent again.
fn opened(
    request: &HttpRequest,
    app: &App,
    name: PersonName,
    role: ConsoleRole,
    to: &str,
    carried: Vec<(String, String)>,
) -> HttpResponse {
    // The session before it is over: its ID must not stay good.
    if let Some(before) = cookie::session_id(request) {
        app.end_session(&before);
    }
    let opened = app.open_session(name, role).ok().and_then(|id| {
        let signed_in = app.session(id.reveal())?;
        Some((cookie::opening(request, &id)?, signed_in))
    });
    let Some((cookie, signed_in)) = opened else {
        return HttpResponse::InternalServerError().finish();
    };
    let to = origin::local_path(to).to_owned();
    let mut response = if carried.is_empty() {
        HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
    } else {
        let frame = Frame::for_person(request, "Send again", signed_in);
        reply::html(HttpResponse::Ok(), &SendAgainPage { frame, to, carried })
    };
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    response
}

/// Ends the session.
pub(super) async fn end(
    request: HttpRequest,
    app: web::Data<App>,
    _: web::ReqData<SignedIn>,
) -> HttpResponse {
    if let Some(id) = cookie::session_id(&request) {
        app.end_session(&id);
    }
    let mut response = HttpResponse::SeeOther().insert_header((header::LOCATION, PATH)).finish();
    if let Some(cookie) = cookie::closing(&request) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

fn too_many(request: &HttpRequest, braked: &TooManyAttempts, form: &Form) -> HttpResponse {
    let mut response = failed(request, StatusCode::TOO_MANY_REQUESTS, format!("There were {braked}."), form);
    response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(braked.retry_after));
    response
}

fn failed(request: &HttpRequest, status: StatusCode, reason: String, form: &Form) -> HttpResponse {
    reply::html(HttpResponse::build(status), &page(request, Some((reason, true)), form))
}

/// The page with what was filled in before, but for the token and the password.
fn page(request: &HttpRequest, notice: Option<(String, bool)>, form: &Form) -> SignInPage {
    let has_users =
        request.app_data::<web::Data<App>>().is_some_and(|app| !app.choices().console_users.is_empty());
    let carried = form.fields().iter().filter(|(name, _)| name.starts_with(CARRIED));
    let (notice, is_failure) =
        notice.map_or((None, false), |(notice, is_failure)| (Some(notice), is_failure));
    SignInPage {
        frame: Frame::of(request, "Sign in"),
        notice,
        is_failure,
        to: origin::local_path(form.text("to")).to_owned(),
        carried: carried.cloned().collect(),
        has_users,
        name: form.text("name").chars().take(64).collect(),
    }
}

//! The guard before every page: who is signed in, and whether a form may be taken.

use actix_web::{
    Error, HttpMessage as _, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{ConnectionType, Method, header},
    middleware::Next,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    audit,
    form::{Form, TOKEN_FIELD},
    frame::Frame,
    import, multipart, order_request, orders, origin,
    page_error::PageError,
    privacy, reply, session, sign_in, what_if,
};
use crate::{
    service::console::{ConsoleRole, SignedIn},
    web::{body::BufferedBody, manage},
};

/// The form that ends a session.
pub(super) const SIGN_OUT: &str = "/sign-out";
/// The forms that a reader may send: they change nothing.
const OF_READERS: [&str; 4] = [SIGN_OUT, what_if::MESSAGE, audit::VERIFY, privacy::COUNT];

/// Middleware that lets a request through if it has a session and, where it sends a form, the role and the token for it. Handlers get
/// [`SignedIn`] and the [`Form`] from here: none can forget a check.
pub(super) async fn admit(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match checked(&mut request).await {
        Ok(()) => Ok(next.call(request).await?.map_into_boxed_body()),
        Err(answer) => Ok(request.into_response(answer)),
    }
}

async fn checked(request: &mut ServiceRequest) -> Result<(), HttpResponse> {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let signed_in = session::of(request.request());
    if let Some(signed_in) = &signed_in {
        request.extensions_mut().insert(signed_in.clone());
    }
    let signed_in = match signed_in {
        Some(_) if is_read => return Ok(()),
        // A program with the token took a wrong path.
        None if request.headers().contains_key(header::AUTHORIZATION) => {
            return Err(manage::no_such_path().await);
        }
        None if is_read => return Err(to_sign_in(request)),
        known => known,
    };
    let frame = Frame::of(request.request(), "Refused");
    let refuse = |error: PageError| reply::error(frame.clone(), &error);
    if !origin::is_ours(request.headers()) {
        return Err(refuse(PageError::forbidden("This form was sent by a page of another site.")));
    }
    let body = request.extract::<BufferedBody>().await.map_err(|fault| {
        let mut answer = refuse(PageError::of_body(&fault));
        // The rest of the body is still on its way.
        answer.head_mut().set_connection_type(ConnectionType::Close);
        answer
    })?;
    let is_upload = is_upload(request.path());
    let (form, file) = if is_upload {
        multipart::read(request.request(), body).await.map_err(refuse)?
    } else {
        (Form::read(request.request(), &body).map_err(refuse)?, None)
    };
    let Some(SignedIn { role, form_token, .. }) = signed_in else {
        // The session ended while the form was filled in. What was filled in goes through the sign-in page, but for a file.
        if is_upload {
            return Err(sign_in::ask_for_file_again(
                request.request(),
                &page_of_upload(request.path(), &form),
            ));
        }
        let path = request.path().to_owned();
        return Err(sign_in::ask_again(request.request(), &path, &form));
    };
    let frame = Frame::of(request.request(), "Refused");
    if role == ConsoleRole::Reader && !OF_READERS.contains(&request.path()) {
        let reason = "You are signed in as a reader, who sees everything and changes nothing.";
        return Err(reply::error(frame, &PageError::forbidden(reason)));
    }
    if !form_token.is(form.exact(TOKEN_FIELD).as_bytes()) {
        let reason = "The form does not carry the token of your session. Go back, load the page again, and send it from there.";
        return Err(reply::error(frame, &PageError::forbidden(reason)));
    }
    request.extensions_mut().insert(form);
    // Last, so that nobody's file is copied who may not send one.
    if let Some(file) = file {
        let file = file.read(request.request()).await.map_err(refuse)?;
        request.extensions_mut().insert(file);
    }
    Ok(())
}

/// Whether a form with a file is sent to that path.
fn is_upload(path: &str) -> bool {
    [import::UPLOAD, order_request::UPLOAD].contains(&path) || order_of_upload(path).is_some()
}

/// The page of the order that a file of its site is sent to.
fn order_of_upload(path: &str) -> Option<&str> {
    let order = ["/received", "/outcomes"].iter().find_map(|end| path.strip_suffix(end))?;
    let number = order.strip_prefix(orders::PATH)?.strip_prefix('/')?;
    (!number.contains('/')).then_some(order)
}

/// The page on which the file of such a form is chosen again.
fn page_of_upload(path: &str, form: &Form) -> String {
    match order_of_upload(path) {
        Some(order) => order.to_owned(),
        None if path == order_request::UPLOAD => order_request::address_with(form),
        None => import::address_with(form),
    }
}

/// Sends a request without a session to the sign-in page, which remembers where it wanted to go.
fn to_sign_in(request: &ServiceRequest) -> HttpResponse {
    let wanted = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let wanted = origin::local_path(wanted);
    let place = match wanted {
        "/" => "/sign-in".to_owned(),
        wanted => format!("/sign-in?to={}", utf8_percent_encode(wanted, NON_ALPHANUMERIC)),
    };
    HttpResponse::SeeOther().insert_header((header::LOCATION, place)).finish()
}

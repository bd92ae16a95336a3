//! Forms that bring a file (RFC 7578).

use std::{
    future::poll_fn,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::{HttpRequest, body::BodyStream, error::PayloadError, web::Bytes};
use futures_core::Stream;

use super::{
    form::Form,
    page_error::{PageError, PageResult},
};
use crate::web::body::{BufferedBody, copy_part};

/// The field that carries the file. It stands behind the others, so that it is read after the form was admitted.
pub(super) const FILE_FIELD: &str = "file";
/// The most fields before the file, and the most bytes of each.
const MAX_FIELDS: usize = 16;
const MAX_FIELD: usize = 1_024;

/// A file that was sent with a form.
#[derive(Clone, Debug)]
pub(super) struct SentFile {
    /// Its name, as the browser gives it.
    pub(super) name: String,
    pub(super) content: Arc<BufferedBody>,
}

/// The file of a form that is not read yet. The parser gives a part out as long as it lives itself.
pub(super) struct UnreadFile {
    part: Field,
    parser: Multipart,
}

/// Reads the fields of a form that stand before its file.
pub(super) async fn read(
    request: &HttpRequest,
    body: BufferedBody,
) -> PageResult<(Form, Option<UnreadFile>)> {
    let mut parts = Multipart::new(request.headers(), Whole(Some(Bytes::from_owner(body))));
    let mut fields = Vec::new();
    while let Some(part) = poll_fn(|context| Pin::new(&mut parts).poll_next(context)).await {
        let mut part = part.map_err(broken)?;
        let name = part.name().unwrap_or_default().to_owned();
        if name == FILE_FIELD {
            return Ok((Form::of(fields), Some(UnreadFile { part, parser: parts })));
        }
        let is_full = fields.len() == MAX_FIELDS;
        let value = part.bytes(MAX_FIELD).await.ok().filter(|_| !is_full);
        let value = value.ok_or_else(|| {
            PageError::bad_form(&format!(
                "has more than {MAX_FIELDS} fields, or one of more than {MAX_FIELD} bytes"
            ))
        })?;
        let value = String::from_utf8(value.map_err(broken)?.to_vec());
        fields.push((name, value.map_err(|_| PageError::bad_form("is not UTF-8"))?));
    }
    Ok((Form::of(fields), None))
}

impl UnreadFile {
    pub(super) async fn read(self, request: &HttpRequest) -> PageResult<SentFile> {
        let Self { part, parser } = self;
        let name = part.content_disposition().and_then(|disposition| disposition.get_filename());
        // Some browsers give a path.
        let name = name.and_then(|name| name.rsplit(['/', '\\']).next()).unwrap_or_default().to_owned();
        let content = copy_part(request, BodyStream::new(part)).await;
        let content = content.map_err(|fault| PageError::of_body(&fault))?;
        drop(parser);
        Ok(SentFile { name, content: Arc::new(content) })
    }
}

fn broken(fault: MultipartError) -> PageError {
    let is_other_type = matches!(
        fault,
        MultipartError::ContentTypeMissing
            | MultipartError::ContentTypeParse
            | MultipartError::ContentTypeIncompatible
    );
    if is_other_type {
        return PageError::media_type("multipart/form-data");
    }
    PageError::bad_form(&format!("cannot be read: {fault}"))
}

/// A body that is there, as the stream that the parser takes.
struct Whole(Option<Bytes>);

impl Stream for Whole {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(Ok))
    }
}

//! A notice as a mail file, written whole or not at all.

use std::{
    io::{self, Write as _},
    path::Path,
};

use mail_builder::{
    MessageBuilder,
    headers::content_type::ContentType,
    mime::{BodyPart, MimePart},
};

use super::whole_file::WholeFile;
use crate::{
    domain::{MailAddress, parse_instant},
    hash::Hasher,
    web::{ShownNotice, ShownRecipient},
};

/// The mail of a notice to one recipient, as RFC 5322 says. It is the same, byte for byte, whenever it is made with the same calendar, and
/// its Message-ID always: a mail system that is given a file twice can see it. A calendar (RFC 5545) is attached, so that a mail program
/// takes its events up.
///
/// # Errors
/// When the notice cannot be written as a mail.
pub fn mail(
    notice: &ShownNotice,
    (number, recipient): (usize, &ShownRecipient),
    from: &MailAddress,
    calendar: Option<&str>,
) -> io::Result<Vec<u8>> {
    let to = recipient.address.as_deref().unwrap_or_default();
    let at = parse_instant(&notice.created_at).map_err(io::Error::other)?;
    let host = from.as_str().rsplit('@').next().unwrap_or_default();
    let id = format!("{}-{number}.{}@{host}", notice.id, at.as_millisecond());
    let message = MessageBuilder::new()
        .from(from.as_str())
        .to((recipient.name.as_str(), to))
        .subject(notice.subject.as_str())
        .date(at.as_second())
        .message_id(id.as_str())
        // RFC 3834: no answering machine answers it.
        .header("Auto-Submitted", mail_builder::headers::raw::Raw::new("auto-generated"));
    let body = match calendar {
        None => message.text_body(notice.text.as_str()),
        Some(calendar) => message.body(with_calendar(&notice.text, calendar, &id)),
    };
    body.write_to_vec()
}

/// A text with a calendar beside it. What parts them is made from both, so that neither can contain it.
fn with_calendar<'x>(text: &'x str, calendar: &'x str, id: &str) -> MimePart<'x> {
    let mut hasher = Hasher::of("mail");
    [text, calendar, id].into_iter().for_each(|part| hasher.bytes(part.as_bytes()));
    let boundary = hasher.finish().to_string();
    let method =
        ContentType::new("text/calendar").attribute("method", "PUBLISH").attribute("charset", "utf-8");
    // Encoded: the lines of a calendar end with CR LF, whatever a mail system does to those of a text.
    let attached = MimePart::new(method, calendar.as_bytes()).attachment("maintenance.ics");
    let parts = vec![MimePart::new("text/plain", text), attached];
    MimePart::new(
        ContentType::new("multipart/mixed").attribute("boundary", boundary),
        BodyPart::Multipart(parts),
    )
}

/// Writes a file beside its place and moves it there, so that who watches the folder never sees half of one.
///
/// # Errors
/// When the folder cannot be written to.
pub fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut file = WholeFile::create(&folder.join(name))?;
    file.write_all(bytes)?;
    file.keep()
}

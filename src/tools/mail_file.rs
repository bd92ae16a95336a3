//! A notice as a mail file, written whole or not at all.

use std::{
    fs::File,
    io::{self, Write as _},
    path::Path,
};

use mail_builder::MessageBuilder;

use crate::{
    domain::{MailAddress, parse_instant},
    web::{ShownNotice, ShownRecipient},
};

/// The mail of a notice to one recipient, as RFC 5322 says. It is the same, byte for byte, whenever it is made, and so is its
/// Message-ID: a mail system that is given a file twice can see it.
///
/// # Errors
/// When the notice cannot be written as a mail.
pub fn mail(
    notice: &ShownNotice,
    (number, recipient): (usize, &ShownRecipient),
    from: &MailAddress,
) -> io::Result<Vec<u8>> {
    let to = recipient.address.as_deref().unwrap_or_default();
    let at = parse_instant(&notice.created_at).map_err(io::Error::other)?;
    let host = from.as_str().rsplit('@').next().unwrap_or_default();
    let id = format!("{}-{number}.{}@{host}", notice.id, at.as_millisecond());
    MessageBuilder::new()
        .from(from.as_str())
        .to((recipient.name.as_str(), to))
        .subject(notice.subject.as_str())
        .date(at.as_second())
        .message_id(id)
        // RFC 3834: no answering machine answers it.
        .header("Auto-Submitted", mail_builder::headers::raw::Raw::new("auto-generated"))
        .text_body(notice.text.as_str())
        .write_to_vec()
}

/// Writes a file beside its place and moves it there, so that who watches the folder never sees half of one.
///
/// # Errors
/// When the folder cannot be written to.
pub fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let aside = folder.join(format!(".{name}.{}", std::process::id()));
    let written = File::create(&aside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let moved = written.and_then(|()| std::fs::rename(&aside, folder.join(name)));
    if moved.is_err() {
        // What is left of it is of no use; that it cannot be removed is no other fault.
        drop(std::fs::remove_file(&aside));
    }
    moved
}

//! Notices: who is told what, how and when. They are kept for ever, listed, and written as mail; nothing is sent from here (SERVICE.md
//! 3.5, HUBS.md 4).

use super::{Eui64, Timestamp, checked_text::checked_text, closed_set};

closed_set!(
    /// Whom a notice is for.
    Audience, "an audience", {
        Party => "Party",
        RegistrationDataProvider => "RegistrationDataProvider",
        Tabasc => "TABASC",
        ServiceProvider => "ServiceProvider",
        Panel => "Panel",
        ServiceDesk => "ServiceDesk",
    }
);

closed_set!(
    /// How a recipient of a notice is told.
    NoticeChannel, "a channel of notices", {
        // By a mail file that `smi notices spool` writes.
        Mail => "mail",
        // By the lists that the recipient reads.
        Feed => "feed",
        // By a person or another program, who says so then.
        Hand => "hand",
        // There is nobody to tell.
        Nobody => "none",
    }
);

/// What a notice tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its kind.
    pub kind: NoticeKind,
    /// Its subject.
    pub subject: NoticeSubject,
    /// Its text.
    pub text: String,
    /// What it is about: the number of an order, the reference of a window.
    pub about: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// Who is told, in the order of audiences and names. Each name stands once in an audience.
    pub recipients: Vec<Recipient>,
}

/// Who is told by a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// The audience that the recipient belongs to.
    pub audience: Audience,
    /// The name.
    pub name: RecipientName,
    /// The User, where the recipient is one.
    pub user: Option<Eui64>,
    /// The mail address, if there is one.
    pub address: Option<MailAddress>,
    /// How the recipient is told, or was told.
    pub channel: NoticeChannel,
    /// When.
    pub told_at: Option<Timestamp>,
}

impl Recipient {
    /// A recipient who is not told yet: by mail where there is an address, else by the lists.
    pub fn new(audience: Audience, name: RecipientName, address: Option<MailAddress>) -> Self {
        let channel = if address.is_some() { NoticeChannel::Mail } else { NoticeChannel::Feed };
        Self { audience, name, user: None, address, channel, told_at: None }
    }
}

checked_text!(
    /// The kind of a notice: its area and what happened there.
    NoticeKind,
    "a kind of notices like `reflash.authorised`",
    is_kind
);
checked_text!(
    /// The subject of a notice: one line, as it becomes a line of a mail's head.
    NoticeSubject,
    "a subject: 1 to 200 characters in one line",
    |text| is_line(text, 200)
);
checked_text!(
    /// The name of a recipient.
    RecipientName,
    "a name: 1 to 100 characters in one line",
    |text| is_line(text, 100)
);
checked_text!(
    /// A mail address, without a name beside it.
    MailAddress,
    "a mail address like `stock@supplier.example`",
    is_address
);

/// The sender of mails where none is set: a name that no mail system delivers from.
impl Default for MailAddress {
    fn default() -> Self {
        Self("smi@example.invalid".to_owned())
    }
}

fn is_kind(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty() && word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')
    };
    text.len() <= 60 && text.split_once('.').is_some_and(|(area, name)| is_word(area) && is_word(name))
}

fn is_line(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

/// Strict: what stands in the head of a mail must neither end its line nor be read as two addresses.
fn is_address(text: &str) -> bool {
    let is_part = |part: &str, more: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with('.')
            && part.chars().all(|letter| letter.is_ascii_alphanumeric() || more.contains(letter))
    };
    text.len() <= 254
        && text
            .split_once('@')
            .is_some_and(|(local, host)| is_part(local, ".!#$%&'*+-/=?^_`{|}~") && is_part(host, ".-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_the_head_of_a_mail_is_one_line_and_one_address() {
        for good in ["a@b", "stock+1@supplier.example", "o'hara@x-y.example"] {
            assert!(good.parse::<MailAddress>().is_ok(), "{good}");
        }
        let long = format!("{}@b.example", "a".repeat(250));
        for bad in [
            "",
            "a",
            "@b",
            "a@",
            "a@b@c",
            "a@b,c@d",
            "a b@c",
            "a@b\r\nBcc: c@d",
            "<a@b>",
            ".a@b",
            "é@b",
            &long,
        ] {
            assert!(bad.parse::<MailAddress>().is_err(), "{bad}");
        }
        for bad in ["", "a\r\nBcc: c@d", "a\u{0}", &"x".repeat(201)] {
            assert!(bad.parse::<NoticeSubject>().is_err(), "{bad}");
        }
        for (kind, is_valid) in [
            ("reflash.late_refused", true),
            ("reflash", false),
            (".x", false),
            ("A.b", false),
            ("a.b.c", false),
        ] {
            assert_eq!(kind.parse::<NoticeKind>().is_ok(), is_valid, "{kind}");
        }
    }
}

//! The tables of notices and of their recipients.

use diesel::prelude::*;

use crate::{
    db::{Connection, StoreFault, insert_rows},
    domain::{Notice, Recipient, instant_text},
    store::{
        last_id::last_id,
        stored::{Table, text},
        table::stored_table,
    },
};

stored_table! {
    notices (id) {
        id -> BigInt,
        kind -> Text,
        subject -> Text,
        text -> Text,
        about -> Text,
        created_at -> Text,
    }
}

stored_table! {
    notice_recipients (notice_id, audience, name) {
        notice_id -> BigInt,
        audience -> Text,
        name -> Text,
        user_id -> Nullable<Text>,
        address -> Nullable<Text>,
        channel -> Text,
        told_at -> Nullable<Text>,
    }
}

const TABLE: Table = Table("notices");
const RECIPIENTS: Table = Table("notice_recipients");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = notices)]
pub(super) struct NoticeRow {
    kind: String,
    subject: String,
    text: String,
    about: String,
    created_at: String,
}

impl NoticeRow {
    /// The notice, with those recipients.
    pub(super) fn with(self, recipients: Vec<Recipient>) -> Result<Notice, StoreFault> {
        Ok(Notice {
            kind: TABLE.value("kind", &self.kind)?,
            subject: TABLE.value("subject", &self.subject)?,
            text: self.text,
            about: self.about,
            created_at: TABLE.instant("created_at", &self.created_at)?,
            recipients,
        })
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = notice_recipients, treat_none_as_default_value = false)]
pub(super) struct RecipientRow {
    pub(super) notice_id: i64,
    audience: String,
    name: String,
    user_id: Option<String>,
    address: Option<String>,
    channel: String,
    told_at: Option<String>,
}

impl RecipientRow {
    fn new(notice_id: i64, recipient: &Recipient) -> Self {
        let Recipient { audience, name, user, address, channel, told_at } = recipient;
        Self {
            notice_id,
            audience: audience.to_string(),
            name: name.to_string(),
            user_id: text(user.as_ref()),
            address: text(address.as_ref()),
            channel: channel.to_string(),
            told_at: told_at.map(instant_text),
        }
    }
}

impl TryFrom<RecipientRow> for Recipient {
    type Error = StoreFault;

    fn try_from(row: RecipientRow) -> Result<Self, StoreFault> {
        let told_at = row.told_at.map(|at| RECIPIENTS.instant("told_at", &at)).transpose()?;
        Ok(Self {
            audience: RECIPIENTS.value("audience", &row.audience)?,
            name: RECIPIENTS.value("name", &row.name)?,
            user: RECIPIENTS.optional("user_id", row.user_id.as_deref())?,
            address: RECIPIENTS.optional("address", row.address.as_deref())?,
            channel: RECIPIENTS.value("channel", &row.channel)?,
            told_at,
        })
    }
}

/// Inserts a notice with its recipients; returns its number.
///
/// # Errors
/// When the database fails, or a recipient stands twice in an audience.
pub fn record(connection: &mut Connection, notice: &Notice) -> Result<i64, StoreFault> {
    let row = NoticeRow {
        kind: notice.kind.to_string(),
        subject: notice.subject.to_string(),
        text: notice.text.clone(),
        about: notice.about.clone(),
        created_at: instant_text(notice.created_at),
    };
    diesel::insert_into(notices::table).values(row).execute(connection)?;
    let id = last_id(connection)?;
    let recipients = notice.recipients.iter().map(|recipient| RecipientRow::new(id, recipient));
    insert_rows!(connection, notice_recipients::table, recipients.collect::<Vec<_>>())?;
    Ok(id)
}

//! Contacts: rows and named queries.

use diesel::prelude::*;

use crate::{
    db::{Connection, StoreFault, insert_rows},
    domain::{Audience, Contact, Eui64, Recipient},
    rules::recipients::{recipients, recipients_of_user},
    store::{
        device::BATCH,
        stored::{Table, text},
        table::stored_table,
        user,
    },
};

stored_table! {
    contacts (audience, name) {
        audience -> Text,
        name -> Text,
        user_id -> Nullable<Text>,
        mail -> Nullable<Text>,
    }
}

const TABLE: Table = Table("contacts");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = contacts, treat_none_as_default_value = false)]
struct ContactRow {
    audience: String,
    name: String,
    user_id: Option<String>,
    mail: Option<String>,
}

impl From<&Contact> for ContactRow {
    fn from(contact: &Contact) -> Self {
        let Contact { audience, name, user, mail } = contact;
        Self {
            audience: audience.to_string(),
            name: name.to_string(),
            user_id: text(user.as_ref()),
            mail: text(mail.as_ref()),
        }
    }
}

impl TryFrom<ContactRow> for Contact {
    type Error = StoreFault;

    fn try_from(row: ContactRow) -> Result<Self, StoreFault> {
        Ok(Self {
            audience: TABLE.value("audience", &row.audience)?,
            name: TABLE.value("name", &row.name)?,
            user: TABLE.optional("user_id", row.user_id.as_deref())?,
            mail: TABLE.optional("mail", row.mail.as_deref())?,
        })
    }
}

/// Loads every contact, in the order of audiences and names.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn all(connection: &mut Connection) -> Result<Vec<Contact>, StoreFault> {
    let rows = contacts::table
        .order((contacts::audience, contacts::name))
        .select(ContactRow::as_select())
        .load(connection)?;
    rows.into_iter().map(Contact::try_from).collect()
}

/// The recipients of a notice to these audiences, as [`recipients`] finds them.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn notice_recipients_of(
    connection: &mut Connection,
    audiences: &[Audience],
) -> Result<Vec<Recipient>, StoreFault> {
    let users = if audiences.contains(&Audience::Party) { user::all(connection)? } else { Vec::new() };
    Ok(recipients(audiences, &all(connection)?, &users))
}

/// The recipients of a notice to one User, as [`recipients_of_user`] finds them. None where there is no such User.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn notice_recipients_of_user(
    connection: &mut Connection,
    id: Eui64,
) -> Result<Vec<Recipient>, StoreFault> {
    let found = user::find(connection, id)?;
    let contacts = all(connection)?;
    Ok(found.map(|user| recipients_of_user(&user, &contacts)).unwrap_or_default())
}

/// Puts another list in the place of all contacts.
pub(super) fn replace(connection: &mut Connection, values: &[Contact]) -> Result<(), StoreFault> {
    diesel::delete(contacts::table).execute(connection)?;
    for batch in values.chunks(BATCH) {
        let rows = batch.iter().map(ContactRow::from).collect::<Vec<_>>();
        insert_rows!(connection, contacts::table, rows)?;
    }
    Ok(())
}

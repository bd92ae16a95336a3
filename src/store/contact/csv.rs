//! contacts.csv: an import takes the place of the whole list.

use std::{collections::BTreeSet, io::Write};

use serde::{Deserialize, Serialize};

use super::rows;
use crate::{
    db::{Connection, StoreFault},
    domain::{Contact, Now},
    store::{
        csv::{
            Changes, Consequences, CsvKind, ExportFault, Faults, Fields, Import, Line, Sheet, WriteSheet,
            cells, import_whole, refuse_duplicates, write,
        },
        stored::text,
        user,
    },
};

/// One line of contacts.csv.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::store) struct ContactLine {
    audience: String,
    name: String,
    user_id: String,
    mail: String,
}

impl From<&Contact> for ContactLine {
    fn from(contact: &Contact) -> Self {
        Self {
            audience: contact.audience.to_string(),
            name: contact.name.to_string(),
            user_id: text(contact.user.as_ref()).unwrap_or_default(),
            mail: text(contact.mail.as_ref()).unwrap_or_default(),
        }
    }
}

impl Sheet for ContactLine {
    const COLUMNS: &'static [&'static str] = &["audience", "name", "user_id", "mail"];
    const REQUIRED: &'static [&'static str] = &["audience", "name"];
    type Value = Contact;

    fn read(&self, fields: &mut Fields<'_>) -> Option<Contact> {
        let audience = fields.required("audience", &self.audience);
        let name = fields.required("name", &self.name);
        let user = fields.optional("user_id", &self.user_id);
        let mail = fields.optional("mail", &self.mail);
        Some(Contact { audience: audience?, name: name?, user: user?, mail: mail? })
    }

    fn compare(lines: &[Line<Contact>], faults: &mut Faults) {
        refuse_duplicates(lines, faults, "name", |one| {
            Some(((one.audience, one.name.clone()), format!("{}, {}", one.audience, one.name)))
        });
    }
}

impl CsvKind for ContactLine {
    const IMPORT: Import = import_whole::<Self>;

    fn export(connection: &mut Connection, to: &mut dyn Write) -> Result<usize, ExportFault> {
        write::<Self, _>(&rows::all(connection)?, to)
    }
}

impl WriteSheet for ContactLine {
    const REPLACES_ALL: bool = true;

    /// A contact that names a User that is not known would make nobody reached.
    fn compare_with_stored(
        connection: &mut Connection,
        lines: &[Line<Contact>],
        faults: &mut Faults,
    ) -> Result<(), StoreFault> {
        let named = lines.iter().filter_map(|line| line.value.user).collect::<BTreeSet<_>>();
        let users = user::find_all(connection, &named)?;
        for Line { number, value } in lines {
            let unknown = value.user.filter(|id| !matches!(users.get(id), Some(Some(_))));
            if let Some(id) = unknown {
                let reason = format!("`{id}` is no User that is known");
                faults.in_value(*number, "user_id", &id.to_string(), reason);
            }
        }
        Ok(())
    }

    fn changes(connection: &mut Connection, values: &[Contact]) -> Result<Changes, StoreFault> {
        let before = rows::all(connection)?;
        let key = |contact: &Contact| format!("{}, {}", contact.audience, contact.name);
        Ok(Changes::between(&before, values, key, Self::COLUMNS, |value| cells(&Self::from(value))))
    }

    fn write(connection: &mut Connection, values: &[Contact], _now: Now) -> Result<Consequences, StoreFault> {
        rows::replace(connection, values).map(|()| Consequences::default())
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::{Audience, NoticeChannel},
        store::{
            Kind,
            contact::{notice_recipients_of, notice_recipients_of_user},
            testing::{TempStore, user_id},
        },
    };

    /// SERVICE.md 5.3: the whole list is replaced, and nothing of a file with faults is kept.
    #[test]
    fn contacts_are_one_list_and_a_bad_file_changes_nothing() {
        let temp = TempStore::with_fixtures();
        let before = temp.dump(Kind::Contacts);
        let bad = "audience,name,user_id,mail\n\
            Parties,Alder,,\n\
            Party,,,\n\
            Party,Elm,90-B3-D5-1F-30-99-00-00,\n\
            Party,Elm,,elm.example\n\
            TABASC,Elm,,\n\
            Party,Fir,,\n\
            Party,Fir,,fir@example.org\n";
        insta::assert_snapshot!(temp.load(Kind::Contacts, bad).unwrap_err(), @"
        line 2, column `audience`: `Parties` is not an audience: one of Party, RegistrationDataProvider, TABASC, ServiceProvider, Panel, ServiceDesk
        line 3, column `name`: empty, but must be a name: 1 to 100 characters in one line
        line 4, column `user_id`: `90-B3-D5-1F-30-99-00-00` is no User that is known
        line 5, column `mail`: `elm.example` is not a mail address like `stock@supplier.example`
        line 8, column `name`: `Party, Fir` is on line 7 too
        ");
        let unknown = "audience,name,user_id\nParty,Elm,90-B3-D5-1F-30-99-00-00\n";
        insta::assert_snapshot!(temp.load(Kind::Contacts, unknown).unwrap_err(), @"line 2, column `user_id`: `90-B3-D5-1F-30-99-00-00` is no User that is known");
        assert_eq!(temp.dump(Kind::Contacts), before);
        let one = "audience,name,user_id,mail\nPanel,Secretary,,panel@sec.example\n";
        temp.load(Kind::Contacts, one).unwrap();
        assert_eq!(temp.dump(Kind::Contacts), one);
    }

    /// SERVICE.md 3.5: contacts, and the Active Users that none of them names.
    #[test]
    fn recipients_are_those_of_the_stored_contacts_and_users() {
        let temp = TempStore::with_fixtures();
        let told = |audiences: &'static [Audience]| {
            let found = temp.store.read(|connection| notice_recipients_of(connection, audiences)).unwrap();
            let told = found.into_iter().map(|one| (one.name.to_string(), one.channel));
            told.collect::<Vec<_>>()
        };
        let expected = [
            ("Alder service management", NoticeChannel::Mail),
            ("Birch Networks (invented)", NoticeChannel::Nobody),
            ("Cedar operations", NoticeChannel::Feed),
            ("Damson Analytics (invented)", NoticeChannel::Nobody),
            ("TABASC secretary", NoticeChannel::Mail),
        ];
        let expected = expected.map(|(name, channel)| (name.to_owned(), channel));
        assert_eq!(told(&[Audience::Tabasc, Audience::Party]), expected);
        assert_eq!(told(&[Audience::Panel]), [("Panel".to_owned(), NoticeChannel::Nobody)]);
        let of = |last| {
            let found = temp.store.read(|connection| notice_recipients_of_user(connection, user_id(last)));
            found.unwrap().into_iter().map(|one| (one.name.to_string(), one.channel)).collect::<Vec<_>>()
        };
        assert_eq!(of(3), [("Cedar operations".to_owned(), NoticeChannel::Feed)]);
        assert_eq!(of(2), [("Birch Networks (invented)".to_owned(), NoticeChannel::Nobody)]);
        assert!(of(9).is_empty());
    }
}

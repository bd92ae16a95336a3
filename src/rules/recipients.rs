//! Who is told by a notice: the contacts of its audiences, and who cannot be told (SERVICE.md 3.5; MP092-R15).

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{Audience, Contact, Eui64, NoticeChannel, Recipient, RecipientName, User, UserStatus};

/// The recipients of a notice to these audiences, in the order of audiences and names: their contacts, by mail or by the lists. An
/// Active User that no contact of the Parties names is a Party that nobody tells, and so is an audience without contacts: each has a
/// record with the channel `none`, so that it is seen (SERVICE.md 3.5).
pub fn recipients(audiences: &[Audience], contacts: &[Contact], users: &[User]) -> Vec<Recipient> {
    let audiences = audiences.iter().copied().collect::<BTreeSet<_>>();
    audiences.into_iter().flat_map(|audience| of_audience(audience, contacts, users)).collect()
}

/// The recipients of a notice to one User: the contacts of the Parties that name it, else a record that nobody tells it.
pub fn recipients_of_user(user: &User, contacts: &[Contact]) -> Vec<Recipient> {
    let parties = contacts.iter().filter(|one| one.audience == Audience::Party);
    let told = parties.filter(|one| one.user == Some(user.id)).map(recipient).collect::<Vec<_>>();
    if told.is_empty() { without_contact(&[user], contacts) } else { told }
}

fn of_audience(audience: Audience, contacts: &[Contact], users: &[User]) -> Vec<Recipient> {
    let mut told = contacts.iter().filter(|one| one.audience == audience).map(recipient).collect::<Vec<_>>();
    if audience == Audience::Party {
        let reached = told.iter().filter_map(|one| one.user).collect::<BTreeSet<_>>();
        let is_unreached = |user: &&User| user.status == UserStatus::Active && !reached.contains(&user.id);
        told.extend(without_contact(&users.iter().filter(is_unreached).collect::<Vec<_>>(), contacts));
    }
    if told.is_empty() {
        told.extend(nobody(audience, audience.as_str(), None));
    }
    told.sort_by(|left, right| left.name.cmp(&right.name));
    told
}

fn recipient(contact: &Contact) -> Recipient {
    let Contact { audience, name, user, mail } = contact.clone();
    Recipient { user, ..Recipient::new(audience, name, mail) }
}

/// Users that no contact names: each by the name of its Party where no other recipient has that name, else by its ID.
fn without_contact(users: &[&User], contacts: &[Contact]) -> Vec<Recipient> {
    let parties = contacts.iter().filter(|one| one.audience == Audience::Party);
    let mut names = BTreeMap::<&str, usize>::new();
    for name in parties.map(|one| one.name.as_str()).chain(users.iter().map(|user| user.party_name.as_str()))
    {
        *names.entry(name).or_default() += 1;
    }
    let record = |user: &&User| {
        let name = Some(user.party_name.as_str()).filter(|name| names.get(name) == Some(&1));
        let by_name = name.and_then(|name| nobody(Audience::Party, name, Some(user.id)));
        by_name.or_else(|| nobody(Audience::Party, &user.id.to_string(), Some(user.id)))
    };
    users.iter().filter_map(record).collect()
}

/// A record that nobody can be told. None where the name is none of a recipient.
fn nobody(audience: Audience, name: &str, user: Option<Eui64>) -> Option<Recipient> {
    let name = name.parse::<RecipientName>().ok()?;
    Some(Recipient { audience, name, user, address: None, channel: NoticeChannel::Nobody, told_at: None })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn user(last: u8, party: &str, status: UserStatus) -> User {
        User {
            id: Eui64::from_octets([0x90, 0xB3, 0xD5, 0x1F, 0x30, last, 0, 0]),
            party_signifier: String::new(),
            party_name: party.to_owned(),
            roles: Vec::new(),
            status,
            receive_response_url: None,
            answer_version: None,
        }
    }

    fn contact(audience: Audience, name: &str, user: Option<&User>, mail: Option<&str>) -> Contact {
        Contact {
            audience,
            name: name.parse().unwrap(),
            user: user.map(|user| user.id),
            mail: mail.map(|mail| mail.parse().unwrap()),
        }
    }

    fn shown(recipients: &[Recipient]) -> String {
        let line = |one: &Recipient| {
            let user = one.user.map(|user| user.to_string()).unwrap_or_default();
            let address = one.address.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("{} | {} | {user} | {address} | {}", one.audience, one.name, one.channel)
        };
        recipients.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// SERVICE.md 3.5, MP092-R15: each recipient group has a record.
    #[test]
    fn mp092_r15_every_audience_and_every_active_user_has_a_record() {
        let [alder, birch, cedar, damson] = [(1, "Alder"), (2, "Birch"), (3, "Cedar"), (4, "Damson")]
            .map(|(last, name)| user(last, name, UserStatus::Active));
        let contacts = [
            contact(Audience::Party, "Alder operations", Some(&alder), Some("ops@alder.example")),
            contact(Audience::Party, "Alder planning", Some(&alder), None),
            contact(Audience::Party, "Birch", None, Some("birch@parties.example")),
            contact(Audience::ServiceDesk, "Desk", Some(&cedar), None),
            contact(Audience::Tabasc, "TABASC", None, Some("tabasc@sec.example")),
        ];
        let suspended = user(5, "Elm", UserStatus::Suspended);
        let twins = [user(6, "Fir", UserStatus::Active), user(7, "Fir", UserStatus::Active)];
        let users = [vec![alder, birch, cedar, damson, suspended], twins.to_vec()].concat();
        let audiences =
            [Audience::Tabasc, Audience::Party, Audience::RegistrationDataProvider, Audience::Party];
        insta::assert_snapshot!(shown(&recipients(&audiences, &contacts, &users)), @"
        Party | 90-B3-D5-1F-30-02-00-00 | 90-B3-D5-1F-30-02-00-00 |  | none
        Party | 90-B3-D5-1F-30-06-00-00 | 90-B3-D5-1F-30-06-00-00 |  | none
        Party | 90-B3-D5-1F-30-07-00-00 | 90-B3-D5-1F-30-07-00-00 |  | none
        Party | Alder operations | 90-B3-D5-1F-30-01-00-00 | ops@alder.example | mail
        Party | Alder planning | 90-B3-D5-1F-30-01-00-00 |  | feed
        Party | Birch |  | birch@parties.example | mail
        Party | Cedar | 90-B3-D5-1F-30-03-00-00 |  | none
        Party | Damson | 90-B3-D5-1F-30-04-00-00 |  | none
        RegistrationDataProvider | RegistrationDataProvider |  |  | none
        TABASC | TABASC |  | tabasc@sec.example | mail
        ");
        assert_eq!(shown(&recipients(&[Audience::Party], &[], &[])), "Party | Party |  |  | none");
    }

    /// SERVICE.md 3.5: the firmware notices go to the User.
    #[test]
    fn a_user_is_told_by_its_contacts_or_seen_to_have_none() {
        let [alder, elm] = [user(1, "Alder", UserStatus::Active), user(5, "Elm", UserStatus::Suspended)];
        let contacts = [
            contact(Audience::Party, "Alder operations", Some(&alder), Some("ops@alder.example")),
            contact(Audience::Panel, "Elm at the Panel", Some(&elm), None),
        ];
        let told = shown(&recipients_of_user(&alder, &contacts));
        assert_eq!(told, "Party | Alder operations | 90-B3-D5-1F-30-01-00-00 | ops@alder.example | mail");
        assert_eq!(
            shown(&recipients_of_user(&elm, &contacts)),
            "Party | Elm | 90-B3-D5-1F-30-05-00-00 |  | none"
        );
        let nameless = user(9, "", UserStatus::Active);
        assert_eq!(recipients_of_user(&nameless, &[])[0].name.as_str(), nameless.id.to_string());
    }

    proptest! {
        /// No audience and no Active User is left out, and no name stands twice in an audience.
        #[test]
        fn nobody_is_left_out_and_nobody_stands_twice(
            drawn in proptest::collection::btree_map((0..6_usize, "[A-C]"), (proptest::option::of(0..6_u8), any::<bool>()), 0..12),
            parties in proptest::collection::vec(("[A-D]", any::<bool>()), 0..6),
            asked in proptest::collection::vec(0..6_usize, 1..6),
        ) {
            let users = parties.iter().zip(0..).map(|((name, is_active), last)| {
                user(last, name, if *is_active { UserStatus::Active } else { UserStatus::Suspended })
            }).collect::<Vec<_>>();
            let contacts = drawn.iter().map(|((audience, name), (last, has_mail))| {
                let named = last.map(|last| user(last, "", UserStatus::Active));
                contact(Audience::ALL[*audience], name, named.as_ref(), has_mail.then_some("a@b.example"))
            }).collect::<Vec<_>>();
            let asked = asked.into_iter().map(|at| Audience::ALL[at]).collect::<Vec<_>>();
            let found = recipients(&asked, &contacts, &users);
            let keys = found.iter().map(|one| (one.audience, one.name.clone())).collect::<BTreeSet<_>>();
            prop_assert_eq!(keys.len(), found.len());
            for audience in &asked {
                prop_assert!(found.iter().any(|one| one.audience == *audience));
            }
            let of_contacts = contacts.iter().filter(|one| asked.contains(&one.audience)).count();
            prop_assert_eq!(found.iter().filter(|one| one.channel != NoticeChannel::Nobody).count(), of_contacts);
            for user in users.iter().filter(|one| one.status == UserStatus::Active && asked.contains(&Audience::Party)) {
                prop_assert!(found.iter().any(|one| one.audience == Audience::Party && one.user == Some(user.id)));
            }
        }
    }
}

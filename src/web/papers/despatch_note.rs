//! The despatch note of a delivery.

use std::collections::BTreeMap;

use askama::Template;

use super::PaperStyle;
use crate::{
    domain::{
        Eui64, PackageId, PartySignifier, Timestamp,
        reflash::{OrderNumber, Package},
    },
    web::local_time::local_text,
};

/// What a Party sent: MP155-T4.
#[derive(Clone, Debug)]
pub(in crate::web) struct DespatchNote {
    /// The order.
    pub(in crate::web) order: OrderNumber,
    /// When it was sent.
    pub(in crate::web) sent_at: Timestamp,
    /// Who sent it.
    pub(in crate::web) party: PartySignifier,
    /// The hubs, each with what it is packed in.
    pub(in crate::web) hubs: Vec<(Eui64, Package)>,
}

#[derive(Template)]
#[template(path = "paper_despatch_note.html")]
struct NotePage<'a> {
    title: String,
    style: PaperStyle,
    note: &'a DespatchNote,
    sent: String,
    pallets: BTreeMap<&'a PackageId, usize>,
}

impl DespatchNote {
    /// The note.
    ///
    /// # Errors
    /// When the text cannot be written.
    pub(in crate::web) fn html(&self, style: PaperStyle) -> askama::Result<String> {
        let mut pallets = BTreeMap::<_, usize>::new();
        for pallet in self.hubs.iter().filter_map(|(_, package)| package.pallet.as_ref()) {
            *pallets.entry(pallet).or_default() += 1;
        }
        let title = format!("Despatch note of {}", self.order);
        NotePage { title, style, note: self, sent: local_text(self.sent_at), pallets }.render()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse_instant;
    use crate::web::papers::content;

    /// MP155-T4: order, day and time, Party, every ID, every pallet.
    #[test]
    fn mp155_t4_a_despatch_note_names_every_hub_and_every_pallet() {
        let on =
            |pallet: Option<&str>| Package { pallet: pallet.map(|id| id.parse().unwrap()), carton: None };
        let note = DespatchNote {
            order: "RF-000007".parse().unwrap(),
            sent_at: parse_instant("2022-01-31T16:05:00Z").unwrap(),
            party: "SUPA".parse().unwrap(),
            hubs: vec![
                ("00-DB-55-00-00-00-00-02".parse().unwrap(), on(Some("P00003"))),
                ("00-DB-55-00-00-00-00-04".parse().unwrap(), on(None)),
                ("00-DB-55-00-00-00-00-06".parse().unwrap(), on(Some("P00003"))),
            ],
        };
        insta::assert_snapshot!(content(&note.html(PaperStyle::Within).unwrap()));
        assert!(note.html(PaperStyle::Within).unwrap().contains("@page"), "it is whole as a file");
    }
}

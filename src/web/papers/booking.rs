//! The labels of a delivery, one page of A6 each.

use askama::Template;

use super::PaperStyle;
use crate::{
    domain::{
        Date, Eui64, PartySignifier, StockLocation,
        reflash::{DayWindow, DeliveryNumber, OrderNumber, Package},
    },
    rules::reflash::{self, Label},
};

/// A delivery that is booked.
#[derive(Clone, Debug)]
pub(in crate::web) struct Booking {
    /// The order, which is the booking reference.
    pub(in crate::web) order: OrderNumber,
    /// The delivery.
    pub(in crate::web) delivery: DeliveryNumber,
    /// Where it goes.
    pub(in crate::web) site: StockLocation,
    /// The London day.
    pub(in crate::web) on: Date,
    /// The window of that day.
    pub(in crate::web) window: DayWindow,
    /// Who sends it.
    pub(in crate::web) party: PartySignifier,
    /// Whom to ask; may be empty.
    pub(in crate::web) contact: String,
}

impl Booking {
    /// The day for people: `Tue 1 Feb 2022`.
    fn day(&self) -> String {
        self.on.strftime("%a %-d %b %Y").to_string()
    }
}

#[derive(Template)]
#[template(path = "paper_labels.html")]
struct Labels<'a> {
    title: String,
    style: PaperStyle,
    booking: &'a Booking,
    labels: Vec<Label>,
}

/// The labels of a delivery of these hubs, each with what it is packed in.
///
/// # Errors
/// When the text cannot be written.
pub(in crate::web) fn labels<'a>(
    booking: &Booking,
    hubs: impl IntoIterator<Item = (Eui64, &'a Package)>,
    style: PaperStyle,
) -> askama::Result<String> {
    let title = format!("Labels of {}", booking.delivery);
    Labels { title, style, booking, labels: reflash::labels(hubs) }.render()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{LocationUse, ReflashSite};
    use crate::web::papers::content;

    /// MP155-R11: each label has the booking reference, the delivery, site and address, day and window, the Party, what it is on and
    /// which one it is. What Parties wrote is shown as text.
    #[test]
    fn mp155_r11_a_label_says_what_it_is_on_and_where_it_goes() {
        let site = ReflashSite {
            regions: vec!["North".parse().unwrap()],
            max_hubs: None,
            hubs_per_month: None,
            deliveries_per_window: None,
        };
        let booking = Booking {
            order: "RF-000007".parse().unwrap(),
            delivery: "DL-000007-2".parse().unwrap(),
            site: StockLocation {
                id: "FLASH-N".parse().unwrap(),
                used_as: LocationUse::Site(site),
                name: "North <site>".parse().unwrap(),
                address: "1 Jig Road".parse().unwrap(),
                postcode: "ZZ3 3CC".parse().unwrap(),
                contact_email: "north@site.example".parse().unwrap(),
            },
            on: jiff::civil::date(2022, 2, 1),
            window: "09:00-12:00".parse().unwrap(),
            party: "SUPA".parse().unwrap(),
            contact: "Goods in, 0100".to_owned(),
        };
        let on_pallet = Package { pallet: Some("P00003".parse().unwrap()), carton: None };
        let (one, two) = ("00-DB-55-00-00-00-00-02", "00-DB-55-00-00-00-00-04");
        let hubs = [(one.parse().unwrap(), &on_pallet), (two.parse().unwrap(), &Package::default())];
        insta::assert_snapshot!(content(&labels(&booking, hubs, PaperStyle::Within).unwrap()));
    }
}

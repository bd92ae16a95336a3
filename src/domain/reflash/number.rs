//! The numbers of re-flash orders, of their deliveries, and of Advanced Shipment Notifications (HUBS.md 2).

use std::{fmt, num::NonZeroU32, str::FromStr};

use crate::domain::Malformed;

/// Declares a number that is shown behind a prefix, with six digits or more.
macro_rules! numbered {
    ($(#[$meta:meta])* $name:ident, $prefix:literal, $expected:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub NonZeroU32);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&format!("{}{:06}", $prefix, self.0))
            }
        }

        impl FromStr for $name {
            type Err = Malformed;

            fn from_str(text: &str) -> Result<Self, Malformed> {
                let number = text.strip_prefix($prefix).and_then(|digits| digits.parse().ok()).map(Self);
                // One spelling alone, as the store and its readers compare the text.
                let number = number.filter(|number| number.to_string() == text);
                number.ok_or_else(|| Malformed::new(text, $expected))
            }
        }
    };
}

numbered!(
    /// The number of a re-flash order, which is its booking reference and its Work Order (MP155-R8): `RF-000001`.
    OrderNumber, "RF-", "the number of an order like `RF-000001`"
);
numbered!(
    /// The number of an Advanced Shipment Notification: `ASN-000001`. Each re-delivery has one of its own, as the systems of Users
    /// refuse one that they had before (MP155-R23).
    RedeliveryAsn, "ASN-", "the number of an Advanced Shipment Notification like `ASN-000001`"
);

/// The number of a delivery of an order: `DL-000001-1`, with the number of the order and the delivery's within it. A delivery that
/// is given another time after a refusal is another one (MP155-T3, R12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryNumber {
    /// The order.
    pub order: OrderNumber,
    /// Counted from 1.
    pub number: NonZeroU32,
}

impl fmt::Display for DeliveryNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("DL-{:06}-{}", self.order.0, self.number))
    }
}

impl FromStr for DeliveryNumber {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let read = || {
            let (order, number) = text.strip_prefix("DL-")?.split_once('-')?;
            Some(Self { order: OrderNumber(order.parse().ok()?), number: number.parse().ok()? })
        };
        let number = read().filter(|number| number.to_string() == text);
        number.ok_or_else(|| Malformed::new(text, "the number of a delivery like `DL-000001-1`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_shown_and_in_no_other_way() {
        for text in ["RF-000001", "RF-999999", "RF-1000000", "RF-4294967295"] {
            assert_eq!(text.parse::<OrderNumber>().unwrap().to_string(), text);
        }
        for text in
            ["RF-000000", "RF-1", "RF-0000001", "rf-000001", "RF-+00001", "RF-4294967296", "000001", ""]
        {
            assert!(text.parse::<OrderNumber>().is_err(), "{text}");
        }
        assert_eq!("ASN-000012".parse::<RedeliveryAsn>().unwrap().0.get(), 12);
        let delivery = "DL-000007-2".parse::<DeliveryNumber>().unwrap();
        assert_eq!((delivery.order.to_string().as_str(), delivery.number.get()), ("RF-000007", 2));
        for text in ["DL-000007", "DL-7-2", "DL-000007-0", "DL-000007-02", "DL-RF-000007-1"] {
            assert!(text.parse::<DeliveryNumber>().is_err(), "{text}");
        }
    }
}

//! What calls and forms say of orders, as named texts, and what is read from them. The first text that does not fit is named.

use std::str::FromStr;

use crate::{
    domain::{
        Malformed, Timestamp, parse_date, parse_instant,
        reflash::{OrderEvent, OrderNumber, ReasonLabel, Slot},
    },
    service::{DeliveryReport, EventDetails, OutcomeReport, Redelivery, RequestDraft},
    web::manage::reply::ApiError,
};

/// Named texts: of a body, of a query or of a form. One that is not there was not given.
#[derive(Clone, Debug, Default)]
pub(in crate::web) struct Fields<'a> {
    texts: Vec<(&'a str, &'a str)>,
    /// The labels of a rejection.
    reasons: Vec<&'a str>,
}

/// A text that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::web) struct FieldFault {
    /// Its name.
    pub(in crate::web) place: String,
    /// Why.
    pub(in crate::web) reason: String,
}

impl From<FieldFault> for ApiError {
    fn from(FieldFault { place, reason }: FieldFault) -> Self {
        Self::malformed(&place, reason)
    }
}

type FieldResult<T> = Result<T, FieldFault>;

fn fault<T>(place: &str, reason: impl ToString) -> FieldResult<T> {
    Err(FieldFault { place: place.to_owned(), reason: reason.to_string() })
}

impl<'a> Fields<'a> {
    pub(in crate::web) const fn new(texts: Vec<(&'a str, &'a str)>, reasons: Vec<&'a str>) -> Self {
        Self { texts, reasons }
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        self.texts.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
    }

    fn required(&self, name: &str) -> FieldResult<&'a str> {
        self.text(name).map_or_else(|| fault(name, "is missing"), Ok)
    }

    fn optional<T: FromStr<Err = Malformed>>(&self, name: &str) -> FieldResult<Option<T>> {
        self.text(name).map(|text| read(name, text, str::parse)).transpose()
    }

    fn value<T: FromStr<Err = Malformed>>(&self, name: &str) -> FieldResult<T> {
        read(name, self.required(name)?, str::parse)
    }

    fn instant(&self, name: &str) -> FieldResult<Timestamp> {
        read(name, self.required(name)?, parse_instant)
    }

    fn slot(&self, day: &str) -> FieldResult<Slot> {
        Ok(Slot { on: read(day, self.required(day)?, parse_date)?, window: self.value("window")? })
    }

    /// What of the delivery back is to be otherwise.
    fn redelivery(&self) -> FieldResult<Redelivery> {
        let on = self.text("redeliver_on").map(|text| read("redeliver_on", text, parse_date));
        Ok(Redelivery {
            on: on.transpose()?,
            window: self.optional("window")?,
            location: self.optional("location")?,
        })
    }

    fn labels(&self) -> FieldResult<Vec<ReasonLabel>> {
        if self.reasons.is_empty() {
            return fault("reasons", "one at least is wanted");
        }
        self.reasons.iter().map(|label| read("reasons", label, str::parse)).collect()
    }

    /// What the event needs; anything else is refused, as it would be lost.
    pub(in crate::web) fn event(&self, event: OrderEvent) -> FieldResult<EventDetails> {
        self.refuse_others(event)?;
        Ok(match event {
            OrderEvent::Authorise => EventDetails::Authorise {
                slot: self.slot("deliver_on")?,
                purchase_order: self.optional("purchase_order")?,
                work_order: self.optional("work_order")?,
                contact: self.optional("contact")?,
            },
            OrderEvent::Reject => {
                EventDetails::Reject { reasons: self.labels()?, note: self.optional("note")? }
            }
            OrderEvent::Cancel => EventDetails::Cancel { reason: self.optional("reason")? },
            OrderEvent::Withdraw => EventDetails::Withdraw { reason: self.optional("reason")? },
            OrderEvent::Despatch => EventDetails::Despatch { sent_at: self.instant("sent_at")? },
            OrderEvent::Late => EventDetails::Late { arrives: self.slot("arrives_on")? },
            OrderEvent::AcceptLate => EventDetails::AcceptLate,
            OrderEvent::RefuseLate => EventDetails::RefuseLate { reason: self.optional("reason")? },
            OrderEvent::Start => EventDetails::Start { purchase_order: self.optional("purchase_order")? },
            OrderEvent::Finish => {
                EventDetails::Finish { guidance: self.value("guidance")?, redelivery: self.redelivery()? }
            }
            OrderEvent::Amend => EventDetails::Amend { redelivery: self.redelivery()? },
            OrderEvent::Release => EventDetails::Release,
            OrderEvent::Redelivered => EventDetails::Redelivered {
                unloaded_by: self.value("unloaded_by")?,
                started_at: self.instant("started_at")?,
                finished_at: self.instant("finished_at")?,
            },
            OrderEvent::Request
            | OrderEvent::Correct
            | OrderEvent::Receive
            | OrderEvent::Batch
            | OrderEvent::Outcome => return fault("event", format!("`{event}` does not come this way")),
        })
    }

    fn refuse_others(&self, event: OrderEvent) -> FieldResult<()> {
        let takes = fields_of(event);
        let reasons = (!self.reasons.is_empty()).then_some("reasons");
        let given = self.texts.iter().map(|(name, _)| *name).chain(reasons);
        match given.into_iter().find(|name| !takes.contains(name)) {
            Some(other) => fault(other, format!("`{event}` has none")),
            None => Ok(()),
        }
    }

    /// A request. What is empty or not there is missing data, and not a malformed request.
    pub(in crate::web) fn draft(&self) -> FieldResult<RequestDraft> {
        let given = self.texts.iter().filter(|(_, text)| !text.is_empty()).copied().collect();
        let given = Self::new(given, Vec::new());
        let hubs = given.text("hubs").map(|text| text.parse().ok());
        let day = given.text("redeliver_on").map(|text| read("redeliver_on", text, parse_date));
        Ok(RequestDraft {
            user: given.value("user")?,
            hubs: match hubs {
                Some(None) => return fault("hubs", "a number of hubs is wanted"),
                hubs => hubs.flatten(),
            },
            location: given.optional("location")?,
            redeliver_on: day.transpose()?,
            window: given.optional("window")?,
            site: given.optional("site")?,
            amends: given.optional("amends")?,
            reference: given.optional("reference")?,
            by: None,
        })
    }

    /// What is said of a delivery beside its file.
    pub(in crate::web) fn delivery(&self, order: OrderNumber) -> FieldResult<DeliveryReport> {
        Ok(DeliveryReport {
            order,
            by: self.value("by")?,
            unloaded_by: self.value("unloaded_by")?,
            started_at: self.instant("started_at")?,
            finished_at: self.instant("finished_at")?,
            correction: self.optional("reason")?,
        })
    }

    /// What is said of outcomes beside their file.
    pub(in crate::web) fn outcomes(&self, order: OrderNumber) -> FieldResult<OutcomeReport> {
        Ok(OutcomeReport { order, by: self.value("by")?, correction: self.optional("reason")? })
    }
}

fn read<T>(place: &str, text: &str, by: impl Fn(&str) -> Result<T, Malformed>) -> FieldResult<T> {
    by(text).or_else(|reason| fault(place, reason))
}

/// The texts that an event takes.
const fn fields_of(event: OrderEvent) -> &'static [&'static str] {
    match event {
        OrderEvent::Authorise => &["deliver_on", "window", "purchase_order", "work_order", "contact"],
        OrderEvent::Reject => &["reasons", "note"],
        OrderEvent::Cancel | OrderEvent::Withdraw | OrderEvent::RefuseLate => &["reason"],
        OrderEvent::Despatch => &["sent_at"],
        OrderEvent::Late => &["arrives_on", "window"],
        OrderEvent::Start => &["purchase_order"],
        OrderEvent::Finish => &["guidance", "redeliver_on", "window"],
        OrderEvent::Amend => &["redeliver_on", "window", "location"],
        OrderEvent::Redelivered => &["unloaded_by", "started_at", "finished_at"],
        OrderEvent::AcceptLate
        | OrderEvent::Request
        | OrderEvent::Correct
        | OrderEvent::Receive
        | OrderEvent::Batch
        | OrderEvent::Outcome
        | OrderEvent::Release => &[],
    }
}

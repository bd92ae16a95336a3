//! Reports and lists of hubs, for the management listener and the console.

use super::{
    App, Fault,
    hubs::{
        self, HubBasis, HubFault, HubPage, HubRecord, ListFilter, NoSuchPlace, ReportQuestion, ReportSink,
    },
};
use crate::domain::{Calendar, Date, Eui64, london_date};

impl App {
    /// Today in London.
    pub fn london_today(&self) -> Date {
        london_date(self.clock().now().0)
    }

    /// What reports of hubs go by.
    pub(super) fn hub_basis<'a>(&self, calendar: &'a Calendar) -> HubBasis<'a> {
        let choices = self.choices();
        HubBasis { calendar, choices: choices.hubs, lead_working_days: choices.reflash.lead_working_days }
    }

    /// Makes a report of hubs.
    ///
    /// # Errors
    /// When the store fails, or the report cannot be written.
    pub fn hub_report(&self, asked: &ReportQuestion, to: &mut dyn ReportSink) -> Result<(), HubFault> {
        let calendar = self.calendar();
        hubs::report(self.store(), asked, &self.hub_basis(&calendar), to, &mut |_, _| ())
    }

    /// A page of the hubs in stock that fit.
    ///
    /// # Errors
    /// When the store fails.
    pub fn hub_page(
        &self,
        filter: &ListFilter,
        after: Option<Eui64>,
        limit: u16,
    ) -> Result<Result<HubPage, NoSuchPlace>, Fault> {
        let (calendar, on) = (self.calendar(), self.london_today());
        let basis = self.hub_basis(&calendar);
        let read = |connection: &mut _| hubs::hub_page(connection, on, filter, &basis, (after, limit));
        Ok(self.store().read(read)?)
    }

    /// One hub as it is judged on a day; none where there is no such CHF.
    ///
    /// # Errors
    /// When the store fails.
    pub fn hub(&self, chf: Eui64, on: Date) -> Result<Option<HubRecord>, Fault> {
        Ok(self.store().read(|connection| hubs::hub_record(connection, chf, on))?)
    }
}

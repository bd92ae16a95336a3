//! The setup of a scenario's data, through the management interface of an endpoint.

use crate::{
    domain::{Eui64, Timestamp, instant_text},
    store::Kind,
    tools::management::{ManageMethod, Management, ManagementFault},
};

/// The actions of a management interface.
pub trait Setup {
    /// Deletes all data of the endpoint.
    ///
    /// # Errors
    /// When the endpoint refuses, or cannot be reached.
    fn reset(&self) -> Result<(), ManagementFault>;

    /// Sets the endpoint's clock.
    ///
    /// # Errors
    /// When the endpoint refuses, or cannot be reached.
    fn set_clock(&self, to: Timestamp) -> Result<(), ManagementFault>;

    /// Imports a CSV file.
    ///
    /// # Errors
    /// [`ManagementFault::Refused`] when the endpoint refuses the file; otherwise it cannot be reached.
    fn import(&self, kind: Kind, csv: &str) -> Result<(), ManagementFault>;

    /// Reports an event of a Device.
    ///
    /// # Errors
    /// When the endpoint refuses, or cannot be reached.
    fn event(&self, device: Eui64, name: &str, version: Option<&str>) -> Result<(), ManagementFault>;

    /// Sends a body to a path; status and body of the answer, whatever the status.
    ///
    /// # Errors
    /// When the endpoint cannot be reached.
    fn call(
        &self,
        method: ManageMethod,
        path: &str,
        media_type: &str,
        body: &str,
    ) -> Result<(u16, String), ManagementFault>;
}

impl Setup for Management {
    fn reset(&self) -> Result<(), ManagementFault> {
        self.send(ManageMethod::Post, "/manage/reset", "application/json", "{}").map(drop)
    }

    fn set_clock(&self, to: Timestamp) -> Result<(), ManagementFault> {
        let body = serde_json::json!({ "now": instant_text(to) }).to_string();
        self.send(ManageMethod::Put, "/manage/clock", "application/json", &body).map(drop)
    }

    fn import(&self, kind: Kind, csv: &str) -> Result<(), ManagementFault> {
        // A scenario has the coverage of all regions in one file.
        let regions = if kind == Kind::Coverage { "?all_regions=true" } else { "" };
        self.send(ManageMethod::Put, &format!("/manage/import/{kind}{regions}"), "text/csv", csv).map(drop)
    }

    fn event(&self, device: Eui64, name: &str, version: Option<&str>) -> Result<(), ManagementFault> {
        let body = match version {
            None => serde_json::json!({ "event": name }),
            Some(version) => serde_json::json!({ "event": name, "version": version }),
        };
        let body = body.to_string();
        self.send(ManageMethod::Post, &format!("/manage/devices/{device}/events"), "application/json", &body)
            .map(drop)
    }

    fn call(
        &self,
        method: ManageMethod,
        path: &str,
        media_type: &str,
        body: &str,
    ) -> Result<(u16, String), ManagementFault> {
        self.call(method, path, media_type, body)
    }
}

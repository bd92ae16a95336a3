//! `GET .../{order}/hubs`: the hubs of an order, as pages of JSON or whole as CSV; those without fault as the file of a request.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};

use super::{
    list::{number, parsed, unknown},
    refusal::refusal,
    shown::ShownReason,
};
use crate::{
    domain::{
        instant_text,
        reflash::{OrderHub, OrderNumber},
    },
    service::{App, hubs::ReportFormat},
    store::{self, Paged},
    web::{
        csv_text::spreadsheet_text,
        manage::{
            page::page,
            reply::{self, ApiError, ApiResult},
        },
    },
};

/// The query of hubs: which, and as what. CSV has them all, JSON a page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web::manage) struct HubsQuery {
    format: Option<String>,
    good: Option<bool>,
    after: Option<String>,
    limit: Option<String>,
}

/// A page of the hubs of an order as JSON.
#[derive(Serialize)]
pub(in crate::web) struct ListedOrderHubs {
    pub(in crate::web) hubs: Vec<ShownOrderHub>,
    /// What `after` of the next page says; null on the last one.
    pub(in crate::web) next: Option<String>,
}

/// A hub of an order as JSON.
#[derive(Clone, Debug, Serialize)]
pub(in crate::web) struct ShownOrderHub {
    pub(in crate::web) line: u32,
    pub(in crate::web) chf_device_id: Option<String>,
    pub(in crate::web) gpf_device_id: Option<String>,
    pub(in crate::web) csp_region: Option<&'static str>,
    pub(in crate::web) firmware_version: Option<String>,
    pub(in crate::web) device_manufacturer: Option<String>,
    pub(in crate::web) device_model: Option<String>,
    pub(in crate::web) pallet: Option<String>,
    pub(in crate::web) carton: Option<String>,
    pub(in crate::web) state: &'static str,
    /// The firmware that it is to get, from the beginning of the work on.
    pub(in crate::web) target: Option<String>,
    pub(in crate::web) unit_id: Option<String>,
    pub(in crate::web) batch: Option<u32>,
    pub(in crate::web) fault_report: Option<&'static str>,
    pub(in crate::web) fault_reference: Option<String>,
    /// By which way the SMI learnt of its new firmware, `n3` or `ssmi`, and when.
    pub(in crate::web) smi_told_by: Option<&'static str>,
    pub(in crate::web) smi_told_at: Option<String>,
    pub(in crate::web) reasons: Vec<ShownReason>,
}

impl From<&OrderHub> for ShownOrderHub {
    fn from(hub: &OrderHub) -> Self {
        Self {
            line: hub.line,
            chf_device_id: hub.chf.map(|chf| chf.to_string()),
            gpf_device_id: hub.gpf.map(|gpf| gpf.to_string()),
            csp_region: hub.region.map(|region| region.as_str()),
            firmware_version: hub.firmware_before.as_ref().map(ToString::to_string),
            device_manufacturer: hub.manufacturer.as_ref().map(ToString::to_string),
            device_model: hub.model.as_ref().map(ToString::to_string),
            pallet: hub.package.pallet.as_ref().map(ToString::to_string),
            carton: hub.package.carton.as_ref().map(ToString::to_string),
            state: hub.state.as_str(),
            target: hub.target.as_ref().map(ToString::to_string),
            unit_id: hub.unit.as_ref().map(ToString::to_string),
            batch: hub.batch,
            fault_report: hub.fault.as_ref().map(|(report, _)| report.as_str()),
            fault_reference: hub.fault.as_ref().map(|(_, reference)| reference.clone()),
            smi_told_by: hub.smi_told.map(|(by, _)| by.as_str()),
            smi_told_at: hub.smi_told.map(|(_, at)| instant_text(at)),
            reasons: hub.reasons.iter().map(ShownReason::from).collect(),
        }
    }
}

/// The columns of the hubs as CSV.
pub(in crate::web) const ORDER_HUB_COLUMNS: [&str; 18] = [
    "line",
    "chf_device_id",
    "gpf_device_id",
    "csp_region",
    "firmware_version",
    "device_manufacturer",
    "device_model",
    "pallet",
    "carton",
    "state",
    "target",
    "unit_id",
    "batch",
    "fault_report",
    "fault_reference",
    "smi_told_by",
    "smi_told_at",
    "reasons",
];

impl ShownOrderHub {
    /// Its reasons on one line.
    pub(in crate::web) fn reasons_text(&self) -> String {
        let reason = |reason: &ShownReason| format!("{} ({}): {}", reason.label, reason.rule, reason.reason);
        self.reasons.iter().map(reason).collect::<Vec<_>>().join("; ")
    }

    /// The cells of its line, in the order of the columns.
    pub(in crate::web) fn cells(self) -> [String; 18] {
        let text = Option::unwrap_or_default;
        let word = |word: Option<&str>| word.unwrap_or_default().to_owned();
        let reasons = self.reasons_text();
        [
            self.line.to_string(),
            text(self.chf_device_id),
            text(self.gpf_device_id),
            word(self.csp_region),
            text(self.firmware_version),
            text(self.device_manufacturer),
            text(self.device_model),
            text(self.pallet),
            text(self.carton),
            self.state.to_owned(),
            text(self.target),
            text(self.unit_id),
            self.batch.map(|batch| batch.to_string()).unwrap_or_default(),
            word(self.fault_report),
            text(self.fault_reference),
            word(self.smi_told_by),
            text(self.smi_told_at),
            reasons,
        ]
    }
}

pub(in crate::web::manage) async fn hubs(
    app: web::Data<App>,
    order: web::Path<String>,
    asked: Result<web::Query<HubsQuery>, actix_web::Error>,
) -> HttpResponse {
    let asked = asked.map_err(|error| ApiError::malformed("query", error));
    let format = asked.and_then(|asked| {
        let format = parsed("format", asked.format.as_deref())?.unwrap_or(ReportFormat::Json);
        Ok((format, asked))
    });
    match format {
        Ok((ReportFormat::Json, asked)) => reply::blocking(move || json(&app, &order, &asked)).await,
        Ok((ReportFormat::Csv, asked)) => reply::csv(move || csv(&app, number(&order)?, &asked)).await,
        Err(refused) => reply::json::<ListedOrderHubs>(Err(refused)),
    }
}

fn json(app: &App, order: &str, asked: &HubsQuery) -> ApiResult<ListedOrderHubs> {
    let order = number(order)?;
    let page = page(asked.after.as_deref(), asked.limit.as_deref())?;
    let good = asked.good.unwrap_or(false);
    let Paged { rows, next } =
        app.reflash_hubs(order, good, page).map_err(refusal)?.ok_or_else(|| unknown(order))?;
    Ok(ListedOrderHubs {
        hubs: rows.iter().map(ShownOrderHub::from).collect(),
        next: next.map(|line| line.to_string()),
    })
}

fn csv(app: &App, order: OrderNumber, asked: &HubsQuery) -> ApiResult<String> {
    for (name, value) in [("after", &asked.after), ("limit", &asked.limit)] {
        if value.is_some() {
            return Err(ApiError::malformed(name, "CSV has no pages"));
        }
    }
    let hubs = app.all_reflash_hubs(order).map_err(refusal)?.ok_or_else(|| unknown(order))?;
    if !asked.good.unwrap_or(false) {
        let rows = hubs.iter().map(|hub| ShownOrderHub::from(hub).cells());
        return Ok(spreadsheet_text(ORDER_HUB_COLUMNS, rows));
    }
    // As it is: it is sent again.
    let good = hubs.iter().filter(|hub| hub.reasons.is_empty()).map(OrderHub::request_line);
    let mut file = Vec::new();
    store::write_reflash_request(&mut file, &good.collect::<Vec<_>>()).map_err(ApiError::broken)?;
    String::from_utf8(file).map_err(ApiError::broken)
}

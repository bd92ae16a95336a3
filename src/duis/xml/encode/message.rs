//! Encodes the parts that all answers have in common.

use super::{firmware::warning, inventory::inventory, wan_matrix::wan_matrix};
use crate::{
    domain::{Payload, Response, Shape, instant_text},
    duis::xml::builder::{Builder, UnsignedMessage},
};

/// Encodes an answer as an unsigned `sr:Response`, in the shape of the request's schema version (SMI.md 3).
pub fn encode(response: &Response) -> UnsignedMessage {
    let shape = response.schema_version.shape();
    Builder::message("Response", &response.schema_version, |out| {
        out.element("Header", |out| header(out, response, shape));
        out.element("Body", |out| out.element("ResponseMessage", |out| message(out, response, shape)));
    })
}

fn header(out: &mut Builder, response: &Response, shape: Shape) {
    out.optional("RequestID", response.request_id);
    out.optional("ResponseID", response.response_id);
    out.value("ResponseCode", response.code.known_to(shape));
    out.value("ResponseDateTime", instant_text(response.at));
}

fn message(out: &mut Builder, response: &Response, shape: Shape) {
    out.value("ServiceReference", response.variant.service_reference());
    out.value("ServiceReferenceVariant", response.variant);
    match &response.payload {
        Some(Payload::Inventory(entries)) => inventory(out, entries, shape),
        Some(Payload::FirmwareWarning(lists)) => warning(out, lists),
        Some(Payload::WanMatrix(place, regions)) => wan_matrix(out, place, regions, shape),
        None => {}
    }
}

//! Decodes the Header of a request.

use super::{
    cursor::ElementCursor,
    schema_fault::SchemaFault,
    values::{BOOLEAN, COMMAND_VARIANT, REQUEST_ID, SERVICE_REFERENCE, SERVICE_REFERENCE_VARIANT},
};
use crate::{
    domain::{CommandVariant, RequestId, ServiceReferenceVariant},
    duis::xml::{Document, NodeId},
};

/// The values of a Header.
///
/// FirstInSequence and PrecedingServiceRequestID are checked and dropped: an inventory has no use for sequences.
pub(super) struct RequestHeader {
    pub(super) id: RequestId,
    pub(super) command_variant: CommandVariant,
    pub(super) service_reference: &'static str,
    pub(super) variant: ServiceReferenceVariant,
}

/// Decodes the Header at `id`.
pub(super) fn header(document: &Document, id: NodeId) -> Result<RequestHeader, SchemaFault> {
    let mut cursor = ElementCursor::inside(document, id, None)?;
    let request_id = cursor.value("RequestID", &REQUEST_ID)?;
    // Checked, although not used: an invalid value makes the message invalid.
    cursor.optional_value("FirstInSequence", &BOOLEAN)?;
    cursor.optional_value("PrecedingServiceRequestID", &REQUEST_ID)?;
    let header = RequestHeader {
        id: request_id,
        command_variant: cursor.value("CommandVariant", &COMMAND_VARIANT)?,
        service_reference: cursor.value("ServiceReference", &SERVICE_REFERENCE)?,
        variant: cursor.value("ServiceReferenceVariant", &SERVICE_REFERENCE_VARIANT)?,
    };
    cursor.end()?;
    Ok(header)
}

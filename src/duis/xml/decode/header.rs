//! The Header of a request.

use super::{
    cursor::Cursor,
    fault::Fault,
    values::{BOOLEAN, COMMAND_VARIANT, REQUEST_ID, SERVICE_REFERENCE, SERVICE_REFERENCE_VARIANT},
};
use crate::{
    domain::{CommandVariant, RequestId, ServiceReferenceVariant},
    duis::xml::{Document, NodeId},
};

/// What a Header says; where a request stands in a sequence means nothing to an inventory and is checked only.
pub(super) struct Header {
    pub(super) id: RequestId,
    pub(super) command_variant: CommandVariant,
    pub(super) service_reference: &'static str,
    pub(super) variant: ServiceReferenceVariant,
}

/// Reads the Header that starts there.
pub(super) fn header(document: &Document, id: NodeId) -> Result<Header, Fault> {
    let mut cursor = Cursor::inside(document, id, None)?;
    let request_id = cursor.value("RequestID", &REQUEST_ID)?;
    cursor.optional_value("FirstInSequence", &BOOLEAN)?;
    cursor.optional_value("PrecedingServiceRequestID", &REQUEST_ID)?;
    let header = Header {
        id: request_id,
        command_variant: cursor.value("CommandVariant", &COMMAND_VARIANT)?,
        service_reference: cursor.value("ServiceReference", &SERVICE_REFERENCE)?,
        variant: cursor.value("ServiceReferenceVariant", &SERVICE_REFERENCE_VARIANT)?,
    };
    cursor.end()?;
    Ok(header)
}

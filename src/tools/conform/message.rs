//! Composes and signs the request of a step.

use super::{RequestTemplate, Signing};
use crate::{
    domain::{Eui64, Now, RequestId},
    duis::{
        signature::{self, TrustStore},
        xml::{self, names::DUIS},
    },
    tools::client::{ClientFault, signed, signer},
};

/// The unsigned request with that counter in its RequestID.
pub(super) fn request_text(
    message: &RequestTemplate,
    dcc: Eui64,
    counter: u64,
) -> Result<(String, RequestId), ClientFault> {
    match message {
        RequestTemplate::Parts { sender, target, service, schema_version, command_variant, body } => {
            let id = RequestId { originator: *sender, target: target.unwrap_or(dcc), counter };
            let reference = service.service_reference();
            let text = format!(
                "<sr:Request xmlns:sr=\"{DUIS}\" schemaVersion=\"{schema_version}\"><sr:Header>\
                 <sr:RequestID>{id}</sr:RequestID><sr:CommandVariant>{command_variant}</sr:CommandVariant>\
                 <sr:ServiceReference>{reference}</sr:ServiceReference>\
                 <sr:ServiceReferenceVariant>{service}</sr:ServiceReferenceVariant></sr:Header>\
                 <sr:Body>{body}</sr:Body></sr:Request>"
            );
            Ok((text, id))
        }
        RequestTemplate::Whole(text) => {
            // Compacting drops comments, so the first occurrence of the text is the RequestID element's.
            let text = xml::compact(&xml::parse(text.as_bytes())?, None);
            let old = xml::request_id_text(&xml::parse(text.as_bytes())?).ok_or(ClientFault::NoRequestId)?;
            let id = old.parse::<RequestId>().map_err(|_| ClientFault::NoRequestId)?;
            let id = RequestId { counter, ..id };
            Ok((text.replacen(&old, &id.to_string(), 1), id))
        }
    }
}

/// The request as it is sent: signed, unsigned or tampered with.
pub(super) fn signed_message(
    text: &str,
    signing: &Signing,
    trust: &TrustStore,
    now: Now,
) -> Result<Vec<u8>, ClientFault> {
    match signing {
        Signing::Signed => signed(text.as_bytes(), trust, now),
        Signing::SignedBy(other) => {
            Ok(signature::sign_compacted(text.as_bytes(), signer(trust, *other, now)?)?)
        }
        Signing::Unsigned => Ok(text.as_bytes().to_vec()),
        Signing::Tampered { replace, by } => {
            let message = signed(text.as_bytes(), trust, now)?;
            Ok(String::from_utf8_lossy(&message).replacen(replace, by, 1).into_bytes())
        }
    }
}

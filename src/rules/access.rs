//! Access control: whether this User may send this request, by checks 5 to 11 of SMI.md section 3, in that order.
//!
//! In: a request whose signature was verified, and its sender's account. Out: an [`Authorised`] request, or the rule that
//! refused it. Whether the User may act on the Device is checked later, by the rules of the Service Request.

use crate::{
    domain::{
        Account, Arrival, CommandVariant, Eui64, Peer, Refusal, Request, RequestIdUse, RequestType, Role,
        Trace, User, UserStatus, WebService,
    },
    rules::rulebook::common,
};

/// A request that its sender may send. Only [`authorise`] makes one, so that no decision can skip access control.
#[derive(Debug)]
pub struct Authorised<'a> {
    request: &'a Request,
    user: &'a User,
}

impl<'a> Authorised<'a> {
    /// The request.
    pub const fn request(&self) -> &'a Request {
        self.request
    }

    /// Its sender.
    pub const fn user(&self) -> &'a User {
        self.user
    }
}

/// Whether the connection may send the request: if the listener binds clients, the certificate must be the originator's.
///
/// It is also checked before a stored answer is sent again. Otherwise a client that recorded another's message could read
/// the answer.
pub fn is_admitted(request: &Request, peer: Option<Peer>) -> bool {
    // A certificate without an EUI-64 is never the originator's.
    peer.is_none_or(|peer| !peer.bound_to_originator || peer.eui == Some(request.id.originator))
}

/// Check 4a, for connections with a client certificate.
///
/// # Errors
/// The refusal, if clients are bound and the certificate names another EUI-64, or none.
pub fn admit(request: &Request, peer: Option<Peer>, trace: &mut Trace) -> Result<(), Refusal> {
    let Some(client) = peer else { return Ok(()) };
    let asked = if client.bound_to_originator { "they must be the same" } else { "they may differ" };
    // Recorded for clients that are not bound too: the trace then shows who sent a request for whom.
    let saw = format!("client certificate of {client}; originator {}; {asked}", request.id.originator);
    trace.require(common::CLIENT, is_admitted(request, peer), saw)
}

/// The reason for refusing local delivery.
pub const LOCAL_DELIVERY: &str = "Commands for local delivery (Command Variant 2) are not made here";

/// The reason for refusing a Pre-Command (SR11.3/b).
pub const PRE_COMMAND: &str = "Pre-Commands are not made here";

/// Whether the request asks for a Command that the User delivers locally, and meets the checks 4a to 8 but the one of its RequestID.
///
/// It is not implemented here, and answered so before a decision (SMI.md 3/8): it uses up no RequestID.
pub fn is_for_local_delivery(request: &Request, arrival: Arrival, dcc: Eui64) -> bool {
    let variant = request.command_variant;
    variant == CommandVariant::LOCAL_DELIVERY
        && request.variant.request_type() == RequestType::Device
        && request.id.target != dcc
        && arrival.at == WebService::of(variant)
        && is_admitted(request, arrival.peer)
}

/// Makes checks 5 to 11.
///
/// # Errors
/// The refusal by the first rule that does not hold.
pub fn authorise<'a>(
    request: &'a Request,
    arrived_at: WebService,
    dcc: Eui64,
    account: &'a Account,
    trace: &mut Trace,
) -> Result<Authorised<'a>, Refusal> {
    // The order of the checks decides which code a request with several flaws gets, so it is that of SMI.md.
    let request_type = request.variant.request_type();
    let target = request.id.target;
    let right_target = (request_type == RequestType::NonDevice) == (target == dcc);
    trace.require(common::TARGET, right_target, format!("target {target}; the DCC is {dcc}"))?;
    let is_new = account.request_id == RequestIdUse::New;
    trace.require(common::NEW_REQUEST_ID, is_new, account.request_id.as_str())?;
    let variant = request.command_variant;
    let service = WebService::of(variant);
    let saw = format!("sent to {arrived_at}; Command Variant {} belongs to {service}", variant.get());
    trace.require(common::WEB_SERVICE, arrived_at == service, saw)?;
    let saw = format!("Command Variant {}", variant.get());
    trace.require(common::COMMAND_VARIANT, suits(variant, request_type), saw)?;
    let user = sender(request, account, trace)?;
    Ok(Authorised { request, user })
}

/// Checks 9 to 11: the sender is a known, active User with an eligible role.
fn sender<'a>(request: &Request, account: &'a Account, trace: &mut Trace) -> Result<&'a User, Refusal> {
    // A User without a role is answered E1 like an unknown one: check 9 asks for both at once.
    let known = account.user.as_ref().filter(|user| !user.roles.is_empty());
    let saw = match &account.user {
        None => format!("{} is no User", request.id.originator),
        Some(user) => format!("{}, roles: {}", user.id, role_names(&user.roles)),
    };
    let user = trace.require_some(common::USER_KNOWN, known, saw)?;
    trace.require(common::USER_ACTIVE, user.status == UserStatus::Active, user.status.as_str())?;
    let eligible = request.variant.eligible_roles();
    let may_send = user.roles.iter().any(|role| eligible.contains(role));
    // The Export Supplier of a meter without an Import MPAN counts as its Import Supplier (F1, F2).
    let as_import_supplier = !may_send
        && account.counts_as_import_supplier
        && user.roles.contains(&Role::ES)
        && eligible.contains(&Role::IS);
    let counts =
        if as_import_supplier { "; ES of a meter without an Import MPAN, who counts as IS" } else { "" };
    let may_send = may_send || as_import_supplier;
    let saw = format!("eligible for {}: {}{counts}", request.variant, role_names(eligible));
    trace.require(common::ROLE_ELIGIBLE, may_send, saw)?;
    Ok(user)
}

/// Whether a request of that type can have the Command Variant, by the public table of Command Variants.
fn suits(variant: CommandVariant, request_type: RequestType) -> bool {
    match request_type {
        RequestType::NonDevice => variant == CommandVariant::NON_DEVICE,
        RequestType::Device => matches!(variant, CommandVariant::SEND | CommandVariant::LOCAL_DELIVERY),
        RequestType::Critical => (4..=7).contains(&variant.get()),
    }
}

fn role_names(roles: &[Role]) -> String {
    if roles.is_empty() {
        return "none".to_owned();
    }
    roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;

//! The decision about a change by SR 8.4 of a kind, from facts that are given: invented ones, or those of a real Device.

use super::change_kind::ChangeKind;
use crate::{
    domain::{
        Account, Body, Case, CodeOverrides, CommandVariant, Decision, DeviceFacts, Eui64, Malformed, Now,
        Request, RequestId, RequestIdUse, Role, SchemaVersion, ServiceRequest, Trace, UpdateInventory, User,
        UserStatus, WebService,
    },
    rules::{RuleSettings, access, decide},
};

const DCC: Eui64 = invented(0xD0);
/// A User that has nothing to do with any Device.
pub const ANY_OTHER_USER: Eui64 = invented(0x51);

/// An EUI-64 for a question. It is not one of a real User or Device.
pub(super) const fn invented(last: u8) -> Eui64 {
    Eui64::from_octets([0, 0, 0, 0, 0, 0, 0, last])
}

/// Decides a change of that kind by that User, from the facts about a Device. A User that is none of the SMI has no account.
///
/// # Errors
/// When an invented value is malformed.
pub fn decide_change(
    kind: ChangeKind,
    facts: DeviceFacts,
    (sender, user): (Eui64, Option<User>),
    now: Now,
    (settings, codes): (RuleSettings, &CodeOverrides),
) -> Result<Decision, Malformed> {
    // Through access control too, so that the trace has all the checks that a real one has.
    let change = kind.for_type(facts.device.device_type)?;
    let update = UpdateInventory { device_id: facts.device.id, change };
    let request = request(sender, update.clone())?;
    let counts_as_import_supplier = facts.counts_as_import_supplier(sender);
    let account = Account { request_id: RequestIdUse::New, user, counts_as_import_supplier };
    let mut trace = Trace::new(codes.clone());
    let authorised = access::authorise(&request, WebService::NonDevice, DCC, &account, &mut trace);
    match authorised {
        Err(refusal) => Ok(Decision::refuse(trace, refusal)),
        Ok(authorised) => {
            let case = Case::UpdateInventory(&update, Some(Box::new(facts)));
            Ok(decide(&authorised, &case, now, settings, trace))
        }
    }
}

/// An Active User in both Supplier roles, so that access control never decides a question.
pub fn any_supplier(id: Eui64) -> User {
    User {
        id,
        party_signifier: String::new(),
        party_name: String::new(),
        roles: vec![Role::IS, Role::GS],
        status: UserStatus::Active,
        receive_response_url: None,
        answer_version: None,
    }
}

fn request(sender: Eui64, update: UpdateInventory) -> Result<Request, Malformed> {
    Ok(Request {
        schema_version: SchemaVersion::newest(),
        id: RequestId { originator: sender, target: DCC, counter: 1 },
        command_variant: CommandVariant::NON_DEVICE,
        variant: ServiceRequest::UpdateInventory.as_str().parse()?,
        body: Body::UpdateInventory(update),
    })
}

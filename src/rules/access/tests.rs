use super::*;
use crate::domain::{Body, CodeOverrides, PremisesKey, RequestIdUse, ResponseCode, SchemaVersion};

const DCC: Eui64 = Eui64::from_octets([0x90, 0xB3, 0xD5, 0x1F, 0x30, 0, 0, 2]);
const SENDER: Eui64 = Eui64::from_octets([0x90, 0xB3, 0xD5, 0x1F, 0x30, 1, 0, 0]);

fn request() -> Request {
    Request {
        schema_version: SchemaVersion::newest(),
        id: crate::domain::RequestId { originator: SENDER, target: DCC, counter: 7 },
        command_variant: CommandVariant::NON_DEVICE,
        variant: "12.1".parse().unwrap(),
        body: Body::RequestWanMatrix(PremisesKey::Uprn("1".parse().unwrap())),
    }
}

fn account() -> Account {
    let user = User {
        id: SENDER,
        party_signifier: String::new(),
        party_name: String::new(),
        roles: vec![Role::IS],
        status: UserStatus::Active,
        receive_response_url: None,
        answer_version: None,
    };
    Account { request_id: RequestIdUse::New, user: Some(user), counts_as_import_supplier: false }
}

fn outcome(request: &Request, at: WebService, account: &Account) -> Option<(&'static str, ResponseCode)> {
    let mut trace = Trace::new(CodeOverrides::default());
    let result = authorise(request, at, DCC, account, &mut trace);
    let refusal = result.err().map(|refusal| (refusal.rule.id, refusal.code));
    assert_eq!(trace.steps().last().is_some_and(|step| !step.holds), refusal.is_some());
    refusal
}

#[test]
fn a_known_active_eligible_user_is_let_through() {
    assert_eq!(outcome(&request(), WebService::NonDevice, &account()), None);
}

/// `SR/4a` is met by a connection with a client certificate alone, and refuses where it is bound to its own requests.
#[test]
fn another_clients_connection_is_refused_where_it_is_bound() {
    let another = Eui64::from_octets([0xDB; 8]);
    for (eui, bound_to_originator, holds) in [
        (Some(SENDER), true, true),
        (Some(another), true, false),
        (None, true, false),
        (Some(SENDER), false, true),
        (Some(another), false, true),
        (None, false, true),
    ] {
        let mut trace = Trace::new(CodeOverrides::default());
        let peer = Some(Peer { eui, bound_to_originator });
        let refused = admit(&request(), peer, &mut trace).err();
        let expected = (!holds).then_some(("SR/4a", ResponseCode::E100));
        assert_eq!(refused.map(|refusal| (refusal.rule.id, refusal.code)), expected, "{peer:?}");
        assert_eq!(is_admitted(&request(), peer), holds, "{peer:?}");
        assert_eq!(trace.steps().len(), 1, "both are recorded in any case");
    }
    let mut trace = Trace::new(CodeOverrides::default());
    assert_eq!(admit(&request(), None, &mut trace), Ok(()));
    assert_eq!(trace.steps(), []);
}

/// The DCC for what it answers itself, some Device for what a Device answers.
fn target_of(request_type: RequestType) -> Eui64 {
    match request_type {
        RequestType::NonDevice => DCC,
        RequestType::Device | RequestType::Critical => Eui64::from_octets([0xDB; 8]),
    }
}

#[test]
fn sr_5_another_target_is_refused() {
    for variant in crate::domain::ServiceReferenceVariant::all() {
        let mut request = request();
        request.variant = variant;
        request.command_variant = CommandVariant::first_of(variant.request_type());
        let right = target_of(variant.request_type());
        for target in [DCC, SENDER, right] {
            request.id.target = target;
            let refused = outcome(&request, WebService::of(request.command_variant), &account());
            let suits = (right == DCC) == (target == DCC);
            let by_target = Some(("SR/5", ResponseCode::E100));
            assert_eq!(refused == by_target, !suits, "{variant} {target}");
        }
    }
}

#[test]
fn sr_6_a_used_request_id_is_refused() {
    let account = Account { request_id: RequestIdUse::ByAnother, ..account() };
    assert_eq!(outcome(&request(), WebService::NonDevice, &account), Some(("SR/6", ResponseCode::E100)));
}

#[test]
fn sr_7_another_web_service_is_refused() {
    for service in [WebService::SendCommand, WebService::Transform] {
        assert_eq!(outcome(&request(), service, &account()), Some(("SR/7", ResponseCode::E13)));
    }
}

#[test]
fn sr_8_only_command_variant_8_suits_a_non_device_request() {
    for number in (1..=9).filter(|number| *number != 8) {
        let mut request = request();
        request.command_variant = CommandVariant::try_from(number).unwrap();
        let service = WebService::of(request.command_variant);
        assert_eq!(outcome(&request, service, &account()), Some(("SR/8", ResponseCode::E12)));
    }
}

/// F20: each Command Variant at each web service.
#[test]
fn sr_7_sr_8_a_device_request_goes_where_its_command_variant_belongs() {
    for number in 1..=9 {
        for service in WebService::ALL {
            let command_variant = CommandVariant::try_from(number).unwrap();
            let mut request = Request { command_variant, variant: "8.11".parse().unwrap(), ..request() };
            request.id.target = target_of(RequestType::Device);
            let expected = match number {
                _ if *service != WebService::of(command_variant) => Some(("SR/7", ResponseCode::E13)),
                1 | 2 => None,
                _ => Some(("SR/8", ResponseCode::E12)),
            };
            assert_eq!(outcome(&request, *service, &account()), expected, "{number} {service}");
            let is_local = is_for_local_delivery(&request, (*service).into(), DCC);
            assert_eq!(is_local, number == 2 && *service == WebService::NonDevice, "{number} {service}");
        }
    }
}

#[test]
fn sr_9_an_unknown_user_or_one_without_role_is_refused() {
    let mut without_role = account();
    if let Some(user) = without_role.user.as_mut() {
        user.roles.clear();
    }
    for account in [Account { user: None, ..account() }, without_role] {
        assert_eq!(outcome(&request(), WebService::NonDevice, &account), Some(("SR/9", ResponseCode::E1)));
    }
}

#[test]
fn sr_10_a_suspended_user_is_refused() {
    let mut account = account();
    if let Some(user) = account.user.as_mut() {
        user.status = UserStatus::Suspended;
    }
    assert_eq!(outcome(&request(), WebService::NonDevice, &account), Some(("SR/10", ResponseCode::E3)));
}

#[test]
fn sr_11_every_role_by_every_service_request() {
    for variant in crate::domain::ServiceReferenceVariant::all() {
        for role in Role::ALL {
            let mut request = request();
            request.variant = variant;
            let request_type = variant.request_type();
            request.id.target = target_of(request_type);
            request.command_variant = CommandVariant::first_of(request_type);
            let mut account = account();
            if let Some(user) = account.user.as_mut() {
                user.roles = vec![*role];
            }
            let outcome =
                |account: &Account| outcome(&request, WebService::of(request.command_variant), account);
            let eligible = |role| variant.eligible_roles().contains(&role);
            let refused = Some(("SR/11", ResponseCode::E2));
            let expected = if eligible(*role) { None } else { refused };
            assert_eq!(outcome(&account), expected, "{variant} {role}");
            // F1, F2: whoever supplies a meter without an Import MPAN is its Import Supplier.
            account.counts_as_import_supplier = true;
            let counts = *role == Role::ES && eligible(Role::IS);
            assert_eq!(outcome(&account), if counts { None } else { expected }, "{variant} {role}");
        }
    }
}

#[test]
fn an_override_changes_the_code_and_nothing_else() {
    let overrides = CodeOverrides::new([(common::NEW_REQUEST_ID, ResponseCode::E65)]);
    let account = Account { request_id: RequestIdUse::ByAnother, ..account() };
    let mut trace = Trace::new(overrides);
    let refusal = authorise(&request(), WebService::NonDevice, DCC, &account, &mut trace).unwrap_err();
    assert_eq!((refusal.rule.id, refusal.code), ("SR/6", ResponseCode::E65));
}

//! Service Requests: variants, request types, web services, Command Variants.

mod table;

use std::{fmt, str::FromStr};

use super::{Malformed, Role, set::closed_set};

/// One row of the table of Service Requests.
struct ServiceRow {
    variant: &'static str,
    name: &'static str,
    request_type: RequestType,
    roles: &'static [Role],
}

closed_set!(
    /// The type of a request, which determines its web service. A non-device request is answered by the DCC, and a device
    /// request is sent to a Device. A critical one is transformed and signed before it is sent.
    RequestType, "a request type", {
        NonDevice => "non-device",
        Device => "device",
        Critical => "critical",
    }
);

/// A Service Reference Variant that DUIS knows, such as `8.4` or `6.15.1`.
#[derive(Clone, Copy)]
pub struct ServiceReferenceVariant(&'static ServiceRow);

impl ServiceReferenceVariant {
    /// Every variant, in the schema's order.
    pub fn all() -> impl Iterator<Item = Self> {
        table::TABLE.iter().map(Self)
    }

    /// The placeholder in an answer to a message whose variant cannot be read: the first variant of the schema (ours).
    ///
    /// The schema requires a variant in every answer. This service answers no request of this variant, so a client cannot
    /// mistake the placeholder for the variant of its request.
    pub fn unreadable() -> Self {
        let [first, ..] = &table::TABLE;
        Self(first)
    }

    /// The variant's number as text.
    pub fn as_str(self) -> &'static str {
        self.0.variant
    }

    /// Its Service Reference: the first two numbers.
    pub fn service_reference(self) -> &'static str {
        let variant = self.0.variant;
        // `6.15.1` is a variant of `6.15`; `8.4` is its own Service Reference.
        let second_dot = variant.match_indices('.').nth(1).map(|(at, _)| at);
        second_dot.and_then(|at| variant.get(..at)).unwrap_or(variant)
    }

    /// Its name in DUIS.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The request type: non-device, device or critical.
    pub fn request_type(self) -> RequestType {
        self.0.request_type
    }

    /// The User Roles that may send it (SMI.md 1).
    pub fn eligible_roles(self) -> &'static [Role] {
        self.0.roles
    }
}

// By number, which is unique in the table. A derived comparison would also compare names and roles.
impl PartialEq for ServiceReferenceVariant {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for ServiceReferenceVariant {}

impl FromStr for ServiceReferenceVariant {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        Self::all()
            .find(|known| known.as_str() == text)
            .ok_or_else(|| Malformed::new(text, "a ServiceReferenceVariant of DUIS"))
    }
}

impl fmt::Display for ServiceReferenceVariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for ServiceReferenceVariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

closed_set!(
    /// The Service Requests that this service answers.
    ServiceRequest, "a Service Request answered here", {
        ReadInventory => "8.2",
        DecommissionDevice => "8.3",
        UpdateInventory => "8.4",
        UpdateHanDeviceLog => "8.11",
        HubInstallSuccess => "8.14.1",
        HubInstallNoSmWan => "8.14.2",
        HubFaultReturn => "8.14.3",
        HubNoFaultReturn => "8.14.4",
        UpdateFirmware => "11.1",
        ActivateFirmware => "11.3",
        RequestWanMatrix => "12.1",
        DevicePrenotification => "12.2",
    }
);

impl ServiceRequest {
    /// Its variant.
    pub fn variant(self) -> ServiceReferenceVariant {
        // The fallback is never used: a test looks each of them up.
        self.as_str().parse().unwrap_or_else(|_| ServiceReferenceVariant::unreadable())
    }

    /// The name of its element in the Body.
    pub const fn element(self) -> &'static str {
        match self {
            Self::ReadInventory => "ReadInventory",
            Self::DecommissionDevice => "DecommissionDevice",
            Self::UpdateInventory => "UpdateInventory",
            Self::UpdateHanDeviceLog => "UpdateHANDeviceLog",
            Self::HubInstallSuccess => "CHFInstallSuccessSMWAN",
            Self::HubInstallNoSmWan => "CHFInstallSuccessNoSMWAN",
            Self::HubFaultReturn => "CHFFaultReturn",
            Self::HubNoFaultReturn => "CHFNoFaultReturn",
            Self::UpdateFirmware => "UpdateFirmware",
            Self::ActivateFirmware => "ActivateFirmware",
            Self::RequestWanMatrix => "RequestWANMatrix",
            Self::DevicePrenotification => "DevicePrenotification",
        }
    }
}

closed_set!(
    /// The three web services of the DUIS interface, by the name in their path.
    WebService, "a web service", {
        NonDevice => "serviceD",
        SendCommand => "serviceS",
        Transform => "serviceT",
    }
);

impl WebService {
    /// The web service for requests with that Command Variant (SMI.md 3/7).
    pub const fn of(variant: CommandVariant) -> Self {
        match variant.get() {
            1 | 3 | 5 | 7 => Self::SendCommand,
            4 => Self::Transform,
            // 2 and 6 ask for a Command that the User delivers locally, 8 is of a non-device request. No service is known for 9.
            _ => Self::NonDevice,
        }
    }
}

/// The Command Variant, 1 to 9 (schema: CommandVariant).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandVariant(u8);

impl CommandVariant {
    /// The variant of every non-device request (SMI.md 3/8).
    pub const NON_DEVICE: Self = Self(8);
    /// The variant of a device request that the DCC sends to the Device itself.
    pub const SEND: Self = Self(1);
    /// The variant of a device request whose Command the User delivers locally.
    pub const LOCAL_DELIVERY: Self = Self(2);
    /// The variant of a critical request that is to be transformed.
    pub const TRANSFORM: Self = Self(4);

    /// The first variant that suits requests of that type (SMI.md 3/8).
    pub const fn first_of(request_type: RequestType) -> Self {
        match request_type {
            RequestType::NonDevice => Self::NON_DEVICE,
            RequestType::Device => Self::SEND,
            RequestType::Critical => Self::TRANSFORM,
        }
    }

    /// The number.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u64> for CommandVariant {
    type Error = Malformed;

    fn try_from(number: u64) -> Result<Self, Malformed> {
        u8::try_from(number)
            .ok()
            .filter(|number| (1..=9).contains(number))
            .map(Self)
            .ok_or_else(|| Malformed::new(&number.to_string(), "a CommandVariant: 1 to 9"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variant_is_found_by_its_text_once() {
        assert_eq!(ServiceReferenceVariant::all().count(), 129);
        for variant in ServiceReferenceVariant::all() {
            assert_eq!(variant.as_str().parse::<ServiceReferenceVariant>(), Ok(variant));
            assert_eq!(ServiceReferenceVariant::all().filter(|other| *other == variant).count(), 1);
        }
    }

    /// F20, SMI.md 3/7.
    #[test]
    fn each_command_variant_belongs_to_a_web_service() {
        let of = |number| WebService::of(CommandVariant::try_from(number).unwrap()).as_str();
        let services = (1..=9).map(of).collect::<Vec<_>>();
        assert_eq!(
            services,
            [
                "serviceS", "serviceD", "serviceS", "serviceT", "serviceS", "serviceD", "serviceS",
                "serviceD", "serviceD"
            ]
        );
    }

    #[test]
    fn the_service_reference_is_the_first_two_numbers() {
        let reference = |text: &str| text.parse::<ServiceReferenceVariant>().unwrap().service_reference();
        assert_eq!(["8.4", "8.14.1", "12.2", "6.2.10"].map(reference), ["8.4", "8.14", "12.2", "6.2"]);
    }

    #[test]
    fn what_is_answered_here_has_the_type_and_the_roles_of_the_public_table() {
        for service in ServiceRequest::ALL {
            let variant = service.variant();
            assert_eq!(variant.as_str(), service.as_str());
            let (request_type, roles): (_, &[Role]) = match service {
                ServiceRequest::UpdateHanDeviceLog => (RequestType::Device, &[Role::IS, Role::GS, Role::OU]),
                ServiceRequest::DecommissionDevice
                | ServiceRequest::HubInstallSuccess
                | ServiceRequest::HubInstallNoSmWan
                | ServiceRequest::HubFaultReturn
                | ServiceRequest::HubNoFaultReturn
                | ServiceRequest::UpdateFirmware => (RequestType::NonDevice, &[Role::IS, Role::GS]),
                ServiceRequest::ActivateFirmware => (RequestType::Critical, &[Role::IS, Role::GS]),
                ServiceRequest::ReadInventory
                | ServiceRequest::UpdateInventory
                | ServiceRequest::RequestWanMatrix
                | ServiceRequest::DevicePrenotification => (RequestType::NonDevice, Role::ALL),
            };
            assert_eq!(variant.request_type(), request_type, "{service}");
            assert!(roles.iter().all(|role| variant.eligible_roles().contains(role)), "{service}");
            assert_eq!(variant.eligible_roles().len(), roles.len(), "{service}");
        }
    }
}

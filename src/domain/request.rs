//! Requests: the Service Requests that are answered here, decoded.

use super::{
    ActivateFirmware, CommandVariant, DeviceDetails, DeviceManufacturer, DeviceModel, DeviceType,
    EsmeVariant, Eui64, FirmwareVersion, HubFaultReturn, HubInstall, HubNoFaultReturn, Mpxn, MpxnKind,
    Obstructions, PropertyFilter, RequestId, SchemaVersion, ServiceReferenceVariant, ServiceRequest,
    SmetsChtsVersion, SmiStatus, UpdateFirmware, UpdateHanDeviceLog, Uprn, set::closed_set,
};

/// A request that the schema accepts, for a Service Request that is answered here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The schemaVersion, which determines the shape of the answer.
    pub schema_version: SchemaVersion,
    /// The RequestID.
    pub id: RequestId,
    /// The Command Variant.
    pub command_variant: CommandVariant,
    /// The Service Reference Variant of its Header.
    pub variant: ServiceReferenceVariant,
    /// The Body.
    pub body: Body,
}

impl Request {
    /// The Device that it acts on, if any: that of its Body, or the target of an SR 11.3.
    pub const fn device(&self) -> Option<Eui64> {
        // The Body of an SR 11.3 names an image alone.
        if let Body::ActivateFirmware(_) = &self.body { Some(self.id.target) } else { self.body.device() }
    }

    /// What its decision may change: the Device that it acts on, the CHF whose HAN device log it changes, the GPF of a new CHF. Of an
    /// SR 11.1 its sender: the parts of images are kept by User.
    pub fn devices(&self) -> impl Iterator<Item = Eui64> {
        let beside = match &self.body {
            Body::UpdateHanDeviceLog(_) => Some(self.id.target),
            Body::UpdateFirmware(_) => Some(self.id.originator),
            Body::DevicePrenotification(new) => new.associated_gpf,
            Body::ReadInventory(_)
            | Body::DecommissionDevice(_)
            | Body::UpdateInventory(_)
            | Body::HubInstallSuccess(_)
            | Body::HubInstallNoSmWan(..)
            | Body::HubFaultReturn(_)
            | Body::HubNoFaultReturn(_)
            | Body::ActivateFirmware(_)
            | Body::RequestWanMatrix(_) => None,
        };
        self.device().into_iter().chain(beside)
    }
}

/// The Body of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// SR 8.2.
    ReadInventory(ReadInventory),
    /// SR 8.3: the Device.
    DecommissionDevice(Eui64),
    /// SR 8.4.
    UpdateInventory(UpdateInventory),
    /// SR 8.11.
    UpdateHanDeviceLog(UpdateHanDeviceLog),
    /// SR 8.14.1.
    HubInstallSuccess(HubInstall),
    /// SR 8.14.2.
    HubInstallNoSmWan(HubInstall, Obstructions),
    /// SR 8.14.3.
    HubFaultReturn(HubFaultReturn),
    /// SR 8.14.4.
    HubNoFaultReturn(HubNoFaultReturn),
    /// SR 11.1.
    UpdateFirmware(UpdateFirmware),
    /// SR 11.3.
    ActivateFirmware(ActivateFirmware),
    /// SR 12.1.
    RequestWanMatrix(PremisesKey),
    /// SR 12.2.
    DevicePrenotification(DevicePrenotification),
}

impl Body {
    /// The Service Request that the Body is of.
    pub const fn service(&self) -> ServiceRequest {
        match self {
            Self::ReadInventory(_) => ServiceRequest::ReadInventory,
            Self::DecommissionDevice(_) => ServiceRequest::DecommissionDevice,
            Self::UpdateInventory(_) => ServiceRequest::UpdateInventory,
            Self::UpdateHanDeviceLog(_) => ServiceRequest::UpdateHanDeviceLog,
            Self::HubInstallSuccess(_) => ServiceRequest::HubInstallSuccess,
            Self::HubInstallNoSmWan(..) => ServiceRequest::HubInstallNoSmWan,
            Self::HubFaultReturn(_) => ServiceRequest::HubFaultReturn,
            Self::HubNoFaultReturn(_) => ServiceRequest::HubNoFaultReturn,
            Self::UpdateFirmware(_) => ServiceRequest::UpdateFirmware,
            Self::ActivateFirmware(_) => ServiceRequest::ActivateFirmware,
            Self::RequestWanMatrix(_) => ServiceRequest::RequestWanMatrix,
            Self::DevicePrenotification(_) => ServiceRequest::DevicePrenotification,
        }
    }

    /// The reason that it gives for what it asks, if any: SR 8.14.3 and 8.14.4 say why a hub goes back.
    pub const fn reason(&self) -> Option<&'static str> {
        match self {
            Self::HubFaultReturn(returned) => Some(returned.return_type.as_str()),
            Self::HubNoFaultReturn(returned) => Some(returned.return_type.as_str()),
            Self::ReadInventory(_)
            | Self::DecommissionDevice(_)
            | Self::UpdateInventory(_)
            | Self::UpdateHanDeviceLog(_)
            | Self::HubInstallSuccess(_)
            | Self::HubInstallNoSmWan(..)
            | Self::UpdateFirmware(_)
            | Self::ActivateFirmware(_)
            | Self::RequestWanMatrix(_)
            | Self::DevicePrenotification(_) => None,
        }
    }

    /// Whether its acceptance may change the inventory. A request that only reads is decided on a snapshot.
    pub const fn may_change(&self) -> bool {
        match self {
            Self::ReadInventory(_) | Self::RequestWanMatrix(_) => false,
            Self::DecommissionDevice(_)
            | Self::UpdateInventory(_)
            | Self::UpdateHanDeviceLog(_)
            | Self::HubInstallSuccess(_)
            | Self::HubInstallNoSmWan(..)
            | Self::HubFaultReturn(_)
            | Self::HubNoFaultReturn(_)
            | Self::UpdateFirmware(_)
            | Self::ActivateFirmware(_)
            | Self::DevicePrenotification(_) => true,
        }
    }

    /// The Device that it names as the one it acts on, if any.
    pub const fn device(&self) -> Option<Eui64> {
        // No `_` arm: decision records are found by this Device, so each new Service Request must name its own.
        match self {
            Self::ReadInventory(ReadInventory::DeviceId(id)) => Some(*id),
            Self::ReadInventory(_)
            | Self::UpdateFirmware(_)
            | Self::ActivateFirmware(_)
            | Self::RequestWanMatrix(_) => None,
            Self::DecommissionDevice(id) => Some(*id),
            Self::UpdateInventory(update) => Some(update.device_id),
            Self::UpdateHanDeviceLog(update) => Some(update.device_id),
            Self::HubInstallSuccess(install) | Self::HubInstallNoSmWan(install, _) => Some(install.device_id),
            Self::HubFaultReturn(returned) => Some(returned.device_id),
            Self::HubNoFaultReturn(returned) => Some(returned.device_id),
            Self::DevicePrenotification(device) => Some(device.device_id),
        }
    }
}

/// SR 8.2: the key of the premises whose Devices are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadInventory {
    /// A UPRN.
    Uprn(Uprn),
    /// A Device of the premises.
    DeviceId(Eui64),
    /// A supply point.
    Mpxn(Mpxn),
    /// An address.
    PropertyFilter(PropertyFilter),
}

/// SR 8.4: one change to one Device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateInventory {
    /// The Device.
    pub device_id: Eui64,
    /// The change.
    pub change: InventoryChange,
}

/// The five changes of SR 8.4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InventoryChange {
    /// The status of any Device but a CHF.
    StatusExceptCh(StatusExceptCh),
    /// The status of a CHF.
    StatusCh(StatusCh),
    /// Details: the Device Model, the ESME Variant, or both.
    Details(ChangedDetails),
    /// The removal of the Device.
    Delete,
    /// A supply point.
    Mpxn(MpxnKind, Mpxn),
}

closed_set!(
    /// The statuses UpdateDeviceStatusExceptCH can name.
    StatusExceptCh, "an UpdateDeviceStatusExceptCH", {
        Pending => "Pending",
        InstalledNotCommissioned => "InstalledNotCommissioned",
    }
);

impl From<StatusExceptCh> for SmiStatus {
    fn from(status: StatusExceptCh) -> Self {
        match status {
            StatusExceptCh::Pending => Self::Pending,
            StatusExceptCh::InstalledNotCommissioned => Self::InstalledNotCommissioned,
        }
    }
}

closed_set!(
    /// The statuses UpdateDeviceStatusCH can name.
    StatusCh, "an UpdateDeviceStatusCH", {
        Commissioned => "Commissioned",
        Withdrawn => "Withdrawn",
        InstalledNotCommissioned => "InstalledNotCommissioned",
    }
);

impl From<StatusCh> for SmiStatus {
    fn from(status: StatusCh) -> Self {
        match status {
            StatusCh::Commissioned => Self::Commissioned,
            StatusCh::Withdrawn => Self::Withdrawn,
            StatusCh::InstalledNotCommissioned => Self::InstalledNotCommissioned,
        }
    }
}

/// The details that an UpdateDeviceDetails sets. Details that it leaves out do not change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangedDetails {
    /// A new manufacturer.
    pub manufacturer: Option<DeviceManufacturer>,
    /// A new model.
    pub model: Option<DeviceModel>,
    /// A new SMETS or CHTS version.
    pub smets_chts_version: Option<SmetsChtsVersion>,
    /// A new firmware version.
    pub firmware_version: Option<FirmwareVersion>,
    /// A new ESME Variant.
    pub esme_variant: Option<EsmeVariant>,
}

impl ChangedDetails {
    /// Whether it names a part of the Device Model: a detail other than the ESME Variant.
    pub const fn names_model(&self) -> bool {
        self.manufacturer.is_some()
            || self.model.is_some()
            || self.smets_chts_version.is_some()
            || self.firmware_version.is_some()
    }

    /// The resulting details: those of before, with the named ones replaced (MP125-R8).
    pub fn applied_to(&self, before: &DeviceDetails) -> DeviceDetails {
        let Self { manufacturer, model, smets_chts_version, firmware_version, esme_variant } = self.clone();
        DeviceDetails {
            manufacturer: manufacturer.unwrap_or_else(|| before.manufacturer.clone()),
            model: model.unwrap_or_else(|| before.model.clone()),
            smets_chts_version: smets_chts_version.or_else(|| before.smets_chts_version.clone()),
            firmware_version: firmware_version.or_else(|| before.firmware_version.clone()),
            // A detail can be replaced, but not removed: the schema has no way to say that.
            esme_variant: esme_variant.or(before.esme_variant),
        }
    }
}

/// SR 12.1: the key of the premises to report coverage of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PremisesKey {
    /// A UPRN.
    Uprn(Uprn),
    /// An address.
    PartialAddress(PropertyFilter),
}

/// SR 12.2: a Device that is to join the SMI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DevicePrenotification {
    /// Its EUI-64.
    pub device_id: Eui64,
    /// Its type.
    pub device_type: DeviceType,
    /// Its details.
    pub details: DeviceDetails,
    /// For a CHF: the GPF of the same Communications Hub.
    pub associated_gpf: Option<Eui64>,
}

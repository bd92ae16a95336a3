//! Reports of Users about a Communications Hub: SR 8.14.1 to 8.14.4.

use super::{DateTimeText, Eui64, HubInformation, IncidentReference, Mpxn, UserReference, set::closed_set};

closed_set!(
    /// The kind of installation (schema: CHFInstallType).
    HubInstallType, "a CHFInstallType", {
        New => "New CHF Install",
        Replacement => "Replacement CHF Install",
        NoSmWan => "CHF Install - no SM WAN",
    }
);
closed_set!(
    /// The hub's location on the premises (schema: CHFLocation).
    HubLocation, "a CHFLocation", {
        Outside => "Outside Premises",
        ExternalWall => "Indoors on external wall",
        DeepIndoors => "Deep indoors",
        Basement => "Basement or Cellar",
    }
);
closed_set!(
    /// The kind of premises (schema: PremiseType).
    PremiseType, "a PremiseType", {
        Detached => "Detached / Semi Detached",
        Terraced => "Terraced",
        LowRise => "Low Rise Apartment (MDU <= 5 floors)",
        HighRise => "High Rise Apartment (MDU > 5 floors)",
    }
);
closed_set!(
    /// The phase in which a fault was found (schema: CHFFaultReturnType).
    HubFaultReturnType, "a CHFFaultReturnType", {
        BeforeInstallation => "Fault identified prior to installation",
        AfterInstallation => "Fault identified post installation",
    }
);
closed_set!(
    /// The reason for returning a Communications Hub without a fault (schema: CHFNoFaultReturnType).
    HubNoFaultReturnType, "a CHFNoFaultReturnType", {
        General => "No Fault Return (general)",
        OptOut => "No Fault Return (non-dom opt out)",
        HanVariant => "No Fault Return (dual supplier HAN variant replacement)",
        WanVariant => "No Fault Return (SM WAN variant replacement requested by DCC)",
        LostOrStolen => "Lost or Stolen Hub",
    }
);
closed_set!(
    /// The hub's connection (schema: CHFConnectionMethod).
    HubConnection, "a CHFConnectionMethod", {
        HotShoe => "Hot-shoe",
        Cradle => "Cradle",
        Esme => "ESME",
    }
);
closed_set!(
    /// The hub's fault (schema: CHFFaultReason).
    HubFaultReason, "a CHFFaultReason", {
        Case => "Damaged case",
        Connector => "Damaged Connector",
        Seals => "Illegal interference or missing seals",
        Environment => "Environmental conditions exceeded",
        SmWan => "SM WAN Fault",
        SmHan => "SMHAN Interface Fault",
        Led => "LED Fault",
        Aerial => "Aerial fault",
        Manufacturing => "Manufacturing defect",
    }
);

/// The report of an installation: SR 8.14.1, and the part that SR 8.14.2 shares with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubInstall {
    /// The CHF.
    pub device_id: Eui64,
    /// The kind of installation.
    pub install_type: HubInstallType,
    /// The time of the installation, as the User gives it.
    pub at: Option<DateTimeText>,
    /// The User's own reference.
    pub reference: Option<UserReference>,
    /// A supply point of the premises.
    pub mpxn: Mpxn,
    /// The position of the premises, in the User's own terms.
    pub gis: Option<UserReference>,
    /// Whether an aerial was fitted.
    pub aerial: bool,
    /// The location on the premises.
    pub location: HubLocation,
    /// Additional information of the User.
    pub information: Option<HubInformation>,
}

/// The obstructions that SR 8.14.2 adds: possible reasons for the missing SM WAN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Obstructions {
    /// The kind of premises.
    pub premises: PremiseType,
    /// Whether metal was looked for.
    pub metal: bool,
    /// Whether other obstructions of the connection were looked for.
    pub connectivity: bool,
    /// Whether a shared obstruction was looked for.
    pub shared: bool,
}

/// SR 8.14.3: the return of a faulty Communications Hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubFaultReturn {
    /// The CHF.
    pub device_id: Eui64,
    /// The phase in which the fault was found.
    pub return_type: HubFaultReturnType,
    /// The time, as the User gives it.
    pub at: Option<DateTimeText>,
    /// The User's own reference.
    pub reference: Option<UserReference>,
    /// Another Device that is affected.
    pub other_device: Eui64,
    /// The incident.
    pub incident: Option<IncidentReference>,
    /// The connection.
    pub connection: HubConnection,
    /// The fault.
    pub reason: HubFaultReason,
    /// Additional information of the User.
    pub information: Option<HubInformation>,
}

/// SR 8.14.4: the return of a Communications Hub without a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubNoFaultReturn {
    /// The CHF.
    pub device_id: Eui64,
    /// The reason.
    pub return_type: HubNoFaultReturnType,
    /// The time, as the User gives it.
    pub at: Option<DateTimeText>,
    /// The User's own reference.
    pub reference: Option<UserReference>,
    /// The incident.
    pub incident: Option<IncidentReference>,
    /// Additional information of the User.
    pub information: Option<HubInformation>,
}

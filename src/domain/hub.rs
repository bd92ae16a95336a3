//! What a User reports of a Communications Hub: SR 8.14.1 to 8.14.4.

use super::{DateTimeText, Eui64, HubInformation, IncidentReference, Mpxn, UserReference, set::closed_set};

closed_set!(
    /// How a Communications Hub came there (schema: CHFInstallType).
    HubInstallType, "a CHFInstallType", {
        New => "New CHF Install",
        Replacement => "Replacement CHF Install",
        NoSmWan => "CHF Install - no SM WAN",
    }
);
closed_set!(
    /// Where on the premises it is (schema: CHFLocation).
    HubLocation, "a CHFLocation", {
        Outside => "Outside Premises",
        ExternalWall => "Indoors on external wall",
        DeepIndoors => "Deep indoors",
        Basement => "Basement or Cellar",
    }
);
closed_set!(
    /// What kind of premises (schema: PremiseType).
    PremiseType, "a PremiseType", {
        Detached => "Detached / Semi Detached",
        Terraced => "Terraced",
        LowRise => "Low Rise Apartment (MDU <= 5 floors)",
        HighRise => "High Rise Apartment (MDU > 5 floors)",
    }
);
closed_set!(
    /// When a fault showed (schema: CHFFaultReturnType).
    HubFaultReturnType, "a CHFFaultReturnType", {
        BeforeInstallation => "Fault identified prior to installation",
        AfterInstallation => "Fault identified post installation",
    }
);
closed_set!(
    /// Why a sound Communications Hub goes back (schema: CHFNoFaultReturnType).
    HubNoFaultReturnType, "a CHFNoFaultReturnType", {
        General => "No Fault Return (general)",
        OptOut => "No Fault Return (non-dom opt out)",
        HanVariant => "No Fault Return (dual supplier HAN variant replacement)",
        WanVariant => "No Fault Return (SM WAN variant replacement requested by DCC)",
        LostOrStolen => "Lost or Stolen Hub",
    }
);
closed_set!(
    /// What it is plugged into (schema: CHFConnectionMethod).
    HubConnection, "a CHFConnectionMethod", {
        HotShoe => "Hot-shoe",
        Cradle => "Cradle",
        Esme => "ESME",
    }
);
closed_set!(
    /// What is wrong with it (schema: CHFFaultReason).
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

/// What SR 8.14.1 and 8.14.2 tell alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubInstall {
    /// The CHF.
    pub device_id: Eui64,
    /// How it came there.
    pub install_type: HubInstallType,
    /// When.
    pub at: Option<DateTimeText>,
    /// The User's own reference.
    pub reference: Option<UserReference>,
    /// A supply point of the premises.
    pub mpxn: Mpxn,
    /// Where the premises are, in the User's own terms.
    pub gis: Option<UserReference>,
    /// Whether an aerial was fitted.
    pub aerial: bool,
    /// Where on the premises.
    pub location: HubLocation,
    /// Whatever else there is to say.
    pub information: Option<HubInformation>,
}

/// What SR 8.14.2 tells beside that: why there may be no SM WAN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Obstructions {
    /// What kind of premises.
    pub premises: PremiseType,
    /// Whether metal was looked for.
    pub metal: bool,
    /// Whether other obstructions of the connection were looked for.
    pub connectivity: bool,
    /// Whether a shared obstruction was looked for.
    pub shared: bool,
}

/// SR 8.14.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubFaultReturn {
    /// The CHF.
    pub device_id: Eui64,
    /// When the fault showed.
    pub return_type: HubFaultReturnType,
    /// When the User says it was.
    pub at: Option<DateTimeText>,
    /// The User's own reference.
    pub reference: Option<UserReference>,
    /// Another Device it concerns.
    pub other_device: Eui64,
    /// The incident.
    pub incident: Option<IncidentReference>,
    /// What it was plugged into.
    pub connection: HubConnection,
    /// What is wrong.
    pub reason: HubFaultReason,
    /// Whatever else there is to say.
    pub information: Option<HubInformation>,
}

/// SR 8.14.4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubNoFaultReturn {
    /// The CHF.
    pub device_id: Eui64,
    /// Why it goes back.
    pub return_type: HubNoFaultReturnType,
    /// When the User says it was.
    pub at: Option<DateTimeText>,
    /// The User's own reference.
    pub reference: Option<UserReference>,
    /// The incident.
    pub incident: Option<IncidentReference>,
    /// Whatever else there is to say.
    pub information: Option<HubInformation>,
}

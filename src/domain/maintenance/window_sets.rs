//! The closed sets that describe a maintenance window (SERVICE.md 5.3).

use crate::domain::closed_set;

closed_set!(
    /// How a window came about (MP092-R5, R21, R23).
    WindowKind, "a kind of maintenance window", {
        Planned => "planned",
        Unplanned => "unplanned",
        Emergency => "emergency",
    }
);

closed_set!(
    /// Which environment is worked on. Limits hold for production alone (MP092-R30).
    MaintenanceEnvironment, "an environment", {
        Production => "production",
        Uit => "UIT",
        Sit => "SIT",
        Development => "development",
    }
);

closed_set!(
    /// How sure it is that services are disrupted. A Material Risk counts as disruption (MP092-R5, C15).
    Disruption, "a degree of disruption", {
        Certain => "certain",
        Risk => "risk",
        Nothing => "none",
    }
);

closed_set!(
    /// The yes-or-no columns of a window: what it touches (MP092-R2, R4, R7, R8, R24, R25).
    WindowAspect, "a yes-or-no column of a window", {
        Communications => "communications",
        InstallCommission => "install_commission",
        Smets1Migrations => "smets1_migrations",
        ServiceRequests => "service_requests",
        StopsTopUps => "stops_top_ups",
        UserChanges => "user_changes",
        Ssi => "ssi",
        ConsumerAffecting => "consumer_affecting",
        MigrationSystems => "migration_systems",
    }
);

closed_set!(
    /// Whose systems are worked on (GEN-D1).
    MaintenanceProvider, "a provider", {
        Dsp => "DSP",
        CspNorth => "CSP North",
        CspCentralSouth => "CSP Central & South",
        S1sp => "S1SP",
        Dco => "DCO",
        Dcc => "DCC",
    }
);

closed_set!(
    /// What a window stops at this service, where it is felt there (ours).
    StoppedService, "what a window stops", {
        Requests => "requests",
        Deliveries => "deliveries",
    }
);

closed_set!(
    /// The category of Planned Maintenance: High Impact or Low Impact (MP092-R1).
    WindowCategory, "a category of Planned Maintenance", {
        High => "High",
        Low => "Low",
    }
);

closed_set!(
    /// The state of a window's working copy.
    WindowState, "a state of a maintenance window", {
        // It was never published.
        Draft => "draft",
        // What is in force is what the working copy says.
        Published => "published",
        // It was edited since it was published.
        Changed => "changed",
        Withdrawn => "withdrawn",
        Closed => "closed",
    }
);

closed_set!(
    /// Whether the limits of a month are one allowance for all, or one a provider (C16; PM/m).
    AllowanceScope, "a scope of limits", {
        Shared => "shared",
        PerProvider => "per_provider",
    }
);

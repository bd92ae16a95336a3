//! What Users and the Service Desk are told of large images (SERVICE.md 3.5).

use crate::domain::set::closed_set;

closed_set!(
    /// A kind of notice about large images.
    FirmwareNotice, "a notice about firmware", {
        // A User's day is over its limit.
        ContactRequired => "firmware.contact_required",
        Agreed => "firmware.agreed",
        // A batch made room for another schedule.
        Altered => "firmware.altered",
        Withdrawn => "firmware.withdrawn",
    }
);

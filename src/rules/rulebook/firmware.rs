//! Large SMETS1 firmware (SERVICE.md 3.2; MP230): which images need a delivery schedule, what an ask has, where its batches go. They refuse
//! no Service Request, so that no source has response codes for them, and all codes are ours. FW/e is a step of SR 11.3. The others
//! say how a standing, a state or a time is made; nothing can break them.

use super::table::rules;

rules! {
    SMETS1_ALONE = "FW/a", "the Devices are SMETS1 Devices: activations of others count for nothing, and SR 11.1 never does", I0 Assumed, Seed "MP230-R1, R8, R14",
        "nobody: nothing is refused by it";
    LARGE = "FW/b", "the image is large: over `firmware.large_above_bytes`, with 1 kB = 1,000 bytes, as submitted and before packaging; a part has the size of its whole", I0 Assumed, Seed "MP230-R2, R10",
        "the operator, by `firmware.large_above_bytes`";
    WITHIN_LIMIT = "FW/d", "the User's large images of the London day are no more than its limit: the greater of `firmware.contact_above_images` and all images agreed for it that day; before `firmware.mp230_from` there is none", I0 Assumed, Seed "MP230-R2",
        "the User, by a schedule that the Service Desk agrees; the operator, by `firmware.contact_above_images`";
    ASK_COMPLETE = "FW/f", "an ask names a User that is Active with IS or GS, the image, its size, which agrees with that of the register, and the number of images", E100 Assumed, Seed "MP230-R3, R4",
        "the Supplier, with the field that is named";
    SPLIT = "FW/g", "the Supplier split it: 1 to 366 batches, each of 1 to `firmware.capacity_per_day` images, on different days that are not past, which together are the number of images", E100 Assumed, Seed "MP230-R5, R15",
        "the Supplier, with batches as `smi firmware plan` proposes them";
    NEEDS_SCHEDULE = "FW/h", "the image is large, and a day has more than `firmware.contact_above_images`: else no schedule is needed, which is a warning", I0 Assumed, Seed "MP230-T1",
        "the Supplier, by sending without a schedule";
    CAPACITY = "FW/i", "the images agreed for a London day for all Users together are no more than its capacity: `firmware.capacity_per_day`, or what the import of capacity says", E100 Assumed, Seed "MP230-R11, R17",
        "the Service Desk, by settling the clash; the operator, by an import of capacity";
    SETTLED = "FW/k", "a clash is settled with a written reason: each clashing batch goes whole to the first later day with room that has no other batch of the schedule; or named batches of others, of a day after today and with nothing sent, go whole to the first day after their own with room", E100 Assumed, Seed "MP230-R12, R13",
        "the Service Desk, with the other way, or with other batches";
    UPDATE_LASTS = "FW/p", "the last day of a batch is at most 7 days after its SR 11.1, which fails then: a warning", I0 Assumed, Seed "MP230-R16",
        "the Supplier, by a later SR 11.1 or an earlier batch";
}

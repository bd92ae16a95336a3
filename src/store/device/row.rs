//! A Device as a row.

use diesel::prelude::*;

use crate::{
    db::StoreFault,
    domain::{AddressIdentifier, Device, DeviceDetails, Mpxns, PostCode, PropertyFilter},
    store::{
        stored::{Table, text, uprn_number},
        table::stored_table,
    },
};

stored_table! {
    devices (device_id) {
        device_id -> Text,
        device_type -> Text,
        status -> Nullable<Text>,
        device_manufacturer -> Text,
        device_model -> Text,
        smets_chts_version -> Nullable<Text>,
        firmware_version -> Nullable<Text>,
        esme_variant -> Nullable<Text>,
        pre_notified_by -> Nullable<Text>,
        chf_device_id -> Nullable<Text>,
        associated_gpf_device_id -> Nullable<Text>,
        import_mpxn -> Nullable<Text>,
        secondary_import_mpan -> Nullable<Text>,
        export_mpan -> Nullable<Text>,
        uprn -> Nullable<BigInt>,
        postcode -> Nullable<Text>,
        postcode_key -> Nullable<Text>,
        address_identifier -> Nullable<Text>,
        csp_region -> Nullable<Text>,
        gbcs_version -> Nullable<Text>,
        han_variant -> Nullable<Text>,
        s1sp -> Nullable<Text>,
        connectivity -> Nullable<Text>,
        date_commissioned -> Nullable<Text>,
    }
}

diesel::table! {
    /// Devices of a file that is being imported: a temporary table of the writer's own.
    staged_devices (line) {
        line -> BigInt,
        device_id -> Text,
        device_type -> Text,
        status -> Nullable<Text>,
        device_manufacturer -> Text,
        device_model -> Text,
        smets_chts_version -> Nullable<Text>,
        firmware_version -> Nullable<Text>,
        esme_variant -> Nullable<Text>,
        pre_notified_by -> Nullable<Text>,
        chf_device_id -> Nullable<Text>,
        associated_gpf_device_id -> Nullable<Text>,
        import_mpxn -> Nullable<Text>,
        secondary_import_mpan -> Nullable<Text>,
        export_mpan -> Nullable<Text>,
        uprn -> Nullable<BigInt>,
        postcode -> Nullable<Text>,
        postcode_key -> Nullable<Text>,
        address_identifier -> Nullable<Text>,
        csp_region -> Nullable<Text>,
        gbcs_version -> Nullable<Text>,
        han_variant -> Nullable<Text>,
        s1sp -> Nullable<Text>,
        connectivity -> Nullable<Text>,
        date_commissioned -> Nullable<Text>,
    }
}

pub(in crate::store) const TABLE: Table = Table("devices");

/// The columns of a Device, once for the inventory and once for what is about to be imported.
macro_rules! device_rows {
    ($($column:ident: $type:ty),* $(,)?) => {
        #[derive(Queryable, QueryableByName, Selectable, Insertable)]
        #[diesel(table_name = devices, treat_none_as_default_value = false)]
        pub(in crate::store) struct DeviceRow {
            $($column: $type,)*
        }

        /// A Device of a file that is being imported, and the line it stands on.
        #[derive(Insertable)]
        #[diesel(table_name = staged_devices, treat_none_as_default_value = false)]
        pub(in crate::store) struct StagedRow {
            line: i64,
            $($column: $type,)*
        }

        impl StagedRow {
            /// Of that line.
            pub(in crate::store) fn new(line: u64, device: &Device) -> Self {
                let DeviceRow { $($column,)* } = DeviceRow::from(device);
                Self { line: i64::try_from(line).unwrap_or(i64::MAX), $($column,)* }
            }
        }

        /// Every column.
        pub(in crate::store) const COLUMNS: &[&str] = &[$(stringify!($column)),*];
    };
}

device_rows! {
    device_id: String,
    device_type: String,
    status: Option<String>,
    device_manufacturer: String,
    device_model: String,
    smets_chts_version: Option<String>,
    firmware_version: Option<String>,
    esme_variant: Option<String>,
    pre_notified_by: Option<String>,
    chf_device_id: Option<String>,
    associated_gpf_device_id: Option<String>,
    import_mpxn: Option<String>,
    secondary_import_mpan: Option<String>,
    export_mpan: Option<String>,
    uprn: Option<i64>,
    postcode: Option<String>,
    postcode_key: Option<String>,
    address_identifier: Option<String>,
    csp_region: Option<String>,
    gbcs_version: Option<String>,
    han_variant: Option<String>,
    s1sp: Option<String>,
    connectivity: Option<String>,
    date_commissioned: Option<String>,
}

impl From<&Device> for DeviceRow {
    fn from(device: &Device) -> Self {
        let Device {
            id,
            device_type,
            status,
            details,
            pre_notified_by,
            chf,
            associated_gpf,
            mpxns,
            uprn,
            property,
            csp_region,
            gbcs_version,
            han_variant,
            s1sp,
            connectivity,
            date_commissioned,
        } = device;
        let DeviceDetails { manufacturer, model, smets_chts_version, firmware_version, esme_variant } =
            details;
        let Mpxns { import, secondary_import, export } = mpxns;
        Self {
            device_id: id.to_string(),
            device_type: device_type.to_string(),
            status: text(status.as_ref()),
            device_manufacturer: manufacturer.to_string(),
            device_model: model.to_string(),
            smets_chts_version: text(smets_chts_version.as_ref()),
            firmware_version: text(firmware_version.as_ref()),
            esme_variant: text(esme_variant.as_ref()),
            pre_notified_by: text(pre_notified_by.as_ref()),
            chf_device_id: text(chf.as_ref()),
            associated_gpf_device_id: text(associated_gpf.as_ref()),
            import_mpxn: text(import.as_ref()),
            secondary_import_mpan: text(secondary_import.as_ref()),
            export_mpan: text(export.as_ref()),
            uprn: uprn_number(*uprn),
            postcode: property.as_ref().map(|property| property.post_code.to_string()),
            postcode_key: property.as_ref().map(|property| property.post_code.key()),
            address_identifier: property.as_ref().map(|property| property.address_identifier.to_string()),
            csp_region: text(csp_region.as_ref()),
            gbcs_version: text(gbcs_version.as_ref()),
            han_variant: text(han_variant.as_ref()),
            s1sp: text(s1sp.as_ref()),
            connectivity: text(connectivity.as_ref()),
            date_commissioned: text(date_commissioned.as_ref()),
        }
    }
}

impl TryFrom<DeviceRow> for Device {
    type Error = StoreFault;

    fn try_from(row: DeviceRow) -> Result<Self, StoreFault> {
        Ok(Self {
            id: TABLE.value("device_id", &row.device_id)?,
            device_type: TABLE.value("device_type", &row.device_type)?,
            status: TABLE.optional("status", row.status.as_deref())?,
            details: row.details()?,
            pre_notified_by: TABLE.optional("pre_notified_by", row.pre_notified_by.as_deref())?,
            chf: TABLE.optional("chf_device_id", row.chf_device_id.as_deref())?,
            associated_gpf: TABLE
                .optional("associated_gpf_device_id", row.associated_gpf_device_id.as_deref())?,
            mpxns: row.mpxns()?,
            uprn: TABLE.uprn("uprn", row.uprn)?,
            property: row.property()?,
            csp_region: TABLE.optional("csp_region", row.csp_region.as_deref())?,
            gbcs_version: TABLE.optional("gbcs_version", row.gbcs_version.as_deref())?,
            han_variant: TABLE.optional("han_variant", row.han_variant.as_deref())?,
            s1sp: TABLE.optional("s1sp", row.s1sp.as_deref())?,
            connectivity: TABLE.optional("connectivity", row.connectivity.as_deref())?,
            date_commissioned: TABLE.date("date_commissioned", row.date_commissioned.as_deref())?,
        })
    }
}

impl DeviceRow {
    fn details(&self) -> Result<DeviceDetails, StoreFault> {
        Ok(DeviceDetails {
            manufacturer: TABLE.value("device_manufacturer", &self.device_manufacturer)?,
            model: TABLE.value("device_model", &self.device_model)?,
            smets_chts_version: TABLE.optional("smets_chts_version", self.smets_chts_version.as_deref())?,
            firmware_version: TABLE.optional("firmware_version", self.firmware_version.as_deref())?,
            esme_variant: TABLE.optional("esme_variant", self.esme_variant.as_deref())?,
        })
    }

    fn mpxns(&self) -> Result<Mpxns, StoreFault> {
        Ok(Mpxns {
            import: TABLE.optional("import_mpxn", self.import_mpxn.as_deref())?,
            secondary_import: TABLE
                .optional("secondary_import_mpan", self.secondary_import_mpan.as_deref())?,
            export: TABLE.optional("export_mpan", self.export_mpan.as_deref())?,
        })
    }

    fn property(&self) -> Result<Option<PropertyFilter>, StoreFault> {
        let post_code: Option<PostCode> = TABLE.optional("postcode", self.postcode.as_deref())?;
        let address_identifier = self.address_identifier.as_deref().unwrap_or_default();
        let address_identifier: AddressIdentifier = TABLE.value("address_identifier", address_identifier)?;
        Ok(post_code.map(|post_code| PropertyFilter { post_code, address_identifier }))
    }
}

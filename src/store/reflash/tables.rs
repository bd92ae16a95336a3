//! The tables of orders and of their hubs, and the numbers of orders as keys.

use std::num::NonZeroU32;

use crate::{
    db::StoreFault,
    domain::reflash::OrderNumber,
    store::{stored::Table, table::stored_table},
};

stored_table! {
    reflash_orders (number) {
        number -> BigInt,
        amends -> Nullable<BigInt>,
        party -> Text,
        user_id -> Text,
        reference -> Nullable<Text>,
        digest -> Text,
        requested_at -> Text,
        hubs_stated -> Nullable<BigInt>,
        site -> Nullable<Text>,
        location -> Nullable<Text>,
        redeliver_on -> Nullable<Text>,
        redeliver_window -> Nullable<Text>,
        state -> Text,
        deliveries -> BigInt,
        deliver_on -> Nullable<Text>,
        deliver_window -> Nullable<Text>,
        late_on -> Nullable<Text>,
        late_window -> Nullable<Text>,
        purchase_order -> Nullable<Text>,
        work_order -> Nullable<Text>,
        contact -> Nullable<Text>,
        received_at -> Nullable<Text>,
        liability_in -> Nullable<Text>,
        liability_out -> Nullable<Text>,
        guidance -> Nullable<Text>,
        asn -> Nullable<BigInt>,
        reasons -> Text,
        findings -> Text,
    }
}

stored_table! {
    reflash_hubs (order_number, line) {
        order_number -> BigInt,
        line -> BigInt,
        chf_device_id -> Nullable<Text>,
        gpf_device_id -> Nullable<Text>,
        csp_region -> Nullable<Text>,
        firmware_before -> Nullable<Text>,
        device_manufacturer -> Nullable<Text>,
        device_model -> Nullable<Text>,
        told_package -> Bool,
        pallet -> Nullable<Text>,
        carton -> Nullable<Text>,
        target -> Nullable<Text>,
        state -> Text,
        reasons -> Text,
        unit -> Nullable<Text>,
        batch -> Nullable<BigInt>,
        fault_report -> Nullable<Text>,
        fault_reference -> Nullable<Text>,
        smi_by -> Nullable<Text>,
        smi_at -> Nullable<Text>,
        is_open -> Bool,
    }
}

diesel::allow_tables_to_appear_in_same_query!(reflash_orders, reflash_hubs);

const ORDERS: Table = Table("reflash_orders");

pub(super) fn number(id: i64, column: &'static str) -> Result<OrderNumber, StoreFault> {
    let number = u32::try_from(id).ok().and_then(NonZeroU32::new);
    number.map(OrderNumber).ok_or_else(|| ORDERS.corrupt(column, &"a value is not the number of an order"))
}

pub(super) fn key(order: OrderNumber) -> i64 {
    i64::from(order.0.get())
}

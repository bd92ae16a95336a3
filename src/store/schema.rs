//! The tables as diesel sees them; the same on every database. `migrations/` is what makes them.

diesel::table! {
    users (user_id) {
        user_id -> Text,
        party_signifier -> Text,
        party_name -> Text,
        roles -> Text,
        status -> Text,
        receive_response_url -> Nullable<Text>,
    }
}

diesel::table! {
    registrations (mpxn, role, effective_from) {
        mpxn -> Text,
        role -> Text,
        user_id -> Text,
        effective_from -> Text,
        effective_to -> Nullable<Text>,
    }
}

diesel::table! {
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

diesel::table! {
    status_history (id) {
        id -> BigInt,
        device_id -> Text,
        from_status -> Nullable<Text>,
        to_status -> Nullable<Text>,
        changed_at -> Text,
        changed_by -> Nullable<Text>,
        request_id -> Nullable<Text>,
        interface -> Text,
    }
}

diesel::table! {
    coverage (id) {
        id -> BigInt,
        extract_id -> Nullable<BigInt>,
        csp_region -> Text,
        postcode -> Text,
        postcode_key -> Text,
        address_identifier -> Nullable<Text>,
        uprn -> Nullable<BigInt>,
        coverage_availability -> Bool,
        anticipated_coverage_date -> Nullable<Text>,
        wan_technology -> Text,
        connectivity_likelihood -> Text,
        auxiliary_equipment_required -> Nullable<Text>,
        additional_information -> Nullable<Text>,
    }
}

diesel::table! {
    coverage_extracts (id) {
        id -> BigInt,
        csp_region -> Text,
        source -> Nullable<Text>,
        loaded_at -> Nullable<Text>,
        row_count -> BigInt,
        state -> Text,
    }
}

diesel::table! {
    cpl (device_manufacturer, device_model, device_type, firmware_version) {
        device_manufacturer -> Text,
        device_model -> Text,
        device_type -> Text,
        firmware_version -> Text,
        smets_chts_version -> Nullable<Text>,
        gbcs_version -> Nullable<Text>,
        status -> Text,
    }
}

diesel::table! {
    awaited (device_id) {
        device_id -> Text,
        request_id -> Text,
        schema_version -> Text,
        chf_device_id -> Text,
        change -> Text,
        import_mpxn -> Nullable<Text>,
        secondary_import_mpan -> Nullable<Text>,
        export_mpan -> Nullable<Text>,
    }
}

diesel::table! {
    requests (request_id) {
        request_id -> Text,
        digest -> Binary,
        answer -> Binary,
        received_at -> Text,
    }
}

diesel::table! {
    decisions (id) {
        id -> BigInt,
        request_id -> Text,
        user_id -> Text,
        device_id -> Nullable<Text>,
        service_reference_variant -> Nullable<Text>,
        code -> Text,
        rule -> Nullable<Text>,
        decided_at -> Text,
        steps -> Text,
        chain -> Nullable<Text>,
        sequence -> Nullable<BigInt>,
        previous_hash -> Nullable<Binary>,
        hash -> Nullable<Binary>,
    }
}

diesel::table! {
    audit_heads (chain) {
        chain -> Text,
        sequence -> BigInt,
        hash -> Binary,
        first_sequence -> BigInt,
        first_previous_hash -> Binary,
    }
}

diesel::table! {
    outbox (id) {
        id -> BigInt,
        user_id -> Text,
        device_id -> Nullable<Text>,
        request_id -> Nullable<Text>,
        kind -> Text,
        message -> Binary,
        created_at -> Text,
        attempts -> BigInt,
        next_attempt_at -> Text,
        delivered_at -> Nullable<Text>,
        last_error -> Nullable<Text>,
    }
}

diesel::table! {
    supplier_notices (device_id, mpxn, user_id, effective_from) {
        device_id -> Text,
        mpxn -> Text,
        user_id -> Text,
        effective_from -> Text,
    }
}

diesel::table! {
    hub_notifications (id) {
        id -> BigInt,
        chf_device_id -> Text,
        gpf_device_id -> Text,
        csp -> Text,
        csp_region -> Text,
        request_id -> Text,
        notified_at -> Text,
        outcome -> Text,
        changes -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(registrations, devices, supplier_notices);

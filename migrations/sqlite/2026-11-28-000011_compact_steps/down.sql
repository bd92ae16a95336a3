-- Writes steps out again, for versions that do not know their compact form.

-- Each character stands for a phrase, and the last three for values of the same row. All that is compact ends with one.
UPDATE decisions SET steps =
    replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(replace(replace(replace(replace(steps
    , char(1), '[{"rule":"SR/3","holds":true,"saw":"SR ')
    , char(2), '"},{"rule":"SR/4","holds":true,"saw":"originator ')
    , char(3), '"},{"rule":"SR/5","holds":true,"saw":"target ')
    , char(4), '"},{"rule":"SR/6","holds":true,"saw":"new"},{"rule":"SR/7","holds":true,"saw":"sent to serviceD; ')
    , char(5), ' belongs to serviceD"},{"rule":"SR/8","holds":true,"saw":"Command Variant 8"},{"rule":"SR/9","holds":true,"saw":"')
    , char(6), '"},{"rule":"SR/10","holds":true,"saw":"Active"},{"rule":"SR/11","holds":true,"saw":"eligible for ')
    , char(7), '"},{"rule":"SR/12","holds":true,"saw":"')
    , char(8), '"},{"rule":"SR8.4/a","holds":true,"saw":"names ESMEVariant ')
    , char(11), '"},{"rule":"SR8.4/b","holds":true,"saw":"ESME"},{"rule":"SR8.4/d","holds":true,"saw":"')
    , char(12), '"},{"rule":"SR8.4/e","holds":true,"saw":"')
    , char(14), '"},{"rule":"SR8.4/f","holds":true,"saw":"a SMETS2+ Device"},{"rule":"SR8.4/g","holds":true,"saw":"Responsible Supplier: ')
    , char(15), '"},{"rule":"SR12.1/b","holds":true,"saw":"')
    , char(16), '"},{"rule":"SR')
    , char(17), '","holds":true,"saw":"')
    , char(18), '","holds":false,"saw":"')
    , char(19), '"}]')
    , char(20), '; the DCC is ')
    , char(21), ', roles: ')
    , char(22), 'IS, ES, GS, RSA, ED, GT, OU')
    , char(23), ' (Single Element Electricity Metering Equipment)')
    , char(24), '; names ESMEVariant ')
    , char(25), 'T00:00:00.000Z), pre-notifier ')
    , char(26), ', sender ')
    , char(27), 'Commissioned')
    , char(28), ' Device Model is Active on the Central Products List')
    , char(29), user_id)
    , char(30), COALESCE(device_id, ''))
    , char(31), substr(request_id, 25, 23))
WHERE steps LIKE '%' || char(19);

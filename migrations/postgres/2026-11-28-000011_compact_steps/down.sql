-- Writes steps out again, for versions that do not know their compact form.

-- Each character stands for a phrase, and the last three for values of the same row. All that is compact ends with one.
UPDATE decisions SET steps =
    replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(replace(replace(replace(replace(steps
    , chr(1), '[{"rule":"SR/3","holds":true,"saw":"SR ')
    , chr(2), '"},{"rule":"SR/4","holds":true,"saw":"originator ')
    , chr(3), '"},{"rule":"SR/5","holds":true,"saw":"target ')
    , chr(4), '"},{"rule":"SR/6","holds":true,"saw":"new"},{"rule":"SR/7","holds":true,"saw":"sent to serviceD; ')
    , chr(5), ' belongs to serviceD"},{"rule":"SR/8","holds":true,"saw":"Command Variant 8"},{"rule":"SR/9","holds":true,"saw":"')
    , chr(6), '"},{"rule":"SR/10","holds":true,"saw":"Active"},{"rule":"SR/11","holds":true,"saw":"eligible for ')
    , chr(7), '"},{"rule":"SR/12","holds":true,"saw":"')
    , chr(8), '"},{"rule":"SR8.4/a","holds":true,"saw":"names ESMEVariant ')
    , chr(11), '"},{"rule":"SR8.4/b","holds":true,"saw":"ESME"},{"rule":"SR8.4/d","holds":true,"saw":"')
    , chr(12), '"},{"rule":"SR8.4/e","holds":true,"saw":"')
    , chr(14), '"},{"rule":"SR8.4/f","holds":true,"saw":"a SMETS2+ Device"},{"rule":"SR8.4/g","holds":true,"saw":"Responsible Supplier: ')
    , chr(15), '"},{"rule":"SR12.1/b","holds":true,"saw":"')
    , chr(16), '"},{"rule":"SR')
    , chr(17), '","holds":true,"saw":"')
    , chr(18), '","holds":false,"saw":"')
    , chr(19), '"}]')
    , chr(20), '; the DCC is ')
    , chr(21), ', roles: ')
    , chr(22), 'IS, ES, GS, RSA, ED, GT, OU')
    , chr(23), ' (Single Element Electricity Metering Equipment)')
    , chr(24), '; names ESMEVariant ')
    , chr(25), 'T00:00:00.000Z), pre-notifier ')
    , chr(26), ', sender ')
    , chr(27), 'Commissioned')
    , chr(28), ' Device Model is Active on the Central Products List')
    , chr(29), user_id)
    , chr(30), COALESCE(device_id, ''))
    , chr(31), substr(request_id, 25, 23))
WHERE steps LIKE '%' || chr(19);

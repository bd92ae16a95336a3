-- The TS Applicability Tables that were imported, and the compatibility tests. What is shipped is compiled in and not kept here.

-- A cell holds what the file has: a date, `ND` or `n/a`. Rows of SMETS1 have the GBCS version `n/a`, which is part of the key.
CREATE TABLE tsat (
    version TEXT NOT NULL,
    effective_from TEXT NOT NULL CHECK (length(effective_from) = 10),
    specification TEXT NOT NULL CHECK (specification IN ('SMETS1 GSMSTS', 'SMETS1 ESMSTS', 'SMETS1 IHDTS', 'GSMETS', 'ESMETS',
        'IHDTS', 'PPMIDTS', 'HCALCSTS', 'CHTS')),
    spec_version TEXT NOT NULL,
    gbcs_version TEXT NOT NULL,
    install_from TEXT NOT NULL,
    install_to TEXT NOT NULL,
    ppm_install_to TEXT NOT NULL,
    maintain_from TEXT NOT NULL,
    maintain_to TEXT NOT NULL,
    operate_from TEXT NOT NULL,
    operate_to TEXT NOT NULL,
    security TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (version, specification, spec_version, gbcs_version)
);

-- A test of no Device Type in particular has an empty one: it is part of the key.
CREATE TABLE compatibility (
    smets_version TEXT NOT NULL,
    chts_version TEXT NOT NULL,
    device_type TEXT NOT NULL,
    result TEXT NOT NULL CHECK (result IN ('ok', 'failed')),
    devices_tested BIGINT NOT NULL CHECK (devices_tested >= 1),
    tested_on TEXT CHECK (length(tested_on) = 10),
    note TEXT NOT NULL,
    PRIMARY KEY (smets_version, chts_version, device_type)
);

-- The TS Applicability Tables that were imported, and the compatibility tests. What is shipped is compiled in and not kept here.

-- A cell holds what the file has: a date, `ND` or `n/a`. Rows of SMETS1 have the GBCS version `n/a`, which is part of the key.
CREATE TABLE tsat (
    version TEXT COLLATE "C" NOT NULL,
    effective_from TEXT COLLATE "C" NOT NULL CHECK (length(effective_from) = 10),
    specification TEXT COLLATE "C" NOT NULL CHECK (specification IN ('SMETS1 GSMSTS', 'SMETS1 ESMSTS', 'SMETS1 IHDTS', 'GSMETS', 'ESMETS',
        'IHDTS', 'PPMIDTS', 'HCALCSTS', 'CHTS')),
    spec_version TEXT COLLATE "C" NOT NULL,
    gbcs_version TEXT COLLATE "C" NOT NULL,
    install_from TEXT COLLATE "C" NOT NULL,
    install_to TEXT COLLATE "C" NOT NULL,
    ppm_install_to TEXT COLLATE "C" NOT NULL,
    maintain_from TEXT COLLATE "C" NOT NULL,
    maintain_to TEXT COLLATE "C" NOT NULL,
    operate_from TEXT COLLATE "C" NOT NULL,
    operate_to TEXT COLLATE "C" NOT NULL,
    security TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (version, specification, spec_version, gbcs_version)
);

-- A test of no Device Type in particular has an empty one: it is part of the key.
CREATE TABLE compatibility (
    smets_version TEXT COLLATE "C" NOT NULL,
    chts_version TEXT COLLATE "C" NOT NULL,
    device_type TEXT COLLATE "C" NOT NULL,
    result TEXT COLLATE "C" NOT NULL CHECK (result IN ('ok', 'failed')),
    devices_tested BIGINT NOT NULL CHECK (devices_tested >= 1),
    tested_on TEXT COLLATE "C" CHECK (length(tested_on) = 10),
    note TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (smets_version, chts_version, device_type)
);

-- Privacy assessments of Other Users (DP144).

-- The threshold raises one a User and financial year: the year that was evaluated, which may be over when it is.
CREATE TABLE privacy_assessments (
    assessment_id TEXT NOT NULL PRIMARY KEY CHECK (length(assessment_id) BETWEEN 1 AND 40),
    user_id TEXT NOT NULL CHECK (length(user_id) = 23),
    kind TEXT NOT NULL CHECK (kind IN ('random_sample', 'other')),
    trigger TEXT NOT NULL CHECK (trigger IN ('threshold', 'panel', 'other')),
    financial_year TEXT NOT NULL CHECK (length(financial_year) = 4),
    auditor TEXT,
    raised_on TEXT NOT NULL CHECK (length(raised_on) = 10),
    started_on TEXT CHECK (length(started_on) = 10),
    completed_on TEXT CHECK (length(completed_on) = 10),
    findings TEXT,
    cost_pence BIGINT CHECK (cost_pence BETWEEN 0 AND 100000000),
    reasonable TEXT CHECK (reasonable IN ('yes', 'no')),
    CHECK (kind <> 'random_sample' OR cost_pence IS NULL OR (reasonable IS NOT NULL AND reasonable = 'yes'))
);

CREATE UNIQUE INDEX raised_by_threshold ON privacy_assessments (user_id, financial_year) WHERE trigger = 'threshold';

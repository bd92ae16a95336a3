DROP TABLE privacy_assessments;

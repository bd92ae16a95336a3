DROP TABLE model_variants;

"""Reads a page of metrics as Prometheus' own Python library does, and prints each sample as a line of JSON: name, labels, value.

usage: metrics.py openmetrics | prometheus
"""

import importlib
import json
import sys

parser = {"openmetrics": "prometheus_client.openmetrics.parser", "prometheus": "prometheus_client.parser"}[sys.argv[1]]
families = importlib.import_module(parser).text_string_to_metric_families(sys.stdin.read())
for family in families:
    assert family.type != "unknown", family.name
    for sample in family.samples:
        print(json.dumps([sample.name, sample.labels, sample.value]))

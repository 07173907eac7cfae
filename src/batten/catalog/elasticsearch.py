"""Elasticsearch and OpenSearch."""

from batten.catalog import contents, tier
from batten.catalog.jvm import heap, heap_setting
from batten.catalog.sizing import MIB
from batten.catalog.software import (
    EndOfLife,
    Exporter,
    Kind,
    Language,
    Root,
    Secret,
    Software,
    Stop,
    always,
    fixed,
    homes,
)

_INSIDE = contents.Contents(frozenset({"sh", "bash", "curl", "grep"}))


def _search(
    name: str, title: str, image: str, options: str, secret: Secret, ended: tuple[EndOfLife, ...]
) -> Software:
    return Software(
        name=name,
        title=title,
        kind=Kind.SEARCH,
        tier=tier.SEARCH,
        names=(name,),
        programs=(name,),
        ports=(9200, 9300),
        language=Language.JVM,
        floor=1024 * MIB,
        # Unset, the heap follows the container's limit; Elastic's manual asks for half at most.
        fits_itself=always,
        demand=heap(options, share=0.5),
        settings=heap_setting(options, 0.5),
        # Any answer will do: with security on it is 401, and mostly over TLS.
        health=fixed(
            "CMD-SHELL",
            "curl -sk -o /dev/null https://127.0.0.1:9200 || curl -s -o /dev/null http://127.0.0.1:9200",
        ),
        home=homes(dict.fromkeys((image, name), f"/usr/share/{name}/data")),
        inside=contents.images(dict.fromkeys((image, name), _INSIDE)),
        start_s=90,
        stop=Stop("SIGTERM", 60, clean=False),
        data=(f"/usr/share/{name}/data", f"/bitnami/{name}"),
        durable=always,
        config=("*/jvm.options*",),
        root=Root.NEVER,
        user="1000:0" if name == "elasticsearch" else "1000:1000",
        secrets=(secret,),
        exporter=Exporter("prometheuscommunity/elasticsearch-exporter:v1.9.0", 9114),
        ended=ended,
    )


SOFTWARE = (
    _search(
        "elasticsearch",
        "Elasticsearch",
        "elasticsearch/elasticsearch",
        "ES_JAVA_OPTS",
        Secret("ELASTIC_PASSWORD", "ELASTIC_PASSWORD_FILE", default="changeme"),
        # https://www.elastic.co/support/eol
        (EndOfLife("6", "2022-02-10"), EndOfLife("7", "2026-01-15")),
    ),
    _search(
        "opensearch",
        "OpenSearch",
        "opensearchproject/opensearch",
        "OPENSEARCH_JAVA_OPTS",
        Secret("OPENSEARCH_INITIAL_ADMIN_PASSWORD", default="admin"),
        # https://endoflife.date/opensearch
        (EndOfLife("1", "2025-05-06"),),
    ),
)

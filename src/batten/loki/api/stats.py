"""The figures beside an answer, in Loki's shape. What was not measured is 0."""

import time
from typing import Any

_CHUNK = [
    "headChunkBytes",
    "headChunkLines",
    "decompressedBytes",
    "decompressedLines",
    "compressedBytes",
    "totalDuplicates",
    "postFilterLines",
    "headChunkStructuredMetadataBytes",
    "decompressedStructuredMetadataBytes",
]
_CACHE = [
    "entriesFound",
    "entriesRequested",
    "entriesStored",
    "bytesReceived",
    "bytesSent",
    "requests",
    "downloadTime",
    "queryLengthServed",
]
_CACHES = [
    "chunk",
    "index",
    "result",
    "statsResult",
    "volumeResult",
    "seriesResult",
    "labelResult",
    "instantMetricResult",
]


def _store() -> dict[str, Any]:
    return {
        "totalChunksRef": 0,
        "totalChunksDownloaded": 0,
        "chunksDownloadTime": 0,
        "queryReferencedStructuredMetadata": False,
        "chunk": dict.fromkeys(_CHUNK, 0),
        "chunkRefsFetchTime": 0,
        "congestionControlLatency": 0,
        "pipelineWrapperFilteredLines": 0,
    }


def stats(begun: float, returned: int) -> dict[str, Any]:
    """Statistics of a query begun at `begun` (`time.perf_counter`) that returned so many entries."""
    return {
        "summary": {
            "bytesProcessedPerSecond": 0,
            "linesProcessedPerSecond": 0,
            "totalBytesProcessed": 0,
            "totalLinesProcessed": 0,
            "execTime": round(time.perf_counter() - begun, 6),
            "queueTime": 0,
            "subqueries": 0,
            "totalEntriesReturned": returned,
            "splits": 0,
            "shards": 0,
            "totalPostFilterLines": 0,
            "totalStructuredMetadataBytesProcessed": 0,
        },
        "querier": {"store": _store()},
        "ingester": {
            "totalReached": 0,
            "totalChunksMatched": 0,
            "totalBatches": 0,
            "totalLinesSent": 0,
            "store": _store(),
        },
        "cache": {name: dict.fromkeys(_CACHE, 0) for name in _CACHES},
        "index": {"totalChunks": 0, "postFilterChunks": 0, "shardsDuration": 0},
    }

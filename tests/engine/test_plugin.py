import io
import tarfile

from batten.engine.plugin import Pieces, Plugin, _plugin_tar, plain_name

INSPECTED = {
    "Id": "abc",
    "Name": "loki:latest",
    "Enabled": True,
    "Settings": {
        "Env": ["LEVEL=DEBUG", "MOST=10", "FIXED=1"],
        "Mounts": [{"Name": "state", "Source": "/elsewhere"}, {"Name": "engine", "Source": "/run"}],
    },
    "Config": {
        "Env": [
            {"Name": "LEVEL", "Value": "INFO", "Settable": ["value"]},
            {"Name": "MOST", "Value": "10", "Settable": ["value"]},
            {"Name": "FIXED", "Value": "1", "Settable": None},
        ],
        "Mounts": [
            {"Name": "state", "Source": "/state", "Settable": ["source"]},
            {"Name": "engine", "Source": "/run", "Settable": None},
        ],
    },
}


def test_what_somebody_has_set_is_known_from_what_came() -> None:
    """Only that is carried over to a newer plugin, whose own defaults may be others."""
    found = Plugin.from_inspect(INSPECTED)
    assert found.name == "loki"
    assert found.sources == {"state": "/elsewhere", "engine": "/run"}
    assert found.changed == {"LEVEL": "DEBUG", "state.source": "/elsewhere"}
    assert found.settable == {"LEVEL", "MOST", "state.source"}


def test_a_plugin_without_settings_is_read_too() -> None:
    """The engine leaves empty lists out."""
    bare = {"Settings": {"Env": None, "Mounts": None}, "Config": {"Env": None, "Mounts": None}}
    assert Plugin.from_inspect(INSPECTED | bare).changed == {}


def test_a_root_file_system_becomes_a_plugin_piece_by_piece() -> None:
    """Files, folders and links, hard ones too, below `rootfs`, and the configuration beside it."""
    root = io.BytesIO()
    with tarfile.open(fileobj=root, mode="w") as tar:
        for name, kind, target in (
            ("bin", tarfile.DIRTYPE, ""),
            ("bin/python3.11", tarfile.REGTYPE, ""),
            ("bin/python3", tarfile.SYMTYPE, "python3.11"),
            ("bin/python", tarfile.LNKTYPE, "bin/python3.11"),
        ):
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, target
            entry.size = 3_000_000 if kind == tarfile.REGTYPE else 0
            tar.addfile(entry, io.BytesIO(b"x" * entry.size))
    pieces = [root.getvalue()[at : at + 70_000] for at in range(0, len(root.getvalue()), 70_000)]
    made = b"".join(_plugin_tar(io.BufferedReader(Pieces(iter(pieces))), b"{}"))
    with tarfile.open(fileobj=io.BytesIO(made)) as tar:
        assert tar.getnames() == [
            "config.json",
            *(f"rootfs/{name}" for name in ("bin", "bin/python3.11", "bin/python3", "bin/python")),
        ]
        assert tar.getmember("rootfs/bin/python3").linkname == "python3.11"
        linked = tar.extractfile("rootfs/bin/python")
        assert linked
        assert linked.read() == b"x" * 3_000_000


def test_latest_is_left_out_of_names() -> None:
    """`loki` and `loki:latest` are one plugin."""
    assert plain_name("loki:latest") == plain_name("loki") == "loki"
    assert plain_name("loki:2") == "loki:2"

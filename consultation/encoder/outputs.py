"""Has a model's file give out what it works with inside. Knows no model."""


def also_output(name: str) -> bytes:
    """What makes the tensor `name` an output of an ONNX model when it is appended to its file.

    The file is a protocol buffer, where a repeated field may come again later: this is field 7 of ModelProto (graph)
    with field 12 of GraphProto (output) with field 1 of ValueInfoProto (name), each with its length (under 128 bytes).
    """
    named = bytes([0x0A, len(name)]) + name.encode()
    output = bytes([0x62, len(named)]) + named
    return bytes([0x3A, len(output)]) + output

#!/usr/bin/env python3
"""Verifies an exported log with nothing of ours: hashlib, and Ed25519 from the
package `cryptography`.

    verify.py FOLDER VKEY [--receipt FILE --leaf FILE]

Checks the signatures of the newest checkpoint and of every earlier one in the
folder, rebuilds the tree from the entries, compares the root and every tile,
proves each earlier checkpoint to be a beginning of the newest (consistency
proof, RFC 9162 2.1.4), opens every published text, and checks a receipt.
Ends with 0 if all of it holds, and with 1 if not.
"""

import argparse
import base64
import hashlib
import json
import pathlib
import struct
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Wrong(Exception):
    """Something that was claimed does not hold."""


def sha256(data):
    return hashlib.sha256(data).digest()


def leaf_hash(leaf):
    return sha256(b"\x00" + leaf)


def node_hash(left, right):
    return sha256(b"\x01" + left + right)


def split(size):
    """The largest power of two below size."""
    return 1 << (size - 1).bit_length() - 1


def root(hashes):
    if not hashes:
        return sha256(b"")
    if len(hashes) == 1:
        return hashes[0]
    k = split(len(hashes))
    return node_hash(root(hashes[:k]), root(hashes[k:]))


def consistency_proof(old, hashes, complete=True):
    size = len(hashes)
    if old == size:
        return [] if complete else [root(hashes)]
    k = split(size)
    if old <= k:
        return consistency_proof(old, hashes[:k], complete) + [root(hashes[k:])]
    return consistency_proof(old - k, hashes[k:], False) + [root(hashes[:k])]


def check_consistency(old, new, proof, old_root, new_root):
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == sha256(b"")
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == old_root and sr == new_root


def check_inclusion(index, size, leaf, proof, expected):
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == expected


class Key:
    """A vkey: name+id+base64(type || public key)."""

    def __init__(self, text):
        self.name, hexid, encoded = text.split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
        if raw[0] != 1:
            raise Wrong("the key is not Ed25519")
        self.id = sha256(self.name.encode() + b"\n" + raw)[:4]
        if self.id.hex() != hexid:
            raise Wrong("the key's id does not belong to it")
        self.key = Ed25519PublicKey.from_public_bytes(raw[1:])

    def checkpoint(self, note, what):
        """Size and root of a signed checkpoint."""
        text, _, signatures = note.rpartition("\n\n")
        text += "\n"
        signed = False
        for line in signatures.splitlines():
            mark, name, encoded = line.split(" ")
            raw = base64.b64decode(encoded, validate=True)
            if mark == "—" and name == self.name and raw[:4] == self.id:
                try:
                    self.key.verify(raw[4:], text.encode())
                except InvalidSignature:
                    raise Wrong(f"{what}: the signature is false") from None
                signed = True
        if not signed:
            raise Wrong(f"{what}: this key has not signed it")
        origin, size, encoded = text.splitlines()[:3]
        if origin != self.name:
            raise Wrong(f"{what}: it is of {origin}")
        return int(size), base64.b64decode(encoded, validate=True)


def tile_path(kind, index, width):
    parts = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        parts.insert(0, f"x{index % 1000:03}")
    partial = f".p/{width}" if width < 256 else ""
    return f"tile/{kind}/{'/'.join(parts)}{partial}"


def read(folder, path):
    try:
        return (folder / path).read_bytes()
    except FileNotFoundError:
        raise Wrong(f"{path} is missing") from None


def entries(folder, size):
    leaves = []
    for index in range((size + 255) // 256):
        width = min(256, size - index * 256)
        path = tile_path("entries", index, width)
        data, at = read(folder, path), 0
        for _ in range(width):
            if at + 2 > len(data):
                raise Wrong(f"{path} is too short")
            (length,) = struct.unpack_from(">H", data, at)
            leaves.append(data[at + 2 : at + 2 + length])
            at += 2 + length
        if at != len(data):
            raise Wrong(f"{path} has another length")
    return leaves


def check_tiles(folder, hashes):
    level, row, count = 0, hashes, 0
    while row:
        for index in range((len(row) + 255) // 256):
            part = row[index * 256 : index * 256 + 256]
            path = tile_path(level, index, len(part))
            if read(folder, path) != b"".join(part):
                raise Wrong(f"{path} does not follow from the entries")
            count += 1
        full = len(row) // 256
        row = [root(row[i * 256 : i * 256 + 256]) for i in range(full)]
        level += 1
    return count


def check_opening(path, position, field, leaf):
    shown = json.loads(path.read_text())
    event = json.loads(leaf)
    text = shown.get("text")
    plain = text.encode() if text is not None else base64.b64decode(shown["bytes"])
    digest = hashlib.sha256(b"hiroba/commit/v1\n")
    for part in (event["event"], field):
        digest.update(struct.pack(">I", len(part.encode())) + part.encode())
    digest.update(base64.b64decode(shown["salt"]) + plain)
    place = event["data"]
    for step in field.split("/"):
        place = place[int(step)] if isinstance(place, list) else place[step]
    if place["c"] != base64.b64encode(digest.digest()).decode():
        raise Wrong(f"{path} is not what was recorded at position {position}")
    return plain


def check_bytes(path, description):
    """The bytes of a file, beside what describes it."""
    described = json.loads(description)
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
                size += len(piece)
    except FileNotFoundError:
        raise Wrong(f"{path} is missing") from None
    if (size, digest.hexdigest()) != (described["size"], described["sha256"]):
        raise Wrong(f"{path} has not the bytes that were recorded")


def check_receipt(key, receipt, leaf):
    head, _, note = receipt.partition("\n\n")
    lines = head.split("\n")
    if lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise Wrong("the receipt is not a tlog-proof")
    if lines and lines[0].startswith("extra "):
        lines.pop(0)
    index = int(lines.pop(0).removeprefix("index "))
    proof = [base64.b64decode(line, validate=True) for line in lines]
    size, expected = key.checkpoint(note, "the receipt's checkpoint")
    if not check_inclusion(index, size, leaf_hash(leaf), proof, expected):
        raise Wrong("the receipt does not prove this leaf")
    return index, size, expected


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("vkey")
    arguments.add_argument("--receipt", type=pathlib.Path)
    arguments.add_argument("--leaf", type=pathlib.Path)
    asked = arguments.parse_args()
    folder, key = asked.folder, Key(asked.vkey)

    size, expected = key.checkpoint(read(folder, "checkpoint").decode(), "the checkpoint")
    leaves = entries(folder, size)
    hashes = [leaf_hash(leaf) for leaf in leaves]
    if root(hashes) != expected:
        raise Wrong("the entries do not lead to the signed root")
    print(f"{size} events lead to the signed root; {check_tiles(folder, hashes)} tiles agree")

    earlier = 0
    for path in folder.glob("checkpoint.*"):
        old, old_root = key.checkpoint(path.read_text(), path.name)
        if not check_consistency(old, size, consistency_proof(old, hashes) if old else [], old_root, expected):
            raise Wrong(f"{path.name} is not a beginning of the log")
        earlier += 1
    print(f"{earlier} earlier checkpoints are consistent with it")

    opened = files = 0
    for path in (folder / "openings").rglob("*.json"):
        position, field = str(path.relative_to(folder / "openings").with_suffix("")).split("/", 1)
        plain = check_opening(path, position, field, leaves[int(position)])
        opened += 1
        if field == "file" or field.endswith(("/file", "file/digest")):
            check_bytes(path.with_suffix(".bin"), plain)
            files += 1
    print(f"{opened} published texts are what was recorded, {files} of them with their files")

    if asked.receipt:
        index, old, old_root = check_receipt(key, asked.receipt.read_text(), asked.leaf.read_bytes())
        if old > size or root(hashes[:old]) != old_root:
            raise Wrong("the receipt's checkpoint is not of this log")
        print(f"the receipt proves position {index}")


if __name__ == "__main__":
    try:
        main()
    except Wrong as wrong:
        print(f"NOT OK: {wrong}")
        sys.exit(1)

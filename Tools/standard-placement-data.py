#!/usr/bin/env python3
"""Writes Sources/Placement/Standard from the lists that os-traits and os-resource-classes publish.

Run it again when either package has a new release:

    python3 -m venv /tmp/lists && /tmp/lists/bin/pip install os-traits os-resource-classes
    /tmp/lists/bin/python Tools/standard-placement-data.py
"""
import importlib.metadata
import pathlib
import textwrap

import os_resource_classes
import os_traits

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Sources/Placement/Standard"


def rows(names):
    text = ", ".join(f'"{name}"' for name in names) + ","
    return textwrap.indent(textwrap.fill(text, 110, break_long_words=False, break_on_hyphens=False), " " * 8)


def write(package, names, kind, swift_type, file, note):
    release = importlib.metadata.version(package)
    (FOLDER / file).write_text(
        f"// Made by Tools/standard-placement-data.py from {package} {release} (Apache-2.0, OpenStack Foundation and others).\n"
        "// Do not edit.\n\n"
        "import Model\n\n"
        f"/// {note}\n"
        f"enum {kind} {{\n"
        f'    static let source = "{package} {release}"\n\n'
        f"    static let ordered: [{swift_type}] = names.map {{ {swift_type}(unchecked: $0) }}\n"
        f"    static let all = Set(ordered)\n\n"
        "    private static let names = [\n"
        f"{rows(names)}\n"
        "    ]\n"
        "}\n"
    )


write("os-traits", sorted(os_traits.get_traits()), "StandardTraits", "Trait", "StandardTraits.swift",
      "The traits that every deployment knows.")
write("os-resource-classes", os_resource_classes.STANDARDS, "StandardResourceClasses", "ResourceClass",
      "StandardResourceClasses.swift", "The resource classes that every deployment knows, in their published order.")

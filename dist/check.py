#!/usr/bin/env python3
"""Checks what needs no build. dist/check.sh installs what this needs and runs it.

    check.py catalog           all built-in catalog files are valid by the schema, mistakes are not, and no key is missing
    check.py settings [write]  the settings' schema is made from the VS Code extension's settings
    check.py address           every address and version of the project is the one in Cargo.toml
    check.py manifests FOLDER  the manifests that dist/manifests.sh wrote are complete
    check.py sbom FILE…        bills of materials are valid CycloneDX
"""

import copy
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CATALOG = ROOT / "dist/schemas/catalog.schema.json"
SETTINGS = ROOT / "dist/schemas/settings.schema.json"
problems = []


def problem(text):
    problems.append(text)
    print(text, file=sys.stderr)


def read_json(path):
    return json.loads(Path(path).read_text(encoding="utf-8"))


def cargo():
    return tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))["package"]


def validator(schema, registry=None):
    import jsonschema

    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema, **({"registry": registry} if registry else {}))


def errors(valid, instance):
    return [f"{error.json_path}: {error.message[:200]}" for error in valid.iter_errors(instance)]


# Each is one mistake in a file that is valid otherwise.
MISTAKES = [
    lambda file: file["family"].pop("id"),
    lambda file: file["family"].update(id="Team"),
    lambda file: file["family"].update(unknown=True),
    lambda file: file["family"].update(base=-1),
    lambda file: file["family"].update(written=["no number"]),
    lambda file: file["family"].update(roles=["mistake"]),
    lambda file: file["family"].update(hex="yes"),
    lambda file: file["family"].update(links=["example.com"]),
    lambda file: file["family"].update(title={"de": "Mannschaft"}),
    lambda file: file["entry"][0].update(severity="fatal"),
    lambda file: file["entry"][0].update(code=5),
    lambda file: file["entry"][0].update(number="9..1"),
    lambda file: file["entry"][0].pop("number"),
    lambda file: file["entry"][0].update(unknown=1),
    lambda file: file["entry"][0].update(message=""),
    lambda file: file.update(other={}),
]
VALID = {
    "family": {"id": "team", "title": "Team scripts", "base": 0xE0001000, "after": [r"\bteam error\W{1,3}"]},
    "entry": [{"number": 7, "severity": "error", "message": {"en": "The share is full"}}],
}


def catalog():
    schema = read_json(CATALOG)
    valid = validator(schema)
    files = [path for path in sorted((ROOT / "catalog").glob("*/*.toml")) if "import" not in path.parts]
    seen = {"family": set(), "entry": set()}
    for path in files:
        file = tomllib.loads(path.read_text(encoding="utf-8"))
        for text in errors(valid, file):
            problem(f"{path.relative_to(ROOT)}: {text}")
        seen["family"] |= file["family"].keys()
        for entry in file.get("entry", []):
            seen["entry"] |= entry.keys()
    if len(files) < 100:
        problem(f"only {len(files)} catalog files")
    for text in errors(valid, VALID):
        problem(f"a valid file: {text}")
    for number, mistake in enumerate(MISTAKES, 1):
        file = copy.deepcopy(VALID)
        mistake(file)
        if not errors(valid, file):
            problem(f"catalog.schema.json accepts mistake {number}: {json.dumps(file)}")
    # The format's page lists every key in a table.
    page = (ROOT / "catalog/README.md").read_text(encoding="utf-8")
    for table, definition in (("`[[entry]]`", "entry"), ("`[family]`", "family")):
        known = set(schema["definitions"][definition]["properties"])
        listed = set()
        for rows in re.findall(rf"^\| Key of {re.escape(table)} \|.*\n\|---.*\n((?:\|.*\n)+)", page, re.MULTILINE):
            for row in rows.splitlines():
                listed |= set(re.findall(r"`([a-z-]+)`", row.split("|")[1]))
        if known != listed:
            problem(f"catalog/README.md and catalog.schema.json have different keys of {table}: {sorted(known ^ listed)}")
        if not seen[definition] <= known:
            problem(f"catalog.schema.json lacks keys: {sorted(seen[definition] - known)}")
    print(f"catalog: {len(files)} files checked, {len(MISTAKES)} mistakes tried")


def settings_schema():
    """The server's settings, from those of the extension with their English descriptions."""
    package = read_json(ROOT / "editors/vscode/package.json")
    texts = read_json(ROOT / "editors/vscode/package.nls.json")
    # The extension's own settings.
    source = (ROOT / "src/server/settings.rs").read_text(encoding="utf-8")
    own = re.search(r"CLIENT_SETTINGS: &\[&str\] = &\[(.*?)\];", source, re.DOTALL)[1]
    own = set(re.findall(r'"([^"]+)"', own))
    known = set(re.findall(r'^    \(\s*"([A-Za-z.]+)"', source, re.MULTILINE))
    properties = {}
    for key, setting in package["contributes"]["configuration"]["properties"].items():
        key = key.removeprefix("hexplain.")
        if key in own:
            continue
        known.discard(key)
        description = setting.get("description") or setting.get("markdownDescription")
        fields = {"description": texts[description.strip("%")].replace("VS Code", "the editor")}
        fields |= {name: setting[name] for name in ("type", "enum", "items", "additionalProperties", "minimum") if name in setting}
        fields["default"] = setting["default"]
        if key == "ignore":
            fields["items"] = {"type": ["string", "integer"]}
        section, _, inner = key.partition(".")
        if inner:
            group = properties.setdefault(section, {"type": "object", "additionalProperties": False, "properties": {}})
            group["properties"][inner] = fields
        else:
            properties[key] = fields
    if known:
        problem(f"settings of the server that the extension lacks: {sorted(known)}")
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": f"{cargo()['repository']}/raw/HEAD/dist/schemas/settings.schema.json",
        "title": "hexplain settings",
        "description": "The settings of the server hexplain, as a client sends them under `hexplain`.",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }


def settings(write=False):
    schema = settings_schema()
    text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    if write:
        SETTINGS.write_text(text, encoding="utf-8")
    elif SETTINGS.read_text(encoding="utf-8") != text:
        problem("dist/schemas/settings.schema.json is not up to date: run dist/check.sh settings write")
    valid = validator(schema)
    right = {"locale": "fr", "ignore": ["0x80070002", 5], "families": {"http": False}, "diagnostics": {"maxPerFile": 5}}
    for text in errors(valid, right):
        problem(f"settings.schema.json: {text}")
    wrong = [{"locale": "de"}, {"ingore": []}, {"diagnostics": {"maxPerFile": 0}}, {"families": {"http": "off"}}]
    for mistake in wrong:
        if not errors(valid, mistake):
            problem(f"settings.schema.json accepts {mistake}")
    print(f"settings: {len(schema['properties'])} keys checked")


def address():
    package = cargo()
    repository = package["repository"]
    if package["homepage"] != repository:
        problem("Cargo.toml: homepage and repository differ")
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    places = ("dist/", ".github/", "flake.nix", "editors/vscode/package.json", "README.md", "PRIVACY.md", "Cargo.toml")
    owner = repository.split("/")[-2]
    count = 0
    for name in filter(None, tracked.split("\0")):
        if not name.startswith(places):
            continue
        text = (ROOT / name).read_text(encoding="utf-8", errors="replace")
        for found in re.findall(rf"https://[a-z]+\.com/[\w-]*{re.escape(owner)}[\w-]*/[\w-]+", text):
            count += 1
            if found != repository:
                problem(f"{name}: {found} is not {repository}, which Cargo.toml names")
    version = package["version"]
    extension = read_json(ROOT / "editors/vscode/package.json")
    if extension["version"] != version:
        problem(f"editors/vscode/package.json has version {extension['version']}, not {version}")
    if not re.search(rf"^## \[?(Unreleased|{re.escape(version)})", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE):
        problem(f"CHANGELOG.md has no heading for {version}")
    for target in package["metadata"]["binstall"]["overrides"].values():
        if not target["pkg-url"].startswith("{ repo }/releases/download/v{ version }/{ name }-{ version }-"):
            problem(f"Cargo.toml: the archive's name differs from that of dist/build.sh: {target['pkg-url']}")
    print(f"address: {count} addresses checked, version {version}")


def manifests(folder):
    import yaml

    folder = Path(folder)
    version = cargo()["version"]
    targets = subprocess.run([ROOT / "dist/toolchain.sh"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    texts = {path.relative_to(folder): path.read_text() for path in folder.rglob("*") if path.suffix in (".yaml", ".json", ".rb", ".lua") or path.name == "PKGBUILD"}
    if len(texts) != 8:
        problem(f"{len(texts)} manifests instead of 8: {sorted(map(str, texts))}")
    parsed = {}
    for path, text in texts.items():
        if path.suffix == ".yaml":
            parsed[str(path)] = yaml.safe_load(text)
        elif path.suffix == ".json":
            parsed[str(path)] = json.loads(text)
    # Each archive's name is one that dist/build.sh makes.
    mason = parsed["mason/package.yaml"]["source"]["asset"]
    files = [asset["file"].replace('{{ version | strip_prefix "v" }}', version) for asset in mason]
    files += re.findall(r"/(hexplain-[\w.-]+?(?:\.tar\.gz|\.zip))", "\n".join(texts.values()).replace("$pkgver", version).replace("$version", version))
    expected = {f"hexplain-{version}-{target}{'.zip' if '-windows-' in target else '.tar.gz'}" for target in targets}
    if set(files) != expected:
        problem(f"archives that the manifests name and dist/build.sh doesn't make, or the reverse: {sorted(set(files) ^ expected)}")
    for path in parsed:
        if path.startswith("winget/") and str(parsed[path]["PackageVersion"]) != version:
            problem(f"{path}: version {parsed[path]['PackageVersion']}")
    schemas = os.environ.get("HEXPLAIN_SCHEMAS")
    if schemas:
        published(Path(schemas), parsed)
    print(f"manifests: {len(texts)} checked{', also by the published schemas' if schemas else ''}")


def published(schemas, parsed):
    """By the schemas that winget, Scoop and mason publish: folders with the `schemas` of their repositories."""
    from referencing import Registry, Resource

    for path, instance in parsed.items():
        if path.startswith("winget/"):
            kind, number = instance["ManifestType"], instance["ManifestVersion"]
            schema = schemas / f"winget/schemas/JSON/manifests/v{number}/manifest.{kind}.{number}.json"
            valid = validator(read_json(schema))
        elif path.startswith("scoop/"):
            valid = validator(read_json(schemas / "scoop/schema.json"))
        elif path.startswith("mason/"):
            parts = [read_json(part) for part in (schemas / "mason/schemas").rglob("*.json")]
            registry = Registry().with_resources((part["$id"], Resource.from_contents(part)) for part in parts)
            valid = validator(read_json(schemas / "mason/schemas/package.schema.json"), registry)
        else:
            continue
        for text in errors(valid, instance):
            problem(f"{path}: {text}")


def sbom(files):
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    valid = JsonStrictValidator(SchemaVersion.V1_6)
    for file in files:
        text = Path(file).read_text(encoding="utf-8")
        if error := valid.validate_str(text):
            problem(f"{file}: {error}")
        count = len(json.loads(text)["components"])
        if count < 20:
            problem(f"{file}: only {count} components")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["catalog"]:
            catalog()
        case ["settings"]:
            settings()
        case ["settings", "write"]:
            settings(write=True)
        case ["address"]:
            address()
        case ["manifests", folder]:
            manifests(folder)
        case ["sbom", *files] if files:
            sbom(files)
        case _:
            sys.exit(__doc__)
    sys.exit(1 if problems else 0)

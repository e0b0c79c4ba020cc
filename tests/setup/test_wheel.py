"""What the wheel holds."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_wheel_holds_schemas_page_types_licence_and_the_word_that_there_is_no_plugin(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", tmp_path]
    subprocess.run([*command, ROOT], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("pulumi_sinch_contacts-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        assert "sinch_contacts/py.typed" in names
        assert any(name.endswith("licenses/LICENSE") for name in names)
        schema = archive.read("sinch_contacts/schemas/contact-set.schema.json")
        assert schema == (ROOT / "schemas/contact-set.schema.json").read_bytes()
        plan_schema = archive.read("sinch_contacts/schemas/plan.schema.json")
        assert plan_schema == (ROOT / "schemas/plan.schema.json").read_bytes()
        assert {f"sinch_contacts/report/page/page.{ending}" for ending in ("css", "html.jinja", "js")} <= set(names)
        assert b'"resource": false' in archive.read("pulumi_sinch_contacts/pulumi-plugin.json")

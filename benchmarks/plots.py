"""The results as pictures: `python -m benchmarks.plots RESULTS`. It runs in a venv of its own, which has matplotlib."""

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib import pyplot as plt

mpl.use("svg")
mpl.rcParams["svg.hashsalt"] = "contacts"
_STEPS: Final = (
    "load and validate, yaml",
    "load and validate, json",
    "load and validate, jsonl",
    "load and validate, csv",
    "plan, nothing changed",
    "plan, all changed",
    "manifest",
    "encode the record",
    "preview, nothing changed",
    "up, everything is new",
)
_CREATE: Final = "up, everything is new"


def main(path: Path) -> None:
    """Draws time and memory over the number of contacts, and calls beside the fewest that are possible."""
    measurements = json.loads(path.read_text())["measurements"]
    by_step: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in sorted(measurements, key=lambda one: one["contacts"]):
        by_step[one["step"]].append(one)
    _growth(by_step, "cpu", "CPU time in seconds", path.with_name(f"{path.stem}-time.svg"))
    _growth(by_step, "peak", "peak memory in MB", path.with_name(f"{path.stem}-memory.svg"))
    if created := by_step.get(_CREATE):
        _calls(created, path.with_name(f"{path.stem}-calls.svg"))


def _growth(by_step: dict[str, list[dict[str, Any]]], field: str, label: str, path: Path) -> None:
    figure, axes = plt.subplots(figsize=(8, 5))
    for step in _STEPS:
        if rows := by_step.get(step):
            axes.plot([row["contacts"] for row in rows], [row[field] for row in rows], marker="o", label=step)
    _finish(figure, axes, label, path)


def _calls(rows: list[dict[str, Any]], path: Path) -> None:
    figure, axes = plt.subplots(figsize=(8, 5))
    sizes = [row["contacts"] for row in rows]
    posts = [row["calls"].get("batch_create", 0) for row in rows]
    reads = [sum(row["calls"].values()) - made for row, made in zip(rows, posts, strict=True)]
    for name, made in {"posts": posts, "reads": reads}.items():
        axes.plot(sizes, made, marker="o", label=f"{name}, creating all")
    for name, each in {"posts": 1000, "reads": 20}.items():
        axes.plot(sizes, [-(-size // each) for size in sizes], linestyle="--", label=f"{name}, fewest possible")
    _finish(figure, axes, "calls", path)


def _finish(figure: Any, axes: Any, label: str, path: Path) -> None:
    axes.set(xscale="log", yscale="log", xlabel="contacts", ylabel=label)
    axes.grid(visible=True, alpha=0.3)
    axes.legend(fontsize="small")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

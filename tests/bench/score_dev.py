"""Run the ear over a truth directory and score it: python -P tests/bench/score_dev.py TRUTH_DIR OUT_DIR [kind ...]."""

import importlib.util
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from dsp.pipeline import Pipeline, PipelineConfig
from dsp.report import analysis_json, tune_json
from dsp.tuning import Tuner
from dsp.types import Frame, GridSet, SegmentStarted, SessionSetup

RATE_HZ = 48_000
BLOCK = 128


def hear(samples: np.ndarray, costs_us: list[float]) -> tuple[list[Any], float]:
    """Log entries of a whole take, block by block, and the CPU seconds that they took."""
    pipeline = Pipeline(PipelineConfig())
    entries: list[Any] = []
    before = time.process_time()
    for start in range(0, len(samples), BLOCK):
        at = time.perf_counter()
        entries += [e for e in pipeline.process(samples[start : start + BLOCK]) if not isinstance(e, Frame)]
        costs_us.append(1e6 * (time.perf_counter() - at))
    entries += pipeline.finish()
    return entries, time.process_time() - before


def main() -> None:
    truth_dir, out_dir = Path(sys.argv[1]), Path(sys.argv[2])
    wanted = set(sys.argv[3:])
    out_dir.mkdir(parents=True, exist_ok=True)
    costs_us: list[float] = []
    cpu_s = audio_s = 0.0
    for take in json.loads((truth_dir / "manifest.json").read_text()):
        if wanted and take["kind"] not in wanted:
            continue
        samples, rate_hz = soundfile.read(truth_dir / f"{take['file']}.flac", dtype="float32")
        assert rate_hz == RATE_HZ
        entries, spent_s = hear(samples, costs_us)
        cpu_s += spent_s
        audio_s += len(samples) / RATE_HZ
        grid = [GridSet(0, RATE_HZ * 6 // 10, take["bpm"])] if take["kind"] == "time" else []
        result = analysis_json([SegmentStarted(0, 0), *grid, *entries], SessionSetup())
        (out_dir / f"{take['file']}.json").write_text(json.dumps(result))
        if take["kind"].startswith("tuner"):
            readings = Tuner(PipelineConfig()).process(samples)
            (out_dir / f"{take['file']}.tune.json").write_text(json.dumps(tune_json(readings)))
    cost = np.array(costs_us)
    print(
        f"real-time factor {cpu_s / audio_s:.4f} over {audio_s:.0f} s; block of {BLOCK}: "
        f"median {np.median(cost):.0f} us, p99 {np.percentile(cost, 99):.0f} us, of {1e6 * BLOCK / RATE_HZ:.0f} us"
    )
    scorer = truth_dir.parent / "score.py"
    if scorer.exists():
        spec = importlib.util.spec_from_file_location("shared_score", scorer)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.show(module.score(truth_dir, out_dir))


if __name__ == "__main__":
    main()

"""What stands beside the scores as the web's JSON: the same fields, rounded for people. Pure."""

from dataclasses import asdict, replace
from typing import Any, Final, TypeVar

from dsp.types import Metrics, Summary
from webui.fact_schemas import (
    BendsView,
    ChordCountView,
    CoverageView,
    CurveView,
    DynamicsView,
    Fact,
    PickingView,
    TempoView,
    VibratoView,
)

DIGITS: Final = 3  # more than anybody hears, few enough for an answer that is read over the air
T = TypeVar("T", bound=Fact)


def of_metrics(metrics: Metrics, *, whole: bool) -> dict[str, Any]:
    """The topics of ``MetricsView`` under their names. The curve of the tempo only where a ``whole`` session is told.

    Sixty points in each of a list's rows, or fifteen times a second, would be most of what goes over the air.
    """
    tempo = metrics.tempo if whole else replace(metrics.tempo, curve=())
    return {
        "dynamics": _view(DynamicsView, metrics.dynamics),
        "picking": _view(PickingView, metrics.picking),
        "bends": _view(BendsView, metrics.bends),
        "vibrato": _view(VibratoView, metrics.vibrato),
        "tempo": _view(TempoView, tempo),
    }


def of_summary(summary: Summary) -> dict[str, Any]:
    """The topics of ``SessionDetail`` that only a whole session has."""
    return {
        "coverage": _view(CoverageView, summary.coverage),
        "chord_count": _view(ChordCountView, summary.chords),
        "curve": _view(CurveView, summary.curve),
    }


def _view(view: type[T], found: Any) -> T:
    return view.model_validate(_rounded(asdict(found)))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return value

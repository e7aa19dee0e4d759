"""True-peak limiting: the limiter, the hold after resampling, the 10 ms model of both, and the search for the drive."""

from .drive import Settled, Trial, find_drive
from .limiter import hold, limit
from .prediction import Forecast, forecast
from .settings import Limiting
from .working import sustained

__all__ = [
    "Forecast",
    "Limiting",
    "Settled",
    "Trial",
    "find_drive",
    "forecast",
    "hold",
    "limit",
    "sustained",
]

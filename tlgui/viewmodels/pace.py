"""How fast some work goes and how long it will still take."""

from dataclasses import dataclass, replace

from tlgui.core.events import Progressed

MIN_ELAPSED_S = 1.0  # a rate of less is noise


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The rate of one activity, from its progress so far.

    Attributes:
        activity: The activity measured.
        started_s: Time of its first report.
        started_done: What was done by then.
        rate: Items per second, or None while too little is known.
        left_s: Seconds until it is done at that rate, or None.
    """

    activity: str = ""
    started_s: float = 0.0
    started_done: int = 0
    rate: float | None = None
    left_s: float | None = None

    def after(self, event: Progressed) -> "Pace":
        """Return the pace once the work has come further."""
        if event.activity != self.activity or event.done < self.started_done:
            return Pace(activity=event.activity, started_s=event.time_s, started_done=event.done)
        elapsed_s = event.time_s - self.started_s
        if elapsed_s < MIN_ELAPSED_S or event.done <= self.started_done:
            return self
        rate = (event.done - self.started_done) / elapsed_s
        return replace(self, rate=rate, left_s=max(0, event.total - event.done) / rate)

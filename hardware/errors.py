"""What can be wrong with a device, split by what the caller should do.

DeviceError
├── DeviceMissing   say so, and run without it
├── DeviceBusy      someone else holds it: try again later
└── DeviceLost      it was there and is gone: open it again
"""


class DeviceError(Exception):
    """Base of everything that a driver raises. The text is one line for the player."""


class DeviceMissing(DeviceError, LookupError):
    """There is no such device: say so, and run without it."""


class DeviceBusy(DeviceError, BlockingIOError):
    """Another program holds the device: try again later."""


class DeviceLost(DeviceError, ConnectionError):
    """The device was there and is gone: open it again."""

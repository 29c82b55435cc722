"""The one error of the conversion."""


class ConversionError(Exception):
    """Something in the checkpoint cannot be converted; the message says what and, where known, what to do."""

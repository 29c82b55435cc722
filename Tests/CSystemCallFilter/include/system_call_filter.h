#ifndef SYSTEM_CALL_FILTER_H
#define SYSTEM_CALL_FILTER_H

/// From now on io_uring fails with `error` in this process, as containers arrange it; nothing undoes it.
///
/// Returns 0, or the error number where the system has no such filter.
int refuse_io_uring(int error);

#endif

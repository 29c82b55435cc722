// The event counter of Linux, which the C library's Swift module leaves out.
#ifndef SLUICE_EVENT_COUNTER_H
#define SLUICE_EVENT_COUNTER_H
#include <sys/eventfd.h>
#endif

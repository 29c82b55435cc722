// The LZ4 block format of the system's liblz4.
#ifndef SLUICE_LZ4_LIBRARY_H
#define SLUICE_LZ4_LIBRARY_H
#include <lz4.h>
#endif

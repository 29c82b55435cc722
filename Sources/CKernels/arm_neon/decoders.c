#if defined(__aarch64__)
#include <arm_neon.h>

#include "../blocks/decoders.h"
#include "../lanes/lanes.h"

#define SLUICE_SET neon
#include "primitives.h"
#include "../lanes/basics.h"
#include "../lanes/decoders.h"
#endif

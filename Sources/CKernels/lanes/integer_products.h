// Included inside a target region, after strips.h and the set's dots.h, which also defines PANEL_TOKENS, the
// tokens of a register block, and HELD_QUADS, the steps of four blocks of 32 whose sums stay in registers:
// products of quantized weights and inputs in 8 bits, one per format.
//
// Codes are unsigned and lie `offset` above what they stand for: the instruction sets multiply unsigned by
// signed bytes. Whole numbers are exact in any order, so a few tokens go through the weights row by row and
// many go through panels of sixteen rows side by side, and both give the bits of the definition
// (sluice_product).

#include "weight_rows.h"
#include "block_products.h"
#include "block_panels.h"
#include "superblock_format.h"
#include "superblock_products.h"
#include "superblock_panels.h"
#include "integer_kernels.h"

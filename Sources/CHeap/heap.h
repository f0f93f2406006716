// How the C library keeps memory between uses; nothing where it is another library than GNU's.
#pragma once
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/// Blocks smaller than `block` bytes come from the heap, and up to `rest` free bytes stay at its end.
static inline void kilonova_heap_keep(int block, int rest) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, block);
    mallopt(M_TRIM_THRESHOLD, rest);
#else
    (void)block;
    (void)rest;
#endif
}

/// Gives what is free back to the kernel.
static inline void kilonova_heap_release(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

import CHeap

/// How the C library keeps memory between uses.
enum HeapTuning {
    /// Answers are put together in pieces of a few hundred kilobytes. As the library comes, memory of that size goes back to
    /// the kernel after each use and is fetched anew, page by page, for the next; here it stays, up to some megabytes.
    static func keepPieces() {
        kilonova_heap_keep(4 << 20, 16 << 20)
    }

    /// Gives back what is free, after work that needed much and will not come again.
    static func release() {
        kilonova_heap_release()
    }
}

/// A row of plain values that lies in memory of its own and is read without counting references: a search reads millions.
///
/// Safe because whoever makes one keeps it to itself and the values it is read through, and frees it when nothing of that can
/// be reached any more: `IndexedTree` and `Demands` do, in their `deinit`.
@safe
struct Table<Element: Sendable>: RandomAccessCollection, @unchecked Sendable {
    private let memory: UnsafeMutablePointer<Element>
    let count: Int

    init(_ elements: ContiguousArray<Element>) {
        count = elements.count
        unsafe memory = .allocate(capacity: Swift.max(1, elements.count))
        unsafe elements.withUnsafeBufferPointer { elements in
            if let start = elements.baseAddress {
                unsafe memory.initialize(from: start, count: elements.count)
            }
        }
    }

    /// To be called once, by the owner.
    func free() {
        unsafe memory.deinitialize(count: count)
        unsafe memory.deallocate()
    }

    var startIndex: Int { 0 }
    var endIndex: Int { count }

    subscript(position: Int) -> Element {
        precondition(UInt(bitPattern: position) < UInt(bitPattern: count))
        return unsafe memory[position]
    }

    /// The bytes of some of them, valid during the call.
    func withBytes<Result>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return unsafe body(
            UnsafeRawBufferPointer(UnsafeBufferPointer(start: memory + range.lowerBound, count: range.count)))
    }
}

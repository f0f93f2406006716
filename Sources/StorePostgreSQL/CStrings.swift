/// Strings laid out for a C function that takes an array of pointers with a null at its end.
///
/// Safe: the pointers lead into `bytes`, each text of it ends in a zero, and they are lent for the call only.
struct CStrings {
    private var bytes: [CChar] = []
    private var offsets: [Int] = []

    init(_ strings: [String]) {
        for string in strings {
            offsets.append(bytes.count)
            bytes.append(contentsOf: string.utf8CString)
        }
        bytes.append(0)
    }

    /// The pointers are valid during the call.
    func withPointers<Result>(_ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result?) -> Result? {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            // The buffer holds at least its last zero, so it has an address.
            guard let base = buffer.baseAddress else { return nil }
            var pointers: [UnsafePointer<CChar>?] = unsafe offsets.map { unsafe base + $0 }
            unsafe pointers.append(nil)
            return unsafe pointers.withUnsafeBufferPointer { list in
                guard let first = list.baseAddress else { return nil }
                return unsafe body(first)
            }
        }
    }
}
